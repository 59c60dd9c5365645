"""A copy (Copy, or CopyOrLoan where no loan was possible)."""

from gateway.workflow.lending import ask, choose, clocks, guards, take_back, tell
from gateway.workflow.lending.groups import HOLD_RAN
from gateway.workflow.machine import STAYS, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(S.TO_COPY, T.COPY_SENT, "CopyCompleted: a link, or posted", S.COPY_COMPLETED, clocks.stop_hold, tell.copy_sent),
    row(S.TO_COPY, HOLD_RAN,    "duty 7: amber, red",               STAYS,            ask.copy_late),
    row(S.TO_COPY, T.COMING,    "staff see to it",                  STAYS,            clocks.prolong_hold),

    row(S.TO_COPY, T.CANNOT_FIND, "another copy",        STAYS,      choose.reject_items, choose.choose_copy, clocks.start_hold, when=guards.another_copy),
    row(S.TO_COPY, T.CANNOT_FIND, "no hold to take off", S.UNFILLED, choose.keep_not_on_shelf, clocks.stop_hold, tell.answer),

    row(S.TO_COPY,        T.ANSWER_UNFILLED, "no hold to take off",     S.UNFILLED,       choose.keep_unfilled, clocks.stop_hold, tell.answer),
    row(S.TO_COPY,        T.ANSWER_RETRY,    "no hold to take off",     S.RETRY_POSSIBLE, choose.keep_retry, clocks.stop_hold, tell.answer),
    row(S.TO_COPY,        T.CANCEL,          "no hold to take off",     S.CANCELLED,      clocks.stop_hold, tell.answer_cancel_yes),
    row(S.COPY_COMPLETED, T.UNDO,            "undo before it was sent", S.TO_COPY,        take_back.copy, clocks.start_hold),
    row(S.COPY_COMPLETED, T.RECEIVED,        "arrived",                 STAYS),
)
# fmt: on
