"""The gateway's own rooms in this process on a moved clock: intake, tables, policy, performers, outbox and desk, over a store of their own.

The circulation system is the demonstration's library, asked without a socket; partners hear by `Post`. Nothing sleeps: `rest`
returns once no work is under way and none is due.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from pysip2.models import SIPRequest
from pysip2.server import _ConnectionState

from bench.month import shelves, truth
from bench.month.inline import Inline
from bench.month.moved import MovedTime
from bench.month.truth import Truth
from gateway import logs
from gateway.app import building, doors
from gateway.app.ground import lay
from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.config import Settings, load
from gateway.config.overrides import PREFIX
from gateway.demo.acs.circulation import Circulation
from gateway.demo.acs.frames import fill_blank_dates, read_request, unwrap_fields
from gateway.demo.acs.misbehaviour import Answerer
from gateway.demo.acs.records import Habits, State
from gateway.demo.acs.server import build_server
from gateway.demo.acs.settings import AcsSettings
from gateway.desk.access import Caller
from gateway.dispatch.acs import Acs
from gateway.iso18626 import messages as iso
from gateway.iso18626.client import Endpoint
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import MessageKind, MessageStatus, ServiceType
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.replies import Confirmed
from gateway.iso18626.server import Received
from gateway.sip2 import codec as sip2
from gateway.sip2.errors import NotSent, Reason
from gateway.sip2.pieces import BeforeWrite, MayWrite, Pieces
from gateway.store.port import Change
from gateway.workflow.partners import Partner, Terms
from gateway.workflow.staff import StaffRole

OURS = "ISIL:XX-EXAMPLE"
_TURNS = 10
_IDLE_TURNS = 20
_LONG_AGO = truth.START - timedelta(days=366)
STAFF = Caller(name="technician", role=StaffRole.MANAGER)

_SETTINGS = """
[library]
name = "Example Valley Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[store]
url = "sqlite:///{folder}/gateway.sqlite"
[acs]
host = "127.0.0.1"
location = "ILL"
pickup = "ILL"
reconcile_at = ""
[lending]
auto_answer = "both"
[borrowing]
pickup_branches = {branches}
rest_days = 0
[clocks]
watch_s = 14400
watch_loan_s = 43200
[[policy.lines]]
name = "Reference"
item_types = ["reference"]
lend = false
reason = "NonCirculating"
"""
_BRANCH = """
[branches.{code}]
name = "{name}"
closed_weekdays = {weekdays}
closed_dates = {dates}
"""
_PEER = """
[[peers]]
id = "{id}"
url = "http://{id}.example/iso18626"
agencies = ["ISIL:XX-{symbol}"]
first_message_wait_s = 0.0
[peers.inbound]
networks = ["127.0.0.0/8"]
[[partners]]
id = "{id}"
name = "{name} Library"
peer = "{id}"
symbols = ["ISIL:XX-{symbol}"]
{account}
"""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def account_of(partner: str) -> str:
    """The account of a partner in the circulation system."""
    return f"200000001{partner[1:]:>05}"


def _settings(world: Truth, folder: Path) -> str:
    text = _SETTINGS.format(folder=folder, branches=sorted(world.branches))
    for code, branch in world.branches.items():
        days = [WEEKDAYS[day] for day in branch.closed_weekdays]
        text += _BRANCH.format(
            code=code, name=code.title(), weekdays=days, dates=[str(day) for day in branch.closed_dates]
        )
    text += '[branches.ILL]\nname = "ILL desk"\n'
    for partner in (*truth.PARTNERS, *truth.LENDERS):
        account = f'account = "{account_of(partner)}"' if partner in truth.PARTNERS else ""
        text += _PEER.format(id=partner, name=partner.upper(), symbol=partner.upper(), account=account)
    return text.replace("'", '"')


def as_environment(changed: Mapping[str, str]) -> dict[str, str]:
    """Settings by their keys, such as `policy.other_number`, as the environment that overrides them."""
    return {f"{PREFIX}{key.upper().replace('.', '__')}": value for key, value in changed.items()}


def settings_of(world: Truth, folder: Path, changed: Mapping[str, str]) -> Settings:
    """The settings of the play, some of them changed."""
    path = folder / "month.toml"
    path.write_text(_settings(world, folder))
    return load(path, as_environment(changed))


class ShortLine:
    """The way to the circulation system: no socket between."""

    def __init__(self, circulation: Circulation, profile: Any) -> None:
        self._server = build_server(Answerer.LIBRARY, circulation)
        self._state = _ConnectionState(self._server, None)
        self._profile = profile
        self.calls = 0

    def supports(self, code: str) -> bool | None:  # noqa: ARG002 - the port's
        """It did not say."""
        return None

    async def exchange(
        self, request: SIPRequest, *, before_write: BeforeWrite | None = None, may_write: MayWrite = lambda: True
    ) -> sip2.Reply:
        """One request, one reply."""
        if before_write is not None:
            await before_write()
        if not may_write():
            raise NotSent(Reason.LATE, "it waited too long for a connection")
        self.calls += 1
        body = fill_blank_dates(read_request(sip2.encode(request, self._profile, 0).rstrip(b"\r")).body)
        kept = _Kept()
        await self._server._process_frame(cast(Any, kept), self._state, body + b"\r")  # noqa: SLF001 - without its socket
        return sip2.decode(unwrap_fields(kept.sent.removesuffix(b"\r")), self._profile)


class _Kept:
    """A stream that keeps what is sent."""

    sent = b""

    async def send(self, data: bytes) -> None:
        """Keep it."""
        self.sent = data


Heard = Callable[[str, iso.Message], None]
"""Told of each message of ours: which peer's it is, and what it says."""


