"""What each state of a request to us is for people: name, what it waits for, and the act at hand. One line each."""

from gateway.workflow.records import State
from gateway.workflow.standing import Standing
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction

# fmt: off
STANDINGS = (
    Standing(S.AWAITING_APPROVAL, "From an unknown library",  "Waits until an administrator says whether the sender is a partner of ours.", A.APPROVE),
    Standing(S.SEARCHING,         "Looking for copies",       "The catalogue is being asked for copies."),
    Standing(S.CHECKING,          "Checking copies",          "The circulation system is being asked how each copy stands."),
    Standing(S.DECIDING,          "To answer",                "Waits for your answer.", A.ANSWER_SUPPLY),
    Standing(S.OFFERED,           "Offered",                  "Waits for the partner to accept the price or the condition, or not."),
    Standing(S.RESERVING,         "Being reserved",           "The hold is being placed, and looked at."),
    Standing(S.WILL_SUPPLY,       "On the pull list",         "Reserved for the partner. Waits for you to fetch it.", A.ARRIVE_AND_SHIP),
    Standing(S.ARRIVING,          "Coming to the desk",       "The item is being checked in at the desk, and looked at."),
    Standing(S.ARRIVING_TO_SHIP,  "Coming in, to be shipped", "The item is being checked in at the desk, to be checked out at once."),
    Standing(S.ARRIVED,           "At the desk",              "Waits to be checked out and sent.", A.SHIP),
    Standing(S.CHECKING_OUT,      "Being checked out",        "The item is being checked out to the partner's account, and looked at."),
    Standing(S.CHECKED_OUT,       "Checked out, not told",    "The partner is to hear that the item is on its way, and when it is due."),
    Standing(S.UNDOING,           "Being taken back",         "The checkout is being undone."),
    Standing(S.LOANED,            "Lent",                     "The partner has it, or it is on the way. Waits to come back.", A.CHECK_IN),
    Standing(S.RENEWING,          "Being renewed",            "The partner has asked for more time; the circulation system is being asked."),
    Standing(S.OVERDUE,           "Overdue",                  "Past its due date. Waits to come back.", A.CHECK_IN),
    Standing(S.RECALLED,          "Recalled",                 "Wanted back now. Waits to come back.", A.CHECK_IN),
    Standing(S.RETURNING,         "On its way back",          "The partner has sent it back. Waits for the parcel.", A.CHECK_IN),
    Standing(S.CHECKING_IN,       "Being checked in",         "The item is being checked in, and looked at."),
    Standing(S.CHECKED_IN,        "Back, not told",           "Checked in. The partner is to hear that the loan is over."),
    Standing(S.LENDING_AGAIN,     "Being lent again",         "The check-in is being undone: the item is being checked out to the partner again."),
    Standing(S.TO_COPY,           "To copy",                  "Waits for the copy to be made and sent.", A.COPY_SENT),
    Standing(S.RELEASING,         "Being released",           "The hold is being taken off; what comes next waits for that."),
    Standing(S.CANCELLING,        "Being cancelled",          "The partner has cancelled; the hold is being taken off."),
    Standing(S.UNFILLED,          "Answered no",              "Over: the partner was told no, with the reason."),
    Standing(S.RETRY_POSSIBLE,    "Answered “not now”",       "Over: the partner may ask again later."),
    Standing(S.CANCELLED,         "Cancelled",                "Over: the partner does not want it any more."),
    Standing(S.COMPLETED,         "Back",                     "Over: the item is back."),
    Standing(S.COPY_COMPLETED,    "Copy sent",                "Over: the copy was sent."),
    Standing(S.LOST,              "Lost",                     "Given up for lost. Should it come back, check it in."),
)
# fmt: on
