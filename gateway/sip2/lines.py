"""The few logged-in connections to one circulation system, and the one way to use them: `Lines.exchange`.

Why a request can't be done twice by this file: somebody is logged in before `before_write` is awaited, and that is over
before a byte of the request is written; from then on only the messages of `session.REPEATABLE` are ever written
a second time. tenacity stands around connecting alone. What may have arrived and went unanswered is `Unknown`, and
its line is dropped, so that no late reply is taken for the next one.
"""

import asyncio
import ssl
import time
from collections import deque
from functools import partial
from typing import Self

import msgspec
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.breaker import Breaker, BreakerState, LoginEnd
from gateway.sip2.codec import Reply, message_code, written
from gateway.sip2.connection import Address, Connection, Exchange, Hook, Now, Sleep, dial, dial_again
from gateway.sip2.errors import ANSWERED, LoginRefused, LoginUnclear, NotSent, Outcome, Reason, Unknown
from gateway.sip2.known import KnownAcs, LinesStatus
from gateway.sip2.logins import Logins, OwnLogins
from gateway.sip2.pieces import BeforeWrite, MayWrite
from gateway.sip2.profiles import Credentials, Profile


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long is waited for a line, and how soon there are more; seconds."""

    dial_attempts: int = 3
    opening_s: float = 18.0  # for all of that and the login; others take a try for dead soon after (`LoginGate.try_s`)
    busy_timeout_s: float = 60.0  # for a connection to become free
    grow_pause_s: float = 60.0  # before another connection is tried after one was refused while others work


class Lines:
    """At most `size` connections to one ACS, which `resize` changes. Use as an async context manager, or call `aclose`.

    `now` (monotonic seconds) and `sleep` can be replaced in tests. `hook` gets every `Exchange`, in the task that
    called `exchange` (or of `Lines`, for keep-alives).
    """

    def __init__(
        self,
        address: Address,
        profile: Profile,
        credentials: Credentials,
        *,
        size: int = 2,
        ssl_context: ssl.SSLContext | None = None,
        hook: Hook | None = None,
        breaker: Breaker = Breaker(),  # noqa: B008 - a frozen value
        logins: Logins | None = None,
        limits: Limits = Limits(),  # noqa: B008 - likewise
        now: Now = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._profile = profile
        self._dial = partial(dial, address, profile, credentials, now=now, ssl_context=ssl_context, hook=self._observe)
        self._size = size
        self._hook = hook
        self._breaker = breaker
        self._logins = logins or OwnLogins(now)
        self._limits = limits
        self._now = now
        self._sleep = sleep
        self._idle: list[Connection] = []
        self._live: set[Connection] = set()
        self._growing = False
        self._grow_at = float("-inf")
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._keeper: asyncio.Task[None] | None = None
        self._closed = False
        self._known = KnownAcs(profile)

    async def __aenter__(self) -> Self:
        """Nothing is connected before the first request."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close all connections."""
        await self.aclose()

    def renew_tls(self, ssl_context: ssl.SSLContext) -> None:
        """Connect with these certificates from now on; connections that stand stay."""
        self._dial = partial(self._dial, ssl_context=ssl_context)

    async def exchange(
        self, request: SIPRequest, *, before_write: BeforeWrite | None = None, may_write: MayWrite = lambda: True
    ) -> Reply:
        """Do one request; `before_write` is awaited once, when there are logged-in connections and nothing is written.

        `may_write` is asked when a connection was had, which may take long: if it says no, nothing is written (NotSent, LATE).
        Raises NotSent (LoginRefused, Inexpressible) as long as nothing was written, Unknown after. What
        `before_write` raises goes through, and nothing is written.
        """
        payload = written(request, self._profile)  # Inexpressible before anything is touched
        lost: list[Unknown] = []
        dead: list[NotSent] = []
        if before_write is not None and self._is_well():
            await before_write()  # no connection stands idle for this: it is taken afterwards
            before_write = None
        while True:
            connection = await self._acquire(lost)
            try:
                if before_write is not None:
                    await before_write()
                    before_write = None
                result = await self._attempt(connection, request, payload, may_write)
            finally:
                self._release(connection)
            match result:
                case Reply():
                    return result
                case Unknown(outcome=Outcome.OVERSIZE):
                    raise result  # it would be as long the next time
                case Unknown():
                    lost.append(result)
                case NotSent():
                    dead.append(result)
            if len(lost) > self._known.retries(message_code(request)):
                raise lost[-1]
            if len(dead) > self._size:
                raise lost[-1] if lost else dead[-1]

    def supports(self, code: str) -> bool | None:
        """Whether the ACS does a message; None where nothing tells."""
        return self._known.supports(code)

    def status(self) -> LinesStatus:
        """How things stand."""
        self._drop_dead()
        return LinesStatus(
            breaker=self._breaker.state(self._now()),
            connections=len(self._live),
            idle=len(self._idle),
            refused_logins=self._logins.gate.refusals,
            stopped=self._logins.gate.stopped,
            last_reply_at=self._known.last_reply_at,
            last_error=self._known.last_error,
            last_error_at=self._known.last_error_at,
            acs=self._known.status,
        )

    async def resume(self) -> None:
        """Staff's word that logging in may be tried again, and the ACS as well."""
        await self._logins.resume()
        self.try_now()

    def try_now(self) -> None:
        """Don't wait for the end of the breaker's cool-down."""
        self._breaker = self._breaker.succeeded()

    @property
    def in_use(self) -> int:
        """How many connections are open or may be before the next `resize`: never more than there may be, or are."""
        return max(self._size, len(self._live) + self._growing)

    def resize(self, size: int) -> None:
        """Have at most `size` connections from now on: idle ones beyond it are closed, others when they are given back."""
        self._size = size
        while self._idle and len(self._live) > size:
            self._discard(self._idle.pop(0))
        while (self._may_grow() or not size) and self._wake(None):
            pass

    def cut(self) -> None:
        """Close every connection now, and have none until the next `resize`; requests under way end as Unknown."""
        self.resize(0)
        for connection in tuple(self._live):
            connection.close()

    async def aclose(self) -> None:
        """Drop all connections and stop the keep-alive; requests under way end as Unknown, later ones as NotSent."""
        self._closed = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        gone = tuple(self._live)
        self._idle.clear()
        self._live.clear()
        for connection in gone:
            connection.close()
        while self._wake(None):
            pass
        await asyncio.gather(*(connection.wait_closed() for connection in gone))

    # Using a connection

    def _is_well(self) -> bool:
        """Whether a connection can be counted on: one lives, and the circulation system answers."""
        return bool(self._live and self._size) and self._breaker.state(self._now()) is BreakerState.CLOSED

    async def _attempt(
        self, connection: Connection, request: SIPRequest, payload: bytes, may_write: MayWrite
    ) -> Reply | NotSent | Unknown:
        """One try as a value, for `exchange` to decide on; keeps the breaker informed. Raises NotSent: LATE."""
        if not may_write():
            raise NotSent(Reason.LATE, "it waited too long for a connection")
        try:
            reply = await connection.exchange(request, payload)
        except NotSent as exc:
            return exc
        except Unknown as exc:
            if exc.outcome not in ANSWERED:
                self._breaker = self._breaker.failed(self._now())
            self._known.lost(message_code(request))
            return exc
        self._breaker = self._breaker.succeeded()
        self._known.answered(message_code(request), reply)
        return reply

    # Having a connection

    async def _acquire(self, lost: list[Unknown]) -> Connection:
        """A usable connection, idle or new. Raises NotSent; or Unknown when a try before this one was lost."""
        try:
            self._pass_breaker()
            return await self._free_connection()
        except NotSent as exc:
            if lost:
                raise lost[-1] from exc
            raise

    async def _free_connection(self) -> Connection:
        deadline = asyncio.get_running_loop().time() + self._limits.busy_timeout_s
        while not self._closed:
            self._drop_dead()
            if self._idle:
                return self._idle.pop()
            if not self._size:
                raise NotSent(Reason.NO_SEAT, "other gateways have every connection to the circulation system")
            connection = await (self._grow() if self._may_grow() else self._wait(deadline))
            if connection is None:
                continue
            if connection.usable and not self._closed:
                return connection
            self._release(connection)
        raise NotSent(Reason.CLOSED, "the connections are closed")

    def _pass_breaker(self) -> None:
        """Once for each try; in the half-open state this try becomes the trial."""
        wait_s = self._breaker.wait_s(self._now())
        if wait_s > 0:
            raise NotSent(Reason.BREAKER, "the circulation system failed too often", wait_s)
        self._breaker = self._breaker.passed(self._now())

    def _check_breaker(self) -> None:
        """For those who had passed and then waited while others failed."""
        if self._breaker.state(self._now()) is BreakerState.OPEN:
            self._pass_breaker()

    def _may_grow(self) -> bool:
        """One new connection at a time, so that refused logins are counted before the next is tried."""
        return not self._growing and len(self._live) < self._size and (not self._live or self._now() >= self._grow_at)

    async def _grow(self) -> Connection | None:
        """A new connection; None where it failed but others live on, whose release is then worth waiting for."""
        self._growing = True
        try:
            connection = await self._connect()
            self._live.add(connection)
            self._keeper = self._keeper or asyncio.create_task(self._keep_alive_forever())
        except NotSent:
            if not self._live:
                raise
            self._grow_at = self._now() + self._limits.grow_pause_s
            return None
        finally:
            self._growing = False
            if self._may_grow():
                self._wake(None)
        return connection

    async def _connect(self) -> Connection:
        self._check_breaker()
        await self._pass_gate()
        try:
            connection = await self._open()
        except LoginRefused as exc:
            raise LoginRefused(exc.reason, str(exc), self._logins.tell(LoginEnd.REFUSED)) from exc
        except BaseException as exc:
            self._logins.tell(LoginEnd.UNCLEAR if isinstance(exc, LoginUnclear) else LoginEnd.BROKEN_OFF)
            if isinstance(exc, NotSent):
                self._known.failed(str(exc), self._now())
                self._breaker = self._breaker.failed(self._now())
            raise
        self._logins.tell(LoginEnd.WORKED)
        return connection

    async def _open(self) -> Connection:
        """One logged-in connection, or NotSent in time: who is silent for longer counts as refused (`LoginGate.try_s`)."""
        try:
            async with asyncio.timeout(self._limits.opening_s):
                connection = await dial_again(self._dial, attempts=self._limits.dial_attempts, sleep=self._sleep)
                await connection.log_in()
                if self._known.in_doubt:  # what a 98 says of messages for the first time does not count (support.py)
                    await connection.exchange(requests.sc_status(self._profile))
        except Unknown as exc:
            raise NotSent(Reason.CONNECT, f"the session could not be opened: {exc.outcome}") from exc
        except TimeoutError:
            raise NotSent(Reason.CONNECT, f"no session within {self._limits.opening_s:g} s") from None
        return connection

    async def _pass_gate(self) -> None:
        """Take the leave to log in, which must then be given back."""
        wait_s = await self._logins.ask()
        if wait_s != 0:
            until = "stopped until staff resume" if wait_s is None else "waiting"
            raise LoginRefused(Reason.STOPPED, f"logins were refused: {until}", wait_s)

    def _observe(self, exchange: Exchange) -> None:
        self._known.observed(exchange.code, exchange.outcome, exchange.status, exchange.at, self._now())
        if self._hook is not None:
            self._hook(exchange)

    # Giving it back

    def _release(self, connection: Connection) -> None:
        """Hand a connection to whoever waited longest, or keep it idle; drop one that is no longer usable."""
        if self._closed or not connection.usable or len(self._live) > self._size:
            self._discard(connection)
            self._wake(None)
        elif not self._wake(connection):
            self._idle.append(connection)

    def _drop_dead(self) -> None:
        """Forget idle connections that the ACS has closed."""
        for connection in [each for each in self._idle if not each.usable]:
            self._idle.remove(connection)
            self._discard(connection)

    def _discard(self, connection: Connection) -> None:
        connection.close()
        self._live.discard(connection)

    async def _wait(self, deadline: float) -> Connection | None:
        """A connection that was handed over, or None when it is worth looking again. Raises NotSent: BUSY."""
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout_at(deadline):
                return await self._turn(turn)
        except TimeoutError:
            raise NotSent(Reason.BUSY, "every connection stayed in use") from None

    async def _turn(self, turn: "asyncio.Future[Connection | None]") -> Connection | None:
        """Await a turn; one that came together with the cancellation goes to the next in line."""
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and (connection := turn.result()) is not None:
                self._release(connection)
            elif not turn.cancelled():
                self._wake(None)
            raise

    def _wake(self, connection: Connection | None) -> bool:
        """Give a turn to whoever waited longest; False when nobody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    # Keeping it alive

    async def _keep_alive_forever(self) -> None:
        """Wait for nobody's answer: a line that stays silent must not make the others late."""
        async with asyncio.TaskGroup() as asking:
            while True:
                await self._sleep(self._keep_alive_in())
                for connection in self._take_due():
                    asking.create_task(self._ask_status(connection))

    def _keep_alive_in(self) -> float:
        """Seconds until the first of the connections may be due; one that is in use or yet to come is not before a whole span."""
        return min([self._profile.keepalive_s, *(each.keep_alive_in() for each in self._idle)])

    def _take_due(self) -> list[Connection]:
        """Out of the idle ones, so that no request takes them meanwhile."""
        due = [each for each in self._idle if each.keep_alive_in() <= 0]
        self._idle = [each for each in self._idle if each not in due]
        return due

    async def _ask_status(self, connection: Connection) -> None:
        try:
            await connection.exchange(requests.sc_status(self._profile))
        except (NotSent, Unknown):
            pass  # the hook has been told; the next request connects anew
        finally:
            self._release(connection)
