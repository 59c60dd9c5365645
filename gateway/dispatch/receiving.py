"""Peers' messages on their way to the door: repeats, rights, known and unknown ids, and the confirmation.

The rules are design.md's 3 and 7: a message that equals one of that peer's that was confirmed OK gets the same
confirmation and does nothing twice; an ERROR is judged anew; a New with a known (requesting agency, id) never makes a second
request; a message acts only on requests of its own peer, for agencies granted to it. The confirmation is built before the
commit, stored in it, and sent after it.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo

import msgspec

from gateway.dispatch.admitting import admitted, following
from gateway.dispatch.directory import Directory
from gateway.dispatch.ids import Numbers
from gateway.dispatch.intake import Cause, Intake
from gateway.dispatch.storage_bound import StorageBound
from gateway.iso18626 import messages as iso
from gateway.iso18626.codes import ErrorType, RequestType
from gateway.iso18626.dialects import DIALECTS, HeardMessage, incoming
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.redact import redact_read
from gateway.iso18626.server import Received, ServerAnswer, Unavailable
from gateway.iso18626.values import agency_key
from gateway.mapping import inbound as mapping
from gateway.mapping.supplied import lender_said
from gateway.store.port import (
    AlreadyExists,
    Gone,
    HistoryEntry,
    HistoryKind,
    Inbound,
    RequestFilter,
    Store,
    StoreUnavailable,
)
from gateway.workflow import records
from gateway.workflow.borrowing.numbers import read_number
from gateway.workflow.events import PartnerActed, PartnerAction
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import State

RETRY_AFTER_S = 30.0
"""What a peer is asked to wait while the store is gone."""

MOST_OF_STRANGERS = 100
"""Requests kept of senders that nobody knows, until somebody has said yes or no to some."""
STRANGERS_RETRY_S = 3600.0

Judgement = iso.ErrorData | bytes | None
"""On a message: what is wrong with it, or the confirmation that it got when it came before, or None where all is well."""

JUDGED_AGAIN = 2
"""How often a message is judged anew because another came between: the same one, one with its id, or a request that another
gateway gave the number that we did."""

_ENCODER = msgspec.json.Encoder()
_LATEST_MS = (1 << 44) - 1
"""Since 1970, in 11 hexadecimal digits: until the year 2527."""


class _Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is no repeat, with the confirmation that is sent, and stored, if all is well."""

    received: Received
    digest: str
    content: str
    ok: bytes

    @property
    def peer(self) -> str:
        """Who sent it."""
        return self.received.peer

    def cause(self) -> Cause:
        """What the transaction keeps of it."""
        return Cause(inbound=self._inbound(), history=(_arrival_entry(self.received),))

    def _inbound(self) -> Inbound:
        decoded = self.received.decoded
        return Inbound(
            peer=self.peer,
            digest=self.digest,
            content=self.content,
            received_at=self.received.received_at,
            kind=iso.kind_of(decoded.message),
            ok=True,
            document=redact_read(self.received.data, decoded.message, decoded.repairs),
            confirmation=self.ok,
            repairs=tuple(f"{repair.kind} {repair.path}" for repair in decoded.repairs),
        )


