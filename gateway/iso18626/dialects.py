"""What the products of the field do differently, as data, and the pure functions message -> message that obey it.

`incoming` takes a peer's conventions out of a message, `outgoing` puts them in: what a peer cannot take is told in a
Notification with words instead. Nothing outside this module and `notes` knows a product by its name.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.messages import Message, Request, RequestingAgencyMessage, StatusInfo, SupplyingAgencyMessage
from gateway.iso18626.notes import Tokens, Words, read_item_id, read_tokens, read_words, write_tokens

_NO_TOKENS: Final = Tokens()
_ANSWER_WORDS: Final = {"ACCEPT": True, "REJECT": False}


class Dialect(Struct, frozen=True, kw_only=True):
    """One product's conventions.

    `tokens`: it reads and writes tokens in notes, `#seq:N#` on every message. `answers_in_words`: it answers
    conditions with ACCEPT and REJECT. `words`: its notes say vendor, condition, cost and URL in words.
    `rejects`: what it answers with ERROR. `reasons`: the reason that it wants beside a status.
    """

    name: str
    tokens: bool = False
    answers_in_words: bool = False
    words: bool = False
    rejects: frozenset[Action | Status] = frozenset()
    reasons: Mapping[Status, ReasonForMessage] = {}


DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect(name="plain"),
        Dialect(name="reshare", tokens=True),
        Dialect(name="broker", tokens=True, words=True),
        Dialect(
            name="alma",
            answers_in_words=True,
            words=True,
            rejects=frozenset({Status.EXPECT_TO_SUPPLY}),
            reasons={
                Status.LOANED: ReasonForMessage.STATUS_CHANGE,
                Status.WILL_SUPPLY: ReasonForMessage.REQUEST_RESPONSE,
                Status.LOAN_COMPLETED: ReasonForMessage.REQUEST_RESPONSE,
            },
        ),
    )
}


class Heard(Struct, frozen=True, kw_only=True):
    """A message without its sender's conventions, and what they said."""

    message: Message
    tokens: Tokens = Tokens()
    words: Words = Words()


def incoming(dialect: Dialect, message: Message) -> Heard:
    """What a peer of this dialect said: tokens read and taken out of the note, composite item ids split."""
    note = _note(message)
    text, tokens = read_tokens(note) if dialect.tokens else (note, _NO_TOKENS)
    if dialect.answers_in_words and isinstance(message, RequestingAgencyMessage):
        tokens = replace(tokens, condition_accepted=_answer_in(text))
    if dialect.tokens and isinstance(message, SupplyingAgencyMessage) and message.delivery_info is not None:
        items = tuple(item for item_id in message.delivery_info.item_ids for item in read_item_id(item_id))
        tokens = replace(tokens, items=tokens.items or items)
        delivery = replace(message.delivery_info, item_ids=tuple(item.barcode for item in items))
        message = replace(message, delivery_info=delivery)
    words = read_words(text) if dialect.words else Words()
    return Heard(message=_with_note(message, text) if text != note else message, tokens=tokens, words=words)


def outgoing(dialect: Dialect, message: Message, tokens: Tokens = _NO_TOKENS) -> Message:
    """The message as a peer of this dialect wants it, with what is to be said in its note."""
    if isinstance(message, SupplyingAgencyMessage):
        message = _with_wanted_reason(dialect, message)
    if _code_of(message) in dialect.rejects:
        message = in_words(message)
    if dialect.tokens and tokens != _NO_TOKENS:
        return _with_note(message, write_tokens(_note(message), tokens))
    if dialect.answers_in_words and tokens.condition_accepted is not None:
        word = "ACCEPT" if tokens.condition_accepted else "REJECT"
        return _with_note(message, _joined(word, _note(message)))
    return message


def in_words(message: Message) -> Message:
    """The same said in a Notification, for a peer or a version that has no other way to hear it.

    A message that is one already, and one that is neither an action nor a status, stays as it is.
    """
    match message:
        case RequestingAgencyMessage(action=action) if action is not Action.NOTIFICATION:
            return replace(message, action=Action.NOTIFICATION, note=_joined(_ACTION_WORDS[action], message.note))
        case SupplyingAgencyMessage(message_info=info, status_info=StatusInfo(status=Status() as status)):
            told_info = replace(info, reason_for_message=ReasonForMessage.NOTIFICATION)
            told_status = replace(message.status_info, status=_STANDS_FOR.get(status, status))
            told = replace(message, message_info=told_info, status_info=told_status)
            return message if told == message else _with_note(told, _joined(_STATUS_WORDS[status], info.note))
        case _:
            return message


def _with_wanted_reason(dialect: Dialect, message: SupplyingAgencyMessage) -> SupplyingAgencyMessage:
    """Answers to an action keep the action's own reason; a first answer and a change are interchangeable."""
    reason, status = message.message_info.reason_for_message, message.status_info.status
    if reason not in {ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.STATUS_CHANGE} or status is None:
        return message
    wanted = dialect.reasons.get(status, reason)
    return replace(message, message_info=replace(message.message_info, reason_for_message=wanted))


def _code_of(message: Message) -> Action | Status | None:
    match message:
        case RequestingAgencyMessage(action=action):
            return action
        case SupplyingAgencyMessage(status_info=status_info):
            return status_info.status
        case _:
            return None


def _answer_in(note: str | None) -> bool | None:
    words = (note or "").split(maxsplit=1)
    return _ANSWER_WORDS.get(words[0].rstrip(".,:;")) if words else None


def _joined(words: str, note: str | None) -> str:
    return f"{words} {note}" if note else words


def _note(message: Message) -> str | None:
    match message:
        case RequestingAgencyMessage(note=note):
            return note
        case SupplyingAgencyMessage(message_info=info):
            return info.note
        case Request(service_info=service_info) if service_info is not None:
            return service_info.note
        case _:
            return None


def _with_note(message: Message, note: str | None) -> Message:
    """The message with another note; a message that has no place for one stays as it is."""
    match message:
        case RequestingAgencyMessage():
            return replace(message, note=note)
        case SupplyingAgencyMessage(message_info=info):
            return replace(message, message_info=replace(info, note=note))
        case Request(service_info=service_info) if service_info is not None:
            return replace(message, service_info=replace(service_info, note=note))
        case _:
            return message


_ACTION_WORDS: Final[Mapping[Action, str]] = {
    Action.STATUS_REQUEST: "Please tell us where this request stands.",
    Action.RECEIVED: "We have received the item.",
    Action.CANCEL: "Please cancel this request.",
    Action.RENEW: "Please renew this loan.",
    Action.HOLD_RETURN: "We cannot send the item back for the time being.",
    Action.SHIPPED_RETURN: "The item is on its way back to you.",
    Action.SHIPPED_FORWARD: "The item is on its way to another library.",
    Action.LOST: "The item is lost.",
}
_STATUS_WORDS: Final[Mapping[Status, str]] = {
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
# The status beside a Notification: the nearest one that every peer and every version takes.
_STANDS_FOR: Final[Mapping[Status, Status]] = {
    Status.EXPECT_TO_SUPPLY: Status.REQUEST_RECEIVED,
    Status.OVERDUE: Status.LOANED,
    Status.RECALLED: Status.LOANED,
    Status.HOLD_RETURN: Status.LOANED,
    Status.RELEASE_HOLD_RETURN: Status.LOANED,
}
