"""The outbox at work: what is due is done, in its order; what was lost, withdrawn or left behind; clocks; stopping."""

import asyncio
from datetime import timedelta

import structlog
from pysip2.models import SIPRequest

from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.results import Fault, Later, Result
from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.replies import NotDelivered
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Outcome, Unknown
from gateway.store.port import EffectRow
from gateway.workflow.effects import FindCopies
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import Deed, StaffAction
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, HOLD_LISTED, HOLD_OK, NO_HOLDS, House, action, sip2
from tests.dispatch.working import DEADLINE_S, asleep, only, reaches, until, working


async def test_a_request_goes_all_the_way_to_the_promise_by_itself(house: House):
    async with working(house):
        await house.new()
        await reaches(house, State.WILL_SUPPLY)

        async def told() -> bool:
            return len(house.poster.sent) == 1

        await until(told)
    assert house.acs.asked == ["17", "15", "63"], "no round trip more than it takes"


async def test_work_left_by_a_stopped_gateway_is_done_by_the_next(house: House):
    await house.new()
    async with working(house):
        await reaches(house, State.WILL_SUPPLY)


async def test_a_clock_wakes_its_request_when_it_is_due_and_not_before(house: House):
    await house.set_policy(auto_answer="off")
    await house.set_partner(auto_answer=None)
    async with working(house):
        await house.new()
        await reaches(house, State.DECIDING)
        await asleep(house, 2)
        assert house.poster.sent == []
        await house.time.advance(61)

        async def told() -> bool:
            return len(house.poster.sent) == 1

        await until(told)
    assert house.poster.messages[0].status_info.status == "ExpectToSupply"


async def test_messages_of_one_request_go_out_in_order_while_the_first_fails(house: House):
    house.poster.outcomes = [NotDelivered(words="no connection", may_have_arrived=True)]
    async with working(house):
        await house.new()
        await reaches(house, State.WILL_SUPPLY)
        await house.receive(action(house.time.now(), Action.STATUS_REQUEST))

        async def all_told() -> bool:
            return len(house.poster.sent) == 3

        await until(all_told, house, 10)
    reasons = [message.message_info.reason_for_message.value for message in house.poster.messages]
    assert reasons == ["RequestResponse", "RequestResponse", "StatusRequestResponse"]


async def test_an_act_lost_on_the_way_is_looked_for_and_not_repeated_where_it_was_done(house: House):
    house.acs.answers["15"] = Unknown("15", Outcome.CLOSED)
    async with working(house):
        await house.new()
        await reaches(house, State.RESERVING)

        async def looked() -> bool:
            return (await house.current()).state is State.WILL_SUPPLY

        await until(looked, house, 3)
    assert house.acs.asked.count("15") == 1


async def test_an_act_lost_before_it_was_done_is_asked_for_once_more(house: House):
    replies: list[Reply | Exception] = [HOLD_OK, Unknown("15", Outcome.CLOSED)]

    def hold(_request: SIPRequest) -> Reply | Exception:
        return replies.pop()

    def holds(_request: SIPRequest) -> Reply:
        return NO_HOLDS if replies else HOLD_LISTED

    house.acs.answers |= {"15": hold, "63": holds}
    async with working(house):
        await house.new()

        async def promised() -> bool:
            return (await house.current()).state is State.WILL_SUPPLY

        await until(promised, house, 3)
    assert house.acs.asked.count("15") == 2


async def test_work_that_was_withdrawn_meanwhile_is_dropped(house: House):
    gate, asked = asyncio.Event(), asyncio.Event()

    async def slow(row: EffectRow, request: Request) -> Result:
        asked.set()
        await gate.wait()
        return await house.performers.perform(row, request)

    async with working(house, slow):
        known = await house.new()
        async with asyncio.timeout(DEADLINE_S):
            await asked.wait()
        await house.receive(action(house.time.now(), Action.CANCEL))
        gate.set()
        await reaches(house, State.CANCELLED)

        async def nothing_left() -> bool:
            return await house.store.pending(known.id) == ()

        await until(nothing_left)
    assert house.acs.asked == []


