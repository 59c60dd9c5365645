"""The table of products: every line has a source, and what steers is what the profile's fields take."""

import re
from pathlib import Path

import msgspec
import pytest

from gateway.sip2.products import PRODUCTS, PROFILES, Basis, Product, Topic
from gateway.sip2.profiles import CustomerList, Encoding, HoldMode, Profile, ScreenMeaning, customise, explain

EVERY = pytest.mark.parametrize("name", sorted(PRODUCTS))


def test_the_products_of_the_field_are_there():
    wanted = {"koha", "evergreen", "folio", "sierra", "symphony", "polaris", "horizon", "alma", "carlx", "invenio"}
    assert set(PRODUCTS) == wanted | {"generic"}
    assert PROFILES["generic"] == Profile()


@EVERY
def test_a_named_profile_carries_its_name_and_survives_customising(name: str):
    assert PROFILES[name].name == name
    assert customise(PROFILES[name], {}) == PROFILES[name]


@EVERY
def test_every_line_has_a_source(name: str):
    product = PRODUCTS[name]
    blocks = (product.settings, product.screen, product.facts, product.by_hand, product.clues)
    sources = [line.source for block in blocks for line in block]
    assert sources
    for source in sources:
        assert re.search(r"\w/\w|\w \w", source), f"{source!r} names neither a file nor a document"


@EVERY
def test_how_fees_show_is_known_from_a_source_or_said_not_to_be(name: str):
    """Duty 8 reads prices back: whoever sets it up must know what to expect, or that nobody knows."""
    product = PRODUCTS[name]
    known = {fact.topic for fact in product.facts}
    assert (Topic.FEES in known) != (Topic.FEES in product.unknown)
    assert known.isdisjoint(product.unknown)


@EVERY
def test_what_is_not_verified_steers_nothing(name: str):
    """A product of which little is known is the generic one by another name."""
    product = PRODUCTS[name]
    if product.basis is Basis.UNVERIFIED:
        assert (product.settings, product.screen, product.clues) == ((), (), ())


@EVERY
def test_clues_weigh_something_and_speak_of_replies_that_are_asked_for(name: str):
    for clue in PRODUCTS[name].clues:
        assert clue.weight > 0
        assert clue.message in {"", "98", "18", "64"}
        assert clue.field == "" or re.fullmatch("[A-Z][A-Z0-9]", clue.field)


def test_products_that_place_no_holds_say_so_and_what_people_do_instead():
    assert PROFILES["evergreen"].hold_modes == {HoldMode.CANCEL}
    for name in ("folio", "invenio"):
        assert PROFILES[name].hold_modes == set()
        assert "by staff" in PRODUCTS[name].by_hand[0].words
    assert PROFILES["koha"].hold_modes == set(HoldMode)


@EVERY
def test_the_readme_has_a_line_for_it(name: str):
    assert f"| `{name}` |" in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_settings_arrive_in_the_profile():
    assert PROFILES["koha"].encoding is Encoding.UTF_8
    assert PROFILES["folio"].lists == frozenset()
    assert PROFILES["generic"].lists == set(CustomerList)


@pytest.mark.parametrize(
    ("name", "said", "meaning"),
    [
        ("koha", "Invalid cardnumber", ScreenMeaning.NO_SUCH_CUSTOMER),
        ("evergreen", "Invalid Item Barcode: '30000000001010'", ScreenMeaning.NO_SUCH_ITEM),
        ("evergreen", "blocked", ScreenMeaning.BLOCKED),
        ("polaris", "Patron has blocks.", ScreenMeaning.BLOCKED),
        ("carlx", "#Unknown borrower barcode - please refer to the circulation desk.", ScreenMeaning.NO_SUCH_CUSTOMER),
    ],
)
def test_screen_messages_are_explained(name: str, said: str, meaning: ScreenMeaning):
    assert explain([said], PROFILES[name]) == {meaning}
    assert explain(["Patron status is ok."], PROFILES[name]) == set()


def test_a_mistake_in_the_file_is_told_at_once():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"title": "X", "basis": "source_code", "faults": []}, Product)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"title": "X", "basis": "documentation", "clues": [["98", "BX", "(", 1, "w", "s"]]}, Product)
