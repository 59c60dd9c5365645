"""The strangers at the circulation system do what they are there for, and leave nothing behind."""

from datetime import UTC, datetime

from gateway.demo.acs.holds import place_hold
from gateway.demo.acs.library import Library
from gateway.demo.acs.loans import checkin, checkout
from gateway.demo.acs.records import ActKind, Habits, HoldWish, Source
from tests.faults.strangers import CARDS, REACTIONS, Strangers, StrangersSettings, cards
from tests.faults.world import draw_world, state_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORLD = draw_world(1, loans=400)
ITEMS = [item for plan in WORLD.plans for item in plan.items]
OURS = WORLD.seats[0].account


def library() -> Library:
    state = state_of(WORLD, AT)
    state.customers |= cards()
    return Library(state, Habits())


async def test_they_come_to_what_the_gateway_has_acted_on_and_leave_nothing_behind():
    books = library()
    strangers = Strangers(
        StrangersSettings(seed=1, branch="EXC", beforehand=tuple(ITEMS[:3]), has_open_shelves=True), lambda: books
    )
    strangers.come()
    for item in ITEMS[3:]:
        place_hold(books, HoldWish(customer=OURS, item=item, pickup="EXC"), AT)
        checkout(books, OURS, item, AT)
        checkin(books, item, "EXC", AT)
    strangers.step()
    theirs = [act for act in books.state.journal if act.customer in CARDS]
    assert {act.kind for act in theirs} >= {ActKind.CHECKOUT, ActKind.HOLD_PLACED}
    assert {act.source for act in theirs} == {Source.DESK}
    strangers.go_home()
    assert not [loan for loan in books.state.loans.values() if loan.customer in CARDS]
    assert not [hold for hold in books.state.holds.values() if hold.customer in CARDS]


async def test_they_leave_alone_what_somebody_has_in_hand_for_another():
    books = library()
    strangers = Strangers(StrangersSettings(seed=1, branch="EXC", has_open_shelves=True), lambda: books)
    for item in ITEMS:
        for account in (OURS, WORLD.seats[1].account):
            place_hold(books, HoldWish(customer=account, item=item, pickup="EXC"), AT)
    strangers.step()
    assert not [loan for loan in books.state.loans.values() if loan.customer in CARDS]


def test_every_reaction_is_drawn_now_and_then():
    assert all(0 < reaction.rate < 1 for reaction in REACTIONS)
