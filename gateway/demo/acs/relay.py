"""The byte relay of the demonstration ACS: between a client and pysip2's servers. Only this file moves SIP2 bytes.

A request is read and mended, the plan of misbehaviour.py says who answers, and the reply is mended, damaged if so
ordered, sealed and sent. The mends are in frames.py, the damage in edits.py. No request is ever answered from
memory, except a 97, whose meaning that is.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from functools import reduce

from gateway.demo.acs.connections import Connections, close_writers
from gateway.demo.acs.frames import (
    MAX_BYTES,
    RESEND_REQUEST,
    Request,
    fill_blank_dates,
    is_answerable,
    read_request,
    seal,
    unwrap_fields,
)
from gateway.demo.acs.misbehaviour import Answerer, Delivery, Plan, Script
from gateway.demo.acs.settings import AcsSettings, StatusBeforeLogin

_SEGMENT_PAUSE_S = 0.01
_LOOPBACK = "127.0.0.1"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Relay:
    """All connections of one ACS. `ports` are those of the answerers; `received` counts the requests by code."""

    def __init__(self, settings: AcsSettings, script: Script, ports: Mapping[Answerer, int]) -> None:
        self.settings = settings
        self.script = script
        self.ports = ports
        self.received: Counter[str] = Counter()
        self.connections = Connections()
        self._served: set[_Line] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client to its end; beyond the connection limit it is heard and never answered."""
        line = _Line(self, (reader, writer))
        limit = self.script.connection_limit()
        with self.connections.serving():
            try:
                if limit is None or len(self._served) < limit:
                    self._served.add(line)
                    await line.run()
                else:
                    await line.stay_silent()
            finally:
                self._served.discard(line)
                await line.aclose()


class _Line:
    """One connection: its login, its last reply, and its own connections to the answerers."""

    def __init__(self, relay: Relay, client: Stream) -> None:
        self._relay = relay
        self._reader, self._writer = client
        self._answerers: dict[Answerer, Stream] = {}
        self._logged_in = relay.settings.login is None
        self._asked_status = False
        self._last_reply = RESEND_REQUEST
        self._held_back = b""

    async def run(self) -> None:
        """Answer until the client leaves or an order says to close. Raises what reading and writing raise."""
        login = self._relay.settings.login
        if login and login.telnet and not await self._log_in_by_prompts(login.user, login.password):
            return
        while await self._answer(read_request(await self._next_line())):
            pass

    async def stay_silent(self) -> None:
        """Hear the client out and say nothing, as an ACS at its connection limit does."""
        while await self._reader.read(MAX_BYTES):
            pass

    async def aclose(self) -> None:
        """Close this connection and those behind it."""
        await close_writers(self._writer, *(writer for _, writer in self._answerers.values()))

    async def _next_line(self) -> bytes:
        async with asyncio.timeout(self._relay.script.idle_s()):
            line = await self._reader.readuntil(b"\r")
        return line.rstrip(b"\r").lstrip()

    async def _answer(self, request: Request) -> bool:
        """Answer one request; false where the connection is to be closed."""
        self._relay.received[request.code] += 1
        if request.code == "97":
            return await self._send(self._last_reply)
        if not request.intact or not is_answerable(request.code):
            return await self._send(RESEND_REQUEST)
        if not self._admits(request.code):
            return False
        plan = self._relay.script.plan(request.code)
        frame = await self._reply(request, plan)
        await asyncio.sleep(plan.delay_s)
        return await self._deliver(reduce(lambda sent, edit: edit(sent), plan.frames, frame), plan.sends)

    async def _reply(self, request: Request, plan: Plan) -> bytes:
        """The frame by the answerer that the plan names, its body damaged as ordered; empty if nobody answers."""
        if plan.answers is Answerer.NOBODY:
            return b""
        body = unwrap_fields(await self._ask(plan.answers, fill_blank_dates(request.body)))
        body = self._relay.settings.likeness.dress(body)
        self._logged_in = self._logged_in or body.startswith(b"941")
        body = reduce(lambda said, edit: edit(said), plan.bodies, body)
        self._last_reply = seal(body, request.sequence)
        return self._last_reply

    async def _ask(self, answerer: Answerer, body: bytes) -> bytes:
        """Pass a body on without AY and AZ, so that none is like the last. Raises IncompleteReadError if refused."""
        if answerer not in self._answerers:
            port = self._relay.ports[answerer]
            self._answerers[answerer] = await asyncio.open_connection(_LOOPBACK, port, limit=MAX_BYTES)
        reader, writer = self._answerers[answerer]
        writer.write(body + b"\r")
        await writer.drain()
        return (await reader.readuntil(b"\r")).removesuffix(b"\r")

    def _admits(self, code: str) -> bool:
        """Whether this code may be said now; before the login few may."""
        habit = self._relay.settings.status_before_login
        if self._logged_in:
            return True
        if code == "99":
            self._asked_status = True
            return habit is not StatusBeforeLogin.FATAL
        return code == "93" and (self._asked_status or habit is not StatusBeforeLogin.REQUIRED)

    async def _deliver(self, frame: bytes, how: Delivery) -> bool:
        match how:
            case Delivery.WHOLE:
                return await self._send(frame)
            case Delivery.IN_SEGMENTS:
                await self._send(frame[: len(frame) // 2])
                await asyncio.sleep(_SEGMENT_PAUSE_S)
                return await self._send(frame[len(frame) // 2 :])
            case Delivery.HELD_BACK:
                self._held_back += frame
                return True
            case Delivery.NOT_AT_ALL:
                return True
            case Delivery.CONNECTION_CLOSED:
                return False

    async def _send(self, data: bytes) -> bool:
        self._writer.write(self._held_back + data)
        self._held_back = b""
        await self._writer.drain()
        return True

    async def _log_in_by_prompts(self, user: str, password: str) -> bool:
        """The telnet way: two prompts before the first message, and three words that nobody relies on."""
        said = []
        for prompt in (b"login: ", b"password: "):
            await self._send(prompt)
            said.append((await self._next_line()).decode("ascii", "replace"))
        self._logged_in = said == [user, password]
        await self._send(b"Login OK. Initiating SIP\r\n" if self._logged_in else b"Login incorrect\r\n")
        return self._logged_in
