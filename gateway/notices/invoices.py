"""What a mail with a dispute letter says, and how it stands in the list of mails. Pure."""

from collections.abc import Mapping
from typing import Final

from gateway.money.invoices.events import AnyInvoiceEvent, LetterMailed, LetterNotMailed
from gateway.money.invoices.records import Invoice
from gateway.notices.records import Notice, NoticeKind, NoticeState
from gateway.notices.texts import Text, written


def letter_text(invoice: Invoice, own: Mapping[str, str]) -> Text:
    """Return subject and body of a mail with a dispute letter; `own` has the library's words."""
    return written(NoticeKind.DISPUTE, _facts(invoice), own)


_BECAME: Final = {True: NoticeState.UNKNOWN, False: NoticeState.REFUSED}


def noticed(invoice: Invoice, event: AnyInvoiceEvent, asked: Mapping[int, str]) -> tuple[Notice, ...]:
    """Return what an event of an invoice makes of its mails; `asked`: addresses to which letters are to be sent from now on."""
    match event:
        case LetterMailed(letter=letter, to=to):
            return (_notice(invoice, event, letter, to, NoticeState.SENT),)
        case LetterNotMailed(letter=letter, to=to, perhaps=perhaps):
            return (_notice(invoice, event, letter, to, _BECAME[perhaps]),)
    return tuple(_notice(invoice, event, letter, to, NoticeState.WAITING) for letter, to in asked.items())


def _notice(invoice: Invoice, event: AnyInvoiceEvent, letter: int, to: str, state: NoticeState) -> Notice:
    return Notice(
        id=f"{invoice.id} dispute {letter}",
        kind=NoticeKind.DISPUTE,
        state=state,
        about=invoice.id,
        to=to,
        subject=f"dispute letter about invoice {invoice.claim.number}",
        made_at=event.at,
        changed_at=event.at,
        changed_by=event.by,
        words=event.words if isinstance(event, LetterMailed | LetterNotMailed) else "",
    )


def _facts(invoice: Invoice) -> dict[str, str]:
    claim, letter = invoice.claim, invoice.letter
    assert letter is not None, "only what is disputed has a letter"
    return {
        "number": claim.number,
        "amount": str(claim.amount),
        "currency": claim.currency,
        "dated": claim.dated.isoformat(),
        "lender": letter.them.name,
        "library": letter.us.name,
        "contact": letter.us.contact or letter.us.name,
        "entry": invoice.id,
    }
