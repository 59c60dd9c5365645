"""The primary of two PostgreSQL servers dies under load, and its synchronous standby is promoted: nothing is lost, nothing doubled, and both
gateways serve again within half a minute. The three books are compared by the invariant of the fault harness.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.test_instances import at_rest, at_the_desk
from tests.faults.books import read_acs_books, read_gateway_books
from tests.faults.house import House, RunSettings
from tests.store.pair import Pair, pair

pytestmark = pytest.mark.process

RUN = RunSettings(
    seed=17, loans=80, kills=0, partners=1, at_once=30, instances=2,
    wire_faults=0.0, acs_faults=0.0, partner_fault_every=0.0, outage_every_s=0.0,
)  # fmt: skip
SERVING_AGAIN_S = 180.0
"""Some seconds on a machine with nothing else to do; a gateway that had to be started anew would take for ever."""
DEADLINE_S = 1800.0
"""For a run that takes half a minute on a machine with nothing else to do."""


async def are_ready(house: House) -> None:
    """Wait until each gateway says that it can work."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for ports in house._ports:
            while not await is_ready(session, f"http://127.0.0.1:{ports.operations}/readyz"):
                await asyncio.sleep(0.1)


async def is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == HTTPStatus.OK
    except (aiohttp.ClientError, TimeoutError):
        return False


async def fail_over(house: House, servers: Pair, befall: Callable[[Pair], None]) -> float:
    """In the midst of the work; how long after the promotion both gateways could work again."""
    while house.progress() < 0.3:
        await asyncio.sleep(0.01)
    befall(servers)
    await asyncio.to_thread(servers.promote)
    promoted_at = time.monotonic()
    await are_ready(house)
    return time.monotonic() - promoted_at


@pytest.mark.parametrize("befall", [Pair.kill_primary, Pair.silence_primary], ids=["killed", "silent"])
async def test_nothing_is_lost_or_doubled_when_the_standby_takes_over(tmp_path: Path, befall: Callable[[Pair], None]):
    with pair() as servers:
        house = House(RUN, tmp_path, servers.url)
        async with asyncio.timeout(DEADLINE_S), house.standing():
            failing = asyncio.create_task(fail_over(house, servers, befall))
            async with at_the_desk(house) as technician:
                await house.listen_to_borrowers()
                took_s = await failing
                await house.be_quiet()
                await at_rest(technician)
            acs = read_acs_books(await house.ask_acs("books"))
            for life in house.lives:
                assert await life.stop() == 0
            await house.have_books_written()
        gateway = await read_gateway_books(servers.url)
    _, compared = house.side.compare(gateway, acs, house.others_books)
    assert compared.breaches == ()
    assert compared.begun == RUN.loans
    assert took_s < SERVING_AGAIN_S
