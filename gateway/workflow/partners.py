"""Who we deal with: peers, the systems that connect, and partners, the libraries behind them (design.md, rule 7); and who we are.

Values alone; what a record must hold to be of use is said in `partners.rules`, what follows from a date in `partners.standing`.
Secrets are named here and held elsewhere. A released field is never renamed, and a new one has a default (design.md, rule 8).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway.iso18626.codes import ServiceType
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.policy import AutoAnswer
from gateway.workflow.values import Money, PostalAddress, Record

STRANGER = "(unknown)"
"""In the place of a peer's id while nobody knows which system sent a request; no peer's id has a bracket."""


class PeerInbound(Record, frozen=True, kw_only=True):
    """What a peer must show when it writes to us, all that is given (iso18626/authentication.py).

    `security_code`, `basic_password` and `bearer` are names of secrets (`secret:peer-…`); `certificate` is a SHA-256
    fingerprint or a common name.
    """

    account_id: str | None = None
    security_code: str | None = None
    basic_user: str | None = None
    basic_password: str | None = None
    bearer: str | None = None
    certificate: str | None = None
    networks: tuple[str, ...] = ()


class PeerOutbound(Record, frozen=True, kw_only=True):
    """What we show a peer when we write to it; passwords and tokens by the name of the secret."""

    basic_user: str | None = None
    basic_password: str | None = None
    bearer: str | None = None


class PeerTls(Record, frozen=True, kw_only=True):
    """Files for the line to a peer: the authorities that we trust there, our client certificate and its key."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None


class PeerBackOff(Record, frozen=True, kw_only=True):
    """How patiently messages to a peer are tried again; what is None is as [outbox] says."""

    first_wait_s: float | None = None
    longest_wait_s: float | None = None
    tries: int | None = None


class Peer(Record, frozen=True, kw_only=True):
    """A system that connects: endpoint, credentials, version, dialect, limits. Secrets are named, never held."""

    id: str
    url: str | None = None
    version: str = "1.2"
    dialect: str = "plain"
    agencies: tuple[str, ...] = ()
    """Requesting agencies it may speak for, as `type:value`; "*" for all but those of partners that another peer reaches."""
    first_message_wait_s: float = 1.0
    enabled: bool = True
    inbound: PeerInbound | None = None
    """None, as with the next two: what the settings say of the peer with this id."""
    outbound: PeerOutbound | None = None
    tls: PeerTls | None = None
    max_per_minute: int | None = None
    """Messages that it may send; None: what the settings say, else 3000."""
    backoff: PeerBackOff | None = None
    refuses: tuple[str, ...] = ()
    """Actions and statuses that it does not take, beside those of its dialect: told in words at once. A refused StatusRequest is
    added by the gateway."""
    notes: str = ""


class Charge(StrEnum):
    """Whether lending costs something."""

    FREE = "free"
    FEE = "fee"


class Terms(Record, frozen=True, kw_only=True):
    """On what terms one library lends to the other."""

    charge: Charge = Charge.FREE
    fee: Money | None = None
    """For one request, where there is a charge."""
    max_cost: Money | None = None
    """The most that the borrower pays for one request, where the request itself names no limit."""
    reciprocal: bool = False
    """Each lends to the other on the same terms, and the balance is looked at."""
    services: tuple[ServiceType, ...] = ()
    """What is lent or copied at all; empty: everything."""
    delivery_methods: tuple[str, ...] = ()
    """Codes of the open list SentVia, the preferred one first; empty: any."""


class BilledBy(StrEnum):
    """How a partner wants to be billed."""

    INVOICE = "invoice"
    IFM = "IFM"
    VOUCHER = "IFLA voucher"
    NOBODY = "not at all"
    """By reciprocity: neither bills the other."""


class PriceBy(StrEnum):
    """How the price of an item that is not coming back is found."""

    ASKED = "asked"
    """Whoever selects for the collection says it."""
    LIST = "list price"
    FLAT = "flat"


class FeesBilled(StrEnum):
    """When the fees of loans are billed."""

    NEVER = "never"
    PER_LOAN = "per loan"
    MONTHLY = "monthly"


class Refund(StrEnum):
    """What is credited if the item comes back after all."""

    REPLACEMENT = "replacement"
    """Its price, and not what billing it cost us."""
    ALL = "all"
    NOTHING = "nothing"


class Billing(Record, frozen=True, kw_only=True):
    """How a partner is billed for what it did not bring back, and for fees. What is None is as [money] says."""

    by: BilledBy = BilledBy.INVOICE
    price: PriceBy | None = None
    flat_price: Money | None = None
    processing_fee: Money | None = None
    fees: FeesBilled = FeesBilled.NEVER
    refund: Refund | None = None
    currency: str | None = None
    net_days: int | None = None
    """Days from the bill's date until it is to be paid."""
    tax_percent: Decimal | None = None
    reference: str | None = None
    """Its purchase order, or whatever else it wants to read on a bill."""
    email: str | None = None
    """Where bills go; None: the partner's own address."""
    billable_days: int | None = None
    """Days overdue after which an item can be billed; None: as [clocks] says."""


