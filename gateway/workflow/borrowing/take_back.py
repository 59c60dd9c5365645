"""Work taken back: what is no longer wanted, and what a person undoes in time."""

import msgspec

from gateway.iso18626.codes import Action as Iso
from gateway.iso18626.codes import RequestType
from gateway.workflow.borrowing import clocks
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.effects import HearLate, MakeRota, SendAction, SendRequest, StartTimer, Vet
from gateway.workflow.records import Clock


def stop_asking(draft: BorrowingDraft, event: object) -> None:
    """Nobody is to be asked any more."""
    draft.withdraw(Vet.sole_key(), MakeRota.sole_key(), HearLate.sole_key(), StartTimer.key_of(Clock.DEADLINE))
    clocks.stop_lender(draft, event)


def cancel(draft: BorrowingDraft, event: object) -> None:
    """Take Cancel back: where it has begun, it is too late. The customer wants it again."""
    draft.must_withdraw.append(SendAction.key_of(Iso.CANCEL))
    draft.borrow(called_off=False)


def yes(draft: BorrowingDraft, event: object) -> None:
    """A yes that has not been said is not meant for what comes now: other terms, or nothing more of this lender."""
    draft.withdraw(SendAction.YES)
    draft.borrow(unaccepted=None)


def accepted(draft: BorrowingDraft, event: object) -> None:
    """Take our yes to the lender's terms back: where it has begun, it is too late. The request stands as it did before."""
    borrowed, before = draft.request.borrowed, draft.request.borrowed.unaccepted
    if borrowed.offered_in_words:
        draft.must_withdraw.append(SendAction.YES)
        draft.borrow(unaccepted=None)
        return
    assert before is not None, "only then it can be undone"
    draft.must_withdraw.append(SendRequest.key_of(RequestType.RETRY))
    draft.borrow(
        asked=borrowed.asked[:-1],
        unaccepted=None,
        lender_request_id=before.lender_request_id,
        supplier=before.supplier,
        passed_on_from=before.passed_on_from,
    )
    wanted = msgspec.structs.replace(draft.request.wanted, record_id=before.record_id)
    draft.set(wanted=wanted, max_cost=before.max_cost, service=before.service, known_there=True)


def received(draft: BorrowingDraft, event: object) -> None:
    """Take Received back: where it has begun, it is too late."""
    draft.must_withdraw.append(SendAction.key_of(Iso.RECEIVED))
    draft.set(received_at=None)


def shipped_return(draft: BorrowingDraft, event: object) -> None:
    """Take ShippedReturn back: where it has begun, it is too late."""
    draft.must_withdraw.append(SendAction.key_of(Iso.SHIPPED_RETURN))
    draft.set(returned_at=None)


def say_again(draft: BorrowingDraft, event: object) -> None:
    """One message is enough: the one that has not begun goes."""
    draft.withdraw(SendAction.key_of(Iso.SHIPPED_RETURN))
