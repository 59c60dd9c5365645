"""The settings as a whole, and the values that the rest of the gateway takes as arguments."""

from collections.abc import Iterable
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec
from pydantic import Field, SecretStr

from gateway.config.borrowing import BorrowingSection
from gateway.config.catalogue import CatalogueSection
from gateway.config.desk import DeskSection
from gateway.config.directories import DirectoryEntry
from gateway.config.kinds import Weekday, month_and_day
from gateway.config.lending import LendingSection, PolicyEntry, PolicySection
from gateway.config.mail import MailSection, NoticesSection
from gateway.config.money import MoneySection
from gateway.config.papers import PapersSection
from gateway.config.profile import customised
from gateway.config.section import Section
from gateway.config.sections import (
    AcsSection,
    AddressSection,
    ApiSection,
    BranchSection,
    ClocksSection,
    CopiesSection,
    FiguresSection,
    HttpSection,
    LibrarySection,
    LogSection,
    OperationsSection,
    OutboxSection,
    OutgoingSection,
    PartnerEntry,
    PeerEntry,
    RetentionSection,
    StoreSection,
)
from gateway.iso18626.authentication import PeerCredentials
from gateway.money.records import Seller
from gateway.money.rules import BillingRules
from gateway.money.terms import BillingDefaults
from gateway.notices.schedule import NoticePlan
from gateway.sip2.profiles import Credentials, Profile
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.policy import DEFAULT_CLOCKS, DEFAULT_STATUS_RULES, ClockSetting, Policy, PolicyLine, StatusRule
from gateway.workflow.records import Clock
from gateway.workflow.values import Money, PostalAddress

_WEEKDAYS = list(Weekday)


