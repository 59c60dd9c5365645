"""Any message through any dialect: `incoming` takes its conventions out, `outgoing` puts them in. Pure; knows no product."""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codec import encode
from gateway.iso18626.codes import Action, ReasonForMessage, Version
from gateway.iso18626.dialects import offers
from gateway.iso18626.dialects.amounts import with_two_decimals
from gateway.iso18626.dialects.fitting import fit
from gateway.iso18626.dialects.habits import Dialect, HeardMessage, lines, note_of, with_note
from gateway.iso18626.dialects.wording import in_words, spaced, without_rejected
from gateway.iso18626.errors import Inexpressible
from gateway.iso18626.messages import Message, RequestingAgencyMessage, SupplyingAgencyMessage
from gateway.iso18626.notes import Tokens, Words, in_people_words, read_answer, read_tokens, read_words, write_tokens

_NO_TOKENS: Final = Tokens()
_FIRST_ANSWER_OR_CHANGE: Final = frozenset({ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.STATUS_CHANGE})


def incoming(dialect: Dialect, message: Message) -> HeardMessage:
    """What a peer of this dialect said: tokens read and taken out of the note; what they tell people is put there in words."""
    note = note_of(message)
    text, tokens = read_tokens(note) if dialect.tokens else (note, _NO_TOKENS)
    if dialect.answers_in_words and _is_notification_of_requester(message):
        tokens = replace(tokens, condition_accepted=read_answer(text))
    shown = lines(text, in_people_words(tokens)) if dialect.tokens else text or None
    heard = HeardMessage(
        message=with_note(message, shown) if shown != note else message,
        tokens=tokens,
        words=read_words(text) if dialect.words else Words(),
    )
    return dialect.hear(heard)


def outgoing(dialect: Dialect, message: Message, version: str = Version.V1_2, tokens: Tokens = _NO_TOKENS) -> Message:
    """The message as a peer of this dialect and version wants it, with what is to be said in its note."""
    message = dialect.speak(with_two_decimals(message) if dialect.two_decimals else message)
    if isinstance(message, SupplyingAgencyMessage):
        if dialect.offers in offers.MARKED and offers.is_offer(message):
            tokens = replace(tokens, condition_added=True)
        message = _with_wanted_reason(dialect, offers.told(message, dialect.offers))
    message = fit(without_rejected(message, dialect.rejects), version, dialect.several_items)
    if dialect.tokens and tokens != _NO_TOKENS:
        return with_note(message, write_tokens(note_of(message), tokens))
    if dialect.answers_in_words and tokens.condition_accepted is not None:
        return with_note(message, spaced("ACCEPT" if tokens.condition_accepted else "REJECT", note_of(message)))
    return message


def encode_for(dialect: Dialect, message: Message, version: str, tokens: Tokens = _NO_TOKENS) -> bytes:
    """The document for a peer of this dialect and version; what the version cannot say at all is told in a Notification.

    Raises Inexpressible where not even the words can be written (a mandatory part is missing), ValueError for an unknown
    version.
    """
    try:
        return encode(outgoing(dialect, message, version, tokens), version)
    except Inexpressible:
        return encode(outgoing(dialect, in_words(message), version, tokens), version)


def _with_wanted_reason(dialect: Dialect, message: SupplyingAgencyMessage) -> SupplyingAgencyMessage:
    """Answers to an action keep the action's own reason; a first answer and a change are interchangeable."""
    reason, status = message.message_info.reason_for_message, message.status_info.status
    if reason not in _FIRST_ANSWER_OR_CHANGE or status is None:
        return message
    wanted = dialect.reasons.get(status, reason)
    return replace(message, message_info=replace(message.message_info, reason_for_message=wanted))


def _is_notification_of_requester(message: Message) -> bool:
    return isinstance(message, RequestingAgencyMessage) and message.action is Action.NOTIFICATION
