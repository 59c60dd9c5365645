"""What the settings file may say: one model a table, with its defaults and limits.

deploy/ill-gateway.example.toml explains each key. Every key lies in a table; unknown keys are mistakes.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gateway.config.kinds import (
    Account,
    ClosedWeekdays,
    Condition,
    Count,
    Currency,
    Days,
    DialectName,
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
    Reason,
    RetryReason,
    Seconds,
    StatusDigits,
    StoreUrl,
    SymbolOrAny,
    Symbols,
    TimeOfDay,
    UnknownPartner,
    UnknownPeer,
    UrlPath,
    Weekday,
    YearlyDay,
    ZoneName,
)
from gateway.config.secrets import Secret
from gateway.config.wording import OF_THE_TABLE
from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled, Version
from gateway.logs import LogFormat
from gateway.workflow.policy import DEFAULT_CLOCKS, Availability, Policy, PolicyLine, Preference
from gateway.workflow.records import AutoAnswer, Clock


class Agreement(msgspec.Struct, frozen=True):
    """What several keys of a table must agree on: `objection` takes their values in this order, and says what is wrong."""

    keys: tuple[str, ...]
    objection: Callable[..., str | None]


class Section(BaseModel):
    """What all tables share: unknown keys are mistakes, and a mistake never quotes the whole table.

    An agreement is looked at as soon as the last of its keys was read, if all of them are well: so that a mistake in
    another key doesn't hide it. It is told as a mistake of the table.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        validate_default=True,
    )
    agreements: ClassVar[tuple[Agreement, ...]] = ()

    @field_validator("*", mode="after")
    @classmethod
    def _agrees(cls, value: Any, info: ValidationInfo) -> Any:
        well, order = info.data | {info.field_name: value}, list(cls.model_fields)
        for agreement in cls.agreements:
            if info.field_name == max(agreement.keys, key=order.index) and well.keys() >= set(agreement.keys):
                words = agreement.objection(*(well[key] for key in agreement.keys))
                if words:
                    raise PydanticCustomError(OF_THE_TABLE, "{words}", {"words": words})
        return value


def go_together(one: str, other: str) -> Agreement:
    """Both of these keys, or neither."""
    return Agreement(
        (one, other), lambda first, second: _if((first is None) != (second is None), f"{one} and {other} go together")
    )


def not_after(earlier: str, later: str) -> Agreement:
    """The first of these times comes no later than the second."""
    return Agreement(
        (earlier, later), lambda first, second: _if(first > second, f"{earlier} must not be above {later}")
    )


def _if(wrong: bool, words: str) -> str | None:  # noqa: FBT001 - what was found, and what is said then
    return words if wrong else None


ADMIN_TOKEN: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,39}\.[^.\s]{20,}")
"""What web.access takes as a token of the configuration."""

# ---- the library


class Address(Section):
    """A postal address, as records.PostalAddress."""

    line1: str | None = None
    line2: str | None = None
    locality: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None


class Hours(Section):
    """From when until when a place is open on the days that it is open at all."""

    open_from: TimeOfDay | None = None
    open_until: TimeOfDay | None = None

    agreements = (
        Agreement(
            ("open_from", "open_until"),
            lambda opens, closes: _if(
                bool(opens and closes and opens >= closes), "open_until: must be later than open_from"
            ),
        ),
    )


class Library(Hours):
    """[library]: who we are, and when we are open."""

    name: Name
    symbols: Symbols
    time_zone: ZoneName
    closed_weekdays: ClosedWeekdays = (Weekday.SATURDAY, Weekday.SUNDAY)
    closed_dates: tuple[date, ...] = ()
    closed_yearly: tuple[YearlyDay, ...] = ()
    return_address: Address = Address()


class Branch(Hours):
    """[branches.<code>]: a branch; what it leaves out is the library's."""

    name: Name
    time_zone: ZoneName | None = None
    closed_weekdays: ClosedWeekdays | None = None
    closed_dates: tuple[date, ...] = ()
    closed_yearly: tuple[YearlyDay, ...] = ()
    """Both besides the library's."""


# ---- listeners and store


class HttpTls(Section):
    """[http.tls]: our certificate, and who may sign peers' certificates."""

    cert: ReadableFile
    key: ReadableFile
    client_ca: ReadableFile | None = None


class Http(Section):
    """[http]: where partners' systems write to."""

    host: Name = "127.0.0.1"
    port: Port = 8626
    path: UrlPath = "/iso18626"
    tls: HttpTls | None = None
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


class Api(Section):
    """[api]: where the command line and staff's programs connect."""

    host: Name = "127.0.0.1"
    port: Port = 8627
    admin_token: Secret | None = None
    """`<name>.<secret>`: an administrator's token that is valid from the start, to make the others with."""

    agreements = (Agreement(("admin_token",), _token_objection),)


class Operations(Section):
    """[operations]: /healthz, /readyz and /metrics, and how long a shutdown may take."""

    host: Name = "127.0.0.1"
    port: Port = 9626
    drain_s: Seconds = 15.0


class Outgoing(Section):
    """[outgoing]: where we connect to, of what the rule (gateway/outgoing.py) refuses otherwise, and which secrets go where."""

    allowed_networks: tuple[Network, ...] = ()
    secrets: dict[PeerSecretName, tuple[HttpUrl, ...]] = Field(default_factory=dict)
    """By the names of entries of [secrets] that peers' records may name: the addresses where each may be shown."""


