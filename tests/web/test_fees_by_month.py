"""The nightly gathering of fees over two months by the clock: gateways come and go, are down at the month's end, and gather at once; no fee is
missing or twice.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.desk import fee_bills
from gateway.desk.access import Caller, StaffRole
from gateway.money.amounts import minor_units
from gateway.money.records import Bill, BillState
from gateway.store.bills_port import BillChange, BillFilter
from gateway.store.port import StoreUnavailable
from gateway.workflow.facts import Fact, Folded, Milestone
from gateway.workflow.partners import Billing, FeesBilled
from gateway.workflow.records import Role, State
from gateway.workflow.values import Money
from tests.fakes.directory import put
from tests.web.known import START, VALLEY, a_request, keep
from tests.web.live import Live, live_api

DAY_S = 24 * 3600
BY_HAND: Final = Caller(name="a-technician", role=StaffRole.TECHNICIAN)


@pytest.fixture
async def live() -> AsyncIterator[Live]:
    async with live_api() as api:
        await put(api.store, msgspec.structs.replace(VALLEY, billing=Billing(fees=FeesBilled.MONTHLY)))
        yield api


async def sent(live: Live, name: str, *, at: datetime | None = None, cost: Money | None = None) -> None:
    """A copy that went out now (or then) and costs something, with its fact."""
    when, fee = at or live.time.now(), cost or Money(amount=Decimal("5.00"), currency="USD")
    await keep(live.store, a_request(name, State.COPY_COMPLETED, cost=fee))
    piece = await live.store.facts.changed(10)
    assert piece is not None
    fact = Fact(
        role=Role.LENDING,
        partner=VALLEY.id,
        currency=fee.currency,
        charged_minor=minor_units(fee.amount, fee.currency),
        standing=(Milestone.SUPPLIED,),
        arrived_at=when,
        supplied_at=when,
    )
    assert await live.store.facts.write(piece, [Folded(fact=fact)], ZoneInfo("UTC"))


class Gateway:
    """The loop of one gateway, which can be stopped and started again; it is a clock that says when the loop sleeps."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._running: asyncio.Task[None] | None = None
        self._asleep = asyncio.Event()

    def now(self) -> datetime:
        return self._live.time.now()

    def monotonic(self) -> float:
        return self._live.time.monotonic()

    async def sleep(self, delay_s: float) -> None:
        self._asleep.set()
        await self._live.time.sleep(delay_s)
        self._asleep.clear()

    async def start(self) -> None:
        self._asleep.clear()
        self._running = asyncio.create_task(fee_bills.run(self._live.desk, clock=self, take_on=self._take_on))

    async def stop(self) -> None:
        assert self._running is not None
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        self._running = None

    async def is_done(self) -> None:
        """Until it has seen to the day."""
        if self._running is not None:
            async with asyncio.timeout(60):
                await self._asleep.wait()

    async def _take_on(self, day: datetime) -> bool:
        return await self._live.store.take_turn("fees", at=day, now=day)


async def days_pass(live: Live, until: date, *gateways: Gateway) -> list[str]:
    """A loan goes out each day until a day of the library, that one not included; return their names.

    A gateway that is slow sees a day on the next one.
    """
    names = []
    while live.desk.today() < until:
        names.append(f"r-{live.desk.today().isoformat()}")
        await sent(live, names[-1])
        await live.time.advance(DAY_S)
        for gateway in gateways:
            await gateway.is_done()
    return names


async def hours_pass(live: Live, gateway: Gateway, until: datetime) -> None:
    """Each hour is seen to before the next one comes."""
    while live.time.now() < until:
        await live.time.advance(3600)
        await gateway.is_done()


async def bills(live: Live) -> list[Bill]:
    found = await live.store.bills.bills(BillFilter(limit=1000))
    return sorted(found, key=lambda bill: (bill.requests, bill.id))


def by_month(found: list[Bill]) -> list[tuple[str, int]]:
    """The month of each bill and how many loans it is about: no bill is about two."""
    months = [{name[2:9] for name in bill.requests} for bill in found]
    assert [len(each) for each in months] == [1] * len(found)
    return [(next(iter(each)), len(bill.requests)) for each, bill in zip(months, found, strict=True)]


