"""A live API for tests: real HTTP on loopback, a real SQLite store, and an intake that decides but writes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import msgspec

from gateway.catalogue import ItemListFinder
from gateway.desk.access import configured_token, new_token
from gateway.desk.ports import CopyRules, Desk, PickupRules
from gateway.desk.sign_ins import SignIns, SignInTry
from gateway.desk.structs.acs import AcsSaid, AcsSays, AcsStatus
from gateway.desk.structs.directory import CatalogueTried, PeerTried
from gateway.dispatch.accounts import AccountTest
from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.asking import Asking, AskingRules
from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.borrowing_rules import BorrowingRules
from gateway.dispatch.catalogues import Works
from gateway.dispatch.charges import Charges
from gateway.dispatch.directory import Directory
from gateway.dispatch.intake import Intake, UnknownRequest
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.naming import Naming
from gateway.dispatch.note_guard import NoteGuard
from gateway.dispatch.notices import NoticeIntake
from gateway.dispatch.performers.vetting import Vetting
from gateway.dispatch.planning import Planner
from gateway.dispatch.printing import Printing
from gateway.dispatch.reconcile import Found as Difference
from gateway.dispatch.reconcile import Report, Unanswered
from gateway.dispatch.roles import TABLES
from gateway.dispatch.sealing import audit
from gateway.dispatch.trial import Trials
from gateway.documents.job import Look, Stationery
from gateway.listener import Listener
from gateway.mapping import circulation
from gateway.mapping.reconcile import Kind
from gateway.money.invoices import files
from gateway.money.records import Seller
from gateway.money.rules import BillingRules
from gateway.money.terms import BillingDefaults
from gateway.notices.schedule import NoticePlan
from gateway.orders.request_list import ListRules
from gateway.reports.lenders import LenderFigures
from gateway.room import ListenerLimits
from gateway.sip2.profiles import Profile
from gateway.stationery import PaperName
from gateway.store.port import Change, HistoryEntry, HistoryKind, Inbound, NewEffect, Store
from gateway.store.sqlite import SqliteStore
from gateway.web.api import PREFIX, make_api
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.effects import OpenTask, StartTimer
from gateway.workflow.events import StaffActed
from gateway.workflow.finding import CatalogueSilentError, Found
from gateway.workflow.machine import Decision, Ignored, Refused, decide
from gateway.workflow.partners import OurLibrary, Partner, Peer
from gateway.workflow.policy import DEFAULT_CLOCKS
from gateway.workflow.records import Clock, Copy, Fetching, Item, ItemPlace, Request, Role, State
from gateway.workflow.recovery import Beside
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import PostalAddress, Wanted
from tests.dispatch.house import ScriptedAcs
from tests.fakes.clock import FakeTime
from tests.fakes.passwords import cheap_passwords
from tests.store.fresh import Fill, lay_tables

ADMIN = "first-admin.a-secret-for-tests-only"
ZONE = ZoneInfo("America/Denver")
COPY_BYTES = 1_000_000
"""Of a file that is handed in, at the most."""
START = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
TOKENS = {
    str(role): new_token(f"a-{role}", role, START)
    for role in (StaffRole.VIEWER, StaffRole.TECHNICIAN, StaffRole.MANAGER)
}
"""What the store holds of each role's, and what is shown once."""
VALLEY = Partner(
    id="valley",
    name="Example Valley Library",
    peer="hub",
    symbols=("ISIL:XX-EVL",),
    account="21234000000019",
    address=PostalAddress(line1="1 Imaginary Road", locality="Valley", postal_code="00001"),
)
ALMANAC = Copy(
    item_barcode="30234000517861",
    branch="Main",
    title="The Imaginary Almanac",
    author="A. Author",
    call_number="QA76.73 ALM",
    item_type="book",
)


REPORT = Report(
    accounts=("valley",),
    differences=(
        Difference(
            account="valley",
            kind=Kind.UNKNOWN_LOAN,
            item_barcode=ALMANAC.item_barcode,
            words="It is out.",
            act="Check it in.",
            request=None,
        ),
    ),
    unanswered=(Unanswered(account="hills", words="No connection."),),
    agreed=(),
)
"""What a reconciliation comes to."""
ACS_STATUS = AcsStatus(
    trouble="it does not answer; its work is postponed",
    breaker="open",
    connections=1,
    idle=0,
    refused_logins=0,
    stopped=False,
    last_reply_at=START,
    last_error="no answer",
    last_error_at=None,
    acs=AcsSays(online=True, timeout_s=3.0, retries=None, supported="YYY", denied=("29", "65")),
    no_answer_since=None,
    paused_until=None,
)

