"""Three gateways on one PostgreSQL, killed at random under load: nothing is lost, nothing doubled, and the circulation
system never sees more connections than were agreed.

One of them is killed for good halfway, so that the others must find out, take its work and its seats. Messages go to
whichever gateway serves, each in its turn. The three books are compared by the invariant of the fault harness.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from gateway.demo.records import ActKind
from gateway.workflow.lending.table import FINALS
from gateway.workflow.records import LendingState
from tests.faults.books import Books, read_acs_books, read_gateway_books
from tests.faults.database import Kind, database
from tests.faults.house import House, RunSettings
from tests.faults.invariant import broken
from tests.faults.processes import GatewayLife
from tests.faults.technician import Technician

SEATS = 4
"""`pool_size` of tests/faults/settings.py: for all gateways together."""
RUN = RunSettings(
    seed=26, loans=80, kills=0, partners=1, at_once=30, instances=3,
    wire_faults=0.0, acs_faults=0.0, partner_fault_every=0.0, outage_every_s=0.0,
)  # fmt: skip
BOUND_S = 120.0
OPEN = [state for state in LendingState if state not in FINALS]


class Killer:
    """Kills a gateway now and then, and starts it again a little later; the last one not, from halfway on."""

    def __init__(self, house: House) -> None:
        self.kills: Counter[str] = Counter()
        self._house = house
        self._chance = random.Random(f"kills {RUN.seed}")
        self._restarts: set[asyncio.Task[None]] = set()
        self._enough = False

    async def kill_at_random(self) -> None:
        """Until `finish`."""
        *others, doomed = self._house.lives
        while self._house.progress() < 0.5:
            await self._kill_one([*others, doomed])
        await asyncio.gather(*self._restarts)
        await self._end(doomed)
        while not self._enough:
            await self._kill_one(others)
        await asyncio.gather(*self._restarts)

    def finish(self) -> None:
        """Kill no more."""
        self._enough = True

    async def _kill_one(self, lives: list[GatewayLife]) -> None:
        await asyncio.sleep(self._chance.uniform(0.1, 0.8))
        life = self._chance.choice(lives)
        if life.ready.is_set():
            await self._end(life)
            restart = asyncio.create_task(self._start(life, self._chance.uniform(0.0, 1.0)))
            self._restarts.add(restart)
            restart.add_done_callback(self._restarts.discard)

    async def _end(self, life: GatewayLife) -> None:
        life.kill()
        await life.ended.wait()
        self.kills[life.instance] += 1

    async def _start(self, life: GatewayLife, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await life.start()


@asynccontextmanager
async def at_the_desk(house: House) -> AsyncIterator[Technician]:
    """Somebody works at the desk."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        technician = house.technician(session)
        work = asyncio.create_task(technician.run())
        try:
            yield technician
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def at_rest(technician: Technician) -> None:
    """Wait until nothing is left to do, twice in a row."""
    quiet = 0
    while quiet < 2:
        quiet = 0 if await technician.left(OPEN) else quiet + 1
        await asyncio.sleep(0.2)


async def test_nothing_is_lost_or_doubled_while_gateways_are_killed(tmp_path: Path):
    with database(Kind.POSTGRESQL, tmp_path) as store:
        house = House(RUN, tmp_path, store.url)
        began_at = time.monotonic()
        async with asyncio.timeout(BOUND_S + 20), house.standing():
            await house.ask_acs("misbehave", name="connection_limit", limit=SEATS)
            killer = Killer(house)
            killing = asyncio.create_task(killer.kill_at_random())
            async with at_the_desk(house) as technician:
                await house.listen_to_borrowers()
                killer.finish()
                await killing
                await house.be_quiet()
                await at_rest(technician)
            worked_s = time.monotonic() - began_at
            connections = await house.ask_acs("connections")
            acs = read_acs_books(await house.ask_acs("books"))
            for life in house.lives[:-1]:
                assert await life.stop() == 0
        borrowers = house.borrowers_books()
        gateway = await read_gateway_books(store.url)
    books = Books(world=house.world, gateway=gateway, acs=acs, pages=borrowers.pages, logs=borrowers.logs)
    assert broken(books) == ()
    assert len(books.pages) == RUN.loans
    assert connections["most"] <= SEATS
    assert len(killer.kills) == RUN.instances, "each was killed"
    assert sum(killer.kills.values()) >= 8, "too few kills to have shown anything"
    assert worked_s < BOUND_S
    for item in {act.item for act in acs.acts}:
        kinds = [act.kind for act in sorted(acs.acts, key=lambda act: act.sequence) if act.item == item]
        assert kinds[0] is ActKind.HOLD_PLACED, "the hold comes before whatever follows from it"
