"""Loans of the demonstration library: due dates, renewals, routing at check-in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.demo.acs.holds import place_hold
from gateway.demo.acs.library import Library
from gateway.demo.acs.loans import checkin, checkout, mark_lost, recall, renew
from gateway.demo.acs.records import ActKind, AlertType, CirculationStatus, Habits, HoldWish, Refusal
from gateway.demo.acs.shelves import Refused
from tests.demo.stage.terminal import (
    ALMANAC_CENTRAL,
    ALMANAC_ON_LOAN,
    ALMANAC_PARK,
    BLOCKED,
    BORIS,
    BRIDGES,
    PARTNER,
    REFERENCE,
    RITA,
)


def test_the_library_sets_the_due_date_by_item_type(library: Library, now: datetime):
    assert checkout(library, RITA, BRIDGES, now).loan.due == datetime(2026, 11, 16, 23, 59, tzinfo=UTC)


def test_a_partner_library_has_a_loan_period_of_its_own(library: Library, now: datetime):
    assert checkout(library, PARTNER, BRIDGES, now).loan.due == datetime(2026, 12, 7, 23, 59, tzinfo=UTC)


def test_a_loan_ends_with_the_local_day_across_a_clock_change(library: Library):
    zone = ZoneInfo("Europe/Vienna")
    due = checkout(library, RITA, BRIDGES, datetime(2026, 10, 20, 9, tzinfo=zone)).loan.due
    assert due.isoformat() == "2026-11-10T23:59:00+01:00"


@pytest.mark.parametrize(
    ("customer", "item", "refusal"),
    [
        ("29999999999999", BRIDGES, Refusal.UNKNOWN_CUSTOMER),
        (BLOCKED, BRIDGES, Refusal.BLOCKED),
        (PARTNER, "39999999999999", Refusal.UNKNOWN_ITEM),
        (PARTNER, REFERENCE, Refusal.NOT_FOR_LOAN),
        (PARTNER, ALMANAC_ON_LOAN, Refusal.ON_LOAN_TO_ANOTHER),
        (PARTNER, "30000000001101", Refusal.NOT_ON_SHELF),
        (PARTNER, "30000000001135", Refusal.ON_HOLD_FOR_ANOTHER),
    ],
)
def test_a_refused_checkout_changes_nothing(
    library: Library, now: datetime, customer: str, item: str, refusal: Refusal
):
    before = msgspec.json.encode(library.state)
    with pytest.raises(Refused) as refused:
        checkout(library, customer, item, now)
    assert refused.value.refusal is refusal
    assert msgspec.json.encode(library.state) == before


def test_the_loan_limit_holds(library: Library, now: datetime):
    library.state.customers[RITA] = msgspec.structs.replace(library.state.customers[RITA], loan_limit=4)
    checkout(library, RITA, BRIDGES, now)
    with pytest.raises(Refused, match=Refusal.TOO_MANY_LOANS):
        checkout(library, RITA, ALMANAC_CENTRAL, now)


def test_a_repeated_checkout_becomes_a_renewal(library: Library, now: datetime):
    first = checkout(library, PARTNER, BRIDGES, now)
    second = checkout(library, PARTNER, BRIDGES, now)
    assert (first.renewed, second.renewed) == (False, True)
    assert second.loan.due - first.loan.due == timedelta(days=42)
    assert [act.kind for act in library.state.journal] == [ActKind.CHECKOUT, ActKind.RENEWAL]


def test_some_products_refuse_a_repeated_checkout(library: Library, now: datetime):
    library.habits = Habits(repeated_checkout_renews=False)
    checkout(library, PARTNER, BRIDGES, now)
    with pytest.raises(Refused, match=Refusal.ALREADY_ON_LOAN):
        checkout(library, PARTNER, BRIDGES, now)


def test_some_products_end_another_loan_for_a_checkout(library: Library, now: datetime):
    library.habits = Habits(checkout_ends_other_loans=True)
    checkout(library, BORIS, BRIDGES, now)
    assert checkout(library, PARTNER, BRIDGES, now).loan.customer == PARTNER
    assert [act.kind for act in library.state.journal] == [ActKind.CHECKOUT, ActKind.CHECKIN, ActKind.CHECKOUT]


def test_renewals_end_at_the_limit(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    assert [renew(library, PARTNER, BRIDGES, now).loan.renewals for _ in range(2)] == [1, 2]
    with pytest.raises(Refused, match=Refusal.RENEWAL_LIMIT):
        renew(library, PARTNER, BRIDGES, now)


def test_an_overdue_loan_is_renewed_from_today(library: Library, now: datetime):
    checkout(library, RITA, BRIDGES, now)
    assert renew(library, RITA, BRIDGES, now + timedelta(days=100)).loan.due.date() == now.date() + timedelta(days=121)


def test_a_hold_of_somebody_else_stops_a_renewal(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    place_hold(library, HoldWish(customer=RITA, item=BRIDGES), now)
    with pytest.raises(Refused, match=Refusal.ON_HOLD_FOR_ANOTHER):
        renew(library, PARTNER, BRIDGES, now)


def test_only_the_borrower_renews_unless_a_third_party_may(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    with pytest.raises(Refused, match=Refusal.NOT_ON_LOAN):
        renew(library, BORIS, BRIDGES, now)
    assert renew(library, BORIS, BRIDGES, now, third_party=True).loan.customer == PARTNER


def test_a_recall_shortens_the_loan_and_ends_renewals(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    assert recall(library, BRIDGES, now).due == datetime(2026, 11, 2, 23, 59, tzinfo=UTC)
    assert library.state.items[BRIDGES].status is CirculationStatus.RECALLED
    with pytest.raises(Refused, match=Refusal.ON_HOLD_FOR_ANOTHER):
        renew(library, PARTNER, BRIDGES, now)


def test_a_lost_loan_costs_its_price_and_a_checkin_finds_it(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    mark_lost(library, BRIDGES, now)
    assert library.state.customers[PARTNER].fees == Decimal("25.00")
    assert library.state.items[BRIDGES].status is CirculationStatus.LOST
    assert checkin(library, BRIDGES, "EXC", now).item.status is CirculationStatus.AVAILABLE
    assert BRIDGES not in library.state.loans


def test_only_a_loan_can_be_lost(library: Library, now: datetime):
    with pytest.raises(Refused, match=Refusal.NOT_ON_LOAN):
        mark_lost(library, BRIDGES, now)


@pytest.mark.parametrize("here", ["EXC", "", "NOWHERE"])
def test_at_home_an_item_goes_back_to_the_shelf(library: Library, now: datetime, here: str):
    outcome = checkin(library, BRIDGES, here, now)
    assert (outcome.item.status, outcome.alert, outcome.destination) == (CirculationStatus.AVAILABLE, None, None)


def test_elsewhere_it_is_sent_home(library: Library, now: datetime):
    outcome = checkin(library, BRIDGES, "SPR", now)
    assert (outcome.item.status, outcome.alert, outcome.destination) == (
        CirculationStatus.IN_TRANSIT,
        AlertType.SEND_TO_BRANCH,
        "EXC",
    )


def test_at_the_pickup_location_it_stands_on_the_hold_shelf(library: Library, now: datetime):
    place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES, pickup="ILL"), now)
    outcome = checkin(library, BRIDGES, "ILL", now)
    assert (outcome.item.status, outcome.alert, outcome.destination) == (
        CirculationStatus.ON_HOLD_SHELF,
        AlertType.HOLD_HERE,
        None,
    )


def test_a_partners_hold_may_be_announced_as_ill(library: Library, now: datetime):
    library.habits = Habits(partner_hold_alerts_ill=True)
    place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES, pickup="ILL"), now)
    place_hold(library, HoldWish(customer=RITA, item=ALMANAC_PARK, pickup="ILL"), now)
    alerts = [checkin(library, item, "ILL", now).alert for item in (BRIDGES, ALMANAC_PARK)]
    assert alerts == [AlertType.FOR_ILL, AlertType.HOLD_HERE]


def test_a_trapped_copy_travels_to_the_pickup_location_and_arrives(library: Library, now: datetime):
    place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES, pickup="ILL"), now)
    outcome = checkin(library, BRIDGES, "EXC", now)
    assert (outcome.item.status, outcome.alert, outcome.destination) == (
        CirculationStatus.IN_TRANSIT,
        AlertType.HOLD_ELSEWHERE,
        "ILL",
    )
    assert checkin(library, BRIDGES, "ILL", now).alert is AlertType.HOLD_HERE


def test_every_checkin_is_entered_with_the_customer_whose_loan_it_ends(library: Library, now: datetime):
    checkout(library, PARTNER, BRIDGES, now)
    checkin(library, BRIDGES, "EXC", now)
    checkin(library, BRIDGES, "EXC", now)
    assert [(act.sequence, act.kind, act.customer) for act in library.state.journal] == [
        (1, ActKind.CHECKOUT, PARTNER),
        (2, ActKind.CHECKIN, PARTNER),
        (3, ActKind.CHECKIN, ""),
    ]
