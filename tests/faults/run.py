"""One run: builds the house, lets it work under the weather, lets it settle, and reads the three books."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from gateway.demo.acs_settings import AcsSettings, Login
from gateway.demo.misbehaviour import TABLE, Misbehaviour
from gateway.demo.misbehaviour import Order as AcsOrder
from gateway.demo.processes import Unreachable, free_port
from gateway.demo.talk import AcsControl
from gateway.store.factory import open_store
from gateway.workflow.lending.table import FINALS
from gateway.workflow.records import LendingState
from tests.faults.books import Books, BorrowersBooks, read_acs_books, read_gateway_books
from tests.faults.borrowers import Assignment
from tests.faults.database import Database
from tests.faults.gauges import Gauges, Reading
from tests.faults.invariant import Breach, broken
from tests.faults.processes import Broken, GatewayLife, Program, told
from tests.faults.settings import ACS_USER, Ports, Secrets, settings_text
from tests.faults.technician import Desk, Ils, Technician
from tests.faults.weather import Sky, Weather
from tests.faults.wires import Fault, Wire
from tests.faults.world import World, draw_world, listed_items, state_of

SETTLE_S: Final = 120.0
"""How long the house may take to come to rest once nothing goes wrong any more."""
STILL_S: Final = 1.5
"""How long nothing may change for the house to count as at rest."""

HOPELESS_S: Final = 20.0
"""How long nothing may change before waiting for what is left is given up."""

SIP2_RATES: Final = {
    Fault.CUT_BEFORE_WRITE: 0.004,
    Fault.CUT_IN_REQUEST: 0.004,
    Fault.CUT_AFTER_WRITE: 0.010,
    Fault.CUT_IN_REPLY: 0.006,
    Fault.SILENCE: 0.001,
    Fault.DELAY: 0.006,
    Fault.SPLIT: 0.010,
    Fault.REORDER: 0.004,
    Fault.CORRUPT: 0.004,
}
HTTP_RATES: Final = {
    Fault.CUT_BEFORE_WRITE: 0.010,
    Fault.CUT_IN_REQUEST: 0.010,
    Fault.CUT_AFTER_WRITE: 0.020,
    Fault.CUT_IN_REPLY: 0.010,
    Fault.SILENCE: 0.002,
    Fault.DELAY: 0.010,
    Fault.SPLIT: 0.010,
    Fault.REORDER: 0.006,
}
"""How often what befalls a turn."""

ACS_RATE: Final = 0.0015
"""How often each misbehaviour of the circulation system befalls a request that it is about."""
_ON_DEMAND: Final = {Misbehaviour.CLOSED_IDLE, Misbehaviour.CONNECTION_LIMIT, Misbehaviour.SLOW}
"""Without a number of its own an order for these says nothing."""
_NEVER: Final = {Misbehaviour.NO_TERMINATOR, Misbehaviour.SHORT_BX}
"""Kept for below."""


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What to run."""

    seed: int
    loans: int = 300
    kills: int = 30
    partners: int = 4
    at_once: int = 40
    instances: int = 1
    minutes: float | None = None
    """Begin no loan after so long."""
    wire_faults: float = 1.0
    """Times the rates of the wires; 0 for none."""
    acs_faults: float = 1.0
    partner_fault_every: float = 12.0
    """Messages between two misbehaviours of a partner; 0 for none."""
    outage_every_s: float = 4.0
    gauges_every_s: float = 0.0
    """Between two readings of the gateway's memory and files; 0 for none."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run showed."""

    settings: RunSettings
    books: Books
    breaches: tuple[Breach, ...]
    weather: Weather
    wires: tuple[Wire, ...]
    technician: Technician
    partner_faults: Mapping[str, int]
    lasted_s: float
    settled_s: float
    exit_statuses: tuple[int, ...]
    readings: tuple[Reading, ...]


