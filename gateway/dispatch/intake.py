"""The door: every event comes in here, is decided on, and is written with all that it asks for in one transaction.

A request is decided on by one at a time here (a lock), and anywhere (its version): whoever read an older version reads
and decides again. The outcome of a piece of work and the decision on it are one transaction; where the work's lease
was lost meanwhile, the whole is dropped, for somebody else has it.
"""

import asyncio
import weakref
from datetime import UTC, datetime, tzinfo

import msgspec

from gateway.dispatch.by_hand import ANSWERS, bound
from gateway.dispatch.directory import Directory
from gateway.dispatch.naming import Naming
from gateway.dispatch.planning import Planner
from gateway.dispatch.roles import TABLES
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import (
    AlreadyStarted,
    BarcodeTaken,
    Change,
    DoneAct,
    EffectRow,
    HistoryEntry,
    HistoryKind,
    Inbound,
    NewEffect,
    Store,
    VersionConflict,
)
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import CustomerAsked
from gateway.workflow.events import AnyEvent, Arrival, StaffActed, source_of
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import Decision, Ignored, Refused, Table, decide
from gateway.workflow.records import Request
from gateway.workflow.triggers import Source, StaffAction
from gateway.workflow.words import narrate

MAX_CONFLICTS = 20
"""How often a decision is made anew because somebody else decided first."""

TAKEN = "Another request has taken the barcode meanwhile, or it was blocked."
TOO_LATE = "Too late: it has begun. What comes of it is known within minutes."
UNSAID = "This step tells nobody your words: send them as a message, or keep them for staff (inside)."

NO_CARD = "There is no customer whose card could be corrected."

Ruling = Decision | Ignored | Refused


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What brought an event, and is written in the transaction of its decision."""

    inbound: Inbound | None = None
    """The peer's message."""
    completes: EffectRow | None = None
    """The work that it is the outcome of."""
    owner: str | None = None
    """Who holds the lease of that work."""
    asked: Asked | None = None
    """Who asked for a new request of ours."""
    corrected: Customer | None = None
    """Who asked, where the order had it wrong."""
    key: str | None = None
    """The one-use key of a person's act."""
    history: tuple[HistoryEntry, ...] = ()
    """Lines that stand before the decision's own."""


def table_for(event: Arrival) -> Table:
    """Return the table that an arrival begins in."""
    return BORROWING if isinstance(event, CustomerAsked) else LENDING


class UnknownRequest(Exception):  # noqa: N818 - it says what it is
    """No request has this id."""