class Store(Section):
    """[store]: where everything is kept."""

    url: StoreUrl = "sqlite:///var/gateway.sqlite"
    password: Secret | None = None
    instance: Name = "gateway"
    """This process among those that share the store: no two that run at once may have the same name."""


class Log(Section):
    """[log]: how much is written, and how."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.JSON


# ---- the circulation system


class ClientTls(Section):
    """[acs.tls]: present, TLS is used; empty, the system's authorities are trusted."""

    ca: ReadableFile | None = None
    cert: ReadableFile | None = None
    key: ReadableFile | None = None


class Acs(Section):
    """[acs]: the circulation system. `overrides` changes single settings of the profile (sip2/profiles.py)."""

    host: Name
    port: Port = 6001
    tls: ClientTls | None = None
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


class Inbound(Section):
    """[peers.inbound]: what a peer must show, all of it (iso18626/authentication.py)."""

    account_id: Name | None = None
    security_code: Secret | None = None
    basic_user: Name | None = None
    basic_password: Secret | None = None
    bearer: Secret | None = None
    certificate: Name | None = None
    networks: tuple[Network, ...] = ()

    agreements = (
        Agreement(("networks", "security_code", "basic_password", "bearer", "certificate"), _proves_nothing),
        go_together("basic_user", "basic_password"),
    )


class Outbound(Section):
    """[peers.outbound]: what we show a peer."""

    basic_user: Name | None = None
    basic_password: Secret | None = None
    bearer: Secret | None = None
    ca: ReadableFile | None = None
    cert: ReadableFile | None = None
    key: ReadableFile | None = None

    agreements = (
        go_together("basic_user", "basic_password"),
        Agreement(
            ("bearer", "basic_user"),
            lambda bearer, user: _if(
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
    inbound: Inbound
    outbound: Outbound = Outbound()


class PartnerEntry(Section):
    """[[partners]]: a library we lend to."""

    id: Identity
    name: Name
    peer: Identity
    symbols: Symbols
    account: Account | None = None
    address: Address | None = None
    auto_answer: AutoAnswer | None = None
    groups: tuple[Name, ...] = ()
    suspended: bool = False


# ---- lending

_POLICY = Policy()
_LINE = PolicyLine()


class Lending(Section):
    """[lending]: what is answered without a person."""

    auto_answer: AutoAnswer = AutoAnswer.OFF
    unknown_partner: UnknownPartner = UnknownPartner.APPROVE
    unknown_peer: UnknownPeer = UnknownPeer.REFUSE
    paused: bool = False
    paused_reason: RetryReason = _POLICY.paused_reason
    paused_note: Name = _POLICY.paused_note
    undo_s: Seconds = 0.0


class Cost(Section):
    """A fee: amount and ISO 4217 currency."""

    amount: Annotated[Decimal, Field(ge=0, decimal_places=2)]
    currency: Currency


class PolicyEntry(Section):
    """[[policy.lines]]: the first line that fits counts; conditions left out fit everything (workflow.policy.PolicyLine)."""

    name: str = ""
    item_types: tuple[Name, ...] = ()
    collections: tuple[Name, ...] = ()
    branches: tuple[Name, ...] = ()
    partners: tuple[Identity, ...] = ()
    groups: tuple[Name, ...] = ()
    lend: bool = True
    copies: bool = True
    reason: Reason = _LINE.reason
    embargo_days: Days | None = None
    embargo_reason: Reason = _LINE.embargo_reason
    most_at_once: Count | None = None
    limit_reason: Reason = _LINE.limit_reason
    days: Days | None = None
    renewals: Count | None = None
    cost: Cost | None = None
    condition: Condition | None = None


def _reason_objection(availability: Availability, reason: str | None) -> str | None:
    codes = {Availability.RETRY: ReasonRetry, Availability.UNFILLED: ReasonUnfilled}.get(availability)
    if codes is None:
        return _if(reason is not None, f'"{availability}" takes no reason')
    return _if(reason not in list(codes), f'"{availability}" needs a reason out of {", ".join(codes)}')


class StatusEntry(Section):
    """[policy.status.<nn>]: what a circulation status of SIP2 comes to."""

    availability: Availability
    reason: str | None = None
    extra_days: Count = 0

    agreements = (Agreement(("availability", "reason"), _reason_objection),)


class PolicySection(Section):
    """[policy]: what we lend, and what a copy's status means."""

    lend_with_queue: bool = _POLICY.lend_with_queue
    loan_days: PositiveCount = _POLICY.loan_days
    delivery_days: Count = _POLICY.delivery_days
    max_copies: PositiveCount = _POLICY.max_copies
    preferences: tuple[Preference, ...] = _POLICY.preferences
    branch_order: tuple[Name, ...] = ()
    item_type_order: tuple[Name, ...] = ()
    lines: tuple[PolicyEntry, ...] = ()
    status: dict[StatusDigits, StatusEntry] = Field(default_factory=dict)


# ---- clocks and work


def _days(clock: Clock) -> int:
    return DEFAULT_CLOCKS[clock].days


class Clocks(Section):
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


class Outbox(Section):
    """[outbox]: how patiently work is tried again, and how much at once."""

    first_wait_s: PositiveSeconds = 5.0
    longest_wait_s: PositiveSeconds = 3600.0
    tries: PositiveCount = 8
    peer_concurrency: PositiveCount = 2
