"""The life of the process around a gateway: signals, garbage collection, exit code."""

import asyncio
import gc
import os
import signal
from typing import Final

import structlog

from gateway import __version__, logs
from gateway.app import descriptors, memory
from gateway.app.gateway import Gateway
from gateway.config import Settings
from gateway.store.port import DatabaseTooNew, StoreUnavailable

YOUNG_OBJECTS: Final = 20_000
"""More than messages under way mostly hold (measured: with 5,000, a twenty-fifth of accepting was looking through them again and
again; Python's own are 700), and few enough: where all of 50,000 were garbage, as connections with HTTP that is none leave it, to
take them away took the event loop up to 80 ms at once."""

STDIN: Final = 0
SUPERSEDED: Final = 3
"""The exit code of a gateway whose name another has taken: started again, the two would take turns in stopping each other."""

_log = structlog.get_logger(__name__)


def serve(settings: Settings) -> int:
    """Configure logging and serve; what `ill-gateway serve` calls. Errors of the start are said in one line."""
    memory.give_back_what_is_large()
    logs.configure(settings.log.level, settings.log.format)
    descriptors.allow(descriptors.wanted(settings))
    try:
        return asyncio.run(run(settings))
    except (StoreUnavailable, DatabaseTooNew, OSError) as exc:
        _log.error("could not start", why=str(exc))
        return 1


async def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; give the exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    # A terminal that closes ends what was started there. To a service the signal says “read your files again”; unhandled it would end the gateway
    # at once, and systemd, to which that is a clean end, would not start it again.
    loop.add_signal_handler(signal.SIGHUP, stop.set if os.isatty(STDIN) else _say_what_is_read)
    async with Gateway(settings) as gateway:
        spare_the_collector()
        _log.info("ready", version=__version__, **{f"{name}_port": port for name, port in gateway.ports.items()})
        await _first_of(stop, gateway.superseded)
        if not gateway.superseded.is_set():
            await gateway.announce()
        _log.info("draining")
        await gateway.drain()
    _log.info("stopped")
    return SUPERSEDED if gateway.superseded.is_set() else 0


def _say_what_is_read() -> None:
    _log.info("SIGHUP: replaced certificates are read within a minute without it, settings at the next start alone")


async def _first_of(*events: asyncio.Event) -> None:
    waiting = {asyncio.create_task(event.wait()) for event in events}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


def spare_the_collector() -> None:
    """Keep garbage collection from pausing us: what the start made stays, and what a message makes goes by itself. The command has stopped it meanwhile.

    Without this, each thousand messages or so everything there is is looked through, for 60 ms, and every tenth message pays
    for a small collection that finds nothing. What the start left as garbage stays too: to look for it would take a seventh of the
    start's processor time (130 ms), and would find one object in eighty, less than a megabyte.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()
