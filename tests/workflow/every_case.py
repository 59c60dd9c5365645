"""All that the lending table can tell apart: each request that can be in a state, each event, each way in which a request comes."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.workflow.effects import WorkKind
from gateway.workflow.events import Agrees, AnyEvent, Differs, PartnerAction, RequestArrived, StaffActed, Stuck
from gateway.workflow.lending.force import RESTS
from gateway.workflow.lending.table import LENDING
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, Request, State
from gateway.workflow.triggers import Admission, Deed, StaffAction
from tests.workflow.builders import (
    ACT_OF,
    AT,
    COST,
    DUE,
    FIRST,
    LATER,
    NOT_ON_SHELF,
    OFFER,
    RETRY,
    SECOND,
    STAFF,
    STRANGER,
    SUPPLY,
    UNFILLED,
    arrived,
    checked,
    fired,
    found,
    item,
    looked,
    not_told,
    partner,
    performed,
    request,
    sought,
    staff,
    status,
    told,
    two_items,
)

S = State
STATES = tuple(state for state in S if state in LENDING.states)
"""Those that a request to us can be in."""
TRIGGERS = frozenset(trigger for _, trigger in LENDING.index)
"""What the lending table knows of."""
ACTS = tuple(act for act in Act if act is not Act.RECEIVE)
"""Those of a lender."""


def variants(state: State) -> Iterator[Request]:
    """The requests that can be in a state, as far as the table tells them apart."""
    yield request(state)
    yield request(state, candidates=(status(2), status(3)))
    yield from _by_item(state)
    yield from _by_second_item(state)
    yield from (request(state, **fields) for fields in _FIELDS.get(state, ()))


def _by_item(state: State) -> Iterator[Request]:
    """What an act came to so far."""
    if state not in ACT_OF:
        return
    (plain,) = request(state).items
    for fields in (
        {"outcome": None},
        {"outcome": Outcome.UNKNOWN},
        {"outcome": Outcome.REFUSED, "outcome_words": "Blocked."},
        {"tries": 3},
        {"tries": 0, "outcome": Outcome.REFUSED},
        {"tries": 0, "outcome": Outcome.UNKNOWN},
    ):
        changed = (msgspec.structs.replace(plain, **fields),)
        yield request(state, items=changed)
        yield request(state, items=changed, candidates=(status(2),))


def _by_second_item(state: State) -> Iterator[Request]:
    """How far the other of two items is."""
    for place in _SECOND_PLACES.get(state, ()):
        yield two_items(state, place=place, tries=0, outcome=None)
    if state in _SECOND_PLACES and state in ACT_OF:
        yield two_items(state)
        yield two_items(state, tries=0, outcome=Outcome.REFUSED)


_PLACES_HERE = (ItemPlace.CHOSEN, ItemPlace.HELD, ItemPlace.AT_DESK)
_SECOND_PLACES: Mapping[State, tuple[ItemPlace, ...]] = {
    **dict.fromkeys((S.WILL_SUPPLY, S.ARRIVING, S.ARRIVING_TO_SHIP, S.RELEASING, S.CANCELLING), _PLACES_HERE),
    S.ARRIVED: (ItemPlace.AT_DESK,),
    S.CHECKING_OUT: (*_PLACES_HERE, ItemPlace.OUT),
    S.UNDOING: (ItemPlace.AT_DESK, ItemPlace.OUT),
    S.CHECKED_OUT: (ItemPlace.OUT,),
    **dict.fromkeys(
        (S.LOANED, S.RENEWING, S.OVERDUE, S.RECALLED, S.RETURNING, S.CHECKING_IN, S.LOST),
        (ItemPlace.OUT, ItemPlace.BACK),
    ),
}
"""Where the second of several items can be beside the first: only staff who ship make a request one for several."""


_FIELDS: Mapping[State, tuple[Mapping[str, Any], ...]] = {
    S.AWAITING_APPROVAL: ({"partner": None, "account": None, "for_staff": "The partner asks for a booking."},),
    S.DECIDING: (
        {"service": ServiceType.COPY, "answer": None},
        {"service": ServiceType.COPY, "candidates": (status(1),)},
        {"service": ServiceType.COPY_OR_LOAN, "answer": msgspec.structs.replace(SUPPLY, service=ServiceType.COPY)},
    ),
    S.SEARCHING: ({"service": ServiceType.COPY, "candidates": (status(1),)},),
    S.CHECKING: (
        {"service": ServiceType.COPY, "candidates": (status(1),)},
        {"need_before": AT - timedelta(days=2)},
    ),
    S.OFFERED: (
        {"candidates": (status(1),), "service": ServiceType.COPY},
        {"candidates": (status(1),), "cost": COST, "condition": "LibraryUseOnly"},
        {"updated_at": AT},
    ),
    S.RELEASING: (
        {"answer": NOT_ON_SHELF, "candidates": (status(2),)},
        {"answer": RETRY},
        {"items": (item(1, tries=1),)},
        {"items": (item(1, ItemPlace.AT_DESK, tries=1),)},
    ),
    S.WILL_SUPPLY: ({"sought_coming": 1},),
    S.ARRIVING: ({"resume": S.WILL_SUPPLY, "undo_s": 60.0},),
    S.ARRIVED: ({"undone": True}, {"resume": S.WILL_SUPPLY, "undo_s": 60.0, "state_since": AT - timedelta(seconds=59)}),
    S.CHECKED_OUT: ({"due_at": None}, {"due_at": None, "items": (item(1, ItemPlace.OUT),)}, {"undo_s": 60.0}),
    S.LOANED: (
        {"renewed_at": AT - timedelta(minutes=5)},
        {"return_held": True},
        {"received_at": AT - timedelta(days=3)},
        {"renewals": 2, "renewals_allowed": 2},
    ),
    S.OVERDUE: (
        {"due_at": AT - timedelta(days=2)},
        {"return_held": True},
        {"renewed_at": AT - timedelta(minutes=5)},
        {"renewals": 2, "renewals_allowed": 2},
    ),
    S.RECALLED: ({"return_held": True},),
    S.RENEWING: ({"resume": S.OVERDUE, "due_at": AT - timedelta(days=2)}, {"return_held": True}),
    S.CHECKING_IN: ({"resume": S.CHECKED_OUT}, {"resume": S.LOST}, {"resume": S.RECALLED}, {"undo_back_s": 60.0}),
    S.COMPLETED: ({"items": (item(1, ItemPlace.BACK, kept=True),)},),
    S.UNFILLED: ({"partner": None, "account": None}, {"updated_at": AT}),
    **dict.fromkeys((S.RETRY_POSSIBLE, S.COPY_COMPLETED), ({"updated_at": AT},)),
}


def all_events() -> Iterator[AnyEvent]:
    """Every event that the table can tell apart, each trigger among them."""
    yield from (partner(action, note) for action in PartnerAction for note in (None, "With thanks."))
    yield from (found(1, 2), found(), found(answer=UNFILLED, auto=True))
    yield from (
        checked(answer, auto=auto)
        for answer in (SUPPLY, _COPY, UNFILLED, RETRY, OFFER, STAFF)
        for auto in (True, False)
    )
    for act in ACTS:
        for barcode in (FIRST, SECOND, STRANGER):
            yield from (performed(act, outcome, barcode, words="Said.") for outcome in Outcome)
            yield from (
                looked(act, finding, barcode, due_at=due_at) for finding in Finding for due_at in (None, DUE, LATER)
            )
    for act in (Act.CHECKOUT, Act.RENEW, Act.CHECKIN):
        yield from (looked(act, finding, by_hand=True, due_at=DUE) for finding in Finding)
        yield from (looked(act, finding, charged=True, ours=False) for finding in (Finding.YES, Finding.NO))
    for what in Status:
        for reason in ReasonForMessage:
            yield told(what, reason)
            yield not_told(what, reason)
    yield from (Differs(at=AT, words=f"Item {FIRST} is elsewhere."), Agrees(at=AT))
    yield from (sought(clock, coming=coming) for clock in (Clock.HOLD_AMBER, Clock.HOLD) for coming in (True, False))
    yield from (
        Stuck(at=AT, work=kind, kind=kind, words="No connection.") for kind in (WorkKind.TELL, WorkKind.PERFORM)
    )
    yield from (Differs(at=AT, words="Not among the loans."), Agrees(at=AT))
    yield from (fired(clock) for clock in Clock)
    yield fired(Clock.RECEIPT, never_said=True)
    yield from (fired(clock, overtaken=True) for clock in (Clock.OVERDUE_FIRST, Clock.OVERDUE_SECOND))
    yield from all_staff_acts()


_COPY = msgspec.structs.replace(SUPPLY, service=ServiceType.COPY)


def all_staff_acts() -> Iterator[StaffActed]:
    """Every action of staff, with everything it can say and with nothing."""
    for action in StaffAction:
        yield staff(action, inside="For us.")
        yield from (staff(action, seen_in=state) for state in (State.DECIDING, State.LOST))
        yield staff(action)
        yield staff(action, seen=0)
        yield staff(action, deed=Deed.HOLD)
        yield staff(action, note="With regrets.", reason="nonsense", undo_s=60.0)
        yield staff(action, partner="sample-city", account="20000000001234", answer=OFFER)
        yield from (staff(action, items=items) for items in ((1,), (2,), (1, 2), (9,), (1, 1)))
        yield from (staff(action, items=items, due_at=DUE) for items in ((), (2,)))
    for state in State:
        yield staff(StaffAction.FORCE, state=state, reason="Seen in the ILS.")
        if state in RESTS:
            yield staff(
                StaffAction.FORCE, state=state, reason="Seen in the ILS.", items=(2,), due_at=DUE, note="Sorry."
            )


def arrivals() -> Iterator[RequestArrived]:
    """Every way in which a request comes."""
    for admission in Admission:
        yield arrived(admission)
    yield arrived(Admission.TURN_AWAY, turned_away=UNFILLED)
    yield arrived(Admission.UNKNOWN_PARTNER, partner=None, account=None, staff_words="A booking.")


EVENTS: tuple[AnyEvent, ...] = tuple(all_events())
"""What can happen to a request that exists."""
ARRIVALS: tuple[RequestArrived, ...] = tuple(arrivals())