class Post:
    """The way to the partners' systems: each confirms at once."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    async def post(self, endpoint: Endpoint, data: bytes, *, kind: MessageKind, timeout_s: float) -> Confirmed:  # noqa: ARG002
        """Take one message."""
        decoded = decode(data)
        timestamp = decoded.message.header.timestamp  # type: ignore[union-attr]
        receipt = confirmation_for(decoded, timestamp)  # type: ignore[arg-type]
        self._heard(endpoint.peer, decoded.message)
        return Confirmed(http_status=200, data=receipt, confirmation=decode(receipt).message)  # type: ignore[arg-type]


class House:
    """What the month is played with."""

    def __init__(
        self, world: Truth, folder: Path, heard: Heard, changed: Mapping[str, str], catalogue: shelves.Catalogue
    ) -> None:
        self.time = MovedTime(truth.START)
        self.ground = lay(settings_of(world, folder, changed), self.time)
        self.store = self.ground.store
        self.circulation = Circulation(AcsSettings(habits=Habits()), self.time.now)
        self.books: State = shelves.books(
            world.editions,
            world.seed,
            self.time.now(),
            catalogue.item_types,
            pools={"ILL": world.pool, "ILL short": world.short},
        )
        for partner in truth.PARTNERS:
            self.books.customers[account_of(partner)] = shelves.account(account_of(partner), partner)
        for order in world.orders:
            self.books.customers[order.customer] = shelves.customer(order.customer)
        self.circulation.library.state = self.books
        self.line = ShortLine(self.circulation, self.ground.terminal.profile)
        acs = Acs(Pieces(self.line), self.ground.terminal, self.time)

        async def search(query: str) -> Any:
            return catalogue.search(query, self.time.now())

        finder = CatalogueFinder(search, shelves.SETTINGS, now=self.time.now, zone=self.ground.zone)
        poster = cast(Any, Post(heard))
        appraiser = building.make_appraiser(self.ground, acs, finder)
        self.intake = building.make_intake(self.ground, appraiser)
        parts: dict[str, Any] = {
            "ground": self.ground, "acs": acs, "poster": poster, "appraiser": appraiser, "finder": finder, "intake": self.intake,
            "circulation": _Nobody(), "recoverer": _Nobody(), "seats": SimpleNamespace(gateways=1),
            "directory_changed": self._changed, "on_sign_in": lambda _tried: None, "on_search": lambda *_said: None,
        }  # fmt: skip
        parts["performers"] = _made(building.make_performers, parts)
        self.outbox = parts["outbox"] = _made(building.make_outbox, parts)
        self.receiver = _made(building.make_receiver, parts)
        if hasattr(doors, "Parts"):  # a tree of another day has none
            parts["parts"] = _made(doors.Parts, parts)
        self.desk = _made(doors.desk_parts, parts)
        self.asking = getattr(self.desk, "orders", self.desk).asking

    async def _changed(self) -> None:
        await self.ground.directory.refresh()

    async def open(self, world: Truth) -> None:
        """Lay the tables and fill them."""
        await self.store.open()
        self.store._commits = self.store._slow_reads = Inline()  # type: ignore[attr-defined]  # noqa: SLF001 - see there
        await self.store.migrate()
        settings = self.ground.settings
        await self.store.seed(settings.peer_seeds(), tuple(map(_as_it_lends, settings.partner_seeds())))
        await self.store.save_policy(msgspec.json.encode(settings.lending_policy()), at=self.time.now(), by="bench")
        await self._changed()
        self.ground.security.learn(self.ground.directory.peers)
        for name, barcodes in (("pool", world.pool), ("short", world.short)):
            await self.store.borrowing.add_barcodes(name, barcodes, at=self.time.now())
        await self.outbox.start()

    async def close(self) -> None:
        """Stop."""
        await self.outbox.stop(drain_s=1.0)
        await self.store.close()

    def watch(self, note: Callable[[Change], None]) -> None:
        """Have every change told as it is written."""
        commit: Callable[[Change], Awaitable[None]] = self.store.commit

        async def watched(change: Change) -> None:
            await commit(change)
            note(change)

        self.store.commit = watched  # type: ignore[method-assign]

    async def receive(self, peer: str, message: iso.Message) -> None:
        """Let a peer's message come in; it must be confirmed OK."""
        data = encode(message)
        received = Received(peer=peer, decoded=decode(data), data=data, received_at=self.time.now())
        answer = await self.receiver.receive(received)
        confirmation = decode(answer.confirmation).message
        assert confirmation.confirmation_header.message_status is MessageStatus.OK, answer.confirmation  # type: ignore[union-attr]

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the next work is due, of what is due after a moment; None: after now."""
        after = after or self.time.now()
        found = [await self.store.next_due(lane, now=after) for lane in await self.store.lanes()]
        return min((each for each in found if each is not None), default=None)

    async def rest(self) -> None:
        """Let everything that is due be done, and what follows from it; what waits for another request's work at its item waits on."""
        idle = 0
        while idle < _IDLE_TURNS:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            if any(state.running for state in self.outbox._lanes.values()):  # noqa: SLF001 - who rests is nobody else's concern
                idle = 0
                continue
            due_at = await self.next_due(_LONG_AGO)
            if due_at is None or due_at > self.time.now():
                return
            idle += 1
            self.outbox.wake(await self.store.lanes())


