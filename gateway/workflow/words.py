"""Events as sentences for the timeline: what happened, in words that a technician uses. Pure."""

from datetime import datetime

from gateway.workflow.borrowing.events import (
    BarcodeAssigned,
    CustomerAsked,
    ItemSeen,
    LenderSaid,
    NoBarcode,
    NotSent,
    RotaMade,
    Sent,
    Vetted,
)
from gateway.workflow.events import (
    Agrees,
    AnyEvent,
    CopiesChecked,
    CopiesFound,
    Differs,
    Looked,
    NotTold,
    PartnerActed,
    Performed,
    RequestArrived,
    StaffActed,
    Stuck,
    TimerFired,
    Told,
)
from gateway.workflow.records import Act, Finding

ACT_WORDS: dict[Act, str] = {
    Act.HOLD: "hold",
    Act.CANCEL_HOLD: "cancelling the hold",
    Act.ARRIVE: "check-in at the desk",
    Act.CHECKOUT: "checkout",
    Act.RENEW: "renewal",
    Act.CHECKIN: "check-in",
    Act.RECEIVE: "check-in for the customer",
}
FINDING_WORDS: dict[Finding, str] = {
    Finding.YES: "it is done",
    Finding.NO: "it is not done",
    Finding.UNCLEAR: "it can't be told",
}


def narrate(event: AnyEvent) -> str:  # noqa: C901, PLR0911, PLR0912 - one case and one return a kind of event
    """Say what happened in one sentence."""
    match event:
        case RequestArrived():
            title = event.wanted.title or event.wanted.article_title or "an untitled work"
            return f"{event.requesting_agency} asks for “{title}” ({event.service}), its number {event.partner_request_id}."
        case PartnerActed():
            return _join(f"The partner says: {event.action}.", event.note)
        case CopiesFound():
            return _join(f"{_count(len(event.copies), 'copy', 'copies')} found.", event.words)
        case CopiesChecked():
            return _join(
                f"Asked about {_count(len(event.copies), 'copy', 'copies')}: {event.answer.kind}.", event.answer.words
            )
        case Performed():
            said = (
                f"The circulation system answers the {ACT_WORDS[event.act]} of {event.item_barcode}: {event.outcome}."
            )
            return _join(said, _due(event.due_at), event.words)
        case Looked():
            said = f"Verified the {ACT_WORDS[event.act]} of {event.item_barcode}: {FINDING_WORDS[event.finding]}."
            return _join(said, _due(event.due_at), event.words)
        case Told():
            return f"The partner confirmed {event.reason} {event.status}."
        case NotTold():
            return _join(f"The partner did not take {event.reason} {event.status}.", event.words)
        case Stuck():
            return _join(f"Tried many times: {event.work}.", event.words)
        case Differs():
            return f"Compared with the circulation system: {event.words}"
        case Agrees():
            return "Compared with the circulation system: it agrees again."
        case TimerFired():
            return f"The clock “{event.clock}” has run."
        case CustomerAsked():
            return f"A customer asks for “{event.wanted.title or event.wanted.article_title or 'an untitled work'}” ({event.service})."
        case LenderSaid():
            return _join(f"The lender says: {event.says}.", _due(event.due_at), event.reason, event.note)
        case Vetted():
            return (
                _join("Looked whether it may go out:", *(doubt.words for doubt in event.doubts))
                if event.doubts
                else "Nothing stands in the way of sending it out."
            )
        case RotaMade():
            names = ", ".join(f"{line.partner} ({line.score:.0f}: {line.reason})" for line in event.lenders)
            return _join(f"Lenders to ask: {names or 'none'}.", event.words)
        case Sent():
            return f"The lender confirmed {event.what}."
        case NotSent():
            return _join(f"The lender did not take {event.what}.", event.words)
        case BarcodeAssigned():
            return _join(f"Barcode {event.barcode} stands for the item here.", event.words)
        case NoBarcode():
            return _join("No barcode of the pool could be had.", event.words)
        case ItemSeen():
            return _join(
                {
                    True: "The customer has it.",
                    False: "The customer has brought it back."
                    if event.before
                    else "The customer has not fetched it yet.",
                    None: "The circulation system does not say where it is.",
                }[event.out],
                _due(event.due_at),
            )
        case StaffActed():
            return _join(f"{event.by}: {event.action}.", ", ".join(event.item_barcodes), event.reason, event.note)


def _join(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _due(due_at: datetime | None) -> str | None:
    return f"Due {due_at:%Y-%m-%d}." if due_at else None


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
