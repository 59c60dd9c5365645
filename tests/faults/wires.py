"""Wires between the processes: byte relays for SIP2 and HTTP that cut, delay, split, reorder, damage, and kill the gateway.

Both protocols are one request, one reply; a wire knows no more of them than that, and what a confirmation looks like. What befalls a turn is drawn when its
request comes. One wire stands before the circulation system, one before each partner, one before the gateway.
"""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Final

import msgspec

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_CHUNK: Final = 64 * 1024
_CONFIRMATION: Final = b"messageStatus"
_MISSES: Final = 2
"""After so many turns in a row that came to nothing the gateway leaves the other side alone: it is away again."""
_PAUSE_S: Final = 0.003
_CHECKSUM: Final = re.compile(rb"AZ[0-9A-Fa-f]{4}(?=\r)")


class Fault(StrEnum):
    """What may befall one request and its reply."""

    CUT_BEFORE_WRITE = "cut before the write"
    CUT_IN_REQUEST = "cut in the middle of the request"
    CUT_AFTER_WRITE = "cut after the write"
    """The request was carried out: the connection goes when its reply comes."""
    CUT_IN_REPLY = "cut in the middle of the reply"
    SILENCE = "nothing comes back"
    DELAY = "delay"
    SPLIT = "split into segments"
    REORDER = "segments reordered"
    CORRUPT = "checksum corrupted"


class Moment(StrEnum):
    """Where in a turn the gateway may be killed."""

    REQUEST_SEEN = "request seen, not passed on"
    REQUEST_PASSED = "request passed on"
    REPLY_SEEN = "reply seen, not passed on"
    REPLY_HALF = "half of the reply passed on"
    REPLY_PASSED = "reply passed on"


class _Turn(msgspec.Struct):
    """One request and its reply; what befalls it is taken away once it has befallen."""

    fault: Fault | None
    kill_at: Moment | None = None
    order: int = 0
    """Which order to kill it obeys; a later order makes it void."""
    replied: bool = False
    passed: bool = False
    """Its reply was passed on."""


