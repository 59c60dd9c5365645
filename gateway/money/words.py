"""What happened to a bill, in a sentence for its history. Pure."""

from typing import Final

from gateway.money.events import (
    AnyBillEvent,
    BillAct,
    BillActed,
    BillItemSeen,
    CameBack,
    Credited,
    CreditUsed,
    Mailed,
    Moved,
    NotMailed,
    Paid,
    PaperMade,
    PaperNotMade,
    Proposed,
    ReminderDue,
    Reversed,
)

_ACTS: Final = {
    BillAct.LOOK_AGAIN: "The circulation system is asked again whether the item is back.",
    BillAct.SHELF_CHECKED: "Looked at our own shelf: it is not there.",
    BillAct.CHANGE: "Lines changed.",
    BillAct.DROP: "Dropped: it will not be billed.",
    BillAct.FINALISE: "Finalised.",
    BillAct.MAKE_PAPER: "Its PDF is to be made again.",
    BillAct.MAIL: "To be sent by e-mail.",
    BillAct.POSTED: "Sent on paper.",
    BillAct.REMIND: "A reminder is to go out now.",
    BillAct.DISPUTE: "The partner disputes it.",
    BillAct.END_DISPUTE: "The dispute is over: it stays owed.",
    BillAct.REPLACE: "Another copy was taken in place of the money.",
    BillAct.WRITE_OFF: "Written off.",
    BillAct.NOTE: "Note.",
}


def narrate(event: AnyBillEvent) -> str:  # noqa: C901, PLR0911, PLR0912 - one case and one return a kind of event
    """Say what happened."""
    match event:
        case Proposed():
            return f"The {event.kind} was begun. {event.words}".strip()
        case BillItemSeen():
            return f"The circulation system shows the item: {event.words}"
        case PaperMade():
            return f"The {event.paper} was made as PDF and is kept (SHA-256 {event.digest[:16]}…)."
        case PaperNotMade():
            return f"The {event.paper} can't be made. {event.words}"
        case Mailed():
            return f"The {event.paper} was sent to {event.to}. {event.words}".strip()
        case NotMailed(perhaps=True):
            return f"The {event.paper} may have been sent to {event.to}. {event.words}"
        case NotMailed():
            return f"The {event.paper} could not be sent to {event.to}. {event.words}"
        case ReminderDue():
            return f"Reminder {event.number} is due."
        case CameBack():
            return "The item is back: it was checked in."
        case Paid():
            return f"{event.amount} paid (payment {event.payment})."
        case Reversed():
            return f"Payment {event.payment} did not hold: {event.amount} is taken back. {event.words}".strip()
        case CreditUsed():
            return f"{event.amount} of the partner's credit was used."
        case Credited():
            return f"{event.amount} credited. {event.words}".strip()
        case Moved():
            return event.words
        case BillActed():
            return f"{_ACTS[event.act]} {event.words}".strip()
