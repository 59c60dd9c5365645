"""What only people can do, over the API: list, claim, close."""

from typing import Annotated, Final

import msgspec
from aiohttp import web

from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.store.port import HistoryEntry, HistoryKind
from gateway.web.answers import ok, read_json
from gateway.web.ports import Call
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


class DoneBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST tasks/{task}/done` takes."""

    note: Annotated[str, msgspec.Meta(max_length=4000)] | None = None
    """For the timeline: what was done."""


async def list_tasks(api: Desk, call: Call) -> web.Response:
    """GET tasks: open ones, oldest first; ?request= and ?kind= narrow them down."""
    query = call.http.query
    try:
        kind = TaskKind(query["kind"]) if "kind" in query else None
    except ValueError:
        raise UnusableError(f"kind: there are {', '.join(TaskKind)}.") from None
    return ok({"tasks": await api.store.tasks(request=query.get("request"), kind=kind)})


async def claim_task(api: Desk, call: Call) -> web.Response:
    """POST tasks/{task}/claim: say that the caller sees to it."""
    task = await _task(api, call)
    if not await api.store.claim_task(task.id, by=call.caller.name):
        raise ConflictError("Somebody else has this task, or it is done.")
    return ok({"result": "done", "words": f"Task {task.id} is yours."})


async def close_task(api: Desk, call: Call) -> web.Response:
    """POST tasks/{task}/done: close a task that needed no act of the workflow."""
    task = await _task(api, call)
    body = await read_json(call.http, DoneBody)
    request = await api.store.request(task.request) if task.request else None
    await _refuse_if_waited_for(task, request)
    if body.note and request is None:
        raise UnusableError("note: this task is of no request, whose history would keep it.")
    objection = await api.object_to_notes(request, [body.note]) if request else None
    if objection:
        raise UnusableError(f"note: {objection}")
    at = api.now()
    words = f"Task “{task.kind}” is done." + (f" {body.note}" if body.note else "")
    entry = HistoryEntry(at=at, by=call.caller.name, kind=HistoryKind.NOTE, words=words)
    if not await api.store.close_task(task.id, at=at, entry=entry if request else None):
        raise ConflictError("The task is done already.")
    return ok({"result": "done", "words": words})


async def _refuse_if_waited_for(task: Task, request: Request | None) -> None:
    acts = RESOLVED_BY.get((task.kind, request.state)) if request else None
    if acts:
        raise ConflictError(f"The partner still waits for this: act on the request, by one of {', '.join(acts)}.")


async def _task(api: Desk, call: Call) -> Task:
    number = call.http.match_info["task"]
    task = await api.store.task(int(number)) if len(number) < 19 else None  # noqa: PLR2004 - what a 64-bit column holds
    if task is None:
        raise NotThereError("There is no such task.")
    return task
