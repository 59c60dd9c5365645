"""The parts, each put together from the ground and the parts before it. Nothing is started here."""

from collections.abc import Callable
from datetime import timedelta
from ssl import SSLContext
from typing import Final

from gateway.app.certificates import Renewable
from gateway.app.ground import Ground
from gateway.app.hooks import ACS
from gateway.app.looking import holdings_of
from gateway.app.mailing import make_office
from gateway.config.desk import DeskTlsSection
from gateway.config.kinds import UnknownPartnerRule
from gateway.config.sections import ClientTlsSection, HttpTlsSection
from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.backoff import BackOffPolicy, backoff_of
from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.borrowing_rules import borrowing_rules
from gateway.dispatch.catalogues import Catalogues
from gateway.dispatch.fetch_book import FetchBook
from gateway.dispatch.intake import Intake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.keeping import Keeping, Purger
from gateway.dispatch.marking import Marking
from gateway.dispatch.naming import Naming
from gateway.dispatch.notices import NoticeIntake
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.performers.acts import Acts
from gateway.dispatch.performers.letters import Letters, Post
from gateway.dispatch.performers.look_ups import LookUps
from gateway.dispatch.performers.performing import Performers
from gateway.dispatch.performers.pool_barcodes import PoolBarcodes
from gateway.dispatch.performers.rota import LenderBook, RotaMaker
from gateway.dispatch.performers.timers import Timers
from gateway.dispatch.performers.vetting import Vetting
from gateway.dispatch.planning import PEER_LANE, Planner, library_of
from gateway.dispatch.printing import Printing, look_of, stationery_of
from gateway.dispatch.receiving import Receiver
from gateway.dispatch.reconcile import Reconciler
from gateway.dispatch.recovering import Recoverer
from gateway.dispatch.storage_bound import StorageBound
from gateway.dispatch.subjects import BillWork, InvoiceWork, NoticeWork, Subjects
from gateway.fleet.logins import SharedLogins
from gateway.fleet.seats import Seats
from gateway.iso18626.client import Iso18626Client
from gateway.iso18626.tls import client_tls, server_tls
from gateway.listener import Listener
from gateway.reports.folding import House
from gateway.sip2.breaker import Breaker
from gateway.sip2.connection import Address
from gateway.sip2.connection import Exchange as SipExchange
from gateway.sip2.lines import Lines
from gateway.workflow.finding import CopyFinder

ROWS_A_SEAT: Final = 2
"""How many rows are under way for each connection, so that calls go on while outcomes are committed."""
COOL_DOWN_S: Final = 2.0
"""The breaker's: over before the circulation system is asked again for a sign of life (`circulation.PROBE_S`)."""


def make_logins(ground: Ground) -> SharedLogins:
    """Leave to log in, one count for all gateways."""
    return SharedLogins(store=ground.store, acs=ACS, name=ground.owner, time=ground.time)


def make_lines(ground: Ground, logins: SharedLogins, hook: Callable[[SipExchange], None]) -> Lines:
    """Make the connections to the circulation system: none before there are seats."""
    acs = ground.settings.acs
    return Lines(
        Address(acs.host, acs.port),
        ground.terminal.profile,
        ground.settings.acs_credentials(),
        size=0,
        ssl_context=_acs_tls(acs.tls) if acs.tls else None,
        hook=hook,
        breaker=Breaker(cooldown_s=COOL_DOWN_S),
        logins=logins,
    )


def make_bookkeeper(ground: Ground) -> Bookkeeper:
    """Make what keeps facts for figures; partners' groups are read as they are by then."""
    calendars, own_groups = ground.settings.calendars(), frozenset(ground.settings.figures.own_groups)

    def house() -> House:
        own = (partner.id for partner in ground.directory.partners if own_groups.intersection(partner.groups))
        return House(calendars=calendars, own=frozenset(own))

    return Bookkeeper(ground.store, house, ground.time)


def renewables(ground: Ground, lines: Lines, peers: Listener, pages: Listener | None) -> tuple[Renewable, ...]:
    """Say what is made of certificates and keys, for the watch over their files."""
    acs, http, security = ground.settings.acs.tls, ground.settings.http.tls, ground.security
    found = [Renewable(what="peers", files=security.tls_files, renew=security.renew_tls)]
    if acs is not None:
        files = tuple(filter(None, (acs.ca, acs.cert, acs.key)))
        found.append(Renewable(what="acs", files=lambda: files, renew=lambda: lines.renew_tls(_acs_tls(acs))))
    if http is not None:
        ours = tuple(filter(None, (http.cert, http.key, http.client_ca)))
        found.append(Renewable(what="http", files=lambda: ours, renew=lambda: peers.renew_tls(http_tls(http))))
    own = ground.settings.desk.tls
    if own is not None and pages is not None:
        shown = (own.cert, own.key)
        found.append(Renewable(what="desk", files=lambda: shown, renew=lambda: pages.renew_tls(desk_tls(own))))
    return tuple(found)


