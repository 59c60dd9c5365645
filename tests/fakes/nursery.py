"""Processes of ours that begin with everything loaded: `python -m tests.fakes.nursery` has loaded it, and forks one for each order.

A gateway spends 0.6 s of processor time on its imports, and the tests in browsers and between processes start some hundred. What they
show is what processes do once they run; that they start from nothing is shown in tests/app, tests/demo and tests/handbook.

Everything is loaded once in a run. The process that has loaded it forks one for each worker, which takes its orders.
"""

import atexit
import gc
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple, NoReturn

import msgspec

from gateway.commands.table import COMMANDS
from gateway.demo.stage.processes import environment_for

ROOT: Final = Path(__file__).parents[2]
LOADED: Final = (
    "gateway.app.process",
    *sorted({f"gateway.commands.{command.module}" for command in COMMANDS}),
    "gateway.demo.acs.control",
    "gateway.demo.acs.server",
    "gateway.demo.partner.control",
    "gateway.demo.partner.server",
    "gateway.store.postgres",
    "tests.fakes.broker.hub",
    "tests.fakes.broker.reader",
)
"""What the processes of the demonstration and the commands need, but none that is a program itself: each is run as if nobody had loaded it."""
MADE: Final = (
    ("gateway.catalogue.ladder", "prepare"),
    ("gateway.pages.site", "_resources"),
    ("gateway.web.api", "_resources"),
)
"""What makes what a gateway makes once, as it starts, and what is the same for all of them: a tenth of what a start takes."""
LONGEST: Final = 2**17
"""Bytes of an order, most of them the environment."""
_STANDARD: Final = (0, 1, 2)
"""Input, output and errors."""


class Order(msgspec.Struct, frozen=True):
    """What is to run: the arguments of `python -m`, and where. With it come what it reads, where it writes and where its errors go, as descriptors."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    folder: str


class Told(msgspec.Struct, frozen=True):
    """A process has begun, or has ended with a code, as subprocess tells it."""

    pid: int
    code: int | None = None


class Loaded(NamedTuple):
    """The process that has loaded everything, and the way to it."""

    process: subprocess.Popen[bytes]
    way: socket.socket


@cache
def loaded() -> Loaded:
    """Start what loads everything, once; workers that are forked afterwards share it. It ends with the last who has the way to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.nursery", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env=environment_for({}),
            start_new_session=True,
        )
    begun = Loaded(process, ours)
    Finalize(None, _end, (begun,), exitpriority=0)
    return begun


def _end(begun: Loaded) -> None:
    begun.way.close()
    begun.process.wait()


