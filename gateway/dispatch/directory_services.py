"""Reads partners' directory services on a schedule: all of their entries, page by page, into the store, where staff find what they would change.

Nothing is changed by a reading. A service that is away, or answers with what can't be read, leaves what it told before as it is, and the
page says so. By one gateway; doing it twice is harmless. Follows no redirect, keeps no cookie; whatever goes wrong is told in words of ours.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import msgspec
import structlog
from aiohttp import hdrs

from gateway.clock import TakeOn, TimeSource
from gateway.iso18626.values import agency_key
from gateway.partners.directory_entry import Entry
from gateway.partners.directory_service import entries_of, listed_in
from gateway.store.port import Store, StoreError
from gateway.store.told_port import Reading
from gateway.workflow.directories import DirectoryForm, DirectoryService

TIMEOUT_S: Final = 60.0
"""For a page."""
PAGE_ENTRIES: Final = 100
MOST_PAGES: Final = 200
MOST_BYTES: Final = 32 * 1024 * 1024
"""Of all pages together."""
LOOK_EVERY_S: Final = 600.0
"""How often we look whether a service is due."""
_NO_LIBRARY: Final = "It tells of no library with a symbol."

_log = structlog.get_logger(__name__)


class DirectoryTroubleError(Exception):
    """A directory service could not be read; the text is a sentence about it."""


class DirectoryServices:
    """The services of the settings. `socket_factory` makes the socket for an address, or raises PermissionError."""

    def __init__(
        self,
        services: Iterable[DirectoryService],
        *,
        store: Store,
        time: TimeSource,
        our_symbols: Iterable[str],
        socket_factory: aiohttp.SocketFactoryType | None = None,
    ) -> None:
        """Of the entries, those with one of our own symbols are left out."""
        self._ours = frozenset(map(agency_key, our_symbols))
        self.services = tuple(services)
        self._store = store
        self._time = time
        self._socket_factory = socket_factory

    async def read_all(self) -> None:
        """Read every service now. Raises StoreUnavailable."""
        for service in self.services:
            await self.read(service)

    async def read(self, service: DirectoryService) -> None:
        """Read one, and keep what it tells, or why it can't be read. Raises StoreUnavailable."""
        at = self._time.now()
        try:
            entries = await self._entries(service)
        except DirectoryTroubleError as trouble:
            _log.warning("could not read a directory service", directory=service.id, why=str(trouble))
            await self._store.told.note_trouble(Reading(directory=service.id, at=at, trouble=str(trouble)))
            return
        await self._store.told.keep(service.id, entries, at=at)
        _log.info("read a directory service", directory=service.id, entries=len(entries))

    async def _entries(self, service: DirectoryService) -> list[Entry]:
        pages = await self._pages(service)
        # In a thread: a long list takes a while to read, and peers must get their confirmations meanwhile.
        entries = await asyncio.to_thread(
            lambda: list(entries_of([each for page in pages for each in listed_in(page)]))
        )
        if not entries:
            raise DirectoryTroubleError(_NO_LIBRARY)
        return [entry for entry in entries if self._ours.isdisjoint(map(agency_key, entry.symbols))]

    async def _pages(self, service: DirectoryService) -> list[Any]:
        """Every page; an answer without a full page is the last."""
        pages: list[Any] = []
        room = MOST_BYTES
        async with _session(self._socket_factory) as session:
            while len(pages) < MOST_PAGES:
                data = await _get(session, service, len(pages), room)
                room -= len(data)
                page = await asyncio.to_thread(_decoded, data)
                pages.append(page)
                if service.form is DirectoryForm.PLAIN or len(listed_in(page)) < PAGE_ENTRIES:
                    return pages
        raise DirectoryTroubleError(f"It has more than {MOST_PAGES * PAGE_ENTRIES} entries.")


async def try_service(service: DirectoryService, socket_factory: aiohttp.SocketFactoryType | None) -> None:
    """Ask a service for its first page, and keep nothing of it. Raises DirectoryTroubleError."""
    async with _session(socket_factory) as session:
        page = await asyncio.to_thread(_decoded, await _get(session, service, 0, MOST_BYTES))
    if not await asyncio.to_thread(lambda: any(True for _ in entries_of(listed_in(page)))):
        raise DirectoryTroubleError(_NO_LIBRARY)


def _session(socket_factory: aiohttp.SocketFactoryType | None) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=1, socket_factory=socket_factory)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def _get(session: aiohttp.ClientSession, service: DirectoryService, page: int, room: int) -> bytes:
    """One page's bytes. Raises DirectoryTroubleError."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with session.get(
            _address(service, page), headers=_headers(service), timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != HTTPStatus.OK:
                raise DirectoryTroubleError(_refusal(answer.status))
            body = bytearray()
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > room:
                    raise DirectoryTroubleError(f"It answers with more than {MOST_BYTES} bytes.")
            return bytes(body)
    except TimeoutError:
        raise DirectoryTroubleError(f"It did not answer within {TIMEOUT_S:g} s.") from None
    except (aiohttp.ClientError, OSError) as error:
        raise DirectoryTroubleError(_in_words(error)) from None


def _address(service: DirectoryService, page: int) -> str:
    match service.form:
        case DirectoryForm.CROSSLINK:
            asked: dict[str, Any] = {"limit": PAGE_ENTRIES, "offset": page * PAGE_ENTRIES}
        case DirectoryForm.RESHARE:
            asked = {"perPage": PAGE_ENTRIES, "page": page + 1, "stats": "true"}
        case DirectoryForm.PLAIN:
            return service.url
    return f"{service.url}{'&' if '?' in service.url else '?'}{urlencode(asked)}"


def _headers(service: DirectoryService) -> dict[str, str]:
    headers: dict[str, str] = {hdrs.ACCEPT: "application/json"}
    if service.tenant:
        headers["X-Okapi-Tenant"] = service.tenant
    if service.token:
        is_okapi = service.form is DirectoryForm.RESHARE
        headers |= {"X-Okapi-Token": service.token} if is_okapi else {hdrs.AUTHORIZATION: f"Bearer {service.token}"}
    elif service.user is not None:
        headers[hdrs.AUTHORIZATION] = aiohttp.encode_basic_auth(service.user, service.password or "", "utf-8")
    return headers


def _decoded(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise DirectoryTroubleError("What it answers is no JSON.") from None


def _refusal(status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"It does not let us in (HTTP {status}): look at token, user and tenant in the settings."
    return f"It answered with HTTP {status}, and not with its entries."


def _in_words(error: Exception) -> str:
    """In words of ours: an exception's own may quote the address."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PermissionError):
        return "We may not connect to its address (settings: outgoing.allowed_networks)."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "The name of its host is not known."
    if isinstance(error, aiohttp.ClientSSLError):
        return "There is no agreement on TLS, or its certificate is not trusted."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "There is no connection."
    return "The connection broke off."


async def follow(services: DirectoryServices, *, clock: TimeSource, take_on: Callable[[str], TakeOn]) -> None:
    """Read each service when it is due, by one gateway, until cancelled. `take_on` is asked for by the service's id."""
    while services.services:
        for service in services.services:
            try:
                if await take_on(service.id)(due_at(service, clock.now())):
                    await services.read(service)
            except StoreError as exc:
                _log.warning("could not keep what a directory service tells", why=type(exc).__name__)
        await clock.sleep(LOOK_EVERY_S)


def due_at(service: DirectoryService, now: datetime) -> datetime:
    """Return the time at which the service was to be read last: every so many hours, counted from the same moment by every gateway."""
    every = timedelta(hours=service.every_hours)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return begin + (now - begin) // every * every
