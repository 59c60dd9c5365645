"""What can happen, by the names that stand in the tables, and what every event has: the base of `events`."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.workflow.records import Act, Clock, Finding


class Source(StrEnum):
    """Who can make a thing happen; decides what an impossible one is answered with."""

    PARTNER = "partner"
    STAFF = "staff"
    WORK = "work"
    CLOCK = "clock"


class Trigger(StrEnum):
    """The columns of the table: everything that can happen, with its outcome."""

    # from the partner
    ADMITTED = "request admitted"
    UNKNOWN_PARTNER = "request of an unknown partner"
    TURNED_AWAY = "request turned away"
    FOR_STAFF = "request for staff"
    REMINDER = "reminder"
    STATUS_REQUEST = "status request"
    CANCEL = "cancel"
    RENEW = "renew"
    RECEIVED = "received"
    SHIPPED_RETURN = "shipped return"
    SHIPPED_FORWARD = "shipped forward"
    NOTIFICATION = "notification"
    CONDITIONS_ACCEPTED = "conditions accepted"
    CONDITIONS_REFUSED = "conditions refused"
    ASKED_ANEW = "asked anew"
    LOST = "lost"
    HOLD_RETURN = "hold return"
    # from the customer, when we borrow
    ASKED_FOR = "asked for by a customer"
    # from the lender, when we borrow
    SAYS_RECEIVED = "lender: request received"
    SAYS_EXPECT = "lender: expect to supply"
    SAYS_WILL_SUPPLY = "lender: will supply"
    SAYS_LOANED = "lender: loaned"
    SAYS_COPY_SENT = "lender: copy completed"
    SAYS_RETRY = "lender: retry possible"
    SAYS_UNFILLED = "lender: unfilled"
    SAYS_CANCELLED = "lender: cancelled"
    SAYS_NOT_CANCELLED = "lender: not cancelled"
    SAYS_RENEWED = "lender: renewed"
    SAYS_NOT_RENEWED = "lender: not renewed"
    SAYS_OVERDUE = "lender: overdue"
    SAYS_RECALLED = "lender: recalled"
    SAYS_COMPLETED = "lender: loan completed"
    SAYS_WITHOUT_RETURN = "lender: completed without return"
    SAYS_HOLD_RETURN = "lender: hold the return"
    SAYS_RELEASE_RETURN = "lender: return it now"
    SAYS_WORDS = "lender: notification"
    SAYS_CONDITION = "lender: condition"
    # from our own work, when we borrow
    VETTED = "vetted"
    IN_DOUBT = "vetted: staff decide"
    ROTA_MADE = "rota made"
    NO_LENDER = "no lender"
    WORK_DOUBTED = "rota: its number is another work's"
    LATE_FIRST = "late answers: another lender first"
    LATE_OTHERS = "late answers: the others in another order"
    LATE_NOTHING = "late answers: as before"
    SENT = "lender told"
    NOT_SENT = "lender not told"
    NEVER_ASKED = "lender never asked"
    BARCODE_ASSIGNED = "pool barcode assigned"
    NO_BARCODE = "no pool barcode"
    RECEIVE_ANSWERED = "receipt answered"
    RECEIVE_DONE = "receipt done"
    RECEIVE_NOT_DONE = "receipt not done"
    RECEIVE_UNCLEAR = "receipt unclear"
    SEEN_OUT = "seen with the customer"
    SEEN_BACK = "seen back"
    SEEN_NOTHING = "seen unchanged"
    SEEN_ELSEWHERE = "seen with somebody else"
    # from our own work
    COPIES_FOUND = "copies found"
    NO_COPIES = "no copies found"
    CAN_SUPPLY = "copies checked: can supply"
    CAN_COPY = "copies checked: can copy"
    RETRY_LATER = "copies checked: retry possible"
    CANNOT_SUPPLY = "copies checked: unfilled"
    STAFF_DECIDES = "copies checked: staff decide"
    HOLD_ANSWERED = "hold answered"
    HOLD_STANDS = "hold stands"
    HOLD_ABSENT = "hold absent"
    HOLD_UNCLEAR = "hold unclear"
    CANCEL_HOLD_ANSWERED = "cancel hold answered"
    HOLD_OFF = "hold is off"
    HOLD_STILL_ON = "hold still on"
    HOLD_OFF_UNCLEAR = "hold off unclear"
    ARRIVE_ANSWERED = "arrival answered"
    ARRIVE_DONE = "arrival done"
    ARRIVE_TRAPPED = "arrival: trapped for another"
    ARRIVE_UNCLEAR = "arrival unclear"
    CHECKOUT_ANSWERED = "checkout answered"
    CHECKOUT_DONE = "checkout done"
    CHECKOUT_NOT_DONE = "checkout not done"
    CHECKOUT_UNCLEAR = "checkout unclear"
    RENEW_ANSWERED = "renewal answered"
    RENEW_DONE = "renewal done"
    RENEW_NOT_DONE = "renewal not done"
    RENEW_UNCLEAR = "renewal unclear"
    CHECKIN_ANSWERED = "check-in answered"
    CHECKIN_DONE = "check-in done"
    CHECKIN_NOT_DONE = "check-in not done"
    CHECKIN_UNCLEAR = "check-in unclear"
    IS_COMING = "on its way to the desk"
    IS_NOT_COMING = "not seen on its way"
    TOLD = "partner told"
    NOT_TOLD = "partner not told"
    STUCK = "work stuck"
    DIFFERS = "circulation system differs"
    AGREES = "circulation system agrees"
    # from staff
    APPROVE = "approve partner"
    REFUSE = "refuse partner"
    ANSWER_SUPPLY = "answer: will supply"
    ANSWER_RETRY = "answer: retry possible"
    ANSWER_UNFILLED = "answer: unfilled"
    OFFER = "offer with condition"
    SEARCH_AGAIN = "search again"
    COMING = "coming"
    CANNOT_FIND = "can't find"
    ARRIVE = "arrived"
    ARRIVE_AND_SHIP = "arrived, to ship"
    SHIP = "ship"
    COPY_SENT = "copy sent"
    CHECK_IN = "check in"
    DONE_BY_HAND = "done by hand"
    NOT_DONE = "not done"
    TRY_AGAIN = "try again"
    RECALL = "recall"
    MARK_LOST = "mark lost"
    NOTE = "note for staff"
    SEND_MESSAGE = "message to the partner"
    ASSIGN = "assign"
    FLAG = "flag"
    UNFLAG = "take the flag off"
    TOLD_BY_HAND = "told by hand"
    UNDO = "undo"
    FORCE = "force"
    # from staff, when we borrow
    GO_ON = "go on"
    OVERRIDE = "override"
    CORRECT_CARD = "correct the card"
    CORRECT_WORK = "say which work is meant"
    SERVE_HERE = "serve from our own shelves"
    NEXT_LENDER = "next lender"
    ACCEPT = "accept the conditions"
    CALL_OFF = "call off"
    RECEIVE = "receive"
    HANDED_OUT = "handed out"
    CAME_BACK = "came back"
    SEND_BACK = "send back"
    SEND_OTHER_BACK = "send the other back"
    ASK_RENEWAL = "ask for a renewal"
    ASK_STATUS = "ask for the status"
    REMIND = "remind"
    HANDED_OVER = "copy handed over"
    PAID = "paid"
    # from a clock
    UNDECIDED = "undecided for a while"
    PAST_DEADLINE = "past the deadline"
    CONDITION_LAPSED = "condition not answered"
    HOLD_AMBER = "hold waits long"
    HOLD_EXPIRED = "hold expired"
    NOT_RECEIVED = "not received"
    OVERDUE = "overdue"
    OVERDUE_AGAIN = "still overdue"
    BILLABLE = "billable"
    NOT_RETURNED = "not returned"
    LENDER_SILENT = "lender does not answer"
    LENDER_DOES_NOT_SEND = "lender does not send"
    LENDER_QUIET = "lender has said nothing for a while"
    TIME_TO_ASK_AGAIN = "time to ask again"
    WITHDRAWAL_SILENT = "withdrawal not answered"
    RENEWAL_SILENT = "renewal not answered"
    TIME_TO_LOOK = "time to look"
    UNDO_OVER = "time to undo is over"


class Admission(StrEnum):
    """What the gateway's settings say of a new request before anything is looked up."""

    ADMIT = "admit"
    UNKNOWN_PARTNER = "unknown partner"
    TURN_AWAY = "turn away"
    STAFF = "staff"


