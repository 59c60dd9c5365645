"""The hold comes off: another copy, Unfilled, or Cancelled."""

from gateway.workflow.acts import act, acting, note
from gateway.workflow.lending import ask, clocks, guards, items, keep, take_back, tell
from gateway.workflow.lending.groups import COMING_OFF, IT_IS_OFF, MAY_BE_ON
from gateway.workflow.lending.moves import OFF_BY_HAND, RESERVE_ANOTHER
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(COMING_OFF, T.HOLD_ANSWERED,        "a hold whose answer was lost may still come",         STAYS, items.look_again_for_holds, when=guards.is_unknown),
    row(COMING_OFF, T.HOLD_ANSWERED,        "the look after it is asked for already",              STAYS),
    row(COMING_OFF, T.CANCEL_HOLD_ANSWERED, "ok is not proof: look",                               STAYS, act.note_answer),
    row(COMING_OFF, T.HOLD_OFF,             "one of several",                                      STAYS, keep.released, when=guards.more_to_release),
    row(COMING_OFF, T.HOLD_STILL_ON,        "known to be on: once more",                           STAYS, act.again, when=acting.may_try_again),
    row(COMING_OFF, T.HOLD_STILL_ON,        "one refusal is not proof: look and ask again, later", STAYS, act.look_later, when=guards.refused_once),
    row(COMING_OFF, MAY_BE_ON,              "cancel may fail always: tell staff",                  STAYS, note.failed, ask.cancel_hold),
    row(COMING_OFF, T.TRY_AGAIN,            "staff cleared the way",                               STAYS, items.release_again),

    row(S.RELEASING, IT_IS_OFF, "duty 7: another copy if there is one", S.RESERVING, *OFF_BY_HAND, *RESERVE_ANOTHER, when=guards.another_copy_wanted),

    row(S.RELEASING, IT_IS_OFF, "RetryPossible after the hold is off", S.RETRY_POSSIBLE, *OFF_BY_HAND, keep.released, tell.answer, when=guards.answer_is_retry),
    row(S.RELEASING, IT_IS_OFF, "Unfilled after the hold is off",      S.UNFILLED,       *OFF_BY_HAND, keep.released, tell.answer),

    no(S.RELEASING,  T.UNDO, "Too late to undo: the hold of one item is off already.", when=guards.any_answered),
    row(S.RELEASING, T.UNDO, "undo before the first act", S.RESERVING, take_back.look_for_holds, clocks.start, items.look_whether_held, when=guards.none_held),
    row(S.RELEASING, T.UNDO, "undo before the first act", S.ARRIVED,   take_back.release, note.cleared, when=guards.any_at_desk),

    row(S.RELEASING,  T.UNDO,    "undo before the first act",                           S.WILL_SUPPLY, take_back.release, note.cleared, clocks.start_hold),
    row(S.RELEASING,  T.CANCEL,  "the hold is coming off already",                      S.CANCELLING,  when=acting.under_way),
    row(S.RELEASING,  T.CANCEL,  "staff are asked to take the hold off, and still are", S.CANCELLING,  ask.cancel_hold_still),
    row(S.CANCELLING, IT_IS_OFF, "Cancel → Y after the hold is off",                    S.CANCELLED,   *OFF_BY_HAND, keep.released, tell.answer_cancel_yes),
    row(S.CANCELLING, T.CANCEL,  "the answer is on its way",                            STAYS),
)
# fmt: on
