"""The gateway, the demonstration ACS and the load generator as processes, each on a core of its own choosing.

The gateway is pinned to one core (`GATEWAY_CORE`), all else to the others, so that “on one core” means what it says.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from bench.load import Figures, Load
from bench.settings import ADMIN_TOKEN, Ports, Wishes, settings_text
from gateway.demo.stage.processes import Process, environment_for, free_port
from gateway.demo.stage.talk import AcsControl, SaidNo, Site

GATEWAY_CORE = 0


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of a process, all its threads, over so many seconds of wall time."""

    cpu_s: float
    wall_s: float


IDLE = 0.1
"""Of a core: what a gateway does by itself, once what it does at its start is over."""
SETTLES_WITHIN_S = 120.0


class GatewayProcess:
    """A gateway that serves: its ports, what it has cost so far, what it holds in memory.

    With a file for `stretches` it writes down each stretch of its event loop that took 10 ms or more (tests/guards/watched.py).
    """

    def __init__(self, folder: Path, wishes: Wishes, stretches: Path | None = None) -> None:
        self._ports = Ports(http=free_port(), api=free_port(), desk=free_port(), operations=free_port())
        config = folder / "gateway.toml"
        config.write_text(settings_text(wishes, self._ports), encoding="utf-8")
        self.process = Process(
            "gateway",
            ("tests.guards.watched" if stretches else "gateway.cli", "serve", "--config", str(config)),
            log=folder / "gateway.log",
            is_ready=lambda: _is_ready(self._ports.operations),
            environment={"WATCHED_STRETCHES": str(stretches)} if stretches else None,
        )
        self.start_s = 0.0
        self.start_cpu_s = 0.0
        self._seen: psutil.Process | None = None

    def start(self) -> None:
        """Start it on its core; `start_s` is the time until /readyz said so, `start_cpu_s` what of it was its own processor time."""
        began = time.perf_counter()
        with _on_cores({GATEWAY_CORE}):
            self.process.launch()
        self.process.wait_until_ready()
        self.start_s = time.perf_counter() - began
        self._seen = psutil.Process(self.process.pid)
        self.start_cpu_s = _cpu_s(self._seen)

    def settle(self) -> float:
        """Wait until it has done what it does at its start; give the part of a core that it takes from then on."""
        until = time.monotonic() + SETTLES_WITHIN_S
        while True:
            with self.spending() as spent:
                time.sleep(2.0)
            idle = spent[0].cpu_s / spent[0].wall_s
            if idle < IDLE or time.monotonic() > until:
                return idle

    @property
    def http_port(self) -> int:
        """Where peers post."""
        return self._ports.http

    @property
    def desk_port(self) -> int:
        """Where browsers connect."""
        return self._ports.desk

    @property
    def api(self) -> Site:
        """The JSON API, as an administrator."""
        return Site(self._ports.api, "/api/v1", ADMIN_TOKEN)

    @property
    def api_url(self) -> str:
        """Where orders are posted."""
        return f"http://127.0.0.1:{self._ports.api}/api/v1"

    def command(self, *arguments: str) -> None:
        """Run a command of `ill-gateway` against it; CalledProcessError where that fails."""
        environment = {"ILL_GATEWAY_URL": f"http://127.0.0.1:{self._ports.api}", "ILL_GATEWAY_TOKEN": ADMIN_TOKEN}
        command = [sys.executable, "-m", "gateway.cli", *arguments]
        subprocess.run(command, env=environment_for(environment), stdout=subprocess.DEVNULL, check=True)

    @property
    def resident_mb(self) -> float:
        """Resident memory, in millions of bytes."""
        assert self._seen is not None
        return float(self._seen.memory_info().rss) / 1e6

    @property
    def cpu_s(self) -> float:
        """Its processor time so far, all its threads."""
        assert self._seen is not None
        return _cpu_s(self._seen)

    @contextmanager
    def spending(self) -> Iterator[list[Spent]]:
        """What the process spends while the block runs is in the list at its end."""
        assert self._seen is not None
        result: list[Spent] = []
        cpu_s, began = self.cpu_s, time.perf_counter()
        yield result
        result.append(Spent(cpu_s=self.cpu_s - cpu_s, wall_s=time.perf_counter() - began))


@contextmanager
def gateway(folder: Path, wishes: Wishes, stretches: Path | None = None) -> Iterator[GatewayProcess]:
    """A gateway that serves until the block ends."""
    running = GatewayProcess(folder, wishes, stretches)
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
        ("gateway.demo.acs.running", "--port", str(port), "--control-port", str(control_port)),
        log=folder / "acs.log",
        is_ready=lambda: bool(control.ask("books")),
    )
    try:
        with on_other_cores():
            process.launch()
        process.wait_until_ready()
        yield port, control
    finally:
        process.stop()


@contextmanager
def partner(folder: Path) -> Iterator[int]:
    """A partner's system on the other cores that confirms everything: its port."""
    port = free_port()
    process = Process(
        "partner",
        ("bench.partner", str(port)),
        log=folder / "partner.log",
        is_ready=lambda: _is_open(port),
    )
    try:
        with on_other_cores():
            process.launch()
        process.wait_until_ready()
        yield port
    finally:
        process.stop()


def generate(load: Load) -> Figures:
    """Run the load generator on the other cores."""
    with on_other_cores():
        run = subprocess.run(
            [sys.executable, "-m", "bench.load", msgspec.json.encode(load).decode()],
            env=environment_for({}),
            stdout=subprocess.PIPE,
            check=True,
        )
    return msgspec.json.decode(run.stdout, type=Figures)


@contextmanager
def on_other_cores() -> Iterator[None]:
    """Start processes on every core but the gateway's; on the same one where there is no other."""
    others = set(range(os.cpu_count() or 1)) - {GATEWAY_CORE}
    with _on_cores(others or {GATEWAY_CORE}):
        yield


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


def _is_open(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _is_ready(port: int) -> bool:
    try:
        Site(port).get("/readyz")
    except SaidNo:
        return False
    return True