BILLING = BillingRules(
    seller=Seller(name="Example Valley Library", contact="ill@library.example", ways_to_pay=("By check",)),
    defaults=BillingDefaults(processing_fee=Decimal("15.00")),
    invoice_export=files.USUAL,
)


class DecidingIntake:
    """The door as the API sees it: the real table's answer, and a note of who asked for what. Writes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.acted: list[tuple[str, StaffActed]] = []
        self.cards: list[str] = []
        self.writes: Intake | None = None
        """The real one, for a test that goes on from what was decided."""

    async def act(
        self, request_id: str, action: StaffActed, *, card: str | None = None, key: str | None = None
    ) -> Decision | Ignored | Refused:
        request = await self._store.request(request_id)
        if request is None:
            raise UnknownRequest(request_id)
        self.acted.append((request_id, action))
        self.cards += filter(None, [card])
        if self.writes is not None:
            return await self.writes.act(request_id, action, card=card)
        copies = tuple(Copy(item_barcode=barcode, branch="") for barcode in action.item_barcodes)
        return decide(TABLES[request.role], request, msgspec.structs.replace(action, copies=copies))


@dataclass
class Live:
    """What a test works with."""

    url: str
    store: Store
    intake: DecidingIntake
    time: FakeTime
    http: aiohttp.ClientSession
    tokens: dict[str, str]
    resumed: list[datetime] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    wanted_elsewhere: list[Wanted] = field(default_factory=list)
    works: Works = field(default_factory=Works)
    """What catalogues of partners find."""
    directory_changes: list[datetime] = field(default_factory=list)
    hurried: list[tuple[str, str]] = field(default_factory=list)
    fetching: dict[str, Fetching] = field(default_factory=dict)
    lenders: dict[str, LenderFigures] = field(default_factory=dict)
    """How partners have served us."""
    found: list[Beside] = field(default_factory=list)
    """What a comparison after a restore finds."""
    refused: list[tuple[str, bool]] = field(default_factory=list)
    acs: ScriptedAcs = field(default_factory=ScriptedAcs)
    tries: list[SignInTry] = field(default_factory=list)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.directory = Directory(self.store)

    async def known_of_branches(self) -> dict[str, Fetching]:
        """How long branches take to bring a book."""
        return self.fetching

    async def known_of_lenders(self) -> dict[str, LenderFigures]:
        """How partners have served us."""
        return self.lenders

    async def compare(self) -> None:
        """Find after a restore what is to be found."""
        await self.store.recovery.keep(self.found, at=self.time.now())

    async def find_works(self, wanted: Wanted) -> Works:
        """What catalogues of partners find."""
        self.wanted_elsewhere.append(wanted)
        return self.works

    async def call(
        self, method: str, path: str, *, role: str = StaffRole.ADMIN, body: Any = None, **options: Any
    ) -> tuple[int, Any]:
        """Make a call as somebody of a role; give status and decoded JSON (or text)."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role in self.tokens else {}
        headers |= options.pop("headers", {})
        async with self.http.request(method, self.url + PREFIX + path, json=body, headers=headers, **options) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, (await answer.json() if is_json else await answer.text(errors="replace"))


NO_MAIL = NoticePlan()


@cache
def _begun(fill: Fill | None) -> Fill:
    """Write the tokens of every live API, then what `fill` does, and after it which library the store of every live API knows."""

    async def begin(store: SqliteStore) -> None:
        for token, _ in TOKENS.values():
            await store.add_token(token)
        if fill is not None:
            await fill(store)
        await store.seed([Peer(id="hub", agencies=("ISIL:XX-EVL",))], [VALLEY])

    return begin


@asynccontextmanager
async def live_api(
    folder: Path,
    *,
    names_on_straps: bool = False,
    writes: bool = False,
    mail: NoticePlan = NO_MAIL,
    billing: BillingRules = BILLING,
    fill: Fill | None = None,
) -> AsyncIterator[Live]:
    """Serve the API until the block ends. `writes`: through the real door; `fill` writes what its store holds at first."""
    store = SqliteStore(folder / "gateway.sqlite")
    await lay_tables(folder / "gateway.sqlite", _begun(fill))
    await store.open()
    try:
        async with serving(store, names_on_straps=names_on_straps, writes=writes, mail=mail, billing=billing) as live:
            yield live
    finally:
        await store.close()


