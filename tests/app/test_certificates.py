"""Certificates that are replaced while a gateway runs are shown and trusted by what connects from then on."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trustme
from structlog.testing import capture_logs

from gateway.app import certificates
from gateway.app.certificates import Renewable
from gateway.app.gateway import Gateway
from gateway.dispatch.peer_security import PeerSecurity
from gateway.outgoing import Destinations
from gateway.workflow.partners import Peer, PeerTls
from tests.app.test_gateway import until
from tests.fakes.clock import FakeTime
from tests.fakes.small_settings import known_peer, small_settings

TLS = """
[http.tls]
cert = "{folder}/cert.pem"
key = "{folder}/key.pem"
client_ca = "{folder}/peers.pem"
"""


def issue(folder: Path, authority: trustme.CA, peers: trustme.CA) -> None:
    """What renews certificates writes: one file after the other."""
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    peers.cert_pem.write_to_path(str(folder / "peers.pem"))


async def is_greeted(port: int, trusts: trustme.CA, shows: trustme.LeafCert | None = None) -> bool:
    """Whether a caller that trusts this authority gets an answer."""
    context = ssl.create_default_context()
    trusts.configure_trust(context)
    if shows is not None:
        shows.configure_cert(context)
    try:
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 ")


async def test_the_listener_shows_and_trusts_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(certificates, "LOOK_S", 0.02)
    ours, ours_later, theirs, theirs_later = (trustme.CA() for _ in range(4))
    issue(tmp_path, ours, theirs)
    given = small_settings(tmp_path, more=known_peer() + TLS.format(folder=tmp_path))
    async with Gateway(given) as gateway:
        port = gateway.ports["http"]
        assert await is_greeted(port, ours, theirs.issue_cert("hills.example.org"))
        issue(tmp_path, ours_later, theirs_later)
        await until(lambda: is_greeted(port, ours_later))
        assert not await is_greeted(port, ours)
        assert await is_greeted(port, ours_later, theirs_later.issue_cert("hills.example.org"))
        assert not await is_greeted(port, ours_later, theirs.issue_cert("hills.example.org")), "trusted no more"


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Path, list[str], Callable[[], Awaitable[None]]]:
    """A file, what was read of it, and a way to let a minute go by."""
    file, read, time = tmp_path / "cert.pem", ["first"], FakeTime()
    file.write_text("first")

    def renew() -> None:
        text = file.read_text()
        if text == "broken":
            raise ssl.SSLError
        read.append(text)

    watch = certificates.watch([Renewable(what="http", files=lambda: [str(file)], renew=renew)], time)
    task: list[asyncio.Task[None]] = []

    async def minute() -> None:
        if not task:
            task.append(asyncio.create_task(watch))
            await asyncio.sleep(0)
        await time.advance(certificates.LOOK_S)

    return file, read, minute


async def test_files_are_read_again_once_they_have_changed_and_only_then(
    watched: tuple[Path, list[str], Callable[[], Awaitable[None]]],
):
    file, read, minute = watched
    await minute()
    file.write_text("second one")
    await minute()
    await minute()
    assert read == ["first", "second one"]


async def test_what_can_not_be_used_changes_nothing_and_is_told_once(
    watched: tuple[Path, list[str], Callable[[], Awaitable[None]]],
):
    file, read, minute = watched
    await minute()
    file.write_text("broken")
    with capture_logs() as told:
        await minute()
        await minute()
    assert [(line["event"], line["what"]) for line in told] == [("changed certificates or keys can't be used", "http")]
    file.unlink()
    await minute()
    file.write_text("whole again")
    await minute()
    assert read == ["first", "whole again"]


def test_a_peers_line_is_made_anew_and_stays_where_its_files_are_broken(tmp_path: Path):
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    east = Peer(id="east", url="https://ill.example.org/", tls=PeerTls(ca=str(tmp_path / "ca.pem")))
    security = PeerSecurity(small_settings(tmp_path), Destinations())
    security.learn([east])
    assert security.tls_files() == (str(tmp_path / "ca.pem"),)
    first = line_of(security, east)
    security.renew_tls()
    second = line_of(security, east)
    assert second not in {None, first}
    (tmp_path / "ca.pem").write_text("half of a certi")
    with pytest.raises(ssl.SSLError):
        security.renew_tls()
    assert line_of(security, east) is second
    security.learn([east])
    assert line_of(security, east) is second, "another record was changed meanwhile"


def line_of(security: PeerSecurity, peer: Peer) -> ssl.SSLContext | None:
    endpoint = security.endpoint(peer)
    assert endpoint is not None
    return endpoint.tls
