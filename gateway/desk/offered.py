"""Which acts are offered: what the table has for the state, as far as the caller may, without what could do nothing just now.

Some acts are about what waits or stands open: an answer that has gone out can't be undone, nobody need say that the partner was told
if no task asks, work that is under way is not tried again, and what is in the house need not be received. The table itself is asked
what would come of them. Pure but for `offered`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from gateway.desk.access import Caller, Right
from gateway.desk.ports import Desk
from gateway.dispatch.roles import TABLES
from gateway.store.port import EffectRow
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision, decide
from gateway.workflow.meaning import ActLine
from gateway.workflow.records import Request
from gateway.workflow.tasks import Task
from gateway.workflow.triggers import StaffAction

RIGHT_OF: Final[dict[StaffAction, Right]] = dict.fromkeys(StaffAction, Right.ACT) | {
    StaffAction.FORCE: Right.MANAGE,
    StaffAction.OVERRIDE: Right.MANAGE,
    StaffAction.APPROVE: Right.ADMINISTER,
}
"""What each act needs: to force a state against the table, or to override a rule, is a manager's; to say whose request a
stranger's is, an administrator's, as with `approve-partner`."""
MAY_BE_VAIN: Final = frozenset(
    {
        StaffAction.UNDO,
        StaffAction.TOLD_BY_HAND,
        StaffAction.TRY_AGAIN,
        StaffAction.FLAG,
        StaffAction.UNFLAG,
        StaffAction.GO_ON,
        StaffAction.RECEIVE,
    }
)
_A_REASON: Final = "its form asks for one"
_ASKS_FOR_MORE: Final = frozenset({StaffAction.TOLD_BY_HAND})
"""Refused without a date, and offered all the same: its form asks for one."""


async def offered(desk: Desk, request: Request, caller: Caller) -> tuple[ActLine, ...]:
    """Return what the caller can ask for now, each with what it does and who is told."""
    waiting, tasks = await desk.store.pending(request.id), await desk.store.tasks(request=request.id)
    return offers(request, caller, waiting, tasks, desk.now())


async def can_be_undone(desk: Desk, request: Request) -> bool:
    """Whether the table lets what was done last be undone now."""
    waiting, tasks = await desk.store.pending(request.id), await desk.store.tasks(request=request.id)
    return not _is_vain(StaffAction.UNDO, request, waiting, tasks, desk.now())


def offers(
    request: Request, caller: Caller, waiting: Collection[EffectRow], tasks: Collection[Task], now: datetime
) -> tuple[ActLine, ...]:
    """Say the same of a request whose waiting work and open tasks were read already."""
    lines = TABLES[request.role].lines(request.state)
    return tuple(
        line
        for line in lines
        if caller.may(RIGHT_OF[line.action]) and not _is_vain(line.action, request, waiting, tasks, now)
    )


def _is_vain(
    action: StaffAction, request: Request, waiting: Collection[EffectRow], tasks: Collection[Task], now: datetime
) -> bool:
    if action in {StaffAction.FLAG, StaffAction.UNFLAG}:
        return (request.flag is None) is (action is StaffAction.UNFLAG)
    if action not in MAY_BE_VAIN:
        return False
    ruling = decide(TABLES[request.role], request, StaffActed(at=now, action=action, reason=_A_REASON))
    if not isinstance(ruling, Decision):
        return action not in _ASKS_FOR_MORE
    return _comes_too_late(ruling, waiting) or not _does_something(ruling, request, tasks)


def _comes_too_late(decision: Decision, waiting: Collection[EffectRow]) -> bool:
    """What it would take back has begun or is gone, as the store would say (Change.must_withdraw, must_stop)."""
    unstarted = {row.effect.key for row in waiting if row.started_at is None}
    started = {row.effect.key for row in waiting if row.started_at is not None}
    return not unstarted.issuperset(decision.must_withdraw) or not started.isdisjoint(decision.must_stop)


def _does_something(decision: Decision, request: Request, tasks: Collection[Task]) -> bool:
    after = decision.request
    closes = {task.kind for task in tasks}.intersection(decision.close_tasks)
    return bool(after.state is not request.state or decision.effects or closes or after.items != request.items)