def http_tls(files: HttpTlsSection) -> SSLContext:
    """Read what the listener of peers shows and trusts. Raises OSError, ValueError."""
    return server_tls(cert_file=files.cert, key_file=files.key, client_ca_file=files.client_ca)


def desk_tls(files: DeskTlsSection) -> SSLContext:
    """Read what the listener of the desk's pages shows. Raises OSError, ValueError."""
    return server_tls(cert_file=files.cert, key_file=files.key)


def _acs_tls(files: ClientTlsSection) -> SSLContext:
    return client_tls(ca_file=files.ca, cert_file=files.cert, key_file=files.key)


def make_seats(ground: Ground, lines: Lines) -> Seats:
    """Make the share of the circulation system's connections that this gateway has."""
    seats = ground.settings.acs.pool_size
    return Seats(store=ground.store, lines=lines, name=ground.owner, seats=seats, time=ground.time)


def make_intake(ground: Ground, appraiser: Appraiser) -> Intake:
    """Make the one door through which a request is changed."""
    settings = ground.settings
    planner = Planner(
        clocks=settings.clock_settings(),
        calendars=settings.calendars(),
        batch_s=lambda: _batch_s(ground),
        billable_days=lambda partner: _billable_days(ground, partner),
    )
    naming = Naming(ground.store, appraiser.item_of)
    return Intake(
        ground.store, ground.directory, planner, naming, fallback_account=settings.acs.account, zone=ground.zone
    )


def _billable_days(ground: Ground, partner: str | None) -> int | None:
    known = ground.directory.partner(partner)
    return known.billing.billable_days if known else None


def _batch_s(ground: Ground) -> float:
    """How often customers' orders are looked up in partners' catalogues; 0 where there are none to ask."""
    own = ground.settings.borrowing.catalogues
    asks = own.ask and any(partner.catalogue.url for partner in ground.directory.partners)
    return own.batch_s if asks else 0.0


def make_receiver(ground: Ground, intake: Intake, seats: Seats, outbox: Outbox) -> Receiver:
    """Make what takes peers' messages to the door."""
    settings, most_bytes = ground.settings, ground.settings.http.max_stored_bytes_per_day
    ground.metrics.limit_storage(most_bytes)
    storage = StorageBound(
        most_bytes, now=ground.time.now, gateways=lambda: seats.gateways, on_kept=ground.metrics.message_stored
    )
    return Receiver(
        store=ground.store,
        intake=intake,
        directory=ground.directory,
        now=ground.time.now,
        our_agencies=settings.library.symbols,
        storage=storage,
        ask_about_unknown=settings.lending.unknown_partner is UnknownPartnerRule.APPROVE,
        zone=ground.zone,
        heard_from=lambda peer: outbox.heard_of(f"{PEER_LANE}{peer}"),
    )


def make_appraiser(ground: Ground, acs: Acs, finder: CopyFinder) -> Appraiser:
    """Make what finds copies, asks about each and weighs them by the policy."""
    return Appraiser(
        store=ground.store,
        directory=ground.directory,
        time=ground.time,
        acs=acs,
        finder=finder,
        calendars=ground.settings.calendars(),
        branches=ground.library.branches,
        fetch_book=FetchBook(
            store=ground.store,
            time=ground.time,
            calendars=ground.settings.calendars(),
            as_set=ground.settings.transit_days(),
            by_policy=lambda: ground.directory.policy.days_of_branches(),  # noqa: PLW0108 - of the policy that holds by then
        ),
    )


