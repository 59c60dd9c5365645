"""The house as the settings file has it: branches, closed days, papers; and a test print."""

from collections.abc import Iterator
from datetime import date, time
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import BusyError, NotPrintedError, UnusableError
from gateway.desk.ports import Desk, OrderParts
from gateway.desk.structs.common import Download
from gateway.desk.structs.house import Papers, PaperStock, Places, PlaceShown, TestPrint
from gateway.dispatch.printing import NotPrinted, TooMuchToPrint
from gateway.documents.job import PrintChoice, Unprintable
from gateway.documents.samples import SAMPLES
from gateway.stationery import STOCKS, PaperName
from gateway.workflow.calendar import Calendar
from gateway.workflow.fetching import UNKNOWN
from gateway.workflow.records import Fetching

_WEEKDAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_LEAP_YEAR: Final = 2000


async def show_places(desk: Desk, _caller: Caller) -> Places:
    """Return the library and its branches, each with its hours, the days on which it is closed, and how long its books take to the desk."""
    calendars, today, fetching = desk.calendars, desk.today(), await desk.looking.fetching()
    library = _place("", desk.library.name, calendars.library, today, is_pickup=False)
    branches = (
        _fetched(
            _place(code, name, calendars.of(code), today, is_pickup=_is_pickup(desk.orders, code)),
            fetching.get(code, UNKNOWN),
        )
        for code, name in sorted(desk.library.branches.items(), key=lambda branch: branch[1])
    )
    return Places(time_zone=calendars.library.time_zone, places=(library, *branches))


async def show_papers(desk: Desk, _caller: Caller) -> Papers:
    """Return what each paper is printed on, and how papers look."""
    look, stationery = desk.printing.look, desk.printing.stationery
    return Papers(
        papers=tuple(
            PaperStock(
                paper=paper,
                stock=stationery.stock_for(paper, None),
                printers={name: own[paper] for name, own in stationery.printers.items() if paper in own},
            )
            for paper in PaperName
        ),
        printers=tuple(stationery.printers),
        logo=look.logo,
        templates=look.templates,
        item_bars=str(look.item_bars),
        stocks={name: stock.places for name, stock in STOCKS.items()},
    )


async def print_test(desk: Desk, _caller: Caller, query: TestPrint) -> Download:
    """Print made-up papers over a whole sheet, with the outlines of its places. Raises UnusableError, NotPrintedError, BusyError."""
    samples = [sample for sample in SAMPLES if sample.named() == query.paper]
    if not samples:
        raise UnusableError(f"paper: there is none called “{query.paper}”; there are {', '.join(PaperName)}.")
    try:
        places = STOCKS[desk.printing.stationery.stock_for(samples[0].named(), query.printer)].places
        sheet = [samples[number % len(samples)] for number in range(places)]
        pdf = await desk.printing.pdf("Test print", sheet, PrintChoice(printer=query.printer), outlines=True)
    except Unprintable as error:
        raise UnusableError(str(error)) from None
    except NotPrinted as error:
        raise NotPrintedError(str(error)) from None
    except TooMuchToPrint as error:
        raise BusyError(str(error)) from None
    return Download(content_type="application/pdf", data=pdf, name="test-print.pdf")


def _is_pickup(orders: OrderParts, code: str) -> bool:
    return orders.pickup.branches is None or code in orders.pickup.branches


def _place(code: str, name: str, calendar: Calendar, today: date, *, is_pickup: bool) -> PlaceShown:
    always = (calendar.opens_at, calendar.closes_at) == (time.min, time.max)
    hours = "" if always else f"{calendar.opens_at:%H:%M} to {calendar.closes_at:%H:%M}"
    return PlaceShown(code=code, name=name, is_pickup=is_pickup, hours=hours, closed=tuple(_closed(calendar, today)))


def _fetched(place: PlaceShown, known: Fetching) -> PlaceShown:
    return msgspec.structs.replace(place, fetch_days=known.nearly_all, fetch_basis=known.words)


def _closed(calendar: Calendar, today: date) -> Iterator[str]:
    if calendar.closed_weekdays:
        yield " and ".join(_WEEKDAYS[day] for day in calendar.closed_weekdays)
    for month, day in calendar.closed_yearly:
        yield f"{day} {date(_LEAP_YEAR, month, day):%B} each year"
    yield from (f"{each.day} {each:%B %Y}" for each in calendar.closed_dates if each >= today)
