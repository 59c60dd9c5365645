"""Processes that speak Z39.50: started when they are needed, ended at the deadline, at a crash, and when nobody has asked for a while.

One process reads for one catalogue, so that what one catalogue sends hurts no other. There are as many as are asked at once;
how many that may be is for whoever asks to say.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from gateway.z3950.values import HEAD_BYTES, NO_LIBRARY, READY, CatalogueQuery, CatalogueReply, framed, reply_of

IDLE_S: Final = 90.0
"""After which a process that nobody asks is ended, and its connection with it: customers' orders are looked up once a minute, and find it there."""
START_S: Final = 15.0
"""How long a process may take until it can be asked: a tenth of a second of CPU, of which a busy machine may make many."""
STARTS_AT_ONCE: Final = os.cpu_count() or 1
"""More would only make each of them slower."""
_MODULE: Final = "gateway.z3950.reader"
_ROOM_BYTES: Final = 64 * 1024
"""What a reply has beside its records."""


class ReaderEndedError(Exception):
    """The process ended before it had answered; the text is a clause about the catalogue."""


class Readers:
    """The processes for one catalogue."""

    def __init__(self) -> None:
        self._idle: list[Reader] = []

    async def ready(self) -> "Reader":
        """Return one that can be asked, even if it must be started first: that is no time of the catalogue's. Who gets it asks it. Raises as `ask`."""
        return self._kept() or await _started()

    async def ask(self, question: CatalogueQuery, reader: "Reader | None" = None) -> CatalogueReply:
        """Ask one of them. Raises ReaderEndedError, and OSError where none can be started; whoever gives up waiting, by a deadline or otherwise, ends
        the process that was asked.
        """
        reader = reader or await self.ready()
        try:
            reply = await reader.ask(question)
        except BaseException:
            await reader.end()
            raise
        self._idle.append(reader)
        reader.is_idle(self._retire)
        return reply

    def _kept(self) -> "Reader | None":
        """One that is idle; one that has ended meanwhile is forgotten."""
        while self._idle:
            reader = self._idle.pop()
            reader.is_awaited()
            if not reader.has_ended:
                return reader
        return None

    async def close(self) -> None:
        """End them."""
        while self._idle:
            await self._idle.pop().end()

    def _retire(self, reader: "Reader") -> None:
        if reader in self._idle:
            self._idle.remove(reader)
            reader.hang_up()


class Reader:
    """One process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._retiring: asyncio.TimerHandle | None = None

    async def is_up(self) -> None:
        """Wait until it says that it can be asked. Raises ReaderEndedError."""
        stdout = self._process.stdout
        assert stdout is not None
        try:
            await stdout.readexactly(len(READY))
        except asyncio.IncompleteReadError:
            raise ReaderEndedError(_why_ended(await self._process.wait())) from None

    async def ask(self, question: CatalogueQuery) -> CatalogueReply:
        """Ask it. Raises ReaderEndedError."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(framed(question))
            await stdin.drain()
            length = int.from_bytes(await stdout.readexactly(HEAD_BYTES), "big")
            if length > question.most_bytes + _ROOM_BYTES:
                raise ReaderEndedError("what it sent is larger than it may be")
            return reply_of(await stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ReaderEndedError(_why_ended(await self._process.wait())) from None
        except msgspec.DecodeError:
            raise ReaderEndedError("what it sent could not be read") from None

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.returncode is not None

    def is_awaited(self) -> None:
        """Somebody asks: it stays."""
        if self._retiring is not None:
            self._retiring.cancel()
            self._retiring = None

    def is_idle(self, retire: Callable[["Reader"], None]) -> None:
        """Nobody asks any more: it is ended after a while."""
        self._retiring = asyncio.get_running_loop().call_later(IDLE_S, retire, self)

    def hang_up(self) -> None:
        """Let it end by itself: its input is over."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def end(self) -> None:
        """End it now."""
        self.is_awaited()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


_starting: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()


async def _started() -> Reader:
    """Start one, and wait until it can be asked."""
    room = _starting.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(STARTS_AT_ONCE))
    async with room:
        reader = Reader(
            await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", _MODULE, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
            )
        )
        try:
            async with asyncio.timeout(START_S):
                await reader.is_up()
        except TimeoutError:
            await reader.end()
            raise ReaderEndedError("the process that asks it was not up in time") from None
        except BaseException:
            await reader.end()
            raise
    return reader


def _environment() -> dict[str, str]:
    """Where our modules are, and nothing else: what reads a stranger's bytes holds no secret of ours."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}


def _why_ended(code: int) -> str:
    if code == NO_LIBRARY:
        return "YAZ is not installed here (Debian: libyaz5)"
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"what it sent ended the process that read it ({name})"
