from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.planning import ACS_LANE, LOOK_UP_LANE, Planner, lane_of
from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.effects import AnyEffect, AskCopies, FindCopies, Look, MakeRota, Perform, StartTimer, Tell
from gateway.workflow.policy import DEFAULT_CLOCKS
from gateway.workflow.records import Act, Clock, Copy, Item, Request, Role, State
from gateway.workflow.values import Wanted

FRIDAY = datetime(2026, 10, 30, 9, 0, tzinfo=UTC)
REQUEST = Request(
    id="L-1", role=Role.LENDING, state=State.SEARCHING, peer="p", requesting_agency="ISIL:A", supplying_agency="ISIL:B",
    partner_request_id="R1", created_at=FRIDAY, updated_at=FRIDAY, state_since=FRIDAY,
)  # fmt: skip
TELL = Tell(reason=ReasonForMessage.STATUS_CHANGE, status=Status.LOANED, last_change=FRIDAY)
PLANNER = Planner(clocks=DEFAULT_CLOCKS, calendars=Calendars(library=Calendar(time_zone="UTC")))


def due(effect: AnyEffect, *, wait_s: float = 0.0, at: datetime = FRIDAY) -> timedelta:
    return PLANNER.plan(effect, REQUEST, at=at, first_message_wait_s=wait_s).due_at - FRIDAY


@pytest.mark.parametrize(
    ("effect", "lane"),
    [
        (FindCopies(wanted=Wanted()), LOOK_UP_LANE),
        (AskCopies(copies=()), ACS_LANE),
        (Perform(act=Act.HOLD, item_barcode="3"), ACS_LANE),
        (Look(act=Act.HOLD, item_barcode="3"), ACS_LANE),
        (TELL, "peer:p"),
        (StartTimer(clock=Clock.HOLD, since=FRIDAY), None),
    ],
)
def test_each_kind_of_effect_has_its_lane(effect, lane):
    assert lane_of(effect, REQUEST) == lane


@pytest.mark.parametrize("for_staff", [False, True])
def test_in_shared_lanes_peers_take_turns_and_what_staff_wait_for_goes_ahead(for_staff: bool):  # noqa: FBT001 - a case
    def plan(effect: AnyEffect) -> tuple[str | None, bool]:
        new = PLANNER.plan(effect, REQUEST, at=FRIDAY, first_message_wait_s=0.0, for_staff=for_staff)
        return new.peer, new.ahead

    assert plan(Look(act=Act.HOLD, item_barcode="3")) == ("p", for_staff)
    assert plan(FindCopies(wanted=Wanted())) == ("p", for_staff)
    assert plan(TELL) == (None, False)
    assert plan(StartTimer(clock=Clock.HOLD, since=FRIDAY)) == (None, False)


@pytest.mark.parametrize(
    ("whole", "hours"),
    [
        (Clock.RETURN, 10 * 24),  # a third of 30 days
        (Clock.LENDER_SENDS, 3 * 24 + 16),  # a third of 7 open days, which from a Friday take 11
        (Clock.LENDER_ANSWER_RUSH, 3 * 24),  # never sooner than after an open day, which from a Friday ends on Monday
    ],
)
def test_a_silent_lender_is_asked_after_a_third_of_its_time_and_an_open_day(whole: Clock, hours: int):
    assert due(StartTimer(clock=Clock.SILENCE, since=FRIDAY, third_of=whole)) == timedelta(hours=hours)


def test_an_effect_waits_as_long_as_it_says():
    assert due(Perform(act=Act.CANCEL_HOLD, item_barcode="3", delay_s=60)) == timedelta(seconds=60)


def test_the_first_message_about_a_new_request_waits_a_moment_and_later_ones_do_not():
    assert due(TELL, wait_s=1.0) == timedelta(seconds=1)
    assert due(TELL, wait_s=1.0, at=FRIDAY + timedelta(hours=1)) == timedelta(hours=1)


def test_a_longer_delay_of_the_message_itself_wins():
    assert due(msgspec.structs.replace(TELL, delay_s=60), wait_s=1.0) == timedelta(seconds=60)


def test_a_hold_clock_counts_open_days_over_the_weekend():
    assert due(StartTimer(clock=Clock.HOLD, since=FRIDAY)) == timedelta(days=5), "three open days from a Friday"


def test_an_overdue_clock_counts_calendar_days_from_the_due_date():
    due_date = FRIDAY + timedelta(days=42)
    assert due(StartTimer(clock=Clock.OVERDUE_FIRST, since=due_date)) == timedelta(days=43)


def test_the_partners_own_deadline_stands_in_place_of_the_clock():
    need_by = FRIDAY + timedelta(days=9)
    assert due(StartTimer(clock=Clock.DEADLINE, since=FRIDAY, until=need_by)) == timedelta(days=9)
    assert due(StartTimer(clock=Clock.DEADLINE, since=FRIDAY)) == timedelta(days=30)


def test_a_hold_clock_counts_the_open_days_of_the_branch_that_pulls_and_the_others_the_librarys():
    """The branch is closed from Monday to Wednesday."""
    east = Calendar(time_zone="UTC", closed_weekdays=(0, 1, 2))
    planner = Planner(clocks=DEFAULT_CLOCKS, calendars=Calendars(branches={"EAST": east}))
    held = msgspec.structs.replace(REQUEST, items=(Item(copy=Copy(item_barcode="3", branch="EAST")),))

    def days(clock: Clock, request: Request) -> int:
        timer = StartTimer(clock=clock, since=FRIDAY)
        return (planner.plan(timer, request, at=FRIDAY, first_message_wait_s=0.0).due_at - FRIDAY).days

    assert [days(clock, held) for clock in (Clock.HOLD_AMBER, Clock.HOLD)] == [2, 6]
    assert [days(clock, REQUEST) for clock in (Clock.HOLD_AMBER, Clock.HOLD)] == [4, 5]
    assert days(Clock.CONDITION, held) == days(Clock.CONDITION, REQUEST) == 6


