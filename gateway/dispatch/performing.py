"""Carrying out effects: SIP2 calls (acts.py), messages to partners, look-ups, timers. A performer reports by an event, or asks for more time.

A performer never decides: what an answer means for the request is the table's to say. A retry is a value (`Later`), not an
exception. What may have had an effect elsewhere is marked started before its first byte, so that a crash leaves a row of
which it is known that its outcome is unknown (design.md, rule 2).
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.acts import Acts
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.borrowing import Borrower
from gateway.dispatch.directory import Directory
from gateway.dispatch.lender_letters import UNKNOWN_ID_GRACE, UNKNOWN_ID_WAIT_S, LenderLetters
from gateway.dispatch.results import Fault, Happened, Later, Poster, Report, not_delivered, nothing_done
from gateway.iso18626.client import Endpoint
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import MessageKind, ReasonForMessage
from gateway.iso18626.dialects import dialect_of, encode_for
from gateway.iso18626.messages import SupplyingAgencyMessage
from gateway.iso18626.refusals import says_unknown
from gateway.iso18626.replies import Confirmed, NotDelivered, Rejected
from gateway.mapping import outbound
from gateway.mapping.circulation import Desk
from gateway.metrics import Metrics
from gateway.policy.judging import not_held
from gateway.sip2.connection import Exchange
from gateway.sip2.errors import NotSent, Unknown
from gateway.sip2.pieces import Line
from gateway.store.port import EffectRow, HistoryEntry, HistoryKind, Store
from gateway.workflow.effects import (
    AskCopies,
    AssignBarcode,
    FindCopies,
    Look,
    MakeRota,
    Perform,
    SendAction,
    SendRequest,
    StartTimer,
    Tell,
    Vet,
    Watch,
)
from gateway.workflow.events import CopiesChecked, CopiesFound, NotTold, TimerFired, Told
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.lending.clocks import overtaking
from gateway.workflow.lending.tell import as_it_is
from gateway.workflow.partners import Peer
from gateway.workflow.records import AnswerKind, Clock, OurLibrary, Request

UNKNOWN_ITEM_WAIT_S = 30.0
"""How much later a copy that the circulation system knew nothing of is asked about again: one such answer is no proof (sip2.md)."""


_exchanges: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)


def note_exchange(exchange: Exchange) -> None:
    """The pool's hook: keep the exchange for the timeline of the request that it was made for, if any."""
    kept = _exchanges.get()
    if kept is not None:
        kept.append(exchange)


