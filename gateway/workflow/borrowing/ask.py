"""What staff are asked: a task for everything that only a person can do."""

from collections.abc import Iterator

from gateway.workflow.acts.asking import note_of, task
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing.dues import TRANSIT, latest_return
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSaid, NoBarcode, RotaMade, Unsent, Vetted
from gateway.workflow.borrowing_records import Concern, LoanTerms
from gateway.workflow.machine import Action
from gateway.workflow.records import Item
from gateway.workflow.tasks import TaskKind

_KIND_OF = {
    Concern.CUSTOMER: TaskKind.CUSTOMER_BLOCKED,
    Concern.DUPLICATE: TaskKind.DUPLICATE,
    Concern.OWNED: TaskKind.OWNED,
    Concern.COPYRIGHT: TaskKind.COPYRIGHT,
    Concern.NOTE: TaskKind.NOTE_TELLS,
    Concern.WORK: TaskKind.WORK_UNCLEAR,
}


def about_doubts(draft: BorrowingDraft, event: Vetted | RotaMade) -> None:
    """One task for each thing that stands in the way."""
    for doubt in event.doubts:
        draft.open(_KIND_OF[doubt.concern], doubt.words)


def _terms(terms: LoanTerms | None) -> Iterator[str]:
    if terms is not None and terms.cost is not None:
        yield f"The lender asks for {terms.cost.amount} {terms.cost.currency}."
    if terms is not None and terms.conditions:
        yield f"Its conditions: {', '.join(terms.conditions)}."
    if terms is not None and terms.record_id:
        yield f"The record to ask for instead: {terms.record_id}."
    if terms is not None and terms.as_loan:
        yield "It would lend it."


def _offered(terms: LoanTerms | None, note: str | None) -> str:
    return " ".join((*_terms(terms), *([f"The lender writes: {note}"] if note else [])))


def _heard(event: object) -> str:
    if isinstance(event, LenderSaid):
        return _offered(event.terms, event.note)
    return event.words if isinstance(event, NoBarcode | Unsent | RotaMade) else ""


def _task(kind: TaskKind, words: str) -> Action:
    return task(kind, words, _heard)


def no_lender(draft: BorrowingDraft, event: object) -> None:
    """Nobody is left: what each lender said, and when."""
    said = _asked_so_far(draft)
    words = "Add one and search again, or tell the customer and answer unfilled."
    draft.open(
        TaskKind.NO_LENDER, f"No lender is left to ask for {_work(draft)}.{said} {words} {_heard(event)}".strip()
    )


def deadline(draft: BorrowingDraft, event: object) -> None:
    """The day on which the customer needs it has passed, or it has been asked for for long: the customer says whether it is still wanted."""
    needed, ordered = draft.request.need_before, draft.request.created_at
    since = f"The customer needed it by {draft.day(needed)}" if needed else f"It was ordered on {draft.day(ordered)}"
    draft.open(
        TaskKind.PAST_DEADLINE,
        f"{since}, and no lender has sent {_work(draft)} yet.{_asked_so_far(draft)} Ask the customer whether "
        "it is still wanted, and call it off if not.",
    )


def _asked_so_far(draft: BorrowingDraft) -> str:
    heard = "; ".join(f"{each.partner}: {each.words} ({draft.day(each.at)})" for each in draft.request.borrowed.heard)
    return f" Asked so far: {heard}." if heard else ""


def _work(draft: BorrowingDraft) -> str:
    wanted = draft.request.wanted
    author = f" by {wanted.author}" if wanted.author else ""
    return f"“{wanted.title or wanted.article_title or 'a work without a title'}”{author}"


_ASKS_FOR = "The lender asks for something: accept, or ask the next lender."
_SUGGESTS = "The lender can't supply what was asked, and suggests something else: accept, or ask the next lender."
conditions = _task(TaskKind.CONDITIONS, _ASKS_FOR)
suggestion = _task(TaskKind.CONDITIONS, _SUGGESTS)
silent = _task(TaskKind.LENDER_SILENT, "The lender could not be asked where the request stands: ask by other means.")
over_unseen = _task(
    TaskKind.CONTRADICTION, "The lender says that the loan is over, but it never came. Find out what became of it."
)
not_cancelled = _task(TaskKind.CONTRADICTION, "The customer does not want it any more, but the lender sends it.")


