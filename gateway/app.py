"""The composition root: builds everything from the settings, starts it, and lets it drain. The only file that knows everything.

Order of the start: store (migrated), directory, circulation system's pool, outbox, then the listeners. The stop goes the other
way: peers are told 503, running work may end, connections close, the store last.
"""

import asyncio
import gc
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self
from zoneinfo import ZoneInfo

import msgspec
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry

from gateway import __version__, logs
from gateway.catalogue.client import SearchResult
from gateway.catalogue.sources import copy_finder
from gateway.clock import SystemTime, TimeSource
from gateway.config import Settings
from gateway.config.kinds import UnknownPartner, UnknownPeer
from gateway.dispatch import anonymise
from gateway.dispatch.accounts import AccountTest, account_test
from gateway.dispatch.appraisal import Appraiser
from gateway.dispatch.asking import Asking
from gateway.dispatch.backoff import BackOffPolicy, backoff_of
from gateway.dispatch.borrowing import Borrower
from gateway.dispatch.borrowing_settings import asking_rules, borrowing_rules, default_pickup, pickup_branches
from gateway.dispatch.directory import Directory
from gateway.dispatch.fault_tally import FaultTally
from gateway.dispatch.intake import Intake
from gateway.dispatch.lenders import LenderBook
from gateway.dispatch.news import follow
from gateway.dispatch.note_guard import NoteGuard
from gateway.dispatch.outbox import Outbox, OutboxSettings
from gateway.dispatch.peer_security import PeerSecurity
from gateway.dispatch.performers import Performers, note_exchange
from gateway.dispatch.planning import ACS_LANE, Planner
from gateway.dispatch.receiving import Receiver
from gateway.dispatch.reconcile import Reconciler, nightly
from gateway.dispatch.seats import Seats
from gateway.dispatch.trial import Trials
from gateway.iso18626.client import Iso18626Client, client_session
from gateway.iso18626.codes import MessageStatus
from gateway.iso18626.exchange import Exchange as IsoExchange
from gateway.iso18626.exchange import Result
from gateway.iso18626.limits import Buckets, Limits, Rate
from gateway.iso18626.server import Iso18626Server, ServerSettings
from gateway.iso18626.tls import client_tls, server_tls
from gateway.listener import Handler, Listener, ListenerLimits
from gateway.mapping.circulation import Desk
from gateway.mapping.request_list import ListRules
from gateway.metrics import AcsState, LaneState, Metrics, Snapshot
from gateway.sip2 import requests as sip2_requests
from gateway.sip2.breaker import BreakerState
from gateway.sip2.connection import Address
from gateway.sip2.connection import Exchange as SipExchange
from gateway.sip2.errors import NotSent, Unknown
from gateway.sip2.pool import Pool
from gateway.store.factory import open_store
from gateway.store.port import Store, StoreUnavailable, Topic
from gateway.web.access import configured_token
from gateway.web.api import make_api
from gateway.web.operations import Check, make_operations
from gateway.web.orders import PickupRules
from gateway.workflow.figures import Direction
from gateway.workflow.finding import CopyFinder
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Act, Clock, OurLibrary

ACS = "main"
ROWS_A_SEAT = 2
"""How many rows are under way for each connection, so that calls go on while outcomes are committed."""
WATCH_S = 15.0
"""How often the circulation system is asked for a sign of life when nothing else was heard from it."""
YOUNG_OBJECTS = 5_000
"""More than the messages under way hold: Python's own 700 would have them looked through again and again."""
NEAR_DEADLINE = timedelta(days=1)
LINES = Rate(burst=20, per_s=1 / 60)
"""Of each caller and each way to be refused: what is logged of messages that were not accepted."""
QUEUE_STALLED = timedelta(minutes=15)
"""How long due work may wait before /readyz says that the queue stands still."""

_log = structlog.get_logger(__name__)


