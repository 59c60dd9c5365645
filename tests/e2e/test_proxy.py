"""Two gateways behind the proxy that we ship (deploy/Caddyfile), replaced one after the other under load: no partner hears a refusal.

Caddy gets a certificate from an authority of its own here, since the names are of this machine; everything else is as it is shipped.
"""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

import aiohttp
import msgspec
import pytest

from gateway.demo.stage.processes import Process, free_port, wait_for
from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import MessageStatus
from gateway.store.factory import open_store
from tests.guards.hostile.documents import request
from tests.store.postgres import postgres_server

pytestmark = pytest.mark.process

CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"
HOSTS = ("127.0.0.1", "127.0.0.2")
"""One gateway each, with the same ports, as machines of their own have."""
CALLERS = 6
PAUSE_S = 0.05
DEADLINE_S = 180.0
SETTINGS = """
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[http]
host = "{host}"
port = {http}
trusted_proxies = ["127.0.0.1/32"]
[api]
host = "{host}"
port = {api}
[operations]
host = "{host}"
port = {operations}
announce_s = 4.0
drain_s = 5.0
[desk]
host = "{host}"
port = {desk}
trusted_proxies = ["127.0.0.1/32"]
public_url = "https://desk.localhost:{https}"
[store]
url = "{store}"
instance = "{host}"
[acs]
host = "127.0.0.1"
port = 9
location = "ILL"
[[peers]]
id = "hill"
agencies = ["ISIL:XX-HILL"]
max_per_minute = 1000000
[peers.inbound]
bearer = "secret:hill"
[secrets]
hill = "a-visibly-fictional-secret"
"""


class Ports(msgspec.Struct, frozen=True):
    """Where everything listens."""

    http: int
    api: int
    operations: int
    desk: int
    https: int
    plain: int
    admin: int


class Load:
    """Partners that send one message after the other, each until it is confirmed OK."""

    def __init__(self, url: str, tls: ssl.SSLContext) -> None:
        self.confirmed = 0
        self.refusals: list[str] = []
        self._url = url
        self._tls = tls
        self._over = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            callers = [asyncio.create_task(self._call(session)) for _ in range(CALLERS)]
            try:
                yield
            finally:
                self._over = True
                await asyncio.gather(*callers)

    async def _call(self, session: aiohttp.ClientSession) -> None:
        while not self._over:
            message = request()
            while (refusal := await self._send(session, message)) is not None:
                self.refusals.append(refusal)
                await asyncio.sleep(PAUSE_S)
            self.confirmed += 1
            await asyncio.sleep(PAUSE_S)

    async def _send(self, session: aiohttp.ClientSession, message: bytes) -> str | None:
        """Send it once; why it was not taken."""
        headers = {"Content-Type": "application/xml", "Authorization": "Bearer a-visibly-fictional-secret"}
        try:
            async with session.post(self._url, data=message, headers=headers, ssl=self._tls) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return repr(error)
        if answer.status != HTTPStatus.OK:
            return str(answer.status)
        told = decode(body).message
        assert isinstance(told, iso.RequestConfirmation)
        return None if told.confirmation_header.message_status == MessageStatus.OK else "ERROR"


@pytest.fixture
def caddy() -> str:
    """The proxy; without it a test is skipped, in CI it fails."""
    found = shutil.which("caddy")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("caddy is missing; .ci/run installs it")
    if found is None:
        pytest.skip("caddy is not installed (Debian's package caddy)")
    return found


@pytest.fixture
def store() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def ports() -> Ports:
    return Ports(*(free_port() for _ in Ports.__struct_fields__))


@pytest.fixture
def gateways(tmp_path: Path, store: str, ports: Ports) -> Iterator[tuple[Process, ...]]:
    made = tuple(gateway(tmp_path, host, ports, store) for host in HOSTS)
    try:
        for each in made:
            each.start()
        yield made
    finally:
        for each in made:
            each.kill()


