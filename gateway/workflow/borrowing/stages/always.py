"""In every state: the lender, staff, and late answers of the circulation system."""

from gateway.workflow.acts import act, acting, asking, rows
from gateway.workflow.acts.rows import HOLD_DOUBTFUL
from gateway.workflow.borrowing import ask, force, guards, keep, lenders, say
from gateway.workflow.borrowing.groups import (
    ANSWERED,
    LENDERS_TURN,
    NEEDS_NO_BARCODE,
    NO_HOLD_WANTED,
    OWN_COPY,
    SAYS_IN_WORDS,
    SAYS_IT_WILL,
    SAYS_SENT,
    WANTED_NO_MORE,
    WITH_A_LENDER,
    WITHOUT_TERMS,
)
from gateway.workflow.machine import ANY, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    # In every state: the lender
    row(OWN_COPY,       SAYS_SENT,    "sent although the customer has our own copy",   STAYS, keep.shipped, ask.sent_unasked),
    row(WANTED_NO_MORE, SAYS_IT_WILL, "promised, and we don't wait: Cancel once more", STAYS, say.cancel_late),

    row(ANY,          SAYS_IN_WORDS, "a Notification never moves a request",                   STAYS, keep.heard, ask.read_note),
    row(ANY,          T.SENT,        "the lender has heard",                                   STAYS, keep.told, keep.yes_is_told),
    row(LENDERS_TURN, T.NOT_SENT,    "it takes no StatusRequest: staff ask",                   STAYS, ask.silent, say.in_words, when=guards.is_status_request),
    row(ANY,          T.NOT_SENT,    "a renewal that nobody waits for any more",               STAYS, when=guards.is_renew),
    row(ANY,          T.NOT_SENT,    "what a lender can't take is told in words, or by staff", STAYS, ask.not_told, say.in_words),

    # In every state: staff
    *rows.AMONG_STAFF,
    rows.NOTE,
    no(ANY,            T.NOTE,                         "A note is for staff: write it as “inside” (--inside). Words for the lender are a message."),
    no(ANY,            (T.SEND_MESSAGE, T.ASK_STATUS), "No lender was asked yet.", when=guards.nobody_asked),
    row(ANY,           T.SEND_MESSAGE,                 "words for the lender",                         STAYS, say.note, when=acting.says_words),
    no(ANY,            T.SEND_MESSAGE,                 "Write the message as “note” (--note): words for the lender."),
    row(WITH_A_LENDER, T.ASK_STATUS,                   "where are we?",                                STAYS, say.ask_status),
    row(WITHOUT_TERMS, T.REMIND,                       "Reminder: it may have overlooked the request", STAYS, lenders.remind),
    row(ANY,           T.TOLD_BY_HAND,                 "told by other means",                          STAYS, keep.told),
    row(ANY,           T.FORCE,                        "no failure strands a loan",                    STAYS, force.force),

    # In every state: answers of the circulation system that nobody waits for any more
    row(ANY,              ANSWERED,           "look what it did",                   STAYS, act.look),
    row(NO_HOLD_WANTED,   T.HOLD_STANDS,      "a hold that nobody wants",           STAYS, act.take_off),
    row(NO_HOLD_WANTED,   HOLD_DOUBTFUL,      "a hold that nobody wants",           STAYS, asking.stray_hold),
    row(NEEDS_NO_BARCODE, T.BARCODE_ASSIGNED, "nobody waits for it: it stays free", STAYS),
    *rows.COMPARED,
    row(ANY, T.STUCK, "a limit, then a staff task", STAYS, ask.not_told_yet, when=guards.is_telling),
    rows.STUCK,
)
# fmt: on