class Intake:
    """One way in for partners, staff, clocks and our own work."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        planner: Planner,
        naming: Naming,
        *,
        fallback_account: str | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self._store = store
        self._naming = naming
        self._directory = directory
        self._planner = planner
        self._fallback_account = fallback_account
        self._zone = zone
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def lock(self, key: str) -> asyncio.Lock:
        """Return the lock of a request (its id) or of one about to come (whatever names it)."""
        found = self._locks.get(key)
        if found is None:
            found = self._locks[key] = asyncio.Lock()
        return found

    def account_for(self, partner_id: str | None) -> str | None:
        """The partner's account on the circulation system; the system-wide one where it has none."""
        partner = self._directory.partner(partner_id)
        return (partner.account if partner else None) or self._fallback_account

    async def begin(self, event: Arrival, cause: Cause) -> Decision:
        """Make a new request. Raises AlreadyExists where its ids are taken."""
        ruling = decide(table_for(event), None, event, self._zone)
        assert isinstance(ruling, Decision), "every admission has a row"
        await self._store.commit(self._decided(None, event, ruling, cause))
        return ruling

    async def submit(self, request_id: str, event: AnyEvent, cause: Cause = Cause()) -> Ruling:  # noqa: B008 - frozen
        """Decide on an event of a request and write what follows.

        Raises UnknownRequest; BarcodeTaken to our own work; LeaseLost where `cause.completes` is no longer its owner's; StoreUnavailable.
        """
        async with self.lock(request_id):
            for _ in range(MAX_CONFLICTS):
                request = await self._store.request(request_id, first=True)
                if request is None:
                    raise UnknownRequest(request_id)
                ruling = decide(TABLES[request.role], request, event, self._zone)
                if isinstance(ruling, Refused):
                    return ruling
                if isinstance(ruling, Decision) and _is_unsaid(event, ruling):
                    return Refused(UNSAID)
                try:
                    await self._store.commit(self._change(request, event, ruling, cause))
                except VersionConflict:
                    continue
                except AlreadyStarted:
                    return Refused(TOO_LATE)
                except BarcodeTaken:
                    if source_of(event) is not Source.STAFF:
                        raise
                    return Refused(TAKEN)
                return ruling
        raise VersionConflict(request_id)

    async def act(
        self, request_id: str, action: StaffActed, *, card: str | None = None, key: str | None = None
    ) -> Ruling:
        """Take a person's action: item barcodes become copies, an approval gets the partner's account and peer.

        `card` is the customer's, where the action is to correct it: it goes to the store alone, for events are history.
        `key` is for one use: AlreadyExists where it was used.
        A barcode that another request has, or that is another work, is refused before anything is decided, and so is an
        answer that can't be told from others (by_hand.py); raises as `submit` does.
        """
        request = await self._store.request(request_id)
        if request is None:
            raise UnknownRequest(request_id)
        copies = await self._naming.copies(request, action)
        if isinstance(copies, Refused):
            return copies
        answer = await bound(self._store, request, action) if action.action in ANSWERS else action
        if isinstance(answer, Refused):
            return answer
        action = msgspec.structs.replace(answer, copies=copies)
        if action.action is StaffAction.APPROVE:
            partner = self._directory.partner(action.partner)
            action = msgspec.structs.replace(
                action,
                account=action.account or self.account_for(action.partner),
                peer=action.peer or (partner.peer if partner else None),
            )
        cause = Cause(key=key)
        if action.action is StaffAction.CORRECT_CARD:
            customer = await self._store.borrowing.customer(request_id)
            if customer is None or card is None:
                return Refused(NO_CARD)
            cause = Cause(key=key, corrected=msgspec.structs.replace(customer, barcode=card))
        return await self.submit(request_id, action, cause)

    async def note(self, request_id: str, at: datetime, words: str) -> None:
        """Write what our own work has met on its way to a decision, for the timeline: nothing else changes. Raises StoreUnavailable."""
        entry = HistoryEntry(at=at, by="gateway", kind=HistoryKind.NOTE, words=words)
        await self._store.commit(Change(history_of=request_id, history=(entry,)))

    def _change(self, request: Request, event: AnyEvent, ruling: Decision | Ignored, cause: Cause) -> Change:
        if isinstance(ruling, Decision):
            return self._decided(request, event, ruling, cause)
        words = f"{narrate(event, self._zone)} {ruling.words}"
        entry = HistoryEntry(at=event.at, by=event.by, kind=HistoryKind.IGNORED, words=words, state=request.state)
        return Change(
            history_of=request.id,
            event=event,
            history=(*cause.history, entry),
            inbound=cause.inbound,
            completes=cause.completes.id if cause.completes else None,
            owner=cause.owner,
            done=_done(cause.key, request, event, ignored=True),
        )

    def _decided(self, before: Request | None, event: AnyEvent, decision: Decision, cause: Cause) -> Change:
        request, is_quiet = decision.request, decision.row.is_quiet
        entry = HistoryEntry(
            at=event.at,
            by=event.by,
            kind=HistoryKind.DECISION,
            words=narrate(event, self._zone),
            state=request.state,
            policy_version=request.policy_version,
            detail={"why": decision.row.why},
        )
        return Change(
            request=request,
            before=before,
            created=request.version == 1,
            history_of=request.id,
            event=None if is_quiet else event,
            history=() if is_quiet else (*cause.history, entry),
            inbound=cause.inbound,
            effects=self._plan(decision, for_staff=_is_for_staff(event, cause), follows=cause.completes),
            completes=cause.completes.id if cause.completes else None,
            owner=cause.owner,
            withdraw=decision.withdraw,
            must_withdraw=decision.must_withdraw,
            must_stop=decision.must_stop,
            open_tasks=decision.open_tasks,
            close_tasks=decision.close_tasks,
            asked=cause.asked,
            corrected=cause.corrected,
            done=_done(cause.key, request, event),
            barcodes=decision.barcodes,
        )

    def _plan(self, decision: Decision, *, for_staff: bool, follows: EffectRow | None) -> tuple[NewEffect, ...]:
        request = decision.request
        peer = self._directory.peer(request.peer)
        wait_s = peer.first_message_wait_s if peer else 0.0
        at = request.updated_at
        return tuple(
            [
                self._planner.plan(
                    effect, request, at=at, first_message_wait_s=wait_s, for_staff=for_staff, follows=follows
                )
                for effect in decision.effects
            ]
        )


def _done(key: str | None, request: Request, event: AnyEvent, *, ignored: bool = False) -> DoneAct | None:
    """What the act under a key came to, for who asks with that key again."""
    if key is None or not isinstance(event, StaffActed):
        return None
    return DoneAct(key=key, request=request.id, action=event.action, state=request.state, at=event.at, ignored=ignored)


def _is_unsaid(event: AnyEvent, decision: Decision) -> bool:
    """A person has words for the other library that what was decided does not tell it: nobody is to believe that it was told."""
    return isinstance(event, StaffActed) and bool(event.note) and not decision.says(event.note or "")


def _is_for_staff(event: AnyEvent, cause: Cause) -> bool:
    """Whether a person waits: staff asked for it, or for the work that it is the outcome of."""
    return source_of(event) is Source.STAFF or (cause.completes is not None and cause.completes.ahead)
