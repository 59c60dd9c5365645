"""Processes of this project, started, watched, stopped and killed: for the demonstration and for tests between processes.

Nothing sleeps for a fixed time: whoever waits names a condition and a deadline, and learns why it did not come.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import gateway

T = TypeVar("T")

PAUSE_S, LONGEST_PAUSE_S = 0.02, 1.0
"""Between two looks at a condition, which cost both sides a few milliseconds: a tenth of what was waited, within these."""
START_DEADLINE_S = 180.0
STOP_DEADLINE_S = 60.0
LAST_LINES = 12
SETTINGS_PREFIX = "ILL_GATEWAY_"


class Trouble(Exception):  # noqa: N818 - what a demonstration ends with; the text is for people
    """A process ended, could not be reached, or did not do something in time. `log` is the end of its log, if one's to blame."""

    def __init__(self, words: str, log: str = "") -> None:
        super().__init__(words)
        self.log = log


class Unreachable(Exception):  # noqa: N818 - a state of the other side, which may pass
    """Nobody answers there just now."""


class Started(Protocol):
    """A process that was started, as subprocess.Popen has it."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its exit code. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it at once."""


def start_python(arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> Started:
    """Start `python -m` with arguments, its output in a file. In a session of its own, so that Ctrl-C is ours to pass on."""
    with log.open("ab") as sink:
        return subprocess.Popen(  # noqa: S603 - a module of this project
            [sys.executable, "-m", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )


def run_python(
    arguments: Sequence[str], environment: Mapping[str, str], deadline_s: float
) -> subprocess.CompletedProcess[str]:
    """Run `python -m` with arguments to its end; its exit code, and what it wrote. Raises subprocess.TimeoutExpired."""
    return subprocess.run(  # noqa: S603 - a module of this project
        [sys.executable, "-m", *arguments],
        stdin=subprocess.DEVNULL,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=deadline_s,
        check=False,
    )


class Process:
    """One process: `arguments` are those of `python -m`, its output goes to `log`, `is_ready` asks it whether it serves."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        is_ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._arguments = tuple(arguments)
        self._is_ready = is_ready
        self._environment = environment_for(environment or {})
        self._running: Started | None = None

    def start(self) -> None:
        """Start it and wait until it serves; Trouble where it does not."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start it, and do not wait."""
        self._running = start_python(self._arguments, self.log, self._environment)

    def wait_until_ready(self) -> None:
        """Wait until it serves; Trouble where it ends or takes too long."""
        wait_for(self._is_ready, f"the start of the {self.name}", START_DEADLINE_S, watch=(self,))

    @property
    def pid(self) -> int:
        """Its number. Raises LookupError where it does not run."""
        if self._running is None:
            raise LookupError(f"the {self.name} does not run")
        return self._running.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    def check(self) -> None:
        """Trouble where it was started and has ended."""
        if self._running is not None and (code := self._running.poll()) is not None:
            raise Trouble(f"The {self.name} ended with exit code {code}.", self.tail())

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def stop(self) -> None:
        """Ask it to end (SIGTERM). Trouble where it takes too long, and is killed, or ends with a code other than 0."""
        if self._running is None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            code = self._running.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Trouble(f"The {self.name} did not stop within {STOP_DEADLINE_S:g} s.", self.tail()) from None
        self._running = None
        if code != 0:
            raise Trouble(f"The {self.name} stopped with exit code {code}.", self.tail())

    def tail(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LAST_LINES:])


def wait_for(probe: Callable[[], T | None], what: str, deadline_s: float = 60.0, *, watch: Sequence[Process] = ()) -> T:
    """Return what `probe` gives as soon as that is true. Unreachable counts as not yet; Trouble at the deadline, or where
    a process under watch ends.
    """
    began_s = time.monotonic()
    while True:
        for process in watch:
            process.check()
        try:
            found = probe()
        except Unreachable:
            found = None
        if found:
            return found
        waited_s = time.monotonic() - began_s
        if waited_s > deadline_s:
            raise Trouble(f"No sign of {what} within {deadline_s:g} s.", "\n".join(each.tail() for each in watch))
        time.sleep(min(max(PAUSE_S, waited_s / 10), LONGEST_PAUSE_S))


def environment_for(more: Mapping[str, str]) -> dict[str, str]:
    """Our environment with `more`, able to find this package, and without settings that were meant for another gateway."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS_PREFIX)}
    root = str(Path(gateway.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, kept.get("PYTHONPATH")) if part)
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **more}


_PORTS = (20_000, 32_000)
"""Below the range from which Linux takes the ports of outgoing connections."""
_share = (0, 1)
"""Which of how many shares of them this process draws from."""
_drawn: set[int] = set()
"""What this process was given already: a port is free until somebody listens, and must not be given twice before."""


def share_ports(share: int, of: int) -> None:
    """Draw from one share of the ports from now on, counted from 0: what runs beside us and draws from another never gets the same."""
    global _share  # noqa: PLW0603 - like what was drawn, it is the process's
    _share = (share, of)


def free_port(wanted: int = 0) -> int:
    """The port that is wanted if it is free, else one that is given to nobody else here and to no outgoing connection."""
    if wanted and _is_free(wanted):
        return wanted
    (first, end), (share, of) = _PORTS, _share
    while True:
        port = random.randrange(first + share, end, of)  # noqa: S311 - no secret
        if port not in _drawn and _is_free(port):
            _drawn.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