class Settings(Section):
    """The whole file. The tables are read as they are; what others take in a form of their own, the methods build."""

    library: LibrarySection
    branches: dict[str, BranchSection] = Field(default_factory=dict)
    http: HttpSection = HttpSection()
    api: ApiSection = ApiSection()
    desk: DeskSection = DeskSection()
    operations: OperationsSection = OperationsSection()
    outgoing: OutgoingSection = OutgoingSection()
    store: StoreSection = StoreSection()
    copies: CopiesSection = CopiesSection()
    acs: AcsSection
    catalogue: CatalogueSection = Field(default_factory=CatalogueSection)
    peers: tuple[PeerEntry, ...] = ()
    partners: tuple[PartnerEntry, ...] = ()
    directories: tuple[DirectoryEntry, ...] = ()
    lending: LendingSection = LendingSection()
    policy: PolicySection = PolicySection()
    borrowing: BorrowingSection = BorrowingSection()
    papers: PapersSection = PapersSection()
    figures: FiguresSection = FiguresSection()
    money: MoneySection = MoneySection()
    mail: MailSection = MailSection()
    notices: NoticesSection = NoticesSection()
    clocks: ClocksSection = ClocksSection()
    outbox: OutboxSection = OutboxSection()
    log: LogSection = LogSection()
    retention: RetentionSection = RetentionSection()
    secrets: dict[str, SecretStr] = Field(default_factory=dict)

    def peer_seeds(self) -> tuple[Peer, ...]:
        """The peers, without their secrets, for the store's first start."""
        return tuple(_peer(entry) for entry in self.peers)

    def partner_seeds(self) -> tuple[Partner, ...]:
        """The partners, likewise."""
        return tuple(_partner(entry) for entry in self.partners)

    def peer_credentials(self) -> tuple[PeerCredentials, ...]:
        """What each peer must show, once it is enabled."""
        return tuple(_credentials(entry) for entry in self.peers)

    def lending_policy(self) -> Policy:
        """The policy: [policy], and what [lending] says of answers."""
        own, lending = self.policy, self.lending
        return Policy(
            lines=tuple(_policy_line(entry) for entry in own.lines),
            status_rules=DEFAULT_STATUS_RULES
            | {code: StatusRule(**entry.model_dump()) for code, entry in own.status.items()},
            lend_with_queue=own.lend_with_queue,
            loan_days=own.loan_days,
            delivery_days=own.delivery_days,
            shipping_days=own.shipping_days,
            too_late=own.too_late,
            other_number=own.other_number,
            without_copyright=own.without_copyright,
            note_terms=own.note_terms,
            max_copies=own.max_copies,
            preferences=own.preferences,
            branch_order=own.branch_order,
            item_type_order=own.item_type_order,
            auto_answer=lending.auto_answer,
            paused=lending.paused,
            paused_reason=lending.paused_reason,
            paused_note=lending.paused_note,
        )

    def clock_settings(self) -> dict[Clock, ClockSetting]:
        """How long each clock runs."""
        return {clock: _clock_setting(self.clocks, clock, default) for clock, default in DEFAULT_CLOCKS.items()}

    def calendars(self) -> Calendars:
        """When the library and each of its branches are open."""
        library = self.library
        own = _calendar(
            library.time_zone, library.closed_weekdays, (library.open_from or "", library.open_until or ""), library
        )
        return Calendars(
            library=own,
            branches={code: self._branch_calendar(branch) for code, branch in self.branches.items()},
        )

    def transit_days(self) -> dict[str, int]:
        """How long branches take to bring a book, where the settings say so."""
        return {code: branch.transit_days for code, branch in self.branches.items() if branch.transit_days is not None}

    def _branch_calendar(self, branch: BranchSection) -> Calendar:
        library = self.library
        weekdays = library.closed_weekdays if branch.closed_weekdays is None else branch.closed_weekdays
        hours = (
            (library.open_from if branch.open_from is None else branch.open_from) or "",
            (library.open_until if branch.open_until is None else branch.open_until) or "",
        )
        return _calendar(branch.time_zone or library.time_zone, weekdays, hours, library, branch)

    def return_address(self) -> PostalAddress:
        """Where our items are sent back to."""
        return _address(self.library.return_address)

    def notice_plan(self) -> NoticePlan:
        """What goes out by e-mail, and when."""
        own, texts = self.notices, self.mail.texts.model_dump()
        return NoticePlan(
            mails=self.mail.host is not None,
            texts={name: text for name, text in texts.items() if text is not None},
            branches={code: branch.pull_slips_to for code, branch in self.branches.items() if branch.pull_slips_to},
            pull_slips_at=tuple(map(time.fromisoformat, own.pull_slips_at)),
            statements_on=own.statements_on,
            report=own.report,
            report_on=own.report_on,
            report_to=own.report_to,
            monthly_at=time.fromisoformat(own.monthly_at),
        )

    def billing(self) -> BillingRules:
        """How we bill: what the rooms of money take."""
        money = self.money
        return BillingRules(
            seller=Seller(
                name=self.library.name,
                department=money.department,
                address=self.return_address(),
                contact=money.contact,
                tax_id=money.tax_id,
                remit_to=money.remit_to,
                ways_to_pay=money.ways_to_pay,
            ),
            defaults=BillingDefaults(
                currency=money.currency,
                price=money.price,
                flat_price=money.flat_price,
                processing_fee=money.processing_fee,
                refund=money.refund,
                net_days=money.net_days,
                tax_percent=money.tax_percent,
            ),
            export=tuple(money.export.items()),
            invoice_export=tuple(money.invoice_export.items()),
            charge_first=timedelta(days=money.charge_first_days),
            enclosed=tuple(Path(each).name for each in money.enclosed),
            invoice_series=money.invoice_series,
            credit_series=money.credit_series,
            year_begins=month_and_day(self.figures.fiscal_year_begins),
        )

    def acs_profile(self) -> Profile:
        """The circulation system's profile with everything that [acs] says of it."""
        acs = self.acs
        return msgspec.structs.replace(
            customised(acs.profile, acs.overrides),
            institution_id=acs.institution,
            terminal_password=_text(acs.terminal_password) or "",
            location_code=acs.location,
            reply_timeout_s=acs.timeout_s,
        )

    def acs_credentials(self) -> Credentials:
        """The account we log in to the circulation system with."""
        return Credentials(user=self.acs.user, password=_text(self.acs.password) or "")

    def reconcile_time(self) -> time | None:
        """When the circulation system's lists are compared with our requests every day; None for never."""
        return time.fromisoformat(self.acs.reconcile_at) if self.acs.reconcile_at else None

    def pickup_branch(self) -> str:
        """Where partners' holds are collected: the desk, unless another branch is named."""
        return self.acs.pickup or self.acs.location

    def mark_path(self) -> Path | None:
        """Where the mark beside the store is kept (store/mark.py); None if nowhere."""
        if self.store.mark is not None:
            return Path(self.store.mark)
        kind, _, path = self.store.url.partition(":///")
        return Path(f"{path}.mark") if kind == "sqlite" else None

    def store_url(self) -> SecretStr:
        """The store's URL with its password in it."""
        if self.store.password is None:
            return SecretStr(self.store.url)
        parts = urlsplit(self.store.url)
        password = quote(self.store.password.get_secret_value(), safe="")
        user, host = (parts.username or "", parts.netloc.rpartition("@")[2])
        return SecretStr(parts._replace(netloc=f"{user}:{password}@{host}").geturl())


