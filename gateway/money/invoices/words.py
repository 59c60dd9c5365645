"""What happened to an invoice, in a sentence for its history. Pure."""

from typing import Final

from gateway.money.invoices.events import (
    AnyInvoiceEvent,
    DocumentKept,
    InvoiceAct,
    InvoiceActed,
    InvoiceEntered,
    InvoiceExported,
    LetterMade,
    LetterMailed,
    LetterNotMade,
    LetterNotMailed,
)

_ACTS: Final = {
    InvoiceAct.CORRECT: "Corrected, and compared with history anew.",
    InvoiceAct.CHECK: "Compared with history anew.",
    InvoiceAct.VERIFY: "Verified.",
    InvoiceAct.APPROVE: "Approved.",
    InvoiceAct.SEND_BACK: "Sent back, to be looked at anew.",
    InvoiceAct.DISPUTE: "Disputed.",
    InvoiceAct.MAKE_LETTER: "The letter is to be made again.",
    InvoiceAct.MAIL: "The letter is to be sent by e-mail.",
    InvoiceAct.POSTED: "The letter was sent on paper.",
    InvoiceAct.END_DISPUTE: "The dispute is over.",
    InvoiceAct.WITHDRAW: "The lender took it back.",
    InvoiceAct.PAY: "Paid.",
    InvoiceAct.NOT_PAID: "Not paid after all.",
    InvoiceAct.DROP: "Dropped: it was entered by mistake.",
    InvoiceAct.NOTE: "Note.",
}


def narrate(event: AnyInvoiceEvent) -> str:  # noqa: PLR0911 - one return a kind of event
    """Say what happened."""
    match event:
        case InvoiceEntered(claim=claim):
            return f"Entered: {claim.amount} {claim.currency}, {claim.kind}, of {claim.dated.isoformat()}."
        case DocumentKept():
            return f"A document of {event.size:,} bytes is kept: {event.name}."
        case LetterMade():
            return f"Dispute letter {event.letter} was made as PDF and is kept (SHA-256 {event.digest[:16]}…)."
        case LetterNotMade():
            return f"Dispute letter {event.letter} can't be made. {event.words}"
        case LetterMailed():
            return f"Dispute letter {event.letter} was sent to {event.to}. {event.words}".strip()
        case LetterNotMailed(perhaps=True):
            return f"Dispute letter {event.letter} may have been sent to {event.to}. {event.words}"
        case LetterNotMailed():
            return f"Dispute letter {event.letter} could not be sent to {event.to}. {event.words}"
        case InvoiceExported():
            return f"Given to the accounting system, in export {event.batch}."
        case InvoiceActed():
            return " ".join(part for part in (_ACTS[event.act], *_details(event), event.words) if part)


def _details(event: InvoiceActed) -> tuple[str, ...]:
    amount = f"To be paid: {event.amount}." if event.amount is not None else ""
    paid = f"On {event.paid_on.isoformat()} by {event.means}, {event.reference}." if event.paid_on else ""
    return amount, paid
