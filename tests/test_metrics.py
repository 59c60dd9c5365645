"""The metrics page: each happening and each state is on it, labels stay few, and nothing personal is among them."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import AcsState, LaneGauge, Metrics, Snapshot


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    metrics = Metrics(registry, version="1.2.3")
    metrics.know_peers(["valley", "hills"])
    return metrics


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def labels_of(registry: CollectorRegistry, name: str) -> list[dict[str, str]]:
    return [sample.labels for family in registry.collect() for sample in family.samples if sample.name == name]


HAPPENINGS: list[tuple[str, tuple[Any, ...], str, dict[str, str]]] = [
    (
        "message_received",
        ("valley", "request", "ok"),
        "ill_messages_received_total",
        {"peer": "valley", "type": "request", "result": "ok"},
    ),
    (
        "message_received",
        (None, None, "not_allowed"),
        "ill_messages_received_total",
        {"peer": "unknown", "type": "unknown", "result": "not_allowed"},
    ),
    (
        "confirmation_sent",
        ("valley", "OK", None),
        "ill_confirmations_sent_total",
        {"peer": "valley", "status": "OK", "error_type": ""},
    ),
    (
        "confirmation_sent",
        ("hills", "ERROR", "BadlyFormedMessage"),
        "ill_confirmations_sent_total",
        {"peer": "hills", "status": "ERROR", "error_type": "BadlyFormedMessage"},
    ),
    ("accepted", (0.004,), "ill_accept_seconds_count", {}),
    ("catalogue_asked", ("silent", 5.0), "ill_catalogue_queries_total", {"result": "silent"}),
    ("partners_catalogue_asked", ("ok",), "ill_partner_catalogue_queries_total", {"result": "ok"}),
    ("catalogue_asked", ("ok", 0.02), "ill_catalogue_query_seconds_count", {}),
    (
        "message_sent",
        ("hills", "supplyingAgencyMessage", "not_delivered"),
        "ill_messages_sent_total",
        {"peer": "hills", "type": "supplyingAgencyMessage", "result": "not_delivered"},
    ),
    ("repaired", ("valley", ["time_form"]), "ill_repairs_total", {"peer": "valley", "kind": "time_form"}),
    (
        "sip2_call",
        ("main", "11", "unknown", 2.0),
        "ill_sip2_calls_total",
        {"acs": "main", "code": "11", "outcome": "unknown"},
    ),
    ("sip2_call", ("main", "11", "unknown", 2.0), "ill_sip2_call_seconds_count", {"acs": "main", "code": "11"}),
    ("sip2_call", ("main", "", "ok", 0.1), "ill_sip2_call_seconds_count", {"acs": "main", "code": "login"}),
    ("login_refused", ("main",), "ill_sip2_refused_logins_total", {"acs": "main"}),
    ("outcome_unknown", ("checkout",), "ill_unknown_outcomes_total", {"act": "checkout"}),
]


@pytest.mark.parametrize(("method", "arguments", "name", "labels"), HAPPENINGS)
def test_a_happening_counts_once(
    metrics: Metrics,
    registry: CollectorRegistry,
    *,
    method: str,
    arguments: tuple[Any, ...],
    name: str,
    labels: dict[str, str],
):
    getattr(metrics, method)(*arguments)
    assert value(registry, name, **labels) == 1


def test_latencies_fall_into_buckets_around_the_aims(metrics: Metrics, registry: CollectorRegistry):
    """The accept path aims at p99 under 10 ms: there must be a bucket that ends there."""
    for latency_s in (0.004, 0.009, 0.02):
        metrics.accepted(latency_s)
    assert value(registry, "ill_accept_seconds_bucket", le="0.01") == 2
    assert value(registry, "ill_accept_seconds_sum") == pytest.approx(0.033)


FULL = Snapshot(
    store_up=True,
    lanes={
        "peer:valley": LaneGauge(depth=3, oldest_due_s=12.5, backoff_s=60),
        "acs:main": LaneGauge(depth=7, oldest_due_s=901, breaker_open=True),
        "": LaneGauge(depth=1),
    },
    acs={"main": AcsState(connections=2, logins_stopped=True)},
    requests={"loaned": 12, "searching": 1},
    near_deadline=4,
    open_tasks={"find out": 2},
    pool={"main": {"free": 9, "with customer": 3}},
    coroutines=17,
    store_bytes=4096,
    store_idle_bytes=1024,
)


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("ill_store_up", {}, 1),
        ("ill_store_bytes", {}, 4096),
        ("ill_store_idle_bytes", {}, 1024),
        ("ill_queue_depth", {"lane": "acs:main"}, 7),
        ("ill_queue_depth", {"lane": ""}, 1),
        ("ill_queue_oldest_due_seconds", {"lane": "acs:main"}, 901),
        ("ill_breaker_open", {"lane": "acs:main"}, 1),
        ("ill_breaker_open", {"lane": "peer:valley"}, 0),
        ("ill_backoff_seconds", {"lane": "peer:valley"}, 60),
        ("ill_sip2_connections", {"acs": "main"}, 2),
        ("ill_sip2_logins_stopped", {"acs": "main"}, 1),
        ("ill_requests", {"state": "loaned"}, 12),
        ("ill_requests_near_deadline", {}, 4),
        ("ill_open_tasks", {"kind": "find out"}, 2),
        ("ill_pool_barcodes", {"range": "main", "state": "with customer"}, 3),
        ("ill_coroutines", {}, 17),
    ],
)
def test_refresh_shows_the_snapshot(
    metrics: Metrics, registry: CollectorRegistry, name: str, labels: dict[str, str], expected: float
):
    metrics.refresh(FULL)
    assert value(registry, name, **labels) == expected


def test_refresh_forgets_what_is_gone(metrics: Metrics, registry: CollectorRegistry):
    metrics.refresh(FULL)
    metrics.refresh(Snapshot(store_up=True, lanes={"acs:main": LaneGauge()}))
    assert labels_of(registry, "ill_queue_depth") == [{"lane": "acs:main"}]
    assert labels_of(registry, "ill_open_tasks") == []
    assert labels_of(registry, "ill_pool_barcodes") == []
    assert value(registry, "ill_breaker_open", lane="acs:main") == 0


def test_of_ranges_without_end_the_first_have_a_label(metrics: Metrics, registry: CollectorRegistry):
    metrics.refresh(Snapshot(store_up=True, pool={f"range {number}": {"free": 1} for number in range(1000)}))
    assert len(labels_of(registry, "ill_pool_barcodes")) == 60


def test_a_lost_store_is_said_and_the_rest_keeps_its_last_state(metrics: Metrics, registry: CollectorRegistry):
    metrics.refresh(FULL)
    metrics.store_lost()
    assert value(registry, "ill_store_up") == 0
    assert value(registry, "ill_queue_depth", lane="acs:main") == 7


def test_build_info_names_the_version(metrics: Metrics, registry: CollectorRegistry):
    (labels,) = labels_of(registry, "ill_build_info")
    assert labels["version"] == "1.2.3"


def test_counters_that_alerts_watch_begin_at_zero(metrics: Metrics, registry: CollectorRegistry):
    metrics.know_acs("main")
    metrics.know_acts(["hold", "checkout"])
    assert value(registry, "ill_sip2_refused_logins_total", acs="main") == 0
    assert value(registry, "ill_unknown_outcomes_total", act="hold") == 0


# ---- bounds


def test_peers_that_are_not_known_share_one_label(metrics: Metrics, registry: CollectorRegistry):
    for number in range(1000):
        metrics.message_received(f"stranger {number}", "request", "not_allowed")
        metrics.repaired(f"stranger {number}", ["time_form"])
    assert value(registry, "ill_messages_received_total", peer="unknown", type="request", result="not_allowed") == 1000
    assert {labels["peer"] for labels in labels_of(registry, "ill_repairs_total")} == {"unknown"}


def test_a_peer_added_later_gets_its_label(metrics: Metrics, registry: CollectorRegistry):
    metrics.know_peers(["valley", "new"])
    metrics.message_received("new", "request", "ok")
    assert value(registry, "ill_messages_received_total", peer="new", type="request", result="ok") == 1


@pytest.mark.parametrize(
    ("method", "arguments", "name", "label"),
    [
        ("message_received", ("valley", "{}", "ok"), "ill_messages_received_total", "type"),
        ("message_received", ("valley", "request", "{}"), "ill_messages_received_total", "result"),
        ("message_sent", ("valley", "{}", "ok"), "ill_messages_sent_total", "type"),
        ("confirmation_sent", ("valley", "ERROR", "{}"), "ill_confirmations_sent_total", "error_type"),
        ("sip2_call", ("main", "{}", "ok", 0.1), "ill_sip2_calls_total", "code"),
        ("sip2_call", ("main", "17", "{}", 0.1), "ill_sip2_calls_total", "outcome"),
        ("repaired", ("valley", ["{}"]), "ill_repairs_total", "kind"),
    ],
)
def test_words_beyond_any_enumeration_share_a_label(
    metrics: Metrics, registry: CollectorRegistry, *, method: str, arguments: tuple[Any, ...], name: str, label: str
):
    for number in range(500):
        filled = [
            [each.format(number) for each in argument]
            if isinstance(argument, list)
            else argument.format(number)
            if isinstance(argument, str)
            else argument
            for argument in arguments
        ]
        getattr(metrics, method)(*filled)
    words = {labels[label] for labels in labels_of(registry, name)}
    assert len(words) == 61
    assert "other" in words


def test_the_page_is_prometheus_text(metrics: Metrics, registry: CollectorRegistry):
    metrics.refresh(FULL)
    families = {family.name: family for family in text_string_to_metric_families(generate_latest(registry).decode())}
    assert families["ill_queue_depth"].type == "gauge"
    assert families["ill_messages_received"].type == "counter"
    assert all(family.documentation for family in families.values())
