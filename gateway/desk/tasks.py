"""What only people can do: the list of tasks, claiming one, closing one."""

from typing import Final

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Done
from gateway.desk.structs.tasks import TaskDone, TaskNumber, Tasks, TasksQuery
from gateway.store.port import HistoryEntry, HistoryKind
from gateway.workflow.records import Request, State, Task, TaskKind
from gateway.workflow.triggers import StaffAction

RESOLVED_BY: Final[dict[tuple[TaskKind, State], tuple[StaffAction, ...]]] = {
    (TaskKind.DUE_DATE, State.CHECKED_OUT): (StaffAction.DONE_BY_HAND, StaffAction.TOLD_BY_HAND),
    (TaskKind.ANSWER, State.DECIDING): (
        StaffAction.ANSWER_SUPPLY,
        StaffAction.ANSWER_RETRY,
        StaffAction.ANSWER_UNFILLED,
        StaffAction.OFFER,
        StaffAction.SEARCH_AGAIN,
    ),
}
"""Where the request waits for nothing but the task: these acts move it and close the task, and without the task nobody would."""


async def list_tasks(desk: Desk, _caller: Caller, query: TasksQuery) -> Tasks:
    """Return open tasks, oldest first."""
    return Tasks(tasks=await desk.store.tasks(request=query.request, kind=query.kind))


async def claim_task(desk: Desk, caller: Caller, task: TaskNumber) -> Done:
    """Say that the caller sees to it."""
    found = await _task(desk, task)
    if not await desk.store.claim_task(found.id, by=caller.name):
        raise ConflictError("Somebody else has this task, or it is done.")
    return Done(words=f"Task {found.id} is yours.")


async def close_task(desk: Desk, caller: Caller, task: TaskNumber, body: TaskDone) -> Done:
    """Close a task that needed no act of the workflow."""
    found = await _task(desk, task)
    request = await desk.store.request(found.request) if found.request else None
    _refuse_if_waited_for(found, request)
    if body.note and request is None:
        raise UnusableError("note: this task is of no request, whose history would keep it.")
    objection = await desk.object_to_notes(request, [body.note]) if request else None
    if objection:
        raise UnusableError(f"note: {objection}")
    at = desk.now()
    words = f"Task “{found.kind}” is done." + (f" {body.note}" if body.note else "")
    entry = HistoryEntry(at=at, by=caller.name, kind=HistoryKind.NOTE, words=words)
    if not await desk.store.close_task(found.id, at=at, entry=entry if request else None):
        raise ConflictError("The task is done already.")
    return Done(words=words)


def _refuse_if_waited_for(task: Task, request: Request | None) -> None:
    acts = RESOLVED_BY.get((task.kind, request.state)) if request else None
    if acts:
        raise ConflictError(f"The partner still waits for this: act on the request, by one of {', '.join(acts)}.")


async def _task(desk: Desk, number: int) -> Task:
    task = await desk.store.task(number)
    if task is None:
        raise NotThereError("There is no such task.")
    return task
