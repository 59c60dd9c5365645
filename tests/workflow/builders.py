"""Requests in each state and single events for tests of the lending table, fully filled and fictional."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.workflow.effects import AnyEffect, Tell
from gateway.workflow.events import (
    AnyEvent,
    CopiesChecked,
    CopiesFound,
    ItemSought,
    Looked,
    NotTold,
    PartnerActed,
    PartnerAction,
    Performed,
    RequestArrived,
    StaffActed,
    TimerFired,
    Told,
)
from gateway.workflow.lending.groups import COMING_BACK
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import ActRefusal, AnyRow, Decision, Ignored, Refused, decide
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
from gateway.workflow.triggers import Admission, StaffAction
from gateway.workflow.values import Money, PostalAddress, Wanted

S = State
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
ACT_OF = {
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
    acting = {"tries": 1, "outcome": Outcome.DONE} if state in ACT_OF else {}
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


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────


def ruling(before: Request | None, event: AnyEvent) -> Decision | Ignored | Refused:
    return decide(LENDING, before, event)


def words_of(row: AnyRow) -> str:
    """Why a row does what it does, or the words in which it refuses."""
    return row.words if isinstance(row, ActRefusal) else row.why


def decision(before: Request | None, event: AnyEvent) -> Decision:
    """What the lending table decides, where it decides."""
    answer = ruling(before, event)
    assert isinstance(answer, Decision), answer
    return answer


def tells(effects: tuple[AnyEffect, ...]) -> list[Tell]:
    return [effect for effect in effects if isinstance(effect, Tell)]
