"""Money that comes, credit notes, disputes, and what is given up."""

from gateway.money import ask, guards, keep, post
from gateway.money.engine import STAYS, no, row
from gateway.money.events import BillTrigger
from gateway.money.groups import NUMBERED, OWED, UNNUMBERED, UNPAID
from gateway.money.moves import CREDIT_AND_SETTLE, OWE_AGAIN, SETTLE
from gateway.money.records import BillState

S = BillState
T = BillTrigger
NOTED = (S.CANDIDATE, S.DRAFT, S.DROPPED, *NUMBERED)
HAS_MONEY = (S.PART_PAID, S.PAID, S.DISPUTED, S.REPLACED, S.WRITTEN_OFF)
TOO_MUCH = "The amount must be above 0, and no more than the bill still owes."

# fmt: off
ROWS = (
    row(OWED,          T.PAID, "all that is owed",                                       S.PAID,      post.paid, *SETTLE, when=guards.covers),
    row(UNPAID,        T.PAID, "a part of it",                                           S.PART_PAID, post.paid, when=guards.fits),
    row(S.DISPUTED,    T.PAID, "a part of it, while the rest is disputed",               STAYS,       post.paid, when=guards.fits),
    row(S.WRITTEN_OFF, T.PAID, "paid after all: so much of the write-off is taken back", STAYS,       post.revived, when=guards.fits_the_waived),
    no(NUMBERED,       T.PAID, TOO_MUCH),

    row(OWED,       T.CREDIT_USED, "the partner's credit pays for all of it", S.PAID,      post.credit_used, *SETTLE, when=guards.covers),
    row(UNPAID,     T.CREDIT_USED, "and for a part",                          S.PART_PAID, post.credit_used, when=guards.fits),
    row(S.DISPUTED, T.CREDIT_USED, "a part, while the rest is disputed",      STAYS,       post.credit_used, when=guards.fits),
    no(NUMBERED,    T.CREDIT_USED, TOO_MUCH),

    no(HAS_MONEY,   T.REVERSED, "Not so much of the payment is booked here.", when=guards.was_not_paid_so_much),
    row(S.DISPUTED, T.REVERSED, "it did not hold, and is disputed",      STAYS,       post.reversed_payment),
    row(HAS_MONEY,  T.REVERSED, "it did not hold: a part is still paid", S.PART_PAID, post.reversed_payment, ask.next_reminder, when=guards.leaves_a_part_paid),
    row(HAS_MONEY,  T.REVERSED, "it did not hold: nothing is paid",      S.SENT,      post.reversed_payment, ask.next_reminder, when=guards.was_sent),
    row(HAS_MONEY,  T.REVERSED, "likewise, and it was not sent",         S.FINALISED, post.reversed_payment),

    row(UNNUMBERED, T.CAME_BACK, "checked in: it is not finalised",         STAYS, keep.seen_back),
    row(NUMBERED,   T.CAME_BACK, "it was told before",                      STAYS, when=guards.was_known_to_be_back),
    row(NUMBERED,   T.CAME_BACK, "the terms take something back: staff do", STAYS, keep.back, ask.credit, when=guards.is_to_be_credited),
    row(NUMBERED,   T.CAME_BACK, "there is nothing to take back",           STAYS, keep.back),

    row(NUMBERED, T.CREDITED, "all of it is taken back",         S.CREDITED, post.credited, *CREDIT_AND_SETTLE, when=guards.credit_ends_it_unpaid),
    row(OWED,     T.CREDITED, "what was not paid is taken back", S.PAID,     post.credited, *CREDIT_AND_SETTLE, when=guards.credit_ends_it),
    row(NUMBERED, T.CREDITED, "a part of it",                    STAYS,      post.credited, ask.no_credit, when=guards.can_be_credited),
    no(NUMBERED,  T.CREDITED, "No more can be taken back than the bill asked for, less what was taken back, written off or replaced before."),

    no(OWED,        (T.REPLACE, T.WRITE_OFF, T.DISPUTE), "A credit note owes nothing: there is nothing to dispute or to give up.", when=guards.is_credit_note),
    no(OWED,        T.DISPUTE,                           "Say why the partner disputes it.", when=guards.has_no_reason),
    row(UNPAID,     T.DISPUTE,                           "no reminder while it is disputed",  S.DISPUTED,  keep.disputed, ask.no_reminder),
    row(S.DISPUTED, T.DISPUTE,                           "the reason, in other words",        STAYS,       keep.disputed),
    row(S.DISPUTED, T.END_DISPUTE,                       "it stays owed, less what was paid", S.PART_PAID, *OWE_AGAIN, when=guards.was_paid_in_part),
    row(S.DISPUTED, T.END_DISPUTE,                       "it stays owed",                     S.SENT,      *OWE_AGAIN, when=guards.was_sent),
    row(S.DISPUTED, T.END_DISPUTE,                       "it stays owed, and was not sent",   S.FINALISED, keep.not_disputed),

    no(OWED,  T.WRITE_OFF, "Say why it is written off.", when=guards.has_no_reason),
    row(OWED, T.WRITE_OFF, "nobody waits for it any more",   S.WRITTEN_OFF, post.written_off, *SETTLE),
    row(OWED, T.REPLACE,   "another copy came in its place", S.REPLACED,    post.replaced, *SETTLE, when=guards.replaces_all),
    row(OWED, T.REPLACE,   "it stands for a part",           STAYS,         post.replaced, when=guards.replaces_some),
    no(OWED,  T.REPLACE,   TOO_MUCH),

    row((*UNNUMBERED, *NUMBERED), T.MOVED, "its partner was merged into another", STAYS, post.moved),

    no(NOTED,  T.NOTE, "Write the note.", when=guards.has_no_reason),
    row(NOTED, T.NOTE, "said among ourselves", STAYS),
)
# fmt: on
