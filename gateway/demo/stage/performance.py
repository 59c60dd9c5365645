"""What every performance of the demonstration has in common: its directory, its steps with their times, and how it ends."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from gateway.demo.stage.borrowing_scene import fill_pool
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import Trouble, Unreachable
from gateway.demo.stage.stack_config import Ports
from gateway.demo.stage.talk import SaidNo

T = TypeVar("T")

LOOK_S: Final = 0.5
"""How often it is looked whether the processes still run, while they serve."""
WIDTH: Final = 14
"""Columns of a step's name."""


def perform(directory: Path | None, play: Callable[[Path], int]) -> int:
    """Play in a directory (None: one for the moment); what it gives, 1 where a step failed, 130 where it was broken off."""
    sys.stdout.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr] # a terminal without ✓
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with ExitStack() as closing:
            return play(_directory(directory, closing))
    except Trouble as trouble:
        return _failed(str(trouble), trouble.log)
    except SaidNo as no:
        return _failed(f"A step was refused: {no}")
    except Unreachable as gone:
        return _failed(f"Nobody answers at {gone}.")
    except KeyboardInterrupt:
        print("\nBroken off; everything is stopped.")
        return 130


@contextmanager
def started(directory: Path, ports: Ports, *, partner_arguments: Sequence[str] = ()) -> Iterator[Neighbours]:
    """Both libraries and the partner, running; the start is told with its time."""
    began_s = time.monotonic()
    with Neighbours(directory, ports=ports, partner_arguments=partner_arguments) as both:
        _tick("started", _whereabouts(both), time.monotonic() - began_s)
        yield both


def prepare(both: Neighbours) -> str:
    """The item lists, the pool, the desk's accounts, and a token for the technician; the token."""
    _step("item lists", lambda: f"{both.valley.import_items()} At the other library: {both.hills.import_items()}")
    _step("pool", lambda: fill_pool(both))
    _step("accounts", both.valley.open_accounts)
    began_s = time.monotonic()
    token = both.valley.command("token", "create", "desk", "technician").strip()
    _tick("token", "the technician at the desk has one; history will say “desk”", time.monotonic() - began_s)
    return token


def name_catalogue(both: Neighbours) -> None:
    """The partner's catalogue is named, so that it is asked for what it holds alone."""
    _step("catalogue", both.valley.name_catalogue)


def play_scene(title: str, scene: T, steps: Sequence[tuple[str, Callable[[T], str]]]) -> None:
    """Do each step of a scene, and tell what came of it."""
    print(f"\n{title}")
    for name, step in steps:
        _step(name, partial(step, scene))


def serve(both: Neighbours) -> None:
    """Serve until Ctrl-C; Trouble where one of the processes ends before."""
    try:
        while True:
            for process in both.processes:
                process.check()
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        print("\nStopping ...")


def _directory(wanted: Path | None, closing: ExitStack) -> Path:
    """Where everything is written. A directory that is named must be empty or new: an old store is no fresh start."""
    if wanted is None:
        return Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="ill-gateway-demo-")))
    wanted.mkdir(parents=True, exist_ok=True)
    if any(wanted.iterdir()):
        raise Trouble(f"{wanted} is not empty: name another directory, or remove it.")
    return wanted


def _step(name: str, step: Callable[[], str]) -> None:
    """Do a step and print it with the time that it took; what takes long is shown meanwhile on a terminal."""
    if sys.stdout.isatty():
        print(f"  …         {name}", end="\r", flush=True)
    began_s = time.monotonic()
    words = step()
    _tick(name, words, time.monotonic() - began_s)


def _tick(name: str, words: str, took_s: float) -> None:
    print(f"  ✓ {took_s:5.2f} s  {name:<{WIDTH}} {words}")


def _whereabouts(both: Neighbours) -> str:
    ports = both.valley.ports
    return (
        f"gateway (ISO 18626 on port {ports.peers}), ACS (SIP2 on {ports.acs}), partner (ISO 18626 on {ports.partner}); "
        f"{both.hills.library.name} with gateway and ACS of its own"
    )


def _failed(words: str, log: str = "") -> int:
    print(f"  ✗ {words}")
    if log:
        print("    The last lines of its log:")
        print("\n".join(f"      {line}" for line in log.splitlines()))
    print("The demonstration failed; nothing is left running.")
    return 1
