"""Messages to lenders: a request, and what we tell about it; what their answers mean.

Like every performer this one never decides: it reports what it heard, and the borrowing table says what follows.
"""

from collections.abc import Callable
from datetime import timedelta

from gateway.clock import TimeSource
from gateway.dispatch.directory import Directory
from gateway.dispatch.note_guard import data_of
from gateway.dispatch.results import Fault, Happened, Later, Poster, Report, not_delivered
from gateway.iso18626.client import Endpoint
from gateway.iso18626.codes import Action, ErrorType, MessageKind, RequestType
from gateway.iso18626.dialects import dialect_of, encode_for
from gateway.iso18626.messages import PatronInfo
from gateway.iso18626.notes import Tokens
from gateway.iso18626.redact import redact
from gateway.iso18626.refusals import says_there_already, says_unknown
from gateway.iso18626.replies import Confirmed, NotDelivered, Rejected
from gateway.mapping import requested
from gateway.store.port import EffectRow, HistoryEntry, HistoryKind, Store
from gateway.workflow.borrowing_events import NotSent, Sent
from gateway.workflow.effects import SendAction, SendRequest
from gateway.workflow.partners import Peer
from gateway.workflow.records import OurLibrary, Request

UNKNOWN_ID_GRACE = timedelta(minutes=1)
"""How long “unknown id” is tried again: the lender may still be storing the request (iso18626.md)."""
UNKNOWN_ID_WAIT_S = 5.0


class LenderLetters:
    """Sends what borrowing tells lenders; `send` is the performers' one hook."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        time: TimeSource,
        poster: Poster,
        endpoints: Callable[[Peer], Endpoint | None],
        library: OurLibrary,
        owner: str,
        message_timeout_s: float,
    ) -> None:
        """Take what the gateway is built of; nothing is done yet."""
        self._store = store
        self._directory = directory
        self._time = time
        self._poster = poster
        self._endpoints = endpoints
        self._library = library
        self._owner = owner
        self._message_timeout_s = message_timeout_s

    async def send(self, row: EffectRow, effect: SendRequest | SendAction, request: Request) -> Report:
        """Send a request or an action; a resend is the very bytes of the first time."""
        peer = self._directory.peer(effect.lender.peer)
        endpoint = self._endpoints(peer) if peer else None
        if peer is None or endpoint is None:
            words = "The lender's system has no address to send to."
            return Happened(event=self._not_sent(effect, words))
        if _asks_status(effect) and Action.STATUS_REQUEST in peer.refuses and row.payload is None:
            return Happened(event=self._not_sent(effect, "Its system takes no StatusRequest."))
        payload = row.payload or await self.build(effect, request, peer)
        await self._store.start(row.id, owner=self._owner, at=self._time.now(), payload=payload)
        kind = MessageKind.REQUEST if isinstance(effect, SendRequest) else MessageKind.REQUESTING_AGENCY_MESSAGE
        outcome = await self._poster.post(endpoint, payload, kind=kind, timeout_s=self._message_timeout_s)
        match outcome:
            case Confirmed():
                sent = Sent(at=self._time.now(), what=_what(effect), attempt=effect.attempt)
                return _sent(sent, effect, payload, "OK")
            case Rejected():
                if _asks_status(effect) and outcome.error_type is ErrorType.UNSUPPORTED_ACTION_TYPE:
                    await self._directory.note_refusal(peer.id, Action.STATUS_REQUEST, at=self._time.now())
                return self._rejected(effect, outcome, request, payload, is_resent=row.payload is not None)
            case NotDelivered():
                return not_delivered(outcome)

    async def build(self, effect: SendRequest | SendAction, request: Request, peer: Peer) -> bytes:
        """Write the message as this peer takes it; what its version can't say is told in words."""
        dialect, at = dialect_of(peer.dialect, peer.refuses), self._time.now()
        if isinstance(effect, SendRequest):
            patron = await self._patron_info(effect, request)
            new = requested.request_message(effect, request, self._library, version=peer.version, at=at, patron=patron)
            return encode_for(dialect, new, peer.version)
        message = requested.action_message(effect, request, at=at)
        return encode_for(dialect, message, peer.version, Tokens(condition_accepted=effect.accepted))

    async def _patron_info(self, effect: SendRequest, request: Request) -> PatronInfo | None:
        """What this lender must be told of the customer; of most of them nothing."""
        partner = self._directory.partner(effect.lender.partner)
        told = partner.told_of_customers if partner else ()
        customer = await self._store.borrowing.customer(request.id) if told else None
        return requested.patron_info(told, data_of(customer)) if customer else None

    def _rejected(
        self, effect: SendRequest | SendAction, heard: Rejected, request: Request, payload: bytes, *, is_resent: bool
    ) -> Report:
        known = request.known_there and effect.attempt == request.borrowed.attempt
        if isinstance(effect, SendRequest):
            return _sent(self._read_no(effect, heard, known=known, is_resent=is_resent), effect, payload, _words(heard))
        unknown = says_unknown(heard) and not known
        if unknown and self._time.now() - request.state_since < UNKNOWN_ID_GRACE:
            words = "The lender does not know the request yet."
            return Later(words=words, unstarted=False, fault=Fault.ITS_OWN, after_s=UNKNOWN_ID_WAIT_S)
        return _sent(self._not_sent(effect, _words(heard), unknown_there=unknown), effect, payload, _words(heard))

    def _read_no(self, effect: SendRequest, heard: Rejected, *, known: bool, is_resent: bool) -> Sent | NotSent:
        """“Exists already” to a request that was sent before is the OK that was lost, all the more if the lender has spoken of it."""
        is_new = effect.kind is not RequestType.REMINDER
        if is_new and (known or (is_resent and says_there_already(heard))):
            return Sent(at=self._time.now(), what=_what(effect), attempt=effect.attempt)
        return self._not_sent(effect, _words(heard), may_be_there=is_new and is_resent)

    def _not_sent(
        self, effect: SendRequest | SendAction, words: str, *, unknown_there: bool = False, may_be_there: bool = False
    ) -> NotSent:
        return NotSent(
            at=self._time.now(),
            what=_what(effect),
            attempt=effect.attempt,
            words=words,
            note=effect.note if isinstance(effect, SendAction) else None,
            unknown_there=unknown_there,
            may_be_there=may_be_there,
        )


def _what(effect: SendRequest | SendAction) -> str:
    return effect.kind.value if isinstance(effect, SendRequest) else effect.what


def _asks_status(effect: SendRequest | SendAction) -> bool:
    return isinstance(effect, SendAction) and effect.action is Action.STATUS_REQUEST


def _words(heard: Rejected) -> str:
    return f"{heard.error_type or f'HTTP {heard.http_status}'} {heard.error_value or ''}".strip()


def _sent(event: Sent | NotSent, effect: SendRequest | SendAction, payload: bytes, answer: str) -> Happened:
    entry = HistoryEntry(
        at=event.at,
        by="gateway",
        kind=HistoryKind.MESSAGE_OUT,
        words=f"Sent {_what(effect)} to {effect.lender.partner}.",
        detail={"document": redact(payload).decode(), "answer": answer},
    )
    return Happened(event=event, history=(entry,))