class Wire:
    """One relay on a port of its own. `target` says to which port a new connection goes (None: nobody is there)."""

    def __init__(
        self, name: str, target: Callable[[], int | None], kill: Callable[[], None], chance: random.Random
    ) -> None:
        self.name = name
        self.rates: Mapping[Fault, float] = {}
        self.befell: Counter[Fault] = Counter()
        self.turns = 0
        self.heard_at = 0.0
        """When the last reply was passed on whole (monotonic)."""
        self._down = False
        self._changed_at = self._confirmed_at = 0.0
        self._missed = 0
        """How many turns in a row came to nothing."""
        self._missed_at = 0.0
        """When one was over that got no reply at all."""
        self.port = 0
        self._target = target
        self._kill = kill
        self._chance = chance
        self._kill_at: Moment | None = None
        self._order = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    @property
    def down(self) -> bool:
        """Whether nobody gets through."""
        return self._down

    @down.setter
    def down(self, is_down: bool) -> None:
        self._down, self._changed_at, self._missed_at = is_down, time.monotonic(), 0.0

    @property
    def is_heard(self) -> bool:
        """Whether it is up, a message was confirmed since it was down, and the other side has not failed again since.

        An error of the other side's is no answer; and one that is silent, or fails, several times in a row is as far away as one that is cut off.
        """
        return not self._down and self._confirmed_at >= self._changed_at and self._missed < _MISSES

    @property
    def answers(self) -> bool:
        """Whether it is up, and nothing that was asked since has been left without a reply: what befell a try puts the next one off."""
        return not self._down and self.heard_at >= self._missed_at

    def forget(self) -> None:
        """Whoever is at the other end has begun anew."""
        self._missed_at = 0.0

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, cut everything."""
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """Cut every connection there is."""
        lines = tuple(self._lines)
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    def arm(self, moment: Moment | None) -> None:
        """Kill the gateway when the next turn comes to this moment; None: let it live."""
        self._kill_at = moment
        self._order += 1

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None, "a server's callback runs in a task"
        self._lines.add(line)
        try:
            await self._relay((reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # cut, by whichever side, is what a wire is for
        finally:
            self._lines.discard(line)
            writer.transport.abort()

    async def _relay(self, client: Stream) -> None:
        port = None if self.down else self._target()
        if port is None:
            return
        server = await asyncio.open_connection("127.0.0.1", port)
        line = _Line(self, client, server)
        pumps = {asyncio.create_task(line.requests()), asyncio.create_task(line.replies())}
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            if line.is_unanswered:
                self._missed, self._missed_at = self._missed + 1, time.monotonic()
            with suppress(OSError):
                server[1].close()

    # ── what befalls a turn ──────────────────────────────────────────────────────────────────────

    def begin_turn(self) -> _Turn:
        """Draw what befalls the request that has just come."""
        kill_at, self._kill_at = self._kill_at, None
        return _Turn(fault=None if kill_at else self._draw(), kill_at=kill_at, order=self._order)

    def _draw(self) -> Fault | None:
        left = self._chance.random()
        for fault, rate in self.rates.items():
            left -= rate
            if left < 0:
                self.befell[fault] += 1
                return fault
        return None

    def delay_s(self) -> float:
        """How long a delayed reply is late: in time, or after the other side has given up."""
        return self._chance.choice((0.02, 0.1, 0.3, 1.2, 2.5))

    def reached(self, turn: _Turn, moment: Moment) -> bool:
        """Kill the gateway if that is to happen now; whether it did."""
        if turn.kill_at is not moment or turn.order != self._order:
            return False
        self._kill()
        return True

    def passed(self, chunk: bytes, *, whole: bool) -> None:
        """A reply has been passed on."""
        self.turns += 1
        self.heard_at = time.monotonic()
        if whole and _CONFIRMATION in chunk:
            self._confirmed_at, self._missed = self.heard_at, 0
        elif whole:
            self._missed += 1


class _Line:
    """One connection through a wire: two pumps that share the turn under way. A pump that ends cuts the line."""

    def __init__(self, wire: Wire, client: Stream, server: Stream) -> None:
        self._wire = wire
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._turn: _Turn | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether its last request got no reply."""
        return self._turn is not None and not self._turn.passed

    async def requests(self) -> None:
        """Pass requests on."""
        while chunk := await self._client_reader.read(_CHUNK):
            if self._turn is None or self._turn.replied:
                self._turn = self._wire.begin_turn()
            if not await self._pass_request(self._turn, chunk):
                return

    async def replies(self) -> None:
        """Pass replies on."""
        while chunk := await self._server_reader.read(_CHUNK):
            turn = self._turn or _Turn(fault=None)
            turn.replied = True
            if not await self._pass_reply(turn, chunk):
                return

    async def _pass_request(self, turn: _Turn, chunk: bytes) -> bool:
        match turn.fault:
            case Fault.CUT_BEFORE_WRITE:
                return False
            case Fault.SILENCE:
                return True
            case Fault.CUT_IN_REQUEST:
                await _write(self._server_writer, chunk[: len(chunk) // 2])
                return False
        if self._wire.reached(turn, Moment.REQUEST_SEEN):
            return False
        await _write(self._server_writer, chunk)
        self._wire.reached(turn, Moment.REQUEST_PASSED)
        return True

    async def _pass_reply(self, turn: _Turn, chunk: bytes) -> bool:
        fault, turn.fault = turn.fault, None
        half = len(chunk) // 2
        if fault is Fault.CUT_AFTER_WRITE or self._wire.reached(turn, Moment.REPLY_SEEN):
            return False
        if fault is Fault.CUT_IN_REPLY or turn.kill_at is Moment.REPLY_HALF:
            await _write(self._client_writer, chunk[:half])
            self._wire.reached(turn, Moment.REPLY_HALF)
            return False
        await self._deliver(fault, chunk, half)
        turn.passed = True
        self._wire.passed(chunk, whole=fault is None)
        self._wire.reached(turn, Moment.REPLY_PASSED)
        return True

    async def _deliver(self, fault: Fault | None, chunk: bytes, half: int) -> None:
        if fault is Fault.DELAY:
            await asyncio.sleep(self._wire.delay_s())
        if fault is Fault.CORRUPT:
            chunk = _CHECKSUM.sub(b"AZ0001", chunk)
        pieces: tuple[bytes, ...] = (chunk,)
        if fault is Fault.SPLIT:
            pieces = (chunk[:half], chunk[half:])
        if fault is Fault.REORDER:
            pieces = (chunk[half:], chunk[:half])
        for piece in pieces:
            await _write(self._client_writer, piece)
            if len(pieces) > 1:
                await asyncio.sleep(_PAUSE_S)


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
