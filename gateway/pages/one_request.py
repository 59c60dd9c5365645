"""One request: its page, its acts, its papers, who asked, and the raw text of a message."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import hdrs, web

from gateway.attachments import attachment, send
from gateway.desk import copies, customers, drafts, notes, papers, requests, sheet, story
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.forms import WORK, problems_of
from gateway.desk.sent_forms import act_name, as_read, send_form
from gateway.desk.structs.customers import CustomerShown, LookUpBody, LookUpReason
from gateway.desk.structs.orders import WorksFound
from gateway.desk.structs.papers import PaperQuery
from gateway.desk.structs.sheet import Sheet, StoryQuery
from gateway.pages.forms import way_back
from gateway.pages.guards import BY_ITSELF
from gateway.pages.kept import keep
from gateway.pages.labels import begun, remember, starts
from gateway.pages.live import has_open
from gateway.pages.printers import printers_of
from gateway.pages.visit import Visit

DIGITS_MAX: Final = 18
"""Of a number that the store holds."""


class RequestQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a request's story, and what was just done."""

    people: bool = False
    before: int | None = None
    did: str = ""


class ActTried(msgspec.Struct, frozen=True, kw_only=True):
    """An act's form that was sent and not taken: it stands open, as it was filled in, with what is wrong at its fields."""

    action: str = ""
    fields: Mapping[str, str] = {}
    problems: Mapping[str, str] = {}
    refused: bool = False
    is_over: bool = False
    """The act is not possible any more, so its form stands nowhere."""
    typed: tuple[tuple[str, str], ...] = ()
    """What was typed into it."""


NOTHING_TRIED: Final = ActTried()


async def show(visit: Visit) -> web.StreamResponse:
    """GET /requests/{request}: the page; under another number than ours it leads to the one with ours."""
    number, query = visit.path("request"), visit.query(RequestQuery)
    shown = await sheet.show_sheet(visit.desk, visit.caller, number)
    if shown.id != number:
        return visit.go(address_of(shown.id))
    if query.people or query.before is not None:
        part = await story.show_story(
            visit.desk, visit.caller, shown.id, StoryQuery(people=query.people, before=query.before)
        )
        shown = msgspec.structs.replace(shown, story=part)
    if BY_ITSELF not in visit.http.headers:
        await notes.have_read(visit.desk, visit.caller, shown)
    return await _page(visit, shown, query=query)


async def act(visit: Visit) -> web.StreamResponse:
    """POST /requests/{request}/acts/{action}: do it; what is not taken stands in its form, with everything that was typed."""
    number, action, fields = visit.path("request"), visit.path("action"), await visit.texts()
    try:
        handed = await visit.handed("file")
        chunks = handed.chunks() if handed else None
        acted = await send_form(visit.desk, visit.caller, number, action, fields, file=chunks)
    except UnusableError as wrong:
        return await _again(visit, action, fields, problems_of(wrong), HTTPStatus.UNPROCESSABLE_ENTITY)
    except ConflictError as refused:
        return await _again(visit, action, fields, {"": refused.detail}, HTTPStatus.CONFLICT, refused=True)
    if acted.warnings or acted.repeated or acted.result == "ignored":
        shown = await sheet.show_sheet(visit.desk, visit.caller, acted.request)
        return await _page(visit, shown, said=(acted.words, *acted.warnings))
    if to := way_back(fields.get("to")):
        return visit.go(f"{to}{'&' if '?' in to else '?'}{urlencode({'did': action, 'of': acted.request})}")
    return visit.go(f"{address_of(acted.request)}?did={quote(action)}")


async def lead_back(visit: Visit) -> web.StreamResponse:
    """GET of what takes a form, as after a reload or signing in anew: the request's page, and nothing is done."""
    return visit.go(address_of(visit.path("request")))


async def reveal(visit: Visit) -> web.StreamResponse:
    """POST /requests/{request}/customer: who asked, for a reason; that it was looked up is written down."""
    fields = await visit.texts()
    shown = await sheet.show_sheet(visit.desk, visit.caller, visit.path("request"))
    try:
        why = await visit.form(LookUpBody)
        found = await customers.look_up_customer(visit.desk, visit.caller, shown.id, why)
    except UnusableError as wrong:
        words = "; ".join(problem.words for problem in wrong.problems or ()) or wrong.detail.removeprefix("reason: ")
        tried = ActTried(action="customer", fields=fields, problems={"reason": words})
        return await _page(visit, shown, HTTPStatus.UNPROCESSABLE_ENTITY, tried=tried)
    return await _page(visit, shown, customer=found)


