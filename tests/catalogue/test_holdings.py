"""Whether the items of a record are in, and in a union catalogue whose they are."""

import msgspec
import pytest
from pymarc import Field

from gateway.catalogue.marc import read
from gateway.workflow.catalogue import HOLDINGS, ItemFields
from gateway.workflow.catalogue_products import PRODUCTS
from tests.catalogue.records import SETTINGS, element, field, item, opac_record, record


def available(places: ItemFields | None, *fields: Field) -> list[bool | None]:
    bib = read(element(record("b1", *fields)), msgspec.structs.replace(SETTINGS, items=places))
    return [each.is_available for each in bib.items]


def test_koha_says_when_an_item_is_out_lost_withdrawn_or_not_for_loan():
    fields = (item("1", q="2026-12-01"), item("2"), item("3", _1="1"), item("4", _0="0", _7="0"), item("5", _7="1"))
    assert available(HOLDINGS["952"], *fields) == [False, True, False, True, False]


def test_polaris_says_it_by_a_status_and_by_whether_it_lends_to_others():
    fields = [
        field("852", p="1", r="In", _7="true"), field("852", p="2", r="Out", _7="true"), field("852", p="3", r="in", _7="false"),
        field("852", p="4"),
    ]  # fmt: skip
    assert available(PRODUCTS["polaris"].items, *fields) == [True, False, False, None]


def test_symphony_says_it_by_where_the_item_is_now():
    places = ("STACKS", "CHECKEDOUT", "missing", "REFERENCE", "LOST-CLAIM")
    fields = [field("926", a="WEST", b=place, c="QL 737", d="BOOK") for place in places]
    assert available(PRODUCTS["symphony"].items, *fields) == [True, False, False, True, False]
    usual = PRODUCTS["symphony"].items
    assert usual is not None
    own = msgspec.structs.replace(usual, available=("REFERENCE",))
    assert available(own, *fields[:4:3]) == [False, True], "what the settings say comes first"


def test_evergreen_says_it_by_a_status_in_words():
    fields = [field("852", a="Stacks", b="EC-RC", g=f"{place}", n=status) for place, status in enumerate(STATUSES)]
    bib = read(element(record("b1", *fields)), msgspec.structs.replace(SETTINGS, items=PRODUCTS["evergreen"].items))
    assert [each.is_available for each in bib.items] == [True, True, False, False]
    assert (bib.items[0].copy.branch, bib.items[0].copy.collection) == ("EC-RC", "Stacks")


STATUSES = ("Available", "Reshelving", "Checked out", "In transit")


def test_the_library_corporation_says_it_by_a_letter():
    fields = [field("982", _1=says, b="Main") for says in ("y", "n")]
    assert available(HOLDINGS["982"], *fields) == [True, False]


def test_where_nothing_would_say_it_nothing_is_known():
    assert available(HOLDINGS["852"], field("852", p="1")) == [None]


@pytest.mark.parametrize(
    ("holding", "is_available"),
    [
        ('<circulations><circulation><availableNow value="1"/></circulation></circulations>', True),
        ('<circulations><circulation><availableNow value="0"/></circulation></circulations>', False),
        ("<publicNote>AVAILABLE</publicNote>", True),
        ("<publicNote>CHECK SHELVES</publicNote>", True),
        ("<publicNote>DUE 12-01-26</publicNote>", False),
        ("<publicNote>ask at the desk</publicNote>", None),
        ("<callNumber>QE 33</callNumber>", None),
    ],
)
def test_an_opac_record_says_it_by_its_circulation_or_by_its_note(holding: str, *, is_available: bool | None):
    marc = opac_record(record("b1"), f"<holding><localLocation>MAIN</localLocation>{holding}</holding>")
    [found] = read(marc, msgspec.structs.replace(SETTINGS, items=None)).items
    assert found.is_available is is_available


def test_a_union_catalogue_names_the_libraries():
    places = ItemFields(tags=("850",), barcode="", symbol="a")
    made = record("b1", field("850", a="XX-HILLS"), field("850", a="XX-VALLEY"))
    bib = read(element(made), msgspec.structs.replace(SETTINGS, items=places))
    assert [each.symbols for each in bib.items] == [("XX-HILLS",), ("XX-VALLEY",)]


def test_in_opac_records_of_a_union_catalogue_the_code_of_the_library_counts():
    holdings = (
        "<holding><nucCode>XX-HILLS</nucCode><localLocation>Main</localLocation></holding>"
        "<holding><localLocation>XX-VALLEY</localLocation></holding>"
    )
    bib = read(opac_record(record("b1"), holdings), msgspec.structs.replace(SETTINGS, items=None))
    assert [each.symbols for each in bib.items] == [("XX-HILLS",), ("XX-VALLEY",)]
