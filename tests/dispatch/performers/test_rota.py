"""Partners as the rota weighs them; their figures are read now and then."""

from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.dispatch.performers.rota import FRESH_S, LAST_RESORT, LenderBook, RotaMaker, as_lender
from gateway.dispatch.results import Happened
from gateway.iso18626.codes import ServiceType
from gateway.reports.lenders import LenderFigures
from gateway.store.port import Change
from gateway.workflow.borrowing_events import LenderSaid, LenderSays, RotaMade, Sent, Vetted
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.partners import Charge, Expected, Partner, Period, Terms
from gateway.workflow.records import Request, State
from gateway.workflow.values import Money
from tests.dispatch.house import PEER, THEIRS, House
from tests.dispatch.orders import placed

TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)


def partner(**fields: Any) -> Partner:
    return Partner(id="sample", name="Sample Valley Library", peer=PEER, **fields)


def test_terms_and_figures_are_what_the_record_and_the_books_say():
    fee = Money(amount=Decimal(5), currency="EUR")
    terms = Terms(charge=Charge.FEE, fee=fee, reciprocal=True, services=(ServiceType.LOAN,))
    lender = as_lender(
        partner(borrowing=terms, courier="Van 7", groups=(LAST_RESORT,)),
        TODAY,
        LenderFigures(fill_rate=0.5, turnaround_days=3.0, balance=-2),
    )
    assert (lender.cost, lender.is_reciprocal, lender.has_courier, lender.is_last_resort) == (fee, True, True, True)
    assert (lender.lends, lender.fill_rate, lender.turnaround_days, lender.balance) == (
        frozenset({ServiceType.LOAN}), 0.5, 3.0, -2,
    )  # fmt: skip
    assert as_lender(partner(), TODAY, None).fill_rate is None


def test_the_suspension_that_holds_today_counts_whichever_comes_first():
    past, now = Period(first=TODAY - 9 * DAY, last=TODAY - 8 * DAY), Period(first=TODAY, last=TODAY + DAY)
    lender = as_lender(partner(suspensions=(past, now)), TODAY, None)
    assert (lender.is_suspended, lender.suspended_from, lender.suspended_until) == (False, TODAY, TODAY + DAY)
    assert as_lender(partner(suspended=True), TODAY, None).is_suspended
    assert as_lender(partner(suspensions=(past,)), TODAY, None).suspended_until is None


def test_a_closed_partner_is_closed_today():
    assert TODAY in as_lender(partner(closures=(Period(first=TODAY, last=TODAY),)), TODAY, None).closed_dates
    assert as_lender(partner(closures=(Period(first=TODAY + DAY),)), TODAY, None).closed_dates == frozenset()


async def asked(house: House) -> Request:
    """The partner has our request."""
    request = await placed(house)
    line = LenderLine(partner="sample", peer=PEER, agency=THEIRS)
    at = house.time.now()
    for event in (Vetted(at=at), RotaMade(at=at, lenders=(line,)), Sent(at=at, what="New", attempt=1)):
        await house.intake.submit(request.id, event)
    return request


async def test_the_books_are_the_stores_and_good_for_ten_minutes(house: House):
    book = LenderBook(store=house.store, time=house.time, days=366)
    request = await asked(house)
    books = await house.store.lender_books(since=house.time.now() - DAY, at_most=10)
    assert ([each.id for each in books.ours], list(books.asked_at)) == ([request.id], [(request.id, 1)])
    assert await book.figures() == {}, "it has not answered yet"
    no = LenderSaid(at=house.time.now(), says=LenderSays.UNFILLED, attempt=1)
    await house.intake.submit(request.id, no)
    assert await book.figures() == {}, "read a moment ago"
    await house.time.advance(FRESH_S + 1)
    assert await book.figures() == {"sample": LenderFigures(fill_rate=0.0, asked=1, no_days=0.0)}


async def test_what_is_old_is_not_in_the_books(house: House):
    await asked(house)
    await house.time.advance(2 * 86_400)
    assert await LenderBook(store=house.store, time=house.time, days=1).figures() == {}
    assert (await house.store.lender_books(since=house.time.now() - DAY, at_most=10)).ours == ()


async def test_what_we_lent_is_owed(house: House):
    new = await house.new()
    lent = msgspec.structs.replace(new, state=State.LOANED, version=new.version + 1)
    await house.store.commit(Change(request=lent, history_of=lent.id))
    assert (await LenderBook(store=house.store, time=house.time, days=1).figures())["sample"].balance == 1


@pytest.mark.parametrize(
    ("expected", "served", "days", "words"),
    [
        (Expected(waits_days=2.0), LenderFigures(promise_days=6.0), 2.0, ", waited for 2 days (as set)"),
        (
            Expected(),
            LenderFigures(promise_days=6.0),
            7.0,
            ", waited for 7 days (95 in 100 promises came within 6 days)",
        ),
    ],
)
async def test_a_line_says_for_how_long_a_lender_is_waited_for_and_on_what_basis(
    house: House, expected: Expected, served: LenderFigures, days: float, words: str
):
    await house.set_partner(expected=expected)

    async def figures() -> dict[str, LenderFigures]:
        return {"sample": served}

    made = await RotaMaker(directory=house.directory, time=house.time, zone=UTC, figures=figures).make(
        await placed(house)
    )
    assert isinstance(made, Happened)
    assert isinstance(made.event, RotaMade)
    (line,) = made.event.lenders
    assert line.answers_within_days == days
    assert line.reason.endswith(words)
