"""A whole gateway connects to nothing that its settings refuse, and shows a peer's secret nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from gateway.app.gateway import Gateway
from gateway.clock import TimeSource
from gateway.store.factory import open_store
from gateway.store.port import RequestFilter
from gateway.workflow.partners import Peer
from tests.app.test_gateway import Caller, until
from tests.fakes.directory import put
from tests.fakes.small_settings import TOKEN, known_peer, small_settings

ALLOWED = '[outgoing]\nallowed_networks = ["127.0.0.0/8"]\n'
REFUSE_UNKNOWN = '[lending]\nunknown_partner = "refuse"\n'
SECRET = """[outgoing.secrets]
peer-elsewhere = ["https://ill.example.org"]
"""


@asynccontextmanager
async def eavesdropper() -> AsyncIterator[tuple[BaseTestServer, list[str | None]]]:
    """A service of this machine, and what its callers showed."""
    shown: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        shown.append(request.headers.get("Authorization"))
        return web.Response(status=500)

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(application) as server:
        yield server, shown


@asynccontextmanager
async def gateway_with(folder: Path, *, url: str, extra: str, time: TimeSource | None = None) -> AsyncIterator[Caller]:
    """A gateway in whose store the peer has this address already, as an older version would have kept it."""
    store = open_store(f"sqlite:///{folder}/gateway.sqlite")
    await store.open()
    await store.migrate()
    await put(store, Peer(id="sample", url=url, agencies=("ISIL:XX-PARTNER",)))
    await store.close()
    given = small_settings(folder, secrets='peer-elsewhere = "for there alone"\n', more=known_peer() + extra)
    async with Gateway(given, time=time) as gateway, aiohttp.ClientSession() as session:
        yield Caller(gateway, session)


@pytest.mark.parametrize("allowed", [False, True])
async def test_a_message_goes_to_this_machine_only_where_the_settings_allow_it(tmp_path: Path, *, allowed: bool):
    extra = REFUSE_UNKNOWN + (ALLOWED if allowed else "")
    async with (
        eavesdropper() as (server, shown),
        gateway_with(tmp_path, url=str(server.make_url("/")), extra=extra) as caller,
    ):
        assert (await caller.post())[0] == 200, "a request that is answered with Unfilled at once"

        async def has_failed() -> bool:
            store = caller.gateway.store
            waiting = [row for known in await store.requests(RequestFilter()) for row in await store.pending(known.id)]
            return any(row.attempts or row.with_lane for row in waiting)

        await until(has_failed)
        assert bool(shown) is allowed


async def test_no_record_sends_a_secret_to_another_host(tmp_path: Path):
    """Neither the peer's own, whose address is changed, nor one of an administrator's making."""
    outbound = {"outbound": {"bearer": "secret:peer-elsewhere"}}
    async with (
        eavesdropper() as (server, shown),
        gateway_with(tmp_path, url="https://ill.example.org/iso18626", extra=ALLOWED + SECRET) as caller,
    ):
        url = str(server.make_url("/iso18626"))
        assert await save(caller, "sample", {"url": "https://ill.example.org/iso18626"} | outbound) == (200, [])
        for peer in ("sample", "mine"):
            assert await save(caller, peer, {"url": url} | outbound) == (422, ["outbound.bearer"])
        assert shown == []


async def save(caller: Caller, peer: str, record: dict[str, Any]) -> tuple[int, list[str]]:
    """Save a peer over the API; give the status and the fields with a fault."""
    url = f"http://127.0.0.1:{caller.gateway.ports['api']}/api/v1/peers/{peer}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession() as session, session.put(url, json=record, headers=headers) as answer:
        return answer.status, [problem["column"] for problem in (await answer.json()).get("problems", ())]
