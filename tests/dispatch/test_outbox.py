import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import structlog
from pysip2.models import SIPRequest

from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.results import Fault, Later, Result
from gateway.dispatch.subjects import BillWork, InvoiceWork, NoticeWork, PerformRow
from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.replies import NotDelivered
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Outcome, Reason, Unknown
from gateway.store.port import (
    BackOff,
    Change,
    EffectRow,
    HistoryKind,
    StoreUnavailable,
)
from gateway.workflow.effects import FindCopies
from gateway.workflow.events import Performed, StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.records import Request, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import Deed, StaffAction
from tests.dispatch.house import (
    ACCOUNT,
    BARCODE,
    DATE,
    HOLD_LISTED,
    HOLD_OK,
    NO_HOLDS,
    OWNER,
    PEER,
    House,
    action,
    sip2,
)

SETTINGS = OutboxSettings(backoff=BackOffPolicy(first_s=5, longest_s=60, jitter=0.0, limit=3))
DEADLINE_S = 60.0
PEER_LANE = f"peer:{PEER}"


@asynccontextmanager
async def working(
    house: House, perform: PerformRow | None = None, settings: OutboxSettings = SETTINGS, owner: str = OWNER
) -> AsyncIterator[Outbox]:
    outbox = Outbox(
        store=house.store,
        intake=house.intake,
        bills=BillWork(intake=house.bills, perform=house.performers.perform_for_bill),
        invoices=InvoiceWork(intake=house.invoices, perform=house.performers.perform_for_invoice),
        notices=NoticeWork(intake=house.notices, perform=house.performers.perform_for_notice),
        perform=perform or house.performers.perform,
        time=house.time,
        owner=owner,
        settings=settings,
        chance=lambda: 0.5,
    )
    await outbox.start()
    try:
        yield outbox
    finally:
        await outbox.stop(drain_s=0.2)


async def until(condition: Callable[[], Awaitable[bool]], house: House | None = None, step_s: float = 0.0) -> None:
    """Wait for real work (commits happen in threads) with a deadline; in the house `step_s` pass whenever nothing is under way."""
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():
            if house is None:
                await asyncio.sleep(0.002)
            else:
                await house.rest()
                await house.time.advance(step_s)


async def reaches(house: House, state: State, number: str = "R1", *, step_s: float = 0.0) -> Request:
    async def there() -> bool:
        return (await house.current(number)).state is state

    await until(there, house, step_s)
    return await house.current(number)


async def asleep(house: House, count: int = 1) -> None:
    async def enough() -> bool:
        return house.time.sleepers >= count

    await until(enough)


def only(kind: type, report: Result | Exception, asked: list[str]) -> PerformRow:
    """Perform one kind of effect as told; what else comes is never finished."""

    async def perform(row: EffectRow, request: Request) -> Result:
        if not isinstance(row.effect, kind):
            await asyncio.Event().wait()
        asked.append(request.id)
        if isinstance(report, Exception):
            raise report
        return report

    return perform


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


# ── several gateways ─────────────────────────────────────────────────────────────────────────────


async def test_waiting_work_of_one_request_is_tried_at_once_on_staffs_word(house: House):
    await house.store.set_backoff(BackOff(lane=ACS_LANE, until=house.time.now() + timedelta(hours=1), failures=9))
    await house.new()
    async with working(house) as outbox:
        request = await reaches(house, State.CHECKING)
        assert await outbox.hurry(request.id, by="ann") == 1
        assert outbox.paused == {}
        await reaches(house, State.WILL_SUPPLY)
    notes = [entry for entry in await house.store.history(request.id) if entry.kind is HistoryKind.NOTE]
    assert [(note.by, note.words) for note in notes] == [("ann", "Waiting work is to be tried now.")]


async def test_where_only_clocks_run_there_is_nothing_to_hurry_and_nothing_to_tell(house: House):
    await house.set_partner(auto_answer="off")
    await house.new()
    async with working(house) as outbox:
        request = await reaches(house, State.DECIDING)
        before = await house.store.history(request.id)
        assert await outbox.hurry(request.id, by="ann") == 0
        assert await house.store.history(request.id) == before