# ── looking for borrowed items ──

BORROWED = msgspec.structs.replace(REQUEST, role=Role.BORROWING, borrowing=Borrowing(pickup_branch="EAST"))
OPEN_HOURS = Calendars(
    library=Calendar(time_zone="UTC"),
    branches={"EAST": Calendar(time_zone="UTC", closed_weekdays=(6,), opens_at=time(9), closes_at=time(18))},
)


@pytest.mark.parametrize(
    ("clock", "at", "earliest", "spread_s"),
    [
        (Clock.WATCH, FRIDAY, FRIDAY + timedelta(hours=1), 0),
        (Clock.WATCH_LOAN, FRIDAY, FRIDAY + timedelta(hours=4), 0),
        (Clock.WATCH, FRIDAY + timedelta(hours=8, minutes=30), FRIDAY + timedelta(days=1), 3600),
        (Clock.WATCH_LOAN, FRIDAY + timedelta(days=1, hours=6), FRIDAY + timedelta(days=3), 3600),
    ],
)
def test_borrowed_items_are_looked_for_while_their_branch_is_open_and_not_all_as_it_opens(
    clock: Clock, at: datetime, earliest: datetime, spread_s: int
):
    planner = Planner(clocks=DEFAULT_CLOCKS, calendars=OPEN_HOURS)

    def due_at(number: int) -> datetime:
        request = msgspec.structs.replace(BORROWED, id=f"B-{number}")
        return planner.plan(StartTimer(clock=clock, since=at), request, at=at, first_message_wait_s=0.0).due_at

    due = [due_at(number) for number in range(20)]
    assert all(earliest <= each <= earliest + timedelta(seconds=spread_s) for each in due)
    assert (len(set(due)) > 10) is bool(spread_s)


def test_at_most_ten_looks_a_day_for_what_waits_and_three_for_what_is_out():
    planner = Planner(clocks=DEFAULT_CLOCKS, calendars=OPEN_HOURS)
    for clock, most in ((Clock.WATCH, 10), (Clock.WATCH_LOAN, 3)):
        at, count = FRIDAY, 0
        while at < FRIDAY + timedelta(days=1):
            at, count = (
                planner.plan(StartTimer(clock=clock, since=at), BORROWED, at=at, first_message_wait_s=0.0).due_at,
                count + 1,
            )
        assert count <= most


# ── customers' orders are looked up in batches ──

MINUTELY = Planner(clocks=DEFAULT_CLOCKS, calendars=Calendars(), batch_s=lambda: 60)
SECOND = timedelta(seconds=1)


def looked_up(number: str, at: datetime, *, for_staff: bool = False, **borrowing: Any) -> datetime:
    own = Borrowing(pickup_branch="EAST", **borrowing)
    request = msgspec.structs.replace(REQUEST, id=number, role=Role.BORROWING, borrowing=own)
    return MINUTELY.plan(MakeRota(), request, at=at, first_message_wait_s=0, for_staff=for_staff).due_at


def test_orders_of_one_minute_are_looked_up_together_and_in_no_order():
    orders = [(f"B-{number}", FRIDAY + number * SECOND) for number in range(60)]
    due_at = [looked_up(number, at) for number, at in orders]
    minute = FRIDAY + timedelta(minutes=1)
    assert all(minute <= each < minute + SECOND for each in due_at)
    assert due_at != sorted(due_at)
    assert looked_up("B-60", minute) >= minute + timedelta(minutes=1)


def test_what_staff_order_or_ask_for_is_looked_up_at_once():
    assert looked_up("B-1", FRIDAY, at_desk=True) == FRIDAY
    assert looked_up("B-1", FRIDAY, for_staff=True) == FRIDAY


def test_once_a_lender_was_asked_the_time_tells_nothing_any_more():
    asked = (LenderLine(partner="sample", peer="p", agency="ISIL:A"),)
    assert looked_up("B-1", FRIDAY, asked=asked) == FRIDAY


def test_without_catalogues_to_ask_nobody_waits():
    request = msgspec.structs.replace(REQUEST, role=Role.BORROWING, borrowing=Borrowing(pickup_branch="EAST"))
    assert PLANNER.plan(MakeRota(), request, at=FRIDAY, first_message_wait_s=0).due_at == FRIDAY


@pytest.mark.parametrize(
    ("own", "third", "billable"), [(None, 21, 42), (60, 39, 60), (42, 21, 42), (20, 8, 20), (1, 8, 1)]
)
def test_a_partners_own_days_until_it_is_billed_move_the_last_reminder_too(
    own: int | None, third: int, billable: int
) -> None:
    planner = Planner(
        clocks=DEFAULT_CLOCKS,
        calendars=Calendars(library=Calendar(time_zone="UTC")),
        billable_days=lambda _partner: own,
    )
    due = {
        clock: planner.plan(StartTimer(clock=clock, since=FRIDAY), REQUEST, at=FRIDAY, first_message_wait_s=0).due_at
        for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND, Clock.OVERDUE_THIRD, Clock.BILLABLE)
    }
    assert [(at - FRIDAY).days for at in due.values()] == [1, 7, third, billable]
