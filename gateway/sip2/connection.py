"""One line to a circulation system: moves bytes between a socket and a `Session`, with a deadline on every wait.

It decides nothing about the protocol (that is `session`), keeps no other connections (that is `lines`) and never logs:
each exchange, the opening's included, is reported to a hook, redacted, in the task that caused it.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, cast

import msgspec
from pysip2.models import SIPRequest
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from gateway.sip2.codec import Reply, message_code
from gateway.sip2.errors import LoginRefused, LoginUnclear, NotSent, Outcome, Reason, Unknown
from gateway.sip2.profiles import Credentials, Profile
from gateway.sip2.redaction import redact, redact_reply
from gateway.sip2.session import AcsStatus, Ended, Event, Session, State, read_status

Now = Callable[[], float]
"""Monotonic seconds."""

Sleep = Callable[[float], Awaitable[None]]


class Address(msgspec.Struct, frozen=True):
    """Where an ACS listens."""

    host: str
    port: int


class Exchange(msgspec.Struct, frozen=True):
    """One request and what came of it, without personal data or secrets: for timelines, logs and metrics.

    `code` is "" where no message was under way: at login prompts. `at` is the monotonic time of the end. `status` is what
    a 98 told that answers a 99 of ours.
    """

    code: str
    sent: str
    received: str
    latency_s: float
    outcome: Outcome
    repairs: tuple[str, ...]
    at: float
    status: AcsStatus | None = None


Hook = Callable[[Exchange], None]

Tap = Callable[[bytes], None]
"""Gets every segment as it came, names and all: for an inspection that keeps nothing (inspection.py), never for a log."""

_WHY_NOT_OPEN: Final = {
    Outcome.LOGIN_REFUSED: Reason.LOGIN,
    Outcome.OFFLINE: Reason.OFFLINE,
}


class Connection(asyncio.Protocol):
    """A logged-in connection once `log_in` has returned; `exchange` then does one request at a time.

    A protocol rather than a pair of streams: what arrives on an idle line (a 98, its end) is seen at once, and the
    session's splitter bounds what is kept of it.
    """

    def __init__(
        self,
        profile: Profile,
        credentials: Credentials,
        now: Now,
        hook: Hook | None = None,
        tap: Tap | None = None,
    ) -> None:
        self._session = Session(profile, credentials)
        self._profile = profile
        self._now = now
        self._hook = hook
        self._tap = tap
        self._transport: asyncio.Transport | None = None
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._down = asyncio.Event()

    @property
    def usable(self) -> bool:
        """Whether a request may be written now."""
        return self._session.state is State.READY and self._transport is not None and not self._transport.is_closing()

    @property
    def status(self) -> AcsStatus | None:
        """What the last 98 on this line said."""
        return self._session.status

    def keep_alive_in(self) -> float:
        """Seconds until a 99 should go out lest the ACS close the line."""
        return self._session.keep_alive_in(self._now())

    async def log_in(self) -> None:
        """Go through the opening (login, 99), all of it within the profile's `login_timeout_s`.

        Raises LoginRefused, or NotSent with reason CONNECT or OFFLINE. The line is closed then.
        """
        assert self._transport is not None, "the transport is made before the session begins"
        try:
            self._write(self._session.open(self._now()))
            self._collect()
            await self._opened()
        finally:
            if not self.usable:
                self.close()

    async def exchange(self, request: SIPRequest, payload: bytes | None = None) -> Reply:
        """Write one request (`payload`: as it was `written`) and wait for its reply.

        Raises NotSent while nothing has been written (the line is dead, the request can't be written), Unknown after.
        A line without a good reply is closed, on cancellation too: the reply may still come.
        """
        if not self.usable:
            raise NotSent(Reason.CONNECT, "the connection was closed while it was idle")
        self._write(self._session.send(request, self._now(), payload))
        try:
            ended = await self._ended(message_code(request))
        finally:
            if not self.usable:
                self.close()
        if ended.reply is None or ended.outcome is not Outcome.REPLY:
            raise Unknown(ended.code, ended.outcome)
        return ended.reply

    def close(self) -> None:
        """Drop the line at once; nothing that is still under way on it will be heard."""
        if self._transport is not None:
            self._transport.abort()
        self._session.lose(Outcome.CLOSED, self._now())

    async def wait_closed(self) -> None:
        """Until the line is down; returns soon after `close`."""
        await self._down.wait()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport. The session begins with `log_in`."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand the segment to the session and write what it answers."""
        if self._tap is not None:
            self._tap(data)
        self._write(self._session.receive_data(data, self._now()))
        self._collect()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell the session; whoever waits is woken by the event. Why the line broke makes no difference here."""
        self._session.lose(Outcome.CLOSED, self._now())
        self._collect()
        self._down.set()

    # Between the two

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None:
            self._transport.write(data)

    def _collect(self) -> None:
        for event in self._session.events():
            self._events.put_nowait(event)

    async def _opened(self) -> None:
        try:
            async with asyncio.timeout(self._profile.login_timeout_s):
                event = await self._end_of_opening()
        except TimeoutError:
            self._session.lose(Outcome.TIMEOUT, self._now())
            self._collect()
            event = await self._end_of_opening()
        if isinstance(event, Ended):
            raise _not_opened(event)

    async def _end_of_opening(self) -> Event:
        while isinstance(event := await self._next_event(), Ended) and event.outcome is Outcome.REPLY:
            pass
        return event

    async def _ended(self, code: str) -> Ended:
        try:
            async with asyncio.timeout(self._session.reply_timeout_s):
                return await self._end_of(code)
        except TimeoutError:
            self._session.lose(Outcome.TIMEOUT, self._now())
            self._collect()
            return await self._end_of(code)

    async def _end_of(self, code: str) -> Ended:
        while True:
            event = await self._next_event()
            if isinstance(event, Ended) and event.code == code:
                return event

    async def _next_event(self) -> Event:
        event = await self._events.get()
        if isinstance(event, Ended) and self._hook is not None:
            self._hook(self._report(event))
        return event

    def _report(self, ended: Ended) -> Exchange:
        return Exchange(
            code=ended.code,
            sent=redact(ended.sent, self._profile) if ended.sent else "",
            received=self._heard(ended),
            latency_s=ended.latency_s,
            outcome=ended.outcome,
            repairs=ended.reply.repairs if ended.reply else (),
            at=self._now(),
            status=_told(ended),
        )

    def _heard(self, ended: Ended) -> str:
        if ended.reply is not None:
            return redact_reply(ended.reply)
        return redact(ended.received, self._profile) if ended.received else ""


def _told(ended: Ended) -> AcsStatus | None:
    answers = ended.outcome is Outcome.REPLY and ended.reply is not None and ended.code == "99"
    return read_status(ended.reply) if answers and ended.reply else None


def _not_opened(event: Ended) -> NotSent:
    """Silence and a mere hang-up say nothing of the account: so answer an ACS at its connection limit (sip2.md, "The session")
    and a relay whose ACS is away.
    """
    reason = _WHY_NOT_OPEN.get(event.outcome, Reason.CONNECT)
    unclear = LoginUnclear if event.login and event.received else NotSent
    kind = LoginRefused if reason is Reason.LOGIN else unclear
    return kind(reason, f"the session could not be opened: {event.outcome}")


async def dial(
    address: Address,
    profile: Profile,
    credentials: Credentials,
    *,
    now: Now,
    ssl_context: ssl.SSLContext | None = None,
    hook: Hook | None = None,
    tap: Tap | None = None,
) -> Connection:
    """Connect, with TLS when a context is given, within `connect_timeout_s`; `log_in` is the caller's next step.

    Raises OSError (TimeoutError among them, and what TLS refuses).
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(profile.connect_timeout_s):
        _transport, connection = await loop.create_connection(
            lambda: Connection(profile, credentials, now, hook, tap), address.host, address.port, ssl=ssl_context
        )
    return connection


async def dial_again(dial_once: Callable[[], Awaitable[Connection]], *, attempts: int, sleep: Sleep) -> Connection:
    """Connect, with retries within seconds: nothing of any request has been written yet. Raises NotSent."""
    retrying = AsyncRetrying(
        stop=stop_after_attempt(attempts),
        wait=wait_exponential_jitter(multiplier=0.2, max=2, jitter=0.2),
        retry=retry_if_exception_type(OSError),
        sleep=sleep,
        reraise=True,
    )
    try:
        return await retrying(dial_once)
    except OSError as exc:
        raise NotSent(Reason.CONNECT, f"no connection to the circulation system: {type(exc).__name__}") from exc
