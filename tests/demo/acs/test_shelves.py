"""Enquiries of the demonstration library."""

from datetime import datetime, timedelta

import pytest

from gateway.demo.acs.holds import place_hold
from gateway.demo.acs.library import Library
from gateway.demo.acs.loans import checkin, checkout, mark_lost, recall
from gateway.demo.acs.records import CirculationStatus, Habits, HoldWish, Refusal
from gateway.demo.acs.shelves import Refused, books, customer_information, item_information
from tests.demo.stage.terminal import ALMANAC_CENTRAL, BORIS, BRIDGES, PARTNER, RITA


def test_an_item_tells_its_queue_and_due_date(library: Library, now: datetime):
    due = checkout(library, RITA, BRIDGES, now).loan.due
    place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES), now)
    place_hold(library, HoldWish(customer=BORIS, title="ex000004"), now)
    info = item_information(library.state, library.habits, BRIDGES)
    assert (info.status, info.due, info.hold_queue) == (CirculationStatus.CHARGED, due, 2)


def test_a_pending_hold_shows_08_on_one_product(library: Library, now: datetime):
    place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES), now)
    assert item_information(library.state, Habits(), BRIDGES).status is CirculationStatus.AVAILABLE
    pending = Habits(pending_hold_shows_08=True)
    assert item_information(library.state, pending, BRIDGES).status is CirculationStatus.ON_HOLD_SHELF


def test_the_hold_shelf_tells_how_long(library: Library, now: datetime):
    last = now + timedelta(days=3)
    place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES, pickup="ILL", expires=last), now)
    assert item_information(library.state, library.habits, BRIDGES).pickup_until is None
    checkin(library, BRIDGES, "ILL", now)
    assert item_information(library.state, library.habits, BRIDGES).pickup_until == last


def test_a_customer_has_ready_and_waiting_holds(library: Library, now: datetime):
    for item in (BRIDGES, ALMANAC_CENTRAL):
        place_hold(library, HoldWish(customer=PARTNER, item=item, pickup="ILL"), now)
    checkin(library, BRIDGES, "ILL", now)
    info = customer_information(library.state, PARTNER, "", now)
    assert (info.ready_holds, info.waiting_holds) == ((BRIDGES,), (ALMANAC_CENTRAL,))


def test_a_customers_loans_are_sorted_by_their_trouble(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    checkout(library, PARTNER, ALMANAC_CENTRAL, now)
    mark_lost(library, BRIDGES, now)
    recall(library, ALMANAC_CENTRAL, now)
    info = customer_information(library.state, PARTNER, "", now + timedelta(days=10))
    assert (info.charged, info.overdue) == ((BRIDGES, ALMANAC_CENTRAL), (ALMANAC_CENTRAL,))
    assert (info.recalled, info.fined) == ((ALMANAC_CENTRAL,), (BRIDGES,))


@pytest.mark.parametrize(("pin", "right"), [("1004", True), ("0000", False)])
def test_a_wrong_pin_still_brings_everything(library: Library, now: datetime, pin: str, *, right: bool):
    info = customer_information(library.state, RITA, pin, now)
    assert (info.pin_right, len(info.charged)) == (right, 3)


def test_what_is_unknown_is_refused(library: Library, now: datetime):
    with pytest.raises(Refused, match=Refusal.UNKNOWN_ITEM):
        item_information(library.state, library.habits, "39999999999999")
    with pytest.raises(Refused, match=Refusal.UNKNOWN_CUSTOMER):
        customer_information(library.state, "29999999999999", "", now)


def test_the_books_count_each_act(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    checkout(library, PARTNER, BRIDGES, now)
    assert books(library.state).counts == {
        f"checkout|{BRIDGES}|{PARTNER}": 1,
        f"renewal|{BRIDGES}|{PARTNER}": 1,
    }