def two_sent(draft: BorrowingDraft, event: LenderSaid) -> None:
    """A second one is on its way, from a lender whom we had left."""
    lender = draft.request.borrowed.asked[event.attempt - 1].partner
    draft.open(
        TaskKind.CONTRADICTION,
        f"A lender that we had left, {lender}, sends it as well. When its parcel comes, send that one back and say so here.",
    )


two_copies = _task(
    TaskKind.CONTRADICTION, "A lender that we had left has sent a copy as well. Nothing of it goes back."
)
former_sent = _task(
    TaskKind.CONTRADICTION,
    "A lender that we had left sends it after all: it is the one that is waited for now, and the other is told Cancel.",
)
sent_after_all = _task(
    TaskKind.CONTRADICTION,
    "Nobody waited for it any more, and a lender has sent it all the same. Receive it when it comes; then send it back, or let "
    "the customer have it.",
)
sent_unasked = _task(
    TaskKind.CONTRADICTION,
    "The lender has sent it although the customer has our own copy. Receive it, and send it back.",
)
closed_early = _task(
    TaskKind.CONTRADICTION, "The lender says that it has the item back, but it is here. Find out where it is."
)
not_received = _task(TaskKind.NOT_RECEIVED, "The lender has sent it, but it has not come.")
not_sent_yet = _task(TaskKind.NOT_RECEIVED, "The lender promised it long ago and has not sent it; it was asked.")
not_returned = _task(TaskKind.NOT_RETURNED, "Sent back, but the lender has not confirmed that it came.")
place_hold = _task(
    TaskKind.PLACE_HOLD, "The customer's hold could not be placed. Place it in the ILS at the pickup branch and say so."
)
place_hold_still = _task(
    TaskKind.PLACE_HOLD,
    "By word of staff the customer's hold was placed, but the circulation system shows none. Place it in the ILS at the pickup "
    "branch and say so.",
)
cancel_hold_still = _task(
    TaskKind.CANCEL_HOLD,
    "By word of staff the customer's hold was taken off, but the circulation system shows it still. Take it off in the ILS and "
    "say so.",
)
find_hold = _task(
    TaskKind.PLACE_HOLD,
    "It can't be told whether the customer's hold stands. Look in the ILS, place it at the pickup branch only if it is not "
    "there, and say so.",
)
find_receipt = _task(
    TaskKind.RECEIVE,
    "It can't be told whether the item is kept for the customer. Look in the ILS, check it in there if it is not, and say so.",
)
trapped = _task(
    TaskKind.TRAPPED,
    "It was trapped for somebody else, who has a hold on its barcode. Take that hold off in the ILS or move it to another "
    "item, and try again; or put another barcode on the item and receive it with that.",
)
lent_at_receipt = _task(
    TaskKind.TRAPPED,
    "The ILS shows its barcode on loan to somebody. Find out why and end that loan in the ILS, and try again; or put another "
    "barcode on the item and receive it with that.",
)
lent_at_return = _task(
    TaskKind.CONTRADICTION,
    "It goes back to the lender, but the ILS shows its barcode on loan to somebody else. Find out why, and end that loan in the "
    "ILS.",
)
trapped_at_return = _task(
    TaskKind.STRAY_HOLD,
    "As it was checked in for the lender it was trapped for somebody's hold on its barcode. Take that hold off in the ILS; the "
    "item goes back to the lender.",
)
with_another = _task(
    TaskKind.CONTRADICTION,
    "The ILS has lent it to somebody, and it is not among our customer's loans. Get it back, or lend it to our customer in the "
    "ILS.",
)
receive = _task(
    TaskKind.RECEIVE, "The check-in at the desk did not trap it for the customer. Check it in in the ILS and say so."
)
barcodes = _task(TaskKind.BARCODES, "Put a barcode on the item that the ILS knows, and receive it again with that.")
cancel_hold = _task(
    TaskKind.CANCEL_HOLD, "The customer's hold is not known to be off. Take it off in the ILS and say so."
)
find_check_in = _task(
    TaskKind.CHECK_IN,
    "It can't be told whether it was checked in. Look in the ILS, check it in there if it was not, and say so.",
)
check_in = _task(TaskKind.CHECK_IN, "The check-in was not done. Check it in in the ILS and say so.")