class Receiver:
    """Takes what the server has decoded and gives the confirmation; `receive` is the server's one hook."""

    def __init__(
        self,
        *,
        store: Store,
        intake: Intake,
        directory: Directory,
        now: Callable[[], datetime],
        our_agencies: tuple[str, ...],
        ask_about_unknown: bool,
        storage: StorageBound,
        zone: tzinfo = UTC,
        heard_from: Callable[[str], None],
    ) -> None:
        self._store = store
        self._intake = intake
        self._directory = directory
        self._now = now
        self._our_agency = our_agencies[0]
        self._our_agencies = frozenset(map(agency_key, our_agencies))
        self._ask_about_unknown = ask_about_unknown
        self._storage = storage
        self._zone = zone
        self._heard_from = heard_from
        self._numbers = Numbers()
        self._in_hand = 0

    async def receive(self, received: Received) -> ServerAnswer:
        """Judge, write, confirm. Raises Unavailable where the store can't be written."""
        self._in_hand += 1
        try:
            return await self._receive(received)
        except StoreUnavailable as exc:
            raise Unavailable(RETRY_AFTER_S) from exc
        finally:
            self._in_hand -= 1

    async def _receive(self, received: Received) -> ServerAnswer:
        digest, content = _digests(received.decoded.message)
        ok = confirmation_for(received.decoded, received.received_at)
        if self._in_hand > 1:
            await asyncio.sleep(0)  # in step with those that came at the same time, as in the server
        arrived = _Arrived(received=received, digest=digest, content=content, ok=ok)
        verdict = mapping.fault_of_ids(received.decoded.message) or await self._verdict(arrived)
        self._heard_from(arrived.peer)
        match verdict:
            case None:
                return ServerAnswer(confirmation=arrived.ok)
            case bytes():
                return ServerAnswer(confirmation=verdict)
            case iso.ErrorData():
                return ServerAnswer(
                    confirmation=confirmation_for(received.decoded, self._now(), verdict), error=verdict
                )

    async def _verdict(self, arrived: _Arrived) -> Judgement:
        """Take a message, over again where another one came between. Raises AlreadyExists where one always does."""
        for _ in range(JUDGED_AGAIN):
            with suppress(AlreadyExists):
                return await self._judge(arrived)
        return await self._judge(arrived)

    async def _judge(self, arrived: _Arrived) -> Judgement:
        """Take a message. Raises AlreadyExists where another one came between."""
        message = arrived.received.decoded.message
        match message:
            case iso.Request():
                return await self._request(arrived, message)
            case iso.RequestingAgencyMessage():
                return await self._replay(arrived) or await self._action(arrived, message)
            case iso.SupplyingAgencyMessage():
                return await self._replay(arrived) or await self._supplied(arrived, message)
            case _:
                raise AssertionError("the server lets no confirmation through")

    async def _replay(self, arrived: _Arrived) -> bytes | None:
        """The confirmation that this very message got when it came before, if it was OK."""
        return await self._store.confirmation(arrived.peer, arrived.digest)

    # ── requests ─────────────────────────────────────────────────────────────────────────────────

    async def _request(self, arrived: _Arrived, message: iso.Request) -> Judgement:
        """A request that nobody knows can't be a repeat: it is spared the search for its like."""
        agency = mapping.symbol(message.header.requesting_agency_id)
        number = message.header.requesting_agency_request_id
        async with self._intake.lock(f"{agency_key(agency)} {number}"):
            known = await self._store.keeping.asked_before(agency, number)
            replay = await self._replay(arrived) if known else None
            error = self._rights(arrived.peer, message.header, agency)
            if replay or error:
                return replay or error
            if isinstance(known, Gone):
                return _of_gone(arrived, known, number)
            if mapping.request_type(message) is RequestType.REMINDER:
                reminder = self._acted(arrived, PartnerAction.REMINDER)
                return await self._act(arrived, known, number, reminder)
            if known is None:
                return await self._new(arrived, message, agency)
            return await self._known(arrived, known, number)

    async def _known(self, arrived: _Arrived, known: records.Request | None, number: str) -> iso.ErrorData | None:
        """The id is taken: OK where the message equals the one that took it, apart from its timestamp."""
        if known is None or known.peer != arrived.peer:
            return _unknown_id(number)
        if await self._store.first_content(known.id) != arrived.content:
            return iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, f"requestingAgencyRequestId {number} is in use")
        return None

    async def _new(self, arrived: _Arrived, message: iso.Request, agency: str) -> iso.ErrorData | None:
        if arrived.peer == STRANGER:
            await self._leave_room()
        partner = self._directory.partner_of(agency)
        new = admitted(
            message, partner, self._directory.policy, self._today(), ask_about_unknown=self._ask_about_unknown
        )
        before = await self._before(arrived, message, agency)
        heard = self._heard(arrived).message
        assert isinstance(heard, iso.Request), "a dialect makes no message into another"
        event = mapping.arrival(
            heard,
            at=arrived.received.received_at,
            request_id=self._numbers.next(arrived.received.received_at),
            peer=arrived.peer,
            our_agency=self._our_agency,
            partner=partner.id if partner else None,
            account=self._intake.account_for(partner.id) if partner else None,
            admission=new.admission,
            turned_away=new.answer,
            staff_words=new.words,
            policy_version=self._directory.policy_version,
        )
        cause = self._keep(arrived)
        if before is not None:
            event = following(event, before)
            await self._close_offer(arrived, before, event.partner_request_id)
        await self._intake.begin(event, cause)
        return None

    async def _before(self, arrived: _Arrived, message: iso.Request, agency: str) -> records.Request | None:
        """The request that a Retry stands in the place of."""
        info = message.service_info
        previous = info.requesting_agency_previous_request_id if info else None
        if previous is None or mapping.request_type(message) is not RequestType.RETRY:
            return None
        before = await self._store.request_by_partner_id(agency, previous)
        return before if before is not None and before.peer == arrived.peer else None

    async def _close_offer(self, arrived: _Arrived, before: records.Request, number: str) -> None:
        """What the request before was offered is over (iso18626.md, "retry").

        Before the new one is made: should we be interrupted between, the partner has no confirmation and asks again.
        """
        note = f"Its new request has the number {number}."
        await self._intake.submit(before.id, self._acted(arrived, PartnerAction.ASKED_ANEW, note))

    async def _leave_room(self) -> None:
        """Keep no more of strangers' requests than somebody can look at. Raises Unavailable."""
        waiting = RequestFilter(states=(State.AWAITING_APPROVAL,), peer=STRANGER, limit=MOST_OF_STRANGERS)
        if len(await self._store.requests(waiting)) == MOST_OF_STRANGERS:
            raise Unavailable(STRANGERS_RETRY_S)

    def _today(self) -> date:
        """The day by the library's clock."""
        return self._now().astimezone(self._zone).date()

    def _rights(self, peer: str, header: iso.Header, agency: str) -> iso.ErrorData | None:
        if not self._directory.may_ask_for(peer, agency):
            return iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, f"requestingAgencyId {agency}")
        supplier = header.supplying_agency_id
        ours = mapping.symbol(supplier)
        if ours and agency_key(ours) not in self._our_agencies:
            return iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, f"supplyingAgencyId {ours}")
        return None

    # ── actions on requests ──────────────────────────────────────────────────────────────────────

    async def _action(self, arrived: _Arrived, message: iso.RequestingAgencyMessage) -> iso.ErrorData | None:
        header = message.header
        agency = mapping.symbol(header.requesting_agency_id)
        if not self._directory.may_act_for(arrived.peer, agency):
            return iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, f"requestingAgencyId {agency}")
        number = header.supplying_agency_request_id or header.requesting_agency_request_id
        known = await self._find(header, agency)
        if isinstance(known, Gone):
            return _of_gone(arrived, known, number)
        heard = self._heard(arrived)
        action = mapping.ACTIONS[message.action]
        accepted = heard.tokens.condition_accepted
        if action is PartnerAction.NOTIFICATION and accepted is not None:
            action = PartnerAction.CONDITIONS_ACCEPTED if accepted else PartnerAction.CONDITIONS_REFUSED
        note = heard.message.note if isinstance(heard.message, iso.RequestingAgencyMessage) else None
        return await self._act(arrived, known, number, self._acted(arrived, action, note))

    # ── what lenders say ─────────────────────────────────────────────────────────────────────────

    async def _supplied(self, arrived: _Arrived, message: iso.SupplyingAgencyMessage) -> iso.ErrorData | None:
        """By our number with its attempt; only the system that the attempt was sent to may speak of it (design.md, rule 7)."""
        number = message.header.requesting_agency_request_id
        read = read_number(number)
        known = await self._store.request(read[0], first=True) if read else None
        if read is not None and known is None and (gone := await self._store.keeping.gone(read[0])):
            return _of_gone(arrived, gone, number, is_theirs=True)
        if read is None or known is None or known.borrowing is None:
            return _unknown_id(number)
        attempt = read[1]
        if not known.borrowed.has_asked(attempt) or known.borrowed.asked[attempt - 1].peer != arrived.peer:
            return _unknown_id(number)
        at = arrived.received.received_at
        event = lender_said(self._heard(arrived), at=at, by=arrived.peer, attempt=attempt, due_before=known.due_at)
        await self._intake.submit(known.id, event, self._keep(arrived))
        return None

    async def _find(self, header: iso.Header, agency: str) -> records.Request | Gone | None:
        """By our id where the partner gives it and it is the agency's own, else by the agency's (iso18626.md, "Ids")."""
        found = None
        if header.supplying_agency_request_id:
            found = await self._store.request(header.supplying_agency_request_id, first=True)
        if found is not None and agency_key(found.requesting_agency) == agency_key(agency):
            return found
        return await self._store.keeping.asked_before(agency, header.requesting_agency_request_id)

    async def _act(
        self, arrived: _Arrived, known: records.Request | None, number: str, event: PartnerActed
    ) -> iso.ErrorData | None:
        if known is None or known.peer != arrived.peer or arrived.peer == STRANGER:
            return _unknown_id(number)
        await self._intake.submit(known.id, event, self._keep(arrived))
        return None

    def _keep(self, arrived: _Arrived) -> Cause:
        """What the transaction keeps of a message, while more of its peer's are kept today. Raises Unavailable."""
        cause = arrived.cause()
        wait_s = self._storage.take(arrived.peer, len(cause.inbound.document) if cause.inbound else 0)
        if wait_s:
            raise Unavailable(wait_s)
        return cause

    def _acted(self, arrived: _Arrived, action: PartnerAction, note: str | None = None) -> PartnerActed:
        return PartnerActed(at=arrived.received.received_at, by=arrived.peer, action=action, note=note)

    def _heard(self, arrived: _Arrived) -> HeardMessage:
        """The message without its sender's conventions."""
        peer = self._directory.peer(arrived.peer)
        return incoming(DIALECTS[peer.dialect if peer else "plain"], arrived.received.decoded.message)


