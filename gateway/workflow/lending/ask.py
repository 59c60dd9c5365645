"""What staff are asked: a task for everything that only a person can do."""

from datetime import timedelta
from typing import Final

from gateway.workflow.acts.asking import note_of, said_of, task
from gateway.workflow.events import ItemSought, Looked, NotTold, PartnerActed, StaffActed
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Finding, Outcome, Request
from gateway.workflow.tasks import TaskKind

_A_DAY: Final = timedelta(days=1)


def _heard(event: object) -> str:
    if isinstance(event, PartnerActed):
        return event.note or ""
    return event.words if isinstance(event, NotTold) else ""


def _task(kind: TaskKind, words: str) -> Action:
    return task(kind, words, _heard)


def _after_look(kind: TaskKind, undone: str, unclear: str, *, refused: str | None = None, taken: str = "") -> Action:
    """Ask about an act, by what the look showed: not done (and why), somebody else's, or it can't be told."""

    def ask(draft: Draft, event: Looked) -> None:
        item = draft.request.item(event.item_barcode)
        was_refused = item is not None and item.outcome is Outcome.REFUSED
        if event.is_anothers and taken:
            words = taken
        elif event.finding is Finding.UNCLEAR and not event.unasked:
            words = unclear
        else:
            words = refused if refused and was_refused else undone
        draft.open(kind, f"{words} {said_of(draft, event)}".strip())

    ask.__doc__ = f"Ask staff: {kind}."
    return ask


def trapped(draft: Draft, event: Looked) -> None:
    """Ask staff: what was scanned at the desk is kept for somebody else, or on loan."""
    on_loan = "The item is on loan by what the circulation system says. Look in the ILS who has it."
    words = on_loan if event.charged else "The item was trapped for somebody else. Decide which comes first."
    draft.open(TaskKind.TRAPPED, f"{words} {said_of(draft, event)}".strip())


place_hold = _after_look(
    TaskKind.PLACE_HOLD,
    undone="The hold could not be placed. Place it in the ILS and say so, or answer otherwise.",
    unclear="It can't be told whether the hold was placed. Look in the ILS before you place it there, and say so; or answer otherwise.",
)
cancel_hold = _after_look(
    TaskKind.CANCEL_HOLD,
    undone="The hold could not be taken off. Take it off in the ILS and say so.",
    unclear="It can't be told whether the hold is off. Look in the ILS, take it off where it stands, and say so.",
)
cancel_hold_still = _task(
    TaskKind.CANCEL_HOLD,
    "Cancelled by the partner; the hold is not known to be off. Take it off in the ILS and say so.",
)
check_out = _after_look(
    TaskKind.CHECK_OUT,
    undone="The checkout was not done. Ship again, or check it out in the ILS and say so.",
    unclear="It can't be told whether the checkout was done. Look in the ILS, and say so.",
    refused="The checkout was refused. Clear the block and ship again, or check it out in the ILS and say so.",
    taken="The checkout was not done: somebody else has the item on loan. Look in the ILS who has it, or send another copy.",
)
lend_again = _after_look(
    TaskKind.CHECK_OUT,
    undone="The check-in was undone, and the checkout to the partner was not done. Check it out in the ILS and say so, or say “not done”: "
    "then it counts as back.",
    unclear="The check-in was undone, and it can't be told whether it is checked out to the partner again. Look in the ILS, and say so.",
)
check_in = _after_look(
    TaskKind.CHECK_IN,
    undone="The check-in was not done. Check it in in the ILS and say so.",
    unclear="It can't be told whether the check-in was done. Look in the ILS whose loan it is; check it in there only if it is this partner's, and say so.",
)
renew = _task(
    TaskKind.RENEW, "The renewal is not known to be done. Look in the ILS, renew it there if you grant it, and say."
)
find_out = _task(TaskKind.FIND_OUT, "It can't be told whether this was done. Look in the ILS and say.")

