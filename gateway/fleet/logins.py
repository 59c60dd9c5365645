"""Leave to log in to the circulation system: one count for all gateways that share the store, and across their restarts.

Whoever tries writes so first and waits until that is durable; until its end is told nobody else tries. So all together make
no more refused logins than one gateway may (`LoginGate`), and a gateway that dies over a refusal can't forget it. The end of
a try is written in the background, again and again where the store is away: nobody waits for it, for a try of which
nothing more is heard counts as refused, which is the safe side. Times are by the gateways' clocks, like those of the leases.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import structlog

from gateway.clock import TimeSource
from gateway.fleet.news import follow
from gateway.sip2.breaker import LoginEnd, LoginGate
from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import LoginCount, Store, StoreUnavailable, Topic

LOOK_S = 0.1
"""How often one looks whether another's try is over."""

_log = structlog.get_logger(__name__)


class SharedLogins:
    """A `sip2.logins.Logins`. Keeps up with the others from `start` to `stop`."""

    def __init__(
        self,
        *,
        store: Store,
        acs: str,
        name: str,
        time: TimeSource,
        gate: LoginGate = LoginGate(),  # noqa: B008 - a frozen value
    ) -> None:
        self.gate = gate
        self._store = store
        self._acs = acs
        self._name = name
        self._time = time
        self._version = 0
        self._under_way = False
        """Whether the try that is written as ours is one of this life, and goes on."""
        self._untold: LoginEnd | None = None
        self._turn = asyncio.Lock()
        """Held while the count is read and written: of one's own wishes, too, each must see what the one before wrote."""
        self._news = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the count, and go on doing so whenever it changes. Raises StoreUnavailable."""
        await self._keep_up()
        following = follow(self._store, Topic.LOGINS, self._keep_up, self._time, changed=self._news)
        self._following = asyncio.create_task(following, name="follow logins")

    async def stop(self) -> None:
        """Tell what is untold, and stop keeping up; the lines are closed by now."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        try:
            await self._keep_up()
        except StoreUnavailable:
            _log.warning("store unavailable", during="telling how a login ended")

    async def ask(self) -> float | None:
        """See the protocol. Waits while another gateway tries."""
        try:
            while not (answered := await self._take())[0]:
                await self._time.sleep(LOOK_S)
        except StoreUnavailable as exc:
            self._take_back()
            raise NotSent(Reason.NO_SEAT, "the store does not say whether we may log in") from exc
        except asyncio.CancelledError:
            self._take_back()
            raise
        return answered[1]

    def _take_back(self) -> None:
        """A try may have been written of which we were not told; not if the end of an earlier one still waits to be."""
        if self._untold is None:
            self.tell(LoginEnd.BROKEN_OFF)

    def tell(self, how: LoginEnd) -> float | None:
        """See the protocol."""
        self.gate = self.gate.ended(how, self._name, self._now())
        self._under_way, self._untold = False, how
        self._news.set()
        return self.gate.wait_s(self._now())

    async def resume(self) -> None:
        """See the protocol. Raises StoreUnavailable."""
        async with self._turn:
            await self._tell()
            await self._change(LoginGate.resumed)

    async def _take(self) -> tuple[bool, float | None]:
        """Whether there is an answer, and which; there is none while another tries."""
        async with self._turn:
            await self._tell()
            await self._read()
            if self.gate.trying is not None:
                return False, None
            wait_s = self.gate.wait_s(self._now())
            if wait_s == 0:
                self._under_way = await self._write(self.gate.tried(self._name, self._now()))
                return self._under_way, 0.0
            return True, wait_s

    async def _keep_up(self) -> None:
        async with self._turn:
            await self._tell()
            await self._read()

    async def _tell(self) -> None:
        """Write how our try ended, where that is not written yet."""
        how = self._untold
        if how is not None:
            await self._change(lambda gate: gate.ended(how, self._name, self._now()))
            self._untold = None

    async def _change(self, step: Callable[[LoginGate], LoginGate]) -> None:
        while True:
            self._learn(await self._store.logins(self._acs))
            if await self._write(step(self.gate)):
                return

    async def _read(self) -> None:
        """Learn the count, with whatever nobody will tell any more counted as refused and no time ahead of ours, and written so.

        A try of ours may have ended while it was read: it is told next, and counts as what it came to.
        """
        while True:
            self._learn(await self._store.logins(self._acs))
            settled = self.gate.settled(self._name, self._now())
            if self._under_way or self._untold is not None or settled == self.gate:
                return
            if settled.refusals > self.gate.refusals:
                _log.warning("a login of which no end was told counts as refused", gateway=self.gate.trying)
            if await self._write(settled):
                return

    async def _write(self, gate: LoginGate) -> bool:
        written = await self._store.set_logins(self._acs, _count_of(gate, self._version))
        if written:
            self.gate, self._version = gate, self._version + 1
        return written

    def _learn(self, count: LoginCount) -> None:
        self._version = count.version
        self.gate = msgspec.structs.replace(
            self.gate,
            refusals=count.refusals,
            refused_at=count.refused_at.timestamp() if count.refused_at else None,
            trying=count.trying,
            forgiven_at=count.forgiven_at.timestamp() if count.forgiven_at else None,
            tried_at=count.tried_at.timestamp() if count.tried_at else 0.0,
        )

    def _now(self) -> float:
        return self._time.now().timestamp()


def _count_of(gate: LoginGate, version: int) -> LoginCount:
    return LoginCount(
        refusals=gate.refusals,
        refused_at=_moment(gate.refused_at),
        trying=gate.trying,
        tried_at=_moment(gate.tried_at),
        forgiven_at=_moment(gate.forgiven_at),
        version=version,
    )


def _moment(at: float | None) -> datetime | None:
    return datetime.fromtimestamp(at, UTC) if at else None
