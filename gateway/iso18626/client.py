"""Sends a message to a peer over HTTP and hands back what became of it: bytes out, an outcome of `replies` in.

The client retries connecting alone, for seconds, never a write that may have arrived. It keeps nothing, logs nothing,
follows no redirect and reads no more than a limit.
"""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

import aiohttp
from aiohttp import hdrs
from msgspec import Struct
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from gateway.iso18626.codes import MessageKind
from gateway.iso18626.exchange import Exchange, OnExchange, Result
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected, Reply, read_reply

CONTENT_TYPE: Final = "application/xml; charset=utf-8"
_FIRST_WAIT_S: Final = 0.1
"""The longest before the second attempt to connect."""

# What aiohttp raises before it has written the first byte of a request.
_BEFORE_SENDING: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)

_WORDS: Final = (
    (aiohttp.InvalidURL, "the peer's address is not one of HTTP"),
    (aiohttp.NonHttpUrlClientError, "the peer's address is not one of HTTP"),
    (aiohttp.ConnectionTimeoutError, "no connection within the time for it"),
    (aiohttp.ClientConnectorDNSError, "the name of the host is not known"),
    (aiohttp.ClientConnectorCertificateError, "the certificate of the peer is not trusted"),
    (aiohttp.ClientSSLError, "no agreement on TLS"),
    (aiohttp.ClientConnectorError, "no connection"),
    (aiohttp.ClientResponseError, "what came back was not HTTP"),
    (TimeoutError, "no confirmation within the time for it"),
    (aiohttp.ClientPayloadError, "the connection broke off within the reply"),
    (aiohttp.ClientConnectionError, "the connection broke off before a reply"),
)


_RESULTS: Final[dict[type[Outcome], Result]] = {
    Confirmed: Result.OK,
    Rejected: Result.ERROR,
    NotDelivered: Result.NOT_DELIVERED,
}


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where a peer is reached and what it wants to be shown there: raises ValueError for a secret with a line break.

    `tls` carries the authorities to trust and our client certificate (`client_tls`); None trusts the system's.
    """

    peer: str
    url: str
    basic_user: str | None = None
    basic_password: str | None = None
    bearer: str | None = None
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Refuse now what would break the header when a message is due."""
        if any(not part.isprintable() for part in (self.basic_user, self.basic_password, self.bearer) if part):
            raise ValueError(f"the credentials for {self.peer} hold a line break or another unprintable character")

    def __repr__(self) -> str:
        """The peer's name and nothing of what it is shown."""
        return f"Endpoint(peer={self.peer!r}, ...)"


class Reached(Struct, frozen=True, kw_only=True):
    """What came of connecting to a peer: the status of HTTP that it answered with, or why there was no answer."""

    http_status: int | None = None
    words: str = ""


class ClientSettings(Struct, frozen=True, kw_only=True):
    """Limits of the client; `connect_waits_s` is the longest wait between two attempts to connect."""

    connect_timeout_s: float = 10.0
    connect_attempts: int = 3
    connect_waits_s: float = 2.0
    max_reply_bytes: int = 1024 * 1024
    user_agent: str = "ill-gateway"


