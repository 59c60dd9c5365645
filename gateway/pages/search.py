"""All requests: the box, what parts them, views, and acts for those that are chosen. The address holds every filter, so that it can be sent and kept."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

import msgspec
from aiohttp import web
from multidict import MultiDict

from gateway.desk.access import Right
from gateway.desk.accounts import people
from gateway.desk.customers import list_of_customer
from gateway.desk.errors import UnusableError
from gateway.desk.saved import drop_view, list_views, save_view
from gateway.desk.search import search
from gateway.desk.structs.customers import CardBody
from gateway.desk.structs.search import SavedView, SearchQuery
from gateway.desk.worklists import acts_always
from gateway.pages.acts_for_several import NOTHING_SENT, Chosen, SeveralSent, new_key
from gateway.pages.forms import filters_of, read_query
from gateway.pages.visit import Visit

ADDRESS: Final = "/requests"
SORTS: Final = (
    ("newest", "Newest first"),
    ("oldest", "Oldest first"),
    ("waiting", "Longest in its state"),
    ("due", "Due first"),
    ("changed", "Changed last"),
)
WHICH: Final = (("all", "Open, then ended"), ("open", "Open"), ("ended", "Ended"))


class NewView(msgspec.Struct, frozen=True, kw_only=True):
    """A view that is to be kept, or dropped."""

    name: Annotated[str, msgspec.Meta(max_length=60)]
    address: Annotated[str, msgspec.Meta(max_length=2000)] = ADDRESS


class CardForm(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's card, as scanned or typed."""

    customer: Annotated[str, msgspec.Meta(max_length=60)]


async def show(visit: Visit) -> web.StreamResponse:
    """GET /requests: what the address's filters let through."""
    return await _show(visit, visit.query(SearchQuery), visit.http.rel_url.raw_query_string)


async def act(visit: Visit) -> web.StreamResponse:
    """POST /requests/acts: do something to the chosen ones; the same list is shown again, with what came of each."""
    chosen = await visit.form(Chosen)
    sent = await chosen.done(visit)
    query_string = filters_of(chosen.back)
    query = read_query(MultiDict(parse_qsl(query_string)), SearchQuery)
    return await _show(visit, query, query_string, sent=sent)


async def of_card(visit: Visit) -> web.StreamResponse:
    """POST /requests/of-card: the requests of a customer, open and ended."""
    card = await visit.form(CardForm)
    try:
        found = (await list_of_customer(visit.desk, visit.caller, CardBody(customer=card.customer))).requests
    except UnusableError as exc:
        problems = {"customer": exc.detail.removeprefix("customer: ")}
        return await visit.show("of_card.html", HTTPStatus.UNPROCESSABLE_ENTITY, found=(), problems=problems)
    return await visit.show("of_card.html", found=found, problems={})


async def keep_view(visit: Visit) -> web.StreamResponse:
    """POST /views: keep an address with its filters under a name."""
    view = await visit.form(NewView)
    await save_view(visit.desk, visit.caller, _checked(view))
    return visit.go(view.address)


async def forget_view(visit: Visit) -> web.StreamResponse:
    """POST /views/drop."""
    view = await visit.form(NewView)
    await drop_view(visit.desk, visit.caller, view.name)
    return visit.go(_checked(view).address)


async def views_of(visit: Visit, address: str) -> Sequence[SavedView]:
    """Return the visitor's views of one list: a button leads to no other."""
    views = (await list_views(visit.desk, visit.caller)).views
    return [view for view in views if view.address.partition("?")[0] == address]


def _checked(view: NewView) -> SavedView:
    try:
        return msgspec.convert(msgspec.to_builtins(view), SavedView)
    except msgspec.ValidationError:
        raise UnusableError(
            "Give the view a name without slashes; it is kept of the list of requests or a worklist."
        ) from None


async def _show(
    visit: Visit, query: SearchQuery, query_string: str, *, sent: SeveralSent = NOTHING_SENT
) -> web.StreamResponse:
    found = await search(visit.desk, visit.caller, query)
    here = f"{ADDRESS}?{query_string}" if query_string else ADDRESS
    return await visit.show(
        "search.html",
        found=found,
        query=query,
        here=here,
        next=_with_after(query_string, found.next),
        sorts=SORTS,
        which=WHICH,
        views=await views_of(visit, ADDRESS),
        acts=acts_always() if visit.may(Right.ACT) else (),
        people=await people(visit.desk),
        key=new_key(),
        sent=sent,
    )


def _with_after(query_string: str, after: str | None) -> str | None:
    """Return the address of the next page."""
    if after is None:
        return None
    kept = [(name, value) for name, value in parse_qsl(query_string) if name != "after"]
    return f"{ADDRESS}?{urlencode([*kept, ('after', after)])}"
