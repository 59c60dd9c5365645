"""Asks a catalogue over SRU: a query out, its records in, page after page. HTTP is aiohttp's.

Connecting alone is tried again, for seconds; all of a query's pages have one time-out together; a reply has a limit; so many
queries run at once. Follows no redirect, keeps no cookie, logs nothing. Whatever goes wrong is CatalogueTroubleError with words of ours.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

import aiohttp
import msgspec
from aiohttp import hdrs
from lxml import etree
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from gateway.catalogue import marc, sru
from gateway.catalogue.asking import CatalogueTroubleError, OnSearch, told
from gateway.catalogue.cache import KeptAnswer
from gateway.catalogue.foreign_xml import ForeignXmlError
from gateway.catalogue.marc import Bib
from gateway.catalogue.marcxml import BadRecordError
from gateway.workflow.catalogue import SruSettings

CONNECT_ATTEMPTS: Final = 3
LONGEST_WAIT_S: Final = 0.5
SMALL_BYTES: Final = 64 * 1024
"""What is read on the event loop; more goes to a thread, so that partners get their confirmations meanwhile."""

_WORDS: Final = (
    (TimeoutError, "it did not answer in time"),
    (aiohttp.InvalidURL, "its address is not one of HTTP"),
    (aiohttp.ClientConnectorDNSError, "the name of its host is not known"),
    (aiohttp.ClientConnectorCertificateError, "its certificate is not trusted"),
    (aiohttp.ClientSSLError, "there is no agreement on TLS"),
    (aiohttp.ClientConnectorError, "there is no connection"),
    (aiohttp.ClientError, "the connection broke off"),
    (OSError, "the connection broke off"),
)


class SruClient:
    """Searches one catalogue. The session is the caller's to close; `now` and `sleep` are the clock's; `on_search` is a hook."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: SruSettings,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        on_search: OnSearch,
        password: str | None = None,
    ) -> None:
        self._session = session
        self._settings = settings
        self._now = now
        self._sleep = sleep
        self._on_search = on_search
        self._headers = _headers(settings.user, password)
        self._room = asyncio.Semaphore(settings.at_once)
        self._reading = asyncio.Lock()

    async def search(self, query: str) -> KeptAnswer:
        """Return the records of a query, as many as are looked at; raises CatalogueTroubleError."""
        return await told(self._search(query), self._on_search)

    async def _search(self, query: str) -> KeptAnswer:
        try:
            async with self._room, asyncio.timeout(self._settings.timeout_s):
                return await self._pages(query)
        except (aiohttp.ClientError, OSError) as error:
            raise CatalogueTroubleError(_in_words(error)) from None
        except ForeignXmlError as error:
            raise CatalogueTroubleError(f"it gave no answer that can be used: {error}") from None

    async def _pages(self, query: str) -> KeptAnswer:
        bibs: list[Bib] = []
        unread, start = 0, 1
        while True:
            page, read = await self._page(query, start)
            bibs.extend(read)
            seen = len(page.records) + page.unread
            unread += seen - len(read) + sum(each.number in sru.OF_A_RECORD for each in page.diagnostics)
            refused = _refusal(page)
            following = page.next_position or start + seen
            is_last = following > page.total or following > self._settings.max_records or following <= start
            if refused or not seen or is_last:
                return KeptAnswer(at=self._now(), bibs=tuple(bibs), total=page.total, refused=refused, unread=unread)
            start = following

    async def _page(self, query: str, start: int) -> tuple[sru.SruPage, list[Bib]]:
        settings = self._settings
        room = settings.max_records - start + 1
        count = min(settings.page_records, room)
        parameters = sru.parameters(settings.version, query, start=start, count=count, schema=settings.schema)
        data = await self._get(parameters)
        if len(data) <= SMALL_BYTES:
            return self._read(data, room)
        async with self._reading:  # several at once would be no faster, and hold as many documents in memory
            return await asyncio.to_thread(self._read, data, room)

    def _read(self, data: bytes, room: int) -> tuple[sru.SruPage, list[Bib]]:
        """The page, with no more records than there is room for, however many came."""
        page = sru.read(data)
        page = msgspec.structs.replace(page, records=page.records[:room])
        return page, [bib for record in page.records if (bib := self._bib(record)) is not None]

    def _bib(self, record: etree._Element) -> Bib | None:
        try:
            return marc.read(record, self._settings)
        except BadRecordError:
            return None  # counted as unread by the difference

    async def _get(self, parameters: dict[str, str]) -> bytes:
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_exception(_nobody_was_there),
            stop=stop_after_attempt(CONNECT_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.1, max=LONGEST_WAIT_S),
            reraise=True,
        )
        return await retrying(self._get_once, parameters)

    async def _get_once(self, parameters: dict[str, str]) -> bytes:
        async with self._session.get(
            self._settings.url, params=parameters, headers=self._headers, allow_redirects=False
        ) as response:
            if response.status != HTTPStatus.OK:
                raise CatalogueTroubleError(f"it answered with HTTP {response.status}, and not with records")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > self._settings.max_reply_bytes:
                    raise CatalogueTroubleError(f"it answered with more than {self._settings.max_reply_bytes} bytes")
            return bytes(body)


def _headers(user: str | None, password: str | None) -> dict[str, str]:
    accept: dict[str, str] = {hdrs.ACCEPT: "application/sru+xml, application/xml, text/xml"}
    if user is None:
        return accept
    return accept | {hdrs.AUTHORIZATION: aiohttp.encode_basic_auth(user, password or "", "utf-8")}


def _refusal(page: sru.SruPage) -> str:
    """Why a query was not done; raises CatalogueTroubleError where it may be done when it is asked again."""
    said = [each for each in page.diagnostics if each.number not in {*sru.OF_A_RECORD, sru.OUT_OF_RANGE}]
    if any(each.number in sru.PASSING for each in said):
        raise CatalogueTroubleError(f"it said: {said[0].words}")
    return "; ".join(each.words for each in said) if said and not page.records else ""


def _nobody_was_there(error: BaseException) -> bool:
    is_connecting = isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError)
    return is_connecting and not _is_forbidden(error)


def _is_forbidden(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PermissionError)


def _in_words(error: Exception) -> str:
    """In words of ours: an exception's own may quote the address, and in it a secret."""
    if _is_forbidden(error):
        return "we may not connect to its address (settings: outgoing.allowed_networks)"
    return next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)
