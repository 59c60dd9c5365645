"""Groups of states that rows share: one name and one home each."""

from gateway.money.invoices.records import ENDED, OPEN, InvoiceState

S = InvoiceState

EVERY = (*OPEN, *ENDED)
UNAPPROVED = (S.ENTERED, S.DISPUTED, S.VERIFIED)
DISPUTABLE = (S.ENTERED, S.VERIFIED, S.APPROVED)
PAYABLE = (S.APPROVED, S.EXPORTED)
