"""pysip2 servers for the relay to ask, one for each answerer of misbehaviour.py, listening on loopback alone."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any

from anyio.abc import SocketAttribute
from pysip2 import HOLD, ITEM_INFORMATION, RENEW, RequestContext, SIP2Server

from gateway.demo.acs.answers import ANSWERS, Answer, Visit, hold_cancelled_only
from gateway.demo.acs.circulation import Circulation
from gateway.demo.acs.frames import MAX_BYTES
from gateway.demo.acs.library import Library
from gateway.demo.acs.misbehaviour import Answerer
from gateway.demo.acs.records import State
from gateway.demo.acs.shelves import Refused

_LACKS: Mapping[Answerer, tuple[Any, ...]] = {
    Answerer.WITHOUT_HOLDS: (HOLD,),
    Answerer.FEW_MESSAGES: (HOLD, ITEM_INFORMATION, RENEW),
}
"""The routes that are left out."""


def build_server(answerer: Answerer, circulation: Circulation) -> SIP2Server:
    """A server that answers for the library, or in one of the wrong ways."""
    settings = circulation.settings
    server = SIP2Server(
        encoding=settings.encoding,
        max_message_size=MAX_BYTES,
        institution_id=settings.institution,
        library_name=settings.library_name,
        timeout_period=f"{settings.timeout_tenths:03d}",
        retries_allowed=f"{settings.retries:03d}",
        logger=logging.getLogger("gateway.demo.pysip2"),
    )
    for route, answer in ANSWERS:
        if answerer is Answerer.REFUSES_ALL or route in _LACKS.get(answerer, ()):
            continue
        only_cancels = answerer is Answerer.CANCELS_ONLY and route is HOLD
        server.route(route)(_handler(answerer, circulation, hold_cancelled_only if only_cancels else answer))
    return server


def _handler(answerer: Answerer, circulation: Circulation, answer: Answer) -> Callable[..., Any]:
    async def handle(request: Any, context: RequestContext[Any, Any]) -> Any:
        with circulation.acting() as (library, now):
            seen = _library_of(answerer, library)
            admits = circulation.admits if answerer is not Answerer.EMPTY_LIBRARY else _nobody
            visit = Visit(seen, now, circulation.zone, admits, context.server.build_acs_status)
            try:
                return answer(visit, request)
            except Refused as refused:
                return context.decline(refused.refusal.value)

    return handle


def _library_of(answerer: Answerer, library: Library) -> Library:
    if answerer is Answerer.REHEARSAL:
        return library.rehearsal()
    return Library(State(), library.habits) if answerer is Answerer.EMPTY_LIBRARY else library


def _nobody(_user: str, _password: str) -> bool:
    return False


async def start_answerers(circulation: Circulation, stack: AsyncExitStack) -> Mapping[Answerer, int]:
    """Start a server for each answerer, which `stack` will stop; the ports they took.

    pysip2's own `start` leaves its listening socket open when it stops, so the listener is held here and only the
    handling of a connection is pysip2's.
    """
    ports: dict[Answerer, int] = {}
    for answerer in Answerer:
        if answerer is not Answerer.NOBODY:
            server = build_server(answerer, circulation)
            listener = await server.listen(port=0)
            stack.push_async_callback(listener.aclose)
            serving = asyncio.create_task(listener.serve(server._handle_connection))  # noqa: SLF001 - see above
            stack.push_async_callback(_stop, serving)
            ports[answerer] = listener.extra(SocketAttribute.local_port)  # noqa: S610 - anyio, not a query
    return ports


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):  # just asked for
        await task
