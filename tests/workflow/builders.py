"""Requests for every state, and events for every trigger, fully filled and fictional."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.workflow.effects import AnyEffect, Tell, WorkKind
from gateway.workflow.events import (
    Agrees,
    AnyEvent,
    CopiesChecked,
    CopiesFound,
    Differs,
    ItemSought,
    Looked,
    NotTold,
    PartnerActed,
    PartnerAction,
    Performed,
    RequestArrived,
    StaffActed,
    Stuck,
    TimerFired,
    Told,
)
from gateway.workflow.lending.force import RESTS
from gateway.workflow.lending.groups import COMING_BACK
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import AnyRow, Decision, Ignored, Refusal, Refused, decide
from gateway.workflow.records import (
    Act,
    Answer,
    AnswerKind,
    Clock,
    Copy,
    CopyStatus,
    Finding,
    Item,
    ItemPlace,
    LastAct,
    Outcome,
    Request,
    Role,
    State,
)
from gateway.workflow.triggers import Admission, Deed, StaffAction
from gateway.workflow.values import Money, PostalAddress, Wanted

S = State
STATES = tuple(state for state in S if state in LENDING.states)
"""Those that a request to us can be in."""
TRIGGERS = frozenset(trigger for _, trigger in LENDING.index)
"""What the lending table knows of."""
ACTS = tuple(act for act in Act if act is not Act.RECEIVE)
"""Those of a lender."""
CREATED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
LOAN_DAYS = 42
DUE = AT + timedelta(days=LOAN_DAYS)
LATER = DUE + timedelta(days=28)
COST = Money(amount=Decimal("12.50"), currency="EUR")


def copy(number: int) -> Copy:
    return Copy(
        item_barcode=f"3000000000{number:04}", branch="EX-MAIN", title="The Imaginary Almanac", call_number="AY 1"
    )


def status(number: int, **fields: Any) -> CopyStatus:
    return CopyStatus(copy=copy(number), status="03", queue_length=0, **fields)


def item(number: int, place: ItemPlace = ItemPlace.CHOSEN, **fields: Any) -> Item:
    return Item(copy=copy(number), place=place, **{"queue_length": 0, **fields})


FIRST, SECOND, STRANGER = (copy(number).item_barcode for number in (1, 2, 9))

SUPPLY = Answer(
    kind=AnswerKind.SUPPLY, words="03", choice=status(1), others=(status(2), status(3)), loan_days=LOAN_DAYS, expected_at=AT + timedelta(days=2)
)  # fmt: skip
UNFILLED = Answer(kind=AnswerKind.UNFILLED, reason="NotAvailableForILL", words="12")
NOT_ON_SHELF = Answer(kind=AnswerKind.UNFILLED, reason="NotOnShelf", others=(status(2),))
RETRY = Answer(kind=AnswerKind.RETRY, reason="OnLoan", words="04", retry_after=DUE)
OFFER = Answer(kind=AnswerKind.RETRY, reason="CostExceedsMaxCost", cost=COST, condition="LibraryUseOnly")
STAFF = Answer(kind=AnswerKind.STAFF, words="01")


def arrived(admission: Admission = Admission.ADMIT, **fields: Any) -> RequestArrived:
    given = {"turned_away": RETRY} if admission is Admission.TURN_AWAY else {}
    return RequestArrived(
        **{
            "at": CREATED,
            "by": "sample",
            "request": "L2026-000001",
            "peer": "sample",
            "partner": "sample-city",
            "account": "20000000001234",
            "requesting_agency": "ISIL:EX-SAMPLE",
            "supplying_agency": "ISIL:EX-VALLEY",
            "partner_request_id": "SCL-77",
            "wanted": Wanted(title="The Imaginary Almanac"),
            "deliver_to": PostalAddress(line1="2 Sample Square"),
            "admission": admission,
            "policy_version": 1,
            **given,
            **fields,
        }
    )


_IN_HAND = {
    S.ARRIVED: ItemPlace.AT_DESK,
    **dict.fromkeys((S.WILL_SUPPLY, S.RELEASING, S.CANCELLING), ItemPlace.HELD),
}
_OUT = (S.CHECKED_OUT, S.UNDOING, S.LOANED, S.RENEWING, S.OVERDUE, S.RECALLED, S.RETURNING, S.CHECKING_IN, S.LOST)
_WITHOUT_ITEMS = (S.AWAITING_APPROVAL, S.SEARCHING, S.CHECKING, S.DECIDING, S.OFFERED)
_ACT_OF = {
    S.RESERVING: Act.HOLD,
    S.ARRIVING: Act.ARRIVE,
    S.ARRIVING_TO_SHIP: Act.ARRIVE,
    S.RELEASING: Act.CANCEL_HOLD,
    S.CANCELLING: Act.CANCEL_HOLD,
    S.CHECKING_OUT: Act.CHECKOUT,
    S.UNDOING: Act.CHECKIN,
    S.RENEWING: Act.RENEW,
    S.CHECKING_IN: Act.CHECKIN,
    S.LENDING_AGAIN: Act.CHECKOUT,
}
"""What is under way in the states in which something is."""


def place_in(state: State) -> ItemPlace:
    """Where an item is while its request is in a state."""
    if state in _OUT:
        return ItemPlace.OUT
    if state in (S.COMPLETED, S.CHECKED_IN, S.LENDING_AGAIN):
        return ItemPlace.BACK
    if state is S.CHECKING_OUT:
        return ItemPlace.AT_DESK
    if state in (S.ARRIVING, S.ARRIVING_TO_SHIP):
        return ItemPlace.HELD
    return _IN_HAND.get(state, ItemPlace.CHOSEN)


def request(state: State, **fields: Any) -> Request:
    """A request as it is in a state; where an act is under way there, it was answered and is to be looked at."""
    acting = {"tries": 1, "outcome": Outcome.DONE} if state in _ACT_OF else {}
    out = place_in(state) in (ItemPlace.OUT, ItemPlace.BACK)
    first = item(1, place_in(state), due_at=DUE if out else None, **acting)
    answers = {
        S.UNFILLED: UNFILLED,
        S.RETRY_POSSIBLE: RETRY,
        S.OFFERED: OFFER,
        S.RELEASING: UNFILLED,
        S.DECIDING: SUPPLY,
    }
    return Request(
        **{
            "id": "L2026-000001",
            "role": Role.LENDING,
            "state": state,
            "version": 5,
            "peer": "sample",
            "partner": "sample-city",
            "account": "20000000001234",
            "requesting_agency": "ISIL:EX-SAMPLE",
            "supplying_agency": "ISIL:EX-VALLEY",
            "partner_request_id": "SCL-77",
            "created_at": CREATED,
            "updated_at": AT - timedelta(hours=1),
            "state_since": AT - timedelta(hours=1),
            "wanted": Wanted(title="The Imaginary Almanac"),
            "items": () if state in _WITHOUT_ITEMS else (first,),
            "answer": answers.get(state),
            "last_act": LastAct(by="bob", at=AT - timedelta(hours=1), act="arrived", version=5),
            "expected_at": AT + timedelta(days=2),
            "due_at": DUE if out and state is not S.UNDOING else None,
            "due_expected": CREATED + timedelta(days=LOAN_DAYS),
            "shipped_at": AT - timedelta(days=1) if out else None,
            "resume": S.LOANED if state in (S.RENEWING, *COMING_BACK) else None,
            **fields,
        }
    )


def two_items(state: State, **of_second: Any) -> Request:
    """A request for two items, the second as said."""
    plain = request(state)
    second = msgspec.structs.replace(plain.items[0], copy=copy(2), **of_second)
    return msgspec.structs.replace(plain, items=(*plain.items, second))


def variants(state: State) -> Iterator[Request]:
    """The requests that can be in a state, as far as the table tells them apart."""
    yield request(state)
    yield request(state, candidates=(status(2), status(3)))
    yield from _by_item(state)
    yield from _by_second_item(state)
    yield from (request(state, **fields) for fields in _FIELDS.get(state, ()))


def _by_item(state: State) -> Iterator[Request]:
    """What an act came to so far."""
    if state not in _ACT_OF:
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
    if state in _SECOND_PLACES and state in _ACT_OF:
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
    S.ARRIVED: ({"undone": True},),
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


# ── events ───────────────────────────────────────────────────────────────────────────────────────


def staff(action: StaffAction, **fields: Any) -> StaffActed:
    """What a person does; the copies are those of the barcodes, as dispatch fills them in."""
    numbers = fields.pop("items", ())
    copies = tuple(copy(number) for number in numbers)
    return StaffActed(
        **{
            "at": AT,
            "by": "ada",
            "action": action,
            "item_barcodes": tuple(each.item_barcode for each in copies),
            "copies": copies,
            **fields,
        }
    )


def partner(action: PartnerAction, note: str | None = None, at: datetime = AT) -> PartnerActed:
    return PartnerActed(at=at, by="sample", action=action, note=note)


def performed(act: Act, outcome: Outcome = Outcome.DONE, barcode: str = FIRST, **fields: Any) -> Performed:
    return Performed(at=AT, act=act, item_barcode=barcode, outcome=outcome, **fields)


def looked(act: Act, finding: Finding = Finding.YES, barcode: str = FIRST, **fields: Any) -> Looked:
    return Looked(at=AT, act=act, item_barcode=barcode, finding=finding, **fields)


def fired(clock: Clock, **fields: Any) -> TimerFired:
    return TimerFired(at=AT, clock=clock, **fields)


def sought(after: Clock = Clock.HOLD, *, coming: bool = False) -> ItemSought:
    return ItemSought(
        at=AT, item_barcode=FIRST, coming=coming, after=after, words="By the circulation system it is available."
    )


def told(status: Status, reason: ReasonForMessage = ReasonForMessage.STATUS_CHANGE) -> Told:
    return Told(at=AT, status=status, reason=reason)


def not_told(status: Status, reason: ReasonForMessage = ReasonForMessage.STATUS_CHANGE) -> NotTold:
    return NotTold(at=AT, status=status, reason=reason, words="UnrecognisedDataValue")


def found(*numbers: int, **fields: Any) -> CopiesFound:
    return CopiesFound(at=AT, copies=tuple(copy(number) for number in numbers), **fields)


def checked(answer: Answer, *, auto: bool = True) -> CopiesChecked:
    return CopiesChecked(at=AT, copies=(status(1), status(2)), answer=answer, auto=auto, policy_version=2)


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


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────


def ruling(before: Request | None, event: AnyEvent) -> Decision | Ignored | Refused:
    return decide(LENDING, before, event)


def words_of(row: AnyRow) -> str:
    """Why a row does what it does, or the words in which it refuses."""
    return row.words if isinstance(row, Refusal) else row.why


def decision(before: Request | None, event: AnyEvent) -> Decision:
    """What the lending table decides, where it decides."""
    answer = ruling(before, event)
    assert isinstance(answer, Decision), answer
    return answer


def tells(effects: tuple[AnyEffect, ...]) -> list[Tell]:
    return [effect for effect in effects if isinstance(effect, Tell)]
