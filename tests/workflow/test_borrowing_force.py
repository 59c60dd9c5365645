"""A person says where a borrowed loan really stands: what that takes, and what becomes of barcode, hold and clocks."""

import pytest

from gateway.workflow.borrowing.force import RESTS
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSays
from gateway.workflow.borrowing_records import BarcodeMove, PoolState
from gateway.workflow.records import Copy, ItemPlace, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    DUE,
    LATER,
    OURS,
    POOL,
    TWICE,
    Talk,
    asked,
    asking,
    on_its_way,
    on_shelf,
    says,
    sent_back,
    staff,
    vetted,
    with_customer,
)

OTHER = "39999000000025"


def force(talk: Talk, state: State, barcode: str | None = None, **fields):
    """A manager says where it stands, and which barcode stands for it."""
    copies = (Copy(item_barcode=barcode, branch="MAIN"),) if barcode else ()
    return talk(staff(StaffAction.FORCE, reason="Seen in the ILS.", state=state, copies=copies, **fields))


def deciding() -> Talk:
    talk = Talk()
    talk(asked())
    talk(vetted(TWICE))
    return talk


def own_copy() -> Talk:
    """Served from our own shelves: the hold on our copy stands."""
    talk = deciding()
    talk(staff(StaffAction.SERVE_HERE, copies=(Copy(item_barcode=OURS, branch="MAIN"),)))
    talk(staff(StaffAction.DONE_BY_HAND))
    assert talk.request.state is State.SERVED_HERE
    return talk


# ── what staff must say ──


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_without_a_reason_nothing_is_forced(reason: str | None):
    talk = on_its_way()
    assert talk(staff(StaffAction.FORCE, reason=reason, state=State.COMPLETED)) == ["refused"]
    assert talk.words == "Say the reason, and a state in which the request can rest."


@pytest.mark.parametrize("state", sorted(set(State) - set(RESTS)))
def test_a_state_of_our_own_work_or_of_the_other_table_is_not_forced(state: State):
    assert force(on_its_way(), state, OTHER) == ["refused"]


@pytest.mark.parametrize("state", [state for state, rest in RESTS.items() if rest.needs_lender])
def test_nobody_has_it_where_nobody_was_asked(state: State):
    talk = deciding()
    assert force(talk, state, OTHER) == ["refused"]
    assert talk.words == "No lender was asked yet."


@pytest.mark.parametrize("state", [state for state, rest in RESTS.items() if rest.needs_item])
def test_what_is_in_our_house_has_a_barcode(state: State):
    talk = on_its_way()
    assert force(talk, state) == ["refused"]
    assert talk.words == "Name the barcode that stands for the item here."
    assert force(talk, state, OTHER)[0] == state


# ── what it comes to ──

RESTING = [
    (State.DECIDING, ["task no lender left"]),
    (State.PROMISED, ["start lender sends", "start silence"]),
    (State.ON_ITS_WAY, ["start receipt"]),
    (State.ON_SHELF, ["start watch"]),
    (State.WITH_CUSTOMER, ["start watch loan"]),
    (State.TO_RETURN, []),
    (State.SENT_BACK, ["start return", "start silence"]),
    (State.COPY_HERE, ["task hand over the copy"]),
    (State.COMPLETED, []),
    (State.CANCELLED, []),
    (State.UNFILLED, []),
    (State.LOST, ["task price of a lost item"]),
]


@pytest.mark.parametrize(("state", "follows"), RESTING, ids=lambda each: each if isinstance(each, str) else "")
def test_every_state_starts_what_belongs_to_it_and_nothing_else(state: State, follows: list[str]):
    assert force(with_customer(), state) == [state, *follows]


def test_every_state_that_can_be_forced_is_among_these():
    assert {state for state, _ in RESTING} == set(RESTS)


@pytest.mark.parametrize(
    ("state", "place", "pool"),
    [
        (State.ON_SHELF, ItemPlace.AT_DESK, PoolState.ASSIGNED),
        (State.WITH_CUSTOMER, ItemPlace.OUT, PoolState.WITH_CUSTOMER),
        (State.TO_RETURN, ItemPlace.BACK, PoolState.ASSIGNED),
        (State.SENT_BACK, ItemPlace.BACK, PoolState.ASSIGNED),
    ],
)
def test_the_item_is_where_the_state_says_and_its_barcode_with_it(state: State, place: ItemPlace, pool: PoolState):
    talk = on_its_way()
    force(talk, state, OTHER)
    (item,) = talk.request.items
    assert (item.barcode, item.place) == (OTHER, place)
    assert talk.moves == [BarcodeMove(barcode=OTHER, to=pool)]


