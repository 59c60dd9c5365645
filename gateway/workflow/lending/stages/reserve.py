"""Reserve (duty 4): hold 15, then 63 shows it."""

from gateway.workflow.acts import act, note, rows, undo
from gateway.workflow.lending import ask, choose, clocks, guards, hand
from gateway.workflow.lending.moves import PROMISE, RELEASE_UNSURE, RESERVE_ANOTHER
from gateway.workflow.machine import STAYS, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    rows.HOLD_ANSWERED,
    row(S.RESERVING, T.HOLD_STANDS, "WillSupply after the hold stands", S.WILL_SUPPLY, note.held, *PROMISE),
    rows.HOLD_ABSENT,
    row(S.RESERVING, T.HOLD_ABSENT,    "another copy",                                        STAYS, *RESERVE_ANOTHER, when=guards.another_copy),
    row(S.RESERVING, T.HOLD_ABSENT,    "one refusal is not proof: look and ask again, later", STAYS, act.look_later, when=guards.refused_once),
    row(S.RESERVING, rows.HOLD_FAILED, "refused, no holds, or it can't be told: staff",       STAYS, note.failed, ask.place_hold),

    row(S.RESERVING, T.DONE_BY_HAND, "staff placed it", S.WILL_SUPPLY, hand.look, undo.stop_placing, note.held, *PROMISE),
    rows.HOLD_AGAIN,
    row(S.RESERVING, T.NOT_DONE, "another copy",    STAYS,      undo.placing, *RESERVE_ANOTHER, when=guards.another_copy),
    row(S.RESERVING, T.NOT_DONE, "no copy is left", S.DECIDING, undo.placing, choose.reject_items, clocks.start_deadline, ask.to_answer),

    row(S.RESERVING, T.ANSWER_UNFILLED, "Unfilled after the hold is known to be off", S.RELEASING,  choose.keep_unfilled, *RELEASE_UNSURE),
    row(S.RESERVING, T.ANSWER_RETRY,    "likewise",                                   S.RELEASING,  choose.keep_retry, *RELEASE_UNSURE),
    row(S.RESERVING, T.CANCEL,          "a hold may have been placed: look",          S.CANCELLING, *RELEASE_UNSURE),
)
# fmt: on
