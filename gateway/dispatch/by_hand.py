"""Which task or act a person's “done by hand” or “not done” answers: the one that is named, else the only one that is open.

Two pairs of hands may answer at once, and a request goes on meanwhile: an answer without a name would be taken for whatever
comes next. The table refuses an answer that names what is settled.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from gateway.store.port import Store
from gateway.workflow.acts import by_hand
from gateway.workflow.borrowing import hand as borrowing
from gateway.workflow.events import StaffActed
from gateway.workflow.lending import hand as lending
from gateway.workflow.machine import Refused
from gateway.workflow.records import Request, Role
from gateway.workflow.tasks import Task
from gateway.workflow.triggers import Deed, StaffAction

ANSWERS: Final = frozenset({StaffAction.DONE_BY_HAND, StaffAction.NOT_DONE})
WANTED: Final[Mapping[Role, Callable[[Request], Deed | None]]] = {
    Role.LENDING: lending.wanted,
    Role.BORROWING: borrowing.wanted,
}
"""What a request waits for that a person may do by hand."""


async def bound(store: Store, request: Request, answer: StaffActed) -> StaffActed | Refused:
    """Say in the answer what was done. Raises StoreUnavailable."""
    wanted = WANTED[request.role](request)
    if answer.task is not None:
        return _of_task(await store.task(answer.task), request, answer, wanted)
    if answer.deed is not None or wanted is None:
        return answer
    tasks = [task for task in await store.tasks(request=request.id) if task.kind in by_hand.OF_TASK]
    if len(tasks) == 1:
        return _of_task(tasks[0], request, answer, wanted)
    if not tasks:
        return Refused(f"No task is open. Say what was done (did), such as “{wanted}”, if you did it in the ILS.")
    open_tasks = "".join(f" Task {task.id}: {task.kind}." for task in tasks)
    return Refused(f"Name the task that you answer, or what was done: the request waits for “{wanted}”.{open_tasks}")


def _of_task(task: Task | None, request: Request, answer: StaffActed, wanted: Deed | None) -> StaffActed | Refused:
    if task is None or task.request != request.id:
        return Refused(f"Task {answer.task} is none of this request.")
    if task.closed_at is not None:
        return Refused(f"Task {task.id} is settled already.")
    deed = by_hand.deed_of(task.kind, wanted)
    if answer.deed not in {None, deed}:
        return Refused(f"Task {task.id} is about “{deed or task.kind}”, not “{answer.deed}”.")
    return msgspec.structs.replace(answer, deed=deed, task=task.id)
