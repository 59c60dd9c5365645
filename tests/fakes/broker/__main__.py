"""The broker as a process: a port for ISO 18626, and one for whoever directs it (JSON).

POST /iso18626                        messages of both sides
GET  /books                           everything (records.Books)
POST /rota        {"rota": [...]}     whom to ask from now on
POST /door        {"next": "lose"}    the next message is taken and its confirmation lost; "hold": never answered
POST /read        {"id", "title", "record_id"}      the broker's own requester asks
POST /read/{id}   {"action", "note"}                and writes
POST /loaned/{id} {"barcode"}                       the selected supplier of a script has sent it
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from gateway.iso18626.client import Endpoint, Iso18626Client, client_session
from gateway.iso18626.codes import Action, MessageKind
from gateway.iso18626.exchange import Exchange
from gateway.iso18626.replies import Outcome
from tests.fakes.broker.hub import Hub
from tests.fakes.broker.records import Settings, opened

TIMEOUT_S = 10.0


class Doors:
    """What the broker answers."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._next: str | None = None

    async def message(self, http: web.Request) -> web.Response:
        """A message of either side."""
        order, self._next = self._next, None
        confirmation = await self.hub.hear(await http.read())
        if order == "hold":
            await asyncio.Event().wait()
        if order == "lose":
            assert http.transport is not None
            http.transport.abort()
        return web.Response(body=confirmation, content_type="application/xml", charset="utf-8")

    async def books(self, _http: web.Request) -> web.Response:
        """Everything that is kept."""
        return _json(self.hub.books)

    async def rota(self, http: web.Request) -> web.Response:
        """Whom to ask."""
        self.hub.books.rota = (await _body(http))["rota"]
        self.hub.books.save(Path(self.hub.settings.books))
        return _json({})

    async def door(self, http: web.Request) -> web.Response:
        """What becomes of the next message."""
        self._next = (await _body(http))["next"]
        return _json({})

    async def read(self, http: web.Request) -> web.Response:
        """The broker's own requester asks."""
        body = await _body(http)
        self.hub.read_for(body["id"], body["title"], body["record_id"])
        return _json({})

    async def write(self, http: web.Request) -> web.Response:
        """And writes."""
        body = await _body(http)
        error = await self.hub.reader_says(http.match_info["id"], Action(body["action"]), body.get("note"))
        return _json({"error": error})

    async def loaned(self, http: web.Request) -> web.Response:
        """A supplier of a script has sent it."""
        self.hub.loaned(http.match_info["id"], (await _body(http))["barcode"])
        return _json({})


async def _body(http: web.Request) -> dict[str, Any]:
    return msgspec.json.decode(await http.read() or b"{}", type=dict[str, Any])


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


async def _listen(routes: list[web.RouteDef], port: int) -> None:
    application = web.Application()
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()


def _now() -> datetime:
    return datetime.now(UTC)


def _no_record(_exchange: Exchange) -> None:
    """Nobody reads them."""


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with client_session() as session:
        client = Iso18626Client(session, now=_now, sleep=asyncio.sleep, on_exchange=_no_record)

        async def post(library: str, document: bytes, kind: MessageKind) -> Outcome:
            known = settings.libraries[library]
            endpoint = Endpoint(peer=library, url=known.url, bearer=known.bearer)
            return await client.post(endpoint, document, kind=kind, timeout_s=TIMEOUT_S)

        doors = Doors(Hub(settings, opened(Path(settings.books)), post))
        await _listen([web.post("/iso18626", doors.message)], settings.port)
        control = [
            web.get("/books", doors.books),
            web.post("/rota", doors.rota),
            web.post("/door", doors.door),
            web.post("/read", doors.read),
            web.post("/read/{id}", doors.write),
            web.post("/loaned/{id}", doors.loaned),
        ]
        await _listen(control, settings.control_port)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_serve(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Settings)))