def gateway(folder: Path, host: str, ports: Ports, store: str) -> Process:
    file = folder / f"{host}.toml"
    file.touch(mode=0o600)
    file.write_text(SETTINGS.format(host=host, store=store, **msgspec.structs.asdict(ports)))
    return Process(
        f"gateway on {host}",
        ("gateway.cli", "serve", "--config", str(file)),
        log=folder / f"{host}.log",
        is_ready=lambda: is_ready(f"{host}:{ports.operations}"),
    )


def is_ready(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/readyz", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


@contextmanager
def proxy(program: str, folder: Path, ports: Ports) -> Iterator[ssl.SSLContext]:
    """The proxy as it is shipped; what trusts its authority."""
    settings = {
        "PARTNERS_NAME": "localhost", "DESK_NAME": "desk.localhost",
        "PEERS": " ".join(f"{host}:{ports.http}" for host in HOSTS),
        "DESKS": " ".join(f"{host}:{ports.desk}" for host in HOSTS),
        "HTTP_PORT": str(ports.plain), "HTTPS_PORT": str(ports.https), "OPERATIONS_PORT": str(ports.operations),
        "CADDY_ADMIN": f"127.0.0.1:{ports.admin}", "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
    }  # fmt: skip
    command = [program, "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"]
    root = folder / "caddy/pki/authorities/local/root.crt"
    with (folder / "caddy.log").open("wb") as log:
        running = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        try:
            wait_for(root.exists, "the proxy's authority")
            tls = ssl.create_default_context(cafile=str(root))
            for name in ("localhost", "desk.localhost"):
                wait_for(lambda name=name: has_certificate(name, ports, tls), f"the proxy's certificate for {name}")  # type: ignore[misc]
            yield tls
        finally:
            running.terminate()
            running.wait(20)


def has_certificate(name: str, ports: Ports, tls: ssl.SSLContext) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", ports.https), timeout=5) as plain:
            tls.wrap_socket(plain, server_hostname=name).close()
    except OSError:
        return False
    return True


def replace(gateways: tuple[Process, ...], operations: int) -> None:
    """One after the other, as an upgrade does: the next once the proxy sends messages to the one before."""
    for host, each in zip(HOSTS, gateways, strict=True):
        each.stop()
        each.start()
        wait_for(lambda host=host: has_received(f"{host}:{operations}"), f"a message to {host}")  # type: ignore[misc]


def has_received(address: str) -> bool:
    with urlopen(f"http://{address}/metrics", timeout=5) as answer:
        return "ill_messages_received_total{" in answer.read().decode()


async def test_gateways_are_replaced_one_by_one_and_no_message_is_refused(
    caddy: str, store: str, ports: Ports, gateways: tuple[Process, ...], tmp_path: Path
):
    with proxy(caddy, tmp_path, ports) as tls:
        load = Load(f"https://localhost:{ports.https}/iso18626", tls)
        async with asyncio.timeout(DEADLINE_S), load.running():
            await until_confirmed(load, 20)
            await asyncio.to_thread(replace, gateways, ports.operations)
            await until_confirmed(load, load.confirmed + 20)
        assert await desk_page(ports, tls) == HTTPStatus.OK
    assert load.refusals == []
    assert await requests_in(store) == load.confirmed
    for each in gateways:
        each.stop()


async def until_confirmed(load: Load, count: int) -> None:
    while load.confirmed < count:
        await asyncio.sleep(PAUSE_S)


async def desk_page(ports: Ports, tls: ssl.SSLContext) -> int:
    """Ask for the desk by its name, which no resolver of this machine need know."""
    host = f"desk.localhost:{ports.https}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"https://127.0.0.1:{ports.https}/", ssl=tls, server_hostname="desk.localhost", headers={"Host": host}
        ) as answer,
    ):
        assert "Sign in" in await answer.text()
        return answer.status


async def requests_in(url: str) -> int:
    """How many requests there are."""
    opened = open_store(url)
    await opened.open()
    try:
        return sum((await opened.count_by_state()).values())
    finally:
        await opened.close()
