"""From what is approved to what is paid: the accounting system hears of it, and pays."""

from gateway.money.engine import no, row
from gateway.money.invoices import guards, keep
from gateway.money.invoices.events import InvoiceTrigger
from gateway.money.invoices.groups import PAYABLE
from gateway.money.invoices.records import InvoiceState

S = InvoiceState
T = InvoiceTrigger
TOO_SOON = "The customer is charged for the item first. Wait until the day that is named, or say why it is paid sooner."

# fmt: off
ROWS = (
    row(S.APPROVED, T.EXPORTED, "the accounting system hears of it once", S.EXPORTED, keep.exported),

    no(PAYABLE,  T.PAY, "Say when it was paid, and under which reference.", when=guards.has_no_reference),
    no(PAYABLE,  T.PAY, TOO_SOON, when=guards.is_too_soon),
    row(PAYABLE, T.PAY, "all that was agreed on", S.PAID, keep.paid),

    no(S.PAID,  T.NOT_PAID, "Say why it is not paid after all.", when=guards.has_no_reason),
    row(S.PAID, T.NOT_PAID, "the money came back: still to be paid", S.EXPORTED, keep.not_paid, when=guards.was_exported),
    row(S.PAID, T.NOT_PAID, "likewise, and it was not exported",     S.APPROVED, keep.not_paid),
)
# fmt: on
