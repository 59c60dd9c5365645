"""A gateway as a process of its own, so that its memory is its own as well."""

from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template

import psutil
import pytest

from gateway.demo.stage.processes import Process, Unreachable, free_port
from gateway.demo.stage.talk import SaidNo, Site

HILL, VALLEY = "token-of-hill-for-tests", "token-of-valley-for-tests"
NOBODY_LISTENS = 9  # the discard port

SETTINGS = Template("""
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[http]
port = $http
$http_more
[api]
port = $api
[desk]
enabled = false

[operations]
port = $operations
drain_s = 0.5
[store]
url = "sqlite:///$folder/gateway.sqlite"
[acs]
host = "127.0.0.1"
port = $acs
[secrets]
hill = "$hill"
valley = "$valley"
[[peers]]
id = "hill"
agencies = ["ISIL:XX-HILL"]
max_per_minute = $hill_per_minute
[peers.inbound]
bearer = "secret:hill"
[[peers]]
id = "valley"
agencies = ["ISIL:XX-VALLEY"]
[peers.inbound]
bearer = "secret:valley"
""")


@pytest.fixture(scope="module", autouse=True)
def loaded(born_loaded: None) -> None:
    """What these tests show is not how processes start."""


class Running:
    """The gateway's process: where it listens, what it holds, what it says of itself."""

    def __init__(self, process: Process, port: int, operations_port: int) -> None:
        self.process = process
        self.port = port
        self._operations = Site(operations_port)
        assert process._running is not None
        self._seen = psutil.Process(process._running.pid)

    @property
    def resident_mb(self) -> float:
        """Its memory now."""
        return float(self._seen.memory_info().rss) / 2**20

    @property
    def open_files(self) -> int:
        """Its file descriptors, sockets included."""
        return int(self._seen.num_fds())

    def metric(self, line: str) -> float:
        """A metric's value, 0 where there is no such line."""
        found = [row for row in str(self._operations.get("/metrics")).splitlines() if row.startswith(line)]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    def is_ready(self) -> bool:
        """What /readyz says."""
        try:
            self._operations.get("/readyz")
        except (SaidNo, Unreachable):
            return False
        return True


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a gateway with these settings; it must end well when it is asked to."""
    processes: list[Process] = []

    def begin(*, hill_per_minute: int = 1_000_000, http_more: str = "") -> Running:
        ports = {"http": free_port(), "api": free_port(), "operations": free_port(), "acs": NOBODY_LISTENS}
        config = tmp_path / "gateway.toml"
        config.write_text(
            SETTINGS.substitute(
                ports, folder=tmp_path, hill=HILL, valley=VALLEY, hill_per_minute=hill_per_minute, http_more=http_more
            )
        )
        operations = Site(ports["operations"])
        process = Process(
            "gateway",
            ("gateway.cli", "serve", "--config", str(config)),
            log=tmp_path / "gateway.log",
            is_ready=lambda: bool(operations.get("/healthz")),
        )
        processes.append(process)
        process.start()
        return Running(process, ports["http"], ports["operations"])

    yield begin
    for process in processes:
        process.stop()
