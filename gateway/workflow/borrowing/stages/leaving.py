"""A lender that is silent or not wanted: Cancel first, then the next."""

from gateway.workflow.borrowing import ask, clocks, guards, keep, lenders, say, take_back
from gateway.workflow.borrowing.groups import LEAVES_IT, LENDERS_TURN, WAS_TOLD, WITHOUT_TERMS
from gateway.workflow.borrowing.moves import (
    ANYBODY_LEFT,
    ASK_NEXT,
    IT_IS_SENT,
    IT_PROMISES,
    LEAVE,
    NOT_SENT_YET,
    PASS_ON,
)
from gateway.workflow.machine import BEFORE, STAYS, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(LENDERS_TURN,  T.LENDER_QUIET, "a third of its time is over: its word may be lost", STAYS,         keep.asked_status, say.ask_status, clocks.listen),
    row(WITHOUT_TERMS, LEAVES_IT,      "silent, or staff want another: the broker's next",  S.ASKING,      *PASS_ON, when=guards.is_brokered),
    row(S.ASKING,      T.NOT_SENT,     "the broker does not ask its next: Cancel ends it",  S.WITHDRAWING, *LEAVE, say.cancel, when=guards.is_pass_on_current),

    row(WITHOUT_TERMS, LEAVES_IT,              "silent, or staff want another: Cancel first", S.WITHDRAWING, *LEAVE, say.cancel),
    row(S.PROMISED,    T.LENDER_DOES_NOT_SEND, "promised and not sent: StatusRequest",        STAYS,         *NOT_SENT_YET),
    row(WITHOUT_TERMS, T.CALL_OFF,             "the customer does not want it any more",      S.WITHDRAWING, *LEAVE, lenders.call_off, say.cancel),

    row(S.WITHDRAWING, T.CALL_OFF, "nor from anybody else",                         STAYS, lenders.call_off),
    row(S.WITHDRAWING, T.SENT,     "it has heard Cancel: from now on it has a day", STAYS, keep.told, clocks.start_withdrawal, when=guards.is_cancel_current),
    row(S.WITHDRAWING, T.SENT,     "something else: that says nothing of Cancel",   STAYS, keep.yes_is_told),

    row(S.WITHDRAWING, T.NOT_SENT, "it never had it: is anybody left?", S.CHOOSING_LENDER, *ANYBODY_LEFT, when=guards.never_had_it),

    row(S.WITHDRAWING, T.NOT_SENT, "it does not take Cancel: staff tell it", STAYS, ask.not_told, clocks.start_withdrawal, when=guards.is_cancel_current),

    row(S.WITHDRAWING, T.TOLD_BY_HAND,      "told by other means: from now on it has a day",     STAYS,  keep.told, clocks.start_withdrawal),
    row(S.WITHDRAWING, T.STUCK,             "nobody else is asked before it has heard Cancel",   STAYS,  ask.not_told_cancel, when=guards.is_telling),
    row(S.WITHDRAWING, T.UNDO,              "undo before it was sent",                           BEFORE, take_back.cancel, clocks.start_answer),
    row(S.WITHDRAWING, T.WITHDRAWAL_SILENT, "promised and not answered: Cancel, or two send it", STAYS,  keep.not_crossed, say.cancel, when=guards.has_crossed),

    row(S.WITHDRAWING, WAS_TOLD, "cancelled; a lender that says nothing was told", S.CANCELLED,       clocks.stop_lender, when=guards.called_off),
    row(S.WITHDRAWING, WAS_TOLD, "it was told; the next",                          S.ASKING,          *ASK_NEXT, when=guards.more_lenders),
    row(S.WITHDRAWING, WAS_TOLD, "it was told; is anybody left?",                  S.CHOOSING_LENDER, *ANYBODY_LEFT),

    row(S.WITHDRAWING, T.SAYS_NOT_CANCELLED, "Cancel → N: it is sent already", S.ON_ITS_WAY, *IT_IS_SENT, ask.call_off_refused, when=guards.stands_loaned),
    row(S.WITHDRAWING, T.SAYS_NOT_CANCELLED, "Cancel → N: it will be sent",    S.PROMISED,   *IT_PROMISES, ask.call_off_refused),
)
# fmt: on
