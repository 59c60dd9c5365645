"""What fails waits: the back-off of a lane, the limit of attempts, staff's word, and a store that is away."""

from datetime import timedelta

import pytest

from gateway.dispatch.planning import ACS_LANE
from gateway.iso18626.replies import NotDelivered
from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import BackOff, Change, StoreUnavailable
from gateway.workflow.events import Performed
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from tests.dispatch.house import BARCODE, DATE, PEER, House, sip2
from tests.dispatch.working import asleep, reaches, until, working

PEER_LANE = f"peer:{PEER}"


async def test_a_failing_lane_is_left_alone_then_tried_with_one_row_and_cleared_by_a_sign_of_life(house: House):
    house.acs.answers["17"] = NotSent(Reason.CONNECT, "no connection")
    async with working(house) as outbox:
        for number in ("R1", "R2", "R3"):
            await house.new(number)

        async def paused() -> bool:
            return ACS_LANE in outbox.paused and await house.store.backoffs() != ()

        await until(paused)
        (backoff,) = await house.store.backoffs()
        assert backoff.lane == ACS_LANE
        assert backoff.failures >= 1
        house.acs.answers["17"] = sip2(f"18030001{DATE}CF0|AB{BARCODE}|AJThe Imaginary Almanac|")
        await house.time.advance(120)
        for number in ("R1", "R2", "R3"):
            await reaches(house, State.WILL_SUPPLY, number, step_s=10)

        async def cleared() -> bool:
            return await house.store.backoffs() == () and not outbox.paused

        await until(cleared)


async def test_a_restart_remembers_the_back_off(house: House):
    until_then = house.time.now() + timedelta(seconds=50)
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=until_then, failures=3))
    await house.new()
    async with working(house) as outbox:
        await reaches(house, State.CHECKING)
        await asleep(house, 3)
        assert house.acs.asked == []
        assert outbox.paused == {ACS_LANE: until_then}
        await house.time.advance(51)
        await reaches(house, State.WILL_SUPPLY)


async def test_staffs_word_ends_the_back_off_at_once(house: House):
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=house.time.now() + timedelta(hours=1), failures=9))
    await house.new()
    async with working(house) as outbox:
        await reaches(house, State.CHECKING)
        await outbox.resume(ACS_LANE)
        await reaches(house, State.WILL_SUPPLY)


async def test_at_the_limit_of_attempts_staff_are_asked_and_trying_goes_on(house: House):
    house.poster.outcomes = [NotDelivered(words="no connection", may_have_arrived=False)] * 3
    async with working(house):
        await house.new()
        await reaches(house, State.WILL_SUPPLY)

        async def asked() -> bool:
            return [task.kind for task in await house.store.tasks()] == [TaskKind.NOT_TOLD]

        await until(asked, house, 10)

        async def told() -> bool:
            return await house.store.tasks() == () and PEER_LANE not in await house.store.lanes()

        await until(told, house, 5)
    assert len(set(house.poster.sent)) == 1, "a resend is byte-identical"
    assert len(house.poster.sent) == 4


@pytest.mark.parametrize("failure", [StoreUnavailable("gone"), TypeError("a fault of ours")])
async def test_a_lane_that_cannot_be_read_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: Exception
):
    claim, failures = house.store.claim, [failure, failure]

    async def unreliable(*args, **kwargs):
        if failures:
            raise failures.pop()
        return await claim(*args, **kwargs)

    monkeypatch.setattr(house.store, "claim", unreliable)
    async with working(house):
        await house.new()

        async def found() -> bool:
            return (await house.current()).state is State.WILL_SUPPLY

        await until(found, house, 2)


async def test_a_claim_that_was_written_unheard_keeps_no_room_of_its_lane(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    claim, unheard, began_at = house.store.claim, [1, 2], house.time.now()

    async def unreliable(*args, **kwargs):
        rows = await claim(*args, **kwargs)
        if rows and unheard:
            unheard.pop()
            raise StoreUnavailable("written, and nobody was told")
        return rows

    monkeypatch.setattr(house.store, "claim", unreliable)
    async with working(house):
        await house.new()
        await reaches(house, State.WILL_SUPPLY, step_s=1)
    assert not unheard
    assert house.time.now() - began_at < timedelta(seconds=60), "long before the lease ran out"


async def test_work_that_breaks_off_with_the_store_does_not_wait_for_its_lease(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    start, failures, began_at = house.store.start, [1, 2], house.time.now()

    async def unreliable(*args, **kwargs):
        if failures:
            failures.pop()
            raise StoreUnavailable("gone")
        await start(*args, **kwargs)

    monkeypatch.setattr(house.store, "start", unreliable)
    async with working(house):
        await house.new()
        await reaches(house, State.WILL_SUPPLY, step_s=1)
    assert not failures
    assert house.time.now() - began_at < timedelta(seconds=60), "long before the lease ran out"


async def test_what_was_done_while_the_store_was_gone_is_handed_in_when_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    commit = house.store.commit
    failures: list[Change] = []

    async def unreliable(change: Change) -> None:
        if isinstance(change.event, Performed) and len(failures) < 3:
            failures.append(change)
            raise StoreUnavailable("gone")
        await commit(change)

    monkeypatch.setattr(house.store, "commit", unreliable)
    async with working(house):
        await house.new()
        await reaches(house, State.WILL_SUPPLY, step_s=1)
    assert len(failures) == 3
    assert house.acs.asked.count("15") == 1, "the hold was placed once and its outcome was not lost"


async def test_waiting_work_of_one_request_is_tried_at_once_on_staffs_word(house: House):
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=house.time.now() + timedelta(hours=1), failures=9))
    await house.new()
    async with working(house) as outbox:
        request = await reaches(house, State.CHECKING)
        await outbox.hurry(request.id)
        assert outbox.paused == {}
        await reaches(house, State.WILL_SUPPLY)


async def test_where_only_clocks_run_nothing_is_hurried(house: House):
    await house.set_partner(auto_answer="off")
    await house.new()
    async with working(house) as outbox:
        request = await reaches(house, State.DECIDING)
        before = await house.store.pending(request.id)
        await outbox.hurry(request.id)
        assert await house.store.pending(request.id) == before
