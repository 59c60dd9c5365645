"""The demonstration ACS as the harness runs it: its settings as JSON in a file, told apart from its command line by a short
timeout in the 98 and by books that are written at the stop alone. Writes `ready`, serves until SIGTERM.

    python -m tests.faults.acs_process SETTINGS
"""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec

from gateway.demo import acs
from gateway.demo.acs_settings import AcsSettings


async def _serve(settings: AcsSettings) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(sys.stdin, stop.set)  # nothing is ever said: it is readable when the harness has gone
    async with await acs.serve(settings):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=AcsSettings)))
