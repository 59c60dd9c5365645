"""The worklists: each in its order, with filters, acts for those that are chosen, its slips as one PDF, and as CSV; and the walk along the shelves."""

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

import msgspec
from aiohttp import web
from multidict import MultiDict

from gateway.desk.access import Right
from gateway.desk.accounts import people
from gateway.desk.acts import act as do_act
from gateway.desk.errors import DeskError, NotThereError, UnusableError
from gateway.desk.sent_forms import UNDO_S
from gateway.desk.structs.acts import ActBody, Acted
from gateway.desk.structs.common import Download
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.papers import Slip
from gateway.desk.structs.search import FacetValue, request_as_read
from gateway.desk.structs.worklists import Worklist, WorklistQuery
from gateway.desk.worklists import CANNOT_FIND, cannot_find, print_list, print_worklist, show_worklist, worklist_csv
from gateway.pages.acts_for_several import NOTHING_SENT, Chosen, SeveralSent, new_key
from gateway.pages.forms import filters_of, read_query
from gateway.pages.labels import begun, remember
from gateway.pages.navigation import label_of
from gateway.pages.printers import printers_of
from gateway.pages.search import views_of
from gateway.pages.visit import Visit

ALL: Final = "all"
"""In place of a branch: the shelves of every one."""
SHELVES: Final = 200
"""Lines of one walk."""


class PageQuery(WorklistQuery, frozen=True, kw_only=True):
    """What the address of a list says beside its filters."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    walk: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """The branch whose shelves are walked along."""
    got: Annotated[str, msgspec.Meta(max_length=6000)] = ""
    """On the walk: what was found, joined by commas."""
    missing: Annotated[str, msgspec.Meta(max_length=6000)] = ""
    """What was not there."""
    later: Annotated[str, msgspec.Meta(max_length=6000)] = ""
    """What was passed by; it comes again at the end."""
    said: Annotated[str, msgspec.Meta(max_length=300)] = ""


class WalkStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the walk."""

    did: Annotated[str, msgspec.Meta(max_length=10)]
    request: Annotated[str, msgspec.Meta(max_length=120)]
    """With what was read of it (`request_as_read`)."""
    walk: Annotated[str, msgspec.Meta(max_length=64)]
    got: Annotated[str, msgspec.Meta(max_length=6000)] = ""
    missing: Annotated[str, msgspec.Meta(max_length=6000)] = ""
    later: Annotated[str, msgspec.Meta(max_length=6000)] = ""
    key: Annotated[str, msgspec.Meta(max_length=40)] | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """GET /lists/<name>: a list with what the address's filters let through, or the walk along the shelves of a branch."""
    name, query = _name(visit), visit.query(PageQuery)
    if name is ListName.PULL and query.walk is not None:
        return await _walk(visit, query)
    return await _show(visit, name, query, visit.http.rel_url.raw_query_string)


async def act(visit: Visit) -> web.StreamResponse:
    """POST /lists/<name>: do something to the chosen ones; the list is shown again, with what came of each."""
    name, chosen = _name(visit), await visit.form(Chosen)
    sent = await chosen.done(visit)
    query_string = filters_of(chosen.back)
    query = read_query(MultiDict(parse_qsl(query_string)), PageQuery)
    return await _show(visit, name, query, query_string, sent=sent)


async def as_csv(visit: Visit) -> web.StreamResponse:
    """GET /lists/<name>.csv: everything that the filters let through."""
    return _file(await worklist_csv(visit.desk, visit.caller, _name(visit), visit.query(PageQuery)), "attachment")


async def as_pdf(visit: Visit) -> web.StreamResponse:
    """GET /lists/<name>.pdf: what the filters let through, to print and take along."""
    return _file(await print_list(visit.desk, visit.caller, _name(visit), visit.query(PageQuery)), "inline")


async def print_slips(visit: Visit) -> web.StreamResponse:
    """POST /lists/pull/print: the slips of the list, or of the chosen ones, as one PDF; they are marked as sent to print."""
    form = await visit.http.post()
    filters = MultiDict(parse_qsl(filters_of(str(form.get("back", "")))))
    filters.pop("start", None)
    for chosen in form.getall("request", []):
        filters.add("only", str(chosen).partition(":")[0])
    filters["start"] = str(form.get("start", "")) or "1"
    if "printer" in form:
        filters["printer"] = str(form["printer"])
    query = read_query(filters, PageQuery)
    slips = await print_worklist(visit.desk, visit.caller, ListName.PULL, query)
    return remember(visit, _file(slips, "inline"), slips)