async def test_two_months_by_the_clock_with_a_restart_and_both_gateways_down_at_the_months_end(live: Live):
    first, second = Gateway(live), Gateway(live)
    await asyncio.gather(first.start(), second.start())
    names = await days_pass(live, date(2026, 11, 15), first, second)
    assert by_month(await bills(live)) == [("2026-10", 4)], "from October 28 on; of November nothing yet"
    await first.stop()
    await first.start()
    names += await days_pass(live, date(2026, 11, 29), first, second)
    await asyncio.gather(first.stop(), second.stop())
    names += await days_pass(live, date(2026, 12, 3))
    assert by_month(await bills(live)) == [("2026-10", 4)], "nobody was there at the month's end"

    at_the_desk = [fee_bills.gather_fees(live.desk, BY_HAND) for _ in range(2)]
    await asyncio.gather(first.start(), second.start(), *at_the_desk)
    await asyncio.gather(first.is_done(), second.is_done())
    assert by_month(await bills(live)) == [("2026-10", 4), ("2026-11", 30)]
    names += await days_pass(live, date(2027, 1, 3), first, second)
    found = await bills(live)
    assert by_month(found) == [("2026-10", 4), ("2026-11", 30), ("2026-12", 31)]
    asked = Counter(request for bill in found for request in bill.requests)
    assert asked == dict.fromkeys([name for name in names if name < "r-2027"], 1), "each loan once, and none is missing"
    assert {(bill.state, bill.partner, bill.currency) for bill in found} == {(BillState.DRAFT, VALLEY.id, "USD")}
    assert [bill.total for bill in found] == [Decimal(20), Decimal(150), Decimal(155)]
    await asyncio.gather(first.stop(), second.stop())


async def test_a_night_on_which_the_store_goes_away_half_way_is_made_up_for_the_next_night(
    live: Live, monkeypatch: pytest.MonkeyPatch
):
    """Three currencies are three bills: one is written, the next is not."""
    gateway = Gateway(live)
    for currency in ("EUR", "GBP", "USD"):
        await sent(live, f"r-2026-10-{currency}", cost=Money(amount=Decimal("5.00"), currency=currency))
    commit, calls = live.store.bills.commit, 0

    async def failing(change: BillChange) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreUnavailable("gone")
        await commit(change)

    monkeypatch.setattr(live.store.bills, "commit", failing)
    await gateway.start()
    await gateway.is_done()
    await hours_pass(live, gateway, datetime(2026, 11, 1, 9, tzinfo=UTC))
    assert len(await bills(live)) == 1
    await hours_pass(live, gateway, datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert sorted(bill.currency for bill in await bills(live)) == ["EUR", "GBP", "USD"]
    await hours_pass(live, gateway, datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert len(await bills(live)) == 3
    await gateway.stop()


async def test_a_loan_that_was_told_late_comes_on_a_bill_of_its_own(live: Live):
    """It is the first of its month, by which its bill would have been known."""
    await sent(live, "r-2026-10-b", at=START + timedelta(hours=1))
    await live.time.advance(5 * DAY_S)
    await fee_bills.gather_fees(live.desk, BY_HAND)
    await sent(live, "r-2026-10-a", at=START)
    await fee_bills.gather_fees(live.desk, BY_HAND)
    await fee_bills.gather_fees(live.desk, BY_HAND)
    assert [bill.requests for bill in await bills(live)] == [("r-2026-10-a",), ("r-2026-10-b",)]


async def test_a_fee_of_three_decimals_is_billed_to_the_last_one(live: Live):
    await sent(live, "r-2026-10-kwd", cost=Money(amount=Decimal("1.125"), currency="KWD"))
    await live.time.advance(5 * DAY_S)
    await fee_bills.gather_fees(live.desk, BY_HAND)
    (bill,) = await bills(live)
    assert (bill.currency, bill.total) == ("KWD", Decimal("1.125"))
