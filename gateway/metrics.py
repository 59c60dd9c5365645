"""Every Prometheus metric of the gateway, on one page.

Counters and histograms are told of happenings by the methods below; gauges that mirror the store or the connections are set
as a whole by `refresh`. This module imports nothing else of the project and decides nothing: it takes words and
numbers. Labels are bounded: a peer that isn't known counts as "unknown", and of words that come with a message only
the first so many are kept apart. No label ever holds a request, a customer or an item.
"""

import platform
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

UNKNOWN: Final = "unknown"
OTHER: Final = "other"

_MOST_WORDS: Final = 60
"""More than any enumeration that is counted here holds; SIP2 has 31 messages."""

_ACCEPT_BUCKETS_S: Final = (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_LAG_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_CALL_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class LaneGauge(msgspec.Struct, frozen=True, kw_only=True):
    """One lane of the queue ("peer:X", "acs:Y", "" for work without a lane) at a moment."""

    depth: int = 0
    oldest_due_s: float = 0.0
    """How long ago its oldest due row became due."""
    breaker_open: bool = False
    backoff_s: float = 0.0
    """How long it is still left alone."""


class AcsState(msgspec.Struct, frozen=True, kw_only=True):
    """One circulation system at a moment."""

    connections: int = 0
    """Logged-in connections."""
    logins_stopped: bool = False
    """After refused logins, until staff resume."""
    no_answer_s: float = 0.0
    """For how long nothing that was asked has been answered; 0 while it answers."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What `refresh` shows: the state of store, queue and connections at one moment."""

    store_up: bool
    lanes: Mapping[str, LaneGauge] = {}
    acs: Mapping[str, AcsState] = {}
    requests: Mapping[str, int] = {}
    """By state."""
    near_deadline: int = 0
    """Open requests whose deadline is less than a day away, or over."""
    open_tasks: Mapping[str, int] = {}
    """By kind."""
    pool: Mapping[str, Mapping[str, int]] = {}
    """Barcodes for borrowed items: by range, how many are in each state."""
    held: bool = False
    """All work waits, after a restore."""
    reads_only: bool = False
    """The store answers, and takes no changes."""
    backed_up_at: float = 0.0
    """When the last back-up that we made, or were told of, was begun, in seconds since 1970; 0: never."""
    now: float = 0.0
    """What our clock says, in seconds since 1970."""
    disk_free: float | None = None
    """Which part of the disk below a SQLite store is free, from 0 to 1; None where the store is elsewhere."""
    store_bytes: int = 0
    """How large the store is."""
    store_idle_bytes: int = 0
    """Of it, what holds nothing."""
    certificates: Mapping[str, float] = {}
    """When each certificate of ours ends, in seconds since 1970, by what it is for."""
    coroutines: int = 0
    """Under way in this process."""


def _counter(registry: CollectorRegistry, name: str, words: str, labels: tuple[str, ...]) -> Callable[..., Counter]:
    """A counter, found by its labels; those that were seen before without prometheus_client's checks, since none is ever cleared."""
    return cache(Counter(name, words, labels, registry=registry).labels)


class _Iso18626:
    """Messages of the partners' systems, in and out."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(_counter, registry)
        by_message = ("peer", "type", "result")
        self.received = counter("ill_messages_received", "ISO 18626 messages that came in.", by_message)
        self.sent = counter("ill_messages_sent", "ISO 18626 messages sent, each attempt.", by_message)
        self.confirmed = counter(
            "ill_confirmations_sent",
            "Confirmations written: OK, or ERROR and its type.",
            ("peer", "status", "error_type"),
        )
        self.stored = counter("ill_stored_bytes", "Bytes of messages that were kept.", ("peer",))
        self.stored_limit = Gauge(
            "ill_stored_bytes_limit", "Bytes of one peer's messages that are kept in a day.", registry=registry
        )
        self.repairs = counter("ill_repairs", "Deviations put right in messages of a peer.", ("peer", "kind"))
        self.accept = Histogram(
            "ill_accept_seconds",
            "From the last byte of a message to its confirmation, commit included.",
            buckets=_ACCEPT_BUCKETS_S,
            registry=registry,
        )


class _Callers:
    """Who was not let in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = partial(_counter, registry)
        self.turned_away = counter(
            "ill_connections_turned_away", "Connections refused or cut short, by the reason.", ("listener", "why")
        )
        self.refused = counter(
            "ill_api_calls_refused",
            "Calls of the API without a valid token, by what they were told.",
            ("result",),
        )
        self.copies = counter(
            "ill_copy_fetches", "Calls for files of copies that we sent, by what came of them.", ("result",)
        )
        self.sign_ins = counter("ill_sign_ins", "Tries to sign in at the desk, by what they came to.", ("outcome",))


class _Sip2:
    """Calls of the circulation system and what came of them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter, gauge = partial(_counter, registry), partial(Gauge, registry=registry)
        self.calls = counter("ill_sip2_calls", "SIP2 calls, by the request's code.", ("acs", "code", "outcome"))
        self.call_time = Histogram(
            "ill_sip2_call_seconds",
            "From the request's write to its reply.",
            ("acs", "code"),
            buckets=_CALL_BUCKETS_S,
            registry=registry,
        )
        self.refused_logins = counter(
            "ill_sip2_refused_logins", "Logins that the circulation system refused.", ("acs",)
        )
        self.unknown_outcomes = counter("ill_unknown_outcomes", "Acts whose answer did not tell the outcome.", ("act",))
        self.connections = gauge("ill_sip2_connections", "Logged-in connections.", ("acs",))
        self.no_answer = gauge(
            "ill_sip2_no_answer_seconds",
            "For how long nothing that was asked has been answered, whatever is tried meanwhile; 0 while it answers.",
            ("acs",),
        )
        self.logins_stopped = gauge("ill_sip2_logins_stopped", "1 while logins wait for staff to resume.", ("acs",))


class _Process:
    """This process: what it is, and whether its event loop keeps turning."""

    def __init__(self, registry: CollectorRegistry, version: str) -> None:
        ProcessCollector(registry=registry)
        build = Info("ill_build", "Versions of the gateway and of Python.", registry=registry)
        build.info({"version": version, "python": platform.python_version()})
        self.lag = Histogram(
            "ill_loop_lag_seconds",
            "How late the event loop came to something that was due; measured ten times a second.",
            buckets=_LAG_BUCKETS_S,
            registry=registry,
        )


class _Catalogue:
    """Questions to the catalogue."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.queries = _counter(registry, "ill_catalogue_queries", "Queries of the catalogue.", ("result",))
        self.of_partners = _counter(
            registry, "ill_partner_catalogue_queries", "Queries of partners' catalogues.", ("result",)
        )
        self.query_time = Histogram(
            "ill_catalogue_query_seconds",
            "From a query to its last page, or to the end of our patience.",
            buckets=_CALL_BUCKETS_S,
            registry=registry,
        )


class _State:
    """Gauges that mirror store, queue and desk."""

    def __init__(self, registry: CollectorRegistry) -> None:
        gauge = partial(Gauge, registry=registry)
        self.store_up = gauge("ill_store_up", "1 while the store can be read and written.")
        self.reads_only = gauge("ill_store_read_only", "1 while the store answers, and takes no changes (a standby).")
        self.depth = gauge("ill_queue_depth", "Rows of work that wait.", ("lane",))
        self.oldest_due = gauge(
            "ill_queue_oldest_due_seconds", "Since when the oldest due row has been due.", ("lane",)
        )
        self.breaker = gauge("ill_breaker_open", "1 while the lane's circuit breaker is open.", ("lane",))
        self.backoff = gauge("ill_backoff_seconds", "How long the lane is still left alone.", ("lane",))
        self.requests = gauge("ill_requests", "Requests by state.", ("state",))
        self.near_deadline = gauge("ill_requests_near_deadline", "Open requests due within a day, or past it.")
        self.open_tasks = gauge("ill_open_tasks", "Tasks that wait for staff.", ("kind",))
        self.pool = gauge("ill_pool_barcodes", "Barcodes for borrowed items; rested ones are free.", ("range", "state"))
        self.certificate_ends = gauge(
            "ill_certificate_end_timestamp_seconds",
            "When a certificate ends that we show, or go by, by what it is for.",
            ("what",),
        )
        self.clock = gauge(
            "ill_clock_timestamp_seconds", "What our clock says; compare it with the time of the scrape."
        )
        self.disk_free = gauge(
            "ill_store_disk_free_ratio", "Which part of the disk below a SQLite store is free, from 0 to 1.", ("store",)
        )
        self.size = gauge("ill_store_bytes", "How large the store is.")
        self.idle = gauge(
            "ill_store_idle_bytes",
            "What of the store holds nothing: free pages (SQLite), dead rows that are not cleaned away yet (PostgreSQL).",
        )
        self.held = gauge("ill_recovery_holds", "1 while all work is held after a restore.")
        self.backed_up_at = gauge("ill_backup_timestamp_seconds", "When the last known back-up was begun; 0: never.")
        self.changed_seals = Counter(
            "ill_audit_changed_seals", "Newest seals of the audit chain that were found changed.", registry=registry
        )
        self.coroutines = gauge(
            "ill_coroutines", "Coroutines under way: connections, messages, work, servants of lanes."
        )


class Metrics:
    """The gateway's metrics, registered in a registry of their own."""

    def __init__(self, registry: CollectorRegistry, *, version: str) -> None:
        self._peers: frozenset[str] = frozenset()
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        self._iso18626 = _Iso18626(registry)
        self._callers = _Callers(registry)
        self._sip2 = _Sip2(registry)
        self._catalogue = _Catalogue(registry)
        self._state = _State(registry)
        self._process = _Process(registry, version)

    def know_peers(self, peers: Iterable[str]) -> None:
        """Name the peers that get a label of their own, in place of those named before."""
        self._peers = frozenset(peers)

    def know_acs(self, acs: str) -> None:
        """Begin a circulation system's counters at 0, so that an alert sees the first increase."""
        self._sip2.refused_logins(acs)

    def know_acts(self, acts: Iterable[str]) -> None:
        """Begin the counters of unknown outcomes at 0, likewise."""
        for act in acts:
            self._sip2.unknown_outcomes(act)

    # ---- happenings

    def message_received(self, peer: str | None, kind: str | None, result: str) -> None:
        """Count a message that came in; peer and kind are None while unknown."""
        self._iso18626.received(self._peer(peer), self._word("type", kind), self._word("result", result)).inc()

    def confirmation_sent(self, peer: str | None, status: str, error_type: str | None) -> None:
        """Count a confirmation; `error_type` goes with status ERROR."""
        error_type = self._word("error_type", error_type) if error_type else ""
        self._iso18626.confirmed(self._peer(peer), self._word("status", status), error_type).inc()

    def accepted(self, latency_s: float) -> None:
        """Note how long a message took from its last byte to its confirmation."""
        self._iso18626.accept.observe(latency_s)

    def message_stored(self, peer: str, count: int) -> None:
        """Count the bytes of a message that is kept."""
        self._iso18626.stored(self._peer(peer)).inc(count)

    def limit_storage(self, most_bytes: int) -> None:
        """Say how many bytes of one peer's messages are kept in a day."""
        self._iso18626.stored_limit.set(most_bytes)

    def connection_turned_away(self, listener: str, why: str) -> None:
        """Count a connection that was refused or cut short: no room, no handshake, no HTTP."""
        self._callers.turned_away(listener, why).inc()

    def api_call_refused(self, result: str) -> None:
        """Count a call of the API without a valid token."""
        self._callers.refused(result).inc()

    def copy_fetched(self, result: str) -> None:
        """A call for the file of a copy, and what came of it."""
        self._callers.copies(result).inc()

    def signed_in(self, outcome: str) -> None:
        """Count a try to sign in at the desk."""
        self._callers.sign_ins(outcome).inc()

    def message_sent(self, peer: str, kind: str, result: str) -> None:
        """Count an attempt to send a message."""
        self._iso18626.sent(self._peer(peer), self._word("type", kind), self._word("result", result)).inc()

    def repaired(self, peer: str | None, kinds: Iterable[str]) -> None:
        """Count what was put right in a peer's message; a kind is a class of deviation, without its place."""
        for kind in kinds:
            self._iso18626.repairs(self._peer(peer), self._word("repair", kind)).inc()

    def sip2_call(self, acs: str, code: str, outcome: str, latency_s: float) -> None:
        """Count a SIP2 exchange and its time; `code` is the request's two digits, or "" for a login by prompts."""
        code = self._word("code", code or "login")
        self._sip2.calls(acs, code, self._word("outcome", outcome)).inc()
        self._sip2.call_time.labels(acs, code).observe(latency_s)

    def catalogue_asked(self, result: str, latency_s: float) -> None:
        """Count a query of the catalogue and its time."""
        self._catalogue.queries(self._word("result", result)).inc()
        self._catalogue.query_time.observe(latency_s)

    def partners_catalogue_asked(self, result: str) -> None:
        """Count a query of a partner's catalogue."""
        self._catalogue.of_partners(self._word("result", result)).inc()

    def login_refused(self, acs: str) -> None:
        """Count a login that the circulation system refused."""
        self._sip2.refused_logins(acs).inc()

    def seal_changed(self) -> None:
        """Count a look at a seal of the audit chain that found it changed."""
        self._state.changed_seals.inc()

    def loop_late(self, late_s: float) -> None:
        """Note how late the event loop was."""
        self._process.lag.observe(late_s)

    def outcome_unknown(self, act: str) -> None:
        """Count an act whose outcome has to be looked up."""
        self._sip2.unknown_outcomes(act).inc()

    # ---- the state of things

    def refresh(self, snapshot: Snapshot) -> None:
        """Show this state and no other: what the snapshot doesn't name disappears."""
        self._state.store_up.set(snapshot.store_up)
        self._state.near_deadline.set(snapshot.near_deadline)
        self._state.coroutines.set(snapshot.coroutines)
        self._state.held.set(snapshot.held)
        self._state.reads_only.set(snapshot.reads_only)
        self._state.clock.set(snapshot.now)
        _show(self._state.disk_free, {} if snapshot.disk_free is None else {"sqlite": snapshot.disk_free})
        self._state.size.set(snapshot.store_bytes)
        self._state.idle.set(snapshot.store_idle_bytes)
        self._state.backed_up_at.set(snapshot.backed_up_at)
        _show(self._state.certificate_ends, snapshot.certificates)
        _show(self._state.requests, snapshot.requests)
        _show(self._state.open_tasks, snapshot.open_tasks)
        _show_pool(self._state.pool, snapshot.pool)
        _show(self._state.depth, {lane: state.depth for lane, state in snapshot.lanes.items()})
        _show(self._state.oldest_due, {lane: state.oldest_due_s for lane, state in snapshot.lanes.items()})
        _show(self._state.breaker, {lane: state.breaker_open for lane, state in snapshot.lanes.items()})
        _show(self._state.backoff, {lane: state.backoff_s for lane, state in snapshot.lanes.items()})
        _show(self._sip2.connections, {acs: state.connections for acs, state in snapshot.acs.items()})
        _show(self._sip2.no_answer, {acs: state.no_answer_s for acs, state in snapshot.acs.items()})
        _show(self._sip2.logins_stopped, {acs: state.logins_stopped for acs, state in snapshot.acs.items()})

    def store_lost(self) -> None:
        """Say that the store is gone; the other gauges keep what was last known."""
        self._state.store_up.set(0)
        self._state.reads_only.set(0)

    # ---- bounds

    def _peer(self, peer: str | None) -> str:
        return peer if peer is not None and peer in self._peers else UNKNOWN

    def _word(self, label: str, word: str | None) -> str:
        """The word, "unknown" for none, "other" for each after the first `_MOST_WORDS` of this label."""
        if word is None:
            return UNKNOWN
        words = self._words[label]
        if word not in words:
            if len(words) >= _MOST_WORDS:
                return OTHER
            words.add(word)
        return word


def _show(gauge: Gauge, values: Mapping[str, float]) -> None:
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)


def _show_pool(gauge: Gauge, ranges: Mapping[str, Mapping[str, int]]) -> None:
    """The first ranges by name; a library has a handful, but whoever adds barcodes names them as they like."""
    gauge.clear()
    for name in sorted(ranges)[:_MOST_WORDS]:
        for state, count in ranges[name].items():
            gauge.labels(name, state).set(count)
