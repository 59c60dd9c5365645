"""The shape of a dialect, what is heard through it, and the note of any message. Pure; knows no product."""

from collections.abc import Callable, Mapping
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.messages import Message, Request, RequestingAgencyMessage, SupplyingAgencyMessage
from gateway.iso18626.notes import Tokens, Words


class Offers(Enum):
    """How a supplier's “only if” (a condition, a cost) is told."""

    RETRY = "RetryPossible, as the standard has it"
    MARKED = "a Notification with #ReShareAddLoanCondition# and the condition in deliveryInfo"
    PROMISED = "WillSupply with #ReShareAddLoanCondition# and the condition in deliveryInfo, as an answer or a change"
    WORDS = "a Notification that asks for ACCEPT or REJECT"


class SeveralItems(Enum):
    """How items are told in 1.2, which has one itemId."""

    WORDS = "in words"
    BLOCK = "in a block #MultipleItems# of the note, and one item too"


class HeardMessage(Struct, frozen=True, kw_only=True):
    """A message without its sender's conventions, and what they said.

    `supplier` is who supplies, where a broker says so. `still_searching`: a broker reports one supplier's no and asks the
    next; the request is not at its end.
    """

    message: Message
    tokens: Tokens = Tokens()
    words: Words = Words()
    supplier: str | None = None
    still_searching: bool = False


def _as_heard(heard: HeardMessage) -> HeardMessage:
    return heard


def _as_meant(message: Message) -> Message:
    return message


class Dialect(Struct, frozen=True, kw_only=True):
    """One product's conventions.

    `tokens`: it writes tokens into notes and reads them there. `answers_in_words`: it answers conditions with ACCEPT and REJECT. `words`: its notes
    say vendor, supplier, condition, cost and URL in words. `rejects`: what it answers with ERROR. `reasons`: the reason that it wants beside a
    status. `two_decimals`: it misreads amounts with fewer. `hear` and `speak` do what is this product's alone: the last step of reading, the first of
    writing.
    """

    name: str
    tokens: bool = False
    answers_in_words: bool = False
    words: bool = False
    rejects: frozenset[Action | Status] = frozenset()
    reasons: Mapping[Status, ReasonForMessage] = {}
    two_decimals: bool = False
    offers: Offers = Offers.RETRY
    several_items: SeveralItems = SeveralItems.WORDS
    hear: Callable[[HeardMessage], HeardMessage] = _as_heard
    speak: Callable[[Message], Message] = _as_meant


def note_of(message: Message) -> str | None:
    """The note of a message; None where it has none, or no place for one."""
    match message:
        case RequestingAgencyMessage(note=note):
            return note
        case SupplyingAgencyMessage(message_info=info):
            return info.note
        case Request(service_info=service_info) if service_info is not None:
            return service_info.note
        case _:
            return None


def with_note(message: Message, note: str | None) -> Message:
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


def fields(*parts: str | None) -> str | None:
    """Parts of a note, joined as brokers join them (`Condition: X, Cost: 35 USD, words`); None where there is none."""
    return ", ".join(part for part in parts if part) or None


def lines(*parts: str | None) -> str | None:
    """Parts of a note, each on a line of its own; None where there is none."""
    return "\n".join(part for part in parts if part) or None
