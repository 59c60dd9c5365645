"""A live API for tests: real HTTP on loopback, a real SQLite store, and an intake that decides but writes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import msgspec

from gateway.catalogue import ItemListFinder
from gateway.desk.access import configured_token, new_token
from gateway.desk.ports import (
    CopyRules,
    Desk,
    LookingParts,
    MailParts,
    MoneyParts,
    OrderParts,
    PartnerParts,
    PickupRules,
    SignInParts,
    UpkeepParts,
)
from gateway.desk.sign_ins import SignIns, SignInTry
from gateway.desk.structs.acs import AcsSaid, AcsStatus
from gateway.desk.structs.directory import CatalogueTried, PeerTried
from gateway.dispatch.accounts import AccountTest
from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.asking import Asking, AskingRules
from gateway.dispatch.audit_progress import Looks
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
from gateway.dispatch.reconcile import Comparison
from gateway.dispatch.roles import TABLES
from gateway.dispatch.sealing import audit
from gateway.dispatch.trial import Trials
from gateway.documents.job import PaperStyle, Stationery
from gateway.listener import Listener
from gateway.mapping import circulation
from gateway.money.rules import BillingRules
from gateway.notices.schedule import NoticePlan
from gateway.orders.request_list import ListRules
from gateway.reports.lenders import LenderFigures
from gateway.room import ListenerLimits
from gateway.sip2.profiles import Profile
from gateway.stationery import PaperName
from gateway.store.port import Store
from gateway.store.sqlite import SqliteStore
from gateway.web.api import PREFIX, make_api
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.events import StaffActed
from gateway.workflow.finding import CatalogueSilentError, Found
from gateway.workflow.machine import Decision, Ignored, Refused, decide
from gateway.workflow.partners import OurLibrary, Partner, Peer
from gateway.workflow.policy import DEFAULT_CLOCKS
from gateway.workflow.records import Copy, Fetching
from gateway.workflow.recovery import Beside
from gateway.workflow.staff import StaffRole
from gateway.workflow.values import PostalAddress, Wanted
from tests.dispatch.house import ScriptedAcs
from tests.fakes.clock import FakeTime
from tests.fakes.passwords import cheap_passwords
from tests.store.fresh import Fill, fresh_store
from tests.web.known import ACS_STATUS, ALMANAC, BILLING, REPORT, START, VALLEY

ADMIN = "first-admin.a-secret-for-tests-only"
ZONE = ZoneInfo("America/Denver")
COPY_BYTES = 1_000_000
"""Of a file that is handed in, at the most."""


TOKENS = {
    str(role): new_token(f"a-{role}", role, START)
    for role in (StaffRole.VIEWER, StaffRole.TECHNICIAN, StaffRole.MANAGER)
}
"""What the store holds of each role's, and what is shown once."""


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
    hurried: list[str] = field(default_factory=list)
    fetching: dict[str, Fetching] = field(default_factory=dict)
    lenders: dict[str, LenderFigures] = field(default_factory=dict)
    """How partners have served us."""
    found: list[Beside] = field(default_factory=list)
    """What a comparison after a restore finds."""
    refused: list[tuple[str, bool]] = field(default_factory=list)
    acs: ScriptedAcs = field(default_factory=ScriptedAcs)
    tries: list[SignInTry] = field(default_factory=list)
    looks: Looks = field(default_factory=Looks)
    """At the audit chain, that go on."""
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
    *,
    names_on_straps: bool = False,
    writes: bool = False,
    mail: NoticePlan = NO_MAIL,
    billing: BillingRules = BILLING,
    fill: Fill | None = None,
) -> AsyncIterator[Live]:
    """Serve the API until the block ends. `writes`: through the real door; `fill` writes what its store holds at first."""
    async with (
        fresh_store(_begun(fill)) as store,
        serving(store, names_on_straps=names_on_straps, writes=writes, mail=mail, billing=billing) as live,
    ):
        yield live


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

    async def try_now(self, request_id: str) -> None:
        self.live.hurried.append(request_id)

    async def check(self) -> AcsSaid:
        return AcsSaid(ok=True, says={"online_status": "Y"}, supports="YYY", library="EXAMPLE")

    async def reconcile(self) -> Comparison:
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
        printing=Printing(
            PaperStyle(), Stationery(printers={"thermal": {PaperName.SHIPPING_LABEL: "4x6"}}), live.time.now, ZONE
        ),
        money=MoneyParts(
            bills=BillIntake(live.store, BillPlanner()),
            invoices=InvoiceIntake(live.store),
            billing=billing,
            read_back=lambda price: charges_of(live).look(price),
        ),
        mail=MailParts(notices=NoticeIntake(live.store), plan=mail),
        looking=LookingParts(
            policy_try=_trials(live).run,
            find_copies=find_copies,
            find_works=live.find_works,
            foresee=_vetting(live).foresee,
            fetching=live.known_of_branches,
        ),
        partners=PartnerParts(
            try_peer=try_peer,
            try_catalogue=try_catalogue,
            changed=directory_changed,
            lender_figures=live.known_of_lenders,
            secret_names=("acs", "peer-east"),
        ),
        orders=OrderParts(
            asking=_asking(live),
            object_to_notes=_guard(live).objection,
            pickup=PickupRules(branches=frozenset({"Main", "East"})),
            list_rules=ListRules(today=START.date()),
            rest_days=30,
            names_on_straps=names_on_straps,
        ),
        upkeep=UpkeepParts(
            audit=lambda head: audit(live.store, live.time, live.looks, ZONE, head),
            looks=live.looks,
            compare=live.compare,
        ),
        sign_in=SignInParts(
            sign_ins=SignIns(on_try=live.tries.append, passwords=cheap_passwords()),
            extra_tokens=(configured_token(ADMIN, START),),
        ),
        copies=CopyRules(public_url="https://ill.example.org", most_bytes=COPY_BYTES),
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
    return Intake(live.store, live.directory, planner, Naming(live.store, _appraiser(live).item_of), zone=ZONE)


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
