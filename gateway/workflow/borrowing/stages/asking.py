"""One lender after the other: asked, promised, on terms."""

from gateway.workflow.borrowing import ask, begin, clocks, guards, keep, lenders, take_back
from gateway.workflow.borrowing.groups import (
    ASK_AGAIN,
    ASKED,
    NOT_ACCEPTED,
    ROTA_ANSWERED,
    SAYS_IT_WILL,
    SAYS_NO,
    SAYS_NO_OR_LATER,
    SIGN_OF_LIFE,
    WAITING,
)
from gateway.workflow.borrowing.moves import (
    ACCEPT,
    ACCEPT_BY_RULE,
    ACCEPT_IN_WORDS,
    ANYBODY_LEFT,
    ASK_FIRST,
    ASK_NEXT,
    CANCEL_REFUSED,
    DECLINE,
    HAS_IT,
    IN_TIME_AGAIN,
    IT_IS_SENT,
    IT_PROMISES,
    LATER_ANYBODY_LEFT,
    LATER_ASK_NEXT,
    NOT_ACCEPTED_AFTER_ALL,
    ON_TERMS,
    PASS_ON,
    SAID_AGAIN,
)
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger
SAID_FOR_GOOD = "Too late to undo. If it is not to be had from this lender after all, say so: “Ask the next lender”."

