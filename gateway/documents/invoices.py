"""What a dispute letter to a lender says. Nothing here can name a customer, or one of our people. Pure."""

from gateway.documents.bills import addressed, letterhead, written
from gateway.documents.papers import DisputeLetter
from gateway.money.invoices.records import Invoice


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
        evidence=face.evidence,
    )
