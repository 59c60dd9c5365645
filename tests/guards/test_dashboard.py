"""The dashboard: each of its queries runs in a real Prometheus that scrapes a real gateway, and each alert has its page in the guide."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.stage.processes import free_port
from tests.guards.hostile.house import House
from tests.guards.test_prometheus import CONFIG, asked, house, prometheus, until
from tests.test_alerts import existing_names

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


def test_what_the_alerts_look_at_is_shown():
    rules = set(re.findall(r"\bill_\w+", (ROOT / "deploy/alerts.yml").read_text()))
    gauges = {name for name in rules if not name.endswith(("_total", "_count", "_bucket", "_sum"))}
    assert gauges <= set(re.findall(r"\bill_\w+", " ".join(QUERIES)))


def test_each_alert_has_its_page_in_the_guide():
    alerts = re.findall(r"- alert: (\w+)", (ROOT / "deploy/alerts.yml").read_text())
    pages = re.split(r"^## ", (ROOT / "docs/alerts.md").read_text(), flags=re.MULTILINE)[1:]
    assert [page.split("\n")[0] for page in pages] == alerts
    assert all("**Means**: " in page and "**Do**: " in page for page in pages)


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
def scraping(prometheus: str, house: House, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    (tmp_path / "alerts.yml").write_text((ROOT / "deploy/alerts.yml").read_text())
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(port=house.ports["operations"]))
    arguments = [
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (tmp_path / "prometheus.log").open("wb") as log, subprocess.Popen([prometheus, *arguments], stderr=log) as run:
        yield port
        run.terminate()


@pytest.mark.process
async def test_every_query_runs_and_what_an_idle_gateway_knows_is_there(scraping: int):
    await until(scraping, "count_over_time(ill_store_up[10s]) > 3")
    silent = [query for query in QUERIES if not await asked(scraping, shown(query))]
    assert [query for query in silent if not WITHOUT_ANYTHING.search(query)] == []
    for query in silent:
        assert await _is_taken(scraping, shown(query)), query


async def _is_taken(port: int, query: str) -> bool:
    """Prometheus understands it, and has nothing to show: “absent” of it is 1."""
    return bool(await asked(port, f"absent({query})"))
