"""What any subject beside requests, a bill or an invoice, asks of the queue and of staff, as statements. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from gateway.store import sql, task_tables
from gateway.store.columns import plain, stamp
from gateway.store.rows import effect_params
from gateway.store.values import NewEffect
from gateway.store.verbs import GuardedStep
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind


def work_steps(
    subject: str,
    at: datetime,
    *,
    withdraw: Iterable[str],
    effects: Iterable[NewEffect],
    close_tasks: Iterable[TaskKind],
    open_tasks: Iterable[OpenTask],
) -> Iterator[GuardedStep]:
    """Take work back and queue some, end tasks and open some, in this order."""
    for key in withdraw:
        yield GuardedStep(sql.WITHDRAW, (subject, key))
    for effect in effects:
        yield GuardedStep(sql.INSERT_EFFECT, effect_params(subject, effect))
    for kind in close_tasks:
        yield GuardedStep(task_tables.END, (subject, kind.value, stamp(at)))
    for task in open_tasks:
        yield GuardedStep(task_tables.PUT, (subject, task.kind.value, plain(task.words), stamp(at)))
