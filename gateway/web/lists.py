"""Worklists over the API: what to fetch, send, expect, chase, and tell."""

from aiohttp import web

from gateway.documents.text import pull_list
from gateway.web import paperwork
from gateway.web.answers import NotThereError, UnusableError, ok, text
from gateway.web.ports import Api, Call
from gateway.web.queries import all_in, partners_by_id, whole_number
from gateway.web.times import days_ahead
from gateway.web.views import LISTS, ListName, list_rows

DAYS_AHEAD = 7
"""How far `lists/due` looks unless asked otherwise, in days."""


async def show_list(api: Api, call: Call) -> web.Response:
    """GET lists/{list}: its rows, complete; ?days= says how far `due` looks, ?format=text gives the pull list as paper."""
    name = _list(call.http.match_info["list"])
    rule = LISTS[name]
    requests = [request async for request in all_in(api.store, rule.states)]
    if call.http.query.get("format", "json") == "text":
        if name is not ListName.PULL:
            raise UnusableError("format: only the pull list is there as text.")
        return text(pull_list(await paperwork.pull_slips(api, requests)))
    now = api.now()
    until = days_ahead(now, whole_number(call.http.query, "days", default=DAYS_AHEAD, least=0, most=366), api.zone)
    rows = list_rows(rule, requests, await partners_by_id(api.store), now, until)
    return ok({"list": name, "words": rule.words, "rows": rows, "branches": api.library.branches})


def _list(name: str) -> ListName:
    try:
        return ListName(name)
    except ValueError:
        raise NotThereError(f"There is no such list; there are {', '.join(ListName)}.") from None