@asynccontextmanager
async def client_session(
    socket_factory: aiohttp.SocketFactoryType | None = None,
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session as the client likes it: no cookies, and a connection of its own for each message.

    `socket_factory` makes the socket for an address, or raises PermissionError for one that must not be connected to. On a kept connection that the
    peer closes just then, a message would be lost of which nobody knows whether it arrived; on a new one, a failure to connect is known for what it
    is.
    """
    connector = aiohttp.TCPConnector(force_close=True, socket_factory=socket_factory)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


class Iso18626Client:
    """Posts messages. The session is the caller's to close; `sleep` waits between attempts to connect."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        on_exchange: OnExchange,
        settings: ClientSettings | None = None,
    ) -> None:
        self._session = session
        self._now = now
        self._sleep = sleep
        self._on_exchange = on_exchange
        self._settings = settings if settings is not None else ClientSettings()

    async def post(
        self,
        endpoint: Endpoint,
        data: bytes,
        *,
        kind: MessageKind,
        timeout_s: float,
        content_type: str = CONTENT_TYPE,
    ) -> Outcome:
        """Send one message and wait for its confirmation, together at most `timeout_s`; raises nothing.

        Another media type than the standard's is for testing what a peer makes of it.
        """
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        outcome = await self._outcome(endpoint, data, timeout_s, content_type)
        self._on_exchange(_exchange(outcome, endpoint.peer, kind, loop.time() - started_s))
        return outcome

    async def reach(self, endpoint: Endpoint, *, timeout_s: float) -> Reached:
        """Connect and ask for the address (GET), which says nothing to the peer and changes nothing there; raises nothing."""
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._session.get(
                    endpoint.url,
                    headers=_headers(endpoint, self._settings.user_agent, CONTENT_TYPE),
                    ssl=endpoint.tls if endpoint.tls is not None else True,
                    allow_redirects=False,
                ) as response,
            ):
                return Reached(http_status=response.status)
        except (aiohttp.ClientError, OSError) as error:
            return Reached(words=_in_words(error))

    async def _outcome(self, endpoint: Endpoint, data: bytes, timeout_s: float, content_type: str) -> Outcome:
        try:
            async with asyncio.timeout(timeout_s):
                reply = await self._connect_and_post(endpoint, data, timeout_s, content_type)
        except (aiohttp.ClientError, OSError) as error:
            return NotDelivered(words=_in_words(error), may_have_arrived=not isinstance(error, _BEFORE_SENDING))
        return read_reply(reply, self._now())

    async def _connect_and_post(self, endpoint: Endpoint, data: bytes, timeout_s: float, content_type: str) -> Reply:
        """One exchange; tried again only if there was no connection, hence nothing was sent."""
        post = partial(self._post_once, endpoint, data, timeout_s, content_type)
        try:
            return await post()  # most messages need no tenacity, which takes as long as writing one
        except aiohttp.ClientConnectorError as error:
            return await self._after_first(error, post)

    async def _after_first(self, error: aiohttp.ClientConnectorError, post: Callable[[], Awaitable[Reply]]) -> Reply:
        """Try again as tenacity says, if it does: to it the first attempt is the one that ended with this error. Raises what the last ended with."""
        first = [error]

        async def attempt() -> Reply:
            if first:
                raise first.pop()
            return await post()

        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_exception(_is_worth_another_try),
            stop=stop_after_attempt(self._settings.connect_attempts),
            wait=wait_random_exponential(multiplier=_FIRST_WAIT_S, max=self._settings.connect_waits_s),
            reraise=True,
        )
        return await retrying(attempt)

    async def _post_once(self, endpoint: Endpoint, data: bytes, timeout_s: float, content_type: str) -> Reply:
        async with self._session.post(
            endpoint.url,
            data=data,
            headers=_headers(endpoint, self._settings.user_agent, content_type),
            ssl=endpoint.tls if endpoint.tls is not None else True,
            timeout=aiohttp.ClientTimeout(connect=min(self._settings.connect_timeout_s, timeout_s / 2)),
            allow_redirects=False,
        ) as response:
            return Reply(
                status=response.status,
                retry_after=response.headers.get(hdrs.RETRY_AFTER),
                data=await _bounded(response.content, self._settings.max_reply_bytes),
            )


async def _bounded(content: aiohttp.StreamReader, max_bytes: int) -> bytes | None:
    """The whole body, or None once it exceeds the limit."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)


def _headers(endpoint: Endpoint, user_agent: str, content_type: str) -> dict[str, str]:
    headers: dict[str, str] = {
        hdrs.CONTENT_TYPE: content_type,
        hdrs.ACCEPT: "application/xml, text/xml",
        hdrs.USER_AGENT: user_agent,
    }
    if endpoint.bearer is not None:
        headers[hdrs.AUTHORIZATION] = f"Bearer {endpoint.bearer}"
    elif endpoint.basic_user is not None:
        pair = f"{endpoint.basic_user}:{endpoint.basic_password or ''}".encode()
        headers[hdrs.AUTHORIZATION] = f"Basic {base64.b64encode(pair).decode()}"
    return headers


def _is_worth_another_try(error: BaseException) -> bool:
    """Whether nobody was there to connect to just now; a distrusted certificate or long silence stays what it is."""
    is_connecting = isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError)
    return is_connecting and not _is_forbidden(error)


def _is_forbidden(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PermissionError)


def _in_words(error: Exception) -> str:
    """What went wrong, in words of ours: an exception's own may quote the address, and in it a secret."""
    if _is_forbidden(error):
        return "we may not connect to the peer's address (settings: outgoing.allowed_networks)"
    return next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)


def _exchange(outcome: Outcome, peer: str, kind: MessageKind, latency_s: float) -> Exchange:
    repairs = () if isinstance(outcome, NotDelivered) else outcome.repairs
    return Exchange(
        result=_RESULTS[type(outcome)],
        peer=peer,
        kind=kind,
        http_status=outcome.http_status,
        error_type=outcome.error_type if isinstance(outcome, Rejected) else None,
        repairs=tuple(repair.kind for repair in repairs),
        latency_s=latency_s,
    )