OF_ADMISSION: Final = {
    Admission.ADMIT: Trigger.ADMITTED,
    Admission.UNKNOWN_PARTNER: Trigger.UNKNOWN_PARTNER,
    Admission.TURN_AWAY: Trigger.TURNED_AWAY,
    Admission.STAFF: Trigger.FOR_STAFF,
}

OF_CLOCK: Final[Mapping[Clock, Trigger]] = {
    Clock.UNDECIDED: Trigger.UNDECIDED,
    Clock.DEADLINE: Trigger.PAST_DEADLINE,
    Clock.CONDITION: Trigger.CONDITION_LAPSED,
    Clock.HOLD_AMBER: Trigger.HOLD_AMBER,
    Clock.HOLD: Trigger.HOLD_EXPIRED,
    Clock.RECEIPT: Trigger.NOT_RECEIVED,
    Clock.OVERDUE_FIRST: Trigger.OVERDUE,
    Clock.OVERDUE_SECOND: Trigger.OVERDUE_AGAIN,
    Clock.OVERDUE_THIRD: Trigger.OVERDUE_AGAIN,
    Clock.BILLABLE: Trigger.BILLABLE,
    Clock.RETURN: Trigger.NOT_RETURNED,
    Clock.LENDER_ANSWER: Trigger.LENDER_SILENT,
    Clock.LENDER_ANSWER_RUSH: Trigger.LENDER_SILENT,
    Clock.LENDER_ANSWER_EXPRESS: Trigger.LENDER_SILENT,
    Clock.LENDER_SENDS: Trigger.LENDER_DOES_NOT_SEND,
    Clock.SILENCE: Trigger.LENDER_QUIET,
    Clock.ASK_AGAIN: Trigger.TIME_TO_ASK_AGAIN,
    Clock.WITHDRAWAL: Trigger.WITHDRAWAL_SILENT,
    Clock.COPY_RECEIPT: Trigger.NOT_RECEIVED,
    Clock.RENEWAL: Trigger.RENEWAL_SILENT,
    Clock.WATCH: Trigger.TIME_TO_LOOK,
    Clock.WATCH_LOAN: Trigger.TIME_TO_LOOK,
    Clock.UNDO: Trigger.UNDO_OVER,
}
"""What a clock that has run comes to."""
OF_ANSWER: Final[Mapping[Act, Trigger]] = {
    Act.HOLD: Trigger.HOLD_ANSWERED,
    Act.CANCEL_HOLD: Trigger.CANCEL_HOLD_ANSWERED,
    Act.ARRIVE: Trigger.ARRIVE_ANSWERED,
    Act.CHECKOUT: Trigger.CHECKOUT_ANSWERED,
    Act.RENEW: Trigger.RENEW_ANSWERED,
    Act.CHECKIN: Trigger.CHECKIN_ANSWERED,
    Act.RECEIVE: Trigger.RECEIVE_ANSWERED,
}
"""What an answer of the circulation system is, whatever it says: the table looks before it believes."""
OF_FINDING: Final[Mapping[tuple[Act, Finding], Trigger]] = {
    (Act.HOLD, Finding.YES): Trigger.HOLD_STANDS,
    (Act.HOLD, Finding.NO): Trigger.HOLD_ABSENT,
    (Act.HOLD, Finding.UNCLEAR): Trigger.HOLD_UNCLEAR,
    (Act.CANCEL_HOLD, Finding.YES): Trigger.HOLD_OFF,
    (Act.CANCEL_HOLD, Finding.NO): Trigger.HOLD_STILL_ON,
    (Act.CANCEL_HOLD, Finding.UNCLEAR): Trigger.HOLD_OFF_UNCLEAR,
    (Act.ARRIVE, Finding.YES): Trigger.ARRIVE_DONE,
    (Act.ARRIVE, Finding.NO): Trigger.ARRIVE_TRAPPED,
    (Act.ARRIVE, Finding.UNCLEAR): Trigger.ARRIVE_UNCLEAR,
    (Act.CHECKOUT, Finding.YES): Trigger.CHECKOUT_DONE,
    (Act.CHECKOUT, Finding.NO): Trigger.CHECKOUT_NOT_DONE,
    (Act.CHECKOUT, Finding.UNCLEAR): Trigger.CHECKOUT_UNCLEAR,
    (Act.RENEW, Finding.YES): Trigger.RENEW_DONE,
    (Act.RENEW, Finding.NO): Trigger.RENEW_NOT_DONE,
    (Act.RENEW, Finding.UNCLEAR): Trigger.RENEW_UNCLEAR,
    (Act.CHECKIN, Finding.YES): Trigger.CHECKIN_DONE,
    (Act.CHECKIN, Finding.NO): Trigger.CHECKIN_NOT_DONE,
    (Act.CHECKIN, Finding.UNCLEAR): Trigger.CHECKIN_UNCLEAR,
    (Act.RECEIVE, Finding.YES): Trigger.RECEIVE_DONE,
    (Act.RECEIVE, Finding.NO): Trigger.RECEIVE_NOT_DONE,
    (Act.RECEIVE, Finding.UNCLEAR): Trigger.RECEIVE_UNCLEAR,
}
"""What a look has shown of an act."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    """What all events share: when it happened, and who did it (a token's name, a peer, "gateway")."""

    at: datetime
    by: str = "gateway"


class Deed(StrEnum):
    """What a person did by hand, as “done by hand” and “not done” say it; those in the ILS have the names of acts (records.Act)."""

    HOLD = "hold"
    CANCEL_HOLD = "cancel hold"
    ARRIVE = "arrive"
    CHECKOUT = "checkout"
    RENEW = "renew"
    CHECKIN = "checkin"
    RECEIVE = "receive"
    DUE_DATE = "due date"
    """Looked at it: that is the date to be told."""
    CLOSED = "closed"
    """Heard from the lender, by other means, that it wants nothing more."""


class StaffAction(StrEnum):
    """What staff can ask for; the buttons of the desk and the words of `requests act`."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ANSWER_SUPPLY = "supply"
    ANSWER_RETRY = "retry"
    ANSWER_UNFILLED = "unfilled"
    OFFER = "offer"
    SEARCH_AGAIN = "search"
    COMING = "coming"
    CANNOT_FIND = "cannot-find"
    ARRIVE = "arrived"
    ARRIVE_AND_SHIP = "arrive-and-ship"
    SHIP = "ship"
    COPY_SENT = "copy-sent"
    CHECK_IN = "check-in"
    DONE_BY_HAND = "done-by-hand"
    NOT_DONE = "not-done"
    TRY_AGAIN = "try-again"
    RECALL = "recall"
    MARK_LOST = "lost"
    NOTE = "note"
    """For staff; in a history from before there was `message`, what has a `note` was sent to the partner."""
    SEND_MESSAGE = "message"
    ASSIGN = "assign"
    FLAG = "flag"
    UNFLAG = "unflag"
    TOLD_BY_HAND = "told-by-hand"
    UNDO = "undo"
    FORCE = "force"
    GO_ON = "go-on"
    OVERRIDE = "override"
    CORRECT_CARD = "correct-card"
    CORRECT_WORK = "correct-work"
    SERVE_HERE = "serve-here"
    NEXT_LENDER = "next-lender"
    ACCEPT = "accept"
    CALL_OFF = "call-off"
    RECEIVE = "receive"
    HANDED_OUT = "handed-out"
    CAME_BACK = "came-back"
    SEND_BACK = "send-back"
    SEND_OTHER_BACK = "send-other-back"
    ASK_RENEWAL = "renew"
    ASK_STATUS = "ask-status"
    REMIND = "remind"
    HANDED_OVER = "handed-over"
    PAID = "paid"


OF_STAFF: Final[Mapping[StaffAction, Trigger]] = {action: Trigger[action.name] for action in StaffAction}
"""What an action is in the table."""
