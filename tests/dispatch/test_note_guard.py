"""Notes about a request of ours are looked through: with what intake knew, and what the circulation system knows."""

from collections.abc import Callable

import pytest
from pysip2.models import SIPRequest

from gateway.dispatch.acs import Acs
from gateway.dispatch.note_guard import NoteGuard
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Outcome, Reason, Unknown
from gateway.workflow.records import State
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, House, sip2
from tests.dispatch.orders import CARD, placed

KNOWN = sip2(
    f"64              000{DATE}000000000000000000000000AOEX|AA{CARD}|AEPerson, Inventa|BEinventa@mail.example|BF555 010 0199|"
)


def guard(house: House) -> NoteGuard:
    return NoteGuard(
        known=house.store.borrowing.customer,
        accounts=lambda: [ACCOUNT],
        acs=Acs(house.acs, house.terminal, house.time),
    )


@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        (f"card {CARD}", "barcode"),
        ("For Inventa Person", "name"),
        ("write to inventa@mail.example", "e-mail address"),
        ("call 555-010-0199", "telephone number"),
    ],
)
async def test_a_hit_is_told_by_its_kinds_and_not_by_its_text(house: House, note: str, kinds: str):
    house.acs.answers["63"] = KNOWN
    objection = await guard(house).objection(await placed(house), [None, note])
    assert objection is not None
    assert objection.startswith(f"It tells of a customer: {kinds}.")
    assert not [word for word in (CARD, "Inventa", "@", "555") if word in objection]


async def test_a_note_about_the_work_is_fine(house: House):
    house.acs.answers["63"] = KNOWN
    assert await guard(house).objection(await placed(house), ["The third edition, please."]) is None


@pytest.mark.parametrize(
    "trouble", [NotSent(Reason.BREAKER, "down"), Unknown("63", Outcome.TIMEOUT)], ids=["down", "silent"]
)
async def test_without_the_circulation_system_what_the_form_said_must_do(house: House, trouble: Exception):
    house.acs.answers["63"] = trouble
    request = await placed(house)
    assert await guard(house).objection(request, ["write to inventa@mail.example"]) is None
    assert await guard(house).objection(request, ["For Inventa Person"]) is not None


async def test_nobody_is_asked_where_nothing_is_written_or_nobody_known(house: House):
    request = await placed(house)
    assert await guard(house).objection(request, [None, ""]) is None
    await house.store.borrowing.anonymise([State.VETTING], ended_before=house.time.now().replace(year=2030))
    assert await guard(house).objection(request, ["For Inventa Person"]) is None
    assert await guard(house).objection(await house.new(), ["For Inventa Person"]) is None
    assert house.acs.asked == []


# where we lend, nobody is known to have asked: a card's number tells


def customer_of(number: str) -> Callable[[SIPRequest], Reply]:
    """The circulation system knows a customer by this number alone."""

    def answer(request: SIPRequest) -> Reply:
        asked = request.patron_identifier  # type: ignore[attr-defined]
        name = "Doe, Jo" if asked == number else ""
        return sip2(
            f"64              000{DATE}000000000000000000000000AOEX|AA{asked}|AE{name}|BL{'Y' if name else 'N'}|"
        )

    return answer


@pytest.mark.parametrize("borrowing", [False, True], ids=["lending", "borrowing"])
@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        ("It is out to 2999 9000 000123 until May", "barcode"),
        ("C-004711 has it, Jo Doe", None),
        ("C004711 has it", "barcode"),
        ("C004711 has it: Jo Doe", "barcode, name"),
    ],
)
async def test_a_number_of_a_card_tells_in_either_role(house: House, note: str, kinds: str | None, *, borrowing: bool):
    house.acs.answers["63"] = customer_of("C004711")
    request = await placed(house) if borrowing else await house.new()
    objection = await guard(house).objection(request, [note])
    if kinds is None:
        assert objection is None, "a number in pieces, and a name of whom nobody knows that it is a customer's"
        return
    assert objection is not None
    assert objection.startswith(f"It tells of a customer: {kinds}.")


async def test_numbers_of_items_partners_requests_and_nobody_are_fine(house: House):
    house.acs.answers["63"] = customer_of("C004711")
    request = await house.new()
    for note in (
        f"account {ACCOUNT}",
        f"item {BARCODE}",
        "ISBN 9780306406157",
        request.partner_request_id,
        "p. 120-135",
    ):
        assert await guard(house).objection(request, [note]) is None


async def test_a_card_by_its_form_tells_while_the_circulation_system_is_away(house: House):
    house.acs.answers["63"] = NotSent(Reason.BREAKER, "down")
    request = await house.new()
    assert await guard(house).objection(request, ["29999000000123"]) is not None
    assert await guard(house).objection(request, ["C004711"]) is None
