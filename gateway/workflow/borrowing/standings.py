"""What each state of a request that we make is for people: name, what it waits for, and the act at hand. One line each."""

from gateway.workflow.records import State
from gateway.workflow.standing import Standing
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction

# fmt: off
STANDINGS = (
    Standing(S.VETTING,         "Being looked at",          "The gateway looks whether the request may go out."),
    Standing(S.DECIDING,        "To decide",                "Stopped. Waits for you to decide.", A.GO_ON),
    Standing(S.CHOOSING_LENDER, "Choosing a lender",        "The libraries to ask are being chosen."),
    Standing(S.RESERVING,       "Reserving our own copy",   "The customer's hold on our own copy is being placed, and looked at."),
    Standing(S.ASKING,          "Asked",                    "Waits for the lender's answer."),
    Standing(S.CONDITIONAL,     "Offered under conditions", "The lender asks for something. Waits for you to accept it, or to ask the next.", A.ACCEPT),
    Standing(S.WAITING_TO_ASK,  "To be asked again",        "A lender said “not now”. Waits for the day on which it can be asked again.", A.TRY_AGAIN),
    Standing(S.PROMISED,        "Promised",                 "The lender will send it. Waits for the parcel.", A.RECEIVE),
    Standing(S.WITHDRAWING,     "Being cancelled",          "The lender was told that it is not wanted any more. Waits for its answer."),
    Standing(S.ON_ITS_WAY,      "On its way here",          "The lender has sent it. Waits for the parcel.", A.RECEIVE),
    Standing(S.RECEIVING,       "Being received",           "The barcode, the customer's hold and the check-in are being done."),
    Standing(S.ON_SHELF,        "On the hold shelf",        "Waits for the customer to fetch it.", A.HANDED_OUT),
    Standing(S.WITH_CUSTOMER,   "With the customer",        "The customer has it. Waits to be brought back.", A.CAME_BACK),
    Standing(S.TO_RETURN,       "To send back",             "Back from the customer. Waits to be sent back to the lender.", A.SEND_BACK),
    Standing(S.TAKING_BACK,     "Being taken back",         "The item is being checked in, so that it can be sent back."),
    Standing(S.SENT_BACK,       "Sent back",                "Waits for the lender to say that it is back."),
    Standing(S.COPY_HERE,       "Copy to hand over",        "The copy is here. Waits to be handed over to the customer.", A.HANDED_OVER),
    Standing(S.LOST,            "Lost",                     "Given up for lost. Waits for the lender's price to be paid.", A.PAID),
    Standing(S.UNFILLED,        "Not to be had",            "Over: no library can supply it."),
    Standing(S.CANCELLED,       "Called off",               "Over: the customer does not want it any more."),
    Standing(S.SERVED_HERE,     "Our own copy",             "Over: our own copy is reserved for the customer."),
    Standing(S.COMPLETED,       "Back at the lender",       "Over: the lender has it back, or wants nothing more."),
)
# fmt: on
