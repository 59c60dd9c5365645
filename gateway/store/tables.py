"""What both stores do in the same way: the methods of the port that are one statement, or a few, of common SQL.

The stores add what their databases do differently: connecting, migrating, committing a change, claiming. They give this
class the verbs to stand on (verbs.py).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from gateway.store import encoding, request_rows, rows, sql
from gateway.store.audit_tables import AuditTables
from gateway.store.bills_tables import BillTables
from gateway.store.borrowing import BorrowingTables
from gateway.store.columns import Params, moment, optional_stamp, stamp
from gateway.store.copied_tables import CopiedTables
from gateway.store.copy_tables import CopyTables
from gateway.store.directory_tables import DirectoryTables
from gateway.store.facts_tables import FactTables
from gateway.store.figures_tables import FiguresTables
from gateway.store.hearsay import Hearsay
from gateway.store.invoices_tables import InvoiceTables
from gateway.store.item_tables import ItemTables
from gateway.store.keeping_tables import KeepingTables
from gateway.store.notices_tables import NoticeTables
from gateway.store.port import (
    BackOff,
    EffectRow,
    HistoryEntry,
    Inbound,
    LaneDepth,
    LeaseLost,
    LoginCount,
    PolicyVersion,
    RequestFilter,
    Setback,
    StoreUnavailable,
    Topic,
    VersionConflict,
)
from gateway.store.prices_tables import PriceTables
from gateway.store.recovery_tables import RecoveryTables
from gateway.store.register_tables import Register
from gateway.store.scan_tables import ScanTables
from gateway.store.staff_tables import StaffTables
from gateway.store.story_tables import StoryTables
from gateway.store.task_tables import TaskTables
from gateway.store.told_tables import ToldTables
from gateway.store.tongues import Tongue
from gateway.store.values import too_late
from gateway.store.view_tables import ViewTables
from gateway.workflow.effects import StartTimer
from gateway.workflow.records import Request, Role

Wake = Callable[[Iterable[str | None]], None]

TIMER = str(StartTimer.__struct_config__.tag)
"""The kind of effect that is not work waiting to be done."""

CLOCK_NEAR = timedelta(hours=1)
"""Waits that end sooner keep their length where a clock is set back; pauses between tries do so however long they are."""
_MICROSECOND = timedelta(microseconds=1)


class TableStore(DirectoryTables, FiguresTables, StaffTables, ItemTables, TaskTables):
    """The common half of a store; SqliteStore and PostgresStore are the other halves."""

    _bring_back, _bring_back_failed = sql.BRING_BACK, sql.BRING_BACK_FAILED
    _bring_forward = sql.BRING_FORWARD
    _tongue: Tongue

    def __init__(self) -> None:
        """Begin with nobody to wake."""
        self._wakes: list[Wake] = []
        self.story = StoryTables(fetch=self._fetch, change=self._change)
        self.register = Register(fetch=self._fetch_slowly, change=self._change, load=self._load, tongue=self._tongue)
        self.borrowing = BorrowingTables(
            fetch=self._fetch, fetch_slowly=self._fetch_slowly, change=self._change, load=self._load
        )
        self.views = ViewTables(fetch=self._fetch, change=self._change, load=self._load)
        self.prices = PriceTables(fetch=self._fetch, change=self._change)
        self.told = ToldTables(fetch=self._fetch_slowly, change=self._change, load=self._load)
        self.copied = CopiedTables(fetch=self._fetch_slowly, change=self._change)
        self.facts = FactTables(fetch=self._fetch_slowly, load_if=self._load_if, tongue=self._tongue)
        slowly, settle = self._fetch_slowly, self._settle
        self.bills = BillTables(fetch=self._fetch, fetch_slowly=slowly, change=self._change, settle=settle)
        self.invoices = InvoiceTables(fetch=self._fetch, fetch_slowly=slowly, settle=settle)
        self.notices = NoticeTables(fetch=self._fetch, fetch_slowly=slowly, load=self._load, settle=settle)
        self.scans = ScanTables(fetch=self._fetch, change=self._change)
        self.hearsay = Hearsay()
        self.audit = AuditTables(
            fetch=self._fetch_slowly, change=self._change, settle=self._settle, marks=self._tongue.marks
        )
        self.keeping = KeepingTables(
            fetch=self._fetch,
            first=self._fetch_first,
            slowly=self._fetch_slowly,
            change=self._change,
            load=self._load,
            settle=self._settle,
            shrink=self._shrink,
            room=self._tongue.room,
        )
        self.recovery = RecoveryTables(
            fetch=self._fetch, change=self._change, load=self._load, changed=self._recovery_changed
        )
        self.copies = CopyTables(fetch=self._fetch, change=self._change)
        self._tells: dict[Topic, list[Callable[[], None]]] = {topic: [] for topic in Topic}

    @property
    def reads_only(self) -> bool:
        """See the port."""
        return False

    # waking

    def on_commit(self, wake: Wake) -> None:
        """See the port."""
        self._wakes.append(wake)

    def _wake(self, lanes: Iterable[str]) -> None:
        """Tell of lanes that got work."""
        named = frozenset(lane or None for lane in lanes)
        if named:
            for wake in self._wakes:
                wake(named)

    def on_change(self, topic: Topic, tell: Callable[[], None]) -> None:
        """See the port."""
        self._tells[topic].append(tell)

    def _tell(self, topic: Topic) -> None:
        """Tell of a change."""
        for tell in self._tells[topic]:
            tell()

    async def _recovery_changed(self) -> None:
        """Have every gateway look whether work may go on."""
        if announcement := self._announcement(Topic.RECOVERY):
            await self._change(*announcement)
        self._tell(Topic.RECOVERY)

    # the queue

    async def start(self, effect_id: int, *, owner: str, at: datetime, payload: bytes | None = None) -> None:
        """See the port."""
        await self._keep_lease(sql.START, (effect_id, owner, stamp(at), payload))

    async def postpone(
        self,
        effect_id: int,
        *,
        owner: str,
        due_at: datetime,
        unstarted: bool,
        attempt: bool = True,
        with_lane: bool = False,
        setback: Setback | None = None,
    ) -> None:
        """See the port."""
        statement = sql.POSTPONE_UNSTARTED if unstarted else sql.POSTPONE
        why = (setback.words, stamp(setback.at)) if setback else (None, None)
        await self._keep_lease(statement, (effect_id, owner, stamp(due_at), int(attempt), int(with_lane), *why))

    async def _keep_lease(self, statement: str, params: Params) -> None:
        """Change a row that must be leased by the owner. Raises LeaseLost."""
        if not await self._change((statement, params)):
            raise LeaseLost("the effect is gone, or leased by another")

    async def free_stranded(self, lane: str | None, *, owner: str, held: Collection[int]) -> int:
        """See the port."""
        leased = [int(number) for (number,) in await self._fetch(sql.LEASED_BY, owner, lane or "")]
        stranded = [number for number in leased if number not in held]
        for number in stranded:
            await self._change((sql.FREE_LEASE, (number, owner)))
        return len(stranded)

    async def next_due(self, lane: str | None, *, now: datetime) -> datetime | None:
        """See the port."""
        found = await self._fetch(sql.NEXT_DUE, lane or "", stamp(now))
        return moment(found[0][0]) if found else None

    async def hurry(self, request: str, *, now: datetime) -> int:
        """See the port."""
        hurried = (sql.HURRY, (request, stamp(now), TIMER))
        count = await self._change((sql.LOCK_REQUEST, (request,)), *self._call_for(request), hurried)
        if count:
            self._wake(lane for (lane,) in await self._fetch(sql.LANES_OF, request))
        return count

    async def bring_back(self, lane: str, *, now: datetime, failed: bool = False) -> None:
        """See the port."""
        statement = self._bring_back_failed if failed else self._bring_back
        if await self._change((statement, (lane, stamp(now))), *self._call_to(lane)):
            self._wake([lane])

    async def clock_set(self, before: datetime, now: datetime, *, owner: str) -> None:
        """See the port."""
        moved = stamp(now) - stamp(before)
        if moved < 0:
            near, timers_too = stamp(before + CLOCK_NEAR), int(-moved <= CLOCK_NEAR // _MICROSECOND)
            await self._change((self._bring_forward, (moved, stamp(now), near, TIMER, timers_too)))
            await self._change((sql.BRING_BACKOFFS_FORWARD, (moved, stamp(now))), *self._announcement(Topic.BACKOFFS))
        # Last: once more after an error makes short waits of all shorter, but moved twice our leases would end while we work.
        await self._change((sql.MOVE_LEASES, (moved, owner)))

    async def lanes(self) -> tuple[str | None, ...]:
        """See the port."""
        return tuple(lane or None for (lane,) in await self._fetch(sql.LANES))

    async def depths(self, now: datetime) -> tuple[LaneDepth, ...]:
        """See the port."""
        return tuple(map(rows.lane_depth, await self._fetch_slowly(sql.DEPTHS, stamp(now), TIMER)))

    async def count_waiting(self, lane: str) -> int:
        """See the port."""
        return int((await self._fetch_slowly(sql.COUNT_WAITING, lane))[0][0])

    async def failing(self, lanes: Sequence[str]) -> tuple[BackOff, ...]:
        """See the port."""
        if not lanes:
            return ()
        statement, params = sql.failing_in(lanes)
        return tuple(map(rows.backoff, await self._fetch_slowly(statement, *params)))

    async def count_due(self, key: str, *, before: datetime) -> int:
        """See the port."""
        return int((await self._fetch_slowly(sql.COUNT_DUE, key, stamp(before)))[0][0])

    async def set_backoff(self, backoff: BackOff) -> None:
        """See the port."""
        why = (backoff.words or None, optional_stamp(backoff.since))
        kept = (sql.SET_BACKOFF, (backoff.lane, stamp(backoff.until), backoff.failures, *why))
        await self._change(kept, *self._announcement(Topic.BACKOFFS))

    async def clear_backoff(self, lane: str) -> None:
        """See the port."""
        await self._change((sql.CLEAR_BACKOFF, (lane,)), *self._announcement(Topic.BACKOFFS))

    async def backoffs(self) -> tuple[BackOff, ...]:
        """See the port."""
        return tuple(map(rows.backoff, await self._fetch(sql.BACKOFFS)))

    async def free_leases(self, owner: str) -> int:
        """See the port."""
        return await self._change((sql.FREE_LEASES, (owner,)))

    async def logins(self, acs: str) -> LoginCount:
        """See the port."""
        found = await self._fetch(sql.LOGINS, acs)
        return rows.login_count(found[0]) if found else LoginCount()

    async def set_logins(self, acs: str, count: LoginCount) -> bool:
        """See the port."""
        times = (count.refused_at, count.tried_at, count.forgiven_at)
        refused_at, tried_at, forgiven_at = map(optional_stamp, times)
        params = (acs, count.refusals, refused_at, count.trying, tried_at, count.version, forgiven_at)
        return bool(await self._change((sql.SET_LOGINS, params), *self._announcement(Topic.LOGINS)))

    async def take_turn(self, duty: str, *, at: datetime, now: datetime) -> bool:
        """See the port."""
        return bool(await self._change((sql.TAKE_TURN, (duty, stamp(at), stamp(too_late(now))))))

    async def turn_of(self, duty: str) -> datetime | None:
        """See the port."""
        found = await self._fetch(sql.TURN_OF, duty)
        return moment(found[0][0]) if found else None

    # reads

    async def check(self) -> None:
        """See the port."""
        if not await self._change((sql.CHECK, ())):
            raise StoreUnavailable("the store's tables lack the row that a check writes")

    async def request(self, request_id: str, *, first: bool = False) -> Request | None:
        """See the port."""
        fetch = self._fetch_first if first else self._fetch
        found = await fetch(sql.REQUEST, request_id)
        return encoding.decode_request(found[0][0]) if found else None

    async def request_by_partner_id(self, requesting_agency: str, partner_request_id: str) -> Request | None:
        """See the port."""
        for key in request_rows.agency_keys(requesting_agency):
            found = await self._fetch_first(sql.REQUEST_BY_PARTNER_ID, Role.LENDING.value, key, partner_request_id)
            if found:
                return encoding.decode_request(found[0][0])
        return None

    async def confirmation(self, peer: str, digest: str) -> bytes | None:
        """See the port."""
        found = await self._fetch_first(sql.CONFIRMATION, peer, digest)
        return found[0][0] if found else None

    async def first_content(self, request_id: str) -> str | None:
        """See the port."""
        found = await self._fetch_first(sql.FIRST_CONTENT, request_id)
        return found[0][0] if found else None

    async def requests(self, where: RequestFilter) -> tuple[Request, ...]:
        """See the port."""
        before = None if where.before is None else (stamp(where.before[0]), where.before[1])
        statement, params = sql.find_requests(where, before)
        return tuple(encoding.decode_request(body) for (body,) in await self._fetch_slowly(statement, *params))

    async def changed_after(self, at: datetime, *, limit: int) -> tuple[tuple[str, datetime], ...]:
        """See the port."""
        found = await self._fetch(sql.CHANGED_AFTER, stamp(at), limit)
        return tuple((name, moment(updated_at)) for name, updated_at in found)

    async def count_by_state(self) -> Mapping[str, int]:
        """See the port."""
        return {row[0]: row[1] for row in await self._fetch_slowly(sql.COUNT_BY_STATE)}

    async def count_of_partner(
        self, partner: str, states: Collection[str], *, before: tuple[datetime, str] | None = None
    ) -> int:
        """See the port."""
        bound = None if before is None else (stamp(before[0]), before[1])
        statement, params = sql.count_of_partner(Role.LENDING.value, partner, states, bound)
        return int((await self._fetch(statement, *params))[0][0])

    async def history(self, request_id: str | None) -> tuple[HistoryEntry, ...]:
        """See the port."""
        asked = (sql.HISTORY_OF_NONE,) if request_id is None else (sql.HISTORY, request_id)
        return tuple(encoding.decode_entry(entry) for (entry,) in await self._fetch(*asked))

    async def pending(self, request_id: str) -> tuple[EffectRow, ...]:
        """See the port."""
        return tuple(map(rows.effect_row, await self._fetch(sql.PENDING, request_id)))

    async def before_at_item(self, request_id: str, *, now: datetime) -> Mapping[int, str]:
        """See the port."""
        return {row[0]: row[1] for row in await self._fetch(sql.BEFORE_AT_ITEM, request_id, stamp(now))}

    async def messages(self, request_id: str) -> tuple[Inbound, ...]:
        """See the port."""
        return tuple(map(rows.inbound, await self._fetch(sql.MESSAGES, request_id)))

    # who we know

    async def policy(self) -> tuple[int, bytes] | None:
        """See the port."""
        found = await self._fetch(sql.POLICY)
        return (found[0][0], found[0][1]) if found else None

    async def policy_of(self, version: int) -> bytes | None:
        """See the port."""
        found = await self._fetch(sql.POLICY_OF, version)
        return found[0][0] if found else None

    async def policies(self, *, limit: int) -> tuple[PolicyVersion, ...]:
        """See the port."""
        return tuple(map(rows.policy_version, await self._fetch(sql.POLICIES, limit)))

    async def save_policy(self, document: bytes, *, at: datetime, by: str, after: int | None = None) -> int:
        """See the port. Where another takes the next version first, the one after that is tried, or it is a conflict."""
        while True:
            version, newest = await self.policy() or (0, None)
            if newest == document:
                return version
            if after is not None and version != after:
                raise VersionConflict(f"the policy is at version {version}, not {after}")
            kept = (sql.SAVE_POLICY, (version + 1, document, stamp(at), by))
            if await self._change(kept, *self._announcement(Topic.DIRECTORY)):
                return version + 1
