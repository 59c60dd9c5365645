"""Worklists: what to fetch, send, expect, chase, and tell. What stands in each: views.LISTS."""

from collections.abc import Sequence

from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.papers import as_pdf
from gateway.desk.paperwork import pull_slips
from gateway.desk.ports import Desk
from gateway.desk.reads import all_in, partners_by_id
from gateway.desk.structs.common import Download
from gateway.desk.structs.lists import ABOUT, DAYS_AHEAD, ListName, ListQuery, ListShown
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS, list_rows
from gateway.documents.job import PrintChoice
from gateway.documents.text import pull_list
from gateway.store.port import Store
from gateway.workflow.records import Request


async def show_list(desk: Desk, _caller: Caller, name: ListName, days: int = DAYS_AHEAD) -> ListShown:
    """Return a worklist's rows, complete and in its order: of the pull list, the one in which one walks along the shelves."""
    now = desk.now()
    until = days_ahead(now, days, desk.zone)
    rows = list_rows(name, await _in(desk.store, name), await partners_by_id(desk.store), now, until)
    return ListShown(list=name, words=ABOUT[name].words, rows=rows, branches=desk.library.branches)


async def print_pull_list(desk: Desk, _caller: Caller, query: ListQuery) -> Download:
    """Return the pull list on paper: as text one page, as a PDF a slip for each item."""
    slips = await pull_slips(desk, await _in(desk.store, ListName.PULL))
    if query.format == "text":
        return Download(content_type="text/plain", text=pull_list(slips))
    choice = PrintChoice(printer=query.printer, stock=query.stock, start=query.start)
    return await as_pdf(desk.printing, "pull slips", slips, choice)


async def hand_out_list(
    desk: Desk,
    caller: Caller,
    list: ListName,  # noqa: A002 - the API's addresses call it so
    query: ListQuery,
) -> ListShown | Download:
    """Return a worklist, complete; the pull list as text or PDF too, in the order in which one walks along the shelves."""
    if query.format == "json":
        return await show_list(desk, caller, list, query.days)
    if list is not ListName.PULL:
        raise UnusableError("format: json; the pull list is there as text and as pdf too.")
    return await print_pull_list(desk, caller, query)


async def _in(store: Store, name: ListName) -> Sequence[Request]:
    return [request async for request in all_in(store, LISTS[name].states)]
