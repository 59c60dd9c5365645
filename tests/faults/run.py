"""One run: lets the house work under the weather, lets it settle, and compares the three books."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from gateway.workflow.records import State
from tests.faults import log_book
from tests.faults.books import read_acs_books, read_gateway_books, write_stories
from tests.faults.breaches import Breach, Rule
from tests.faults.crowd import Crowd
from tests.faults.database import Database
from tests.faults.gauges import Reading
from tests.faults.house import House, RunSettings
from tests.faults.lender import LEFT_S
from tests.faults.processes import Broken, GatewayLife
from tests.faults.reckoning import reckon
from tests.faults.sides import Compared
from tests.faults.technician import Ils, Technician, work_together
from tests.faults.waits import Rows, Waits
from tests.faults.waits import watch as watch_waits
from tests.faults.weather import Weather
from tests.faults.wires import Wire

SETTLE_S: Final = 120.0
"""How long the house may take to come to rest once nothing goes wrong any more."""
STILL_S: Final = LEFT_S + 1.5
"""How long nothing may change for the house to count as at rest: a lender that was left may have something to say yet."""

HOPELESS_S: Final = 20.0
"""How long nothing may change before waiting for what is left is given up."""

MISREADS: Final = 0.04
"""How often the wrong barcode is scanned where there are two pairs of hands."""
NEVER_S: Final = 1e9


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run showed."""

    settings: RunSettings
    compared: Compared
    finals: frozenset[State]
    weather: Weather
    wires: tuple[Wire, ...]
    technician: Technician
    waits: Waits
    lasted_s: float
    settled_s: float
    exit_statuses: tuple[int, ...]
    readings: tuple[Reading, ...]


async def run(settings: RunSettings, directory: Path, database: Database) -> Outcome:
    """Run once. Raises Broken where the harness itself could not go on."""
    house = House(settings, directory, database.url)
    began_at = time.monotonic()
    async with house.standing(), aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        house.disturb_wires()
        sky = house.sky(database)
        weather = Weather(
            sky, seed=settings.seed, kills=settings.kills, outage_every_s=settings.outage_every_s,
            has_long_ones=Crowd.OUTAGES in settings.crowd,
        )  # fmt: skip
        technician = house.technician(session)
        desk = asyncio.create_task(work_together(_hands(technician, settings)))
        gauges = house.gauges(settings.gauges_every_s or NEVER_S)
        watch, waits = asyncio.create_task(gauges.watch(session)), Waits(settings.slowness)
        waiting = asyncio.create_task(watch_waits(waits, Rows(house.store_url), house.is_up))
        try:
            await _work(house, weather, desk)
            worked_at = time.monotonic()
            await house.be_quiet()
            await settle(technician, desk, settings.slowness)
            settled_s = time.monotonic() - worked_at
        finally:
            for task in (desk, watch, waiting):
                task.cancel()
            await asyncio.gather(desk, watch, waiting, return_exceptions=True)
        missed = await reckon(house.screen(session), Ils(house.acs_control), house.side.strays())
        compared, statuses = await compare(house)
        more = compared.named((*waits.breaches, *missed, *said_against(house, statuses)))
        compared = msgspec.structs.replace(compared, breaches=(*compared.breaches, *more))
        if compared.breaches:
            await write_stories(house.store_url, directory / "stories.jsonl")
    return Outcome(
        settings=settings, compared=compared, finals=house.side.finals, weather=weather, wires=house.wires,
        technician=technician, waits=waits, lasted_s=worked_at - began_at,
        settled_s=settled_s, exit_statuses=statuses, readings=tuple(gauges.readings),
    )  # fmt: skip


def _hands(technician: Technician, settings: RunSettings) -> tuple[Technician, ...]:
    if Crowd.HANDS not in settings.crowd:
        return (technician,)
    technician.misreads = MISREADS
    return technician, technician.colleague()


async def collect(house: House) -> tuple[Any, tuple[int, ...]]:
    """Stop the gateways and read all three books; give them, as the side has them, with the wait statuses of the gateways."""
    books, _, statuses = await _collect(house)
    return books, statuses


async def compare(house: House) -> tuple[Compared, tuple[int, ...]]:
    """Likewise, with what a comparison of the books showed."""
    _, compared, statuses = await _collect(house)
    return compared, statuses


async def _collect(house: House) -> tuple[Any, Compared, tuple[int, ...]]:
    statuses = tuple([await life.stop() for life in house.lives])  # first: what it does must be in all three books
    await house.have_books_written()
    acs_books = read_acs_books(await house.ask_acs("books"))
    gateway = await read_gateway_books(house.store_url)
    scans = {
        item: [scan for technician in house.desk for scan in technician.scans.get(item, ())]
        for item in {item for technician in house.desk for item in technician.scans}
    }
    return *house.side.compare(gateway, acs_books, house.others_books, scans), statuses


def said_against(house: House, statuses: Iterable[int]) -> Iterator[Breach]:
    """What logs and ends of the gateways tell."""
    for life, status in zip(house.lives, statuses, strict=True):
        yield from log_book.breaches_of(life.said(), house.side.cards)
        if status != 0:
            yield Breach(rule=Rule.LOGGED, request="", words=f"{life.instance} ended with wait status {status}")


async def _work(house: House, weather: Weather, desk: "asyncio.Task[None]") -> None:
    """Until the borrowers are done and the gateway was killed often enough."""
    tasks = {
        asyncio.create_task(house.listen_to_borrowers()),
        asyncio.create_task(weather.kill_all()),
    }
    outages = asyncio.create_task(weather.bring_outages())
    crashes = [asyncio.create_task(_see_crash(life)) for life in house.lives]
    watched = {*tasks, outages, desk, *crashes}
    try:
        while not all(task.done() for task in tasks):
            done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # what broke breaks the run
            watched -= done
    finally:
        for task in (outages, *tasks, *crashes):
            task.cancel()
        await asyncio.gather(outages, *tasks, *crashes, return_exceptions=True)
        await weather.clear()


async def _see_crash(life: GatewayLife) -> None:
    await life.crashed.wait()
    raise Broken(f"{life.instance} ended by itself, with wait status {life.status}: {life.tail()}")


async def settle(technician: Technician, desk: "asyncio.Task[None]", slowness: float = 1.0) -> None:
    """Wait until nothing is left to do, or nothing changes any more; what remains is the comparison's to find."""
    until_s = time.monotonic() + slowness * SETTLE_S
    open_states = [state for state in State if state not in technician.finals]
    still_since, before = time.monotonic(), ""
    while time.monotonic() < until_s:
        if desk.done():
            desk.result()
        left = await technician.left(open_states)
        now = time.monotonic()
        if left != before:
            still_since, before = now, left
        if now - still_since > (STILL_S if left == "" else slowness * HOPELESS_S):
            return
        await asyncio.sleep(0.2)