async def try_now(visit: Visit) -> web.StreamResponse:
    """POST /requests/{request}/try-now: what waits starts at once."""
    number = visit.path("request")
    try:
        said = (await requests.try_now(visit.desk, visit.caller, number)).words
    except ConflictError as nothing:
        said = nothing.detail
    shown = await sheet.show_sheet(visit.desk, visit.caller, number)
    return await _page(visit, shown, said=(said,))


async def look_up_work(visit: Visit) -> web.StreamResponse:
    """POST /requests/{request}/works: the works that it may mean, to choose from."""
    number = visit.path("request")
    shown = await sheet.show_sheet(visit.desk, visit.caller, number)
    try:
        works = await drafts.find_works_of(visit.desk, visit.caller, number)
    except UnusableError as wrong:
        return await _page(visit, shown, HTTPStatus.UNPROCESSABLE_ENTITY, said=(wrong.detail,))
    return await _page(visit, shown, works=works)


async def show_raw(visit: Visit) -> web.StreamResponse:
    """GET /requests/{request}/messages/{line}: one message as it was sent, without secrets."""
    raw = await story.show_raw(visit.desk, visit.caller, visit.path("request"), number_in(visit, "line"))
    return await visit.show("message.html", raw=raw)


async def show_paper(visit: Visit) -> web.StreamResponse:
    """GET /requests/{request}/papers/{paper}.pdf: a paper, to be printed or looked at in the browser."""
    query = msgspec.structs.replace(visit.query(PaperQuery), format="pdf")
    paper = await papers.show_paper_from(
        visit.desk, visit.caller, visit.path("request"), visit.path("paper"), query, starts=starts(visit)
    )
    headers = {hdrs.CONTENT_DISPOSITION: f'inline; filename="{paper.name}"'}
    answer = web.Response(body=paper.data, content_type=paper.content_type, headers=headers)
    return remember(visit, answer, paper)


async def give_copy(visit: Visit) -> web.StreamResponse:
    """GET /requests/{request}/copy: the file of its copy, to be saved."""
    file = await copies.fetch_copy(visit.desk, visit.caller, visit.path("request"))
    response = attachment(file.content_type, file.size, file.name)
    await response.prepare(visit.http)
    await send(response, file.chunks)
    return response


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


async def _again(
    visit: Visit,
    action: str,
    fields: Mapping[str, str],
    problems: Mapping[str, str],
    status: HTTPStatus,
    *,
    refused: bool = False,
) -> web.Response:
    shown = await sheet.show_sheet(visit.desk, visit.caller, visit.path("request"))
    form = keep(visit.http.path, fields)
    tried = ActTried(
        action=action,
        fields=fields,
        problems=problems,
        refused=refused,
        is_over=action not in _acts_on(shown),
        typed=tuple(as_read(*each) for each in form.shown) if form else (),
    )
    return await _page(visit, shown, status, tried=tried)


def _acts_on(shown: Sheet) -> set[str]:
    """The acts whose forms stand on the page."""
    alone = (shown.next, shown.undo, shown.note, shown.message)
    among = (
        *(form for group in shown.more for form in group.acts),
        *(form for task in shown.tasks for form in task.settles),
    )
    return {form.action for form in (*alone, *among) if form is not None}


async def _page(
    visit: Visit,
    shown: Sheet,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    query: RequestQuery = RequestQuery(),  # noqa: B008 - frozen
    tried: ActTried = NOTHING_TRIED,
    said: tuple[str, ...] = (),
    customer: CustomerShown | None = None,
    works: WorksFound | None = None,
) -> web.Response:
    printers = printers_of(visit)
    given: dict[str, Any] = {
        "works": works,
        "work_fields": WORK,
        "query": query,
        "tried": tried,
        "did": act_name(query.did),
        "said": said,
        "customer": customer,
        "open_by": has_open(visit, shown.id),
        "printers": printers,
        "labels": {slip: begun(visit, (slip,), printers.chosen) for slip in shown.papers},
    }
    return await visit.show("request.html", status, sheet=shown, new_key=new_key, reasons=tuple(LookUpReason), **given)


def number_in(visit: Visit, name: str) -> int:
    """Read a number in the address. Raises NotThereError."""
    text = visit.path(name)
    if not (text.isascii() and text.isdecimal()) or len(text) > DIGITS_MAX:
        raise NotThereError(f"There is no such {name}.")
    return int(text)


def new_key() -> str:
    """Make a form's one-use key."""
    return secrets.token_urlsafe(12)


def address_of(number: str) -> str:
    """Where a request's page is."""
    return f"/requests/{quote(number, safe='')}"
