"""The processes of a run, seen from the harness's event loop: started, signalled, killed, waited for."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.demo.stage.processes import Started, environment_for
from tests.faults.faulty_store import Order

START_S: Final = 120.0
STOP_S: Final = 120.0


class Broken(Exception):  # noqa: N818 - what ends a run
    """A process did not do what the harness needs of it; the run says nothing about the gateway."""


class NotStarted(Broken):
    """A gateway ended before it served."""


Streams = tuple[int, int, int]
"""What a program reads, where it writes, and where its errors go."""


def start_program(arguments: Sequence[str], environment: Mapping[str, str], streams: Streams) -> Started:
    """Start `python -m` with arguments, in a session of its own."""
    given, told, errors = streams
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=given,
        stdout=told,
        stderr=errors,
        env=environment,
        start_new_session=True,
    )


class Program:
    """One Python program of ours, with lines in and out; its errors go to `log`."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._arguments = tuple(arguments)
        self._process: Started | None = None
        self._ways = ExitStack()
        """To it and from it."""

    async def start(self) -> None:
        """Start it."""
        given, to = os.pipe()
        came, told = os.pipe()
        self._to = self._ways.enter_context(os.fdopen(to, "wb", buffering=0))
        heard = self._ways.enter_context(os.fdopen(came, "rb", buffering=0))
        try:
            with self.log.open("ab") as sink:
                self._process = start_program(self._arguments, environment_for({}), (given, told, sink.fileno()))
        finally:
            os.close(given)
            os.close(told)
        self._said = asyncio.StreamReader(limit=2**26)
        way, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(self._said), heard
        )
        self._ways.callback(way.close)

    @property
    def _running(self) -> Started:
        """The process; Broken where there is none."""
        if self._process is None:
            raise Broken(f"the {self.name} was not started")
        return self._process

    def say(self, line: str) -> None:
        """One line of input; one that has ended hears nothing."""
        assert self._running
        with suppress(BrokenPipeError):
            self._to.write(f"{line}\n".encode())

    async def line(self) -> str:
        """The next line of output; Broken where there is none to come."""
        assert self._running
        line = await self._said.readline()
        if not line:
            raise Broken(f"the {self.name} ended: {self.tail()}")
        return line.decode().strip()

    async def stop(self) -> int:
        """SIGTERM, and its exit code; Broken where it does not end in time."""
        process, self._process = self._running, None
        process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(process.wait, STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait, STOP_S)
            raise Broken(f"the {self.name} did not stop: {self.tail()}") from None
        finally:
            self._ways.close()

    async def destroy(self) -> None:
        """End it, whatever it does."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait, STOP_S)
        self._process = None
        self._ways.close()

    def tail(self) -> str:
        """The last lines of its log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-12:])


class GatewayLife:
    """The gateway under test, one life after another (gateway_process.py)."""

    def __init__(self, directory: Path, settings_file: Path, instance: str) -> None:
        self.instance = instance
        self.log = directory / f"{instance}.log"
        self.lives = 0
        self.pid = 0
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self.ended.set()
        self.crashed = asyncio.Event()
        """A life ended that nobody had ended."""
        self.status = 0
        """The wait status of the last life."""
        self._stopping = False
        self.born_at = 0.0
        self.ready_at = 0.0
        self._orders = directory / f"{instance}.order"
        arguments = ("tests.faults.gateway_process", str(settings_file), str(self.log), str(self._orders))
        self._parent = Program(f"parent of {instance}", arguments, directory / f"{instance}-parent.log")
        self._listener: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start the parent."""
        await self._parent.start()
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            word, _, value = (await self._parent.line()).partition(" ")
            match word:
                case "life":
                    self.pid = int(value)
                case "ready":
                    self.ready_at = time.monotonic()
                    self.ready.set()
                case "ended":
                    self.pid, self.status = 0, int(value)
                    self.ready.clear()
                    self.ended.set()
                    if self.status != signal.SIGKILL and self._has_served and not self._stopping:
                        self.crashed.set()

    @property
    def _has_served(self) -> bool:
        """Whether the last life came as far as that."""
        return self.ready_at >= self.born_at

    async def start(self) -> None:
        """Begin a life, and wait until it serves. NotStarted where it does not."""
        self.lives += 1
        self.born_at = time.monotonic()
        self.ended.clear()
        self._parent.say("start")
        assert self._listener is not None, "open comes first"
        waits = {asyncio.create_task(self.ready.wait()), asyncio.create_task(self.ended.wait())}
        await asyncio.wait({*waits, self._listener}, timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        if not self._has_served:
            raise NotStarted(f"{self.instance} did not start: {self.tail()}")

    def order(self, order: Order) -> None:
        """Give the living gateway an order."""
        if self.pid and self.ready.is_set():
            self._orders.write_bytes(msgspec.json.encode(order))
            self._signal(signal.SIGUSR1)

    def kill(self) -> None:
        """End the life at once."""
        if self.pid:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        """Send the life a signal; it may have ended a moment ago, and the parent's word of that not be read yet."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def limit_files(self, size: int | None) -> None:
        """Let no file of the living gateway grow beyond a size (a full disk); None: as large as it likes.

        One that is just starting is spared: without a disk it would say so and end, as it should.
        """
        if self.pid and (size is None or self.ready.is_set()):
            unlimited = resource.RLIM_INFINITY
            with suppress(ProcessLookupError):  # as in _signal
                resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (unlimited if size is None else size, unlimited))

    async def stop(self) -> int:
        """End the life as an operator would; the wait status. Broken where that takes too long."""
        self._stopping = True
        if self.pid:
            self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await self.ended.wait()
        except TimeoutError:
            raise Broken(f"{self.instance} did not stop: {self.tail()}") from None
        return self.status

    async def destroy(self) -> None:
        """End life and parent, whatever they do."""
        self.kill()
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self._parent.destroy()

    def said(self) -> str:
        """Its log, of all lives."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def tail(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.said().splitlines()[-12:])


def told(line: str) -> dict[str, Any]:
    """A line of JSON that a program wrote."""
    return dict(msgspec.json.decode(line))