@asynccontextmanager
async def serving(
    store: SqliteStore,
    *,
    names_on_straps: bool = False,
    writes: bool = False,
    mail: NoticePlan = NO_MAIL,
    billing: BillingRules = BILLING,
) -> AsyncIterator[Live]:
    """Serve the API of a store that is open until the block ends."""
    tokens = {str(StaffRole.ADMIN): ADMIN, **{role: secret for role, (_, secret) in TOKENS.items()}}
    async with aiohttp.ClientSession() as http:
        live = Live("", store, DecidingIntake(store), FakeTime(START), http, tokens)
        await live.directory.refresh()
        listener = Listener(
            _application(live, names_on_straps=names_on_straps, writes=writes, mail=mail, billing=billing),
            ListenerLimits(),
        )
        live.url = f"http://127.0.0.1:{await listener.start('127.0.0.1', 0)}"
        try:
            yield live
        finally:
            await listener.stop()


async def try_catalogue(partner: Partner, wanted: Wanted) -> CatalogueTried:
    """In the place of a partner's catalogue."""
    return CatalogueTried(ok=True, words=f"{partner.id} has {wanted.title or wanted.identifiers[0].value}.")


def charges_of(live: Live) -> Charges:
    """What reads prices back, from a circulation system that answers as `live.acs` says."""
    return Charges(live.store, _acs(live), live.time)


@dataclass(frozen=True)
class _Circulation:
    """In the place of the circulation system."""

    live: Live

    def status(self) -> AcsStatus:
        return ACS_STATUS

    async def resume(self) -> None:
        self.live.resumed.append(self.live.time.now())

    async def try_now(self, request_id: str, by: str) -> int:
        self.live.hurried.append((request_id, by))
        return len(await self.live.store.pending(request_id))

    async def check(self) -> AcsSaid:
        return AcsSaid(ok=True, says={"online_status": "Y"}, supports="YYY", library="EXAMPLE")

    async def reconcile(self) -> Report:
        return REPORT

    async def test_account(self, account: str | None) -> AccountTest:
        return AccountTest(exists=account == VALLEY.account, can_borrow=True, words=("It can borrow.",))


def _application(
    live: Live, *, names_on_straps: bool, writes: bool, mail: NoticePlan, billing: BillingRules
) -> aiohttp.web.Application:
    async def find_copies(wanted: Wanted) -> Found:
        live.wanted.append(wanted)
        if wanted.title == "Silence":
            raise CatalogueSilentError("The catalogue can't be asked: there is no connection.")
        copies = () if wanted.title == "Unheard Of" else (ALMANAC,)
        return Found(copies=copies, words="Catalogue: ISBN 9780306406157: 1 record.")

    async def directory_changed() -> None:
        live.directory_changes.append(live.time.now())
        await live.directory.refresh()

    async def try_peer(peer: Peer) -> PeerTried:
        return PeerTried(ok=True, words=f"{peer.id} answers.")

    live.desk = Desk(
        store=live.store,
        intake=real_intake(live) if writes else live.intake,
        now=live.time.now,
        zone=ZONE,
        library=OurLibrary(
            name="Example City Library",
            address=PostalAddress(line1="2 Made-up Street"),
            branches={"Main": "Main Library"},
        ),
        circulation=_Circulation(live),
        recovery_compare=live.compare,
        audit=lambda head: audit(live.store, live.time, head),
        try_peer=try_peer,
        try_catalogue=try_catalogue,
        directory_changed=directory_changed,
        policy_try=_trials(live).run,
        find_copies=find_copies,
        find_works=live.find_works,
        fetching=live.known_of_branches,
        lender_figures=live.known_of_lenders,
        foresee=_vetting(live).foresee,
        asking=_asking(live),
        object_to_notes=_guard(live).objection,
        pickup=PickupRules(branches=frozenset({"Main", "East"})),
        list_rules=ListRules(today=START.date()),
        rest_days=30,
        printing=Printing(
            Look(), Stationery(printers={"thermal": {PaperName.SHIPPING_LABEL: "4x6"}}), live.time.now, ZONE
        ),
        bills=BillIntake(live.store, BillPlanner()),
        invoices=InvoiceIntake(live.store),
        notices=NoticeIntake(live.store),
        mail=mail,
        billing=billing,
        read_back=lambda price: charges_of(live).look(price),
        names_on_straps=names_on_straps,
        secret_names=("acs", "peer-east"),
        extra_tokens=(configured_token(ADMIN, START),),
        copies=CopyRules(public_url="https://ill.example.org", most_bytes=COPY_BYTES),
        sign_ins=SignIns(on_try=live.tries.append, passwords=cheap_passwords()),
    )
    return make_api(
        live.desk,
        proxies=("127.0.0.0/8",),
        on_refused=lambda address, too_many: live.refused.append((address, too_many)),
    )


