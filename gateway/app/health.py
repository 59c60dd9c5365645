"""What the listener for operations tells: whether each part is well, and the gauges of /metrics."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from gateway.app.certificate_ends import CertificateEnds
from gateway.app.circulation import Circulation
from gateway.app.ground import Ground
from gateway.app.hooks import ACS, Hooks
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.planning import ACS_LANE
from gateway.metrics import AcsState, LaneGauge, Snapshot
from gateway.sip2.breaker import BreakerState
from gateway.sip2.lines import Lines
from gateway.store.factory import sqlite_path
from gateway.store.port import StoreUnavailable
from gateway.store.values import BACKUP
from gateway.web.operations import HealthCheck
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.effects import StartTimer
from gateway.workflow.records import Clock
from gateway.workflow.tasks import TaskKind

NEAR_DEADLINE: Final = timedelta(days=1)
QUEUE_STALLED: Final = timedelta(minutes=15)
"""How long the oldest due work of a lane may stay the same before /readyz says that the lane stands still."""


class Readiness:
    """Looks at the parts of one running gateway when it is asked."""

    def __init__(
        self,
        ground: Ground,
        *,
        lines: Lines,
        outbox: Outbox,
        is_leaving: Callable[[], bool],
        circulation: Circulation,
        hooks: Hooks,
        certificates: CertificateEnds,
    ) -> None:
        self._ground = ground
        self._lines = lines
        self._outbox = outbox
        self._is_leaving = is_leaving
        self._circulation = circulation
        self._hooks = hooks
        self._certificates = certificates
        self._oldest: dict[str | None, tuple[datetime, datetime]] = {}
        """Since when each lane's oldest due work has been due, and when it was first seen to be the oldest."""

    def checks(self) -> tuple[HealthCheck, ...]:
        """Return the parts of /readyz."""
        return (
            HealthCheck("store", self._store),
            HealthCheck("queue", self._queue, vital=False),
            HealthCheck("circulation system", self._acs, vital=False),
            HealthCheck("recovery", self._recovery, vital=False),
            HealthCheck("catalogue", self._catalogue, vital=False),
        )

    async def _store(self) -> str | None:
        try:
            await self._ground.store.check()
        except StoreUnavailable as exc:
            return str(exc)
        return "draining" if self._is_leaving() else None

    async def _queue(self) -> str | None:
        """A lane must get on with work that is due, unless it is left alone on purpose: a long one may, as long as it moves."""
        if await self._ground.store.recovery.current() is not None:
            self._oldest = {}
            return None
        now, before = self._ground.time.now(), self._oldest
        self._oldest = {
            lane.lane: (lane.oldest_due_at, _first_seen(before.get(lane.lane), lane.oldest_due_at, now))
            for lane in await self._ground.store.depths(now)
            if lane.oldest_due_at is not None and lane.lane not in self._outbox.paused
        }
        for lane, (due_at, seen_at) in self._oldest.items():
            if now - seen_at > QUEUE_STALLED:
                return f"work in lane {lane} has been due since {due_at.astimezone(self._ground.zone):%Y-%m-%d %H:%M}"
        return None

    async def _acs(self) -> str | None:
        return self._circulation.trouble()

    async def _recovery(self) -> str | None:
        recovery = await self._ground.store.recovery.current()
        return None if recovery is None else "all work is held after a restore, until people let it go on"

    async def _catalogue(self) -> str | None:
        """By the last query, for we ask only where a request wants something."""
        return self._hooks.catalogue_trouble or None

    async def refresh(self) -> None:
        """Bring the gauges up to date; without a store they say that it is lost."""
        try:
            self._ground.metrics.refresh(await self._snapshot(self._ground.time.now()))
        except StoreUnavailable:
            self._ground.metrics.store_lost()

    async def _snapshot(self, now: datetime) -> Snapshot:
        acs, store = self._lines.status(), self._ground.store
        backed_up_at, room = await store.turn_of(BACKUP), await store.keeping.room()
        lanes = await self._lanes(now)
        near = await store.count_due(StartTimer.key_of(Clock.DEADLINE), before=now + NEAR_DEADLINE)
        tasks = await store.count_tasks()
        return Snapshot(
            store_up=True,
            lanes=lanes,
            acs={
                ACS: AcsState(
                    connections=acs.connections,
                    logins_stopped=acs.stopped,
                    no_answer_s=self._circulation.no_answer_s(),
                )
            },
            requests=dict(await store.count_by_state()),
            near_deadline=near + tasks.get(TaskKind.PAST_DEADLINE, 0),
            pool=await self._barcodes(now),
            now=now.timestamp(),
            disk_free=_disk_free(self._ground.settings.store.url),
            store_bytes=room.bytes,
            store_idle_bytes=room.idle,
            held=await store.recovery.current() is not None,
            reads_only=store.reads_only,
            backed_up_at=backed_up_at.timestamp() if backed_up_at else 0.0,
            certificates={what: at.timestamp() for what, at in (await self._certificates.ends()).items()},
            coroutines=len(asyncio.all_tasks()),
            open_tasks={kind.value: count for kind, count in tasks.items()},
        )

    async def _barcodes(self, now: datetime) -> dict[str, dict[str, int]]:
        """How many barcodes of each range are in each state; those that belong to no range are counted nowhere."""
        rested = now - timedelta(days=self._ground.settings.borrowing.rest_days)
        pool = await self._ground.store.borrowing.count_barcodes(rested_before=rested)
        return {name: {state: counts.get(state, 0) for state in PoolState} for name, counts in pool.items() if name}

    async def _lanes(self, now: datetime) -> dict[str, LaneGauge]:
        paused, breaker = self._outbox.paused, self._lines.status().breaker
        lanes = {lane.lane or "": lane for lane in await self._ground.store.depths(now)}
        return {
            name: LaneGauge(
                depth=lanes[name].depth if name in lanes else 0,
                oldest_due_s=_age_s(lanes[name].oldest_due_at, now) if name in lanes else 0.0,
                breaker_open=name == ACS_LANE and breaker is BreakerState.OPEN,
                backoff_s=max(0.0, (paused[name] - now).total_seconds()) if name in paused else 0.0,
            )
            for name in {*lanes, *paused, ACS_LANE}
        }


def _disk_free(url: str) -> float | None:
    """Which part of the disk below a SQLite store is free; None where the store is elsewhere, or its folder is gone."""
    path = sqlite_path(url)
    if path is None:
        return None
    try:
        usage = shutil.disk_usage(path.parent)
    except OSError:
        return None
    return usage.free / usage.total


def _first_seen(before: tuple[datetime, datetime] | None, due_at: datetime, now: datetime) -> datetime:
    """When this was first seen to be a lane's oldest work, from what the last look found."""
    return before[1] if before is not None and before[0] == due_at else now


def _age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