def _as_it_lends(partner: Partner) -> Partner:
    """Those that ask us lend us nothing but copies: orders are for loans, and go to the lenders."""
    if partner.id not in truth.PARTNERS:
        return partner
    return msgspec.structs.replace(partner, borrowing=Terms(services=(ServiceType.COPY,)))


def _made(make: Callable[..., Any], parts: dict[str, Any]) -> Any:
    """Make a part of those before it: trees of other days want a few more or less of them, made as they are missed, or nobody's."""
    for name in signature(make).parameters:
        if name not in parts:
            maker = getattr(building, f"make_{name}", None)
            parts[name] = _made(maker, parts) if maker else _Nobody()
    return make(**{name: parts[name] for name in signature(make).parameters})


class _Nobody:
    """A part of the gateway that nobody asks for anything in this play."""

    def __getattr__(self, name: str) -> Any:
        return name


@asynccontextmanager
async def opened(
    world: Truth, folder: Path, heard: Heard, changed: Mapping[str, str], catalogue: shelves.Catalogue
) -> AsyncIterator[House]:
    """A house that is open."""
    logs.configure("error", logs.LogFormat.JSON)
    house = House(world, folder, heard, changed, catalogue)
    await house.open(world)
    try:
        yield house
    finally:
        await house.close()
