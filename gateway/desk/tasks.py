"""What only people can do: the list of tasks, claiming one, closing one."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.errors import ConflictError, DeskError, NotThereError, UnusableError
from gateway.desk.forms import About, body_of, form_of
from gateway.desk.offered import offered, offers
from gateway.desk.ports import Desk
from gateway.desk.reads import names_of, partners_by_id
from gateway.desk.sent_forms import UNDO_S, act_name
from gateway.desk.settling import SETTLED_BY, is_waited_for, settling
from gateway.desk.structs.acts import Acted
from gateway.desk.structs.common import Done
from gateway.desk.structs.sheet import TaskShown
from gateway.desk.structs.tasks import (
    Closed,
    ClosedLine,
    ClosedQuery,
    SettleBody,
    Settled,
    SettledLine,
    TaskAsRead,
    TaskDone,
    TaskNumber,
    Tasks,
    TasksQuery,
    task_as_read,
)
from gateway.desk.structs.tasks_page import ActDone, TasksPage, TasksPageQuery
from gateway.dispatch.roles import TABLES
from gateway.store.port import HistoryEntry, HistoryKind, Store
from gateway.store.tasks_port import Claimed
from gateway.workflow.meaning import NAMES
from gateway.workflow.records import Request, Role
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction


async def list_tasks(desk: Desk, _caller: Caller, query: TasksQuery) -> Tasks:
    """Return open tasks, oldest first."""
    return Tasks(tasks=await desk.store.tasks(request=query.request, kind=query.kind))


async def show_tasks(desk: Desk, caller: Caller, query: TasksPageQuery) -> TasksPage:
    """Return open tasks with what settles each, oldest first; and how many there are of each kind, mine, nobody's and others'."""
    counts = await desk.store.count_claimed()
    kinds: Counter[TaskKind] = Counter()
    whose: Counter[Claimed] = Counter()
    for each in counts:
        kinds[each.kind] += each.count
        whose[_whose(each.claimed_by, caller)] += each.count
    wanted = [kind for kind in kinds if query.kind in {None, kind}]
    claimed, more = Claimed(query.whose), query.limit + 1
    found = await desk.store.page_of_tasks(wanted, claimed, me=caller.name, after=query.after, limit=more)
    shown = found[: query.limit]
    names = names_of(await partners_by_id(desk.store)) if shown else {}
    return TasksPage(
        tasks=await _settling_each(desk, caller, shown, names),
        kinds=kinds,
        mine=whose[Claimed.MINE],
        nobodys=whose[Claimed.NOBODYS],
        others=whose[Claimed.OTHERS],
        next=shown[-1].id if len(found) > len(shown) else None,
    )


async def settle_tasks(desk: Desk, caller: Caller, body: SettleBody) -> Settled:
    """Settle several tasks in one way, with what is proposed for each; a line for each says what came of it."""
    if body.action is not None and body.note is not None:
        raise UnusableError("note: is kept with tasks that are closed, not with acts.")
    return Settled(lines=tuple([await _settled(desk, caller, task, body) for task in dict.fromkeys(body.tasks)]))


def settle_body(chosen: Iterable[str], action: str) -> SettleBody:
    """Read what a form chose, each as `task_as_read` has it; an empty action closes them. What is done can be undone. Raises UnusableError."""
    try:
        tasks = [msgspec.to_builtins(task_as_read(text)) for text in chosen]
        return msgspec.convert({"tasks": tasks, "action": action or None, "undo_s": UNDO_S}, SettleBody)
    except msgspec.ValidationError:
        raise UnusableError("Choose up to a hundred tasks, and one of the ways that are offered.") from None


async def show_task(desk: Desk, caller: Caller, task: TaskNumber) -> TaskShown:
    """Return one task with what settles it."""
    names = names_of(await partners_by_id(desk.store))
    return await _settling(desk, caller, await _task(desk.store, task), names)


async def show_done(desk: Desk, caller: Caller, request: str, action: str) -> ActDone | None:
    """Say what the caller did last to a request, if it was that, for as long as it can be undone; with its undoing unless somebody has acted since."""
    found, name = await desk.store.request(request), act_name(action)
    acts = found.acts_of_people if found else ()
    own = next((each for each in acts if each.by == caller.name), None)
    if found is None or name is None or own is None or own.act != action:
        return None
    if desk.now() - own.at >= timedelta(seconds=UNDO_S):
        return None
    lines = await offered(desk, found, caller) if own is found.last_act else ()
    about = About(request=found, zone=desk.zone, caller=caller.name)
    return ActDone(
        request=found.id,
        title=found.wanted.title or found.wanted.article_title,
        done=name,
        state=TABLES[found.role].standing(found.state).name,
        seen=found.version,
        seen_in=found.state,
        undo=next((form_of(line, about) for line in lines if line.action is StaffAction.UNDO), None),
    )


async def claim_task(desk: Desk, caller: Caller, task: TaskNumber) -> Done:
    """Say that the caller sees to it."""
    found = await _task(desk.store, task)
    if not await desk.store.claim_task(found.id, by=caller.name):
        raise ConflictError("Somebody else has this task, or it is done.")
    return Done(words=f"Task {found.id} is yours.")


async def close_task(desk: Desk, caller: Caller, task: TaskNumber, body: TaskDone) -> Done:
    """Close a task that needed no act of the workflow, unless it says something else than what was read."""
    found = await _task(desk.store, task)
    _refuse_if_changed(found, body)
    request = await desk.store.request(found.request) if found.request else None
    _refuse_if_waited_for(found, request)
    if body.note and request is None:
        raise UnusableError("note: this task is of no request, whose history would keep it.")
    objection = await desk.orders.object_to_notes(request, [body.note]) if request else None
    if objection:
        raise UnusableError(f"note: {objection}")
    at = desk.now()
    words = _done_words(found, body.note)
    entry = HistoryEntry(at=at, by=caller.name, kind=HistoryKind.NOTE, words=words)
    if not await desk.store.close_task(found, at=at, entry=entry):
        raise ConflictError(_by_now(await _task(desk.store, task)))
    return Done(words=words)


async def list_closed(desk: Desk, _caller: Caller, query: ClosedQuery) -> Closed:
    """Return who closed which task of no request, the newest first; that of a request stands in its story."""
    lines = await desk.store.story.lines(None, before=query.before, limit=query.limit)
    told = tuple(ClosedLine(at=line.at, by=line.entry.by, words=line.entry.words) for line in lines if line.entry)
    return Closed(lines=told, next=lines[-1].id if len(lines) == query.limit else None)


def _done_words(task: Task, note: str | None) -> str:
    """Say that a task is done; what it was about, where no story tells that."""
    about = f" about {task.about}" if task.about else ""
    was = f" It said: {task.words}" if task.request is None else ""
    return f"Task “{task.kind}”{about} is done.{was}{f' {note}' if note else ''}"


def _refuse_if_changed(task: Task, body: TaskDone) -> None:
    """Raise ConflictError if the task is done, or is another than the one that was read."""
    if task.closed_at is not None or body.told not in {None, task.told}:
        raise ConflictError(_by_now(task))
    if body.read is not None and body.read.split() != task.words.split():
        raise ConflictError(f"The task says something else by now: {task.words}")


def _by_now(task: Task) -> str:
    """Say why a task isn't closed that is not as it was read."""
    if task.closed_at is not None:
        return "The task is done already."
    times = "once" if task.told == 1 else f"{task.told} times"
    return f"The task has changed since it was read, and was told {times} by now: {task.words}"