def make_performers(
    ground: Ground,
    acs: Acs,
    poster: Iso18626Client,
    appraiser: Appraiser,
    *,
    catalogues: Catalogues,
    printing: Printing,
) -> Performers:
    """Make those who do the queue's work."""
    store, time, owner, rules = ground.store, ground.time, ground.owner, borrowing_rules(ground.settings)
    figures = LenderBook(store=store, time=time, days=ground.settings.borrowing.figures_days).figures
    return Performers(
        acts=Acts(
            store=store,
            time=time,
            acs=acs,
            metrics=ground.metrics,
            owner=owner,
            branches=ground.library.branches,
        ),
        barcodes=PoolBarcodes(store=store, time=time, acs=acs, rules=rules),
        letters=Letters(
            store=store,
            directory=ground.directory,
            time=time,
            post=Post(poster=poster, endpoint_of=ground.security.endpoint),
            library=ground.library,
            owner=owner,
        ),
        look_ups=LookUps(appraiser=appraiser, directory=ground.directory, time=time),
        vetting=Vetting(store=store, time=time, acs=acs, appraiser=appraiser, rules=rules),
        rota=RotaMaker(
            directory=ground.directory,
            time=time,
            zone=ground.zone,
            weights=rules.weights,
            figures=figures,
            ask_again=timedelta(days=ground.settings.borrowing.ask_again_days),
            look_up=holdings_of(ground, catalogues),
            pending=store.pending,
        ),
        timers=Timers(store=store, directory=ground.directory, time=time),
        office=make_office(ground, acs, printing),
        time=time,
    )


def make_printing(ground: Ground) -> Printing:
    """Make what prints: for people, and for bills."""
    papers = ground.settings.papers
    return Printing(look_of(papers), stationery_of(papers), ground.time.now, ground.zone)


def make_bills(ground: Ground) -> BillIntake:
    """Make the one door through which a bill is changed."""
    return BillIntake(ground.store, BillPlanner(reminder_days=ground.settings.money.reminder_days))


def make_notices(ground: Ground) -> NoticeIntake:
    """Make the one door through which a notice is changed."""
    return NoticeIntake(ground.store)


def make_outbox(
    ground: Ground,
    intake: Intake,
    performers: Performers,
    *,
    bills: BillIntake,
    invoices: InvoiceIntake,
    notices: NoticeIntake,
) -> Outbox:
    """Make the worker of the queue."""
    given = ground.settings.outbox
    backoff = BackOffPolicy(first_s=given.first_wait_s, longest_s=given.longest_wait_s, limit=given.tries)
    office = performers.office
    subjects = Subjects(
        ground.store,
        intake,
        performers.perform,
        lambda row, request: library_of(row.effect, request, ground.directory.is_broker),
        bills=BillWork(intake=bills, perform=office.for_bill),
        invoices=InvoiceWork(intake=invoices, perform=office.for_invoice),
        notices=NoticeWork(intake=notices, perform=office.for_notice),
    )
    return Outbox(
        store=ground.store,
        subjects=subjects,
        time=ground.time,
        owner=ground.owner,
        settings=OutboxSettings(
            acs_at_once=ROWS_A_SEAT * ground.settings.acs.pool_size,
            peer_at_once=given.peer_concurrency,
            backoff=backoff,
        ),
        backoff_of=lambda lane: backoff_of(lane, backoff, ground.directory.peer),
    )


def make_recoverer(ground: Ground, intake: Intake, reconciler: Reconciler) -> Recoverer:
    """Make what compares after a restore."""
    return Recoverer(store=ground.store, intake=intake, reconciler=reconciler, time=ground.time, zone=ground.zone)


def make_purger(ground: Ground) -> Purger:
    """Make what lets go of what is not kept any longer."""
    kept = ground.settings.retention
    days = (
        timedelta(days=each) if each else None
        for each in (
            kept.requests_days,
            kept.documents_days,
            kept.look_ups_days,
            kept.bills_days,
            kept.notices_days,
        )
    )
    requests, documents, look_ups, bills, notices = days
    keeping = Keeping(
        requests=requests,
        documents=documents,
        look_ups=look_ups,
        bills=bills,
        notices=notices,
        invoice_years=kept.invoices_fiscal_years or None,
        year_begins=ground.settings.billing().year_begins,
    )
    return Purger(ground.store, keeping, ground.time, ground.zone)


def make_marking(ground: Ground) -> Marking | None:
    """Make what keeps the mark beside the store; None if the settings name no place for it."""
    path = ground.settings.mark_path()
    return Marking(ground.store, path, ground.time) if path else None


def make_reconciler(ground: Ground, intake: Intake, acs: Acs) -> Reconciler:
    """Make what compares the circulation system's loans and holds with the requests."""
    return Reconciler(
        store=ground.store,
        intake=intake,
        acs=acs,
        time=ground.time,
        fallback_account=ground.settings.acs.account,
    )
