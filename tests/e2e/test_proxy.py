"""Two gateways behind each proxy that we ship (deploy/Caddyfile, deploy/nginx.conf), replaced one after the other under load: no partner hears a refusal.

Certificates come from an authority of this machine here, since the names are of this machine; everything else is as it is shipped.
"""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.request import urlopen

import aiohttp
import msgspec
import pytest
import trustme

from gateway.demo.stage.processes import Process, free_port, wait_for
from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import MessageStatus
from gateway.store.factory import open_store
from tests.guards.hostile.documents import request
from tests.store.postgres import empty, postgres_server

pytestmark = pytest.mark.process

DEPLOY = Path(__file__).parents[2] / "deploy"
HOSTS = ("127.0.0.1", "127.0.0.2")
"""One gateway each, with the same ports, as machines of their own have."""
CALLERS = 6
PAUSE_S = 0.05
DEADLINE_S = 900.0
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
announce_s = {announce_s}
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


class Proxy(Protocol):
    """A proxy as it is shipped: its program, a folder of its own, and where everything listens; gives what trusts its certificates."""

    __name__: str

    def __call__(self, program: str, folder: Path, ports: Ports) -> AbstractContextManager[ssl.SSLContext]: ...


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
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_S)) as session:
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
            return f"{answer.status} by {answer.headers.getall('Server', [])}"
        told = decode(body).message
        assert isinstance(told, iso.RequestConfirmation)
        return None if told.confirmation_header.message_status == MessageStatus.OK else "ERROR"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
async def store(server: str) -> str:
    await empty(server)
    return server


@pytest.fixture
def ports() -> Ports:
    return Ports(*(free_port() for _ in Ports.__struct_fields__))


@contextmanager
def gateways(folder: Path, ports: Ports, store: str, announce_s: float) -> Iterator[tuple[Process, ...]]:
    made = tuple(gateway(folder, host, ports, store, announce_s) for host in HOSTS)
    try:
        for each in made:
            each.start()
        yield made
    finally:
        for each in made:
            each.kill()


def gateway(folder: Path, host: str, ports: Ports, store: str, announce_s: float) -> Process:
    file = folder / f"{host}.toml"
    file.touch(mode=0o600)
    file.write_text(SETTINGS.format(host=host, store=store, announce_s=announce_s, **msgspec.structs.asdict(ports)))
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


# ── the proxies, as they are shipped; each gives what trusts its authority ───────────────────────


@contextmanager
def caddy(program: str, folder: Path, ports: Ports) -> Iterator[ssl.SSLContext]:
    settings = {
        "PARTNERS_NAME": "localhost", "DESK_NAME": "desk.localhost",
        "PEERS": " ".join(f"{host}:{ports.http}" for host in HOSTS),
        "DESKS": " ".join(f"{host}:{ports.desk}" for host in HOSTS),
        "HTTP_PORT": str(ports.plain), "HTTPS_PORT": str(ports.https), "OPERATIONS_PORT": str(ports.operations),
        "CADDY_ADMIN": f"127.0.0.1:{ports.admin}", "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
    }  # fmt: skip
    command = [program, "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    root = folder / "caddy/pki/authorities/local/root.crt"
    with running(command, folder / "proxy.log", settings):
        yield wait_for(lambda: trusting(root), "the proxy's authority", DEADLINE_S)


def trusting(root: Path) -> ssl.SSLContext | None:
    """What trusts an authority; None while its file is not there, or is there and not written yet."""
    try:
        return ssl.create_default_context(cafile=str(root))
    except OSError:
        return None


@contextmanager
def nginx(program: str, folder: Path, ports: Ports) -> Iterator[ssl.SSLContext]:
    authority = trustme.CA()
    text = (DEPLOY / "nginx.conf").read_text()
    for shipped, here in (("ill-desk.example.org", "desk.localhost"), ("ill.example.org", "localhost")):
        certificate = authority.issue_cert(here)
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / f"{here}.pem")
        text = put(text, f"/etc/ssl/{shipped}.pem", f"{folder}/{here}.pem")
        text = put(text, f"/etc/ssl/private/{shipped}.key", f"{folder}/{here}.pem")
        text = put(text, f"server_name {shipped};", f"server_name {here};")
    for number, host in enumerate(HOSTS, start=1):
        text = put(text, f"gateway-{number}:8626", f"{host}:{ports.http}")
        text = put(text, f"gateway-{number}:8628", f"{host}:{ports.desk}")
    (folder / "site.conf").write_text(put(text, "listen 443 ssl;", f"listen 127.0.0.1:{ports.https} ssl;"))
    (folder / "nginx.conf").write_text(AROUND_NGINX.format(folder=folder, site=folder / "site.conf"))
    with running([program, "-c", str(folder / "nginx.conf"), "-e", "stderr"], folder / "proxy.log"):
        tls = ssl.create_default_context()
        authority.configure_trust(tls)
        yield tls


AROUND_NGINX = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log stderr info;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {site};
}}
"""
"""What Debian's /etc/nginx/nginx.conf is elsewhere."""


def put(text: str, shipped: str, here: str) -> str:
    """Put what is of this machine in the place of what is shipped, which must be there."""
    assert shipped in text
    return text.replace(shipped, here)


@contextmanager
def running(command: list[str], file: Path, settings: Mapping[str, str] | None = None) -> Iterator[None]:
    with file.open("wb") as log:
        started = subprocess.Popen(command, env=os.environ | (settings or {}), stdout=log, stderr=log)
        try:
            yield
        finally:
            started.terminate()
            started.wait(60)


def found(program: str) -> str:
    """A program; without it a test is skipped, in CI it fails."""
    path = shutil.which(program, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(f"{program} is missing; .ci/run installs it")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


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
        wait_for(partial(has_received, f"{host}:{operations}"), f"a message to {host}", DEADLINE_S)


def has_received(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/metrics", timeout=5) as answer:
            return "ill_messages_received_total{" in answer.read().decode()
    except OSError:
        return False


@pytest.mark.parametrize(("proxy", "announce_s"), [(caddy, 2.0), (nginx, 0.0)])
async def test_gateways_are_replaced_one_by_one_and_no_message_is_refused(
    proxy: Proxy, announce_s: float, store: str, ports: Ports, tmp_path: Path
):
    """What Caddy learns by asking, nginx learns when it can't connect: there a gateway that leaves has nothing to wait for."""
    program = found(proxy.__name__)
    with gateways(tmp_path, ports, store, announce_s) as both, proxy(program, tmp_path, ports) as tls:
        for name in ("localhost", "desk.localhost"):
            wait_for(partial(has_certificate, name, ports, tls), f"the proxy's certificate for {name}", DEADLINE_S)
        load = Load(f"https://localhost:{ports.https}/iso18626", tls)
        async with asyncio.timeout(DEADLINE_S), load.running():
            await until_confirmed(load, 20)
            await asyncio.to_thread(replace, both, ports.operations)
            await until_confirmed(load, load.confirmed + 20)
        assert await desk_page(ports, tls) == HTTPStatus.OK
        for each in both:
            each.stop()
    assert load.refusals == []
    assert await requests_in(store) == load.confirmed


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
