"""In every state: the partner, staff, and late answers of the circulation system."""

from gateway.workflow.acts import act, acting, asking, rows
from gateway.workflow.acts.rows import HOLD_DOUBTFUL
from gateway.workflow.lending import ask, clocks, force, guards, keep, take_back, tell
from gateway.workflow.lending.groups import (
    ANSWERED,
    BACK_AFTER_ALL,
    HAS_IT,
    NO_HOLD_WANTED,
    NOT_SENT,
    OUT,
    OUT_AFTER_ALL,
    PROMISED,
    SAYS_WORDS,
    SENDS_IT,
    UNRESERVED,
)
from gateway.workflow.machine import ANY, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    # In every state: the partner
    row(UNRESERVED,  T.CANCEL,         "nothing is reserved yet",                         S.CANCELLED, take_back.stop_work, tell.answer_cancel_yes),
    row(S.CANCELLED, T.CANCEL,         "cancelled already",                               STAYS,       tell.answer_cancel_yes),
    row(ANY,         T.CANCEL,         "too late, or over: N and the current status",     STAYS,       tell.answer_cancel_no),
    row(ANY,         T.RENEW,          "nothing to renew, or recalled: N and the status", STAYS,       tell.answer_renew_no),
    row(ANY,         T.STATUS_REQUEST, "the current status, final states too",            STAYS,       tell.status),
    row(ANY,         T.REMINDER,       "the status again, no new work",                   STAYS,       tell.status_again),
    row(ANY,         SAYS_WORDS,       "a Notification never moves a request",            STAYS,       ask.read_note),
    row(NOT_SENT,    HAS_IT,           "they have what we did not send",                  STAYS,       ask.contradiction),
    row(S.LOST,      SENDS_IT,         "found after all",                                 STAYS,       ask.contradiction),
    row(ANY,         T.TOLD,           "the partner has heard",                           STAYS,       keep.close_told),
    row(ANY,         T.NOT_TOLD,       "what a partner can't take is told in words",      STAYS,       ask.not_told, tell.in_words),

    # In every state: staff
    *rows.AMONG_STAFF,
    rows.NOTE,
    no(ANY,           T.NOTE,         "A note is for staff: write it as “inside” (--inside). Words for the partner are a message."),
    row(ANY,          T.SEND_MESSAGE, "words for the partner",            STAYS, tell.note, when=acting.says_words),
    no(ANY,           T.SEND_MESSAGE, "Write the message as “note” (--note): words for the partner."),
    row(ANY,          T.TOLD_BY_HAND, "told by other means",              STAYS, keep.close_told),
    row(S.CANCELLING, T.FORCE,        "a Cancel is still to be answered", STAYS, force.force, tell.answer_cancel_as_forced),
    row(S.RENEWING,   T.FORCE,        "a Renew is still to be answered",  STAYS, force.force, tell.answer_renew_no),
    row(ANY,          T.FORCE,        "no failure strands a loan",        STAYS, force.force),

    # In every state: answers of the circulation system that nobody waits for any more
    row(ANY,            ANSWERED,                    "look what it did",                         STAYS, act.look),
    row(NO_HOLD_WANTED, T.HOLD_STANDS,               "a hold that nobody wants",                 STAYS, act.take_off),
    row(NO_HOLD_WANTED, HOLD_DOUBTFUL,               "a hold that nobody wants",                 STAYS, asking.stray_hold),
    row(PROMISED,       (T.HOLD_OFF, T.HOLD_ABSENT), "the hold that we promised on",             STAYS, ask.hold_gone),
    row(ANY,            T.ARRIVE_TRAPPED,            "trapped for somebody else: staff",         STAYS, ask.trapped),
    row(ANY,            OUT_AFTER_ALL,               "it counts as being here",                  STAYS, ask.out_after_all, when=guards.is_not_out),
    row(OUT,            T.RENEW_DONE,                "the circulation system's due date counts", STAYS, keep.renewed_late, clocks.start_due),
    row(ANY,            BACK_AFTER_ALL,              "it counts as being out",                   STAYS, ask.back_after_all, when=guards.is_out),
    *rows.COMPARED,
    row(ANY, T.STUCK, "a limit, then a staff task", STAYS, ask.not_told_yet, when=guards.is_telling),
    rows.STUCK,
)
# fmt: on