class PartnerCatalogue(Record, frozen=True, kw_only=True):
    """Where a partner's catalogue is, and how it is asked and read; what is None is as usual in its product. Without an address it is not asked."""

    url: str | None = None
    """`https://…` for SRU, `z39.50s://host:210/database` for Z39.50."""
    product: str = "standard"
    """By name in `catalogue_products`."""
    holdings: str | None = None
    """The form of its holdings, by name: `852`, `952`, `opac` …"""
    record_number: str | None = None
    """Where its record number stands: `001`, `999c`."""
    number_as: str = "{}"
    """How its record number becomes the supplierUniqueRecordId of our request: `{}` is the number itself."""
    schema: str | None = None
    """The name of MARCXML over SRU, or the syntax of MARC records over Z39.50."""
    user: str | None = None
    password: str | None = None
    """The name of a secret, as with peers."""
    timeout_s: float | None = None
    """For one query."""
    at_once: int | None = None
    """Queries at the same time."""
    max_per_minute: int | None = None
    """Look-ups in a minute."""
    group: str | None = None
    """Over Z39.50, beside the user, where a server has groups."""
    query_charset: str | None = None
    """Over Z39.50: the characters in which it takes queries, where not UTF-8."""
    record_charset: str | None = None
    """Over Z39.50: those of its records, by name in `RECORD_CHARSETS`, where their bytes don't tell."""
    is_union: bool = False
    """Its holdings are those of several libraries, which they name by symbol."""
    symbols: str | None = None
    """In a union catalogue: field and subfield of the symbol, such as `850a`, where its form has it elsewhere."""
    indexes: OwnIndexes = OwnIndexes()


class CustomerDatum(StrEnum):
    """What a lender may be told of the customer (patronInfo)."""

    BARCODE = "barcode"
    NAME = "name"
    EMAIL = "e-mail"


class SaysReceived(StrEnum):
    """Whether a partner's system says Received of what it is lent."""

    YES = "yes"
    NO = "no"


class Expected(Record, frozen=True, kw_only=True):
    """What staff expect of a partner, in place of what was learned from what it says and does; None: as learned."""

    supplies_percent: int | None = None
    """Of what it is asked for."""
    no_days: float | None = None
    """Until its no lets us ask another."""
    waits_days: float | None = None
    """For which it is waited for."""
    item_days: float | None = None
    """From our request to the item."""
    says_received: SaysReceived | None = None
    """Of what we lend to it; whoever never says so is asked for it by no task."""


class Period(Record, frozen=True, kw_only=True):
    """Days from the first to the last, both included, by the library's own calendar; without a last one until further notice."""

    first: date
    last: date | None = None
    why: str = ""

    def holds(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)


class Partner(Record, frozen=True, kw_only=True):
    """A library we lend to or borrow from: symbols, account, addresses, terms, and when it is away."""

    id: str
    name: str
    peer: str
    symbols: tuple[str, ...] = ()
    """As `type:value` (ISIL, OCLC, DNUCNI …); the first is the one that we write."""
    account: str | None = None
    """circ_patron_id: its account on our circulation system."""
    address: PostalAddress | None = None
    """Where items go."""
    auto_answer: AutoAnswer | None = None
    suspended: bool = False
    """Until further notice; `suspensions` are those with dates."""
    aliases: tuple[str, ...] = ()
    """Symbols that it had or is called by elsewhere, as `type:value`: understood, never written."""
    groups: tuple[str, ...] = ()
    return_address: PostalAddress | None = None
    """Where its own items go back to, if elsewhere."""
    billing_address: PostalAddress | None = None
    email: str | None = None
    """Of the department, never a person's own."""
    courier: str | None = None
    """The courier's name and our partner's stop or code there."""
    lending: Terms = Terms()
    """On what terms we lend to it."""
    borrowing: Terms = Terms()
    """On what terms it lends to us."""
    expected: Expected = Expected()
    told_of_customers: tuple[CustomerDatum, ...] = ()
    """What it learns of a customer for whom we ask it; nothing, unless it can't lend without."""
    suspensions: tuple[Period, ...] = ()
    """While one holds, its requests get the automatic answer, and it is not asked to lend."""
    closures: tuple[Period, ...] = ()
    """Days on which it is closed: it is not asked to lend."""
    notes: str = ""
    catalogue: PartnerCatalogue = PartnerCatalogue()
    """What it holds is looked up there before it is asked."""
    billing: Billing = Billing()
    merged: tuple[str, ...] = ()
    """Ids of partners that were merged into this one: what still names them means it."""


class OurLibrary(Record, frozen=True, kw_only=True):
    """Who we are on paper: the name, the address that items come back to, and whom to ask."""

    name: str
    department: str | None = None
    """Such as "Interlibrary Loan"; stands under the name."""
    address: PostalAddress = PostalAddress()
    contact: str | None = None
    """An e-mail address or telephone number of the department, never a person's own."""
    branches: Mapping[str, str] = {}
    """The names of our branches, by the codes that the circulation system has for them."""

    def branch(self, code: str) -> str:
        """Return a branch's name; its code where the settings name none."""
        return self.branches.get(code, code)
