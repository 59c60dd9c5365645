"""Paper over the API: what goes into a parcel and onto it, and what stays with an item in the house. Which papers: paperwork.py."""

from collections.abc import Sequence

from aiohttp import web

from gateway.documents.papers import Paper
from gateway.documents.text import printed
from gateway.web import paperwork
from gateway.web.answers import text
from gateway.web.ports import Api, Call
from gateway.web.queries import the_request


async def show_packing_slip(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/packing-slip: the paper in the parcel to the partner, or back to the lender."""
    return _printed(await paperwork.packing_slips(api, await the_request(api.store, call.http)))


async def show_label(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/label: the paper on the parcel."""
    return _printed(await paperwork.labels(api, await the_request(api.store, call.http)))


async def show_strap(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/strap: the band around each item, or around ?item=; one to a page."""
    request = await the_request(api.store, call.http)
    return _printed(await paperwork.straps(api, call.caller, request, _item(call)))


async def show_cover_band(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/cover-band: the narrow band that leaves the spine free, likewise."""
    request = await the_request(api.store, call.http)
    return _printed(await paperwork.cover_bands(api, request, _item(call)))


async def show_routing_slip(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/routing-slip: the way of each item, or of ?item=, inside the house; one to a page."""
    request = await the_request(api.store, call.http)
    return _printed(await paperwork.routing_slips(api, request, _item(call)))


async def show_pull_slips(api: Api, call: Call) -> web.Response:
    """GET requests/{request}/pull-slip: a slip for each of its items that is still on the shelf; one to a page."""
    request = await the_request(api.store, call.http)
    return _printed(await paperwork.pull_slips(api, [request]))


def _item(call: Call) -> str | None:
    return call.http.query.get("item")


def _printed(papers: Sequence[Paper]) -> web.Response:
    return text(printed(papers))
