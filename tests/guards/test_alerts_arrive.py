"""Alerts end to end: real gateways, a real Prometheus that looks at them by our rules, and a real Alertmanager that hears of what fires.

The rules are a copy of deploy/alerts.yml in which waiting times alone are others (`hurried`): every `for:`, and the two thresholds that count
seconds of waiting. Four gateways: nothing happens on the first, whose machine, files and circulation system are in trouble; the second's login is
refused; the third's circulation system answers one thing only after minutes, and its partner is away; the fourth is well, and none of the alerts
is about it.
"""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Final

import pytest
import trustme

from gateway.catalogue.item_list import read_csv
from gateway.demo.stage.processes import Process, Unreachable, free_port
from gateway.demo.stage.talk import SaidNo, Site
from gateway.iso18626 import messages as iso
from gateway.store.sqlite import SqliteStore
from gateway.store.sqlite_copy import note_time
from tests.guards.conftest import HILL, NOBODY_LISTENS
from tests.guards.crowd import Answers, Line
from tests.guards.hostile.documents import request
from tests.guards.test_prometheus import RULES, prometheus
from tests.sip2.hostile import HostileAcs, polite

__all__ = ["prometheus"]
DEADLINE_S: Final = 600.0
"""For what takes half a minute on a machine with nothing else to do."""
ADMIN: Final = "admin.visibly-fictional-secret-of-a-test"
TITLE: Final = "The Imaginary Almanac"
COPIES: Final = "item_barcode,branch,title,record_id\n" + "".join(
    f"39999000{number},EXC,{TITLE},record-{number}\n" for number in range(100, 103)
)
SECONDS_OF_WAITING: Final = {
    "ill_sip2_no_answer_seconds > 300": "ill_sip2_no_answer_seconds > 8",
    "ill_queue_oldest_due_seconds > 900": "ill_queue_oldest_due_seconds > 8",
}
"""Longer than a busy machine keeps the gateway waiting that is well."""

IDLE: Final = {
    "IllGatewayAcsDown",
    "IllGatewayDiskNearlyFull",
    "IllGatewayCertificateEnds",
    "IllGatewayBackupOld",
    "IllGatewayClockWrong",
}
REFUSED: Final = {"IllGatewayLoginRefused", "IllGatewayBackupNever"}
WAITING: Final = {"IllGatewayQueueLate", "IllGatewayPartnerBackOff"}
OF_ALL: Final = "IllGatewayPartnerFails"
"""A sum over all gateways."""

SETTINGS: Final = Template("""
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[http]
port = $http
$tls
[api]
port = $api
admin_token = "secret:admin"
[desk]
enabled = false
[operations]
port = $operations
drain_s = 0.2
[outgoing]
allowed_networks = ["127.0.0.0/8"]
[store]
url = "sqlite:///$folder/gateway.sqlite"
[outbox]
first_wait_s = 2.0
longest_wait_s = 4.0
[acs]
host = "127.0.0.1"
port = $acs
user = "ill"
password = "secret:acs"
location = "ILL"
pool_size = 1
timeout_s = 120.0
[secrets]
admin = "$admin"
acs = "visibly-fictional"
hill = "$hill"
[[peers]]
id = "hill"
url = "http://127.0.0.1:$peer/iso18626"
agencies = ["ISIL:XX-HILL"]
first_message_wait_s = 0.0
[peers.inbound]
bearer = "secret:hill"
[[partners]]
id = "hill"
name = "Sample Hill Library"
peer = "hill"
symbols = ["ISIL:XX-HILL"]
account = "20000000090015"
auto_answer = "both"
""")
PROMETHEUS: Final = Template("""
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [alerts.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:$alertmanager"]}]}]}
scrape_configs:
  - job_name: ill-gateway
    static_configs: [{targets: [$targets]}]
""")
ALERTMANAGER: Final = "route: {receiver: desk}\nreceivers: [{name: desk}]\n"


