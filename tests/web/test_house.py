"""What the settings file says of the house, and a test print."""

from datetime import date, time

import pytest

from gateway.desk.access import Caller
from gateway.desk.house import show_places
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.records import Fetching
from gateway.workflow.staff import StaffRole
from tests.web.live import Live


async def test_places_are_told_with_what_is_closed_now_and_later(live: Live):
    library = Calendar(
        time_zone="America/New_York",
        closed_weekdays=(6,),
        closed_yearly=((12, 25),),
        closed_dates=(date(2026, 1, 2), date(2027, 3, 4)),
        opens_at=time(9),
        closes_at=time(17),
    )
    object.__setattr__(live.desk, "calendars", Calendars(library=library, branches={"Main": Calendar()}))
    places = await show_places(live.desk, Caller("somebody", StaffRole.VIEWER))
    whole, main = places.places
    assert (places.time_zone, whole.hours) == ("America/New_York", "09:00 to 17:00")
    assert whole.closed == ("Sundays", "25 December each year", "4 March 2027")
    assert (main.name, main.hours, main.closed, main.is_pickup) == (
        "Main Library", "", ("Saturdays and Sundays",), True,
    )  # fmt: skip


async def test_a_branch_is_told_with_what_its_courier_takes_and_the_basis(live: Live):
    _, main, *_ = (await show_places(live.desk, Caller("somebody", StaffRole.VIEWER))).places
    assert (main.fetch_days, main.fetch_basis) == (4, "nothing was fetched there yet")
    live.fetching["Main"] = Fetching(mostly=1, nearly_all=2, words="of 30 books half came within 1 open days")
    whole, main, *_ = (await show_places(live.desk, Caller("somebody", StaffRole.VIEWER))).places
    assert (main.fetch_days, main.fetch_basis) == (2, "of 30 books half came within 1 open days")
    assert whole.fetch_days is None, "the library as a whole brings nothing"


async def test_papers_are_told_by_stock_and_printer(live: Live):
    status, answer = await live.call("GET", "/papers/stock", role="viewer")
    label = next(each for each in answer["papers"] if each["paper"] == "shipping-label")
    assert (status, answer["printers"], label["printers"]) == (200, ["thermal"], {"thermal": "4x6"})


@pytest.mark.process
async def test_a_sheet_is_tried_and_an_unknown_printer_is_said(live: Live):
    status, pdf = await live.call("GET", "/papers/test?paper=shipping-label")
    assert (status, pdf.startswith("%PDF")) == (200, True)
    status, answer = await live.call("GET", "/papers/test?printer=nowhere")
    assert status == 422
    assert "name no printer" in answer["detail"]
