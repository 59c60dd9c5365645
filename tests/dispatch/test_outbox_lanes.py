"""The lane of the circulation system when something in it fails: one row alone, or everything."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import pytest
from pysip2.models import SIPRequest

from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.results import Later, Result
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Outcome, Reason, Unknown
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import AskCopies
from gateway.workflow.records import Copy, Request, State
from tests.dispatch.house import BARCODE, DATE, House, sip2
from tests.dispatch.working import SETTINGS, reaches, until, working

BAD = ("30000000001028", "30000000001036", "30000000001044")


def but(*bad: str) -> Callable[[SIPRequest], Reply | Exception]:
    """Answer 17 of every item but these, whose reply always names another."""

    def item(request: SIPRequest) -> Reply | Exception:
        barcode = request.item_identifier  # type: ignore[attr-defined]
        if barcode in bad:
            return Unknown("17", Outcome.WRONG_ECHO)
        return sip2(f"18030001{DATE}CF0|AB{barcode}|AJThe Imaginary Almanac|")

    return item


@pytest.mark.parametrize("bad", [BAD[:1], BAD], ids=["one", "several"])
async def test_items_that_can_never_be_asked_about_keep_nobody_else_from_the_circulation_system(
    house: House, bad: tuple[str, ...]
):
    house.acs.answers["17"] = but(*bad)
    good = house.finder.copies
    async with working(house):
        for barcode in bad:
            house.finder.copies = (Copy(item_barcode=barcode, branch="EXC"),)
            await reaches(house, State.CHECKING, (await house.new(barcode)).partner_request_id)
        house.finder.copies = good
        numbers = [f"R{number}" for number in range(6)]
        for number in numbers:
            await house.new(number)
        began_at = house.time.now()
        for number in numbers:
            await reaches(house, State.WILL_SUPPLY, number, step_s=1)
        assert house.time.now() - began_at < timedelta(minutes=5), "as long as it is not known who is to blame"

        async def told() -> bool:
            stuck = {task.request for task in await house.store.tasks()}
            return {(await house.current(barcode)).id for barcode in bad} <= stuck

        await until(told, house, 10)
        for number in ("R8", "R9"):
            await house.time.advance(60)
            await house.new(number)
            await reaches(house, State.WILL_SUPPLY, number)


async def test_a_dead_circulation_system_is_tried_with_one_row_at_a_time_after_pauses_that_grow(house: House):
    under_way: set[int] = set()
    tried: list[tuple[str, datetime]] = []

    async def dead(row: EffectRow, request: Request) -> Result:
        if not isinstance(row.effect, AskCopies):
            return await house.performers.perform(row, request)
        assert not under_way
        under_way.add(row.id)
        tried.append((request.partner_request_id, house.time.now()))
        await asyncio.sleep(0.01)
        under_way.discard(row.id)
        return Later(words="no answer", unstarted=True)

    later = house.time.now() + timedelta(seconds=1)
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=later, failures=1))
    async with working(house, dead, msgspec.structs.replace(SETTINGS, backoff=BackOffPolicy(first_s=5, jitter=0.0))):
        for number in ("R1", "R2", "R3"):
            await house.new(number)
            await reaches(house, State.CHECKING, number)

        async def tried_often() -> bool:
            return len(tried) == 6

        await until(tried_often, house, 1)
    assert [number for number, _at in tried[:3]] == ["R1", "R2", "R3"], "each has its try before one has its second"
    pauses_s = [(after - before).total_seconds() for (_, before), (_, after) in itertools.pairwise(tried)]
    assert all(pause >= least for pause, least in zip(pauses_s, (10, 20, 40, 80, 160), strict=True))


async def test_of_a_dead_circulation_system_staff_hear_however_many_rows_wait(house: House):
    house.acs.answers["17"] = NotSent(Reason.CONNECT, "no connection")
    async with working(house):
        for number in range(8):
            await house.new(f"R{number}")
        began_at = house.time.now()

        async def told() -> bool:
            return bool(await house.store.tasks())

        await until(told, house, 5)
        assert house.time.now() - began_at < timedelta(minutes=2)


FIRST_S = 5.0
GROWING = msgspec.structs.replace(SETTINGS, acs_at_once=8, backoff=BackOffPolicy(first_s=FIRST_S, jitter=0.0))


async def test_after_an_outage_every_row_moves_with_the_lane_and_none_keeps_a_wait_of_its_own(house: House):
    """Eight that failed together once counted as eight failures, and the last of them waited for eleven minutes."""
    answer, house.acs.answers["17"] = house.acs.answers["17"], NotSent(Reason.CONNECT, "no connection")
    async with working(house, settings=GROWING):
        numbers = [f"R{number}" for number in range(8)]
        for number in numbers:
            await reaches(house, State.CHECKING, (await house.new(number)).partner_request_id)

        async def failed_often() -> bool:
            return any(backoff.failures >= 5 for backoff in await house.store.backoffs())

        await until(failed_often, house, 5)
        house.acs.answers["17"] = answer
        (backoff,) = await house.store.backoffs()
        back_at = backoff.until
        for number in numbers:
            await reaches(house, State.WILL_SUPPLY, number, step_s=1)
        assert house.time.now() - back_at < timedelta(seconds=FIRST_S), "from the try that found it well again"


async def test_an_item_that_fails_alone_waits_by_itself_and_nobody_else_waits(house: House):
    house.acs.answers["17"] = but(*BAD[:1])
    good = house.finder.copies
    async with working(house, settings=GROWING) as outbox:
        house.finder.copies = (Copy(item_barcode=BAD[0], branch="EXC"),)
        bad = await house.new("BAD")

        async def failed() -> bool:
            return any(row.attempts for row in await house.store.pending(bad.id))

        await until(failed)
        house.finder.copies = good
        await house.new("R1")
        await reaches(house, State.WILL_SUPPLY, "R1")
        assert (await house.store.backoffs(), outbox.paused) == ((), {})


async def test_on_staffs_word_waiting_work_starts_now_also_what_failed_by_itself(house: House):
    answer, house.acs.answers["17"] = house.acs.answers["17"], but(BARCODE)
    async with working(house, settings=GROWING) as outbox:
        known = await house.new()

        async def waits_long() -> bool:
            return any(row.attempts >= 5 for row in await house.store.pending(known.id))

        await until(waits_long, house, 20)
        house.acs.answers["17"] = answer
        await outbox.resume(ACS_LANE)
        await reaches(house, State.WILL_SUPPLY)


async def test_a_row_that_failed_while_nobody_else_was_heard_is_due_once_somebody_is(house: House):
    house.acs.answers["17"] = but(BARCODE)
    async with working(house, settings=GROWING):
        first = await house.new("R1")

        async def waits_long() -> bool:
            return any(row.attempts >= 5 for row in await house.store.pending(first.id))

        await until(waits_long, house, 20)
        house.acs.answers["17"] = but()
        house.finder.copies = (Copy(item_barcode=BAD[0], branch="EXC"),)
        await house.new("R2")
        await reaches(house, State.WILL_SUPPLY, "R1")


async def test_somebody_elses_sign_of_life_lets_one_row_go_and_its_success_ends_the_back_off(house: House):
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=house.time.now() + timedelta(hours=1), failures=9))
    async with working(house) as outbox:
        for number in ("R1", "R2"):
            await reaches(house, State.CHECKING, (await house.new(number)).partner_request_id)
        await outbox.probe(ACS_LANE)
        for number in ("R1", "R2"):
            await reaches(house, State.WILL_SUPPLY, number)
        assert await house.store.backoffs() == ()


async def test_why_a_lane_is_left_alone_and_since_when_is_kept_with_it_and_with_its_rows(house: House):
    """What an open breaker says is no reason: it tells of what failed before."""
    house.acs.answers["17"] = NotSent(Reason.CONNECT, "no connection")
    async with working(house, settings=GROWING) as outbox:
        known, began_at = await house.new(), house.time.now()

        async def failed(times: int) -> bool:
            return any(backoff.failures >= times for backoff in await house.store.backoffs())

        await until(lambda: failed(1), house, 1)
        house.acs.answers["17"] = NotSent(Reason.BREAKER, "the circulation system failed too often", 1.0)
        await until(lambda: failed(3), house, 1)
        await outbox.probe(ACS_LANE)
        (backoff,), (row,) = await house.store.backoffs(), await work_of(house, known)
        assert (backoff.words, row.failed) == ("no connection", "no connection")
        assert backoff.since is not None
        assert row.failing_since is not None
        assert timedelta() <= backoff.since - began_at < timedelta(seconds=5)
        assert timedelta() <= row.failing_since - began_at < timedelta(seconds=5)


async def test_a_row_that_fails_alone_and_one_that_met_a_fault_of_ours_keep_why(house: House):
    house.acs.answers["17"] = but(BARCODE)
    async with working(house, settings=GROWING):
        known = await house.new()

        async def has_failed() -> bool:
            return any(row.failed for row in await work_of(house, known))

        await until(has_failed)
        (row,) = await work_of(house, known)
        assert row.failed == "it answered another question than ours (message 17)"
        house.acs.answers["17"] = RuntimeError("unforeseen")
        await until(lambda: says(house, known, "A fault in the gateway; its log says more."), house, 5)


async def says(house: House, known: Request, words: str) -> bool:
    return any(row.failed == words for row in await work_of(house, known))


async def work_of(house: House, known: Request) -> list[EffectRow]:
    return [row for row in await house.store.pending(known.id) if row.lane == ACS_LANE]
