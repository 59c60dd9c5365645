"""One running gateway: the parts started in order, and drained the other way.

The start: store (migrated), directory, lines to the circulation system, outbox, then the listeners. The stop: running work may end
while messages are still taken (what they ask for is done by another gateway, or by this one when it is back), connections close, the store last.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from ssl import SSLContext
from typing import Any, Final, Self

import msgspec
import structlog
from aiohttp import web

from gateway.app import building, certificates, doors, looking, mailing
from gateway.app.certificate_ends import CertificateEnds
from gateway.app.circulation import Circulation
from gateway.app.doctor_ports import why_not
from gateway.app.ground import lay
from gateway.app.health import Readiness
from gateway.app.hooks import ACS, Hooks
from gateway.app.watchdog import Watchdog
from gateway.clock import SystemTime, TakeOn, TimeSource
from gateway.config import Settings
from gateway.desk import due_notices, fee_bills
from gateway.desk.ports import Desk
from gateway.dispatch import (
    anonymise,
    bills_back,
    charges,
    copy_sweep,
    directory_services,
    keeping,
    recovering,
    sealing,
)
from gateway.dispatch.acs import Acs
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.long_pause import PURGE
from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.reconcile import nightly
from gateway.fleet.news import follow
from gateway.iso18626.client import Iso18626Client, client_session
from gateway.listener import Handler, Listener
from gateway.pages.rendering import compile_templates
from gateway.pages.site import make_site
from gateway.sip2.pieces import Pieces
from gateway.store.port import Topic
from gateway.web.api import make_api
from gateway.web.copies import CopyDoor
from gateway.web.operations import make_operations
from gateway.workflow.records import Act

ANNOUNCED_AT_MOST: Final = 5
"""How many times `announce_s` a gateway that leaves waits for the last message."""

_log = structlog.get_logger(__name__)


class Gateway:
    """`async with Gateway(settings) as gateway:` serves until it is left."""

    def __init__(self, settings: Settings, *, time: TimeSource | None = None) -> None:
        self._settings = settings
        self._time = time or SystemTime()
        self._stack = AsyncExitStack()
        self._ground = lay(settings, self._time)
        self._hooks = Hooks(self._ground.metrics, self._ground.tally)
        self.store = self._ground.store
        self.directory = self._ground.directory
        self.registry = self._ground.registry
        self.ports: dict[str, int] = {}
        """Where each listener listens, by its name."""
        self._leaving = False
        self._listeners: list[Listener] = []
        self.superseded = asyncio.Event()
        """Set when another gateway has our name: this one is to stop."""

    async def __aenter__(self) -> Self:
        """Start everything, or leave nothing running behind."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Drain and stop."""
        await self._stack.aclose()

    async def announce(self) -> None:
        """Say on /readyz that this gateway leaves, and go on working until proxies in front have noticed: no message comes for `announce_s`.

        Who sends without a proxy, or through one that does not ask, is not waited for more than ANNOUNCED_AT_MOST times as long.
        """
        self._leave()
        for _ in range(ANNOUNCED_AT_MOST):
            before = self._door.answered
            await self._time.sleep(self._settings.operations.announce_s)
            if self._door.answered == before:
                return

    async def drain(self) -> None:
        """Take up no more work, and let what runs end for a while. Messages are taken all the same, until the listeners stop."""
        self._leave()
        await self._stop_work()

    def _leave(self) -> None:
        self._leaving = True
        for listener in self._listeners:
            listener.let_go()

    # ── start, in this order ─────────────────────────────────────────────────────────────────────

    async def _start(self) -> None:
        await self._open_store()
        await self._follow_directory()
        await self._mark_store()
        self._keep_tally()
        await self._build()
        await self.seats.start(self._share_acs, self._supersede)
        await self.outbox.start()
        self._keep_running(self.circulation.watch(), "watch circulation system")
        self._reconcile_nightly()
        self._compare_after_restores()
        self._keep_history()
        self._keep_running(building.make_bookkeeper(self._ground).run(), "keep facts")
        self._read_directories()
        self._keep_running(copy_sweep.hourly(self.store, time=self._time), "delete copies")
        self._read_prices_daily()
        self._tell_bills()
        await self._listen()

    async def _open_store(self) -> None:
        """Open, migrate, and fill the directory from the settings where it is empty; what was edited since stays."""
        settings = self._settings
        self._stack.enter_context(Watchdog(self._ground.metrics.loop_late))
        await self.store.open()
        self._stack.push_async_callback(self.store.close)
        await self.store.migrate()
        freed = await self.store.free_leases(self._ground.owner)
        if freed:
            _log.info("work of an earlier run goes on", rows=freed)
        await self.store.seed(settings.peer_seeds(), settings.partner_seeds())
        if await self.store.policy() is None:
            document = msgspec.json.encode(settings.lending_policy())
            await self.store.save_policy(document, at=self._time.now(), by="configuration")

    async def _follow_directory(self) -> None:
        """Learn what is changed through other gateways."""
        following = follow(self.store, Topic.DIRECTORY, self._directory_changed, self._time)
        self._keep_running(following, "follow directory")
        await self._directory_changed()

    async def _directory_changed(self) -> None:
        await self.directory.refresh()
        self._ground.security.learn(self.directory.peers)
        self._ground.metrics.know_peers(peer.id for peer in self.directory.peers)

    async def _mark_store(self) -> None:
        """Notice a store that has gone back in time, and a clock that was ahead, before anything is claimed from it."""
        await self.store.recovery.heed_clock(self._time.now())
        marking = building.make_marking(self._ground)
        if marking is not None:
            await marking.heed_clock(self._ground.owner)
            await marking.look()
            self._keep_running(marking.keep(), "mark the store")

    def _keep_tally(self) -> None:
        """Write the counts of failed exchanges now and then, and once more when everything else has ended."""
        tally = self._ground.tally
        self._stack.push_async_callback(tally.write)
        self._keep_running(tally.run(self._time), "tally of failed exchanges")

    async def _build(self) -> None:
        """Put the parts together; what has to be closed or stopped again is left to the stack."""
        ground, hooks = self._ground, self._hooks
        ground.metrics.know_acs(ACS)
        ground.metrics.know_acts(act.value for act in Act)
        logins = building.make_logins(ground)
        await logins.start()
        self._stack.push_async_callback(logins.stop)
        self.lines = building.make_lines(ground, logins, hooks.called)
        self.seats = building.make_seats(ground, self.lines)
        self._stack.push_async_callback(self.seats.stop)
        self._stack.push_async_callback(self.lines.aclose)
        self.acs = Acs(Pieces(self.lines), ground.terminal, self._time)
        session = await self._stack.enter_async_context(client_session(ground.destinations.socket))
        self.poster = poster = Iso18626Client(
            session, now=self._time.now, sleep=self._time.sleep, on_exchange=hooks.sent
        )
        self.finder = await self._stack.enter_async_context(looking.make_finder(ground, hooks.searched))
        self.appraiser = building.make_appraiser(ground, self.acs, self.finder)
        self.intake = building.make_intake(ground, self.appraiser)
        self.catalogues = looking.make_catalogues(ground, hooks.searched_elsewhere)
        self._stack.push_async_callback(self.catalogues.close)
        self.directories = looking.make_directories(ground)
        self.printing = building.make_printing(ground)
        self.bills = building.make_bills(ground)
        self.invoices = InvoiceIntake(ground.store)
        performers = building.make_performers(
            ground, self.acs, poster, self.appraiser, catalogues=self.catalogues, printing=self.printing
        )
        self.notices = building.make_notices(ground)
        self.outbox = building.make_outbox(
            ground, self.intake, performers, bills=self.bills, invoices=self.invoices, notices=self.notices
        )
        self.receiver = building.make_receiver(ground, self.intake, self.seats, self.outbox)
        self._stack.push_async_callback(self._stop_work)
        self.reconciler = building.make_reconciler(ground, self.intake, self.acs)
        self.recoverer = building.make_recoverer(ground, self.intake, self.reconciler)
        self.circulation = Circulation(
            ground, lines=self.lines, seats=self.seats, outbox=self.outbox, reconciler=self.reconciler
        )

    def _share_acs(self, seats: int) -> None:
        """Take up as much work as our seats can do."""
        self.outbox.share(ACS_LANE, building.ROWS_A_SEAT * seats)

    def _supersede(self, words: str) -> None:
        """Give way to a gateway that has started under our name."""
        _log.error("superseded", why=words)
        self.superseded.set()

    def _reconcile_nightly(self) -> None:
        at = self._settings.reconcile_time()
        if at is not None:
            zone = self._ground.zone
            take_on = self._turn("reconcile", needs_seat=True)
            nights = nightly(self.reconciler, at=at, zone=zone, clock=self._time, take_on=take_on)
            self._keep_running(nights, "reconcile")

    def _compare_after_restores(self) -> None:
        take_on = self._turn("recovery", needs_seat=True)
        watching = recovering.watch(self.recoverer, self.store, clock=self._time, take_on=take_on)
        self._keep_running(watching, "compare after restores")

    def _turn(self, duty: str, *, needs_seat: bool = False) -> TakeOn:
        """Say whether we do a duty this time: the first gateway that asks does; `needs_seat`: of those that may ask the circulation system."""

        async def take_on(at: datetime) -> bool:
            if needs_seat and self.seats.share <= 0:
                return False
            return await self.store.take_turn(duty, at=at, now=self._time.now())

        return take_on

    def _keep_history(self) -> None:
        """Make requests anonymous, seal history, and let go of what is not kept any longer."""
        after = timedelta(days=self._settings.borrowing.anonymise_after_days)
        self._keep_running(anonymise.daily(self.store, after=after, time=self._time), "anonymise")
        sealer = mailing.make_sealer(self._ground)
        self._keep_running(sealing.run(sealer, clock=self._time, take_on=self._turn("seal")), "seal")
        purger = building.make_purger(self._ground)
        purging = keeping.nightly(purger, zone=self._ground.zone, clock=self._time, take_on=self._turn(PURGE))
        self._keep_running(purging, "purge")

    def _read_prices_daily(self) -> None:
        looks = charges.Charges(self.store, self.acs, self._time)
        take_on = self._turn("prices", needs_seat=True)
        self._keep_running(charges.daily(looks, clock=self._time, take_on=take_on), "read prices back")

    def _read_directories(self) -> None:
        following = directory_services.follow(
            self.directories, clock=self._time, take_on=lambda service: self._turn(f"directory {service}")
        )
        self._keep_running(following, "read directories")

    def _tell_bills(self) -> None:
        defaults = self._settings.billing().defaults
        telling = bills_back.watch(self.store, self.bills, defaults, clock=self._time, take_on=self._turn("bills back"))
        self._keep_running(telling, "tell bills of what came back")

    # ── listeners ────────────────────────────────────────────────────────────────────────────────

    async def _listen(self) -> None:
        settings = self._settings
        desk, proxies = self._desk(), tuple(settings.http.trusted_proxies)
        self._keep_running(due_notices.run(desk, clock=self._time), "mails of the schedule")
        self._keep_running(fee_bills.run(desk, clock=self._time, take_on=self._turn("fees")), "gather fees")
        peers = doors.peers_handler(self._ground, self.receiver, self.seats, self._hooks.received)
        copies = CopyDoor(
            desk, proxies=proxies, on_fetch=self._ground.metrics.copy_fetched, servers=lambda: self.seats.gateways
        )
        tls = building.http_tls(settings.http.tls) if settings.http.tls else None
        served = doors.outer_door(peers, copies)
        self._door = await self._serve("http", served, settings.http.host, settings.http.port, tls)
        api = make_api(desk, proxies=proxies, on_refused=self._hooks.refused)
        await self._serve("api", api, settings.api.host, settings.api.port)
        pages = await self._serve_pages(desk)
        await self._serve("operations", self._operations(), settings.operations.host, settings.operations.port)
        renewables = building.renewables(self._ground, self.lines, self._door, pages)
        self._keep_running(certificates.watch(renewables, self._time), "watch certificates")

    async def _serve_pages(self, desk: Desk) -> Listener | None:
        own = self._settings.desk
        if not own.enabled:
            return None
        tls = building.desk_tls(own.tls) if own.tls else None
        site = make_site(desk, doors.site_settings(own), self._ground.right_of_way)
        self._keep_running(_compile(site), "compile templates")
        return await self._serve("desk", site, own.host, own.port, tls)

    def _desk(self) -> Desk:
        changed, tried = self._directory_changed, self._hooks.signed_in
        return doors.desk_parts(self._ground, self, directory_changed=changed, on_sign_in=tried)

    def _operations(self) -> web.Application:
        health = Readiness(
            self._ground,
            lines=self.lines,
            outbox=self.outbox,
            is_leaving=lambda: self._leaving,
            circulation=self.circulation,
            hooks=self._hooks,
            certificates=CertificateEnds(self._settings, self._time, self._ground.security.certificates),
        )
        return make_operations(checks=health.checks(), registry=self.registry, refresh=health.refresh)

    async def _serve(
        self, name: str, served: web.Application | Handler, host: str, port: int, tls: SSLContext | None = None
    ) -> Listener:
        trouble = partial(self._hooks.turned_away, name)
        listener = Listener(served, doors.listener_limits(self._ground), trouble)
        self._stack.push_async_callback(listener.stop)
        try:
            self.ports[name] = await listener.start(host, port, tls)
        except (OSError, UnicodeError) as error:
            raise OSError(f"[{name}] can't listen at {host}:{port}: {why_not(error)}") from error
        self._listeners.append(listener)
        _log.info("listening", what=name, host=host, port=self.ports[name])
        return listener

    # ── stop ─────────────────────────────────────────────────────────────────────────────────────

    def _keep_running(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run work in the background until the gateway stops."""
        task = asyncio.create_task(work, name=name)
        self._stack.push_async_callback(_cancel, task)

    async def _stop_work(self) -> None:
        await self.outbox.stop(drain_s=self._settings.operations.drain_s)


async def _compile(site: web.Application) -> None:
    """Compile the pages' templates beside everything else: half a second, the first time, that no start waits for."""
    try:
        await asyncio.to_thread(compile_templates, site)
    except Exception:
        _log.exception("a template of the pages can't be compiled")
        raise


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
