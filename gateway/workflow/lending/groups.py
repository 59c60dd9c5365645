"""Groups of states and of triggers that rows of the lending table share, and others with them: one name and one home each."""

from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# ── states ───────────────────────────────────────────────────────────────────────────────────────

OPEN = (S.SEARCHING, S.CHECKING, S.DECIDING)
UNDECIDED = (S.AWAITING_APPROVAL, *OPEN)
ANSWERABLE = (*OPEN, S.OFFERED)
TAKEN_IN = (S.ARRIVING, S.ARRIVING_TO_SHIP)
"""It was scanned at the desk; the circulation system is still to say that it is here, and for whom."""
PROMISED = (S.WILL_SUPPLY, *TAKEN_IN, S.ARRIVED)
OUT = (S.LOANED, S.OVERDUE, S.RECALLED)
HAVING = (
    *PROMISED,
    S.CHECKING_OUT,
    S.CHECKED_OUT,
    S.UNDOING,
    *OUT,
    S.RENEWING,
    S.RETURNING,
    S.CHECKING_IN,
    S.LENDING_AGAIN,
)
"""Its items are promised, at the desk or out."""
PROMISED_OR_OUT = (S.RESERVING, *HAVING)
"""What counts against a partner's most loans at once."""
ENDED_WITHOUT_ITEM = (S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED)
FINALS = frozenset({*ENDED_WITHOUT_ITEM, S.COMPLETED, S.COPY_COMPLETED, S.LOST})
NO_HOLD_WANTED = (*UNDECIDED, S.OFFERED, S.TO_COPY, *ENDED_WITHOUT_ITEM, S.COMPLETED, S.COPY_COMPLETED)
"""A hold that is found in these comes off."""
NOT_SENT = (
    *UNDECIDED,
    S.OFFERED,
    S.RESERVING,
    *PROMISED,
    S.CHECKING_OUT,
    S.UNDOING,
    S.TO_COPY,
    S.RELEASING,
    S.CANCELLING,
    *ENDED_WITHOUT_ITEM,
)
"""Nothing has left the house, as far as we know."""
ACTING = (
    S.RESERVING,
    *TAKEN_IN,
    S.RELEASING,
    S.CANCELLING,
    S.CHECKING_OUT,
    S.UNDOING,
    S.RENEWING,
    S.CHECKING_IN,
    S.LENDING_AGAIN,
)
"""An act on the circulation system is under way, or asked of a person."""
COMING_OFF = (S.RELEASING, S.CANCELLING)
"""The hold is taken off."""
ON_LOAN = (*OUT, S.RENEWING)
AT_HAND = (S.WILL_SUPPLY, S.ARRIVED)
"""Promised, and nothing is under way."""
MAY_BE_ON_LOAN = (*ON_LOAN, S.RETURNING)
"""Out, as far as anybody knows, even if it is on its way back."""
OUT_FOR_SURE = (*OUT, S.RETURNING)
"""The partner was told that it has it, and nothing was given up."""
RENEWABLE = (S.LOANED, S.OVERDUE)
"""Out, and not recalled."""
UNPROMISED = (*UNDECIDED, S.RESERVING)
"""Nothing is promised yet."""
ANSWER_SAID = (S.UNFILLED, S.RETRY_POSSIBLE, S.OFFERED, S.COPY_COMPLETED)
"""The answer can be taken back before it was sent."""
TO_SHIP = (S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT)
WITH_PARTNER = (*OUT, S.CHECKED_OUT, S.RENEWING, S.RETURNING)
"""The partner has it, or it is on the way."""
MAY_COME_BACK = (*OUT, S.CHECKED_OUT, S.RETURNING, S.LOST)
"""What may be checked in at the desk."""
AWAY = (*OUT, S.CHECKED_OUT, S.RENEWING, S.RETURNING, S.LOST, S.CHECKING_IN)
"""It counts as being away, or as coming back."""
OUT_OR_BACK = (*OUT, S.RETURNING, S.CHECKING_IN, S.LOST)
COMING_BACK = (S.CHECKING_IN, S.CHECKED_IN, S.LENDING_AGAIN)
"""It was scanned as being back, and the partner was not told: it may stand again where it stood."""
UNRESERVED = (*UNDECIDED, S.OFFERED)
"""Nothing is reserved yet."""
HELD = (S.RESERVING, S.WILL_SUPPLY, S.ARRIVED)
"""A hold stands, or is asked for, and nothing else is under way."""

# ── triggers ─────────────────────────────────────────────────────────────────────────────────────

ANSWERED = (
    T.HOLD_ANSWERED,
    T.CANCEL_HOLD_ANSWERED,
    T.ARRIVE_ANSWERED,
    T.CHECKOUT_ANSWERED,
    T.RENEW_ANSWERED,
    T.CHECKIN_ANSWERED,
)
FOUND_OF_LOAN = (T.RENEW_DONE, T.RENEW_NOT_DONE, T.RENEW_UNCLEAR, T.CHECKIN_DONE, T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR)
FOUND_HARMLESS = (
    T.HOLD_ABSENT,
    T.HOLD_OFF,
    T.ARRIVE_DONE,
    T.ARRIVE_TRAPPED,
    T.ARRIVE_UNCLEAR,
    T.CHECKOUT_NOT_DONE,
    *FOUND_OF_LOAN,
)
SHOWN_NOT_DONE = (
    T.HOLD_ABSENT,
    T.HOLD_STILL_ON,
    T.ARRIVE_TRAPPED,
    T.CHECKOUT_NOT_DONE,
    T.RENEW_NOT_DONE,
    T.CHECKIN_NOT_DONE,
)
SHOWN = (
    *SHOWN_NOT_DONE,
    T.HOLD_STANDS,
    T.HOLD_UNCLEAR,
    T.HOLD_OFF,
    T.HOLD_OFF_UNCLEAR,
    T.ARRIVE_DONE,
    T.ARRIVE_UNCLEAR,
    T.CHECKOUT_UNCLEAR,
    T.RENEW_UNCLEAR,
    T.CHECKIN_DONE,
    T.CHECKIN_UNCLEAR,
)
SEEN_OF_HOLD = (T.HOLD_STANDS, T.HOLD_ABSENT, T.HOLD_UNCLEAR)
COULD_SEND = (T.CAN_SUPPLY, T.CAN_COPY)
OVERDUES = (T.OVERDUE, T.OVERDUE_AGAIN)
HOLD_RAN = (T.HOLD_AMBER, T.HOLD_EXPIRED)
IT_IS_OFF = (T.HOLD_OFF, T.DONE_BY_HAND)
CHECKIN_FAILED = (T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR)
CHECKOUT_FAILED = (T.CHECKOUT_NOT_DONE, T.CHECKOUT_UNCLEAR)
MAY_BE_OUT = (T.CHECKOUT_DONE, T.CHECKOUT_UNCLEAR)
MAY_BE_ON = (T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR)
SAYS_WORDS = (T.NOTIFICATION, T.CONDITIONS_ACCEPTED, T.CONDITIONS_REFUSED)
HAS_IT = (T.RECEIVED, T.SHIPPED_RETURN, T.SHIPPED_FORWARD)
SENDS_IT = (T.SHIPPED_RETURN, T.SHIPPED_FORWARD)
OUT_AFTER_ALL = (T.CHECKOUT_DONE, T.CHECKOUT_UNCLEAR, T.CHECKIN_NOT_DONE)
BACK_AFTER_ALL = (T.CHECKIN_DONE, T.CHECKOUT_NOT_DONE)
