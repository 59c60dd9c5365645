"""Joins the sources of copies into the one finder that the settings ask for, and opens what it needs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, tzinfo

import aiohttp
import msgspec

from gateway.catalogue import cql, pqf
from gateway.catalogue.asking import OnSearch, Search
from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.catalogue.client import SruClient
from gateway.catalogue.finder import FindByKeys, FirstThatFinds, ItemListFinder
from gateway.catalogue.language import Language, WithoutOr
from gateway.catalogue.z3950 import Objection, Z3950Client
from gateway.workflow.catalogue import CatalogueKind, SruSettings, Z3950Settings
from gateway.workflow.finding import CopyFinder


class CatalogueGround(msgspec.Struct, frozen=True, kw_only=True):
    """What any way to a catalogue stands on: the clock's functions, and the rule on addresses.

    `socket_factory` makes the socket for a catalogue's address, or raises PermissionError; `objection` says why an address
    isn't connected to.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    zone: tzinfo
    socket_factory: aiohttp.SocketFactoryType | None = None
    objection: Objection = lambda _address: None


@asynccontextmanager
async def copy_finder(
    kind: CatalogueKind,
    catalogue: SruSettings | Z3950Settings | None,
    *,
    find_by_keys: FindByKeys,
    password: str | None,
    on_search: OnSearch,
    ground: CatalogueGround,
) -> AsyncIterator[CopyFinder]:
    """Give the finder for as long as the block lasts.

    `catalogue` is there for every kind but the list alone; `on_search` is told of its queries.
    """
    in_list = ItemListFinder(find_by_keys)
    if catalogue is None:
        yield in_list
        return
    async with searching(catalogue, password=password, on_search=on_search, ground=ground) as search:
        in_catalogue = finder_over(search, catalogue, ground)
        yield FirstThatFinds(in_list, in_catalogue) if kind is CatalogueKind.BOTH else in_catalogue


def finder_over(search: Search, catalogue: SruSettings | Z3950Settings, ground: CatalogueGround) -> CatalogueFinder:
    """Make what climbs the ladder in a catalogue, in the language that it takes."""
    language: Language = pqf if isinstance(catalogue, Z3950Settings) else cql
    say = language if catalogue.takes_or else WithoutOr(language)
    return CatalogueFinder(search, catalogue, now=ground.now, zone=ground.zone, say=say)


@asynccontextmanager
async def searching(
    catalogue: SruSettings | Z3950Settings, *, password: str | None, on_search: OnSearch, ground: CatalogueGround
) -> AsyncIterator[Search]:
    """Give the way to ask a catalogue for as long as the block lasts. YAZ is needed where it is one of Z39.50 alone."""
    async with AsyncExitStack() as stack:
        if isinstance(catalogue, Z3950Settings):
            over_z3950 = Z3950Client(
                catalogue, now=ground.now, on_search=on_search, objection=ground.objection, password=password
            )
            stack.push_async_callback(over_z3950.close)
            yield over_z3950.search
            return
        connector = aiohttp.TCPConnector(limit=catalogue.at_once, socket_factory=ground.socket_factory)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        await stack.enter_async_context(session)
        over_sru = SruClient(
            session, catalogue, now=ground.now, sleep=ground.sleep, on_search=on_search, password=password
        )
        yield over_sru.search