async def test_a_fault_in_one_piece_of_work_is_logged_and_stops_nothing_else(house: House):
    asked: list[str] = []
    with structlog.testing.capture_logs() as logs:
        async with working(house, only(FindCopies, RuntimeError("a fault of ours"), asked)):
            known = await house.new()

            async def waits() -> bool:
                rows = [row for row in await house.store.pending(known.id) if row.effect.key == "find copies"]
                return bool(asked) and rows[0].attempts == 1

            await until(waits)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["work failed"]


async def test_work_that_takes_too_long_waits_like_any_other_failure(house: House):
    async def never(row: EffectRow, request: Request) -> Result:
        raise TimeoutError

    async with working(house, never):
        known = await house.new()

        async def waits() -> bool:
            return any(row.attempts for row in await house.store.pending(known.id))

        await until(waits)


async def test_no_more_of_a_lane_runs_at_once_than_there_is_room_for(house: House):
    running, most = set(), []

    async def count(row: EffectRow, request: Request) -> Result:
        if not isinstance(row.effect, FindCopies):
            return Later(words="not today", unstarted=True, fault=Fault.ITS_OWN, after_s=3600)
        running.add(row.id)
        most.append(len(running))
        await asyncio.sleep(0.01)
        running.discard(row.id)
        return await house.performers.perform(row, request)

    async with working(house, count, OutboxSettings(look_ups_at_once=2)):
        for number in range(8):
            await house.new(f"R{number}")
        for number in range(8):
            await reaches(house, State.CHECKING, f"R{number}")
    assert max(most) == 2


async def test_stopping_lets_running_work_end_and_takes_nothing_new(house: House):
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slow(row: EffectRow, request: Request) -> Result:
        begun.set()
        await gate.wait()
        return await house.performers.perform(row, request)

    async with working(house, slow) as outbox:
        await house.new()
        async with asyncio.timeout(DEADLINE_S):
            await begun.wait()
        stopping = asyncio.create_task(outbox.stop(drain_s=5.0))
        await asyncio.sleep(0)
        gate.set()
        await stopping
        assert (await house.current()).state is State.CHECKING, "what ran has ended, what came of it was not begun"
        assert house.acs.asked == []


async def test_a_technicians_steps_go_through_the_same_queue(house: House):
    house.acs.answers["09"] = sip2(f"101YNN{DATE}AOEX|AB{BARCODE}|AQEXC|CV01|CY{ACCOUNT}|")
    async with working(house):
        known = await house.new()
        await reaches(house, State.WILL_SUPPLY)
        ruling = await house.intake.act(known.id, StaffActed(at=house.time.now(), by="t", action=StaffAction.ARRIVE))
        assert isinstance(ruling, Decision)
        await reaches(house, State.ARRIVED)


async def test_while_loaned_waits_to_be_undone_the_partner_is_answered_and_then_told(house: House):
    async with working(house):
        known = await house.new()
        await reaches(house, State.WILL_SUPPLY)
        due_at = house.time.now() + timedelta(days=28)
        by_hand = StaffActed(
            at=house.time.now(), by="t", action=StaffAction.DONE_BY_HAND, due_at=due_at, undo_s=60.0, deed=Deed.CHECKOUT
        )
        assert isinstance(await house.intake.act(known.id, by_hand), Decision)
        await house.receive(action(house.time.now(), Action.STATUS_REQUEST))
        assert await told(house, 2) == [Status.WILL_SUPPLY, Status.WILL_SUPPLY]
        assert house.poster.messages[-1].message_info.reason_for_message is ReasonForMessage.STATUS_REQUEST_RESPONSE
        assert (await house.current()).state is State.CHECKED_OUT
        await asleep(house, 4)
        await house.time.advance(60.0)
        assert await told(house, 3) == [Status.WILL_SUPPLY, Status.WILL_SUPPLY, Status.LOANED]
        await reaches(house, State.LOANED)


async def told(house: House, count: int) -> list[Status | None]:
    """What the partner has heard, once there are so many messages."""

    async def enough() -> bool:
        return len(house.poster.messages) >= count

    await until(enough)
    return [message.status_info.status for message in house.poster.messages]
