"""What the settings file may say: one model a table, with its defaults and limits.

deploy/ill-gateway.example.toml explains each key. Every key lies in a table; unknown keys are mistakes.
"""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import Field, SecretStr

from gateway.config.kinds import (
    Account,
    CatalogueUrl,
    ClosedWeekdays,
    Count,
    DialectName,
    EmailAddress,
    HttpUrl,
    Identity,
    LogLevel,
    Name,
    Network,
    PeerSecretName,
    Port,
    PositiveCount,
    PositiveSeconds,
    ProfileName,
    ReadableFile,
    Seconds,
    StoreUrl,
    SymbolOrAny,
    Symbols,
    TimeOfDay,
    UrlPath,
    Weekday,
    YearlyDay,
    ZoneName,
)
from gateway.config.secrets import Secret
from gateway.config.section import KeyAgreement, Section, go_together, not_after, objection_if
from gateway.iso18626.codes import Version
from gateway.logs import LogFormat
from gateway.workflow.policy import DEFAULT_CLOCKS, AutoAnswer
from gateway.workflow.records import Clock

LEAST_KEPT_DAYS: Final = 90
A_YEAR_DAYS: Final = 366
"""Partners speak of a request for so long after its end."""
ADMIN_TOKEN: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,39}\.[^.\s]{20,}")
"""What web.access takes as a token of the configuration."""

MOST_MEGABYTES: Final = 200
"""Of a file that is handed in: no page and no call takes a longer one (desk/copies.py)."""

# ---- the library


class AddressSection(Section):
    """A postal address, as records.PostalAddress."""

    line1: str | None = None
    line2: str | None = None
    locality: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None


class HoursSection(Section):
    """From when until when a place is open on the days that it is open at all."""

    open_from: TimeOfDay | None = None
    open_until: TimeOfDay | None = None

    agreements = (
        KeyAgreement(
            ("open_from", "open_until"),
            lambda opens, closes: objection_if(
                bool(opens and closes and opens >= closes), "open_until: must be later than open_from"
            ),
        ),
    )


class LibrarySection(HoursSection):
    """[library]: who we are, and when we are open."""

    name: Name
    symbols: Symbols
    time_zone: ZoneName
    closed_weekdays: ClosedWeekdays = (Weekday.SATURDAY, Weekday.SUNDAY)
    closed_dates: tuple[date, ...] = ()
    closed_yearly: tuple[YearlyDay, ...] = ()
    return_address: AddressSection = AddressSection()


class BranchSection(HoursSection):
    """[branches.<code>]: a branch; what it leaves out is the library's."""

    name: Name
    time_zone: ZoneName | None = None
    closed_weekdays: ClosedWeekdays | None = None
    closed_dates: tuple[date, ...] = ()
    closed_yearly: tuple[YearlyDay, ...] = ()
    """Both besides the library's."""
    transit_days: Annotated[int, Field(ge=0, le=30)] | None = None
    """Open days from a promise until its courier brings the book to the desk; None: learned from its own books."""
    pull_slips_to: EmailAddress | None = None
    """Where its pull slips go by e-mail, at the times of [notices]."""


# ---- listeners and store


class HttpTlsSection(Section):
    """[http.tls]: our certificate, and who may sign peers' certificates."""

    cert: ReadableFile
    key: ReadableFile
    client_ca: ReadableFile | None = None


class HttpSection(Section):
    """[http]: where partners' systems write to."""

    host: Name = "127.0.0.1"
    port: Port = 8626
    path: UrlPath = "/iso18626"
    tls: HttpTlsSection | None = None
    trusted_proxies: tuple[Network, ...] = ()
    max_body_bytes: Annotated[int, Field(ge=100_000, le=1024 * 1024)] = 1024 * 1024
    read_timeout_s: PositiveSeconds = 15.0
    idle_timeout_s: PositiveSeconds = 30.0
    max_connections: PositiveCount = 500
    max_connections_per_address: PositiveCount = 200
    max_stored_bytes_per_day: Annotated[int, Field(ge=10 * 1024 * 1024)] = 1024 * 1024 * 1024
    """Of the messages of one peer."""


def _token_objection(token: SecretStr | None) -> str | None:
    if token is None or ADMIN_TOKEN.fullmatch(token.get_secret_value()):
        return None
    return "admin_token is not <name>.<secret> with a secret of 20 characters or more, none of them a full stop"


