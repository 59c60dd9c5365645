"""A partner's figures over the API."""

from datetime import date, datetime, time, timedelta
from typing import Final

from aiohttp import web

from gateway.dispatch.planning import PEER_LANE
from gateway.reports.partner import partner_figures
from gateway.store.port import BackOff
from gateway.web.answers import UnusableError, ok
from gateway.web.book import read_book
from gateway.web.partners import today
from gateway.web.ports import Api, Call

USUAL_DAYS: Final = 90
MOST_DAYS: Final = 366
MOST_REQUESTS: Final = 5_000
"""Looked at for one page: 0.5 to 1.1 s of reading, beside everything else (python -m bench.figures, 2 cores under load)."""


async def show_figures(api: Api, call: Call) -> web.Response:
    """GET partners/{partner}/figures: from ?first= to ?last=, days by the library's clock; the last 90 days if not named."""
    book = await read_book(api)
    partner = book.partner(call.http.match_info["partner"])
    first, last = _period(api, call)
    since, until = (datetime.combine(day, time(), api.zone) for day in (first, last + timedelta(days=1)))
    books = await api.store.partner_books(partner.id, since=since, until=until, at_most=MOST_REQUESTS)
    faults = await api.store.faults(partner.peer, first=first, last=last)
    backoff = await _backoff(api, partner.peer)
    return ok(
        {
            "partner": partner.id,
            "peer": partner.peer,
            "first": first,
            "last": last,
            "backoff": backoff,
            "figures": partner_figures(books, faults),
        }
    )


def _period(api: Api, call: Call) -> tuple[date, date]:
    query = call.http.query
    try:
        last = date.fromisoformat(query["last"]) if "last" in query else today(api)
        usual = last - timedelta(days=USUAL_DAYS - 1)
        first = date.fromisoformat(query["first"]) if "first" in query else usual
    except (ValueError, OverflowError):
        raise UnusableError("first, last: days like 2026-10-01.") from None
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS) or last.year >= 9999:  # noqa: PLR2004 - the calendar's end
        raise UnusableError(f"first, last: from 1 to {MOST_DAYS} days, the first one first.")
    return first, last


async def _backoff(api: Api, peer: str) -> BackOff | None:
    """The back-off that the peer's messages are under now."""
    kept = (each for each in await api.store.backoffs() if each.lane == f"{PEER_LANE}{peer}")
    return next((each for each in kept if each.until > api.now()), None)
