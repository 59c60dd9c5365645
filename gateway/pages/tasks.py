"""Tasks: by kind, mine, nobody's and others', each with the buttons that settle it."""

from http import HTTPStatus
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.desk import tasks
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.structs.sheet import ActForm
from gateway.desk.structs.tasks import ClosedQuery, Settled, TaskDone
from gateway.desk.structs.tasks_page import ActDone, TasksPageQuery
from gateway.pages.forms import way_back
from gateway.pages.one_request import address_of, new_key, number_in
from gateway.pages.visit import Visit


class DoneQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a button beside a task has just done, and to which request."""

    did: str = ""
    of: str = ""

    def at(self, page: str) -> str:
        """Return a page's address that says it too."""
        given = {name: text for name, text in (("did", self.did), ("of", self.of)) if text}
        return f"{page}{'&' if '?' in page else '?'}{urlencode(given)}" if given else page


async def just_done(visit: Visit, query: DoneQuery) -> ActDone | None:
    """What was done, and how it is undone."""
    return await tasks.show_done(visit.desk, visit.caller, query.of, query.did) if query.of else None


async def show(visit: Visit) -> web.StreamResponse:
    """GET /tasks."""
    return await _page(visit, visit.query(TasksPageQuery))


async def lead_back(visit: Visit) -> web.StreamResponse:
    """GET of what takes a form, as after a reload or signing in anew: the tasks, and nothing is done."""
    return visit.go("/tasks")


async def open_task(visit: Visit) -> web.StreamResponse:
    """POST /tasks/{task}/open: whoever opens a task has it, and looks at its request."""
    number = number_in(visit, "task")
    found = await tasks.show_task(visit.desk, visit.caller, number)
    if found.claimed_by is None:
        await tasks.claim_task(visit.desk, visit.caller, number)
    if found.request is None:
        return visit.go("/tasks?whose=mine")
    return visit.go(f"{address_of(found.request)}#task-{number}")


async def close(visit: Visit) -> web.StreamResponse:
    """POST /tasks/{task}/done: it needed no act."""
    fields = await visit.texts()
    try:
        await tasks.close_task(visit.desk, visit.caller, number_in(visit, "task"), await visit.form(TaskDone))
    except (ConflictError, UnusableError) as refused:
        return await _page(visit, TasksPageQuery(), HTTPStatus.CONFLICT, said=refused.detail)
    return visit.go(way_back(fields.get("to")) or "/tasks")


async def show_closed(visit: Visit) -> web.StreamResponse:
    """GET /tasks/closed: who closed which task of no request."""
    return await visit.show(
        "tasks_closed.html", closed=await tasks.list_closed(visit.desk, visit.caller, visit.query(ClosedQuery))
    )


async def settle(visit: Visit) -> web.StreamResponse:
    """POST /tasks/settle: several at once, in a way that asks for nothing."""
    fields = await visit.http.post()
    chosen = [text for text in fields.getall("task", []) if isinstance(text, str)]
    query = visit.query(TasksPageQuery)
    if not chosen:
        return await _page(visit, query, HTTPStatus.UNPROCESSABLE_ENTITY, said="Choose the tasks first.")
    action = str(fields.get("action", ""))
    settled = await tasks.settle_tasks(visit.desk, visit.caller, tasks.settle_body(chosen, action))
    return await _page(visit, query, settled=settled)


def _with_flags(form: ActForm) -> str:
    """What a way is called where it is chosen, with what stands on its button."""
    return f"{form.name} ({', '.join(form.flags)})" if form.flags else form.name


async def _page(
    visit: Visit,
    query: TasksPageQuery,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    said: str = "",
    settled: Settled | None = None,
) -> web.Response:
    page = await tasks.show_tasks(visit.desk, visit.caller, query)
    kept = {"kind": query.kind or "", "whose": query.whose}
    here = f"/tasks?{urlencode({name: text for name, text in kept.items() if text and text != 'all'})}".rstrip("?")
    now_at = f"{here}{'&' if '?' in here else '?'}after={query.after}" if query.after else here
    did = visit.query(DoneQuery)
    at_once = [{form.action: _with_flags(form) for form in task.settles if form.at_once} for task in page.tasks]
    together: dict[str, str] = {}
    if query.kind and at_once:
        together = {action: name for action, name in at_once[0].items() if all(action in each for each in at_once)}
    return await visit.show(
        "tasks.html",
        status,
        page=page,
        query=query,
        here=here,
        now_at=did.at(now_at),
        done=await just_done(visit, did),
        together=together,
        said=said,
        settled=settled,
        new_key=new_key,
    )
