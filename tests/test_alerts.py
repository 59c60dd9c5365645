"""The alert rules: Prometheus' own tool checks and tests them, and they speak only of metrics that exist."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML

from gateway.catalogue.asking import SearchResult
from gateway.desk.sign_ins import SignInOutcome
from gateway.iso18626.codes import MessageStatus
from gateway.iso18626.exchange import Result
from gateway.metrics import Metrics
from gateway.room import ConnectionTrouble
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.tasks import TaskKind

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = DEPLOY / "alerts.yml"
RULE_TESTS = (DEPLOY / "alerts_test.yml", DEPLOY / "alerts_days_test.yml")


@pytest.fixture
def promtool() -> str:
    """The tool; without it a test is skipped, in CI it fails."""
    found = shutil.which("promtool")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("promtool is missing; .ci/run installs it (Debian's package prometheus)")
    if found is None:
        pytest.skip("promtool is not installed (Debian's package prometheus has it)")
    return found


def run(promtool: str, *arguments: str) -> None:
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules(promtool: str):
    run(promtool, "check", "rules", str(RULES))


def test_each_alert_fires_when_it_should_and_only_then(promtool: str):
    run(promtool, "test", "rules", *map(str, RULE_TESTS))


def test_promtools_tests_can_fail(promtool: str, tmp_path: Path):
    """With a threshold moved, the tests of that rule must notice."""
    given = YAML(typ="safe", pure=True).load(RULE_TESTS[0].read_text())
    of_the_rule = [test for test in given["tests"] if "IllGatewayQueueLate" in str(test)]
    tests = tmp_path / RULE_TESTS[0].name
    tests.write_text(json.dumps(given | {"tests": of_the_rule}))
    rules = tmp_path / RULES.name
    rules.write_text(RULES.read_text())
    run(promtool, "test", "rules", str(tests))
    rules.write_text(
        RULES.read_text().replace("ill_queue_oldest_due_seconds > 900", "ill_queue_oldest_due_seconds > 9000")
    )
    with pytest.raises(AssertionError, match="IllGatewayQueueLate"):
        run(promtool, "test", "rules", str(tests))


def names_in(path: Path) -> set[str]:
    return set(re.findall(r"\bill_\w+", path.read_text()))


def test_every_metric_that_is_named_exists():
    for path in (RULES, *RULE_TESTS):
        assert names_in(path) <= existing_names()
    assert len(names_in(RULES)) >= 10


def existing_names() -> set[str]:
    """Every name that a sample of the gateway's metrics can have."""
    registry = CollectorRegistry()
    Metrics(registry, version="0")
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "info": ("_info",)}
    return {family.name + end for family in registry.collect() for end in endings.get(family.type, ("",))}


# ── labels ───────────────────────────────────────────────────────────────────────────────────────

OF_EVERY_TARGET = {"job", "instance"}
"""What Prometheus adds."""
VALUES = {
    ("ill_messages_sent_total", "result"): {each.value for each in Result},
    ("ill_catalogue_queries_total", "result"): {each.value for each in SearchResult},
    ("ill_confirmations_sent_total", "status"): {each.value for each in MessageStatus},
    ("ill_sign_ins_total", "outcome"): {each.value for each in SignInOutcome},
    ("ill_connections_turned_away_total", "why"): {each.value for each in ConnectionTrouble},
    ("ill_open_tasks", "kind"): {each.value for each in TaskKind},
    ("ill_pool_barcodes", "state"): {each.value for each in PoolState},
}
"""What a label that a query picks by may be. Lanes are patterns."""


def labels() -> dict[str, set[str]]:
    """The labels that each sample of the gateway's metrics has."""
    registry = CollectorRegistry()
    Metrics(registry, version="0")
    found = {
        name: set(getattr(collector, "_labelnames", ()))
        for collector, names in registry._collector_to_names.items()
        for name in names
    }
    return {name: of | ({"le"} if name.endswith("_bucket") else set()) for name, of in found.items()}


def faults(query: str) -> Iterator[str]:
    """What a query names that no metric of it has: labels, and values of labels."""
    known, named = labels(), set[str]()
    for metric, picked in re.findall(r"\b(ill_\w+)(?:\{([^}]*)\})?", query):
        of = known[metric] | OF_EVERY_TARGET
        named |= of
        for label, sign, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', picked):
            if label not in of:
                yield f"{metric} has no label {label}"
            elif label not in {*OF_EVERY_TARGET, "lane", "le"}:
                values = value.split("|") if sign == "=~" else [value]
                yield from (
                    f"{metric}: {label} is never {each}" for each in values if each not in VALUES[metric, label]
                )
    for listed in re.findall(r"\b(?:by|on|ignoring|without) ?\(([^)]*)\)", query):
        yield from (f"no metric has {label}" for label in re.findall(r"\w+", listed) if label not in named)


def queries() -> list[str]:
    """Those of the rules."""
    (group,) = YAML(typ="safe", pure=True).load(RULES.read_text())["groups"]
    return [rule["expr"] for rule in group["rules"]]


def test_rules_pick_and_sum_by_labels_that_are_there():
    """An expression with another label runs, and never gives anything."""
    assert [fault for query in queries() for fault in faults(query)] == []


@pytest.mark.parametrize(
    "query",
    [
        'sum by (partner) (increase(ill_messages_sent_total{result="ok"}[1h]))',
        'ill_messages_sent_total{results="ok"}',
        'ill_pool_barcodes{state="idle"}',
        'ill_sign_ins_total{outcome=~"wrong|often"}',
        "max by (le) (ill_queue_depth)",
    ],
)
def test_a_label_that_is_wrong_is_noticed(query: str):
    assert list(faults(query))


def test_every_alert_is_tested():
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
    tested = {name for path in RULE_TESTS for name in re.findall(r"\bIllGateway\w+", path.read_text())}
    assert tested == alerts
    assert len(alerts) >= 10
