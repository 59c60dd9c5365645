"""Three gateways on one PostgreSQL, killed at random under load: nothing is lost, nothing doubled, and the circulation
system never sees more connections than were agreed.

One of them is killed for good halfway, so that the others must find out, take its work and its seats. Messages go to
whichever gateway serves, each in its turn. The three books are compared by the invariant of the fault harness.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from gateway.demo.acs.records import ActKind
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.records import State
from tests.faults.books import read_acs_books, read_gateway_books
from tests.faults.database import Kind, database
from tests.faults.house import House, RunSettings
from tests.faults.processes import GatewayLife
from tests.faults.technician import Technician

SEATS = 4
"""`pool_size` of tests/faults/settings.py: for all gateways together."""
RUN = RunSettings(
    seed=26, loans=80, kills=0, partners=1, at_once=30, instances=3,
    wire_faults=0.0, acs_faults=0.0, partner_fault_every=0.0, outage_every_s=0.0,
)  # fmt: skip
KILLS = 12
DEADLINE_S = 1800.0
"""For a run that takes some twenty seconds on a machine with nothing else to do."""
OPEN = [state for state in State if state not in FINALS]


class Killer:
    """Kills a gateway so many times, spread over the run, and starts it again a little later; the last one not, from halfway on."""

    def __init__(self, house: House) -> None:
        self.kills: Counter[str] = Counter()
        self._house = house
        self._chance = random.Random(f"kills {RUN.seed}")

    async def kill_all(self) -> None:
        """By what the borrowers have got done, not by seconds: however slow the machine is, there is work between kills.

        A gateway that does not start again ends the run at once.
        """
        *others, doomed = lives = self._house.lives
        async with asyncio.TaskGroup() as restarts:
            for number in range(KILLS // 2):
                await self._reach(number / KILLS)
                await self._end(life := self._chance.choice(lives))
                restarts.create_task(self._start_later(life))
            await self._reach(0.5)
            await self._end(doomed)
            for number in range(KILLS // 2 + 1, KILLS):
                await self._reach(number / KILLS)
                await self._end(life := self._chance.choice(others))
                restarts.create_task(self._start_later(life))

    async def _reach(self, share: float) -> None:
        """Wait for this share of the loans, and a moment longer."""
        while self._house.progress() < share:
            await asyncio.sleep(0.01)
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))

    async def _end(self, life: GatewayLife) -> None:
        await life.ready.wait()
        life.kill()
        await life.ended.wait()
        self.kills[life.instance] += 1

    async def _start_later(self, life: GatewayLife) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, 1.0))
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
        async with asyncio.timeout(DEADLINE_S), house.standing():
            await house.ask_acs("misbehave", name="connection_limit", limit=SEATS)
            killer = Killer(house)
            killing = asyncio.create_task(killer.kill_all())
            async with at_the_desk(house) as technician:
                await house.listen_to_borrowers()
                await killing
                await house.be_quiet()
                await at_rest(technician)
            connections = await house.ask_acs("connections")
            acs = read_acs_books(await house.ask_acs("books"))
            for life in house.lives[:-1]:
                assert await life.stop() == 0
            await house.have_books_written()
        gateway = await read_gateway_books(store.url)
    _, compared = house.side.compare(gateway, acs, house.others_books)
    assert compared.breaches == ()
    assert compared.begun == RUN.loans
    assert connections["most"] <= SEATS
    assert len(killer.kills) == RUN.instances, "each was killed"
    assert sum(killer.kills.values()) == KILLS
    for item in {act.item for act in acs.acts}:
        kinds = [act.kind for act in sorted(acs.acts, key=lambda act: act.sequence) if act.item == item]
        assert kinds[0] is ActKind.HOLD_PLACED, "the hold comes before whatever follows from it"
