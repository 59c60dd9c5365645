"""After the circulation system was away all that waited moves within seconds of its return: with one gateway (several: test_outage_of_several.py)."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.app.gateway import Gateway
from gateway.demo.acs.running import serve as serve_acs
from gateway.demo.acs.settings import AcsSettings, Login
from gateway.store.factory import open_store
from tests.e2e.outage import WITHIN_S, asked, seconds_until_all_move, settings
from tests.fakes.small_settings import TOKEN
from tests.faults.database import Kind
from tests.faults.wires import Wire


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
async def test_work_moves_within_seconds_of_the_circulation_systems_return(
    tmp_path: Path, record_property: Callable[[str, object], None]
):
    took_s = await seconds_until_all_move(tmp_path, Kind.SQLITE, gateways=1)
    record_property("seconds until all had moved", round(took_s, 2))
    assert took_s < WITHIN_S