class Gateway:
    """One running gateway. `async with Gateway(settings) as gateway:` serves until it is left."""

    def __init__(self, settings: Settings, *, time: TimeSource | None = None) -> None:
        self._settings = settings
        self._time = time or SystemTime()
        self._stack = AsyncExitStack()
        self.owner = settings.store.instance
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry, version=__version__)
        self._lines = Buckets()
        self.store: Store = open_store(settings.store_url().get_secret_value())
        self.directory = Directory(self.store)
        self.library = OurLibrary(name=settings.library.name, address=settings.return_address())
        self.security = PeerSecurity(settings)
        self.tally = FaultTally(self.store, self._time.now)
        self.ports: dict[str, int] = {}
        self._acs_alive = False
        self._catalogue_trouble = ""
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

    # ── start ────────────────────────────────────────────────────────────────────────────────────

    async def _start(self) -> None:
        settings = self._settings
        await self.store.open()
        self._stack.push_async_callback(self.store.close)
        await self.store.migrate()
        freed = await self.store.free_leases(self.owner)
        if freed:
            _log.info("work of an earlier run goes on", rows=freed)
        await self._seed()
        await self._follow_directory()
        self._keep_tally()
        self.pool = self._make_pool()
        self.seats = self._make_seats()
        self._stack.push_async_callback(self.seats.stop)
        self._stack.push_async_callback(self.pool.aclose)
        session = await self._stack.enter_async_context(client_session())
        poster = Iso18626Client(session, now=self._time.now, sleep=self._time.sleep, on_exchange=self._sent)
        planner = Planner(clocks=settings.clock_settings(), calendars=settings.calendars())
        self.intake = Intake(self.store, self.directory, planner, fallback_account=settings.acs.account)
        self.finder = await self._stack.enter_async_context(self._make_finder())
        self.appraiser = self._make_appraiser()
        self.outbox = self._make_outbox(poster)
        self._stack.push_async_callback(self._stop_work)
        await self.seats.start(self._share_acs, self._supersede)
        await self.outbox.start()
        watch = asyncio.create_task(self._watch_acs(), name="watch circulation system")
        self._stack.push_async_callback(_cancel, watch)
        self.reconciler = self._make_reconciler()
        self._reconcile_nightly()
        self._anonymise_daily()
        self.receiver = self._make_receiver()
        await self._listen()

    async def _seed(self) -> None:
        """Fill the store's directory from the settings where it is empty; what was edited since stays."""
        settings = self._settings
        await self.store.seed(settings.peer_seeds(), settings.partner_seeds())
        if await self.store.policy() is None:
            document = msgspec.json.encode(settings.lending_policy())
            await self.store.save_policy(document, at=self._time.now(), by="configuration")
        self.metrics.know_acs(ACS)
        self.metrics.know_acts(act.value for act in Act)

    def _keep_tally(self) -> None:
        """Write the counts of failed exchanges now and then, and once more when everything else has ended."""
        self._stack.push_async_callback(self.tally.write)
        task = asyncio.create_task(self.tally.run(self._time), name="tally of failed exchanges")
        self._stack.push_async_callback(_cancel, task)

    async def _follow_directory(self) -> None:
        """Learn what is changed through other gateways."""
        following = follow(self.store, Topic.DIRECTORY, self._directory_changed, self._time)
        task = asyncio.create_task(following, name="follow directory")
        self._stack.push_async_callback(_cancel, task)
        await self._directory_changed()

    async def _directory_changed(self) -> None:
        await self.directory.refresh()
        self.security.learn(self.directory.peers)
        self.metrics.know_peers(peer.id for peer in self.directory.peers)

    def _make_pool(self) -> Pool:
        acs = self._settings.acs
        tls = None
        if acs.tls is not None:
            tls = client_tls(ca_file=acs.tls.ca, cert_file=acs.tls.cert, key_file=acs.tls.key)
        return Pool(
            Address(acs.host, acs.port),
            self._settings.acs_profile(),
            self._settings.acs_credentials(),
            size=0,  # until there are seats
            ssl_context=tls,
            hook=self._called,
        )

    def _make_seats(self) -> Seats:
        size = self._settings.acs.pool_size
        return Seats(store=self.store, pool=self.pool, name=self.owner, seats=size, time=self._time)

    def _share_acs(self, seats: int) -> None:
        """Take up as much work as our seats can do."""
        self.outbox.share(ACS_LANE, ROWS_A_SEAT * seats)

    def _supersede(self, words: str) -> None:
        """Give way to a gateway that has started under our name."""
        _log.error("superseded", why=words)
        self.superseded.set()

    def _desk(self) -> Desk:
        acs = self._settings.acs
        return Desk(
            profile=self._settings.acs_profile(),
            zone=ZoneInfo(self._settings.library.time_zone),
            location=acs.location,
            pickup=self._settings.pickup_branch(),
        )

    def _make_finder(self) -> AbstractAsyncContextManager[CopyFinder]:
        catalogue = self._settings.catalogue
        return copy_finder(
            catalogue.kind,
            catalogue.sru(),
            find_by_keys=self.store.find_items,
            password=catalogue.password.get_secret_value() if catalogue.password else None,
            now=self._time.now,
            sleep=self._time.sleep,
            zone=ZoneInfo(self._settings.library.time_zone),
            on_search=self._searched,
        )

    def _make_appraiser(self) -> Appraiser:
        return Appraiser(
            store=self.store,
            directory=self.directory,
            time=self._time,
            pool=self.pool,
            finder=self.finder,
            desk=self._desk(),
            calendars=self._settings.calendars(),
        )

    def _make_borrower(self, poster: Iso18626Client) -> Borrower:
        days = self._settings.borrowing.figures_days
        return Borrower(
            store=self.store,
            directory=self.directory,
            time=self._time,
            pool=self.pool,
            poster=poster,
            appraiser=self.appraiser,
            endpoints=self.security.endpoint,
            desk=self._desk(),
            library=self.library,
            owner=self.owner,
            rules=borrowing_rules(self._settings),
            figures=LenderBook(store=self.store, time=self._time, days=days).figures,
        )

    def _make_outbox(self, poster: Iso18626Client) -> Outbox:
        settings = self._settings
        performers = Performers(
            store=self.store,
            directory=self.directory,
            time=self._time,
            pool=self.pool,
            poster=poster,
            appraiser=self.appraiser,
            borrower=self._make_borrower(poster),
            endpoints=self.security.endpoint,
            desk=self._desk(),
            library=self.library,
            metrics=self.metrics,
            owner=self.owner,
        )
        given = settings.outbox
        backoff = BackOffPolicy(first_s=given.first_wait_s, longest_s=given.longest_wait_s, limit=given.tries)
        outbox_settings = OutboxSettings(
            acs_at_once=ROWS_A_SEAT * settings.acs.pool_size,
            peer_at_once=given.peer_concurrency,
            backoff=backoff,
        )
        return Outbox(
            store=self.store,
            intake=self.intake,
            perform=performers.perform,
            time=self._time,
            owner=self.owner,
            settings=outbox_settings,
            backoff_of=lambda lane: backoff_of(lane, backoff, self.directory.peer),
        )

    def _make_reconciler(self) -> Reconciler:
        return Reconciler(
            store=self.store,
            intake=self.intake,
            pool=self.pool,
            desk=self._desk(),
            time=self._time,
            fallback_account=self._settings.acs.account,
        )

    def _reconcile_nightly(self) -> None:
        at = self._settings.reconcile_time()
        if at is not None:
            zone = ZoneInfo(self._settings.library.time_zone)
            nights = nightly(self.reconciler, at=at, zone=zone, clock=self._time, take_on=self._take_night)
            self._stack.push_async_callback(_cancel, asyncio.create_task(nights, name="reconcile"))

    def _anonymise_daily(self) -> None:
        after = timedelta(days=self._settings.borrowing.anonymise_after_days)
        days = anonymise.daily(self.store, after=after, time=self._time)
        self._stack.push_async_callback(_cancel, asyncio.create_task(days, name="anonymise"))

    async def _take_night(self, due_at: datetime) -> bool:
        """Whether we compare tonight: the first gateway to say so, of those that may ask the circulation system."""
        return self.seats.share > 0 and await self.store.take_turn("reconcile", at=due_at)

    def _make_receiver(self) -> Receiver:
        settings = self._settings
        return Receiver(
            store=self.store,
            intake=self.intake,
            directory=self.directory,
            now=self._time.now,
            our_agencies=settings.library.symbols,
            ask_about_unknown=settings.lending.unknown_partner is UnknownPartner.APPROVE,
            zone=ZoneInfo(settings.library.time_zone),
        )

    # ── listeners ────────────────────────────────────────────────────────────────────────────────

    async def _listen(self) -> None:
        settings = self._settings
        http = settings.http
        tls = None
        if http.tls is not None:
            tls = server_tls(cert_file=http.tls.cert, key_file=http.tls.key, client_ca_file=http.tls.client_ca)
        await self._serve("http", self._peers_handler(), http.host, http.port, tls)
        await self._serve("api", self._api_application(), settings.api.host, settings.api.port)
        operations = make_operations(checks=self._checks(), registry=self.registry, refresh=self._refresh)
        await self._serve("operations", operations, settings.operations.host, settings.operations.port)

    def _peers_handler(self) -> Handler:
        http = self._settings.http
        limits = ServerSettings(
            path=http.path,
            max_body_bytes=http.max_body_bytes,
            read_timeout_s=http.read_timeout_s,
            trusted_proxies=tuple(http.trusted_proxies),
            limits=Limits(rates=self.security.rates),
            stranger=STRANGER if self._settings.lending.unknown_peer is UnknownPeer.APPROVE else None,
        )
        server = Iso18626Server(
            peers=lambda: self.security.credentials,
            receive=self.receiver.receive,
            now=self._time.now,
            on_exchange=self._received,
            settings=limits,
            servers=lambda: self.seats.gateways,
        )
        return server.handle

    def _api_application(self) -> web.Application:
        token = self._settings.api.admin_token
        extra = (configured_token(token.get_secret_value(), self._time.now()),) if token else ()
        own = self._settings.borrowing
        guard = NoteGuard(known=self.store.borrowing.customer, pool=self.pool, desk=self._desk(), time=self._time)
        return make_api(
            store=self.store,
            intake=self.intake,
            now=self._time.now,
            zone=ZoneInfo(self._settings.library.time_zone),
            library=self.library,
            acs_status=self._acs_status,
            acs_resume=self._acs_resume,
            acs_check=self._acs_check,
            acs_reconcile=self._acs_reconcile,
            test_account=self._test_account,
            directory_changed=self._directory_changed,
            try_now=self._try_now,
            policy_try=Trials(self.appraiser, self.directory).run,
            find_copies=self.finder.find,
            asking=Asking(store=self.store, intake=self.intake, time=self._time, rules=asking_rules(self._settings)),
            object_to_notes=guard.objection,
            pickup=PickupRules(branches=pickup_branches(self._settings), default=default_pickup(self._settings)),
            list_rules=ListRules(today=self._time.now().date(), day_first=own.day_first, max_rows=own.max_rows),
            rest_days=own.rest_days,
            secret_names=self.security.secret_names,
            tls_faults=self.security.faults,
            extra_tokens=extra,
        )

    async def _serve(self, name: str, served: web.Application | Handler, host: str, port: int, tls: Any = None) -> None:
        http = self._settings.http
        limits = ListenerLimits(
            total=http.max_connections,
            each=http.max_connections_per_address,
            idle_s=http.idle_timeout_s,
            exempt=tuple(http.trusted_proxies),
        )
        listener = Listener(served, limits, partial(self.metrics.connection_turned_away, name))
        self._stack.push_async_callback(listener.stop)
        self.ports[name] = await listener.start(host, port, tls)
        _log.info("listening", what=name, host=host, port=self.ports[name])

    # ── the circulation system, for API and metrics ──────────────────────────────────────────────

    def _acs_status(self) -> Mapping[str, Any]:
        status = self.pool.status()
        known = msgspec.to_builtins(status)
        assert isinstance(known, dict)
        paused_until = self.outbox.paused.get(ACS_LANE)
        return known | {"paused_until": paused_until.isoformat() if paused_until else None}

    async def _acs_resume(self) -> None:
        self.pool.resume()
        await self.outbox.resume(ACS_LANE)

    async def _try_now(self, request_id: str, by: str) -> int:
        if any(row.lane == ACS_LANE for row in await self.store.pending(request_id)):
            self.pool.resume()
        return await self.outbox.hurry(request_id, by=by)

    async def _acs_check(self) -> Mapping[str, Any]:
        try:
            reply = await self.pool.exchange(sip2_requests.sc_status(self._settings.acs_profile()))
        except (NotSent, Unknown) as exc:
            return {"ok": False, "words": str(exc)}
        return {"ok": True, "says": reply.fixed, "supports": reply.first("BX"), "library": reply.first("AM")}

    async def _acs_reconcile(self) -> Mapping[str, Any]:
        report = msgspec.to_builtins(await self.reconciler.run())
        assert isinstance(report, dict)
        return report

    async def _test_account(self, account: str | None) -> AccountTest:
        own = account or self._settings.acs.account
        return await account_test(own, pool=self.pool, desk=self._desk(), now=self._time.now)

    async def _watch_acs(self) -> None:
        """Notice that the circulation system is gone before a request does, and that it is back before a back-off ends."""
        while True:
            if self.seats.share:
                await self._look_at_acs()
            else:
                # As far as we know: gateways that have seats look, and tell by the lane's back-off.
                self._acs_alive = True
            await self._time.sleep(WATCH_S)

    async def _look_at_acs(self) -> None:
        heard_at = self.pool.status().last_reply_at
        heard = heard_at is not None and self._time.monotonic() - heard_at < WATCH_S
        self._acs_alive = heard or (await self._acs_check())["ok"]
        if self._acs_alive and ACS_LANE in self.outbox.paused:
            await self._lane_is_back()

    async def _lane_is_back(self) -> None:
        try:
            await self.outbox.resume(ACS_LANE)
        except StoreUnavailable:
            _log.warning("store unavailable", during="watch")  # the next round tries again

    # ── operations ───────────────────────────────────────────────────────────────────────────────

    def _checks(self) -> tuple[Check, ...]:
        return (
            Check("store", self._store_is_well),
            Check("queue", self._queue_moves),
            Check("circulation system", self._acs_is_well, vital=False),
            Check("catalogue", self._catalogue_is_well, vital=False),
        )

    async def _store_is_well(self) -> str | None:
        try:
            await self.store.check()
        except StoreUnavailable as exc:
            return str(exc)
        return "draining" if self.receiver.draining else None

    async def _queue_moves(self) -> str | None:
        """Work that is due must not wait for long, unless its lane is left alone on purpose."""
        now, paused = self._time.now(), self.outbox.paused
        for lane in await self.store.depths(now):
            stalled = lane.oldest_due_at is not None and now - lane.oldest_due_at > QUEUE_STALLED
            if stalled and lane.lane not in paused:
                return f"work in lane {lane.lane} has been due since {lane.oldest_due_at:%Y-%m-%d %H:%M}"
        return None

    async def _acs_is_well(self) -> str | None:
        status = self.pool.status()
        if status.stopped:
            return "it refuses our login; trying stopped until staff resume"
        if status.breaker is not BreakerState.CLOSED or ACS_LANE in self.outbox.paused or not self._acs_alive:
            return "it does not answer; its work is postponed"
        return None

    async def _catalogue_is_well(self) -> str | None:
        """By the last query, for we ask only where a request wants something."""
        return self._catalogue_trouble or None

    async def _refresh(self) -> None:
        try:
            self.metrics.refresh(await self._snapshot(self._time.now()))
        except StoreUnavailable:
            self.metrics.store_lost()

    async def _snapshot(self, now: datetime) -> Snapshot:
        acs, paused = self.pool.status(), self.outbox.paused
        lanes = {lane.lane or "": lane for lane in await self.store.depths(now)}
        near = await self.store.count_due(f"timer:{Clock.DEADLINE}", before=now + NEAR_DEADLINE)
        return Snapshot(
            store_up=True,
            lanes={
                name: LaneState(
                    depth=lanes[name].depth if name in lanes else 0,
                    oldest_due_s=_age_s(lanes[name].oldest_due_at, now) if name in lanes else 0.0,
                    breaker_open=name == ACS_LANE and acs.breaker is BreakerState.OPEN,
                    backoff_s=max(0.0, (paused[name] - now).total_seconds()) if name in paused else 0.0,
                )
                for name in {*lanes, *paused, ACS_LANE}
            },
            acs={ACS: AcsState(connections=acs.connections, logins_stopped=acs.stopped)},
            requests=dict(await self.store.count_by_state()),
            near_deadline=near,
            coroutines=len(asyncio.all_tasks()),
            open_tasks={kind.value: count for kind, count in (await self.store.count_tasks()).items()},
        )

    # ── hooks of the protocol libraries ──────────────────────────────────────────────────────────

    def _called(self, exchange: SipExchange) -> None:
        self.metrics.sip2_call(ACS, exchange.code, exchange.outcome, exchange.latency_s)
        if exchange.outcome == "login_refused":
            self.metrics.login_refused(ACS)
            _log.warning("the circulation system refused our login")
        note_exchange(exchange)

    def _searched(self, result: SearchResult, latency_s: float, words: str) -> None:
        self.metrics.catalogue_asked(result, latency_s)
        self._catalogue_trouble = words

    def _received(self, exchange: IsoExchange) -> None:
        self.tally.count(Direction.IN, exchange)
        self.metrics.message_received(exchange.peer, exchange.kind, exchange.result)
        self.metrics.repaired(exchange.peer, exchange.repairs)
        if exchange.result in (Result.OK, Result.ERROR):
            status = MessageStatus.OK if exchange.result is Result.OK else MessageStatus.ERROR
            self.metrics.confirmation_sent(exchange.peer, status, exchange.error_type)
            self.metrics.accepted(exchange.latency_s)
        if exchange.fault is not None:
            _log.error("a message could not be handled", peer=exchange.peer, exc_info=exchange.fault)
        elif exchange.result is not Result.OK and self._is_worth_a_line(exchange):
            _log.warning(
                "message not accepted",
                peer=exchange.peer,
                address=exchange.address,
                result=exchange.result,
                error=exchange.error_type,
            )

    def _is_worth_a_line(self, exchange: IsoExchange) -> bool:
        """Whoever floods us, or guesses secrets, does not fill the log: the metrics have the number."""
        caller = f"{exchange.result} {exchange.peer or exchange.address}"
        return self._lines.take(caller, LINES, asyncio.get_running_loop().time()) == 0

    def _sent(self, exchange: IsoExchange) -> None:
        self.tally.count(Direction.OUT, exchange)
        self.metrics.message_sent(exchange.peer or "", exchange.kind or "", exchange.result)
        self.metrics.repaired(exchange.peer, exchange.repairs)

    # ── stop ─────────────────────────────────────────────────────────────────────────────────────

    async def drain(self) -> None:
        """Answer peers with 503 from now on, take up no more work, and let what runs end for a while."""
        self.receiver.draining = True
        await self._stop_work()

    async def _stop_work(self) -> None:
        await self.outbox.stop(drain_s=self._settings.operations.drain_s)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


async def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; give the exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with Gateway(settings) as gateway:
        _spare_the_collector()
        _log.info("ready", version=__version__, **{f"{name}_port": port for name, port in gateway.ports.items()})
        await _first_of(stop, gateway.superseded)
        _log.info("draining")
        await gateway.drain()
    _log.info("stopped")
    return 1 if gateway.superseded.is_set() else 0


async def _first_of(*events: asyncio.Event) -> None:
    waiting = {asyncio.create_task(event.wait()) for event in events}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


def _spare_the_collector() -> None:
    """Keep garbage collection from pausing us: what the start made stays, and what a message makes goes by itself.

    Without this, each thousand messages or so everything there is is looked through, for 60 ms, and every tenth message pays
    for a small collection that finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def serve(settings: Settings) -> int:
    """Configure logging and serve; what `ill-gateway serve` calls. Errors of the start are said in one line."""
    logs.configure(settings.log.level, settings.log.format)
    try:
        return asyncio.run(run(settings))
    except (StoreUnavailable, OSError) as exc:
        _log.error("could not start", why=str(exc))
        return 1
