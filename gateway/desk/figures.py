"""A partner's figures."""

from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.book import read_book
from gateway.desk.errors import UnusableError
from gateway.desk.ports import Desk, PartnerParts
from gateway.desk.shown import shown
from gateway.desk.structs.figures import BackOffShown, Figures, FiguresQuery, FiguresShown, KnownValue
from gateway.desk.waiting import lanes_of
from gateway.dispatch.performers import timers
from gateway.reports.learned import known_as_borrower, known_as_lender
from gateway.reports.lenders import LenderFigures
from gateway.reports.partner import partner_figures
from gateway.workflow.partners import Partner

USUAL_DAYS: Final = 90
MOST_DAYS: Final = 366
MOST_REQUESTS: Final = 1_000
"""Looked at for one page: what a share or a median says hardly changes beyond, and reading 5,000 took 0.5 to 1.1 s (python -m bench.figures)."""


EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(9000, 1, 1)
"""Far from both ends of the calendar, whatever the library's zone."""


async def show_figures(desk: Desk, _caller: Caller, partner: str, query: FiguresQuery) -> FiguresShown:
    """Return what was counted from the first to the last day, and what the partner's peer is under now."""
    record = (await read_book(desk.store)).partner(partner)
    first, last = _period(desk, query)
    since, until = (datetime.combine(day, time(), desk.zone) for day in (first, last + timedelta(days=1)))
    books = await desk.store.partner_books(record.id, since=since, until=until, at_most=MOST_REQUESTS)
    faults = await desk.store.faults(record.peer, first=first, last=last)
    return FiguresShown(
        partner=record.id,
        peer=record.peer,
        first=first,
        last=last,
        backoff=await _backoff(desk, record),
        figures=shown(partner_figures(books, faults), Figures),
        as_lender=await _as_lender(desk.partners, record),
        as_borrower=await _as_borrower(desk, record),
    )


async def _as_lender(partners: PartnerParts, partner: Partner) -> tuple[KnownValue, ...]:
    """What the rota weighs it by, and for how long it is waited for."""
    figures = (await partners.lender_figures()).get(partner.id) or LenderFigures()
    return tuple(shown(each, KnownValue) for each in known_as_lender(figures, partner.expected))


async def _as_borrower(desk: Desk, partner: Partner) -> tuple[KnownValue, ...]:
    """Whether Received is expected of it."""
    says = await timers.says_received(desk.store, partner.id, desk.now())
    return tuple(shown(each, KnownValue) for each in known_as_borrower(partner.expected, says=says))


def _period(desk: Desk, query: FiguresQuery) -> tuple[date, date]:
    last = query.last or desk.today()
    usual = max(last, EARLIEST + timedelta(days=USUAL_DAYS)) - timedelta(days=USUAL_DAYS - 1)
    first = query.first or usual
    if not (EARLIEST <= first <= last <= LATEST and last - first < timedelta(days=MOST_DAYS)):
        raise UnusableError(f"first, last: from 1 to {MOST_DAYS} days, the first one first.")
    return first, last


async def _backoff(desk: Desk, partner: Partner) -> BackOffShown | None:
    """The back-off that messages to the partner are under now, its own or that of the whole peer; of both the one that ends later."""
    lanes, now = lanes_of(partner), desk.now()
    kept = [each for each in await desk.store.backoffs() if each.lane in lanes and each.until > now]
    return shown(max(kept, key=lambda each: each.until), BackOffShown) if kept else None
