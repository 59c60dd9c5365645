"""Staff answer by hand, also while a look-up waits for a system that is down; offers."""

from gateway.workflow.lending import ask, choose, clocks, guards, take_back, tell
from gateway.workflow.lending.groups import ANSWERABLE, OPEN
from gateway.workflow.lending.moves import (
    ANSWER,
    ASK_STAFF,
    OFFER,
    RESERVE_ANEW,
    RESERVE_NAMED,
    STAFF_SAY_YES,
    SUPPLY_COPY,
    SUPPLY_NAMED_COPY,
)
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    no(ANSWERABLE,  T.ANSWER_SUPPLY,   "Name one item; more can be named when they are shipped.", when=guards.names_several),
    row(ANSWERABLE, T.ANSWER_SUPPLY,   "staff answer", S.TO_COPY,        *STAFF_SAY_YES, *SUPPLY_NAMED_COPY, when=guards.copy_of_named),
    row(ANSWERABLE, T.ANSWER_SUPPLY,   "staff answer", S.TO_COPY,        *STAFF_SAY_YES, *SUPPLY_COPY, when=guards.copy_of_candidate),
    row(ANSWERABLE, T.ANSWER_SUPPLY,   "staff answer", S.RESERVING,      *STAFF_SAY_YES, *RESERVE_NAMED, when=guards.names_copy),
    row(ANSWERABLE, T.ANSWER_SUPPLY,   "staff answer", S.RESERVING,      *STAFF_SAY_YES, *RESERVE_ANEW, when=guards.another_copy),
    no(ANSWERABLE,  T.ANSWER_SUPPLY,   "Name the barcode of the item to lend."),
    row(ANSWERABLE, T.ANSWER_RETRY,    "staff answer", S.RETRY_POSSIBLE, choose.keep_retry, *ANSWER),
    row(ANSWERABLE, T.ANSWER_UNFILLED, "staff answer", S.UNFILLED,       choose.keep_unfilled, *ANSWER),

    row((S.DECIDING, S.OFFERED), T.SEARCH_AGAIN, "staff changed the item list or the policy",     S.SEARCHING, choose.find_copies, clocks.start),
    no(OPEN,                     T.OFFER,        "Name the cost or the condition.", when=guards.offers_nothing),
    row(OPEN,                    T.OFFER,        "only if: RetryPossible with cost or condition", S.OFFERED,   choose.keep_offer, take_back.stop_work, *OFFER),

    row(S.OFFERED, T.CONDITIONS_ACCEPTED, "the partner accepts", S.TO_COPY,   choose.take_offer, *SUPPLY_COPY, when=guards.copy_of_candidate),
    row(S.OFFERED, T.CONDITIONS_ACCEPTED, "the partner accepts", S.RESERVING, choose.take_offer, *RESERVE_ANEW, when=guards.another_copy),

    row(S.OFFERED,        T.CONDITIONS_ACCEPTED, "the partner accepts; staff name the item",       S.DECIDING,       choose.take_offer, *ASK_STAFF),
    row(S.OFFERED,        T.CONDITIONS_REFUSED,  "the partner declines",                           S.CANCELLED,      tell.cancelled),
    row(S.OFFERED,        T.ASKED_ANEW,          "a Retry stands in its place: the offer is over", S.RETRY_POSSIBLE),
    row(S.OFFERED,        T.CONDITION_LAPSED,    "4 open days; some heard a promise, and wait",    S.RETRY_POSSIBLE, tell.offer_over),
    row(S.OFFERED,        T.UNDO,                "undo before it was sent",                        S.DECIDING,       take_back.retry, *ASK_STAFF),
    row(S.RETRY_POSSIBLE, T.CONDITIONS_ACCEPTED, "the offer is over: staff",                       STAYS,            ask.late_acceptance),

    row(S.UNFILLED, T.UNDO, "undo before it was sent", S.AWAITING_APPROVAL, take_back.unfilled, clocks.start, ask.about_partner, when=guards.is_unapproved),
    row(S.UNFILLED, T.UNDO, "undo before it was sent", S.DECIDING,          take_back.unfilled, *ASK_STAFF),

    row(S.RETRY_POSSIBLE, T.UNDO, "undo before it was sent", S.DECIDING, take_back.retry, *ASK_STAFF),
)
# fmt: on
