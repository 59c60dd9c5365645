"""The gateway, the demonstration ACS and the load generator as processes, each on a core of its own choosing.

The gateway is pinned to one core (`GATEWAY_CORE`), all else to the others, so that “on one core” means what it says.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

import msgspec
import psutil

from bench import documents
from bench.load import Figures, Load
from gateway.demo.processes import Process, environment_for, free_port
from gateway.demo.talk import AcsControl, SaidNo, Site

GATEWAY_CORE = 0
ADMIN_TOKEN = "bench.0123456789012345678901234567890123456789"  # noqa: S105 - made up
PEER = "bench"
ACCOUNT = "20000000090015"
"""The partner's account in the demonstration ACS (gateway/demo/collection.json)."""


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the gateways that are measured."""

    store_url: str
    acs_port: int = 1
    """Where nobody answers, unless an ACS is named."""
    pool_size: int = 2
    knows_partner: bool = False
    """Otherwise requests are kept for staff, and nothing follows an accepted one."""
    auto_answer: str = "off"


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of a process, all its threads, over so many seconds of wall time."""

    cpu_s: float
    wall_s: float


class GatewayProcess:
    """A gateway that serves: its ports, what it has cost so far, what it holds in memory."""

    def __init__(self, folder: Path, wishes: Wishes) -> None:
        self.http_port, self._operations_port, self._api_port = (free_port() for _ in range(3))
        config = folder / "gateway.toml"
        config.write_text(_settings(wishes, self.http_port, self._operations_port, self._api_port), encoding="utf-8")
        self.process = Process(
            "gateway",
            ("gateway.cli", "serve", "--config", str(config)),
            log=folder / "gateway.log",
            is_ready=lambda: _is_ready(self._operations_port),
        )
        self.api = Site(self._api_port, "/api/v1", ADMIN_TOKEN)
        self.start_s = 0.0
        self._seen: psutil.Process | None = None

    def start(self) -> None:
        """Start it on its core; `start_s` is the time until /readyz said so."""
        began = time.perf_counter()
        with _on_cores({GATEWAY_CORE}):
            self.process.launch()
        self.process.wait_until_ready()
        self.start_s = time.perf_counter() - began
        self._seen = psutil.Process(_pid_listening_on(self.http_port))

    @property
    def resident_mb(self) -> float:
        """Resident memory, in millions of bytes."""
        assert self._seen is not None
        return float(self._seen.memory_info().rss) / 1e6

    @contextmanager
    def spending(self) -> Iterator[list[Spent]]:
        """What the process spends while the block runs is in the list at its end."""
        assert self._seen is not None
        result: list[Spent] = []
        cpu_s, began = _cpu_s(self._seen), time.perf_counter()
        yield result
        result.append(Spent(cpu_s=_cpu_s(self._seen) - cpu_s, wall_s=time.perf_counter() - began))


@contextmanager
def gateway(folder: Path, wishes: Wishes) -> Iterator[GatewayProcess]:
    """A gateway that serves until the block ends."""
    running = GatewayProcess(folder, wishes)
    try:
        running.start()
        yield running
    finally:
        running.process.stop()


@contextmanager
def demonstration_acs(folder: Path) -> Iterator[tuple[int, AcsControl]]:
    """The demonstration ACS on the other cores: its SIP2 port, its control port."""
    port, control_port = free_port(), free_port()
    control = AcsControl(control_port)
    process = Process(
        "demonstration ACS",
        ("gateway.demo.acs", "--port", str(port), "--control-port", str(control_port)),
        log=folder / "acs.log",
        is_ready=lambda: bool(control.ask("books")),
    )
    try:
        with _on_cores(other_cores()):
            process.launch()
        process.wait_until_ready()
        yield port, control
    finally:
        process.stop()


def generate(load: Load) -> Figures:
    """Run the load generator on the other cores."""
    with _on_cores(other_cores()):
        run = subprocess.run(
            [sys.executable, "-m", "bench.load", msgspec.json.encode(load).decode()],
            env=environment_for({}),
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(run.stdout, type=Figures)


def other_cores() -> set[int]:
    """Every core but the gateway's; the same one where there is no other."""
    return set(range(os.cpu_count() or 1)) - {GATEWAY_CORE} or {GATEWAY_CORE}


@contextmanager
def _on_cores(cores: set[int]) -> Iterator[None]:
    """Start processes on these cores: they inherit them from us."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _pid_listening_on(port: int) -> int:
    for connection in psutil.net_connections("tcp"):
        if (
            connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
            and connection.pid
        ):
            return connection.pid
    raise LookupError(f"nobody listens on port {port}")


def _is_ready(port: int) -> bool:
    try:
        Site(port).get("/readyz")
    except SaidNo:
        return False
    return True


def _settings(wishes: Wishes, http_port: int, operations_port: int, api_port: int) -> str:
    values = {name: getattr(wishes, name) for name in wishes.__struct_fields__}
    ports = {"http_port": http_port, "operations_port": operations_port, "api_port": api_port}
    partner = _PARTNER.substitute(values) if wishes.knows_partner else ""
    return _SETTINGS.substitute(values | ports) + partner


_SETTINGS = Template(f"""\
[library]
name = "Example Valley Library"
symbols = ["ISIL:{documents.OURS}"]
time_zone = "UTC"

[http]
port = $http_port

[api]
port = $api_port
admin_token = "secret:admin"

[operations]
port = $operations_port

[store]
url = "$store_url"

[acs]
host = "127.0.0.1"
port = $acs_port
pool_size = $pool_size
location = "ILL"
institution = "EXAMPLE"

[[peers]]
id = "{PEER}"
agencies = ["*"]
max_per_minute = 10_000_000

[peers.inbound]
account_id = "partner"
security_code = "secret:partner"

[secrets]
admin = "{ADMIN_TOKEN}"
partner = "{documents.SECURITY_CODE}"
""")

_PARTNER = Template(f"""
[[partners]]
id = "partner"
name = "Sample Valley Library"
peer = "{PEER}"
symbols = ["ISIL:{documents.AGENCY}"]
account = "{ACCOUNT}"
auto_answer = "$auto_answer"
""")
