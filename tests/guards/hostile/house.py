"""A gateway as a process that is watched, with one good neighbour, while hostile systems do what they can to it."""

import asyncio
import logging
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from string import Template

import msgspec
import trustme

from gateway.demo.stage.processes import Process, free_port
from gateway.demo.stage.talk import Site
from tests.guards.conftest import HILL, VALLEY
from tests.guards.crowd import Answers, steady
from tests.guards.hostile.documents import request

ADMIN = "admin.visibly-fictional-secret-of-a-test"
CUSTOMER = "20000000090015"
STRETCH_S = 0.05
"""No single stretch of the event loop may take more of the gateway's own processor time."""
MEMORY_MB = 200
LOG_BYTES_A_SECOND = 64 * 1024
PAUSE_S = 0.05
"""Of the neighbour, between two messages."""

_log = logging.getLogger(__name__)

SETTINGS = Template("""
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[http]
port = $http
read_timeout_s = 1.0
$tls
[api]
port = $api
admin_token = "secret:admin"
[operations]
port = $operations
drain_s = 0.5
[desk]
port = $desk
[outgoing]
allowed_networks = ["127.0.0.0/8"]
[store]
url = "sqlite:///$folder/gateway.sqlite"
[outbox]
first_wait_s = 0.05
longest_wait_s = 0.1
[acs]
host = "127.0.0.1"
port = $acs
location = "ILL"
timeout_s = 1.0
[acs.overrides]
login_timeout_s = 1.0
[catalogue]
kind = "sru"
url = "http://127.0.0.1:$sru/sru"
timeout_s = 2.0
fresh_s = 0
[catalogue.holdings]
format = "952"
[secrets]
admin = "$admin"
hill = "$hill"
valley = "$valley"
[[peers]]
id = "hill"
url = "http://127.0.0.1:$peer/iso18626"
agencies = ["ISIL:XX-HILL"]
max_per_minute = 1000000
[peers.inbound]
bearer = "secret:hill"
[[peers]]
id = "valley"
agencies = ["ISIL:XX-VALLEY"]
max_per_minute = 1000000
[peers.inbound]
bearer = "secret:valley"
[[partners]]
id = "hill"
name = "Sample Hill Library"
peer = "hill"
symbols = ["ISIL:XX-HILL"]
account = "$customer"
auto_answer = "both"
""")


class Stretch(msgspec.Struct, frozen=True):
    """One stretch of the event loop, as watched.py writes it."""

    at_s: float
    cpu_s: float
    what: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of the gateway during one attack; of its memory since its start."""

    stretch_s: float
    stretch: str
    answers: frozenset[int]
    answered: int
    longest_answer_s: float
    memory_mb: float
    log_bytes_a_second: int


class House:
    """The gateway's process: where it listens, whom it asks, and what was seen of it."""

    def __init__(self, folder: Path, *, is_tls: bool = False) -> None:
        self.ports = {name: free_port() for name in ("http", "api", "operations", "desk", "acs", "sru", "peer")}
        self.api = Site(self.ports["api"], prefix="/api/v1", token=ADMIN)
        self.tls: ssl.SSLContext | None = None
        self._stretches = folder / "stretches.jsonl"
        config = folder / "gateway.toml"
        tls = self._certify(folder) if is_tls else ""
        config.write_text(
            SETTINGS.substitute(
                self.ports, folder=folder, tls=tls, admin=ADMIN, hill=HILL, valley=VALLEY, customer=CUSTOMER
            )
        )
        operations = Site(self.ports["operations"])
        self.process = Process(
            "gateway",
            ("tests.guards.watched", "serve", "--config", str(config)),
            log=folder / "gateway.log",
            is_ready=lambda: bool(operations.get("/healthz")),
            environment={"WATCHED_STRETCHES": str(self._stretches)},
        )

    def _certify(self, folder: Path) -> str:
        authority = trustme.CA()
        issued = authority.issue_cert("localhost", "127.0.0.1")
        issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        issued.private_key_pem.write_to_path(folder / "key.pem")
        self.tls = ssl.create_default_context()
        authority.configure_trust(self.tls)
        return f'[http.tls]\ncert = "{folder}/cert.pem"\nkey = "{folder}/key.pem"'

    async def withstands(self, attack: Callable[[], Awaitable[None]]) -> None:
        """Let the attack happen while the neighbour writes, and assert what must hold.

        A stretch that is too long counts where it is so again in a second attack: on a core that others share, and with caches that
        they have emptied, the same work takes up to twice the processor time.
        """
        seen = await self._watched(attack)
        if seen.stretch_s > STRETCH_S:
            _log.warning("once more, for this took long: %s", seen)
            seen = await self._watched(attack)
        _log.info("%s", seen)
        assert seen.stretch_s <= STRETCH_S, f"{seen.stretch_s:.3f} s of the event loop: {seen.stretch}"
        assert seen.answers == {200}, "the neighbour is answered"
        assert seen.memory_mb < MEMORY_MB
        assert seen.log_bytes_a_second < LOG_BYTES_A_SECOND

    async def _watched(self, attack: Callable[[], Awaitable[None]]) -> Seen:
        began_s = time.monotonic()
        sizes: list[tuple[float, int]] = []
        sampling = asyncio.create_task(self._sample(sizes))
        async with steady(self.ports["http"], VALLEY, _neighbours(), PAUSE_S, self.tls) as neighbour:
            await attack()
            await _one_more(neighbour)
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)
        self.process.check()
        longest = max(self.stretches(began_s), key=lambda each: each.cpu_s, default=Stretch(at_s=0, cpu_s=0, what=""))
        return Seen(
            stretch_s=longest.cpu_s,
            stretch=longest.what,
            answers=frozenset(neighbour.statuses),
            answered=len(neighbour.seconds),
            longest_answer_s=max(neighbour.seconds),
            memory_mb=self.peak_mb,
            log_bytes_a_second=_most_in_a_second(sizes),
        )

    async def _sample(self, sizes: list[tuple[float, int]]) -> None:
        while True:
            sizes.append((time.monotonic(), self.process.log.stat().st_size))
            await asyncio.sleep(0.1)

    def stretches(self, since_s: float) -> list[Stretch]:
        """What was written of stretches of the event loop, in order."""
        lines = self._stretches.read_bytes().splitlines() if self._stretches.exists() else []
        return [each for line in lines if (each := msgspec.json.decode(line, type=Stretch)).at_s >= since_s]

    @property
    def peak_mb(self) -> float:
        """The most memory that the process has had."""
        assert self.process._running is not None
        status = Path(f"/proc/{self.process._running.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


async def _one_more(neighbour: Answers) -> None:
    """Wait until the neighbour has been answered once more."""
    answered = len(neighbour.seconds)
    async with asyncio.timeout(60):
        while len(neighbour.seconds) <= answered:
            await asyncio.sleep(0.01)


def _neighbours() -> Iterator[bytes]:
    return (request("XX-VALLEY") for _ in count())


def _most_in_a_second(sizes: list[tuple[float, int]]) -> int:
    """The most by which the log has grown from one look to another that was at most a second later."""
    return max((later - size for at, size in sizes for then, later in sizes if 0 < then - at <= 1.0), default=0)