class Nursery:
    """The process that forks, and what it has told. Used by one process, from whichever thread."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(loaded().way, [b"\0"], [theirs.fileno()])
        self._lock = threading.Lock()
        self._begun: list[int] = []
        self._codes: dict[int, int] = {}

    def start(
        self, arguments: Sequence[str], log: Path, environment: Mapping[str, str], errors: Path | None = None
    ) -> "Forked":
        """In place of `processes.start_python`; errors go to the log where no file of their own is named."""
        with Path(os.devnull).open("rb") as nothing, log.open("ab") as sink, (errors or log).open("ab") as complaints:
            return self.begin(arguments, environment, (nothing.fileno(), sink.fileno(), complaints.fileno()))

    def begin(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: tuple[int, int, int]
    ) -> "Forked":
        """In place of `start_program` of the fault harness: with what it reads, where it writes, and where its errors go."""
        order = Order(tuple(arguments), dict(environment), str(Path.cwd()))
        with self._lock:
            socket.send_fds(self._socket, [msgspec.json.encode(order)], streams)
            while True:
                told = self._told()
                if told.code is None:
                    self._codes.pop(told.pid, None)  # of one that had the number before
                    self._begun.append(told.pid)
                    return Forked(self, told.pid)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float
    ) -> subprocess.CompletedProcess[str]:
        """In place of `processes.run_python`."""
        with TemporaryDirectory() as folder:
            out, errors = Path(folder) / "out", Path(folder) / "errors"
            forked = self.start(arguments, out, environment, errors)
            try:
                code = forked.wait(deadline_s)
            except subprocess.TimeoutExpired:
                forked.kill()
                forked.wait()
                raise
            texts = (file.read_text(encoding="utf-8") for file in (out, errors))
            return subprocess.CompletedProcess(arguments, code, *texts)

    def code_of(self, pid: int) -> int | None:
        """The exit code of a process; None while it runs."""
        with self._lock:
            while self._has_told():
                self._told()
            return self._codes.get(pid)

    def running(self) -> list[int]:
        """Give the numbers of the processes that have not ended."""
        return [pid for pid in self._begun if self.code_of(pid) is None]

    def close(self) -> None:
        """End it, and with it all that still runs."""
        self._socket.shutdown(socket.SHUT_WR)
        while self._socket.recv(LONGEST):
            pass  # what ended meanwhile
        self._socket.close()

    def _has_told(self) -> bool:
        return bool(select.select([self._socket], [], [], 0)[0])

    def _told(self) -> Told:
        packet = self._socket.recv(LONGEST)
        if not packet:
            raise RuntimeError("the process that forks has ended")
        told = msgspec.json.decode(packet, type=Told)
        if told.code is not None:
            self._codes[told.pid] = told.code
        return told


class Forked:
    """A process that was forked (processes.Started)."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid

    def poll(self) -> int | None:
        return self._nursery.code_of(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        until_s = time.monotonic() + timeout if timeout is not None else None
        while (code := self.poll()) is None:
            if until_s is not None and time.monotonic() > until_s:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended, and nobody has told yet
                os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


# ── the process that has loaded everything, and those that take orders ────────────────────────────


def _fork_for_each(asked: socket.socket) -> socket.socket | None:
    """Fork for each worker that sends its socket: in a child, give that; in the parent None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    while True:
        packet, sockets, *_ = socket.recv_fds(asked, 1, 1)
        if not packet:
            return None
        (orders,) = sockets
        if os.fork() == 0:
            return socket.socket(fileno=orders)
        os.close(orders)


class _Parent:
    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._ended, ending = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._ending = ending
        self._children: set[int] = set()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ending)

    def order(self) -> tuple[Order, list[int]] | None:
        """Fork for each order that comes: in a child, give what it is to do, and its streams; in the parent None at the end."""
        while True:
            ready, _, _ = select.select([self._orders.fileno(), self._ended], [], [])
            if self._ended in ready:
                os.read(self._ended, 4096)
                self._reap()
            if self._orders.fileno() in ready:
                packet, streams, *_ = socket.recv_fds(self._orders, LONGEST, len(_STANDARD))
                if not packet:
                    self._end()
                    return None
                pid = os.fork()
                if pid == 0:
                    self._let_go()
                    return msgspec.json.decode(packet, type=Order), streams
                for stream in streams:
                    os.close(stream)
                self._children.add(pid)
                self._tell(Told(pid))

    def _reap(self) -> None:
        for pid in tuple(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._children.remove(pid)
                self._tell(Told(pid, os.waitstatus_to_exitcode(status)))

    def _tell(self, told: Told) -> None:
        with suppress(OSError):  # nobody listens any more: the next order is the end
            self._orders.send(msgspec.json.encode(told))

    def _end(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _let_go(self) -> None:
        """What is the parent's alone."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._ended)
        os.close(self._ending)
        self._orders.close()


def _become(order: Order, streams: Sequence[int]) -> None:
    """Be what `python -m` would be."""
    os.setsid()
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    for stream, standard in zip(streams, _STANDARD, strict=True):
        os.dup2(stream, standard)
        os.close(stream)
    sys.argv = list(order.arguments)
    sys.path[0] = order.folder
    code = None
    try:
        runpy.run_module(order.arguments[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            raise  # Python writes what it says
        code = end.code
    _leave(code or 0)


def _leave(code: int) -> NoReturn:
    """End as a program does, but do not take apart all that was loaded: that takes 60 ms of processor time, more than many a command."""
    threading._shutdown()  # type: ignore[attr-defined] # as multiprocessing does; there is no other way to it
    gc.collect()  # a task that failed and was never asked about says so as it goes; what was loaded is frozen and not looked at
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Load everything once, and fork."""
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        for module in LOADED:
            import_module(module)
        for module, name in MADE:
            getattr(import_module(module), name)()
        gc.freeze()
        orders = _fork_for_each(asked)
    if orders is None:
        return
    with orders:
        ordered = _Parent(orders).order()
    if ordered is not None:
        _become(*ordered)


if __name__ == "__main__":
    main()
