"""What the desk works with, given to it by the composition root."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from gateway.desk.shelf import Shelves
from gateway.desk.sign_ins import SignIns
from gateway.desk.structs.acs import AcsSaid, AcsStatus
from gateway.desk.structs.directory import CatalogueTried, PeerTried
from gateway.desk.structs.switches import FixedSwitch
from gateway.dispatch.accounts import AccountTest
from gateway.dispatch.asking import Asking
from gateway.dispatch.audit_progress import Looks
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.catalogues import Works
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.notices import NoticeIntake
from gateway.dispatch.performers.vetting import Case, Foreseen
from gateway.dispatch.printing import Printing
from gateway.dispatch.reconcile import Comparison
from gateway.dispatch.sealing import Audited
from gateway.dispatch.workbooks import Workbooks
from gateway.identity.trip import Person, Trip
from gateway.money.rules import BillingRules
from gateway.notices.schedule import NoticePlan
from gateway.orders.request_list import ListRules
from gateway.partners.reading import RecordFault
from gateway.reports.lenders import LenderFigures
from gateway.store.port import Store, Token
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.calendar import Calendars
from gateway.workflow.charges import Price
from gateway.workflow.directories import DirectoryService
from gateway.workflow.events import StaffActed
from gateway.workflow.finding import Found
from gateway.workflow.machine import Decision, Ignored, Refused
from gateway.workflow.partners import OurLibrary, Partner, Peer
from gateway.workflow.records import Fetching, Request
from gateway.workflow.staff import StaffRole
from gateway.workflow.trial import Trial, TrialQuestion
from gateway.workflow.values import Wanted


class PriceRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is charged for an item that was not returned, until its lender names its price."""

    currency: str = "USD"
    by_format: Mapping[str, Decimal] = msgspec.field(default_factory=lambda: {"book": Decimal("50.00")})
    after_days: int = 28


async def not_read(price: Price) -> Price:
    """Leave a price as it is: for a desk without a circulation system."""
    return price


async def nobody_asked() -> Mapping[str, LenderFigures]:
    """Know of no lender: for a desk whose library asks nobody."""
    return {}


class PickupRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a form is checked by."""

    branches: frozenset[str] | None = None
    """The pickup branches; None: any."""
    default: str | None = None
    """Where an order that names none is picked up."""


def no_faults(_peer: Peer) -> Iterable[RecordFault]:
    """Find nothing wrong with the files that a peer names: for a desk that connects to nobody."""
    return ()


class CopyRules(msgspec.Struct, frozen=True, kw_only=True):
    """How files of copies are kept."""

    public_url: str | None = None
    """Before the path at which partners fetch them; None: they can't."""
    kept: timedelta = timedelta(days=14)
    most_bytes: int = 50 * 1024 * 1024


class DirectoryServices(Protocol):
    """The directory services of the settings (`dispatch.directory_services`)."""

    services: tuple[DirectoryService, ...]

    async def read_all(self) -> None:
        """Read every one now, and keep what it tells. Raises StoreUnavailable."""


class NoDirectories:
    """None: for a desk whose settings name none."""

    services: tuple[DirectoryService, ...] = ()

    async def read_all(self) -> None:
        """Read nothing."""


class Intake(Protocol):
    """The one door through which a request is changed."""

    async def act(
        self, request_id: str, action: StaffActed, *, card: str | None = None, key: str | None = None
    ) -> Decision | Ignored | Refused:
        """Decide and write what staff asked for; `card` is the right one of a customer, `key` is for one use.

        Raises UnknownRequest, AlreadyExists where the key was used, StoreUnavailable.
        """


class Circulation(Protocol):
    """The circulation system, as the running gateway sees it (`app.circulation`)."""

    def status(self) -> AcsStatus:
        """Say how the connection stands, without asking."""

    async def resume(self) -> None:
        """Let waiting work start at once: close the breaker, clear the back-off."""

    async def try_now(self, request_id: str) -> None:
        """Let a request's waiting work start at once."""

    async def check(self) -> AcsSaid:
        """Ask it now (99), and return what it says of itself."""

    async def reconcile(self) -> Comparison:
        """Compare its loans and holds with the requests. Raises StoreUnavailable."""

    async def test_account(self, account: str | None) -> AccountTest:
        """Ask about a partner's account; None: the one of partners without their own."""


class Provider(Protocol):
    """Says who somebody is (`identity.provider`)."""

    async def begin(self, to: str) -> tuple[str, Trip]:
        """Return where to send the browser, and what it carries meanwhile. Raises NotProvedError."""

    async def end(self, trip: Trip, given: Mapping[str, str]) -> Person:
        """Return who came back. Raises NotProvedError."""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A provider, what its button says, and the role of each of its groups."""

    provider: Provider
    label: str
    roles: Mapping[str, StaffRole]


@dataclass(frozen=True, kw_only=True)
class MoneyParts:
    """Bills, lenders' invoices, and prices of what was not returned."""

    bills: BillIntake
    """The one door through which a bill is changed."""
    invoices: InvoiceIntake
    """Likewise a lender's invoice."""
    billing: BillingRules
    """How we bill."""
    price_rules: PriceRules = field(default_factory=PriceRules)
    read_back: Callable[[Price], Awaitable[Price]] = not_read
    """Look at what the circulation system shows of a price, and keep it; raises StoreUnavailable."""


