"""Asks a catalogue over Z39.50: a query out, its records in, by a process that is ended at the deadline (`gateway.z3950`).

The host's name is looked up and each of its addresses judged here; the process is told one that may be connected to.
Silence, a crash of the process, and a fault of the catalogue's are all CatalogueTroubleError: it is not known what it has.
So many queries run at once; who waits for one of them does so before its own deadline begins. Logs nothing.
"""

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Final

from gateway.catalogue import foreign_xml, marc
from gateway.catalogue.asking import CatalogueTroubleError, OnSearch, told
from gateway.catalogue.cache import KeptAnswer
from gateway.catalogue.foreign_xml import ForeignXmlError
from gateway.catalogue.marc import Bib
from gateway.catalogue.marcxml import BadRecordError
from gateway.workflow.catalogue import Z3950Settings
from gateway.z3950.readers import ReaderEndedError, Readers
from gateway.z3950.values import CatalogueQuery, CatalogueRefusal, CatalogueReply, RecordCharset, Target

OPAC_SYNTAX: Final = "opac"
SMALL_BYTES: Final = 64 * 1024
"""What is read on the event loop; more goes to a thread, as with SRU."""

Objection = Callable[[str], str | None]
"""Says why an address isn't connected to; None where it may be."""

BIB_1: Final = "bib-1"
WORDS: Final[dict[int, str]] = {
    1: "it has a fault of its own",
    2: "it is not available for the moment",
    3: "it does not do this kind of query",
    13: "it has no record at this place",
    14: "it does not let us have a record",
    31: "it can't do this query for the moment",
    100: "it says that something is wrong",
    101: "it does not let us in",
    107: "it does not do this kind of query",
    108: "it can't read the query",
    109: "the database is not available",
    110: "it does not know a boolean of the query",
    111: "it finds too many boolean operators in the query",
    113: "it does not know an attribute of the query",
    114: "it does not have one of our indexes",
    117: "it does not know a relation of the query",
    118: "it does not know a structure of the query",
    119: "it does not know a position of the query",
    120: "it does not know a truncation of the query",
    121: "it does not know the attributes of Bib-1",
    122: "it does not know a completeness of the query",
    123: "it does not know this combination of attributes",
    125: "it can't read a term of the query",
    126: "it finds a term of no use",
    235: "it does not have this database",
    236: "it does not let us into this database",
    238: "it does not give the record in this syntax",
    239: "it does not have this record syntax",
    1011: "it wants a user and a password that are right",
    1014: "it wants a user and a password that are right",
    1054: "it does not take an empty term",
}
"""Diagnostics as they bear on us (Library of Congress, “Bib-1 Diagnostics”)."""
PASSING: Final = frozenset({1, 2, 31, 109})
"""Diagnostics of a fault that may be gone when we ask again."""
_ON_THE_WAY: Final = {
    10000: "there is no connection",
    10004: "it ended the connection before it had answered",
    10005: "it does not let us in",
    10007: "it did not answer in time",
    10010: "our query could not be written",
}
"""YAZ's own numbers (zoom.h)."""


class Z3950Client:
    """Searches one catalogue; to be closed. `objection` judges each address; `on_search` is a hook; `password` goes with the settings' user."""

    def __init__(
        self,
        settings: Z3950Settings,
        *,
        now: Callable[[], datetime],
        on_search: OnSearch,
        objection: Objection,
        password: str | None = None,
    ) -> None:
        self._settings = settings
        self._now = now
        self._on_search = on_search
        self._objection = objection
        self._password = password
        self._readers = Readers()
        self._room = asyncio.Semaphore(settings.at_once)
        self._reading = asyncio.Lock()

    async def search(self, query: str) -> KeptAnswer:
        """Return the records of a query in PQF, as many as are looked at; raises CatalogueTroubleError."""
        return await told(self._search(query), self._on_search)

    async def close(self) -> None:
        """End its processes."""
        await self._readers.close()

    async def _search(self, query: str) -> KeptAnswer:
        try:
            async with self._room:
                address, reader = await self._address(), await self._readers.ready()
                async with asyncio.timeout(self._settings.timeout_s):
                    reply = await self._readers.ask(self._question(query, address), reader)
                    bibs = await self._read(reply)
        except TimeoutError:
            raise CatalogueTroubleError("it did not answer in time") from None
        except ReaderEndedError as ended:
            raise CatalogueTroubleError(str(ended)) from None
        except OSError:  # no memory, no room for another process
            raise CatalogueTroubleError("the process that asks it can't be started") from None
        unread = reply.unread + len(reply.records) - len(bibs)
        return KeptAnswer(at=self._now(), bibs=bibs, total=reply.total, refused=_refused(reply.refusal), unread=unread)

    async def _address(self) -> str:
        """Look the host up and give the first of its addresses that may be connected to."""
        settings, loop = self._settings, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(settings.timeout_s):
                found = await loop.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        except TimeoutError:
            raise
        except (OSError, UnicodeError):
            raise CatalogueTroubleError("the name of its host is not known") from None
        addresses = (str(each[4][0]) for each in found)
        allowed = next((address for address in addresses if self._objection(address) is None), None)
        if allowed is None:
            raise CatalogueTroubleError("we may not connect to its address (settings: outgoing.allowed_networks)")
        return allowed

    def _question(self, query: str, address: str) -> CatalogueQuery:
        settings = self._settings
        target = Target(
            host=address,
            port=settings.port,
            database=settings.database,
            syntax=OPAC_SYNTAX if settings.items is None else settings.syntax,
            user=settings.user,
            password=self._password,
            group=settings.group,
            query_charset=settings.query_charset,
            record_charset=RecordCharset(settings.record_charset),
        )
        return CatalogueQuery(
            target=target,
            query=query,
            most_records=settings.max_records,
            page_records=settings.page_records,
            most_bytes=settings.max_reply_bytes,
            timeout_s=max(1, round(settings.timeout_s)),
        )

    async def _read(self, reply: CatalogueReply) -> tuple[Bib, ...]:
        if reply.is_cut:
            raise CatalogueTroubleError(f"it answered with more than {self._settings.max_reply_bytes} bytes")
        if sum(map(len, reply.records)) <= SMALL_BYTES:
            return self._bibs(reply)
        async with self._reading:  # several at once would be no faster
            return await asyncio.to_thread(self._bibs, reply)

    def _bibs(self, reply: CatalogueReply) -> tuple[Bib, ...]:
        return tuple(bib for record in reply.records if (bib := self._bib(record)) is not None)

    def _bib(self, record: bytes) -> Bib | None:
        try:
            return marc.read(foreign_xml.parse(record), self._settings)
        except (BadRecordError, ForeignXmlError):
            return None  # counted as unread by the difference


def _refused(refusal: CatalogueRefusal | None) -> str:
    """Why a query was not done; raises CatalogueTroubleError where it may be done when it is asked again."""
    if refusal is None:
        return ""
    if refusal.of != BIB_1:
        raise CatalogueTroubleError(_ON_THE_WAY.get(refusal.number, "what it sent could not be read"))
    known = WORDS.get(refusal.number) or refusal.message or WORDS[100]
    words = f"{known} ({refusal.details[:_LONGEST_DETAIL]})" if refusal.details else known
    if refusal.number in PASSING:
        raise CatalogueTroubleError(f"it said: {words}")
    return words


_LONGEST_DETAIL: Final = 100
