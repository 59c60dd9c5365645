"""Worklists over the API: what to fetch, send, expect, chase, and tell."""

from collections.abc import Sequence

from aiohttp import web

from gateway.desk.errors import NotThereError, UnusableError
from gateway.desk.papers import as_pdf
from gateway.desk.paperwork import pull_slips
from gateway.desk.parameters import read_fields
from gateway.desk.ports import Desk
from gateway.desk.reads import all_in, partners_by_id
from gateway.desk.structs.lists import ABOUT, ListName, ListShown
from gateway.desk.structs.papers import PrintQuery
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS, list_rows
from gateway.documents.job import Choice
from gateway.documents.text import pull_list
from gateway.web.answers import file, ok, text
from gateway.web.ports import Call
from gateway.web.queries import whole_number
from gateway.workflow.records import Request

DAYS_AHEAD = 7
"""How far `lists/due` looks unless asked otherwise, in days."""


async def show_list(api: Desk, call: Call) -> web.Response:
    """GET lists/{list}: its rows, complete; ?days= says how far `due` looks, of the pull list ?format=text
    gives a page, and ?format=pdf a slip for each item, in the order in which one walks.
    """
    name = _list(call.http.match_info["list"])
    requests = [request async for request in all_in(api.store, LISTS[name].states)]
    wanted = call.http.query.get("format", "json")
    if wanted != "json":
        return await _on_paper(api, call, name, wanted, requests)
    now = api.now()
    until = days_ahead(now, whole_number(call.http.query, "days", default=DAYS_AHEAD, least=0, most=366), api.zone)
    rows = list_rows(name, requests, await partners_by_id(api.store), now, until)
    return ok(ListShown(list=name, words=ABOUT[name].words, rows=rows, branches=api.library.branches))


async def _on_paper(api: Desk, call: Call, name: ListName, wanted: str, requests: Sequence[Request]) -> web.Response:
    if name is not ListName.PULL or wanted not in {"text", "pdf"}:
        raise UnusableError("format: json; the pull list is there as text and as pdf too.")
    slips = await pull_slips(api, requests)
    if wanted == "text":
        return text(pull_list(slips))
    query = read_fields(call.http.query, PrintQuery)
    choice = Choice(printer=query.printer, stock=query.stock, start=query.start)
    return file(await as_pdf(api, "pull slips", slips, choice))


def _list(name: str) -> ListName:
    try:
        return ListName(name)
    except ValueError:
        raise NotThereError(f"There is no such list; there are {', '.join(ListName)}.") from None
