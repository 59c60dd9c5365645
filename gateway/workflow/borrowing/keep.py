"""What is known now: what the lender said, and what we told it."""

from gateway.workflow.borrowing import guards
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing_events import LenderSaid, NeverAsked, Sent
from gateway.workflow.borrowing_records import LenderHeard, Return
from gateway.workflow.events import StaffActed, TimerFired
from gateway.workflow.tasks import TaskKind
from gateway.workflow.words import within

_WAY_BACK = (TaskKind.LENDER_OVERDUE, TaskKind.LENDER_RECALLS, TaskKind.DUE_TOO_LATE, TaskKind.HOLD_RETURN)
"""What staff are told of when it is to go back."""


def heard(draft: BorrowingDraft, event: object) -> None:
    """The lender speaks of it: it has the request, whatever became of our messages."""
    draft.set(known_there=True)
    draft.borrow(supplier=guards.supplier_of(draft.request, event))


def refused_late(draft: BorrowingDraft, event: object) -> None:
    """It refuses what it may have taken before."""
    draft.borrow(refused_late=True)


def lender_number(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender's own number, once it says it: both are sent from then on (iso18626.md, "Ids")."""
    heard(draft, event)
    if event.lender_request_id and event.lender_request_id != draft.request.borrowed.lender_request_id:
        draft.borrow(lender_request_id=event.lender_request_id)


def sender(draft: BorrowingDraft, event: LenderSaid) -> None:
    """Whoever sends it has the request, even one that we had left."""
    borrowed = draft.request.borrowed
    if event.attempt == borrowed.attempt:
        return
    line = borrowed.asked[event.attempt - 1]
    is_last = event.attempt == len(borrowed.asked)
    draft.borrow(sent_by=None if is_last else event.attempt, lender_request_id=None, terms=None, recalled_at=None)
    draft.borrow(supplier=None, passed_on_from=None)
    draft.set(peer=line.peer, partner=line.partner, supplying_agency=line.agency)


def never_asked(draft: BorrowingDraft, event: NeverAsked) -> None:
    """Its lender has heard nothing of the attempt, and need hear nothing."""
    before = draft.request.borrowed.never_asked
    draft.borrow(never_asked=(*before, *({event.attempt} - {*before})))


def sent_as_well(draft: BorrowingDraft, event: LenderSaid) -> None:
    """A lender whom we had left has sent one too, however often it says so."""
    borrowed = draft.request.borrowed
    if event.attempt not in borrowed.sent_as_well:
        draft.borrow(sent_as_well=(*borrowed.sent_as_well, event.attempt))


def others_gone_back(draft: BorrowingDraft, event: StaffActed) -> None:
    """What lenders whom we had left sent is on its way back to them."""
    borrowed = draft.request.borrowed
    draft.borrow(others_returned=(*borrowed.others_returned, *borrowed.sent_as_well), sent_as_well=())
    draft.close(TaskKind.CONTRADICTION)


def asked_status(draft: BorrowingDraft, event: object) -> None:
    """Where it stands was asked once more."""
    draft.borrow(status_requests=draft.request.borrowed.status_requests + 1)


def not_now(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender can be asked again, on the day that it named or when staff say so."""
    after = event.retry_after if event.retry_after is not None and event.retry_after > draft.at else None
    borrowed = draft.request.borrowed
    draft.borrow(returns=(*borrowed.returns, Return(attempt=borrowed.attempt, after=after, at=draft.at)))


def heard_of(draft: BorrowingDraft, event: object) -> None:
    """What the lender said that is left now, or that it said nothing; one that is silent can be asked again when nobody is left."""
    borrowed = draft.request.borrowed
    words = _said(event)
    if not words or not borrowed.asked:
        return
    draft.borrow(heard=(*borrowed.heard, LenderHeard(partner=borrowed.lender.partner, words=words, at=draft.at)))
    if isinstance(event, TimerFired):
        draft.borrow(returns=(*borrowed.returns, Return(attempt=borrowed.attempt, at=draft.at, silent=True)))


def _said(event: object) -> str:
    if isinstance(event, LenderSaid):
        return f"{event.says}, {within(event.reason)}" if event.reason else event.says.value
    return "no answer" if isinstance(event, TimerFired) else ""


def crossed(draft: BorrowingDraft, event: LenderSaid) -> None:
    """It has promised what we cancel: its promise and our Cancel have crossed, or it has not minded Cancel."""
    draft.borrow(promise_crossed=True)


def not_crossed(draft: BorrowingDraft, event: object) -> None:
    """It is told Cancel once more, after its promise."""
    draft.borrow(promise_crossed=False)


def shipped(draft: BorrowingDraft, event: LenderSaid) -> None:
    """What Loaned says: when it is due, which items, where they go back to, under which terms."""
    lender_number(draft, event)
    borrowed = draft.request.borrowed
    draft.borrow(
        terms=event.terms or borrowed.terms,
        lender_items=event.lender_items or borrowed.lender_items,
        return_to=event.return_to or borrowed.return_to,
        return_name=event.return_name or borrowed.return_name,
        link=event.link or borrowed.link,
    )
    draft.set(due_at=event.due_at or draft.request.due_at, shipped_at=draft.request.shipped_at or draft.at)


def received(draft: BorrowingDraft, event: StaffActed) -> None:
    """It is here; of repeated scans the first counts."""
    draft.set(received_at=draft.request.received_at or draft.at)
    draft.close(TaskKind.NOT_RECEIVED)


def renewal_asked(draft: BorrowingDraft, event: object) -> None:
    """An answer is due."""
    draft.borrow(renewal_asked_at=draft.at)


def renewed(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender's new due date."""
    draft.borrow(renewal_asked_at=None)
    draft.set(due_at=event.due_at or draft.request.due_at, renewals=draft.request.renewals + 1, renewed_at=draft.at)
    draft.close(TaskKind.LENDER_OVERDUE, TaskKind.RENEWAL_SILENT)


def not_renewed(draft: BorrowingDraft, event: object) -> None:
    """The due date stays."""
    draft.borrow(renewal_asked_at=None)
    draft.close(TaskKind.RENEWAL_SILENT)


def recalled(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender wants it back."""
    draft.borrow(recalled_at=draft.request.borrowed.recalled_at or draft.at)
    draft.set(due_at=event.due_at or draft.request.due_at)


def later_date(draft: BorrowingDraft, event: LenderSaid) -> None:
    """What is overdue was due at a later date than we know of: the loan's date follows."""
    if guards.gave_more_time(draft.request, event):
        draft.set(due_at=event.due_at)


def return_held(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender does not want it back yet."""
    draft.set(return_held=True)


def return_released(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender wants it back after all."""
    draft.set(return_held=False)
    draft.close(TaskKind.HOLD_RETURN)


def price(draft: BorrowingDraft, event: LenderSaid) -> None:
    """What the lender wants for what it does not get back."""
    draft.borrow(terms=event.terms or draft.request.borrowed.terms)


def time_to_undo(draft: BorrowingDraft, event: StaffActed) -> None:
    """For how long what is said at the end of the act waits."""
    draft.set(undo_s=event.undo_s)


def returned(draft: BorrowingDraft, event: object) -> None:
    """It is on its way back; of repeated scans the first counts."""
    draft.set(returned_at=draft.request.returned_at or draft.at)
    draft.close(*_WAY_BACK)


def told(draft: BorrowingDraft, event: object) -> None:
    """It got through; a lender that takes an action knows the request."""
    draft.close(TaskKind.NOT_TOLD)
    if isinstance(event, Sent) and guards.is_action_current(draft.request, event):
        heard(draft, event)


def yes_is_told(draft: BorrowingDraft, event: Sent) -> None:
    """The lender has what accepts its terms, or what stood behind it: nobody takes that back any more."""
    if event.attempt == draft.request.borrowed.attempt:
        draft.borrow(unaccepted=None)


def needs_retry(draft: BorrowingDraft) -> None:
    """More is said under the number of a Retry that waits: without the Retry the lender would not know it, so it is not taken back any more."""
    if not draft.request.borrowed.offered_in_words:
        draft.borrow(unaccepted=None)


def over(draft: BorrowingDraft, event: object) -> None:
    """Nobody need look for it any more."""
    draft.close(TaskKind.NOT_RECEIVED, TaskKind.NOT_RETURNED, *_WAY_BACK)
