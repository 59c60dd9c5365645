"""What each act of staff does to a request to us, by state, and who hears of it. The first line that fits counts."""

from gateway.workflow.lending.groups import ANSWERABLE, AT_HAND, HELD, OPEN, OUT, OUT_OR_BACK, RENEWABLE, TAKEN_IN
from gateway.workflow.meaning import ActFlag, Meaning
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction

FORCED = "Say where the request really stands, whatever the table says; in the ILS at most a hold comes off"
UP, NO, ENDS, GOOD = ActFlag.GIVES_UP, ActFlag.TELLS_NO, ActFlag.ENDS_LOAN, ActFlag.FOR_GOOD


LOANED = "the partner: Loaned with the due date, once it is checked out"


# fmt: off
MEANINGS = (
    Meaning(A.APPROVE, (S.AWAITING_APPROVAL,), "Take the sender for a partner, and look for copies", "the partner, where the policy answers by itself"),
    Meaning(A.REFUSE, (S.AWAITING_APPROVAL,), "Turn the request of a sender away who is no partner of ours", "the sender: Unfilled", (UP, NO)),

    Meaning(A.ANSWER_SUPPLY, ANSWERABLE, "Promise an item: place its hold, or have the copy made", "the partner: WillSupply, once the hold stands"),
    Meaning(A.ANSWER_RETRY, ANSWERABLE, "Answer “not now”; the request is over", "the partner: RetryPossible", (NO,)),
    Meaning(A.ANSWER_RETRY, HELD, "Take the hold off and answer “not now”; the request is over", "the partner: RetryPossible, once the hold is off", (UP, NO)),
    Meaning(A.ANSWER_RETRY, (S.TO_COPY,), "Make no copy and answer “not now”; the request is over", "the partner: RetryPossible", (UP, NO)),
    Meaning(A.ANSWER_UNFILLED, ANSWERABLE, "Answer no; the request is over", "the partner: Unfilled", (NO,)),
    Meaning(A.ANSWER_UNFILLED, HELD, "Take the hold off and answer no; the request is over", "the partner: Unfilled, once the hold is off", (UP, NO)),
    Meaning(A.ANSWER_UNFILLED, (S.TO_COPY,), "Make no copy and answer no; the request is over", "the partner: Unfilled", (UP, NO)),
    Meaning(A.OFFER, OPEN, "Offer it at a price or under a condition, and wait for the answer", "the partner: the offer"),
    Meaning(A.SEARCH_AGAIN, (S.DECIDING,), "Look for copies again", "the partner, where the policy answers by itself"),
    Meaning(A.SEARCH_AGAIN, (S.OFFERED,), "Set the offer aside and look for copies again", "the partner, where the policy answers by itself"),

    Meaning(A.COMING, (S.WILL_SUPPLY, S.TO_COPY), "Say that it is on its way to the desk: the promise gets as much time again"),
    Meaning(A.CANNOT_FIND, AT_HAND, "Give this copy up: its hold comes off, and another copy is reserved if there is one",
            "the partner: Unfilled, where no copy is left", (UP, NO)),
    Meaning(A.CANNOT_FIND, (S.TO_COPY,), "Give this copy up, for another one if there is one", "the partner: Unfilled, where no copy is left", (UP, NO)),
    Meaning(A.ARRIVE, (S.WILL_SUPPLY,), "Check the item in at the desk"),
    Meaning(A.ARRIVE_AND_SHIP, (S.WILL_SUPPLY,), "Check the item in at the desk, and, where it is kept for nobody else, out to the partner's account", LOANED),
    Meaning(A.SHIP, AT_HAND, "Check the item out to the partner's account", LOANED),
    Meaning(A.COPY_SENT, (S.TO_COPY,), "Send the scan or a link, or say that the copy was posted; the request is over",
            "the partner: CopyCompleted, with the link if there is one"),
    Meaning(A.CHECK_IN, (S.RENEWING,), "Check the item in; with the last one the loan is over",
            "the partner: Renew No, and LoanCompleted once all are back", (NO, ENDS)),
    Meaning(A.CHECK_IN, (*OUT, S.CHECKED_OUT, S.RETURNING, S.LOST, S.CHECKING_IN), "Check the item in; with the last one the loan is over",
            "the partner: LoanCompleted, once all are back", (ENDS,)),

    Meaning(A.DONE_BY_HAND, (S.RESERVING,), "Say that you placed the hold in the ILS", "the partner: WillSupply"),
    Meaning(A.DONE_BY_HAND, (S.ARRIVING,), "Say that you have the item at the desk"),
    Meaning(A.DONE_BY_HAND, (S.ARRIVING_TO_SHIP,), "Say that you have the item at the desk; it is checked out to the partner's account", LOANED),
    Meaning(A.DONE_BY_HAND, (S.RELEASING,), "Say that you took the hold off in the ILS; another copy is reserved if there is one",
            "the partner: Unfilled or RetryPossible, where no copy is left", (NO,)),
    Meaning(A.DONE_BY_HAND, (S.CANCELLING,), "Say that you took the hold off in the ILS; the request is cancelled", "the partner: Cancel Yes"),
    Meaning(A.DONE_BY_HAND, (*AT_HAND, S.CHECKING_OUT), "Say that you checked the item out in the ILS, with its due date", "the partner: Loaned"),
    Meaning(A.DONE_BY_HAND, (S.CHECKED_OUT,), "Say that you looked at the due date, or name the right one", "the partner: Loaned"),
    Meaning(A.DONE_BY_HAND, (S.UNDOING,), "Say that you checked the item in in the ILS: it is back at the desk"),
    Meaning(A.DONE_BY_HAND, (S.RENEWING,), "Say that you renewed the loan in the ILS, with the new due date", "the partner: Renew Yes"),
    Meaning(A.DONE_BY_HAND, (S.LENDING_AGAIN,), "Say that you checked the item out to the partner again in the ILS"),
    Meaning(A.DONE_BY_HAND, OUT_OR_BACK, "Say that you checked the items in in the ILS; the loan is over", "the partner: LoanCompleted", (ENDS,)),
    Meaning(A.NOT_DONE, (S.RESERVING,), "Give this copy up: another one is reserved if there is one, else staff decide",
            "the partner: WillSupply, once another hold stands", (UP,)),
    Meaning(A.NOT_DONE, TAKEN_IN, "Say that the item is not at the desk"),
    Meaning(A.NOT_DONE, (S.CHECKING_OUT,), "Say that the item is not checked out; it stays here, and the others go",
            "the partner: Loaned, where others are checked out"),
    Meaning(A.NOT_DONE, (S.RENEWING,), "Refuse the renewal", "the partner: Renew No", (NO,)),
    Meaning(A.NOT_DONE, (S.CHECKING_IN,), "Say that the item is not back after all"),
    Meaning(A.NOT_DONE, (S.LENDING_AGAIN,), "Say that the item is back after all; the loan is over", "the partner: LoanCompleted, in a minute", (ENDS,)),
    Meaning(A.TRY_AGAIN, (S.ARRIVING, S.UNDOING, S.LENDING_AGAIN), "Ask the circulation system once more for what it did not do"),
    Meaning(A.TRY_AGAIN, (S.ARRIVING_TO_SHIP,), "Check the item in once more, and then out to the partner's account", LOANED),
    Meaning(A.TRY_AGAIN, (S.RELEASING,), "Take the hold off once more", "the partner: Unfilled or RetryPossible, where no copy is left", (NO,)),
    Meaning(A.TRY_AGAIN, (S.RENEWING,), "Renew the loan once more", "the partner: Renew Yes, or No where it is refused again", (NO,)),
    Meaning(A.TRY_AGAIN, None, "Ask the circulation system once more for what it did not do", "the partner: what comes of it"),

    Meaning(A.RECALL, RENEWABLE, "Ask for the item back now; it is not renewed any more", "the partner: Recalled", (GOOD,)),
    Meaning(A.MARK_LOST, (*OUT, S.RETURNING), "Give the item up for lost; a task asks for the bill", "the partner: CompletedWithoutReturn", (ENDS, UP, GOOD)),
    Meaning(A.ASSIGN, None, "Say who sees to it"),
    Meaning(A.FLAG, None, "Say that it needs attention, and why"),
    Meaning(A.UNFLAG, None, "Take the flag off: it needs attention no more"),
    Meaning(A.NOTE, None, "Write a note for staff, which stays inside"),
    Meaning(A.SEND_MESSAGE, None, "Write to the partner's staff", "the partner: your words"),
    Meaning(A.TOLD_BY_HAND, (S.CHECKED_OUT,), "Say that you told the partner of the loan by other means, with its due date"),
    Meaning(A.TOLD_BY_HAND, None, "Say that you told the partner by other means; the task is done"),

    Meaning(A.UNDO, (S.RELEASING,), "Keep the copy after all, before its hold comes off", "the partner: WillSupply, where it has not heard that yet"),
    Meaning(A.UNDO, (S.ARRIVED,), "Put it back on the pull list: it is not here after all. The ILS goes on showing it at the desk"),
    Meaning(A.UNDO, (S.CHECKED_OUT,), "Check the item in again, before the partner hears of the loan"),
    Meaning(A.UNDO, (S.CHECKED_IN,), "Check the item out to the partner again, before the partner hears that it is back"),
    Meaning(A.UNDO, (S.COPY_COMPLETED,), "Take it back that the copy was sent, before the partner hears of it"),
    Meaning(A.UNDO, (S.OFFERED, S.UNFILLED, S.RETRY_POSSIBLE), "Take the answer back before it is sent"),
    Meaning(A.FORCE, (S.CANCELLING,), FORCED, "the partner: the answer to its Cancel", (GOOD,)),
    Meaning(A.FORCE, (S.RENEWING,), FORCED, "the partner: Renew No", (NO, GOOD)),
    Meaning(A.FORCE, None, FORCED, "the partner: your words, if you give any, and Loaned where that waits", (GOOD,)),
)
# fmt: on
