"""Who is let in, seen over real connections."""

import base64
from pathlib import Path

import aiohttp
import pytest

from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.exchange import Result
from gateway.iso18626.known_peers import KnownPeers
from gateway.iso18626.messages import (
    Authentication,
)
from gateway.iso18626.server import ServerSettings
from gateway.iso18626.tls import client_tls, server_tls
from tests.iso18626.serving import XML, Papers, door, head, message, raw


async def test_each_secret_in_the_header_identifies_its_peer():
    peers = [
        PeerCredentials(peer=name, account_id=name, security_code=f"code of {name}") for name in ("hill", "valley")
    ]
    async with door(*peers) as here:
        for name in ("valley", "hill"):
            secret = Authentication(account_id=name, security_code=f"code of {name}")
            assert (await here.post(message(secret=secret)))[0] == 200
        for wrong in (None, Authentication(account_id="hill", security_code="code of valley")):
            status, reply = await here.post(message(secret=wrong))
            assert (status, reply) == (403, b"Forbidden\n")
    assert [received.peer for received in here.received] == ["valley", "hill"]
    assert [exchange.result for exchange in here.exchanges[2:]] == [Result.NOT_ALLOWED] * 2


async def test_what_cannot_be_read_is_answered_without_the_secret_but_not_with_a_wrong_one():
    wrong = message(secret=Authentication(account_id="valley", security_code="wrong")).replace(
        b">Received<", b">Vanished<"
    )
    async with door(PeerCredentials(peer="valley", account_id="valley", security_code="right")) as here:
        assert (await here.post(b"<garbage"))[0] == 400
        assert (await here.post(wrong))[0] == 403
        assert (await here.post(wrong.replace(b"wrong", b"right")))[0] == 200
    assert [exchange.peer for exchange in here.exchanges] == [None, None, "valley"]


async def test_a_change_of_credentials_counts_at_the_next_message():
    before, after = (KnownPeers([PeerCredentials(peer="valley", bearer=token)]) for token in ("old", "new"))
    directory = iter((before, before, after, after))
    async with door(directory=lambda: next(directory)) as here:
        answers = [await here.post(message(), headers=authorization(f"Bearer {token}")) for token in ("old", "new") * 2]
    assert [status for status, _ in answers] == [200, 401, 401, 200]


def authorization(value: str) -> dict[str, str]:
    return {**XML, "Authorization": value}


async def test_basic_and_bearer_identify_their_peers_and_are_asked_for():
    basic = PeerCredentials(peer="hill", basic_user="hill", basic_password="pass:word")
    bearer = PeerCredentials(peer="valley", bearer="token")
    right = "Basic " + base64.b64encode(b"hill:pass:word").decode()
    async with door(basic, bearer) as here, aiohttp.ClientSession() as session:
        assert (await here.post(message(), headers=authorization(right)))[0] == 200
        assert (await here.post(message(), headers=authorization("Bearer token")))[0] == 200
        for wrong in ("Basic aGlsbDp3cm9uZw==", "Bearer tokens", "Bearer", "Digest x"):
            assert (await here.post(message(), headers=authorization(wrong)))[0] == 401
        async with session.post(here.url, data=message(), headers=XML) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"] == 'Basic realm="ISO 18626", Bearer realm="ISO 18626"'
    assert [received.peer for received in here.received] == ["hill", "valley"]


async def test_who_shows_no_secret_anywhere_is_asked_for_the_one_that_http_can_ask_for():
    peers = (PeerCredentials(peer="hill", security_code="code"), PeerCredentials(peer="valley", bearer="token"))
    async with door(*peers) as here:
        assert (await here.post(message()))[0] == 401
    assert here.received == []


async def test_without_any_peer_nobody_is_let_in():
    async with door() as here:
        assert (await here.post(message()))[0] == 403
    async with door(PeerCredentials(peer="nothing")) as here:
        assert (await here.post(message()))[0] == 403


async def test_a_stranger_is_refused_before_its_body_is_read():
    async with door(PeerCredentials(peer="valley", networks=("192.0.2.0/24",))) as here:
        assert (await raw(here.port, head(500_000))).startswith(b"HTTP/1.1 403 ")


async def test_forwarded_for_counts_from_a_configured_proxy_alone():
    peer = PeerCredentials(peer="valley", networks=("192.0.2.0/24",))
    forwarded = {**XML, "X-Forwarded-For": "203.0.113.5, 192.0.2.7"}
    spoofed = {**XML, "X-Forwarded-For": "192.0.2.7, 203.0.113.5"}
    async with door(peer, settings=ServerSettings(trusted_proxies=("127.0.0.0/8",))) as here:
        assert (await here.post(message(), headers=forwarded))[0] == 200
        assert (await here.post(message(), headers=spoofed))[0] == 403
    async with door(peer) as here:
        assert (await here.post(message(), headers=forwarded))[0] == 403


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


async def test_a_client_certificate_identifies_by_name_or_fingerprint(papers: Papers):
    tls = server_tls(cert_file=papers.server, client_ca_file=papers.ca)
    with_certificate = client_tls(ca_file=papers.ca, cert_file=papers.client)
    without = client_tls(ca_file=papers.ca)
    for known in ("valley.example.org", papers.fingerprint):
        async with door(PeerCredentials(peer="valley", certificate=known), tls=tls) as here:
            assert (await here.post(message(), ssl=with_certificate))[0] == 200
            assert (await here.post(message(), ssl=without))[0] == 403
    async with door(PeerCredentials(peer="valley", certificate="other.example.org"), tls=tls) as here:
        assert (await here.post(message(), ssl=with_certificate))[0] == 403


async def test_a_certificate_of_an_unknown_authority_gets_no_connection(papers: Papers, tmp_path: Path):
    tls = server_tls(cert_file=papers.server, client_ca_file=papers.ca)
    forged = Papers(tmp_path)
    context = client_tls(ca_file=papers.ca, cert_file=forged.client)
    async with door(PeerCredentials(peer="valley", certificate="valley.example.org"), tls=tls) as here:
        with pytest.raises(aiohttp.ClientError):
            await here.post(message(), ssl=context)
    assert here.received == []


async def test_without_an_authority_for_clients_no_certificate_counts(papers: Papers):
    tls = server_tls(cert_file=papers.server)
    context = client_tls(ca_file=papers.ca, cert_file=papers.client)
    async with door(PeerCredentials(peer="valley", certificate="valley.example.org"), tls=tls) as here:
        assert (await here.post(message(), ssl=context))[0] == 403
