"""The alert rules: Prometheus' own tool checks and tests them, and they speak only of metrics that exist."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gateway.metrics import Metrics

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = DEPLOY / "alerts.yml"
RULE_TESTS = DEPLOY / "alerts_test.yml"


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
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules(promtool: str):
    run(promtool, "check", "rules", str(RULES))


def test_each_alert_fires_when_it_should_and_only_then(promtool: str):
    run(promtool, "test", "rules", str(RULE_TESTS))


def test_promtools_tests_can_fail(promtool: str, tmp_path: Path):
    """With a threshold moved, the tests of the rules must notice."""
    moved = RULES.read_text().replace("ill_queue_oldest_due_seconds > 900", "ill_queue_oldest_due_seconds > 9000")
    (tmp_path / RULES.name).write_text(moved)
    (tmp_path / RULE_TESTS.name).write_text(RULE_TESTS.read_text())
    with pytest.raises(AssertionError, match="IllGatewayQueueLate"):
        run(promtool, "test", "rules", str(tmp_path / RULE_TESTS.name))


def names_in(path: Path) -> set[str]:
    return set(re.findall(r"\bill_\w+", path.read_text()))


@pytest.mark.parametrize("path", [RULES, RULE_TESTS], ids=lambda path: path.name)
def test_every_metric_that_is_named_exists(path: Path):
    assert names_in(path) <= existing_names()
    assert len(names_in(path)) >= 10


def existing_names() -> set[str]:
    """Every name that a sample of the gateway's metrics can have."""
    registry = CollectorRegistry()
    Metrics(registry, version="0")
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "info": ("_info",)}
    return {family.name + end for family in registry.collect() for end in endings.get(family.type, ("",))}


def test_every_alert_is_tested():
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
    tested = set(re.findall(r"\bIllGateway\w+", RULE_TESTS.read_text()))
    assert tested == alerts
    assert len(alerts) >= 10
