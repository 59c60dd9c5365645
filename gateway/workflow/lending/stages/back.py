"""Back again (duty 6)."""

from gateway.workflow.acts import act, acting, note, undo
from gateway.workflow.lending import ask, guards, hand, items, keep
from gateway.workflow.lending.groups import (
    AWAY,
    CHECKIN_FAILED,
    CHECKOUT_FAILED,
    COMING_BACK,
    MAY_COME_BACK,
    OUT,
    OUT_OR_BACK,
)
from gateway.workflow.lending.moves import (
    BACK_AFTER_ALL,
    BACK_FOR_NOW,
    CHECK_IN,
    COMPLETE,
    GIVE_UP_RENEWAL,
    LENT_AGAIN,
    LENT_AGAIN_BY_HAND,
    LOAN_BEGINS_MEANWHILE,
    RETURNED_EARLY,
    RETURNED_UNRENEWED,
    UNDO_RETURN,
)
from gateway.workflow.machine import BEFORE, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

KEPT_FOR_ANOTHER = (
    "Since the check-in it is kept for somebody else's hold, which can't be taken back from here. If it is not back after all, put that "
    "right in the ILS, and say where the request stands."
)

# fmt: off
ROWS = (
    row(OUT,           T.SHIPPED_RETURN,  "sent back",                                        S.RETURNING,   keep.returned),
    row(OUT,           T.SHIPPED_FORWARD, "sent on to another library",                       S.RETURNING,   keep.returned, ask.sent_on),
    row(S.CHECKED_OUT, T.SHIPPED_RETURN,  "they had it: Loaned need not be told any more",    S.RETURNING,   *RETURNED_EARLY),
    row(S.CHECKED_OUT, T.SHIPPED_FORWARD, "likewise",                                         S.RETURNING,   *RETURNED_EARLY, ask.sent_on),
    row(S.RENEWING,    T.SHIPPED_RETURN,  "sent back while we asked for a renewal",           S.RETURNING,   *RETURNED_UNRENEWED),
    row(S.RENEWING,    T.SHIPPED_FORWARD, "likewise",                                         S.RETURNING,   *RETURNED_UNRENEWED, ask.sent_on),
    row(S.RETURNING,   T.SHIPPED_FORWARD, "not to us after all",                              STAYS,         ask.sent_on),
    row(S.RETURNING,   T.NOT_RETURNED,    "returned, not confirmed: 30 days",                 STAYS,         ask.not_returned),
    row(S.RETURNING,   T.RECEIVED,        "out of order, and no harm",                        STAYS,         keep.received),
    row(MAY_COME_BACK, T.CHECK_IN,        "duty 6: scan = 09, also before any ShippedReturn", S.CHECKING_IN, *CHECK_IN, when=guards.may_check_in),

    row(S.RENEWING, T.CHECK_IN, "back while we asked for a renewal", S.CHECKING_IN, *GIVE_UP_RENEWAL, items.check_in, when=guards.may_check_in_instead),

    row(S.CHECKING_IN, T.CHECK_IN,         "another of several",                                  STAYS,        items.check_in, when=guards.may_check_in),
    no(AWAY,           T.CHECK_IN,         "No such item of this request is out, or it is being checked in already."),
    row(S.CHECKING_IN, T.CHECKIN_ANSWERED, "ok is not proof: look",                               STAYS,        act.note_answer),
    row(S.CHECKING_IN, T.CHECKIN_DONE,     "one of several",                                      STAYS,        keep.back, when=guards.more_unsettled),
    row(S.CHECKING_IN, T.CHECKIN_DONE,     "the others are still out",                            BEFORE,       keep.back, when=guards.more_to_come_back),
    row(S.CHECKING_IN, T.CHECKIN_DONE,     "LoanCompleted, once it can't be undone any more",     S.CHECKED_IN, *BACK_FOR_NOW, when=guards.may_undo_return),
    row(S.CHECKING_IN, T.CHECKIN_DONE,     "LoanCompleted",                                       S.COMPLETED,  keep.back, *COMPLETE),
    row(S.CHECKING_IN, T.CHECKIN_NOT_DONE, "known not to be done: once more",                     STAYS,        act.again, when=acting.may_try_again),
    row(S.CHECKING_IN, T.CHECKIN_NOT_DONE, "one refusal is not proof: look and ask again, later", STAYS,        act.look_later, when=guards.refused_once),

    row(S.CHECKING_IN, CHECKIN_FAILED,   "staff check it in",                            STAYS,  note.failed, ask.check_in),
    row(S.CHECKING_IN, T.NOT_DONE,       "it is not here after all",                     BEFORE, undo.checking_in, note.cleared),
    row(S.CHECKING_IN, T.TRY_AGAIN,      "staff cleared the way",                        STAYS,  items.checkin_again),
    row(S.CHECKING_IN, T.TOLD,           "the partner has heard Loaned",                 STAYS,  *LOAN_BEGINS_MEANWHILE, when=guards.told_loaned_meanwhile),
    row(COMING_BACK,   T.RECEIVED,       "out of order, and no harm",                    STAYS,  keep.received),
    row(COMING_BACK,   T.SHIPPED_RETURN, "out of order; it counts for what is not back", STAYS,  keep.returned, keep.returning_meanwhile),

    row(S.CHECKED_IN, T.UNDO_OVER, "nobody undid it: LoanCompleted", S.COMPLETED,     *COMPLETE),
    row(S.CHECKED_IN, T.UNDO,      "undo checks the item out again", S.LENDING_AGAIN, *UNDO_RETURN),
    no(S.COMPLETED,   T.UNDO,      KEPT_FOR_ANOTHER, when=guards.is_kept),

    row(S.LENDING_AGAIN, T.CHECKOUT_ANSWERED, "ok is not proof: look",           STAYS,        act.note_answer),
    row(S.LENDING_AGAIN, T.CHECKOUT_DONE,     "undone: lent as before",          BEFORE,       *LENT_AGAIN),
    row(S.LENDING_AGAIN, T.CHECKOUT_NOT_DONE, "known not to be done: once more", STAYS,        act.again, when=acting.may_try_again),
    row(S.LENDING_AGAIN, CHECKOUT_FAILED,     "staff check it out",              STAYS,        note.failed, ask.lend_again),
    row(S.LENDING_AGAIN, T.DONE_BY_HAND,      "staff checked it out",            BEFORE,       *LENT_AGAIN_BY_HAND),
    row(S.LENDING_AGAIN, T.NOT_DONE,          "it is back after all",            S.CHECKED_IN, *BACK_AFTER_ALL),
    row(S.LENDING_AGAIN, T.TRY_AGAIN,         "staff cleared the way",           STAYS,        items.checkout_again),

    row(OUT_OR_BACK, T.DONE_BY_HAND, "staff checked it in", S.COMPLETED, hand.look, undo.stop_checking_in, keep.back, *COMPLETE),
)
# fmt: on