def _refuse_if_waited_for(task: Task, request: Request | None) -> None:
    if request is not None and is_waited_for(task, request):
        acts = ", ".join(SETTLED_BY[task.kind])
        raise ConflictError(f"{_WAITS[request.role]} still waits for this: act on the request, by one of {acts}.")


_WAITS: Final = {Role.LENDING: "The partner", Role.BORROWING: "The order"}


def _whose(claimed_by: str | None, caller: Caller) -> Claimed:
    if claimed_by is None:
        return Claimed.NOBODYS
    return Claimed.MINE if claimed_by == caller.name else Claimed.OTHERS


async def _settling(desk: Desk, caller: Caller, task: Task, partners: Mapping[str, str]) -> TaskShown:
    """Return a task with what settles it; `partners` are their names, by their ids."""
    (shown,) = await _settling_each(desk, caller, [task], partners)
    return shown


async def _settling_each(
    desk: Desk, caller: Caller, tasks: Sequence[Task], partners: Mapping[str, str]
) -> tuple[TaskShown, ...]:
    """Return tasks, each with what settles it: three reads, however many there are. Others have a turn between two."""
    named = list(dict.fromkeys(task.request for task in tasks if task.request))
    requests = await desk.store.register.requests(named)
    waiting, beside = await desk.store.waiting_of(named), await desk.store.tasks_of(named)
    shown = []
    for task in tasks:
        await asyncio.sleep(0)
        request = requests.get(task.request or "")
        if request is None:
            shown.append(settling(task, None, (), None))
            continue
        about = About(
            request=request,
            zone=desk.zone,
            caller=caller.name,
            task=task,
            partners=partners,
            branches=desk.library.branches,
        )
        acts = offers(request, caller, waiting.get(request.id, ()), beside.get(request.id, ()), desk.now())
        shown.append(settling(task, request, acts, about))
    return tuple(shown)


async def _settled(desk: Desk, caller: Caller, task: TaskNumber | TaskAsRead, body: SettleBody) -> SettledLine:
    """Close a task, or do the act for it that needs no input; say what came of it."""
    read = task if isinstance(task, TaskAsRead) else None
    number = task.task if isinstance(task, TaskAsRead) else task
    as_read = TaskDone(note=body.note, told=read.told if read else None)
    try:
        if body.action is None:
            said = (await close_task(desk, caller, number, as_read)).words
        else:
            own = {"seen": read and read.seen, "seen_in": read and read.seen_in, "undo_s": body.undo_s}
            said = (await _act_for(desk, caller, number, body.action, as_read, **own)).words
    except DeskError as error:
        return SettledLine(task=number, done=False, words=error.detail)
    return SettledLine(task=number, done=True, words=said)


async def _act_for(
    desk: Desk, caller: Caller, number: int, action: StaffAction, as_read: TaskDone, **own: Any
) -> Acted:
    """Do the act with what is proposed; `own` is what its form would carry besides. Raises as `act` does."""
    task = await _task(desk.store, number)
    _refuse_if_changed(task, as_read)
    shown = await _settling(desk, caller, task, {})
    form = next((form for form in shown.settles if form.action is action), None)
    if task.request is None or form is None:
        raise ConflictError(f"“{NAMES[action]}” does not settle this task any more.")
    if not form.at_once:
        raise UnusableError(f"“{form.name}” asks for more: open the task.")
    body = body_of({field.name: field.value for field in form.fields}, **own)
    return await act(desk, caller, task.request, action, body)


async def _task(store: Store, number: int) -> Task:
    task = await store.task(number)
    if task is None:
        raise NotThereError("There is no such task.")
    return task
