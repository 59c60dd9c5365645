"""What a peer cannot take, in words: an action or a status as a Notification. Pure; knows no product."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.dialects.habits import with_note
from gateway.iso18626.messages import Message, RequestingAgencyMessage, StatusInfo, SupplyingAgencyMessage

ACTION_WORDS: Final[Mapping[Action, str]] = {
    Action.STATUS_REQUEST: "Please tell us where this request stands.",
    Action.RECEIVED: "We have received the item.",
    Action.CANCEL: "Please cancel this request.",
    Action.RENEW: "Please renew this loan.",
    Action.HOLD_RETURN: "We cannot send the item back for the time being.",
    Action.SHIPPED_RETURN: "The item is on its way back to you.",
    Action.SHIPPED_FORWARD: "The item is on its way to another library.",
    Action.LOST: "The item is lost.",
}
STATUS_WORDS: Final[Mapping[Status, str]] = {
    Status.REQUEST_RECEIVED: "We have received your request.",
    Status.EXPECT_TO_SUPPLY: "We expect to supply this item.",
    Status.WILL_SUPPLY: "We are going to supply this item.",
    Status.LOANED: "The item is on loan to you.",
    Status.OVERDUE: "The item is overdue.",
    Status.RECALLED: "The item is recalled: please send it back at once.",
    Status.RETRY_POSSIBLE: "We cannot supply this as requested; another request may succeed.",
    Status.UNFILLED: "We cannot supply this item.",
    Status.HOLD_RETURN: "Please do not send the item back yet.",
    Status.RELEASE_HOLD_RETURN: "You may send the item back now.",
    Status.COPY_COMPLETED: "The copy has been sent.",
    Status.LOAN_COMPLETED: "The item is back and the loan is closed.",
    Status.COMPLETED_WITHOUT_RETURN: "The loan is closed without a return.",
    Status.CANCELLED: "The request is cancelled.",
}
STANDS_FOR: Final[Mapping[Status, Status]] = {
    Status.EXPECT_TO_SUPPLY: Status.REQUEST_RECEIVED,
    Status.OVERDUE: Status.LOANED,
    Status.RECALLED: Status.LOANED,
    Status.HOLD_RETURN: Status.LOANED,
    Status.RELEASE_HOLD_RETURN: Status.LOANED,
}
"""The status beside the words: the nearest one that every peer and every version takes."""

_REFUSABLE: Final[Mapping[str, Action | Status]] = {
    **{each.value.casefold(): each for each in ACTION_WORDS if each is not Action.CANCEL},
    **{each.value.casefold(): each for each in STATUS_WORDS},
}

_ANSWERS: Final = frozenset({ReasonForMessage.CANCEL_RESPONSE, ReasonForMessage.RENEW_RESPONSE})


def refusable(word: str) -> Action | Status | None:
    """The action or status that a peer may refuse and hear in words instead; Cancel is none, for another lender is asked upon it."""
    return _REFUSABLE.get(word.strip().casefold())


def in_words(message: Message) -> Message:
    """The same said in a Notification, for a peer or a version that has no other way to hear it.

    A message that is one already, and one that is neither an action nor a status, stays as it is. What belongs to an
    answer or a retry alone is left out: the standard has it beside those reasons only (its guidelines, 2 and 3).
    """
    match message:
        case RequestingAgencyMessage(action=action) if action is not Action.NOTIFICATION:
            return replace(message, action=Action.NOTIFICATION, note=spaced(ACTION_WORDS[action], message.note))
        case SupplyingAgencyMessage(message_info=info, status_info=StatusInfo(status=Status() as status)):
            told_info = replace(info, reason_for_message=ReasonForMessage.NOTIFICATION, answer_yes_no=None)
            told_status = replace(message.status_info, status=STANDS_FOR.get(status, status))
            told = replace(message, message_info=told_info, status_info=told_status, retry_info=None)
            return message if told == message else with_note(told, spaced(STATUS_WORDS[status], info.note))
        case _:
            return message


def without_rejected(message: Message, rejects: frozenset[Action | Status]) -> Message:
    """The message as a peer takes it that answers some actions or statuses with ERROR.

    An answer to an action stays an answer, beside the status that stands for the rejected one: answerYesNo decides it
    (iso18626.md, “What a message means”). All else, also an answer to a StatusRequest, becomes words.
    """
    match message:
        case RequestingAgencyMessage(action=action) if action in rejects:
            return in_words(message)
        case SupplyingAgencyMessage(message_info=info, status_info=StatusInfo(status=Status() as status)) if (
            status in rejects
        ):
            if info.reason_for_message not in _ANSWERS:
                return in_words(message)
            return replace(message, status_info=replace(message.status_info, status=STANDS_FOR.get(status, status)))
        case _:
            return message


def spaced(words: str, note: str | None) -> str:
    """Words before a note."""
    return f"{words} {note}" if note else words
