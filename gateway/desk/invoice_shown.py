"""Invoices as they are shown: with their lender's name of today, what history says, documents, and what can be done now."""

from collections.abc import Mapping

from gateway.desk.access import Caller
from gateway.desk.bill_shown import email_of
from gateway.desk.invoice_files import documents_of
from gateway.desk.invoice_words import offered
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.shown import shown
from gateway.desk.structs.invoices import FindingShown, InvoiceHistoryLine, InvoiceLine, InvoiceShown
from gateway.money.invoices.records import Invoice
from gateway.workflow.partners import Partner


def invoice_line(invoice: Invoice, partners: Mapping[str, Partner]) -> InvoiceLine:
    """Return an invoice as a line of a list."""
    partner = partners.get(invoice.claim.partner or "")
    claim = {
        name: getattr(invoice.claim, name)
        for name in ("number", "lender", "partner", "kind", "dated", "due", "amount", "currency", "request", "title")
    }
    return shown(
        invoice,
        InvoiceLine,
        **claim,
        version=invoice.version_of_forms,
        partner_name=partner.name if partner else None,
        differs=len(invoice.differs),
    )


async def invoice_shown(desk: Desk, caller: Caller, invoice: Invoice, *, is_new: bool = True) -> InvoiceShown:
    """Return an invoice with everything about it."""
    partners, invoices = await partners_by_id(desk.store), desk.store.invoices
    partner = partners.get(invoice.claim.partner or "")
    return shown(
        invoice,
        InvoiceShown,
        invoice=invoice_line(invoice, partners),
        note=invoice.claim.note,
        findings=tuple(shown(finding, FindingShown) for finding in invoice.findings),
        letters=await invoices.letters(invoice.id),
        documents=await documents_of(desk.store, invoice.id),
        history=tuple(shown(entry, InvoiceHistoryLine) for entry in await invoices.history(invoice.id)),
        acts=offered(invoice, caller, mails=desk.mail.plan.mails),
        email=email_of(partner) if partner else None,
        is_new=is_new,
    )
