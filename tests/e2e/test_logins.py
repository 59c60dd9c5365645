"""Two gateways on one PostgreSQL whose login is refused: two tries between them, whoever is killed, until staff resume."""

import asyncio
import random
from pathlib import Path

import aiohttp

from tests.faults.database import Kind, database
from tests.faults.house import House, RunSettings
from tests.faults.technician import Desk

RUN = RunSettings(
    seed=26, loans=1, kills=0, partners=1, instances=2,
    wire_faults=0.0, acs_faults=0.0, partner_fault_every=0.0, outage_every_s=0.0,
)  # fmt: skip
KILLS = 6
DEADLINE_S = 900.0
PAUSES_S = 6.0
"""Three times the pause after a refused login that gateways have in this house (tests/faults/gateway_process.py)."""


async def logins(house: House) -> int:
    """How many logins the circulation system has heard."""
    return int((await house.ask_acs("received")).get("93", 0))


async def test_two_gateways_make_no_third_refused_login_though_they_are_killed_and_resume_by_way_of_either(
    tmp_path: Path,
):
    chance = random.Random(RUN.seed)
    with database(Kind.POSTGRESQL, tmp_path) as store:
        house = House(RUN, tmp_path, store.url)
        async with asyncio.timeout(DEADLINE_S), house.standing(), aiohttp.ClientSession() as session:
            await house.ask_acs("misbehave", name="refused_login")
            await house.ask_acs("drop")
            before = await logins(house)
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.0, PAUSES_S / KILLS))
                life = chance.choice(house.lives)
                life.kill()
                await life.ended.wait()
                await life.start()
            desk = Desk(session, house.secrets.admin_token, house.serving)
            while not (await desk.get("/acs"))["stopped"]:
                await asyncio.sleep(0.1)
            assert await logins(house) - before <= 2
            assert [(await desk.get("/acs"))["stopped"] for _ in house.lives] == [True, True]
            assert [(await desk.click("/acs/check"))["ok"] for _ in house.lives] == [False, False]
            assert await logins(house) - before <= 2, "who asks is told so, and nothing is tried"
            await house.ask_acs("behave")
            await desk.click("/acs/resume")
            while not all([(await desk.click("/acs/check"))["ok"] for _ in house.lives]):
                await asyncio.sleep(0.1)
            assert [(await desk.get("/acs"))["refused_logins"] for _ in house.lives] == [0, 0]