def hurried(rules: str) -> str:
    """The rules with other waiting times, and nothing else that is other."""
    quick = re.sub(r"^( +for: ).*$", r"\g<1>1s", rules, flags=re.MULTILINE)
    for slow, fast in SECONDS_OF_WAITING.items():
        assert slow in quick
        quick = quick.replace(slow, fast)
    return quick


def test_only_waiting_times_are_other_than_in_the_rules_that_are_shipped():
    rules = RULES.read_text().splitlines()
    changed = [
        before for before, after in zip(rules, hurried(RULES.read_text()).splitlines(), strict=True) if before != after
    ]
    assert all(line.strip().startswith("for: ") or any(slow in line for slow in SECONDS_OF_WAITING) for line in changed)
    assert len(changed) > 10


class Gateway:
    """One of them: its process, and where it listens."""

    def __init__(self, folder: Path, *, acs: int, tls: str = "", odd: dict[str, str] | None = None) -> None:
        folder.mkdir()
        self.ports = {name: free_port() for name in ("http", "api", "operations")}
        self.api = Site(self.ports["api"], prefix="/api/v1", token=ADMIN)
        self.store = folder / "gateway.sqlite"
        config = folder / "gateway.toml"
        config.write_text(
            SETTINGS.substitute(
                self.ports, folder=folder, acs=acs, tls=tls, admin=ADMIN, hill=HILL, peer=NOBODY_LISTENS
            )
        )
        config.chmod(0o600)
        operations = Site(self.ports["operations"])
        self.process = Process(
            "gateway",
            ("tests.guards.odd_machine", "serve", "--config", str(config)),
            log=folder / "gateway.log",
            is_ready=lambda: bool(operations.get("/healthz")),
            environment=odd,
        )

    @property
    def target(self) -> str:
        """What Prometheus calls it."""
        return f"127.0.0.1:{self.ports['operations']}"

    @contextmanager
    def serving(self) -> Iterator["Gateway"]:
        """Let it run."""
        self.process.start()
        try:
            yield self
        finally:
            self.process.stop()

    async def asked_for(self, title: str, record: str | None = None) -> None:
        """The partner asks for a work."""
        line = Line(self.ports["http"], Answers())
        wanted = iso.BibliographicInfo(title=title, supplier_unique_record_id=record)
        assert await line.post(HILL, request("XX-HILL", bibliographic_info=wanted)) == 200
        line.close()

    async def in_state(self, state: str, count: int) -> list[str]:
        """Wait until so many requests are in a state; their numbers."""
        async with asyncio.timeout(DEADLINE_S):
            while len(found := (await asyncio.to_thread(self.api.get, f"/requests?state={state}"))["requests"]) < count:
                await asyncio.sleep(0.1)
        return [each["id"] for each in found]


@pytest.fixture
def alertmanager() -> str:
    """The program; without it a test is skipped, in CI it fails."""
    found = shutil.which("prometheus-alertmanager")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("prometheus-alertmanager is missing; .ci/run installs it (Debian's package of that name)")
    if found is None:
        pytest.skip("prometheus-alertmanager is not installed (Debian's package has it)")
    return found


@contextmanager
def started(program: str, arguments: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as told, subprocess.Popen([program, *arguments], stdout=told, stderr=told) as run:
        try:
            yield
        finally:
            run.terminate()


@contextmanager
def watching(prometheus: str, alertmanager: str, folder: Path, gateways: list[Gateway]) -> Iterator[Site]:
    """Both programs, looking at these gateways; where the Alertmanager tells what it has heard."""
    hears, port = free_port(), free_port()
    (folder / "alerts.yml").write_text(hurried(RULES.read_text()))
    (folder / "alertmanager.yml").write_text(ALERTMANAGER)
    targets = ", ".join(f'"{each.target}"' for each in gateways)
    (folder / "prometheus.yml").write_text(PROMETHEUS.substitute(alertmanager=hears, targets=targets))
    alerting = [
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'heard'}",
        f"--web.listen-address=127.0.0.1:{hears}",
        "--cluster.listen-address=",
    ]
    scraping = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (
        started(alertmanager, alerting, folder / "alertmanager.log"),
        started(prometheus, scraping, folder / "prometheus.log"),
    ):
        yield Site(hears)


