"""Messages to other libraries: what we tell partners of their requests, and what we ask lenders for. One way out for all of them.

Like every performer this one never decides: it reports what it heard, and the tables say what follows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.clock import TimeSource
from gateway.dispatch.directory import Directory
from gateway.dispatch.note_guard import data_of
from gateway.dispatch.results import Fault, Happened, Later, Result, not_delivered
from gateway.iso18626.client import Endpoint
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ErrorType, MessageKind, ReasonForMessage, RequestType
from gateway.iso18626.dialects import dialect_of, encode_for
from gateway.iso18626.messages import PatronInfo, SupplyingAgencyMessage
from gateway.iso18626.notes import Tokens
from gateway.iso18626.redact import redact
from gateway.iso18626.refusals import says_there_already, says_unknown
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected
from gateway.mapping import outbound, requested
from gateway.store.port import EffectRow, HistoryEntry, HistoryKind, Store
from gateway.workflow.borrowing_events import NeverAsked, Sent, Unsent
from gateway.workflow.effects import SendAction, SendRequest, Tell
from gateway.workflow.events import NotTold, Told
from gateway.workflow.lending.tell import as_it_is
from gateway.workflow.partners import OurLibrary, Peer
from gateway.workflow.records import Request

UNKNOWN_ID_GRACE: Final = timedelta(minutes=1)
"""How long “unknown id” is tried again: the other system may still be storing the request (iso18626.md, "Ids")."""
UNKNOWN_ID_WAIT_S: Final = 5.0

Letter = Tell | SendRequest | SendAction
_KINDS: Final = {
    Tell: MessageKind.SUPPLYING_AGENCY_MESSAGE,
    SendRequest: MessageKind.REQUEST,
    SendAction: MessageKind.REQUESTING_AGENCY_MESSAGE,
}


class Poster(Protocol):
    """What is asked of `iso18626.client.Iso18626Client`."""

    async def post(self, endpoint: Endpoint, data: bytes, *, kind: MessageKind, timeout_s: float) -> Outcome:
        """Send, and say what became of it."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """How a letter leaves the house."""

    poster: Poster
    endpoint_of: Callable[[Peer], Endpoint | None]
    """Where a peer's system is, and what we show it; None where nothing can be sent there."""
    timeout_s: float = 30.0


class Letters:
    """Sends; `deliver` is the one hook."""

    def __init__(
        self, *, store: Store, directory: Directory, time: TimeSource, post: Post, library: OurLibrary, owner: str
    ) -> None:
        self._store = store
        self._directory = directory
        self._time = time
        self._post = post
        self._library = library
        self._owner = owner

    async def deliver(self, row: EffectRow, letter: Letter, request: Request) -> Result:
        """Send a letter; a resend is the very bytes of the first time. Raises LeaseLost, StoreUnavailable."""
        left_out = _left_out(row, letter, request, self._time.now())
        if left_out is not None:
            return Happened(event=left_out, heard=False)
        peer = self._directory.peer(_receiver(letter, request))
        endpoint = self._post.endpoint_of(peer) if peer else None
        if peer is None or endpoint is None:
            words = "The partner's system has no address to send to."
            return Happened(event=_not_taken(letter, self._time.now(), words))
        if row.payload is None and _asks_status(letter) and Action.STATUS_REQUEST in peer.refuses:
            return Happened(event=_not_taken(letter, self._time.now(), "Its system takes no StatusRequest."))
        if row.payload is None and isinstance(letter, Tell):
            letter = as_it_is(letter, request, self._time.now())
        payload = row.payload or await self.build(letter, request, peer)
        await self._store.start(row.id, owner=self._owner, at=self._time.now(), payload=payload)
        outcome = await self._post.poster.post(
            endpoint, payload, kind=_KINDS[type(letter)], timeout_s=self._post.timeout_s
        )
        match outcome:
            case Confirmed():
                return _over(_taken(letter, self._time.now()), letter, payload, "OK")
            case Rejected():
                await self._learn(letter, peer, outcome)
                return self._rejected(letter, outcome, request, payload, is_resent=_may_be_there(row))
            case NotDelivered():
                return not_delivered(outcome)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    async def build(self, letter: Letter, request: Request, peer: Peer) -> bytes:
        """Write the message as this peer takes it; what it or its version can't say is told in words."""
        dialect, at = dialect_of(peer.dialect, peer.refuses), self._time.now()
        match letter:
            case Tell():
                told = outbound.message_for(letter, request, self._library, version=peer.version, at=at)
                return encode_for(dialect, told, peer.version)
            case SendRequest():
                patron = await self._patron_info(letter, request)
                new = requested.request_message(
                    letter, request, self._library, version=peer.version, at=at, patron=patron
                )
                return encode_for(dialect, new, peer.version)
            case SendAction():
                said = requested.action_message(letter, request, at=at)
                return encode_for(dialect, said, peer.version, Tokens(condition_accepted=letter.accepted))

    async def _patron_info(self, letter: SendRequest, request: Request) -> PatronInfo | None:
        """What this lender must be told of the customer; of most of them nothing."""
        partner = self._directory.partner(letter.lender.partner)
        told = partner.told_of_customers if partner else ()
        customer = await self._store.borrowing.customer(request.id) if told else None
        return requested.patron_info(told, data_of(customer)) if customer else None

    # ── reading an ERROR ─────────────────────────────────────────────────────────────────────────

    async def _learn(self, letter: Letter, peer: Peer, heard: Rejected) -> None:
        """Keep in the peer's profile that its system takes no StatusRequest."""
        if _asks_status(letter) and heard.error_type is ErrorType.UNSUPPORTED_ACTION_TYPE:
            await self._directory.note_refusal(peer.id, Action.STATUS_REQUEST, at=self._time.now())

    def _rejected(
        self, letter: Letter, heard: Rejected, request: Request, payload: bytes, *, is_resent: bool
    ) -> Result:
        at, known = self._time.now(), _is_known_there(letter, request)
        if isinstance(letter, SendRequest):
            event = _read_no(letter, at, heard, known=known, is_resent=is_resent)
            return _over(event, letter, payload, _words(heard))
        unknown = says_unknown(heard) and not known
        if unknown and at - _to_be_known_since(letter, request) < UNKNOWN_ID_GRACE:
            words = "The partner does not know the request yet."
            return Later(words=words, unstarted=False, fault=Fault.ITS_OWN, after_s=UNKNOWN_ID_WAIT_S)
        return _over(_not_taken(letter, at, _words(heard), unknown_there=unknown), letter, payload, _words(heard))