# fmt: off
ROWS = (
    row(S.CHOOSING_LENDER, ROTA_ANSWERED,  "the customer does not want it any more",  S.CANCELLED,      take_back.stop_asking, when=guards.called_off),
    row(S.CHOOSING_LENDER, T.ROTA_MADE,    "the first of the rota",                   S.ASKING,         *ASK_FIRST),
    row(S.CHOOSING_LENDER, T.WORK_DOUBTED, "its number is another work's: staff",     S.DECIDING,       begin.keep_doubts, ask.about_doubts),
    row(S.CHOOSING_LENDER, T.NO_LENDER,    "not now, or silent: asked again in time", S.WAITING_TO_ASK, *IN_TIME_AGAIN, when=guards.may_return),

    row(S.WAITING_TO_ASK,  ASK_AGAIN,   "its day has come, or staff don't wait: a Retry", S.ASKING,   clocks.stop_lender, lenders.return_to_lender),
    row(S.DECIDING,        T.TRY_AGAIN, "staff ask one that said not now again: a Retry", S.ASKING,   lenders.return_to_lender, when=guards.has_returns),
    row(S.CHOOSING_LENDER, T.NO_LENDER, "the rota has run out",                           S.DECIDING, lenders.hear_late, ask.no_lender),

    row(S.ASKING, T.SENT,     "it has it: 3 open days, rush 24 h, express 2 h",     STAYS,             *HAS_IT, when=guards.is_request_current),
    row(S.ASKING, T.NOT_SENT, "refused; an earlier try may be there: Cancel first", S.WITHDRAWING,     *CANCEL_REFUSED, when=guards.may_be_there),
    row(S.ASKING, T.NOT_SENT, "it does not take the request: the next",             STAYS,             lenders.ask_next, when=guards.next_after_not_sent),
    row(S.ASKING, T.NOT_SENT, "it does not take the request: is anybody left?",     S.CHOOSING_LENDER, lenders.make_rota, when=guards.is_request_current),

    row(ASKED,         SAYS_IT_WILL,         "of the supplier that was told Cancel: it crossed", STAYS,        when=guards.is_of_supplier_left),
    row(ASKED,         SIGN_OF_LIFE,         "a sign of life, no promise",                       STAYS,        *SAID_AGAIN),
    row(S.PROMISED,    T.SAYS_WILL_SUPPLY,   "said again, as we asked: its time runs on",        STAYS,        *SAID_AGAIN, when=guards.was_asked_about),
    row(ASKED,         T.SAYS_WILL_SUPPLY,   "promised",                                         S.PROMISED,   *IT_PROMISES),
    row(S.WITHDRAWING, SAYS_IT_WILL,         "it crossed with our Cancel, which it must answer", STAYS,        keep.lender_number, keep.crossed),
    row(WAITING,       T.SAYS_LOANED,        "sent",                                             S.ON_ITS_WAY, *IT_IS_SENT, ask.call_off_refused),
    row(WAITING,       T.SAYS_COPY_SENT,     "the copy is sent, or there is a link",             S.COPY_HERE,  *IT_IS_SENT, ask.hand_over),
    row(ASKED,         SAYS_NO_OR_LATER,     "the customer does not want it any more",           S.CANCELLED,  clocks.stop_lender, when=guards.called_off),
    row(ASKED,         T.SAYS_CANCELLED,     "the one supplier's: the broker asks its next",     S.ASKING,     clocks.start_answer, when=guards.was_passed_on),
    row(ASKED,         T.SAYS_NOT_CANCELLED, "the supplier that was told Cancel has sent it",    S.ON_ITS_WAY, *IT_IS_SENT, when=guards.passed_on_in_vain),
    row(ASKED,         T.SAYS_NOT_CANCELLED, "the supplier that was told Cancel will send it",   S.PROMISED,   *IT_PROMISES, when=guards.was_passed_on),

    row(ASKED, SAYS_NO,      "no: the next",                                       S.ASKING,          *ASK_NEXT, when=guards.more_lenders),
    row(ASKED, SAYS_NO,      "no: is anybody left?",                               S.CHOOSING_LENDER, *ANYBODY_LEFT),
    row(ASKED, T.SAYS_RETRY, "of the supplier that was told Cancel: it crossed",   STAYS,             when=guards.is_of_supplier_left),
    row(ASKED, T.SAYS_RETRY, "only for a cost within the limit: accepted by rule", S.ASKING,          *ACCEPT_BY_RULE, when=guards.within_limit),
    row(ASKED, T.SAYS_RETRY, "only if: staff",                                     S.CONDITIONAL,     *ON_TERMS, ask.conditions, when=guards.offers),
    row(ASKED, T.SAYS_RETRY, "another record, or a loan instead: staff",           S.CONDITIONAL,     *ON_TERMS, ask.suggestion, when=guards.suggests),
    row(ASKED, T.SAYS_RETRY, "not now, by a broker's supplier: Cancel for it",     S.ASKING,          keep.lender_number, *PASS_ON, when=guards.is_brokered_no),
    row(ASKED, T.SAYS_RETRY, "not now: the next",                                  S.ASKING,          *LATER_ASK_NEXT, when=guards.more_lenders),
    row(ASKED, T.SAYS_RETRY, "not now: is anybody left?",                          S.CHOOSING_LENDER, *LATER_ANYBODY_LEFT),

    row(ASKED, T.SAYS_CONDITION, "conditions, as a dialect reads them in words", S.CONDITIONAL, *ON_TERMS, ask.conditions),

    row(S.CONDITIONAL, T.ACCEPT, "it waits for our word", S.ASKING, *ACCEPT_IN_WORDS, when=guards.offered_in_words),

    row(S.CONDITIONAL, T.ACCEPT,     "RetryPossible: a Retry under the same lender's terms", S.ASKING, *ACCEPT),
    row(S.CONDITIONAL, NOT_ACCEPTED, "not so: Cancel for it, and the broker asks its next",  S.ASKING, *PASS_ON, when=guards.is_brokered),

    row(S.CONDITIONAL, NOT_ACCEPTED, "it waits for our word: no, and Cancel",   S.WITHDRAWING,     clocks.stop_lender, *DECLINE, when=guards.offered_in_words),
    row(S.CONDITIONAL, NOT_ACCEPTED, "not under these terms: the next",         S.ASKING,          *ASK_NEXT, when=guards.more_lenders),
    row(S.CONDITIONAL, NOT_ACCEPTED, "not under these terms: is anybody left?", S.CHOOSING_LENDER, *ANYBODY_LEFT),

    row(S.ASKING, T.UNDO, "undo before it was sent: its terms wait for our word", S.CONDITIONAL, *NOT_ACCEPTED_AFTER_ALL, when=guards.may_undo_yes),
    no(S.ASKING,  T.UNDO, SAID_FOR_GOOD),

    row(S.CONDITIONAL, T.CALL_OFF, "it waits for our word", S.WITHDRAWING, clocks.stop_lender, lenders.call_off, *DECLINE, when=guards.offered_in_words),

    row(S.CONDITIONAL, T.CALL_OFF, "RetryPossible ended it at the lender", S.CANCELLED, lenders.call_off, clocks.stop_lender),
)
# fmt: on
