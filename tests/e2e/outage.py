"""An outage of hours of the circulation system, with gateways on real sockets and the waits that they have in a library."""

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.app.gateway import Gateway
from gateway.config import Settings
from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.acs.running import serve as serve_acs
from gateway.demo.acs.settings import AcsSettings, Login
from gateway.dispatch.planning import ACS_LANE
from gateway.store.factory import open_store
from gateway.store.port import BackOff, Change, HistoryEntry, HistoryKind, NewEffect, Store
from gateway.workflow.effects import AskCopies
from gateway.workflow.records import Copy, Request, Role, State
from gateway.workflow.values import Wanted
from tests.fakes.small_settings import known_peer, small_settings
from tests.faults.database import Kind, database
from tests.faults.wires import Wire

WITHIN_S = 5.0
"""On the loop's clock, which stands still while the machine is busy with something else (steady_loop.py)."""
AWAY_S = 8.0
REQUESTS = 60


def settings(folder: Path, url: str, name: str, acs: int) -> Settings:
    return small_settings(folder, name=name, url=url, acs=acs, more=known_peer())


def asked(number: int, at: datetime) -> Change:
    """A request that waits to hear of its copy."""
    collection = demonstration_collection()
    item, title = collection.items[0], collection.titles[0]
    request = Request(
        id=f"L-{number}", role=Role.LENDING, state=State.CHECKING, version=1, peer="sample", partner=None,
        requesting_agency="ISIL:XX-PARTNER", supplying_agency="ISIL:XX-EXAMPLE", partner_request_id=f"R{number}",
        created_at=at, updated_at=at, state_since=at, wanted=Wanted(title=title.title),
    )  # fmt: skip
    copies = (Copy(item_barcode=item.barcode, branch=item.branch, title=title.title),)
    return Change(
        request=request,
        created=True,
        history=(HistoryEntry(at=at, by="test", kind=HistoryKind.NOTE, words="asked"),),
        effects=(NewEffect(effect=AskCopies(copies=copies), lane=ACS_LANE, due_at=at, peer="sample"),),
    )


async def fill(store: Store) -> None:
    """Requests that came during an outage of hours, and the back-off that it has led to."""
    await store.open()
    await store.migrate()
    at = datetime.now(UTC)
    for number in range(REQUESTS):
        await store.commit(asked(number, at))
    await store.set_backoff(BackOff(lane=ACS_LANE, until=at + timedelta(hours=1), failures=12))
    await store.close()


async def seconds_until_all_move(folder: Path, kind: Kind, gateways: int) -> float:
    """Let all requests wait for a while, and say how long after the circulation system's return the last of them moved."""
    with database(kind, folder) as kept:
        await fill(open_store(kept.url))
        async with AsyncExitStack() as stack, asyncio.timeout(120):
            acs = await stack.enter_async_context(await serve_acs(AcsSettings(login=Login("sip", "open"))))
            wire = Wire("acs", lambda: acs.port, lambda: None, random.Random(1))
            await wire.open()
            stack.push_async_callback(wire.close)
            wire.down = True
            running = [
                await stack.enter_async_context(Gateway(settings(folder, kept.url, f"gateway-{number}", wire.port)))
                for number in range(gateways)
            ]
            store = running[0].store
            await asyncio.sleep(AWAY_S)
            assert (await store.count_by_state())[State.CHECKING] == REQUESTS
            wire.down = False
            clock = asyncio.get_running_loop()
            back_at_s = clock.time()
            while (await store.count_by_state()).get(State.CHECKING):
                await asyncio.sleep(0.02)
            took_s = clock.time() - back_at_s
            assert [gateway.outbox.paused for gateway in running] == [{}] * gateways
            assert await store.backoffs() == ()
            return took_s
