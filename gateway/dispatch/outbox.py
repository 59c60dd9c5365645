"""The worker: leases due rows, lane by lane, hands them to the performers, and brings what happened to the door.

Why no work gets lost: a row is deleted only in the transaction that writes the decision on its outcome. Until then it is
leased (nobody else has it), or due again when its lease runs out. Why nothing is done twice: what acts elsewhere is marked started
before its first byte, and a row found started is not acted on but reported as unknown; a message is sent again as the same bytes.

A lane that fails is left alone for a while (stored, so that a restart remembers and other gateways know), then tried with
one row; the first sign of life ends that, and what was put off with it is due. So does a library behind a broker; a row
that fails alone waits by itself (lanes.py tells which). The one row is the one that has been due for longest, whoever's
turn it is: a row that failed is due again behind all that waited, so that one which can never succeed keeps nobody from
it. When a lane comes back its rows go in turn: one, then twice as many at once with each that goes well, up to its room.
How much runs at once is counted by leases, whoever holds them. The loop waits for a wake-up at a commit or for the next
row's time. A commit wakes it for work that is due soon (WAKE_WITHIN); a slow sweep finds all else in time.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from gateway.clock import Alarm, TimeSource
from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.bills import UnknownBill
from gateway.dispatch.clock_steps import ClockSteps
from gateway.dispatch.intake import UnknownRequest
from gateway.dispatch.invoices import UnknownInvoice
from gateway.dispatch.lanes import Blame, Lane, LaneState, Try, by_lane
from gateway.dispatch.notices import UnknownNotice
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.planning import SHARED_LANES
from gateway.dispatch.results import Fault, Later, Report
from gateway.dispatch.subjects import (
    Subjects,
    WorkSubject,
)
from gateway.fleet.news import follow
from gateway.store.port import (
    BarcodeTaken,
    EffectRow,
    LeaseLost,
    Setback,
    Store,
    StoreUnavailable,
    Topic,
)
from gateway.workflow.effects import StartTimer

_log = structlog.get_logger(__name__)


class Outbox:
    """Runs until `stop`. `perform` carries one row out; `chance` gives random numbers for jitter."""

    def __init__(
        self,
        *,
        store: Store,
        subjects: Subjects,
        time: TimeSource,
        owner: str,
        settings: OutboxSettings,
        chance: Callable[[], float] = random.random,
        backoff_of: Callable[[Lane], BackOffPolicy] | None = None,
    ) -> None:
        self._store = store
        self._subjects = subjects
        self._time = time
        self._owner = owner
        self._settings = settings
        self._backoff_of = backoff_of or (lambda _lane: self._settings.backoff)
        self._clock = ClockSteps(store, time, owner)
        self._chance = chance
        self._lanes: dict[Lane, LaneState] = {}
        self._shares: dict[Lane, int] = {}
        self._servers: set[asyncio.Task[None]] = set()
        self._stopping = False

    # ── life ─────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Begin with every lane that has work, and the back-off that was stored."""
        self._store.on_commit(self.wake)
        self._store.on_change(Topic.RECOVERY, lambda: self.wake(list(self._lanes)))
        following = follow(self._store, Topic.BACKOFFS, self._read_backoffs, self._time)
        self._servers.add(asyncio.create_task(following, name="outbox back-offs"))
        await self._read_backoffs()
        self.wake(await self._store.lanes())
        self._servers.add(asyncio.create_task(self._sweep(), name="outbox sweep"))

    async def stop(self, *, drain_s: float) -> None:
        """Take nothing new, let what runs end for so long, then break it off: a later start finds it."""
        self._stopping = True
        for server in self._servers:
            server.cancel()
        running = {task for state in self._lanes.values() for task in state.running.values()}
        if running:
            _done, late = await asyncio.wait(running, timeout=drain_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(*self._servers, return_exceptions=True)

    def wake(self, lanes: Iterable[Lane]) -> None:
        """Look at these lanes now: they have got work."""
        for lane in lanes:
            self._lane(lane).wake.set()

    def share(self, lane: str, at_once: int) -> None:
        """Run no more of the lane here than so many at once: the rest of its room is other gateways'."""
        self._shares[lane] = at_once
        if lane in self._lanes:
            self.wake([lane])

    @property
    def paused(self) -> dict[str, datetime]:
        """The lanes that are left alone, and until when."""
        return {lane: state.trouble.until for lane, state in self._lanes.items() if lane and state.trouble.until}

    async def resume(self, lane: str) -> None:
        """Staff's word: all that waits in a lane because something failed is tried now."""
        await self._forgive(lane)
        await self._store.bring_back(lane, now=self._time.now(), failed=True)

    async def probe(self, lane: str) -> None:
        """Try a lane that is left alone with one row now: the other side was heard by somebody else."""
        state, now = self._lane(lane), self._time.now()
        if state.trouble.until is not None and state.trouble.until > now:
            state.trouble.until = now
            await self._store.set_backoff(state.trouble.kept_as(lane))
            state.wake.set()

    def heard_of(self, lane: str) -> None:
        """The other side has just spoken to us: if its lane is left alone, one row tries it now."""
        state = self._lanes.get(lane)
        if state is not None and state.spoke(self._time.now()):
            state.wake.set()

    async def _forgive(self, lane: str) -> None:
        """End the back-off of a lane and of all libraries behind it."""
        state = self._lane(lane)
        for library in state.libraries or (None,):
            await self._end_trouble(state, library)
        state.wake.set()

    async def hurry(self, request: str) -> None:
        """Staff's word that a request's waiting work is to be tried now, whatever its lanes wait for; clocks go on as they run."""
        work = [row for row in await self._store.pending(request) if not isinstance(row.effect, StartTimer)]
        for lane in {row.lane for row in work if row.lane is not None}:
            await self._forgive(lane)
        await self._store.hurry(request, now=self._time.now())

    def _lane(self, lane: Lane) -> LaneState:
        state = self._lanes.get(lane)
        if state is None:
            state = self._lanes[lane] = LaneState(lane)
            if not self._stopping:
                self._servers.add(asyncio.create_task(self._serve(lane, state), name=f"outbox {lane}"))
        return state

    async def _sweep(self) -> None:
        wait_s = self._settings.sweep_s
        while True:
            await self._time.sleep(wait_s)
            wait_s = self._settings.store_pause_s
            try:
                self.wake(await self._store.lanes())
            except StoreUnavailable as exc:
                _log.warning("store unavailable", during="sweep", why=str(exc))
            except Exception:  # noqa: BLE001 - as in _served
                _log.exception("sweep failed")
            else:
                wait_s = self._settings.sweep_s

    async def _read_backoffs(self) -> None:
        """Take over the back-offs as they are stored: those of the lanes they name, none of all others."""
        kept = by_lane(await self._store.backoffs())
        for lane in {*kept, *(lane for lane, state in self._lanes.items() if lane and state.is_troubled)}:
            state = self._lane(lane)
            state.learn(kept.get(lane, {}))
            state.wake.set()

    # ── one lane ─────────────────────────────────────────────────────────────────────────────────

    async def _serve(self, lane: Lane, state: LaneState) -> None:
        alarm = Alarm(state.wake, self._time)
        try:
            while True:
                state.wake.clear()
                await alarm.wait(await self._served(lane, state))
        finally:
            alarm.stop()

    async def _served(self, lane: Lane, state: LaneState) -> float:
        """Start what can be started; give the seconds until it is to be looked at again, unless it is woken."""
        try:
            return await self._fill(lane, state)
        except StoreUnavailable:
            state.stranded = True
        except Exception:  # noqa: BLE001 - a fault of ours may not leave a lane unserved for ever; it is logged whole
            _log.exception("lane failed", lane=lane)
        return self._settings.store_pause_s

    async def _fill(self, lane: Lane, state: LaneState) -> float:
        """Start what is due and has room; give the seconds until something can be due."""
        if await self._clock.heed():
            await self._read_backoffs()
            self.wake(self._lanes)
        if lane is None and self._clock.rest_s():
            return min(self._clock.rest_s(), self._settings.sweep_s)
        if state.stranded:
            await self._free_stranded(lane, state)
        now = self._time.now()
        trouble = state.trouble
        if trouble.until is not None and trouble.until > now:
            return min((trouble.until - now).total_seconds(), self._settings.sweep_s)
        at_most = 1 if trouble.failures else self._settings.room(lane)
        room = int(min(at_most, self._shares.get(lane, at_most), state.pace)) - len(state.running)
        if room <= 0:
            return self._settings.sweep_s
        rows = await self._claim(lane, now, room, at_most, in_turn=lane in SHARED_LANES and not trouble.failures)
        for row in rows:
            state.running[row.id] = asyncio.create_task(self._run(state.begin(row), state))
        if len(rows) == room:
            return self._settings.sweep_s  # the end of one of them wakes the lane
        due_at = await self._store.next_due(lane, now=now)
        until_s = (due_at - now).total_seconds() if due_at else self._settings.sweep_s
        return min(max(until_s, 0.0), self._settings.sweep_s)

    async def _free_stranded(self, lane: Lane, state: LaneState) -> None:
        """Give up the leases of rows that nobody works on: they would keep the lane's room until they run out."""
        state.stranded = False
        try:
            freed = await self._store.free_stranded(lane, owner=self._owner, held=state.running.keys())
        except StoreUnavailable:
            state.stranded = True
            raise
        if freed:
            _log.info("work that the store left behind goes on", lane=lane, rows=freed)

    async def _claim(
        self, lane: Lane, now: datetime, room: int, at_most: int, *, in_turn: bool
    ) -> tuple[EffectRow, ...]:
        until = now + timedelta(seconds=self._settings.deadline_s + self._settings.lease_margin_s)
        together = None if lane is None else at_most
        return await self._store.claim(
            lane, now=now, until=until, owner=self._owner, limit=room, at_most=together, in_turn=in_turn
        )

    async def _run(self, begun: Try, state: LaneState) -> None:
        """Carry one row out and write what came of it; whatever fails here leaves the row to its lease."""
        row = begun.row
        with structlog.contextvars.bound_contextvars(request=row.request):
            try:
                await self._carry_out(begun, state)
            except LeaseLost:
                state.forget(row.request)
                _log.info("work was withdrawn", work=row.effect.key)
            except (UnknownRequest, UnknownBill, UnknownInvoice, UnknownNotice):
                _log.error("work of an unknown request, bill, invoice or notice", work=row.effect.key)
            except StoreUnavailable:
                state.stranded = True
                _log.warning("store unavailable", during=row.effect.key)
            except Exception:  # noqa: BLE001 - a fault in one piece of work may not stop the others; it is logged whole
                _log.exception("work failed", work=row.effect.key)
                await self._after_fault(row, state)
            finally:
                state.running.pop(row.id, None)
                state.wake.set()

    async def _carry_out(self, begun: Try, state: LaneState) -> None:
        row, subject = begun.row, await self._subjects.read(begun.row)
        tried = begun.behind(self._subjects.library_of(row, subject))
        due_at = state.held_back(tried, self._time.now())
        if due_at is not None:
            await self._store.postpone(
                row.id, owner=self._owner, due_at=due_at, unstarted=False, attempt=False, with_lane=True
            )
            return
        try:
            await self._try(tried, subject, state)
        finally:
            state.over(tried)

    async def _try(self, tried: Try, subject: WorkSubject, state: LaneState) -> None:
        """Perform a row, and write what came of it."""
        try:
            async with asyncio.timeout(self._settings.deadline_s):
                report = await self._subjects.perform(tried.row, subject)
        except TimeoutError:
            report = Later(words="It took longer than it may.", unstarted=False)
        if isinstance(report, Later):
            await self._postpone(tried, report, state)
            return
        try:
            await self._hand_in(tried.row, report)
        except BarcodeTaken:
            taken = "Another request has the barcode."
            later = Later(words=taken, unstarted=True, fault=Fault.ITS_OWN, after_s=0.0)
            await self._postpone(tried, later, state)
        if report.heard:
            await self._sign_of_life(tried, state)

    async def _hand_in(self, row: EffectRow, report: Report) -> None:
        """Bring what happened to the door, again and again while the store is gone and the lease is ours."""
        give_up_at = self._time.monotonic() + self._settings.lease_margin_s
        while True:
            try:
                await self._subjects.hand_in(row, report, self._owner)
            except StoreUnavailable:
                if self._time.monotonic() > give_up_at:
                    raise
                await self._time.sleep(self._settings.store_pause_s)
            else:
                return

    async def _postpone(self, tried: Try, later: Later, state: LaneState) -> None:
        row, now, backoff = tried.row, self._time.now(), self._backoff_of(tried.lane)
        setback, blame = state.setback(later, now), state.blame(tried, later.fault)
        if blame in {Blame.ROW, Blame.NOBODY_YET}:
            tries = row.attempts + 1
            wait_s = later.after_s if later.after_s is not None else backoff.wait_s(tries, self._chance())
        else:
            tries, wait_s = await self._leave_alone(tried, blame, later.after_s, state, setback)
        _log.info("work postponed", work=row.effect.key, words=later.words, for_s=round(wait_s, 1), blame=blame.value)
        await self._store.postpone(
            row.id,
            owner=self._owner,
            due_at=now if blame is Blame.LANE else now + timedelta(seconds=wait_s),
            unstarted=later.unstarted,
            attempt=blame is not Blame.LANE,
            with_lane=blame is not Blame.ROW,
            setback=setback,
        )
        if later.told and not row.attempts and not row.with_lane:
            await self._subjects.tell(row, now, later.told)
        if tries == backoff.limit:
            await self._subjects.stuck(row, now, later.words)

    async def _leave_alone(
        self, tried: Try, blame: Blame, after_s: float | None, state: LaneState, setback: Setback
    ) -> tuple[int, float]:
        """Leave a lane or a library alone; give how often it failed by this try, and for how many seconds it is left alone."""
        trouble = state.failed(tried, blame)
        if trouble is None:
            return 0, self._backoff_of(tried.lane).first_s
        wait_s = self._backoff_of(tried.lane).wait_s(trouble.failures, self._chance())
        wait_s = max(after_s or 0.0, wait_s)
        trouble.put_off(setback, setback.at + timedelta(seconds=wait_s))
        name = state.stored_as(tried.library if blame is Blame.LIBRARY else None)
        await self._store.set_backoff(trouble.kept_as(name))
        return trouble.failures, wait_s

    async def _sign_of_life(self, tried: Try, state: LaneState) -> None:
        if state.heard(tried):
            await self._end_trouble(state, tried.library)
            await self._store.bring_back(str(tried.lane), now=self._time.now())

    async def _end_trouble(self, state: LaneState, library: str | None) -> None:
        """Forget the back-off of a lane, and of a library behind it; in the store first, so that what fails there is done again."""
        for name in state.names(library):
            await self._store.clear_backoff(name)
        state.end(library)

    async def _after_fault(self, row: EffectRow, state: LaneState) -> None:
        """A fault of ours: the row waits like any other failure, and is not forgotten if even that can't be written."""
        setback = Setback(at=self._time.now(), words="A fault in the gateway; its log says more.")
        due_at = setback.at + timedelta(seconds=self._settings.backoff.wait_s(row.attempts + 1, self._chance()))
        try:
            await self._store.postpone(row.id, owner=self._owner, due_at=due_at, unstarted=False, setback=setback)
        except (LeaseLost, StoreUnavailable):
            state.stranded = True
            _log.warning("the row keeps its lease for the moment", work=row.effect.key)
