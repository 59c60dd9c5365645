"""Joins the sources of copies into the one finder that the settings ask for, and opens what it needs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, tzinfo

import aiohttp

from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.catalogue.client import OnSearch, SruClient
from gateway.catalogue.finder import FindByKeys, FirstThatFinds, ItemListFinder
from gateway.workflow.catalogue import CatalogueKind, SruSettings
from gateway.workflow.finding import CopyFinder


@asynccontextmanager
async def copy_finder(
    kind: CatalogueKind,
    sru: SruSettings | None,
    *,
    find_by_keys: FindByKeys,
    password: str | None,
    now: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
    zone: tzinfo,
    on_search: OnSearch,
    socket_factory: aiohttp.SocketFactoryType | None = None,
) -> AsyncIterator[CopyFinder]:
    """Give the finder for as long as the block lasts.

    `sru` is there for every kind but the list alone; `on_search` is told of its queries; `socket_factory` makes the socket for
    the catalogue's address, or raises PermissionError.
    """
    in_list = ItemListFinder(find_by_keys)
    if sru is None:
        yield in_list
        return
    connector = aiohttp.TCPConnector(limit=sru.at_once, socket_factory=socket_factory)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        client = SruClient(session, sru, now=now, sleep=sleep, on_search=on_search, password=password)
        in_catalogue = CatalogueFinder(client.search, sru, now=now, zone=zone)
        yield in_catalogue if kind is CatalogueKind.SRU else FirstThatFinds(in_list, in_catalogue)