def _may_be_there(row: EffectRow) -> bool:
    """Whether it was sent before, or may have been: since a copy was made that took the store's place, without its bytes."""
    return row.payload is not None or row.started_at is not None


def _left_out(row: EffectRow, letter: Letter, request: Request, at: datetime) -> NeverAsked | None:
    """Whether a lender need not be asked any more, for one that we had left has sent the item; whoever was not asked hears nothing else either.

    A request that was tried may have arrived: it is sent, with Cancel behind it.
    """
    if isinstance(letter, Tell):
        return None
    is_request = isinstance(letter, SendRequest) and letter.kind is not RequestType.REMINDER
    by_another = request.borrowed.sent_by not in {None, letter.attempt}
    comes_late = is_request and by_another and not _may_be_there(row)
    if not comes_late and letter.attempt not in request.borrowed.never_asked:
        return None
    return NeverAsked(at=at, what=_what(letter), attempt=letter.attempt)


def _receiver(letter: Letter, request: Request) -> str:
    """The peer that it goes to: the one that asked, or the lender's."""
    return request.peer if isinstance(letter, Tell) else letter.lender.peer


def _what(letter: SendRequest | SendAction) -> str:
    return letter.kind.value if isinstance(letter, SendRequest) else letter.what


def _asks_status(letter: Letter) -> bool:
    return isinstance(letter, SendAction) and letter.action is Action.STATUS_REQUEST


def _is_known_there(letter: Letter, request: Request) -> bool:
    """Whether the other library has shown that it knows what the letter is about: of ours, this attempt."""
    return request.known_there and (isinstance(letter, Tell) or letter.attempt == request.borrowed.attempt)


def _to_be_known_since(letter: Letter, request: Request) -> datetime:
    """When the other system had the request at the latest: it came from there, or was sent when this state began."""
    return request.created_at if isinstance(letter, Tell) else request.state_since


def _words(heard: Rejected) -> str:
    if heard.error_type is None:
        return f"It refused the message and did not say why (HTTP {heard.http_status})"
    return f"{heard.error_type} {heard.error_value or ''}".strip()


def _taken(letter: Letter, at: datetime) -> Told | Sent:
    if isinstance(letter, Tell):
        return Told(at=at, status=letter.status, reason=letter.reason)
    return Sent(at=at, what=_what(letter), attempt=letter.attempt)


def _not_taken(
    letter: Letter, at: datetime, words: str, *, unknown_there: bool = False, may_be_there: bool = False
) -> NotTold | Unsent:
    if isinstance(letter, Tell):
        return NotTold(at=at, status=letter.status, reason=letter.reason, words=words)
    return Unsent(
        at=at,
        what=_what(letter),
        attempt=letter.attempt,
        words=words,
        note=letter.note if isinstance(letter, SendAction) else None,
        unknown_there=unknown_there,
        may_be_there=may_be_there,
    )


def _read_no(
    letter: SendRequest, at: datetime, heard: Rejected, *, known: bool, is_resent: bool
) -> Told | Sent | NotTold | Unsent:
    """“Exists already” to a request that was sent before is the OK that was lost, all the more if the lender has spoken of it."""
    is_new = letter.kind is not RequestType.REMINDER
    if is_new and (known or (is_resent and says_there_already(heard))):
        return _taken(letter, at)
    return _not_taken(letter, at, _words(heard), may_be_there=is_new and is_resent)


def _over(event: Told | Sent | NotTold | Unsent, letter: Letter, payload: bytes, answer: str) -> Happened:
    entry = HistoryEntry(
        at=event.at,
        by="gateway",
        kind=HistoryKind.MESSAGE_OUT,
        words=_told(payload) if isinstance(letter, Tell) else f"Sent {_what(letter)} to {letter.lender.partner}.",
        detail={"document": redact(payload).decode(), "answer": answer},
    )
    return Happened(event=event, history=(entry,))


def _told(payload: bytes) -> str:
    """Say what went out: a dialect may have made it a Notification."""
    message = decode(payload).message
    assert isinstance(message, SupplyingAgencyMessage), "a lender tells a partner nothing else"
    info = message.message_info
    status = "" if info.reason_for_message is ReasonForMessage.NOTIFICATION else f" {message.status_info.status}"
    answer = f" {info.answer_yes_no}" if info.answer_yes_no else ""
    return f"Sent {info.reason_for_message}{status}{answer}."
