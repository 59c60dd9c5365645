"""What goes wrong and when, drawn from the seed: kills of the gateway, outages of what it depends on, and how fast all is well again."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from enum import StrEnum
from itertools import count
from typing import Final

import msgspec

from tests.faults.faulty_store import Order, Step
from tests.faults.processes import GatewayLife, NotStarted
from tests.faults.wires import Moment, Wire

KILL_PATIENCE_S: Final = 2.0
"""How long a step may stay away before the gateway is killed without it."""
START_AGAIN_S: Final = 15.0
START_PAUSE_S: Final = 0.2
LONG_EVERY: Final = 16
"""Of so many outages one is long, where there are long ones; it lasts so long, and is followed by so long a calm."""
LONG_FIRST: Final = 3
LONG_S: Final = 12.0
CALM_S: Final = 8.0
DISK_BYTES: Final = 24 * 1024
"""What a file may grow to while the disk is full: less than any file of the store has already."""


class Trouble(StrEnum):
    """What befalls the gateway from outside, as the report names it."""

    KILL = "gateway killed"
    ACS_RESTART = "circulation system restarted"
    ACS_DROP = "circulation system dropped its sessions"
    ACS_AWAY = "no way to the circulation system"
    PARTNER_AWAY = "no way to a partner"
    GATEWAY_AWAY = "no way to the gateway"
    DISK_FULL = "disk full"
    STORE_FAILS = "writes fail, written or not"
    DATABASE_AWAY = "database stopped"


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """One trouble: how long it lasted, and how long after it the first turn went through again."""

    kind: Trouble
    lasted_s: float
    recovered_s: float


class Sky(msgspec.Struct):
    """What the weather needs of the house."""

    lives: list[GatewayLife]
    acs_wire: Wire
    gateway_wire: Wire
    partner_wires: list[Wire]
    restart_acs: Callable[[float], Awaitable[None]]
    """Stop it, wait so many seconds, start it."""
    drop_acs: Callable[[], Awaitable[None]]
    restart_database: Callable[[float], Awaitable[None]] | None
    progress: Callable[[], float]
    """How much of the run is over, from 0 to 1."""

    @property
    def wires(self) -> list[Wire]:
        """All of them."""
        return [self.acs_wire, self.gateway_wire, *self.partner_wires]


class Weather:
    """Two tasks: one kills and restarts the gateway, so many times, spread over the run; one brings the outages."""

    def __init__(self, sky: Sky, *, seed: int, kills: int, outage_every_s: float, has_long_ones: bool = False) -> None:
        self.kills = 0
        self.killed_at: Counter[str] = Counter()
        self.recoveries: list[Recovery] = []
        self.restarts_s: list[float] = []
        self._sky = sky
        self._wanted = kills
        self._outage_every_s = outage_every_s
        self._has_long_ones = has_long_ones
        self._is_calm = False
        self._kill_chance = random.Random(f"kills {seed}")
        self._outage_chance = random.Random(f"outages {seed}")
        self._watches: set[asyncio.Task[None]] = set()

    # ── kills ────────────────────────────────────────────────────────────────────────────────────

    async def kill_all(self) -> None:
        """Kill and restart, spread over the run, until that was done often enough or the run is over."""
        while self.kills < self._wanted and self._sky.progress() < 1.0:
            if self._is_calm or self._sky.progress() < self.kills / (self._wanted + 1):
                await asyncio.sleep(0.01)
                continue
            await self._kill(self._kill_chance.choice(self._sky.lives))

    async def _kill(self, life: GatewayLife) -> None:
        where = await self._bring_about(life)
        killed_at = time.monotonic()
        self.kills += 1
        self.killed_at[where] += 1
        await self._start(life)
        self.restarts_s.append(life.ready_at - killed_at)
        self._watch(Trouble.KILL, killed_at, killed_at, self._sky.wires)

    async def _start(self, life: GatewayLife) -> None:
        """Start it as a supervisor does: again, where it ended because its database was away. Raises NotStarted."""
        until_s = time.monotonic() + START_AGAIN_S
        while True:
            try:
                return await life.start()
            except NotStarted:
                if self._sky.restart_database is None or time.monotonic() > until_s:
                    raise
                await asyncio.sleep(START_PAUSE_S)

    async def _bring_about(self, life: GatewayLife) -> str:
        """Kill at a random moment, at a step around a transaction, or at a moment of a turn; say where it was."""
        kind = self._kill_chance.random()
        if kind < 0.2:
            await asyncio.sleep(self._kill_chance.random() * 0.4)
            return await self._end(life, "at a random moment")
        if kind < 0.6 or len(self._sky.lives) > 1:
            step = self._kill_chance.choice(list(Step))
            life.order(Order(step=step, countdown=self._kill_chance.randint(1, 12)))
            return await self._end_by_itself(life, step)
        wire = self._kill_chance.choice((self._sky.acs_wire, self._sky.gateway_wire, *self._sky.partner_wires[:1]))
        moment = self._kill_chance.choice(list(Moment))
        wire.arm(moment)
        where = await self._end_by_itself(life, f"{wire.name}: {moment}")
        wire.arm(None)
        return where

    async def _end_by_itself(self, life: GatewayLife, where: str) -> str:
        try:
            async with asyncio.timeout(KILL_PATIENCE_S):
                await life.ended.wait()
        except TimeoutError:
            return await self._end(life, f"{where} (did not come)")
        return where

    async def _end(self, life: GatewayLife, where: str) -> str:
        life.kill()
        await life.ended.wait()
        return where

    # ── outages ──────────────────────────────────────────────────────────────────────────────────

    async def bring_outages(self) -> None:
        """One after another, until cancelled."""
        for number in count(1):
            if not self._outage_every_s:
                return
            if self._has_long_ones and number % LONG_EVERY == LONG_FIRST:
                await self._befall_for_long()
            await asyncio.sleep(self._outage_chance.expovariate(1 / self._outage_every_s))
            kinds = [kind for kind in Trouble if kind is not Trouble.KILL]
            if self._sky.restart_database is None:
                kinds.remove(Trouble.DATABASE_AWAY)
            else:
                kinds.remove(Trouble.DISK_FULL)
            await self._befall(self._outage_chance.choice(kinds))

    async def _befall_for_long(self) -> None:
        """Long enough for waits to grow, and then calm enough to see what still waits."""
        kind = self._outage_chance.choice((Trouble.ACS_AWAY, Trouble.PARTNER_AWAY))
        wires = (
            [self._sky.acs_wire] if kind is Trouble.ACS_AWAY else [self._outage_chance.choice(self._sky.partner_wires)]
        )
        began_at = time.monotonic()
        await _away(wires, LONG_S)
        self._watch(kind, began_at, time.monotonic(), wires)
        self._is_calm = True
        await asyncio.sleep(CALM_S)
        self._is_calm = False

    async def _befall(self, kind: Trouble) -> None:
        sky, lasts_s = self._sky, self._outage_chance.choice((0.1, 0.3, 0.5, 1.0, 2.0))
        began_at, wires = time.monotonic(), sky.wires
        match kind:
            case Trouble.ACS_RESTART:
                await sky.restart_acs(lasts_s)
                wires = [sky.acs_wire]
            case Trouble.ACS_DROP:
                await sky.drop_acs()
                wires = [sky.acs_wire]
            case Trouble.ACS_AWAY:
                wires = [sky.acs_wire]
                await _away(wires, lasts_s)
            case Trouble.PARTNER_AWAY:
                wires = [self._outage_chance.choice(sky.partner_wires)]
                await _away(wires, lasts_s)
            case Trouble.GATEWAY_AWAY:
                wires = [sky.gateway_wire]
                await _away(wires, lasts_s)
            case Trouble.DISK_FULL:
                life = self._outage_chance.choice(sky.lives)
                life.limit_files(DISK_BYTES)
                await asyncio.sleep(lasts_s)
                life.limit_files(None)
            case Trouble.STORE_FAILS:
                life = self._outage_chance.choice(sky.lives)
                life.order(Order(failures=self._outage_chance.choice((1, 3, 10, 30))))
            case Trouble.DATABASE_AWAY:
                assert sky.restart_database is not None
                await sky.restart_database(lasts_s)
        self._watch(kind, began_at, time.monotonic(), wires)

    # ── recovery ─────────────────────────────────────────────────────────────────────────────────

    def _watch(self, kind: Trouble, began_at: float, ended_at: float, wires: list[Wire]) -> None:
        watch = asyncio.create_task(self._see_recovery(kind, began_at, ended_at, wires))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def _see_recovery(self, kind: Trouble, began_at: float, ended_at: float, wires: list[Wire]) -> None:
        """Wait for the first turn on one of the wires after the end; a run that is over before says nothing."""
        while all(wire.heard_at <= ended_at for wire in wires):
            await asyncio.sleep(0.01)
        heard_at = min(wire.heard_at for wire in wires if wire.heard_at > ended_at)
        self.recoveries.append(Recovery(kind=kind, lasted_s=ended_at - began_at, recovered_s=heard_at - ended_at))

    async def clear(self) -> None:
        """Watch no longer, and lift whatever still lies on the gateway."""
        for watch in tuple(self._watches):
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        for life in self._sky.lives:
            life.limit_files(None)
            life.order(Order())
        for wire in self._sky.wires:
            wire.arm(None)
            if wire.down:
                wire.down = False


async def _away(wires: list[Wire], lasts_s: float) -> None:
    for wire in wires:
        wire.down = True
        await wire.cut()
    await asyncio.sleep(lasts_s)
    for wire in wires:
        wire.down = False