async def step(visit: Visit) -> web.StreamResponse:
    """POST /lists/pull/walk: found, not there, or next."""
    taken = await visit.form(WalkStep)
    number, lists = taken.request.partition(":")[0], {"got": taken.got, "missing": taken.missing, "later": taken.later}
    said = ""
    if taken.did == "missing":
        try:
            said = (await _is_not_there(visit, taken)).words
        except DeskError as refused:
            said, taken = refused.detail, msgspec.structs.replace(taken, did="later")
    if taken.did in lists:
        lists[taken.did] = ",".join(filter(None, (lists[taken.did], number)))
    shown = {name: text for name, text in (*lists.items(), ("said", said)) if text}
    return visit.go(f"/lists/pull?{urlencode({'walk': taken.walk} | shown)}")


async def _is_not_there(visit: Visit, taken: WalkStep) -> Acted:
    """Say that the item is not on its shelf, unless somebody has acted on its request since it was shown. Raises DeskError."""
    try:
        read = request_as_read(taken.request)
    except msgspec.ValidationError:
        raise UnusableError("The walk was not sent as it was shown: go on from here.") from None
    body = ActBody(key=taken.key, seen=read.seen, seen_in=read.seen_in, undo_s=UNDO_S)
    return await do_act(visit.desk, visit.caller, read.request, CANNOT_FIND, body)


async def _show(
    visit: Visit,
    name: ListName,
    query: PageQuery,
    query_string: str,
    *,
    sent: SeveralSent = NOTHING_SENT,
) -> web.StreamResponse:
    found = await show_worklist(visit.desk, visit.caller, name, query)
    address = f"/lists/{name}"
    kept = [(field, value) for field, value in parse_qsl(query_string) if field not in {"after", "form_token"}]
    here = _with(address, kept)
    printers = printers_of(visit, query.printer)
    return await visit.show(
        "worklist.html",
        found=found,
        label=label_of(name),
        query=query,
        address=address,
        here=here,
        is_filtered=any(value.is_chosen for facet in found.facets for value in facet.values),
        choose_at=_with(address, [(field, value) for field, value in kept if field != "printer"]),
        now_at=_with(address, [*kept, ("after", query.after)]) if query.after else here,
        csv=_with(f"{address}.csv", kept),
        pdf=_with(f"{address}.pdf", kept),
        next=_with(address, [*kept, ("after", found.next)]) if found.next else None,
        views=await views_of(visit, address),
        acts=found.acts if visit.may(Right.ACT) else (),
        people=await people(visit.desk),
        key=new_key(),
        sent=sent,
        branches=_branches(found),
        printers=printers,
        labels=begun(visit, (Slip.PULL_SLIP,), printers.chosen) if name is ListName.PULL else (),
    )


def _with(address: str, parameters: Sequence[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(parameters)}" if parameters else address


def _branches(found: Worklist) -> list[FacetValue]:
    """Return the branches along whose shelves one can walk: those that have something on the list."""
    if found.list is not ListName.PULL:
        return []
    return [value for facet in found.facets if facet.field == "branch" for value in facet.values if value.count]


async def _walk(visit: Visit, query: PageQuery) -> web.StreamResponse:
    branch = query.walk or ALL
    narrowed = WorklistQuery(branch=() if branch == ALL else (branch,), limit=SHELVES)
    found = await show_worklist(visit.desk, visit.caller, ListName.PULL, narrowed)
    got, missing, later = (frozenset(text.split(",")) - {""} for text in (query.got, query.missing, query.later))
    missing -= {row.request for row in found.rows}  # undone, or promised from another shelf
    left = [row for row in found.rows if row.request not in got]
    ahead = sorted(left, key=lambda row: row.request in later)
    return await visit.show(
        "walk.html",
        branch=branch,
        every_branch=branch == ALL,
        branch_name="all branches" if branch == ALL else visit.desk.library.branches.get(branch, branch),
        now=ahead[0] if ahead else None,
        ahead=ahead[1:],
        done=[row for row in found.rows if row.request in got],
        missing=sorted(missing),
        count=len(got | missing) + len(left),
        behind=len(got | missing),
        query=query,
        cannot_find=cannot_find(),
        key=new_key(),
        may_act=visit.may(Right.ACT),
    )


def _name(visit: Visit) -> ListName:
    try:
        return ListName(visit.path("list"))
    except ValueError:
        raise NotThereError("There is no such list.") from None


def _file(download: Download, disposition: str) -> web.Response:
    body = download.data or download.text.encode("utf-8-sig")
    headers = {"Content-Disposition": f'{disposition}; filename="{download.name or "list"}"'}
    return web.Response(body=body, content_type=download.content_type, headers=headers)