def _arrival_entry(received: Received) -> HistoryEntry:
    message = received.decoded.message
    what = ""
    if isinstance(message, iso.RequestingAgencyMessage):
        what = f" {message.action}"
    elif isinstance(message, iso.SupplyingAgencyMessage):
        what = f" {message.message_info.reason_for_message} {message.status_info.status or ''}".rstrip()
    repaired = len(received.decoded.repairs)
    repairs = f" {repaired} deviations were put right." if repaired else ""
    return HistoryEntry(
        at=received.received_at,
        by=received.peer,
        kind=HistoryKind.MESSAGE_IN,
        words=f"Received {iso.kind_of(message)}{what}; confirmed OK.{repairs}",
    )


def _of_gone(arrived: _Arrived, gone: Gone, number: str, *, is_theirs: bool = False) -> iso.ErrorData | None:
    """A message about a request that was purged: OK to what says that it was written before the end, for it is a late repeat; it starts nothing.

    A request that was made is one only if it equals the message that made it. `is_theirs`: of ours, by a lender, which may be any that was asked.
    """
    message = arrived.received.decoded.message
    if gone.peer != arrived.peer and not is_theirs:
        return _unknown_id(number)
    if isinstance(message, iso.Request) and mapping.request_type(message) is not RequestType.REMINDER:
        is_repeat = gone.content == arrived.content
    else:
        written_at = None if isinstance(message, iso.Confirmation) else message.header.timestamp
        is_repeat = written_at is not None and written_at <= gone.ended_at
    return None if is_repeat else _unknown_id(number)


def _unknown_id(number: str) -> iso.ErrorData:
    return iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, f"no request has the id {number}")


def _digests(message: iso.Message) -> tuple[str, str]:
    """Two digests of everything but the shared secret: with the timestamp, and without.

    Messages are repeats exactly if the first are equal; a New is one that was sent again if the second are. The first
    begin with the timestamp, so that those of messages that come together lie together in the store (ids.py).
    """
    timestamp = None
    if not isinstance(message, iso.Confirmation):
        timestamp = message.header.timestamp
        header = msgspec.structs.replace(message.header, authentication=None, timestamp=None)
        message = msgspec.structs.replace(message, header=header)
    content = hashlib.blake2b(_ENCODER.encode(message), digest_size=16)
    whole = content.copy()
    whole.update(_ENCODER.encode(timestamp))
    written_ms = int(timestamp.timestamp() * 1000) if timestamp else 0
    return f"{min(max(0, written_ms), _LATEST_MS):011x}{whole.hexdigest()}", content.hexdigest()
