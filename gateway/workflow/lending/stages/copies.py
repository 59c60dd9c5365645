"""Is there a copy, and may it go? (duty 4, “Availability → answer”)."""

from gateway.workflow.lending import ask, choose, guards, tell
from gateway.workflow.lending.groups import COULD_SEND, UNPROMISED
from gateway.workflow.lending.moves import ANSWER, OFFER, PROPOSE, RESERVE, SUPPLY_COPY
from gateway.workflow.machine import STAYS, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(S.SEARCHING, T.COPIES_FOUND,  "17 on each copy",                                  S.CHECKING,       choose.ask_copies),
    row(S.SEARCHING, T.CANNOT_SUPPLY, "no copy: NotHeld",                                 S.UNFILLED,       choose.keep_answer, *ANSWER),
    row(S.SEARCHING, T.NO_COPIES,     "no copy, and NotHeld may not go out by itself",    S.DECIDING,       *PROPOSE),
    row(S.CHECKING,  COULD_SEND,      "no promise by itself of what would come too late", S.DECIDING,       *PROPOSE, when=guards.past_need_by),
    row(S.CHECKING,  T.CAN_SUPPLY,    "duty 4: choose, hold",                             S.RESERVING,      choose.keep_answer, *RESERVE),
    row(S.CHECKING,  T.CAN_COPY,      "a copy is made from the item: no hold",            S.TO_COPY,        choose.keep_answer, *SUPPLY_COPY),
    row(S.CHECKING,  T.RETRY_LATER,   "only if: a cost above the partner's limit",        S.OFFERED,        choose.keep_answer, *OFFER, when=guards.is_offer),
    row(S.CHECKING,  T.RETRY_LATER,   "not now, with the reason",                         S.RETRY_POSSIBLE, choose.keep_answer, *ANSWER),
    row(S.CHECKING,  T.CANNOT_SUPPLY, "no, with the reason",                              S.UNFILLED,       choose.keep_answer, *ANSWER),
    row(S.CHECKING,  T.STAFF_DECIDES, "auto-answer is off, or 01",                        S.DECIDING,       *PROPOSE),
    row(UNPROMISED,  T.UNDECIDED,     "undecided after 60 s: ExpectToSupply",             STAYS,            tell.expect),
    row(UNPROMISED,  T.PAST_DEADLINE, "whole request: need-by or 30 days",                STAYS,            ask.deadline),
)
# fmt: on
