"""Paper over the API: what goes into a parcel and onto it, and what stays with an item in the house. Which papers: paperwork.py.

Each is there as text, and with ?format=pdf as a PDF. For that ?printer= names one of the settings' printers, ?stock= what lies in
it, and ?start= the first free place on a sheet that was begun.
"""

from collections.abc import Sequence

from aiohttp import web

from gateway.desk.errors import BusyError, NotPrintedError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.dispatch.printing import NotPrinted, TooMuchToPrint
from gateway.documents.job import Choice, Unprintable
from gateway.documents.papers import Paper
from gateway.documents.text import printed
from gateway.web import paperwork
from gateway.web.answers import pdf, text
from gateway.web.ports import Call
from gateway.web.queries import the_request, whole_number

_MOST_PLACES = 1_000
"""No sheet has more; which ones this one has is told by its name."""


async def show_packing_slip(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/packing-slip: the paper in the parcel to the partner, or back to the lender."""
    request = await the_request(api.store, call.http)
    return await _shown(api, call, f"packing slip {request.id}", await paperwork.packing_slips(api, request))


async def show_label(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/label: the paper on the parcel."""
    request = await the_request(api.store, call.http)
    return await _shown(api, call, f"label {request.id}", await paperwork.labels(api, request))


async def show_strap(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/strap: the band around each item, or around ?item=; one to a page."""
    request = await the_request(api.store, call.http)
    straps = await paperwork.straps(api, call.caller, request, _item(call))
    return await _shown(api, call, f"strap {request.id}", straps)


async def show_cover_band(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/cover-band: the narrow band that leaves the spine free, likewise."""
    request = await the_request(api.store, call.http)
    return await _shown(api, call, f"band {request.id}", await paperwork.cover_bands(api, request, _item(call)))


async def show_routing_slip(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/routing-slip: the way of each item, or of ?item=, inside the house; one to a page."""
    request = await the_request(api.store, call.http)
    slips = await paperwork.routing_slips(api, request, _item(call))
    return await _shown(api, call, f"routing slip {request.id}", slips)


async def show_pull_slips(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/pull-slip: a slip for each of its items that is still on the shelf; one to a page."""
    request = await the_request(api.store, call.http)
    return await _shown(api, call, f"pull slip {request.id}", await paperwork.pull_slips(api, [request]))


async def as_pdf(api: Desk, call: Call, title: str, papers: Sequence[Paper]) -> web.Response:
    """Answer with papers as one PDF. Raises NotThereError, UnusableError, NotPrintedError, BusyError."""
    _something(papers)
    query = call.http.query
    start = whole_number(query, "start", default=1, least=1, most=_MOST_PLACES)
    choice = Choice(printer=query.get("printer"), stock=query.get("stock"), start=start)
    try:
        return pdf(await api.printing.pdf(title, papers, choice), title.replace(" ", "-"))
    except Unprintable as refused:
        raise UnusableError(str(refused)) from None
    except NotPrinted as failed:
        raise NotPrintedError(str(failed)) from None
    except TooMuchToPrint as busy:
        raise BusyError(str(busy)) from None


async def _shown(api: Desk, call: Call, title: str, papers: Sequence[Paper]) -> web.Response:
    match call.http.query.get("format", "text"):
        case "text":
            _something(papers)
            return text(printed(papers))
        case "pdf":
            return await as_pdf(api, call, title, papers)
    raise UnusableError("format: text or pdf.")


def _something(papers: Sequence[Paper]) -> None:
    if not papers:
        raise NotThereError("There is nothing to print.")


def _item(call: Call) -> str | None:
    return call.http.query.get("item")
