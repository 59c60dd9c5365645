"""What staff are asked: a task for everything that only a person can do."""

from gateway.workflow.events import Differs, Looked, NotTold, PartnerActed, Stuck
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import TaskKind


def _task(kind: TaskKind, words: str) -> Action:
    def ask(draft: Draft, event: object) -> None:
        said = _words_of(draft, event)
        draft.open(kind, f"{words} {said}".strip())

    ask.__doc__ = f"Ask staff: {kind}."
    return ask


def _words_of(draft: Draft, event: object) -> str:
    """What there is to say beyond the task's own words: the circulation system's, the partner's."""
    if isinstance(event, Looked):
        item = draft.request.item(event.item_barcode)
        said = item.outcome_words if item else ""
        return " ".join(part for part in (f"Item {event.item_barcode}.", said, event.words) if part)
    if isinstance(event, PartnerActed):
        return event.note or ""
    if isinstance(event, NotTold | Stuck | Differs):
        return event.words
    return ""


place_hold = _task(
    TaskKind.PLACE_HOLD, "The hold could not be placed. Place it in the ILS and say so, or answer otherwise."
)
cancel_hold = _task(TaskKind.CANCEL_HOLD, "The hold could not be taken off. Take it off in the ILS and say so.")
cancel_hold_still = _task(
    TaskKind.CANCEL_HOLD,
    "Cancelled by the partner; the hold is not known to be off. Take it off in the ILS and say so.",
)
stray_hold = _task(TaskKind.STRAY_HOLD, "A hold may be left that nobody wants any more. Take it off in the ILS.")
check_out = _task(
    TaskKind.CHECK_OUT,
    "The checkout was refused. Clear the block and ship again, or check it out in the ILS and say so.",
)
check_in = _task(TaskKind.CHECK_IN, "The check-in was not done. Check it in in the ILS and say so.")
renew = _task(
    TaskKind.RENEW, "The renewal is not known to be done. Look in the ILS, renew it there if you grant it, and say."
)
find_out = _task(TaskKind.FIND_OUT, "It can't be told whether this was done. Look in the ILS and say.")
trapped = _task(TaskKind.TRAPPED, "The item was trapped for somebody else. Decide which comes first.")
pull = _task(TaskKind.CANNOT_FIND, "The item has not come to the desk yet.")
due_date = _task(
    TaskKind.DUE_DATE, "The circulation system's due date is not the policy's. Check it before the partner is told."
)
not_told = _task(TaskKind.NOT_TOLD, "The partner could not be told.")
checked_out_not_told = _task(
    TaskKind.NOT_TOLD, "Checked out, not told: the partner has not heard that the item is on its way."
)
not_received = _task(TaskKind.NOT_RECEIVED, "Shipped, but the partner has not said that it arrived.")
not_returned = _task(TaskKind.NOT_RETURNED, "The partner sent it back, but it has not come.")
bill = _task(TaskKind.BILL, "Long overdue or lost: to be billed.")
deadline = _task(TaskKind.PAST_DEADLINE, "The time for this request is over and it is not answered yet.")
contradiction = _task(
    TaskKind.CONTRADICTION, "The partner's message does not fit what we know. Find out where the item is."
)
sent_on = _task(TaskKind.SENT_ON, "The partner sent the item on to another library.")
hold_gone = _task(TaskKind.CONTRADICTION, "The hold is off, although the item is promised. Place it again, or go on.")
out_after_all = _task(
    TaskKind.CONTRADICTION, "It may be checked out to the partner after all, although it counts as being here."
)
back_after_all = _task(TaskKind.CONTRADICTION, "It is not checked out after all, although it counts as being out.")
return_held = _task(TaskKind.READ_NOTE, "The partner keeps the return back for now.")
late_acceptance = _task(
    TaskKind.READ_NOTE, "The partner accepts the conditions, but the offer is over. Tell it to ask again, or reopen."
)
not_told_yet = _task(TaskKind.NOT_TOLD, "The partner can't be told at the moment; trying goes on.")
differs = _task(TaskKind.RECONCILE, "")
stuck = _task(TaskKind.STUCK, "Tried many times without success; trying goes on.")


def read_note(draft: Draft, event: PartnerActed) -> None:
    """Words for people, and only where there are any."""
    if event.note:
        draft.open(TaskKind.READ_NOTE, f"The partner writes: {event.note}")


def to_answer(draft: Draft, event: object) -> None:
    """Put the request on the desk with the policy's proposal in words."""
    answer = draft.request.answer
    proposal = f"Proposal: {answer.words}" if answer is not None and answer.words else ""
    draft.open(TaskKind.ANSWER, " ".join(filter(None, ("Answer the request.", draft.request.for_staff, proposal))))


def about_partner(draft: Draft, event: object) -> None:
    """An unknown library's request is kept until somebody says yes or no."""
    request = draft.request
    words = f"{request.requesting_agency} is not among our partners. {request.for_staff}"
    draft.open(TaskKind.APPROVE_PARTNER, words.strip())
