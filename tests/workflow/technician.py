"""A model of the library's staff: they work through tasks and lists, and tell the truth.

For each kind of task it says what a person does about it, in the ILS and at the desk; False: not now, or nothing to
do. It uses the actions of the desk and never FORCE: that is for what nobody foresaw.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from gateway.iso18626.codes import Status
from gateway.workflow.effects import Look
from gateway.workflow.lending.groups import ACTING, NOT_SENT, OUT, PROMISED
from gateway.workflow.lending.tell import current_status
from gateway.workflow.machine import Decision
from gateway.workflow.records import Act, Finding, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import DUE, staff
from tests.workflow.channel import Joined, Place

S = State
ACT_OF: Mapping[State, Act] = {
    S.RESERVING: Act.HOLD,
    S.RELEASING: Act.CANCEL_HOLD,
    S.CANCELLING: Act.CANCEL_HOLD,
    S.ARRIVING: Act.ARRIVE,
    S.ARRIVING_TO_SHIP: Act.ARRIVE,
    S.CHECKING_OUT: Act.CHECKOUT,
    S.UNDOING: Act.CHECKIN,
    S.RENEWING: Act.RENEW,
    S.CHECKING_IN: Act.CHECKIN,
}
SENT = (S.CHECKED_OUT, *OUT, S.RENEWING)
"""The item goes, or went, by post."""


def ask(joined: Joined, action: StaffAction, **fields: Any) -> bool:
    """Press a button of the desk; whether it was possible."""
    joined.world.now += timedelta(seconds=1)
    return isinstance(joined.world.act(staff(action, at=joined.world.now, **fields)), Decision)


def due_date(joined: Joined) -> Any:
    """The due date as the ILS shows it."""
    loans, items = joined.world.acs.loans, joined.world.request.items
    return min((loans[item.barcode] for item in items if item.barcode in loans), default=DUE)


def dismiss(joined: Joined, kind: TaskKind) -> bool:
    """Seen to: the task is closed by hand."""
    joined.world.tasks.pop(kind, None)
    return True


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────


def answer(joined: Joined) -> bool:
    """Supply what can be had; after one copy that could not be, say no."""
    if joined.world.request.rejected:
        return ask(joined, StaffAction.ANSWER_UNFILLED)
    return ask(joined, StaffAction.ANSWER_SUPPLY, items=(1,))


def do_by_hand(joined: Joined) -> bool:
    """Do in the ILS what is wanted, then say so."""
    world, act = joined.world, ACT_OF.get(joined.state)
    if act is None:
        return False
    before = (set(world.acs.holds), dict(world.acs.loans))
    for item in world.request.items:
        if act is not Act.RENEW or not is_done(joined, act, item.barcode):
            world.acs.act(act, item.barcode)
    if ask(joined, StaffAction.DONE_BY_HAND, due_at=due_date(joined)):
        joined.keep_account()
        return True
    world.acs.holds, world.acs.loans = before
    return False


def is_done(joined: Joined, act: Act, barcode: str) -> bool:
    """What the ILS shows of an act."""
    item = joined.world.request.item(barcode)
    probe = Look(act=act, item_barcode=barcode, due_at=item.due_at if item else None)
    return joined.world.acs.shows(probe) is Finding.YES


def find_out(joined: Joined) -> bool:
    """Look in the ILS and say what is so."""
    act = ACT_OF.get(joined.state)
    if act is None:
        return False
    if all(is_done(joined, act, item.barcode) for item in joined.world.request.items):
        return ask(joined, StaffAction.DONE_BY_HAND, due_at=due_date(joined))
    return ask(joined, StaffAction.NOT_DONE) or do_by_hand(joined)


def take_stray_hold_off(joined: Joined) -> bool:
    """Take off, in the ILS, every hold that is not wanted."""
    own = {item.barcode for item in joined.world.request.items}
    wanted = own if joined.state in (*PROMISED, *ACTING) else set()
    joined.world.acs.holds &= wanted
    return dismiss(joined, TaskKind.STRAY_HOLD)


def telephone(joined: Joined) -> bool:
    """Tell the partner by telephone where its request stands."""
    is_out = joined.state is S.CHECKED_OUT
    if not ask(joined, StaffAction.TOLD_BY_HAND, due_at=due_date(joined) if is_out else None):
        return False
    joined.borrower.hear_status(Status.LOANED if is_out else current_status(joined.world.request))
    return True


def put_right(joined: Joined) -> bool:
    """Make the ILS say what is so: the item is here, or it is out."""
    world = joined.world
    if joined.state in ACTING:
        return False
    own = {item.barcode for item in world.request.items}
    if joined.state in NOT_SENT:
        world.acs.loans.clear()
    if joined.state in PROMISED:
        world.acs.holds |= own
    if joined.state in (*SENT, S.RETURNING):
        for barcode in own - world.acs.loans.keys():
            world.acs.act(Act.CHECKOUT, barcode)
    joined.keep_account()
    return dismiss(joined, TaskKind.CONTRADICTION)


def write_off(joined: Joined) -> bool:
    """Gone for good, unless it is here."""
    return joined.place not in (Place.HERE, Place.BACK) and ask(joined, StaffAction.MARK_LOST)


def bill(joined: Joined) -> bool:
    """Write it off; while it still lies here the task stays open, and the lists come first."""
    if write_off(joined):
        return True
    return joined.state not in (*SENT, S.RETURNING) and dismiss(joined, TaskKind.BILL)


def _or_dismiss(kind: TaskKind, act: Callable[[Joined], bool]) -> Callable[[Joined], bool]:
    return lambda joined: act(joined) or dismiss(joined, kind)


def _dismiss(kind: TaskKind) -> Callable[[Joined], bool]:
    return lambda joined: dismiss(joined, kind)


TASKS: Mapping[TaskKind, Callable[[Joined], bool]] = {
    TaskKind.APPROVE_PARTNER: lambda joined: ask(joined, StaffAction.APPROVE, partner="sample-city"),
    TaskKind.ANSWER: answer,
    TaskKind.PLACE_HOLD: do_by_hand,
    TaskKind.CANCEL_HOLD: do_by_hand,
    TaskKind.STRAY_HOLD: take_stray_hold_off,
    TaskKind.CHECK_OUT: _or_dismiss(TaskKind.CHECK_OUT, find_out),
    TaskKind.CHECK_IN: do_by_hand,
    TaskKind.RENEW: find_out,
    TaskKind.FIND_OUT: find_out,
    TaskKind.TRAPPED: _or_dismiss(TaskKind.TRAPPED, find_out),
    TaskKind.CANNOT_FIND: _or_dismiss(TaskKind.CANNOT_FIND, lambda joined: ask(joined, StaffAction.CANNOT_FIND)),
    TaskKind.DUE_DATE: lambda joined: ask(joined, StaffAction.DONE_BY_HAND, due_at=due_date(joined)),
    TaskKind.NOT_TOLD: telephone,
    TaskKind.NOT_RECEIVED: _dismiss(TaskKind.NOT_RECEIVED),
    TaskKind.NOT_RETURNED: _or_dismiss(TaskKind.NOT_RETURNED, write_off),
    TaskKind.BILL: bill,
    TaskKind.PAST_DEADLINE: _or_dismiss(
        TaskKind.PAST_DEADLINE, lambda joined: ask(joined, StaffAction.ANSWER_UNFILLED)
    ),
    TaskKind.READ_NOTE: _dismiss(TaskKind.READ_NOTE),
    TaskKind.CONTRADICTION: put_right,
    TaskKind.SENT_ON: _dismiss(TaskKind.SENT_ON),
    TaskKind.STUCK: _dismiss(TaskKind.STUCK),
}
"""What a person does about each kind of task; one that is missing here fails the run in which it is opened."""


def do_task(joined: Joined, index: int = 0) -> bool:
    """See to one of the open tasks that can be seen to now."""
    kinds = list(joined.world.tasks)
    start = index % len(kinds) if kinds else 0
    return any(TASKS[kind](joined) for kind in kinds[start:] + kinds[:start])


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def do_lists(joined: Joined) -> bool:
    """The pull list, the copies to make, what is to be shipped and posted, what has come back."""
    return pull(joined) or post(joined) or unpack(joined)


def pull(joined: Joined) -> bool:
    """From the shelf to the desk, to the scanner, to the partner's account."""
    match joined.state:
        case S.WILL_SUPPLY:
            return ask(joined, StaffAction.ARRIVE)
        case S.ARRIVED:
            return ask(joined, StaffAction.SHIP)
        case S.TO_COPY:
            return ask(joined, StaffAction.COPY_SENT, link="https://copies.example/1")
        case _:
            return False


def post(joined: Joined) -> bool:
    """What is checked out goes into the post."""
    if joined.state in SENT and joined.place is Place.HERE:
        joined.place = Place.TO_THEM
        return True
    return False


def unpack(joined: Joined) -> bool:
    """What has come back is scanned, whether or not anybody announced it."""
    return joined.place is Place.BACK and joined.state is not S.CHECKING_IN and ask(joined, StaffAction.CHECK_IN)
