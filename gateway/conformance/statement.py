"""CONFORMANCE.md's derived part: message by message and element by element, what is sent, read, ignored and repaired. Pure.

Everything here comes from the tables that the gateway itself goes by: the elements, the reading and writing functions of
the mapping, the rows of the lending and the borrowing table, the lists of repairs and deviations. What the door itself looks at, before any
mapping, is the one thing that is written down here (`AT_THE_DOOR`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from gateway.conformance.asked import LIBRARY, actions, actions_said, requests
from gateway.conformance.deviations import REPAIRABLE, UNREADABLE
from gateway.conformance.elements import MOMENT, Place, complete, filled_paths, places, read_paths
from gateway.conformance.told import everything_told, moves, sayings
from gateway.iso18626.codec import encode
from gateway.iso18626.codes import (
    Action,
    ErrorType,
    MessageKind,
    ReasonForMessage,
    RequestType,
    Status,
    Version,
    known,
)
from gateway.iso18626.confirm import confirm
from gateway.iso18626.dialects import DIALECTS, incoming, outgoing
from gateway.iso18626.elements import ClosedList, Kind
from gateway.iso18626.messages import DeliveryInfo, ErrorData
from gateway.iso18626.repairs import RepairKind
from gateway.mapping import inbound
from gateway.mapping.introduction import introduction
from gateway.mapping.outbound import message_for
from gateway.mapping.supplied import lender_said
from gateway.workflow.triggers import Admission

BEGIN: Final = "<!-- statement: begin -->"
END: Final = "<!-- statement: end -->"

K = MessageKind
_CALLER: Final = {
    "header/requestingAgencyAuthentication/accountId": "who calls",
    "header/requestingAgencyAuthentication/securityCode": "who calls",
}
_CONFIRMATION: Final = {
    "confirmationHeader/messageStatus": "used",
    "errorData/errorType": "used",
    "errorData/errorValue": "used",
}
AT_THE_DOOR: Final[Mapping[MessageKind, Mapping[str, str]]] = {
    K.REQUEST: {"header/timestamp": "tells a repeat", **_CALLER},
    K.REQUESTING_AGENCY_MESSAGE: {
        "header/supplyingAgencyId/agencyIdType": "echoed",
        "header/supplyingAgencyId/agencyIdValue": "echoed",
        "header/requestingAgencyId/agencyIdType": "whose request",
        "header/requestingAgencyId/agencyIdValue": "whose request",
        "header/timestamp": "tells a repeat",
        "header/requestingAgencyRequestId": "which request",
        "header/supplyingAgencyRequestId": "which request",
        "action": "used",
        "note": "used",
        **_CALLER,
    },
    K.SUPPLYING_AGENCY_MESSAGE: {
        "header/supplyingAgencyId/agencyIdType": "echoed",
        "header/supplyingAgencyId/agencyIdValue": "echoed",
        "header/requestingAgencyId/agencyIdType": "echoed",
        "header/requestingAgencyId/agencyIdValue": "echoed",
        "header/timestamp": "tells a repeat",
        "header/requestingAgencyRequestId": "which request",
        **_CALLER,
    },
    K.REQUEST_CONFIRMATION: _CONFIRMATION,
    K.REQUESTING_AGENCY_MESSAGE_CONFIRMATION: _CONFIRMATION,
    K.SUPPLYING_AGENCY_MESSAGE_CONFIRMATION: _CONFIRMATION,
}
"""What is looked at outside the mapping, and what for: by the server, `dispatch.receiving` and `replies`."""

_TIMES: Final = {
    "-": "no", "1": "1", "~": "1, forgiven", "0": "1, may be empty", "?": "at most 1", "3": "at most 3", "*": "any", "^": "1",
}  # fmt: skip
_CONFIRMED: Final = {
    K.REQUEST_CONFIRMATION: K.REQUEST,
    K.SUPPLYING_AGENCY_MESSAGE_CONFIRMATION: K.SUPPLYING_AGENCY_MESSAGE,
    K.REQUESTING_AGENCY_MESSAGE_CONFIRMATION: K.REQUESTING_AGENCY_MESSAGE,
}


def statement() -> str:
    """The derived part of CONFORMANCE.md."""
    said = ("## What is said as supplying agency", _sayings(), "## What is said as requesting agency", _actions_said())
    done = ("## Where an action leads a request to us", _moves())
    repaired = ("## What is put right", _listed(str(kind) for kind in RepairKind))
    tried = (
        "Each of these is tried by `ill-gateway conformance`, and put right by the gateway:",
        _listed(each.name for each in REPAIRABLE),
        "and each of these is refused:",
        _listed(each.name for each in UNREADABLE),
    )
    return "\n\n".join((*said, *done, *_messages(), *repaired, *tried))


def put_into(text: str) -> str:
    """The text with the statement of today between its marks. Raises ValueError where the marks are not there."""
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"the marks {BEGIN} and {END} are not there")
    return f"{before}{BEGIN}\n{statement()}\n{END}{after}"


def _messages() -> Iterator[str]:
    for kind in MessageKind:
        yield f"## {kind}"
        yield _elements(kind)


# ── what is said and done ──


def _sayings() -> str:
    """One line for each reason and answer, with the statuses that stand beside it."""
    lines: dict[tuple[str, str], list[str]] = {}
    for each in sayings():
        lines.setdefault((each.reason, each.answer or ""), []).append(each.status)
    rows = ((reason, answer, ", ".join(statuses)) for (reason, answer), statuses in lines.items())
    return _table(("reasonForMessage", "answerYesNo", "status"), rows)


def _actions_said() -> str:
    kinds = (("request", str(kind), ", ".join(Version)) for kind in RequestType)
    said = (("requestingAgencyMessage", str(action), _known_in(action)) for action in actions_said())
    return _table(("message", "requestType or action", "versions"), (*kinds, *said))


def _moves() -> str:
    return _table(("action", "versions", "from", "to"), _move_rows())


def _move_rows() -> Iterator[tuple[str, ...]]:
    for action in Action:
        found = moves(action)
        for each in found:
            yield action, _known_in(action), ", ".join(each.states), each.to
        if not found:
            yield action, _known_in(action), "any state", "the same"


def _known_in(action: Action) -> str:
    return ", ".join(version for version in Version if known(action, version))


# ── elements ──


def _elements(kind: MessageKind) -> str:
    sent = {version: sent_paths(kind, version) for version in Version}
    read = {version: used_paths(kind, version) for version in Version}
    rows = (
        (
            place.path,
            _kind_words(place),
            *(_TIMES[mark] for mark in place.marks),
            _versions(place, sent),
            _use(kind, place, read),
        )
        for place in places(kind)
        if set(place.marks) != {"-"}
    )
    return _table(("element", "value", "1.2", "2021-2", "sent in", "read"), rows)


def sent_paths(kind: MessageKind, version: Version) -> frozenset[str]:
    """The elements that the gateway writes in that version, in any message that its tables can ask for."""
    written = (filled_paths(message, kind, version) for message in _written(kind, version))
    return frozenset().union(*written)


def _written(kind: MessageKind, version: Version) -> Iterable[Any]:
    match kind:
        case K.REQUEST:
            return requests(version)
        case K.REQUESTING_AGENCY_MESSAGE:
            return actions(version)
        case K.SUPPLYING_AGENCY_MESSAGE:
            return _supplier_messages(version)
        case _:
            return _confirmations(_CONFIRMED[kind], version)


def used_paths(kind: MessageKind, version: Version) -> frozenset[str]:
    """The elements of a message to us that make a difference to what happens."""
    reader = _READERS.get(kind)
    mapped = read_paths(kind, version, reader) if reader else frozenset()
    return mapped | AT_THE_DOOR[kind].keys()


def _supplier_messages(version: Version) -> Iterator[Any]:
    for request, told in everything_told():
        message = outgoing(DIALECTS["plain"], message_for(told, request, LIBRARY, version=version, at=MOMENT), version)
        encode(message, version)  # raises Inexpressible where this statement would claim what can't be written
        yield message


def _confirmations(kind: MessageKind, version: Version) -> Iterator[Any]:
    error = ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "an element: a value")
    for each in (None, error):
        yield confirm(complete(kind, version), now=MOMENT, error=each, version=version)


def _request_as_read(message: Any) -> tuple[Any, ...]:
    """Once as it is, and once without an address for the delivery: then the library's own counts."""
    without = replace(message, requested_delivery_infos=())
    arrived = (
        inbound.arrival(
            each,
            at=MOMENT,
            request_id="L-1",
            peer="p",
            our_agency="ISIL:XX-EXAMPLEVALLEY",
            partner=None,
            account=None,
            admission=Admission.ADMIT,
        )
        for each in (message, without)
    )
    known_words = inbound.request_type(message), inbound.unsupported(message)
    return (*arrived, *known_words, introduction("ISIL:XX-SAMPLETON", message))