def _asking(live: Live) -> Asking:
    """The real intake of orders: what it takes is written."""
    rules = AskingRules(agency="ISIL:XX-ECL", zone=ZONE)
    return Asking(store=live.store, intake=real_intake(live), time=live.time, rules=rules)


def real_intake(live: Live) -> Intake:
    """The door as it is: what it decides is written."""
    planner = Planner(clocks=DEFAULT_CLOCKS, calendars=Calendars())
    return Intake(live.store, live.directory, planner, Naming(live.store, _appraiser(live).item_of))


def _guard(live: Live) -> NoteGuard:
    return NoteGuard(
        known=live.store.borrowing.customer,
        accounts=lambda: [VALLEY.account or ""],
        acs=_acs(live),
    )


def _acs(live: Live) -> Acs:
    return Acs(live.acs, circulation.Terminal(profile=Profile(), zone=ZONE, location="ILL", pickup="ILL"), live.time)


def _vetting(live: Live) -> Vetting:
    """The real one, which asks the scripted circulation system."""
    return Vetting(store=live.store, time=live.time, acs=_acs(live), appraiser=_appraiser(live), rules=BorrowingRules())


def _trials(live: Live) -> Trials:
    """The dry run with the item list of the store and a scripted circulation system."""
    return Trials(_appraiser(live), live.directory)


def _appraiser(live: Live) -> Appraiser:
    return Appraiser(
        store=live.store,
        directory=live.directory,
        time=live.time,
        acs=_acs(live),
        finder=ItemListFinder(live.store.find_items),
        calendars=Calendars(library=Calendar(time_zone=ZONE.key)),
        branches={},
    )


def a_request(request_id: str = "r1", state: State = State.WILL_SUPPLY, **fields: Any) -> Request:
    """A request of Example Valley Library for the Imaginary Almanac."""
    place = ItemPlace.HELD if state is State.WILL_SUPPLY else ItemPlace.OUT
    usual: dict[str, Any] = {
        "id": request_id,
        "role": Role.LENDING,
        "state": state,
        "version": 1,
        "peer": "hub",
        "partner": VALLEY.id,
        "requesting_agency": "ISIL:XX-EVL",
        "supplying_agency": "ISIL:XX-ECL",
        "partner_request_id": f"their-{request_id}",
        "created_at": START,
        "updated_at": START,
        "state_since": START,
        "wanted": Wanted(title="The Imaginary Almanac"),
        "items": (Item(copy=ALMANAC, place=place),),
    }
    return Request(**{**usual, **fields})


async def keep(store: Store, *requests: Request) -> None:
    """Put requests into the store as they are."""
    for request in requests:
        await store.commit(Change(request=request, created=True, history_of=request.id))


async def keep_with_story(store: Store, request: Request) -> None:
    """Put in a request with a message, SIP2 in its timeline, a task and a clock."""
    message = Inbound(
        peer="hub",
        digest="d",
        content="c",
        received_at=START,
        kind="request",
        ok=True,
        document=b"<ISO18626Message>\n  <title>The Imaginary Almanac</title>\n</ISO18626Message>",
        confirmation=b"<messageStatus>OK</messageStatus>",
        repairs=("no version",),
    )
    history = (
        HistoryEntry(at=START, by="hub", kind=HistoryKind.MESSAGE_IN, words="Received request; confirmed OK."),
        HistoryEntry(
            at=START,
            by="gateway",
            kind=HistoryKind.SIP2,
            words="SIP2 15: done, 12 ms.",
            detail={"sent": "15+20261028", "received": "161Y"},
        ),
        HistoryEntry(at=START, by="hub", kind=HistoryKind.DECISION, words="They ask for it.", state=request.state),
    )
    await store.commit(
        Change(
            request=request,
            created=True,
            history_of=request.id,
            history=history,
            inbound=message,
            effects=(
                NewEffect(
                    effect=StartTimer(clock=Clock.HOLD, since=START), lane=None, due_at=START + timedelta(days=3)
                ),
            ),
            open_tasks=(OpenTask(kind=TaskKind.CANNOT_FIND, words="Not at the desk after two days."),),
        )
    )
