"""Lost or not wanted back; a copy."""

from gateway.workflow.borrowing import ask, clocks, guards, here, keep, say, take_back
from gateway.workflow.borrowing.groups import SAYS_SENT, SENT_TO_US
from gateway.workflow.borrowing.moves import OVER, STOP_HERE
from gateway.workflow.machine import STAYS, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    # Lost, or not wanted back
    row(SENT_TO_US, T.MARK_LOST,           "lost: the lender is told, and names its price", S.LOST, *STOP_HERE, here.leave_no_hold, say.lost, ask.price),
    row(SENT_TO_US, T.SAYS_WITHOUT_RETURN, "CompletedWithoutReturn: no return wanted",      S.LOST, *STOP_HERE, here.leave_no_hold, keep.price, ask.price),

    row(S.LOST, (T.PAID, T.SAYS_COMPLETED), "lost → paid",                              S.COMPLETED, *OVER),
    row(S.LOST, T.SAYS_WITHOUT_RETURN,      "both know; the price is still to be paid", STAYS,       keep.price, ask.price),

    # A copy
    row(S.COPY_HERE, SAYS_SENT,      "said again, or a new link",  STAYS,       keep.shipped, ask.hand_over),
    row(S.COPY_HERE, T.NOT_RECEIVED, "sent, not received: 7 days", STAYS,       say.ask_status, ask.not_received),
    row(S.COPY_HERE, T.HANDED_OVER,  "the customer has it",        S.COMPLETED, clocks.stop_receipt, say.received),
    row(S.COMPLETED, T.UNDO,         "undo before it was told",    S.COPY_HERE, take_back.received, ask.hand_over, when=guards.no_item_yet),
)
# fmt: on
