"""Its papers: made once, kept, and sent by e-mail or on paper; reminders."""

from gateway.money import ask, guards, keep
from gateway.money.engine import STAYS, no, row
from gateway.money.events import BillTrigger
from gateway.money.groups import NUMBERED
from gateway.money.moves import MAIL, REMIND, REMIND_ON_PAPER
from gateway.money.records import BillState

S = BillState
T = BillTrigger
REMINDED = (S.SENT, S.PART_PAID)

# fmt: off
ROWS = (
    row(REMINDED, T.PAPER_MADE,     "a reminder goes the way of its bill: by e-mail", STAYS, ask.mail_reminder, when=guards.is_reminder_by_mail),
    row(REMINDED, T.PAPER_MADE,     "a reminder on paper: staff print and send it",   STAYS, *REMIND_ON_PAPER, when=guards.is_reminder),
    row(NUMBERED, T.PAPER_MADE,     "a reminder that nobody needs any more",          STAYS, when=guards.is_reminder),
    row(NUMBERED, T.PAPER_MADE,     "kept byte for byte: now it may be sent",         STAYS, keep.paper_made, keep.quiet),
    row(NUMBERED, T.PAPER_NOT_MADE, "a template's mistake, which staff mend",         STAYS, ask.mend_template),
    row(NUMBERED, T.MAKE_PAPER,     "the template is mended",                         STAYS, keep.template, ask.paper, when=guards.has_no_paper),
    no(NUMBERED,  T.MAKE_PAPER,     "Its PDF is made, and stays as it is. A mistake is mended by a credit note and a new invoice."),

    no(NUMBERED,     (T.MAIL, T.POSTED), "Its PDF is not made yet.", when=guards.has_no_paper),
    no(NUMBERED,     T.MAIL,             "Name the e-mail address; the partner's record has none.", when=guards.names_no_address),
    row(NUMBERED,    T.MAIL,             "by e-mail, the first time or once more",   STAYS,  ask.mail),
    row(S.FINALISED, T.POSTED,           "sent on paper",                            S.SENT, ask.first_reminder, keep.posted, ask.nothing_more_to_send),
    row(NUMBERED,    T.POSTED,           "on paper, once more or after it was paid", STAYS,  ask.first_reminder, keep.posted, ask.nothing_more_to_send),

    row(REMINDED,    T.MAILED,         "reminded: the next clock runs",                            STAYS,  *REMIND, when=guards.is_reminder),
    row(NUMBERED,    T.MAILED,         "a reminder that crossed what settled it",                  STAYS,  keep.reminded, when=guards.is_reminder),
    row(S.FINALISED, T.MAILED,         "the mail server has it",                                   S.SENT, *MAIL),
    row(NUMBERED,    T.MAILED,         "sent once more",                                           STAYS,  *MAIL),
    row(NUMBERED,    T.NOT_MAILED,     "a refused address, or a server that takes nothing: staff", STAYS,  ask.not_mailed),
    row(NUMBERED,    T.PERHAPS_MAILED, "the line broke after the end of the mail: staff ask",      STAYS,  keep.mailed_perhaps, ask.perhaps_mailed),

    row(REMINDED, T.REMINDER_DUE, "so many days, and not paid",     STAYS, ask.reminder, when=guards.has_a_reminder_left),
    no(REMINDED,  T.REMIND,       "Every reminder has gone out: telephone, dispute it or write it off.", when=guards.has_no_reminder_left),
    row(REMINDED, T.REMIND,       "staff don't wait for the clock", STAYS, ask.reminder),
)
# fmt: on