class ApiSection(Section):
    """[api]: where the command line and staff's programs connect."""

    host: Name = "127.0.0.1"
    port: Port = 8627
    admin_token: Secret | None = None
    """`<name>.<secret>`: an administrator's token that is valid from the start, to make the others with."""

    agreements = (KeyAgreement(("admin_token",), _token_objection),)


class OperationsSection(Section):
    """[operations]: /healthz, /readyz and /metrics, and how long a shutdown may take."""

    host: Name = "127.0.0.1"
    port: Port = 9626
    announce_s: Seconds = 0.0
    """A gateway that leaves says so on /readyz until no message has come for so long."""
    drain_s: Seconds = 15.0


class OutgoingSection(Section):
    """[outgoing]: where we connect to, of what the rule (gateway/outgoing.py) refuses otherwise, and which secrets go where."""

    allowed_networks: tuple[Network, ...] = ()
    secrets: dict[PeerSecretName, tuple[CatalogueUrl, ...]] = Field(default_factory=dict)
    """By the names of entries of [secrets] that peers' records may name: the addresses where each may be shown."""


class StoreSection(Section):
    """[store]: where everything is kept."""

    url: StoreUrl = "sqlite:///var/gateway.sqlite"
    password: Secret | None = None
    instance: Name = "gateway"
    """This process among those that share the store: no two that run at once may have the same name."""
    mark: Name | None = None
    """The file by which a store that went back in time is noticed; None: beside a SQLite store, else none."""


def _too_short(days: int) -> str | None:
    return objection_if(0 < days < LEAST_KEPT_DAYS, f"requests_days: must be {LEAST_KEPT_DAYS} or more, or 0 for good")


def _within_the_year(days: int) -> str | None:
    return objection_if(0 < days < A_YEAR_DAYS, f"bills_days: must be {A_YEAR_DAYS} or more, or 0 for good")


class RetentionSection(Section):
    """[retention]: for how many days what has ended is kept; 0: for good. Customers have [borrowing] anonymise_after_days."""

    requests_days: Count = 1461
    documents_days: Count = 365
    look_ups_days: Count = 730
    bills_days: Count = 2557
    invoices_fiscal_years: Count = 7
    """Whole fiscal years after the one in which a lender's invoice was paid, taken back or dropped, with its documents."""
    notices_days: Count = 730

    agreements = (KeyAgreement(("requests_days",), _too_short), KeyAgreement(("bills_days",), _within_the_year))


class CopiesSection(Section):
    """[copies]: files of copies, for partners to fetch and for our customers."""

    public_url: HttpUrl | None = None
    """How partners reach /copies/ of the peers' listener, without that path; None: they can fetch nothing from here."""
    kept_days: Annotated[int, Field(ge=1, le=90)] = 14
    most_megabytes: Annotated[int, Field(ge=1, le=MOST_MEGABYTES)] = 50
    """Of one file."""


class LogSection(Section):
    """[log]: how much is written, and how."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.JSON


# ---- the circulation system


class ClientTlsSection(Section):
    """[acs.tls]: present, TLS is used; empty, the system's authorities are trusted."""

    ca: ReadableFile | None = None
    cert: ReadableFile | None = None
    key: ReadableFile | None = None


class AcsSection(Section):
    """[acs]: the circulation system. `overrides` changes single settings of the profile (sip2/profiles.py)."""

    host: Name
    port: Port = 6001
    tls: ClientTlsSection | None = None
    profile: ProfileName = "generic"
    overrides: dict[str, Any] = Field(default_factory=dict)
    user: str = ""
    password: Secret | None = None
    location: str = ""
    institution: str = ""
    terminal_password: Secret | None = None
    pickup: Name | None = None
    account: Account | None = None
    pool_size: Annotated[int, Field(ge=1, le=50)] = 2
    timeout_s: PositiveSeconds = 30.0
    reconcile_at: TimeOfDay = "03:30"
    """In the library's time zone; empty: only when asked for."""


# ---- who we know


def _proves_nothing(networks: tuple[str, ...], *proofs: object) -> str | None:
    if networks or any(proof is not None for proof in proofs):
        return None
    return "proves nothing: give one of security_code, basic_password, bearer, certificate, networks"


class InboundSection(Section):
    """[peers.inbound]: what a peer must show, all of it (iso18626/authentication.py)."""

    account_id: Name | None = None
    security_code: Secret | None = None
    basic_user: Name | None = None
    basic_password: Secret | None = None
    bearer: Secret | None = None
    certificate: Name | None = None
    networks: tuple[Network, ...] = ()

    agreements = (
        KeyAgreement(("networks", "security_code", "basic_password", "bearer", "certificate"), _proves_nothing),
        go_together("basic_user", "basic_password"),
    )


