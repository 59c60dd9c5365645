"""The operations listener, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Gauge

from gateway.desk.errors import StoreUnavailable
from gateway.web.operations import HealthCheck, make_operations

Ask = Callable[[], Awaitable[str | None]]


async def well() -> None:
    return None


async def down() -> str:
    return "no connection since 09:00"


async def broken() -> str:
    raise ValueError("an inner secret")


async def cut_off() -> str:
    raise StoreUnavailable("the database can't be used")


async def silent() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def operations(
    *checks: HealthCheck, refresh: Callable[[], Awaitable[None]] = well, registry: CollectorRegistry | None = None
) -> AsyncIterator[Any]:
    application = make_operations(
        checks=checks, registry=registry or CollectorRegistry(), refresh=refresh, check_timeout_s=0.05
    )
    async with TestClient(TestServer(application)) as client:
        yield client


async def readyz(*checks: HealthCheck) -> tuple[int, Any]:
    async with operations(*checks) as client, client.get("/readyz") as answer:
        return answer.status, await answer.json()


async def test_alive_asks_no_part():
    async with operations(HealthCheck("store", broken)) as client, client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_ready_when_every_part_is_well():
    assert await readyz(HealthCheck("store", well), HealthCheck("acs", well, vital=False)) == (
        200,
        {
            "ready": True,
            "checks": {
                "store": {"ok": True, "vital": True, "why": None},
                "acs": {"ok": True, "vital": False, "why": None},
            },
        },
    )


async def test_a_circulation_system_that_is_down_says_so_and_leaves_us_ready():
    status, answer = await readyz(HealthCheck("store", well), HealthCheck("acs", down, vital=False))
    assert (status, answer["ready"]) == (200, True)
    assert answer["checks"]["acs"] == {"ok": False, "vital": False, "why": "no connection since 09:00"}


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (down, "no connection since 09:00"),
        (broken, "the check itself failed (ValueError)"),
        (cut_off, "the store can't be used"),
        (silent, "no answer in 0.05 s"),
    ],
)
async def test_not_ready_when_a_vital_part_is_not(ask: Ask, why: str):
    status, answer = await readyz(HealthCheck("store", ask), HealthCheck("acs", well))
    assert (status, answer["ready"]) == (503, False)
    assert answer["checks"]["store"]["why"] == why
    assert answer["checks"]["acs"]["ok"] is True


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0"])
async def test_metrics_are_refreshed_before_they_are_read(accept: str):
    registry = CollectorRegistry()
    depth = Gauge("queue_depth", "How much waits.", registry=registry)

    async def refresh() -> None:
        depth.set(7)

    async with (
        operations(refresh=refresh, registry=registry) as client,
        client.get("/metrics", headers={"Accept": accept}) as answer,
    ):
        assert (answer.status, answer.content_type) == (200, accept.partition(";")[0])
        assert "queue_depth 7.0" in await answer.text()