def test_a_due_date_and_a_note_are_taken_along():
    talk = with_customer()
    assert force(talk, State.WITH_CUSTOMER, due_at=LATER, note="It is still here.") == [
        "with the customer",
        "start watch loan",
        "say Notification to sample-city",
    ]
    assert talk.request.due_at == LATER


def test_a_forced_shelf_is_watched_from_then_on():
    talk = on_its_way()
    force(talk, State.ON_SHELF, OTHER)
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "do cancel hold"]


# ── barcodes: no one is lost, and none stands for two things ──


@pytest.mark.parametrize("state", [State.ON_SHELF, State.WITH_CUSTOMER, State.TO_RETURN, State.SENT_BACK, State.LOST])
def test_another_barcode_takes_the_place_of_the_one_before_which_rests(state: State):
    talk = with_customer()
    talk.moves.clear()
    force(talk, state, OTHER)
    assert [item.barcode for item in talk.request.items] == [OTHER]
    assert talk.moves[0] == BarcodeMove(barcode=POOL, to=PoolState.COOLING)
    assert [move.barcode for move in talk.moves[1:]] == [OTHER], "so that the store can refuse one that another has"


def test_the_same_barcode_stays():
    talk = with_customer()
    talk.moves.clear()
    force(talk, State.TO_RETURN, POOL)
    assert talk.moves == [BarcodeMove(barcode=POOL, to=PoolState.ASSIGNED)]


@pytest.mark.parametrize("state", [State.DECIDING, State.PROMISED, State.ON_ITS_WAY])
def test_what_is_not_here_has_no_barcode_and_is_received_like_any_other(state: State):
    talk = with_customer()
    force(talk, state)
    assert talk.request.items == ()
    assert talk.moves[-1] == BarcodeMove(barcode=POOL, to=PoolState.COOLING)
    if state is not State.DECIDING:
        assert talk(staff(StaffAction.RECEIVE)) == ["receiving", "say Received to sample-city", "assign barcode"]
        assert talk(BarcodeAssigned(at=AT, barcode=OTHER)) == ["receiving", "do hold"]


@pytest.mark.parametrize("state", [State.COMPLETED, State.CANCELLED, State.UNFILLED])
def test_an_end_lets_the_barcode_rest(state: State):
    talk = with_customer()
    force(talk, state)
    assert talk.moves[-1] == BarcodeMove(barcode=POOL, to=PoolState.COOLING)


@pytest.mark.parametrize("state", [State.DECIDING, State.CANCELLED, State.UNFILLED])
def test_a_copy_of_our_own_never_gets_into_the_pool_and_its_hold_is_a_persons(state: State):
    talk = own_copy()
    assert "task stray hold" in force(talk, state)
    assert (talk.moves, talk.request.items) == ([], ())


# ── the customer's hold ──


@pytest.mark.parametrize("state", [State.ON_ITS_WAY, State.TO_RETURN, State.SENT_BACK, State.LOST, State.COMPLETED])
def test_a_hold_that_may_stand_for_nothing_is_a_persons(state: State):
    talk = on_shelf()
    assert "task stray hold" in force(talk, state)


@pytest.mark.parametrize("state", [State.ON_SHELF, State.WITH_CUSTOMER])
def test_a_hold_that_serves_is_left_alone(state: State):
    assert "task stray hold" not in force(on_shelf(), state)


# ── the lender ──


def test_what_the_lender_says_afterwards_counts():
    talk = asking()
    force(talk, State.ON_ITS_WAY)
    assert talk(says(LenderSays.LOANED, due_at=DUE)) == ["on its way"]
    assert talk.request.due_at == DUE


def test_a_loan_that_was_ended_too_early_is_taken_up_again():
    talk = sent_back()
    force(talk, State.COMPLETED)
    assert force(talk, State.TO_RETURN) == ["to send back"]
    assert talk.moves[-1] == BarcodeMove(barcode=POOL, to=PoolState.ASSIGNED)


def test_a_forced_return_has_its_day():
    talk = with_customer()
    force(talk, State.SENT_BACK)
    assert talk.request.returned_at == AT