class OutboundSection(Section):
    """[peers.outbound]: what we show a peer."""

    basic_user: Name | None = None
    basic_password: Secret | None = None
    bearer: Secret | None = None
    ca: ReadableFile | None = None
    cert: ReadableFile | None = None
    key: ReadableFile | None = None

    agreements = (
        go_together("basic_user", "basic_password"),
        KeyAgreement(
            ("bearer", "basic_user"),
            lambda bearer, user: objection_if(
                bearer is not None and user is not None,
                "bearer and basic_user exclude each other: HTTP has one Authorization header",
            ),
        ),
    )


class PeerEntry(Section):
    """[[peers]]: a system that connects."""

    id: Identity
    url: HttpUrl | None = None
    version: Version = Version.V1_2
    dialect: DialectName = "plain"
    agencies: tuple[SymbolOrAny, ...] = ()
    first_message_wait_s: Seconds = 1.0
    max_per_minute: PositiveCount = 3000
    enabled: bool = True
    inbound: InboundSection
    outbound: OutboundSection = OutboundSection()


class PartnerEntry(Section):
    """[[partners]]: a library we lend to."""

    id: Identity
    name: Name
    peer: Identity
    symbols: Symbols
    account: Account | None = None
    address: AddressSection | None = None
    auto_answer: AutoAnswer | None = None
    groups: tuple[Name, ...] = ()
    suspended: bool = False


# ---- lending


def _days(clock: Clock) -> int:
    return DEFAULT_CLOCKS[clock].days


class ClocksSection(Section):
    """[clocks]: how long each timer of a request runs. Which ones count open days is ill.md's rule, no setting."""

    undecided_s: PositiveSeconds = DEFAULT_CLOCKS[Clock.UNDECIDED].seconds
    deadline_days: PositiveCount = _days(Clock.DEADLINE)
    condition_days: PositiveCount = _days(Clock.CONDITION)
    hold_amber_days: PositiveCount = _days(Clock.HOLD_AMBER)
    hold_days: PositiveCount = _days(Clock.HOLD)
    receipt_days: PositiveCount = _days(Clock.RECEIPT)
    overdue_first_days: PositiveCount = _days(Clock.OVERDUE_FIRST)
    overdue_second_days: PositiveCount = _days(Clock.OVERDUE_SECOND)
    overdue_third_days: PositiveCount = _days(Clock.OVERDUE_THIRD)
    billable_days: PositiveCount = _days(Clock.BILLABLE)
    return_days: PositiveCount = _days(Clock.RETURN)
    lender_answer_days: PositiveCount = _days(Clock.LENDER_ANSWER)
    lender_answer_rush_s: PositiveSeconds = DEFAULT_CLOCKS[Clock.LENDER_ANSWER_RUSH].seconds
    lender_answer_express_s: PositiveSeconds = DEFAULT_CLOCKS[Clock.LENDER_ANSWER_EXPRESS].seconds
    lender_sends_days: PositiveCount = _days(Clock.LENDER_SENDS)
    silence_days: PositiveCount = _days(Clock.SILENCE)
    withdrawal_days: PositiveCount = _days(Clock.WITHDRAWAL)
    copy_receipt_days: PositiveCount = _days(Clock.COPY_RECEIPT)
    renewal_days: PositiveCount = _days(Clock.RENEWAL)
    watch_s: PositiveSeconds = DEFAULT_CLOCKS[Clock.WATCH].seconds
    watch_loan_s: PositiveSeconds = DEFAULT_CLOCKS[Clock.WATCH_LOAN].seconds

    agreements = (
        not_after("hold_amber_days", "hold_days"),
        not_after("overdue_first_days", "overdue_second_days"),
        not_after("overdue_second_days", "overdue_third_days"),
    )


class OutboxSection(Section):
    """[outbox]: how patiently work is tried again, and how much at once."""

    first_wait_s: PositiveSeconds = 5.0
    longest_wait_s: PositiveSeconds = 3600.0
    tries: PositiveCount = 8
    peer_concurrency: PositiveCount = 2


class FiguresSection(Section):
    """[figures]: what the library's own figures go by."""

    fiscal_year_begins: YearlyDay = "07-01"
    own_groups: tuple[Name, ...] = ()
    """Groups of partners that are under our own administration: what goes to and fro between us and these is no interlibrary loan."""
