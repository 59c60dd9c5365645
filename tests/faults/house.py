"""The house of a run: all processes and the wires between them, how they are started, disturbed and stopped."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from gateway.demo.acs.misbehaviour import TABLE, Misbehaviour
from gateway.demo.acs.misbehaviour import Order as AcsOrder
from gateway.demo.acs.settings import AcsSettings, Login
from gateway.demo.stage.processes import Unreachable, free_port
from gateway.demo.stage.talk import AcsControl
from gateway.store.factory import open_store
from tests.faults.acs_process import AcsRun
from tests.faults.crowd import Crowd
from tests.faults.database import Database
from tests.faults.gauges import Gauges
from tests.faults.neighbours import Assignment
from tests.faults.processes import Broken, GatewayLife, Program, told
from tests.faults.settings import ACS_USER, Ports, Secrets, settings_text
from tests.faults.sides import SIDES, Role, Side
from tests.faults.strangers import cards
from tests.faults.technician import Desk, Ils, Technician
from tests.faults.weather import Sky
from tests.faults.wires import Fault, Wire

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
SHORTEST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
"""The longest wait before work is tried again; the second where long outages are to show how long things wait."""
LOST_CHECKINS: Final = 0.05
"""How often the reply to a check-in is lost where strangers use the circulation system."""
_WITH_NUMBERS: Final = {Misbehaviour.CLOSED_IDLE, Misbehaviour.CONNECTION_LIMIT, Misbehaviour.SLOW}
"""These say nothing without a number of their own."""


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What to run."""

    seed: int
    role: Role = Role.LENDING
    loans: int = 300
    kills: int = 30
    partners: int = 4
    at_once: int = 40
    instances: int = 1
    crowd: frozenset[Crowd] = frozenset()
    """Who else is in the room."""
    minutes: float | None = None
    """Begin no loan after so long."""
    wire_faults: float = 1.0
    """Times the rates of the wires; 0 for none."""
    acs_faults: float = 1.0
    partner_fault_every: float = 12.0
    """Messages between two misbehaviours of a partner; 0 for none."""
    outage_every_s: float = 2.0
    begin_every_s: float = 0.0
    """Between two requests; 0: as fast as earlier loans end."""
    patience_s: float = 240.0
    """How long a borrower waits for one answer, and a customer for the end: far beyond what any trouble of the run lasts."""
    slowness: float = 1.0
    """How many times longer work may wait after its lane's return (waits.py)."""
    gauges_every_s: float = 0.0
    """Between two readings of the gateway's memory and files; 0 for none."""


