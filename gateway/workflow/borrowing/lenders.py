"""Whom to ask: the rota, one partner at a time (ill.md, duty 1), and the terms of the one that is asked."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.iso18626.codes import Action, RequestType, ServiceType
from gateway.workflow.borrowing import ask, keep, returns
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing_events import LateHeard, LenderSaid, RotaMade
from gateway.workflow.borrowing_records import LenderLine, Unaccepted
from gateway.workflow.effects import HearLate, MakeRota, SendAction, SendRequest
from gateway.workflow.events import StaffActed


def make_rota(draft: BorrowingDraft, event: object) -> None:
    """Put the partners into their order; those who were asked already are left out."""
    draft.withdraw(MakeRota.sole_key(), HearLate.sole_key())
    draft.emit(MakeRota())


def keep_rota(draft: BorrowingDraft, event: RotaMade | LateHeard) -> None:
    """Keep the order."""
    draft.borrow(lenders=event.lenders)


LATE_S: Final = 20.0
"""By then a catalogue that was slow has answered, or is silent."""


def hear_late(draft: BorrowingDraft, event: RotaMade) -> None:
    """Where a catalogue was late, look again a little later."""
    if event.is_early:
        draft.emit(HearLate(delay_s=LATE_S))


def take_back_first(draft: BorrowingDraft, event: LateHeard) -> None:
    """The one whose request has not been sent is not asked after all: where sending it has begun, it is too late."""
    draft.must_withdraw.append(SendRequest.key_of(RequestType.NEW))
    draft.borrow(asked=draft.request.borrowed.asked[:-1])


def keep_others(draft: BorrowingDraft, event: LateHeard) -> None:
    """Keep the order of those who come after the one that is asked now."""
    draft.borrow(lenders=tuple(line for line in event.lenders if line.partner != event.unsent))


def ask_next(draft: BorrowingDraft, event: object) -> None:
    """Ask the next in the order, with a number of its own."""
    first, *rest = draft.request.borrowed.lenders
    draft.borrow(lenders=tuple(rest))
    _ask(draft, first, RequestType.NEW)


def keep_unaccepted(draft: BorrowingDraft, event: StaffActed) -> None:
    """Keep how it stands before our yes, which can be undone for as long as was asked."""
    request, borrowed = draft.request, draft.request.borrowed
    before = Unaccepted(
        until=draft.at + timedelta(seconds=event.undo_s),
        lender_request_id=borrowed.lender_request_id,
        supplier=borrowed.supplier,
        passed_on_from=borrowed.passed_on_from,
        max_cost=request.max_cost,
        record_id=request.wanted.record_id,
        service=request.service,
    )
    draft.borrow(unaccepted=before if event.undo_s else None)


def ask_again(draft: BorrowingDraft, event: LenderSaid | StaffActed) -> None:
    """Accept what the lender offered: the same one, with a Retry that names the number before (iso18626.md)."""
    borrowed = draft.request.borrowed
    terms = borrowed.terms
    undo_s, before = (event.undo_s, borrowed.unaccepted) if isinstance(event, StaffActed) else (0.0, None)
    if terms is not None and terms.cost is not None:
        draft.set(max_cost=terms.cost)
    if terms is not None and terms.record_id is not None:
        draft.set(wanted=msgspec.structs.replace(draft.request.wanted, record_id=terms.record_id))
    if terms is not None and terms.as_loan:
        draft.set(service=ServiceType.LOAN)
    _ask(draft, borrowed.lender, RequestType.RETRY, delay_s=undo_s, terms=terms, unaccepted=before)


def return_to_lender(draft: BorrowingDraft, event: object) -> None:
    """Ask the one again that comes first of those that said “not now”: with a Retry that names the attempt of then."""
    borrowed = draft.request.borrowed
    first = returns.first(borrowed)
    draft.borrow(returns=tuple(each for each in borrowed.returns if each is not first))
    _ask(draft, borrowed.asked[first.attempt - 1], RequestType.RETRY, previous=first.attempt)


def give_days(draft: BorrowingDraft, event: RotaMade) -> None:
    """Those that named no day get one; whom we have asked often enough is staff's to ask."""
    borrowed = draft.request.borrowed
    days = {each.attempt: returns.day_of(borrowed, each, event) for each in borrowed.returns}
    draft.borrow(returns=tuple(msgspec.structs.replace(each, after=days[each.attempt]) for each in borrowed.returns))


def pass_on(draft: BorrowingDraft, event: object) -> None:
    """Behind a broker: Cancel for the supplier that has it, and the broker asks its next (iso18626.md).

    It waits for our word where it has offered something: the answer goes with the Cancel.
    """
    borrowed = draft.request.borrowed
    draft.emit(
        SendAction(
            action=Action.CANCEL,
            attempt=borrowed.attempt,
            lender=borrowed.lender,
            supplier=borrowed.supplier,
            accepted=False if borrowed.offered_in_words else None,
        )
    )
    left = {"supplier": None, "lender_request_id": None, "terms": None, "offered_in_words": False}
    draft.borrow(passed_on_from=borrowed.supplier, **left)


def remind(draft: BorrowingDraft, event: StaffActed) -> None:
    """Say the request once more to the lender that has it: it answers where it stands, and begins no new work."""
    borrowed = draft.request.borrowed
    reminder = SendRequest(kind=RequestType.REMINDER, attempt=borrowed.attempt, lender=borrowed.lender)
    draft.withdraw(reminder.key)
    draft.emit(reminder)
    keep.needs_retry(draft)


def _ask(
    draft: BorrowingDraft,
    lender: LenderLine,
    kind: RequestType,
    *,
    previous: int | None = None,
    delay_s: float = 0.0,
    **kept: Any,
) -> None:
    borrowed = draft.request.borrowed
    asked = (*borrowed.asked, lender)
    fresh: dict[str, Any] = {
        "sent_by": None,
        "lender_request_id": None,
        "called_off": False,
        "terms": None,
        "offered_in_words": False,
        "unaccepted": None,
        "promise_crossed": False,
        "refused_late": False,
        "supplier": None,
        "passed_on_from": None,
        "status_requests": 0,
        "recalled_at": None,
    }
    draft.borrow(asked=asked, **fresh | kept)
    draft.set(peer=lender.peer, partner=lender.partner, supplying_agency=lender.agency, known_there=False)
    draft.emit(SendRequest(kind=kind, attempt=len(asked), lender=lender, previous=previous, delay_s=delay_s))
    still_late(draft, None)


def still_late(draft: BorrowingDraft, event: object) -> None:
    """Past the day on which the customer needs it staff are asked anew: the task of the state before has ended with it."""
    if draft.request.need_before is not None and draft.at > draft.request.need_before:
        ask.deadline(draft, event)


def keep_terms(draft: BorrowingDraft, event: LenderSaid) -> None:
    """Keep what the lender offers, and by which kind of message it is to be answered."""
    draft.borrow(terms=event.terms, offered_in_words=event.says.name == "CONDITION")


def call_off(draft: BorrowingDraft, event: object) -> None:
    """The customer does not want it any more."""
    draft.borrow(called_off=True)