due_date = _task(
    TaskKind.DUE_DATE, "The circulation system's due date is not the policy's. Check it before the partner is told."
)
not_told = _task(TaskKind.NOT_TOLD, "The partner could not be told.")
checked_out_not_told = _task(
    TaskKind.NOT_TOLD, "Checked out, not told: the partner has not heard that the item is on its way."
)
not_received = _task(TaskKind.NOT_RECEIVED, "Shipped, but the partner has not said that it arrived.")
not_returned = _task(TaskKind.NOT_RETURNED, "The partner sent it back, but it has not come.")
deadline = _task(TaskKind.PAST_DEADLINE, "The time for this request is over and it is not answered yet.")
contradiction = _task(
    TaskKind.CONTRADICTION, "The partner's message does not fit what we know. Find out where the item is."
)
sent_on = _task(TaskKind.SENT_ON, "The partner sent the item on to another library.")
hold_gone = _task(TaskKind.CONTRADICTION, "The hold is off, although the item is promised. Place it again, or go on.")
lent_to_another = _task(
    TaskKind.CONTRADICTION,
    "The checkout is undone, and somebody else has the item on loan already. Find out where it is.",
)
not_the_partners = _task(
    TaskKind.CONTRADICTION,
    "The circulation system shows no loan of this item to the partner any more. Find out where it is.",
)
out_after_all = _task(
    TaskKind.CONTRADICTION, "It may be checked out to the partner after all, although it counts as being here."
)
back_after_all = _task(TaskKind.CONTRADICTION, "It is not checked out after all, although it counts as being out.")
return_held = _task(TaskKind.READ_NOTE, "The partner keeps the return back for now.")
late_acceptance = _task(
    TaskKind.READ_NOTE, "The partner accepts the conditions, but the offer is over. Tell it to ask again, or reopen."
)
read_note = note_of("The partner")
not_told_yet = _task(TaskKind.NOT_TOLD, "The partner can't be told at the moment; trying goes on.")


def due_again(draft: Draft, event: Looked | StaffActed) -> None:
    """Checked out anew it may be due on another day than the partner was told: for the ILS to be put right."""
    told = draft.request.due_at
    if told and event.due_at and abs(told - event.due_at) >= _A_DAY:
        words = (
            f"Its check-in was undone, and the circulation system has it due {draft.day(event.due_at)} now. The partner was told "
            f"{draft.day(told)}: set that date in the ILS."
        )
        draft.open(TaskKind.CONTRADICTION, words)


def _named(draft: Draft) -> str:
    """Which book it is, where it stands and for whom: enough to ask the branch without another screen."""
    item = next(iter(draft.request.items), None)
    if item is None:
        return ""
    copy, wanted = item.copy, draft.request.wanted
    title = copy.title or wanted.title or wanted.article_title or "a work without a title"
    author = f" by {copy.author}" if copy.author else ""
    shelf = f", shelf {copy.call_number}" if copy.call_number else ""
    branch = f" of {copy.branch}" if copy.branch else ""
    return f"“{title}”{author}, item {item.barcode}{branch}{shelf}, for {for_whom(draft.request)}"


def for_whom(request: Request) -> str:
    """Return the library that asks, as it calls itself."""
    return request.deliver_to_name or request.partner or request.requesting_agency


def pull(draft: Draft, event: ItemSought) -> None:
    """It has not come: ask the branch."""
    words = (
        f"{_named(draft)}, has not come to the desk. {event.words} Ask the branch: it was sent (“It is coming”), it is here, "
        "or it is not on the shelf (“Can't find it”)."
    )
    draft.open(TaskKind.CANNOT_FIND, words)


def long_in_transit(draft: Draft, event: ItemSought) -> None:
    """It has been on its way for longer than it should be: ask the courier; the promise stands."""
    words = f"{_named(draft)}, has been on its way for long. {event.words} Ask the branch and the courier where it is."
    draft.open(TaskKind.CANNOT_FIND, words)


def copy_late(draft: Draft, event: object) -> None:
    """A copy that was promised is not sent yet."""
    words = (
        f"The copy from {_named(draft)}, is not sent yet. Send it, say that somebody sees to it (“It is coming”), or that the "
        "item is not on the shelf (“Can't find it”)."
    )
    draft.open(TaskKind.CANNOT_FIND, words)


def bill(draft: Draft, event: object) -> None:
    """Long overdue, said to be lost, marked as lost: of one item that is asked once, until it is back or renewed."""
    if not draft.request.bill_asked:
        draft.set(bill_asked=True)
        draft.open(TaskKind.BILL, f"Long overdue or lost: to be billed. {_heard(event)}".strip())


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
