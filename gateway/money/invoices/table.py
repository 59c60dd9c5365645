"""The life of an invoice: everything that happens to what a lender asks of us.

Rules on which the table rests (money.md, "Money that we owe"):

- It is compared with history before anybody answers for it, and again when somebody does.
- A second person approves it: none of those who entered, corrected, settled or verified it (with the manager's right: desk.access).
- Once it is approved nothing of what it says is changed; a mistake goes back to the beginning.
- Nothing is paid while it is disputed, and nothing is paid that was not approved.
- Nothing is deleted before its retention ends: what was entered by mistake stays on file too.

The first row that fits counts.
"""

from typing import Final

from gateway.money import engine
from gateway.money.engine import Decision, Draft, MoneyIgnored, MoneyRefused, Table
from gateway.money.invoices import keep
from gateway.money.invoices.effects import AnyInvoiceEffect
from gateway.money.invoices.events import TRIGGER_OF, AnyInvoiceEvent, InvoiceAct, InvoiceTrigger
from gateway.money.invoices.records import Invoice
from gateway.money.invoices.stages import checking, disputing, paying

InvoiceDecision = Decision[Invoice, AnyInvoiceEffect]
InvoiceRuling = InvoiceDecision | MoneyIgnored | MoneyRefused

INVOICES: Final = Table[Invoice, AnyInvoiceEffect, InvoiceAct](
    rows=(*checking.ROWS, *disputing.ROWS, *paying.ROWS),
    begin=keep.begin,
    draft=Draft[Invoice, AnyInvoiceEffect],
    called=lambda _invoice: "invoice",
    triggers=TRIGGER_OF,
    of_people=frozenset({InvoiceTrigger.ENTERED, InvoiceTrigger.DOCUMENT_KEPT}),
)


def decide(invoice: Invoice | None, event: AnyInvoiceEvent) -> InvoiceRuling:
    """Say what happens to the invoice. Pure. `invoice` is None for one that is entered alone."""
    return engine.decide(INVOICES, invoice, event)
