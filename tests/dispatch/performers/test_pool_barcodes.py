"""A borrowed item in our house: a barcode of the pool for it, and whether our customer has it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.dispatch.acs import Acs
from gateway.dispatch.borrowing_rules import BorrowingRules
from gateway.dispatch.performers.pool_barcodes import PoolBarcodes
from gateway.dispatch.results import Later
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Inexpressible, NotSent, Outcome, Reason, Unknown
from gateway.workflow.borrowing_events import BarcodeAssigned, ItemSeen, NoBarcode, RotaMade, Vetted
from gateway.workflow.borrowing_records import LoanProof
from gateway.workflow.effects import AssignBarcode, Watch
from gateway.workflow.events import StaffActed
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction, Trigger
from tests.dispatch.borrowing_house import (
    AVAILABLE,
    CARD,
    FREE_CARD,
    POOL,
    add_lenders,
    ask,
    asking,
    event_of,
    let,
    line,
    perform,
)
from tests.dispatch.house import DATE, House, sip2

BUSY = NotSent(Reason.BREAKER, "the circulation system does not answer")
LOST = Unknown("17", Outcome.TIMEOUT)
OUT = sip2(f"18040001{DATE}CF0|AH20261209    235900|AB{POOL}|AJPool item|")
UNKNOWN_ITEM = sip2(f"18010001{DATE}AB{POOL}|AJ|")
HAS_IT = sip2(f"64              000{DATE}000000000001000000000000AOEX|AA{CARD}|AEInventa Person|BLY|AU{POOL}|")
TITLES_ALONE = sip2(f"64              000{DATE}000000000001000000000000AOEX|AA{CARD}|AEInventa Person|BLY|AUA title|")


@pytest.fixture(autouse=True)
async def borrowing(house: House) -> None:
    """Three lenders, a customer without loans, everything available."""
    await add_lenders(house)
    house.acs.answers |= {"63": FREE_CARD, "17": AVAILABLE}


# ── its barcode ──


async def fill(house: House, *barcodes: str) -> None:
    await house.store.borrowing.add_barcodes("pool", barcodes, at=house.time.now())


def items(**said: Reply) -> Any:
    """Answer 17 by the barcode that is asked about; whatever is not named is available."""
    return lambda request: said.get(f"_{request.item_identifier}", AVAILABLE)


async def assigned(house: House, request: Request, named: str | None = None) -> str:
    event = event_of(await perform(house, AssignBarcode(named=named), request))
    assert isinstance(event, BarcodeAssigned | NoBarcode)
    return event.barcode if isinstance(event, BarcodeAssigned) else event.words


async def test_a_barcode_that_cannot_be_written_is_refused(house: House):
    house.acs.answers["17"] = Inexpressible("item_identifier of message 17 has a | or a control character")
    words = await assigned(house, await asking(house), named="12|3")
    assert words.startswith("12|3: it can't be asked about: ")


async def test_where_an_item_is_that_cannot_be_asked_about_stays_unknown(house: House):
    house.acs.answers["17"] = Inexpressible("item_identifier of message 17 has a | or a control character")
    seen = event_of(await perform(house, Watch(item_barcode="12|3", was_out=True), await asking(house)))
    assert isinstance(seen, ItemSeen)
    assert (seen.out, seen.before) == (None, True)


async def test_a_free_barcode_that_the_circulation_system_has_available_is_taken(house: House):
    await fill(house, POOL)
    assert await assigned(house, await asking(house)) == POOL
    assert house.acs.asked == ["17"]


async def test_one_that_is_taken_has_not_moved_since_the_pool_was_looked_at(house: House):
    await fill(house, POOL)
    request, free_since = await asking(house), house.time.now()

    def slowly(_: Any) -> Reply:
        house.time.set_by(-5)
        return AVAILABLE

    house.acs.answers["17"] = slowly
    event = event_of(await perform(house, AssignBarcode(), request))
    assert isinstance(event, BarcodeAssigned)
    assert event.free_since == free_since > event.at, "by the pool's own word, whatever clocks say"


async def test_one_that_is_not_available_there_is_passed_over(house: House):
    await fill(house, "1000", "2000", "3000")
    house.acs.answers["17"] = items(_1000=OUT, _2000=UNKNOWN_ITEM)
    assert await assigned(house, await asking(house)) == "3000"


async def test_those_that_can_never_be_used_keep_no_other_from_use(house: House):
    """Holds, or items that are missing: they gather at the front of the pool, for those in front of them are used."""
    bad = [f"3998{n:010}" for n in range(60)]
    await fill(house, *bad, *(f"3999{n:010}" for n in range(60)))
    house.acs.answers["17"] = items(**{f"_{barcode}": OUT for barcode in bad})
    request = await asking(house)
    words = [await assigned(house, request) for _ in range(20)]
    assert words[-1].startswith("3999")


async def test_where_all_were_passed_over_they_are_looked_at_again(house: House):
    await fill(house, POOL)
    house.acs.answers["17"] = OUT
    request = await asking(house)
    await assigned(house, request)
    house.acs.answers["17"] = AVAILABLE
    assert await assigned(house, request) == POOL


async def test_where_none_will_do_the_words_say_why_of_each(house: House):
    await fill(house, "1000", "2000")
    house.acs.answers["17"] = items(_1000=OUT, _2000=UNKNOWN_ITEM)
    words = await assigned(house, await asking(house))
    assert "1000: the circulation system says 04" in words
    assert "2000: the circulation system does not know it." in words


async def test_requests_that_come_in_together_do_not_all_begin_at_the_same_barcode(house: House):
    barcodes = [str(number) for number in range(1000, 1100)]
    await fill(house, *barcodes)
    request = await asking(house)
    others = (msgspec.structs.replace(request, id=f"B-27K3M-{number}") for number in range(11111, 11121))
    taken = [await assigned(house, other) for other in others]
    assert len(set(taken)) > 5
    assert set(taken) <= set(barcodes[:40]), "those that have rested the longest"


async def test_the_last_barcode_of_a_range_is_taken_with_words_and_one_that_staff_named_without(house: House):
    await fill(house, POOL)
    request = await asking(house)
    last = event_of(await perform(house, AssignBarcode(), request))
    assert last.words == "Of the range “pool” 0 of 1 barcodes are free."
    assert event_of(await perform(house, AssignBarcode(named=POOL), request)).words == ""


async def test_an_empty_range_is_named(house: House):
    assert await assigned(house, await asking(house)) == "No barcode of the range “pool” is free."


async def test_staff_may_name_one_that_the_pool_does_not_have(house: House):
    assert await assigned(house, await asking(house), named="777000") == "777000"


async def test_a_blocked_one_is_not_taken_even_where_it_is_named(house: House):
    await fill(house, POOL)
    await house.store.borrowing.block_barcode(POOL, blocked=True, at=house.time.now())
    request = await asking(house)
    assert await assigned(house, request) == "No barcode of the range “pool” is free."
    assert await assigned(house, request, named=POOL) == f"{POOL}: it is blocked."


async def test_another_requests_barcode_is_not_taken(house: House):
    await fill(house, POOL)
    at = house.time.now()
    await ask(house, "B-27K3M-11111")
    await let(house, Vetted(at=at), RotaMade(at=at, lenders=(line(house, "other"),)), number="B-27K3M-11111")
    receive = StaffActed(at=at, by="desk", action=StaffAction.RECEIVE)
    await let(house, receive, BarcodeAssigned(at=at, barcode=POOL), number="B-27K3M-11111")
    assert await assigned(house, await asking(house), named=POOL) == f"{POOL}: another request has it."


@pytest.mark.parametrize("trouble", [BUSY, LOST])
async def test_a_barcode_that_cannot_be_asked_about_waits(house: House, trouble: Exception):
    await fill(house, POOL)
    house.acs.answers["17"] = trouble
    report = await perform(house, AssignBarcode(), await asking(house))
    assert isinstance(report, Later)
    assert report.unstarted


@pytest.mark.parametrize(
    ("said", "was_out", "out"),
    [(OUT, False, True), (OUT, True, True), (AVAILABLE, True, False), (UNKNOWN_ITEM, True, None)],
)
async def test_a_look_at_an_item_says_whether_somebody_has_it(
    house: House, said: Reply, was_out: bool, out: bool | None  # noqa: FBT001
):  # fmt: skip
    house.acs.answers["17"] = said
    event = event_of(await perform(house, Watch(item_barcode=POOL, was_out=was_out), await asking(house)))
    assert isinstance(event, ItemSeen)
    assert (event.out, event.before) == (out, was_out)
    assert (event.due_at is not None) == bool(out)


async def test_a_look_that_fails_waits(house: House):
    house.acs.answers["17"] = BUSY
    assert isinstance(await perform(house, Watch(item_barcode=POOL, was_out=False), await asking(house)), Later)


async def test_one_on_which_somebody_has_a_hold_is_passed_over_with_the_way_out(house: House):
    await fill(house, POOL)
    house.acs.answers["17"] = sip2(f"18030001{DATE}CF1|AB{POOL}|AJPool item|")
    assert await assigned(house, await asking(house)) == f"{POOL}: somebody has a hold on it: take that off in the ILS."


async def test_the_queue_before_our_hold_goes_with_the_barcode(house: House):
    await fill(house, POOL)
    assert event_of(await perform(house, AssignBarcode(), await asking(house))).queue_length == 0


async def look(house: House) -> ItemSeen:
    seen = event_of(await perform(house, Watch(item_barcode=POOL, was_out=False), await asking(house)))
    assert isinstance(seen, ItemSeen)
    return seen


@pytest.mark.parametrize(
    ("loans", "by_another", "asked"),
    [(HAS_IT, False, ["17", "63"]), (FREE_CARD, True, ["17", "63", "17"]), (TITLES_ALONE, False, ["17", "63"])],
    ids=["ours", "not", "unclear"],
)
async def test_a_loan_that_is_not_among_our_customers_is_somebody_elses(
    house: House, loans: Reply, by_another: bool, asked: list[str]  # noqa: FBT001
):  # fmt: skip
    house.acs.answers |= {"17": OUT, "63": loans}
    assert (await look(house)).by_another is by_another
    assert house.acs.asked == asked


async def test_what_our_customer_brings_back_between_two_questions_is_nobody_elses(house: House):
    answers = iter([OUT, AVAILABLE])
    house.acs.answers |= {"17": lambda _request: next(answers), "63": FREE_CARD}
    seen = await look(house)
    assert (seen.out, seen.by_another) == (True, False)


async def test_whose_loan_it_is_is_asked_only_of_a_loan(house: House):
    assert not (await look(house)).by_another
    assert house.acs.asked == ["17"]


async def test_nor_where_the_circulation_system_knows_no_such_question(house: House):
    house.acs.answers["17"] = OUT
    house.acs.knows["63"] = False
    assert (await look(house)).out is True
    assert house.acs.asked == ["17"]


async def test_a_look_that_can_ask_only_half_waits(house: House):
    house.acs.answers |= {"17": OUT, "63": BUSY}
    assert isinstance(await perform(house, Watch(item_barcode=POOL, was_out=False), await asking(house)), Later)


HOLDS_IT = sip2(f"64              000{DATE}000100000000000000000000AOEX|AA{CARD}|AEInventa Person|BLY|AS{POOL}|")


@pytest.mark.parametrize(
    ("holds", "was_fetched", "asked"),
    [(FREE_CARD, True, ["17", "63", "63"]), (HOLDS_IT, False, ["17", "63"]), (TITLES_ALONE, True, ["17", "63", "63"])],
    ids=["gone", "stands", "gone, a title borrowed"],
)
async def test_what_staff_handed_out_and_no_look_showed_is_back_where_the_customers_hold_is_gone(
    house: House, holds: Reply, was_fetched: bool, asked: list[str]  # noqa: FBT001
):  # fmt: skip
    request = await asking(house)
    told = msgspec.structs.replace(request.borrowed, loan_proof=LoanProof.WORD)
    house.acs.answers["63"] = holds
    watching = Watch(item_barcode=POOL, was_out=False)
    seen = event_of(await perform(house, watching, msgspec.structs.replace(request, borrowing=told)))
    assert (seen.was_fetched, house.acs.asked) == (was_fetched, asked)
    assert (seen.trigger is Trigger.SEEN_BACK) == was_fetched


@pytest.mark.parametrize(
    ("queue", "holds", "was_fetched"),
    [("CF0|", FREE_CARD, True), ("CF0|", HOLDS_IT, False), ("CF1|", FREE_CARD, False), ("", FREE_CARD, False)],
    ids=["gone", "stands", "somebody waits", "not told"],
)
async def test_what_was_fetched_and_brought_back_between_two_looks_is_back(
    house: House, queue: str, holds: Reply, was_fetched: bool  # noqa: FBT001
):  # fmt: skip
    request = msgspec.structs.replace(await asking(house), state=State.ON_SHELF)
    house.acs.answers |= {"17": sip2(f"18100001{DATE}{queue}AB{POOL}|AJPool item|"), "63": holds}
    seen = event_of(await perform(house, Watch(item_barcode=POOL, was_out=False), request))
    assert seen.was_fetched is was_fetched


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("America/Denver", datetime(2026, 12, 10, 6, 59, 59, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 12, 8, 12, 0, tzinfo=UTC)),
    ],
)
async def test_why_it_is_of_another_range_is_said_with_the_day_of_the_library(house: House, zone: str, at: datetime):
    terminal = msgspec.structs.replace(house.terminal, zone=ZoneInfo(zone))
    rules = BorrowingRules(default_range="long", loan_days={"long": 60, "short": 7})
    acs = Acs(house.acs, terminal, house.time)
    barcodes = PoolBarcodes(store=house.store, time=house.time, acs=acs, rules=rules)
    await house.store.borrowing.add_barcodes("short", [POOL], at=house.time.now())
    request = msgspec.structs.replace(await asking(house), due_at=at)
    event = event_of(await barcodes.assign(AssignBarcode(), request))
    assert isinstance(event, BarcodeAssigned)
    assert event.why is not None
    assert "the lender wants the item on 2026-12-09." in event.why
