"""Ship (duty 5): checkout 11, then 63 or 17 shows it, then Loaned."""

from gateway.workflow.acts import act, acting, note, undo
from gateway.workflow.lending import ask, clocks, guards, hand, items, keep, take_back, tell
from gateway.workflow.lending.groups import AT_HAND, CHECKIN_FAILED, SEEN_OF_HOLD, TO_SHIP
from gateway.workflow.lending.moves import KEEP_THOSE_OUT, LOAN_BEGINS, OUT_BY_HAND, SAY_LOANED, UNDONE
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(AT_HAND, T.SHIP, "duty 5: checkout to the partner's account", S.CHECKING_OUT, clocks.stop_hold, items.check_out),

    row(S.CHECKING_OUT, T.CHECKOUT_ANSWERED, "ok is not proof: look",                    STAYS,         act.note_answer),
    row(S.CHECKING_OUT, T.CHECKOUT_DONE,     "one of several",                           STAYS,         keep.out, when=guards.more_to_go_out),
    row(S.CHECKING_OUT, T.CHECKOUT_DONE,     "another AH: staff before Loaned goes out", S.CHECKED_OUT, keep.out, ask.due_date, when=guards.due_date_surprises),

    row(S.CHECKING_OUT, T.CHECKOUT_DONE, "Loaned after the checkout is known to be done", S.CHECKED_OUT, keep.out, *SAY_LOANED),

    row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, "known not to be done: once more",    STAYS,     act.again, when=acting.may_try_again),
    row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, "one of several",                     STAYS,     note.failed, ask.check_out, when=guards.more_out_or_under_way),
    row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, "refused: a task, never an Unfilled", S.ARRIVED, ask.check_out, keep.all_at_desk),
    row(S.CHECKING_OUT, T.CHECKOUT_UNCLEAR,  "can't be told: staff",               STAYS,     note.failed, ask.find_out),

    row(TO_SHIP,                  T.DONE_BY_HAND, "staff checked it out",                 S.CHECKED_OUT, *OUT_BY_HAND, *SAY_LOANED, when=guards.knows_due_date),
    no((*TO_SHIP, S.CHECKED_OUT), T.DONE_BY_HAND, "Name the due date that the ILS gave.", when=guards.lacks_known_due_date),
    row(S.CHECKING_OUT,           T.NOT_DONE,     "staff send what could be checked out", S.CHECKED_OUT, *KEEP_THOSE_OUT, *SAY_LOANED, when=guards.any_out),
    row(S.CHECKING_OUT,           T.NOT_DONE,     "staff looked: not checked out",        S.ARRIVED,     undo.checking_out, keep.all_at_desk),
    row(S.CHECKING_OUT,           T.TRY_AGAIN,    "staff cleared the way",                STAYS,         items.checkout_again),

    row(S.CHECKED_OUT, T.DONE_BY_HAND, "staff checked the due date: tell",           STAYS,    take_back.stop_telling_loaned, *SAY_LOANED),
    row(S.CHECKED_OUT, T.UNDO_OVER,    "nobody undid it: Loaned goes out",           STAYS,    tell.loaned_now),
    row(S.CHECKED_OUT, T.TOLD,         "the partner has heard Loaned",               S.LOANED, *LOAN_BEGINS, when=guards.told_loaned),
    row(S.CHECKED_OUT, T.TOLD,         "something else; Loaned is still to be told", STAYS,    keep.known_there),
    no(S.CHECKED_OUT,  T.TOLD_BY_HAND, "Name the due date that the partner was told.", when=guards.lacks_known_due_date),
    row(S.CHECKED_OUT, T.TOLD_BY_HAND, "told by other means",                        S.LOANED, take_back.stop_telling_loaned, keep.settle_due, *LOAN_BEGINS),

    row(S.CHECKED_OUT, T.NOT_TOLD, "checked out, not told: a queue of its own",           STAYS,     ask.checked_out_not_told, when=guards.told_loaned),
    row(S.CHECKED_OUT, T.STUCK,    "likewise, while trying goes on",                      STAYS,     ask.checked_out_not_told, when=guards.is_telling),
    row(S.CHECKED_OUT, T.RECEIVED, "they have it; staff are still to check the due date", STAYS,     keep.received, when=guards.due_unsettled),
    row(S.CHECKED_OUT, T.RECEIVED, "they have it, so they know",                          S.LOANED,  tell.loaned_early, keep.received, *LOAN_BEGINS),
    row(S.CHECKED_OUT, T.UNDO,     "undo checks the item in again",                       S.UNDOING, take_back.loaned, items.undo_check_out),

    row(S.UNDOING, T.CHECKIN_ANSWERED, "ok is not proof: look",                        STAYS,     act.note_answer),
    row(S.UNDOING, T.CHECKIN_DONE,     "one of several",                               STAYS,     keep.at_desk, when=guards.more_to_arrive),
    row(S.UNDOING, T.CHECKIN_DONE,     "undone, and lent again by somebody meanwhile", S.ARRIVED, keep.at_desk, ask.lent_to_another, when=guards.is_anothers),
    row(S.UNDOING, T.CHECKIN_DONE,     "undone",                                       S.ARRIVED, *UNDONE),
    row(S.UNDOING, T.CHECKIN_NOT_DONE, "known not to be done: once more",              STAYS,     act.again, when=acting.may_try_again),
    row(S.UNDOING, CHECKIN_FAILED,     "staff check it in",                            STAYS,     note.failed, ask.check_in),
    row(S.UNDOING, T.DONE_BY_HAND,     "staff checked it in",                          S.ARRIVED, hand.look, undo.stop_checking_in, *UNDONE),
    row(S.UNDOING, T.TRY_AGAIN,        "staff cleared the way",                        STAYS,     items.checkin_again),

    row(S.ARRIVED, SEEN_OF_HOLD, "after an undo: is its hold left?", STAYS, keep.hold_left, when=guards.was_undone),
)
# fmt: on