def _supplier_message_as_read(message: Any) -> tuple[Any, ...]:
    """As it is, without terms of a retry, as the answer to a Renew, and as a copy: what counts differs."""
    info, status = message.message_info, message.status_info
    variants = (
        message,
        replace(message, retry_info=None),
        replace(message, message_info=replace(info, reason_for_message=ReasonForMessage.RENEW_RESPONSE)),
        replace(message, message_info=replace(info, reason_unfilled=None)),
        replace(
            message,
            status_info=replace(status, status=Status.COPY_COMPLETED),
            delivery_info=_with_link(message.delivery_info),
        ),
    )
    return tuple(
        lender_said(incoming(DIALECTS["plain"], each), at=MOMENT, by="p", attempt=1, due_before=None)
        for each in variants
    )


def _with_link(delivery: DeliveryInfo) -> DeliveryInfo:
    """In 1.2 the item of a copy is its link."""
    return replace(delivery, item_ids=tuple(f"https://{item}" for item in delivery.item_ids))


_READERS: Final = {K.REQUEST: _request_as_read, K.SUPPLYING_AGENCY_MESSAGE: _supplier_message_as_read}


def _versions(place: Place, paths: dict[Version, frozenset[str]]) -> str:
    return ", ".join(version for version, found in paths.items() if place.path in found)


def _use(kind: MessageKind, place: Place, read: dict[Version, frozenset[str]]) -> str:
    if place.kind is None:
        return ""
    at_the_door = AT_THE_DOOR[kind].get(place.path)
    if at_the_door:
        return at_the_door
    return "used" if any(place.path in found for found in read.values()) else "ignored"


def _kind_words(place: Place) -> str:
    kind: Kind | ClosedList | None = place.kind
    if kind is None:
        return ""
    return kind.value if isinstance(kind, Kind) else " / ".join(kind)


# ── Markdown ──


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (headings, ("---",) * len(headings), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(words: Iterable[str]) -> str:
    return "\n".join(f"- {each}" for each in words)
