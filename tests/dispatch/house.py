"""A gateway's inner rooms for the tests of dispatch: a real SQLite store, a clock that stands still, a scripted outside."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from prometheus_client import CollectorRegistry
from pysip2.models import SIPRequest

from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.borrowing_rules import BorrowingRules
from gateway.dispatch.directory import Directory
from gateway.dispatch.intake import Intake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.naming import Naming
from gateway.dispatch.notices import NoticeIntake
from gateway.dispatch.performers.acts import Acts
from gateway.dispatch.performers.bill_items import BillItems
from gateway.dispatch.performers.bill_papers import BillPapers
from gateway.dispatch.performers.invoice_letters import InvoiceLetters
from gateway.dispatch.performers.letters import Letters, Post
from gateway.dispatch.performers.look_ups import LookUps
from gateway.dispatch.performers.office import OfficePerformers
from gateway.dispatch.performers.performing import Performers
from gateway.dispatch.performers.pool_barcodes import PoolBarcodes
from gateway.dispatch.performers.rota import RotaMaker
from gateway.dispatch.performers.timers import Timers
from gateway.dispatch.performers.vetting import Vetting
from gateway.dispatch.planning import Planner
from gateway.dispatch.printing import Printing
from gateway.dispatch.receiving import Receiver
from gateway.dispatch.storage_bound import StorageBound
from gateway.documents.job import PaperStyle, Stationery
from gateway.iso18626 import codes, values
from gateway.iso18626 import messages as iso
from gateway.iso18626.client import Endpoint
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.replies import Confirmed, Outcome
from gateway.iso18626.server import Received
from gateway.mapping.circulation import Terminal
from gateway.metrics import Metrics
from gateway.sip2.codec import Reply, message_code
from gateway.sip2.codec import decode as decode_sip2
from gateway.sip2.errors import NotSent, Reason
from gateway.sip2.pieces import BeforeWrite, MayWrite
from gateway.sip2.profiles import Profile
from gateway.store.port import EffectRow
from gateway.store.sqlite import SqliteStore
from gateway.workflow.calendar import Calendars
from gateway.workflow.effects import AnyEffect
from gateway.workflow.finding import Found
from gateway.workflow.partners import OurLibrary, Partner, Peer
from gateway.workflow.policy import DEFAULT_CLOCKS, AutoAnswer, Policy
from gateway.workflow.records import Copy, Request
from gateway.workflow.values import Wanted
from tests.fakes.clock import FakeTime
from tests.fakes.directory import put
from tests.store.fresh import fresh_store, lay_tables

OURS = "ISIL:XX-EXAMPLE"
THEIRS = "ISIL:XX-PARTNER"
PEER = "peer-one"
ACCOUNT = "20000000090015"
BARCODE = "30000000001010"
OWNER = "test"
DATE = "20261028    090000"

SipAnswer = Reply | Exception
SipScript = Callable[[SIPRequest], SipAnswer]


def sip2(text: str) -> Reply:
    """A reply as it would be read off the wire."""
    return decode_sip2(text.encode("cp850"), Profile())


ITEM_HERE = sip2(f"18030001{DATE}CF0|AB{BARCODE}|AJThe Imaginary Almanac|")
NO_HOLDS = sip2(f"64              000{DATE}000000000000000000000000AOEX|AA{ACCOUNT}|AEExample|")
HOLD_LISTED = sip2(f"64              000{DATE}000100000000000000000000AOEX|AA{ACCOUNT}|AEExample|AS{BARCODE}|")
HOLD_OK = sip2(f"161Y{DATE}AOEX|AA{ACCOUNT}|AB{BARCODE}|")


async def _at_once() -> None:
    """A connection is had without waiting."""


class ScriptedAcs:
    """Stands for the circulation system: answers by message code, records what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, SipAnswer | SipScript] = {"17": ITEM_HERE, "15": HOLD_OK, "63": HOLD_LISTED}
        self.asked: list[str] = []
        self.knows: dict[str, bool] = {}
        self.connected: Callable[[], Awaitable[None]] = _at_once
        """Awaited by an act that is marked started, until it has a connection."""

    def supports(self, code: str) -> bool | None:
        return self.knows.get(code)

    async def exchange(
        self,
        request: SIPRequest,
        *,
        before_write: BeforeWrite | None = None,
        may_write: MayWrite = lambda: True,
    ) -> Reply:
        code = message_code(request)
        answer = self.answers[code]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception) and getattr(answer, "reason", None) is not None:
            raise answer  # NotSent: nothing was written
        if before_write is not None:
            await before_write()
            await self.connected()
        if not may_write():
            raise NotSent(Reason.LATE, "it waited too long for a connection")
        self.asked.append(code)
        if isinstance(answer, Exception):
            raise answer
        return answer


