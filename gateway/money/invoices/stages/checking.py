"""From an invoice that came to one that two people answer for."""

from gateway.money.engine import STAYS, no, row
from gateway.money.invoices import ask, guards, keep
from gateway.money.invoices.events import InvoiceTrigger
from gateway.money.invoices.groups import EVERY, PAYABLE, UNAPPROVED
from gateway.money.invoices.moves import ANEW, OVER, VERIFY
from gateway.money.invoices.records import InvoiceState

S = InvoiceState
T = InvoiceTrigger
TOO_SURE = "Something differs from our records: dispute it, or say why it is right all the same."
SECOND = "Whoever entered, corrected, settled or verified it can't approve it: a second person does."

# fmt: off
ROWS = (
    row(None, T.ENTERED, "compared with history at once", S.ENTERED),

    row(EVERY,     T.DOCUMENT_KEPT, "the paper itself, and what belongs to it", STAYS),
    no(EVERY,      T.NOTE,          "Write the note.", when=guards.has_no_reason),
    row(EVERY,     T.NOTE,          "said among ourselves",                     STAYS),
    row(S.ENTERED, T.CORRECT,       "read once more, and compared anew",        STAYS, keep.hand, keep.claim, keep.findings),
    row(S.ENTERED, T.CHECK,         "history has gone on",                      STAYS, keep.findings),

    row(S.ENTERED, T.VERIFY, "it asks for nothing",                               S.WITHDRAWN, keep.hand, keep.findings, when=guards.asks_for_nothing),
    no(S.ENTERED,  T.VERIFY, TOO_SURE, when=guards.differs_without_reason),
    row(S.ENTERED, T.VERIFY, "somebody answers for it; a second person is asked", S.VERIFIED,  *VERIFY),

    no(S.VERIFIED,  T.APPROVE, SECOND, when=guards.had_a_hand_in_it),
    row(S.VERIFIED, T.APPROVE, "the second person", S.APPROVED, keep.approved, ask.no_approval),

    no((S.VERIFIED, S.APPROVED),  T.SEND_BACK, "Say what is to be looked at.", when=guards.has_no_reason),
    row((S.VERIFIED, S.APPROVED), T.SEND_BACK, "not so: looked at anew, and verified anew", S.ENTERED, *ANEW),

    no(UNAPPROVED,  (T.DROP, T.WITHDRAW), "Say why.", when=guards.has_no_reason),
    row(UNAPPROVED, T.DROP,               "entered by mistake: it stays on file", S.DROPPED,   *OVER),
    row(UNAPPROVED, T.WITHDRAW,           "the lender asks for nothing any more", S.WITHDRAWN, *OVER),

    no(PAYABLE,  T.WITHDRAW, "Say why.", when=guards.has_no_reason),
    row(PAYABLE, T.WITHDRAW, "likewise; staff tell the accounting system, if it has it", S.WITHDRAWN),
)
# fmt: on
