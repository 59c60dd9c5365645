"""The demonstration ACS as the harness runs it: its settings as JSON in a file (`AcsRun`), told apart from its command line by
a short timeout in the 98, by books that are written at the stop alone, and by the strangers who use it meanwhile.

    python -m tests.faults.acs_process SETTINGS

Writes `ready`, serves until SIGTERM or the end of its input. A line of input `quiet` sends the strangers home, and is
answered with `gone`.
"""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec

from gateway.demo.acs import running as acs
from gateway.demo.acs.running import RunningAcs
from gateway.demo.acs.settings import AcsSettings
from tests.faults.strangers import Strangers, StrangersSettings


class AcsRun(msgspec.Struct, frozen=True, kw_only=True):
    """The system's own settings, and who else uses it; None: nobody."""

    acs: AcsSettings
    strangers: StrangersSettings | None = None


async def _serve(settings: AcsRun) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with await acs.serve(settings.acs) as running:
        strangers = _strangers(settings, running)
        crowd = None if strangers is None else asyncio.create_task(strangers.run())
        loop.add_reader(sys.stdin, lambda: _hear(stop, strangers))
        _say("ready")
        await stop.wait()
        if crowd is not None:
            crowd.cancel()


def _strangers(settings: AcsRun, running: RunningAcs) -> Strangers | None:
    return None if settings.strangers is None else Strangers(settings.strangers, lambda: running.library)


def _hear(stop: asyncio.Event, strangers: Strangers | None) -> None:
    """A line, or the end: the harness has gone."""
    if not sys.stdin.readline():
        stop.set()
        return
    if strangers is not None:
        strangers.go_home()
    _say("gone")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=AcsRun)))
