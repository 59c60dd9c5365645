"""What goes out by e-mail by itself, made when its time has come (notices/schedule.py).

All mails of a time are one transaction, with the mark that the time was seen to: so none goes out twice, whichever gateway makes them
and whenever one is stopped. While work is held after a restore nothing is made: a copy doesn't know what went out since.
"""

from collections.abc import Collection
from typing import Final

import structlog

from gateway.clock import TimeSource
from gateway.desk.access import Caller, StaffRole
from gateway.desk.errors import DeskError
from gateway.desk.notice_making import MAILED, Slips, pull_slips, reports, statements
from gateway.desk.ports import Desk
from gateway.desk.structs.papers import Slip
from gateway.dispatch.switched import is_off
from gateway.notices.records import NoticeKind
from gateway.notices.schedule import Slot, due_slots
from gateway.store.port import AlreadyExists, StoreError
from gateway.workflow.staff import Switch

EVERY_S: Final = 60.0
SWITCHES: Final = {
    NoticeKind.PULL_SLIPS: Switch.PULL_SLIPS,
    NoticeKind.STATEMENT: Switch.STATEMENTS,
    NoticeKind.REPORT: Switch.REPORT,
}
SCHEDULE: Final = Caller(name="schedule", role=StaffRole.VIEWER)
_log = structlog.get_logger(__name__)


async def run(desk: Desk, *, clock: TimeSource) -> None:
    """See to each time of the schedule, until cancelled. What can't be made now is tried again in a minute, as long as it is of use."""
    while True:
        try:
            await see_to_all(desk)
        except (StoreError, DeskError) as exc:
            _log.warning("mails of the schedule could not be made", why=type(exc).__name__)
        await clock.sleep(EVERY_S)


async def see_to_all(desk: Desk) -> None:
    """See to what is due now. Raises DeskError, StoreUnavailable."""
    if await desk.store.recovery.current() is not None:
        return
    for slot in due_slots(desk.mail.plan, desk.now().astimezone(desk.zone)):
        if not await is_off(desk.store, SWITCHES[slot.kind]) and not await desk.store.notices.is_seen_to(slot.name):
            await _see_to(desk, slot)


async def _see_to(desk: Desk, slot: Slot) -> None:
    slips = None
    match slot.kind:
        case NoticeKind.STATEMENT:
            made = await statements(desk)
        case NoticeKind.REPORT:
            made = await reports(desk, SCHEDULE)
        case _:
            slips = await pull_slips(desk, _open_branches(desk, slot), at=slot.due, only_new=True)
            made = slips.mails
    try:
        await desk.mail.notices.begin(made, at=desk.now(), slot=slot.name)
    except AlreadyExists:
        return  # another gateway was first
    if slips is not None:
        await note_mailed(desk, slips, SCHEDULE)
    _log.info("mails of the schedule", time=slot.name, mails=len(made))


def _open_branches(desk: Desk, slot: Slot) -> Collection[str]:
    return [branch for branch in desk.mail.plan.branches if desk.calendars.of(branch).is_open(slot.due.date())]


async def note_mailed(desk: Desk, slips: Slips, caller: Caller) -> None:
    """Keep which requests' slips went to their branches: the lists say that they were sent to print."""
    for paper in (MAILED, Slip.PULL_SLIP):
        await desk.store.views.note_prints(slips.requests, paper, at=desk.now(), who=caller.name)
