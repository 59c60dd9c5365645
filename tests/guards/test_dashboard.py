"""The dashboard: each of its queries runs in a real Prometheus that scrapes a real gateway, and each alert has its page in the guide."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.guards.hostile.house import House
from tests.guards.test_prometheus import RULES, asked, house, prometheus, scraping, until
from tests.test_alerts import existing_names, faults

__all__ = ["house", "prometheus"]
ROOT = Path(__file__).parents[2]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/ill-gateway.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
WITHOUT_ANYTHING = re.compile(
    "ill_backup|ill_stored_bytes|ill_certificate|ill_confirmations|ill_messages|ill_accept|ill_backoff|turned_away|api_calls|sign_ins|sip2_calls|"
    "sip2_call_seconds|unknown_outcomes|queue|pool|catalogue|ill_requests\\{|open_tasks|refused_logins"
)
"""What an idle gateway has nothing to say of: nothing has happened yet."""


def shown(query: str) -> str:
    """A query with the dashboard's variables filled in."""
    return query.replace("$job", ".+").replace("$__rate_interval", "1m")


def test_panels_have_names_words_and_a_place_of_their_own():
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(panel["title"] and panel["description"].endswith(".") for panel in PANELS)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + right, place["y"] + down) for right in range(place["w"]) for down in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert max(right for right, _ in cells) < 24
        taken |= cells


def test_every_metric_that_is_shown_exists():
    named = set(re.findall(r"\bill_\w+", " ".join(QUERIES)))
    assert named <= existing_names()
    assert len(named) > 25


def test_queries_pick_and_sum_by_labels_that_are_there():
    """Many give nothing on an idle gateway (`WITHOUT_ANYTHING`): there a wrong label would not show when they run."""
    assert [(query, fault) for query in QUERIES for fault in faults(query)] == []


def test_what_the_alerts_look_at_is_shown():
    rules = set(re.findall(r"\bill_\w+", (ROOT / "deploy/alerts.yml").read_text()))
    gauges = {name for name in rules if not name.endswith(("_total", "_count", "_bucket", "_sum"))}
    assert gauges <= set(re.findall(r"\bill_\w+", " ".join(QUERIES)))


def rules() -> list[dict[str, Any]]:
    (group,) = YAML(typ="safe", pure=True).load(RULES.read_text())["groups"]
    return list(group["rules"])


def pages() -> dict[str, str]:
    """Each alert's page in the guide, by its heading."""
    parts = re.split(r"^## (\w+)\n", (ROOT / "docs/alerts.md").read_text(), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_each_alert_has_its_page_in_the_guide_and_leads_to_it():
    assert [rule["alert"] for rule in rules()] == list(pages())
    for rule in rules():
        page = pages()[rule["alert"]]
        assert re.fullmatch(r"\*\*Fires\*\*: .+\.\)?\n\*\*Means\*\*: .+\.\n\*\*Do\*\*: .+[.?]\n+", page), page
        assert (
            rule["annotations"]["runbook_url"]
            == f"{{{{ $externalLabels.guide }}}}docs/alerts.md#{rule['alert'].lower()}"
        )


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
WORDS = {"s": ("s",), "m": ("minute", "minutes"), "h": ("hour", "hours"), "d": ("day", "days")}


def in_words(seconds: float) -> set[str]:
    """What a span of time may be called: 300 is “5 minutes”."""
    return {f"{seconds / UNITS[unit]:g} {word}" for unit, words in WORDS.items() for word in words}


def numbers_of(rule: dict[str, Any]) -> list[set[str]]:
    """What a page must say of a rule, each in one of several ways: how long, over which time, beyond which threshold, in which lane of a histogram."""
    spans = [rule["for"]] if "for" in rule else []
    spans += re.findall(r"\[(\w+)\]", rule["expr"])
    found = [in_words(float(span[:-1]) * UNITS[span[-1]]) for span in spans]
    found += [in_words(float(bound)) for bound in re.findall(r'le="([\d.]+)"', rule["expr"])]
    for product in re.findall(r"[<>] ([\d.]+(?: \* \d+)*)", rule["expr"]):
        number = prod(map(float, product.split(" * ")))
        if number:
            found.append({f"more than {number:g}", f"{number * 100:g} %"} | in_words(number))
    return found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_page_names_the_times_and_thresholds_of_its_rule(rule: dict[str, Any]):
    fires = pages()[rule["alert"]].partition("**Means**")[0]
    missing = [
        ways for ways in numbers_of(rule) if not any(re.search(rf"\b{re.escape(way)}(?!\w)", fires) for way in ways)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("alert", "before", "after"),
    [
        ("IllGatewayQueueGrows", "30m", "3h"),
        ("IllGatewayQueueLate", "> 900", "> 9000"),
        ("IllGatewayPoolLow", "< 0.1", "< 0.2"),
        ("IllGatewayBackupOld", "> 2 * 86400", "> 3 * 86400"),
        ("IllGatewayPasswordsGuessed", "> 60", "> 6"),
        ("IllGatewayStandsStill", 'le="0.5"', 'le="0.25"'),
    ],
)
def test_a_rule_that_was_moved_and_its_page_not_is_noticed(alert: str, before: str, after: str):
    (rule,) = [rule for rule in rules() if rule["alert"] == alert]
    moved = rule | {name: rule[name].replace(before, after) for name in ("expr", "for") if name in rule}
    assert moved != rule
    with pytest.raises(AssertionError):
        test_a_page_names_the_times_and_thresholds_of_its_rule(moved)


def test_promtool_takes_the_scrape_config():
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian's package prometheus has it)")
    done = subprocess.run(
        ["promtool", "check", "config", str(ROOT / "deploy/prometheus.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def watching(prometheus: str, house: House, tmp_path: Path) -> Iterator[int]:
    with scraping(prometheus, house, tmp_path, RULES.read_text()) as port:
        yield port


@pytest.mark.process
async def test_every_query_runs_and_what_an_idle_gateway_knows_is_there(watching: int):
    await until(watching, "count_over_time(ill_store_up[1m]) > 3")
    silent = [query for query in QUERIES if not await asked(watching, shown(query))]
    assert [query for query in silent if not WITHOUT_ANYTHING.search(query)] == []
    for query in silent:
        assert await _is_taken(watching, shown(query)), query


async def _is_taken(port: int, query: str) -> bool:
    """Prometheus understands it, and has nothing to show: “absent” of it is 1."""
    return bool(await asked(port, f"absent({query})"))
