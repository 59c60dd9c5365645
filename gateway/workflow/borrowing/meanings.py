"""What each act of staff does to a request that we make, by state, and who hears of it. The first line that fits counts."""

from gateway.workflow.borrowing.groups import (
    COMING,
    FOR_CUSTOMER,
    HOUSE,
    NOT_ASKED_YET,
    UNASKED,
    UNFETCHED,
    VETTED_ONCE,
    WITHOUT_TERMS,
)
from gateway.workflow.meaning import ActFlag, Meaning
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction

UP, NO, ENDS, GOOD = ActFlag.GIVES_UP, ActFlag.TELLS_NO, ActFlag.ENDS_LOAN, ActFlag.FOR_GOOD

FIRST_LENDER = "the first lender: the request, where nothing stands in the way"
SHIPPED_RETURN = "the lender: ShippedReturn, once it is checked in"


# fmt: off
MEANINGS = (
    Meaning(A.GO_ON, (S.DECIDING,), "Send the request out all the same, for the reason that you give", "the first lender: the request"),
    Meaning(A.OVERRIDE, (S.DECIDING,), "Set a manager's rule aside for the reason that you give, and send the request out", "the first lender: the request"),
    Meaning(A.SEARCH_AGAIN, VETTED_ONCE, "Look again whether it may go out, and choose the lenders anew", FIRST_LENDER),
    Meaning(A.CORRECT_CARD, NOT_ASKED_YET, "Put the customer's right card in place of a mistyped one, and look anew whether the request may go out",
            FIRST_LENDER),
    Meaning(A.CORRECT_WORK, NOT_ASKED_YET, "Put what you say of the work in place of what was ordered, and look anew whether the request may go out",
            FIRST_LENDER),
    Meaning(A.ANSWER_UNFILLED, (S.DECIDING,), "End the request: no library can supply it", None, (UP, GOOD)),
    Meaning(A.SERVE_HERE, UNASKED, "Reserve our own copy for the customer; no library is asked"),

    Meaning(A.NEXT_LENDER, (S.CONDITIONAL,), "Decline the terms, and ask the next lender",
            "the lender: no, or Cancel, where it waits for our word; the next one: the request", (UP, NO)),
    Meaning(A.NEXT_LENDER, WITHOUT_TERMS, "Leave this lender, and ask the next one once it has heard Cancel",
            "the lender: Cancel; the next one: the request", (UP,)),
    Meaning(A.ACCEPT, (S.CONDITIONAL,), "Accept the lender's price and conditions", "the lender: yes"),
    Meaning(A.CALL_OFF, UNASKED, "End the request: the customer does not want it any more", None, (UP, GOOD)),
    Meaning(A.CALL_OFF, (S.CONDITIONAL,), "Decline the terms and end the request: the customer does not want it any more",
            "the lender: no and Cancel, where it waits for our word", (UP, NO)),
    Meaning(A.CALL_OFF, WITHOUT_TERMS, "Cancel the request: the customer does not want it any more", "the lender: Cancel", (UP,)),
    Meaning(A.CALL_OFF, (S.WITHDRAWING,), "Ask nobody else: the customer does not want it any more", None, (UP,)),
    Meaning(A.ASK_STATUS, None, "Ask the lender where the request stands", "the lender: StatusRequest"),
    Meaning(A.REMIND, WITHOUT_TERMS, "Send the request once more, to a lender that may have overlooked it", "the lender: Reminder"),

    Meaning(A.RECEIVE, COMING, "Take the parcel in: a barcode, the customer's hold, the check-in at the desk", "the lender: Received"),
    Meaning(A.RECEIVE, (S.RECEIVING,), "Put a barcode, or another one, on the item"),
    Meaning(A.RECEIVE, HOUSE, "Nothing: it was received before"),
    Meaning(A.RECEIVE, None, "Take in a parcel that nobody waits for: a barcode, the customer's hold, the check-in", "the lender: Received"),
    Meaning(A.HANDED_OUT, (S.ON_SHELF,), "Say that the customer has the item"),
    Meaning(A.CAME_BACK, (S.WITH_CUSTOMER,), "Say that the customer has brought the item back"),
    Meaning(A.CAME_BACK, (S.ON_SHELF,), "Say that the item is to go back; the customer's hold may still stand"),
    Meaning(A.ASK_RENEWAL, FOR_CUSTOMER, "Ask the lender for more time", "the lender: Renew"),
    Meaning(A.SEND_BACK, UNFETCHED, "Send the item back unfetched: the customer's hold comes off, then it is checked in", SHIPPED_RETURN, (UP,)),
    Meaning(A.SEND_BACK, None, "Check the item in and send it back", SHIPPED_RETURN),
    Meaning(A.SEND_OTHER_BACK, None, "Send the second one back, which came from a lender that we had left", "that lender: ShippedReturn"),
    Meaning(A.HANDED_OVER, (S.COPY_HERE,), "Say that the customer has the copy; the request is over", "the lender: Received"),
    Meaning(A.MARK_LOST, None, "Give the item up for lost; the lender names its price", "the lender: Lost", (ENDS, UP, GOOD)),
    Meaning(A.PAID, (S.LOST,), "Say that the lender's price is paid; the loan is over", None, (ENDS,)),

    Meaning(A.DONE_BY_HAND, (S.RESERVING,), "Say that you placed the hold on our own copy in the ILS"),
    Meaning(A.DONE_BY_HAND, (S.RECEIVING,), "Say that you placed the customer's hold, or checked the item in, in the ILS"),
    Meaning(A.DONE_BY_HAND, FOR_CUSTOMER, "Say that you renewed the loan in the ILS, or changed its date"),
    Meaning(A.DONE_BY_HAND, (S.TAKING_BACK,), "Say that you took the hold off, or checked the item in, in the ILS", SHIPPED_RETURN),
    Meaning(A.DONE_BY_HAND, (S.SENT_BACK, S.LOST), "Say that the lender wants nothing more; the loan is over", None, (ENDS,)),
    Meaning(A.NOT_DONE, (S.RESERVING,), "Give our own copy up, and ask the lenders", "the first lender: the request", (UP,)),
    Meaning(A.TRY_AGAIN, (S.WAITING_TO_ASK, S.DECIDING), "Ask the lender again that said “not now”, before its day", "the lender: Retry"),
    Meaning(A.TRY_AGAIN, (S.TAKING_BACK,), "Ask the circulation system once more for what it did not do", SHIPPED_RETURN),
    Meaning(A.TRY_AGAIN, (S.RESERVING, S.RECEIVING), "Ask the circulation system once more for what it did not do"),

    Meaning(A.ASSIGN, None, "Say who sees to it"),
    Meaning(A.FLAG, None, "Say that it needs attention, and why"),
    Meaning(A.UNFLAG, None, "Take the flag off: it needs attention no more"),
    Meaning(A.NOTE, None, "Write a note for staff, which stays inside"),
    Meaning(A.SEND_MESSAGE, None, "Write to the lender's staff", "the lender: your words"),
    Meaning(A.TOLD_BY_HAND, (S.WITHDRAWING,), "Say that you cancelled with the lender by other means; from now on it has its day to answer"),
    Meaning(A.TOLD_BY_HAND, None, "Say that you told the lender by other means; the task is done"),
    Meaning(A.UNDO, (S.WITHDRAWING,), "Keep this lender after all, before Cancel is sent"),
    Meaning(A.UNDO, (S.ASKING,), "Take your acceptance back, before the lender is told: the offer is open again"),
    Meaning(A.UNDO, UNFETCHED, "Take the receipt back, before the lender is told: the customer's hold comes off, and the barcode rests"),
    Meaning(A.UNDO, (S.WITH_CUSTOMER,), "Take it back that the item was handed out: it waits on the hold shelf"),
    Meaning(A.UNDO, (S.TO_RETURN,), "Take it back that the item came back: it is where it was before"),
    Meaning(A.UNDO, (S.COMPLETED,), "Take it back that the copy was handed over, before the lender is told"),
    Meaning(A.UNDO, (S.SENT_BACK,), "Keep the item after all, before the lender is told"),
    Meaning(A.FORCE, None, "Say where the request really stands, whatever the table says; nothing is done in the ILS",
            "the lender: your words, if you give any", (GOOD,)),
)
# fmt: on
