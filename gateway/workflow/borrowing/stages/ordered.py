"""A customer asks (duty 1): eligibility, duplicates, our own shelves, copyright."""

from gateway.workflow.acts import note, rows, undo
from gateway.workflow.borrowing import ask, begin, clocks, guards, hand, here, lenders, take_back
from gateway.workflow.borrowing.groups import (
    ALL_THE_SAME,
    NOT_ASKED_YET,
    NOT_SENT_YET,
    UNASKED,
    VETTED_ONCE,
)
from gateway.workflow.borrowing.moves import OWN_COPY
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(None,       T.ASKED_FOR,  "duty 1: may it go out?",                               S.VETTING,         begin.vet),
    row(S.VETTING,  T.VETTED,     "nothing stands in the way",                            S.CHOOSING_LENDER, lenders.make_rota),
    row(S.VETTING,  T.IN_DOUBT,   "ours, and on the shelf: held by rule",                 S.RESERVING,       *OWN_COPY, when=guards.may_be_served_here),
    row(S.VETTING,  T.IN_DOUBT,   "blocked, asked for before, ours, or copyright: staff", S.DECIDING,        begin.keep_doubts, ask.about_doubts),
    no(S.DECIDING,  ALL_THE_SAME, "Say the reason.", when=guards.gives_no_reason),
    no(S.DECIDING,  T.GO_ON,      "Only a manager can override this.", when=guards.must_override),
    row(S.DECIDING, ALL_THE_SAME, "sent out all the same, with a reason",                 S.CHOOSING_LENDER, begin.set_aside, lenders.make_rota),

    row(VETTED_ONCE,   T.SEARCH_AGAIN,    "the account, a partner or the list has changed", S.VETTING,   begin.vet),
    no(UNASKED,        T.CORRECT_CARD,    "A lender was asked already: call it off, and order it anew for the right card.", when=guards.somebody_asked),
    row(NOT_ASKED_YET, T.CORRECT_CARD,    "the card was mistyped: may it go out?",          S.VETTING,   begin.for_another_card, begin.vet),
    no(UNASKED,        T.CORRECT_WORK,    "A lender was asked already: call it off, and order the right work.", when=guards.somebody_asked),
    no(NOT_ASKED_YET,  T.CORRECT_WORK,    "Say which work is meant: a title, or a number.", when=guards.names_no_work),
    row(NOT_ASKED_YET, T.CORRECT_WORK,    "another work is meant, or told better",          S.VETTING,   begin.for_another_work, begin.vet),
    row(S.DECIDING,    T.ANSWER_UNFILLED, "no library could supply it",                     S.UNFILLED,  clocks.stop_receipt),
    row(UNASKED,       T.CALL_OFF,        "nobody was asked yet, or nobody is",             S.CANCELLED, take_back.stop_asking),
    no(UNASKED,        T.SERVE_HERE,      "Name the barcode of our copy.", when=guards.names_no_copy),
    row(UNASKED,       T.SERVE_HERE,      "owned and available here: our own copy instead", S.RESERVING, take_back.stop_asking, here.take_own_copy, here.hold),

    rows.HOLD_ANSWERED,
    row(S.RESERVING, T.HOLD_STANDS, "the customer waits for our own copy", S.SERVED_HERE, note.held),
    rows.HOLD_ABSENT,
    row(S.RESERVING, T.HOLD_UNCLEAR,   "asked for, and it can't be told: staff look",    STAYS,             note.failed, ask.find_hold, when=guards.was_asked),
    row(S.RESERVING, rows.HOLD_FAILED, "refused, or no holds over SIP2: staff",          STAYS,             note.failed, ask.place_hold),
    row(S.RESERVING, T.DONE_BY_HAND,   "staff placed the hold",                          S.SERVED_HERE,     hand.look_for_hold, undo.stop_placing, note.held),
    row(S.RESERVING, T.NOT_DONE,       "no hold on our copy after all: ask the lenders", S.CHOOSING_LENDER, undo.placing, here.no_items, lenders.make_rota),
    rows.HOLD_AGAIN,
    row(NOT_SENT_YET, T.PAST_DEADLINE, "our own 30 days: asked on, or staff know",        STAYS, clocks.start_long_deadline, when=guards.is_asked_on),
    row(NOT_SENT_YET, T.PAST_DEADLINE, "need-by, or long asked for: the customer's word", STAYS, ask.deadline),
)
# fmt: on
