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
from gateway.dispatch.reports import Later, Report
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Outcome, Reason, Unknown
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import AskCopies
from gateway.workflow.records import Copy, Request, State
from tests.dispatch.house import DATE, House, sip2
from tests.dispatch.test_outbox import SETTINGS, reaches, until, working

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
    house.pool.answers["17"] = but(*bad)
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
            await reaches(house, State.WILL_SUPPLY, number, step_s=5)
        assert house.time.now() - began_at < timedelta(minutes=5)

        async def told() -> bool:
            stuck = {task.request for task in await house.store.tasks()}
            return {(await house.current(barcode)).id for barcode in bad} <= stuck

        await until(told, house, 10)


async def test_a_dead_circulation_system_is_tried_with_one_row_at_a_time_after_pauses_that_grow(house: House):
    under_way: set[int] = set()
    tried: list[tuple[str, datetime]] = []

    async def dead(row: EffectRow, request: Request) -> Report:
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
    house.pool.answers["17"] = NotSent(Reason.CONNECT, "no connection")
    async with working(house):
        for number in range(8):
            await house.new(f"R{number}")
        began_at = house.time.now()

        async def told() -> bool:
            return bool(await house.store.tasks())

        await until(told, house, 5)
        assert house.time.now() - began_at < timedelta(minutes=2)
