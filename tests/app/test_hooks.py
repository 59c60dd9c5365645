"""What the libraries report: counted all, logged as far as a person reads."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from gateway.app.hooks import LINES, LINES_OF_ALL, Hooks
from gateway.dispatch.fault_tally import FaultTally
from gateway.iso18626.exchange import Exchange, Result
from gateway.metrics import Metrics
from gateway.room import ConnectionTrouble

if TYPE_CHECKING:
    from gateway.store.port import Store


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def hooks(registry: CollectorRegistry) -> Hooks:
    never_written = cast("Store", None)
    return Hooks(Metrics(registry, version="1"), FaultTally(never_written, lambda: datetime(2031, 5, 6, tzinfo=UTC)))


async def test_whoever_is_turned_away_over_and_over_is_counted_and_does_not_fill_the_log(
    hooks: Hooks, registry: CollectorRegistry
) -> None:
    with capture_logs() as lines:
        for _ in range(500):
            hooks.turned_away("http", ConnectionTrouble.NOT_HTTP, "192.0.2.1")
    assert len(lines) == LINES.burst
    labels = {"listener": "http", "why": "not_http"}
    assert registry.get_sample_value("ill_connections_turned_away_total", labels) == 500


async def test_nor_do_many_addresses_together(hooks: Hooks) -> None:
    with capture_logs() as lines:
        for number in range(2000):
            hooks.turned_away("http", ConnectionTrouble.GAVE_WAY, f"192.0.2.{number % 256}")
            hooks.received(Exchange(result=Result.NOT_ALLOWED, address=f"198.51.100.{number % 256}", latency_s=0.0))
    assert LINES_OF_ALL.burst <= len(lines) < LINES_OF_ALL.burst + 60


async def test_wrong_tokens_are_counted_and_logged_with_their_address(
    hooks: Hooks, registry: CollectorRegistry
) -> None:
    with capture_logs() as lines:
        for number in range(100):
            hooks.refused("192.0.2.1", number >= 30)
    assert 0 < len(lines) <= 2 * LINES.burst
    assert {line["address"] for line in lines} == {"192.0.2.1"}
    for result, count in (("not_allowed", 30), ("too_many", 70)):
        assert registry.get_sample_value("ill_api_calls_refused_total", {"result": result}) == count