@dataclass(frozen=True, kw_only=True)
class MailParts:
    """E-mail."""

    notices: NoticeIntake
    """The one door through which a notice is changed."""
    plan: NoticePlan = field(default_factory=NoticePlan)
    """What goes out by e-mail, and when."""


@dataclass(frozen=True, kw_only=True)
class LookingParts:
    """What looks for works and copies, and works out what would come of a request."""

    policy_try: Callable[[TrialQuestion], Awaitable[Trial]]
    """Work out an answer without touching anything; raises UnknownPartner, NotSent, Unknown, CatalogueSilentError."""
    find_copies: Callable[[Wanted], Awaitable[Found]]
    """Look a work up as a request for it would be; raises CatalogueSilentError, StoreUnavailable."""
    find_works: Callable[[Wanted], Awaitable[Works]]
    """Look for works that it may be in the catalogues of partners."""
    customers_at_once: bool = False
    """Whether what customers' systems look up may be asked of partners' catalogues at once: else its time would tell whose it is."""
    foresee: Callable[[Case, Collection[Concern]], Awaitable[Foreseen]]
    """Look at an order before it is sent, as at a request before it goes out; raises StoreUnavailable."""
    fetching: Callable[[], Awaitable[Mapping[str, Fetching]]]
    """How long branches take to bring a book, where something is known of it; raises StoreUnavailable."""


@dataclass(frozen=True, kw_only=True)
class PartnerParts:
    """Partners, their systems, and the directory services that tell of them."""

    try_peer: Callable[[Peer], Awaitable[PeerTried]]
    """Connect to a peer, and say what came of it."""
    try_catalogue: Callable[[Partner, Wanted], Awaitable[CatalogueTried]]
    """Look a work up in a partner's catalogue, and say what came of it."""
    changed: Callable[[], Awaitable[None]]
    """Called after peers, partners or the policy were written: whoever keeps them in memory reads them again."""
    directories: DirectoryServices = field(default_factory=NoDirectories)
    lender_figures: Callable[[], Awaitable[Mapping[str, LenderFigures]]] = nobody_asked
    """How lenders have served us, by partner; raises StoreUnavailable."""
    secret_names: Collection[str] = ()
    """The entries of [secrets], of which a peer's record may name those that are for peers."""
    tls_faults: Callable[[Peer], Iterable[RecordFault]] = no_faults
    """What is wrong with the certificates, keys and secrets that a peer's record names."""


@dataclass(frozen=True, kw_only=True)
class OrderParts:
    """What our customers want from other libraries, and the rules for it."""

    asking: Asking
    """Takes it."""
    object_to_notes: Callable[[Request, Iterable[str | None]], Awaitable[str | None]]
    """Say what notes about a request of ours tell of its customer; None where nothing."""
    pickup: PickupRules
    list_rules: ListRules
    """How a list of orders is read; today and the branches are filled in."""
    rest_days: int
    """How long a barcode of the pool rests after a loan."""
    copies_allowed: int = 5
    """Of a title in a year, by the rule of five."""
    names_on_straps: bool = False
    """Whether the strap around a borrowed item names its customer."""


@dataclass(frozen=True, kw_only=True)
class SignInParts:
    """Who may come in."""

    sign_ins: SignIns = field(default_factory=SignIns)
    """How long sessions last, how often a password may be tried, and who hears of it."""
    elsewhere: Elsewhere | None = None
    """The other way to sign in; None: by password alone."""
    extra_tokens: tuple[Token, ...] = ()
    """Tokens that count beside the store's (`access.configured_token`)."""


@dataclass(frozen=True, kw_only=True)
class UpkeepParts:
    """What goes through the whole store."""

    audit: Callable[[str | None], Awaitable[Audited]]
    """Go through the audit chain and all of history, and say whether a head that was kept elsewhere is one of it; raises StoreUnavailable."""
    looks: Looks
    """How far they are, of this gateway."""
    compare: Callable[[], Awaitable[None]]
    """After a restore, ask lenders and the circulation system, and keep what is found; raises StoreUnavailable."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that the functions of the desk work with. `zone` is where a date without a time ends."""

    store: Store
    intake: Intake
    circulation: Circulation
    now: Callable[[], datetime]
    zone: ZoneInfo
    library: OurLibrary
    printing: Printing
    money: MoneyParts
    mail: MailParts
    looking: LookingParts
    partners: PartnerParts
    orders: OrderParts
    upkeep: UpkeepParts
    sign_in: SignInParts = field(default_factory=SignInParts)
    workbooks: Workbooks = field(default_factory=Workbooks)
    shelves: Shelves = field(default_factory=Shelves)
    """Where what is to be pulled stands, as far as it was read."""
    calendars: Calendars = field(default_factory=Calendars)
    """When the library and its branches are open."""
    fiscal_year_begins: tuple[int, int] = (7, 1)
    """Month and day."""
    copies: CopyRules = field(default_factory=CopyRules)
    switches: tuple[FixedSwitch, ...] = ()
    """What the settings file switches on and off."""

    def today(self) -> date:
        """Return the day by the library's clock."""
        return self.now().astimezone(self.zone).date()

    async def tokens(self) -> tuple[Token, ...]:
        """Every token that may call: those of the configuration, and those of the store."""
        return (*self.sign_in.extra_tokens, *await self.store.tokens())
