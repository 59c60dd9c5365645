"""What the listeners serve: the peers' handler, and what the desk works with."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from gateway.app.circulation import Circulation
from gateway.app.ground import Ground
from gateway.app.looking import works_of
from gateway.app.switches import fixed_switches
from gateway.config.desk import DeskSection, OidcSection, is_of_this_machine
from gateway.config.kinds import UnknownPeerRule, month_and_day
from gateway.desk.access import configured_token
from gateway.desk.ports import (
    CopyRules,
    Desk,
    Elsewhere,
    LookingParts,
    MailParts,
    MoneyParts,
    OrderParts,
    PartnerParts,
    PickupRules,
    PriceRules,
    SignInParts,
    UpkeepParts,
)
from gateway.desk.shown import shown
from gateway.desk.sign_ins import SignInRules, SignIns, SignInTry
from gateway.desk.structs.directory import CatalogueTried, PeerTried
from gateway.dispatch.acs import Acs
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.asking import Asking
from gateway.dispatch.audit_progress import Looks
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.borrowing_rules import asking_rules, borrowing_rules, default_pickup, pickup_branches
from gateway.dispatch.catalogues import Catalogues
from gateway.dispatch.charges import Charges
from gateway.dispatch.connections import Connections
from gateway.dispatch.directory_services import DirectoryServices
from gateway.dispatch.intake import Intake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.note_guard import NoteGuard
from gateway.dispatch.notices import NoticeIntake
from gateway.dispatch.performers.rota import LenderBook
from gateway.dispatch.performers.vetting import Vetting
from gateway.dispatch.printing import Printing
from gateway.dispatch.receiving import Receiver
from gateway.dispatch.recovering import Recoverer
from gateway.dispatch.sealing import audit
from gateway.dispatch.trial import Trials
from gateway.fleet.seats import Seats
from gateway.iso18626.client import Iso18626Client
from gateway.iso18626.exchange import Exchange
from gateway.iso18626.limits import Limits
from gateway.iso18626.server import Iso18626Server, Received, ServerAnswer, ServerSettings
from gateway.listener import Handler
from gateway.orders.request_list import ListRules
from gateway.pages.elsewhere import BACK as OIDC_BACK
from gateway.pages.settings import SiteSettings
from gateway.room import ListenerLimits
from gateway.store.port import Token
from gateway.web.copies import CopyDoor
from gateway.workflow.finding import CopyFinder
from gateway.workflow.partners import STRANGER, Partner, Peer
from gateway.workflow.values import Wanted

if TYPE_CHECKING:
    from gateway.identity.provider import Provider

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
"""What a browser on the same machine may call it."""


def peers_handler(ground: Ground, receiver: Receiver, seats: Seats, on_exchange: Callable[[Exchange], None]) -> Handler:
    """Make the handler of peers' messages. Once it has been read, a message goes before pages."""
    http = ground.settings.http
    settings = ServerSettings(
        path=http.path,
        max_body_bytes=http.max_body_bytes,
        read_timeout_s=http.read_timeout_s,
        trusted_proxies=tuple(http.trusted_proxies),
        limits=Limits(rates=ground.security.rates),
        stranger=STRANGER if ground.settings.lending.unknown_peer is UnknownPeerRule.APPROVE else None,
    )

    async def receive(message: Received) -> ServerAnswer:
        with ground.right_of_way:
            return await receiver.receive(message)

    server = Iso18626Server(
        peers=lambda: ground.security.credentials,
        receive=receive,
        now=ground.time.now,
        on_exchange=on_exchange,
        settings=settings,
        servers=lambda: seats.gateways,
    )
    return server.handle