class ScriptedPoster:
    """Stands for the partner: confirms OK unless told otherwise, keeps every document it was sent."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.sent: list[bytes] = []

    async def post(self, endpoint: Endpoint, data: bytes, *, kind: codes.MessageKind, timeout_s: float) -> Outcome:
        self.sent.append(data)
        if self.outcomes:
            return self.outcomes.pop(0)
        decoded = decode(data)
        receipt = confirmation_for(decoded, decoded.message.header.timestamp)  # type: ignore[union-attr, arg-type]
        return Confirmed(http_status=200, data=receipt, confirmation=decode(receipt).message)  # type: ignore[arg-type]

    @property
    def messages(self) -> list[iso.SupplyingAgencyMessage]:
        return [decode(data).message for data in self.sent]  # type: ignore[misc]


class ListFinder:
    """Finds the same copies whatever is wanted."""

    def __init__(self, *copies: Copy) -> None:
        self.copies = copies
        self.certain = True

    async def find(self, wanted: Wanted) -> Found:
        return Found(copies=self.copies, words="Found.", certain=self.certain)


class House:
    """Everything between the wire and the database, with the outside scripted."""

    def __init__(self, store: SqliteStore) -> None:
        self.time = FakeTime()
        self.store = store
        self.directory = Directory(self.store)
        self.planner = Planner(clocks=DEFAULT_CLOCKS, calendars=Calendars())
        self.acs = ScriptedAcs()
        self.poster = ScriptedPoster()
        self.finder = ListFinder(Copy(item_barcode=BARCODE, branch="EXC", title="The Imaginary Almanac"))
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry, version="test")
        self.storage = StorageBound(1024 * 1024 * 1024, now=self.time.now)
        self.terminal = Terminal(profile=Profile(), zone=ZoneInfo("UTC"), location="ILL", pickup="ILL")
        self.appraiser = Appraiser(
            store=self.store,
            directory=self.directory,
            time=self.time,
            acs=Acs(self.acs, self.terminal, self.time),
            finder=self.finder,
            calendars=Calendars(),
            branches={},
        )
        naming = Naming(self.store, self.appraiser.item_of)
        self.intake = Intake(self.store, self.directory, self.planner, naming)
        self.receiver = self.make_receiver()
        self.printing = Printing(PaperStyle(), Stationery(), self.time.now, self.terminal.zone)
        self.bills = BillIntake(self.store, BillPlanner())
        self.invoices = InvoiceIntake(self.store)
        self.notices = NoticeIntake(self.store)
        self.performers = self._make_performers()

    def _make_performers(self) -> Performers:
        acs, rules, store, time = Acs(self.acs, self.terminal, self.time), BorrowingRules(), self.store, self.time
        post = Post(
            poster=self.poster,
            endpoint_of=lambda peer: Endpoint(peer=peer.id, url=peer.url) if peer.url else None,
        )
        return Performers(
            acts=Acts(store=store, time=time, acs=acs, metrics=self.metrics, owner=OWNER),
            barcodes=PoolBarcodes(store=store, time=time, acs=acs, rules=rules),
            letters=Letters(
                store=store,
                directory=self.directory,
                time=time,
                post=post,
                library=OurLibrary(name="Example Valley Library"),
                owner=OWNER,
            ),
            look_ups=LookUps(appraiser=self.appraiser, directory=self.directory, time=time),
            vetting=Vetting(store=store, time=time, acs=acs, appraiser=self.appraiser, rules=rules),
            rota=RotaMaker(directory=self.directory, time=time, zone=self.terminal.zone),
            timers=Timers(store=store, directory=self.directory, time=time),
            office=OfficePerformers(
                bill_items=BillItems(acs=acs, time=time),
                bill_papers=BillPapers(printing=self.printing, time=time),
                invoice_letters=InvoiceLetters(printing=self.printing, time=time),
                time=time,
            ),
            time=time,
        )

    def make_receiver(
        self, *, ask_about_unknown: bool = True, heard_from: Callable[[str], None] = lambda _peer: None
    ) -> Receiver:
        return Receiver(
            store=self.store,
            intake=self.intake,
            directory=self.directory,
            now=self.time.now,
            our_agencies=(OURS,),
            ask_about_unknown=ask_about_unknown,
            storage=self.storage,
            heard_from=heard_from,
        )

    async def set_policy(self, **changes: Any) -> None:
        policy = msgspec.structs.replace(self.directory.policy, **changes)
        await self.store.save_policy(msgspec.json.encode(policy), at=self.time.now(), by="test")
        await self.directory.refresh()

    async def set_peer(self, **changes: Any) -> None:
        peer = self.directory.peer(PEER)
        assert peer is not None
        await put(self.store, msgspec.structs.replace(peer, **changes))
        await self.directory.refresh()

    async def set_partner(self, **changes: Any) -> None:
        partner = self.directory.partner("sample")
        assert partner is not None
        await put(self.store, msgspec.structs.replace(partner, **changes))
        await self.directory.refresh()

    async def receive(self, message: iso.Message, *, peer: str = PEER, version: str = "1.2") -> iso.Confirmation:
        """Let a message come in as the server would hand it on, and read the confirmation."""
        return decode(await self.receive_raw(message, peer=peer, version=version)).message  # type: ignore[return-value]

    async def receive_raw(self, message: iso.Message, *, peer: str = PEER, version: str = "1.2") -> bytes:
        data = encode(message, version)
        received = Received(peer=peer, decoded=decode(data), data=data, received_at=self.time.now())
        return (await self.receiver.receive(received)).confirmation

    async def new(self, number: str = "R1", **changes: Any) -> Request:
        """A request that has just come in."""
        confirmation = await self.receive(request(self.time.now(), number, **changes))
        assert confirmation.confirmation_header.message_status is codes.MessageStatus.OK, confirmation
        return await self.current(number)

    async def current(self, number: str = "R1") -> Request:
        found = await self.store.request_by_partner_id(THEIRS, number)
        assert found is not None
        return found

    async def claim(self, request: Request, kind: type[AnyEffect]) -> EffectRow:
        """The leased row of a kind of effect; the others of its lane go back."""
        now = self.time.now()
        for lane in await self.store.lanes():
            rows = await self.store.claim(lane, now=now, until=now + timedelta(seconds=60), owner=OWNER, limit=10)
            wanted = [row for row in rows if isinstance(row.effect, kind) and row.request == request.id]
            for row in rows:
                if row not in wanted:
                    await self.store.postpone(row.id, owner=OWNER, due_at=now, unstarted=True, attempt=False)
            if wanted:
                return wanted[0]
        raise AssertionError(f"nothing of the kind {kind.__name__} is due")

    async def rest(self) -> None:
        """Let all go on that is under way, reads in the thread included, until nothing more is written."""
        written = -1
        while written != self.store._writer.total_changes:
            written = self.store._writer.total_changes
            await self.store._fetch_slowly("SELECT 1")
            await self.store._group.submit(lambda _cursor: None)
            await self.time.settle()

    async def words(self, request: Request) -> str:
        return "\n".join(entry.words for entry in await self.store.history(request.id))


async def _begin(store: SqliteStore) -> None:
    """Write what every house holds at first."""
    peers = (
        Peer(id=PEER, url="http://peer.example/", agencies=(THEIRS,), first_message_wait_s=0.0),
        Peer(id="peer-two", url="http://two.example/", agencies=("*",)),
    )
    sample = Partner(
        id="sample", name="Sample Valley Library", peer=PEER, symbols=(THEIRS,), account=ACCOUNT,
        auto_answer=AutoAnswer.BOTH,
    )  # fmt: skip
    await store.seed(peers, (sample,))
    await store.save_policy(msgspec.json.encode(Policy()), at=FakeTime().now(), by="test")


@asynccontextmanager
async def open_house() -> AsyncIterator[House]:
    async with fresh_store(_begin) as store:
        yield await _moved_in(store)


@asynccontextmanager
async def new_house(path: Path) -> AsyncIterator[House]:
    """Open one in a file of its own, in which nothing was ever written for other tests."""
    await lay_tables(path, _begin)
    store = SqliteStore(path)
    await store.open()
    try:
        yield await _moved_in(store)
    finally:
        await store.close()


async def _moved_in(store: SqliteStore) -> House:
    house = House(store)
    await house.directory.refresh()
    return house


def header(at: datetime, number: str = "R1", **changes: Any) -> iso.Header:
    values_ = {
        "supplying_agency_id": values.AgencyId.of(OURS),
        "requesting_agency_id": values.AgencyId.of(THEIRS),
        "timestamp": at,
        "requesting_agency_request_id": number,
    }
    return iso.Header(**(values_ | changes))  # type: ignore[arg-type]


def request(at: datetime, number: str = "R1", **changes: Any) -> iso.Request:
    """A New, as a partner sends it."""
    fields = {
        "header": header(at, number),
        "bibliographic_info": iso.BibliographicInfo(
            title="The Imaginary Almanac", supplier_unique_record_id="ex000001"
        ),
    }
    return iso.Request(**(fields | changes))


def action(
    at: datetime, what: codes.Action, number: str = "R1", note: str | None = None, **changes: Any
) -> iso.RequestingAgencyMessage:
    return iso.RequestingAgencyMessage(header=header(at, number, **changes), action=what, note=note)
