"""What we do not owe, as we see it: the letter with our evidence, and how that ends."""

from gateway.money.engine import STAYS, no, row
from gateway.money.invoices import ask, guards, keep
from gateway.money.invoices.events import InvoiceTrigger
from gateway.money.invoices.groups import DISPUTABLE, EVERY
from gateway.money.invoices.moves import DISPUTE, OVER
from gateway.money.invoices.records import InvoiceState

S = InvoiceState
T = InvoiceTrigger
OF_LETTER = (T.LETTER_MADE, T.LETTER_NOT_MADE, T.LETTER_MAILED, T.LETTER_NOT_MAILED, T.LETTER_PERHAPS_MAILED)
NOT_DISPUTED = tuple(state for state in EVERY if state is not S.DISPUTED)

# fmt: off
ROWS = (
    no((*DISPUTABLE, S.DISPUTED), T.DISPUTE, "Say what we dispute: it stands in the letter.", when=guards.has_no_reason),
    row(DISPUTABLE,               T.DISPUTE, "a letter with our evidence; nobody pays meanwhile", S.DISPUTED, *DISPUTE),
    row(S.DISPUTED,               T.DISPUTE, "another letter, in other words",                    STAYS,      *DISPUTE),

    row(S.DISPUTED,   OF_LETTER,               "of a letter before the last",                         STAYS, keep.quiet, when=guards.is_of_an_older_letter),
    row(S.DISPUTED,   T.LETTER_MADE,           "kept byte for byte: now it may be sent",              STAYS, keep.letter_made, keep.quiet),
    row(S.DISPUTED,   T.LETTER_NOT_MADE,       "a template's mistake, which staff mend",              STAYS, ask.mend_template, keep.quiet),
    row(S.DISPUTED,   T.LETTER_MAILED,         "the mail server has it",                              STAYS, keep.mailed, ask.nothing_more_to_send),
    row(S.DISPUTED,   T.LETTER_NOT_MAILED,     "a refused address, or a server that refuses: staff",  STAYS, ask.not_mailed, keep.quiet),
    row(S.DISPUTED,   T.LETTER_PERHAPS_MAILED, "the line broke after the end of the mail: staff ask", STAYS, keep.mailed_perhaps, ask.perhaps_mailed),
    row(NOT_DISPUTED, T.LETTER_MAILED,         "it crossed the end of the dispute",                   STAYS, keep.mailed, keep.quiet),

    row(S.DISPUTED, T.MAKE_LETTER, "the template is mended", STAYS, ask.letter, when=guards.has_no_letter),
    no(S.DISPUTED,  T.MAKE_LETTER, "Its PDF is made, and stays as it is. Dispute it anew for another letter."),

    no(S.DISPUTED,  (T.MAIL, T.POSTED), "The letter's PDF is not made yet.", when=guards.has_no_letter),
    no(S.DISPUTED,  T.MAIL,             "Name the e-mail address; the lender's record has none.", when=guards.names_no_address),
    row(S.DISPUTED, T.MAIL,             "by e-mail, the first time or once more", STAYS, ask.mail),
    row(S.DISPUTED, T.POSTED,           "sent on paper",                          STAYS, keep.posted, ask.nothing_more_to_send),

    no(S.DISPUTED,  T.END_DISPUTE, "Say how it ended.", when=guards.has_no_reason),
    no(S.DISPUTED,  T.END_DISPUTE, "The amount must be 0 or more, and no more than the invoice asks for.", when=guards.settles_for_too_much),
    row(S.DISPUTED, T.END_DISPUTE, "the lender asks for nothing any more",     S.WITHDRAWN, keep.hand, keep.agreed, *OVER, when=guards.settles_for_nothing),
    row(S.DISPUTED, T.END_DISPUTE, "so much is to be paid: verified like any", S.ENTERED,   keep.hand, keep.agreed, keep.findings, ask.no_letter),
)
# fmt: on
