"""Notes about a request of ours are looked through: with what intake knew, and what the circulation system knows."""

import pytest

from gateway.dispatch.note_guard import NoteGuard
from gateway.sip2.errors import NotSent, Outcome, Reason, Unknown
from gateway.workflow.records import State
from tests.dispatch.house import DATE, House, sip2
from tests.dispatch.orders import CARD, placed

KNOWN = sip2(
    f"64              000{DATE}000000000000000000000000AOEX|AA{CARD}|AEPerson, Inventa|BEinventa@mail.example|BF555 010 0199|"
)


def guard(house: House) -> NoteGuard:
    return NoteGuard(known=house.store.borrowing.customer, pool=house.pool, desk=house.desk, time=house.time)


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
    house.pool.answers["63"] = KNOWN
    objection = await guard(house).objection(await placed(house), [None, note])
    assert objection is not None
    assert objection.startswith(f"It tells of the customer: {kinds}.")
    assert not [word for word in (CARD, "Inventa", "@", "555") if word in objection]


async def test_a_note_about_the_work_is_fine(house: House):
    house.pool.answers["63"] = KNOWN
    assert await guard(house).objection(await placed(house), ["The third edition, please."]) is None


@pytest.mark.parametrize(
    "trouble", [NotSent(Reason.BREAKER, "down"), Unknown("63", Outcome.TIMEOUT)], ids=["down", "silent"]
)
async def test_without_the_circulation_system_what_the_form_said_must_do(house: House, trouble: Exception):
    house.pool.answers["63"] = trouble
    request = await placed(house)
    assert await guard(house).objection(request, ["write to inventa@mail.example"]) is None
    assert await guard(house).objection(request, ["For Inventa Person"]) is not None


async def test_nobody_is_asked_where_nothing_is_written_or_nobody_known(house: House):
    request = await placed(house)
    assert await guard(house).objection(request, [None, ""]) is None
    await house.store.borrowing.anonymise([State.VETTING], ended_before=house.time.now().replace(year=2030))
    assert await guard(house).objection(request, ["For Inventa Person"]) is None
    assert await guard(house).objection(await house.new(), ["For Inventa Person"]) is None
    assert house.pool.asked == []
