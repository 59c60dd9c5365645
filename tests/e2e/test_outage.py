"""After the circulation system was away all that waited moves within seconds of its return, with one gateway and with three.

Gateways on real sockets, with the waits that they have in a library; the back-off is that of an outage of hours.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

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
from tests.fakes.small_settings import TOKEN, known_peer, small_settings
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


async def shown(gateway: Gateway, request: str) -> dict[str, Any]:
    """What the API shows of a request."""
    url = f"http://127.0.0.1:{gateway.ports['api']}/api/v1/requests/{request}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def test_while_it_is_away_a_request_says_why_it_does_not_go_on_since_when_and_when_next(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    store, began_at = open_store(url), datetime.now(UTC)
    await store.open()
    await store.migrate()
    await store.commit(asked(1, began_at))
    await store.close()
    async with AsyncExitStack() as stack, asyncio.timeout(60):
        acs = await stack.enter_async_context(await serve_acs(AcsSettings(login=Login("sip", "open"))))
        wire = Wire("acs", lambda: acs.port, lambda: None, random.Random(1))
        await wire.open()
        stack.push_async_callback(wire.close)
        wire.down = True
        gateway = await stack.enter_async_context(Gateway(settings(tmp_path, url, "gateway", wire.port)))
        while not await gateway.store.backoffs() or not (await gateway.store.pending("L-1"))[0].failed:
            await asyncio.sleep(0.05)  # the lane is left alone first, then its row is put off
        (work,) = (await shown(gateway, "L-1"))["next"]
        assert work["words"] == "Ask the circulation system about 1 copy"
        assert work["why"]["words"] == "the circulation system has given no usable answer"
        assert work["why"]["reason"]
        assert began_at <= datetime.fromisoformat(work["why"]["since"]) <= datetime.now(UTC)
        assert datetime.fromisoformat(work["why"]["next_at"]) >= datetime.fromisoformat(work["why"]["since"])


@pytest.mark.timed
@pytest.mark.parametrize(("kind", "gateways"), [(Kind.SQLITE, 1), (Kind.POSTGRESQL, 3)], ids=["one", "three"])
async def test_work_moves_within_seconds_of_the_circulation_systems_return(
    tmp_path: Path, record_property: Callable[[str, object], None], kind: Kind, gateways: int
):
    with database(kind, tmp_path) as kept:
        await fill(open_store(kept.url))
        async with AsyncExitStack() as stack, asyncio.timeout(120):
            acs = await stack.enter_async_context(await serve_acs(AcsSettings(login=Login("sip", "open"))))
            wire = Wire("acs", lambda: acs.port, lambda: None, random.Random(1))
            await wire.open()
            stack.push_async_callback(wire.close)
            wire.down = True
            running = [
                await stack.enter_async_context(Gateway(settings(tmp_path, kept.url, f"gateway-{number}", wire.port)))
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
            record_property("seconds until all had moved", round(took_s, 2))
            assert took_s < WITHIN_S
            assert [gateway.outbox.paused for gateway in running] == [{}] * gateways
            assert await store.backoffs() == ()
