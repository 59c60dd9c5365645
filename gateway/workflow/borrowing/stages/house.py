"""With the customer, and the lender meanwhile."""

from gateway.workflow.acts import act, acting, note
from gateway.workflow.borrowing import ask, clocks, guards, here, keep, say
from gateway.workflow.borrowing.groups import (
    COMING,
    COMING_OR_HERE,
    FOR_CUSTOMER,
    HERE,
    RECEIVED,
    RENEW_FAILED,
    WAITING,
)
from gateway.workflow.borrowing.moves import (
    BACK_UNRENEWED,
    COMES_BACK,
    HAND_OUT,
    NOT_RENEWED,
    ON_SHELF_AGAIN,
    OVERDUE_LATER,
    RECALLED_BY_DATE,
    RENEW_HERE,
    RENEWED_BY_HAND,
    WAITS_AGAIN,
    WATCH_ON,
    WITH_CUSTOMER_AGAIN,
)
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

GONE_FOR_GOOD = "Too late to undo. If the customer does not have it, say so: “The customer brought it back”."
BACK_FOR_GOOD = "Too late to undo. If the customer has it after all, a manager can say so: “Say where it stands”."

# fmt: off
ROWS = (
    row(FOR_CUSTOMER, T.TIME_TO_LOOK,   "17: nothing tells us",                      STAYS, here.watch, is_quiet=True),
    row(FOR_CUSTOMER, T.SEEN_NOTHING,   "as before: look again later",               STAYS, clocks.start_watch, when=guards.is_as_before, is_quiet=True),
    row(FOR_CUSTOMER, T.SEEN_NOTHING,   "our due date has changed, or isn't told",   STAYS, here.keep_due, *WATCH_ON),
    row(FOR_CUSTOMER, T.SEEN_ELSEWHERE, "staff know: look again later",              STAYS, clocks.start_watch, when=guards.is_told_of_another, is_quiet=True),
    row(FOR_CUSTOMER, T.SEEN_ELSEWHERE, "lent, and not to our customer (63): staff", STAYS, here.with_another, ask.with_another, clocks.start_watch),

    row(FOR_CUSTOMER,    T.SEEN_OUT,   "the customer has it",                                S.WITH_CUSTOMER, here.as_seen, here.with_customer, *WATCH_ON),
    row(S.ON_SHELF,      T.HANDED_OUT, "staff say so: no look that is too early undoes it",  S.WITH_CUSTOMER, *HAND_OUT),
    row(S.WITH_CUSTOMER, T.CAME_BACK,  "back from the customer, as staff say",               S.TO_RETURN,     *COMES_BACK),
    row(S.WITH_CUSTOMER, T.SEEN_BACK,  "back from the customer",                             S.TO_RETURN,     here.back, clocks.stop_watch),
    row(S.ON_SHELF,      T.CAME_BACK,  "never fetched, or unseen: the hold may still stand", S.TO_RETURN,     note.time_to_undo, clocks.stop_watch),
    row(S.ON_SHELF,      T.SEEN_BACK,  "likewise, by a look",                                S.TO_RETURN,     clocks.stop_watch),

    row(S.WITH_CUSTOMER, T.UNDO, "undo: not handed out after all",  S.ON_SHELF,      *ON_SHELF_AGAIN, when=guards.may_undo_hand_out),
    no(S.WITH_CUSTOMER,  T.UNDO, GONE_FOR_GOOD),
    row(S.TO_RETURN,     T.UNDO, "undo: the customer still has it", S.WITH_CUSTOMER, *WITH_CUSTOMER_AGAIN, when=guards.may_undo_return),
    row(S.TO_RETURN,     T.UNDO, "undo: it waits for its customer", S.ON_SHELF,      *WAITS_AGAIN, when=acting.may_be_undone),
    no(S.TO_RETURN,      T.UNDO, BACK_FOR_GOOD),

    no(FOR_CUSTOMER,  T.ASK_RENEWAL,  "The lender has not answered the last one yet.", when=guards.renewal_pending),
    row(FOR_CUSTOMER, T.ASK_RENEWAL,  "asked by the customer or staff",                   STAYS, keep.renewal_asked, say.renew, clocks.start_renewal),
    row(HERE,         T.SAYS_RENEWED, "Renew → Y: renew here too, so both dates are set", STAYS, *RENEW_HERE, when=guards.renews),

    row(HERE, T.SAYS_LOANED,      "Renew → Y in other words: Loaned, due later", STAYS, keep.shipped, *RENEW_HERE, when=guards.grants_renewal),
    row(HERE, T.SAYS_NOT_RENEWED, "Renew → N",                                   STAYS, *NOT_RENEWED, ask.not_renewed, when=guards.renewal_pending),
    row(HERE, T.NOT_SENT,         "it does not take Renew: asked for in words",  STAYS, *NOT_RENEWED, ask.not_told, say.in_words, when=guards.is_renew_pending),

    row(HERE, T.RENEWAL_SILENT, "an unanswered renewal counts as granted by custom", STAYS, ask.renewal_silent, when=guards.renewal_pending),
    row(HERE, T.RENEW_ANSWERED, "ok is not proof: look at the due date",             STAYS, act.note_answer),
    row(HERE, T.RENEW_DONE,     "both dates are set",                                STAYS, here.renewed_here, here.close_renewal, ask.due_too_late),

    row(S.WITH_CUSTOMER, RENEW_FAILED,          "it is back meanwhile: nothing to renew",      S.TO_RETURN, *BACK_UNRENEWED, when=guards.shown_back),
    row(HERE,            T.RENEW_NOT_DONE,      "known not to be done: once more",             STAYS,       act.again, when=guards.may_renew_again),
    row(HERE,            RENEW_FAILED,          "staff renew it here",                         STAYS,       note.failed, ask.renew_here, when=guards.is_out),
    row(FOR_CUSTOMER,    T.DONE_BY_HAND,        "staff renewed it, or changed its date",       STAYS,       *RENEWED_BY_HAND),
    row(RECEIVED,        T.SAYS_LOANED,         "heard late, or a due date corrected",         STAYS,       keep.shipped, ask.due_too_late),
    row(RECEIVED,        T.SAYS_OVERDUE,        "overdue, by a later date than we know of",    STAYS,       *OVERDUE_LATER, when=guards.gave_more_time),
    row(COMING_OR_HERE,  T.SAYS_OVERDUE,        "the lender's due date has passed",            STAYS,       keep.later_date, ask.overdue),
    row(RECEIVED,        T.SAYS_RECALLED,       "wanted back, by another date than before",    STAYS,       *RECALLED_BY_DATE, when=guards.moves_date),
    row(COMING_OR_HERE,  T.SAYS_RECALLED,       "wanted back, even if Loaned comes behind it", STAYS,       keep.recalled, ask.recalled),
    row(HERE,            T.SAYS_HOLD_RETURN,    "2021-2: not wanted back yet",                 STAYS,       keep.return_held, ask.hold_return),
    row(HERE,            T.SAYS_RELEASE_RETURN, "2021-2: it may come back",                    STAYS,       keep.return_released, ask.read_note),
    row(HERE,            T.SAYS_COMPLETED,      "they have what is here",                      STAYS,       ask.closed_early),
    row(COMING,          T.SAYS_COMPLETED,      "over, and it never came",                     STAYS,       ask.over_unseen),
    row(WAITING,         T.SAYS_WITHOUT_RETURN, "over, and it never came",                     STAYS,       ask.over_unseen),
)
# fmt: on
