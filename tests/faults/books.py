"""The three books of a run, side by side: the gateway's, the circulation system's, the partners'."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.demo.acs.records import Books as AcsBooks
from gateway.demo.partner.records import Sending, Told
from gateway.iso18626.codes import Status
from gateway.store.borrowing_port import PoolBarcode
from gateway.store.factory import open_store
from gateway.store.port import EffectRow, Inbound, RequestFilter, Store
from gateway.workflow.records import Request
from gateway.workflow.tasks import Task
from tests.faults.borrowing import Log
from tests.faults.breaches import Scans
from tests.faults.world import World

_PAGE = 200
_STOOD: Final = re.compile(r"^Barcode (\S+) stands for the item here")


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One try of a partner to send something, as far as the comparison needs it."""

    what: str
    sending: Sending


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's page of one request, as far as the comparison needs it."""

    status: Status | None = None
    sent: tuple[Sent, ...] = ()
    told: tuple[Told, ...] = ()


class BorrowersBooks(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the partners know at the end; pages and logs by their request ids, misbehaviours by name."""

    pages: Mapping[str, Page]
    logs: Mapping[str, Log]
    fired: Mapping[str, int]


class GatewayBooks(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway's store holds at the end; the mappings are by our request id."""

    requests: tuple[Request, ...]
    messages: Mapping[str, tuple[Inbound, ...]]
    pending: Mapping[str, tuple[EffectRow, ...]]
    tasks: tuple[Task, ...]
    pool: Mapping[str, PoolBarcode] = {}
    """The barcodes of the pool that a request has, or had last."""
    former: Mapping[str, str] = {}
    """By barcode of the pool, the request whose item it stood for before another one did."""


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """All three, and the world they are about. `pages` and `logs` are by the partner's request id."""

    world: World
    gateway: GatewayBooks
    acs: AcsBooks
    pages: Mapping[str, Page]
    logs: Mapping[str, Log]
    scans: Scans = {}
    """When the desk scanned an item as arrived, by its barcode."""


async def read_gateway_books(url: str) -> GatewayBooks:
    """Read the store of a gateway that has stopped."""
    store = open_store(url)
    await store.open()
    try:
        requests = await _requests(store)
        return GatewayBooks(
            requests=requests,
            messages={each.id: await store.messages(each.id) for each in requests},
            pending={each.id: await store.pending(each.id) for each in requests},
            tasks=await store.tasks(),
            pool=await _pool(store, requests),
            former=await _former(store, requests),
        )
    finally:
        await store.close()


async def write_stories(url: str, file: Path) -> None:
    """Write what happened to every request, a line of JSON each entry: a database of PostgreSQL is gone after the run."""
    store = open_store(url)
    await store.open()
    try:
        with file.open("wb") as stories:
            for each in await _requests(store):
                for entry in await store.history(each.id):
                    stories.write(msgspec.json.encode((each.id, entry)) + b"\n")
    finally:
        await store.close()


async def _pool(store: Store, requests: Iterable[Request]) -> dict[str, PoolBarcode]:
    known = [await store.borrowing.barcode(item.barcode) for each in requests if each.borrowing for item in each.items]
    return {each.barcode: each for each in known if each is not None}


async def _former(store: Store, requests: Iterable[Request]) -> dict[str, str]:
    """By the timeline: what is received once more when all was over gets another barcode."""
    found: dict[str, str] = {}
    for each in (each for each in requests if each.borrowing):
        for entry in await store.history(each.id):
            found |= dict.fromkeys(_STOOD.findall(entry.words), each.id)
    for item in (item for each in requests for item in each.items):
        found.pop(item.barcode, None)
    return found


async def _requests(store: Store) -> tuple[Request, ...]:
    found: list[Request] = []
    while True:
        before = (found[-1].updated_at, found[-1].id) if found else None
        page = await store.requests(RequestFilter(before=before, limit=_PAGE))
        found += page
        if len(page) < _PAGE:
            return tuple(found)


def read_acs_books(told: Any) -> AcsBooks:
    """The circulation system's books as its control port tells them."""
    return msgspec.convert(told, AcsBooks)