def overdue(draft: BorrowingDraft, event: LenderSaid) -> None:
    """The lender misses it, by the date that it names."""
    due = f" Due there on {draft.day(event.due_at)}." if event.due_at else ""
    words = f"The lender says that it is overdue: see that it goes back, or ask for a renewal.{due} {_heard(event)}"
    draft.open(TaskKind.LENDER_OVERDUE, words.strip())


recalled = _task(TaskKind.LENDER_RECALLS, "The lender wants it back: get it from the customer.")
not_renewed = _task(TaskKind.READ_NOTE, "The lender does not renew: it is due as before.")
hold_return = _task(
    TaskKind.HOLD_RETURN, "The lender asks us to keep it for now: do not send it back before it says that it may come."
)
renewal_silent = _task(
    TaskKind.RENEWAL_SILENT, "The lender has not answered the renewal. By custom that grants it; make sure."
)
renew_here = _task(
    TaskKind.RENEW_HERE, "The lender renewed; here the renewal is not known to be done. Renew it in the ILS."
)


hand_over = _task(TaskKind.HAND_OVER, "The copy is here or on its way: hand it over to the customer.")
price = _task(TaskKind.PRICE, "Lost, or not to be returned: set the lender's price in the ILS, or ask for it.")
not_told = _task(TaskKind.NOT_TOLD, "The lender did not take a message of ours.")
read_note = note_of("The lender")
not_told_yet = _task(TaskKind.NOT_TOLD, "The lender can't be told at the moment; trying goes on.")
not_told_cancel = _task(
    TaskKind.NOT_TOLD,
    "The lender can't be told Cancel at the moment; trying goes on. Nobody else is asked before it has heard: tell it by other"
    " means and say so.",
)


def few_barcodes(draft: BorrowingDraft, event: BarcodeAssigned) -> None:
    """The pool runs low by the barcode that this request takes."""
    if event.words:
        draft.open(TaskKind.FEW_BARCODES, f"{event.words} Have more made and add them to the pool.")


def conditions_again(draft: BorrowingDraft, event: object) -> None:
    """The same as before they were accepted."""
    borrowed = draft.request.borrowed
    terms = borrowed.terms
    asks_for = borrowed.offered_in_words or terms is None or terms.cost is not None or bool(terms.conditions)
    heard = _offered(terms, terms.note if terms else None)
    draft.open(TaskKind.CONDITIONS, f"{_ASKS_FOR if asks_for else _SUGGESTS} {heard}".strip())


def due_too_late(draft: BorrowingDraft, event: object) -> None:
    """Our due date and the lender's, where the customer has longer than brings it back in time (ill.md, "As borrower")."""
    lenders = draft.request.due_at
    late = [item for item in draft.request.items if lenders is not None and _is_late(item, draft)]
    for item in late:
        assert lenders is not None, "only then is one late"
        words = (
            f"{_work(draft)} ({item.barcode}) is due here {draft.day(item.due_at)}. The lender wants it on {draft.day(lenders)}, and the way "
            f"back takes {TRANSIT.days} days: set the date in the ILS to {draft.day(latest_return(lenders))} and say so, or ask the lender "
            "for more time."
        )
        draft.open(TaskKind.DUE_TOO_LATE, words)
    if not late:
        draft.close(TaskKind.DUE_TOO_LATE)


def _is_late(item: Item, draft: BorrowingDraft) -> bool:
    due_at = draft.request.due_at
    return item.due_at is not None and due_at is not None and item.due_at > latest_return(due_at)


def call_off_refused(draft: BorrowingDraft, event: LenderSaid) -> None:
    """Only where the customer does not want it."""
    if draft.request.borrowed.called_off:
        not_cancelled(draft, event)