class House:
    """All processes and wires of one run."""

    def __init__(self, settings: RunSettings, directory: Path, store_url: str) -> None:
        self.settings = settings
        self.directory = directory
        self.store_url = store_url
        self.world: World = draw_world(settings.seed, loans=settings.loans, partners=settings.partners)
        self.secrets = Secrets(
            admin_token=f"technician.{secrets.token_urlsafe(24)}",
            acs_password=secrets.token_hex(8),
            partner_password=secrets.token_hex(8),
            partner_bearer=secrets.token_hex(8),
        )
        self.begun = self.ended = 0
        self.lives: list[GatewayLife] = []
        self.acs_port, self.acs_control_port = free_port(), free_port()
        self.acs_control = AcsControl(self.acs_control_port)
        self._partner_ports: dict[str, int] = {}
        self._ports: list[Ports] = []
        self._turn = 0
        self._began_at = 0.0
        self._borrowers_done = asyncio.Event()
        chance = random.Random(f"wires {settings.seed}")
        self.acs_wire = Wire("to the ACS", lambda: self.acs_port, self._kill_one, random.Random(chance.random()))
        self.gateway_wire = Wire("to the gateway", self._peer_port, self._kill_one, random.Random(chance.random()))
        self.partner_wires = {
            seat.id: Wire(
                f"to {seat.id}", lambda seat=seat: self._partner_ports.get(seat.id), self._kill_one,  # type: ignore[misc]
                random.Random(chance.random()),
            )
            for seat in self.world.seats
        }  # fmt: skip
        self._acs = Program("ACS", ("tests.faults.acs_process", str(directory / "acs.json")), directory / "acs.log")
        self._borrowers = Program(
            "borrowers", ("tests.faults.borrowers", str(directory / "borrowers.json")), directory / "borrowers.log"
        )

    @property
    def wires(self) -> tuple[Wire, ...]:
        """All wires."""
        return (self.acs_wire, self.gateway_wire, *self.partner_wires.values())

    def _kill_one(self) -> None:
        self.lives[0].kill()

    def serving(self) -> Ports | None:
        """The ports of an instance that serves, each in its turn."""
        self._turn += 1
        for step in range(len(self.lives)):
            number = (self._turn + step) % len(self.lives)
            if self.lives[number].ready.is_set():
                return self._ports[number]
        return None

    def _peer_port(self) -> int | None:
        ports = self.serving()
        return ports.peers if ports else None

    # ── building ─────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """Build everything, start it, and tear it down whatever happens."""
        async with AsyncExitStack() as stack:
            for wire in self.wires:
                await wire.open()
                stack.push_async_callback(wire.close)
            stack.push_async_callback(self._acs.destroy)
            stack.push_async_callback(self._borrowers.destroy)
            await asyncio.gather(self._fill_store(), self._start_acs(fresh=True), self._start_borrowers())
            for number in range(self.settings.instances):
                life = self._instance(f"gateway-{number + 1}")
                self.lives.append(life)
                stack.push_async_callback(life.destroy)
                await life.open()
                await life.start()
            yield

    def _instance(self, name: str) -> GatewayLife:
        ports = Ports(
            peers=free_port(),
            api=free_port(),
            operations=free_port(),
            acs_wire=self.acs_wire.port,
            partner_wires={name: wire.port for name, wire in self.partner_wires.items()},
        )
        self._ports.append(ports)
        text = settings_text(
            self.world, ports, self.secrets,
            store_url=self.store_url, instance=name, strict_checksums=self.settings.seed % 2 == 0,
        )  # fmt: skip
        file = self.directory / f"{name}.toml"
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        return GatewayLife(self.directory, file, name)

    async def _fill_store(self) -> None:
        store = open_store(self.store_url)
        await store.open()
        try:
            await store.migrate()
            await store.import_items(listed_items(self.world), replace=True)
        finally:
            await store.close()

    async def _start_acs(self, *, fresh: bool) -> None:
        state = self.directory / "acs-books.json"
        if fresh:
            state.write_bytes(msgspec.json.encode(state_of(self.world, datetime.now(UTC))))
        acs = AcsSettings(
            port=self.acs_port,
            control_port=self.acs_control_port,
            login=Login(ACS_USER, self.secrets.acs_password),
            state_file=str(state),
            keep_at_stop=True,
            misbehaviours=acs_orders(self.settings.acs_faults),
            seed=self.settings.seed if fresh else random.Random(time.monotonic()).getrandbits(32),
            timeout_tenths=10,
            retries=2,
        )
        (self.directory / "acs.json").write_bytes(msgspec.json.encode(acs))
        await self._acs.start()
        if await self._acs.line() != "ready":
            raise Broken(f"the ACS did not start: {self._acs.tail()}")

    async def restart_acs(self, away_s: float) -> None:
        """Stop the circulation system and start it again; it keeps its books and forgets its sessions."""
        code = await self._acs.stop()
        if code != 0:
            raise Broken(f"the ACS ended with {code}: {self._acs.tail()}")
        await asyncio.sleep(away_s)
        await self._start_acs(fresh=False)

    async def ask_acs(self, op: str, **arguments: Any) -> Any:
        """Something of the circulation system's control port."""
        return await asyncio.to_thread(self.acs_control.ask, op, **arguments)

    async def drop_acs(self) -> None:
        """Close all its sessions."""
        with contextlib.suppress(Unreachable):  # it is away, which is more
            await self.ask_acs("drop")

    async def _start_borrowers(self) -> None:
        given = self.settings
        assignment = Assignment(
            seed=given.seed, loans=given.loans, partners=given.partners, at_once=given.at_once,
            supplier_port=self.gateway_wire.port, password=self.secrets.partner_password,
            bearer=self.secrets.partner_bearer, fault_every=given.partner_fault_every,
            books=str(self.directory / "borrowers-books.json"),
            stop_after_s=None if given.minutes is None else given.minutes * 60,
        )  # fmt: skip
        (self.directory / "borrowers.json").write_bytes(msgspec.json.encode(assignment))
        await self._borrowers.start()
        self._partner_ports = told(await self._borrowers.line())["ports"]

    # ── work ─────────────────────────────────────────────────────────────────────────────────────

    def progress(self) -> float:
        """How much of the run is over, by loans or by time."""
        by_loans = self.ended / self.settings.loans
        if self.settings.minutes is None or not self._began_at:
            return by_loans
        return max(by_loans, (time.monotonic() - self._began_at) / (60 * self.settings.minutes))

    async def listen_to_borrowers(self) -> None:
        """Follow their progress until their scripts are over."""
        self._began_at = time.monotonic()
        self._borrowers.say("go")
        while True:
            said = told(await self._borrowers.line())
            if "done" in said:
                self._borrowers_done.set()
                return
            self.begun, self.ended = said["begun"], said["ended"]

    async def be_quiet(self) -> None:
        """Everybody behaves from now on."""
        for wire in self.wires:
            wire.rates = {}
        self._borrowers.say("quiet")
        await self.ask_acs("behave")

    def gauges(self, every_s: float) -> Gauges:
        """Gauges on the first instance."""
        store = self.directory / "gateway.sqlite"
        return Gauges(self.lives[0], self._ports[0], store, lambda: self.ended, every_s=every_s)

    def borrowers_books(self) -> BorrowersBooks:
        """The partners' books, once they are done."""
        return msgspec.json.decode((self.directory / "borrowers-books.json").read_bytes(), type=BorrowersBooks)


