"""The alert for a dead circulation system, in a real Prometheus that watches a real gateway on which nothing else happens."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from gateway.demo.stage.processes import Unreachable, free_port
from gateway.demo.stage.talk import SaidNo, Site
from tests.guards.hostile.house import House
from tests.sip2.hostile import HostileAcs

RULES = Path(__file__).parents[2] / "deploy" / "alerts.yml"
ALERT = "IllGatewayAcsDown"
DEADLINE_S = 600.0
"""For what takes half a minute on a machine with nothing else to do."""
FIRES = f'ALERTS{{alertname="{ALERT}",alertstate="firing"}}'
HAS_STAYED = f'changes(ALERTS_FOR_STATE{{alertname="{ALERT}"}}[1h]) == 0 and ignoring (alertstate) {FIRES}'
"""Prometheus keeps since when an alert has been active: had it ended and begun again, that would have changed."""
CONFIG = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [alerts.yml]
scrape_configs:
  - job_name: ill-gateway
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@pytest.fixture
def prometheus() -> str:
    """The server; without it a test is skipped, in CI it fails."""
    found = shutil.which("prometheus")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("prometheus is missing; .ci/run installs it (Debian's package prometheus)")
    if found is None:
        pytest.skip("prometheus is not installed (Debian's package has it)")
    return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.process.start()
    yield house
    house.process.stop()


@contextmanager
def scraping(prometheus: str, house: House, folder: Path, rules: str) -> Iterator[int]:
    """Prometheus beside a gateway, with these rules; its port."""
    port = free_port()
    (folder / "alerts.yml").write_text(rules)
    (folder / "prometheus.yml").write_text(CONFIG.format(port=house.ports["operations"]))
    arguments = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("wb") as log, subprocess.Popen([prometheus, *arguments], stderr=log) as run:
        yield port
        run.terminate()


@pytest.fixture
def watching(prometheus: str, house: House, tmp_path: Path) -> Iterator[int]:
    """Prometheus with the rules as they are but for the five minutes, which are five seconds; its port."""
    rules = RULES.read_text()
    assert "ill_sip2_no_answer_seconds > 300" in rules
    with scraping(
        prometheus, house, tmp_path, rules.replace("no_answer_seconds > 300", "no_answer_seconds > 5")
    ) as port:
        yield port


async def test_the_alert_fires_on_an_idle_gateway_stays_and_ends_with_the_first_answer(
    house: House, watching: int
) -> None:
    acs = HostileAcs()
    async with acs.serve(port=house.ports["acs"]):
        await until(watching, "ill_sip2_no_answer_seconds == 0 and on () ill_sip2_connections > 0")
        assert not await asked(watching, f'ALERTS{{alertname="{ALERT}"}}')
    await until(watching, FIRES)
    await until(watching, "changes(ill_breaker_open[10m]) > 1")
    assert await asked(watching, HAS_STAYED)
    async with acs.serve(port=house.ports["acs"]):
        await until(watching, f'ill_sip2_no_answer_seconds == 0 unless on () ALERTS{{alertname="{ALERT}"}}')


async def until(port: int, query: str) -> None:
    """Wait until a query gives something."""
    async with asyncio.timeout(DEADLINE_S):
        while not await asked(port, query):
            await asyncio.sleep(0.2)


async def asked(port: int, query: str) -> list[object]:
    """What a query gives now; nothing while nobody answers."""
    try:
        answer = await asyncio.to_thread(Site(port).get, f"/api/v1/query?query={quote(query)}")
    except (Unreachable, SaidNo):
        return []
    found: list[object] = answer["data"]["result"]
    return found