class House:
    """All processes and wires of one run."""

    def __init__(self, settings: RunSettings, directory: Path, store_url: str) -> None:
        self.settings = settings
        self.directory = directory
        self.store_url = store_url
        self.side: Side = SIDES[settings.role](
            settings.seed, loans=settings.loans, partners=settings.partners, crowd=settings.crowd
        )
        self.secrets = Secrets(
            admin_token=f"technician.{secrets.token_urlsafe(24)}",
            acs_password=secrets.token_hex(8),
            partner_password=secrets.token_hex(8),
            partner_bearer=secrets.token_hex(8),
        )
        self.begun = self.ended = 0
        self.lives: list[GatewayLife] = []
        self.desk: list[Technician] = []
        """Who works there."""
        self.acs_port, self.acs_control_port = free_port(), free_port()
        self.acs_control = AcsControl(self.acs_control_port)
        self._partner_ports: dict[str, int] = {}
        self._ports: list[Ports] = []
        self._turn = 0
        self._began_at = 0.0
        self._restart: asyncio.Task[None] | None = None
        chance = random.Random(f"wires {settings.seed}")
        self.acs_wire = Wire("to the ACS", lambda: self.acs_port, self._kill_one, random.Random(chance.random()))
        self.gateway_wire = Wire("to the gateway", self._peer_port, self._kill_one, random.Random(chance.random()))
        self.api_wire = Wire("to the API", self._api_port, self._kill_one, random.Random(chance.random()))
        self.partner_wires = {
            seat.id: Wire(
                f"to {seat.id}", lambda seat=seat: self._partner_ports.get(seat.id), self._kill_one,  # type: ignore[misc]
                random.Random(chance.random()),
            )
            for seat in self.side.seats
        }  # fmt: skip
        self._acs = Program("ACS", ("tests.faults.acs_process", str(directory / "acs.json")), directory / "acs.log")
        self._others = Program("others", (self.side.program, str(directory / "others.json")), directory / "others.log")

    @property
    def wires(self) -> tuple[Wire, ...]:
        """All wires."""
        return (self.acs_wire, self.gateway_wire, self.api_wire, *self.partner_wires.values())

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

    def _api_port(self) -> int | None:
        ports = self.serving()
        return ports.api if ports else None

    # ── building ─────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """Build everything, start it, and tear it down whatever happens."""
        async with AsyncExitStack() as stack:
            for wire in self.wires:
                await wire.open()
                stack.push_async_callback(wire.close)
            stack.push_async_callback(self._acs.destroy)
            stack.push_async_callback(self._others.destroy)
            await asyncio.gather(self._fill_store(), self._start_acs(fresh=True), self._start_others())
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
            self.side.seats, self.side.settings(), ports, self.secrets,
            store_url=self.store_url, instance=name, strict_checksums=self.settings.seed % 2 == 0,
            longest_wait_s=LONGEST_WAIT_S if Crowd.OUTAGES in self.settings.crowd else SHORTEST_WAIT_S,
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
            await self.side.fill(store)
        finally:
            await store.close()

    async def _start_acs(self, *, fresh: bool) -> None:
        state = self.directory / "acs-books.json"
        if fresh:
            books = self.side.acs_state(datetime.now(UTC))
            books.customers |= cards()
            state.write_bytes(msgspec.json.encode(books))
        acs = AcsSettings(
            port=self.acs_port,
            control_port=self.acs_control_port,
            login=Login(ACS_USER, self.secrets.acs_password),
            state_file=str(state),
            keep_at_stop=True,
            misbehaviours=acs_orders(self.settings.acs_faults, self.settings.seed, self.settings.crowd),
            seed=self.settings.seed if fresh else random.Random(time.monotonic()).getrandbits(32),
            timeout_tenths=10,
            retries=2,
        )
        given = AcsRun(acs=acs, strangers=self.side.strangers() if Crowd.STRANGERS in self.settings.crowd else None)
        (self.directory / "acs.json").write_bytes(msgspec.json.encode(given))
        await self._acs.start()
        if await self._acs.line() != "ready":
            raise Broken(f"the ACS did not start: {self._acs.tail()}")

    async def restart_acs(self, away_s: float) -> None:
        """Stop the circulation system and start it again; who stops waiting for it does not keep it away."""
        self._restart = asyncio.create_task(self._stop_and_start_acs(away_s))
        await asyncio.shield(self._restart)

    async def _stop_and_start_acs(self, away_s: float) -> None:
        """It keeps its books and forgets its sessions."""
        code = await self._acs.stop()
        if code != 0:
            raise Broken(f"the ACS ended with {code}: {self._acs.tail()}")
        await asyncio.sleep(away_s)
        await self._start_acs(fresh=False)
        self.acs_wire.forget()

    async def ask_acs(self, op: str, **arguments: Any) -> Any:
        """Something of the circulation system's control port."""
        return await asyncio.to_thread(self.acs_control.ask, op, **arguments)

    async def drop_acs(self) -> None:
        """Close all its sessions."""
        with contextlib.suppress(Unreachable):  # it is away, which is more
            await self.ask_acs("drop")

    async def _start_others(self) -> None:
        given = self.settings
        assignment = Assignment(
            seed=given.seed, loans=given.loans, partners=given.partners, at_once=given.at_once, crowd=given.crowd,
            supplier_port=self.gateway_wire.port, password=self.secrets.partner_password,
            bearer=self.secrets.partner_bearer, fault_every=given.partner_fault_every,
            api_port=self.api_wire.port, api_token=self.secrets.admin_token, books=str(self.others_books),
            patience_s=given.patience_s, begin_every_s=given.begin_every_s,
            stop_after_s=None if given.minutes is None else given.minutes * 60,
        )  # fmt: skip
        (self.directory / "others.json").write_bytes(msgspec.json.encode(assignment))
        await self._others.start()
        self._partner_ports = told(await self._others.line())["ports"]

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
        self._others.say("go")
        while True:
            said = told(await self._others.line())
            if "done" in said:
                return
            self.begun, self.ended = said["begun"], said["ended"]

    async def have_books_written(self) -> None:
        """Have the others write down what they know now."""
        self._others.say("books")
        while "written" not in told(await self._others.line()):
            pass  # progress that nobody reads any more

    async def be_quiet(self) -> None:
        """Everybody behaves from now on."""
        for wire in self.wires:
            wire.rates = {}
        self._others.say("quiet")
        if self._restart is not None:
            await self._restart
        await self.ask_acs("behave")
        self._acs.say("quiet")
        if await self._acs.line() != "gone":
            raise Broken(f"the strangers did not go: {self._acs.tail()}")

    def is_up(self, lane: str) -> bool:
        """Whether what waits in a lane could go: the way is open, both ends run.

        The circulation system is looked for every few seconds; a look that is befallen is made again as much later. A partner can be asked by a
        message alone: its lane is back with the first that gets through, and how soon one is tried is the lane's own clock.
        """
        if not all(life.ready.is_set() for life in self.lives):
            return False
        kind, _, name = lane.partition(":")
        if kind == "acs":
            return self.acs_wire.answers and (self._restart is None or self._restart.done())
        return kind != "peer" or name not in self.partner_wires or self.partner_wires[name].is_heard

    def disturb_wires(self) -> None:
        """From now on turns are befallen at the usual rates."""
        for wire in self.wires:
            rates = SIP2_RATES if wire is self.acs_wire else HTTP_RATES
            wire.rates = {fault: rate * self.settings.wire_faults for fault, rate in rates.items()}

    def sky(self, database: Database) -> Sky:
        """What the weather needs."""
        return Sky(
            lives=self.lives,
            acs_wire=self.acs_wire,
            gateway_wire=self.gateway_wire,
            partner_wires=list(self.partner_wires.values()),
            restart_acs=self.restart_acs,
            drop_acs=self.drop_acs,
            restart_database=database.restart,
            progress=self.progress,
        )

    def technician(self, session: aiohttp.ClientSession) -> Technician:
        """Somebody at the desk."""
        self.desk.append(self.side.technician(self.screen(session), Ils(self.acs_control)))
        return self.desk[-1]

    def screen(self, session: aiohttp.ClientSession) -> Desk:
        """The gateway's, as staff see it."""
        return Desk(session, self.secrets.admin_token, self.serving)

    def gauges(self, every_s: float) -> Gauges:
        """Gauges on the first instance."""
        return Gauges(self.lives[0], self._ports[0], self.store_url, lambda: self.ended, every_s=every_s)

    async def metrics(self, session: aiohttp.ClientSession) -> list[str]:
        """The page of metrics of each gateway."""
        urls = [f"http://127.0.0.1:{ports.operations}/metrics" for ports in self._ports]
        return [await (await session.get(url)).text() for url in urls]

    @property
    def others_books(self) -> Path:
        """Where the others' books stand, once they were written."""
        return self.directory / "others-books.json"


def acs_orders(times: float, seed: int, crowd: frozenset[Crowd] = frozenset()) -> tuple[AcsOrder, ...]:
    """Every misbehaviour of sip2.md, each now and then; by the seed also those of the whole session.

    Where strangers use it, more replies to check-ins are lost: what they do between act and look is what is to be seen.
    """
    if not times:
        return ()
    more = [AcsOrder(name=Misbehaviour.LOST_AFTER_ACT, codes=frozenset({"09"}), probability=LOST_CHECKINS * times)]
    rare = [AcsOrder(name=name, probability=min(1.0, ACS_RATE * times)) for name in TABLE if name not in _WITH_NUMBERS]
    session = []
    if seed % 2:
        session.append(AcsOrder(name=Misbehaviour.CLOSED_IDLE, delay_s=1.0))
    if seed % 3 == 0:
        session.append(AcsOrder(name=Misbehaviour.CONNECTION_LIMIT, limit=3))
    lost = more if Crowd.STRANGERS in crowd else []
    return (*lost, *rare, *session, AcsOrder(name=Misbehaviour.SLOW, probability=ACS_RATE * times, delay_s=1.3))