def outer_door(peers: Handler, copies: CopyDoor) -> Handler:
    """Make the handler of the listener that partners reach: their systems' messages, and the files that we let them fetch."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await (copies.answer(request) if copies.is_asked(request) else peers(request))

    return answer


class Parts(Protocol):
    """What the desk is put together from: the gateway has them (building.py makes them)."""

    intake: Intake
    bills: BillIntake
    invoices: InvoiceIntake
    notices: NoticeIntake
    acs: Acs
    poster: Iso18626Client
    finder: CopyFinder
    appraiser: Appraiser
    catalogues: Catalogues
    directories: DirectoryServices
    circulation: Circulation
    recoverer: Recoverer
    printing: Printing


def desk_parts(
    ground: Ground,
    parts: Parts,
    *,
    directory_changed: Callable[[], Awaitable[None]],
    on_sign_in: Callable[[SignInTry], None],
) -> Desk:
    """Gather what the desk works with."""
    settings, store, time, looks = ground.settings, ground.store, ground.time, Looks()
    return Desk(
        store=store,
        intake=parts.intake,
        circulation=parts.circulation,
        now=time.now,
        zone=ground.zone,
        library=ground.library,
        printing=parts.printing,
        money=_money(ground, parts),
        mail=MailParts(notices=parts.notices, plan=settings.notice_plan()),
        looking=_looking(ground, parts),
        partners=_partners(ground, parts, directory_changed),
        orders=_orders(ground, parts),
        upkeep=UpkeepParts(
            audit=partial(audit, store, time, looks, ground.zone), looks=looks, compare=parts.recoverer.compare
        ),
        sign_in=SignInParts(
            sign_ins=SignIns(_sign_in_rules(ground), on_sign_in),
            elsewhere=_elsewhere(ground),
            extra_tokens=_extra_tokens(ground),
        ),
        calendars=settings.calendars(),
        fiscal_year_begins=month_and_day(settings.figures.fiscal_year_begins),
        copies=_copy_rules(ground),
        switches=fixed_switches(settings),
    )


def _money(ground: Ground, parts: Parts) -> MoneyParts:
    return MoneyParts(
        bills=parts.bills,
        invoices=parts.invoices,
        billing=ground.settings.billing(),
        price_rules=PriceRules(**ground.settings.borrowing.prices.model_dump()),
        read_back=Charges(ground.store, parts.acs, ground.time).look,
    )


def _looking(ground: Ground, parts: Parts) -> LookingParts:
    return LookingParts(
        policy_try=Trials(parts.appraiser, ground.directory).run,
        find_copies=parts.finder.find,
        find_works=works_of(ground, parts.catalogues),
        customers_at_once=not ground.settings.borrowing.catalogues.batch_s,
        foresee=_vetting(ground, parts.acs, parts.appraiser).foresee,
        fetching=parts.appraiser.fetching,
    )


def _partners(ground: Ground, parts: Parts, changed: Callable[[], Awaitable[None]]) -> PartnerParts:
    days = ground.settings.borrowing.figures_days
    return PartnerParts(
        try_peer=_connections(ground, parts.poster),
        try_catalogue=_catalogue_trial(parts.catalogues),
        changed=changed,
        directories=parts.directories,
        lender_figures=LenderBook(store=ground.store, time=ground.time, days=days).figures,
        secret_names=ground.security.secret_names,
        tls_faults=ground.security.faults,
    )


def _orders(ground: Ground, parts: Parts) -> OrderParts:
    settings, own, time = ground.settings, ground.settings.borrowing, ground.time
    return OrderParts(
        asking=Asking(store=ground.store, intake=parts.intake, time=time, rules=asking_rules(settings)),
        object_to_notes=_note_guard(ground, parts.acs).objection,
        pickup=PickupRules(branches=pickup_branches(settings), default=default_pickup(settings)),
        list_rules=ListRules(
            today=time.now().astimezone(ground.zone).date(), day_first=own.day_first, max_rows=own.max_rows
        ),
        rest_days=own.rest_days,
        copies_allowed=own.rule_of_five.allowed,
        names_on_straps=own.names_on_straps,
    )


def _copy_rules(ground: Ground) -> CopyRules:
    copies = ground.settings.copies
    return CopyRules(
        public_url=copies.public_url.rstrip("/") if copies.public_url else None,
        kept=timedelta(days=copies.kept_days),
        most_bytes=copies.most_megabytes * 1024**2,
    )


def _connections(ground: Ground, poster: Iso18626Client) -> Callable[[Peer], Awaitable[PeerTried]]:
    connections = Connections(ground.security.endpoint, poster)

    async def attempt(peer: Peer) -> PeerTried:
        return shown(await connections.attempt(peer), PeerTried)

    return attempt


def _catalogue_trial(catalogues: Catalogues) -> Callable[[Partner, Wanted], Awaitable[CatalogueTried]]:
    async def attempt(partner: Partner, wanted: Wanted) -> CatalogueTried:
        return shown(await catalogues.try_out(partner, wanted), CatalogueTried)

    return attempt


def _vetting(ground: Ground, acs: Acs, appraiser: Appraiser) -> Vetting:
    rules = borrowing_rules(ground.settings)
    return Vetting(store=ground.store, time=ground.time, acs=acs, appraiser=appraiser, rules=rules)


def _note_guard(ground: Ground, acs: Acs) -> NoteGuard:
    fallback = ground.settings.acs.account

    def accounts() -> set[str]:
        own = {partner.account for partner in ground.directory.partners if partner.account}
        return own | ({fallback} if fallback else set())

    return NoteGuard(known=ground.store.borrowing.customer, accounts=accounts, acs=acs)


def _extra_tokens(ground: Ground) -> tuple[Token, ...]:
    token = ground.settings.api.admin_token
    return (configured_token(token.get_secret_value(), ground.time.now()),) if token else ()


def _elsewhere(ground: Ground) -> Elsewhere | None:
    oidc = ground.settings.desk.oidc
    return Elsewhere(provider=oidc_provider(ground, oidc), label=oidc.label, roles=oidc.groups) if oidc else None


def oidc_provider(ground: Ground, oidc: OidcSection) -> "Provider":
    """Make what asks the provider of the settings."""
    # joserfc and cryptography are loaded, 10 MB, only where a provider is asked
    from gateway.identity.provider import Provider, ProviderSettings  # noqa: PLC0415

    desk, secret = ground.settings.desk, oidc.client_secret
    settings = ProviderSettings(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=secret.get_secret_value() if secret else None,
        redirect_uri=f"{(desk.public_url or '').rstrip('/')}{OIDC_BACK}",
        scopes=oidc.scopes,
        name_claim=oidc.name_claim,
        groups_claim=oidc.groups_claim,
    )
    return Provider(settings, now=ground.time.now, socket_factory=ground.destinations.socket)


def _sign_in_rules(ground: Ground) -> SignInRules:
    desk = ground.settings.desk
    return SignInRules(idle=desk.idle, longest=desk.longest, demonstration=desk.demonstration)


def site_settings(own: DeskSection) -> SiteSettings:
    """Say how browsers reach the pages."""
    scheme = "https" if own.tls else "http"
    public = own.public_url or f"{scheme}://{own.host}:{own.port}"
    names = {
        own.host,
        urlsplit(public).hostname or "",
        *own.allowed_hosts,
        *(LOOPBACK if is_of_this_machine(own.host) else ()),
    }
    return SiteSettings(
        public_origin=public.rstrip("/"),
        hosts=frozenset(name.casefold() for name in names),
        proxies=tuple(own.trusted_proxies),
        is_demonstration=own.demonstration,
    )


def listener_limits(ground: Ground) -> ListenerLimits:
    """Say how many connections a listener bears; our own proxies, whichever they stand before, may have as many as there are."""
    http, desk = ground.settings.http, ground.settings.desk
    return ListenerLimits(
        total=http.max_connections,
        each=http.max_connections_per_address,
        idle_s=http.idle_timeout_s,
        exempt=(*http.trusted_proxies, *desk.trusted_proxies),
    )
