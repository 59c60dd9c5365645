"""Several gateways at one queue: a lane's room is that of all, a share may be none, and what one learns is known to the others."""

import asyncio
from datetime import timedelta

import msgspec

from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.results import Result
from gateway.dispatch.subjects import PerformRow
from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import (
    BackOff,
    EffectRow,
    Topic,
)
from gateway.workflow.effects import AskCopies
from gateway.workflow.records import Request, State
from tests.dispatch.house import (
    BARCODE,
    DATE,
    House,
    sip2,
)
from tests.dispatch.working import SETTINGS, asleep, reaches, until, working


def stuck_with(kind: type, under_way: set[str], house: House) -> PerformRow:
    """Perform all but one kind of effect; that one takes for ever, and is noted."""

    async def perform(row: EffectRow, request: Request) -> Result:
        if isinstance(row.effect, kind):
            under_way.add(request.id)
            await asyncio.Event().wait()
        return await house.performers.perform(row, request)

    return perform


async def test_a_lanes_room_is_that_of_all_gateways_together(house: House):
    settings = msgspec.structs.replace(SETTINGS, acs_at_once=3)
    here: set[str] = set()
    there: set[str] = set()
    async with (
        working(house, stuck_with(AskCopies, here, house), settings, "here") as outbox,
        working(house, stuck_with(AskCopies, there, house), settings, "there"),
    ):
        outbox.share(ACS_LANE, 2)
        for number in range(8):
            await reaches(house, State.CHECKING, (await house.new(f"R{number}")).partner_request_id)

        async def full() -> bool:
            return len(here) + len(there) == 3

        await until(full)
        await house.time.advance(SETTINGS.sweep_s)
        assert (len(here), len(there)) in {(2, 1), (1, 2), (0, 3)}
        assert not here & there


async def test_a_gateway_without_a_share_leaves_the_lane_to_others(house: House):
    async with working(house) as outbox:
        outbox.share(ACS_LANE, 0)
        await house.new()
        await reaches(house, State.CHECKING)
        await asleep(house, 3)
        assert house.acs.asked == []
        outbox.share(ACS_LANE, 1)
        await reaches(house, State.WILL_SUPPLY)


async def test_what_another_gateway_learns_of_a_lane_is_known_here(house: House):
    """Its back-off holds here too, and its sign of life ends it."""
    tell = house.store._tell  # as PostgreSQL's notification does
    async with working(house) as outbox:
        later = house.time.now() + timedelta(hours=1)
        await house.store.set_backoff(BackOff(lane=ACS_LANE, until=later, failures=4))
        tell(Topic.BACKOFFS)

        async def paused() -> bool:
            return outbox.paused == {ACS_LANE: later}

        await until(paused)
        await house.new()
        await reaches(house, State.CHECKING)
        await asleep(house, 3)
        assert house.acs.asked == []
        await house.store.clear_backoff(ACS_LANE)
        tell(Topic.BACKOFFS)
        await reaches(house, State.WILL_SUPPLY)
        assert outbox.paused == {}


async def test_a_gateway_that_has_just_lost_its_last_seat_leaves_its_work_to_others(house: House):
    """It says nothing of the lane."""
    house.acs.answers["17"] = NotSent(Reason.NO_SEAT, "others have every connection")
    async with working(house) as outbox:
        known = await house.new()

        async def given_back() -> bool:
            rows = await house.store.pending(known.id)
            return any(row.attempts for row in rows)

        await until(given_back, house, 0.1)
        assert (await house.store.backoffs(), outbox.paused) == ((), {})
        house.acs.answers["17"] = sip2(f"18030001{DATE}CF0|AB{BARCODE}|AJThe Imaginary Almanac|")
        await reaches(house, State.WILL_SUPPLY, step_s=1)
