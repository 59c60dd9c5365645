"""What a dispute letter to a lender says. Nothing here can name a customer, or one of our people. Pure."""

import re
from datetime import date
from typing import Final

from gateway.documents.bills import addressed, letterhead, written
from gateway.documents.papers import DisputeLetter
from gateway.money.invoices.records import Invoice

_DAY: Final = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def dispute_letter(invoice: Invoice) -> DisputeLetter:
    """Return the last dispute letter of an invoice."""
    claim, face = invoice.claim, invoice.letter
    assert face is not None, "only what is disputed has a letter"
    return DisputeLetter(
        library=letterhead(face.us),
        to=addressed(face.them),
        number=claim.number,
        dated=face.dated,
        currency=claim.currency,
        tax_id=face.us.tax_id,
        reference=face.them.reference,
        entry=invoice.id,
        invoice_dated=claim.dated,
        kind=claim.kind.value,
        amount=written(claim.amount, claim.currency),
        title=claim.title,
        our_request=claim.request,
        words=face.words,
        evidence=tuple(map(_with_days, face.evidence)),
    )


def _with_days(words: str) -> str:
    """Write days in words of ours as the paper's other days are: 3 Sep 2026."""
    return _DAY.sub(lambda found: _day(date.fromisoformat(found[0])), words)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
