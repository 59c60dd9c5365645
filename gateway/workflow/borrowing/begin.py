"""A customer asks: the request that comes of it, what is looked at before it goes out, and what staff set aside."""

from gateway.workflow.acts import deadline
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing_events import CustomerAsked, RotaMade, Vetted
from gateway.workflow.borrowing_records import OF_THE_CUSTOMER, Borrowing, Concern
from gateway.workflow.effects import HearLate, MakeRota, Vet
from gateway.workflow.events import StaffActed
from gateway.workflow.records import Request, Role, State


def begin(event: CustomerAsked) -> Request:
    """Make the request; nobody is asked yet, so it has neither peer nor supplying agency."""
    return Request(
        id=event.request,
        role=Role.BORROWING,
        state=State.VETTING,
        peer="",
        requesting_agency=event.agency,
        supplying_agency="",
        partner_request_id=event.request,
        created_at=event.at,
        updated_at=event.at,
        state_since=event.at,
        service=event.service,
        level=event.level,
        need_before=event.need_before,
        wanted=event.wanted,
        note=event.note,
        max_cost=event.max_cost,
        deliver_to=event.deliver_to,
        deliver_by_mail_to=event.deliver_by_mail_to,
        borrowing=Borrowing(
            pickup_branch=event.pickup_branch,
            copyright=event.copyright,
            any_edition=event.any_edition,
            waived=event.waived,
            at_desk=event.at_desk,
        ),
    )


def vet(draft: BorrowingDraft, event: object) -> None:
    """Look whether it may go out, once more as from nothing: what staff set aside stays set aside."""
    draft.withdraw(Vet.sole_key(), HearLate.sole_key())
    draft.emit(Vet())
    draft.borrow(doubts=())
    deadline.start_deadline(draft, event)


def for_another_card(draft: BorrowingDraft, event: StaffActed) -> None:
    """It is another customer's: what staff set aside about the one before counts no more. The card itself is the store's."""
    waived = tuple(concern for concern in draft.request.borrowed.waived if concern not in OF_THE_CUSTOMER)
    draft.withdraw(MakeRota.sole_key())
    draft.borrow(waived=waived, card_corrected=True)


def for_another_work(draft: BorrowingDraft, event: StaffActed) -> None:
    """Staff say which work is meant: what they set aside about the one before counts no more. What was ordered is kept as it came."""
    borrowed = draft.request.borrowed
    waived = tuple(concern for concern in borrowed.waived if concern in _WHATEVER_THE_WORK)
    draft.withdraw(MakeRota.sole_key())
    draft.borrow(waived=waived, written=borrowed.written or draft.request.wanted, differs=())
    draft.set(wanted=event.wanted)


_WHATEVER_THE_WORK = frozenset({Concern.CUSTOMER, Concern.NOTE})


def keep_doubts(draft: BorrowingDraft, event: Vetted | RotaMade) -> None:
    """Keep what stands in the way."""
    draft.borrow(doubts=event.doubts)


def complete(draft: BorrowingDraft, event: RotaMade) -> None:
    """A catalogue that has its number adds what the order left out; what was written stays, and is kept as it came."""
    borrowed = draft.request.borrowed
    if event.completed is not None:
        draft.borrow(written=borrowed.written or draft.request.wanted)
        draft.set(wanted=event.completed)
    if event.described_by is not None:
        draft.borrow(differs=event.differs)


def set_aside(draft: BorrowingDraft, event: StaffActed) -> None:
    """Staff have decided: it goes out all the same. Their reason is in the history.

    What they write in place of a note that told of the customer goes to the lender instead of it.
    """
    borrowed = draft.request.borrowed
    if event.note and any(doubt.concern is Concern.NOTE for doubt in borrowed.doubts):
        draft.set(note=event.note)
    concerns = (doubt.concern for doubt in borrowed.doubts)
    draft.borrow(waived=tuple(dict.fromkeys((*borrowed.waived, *concerns))), doubts=())