def acs_orders(times: float) -> tuple[AcsOrder, ...]:
    """Every misbehaviour of sip2.md, each now and then."""
    if not times:
        return ()
    rare = [
        AcsOrder(name=name, probability=min(1.0, ACS_RATE * times)) for name in TABLE if name not in _ON_DEMAND | _NEVER
    ]
    return (*rare, AcsOrder(name=Misbehaviour.SLOW, probability=ACS_RATE * times, delay_s=1.3))


async def run(settings: RunSettings, directory: Path, database: Database) -> Outcome:
    """Run once. Raises Broken where the harness itself could not go on."""
    house = House(settings, directory, database.url)
    began_at = time.monotonic()
    async with house.standing(), aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for wire in house.wires:
            rates = SIP2_RATES if wire is house.acs_wire else HTTP_RATES
            wire.rates = {fault: rate * settings.wire_faults for fault, rate in rates.items()}
        sky = Sky(
            lives=house.lives, acs_wire=house.acs_wire, gateway_wire=house.gateway_wire,
            partner_wires=list(house.partner_wires.values()), restart_acs=house.restart_acs,
            drop_acs=house.drop_acs, restart_database=database.restart, progress=house.progress,
        )  # fmt: skip
        weather = Weather(sky, seed=settings.seed, kills=settings.kills, outage_every_s=settings.outage_every_s)
        technician = Technician(
            house.world, Desk(session, house.secrets.admin_token, house.serving), Ils(house.acs_control)
        )
        desk = asyncio.create_task(technician.run())
        gauges = house.gauges(settings.gauges_every_s or 60.0)
        watch = asyncio.create_task(gauges.watch(session)) if settings.gauges_every_s else None
        try:
            await _work(house, weather, desk)
            worked_at = time.monotonic()
            await house.be_quiet()
            await _settle(house, technician, desk)
            settled_s = time.monotonic() - worked_at
        finally:
            helpers = [task for task in (desk, watch) if task is not None]
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        acs_books = read_acs_books(await house.ask_acs("books"))
        statuses = tuple([await life.stop() for life in house.lives])
    borrowers = house.borrowers_books()
    books = Books(
        world=house.world,
        gateway=await read_gateway_books(database.url),
        acs=acs_books,
        pages=borrowers.pages,
        logs=borrowers.logs,
    )
    return Outcome(
        settings=settings, books=books, breaches=broken(books), weather=weather, wires=house.wires,
        technician=technician, partner_faults=borrowers.fired, lasted_s=worked_at - began_at, settled_s=settled_s,
        exit_statuses=statuses, readings=tuple(gauges.readings),
    )  # fmt: skip


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


async def _settle(house: House, technician: Technician, desk: "asyncio.Task[None]") -> None:
    """Wait until nothing is left to do, or nothing changes any more; what remains is the comparison's to find."""
    until_s = time.monotonic() + SETTLE_S
    open_states = [state for state in LendingState if state not in FINALS]
    still_since, before = time.monotonic(), ""
    while time.monotonic() < until_s:
        if desk.done():
            desk.result()
        left = await technician.left(open_states)
        now = time.monotonic()
        if left != before:
            still_since, before = now, left
        if now - still_since > (STILL_S if left == "" else HOPELESS_S):
            return
        await asyncio.sleep(0.2)