def _calendar(
    time_zone: str, closed_weekdays: Iterable[Weekday], hours: tuple[str, str], *closed: LibrarySection | BranchSection
) -> Calendar:
    """A calendar with the holidays of all that are named; hours as the settings write them."""
    opens, closes = hours
    return Calendar(
        time_zone=time_zone,
        closed_weekdays=tuple(sorted(_WEEKDAYS.index(day) for day in closed_weekdays)),
        closed_dates=tuple(sorted({day for each in closed for day in each.closed_dates})),
        closed_yearly=tuple(sorted({month_and_day(day) for each in closed for day in each.closed_yearly})),
        opens_at=time.fromisoformat(opens) if opens else time.min,
        closes_at=time.fromisoformat(closes) if closes else time.max,
    )


def _peer(entry: PeerEntry) -> Peer:
    return Peer(
        id=entry.id,
        url=entry.url,
        version=entry.version.value,
        dialect=entry.dialect,
        agencies=entry.agencies,
        first_message_wait_s=entry.first_message_wait_s,
        enabled=entry.enabled,
    )


def _partner(entry: PartnerEntry) -> Partner:
    return Partner(
        id=entry.id,
        name=entry.name,
        peer=entry.peer,
        symbols=entry.symbols,
        account=entry.account,
        address=_address(entry.address) if entry.address else None,
        auto_answer=entry.auto_answer,
        groups=entry.groups,
        suspended=entry.suspended,
    )


def _credentials(entry: PeerEntry) -> PeerCredentials:
    shown = entry.inbound
    return PeerCredentials(
        peer=entry.id,
        account_id=shown.account_id,
        security_code=_text(shown.security_code),
        basic_user=shown.basic_user,
        basic_password=_text(shown.basic_password),
        bearer=_text(shown.bearer),
        certificate=shown.certificate,
        networks=shown.networks,
    )


def _policy_line(entry: PolicyEntry) -> PolicyLine:
    """Every key is a field of the line; `copies` stands for `copy`, which the models have for themselves."""
    fields = entry.model_dump(exclude={"cost", "copies"})
    cost = Money(amount=entry.cost.amount, currency=entry.cost.currency) if entry.cost else None
    return PolicyLine(**fields, copy=entry.copies, cost=cost)


def _clock_setting(clocks: ClocksSection, clock: Clock, default: ClockSetting) -> ClockSetting:
    """A clock's key is its name and the unit of its default."""
    name = clock.value.replace(" ", "_")
    if default.seconds:
        return ClockSetting(seconds=getattr(clocks, f"{name}_s"), open_days=default.open_days)
    return ClockSetting(days=getattr(clocks, f"{name}_days"), open_days=default.open_days)


def _address(address: AddressSection) -> PostalAddress:
    return PostalAddress(**address.model_dump())


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