class Performers:
    """One method a kind of effect; `perform` picks it by the effect's type."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        time: TimeSource,
        acs: Line,
        poster: Poster,
        appraiser: Appraiser,
        borrower: Borrower,
        endpoints: Callable[[Peer], Endpoint | None],
        desk: Desk,
        library: OurLibrary,
        metrics: Metrics,
        owner: str,
        message_timeout_s: float = 30.0,
    ) -> None:
        self._store = store
        self._directory = directory
        self._time = time
        self._poster = poster
        self._appraiser = appraiser
        self._borrower = borrower
        self._endpoints = endpoints
        self._library = library
        self._owner = owner
        self._message_timeout_s = message_timeout_s
        self._acts = Acts(
            store=store, time=time, acs=acs, desk=desk, standing=borrower.standing, metrics=metrics, owner=owner
        )
        self.letters = LenderLetters(
            store=store,
            directory=directory,
            time=time,
            poster=poster,
            endpoints=endpoints,
            library=library,
            owner=owner,
            message_timeout_s=message_timeout_s,
        )

    async def perform(self, row: EffectRow, request: Request) -> Report:
        """Carry one effect out. Raises LeaseLost, StoreUnavailable."""
        exchanges: list[Exchange] = []
        token = _exchanges.set(exchanges)
        try:
            report = await self._perform(row, request)
        finally:
            _exchanges.reset(token)
        if isinstance(report, Later):
            return report
        at = self._time.now()
        talk = tuple(_sip2_entry(exchange, at) for exchange in exchanges)
        return msgspec.structs.replace(report, history=(*talk, *report.history))

    async def _perform(  # noqa: C901, PLR0911 - one case and one return a kind of effect
        self, row: EffectRow, request: Request
    ) -> Report:
        match row.effect:
            case FindCopies() as effect:
                return await self._find(effect, request)
            case AskCopies() as effect:
                return await self._ask(row, effect, request)
            case Perform() as effect:
                return await self._acts.act(row, effect, request)
            case Look() as effect:
                return await self._acts.look(effect, request)
            case Tell() as effect:
                return await self._tell(row, effect, request)
            case Vet():
                return await self._borrower.vet(request)
            case MakeRota():
                return await self._borrower.make_rota(request)
            case SendRequest() | SendAction() as effect:
                return await self.letters.send(row, effect, request)
            case AssignBarcode() as effect:
                return await self._borrower.in_house.assign(effect, request)
            case Watch() as effect:
                return await self._borrower.in_house.watch(effect, request)
            case StartTimer(clock=clock):
                return await self._ring(clock, request)

    async def _ring(self, clock: Clock, request: Request) -> Report:
        at, later = self._time.now(), overtaking(clock)
        pending = await self._store.pending(request.id) if later else ()
        overtaken = any(
            isinstance(row.effect, StartTimer) and row.effect.clock in later and row.due_at <= at for row in pending
        )
        return Happened(event=TimerFired(at=at, clock=clock, overtaken=overtaken))

    # ── copies ───────────────────────────────────────────────────────────────────────────────────

    async def _find(self, effect: FindCopies, request: Request) -> Report:
        try:
            found = await self._appraiser.find(effect.wanted)
        except CatalogueSilentError as silent:
            return Later(words=str(silent), unstarted=True)
        at, words = self._time.now(), found.words
        if found.copies:
            return Happened(event=CopiesFound(at=at, copies=found.copies, words=words))
        answer = not_held()
        auto = found.certain and self._appraiser.goes_out_alone(answer, request.partner)
        return Happened(event=CopiesFound(at=at, answer=answer, auto=auto, words=words))

    async def _ask(self, row: EffectRow, effect: AskCopies, request: Request) -> Report:
        """17 on every copy; then the policy's answer."""
        try:
            copies = await self._appraiser.ask(effect.copies, again=row.attempts > 0)
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        since = (request.updated_at, request.id)
        terms = await self._appraiser.terms(request.service, request.partner, request.max_cost, before=since)
        at, version = self._time.now(), self._directory.policy_version
        answer = self._appraiser.answer(copies, terms)
        if answer.kind is not AnswerKind.SUPPLY and not row.attempts and not all(copy.known for copy in copies):
            words = "The circulation system knows nothing of a copy: it is asked once more."
            return Later(words=words, unstarted=True, fault=Fault.ITS_OWN, after_s=UNKNOWN_ITEM_WAIT_S, told=words)
        auto = self._appraiser.goes_out_alone(answer, request.partner)
        return Happened(event=CopiesChecked(at=at, copies=copies, answer=answer, auto=auto, policy_version=version))

    # ── partners ─────────────────────────────────────────────────────────────────────────────────

    async def _tell(self, row: EffectRow, effect: Tell, request: Request) -> Report:
        peer = self._directory.peer(request.peer)
        endpoint = self._endpoints(peer) if peer else None
        if peer is None or endpoint is None:
            return self._not_told(effect, "The partner's system has no address to send to.")
        if row.payload is None:
            effect = as_it_is(effect, request, self._time.now())
        payload = row.payload or self._build(effect, request, peer)
        await self._store.start(row.id, owner=self._owner, at=self._time.now(), payload=payload)
        outcome = await self._poster.post(
            endpoint, payload, kind=MessageKind.SUPPLYING_AGENCY_MESSAGE, timeout_s=self._message_timeout_s
        )
        match outcome:
            case Confirmed():
                return self._sent(Told(at=self._time.now(), status=effect.status, reason=effect.reason), payload)
            case Rejected():
                return self._rejected(effect, outcome, request, payload)
            case NotDelivered():
                return not_delivered(outcome)

    def _build(self, effect: Tell, request: Request, peer: Peer) -> bytes:
        """Write the message as this peer takes it; what it or its version can't say is told in words."""
        at = self._time.now()
        message = outbound.message_for(effect, request, self._library, version=peer.version, at=at)
        return encode_for(dialect_of(peer.dialect, peer.refuses), message, peer.version)

    def _rejected(self, effect: Tell, outcome: Rejected, request: Request, payload: bytes) -> Report:
        at = self._time.now()
        unknown = says_unknown(outcome) and not request.known_there
        if unknown and at - request.created_at < UNKNOWN_ID_GRACE:
            return Later(
                words="The partner does not know the request yet.",
                unstarted=False,
                fault=Fault.ITS_OWN,
                after_s=UNKNOWN_ID_WAIT_S,
            )
        said = f"{outcome.error_type or f'HTTP {outcome.http_status}'} {outcome.error_value or ''}".strip()
        return self._sent(NotTold(at=at, status=effect.status, reason=effect.reason, words=said), payload)

    def _not_told(self, effect: Tell, words: str) -> Happened:
        return Happened(event=NotTold(at=self._time.now(), status=effect.status, reason=effect.reason, words=words))

    def _sent(self, event: Told | NotTold, payload: bytes) -> Happened:
        entry = HistoryEntry(
            at=event.at,
            by="gateway",
            kind=HistoryKind.MESSAGE_OUT,
            words=_sent_words(payload),
            detail={"document": payload.decode(), "answer": "OK" if isinstance(event, Told) else event.words},
        )
        return Happened(event=event, history=(entry,))


def _sent_words(payload: bytes) -> str:
    """Say what went out: a dialect may have made it a Notification."""
    message = decode(payload).message
    assert isinstance(message, SupplyingAgencyMessage), "a lender tells a partner nothing else"
    info = message.message_info
    status = "" if info.reason_for_message is ReasonForMessage.NOTIFICATION else f" {message.status_info.status}"
    answer = f" {info.answer_yes_no}" if info.answer_yes_no else ""
    return f"Sent {info.reason_for_message}{status}{answer}."


def _sip2_entry(exchange: Exchange, at: datetime) -> HistoryEntry:
    return HistoryEntry(
        at=at.astimezone(UTC),
        by="gateway",
        kind=HistoryKind.SIP2,
        words=f"SIP2 {exchange.code}: {exchange.outcome}, {exchange.latency_s * 1000:.0f} ms.",
        detail={"sent": exchange.sent, "received": exchange.received},
    )