async def heard(alertmanager: Site) -> set[tuple[str, str]]:
    """What has reached the Alertmanager: alerts, and the gateway that each is about; none if it is a sum over all gateways."""
    try:
        alerts = await asyncio.to_thread(alertmanager.get, "/api/v2/alerts")
    except (Unreachable, SaidNo):
        return set()
    return {(alert["labels"]["alertname"], alert["labels"].get("instance", "")) for alert in alerts}


async def until_heard(alertmanager: Site, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Wait until all of these were heard of; give all that was."""
    seen: set[tuple[str, str]] = set()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not wanted <= seen:
                seen |= await heard(alertmanager)
                await asyncio.sleep(0.3)
    except TimeoutError:
        pytest.fail(f"never heard of {sorted(wanted - seen)}")
    return seen


async def list_copies(gateway: Gateway) -> None:
    """Write copies into the store of a gateway that is not started yet."""
    store = SqliteStore(gateway.store)
    await store.open()
    await store.migrate()
    await store.import_items(read_csv(COPIES).items, replace=True)
    await store.close()


async def have_work_wait(gateway: Gateway) -> None:
    """Ask for what the circulation system has to be asked about, and say no to what nobody has: the partner can't be told."""
    for number in range(100, 103):
        await gateway.asked_for(TITLE, f"record-{number}")
    for number in range(3):
        await gateway.asked_for(f"Nobody Has This, part {number}")
    for name in await gateway.in_state("deciding", 3):
        await asyncio.to_thread(gateway.api.post, f"/requests/{name}/actions/unfilled", {"reason": "NotOnShelf"})


def ends_soon(folder: Path) -> str:
    """Settings of a certificate that ends in ten days."""
    issued = trustme.CA().issue_cert("localhost", not_after=datetime.now(UTC) + timedelta(days=10))
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return f'[http.tls]\ncert = "{folder}/cert.pem"\nkey = "{folder}/key.pem"'


@asynccontextmanager
async def systems() -> AsyncIterator[tuple[HostileAcs, HostileAcs, HostileAcs]]:
    """A circulation system that refuses every login, one that answers no question about an item, and one that is well."""
    refusing = HostileAcs(usual=lambda asked: "940" if asked[:2] == "93" else polite(asked))
    slow, well = HostileAcs(), HostileAcs()
    slow.held = frozenset({"17"})
    async with refusing.serve(), slow.serve(), well.serve():
        yield refusing, slow, well


@pytest.mark.process
async def test_each_alert_that_wakes_somebody_reaches_the_alertmanager_and_none_about_a_gateway_that_is_well(
    prometheus: str, alertmanager: str, tmp_path: Path
) -> None:
    async with systems() as (refusing, slow, well):
        idle = Gateway(
            tmp_path / "idle",
            acs=NOBODY_LISTENS,
            tls=ends_soon(tmp_path),
            odd={"ODD_CLOCK_S": "45", "ODD_FREE": "0.05"},
        )
        refused, waits, calm = (
            Gateway(tmp_path / name, acs=acs.address.port)
            for name, acs in (("refused", refusing), ("waits", slow), ("calm", well))
        )
        await list_copies(waits)
        gateways = [idle, refused, waits, calm]
        with ExitStack() as stack:
            for each in gateways:
                await asyncio.to_thread(stack.enter_context, each.serving())
            note_time(idle.store, datetime.now(UTC) - timedelta(days=3))
            note_time(calm.store, datetime.now(UTC) - timedelta(hours=1))
            hears = stack.enter_context(watching(prometheus, alertmanager, tmp_path, gateways))
            await have_work_wait(waits)
            wanted = {
                (name, gateway.target)
                for gateway, names in ((idle, IDLE), (refused, REFUSED), (waits, WAITING))
                for name in names
            }
            seen = await until_heard(hears, wanted | {(OF_ALL, "")})
            await asyncio.to_thread(stack.close)
    tried = IDLE | REFUSED | WAITING
    assert {name for name, about in seen if about == calm.target} & tried == set()
    assert {name for name, about in seen if about == idle.target} & tried == IDLE
