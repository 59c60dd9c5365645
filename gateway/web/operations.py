"""The listener for operations: is the process alive, can it work, and its figures. Without tokens: bind it to where only they reach.

    GET /healthz   200 while the process answers
    GET /readyz    each part by name, ok or why not; 503 where a part that everything needs is not ok
    GET /metrics   Prometheus' exposition

A part that is not `vital` is told as not ok, and leaves the gateway ready: the circulation system, whose work is postponed, or a queue that
stands still. Messages are stored and confirmed all the same; only a gateway that can't do that is not ready.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from gateway.desk.errors import StoreUnavailable
from gateway.web.answers import ok

CHECK_TIMEOUT_S: Final = 2.0
"""How long one part may take to say how it is; probes commonly give up after a few seconds."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One part: its name, and the question. The answer is None where all is well, else why not, in words."""

    name: str
    ask: Callable[[], Awaitable[str | None]]
    vital: bool = True


class PartState(msgspec.Struct, frozen=True, kw_only=True):
    """How a part is."""

    ok: bool
    vital: bool
    why: str | None = None


def make_operations(
    *,
    checks: Iterable[HealthCheck],
    registry: CollectorRegistry,
    refresh: Callable[[], Awaitable[None]],
    check_timeout_s: float = CHECK_TIMEOUT_S,
) -> web.Application:
    """Make the application. `refresh` brings gauges up to date before each reading of /metrics."""
    parts = tuple(checks)

    async def healthz(_http: web.Request) -> web.Response:
        return ok({"alive": True})

    async def readyz(_http: web.Request) -> web.Response:
        verdicts = await asyncio.gather(*(_verdict(part, check_timeout_s) for part in parts))
        ready = all(verdict.ok for verdict in verdicts if verdict.vital)
        answer = {"ready": ready, "checks": {part.name: verdict for part, verdict in zip(parts, verdicts, strict=True)}}
        return ok(answer, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    reading = asyncio.Lock()

    async def metrics(http: web.Request) -> web.Response:
        """One reading at a time, in a thread: with a hundred peers writing it down takes a tenth of a second."""
        encode, content_type = choose_encoder(http.headers.get("Accept", ""))
        async with reading:
            await refresh()
            body = await asyncio.to_thread(encode, registry)
        return web.Response(body=body, headers={"Content-Type": content_type})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return application


async def _verdict(part: HealthCheck, timeout_s: float) -> PartState:
    """Ask a part; one that fails or keeps silent is not ok, and never keeps the others from answering."""
    try:
        async with asyncio.timeout(timeout_s):
            why = await part.ask()
    except TimeoutError:
        why = f"no answer in {timeout_s:g} s"
    except StoreUnavailable:
        why = "the store can't be used"
    except Exception as error:  # noqa: BLE001 - logged with its traceback; a probe must get its answer
        _log.exception("readiness check failed: %s", part.name)
        why = f"the check itself failed ({type(error).__name__})"
    return PartState(ok=why is None, vital=part.vital, why=why)
