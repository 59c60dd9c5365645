"""Measure a long outage of the circulation system: what the partners notice, and how long the house takes to catch up.

    python -m tests.faults.outage --minutes 10 --requests-per-s 2 [--store postgresql --instances 4]

Requests come in even steps before, during and after the outage; nothing else goes wrong. All of them must be confirmed
while the circulation system is away, and the invariant must hold at the end. Caught up is the house when no more work
for the circulation system waits than just before the outage.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

from tests.faults.database import Kind, database
from tests.faults.house import House, RunSettings
from tests.faults.invariant import broken
from tests.faults.run import collect, settle
from tests.faults.technician import Desk, NotNow

BEFORE_S: Final = 15.0
LOOK_S: Final = 0.25
SHOWN: Final = 20
CATCH_UP_S: Final = 1200.0
_LANE: Final = 'lane="acs:main"'
_CONFIRMED: Final = "ill_confirmations_sent_total{"
_OK: Final = 'status="OK"'


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured. `confirmed` counts partners' messages that were confirmed OK, `waiting` rows of work for the
    circulation system.
    """

    begun_before: int
    begun_during: int
    ended_during: int
    confirmed_during: int
    confirmed_per_s_during: float
    confirmed_per_s_catching_up: float
    waiting_before: int
    waiting_at_return: int
    first_reply_s: float
    caught_up_s: float


async def measure(house: House, session: aiohttp.ClientSession, away_s: float) -> Measured:
    """Let it run, take the circulation system away for so long, and wait until the house has caught up."""
    desk = Desk(session, house.secrets.admin_token, house.serving)
    await asyncio.sleep(BEFORE_S)
    begun, ended, waiting = house.begun, house.ended, await acs_work(desk)
    confirmed = await confirmations(house, session)
    house.acs_wire.down = True
    await house.acs_wire.cut()
    await asyncio.sleep(away_s)
    begun_during, ended_during, waiting_then = house.begun - begun, house.ended - ended, await acs_work(desk)
    confirmed_then = await confirmations(house, session)
    house.acs_wire.down = False
    back_at = time.monotonic()
    while house.acs_wire.heard_at < back_at:
        await asyncio.sleep(0.01)
    first_reply_s = house.acs_wire.heard_at - back_at
    async with asyncio.timeout(CATCH_UP_S):
        while await acs_work(desk) > max(waiting, 2 * house.settings.instances):
            await asyncio.sleep(LOOK_S)
    caught_up_s = time.monotonic() - back_at
    return Measured(
        begun_before=begun,
        begun_during=begun_during,
        ended_during=ended_during,
        confirmed_during=confirmed_then - confirmed,
        confirmed_per_s_during=(confirmed_then - confirmed) / away_s,
        confirmed_per_s_catching_up=(await confirmations(house, session) - confirmed_then) / caught_up_s,
        waiting_before=waiting,
        waiting_at_return=waiting_then,
        first_reply_s=first_reply_s,
        caught_up_s=caught_up_s,
    )


async def confirmations(house: House, session: aiohttp.ClientSession) -> int:
    """How many confirmations that say OK all gateways have written; none of them is restarted here."""
    lines = [line for page in await house.metrics(session) for line in page.splitlines()]
    return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(_CONFIRMED) and _OK in line)


async def acs_work(desk: Desk) -> int:
    """How many rows of work wait for the circulation system."""
    try:
        lanes = await desk.queue()
    except NotNow:
        return sys.maxsize  # nobody can tell: not caught up
    return sum(int(float(line.rpartition(" ")[2])) for line in lanes if _LANE in line)


async def run(settings: RunSettings, directory: Path, url: str, away_s: float) -> int:
    """Measure once, print it, check the invariant; the exit code."""
    house = House(settings, directory, url)
    async with house.standing(), aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        technician = house.technician(session)
        hands = asyncio.create_task(technician.run())
        borrowers = asyncio.create_task(house.listen_to_borrowers())
        try:
            measured = await measure(house, session, away_s)
            await borrowers
            await settle(technician, hands)
        finally:
            for task in (hands, borrowers):
                task.cancel()
            await asyncio.gather(hands, borrowers, return_exceptions=True)
        books, _ = await collect(house)
    for name, value in msgspec.structs.asdict(measured).items():
        print(f"{name:28} {value:.2f}" if isinstance(value, float) else f"{name:28} {value}")
    breaches = broken(books)
    print(*breaches[:SHOWN], sep="\n", end="\n" if breaches else "")
    print("THE INVARIANT IS BROKEN" if breaches else f"THE INVARIANT HOLDS for {len(books.pages)} loans")
    return 1 if breaches else 0


def main(argv: Sequence[str]) -> int:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.outage", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long it is away")
    parser.add_argument("--requests-per-s", type=float, default=2.0)
    parser.add_argument("--store", type=Kind, choices=list(Kind), default=Kind.SQLITE)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    away_s = options.minutes * 60
    loans = int((BEFORE_S + away_s + 10) * options.requests_per_s)
    settings = RunSettings(
        seed=options.seed,
        loans=loans,
        kills=0,
        at_once=loans,
        instances=options.instances,
        acs_faults=0.0,
        partner_fault_every=0.0,
        begin_every_s=1 / options.requests_per_s,
        patience_s=away_s + CATCH_UP_S,
    )
    with tempfile.TemporaryDirectory() as directory, database(options.store, Path(directory)) as books:
        return asyncio.run(run(settings, Path(directory), books.url, away_s))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
