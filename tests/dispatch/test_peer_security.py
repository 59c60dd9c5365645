"""Credentials, lines and rates of peers: from the record where it says something, else from the settings."""

from pathlib import Path

import msgspec
import pytest

from gateway.config import Settings, load
from gateway.dispatch.peer_security import MAX_PER_MINUTE, PeerSecurity
from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.client import Endpoint
from gateway.iso18626.limits import Rate
from gateway.outgoing import Destinations
from gateway.workflow.partners import Peer, PeerInbound, PeerOutbound, PeerTls

SETTINGS = """
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[acs]
host = "acs.example.org"
[[peers]]
id = "valley"
max_per_minute = 60
inbound = { bearer = "secret:valley" }
url = "https://ill.example.org/iso18626"
outbound = { basic_user = "we", basic_password = "secret:valley" }
[outgoing.secrets]
peer-east = ["https://ill.example.org"]
[secrets]
valley = "told to valley"
peer-east = "told to east"
peer-west = "what west shows us"
"""
URL = "https://ill.example.org/iso18626"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "gateway.toml"
    path.write_text(SETTINGS)
    return load(path, {})


def learned(settings: Settings, *peers: Peer) -> PeerSecurity:
    security = PeerSecurity(settings, Destinations())
    security.learn(peers)
    return security


def test_a_record_that_says_nothing_has_what_the_settings_give(settings: Settings):
    valley = Peer(id="valley", url=URL)
    security = learned(settings, valley)
    assert tuple(security.credentials) == (PeerCredentials(peer="valley", bearer="told to valley"),)
    assert security.endpoint(valley) == Endpoint(
        peer="valley", url=URL, basic_user="we", basic_password="told to valley"
    )
    assert security.rates == {"valley": Rate.per_minute(60)}


def test_a_record_that_names_its_own_has_those(settings: Settings):
    valley = Peer(
        id="valley",
        url=URL,
        inbound=PeerInbound(account_id="east", security_code="secret:peer-east", networks=("192.0.2.0/24",)),
        outbound=PeerOutbound(bearer="secret:peer-east"),
        max_per_minute=6,
    )
    security = learned(settings, valley)
    shown = PeerCredentials(peer="valley", account_id="east", security_code="told to east", networks=("192.0.2.0/24",))
    assert tuple(security.credentials) == (shown,)
    assert security.endpoint(valley) == Endpoint(peer="valley", url=URL, bearer="told to east")
    assert security.rates == {"valley": Rate.per_minute(6)}


def test_a_peer_that_only_the_store_knows_proves_nothing_until_its_record_says_how(settings: Settings):
    stranger = Peer(id="new", url=URL)
    security = learned(settings, stranger)
    assert tuple(security.credentials) == ()
    assert security.endpoint(stranger) == Endpoint(peer="new", url=URL)
    assert security.rates == {"new": Rate.per_minute(MAX_PER_MINUTE)}


@pytest.mark.parametrize("name", ["secret:peer-lost", "secret:valley", "env:HOME"])
def test_a_peer_whose_secret_is_not_there_is_nobody(settings: Settings, name: str):
    """Not somebody who need show less: the network alone would do then."""
    peer = Peer(id="east", inbound=PeerInbound(bearer=name, networks=("0.0.0.0/0",)))
    assert tuple(learned(settings, peer).credentials) == ()


def test_a_peer_that_is_switched_off_is_neither_heard_nor_written_to(settings: Settings):
    valley = Peer(id="valley", url=URL, enabled=False)
    security = learned(settings, valley)
    assert (tuple(security.credentials), security.endpoint(valley)) == ((), None)


def test_a_peer_that_the_settings_have_switched_off_can_be_switched_on_in_its_record(tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(SETTINGS.replace('id = "valley"', 'id = "valley"\nenabled = false'))
    security = learned(load(path, {}), Peer(id="valley", enabled=True))
    assert [each.peer for each in security.credentials] == ["valley"]


def test_files_that_can_not_be_used_are_a_fault_and_nothing_is_sent_without_them(settings: Settings, tmp_path: Path):
    no_certificate = tmp_path / "ca.pem"
    no_certificate.write_text("not a certificate")
    for path in (str(no_certificate), str(tmp_path / "missing.pem")):
        east = Peer(id="east", url=URL, tls=PeerTls(ca=path))
        security = learned(settings, east)
        assert [fault.field for fault in security.faults(east)] == ["tls"]
        assert security.endpoint(east) is None
    assert list(security.faults(Peer(id="east"))) == []


def test_a_secret_that_would_break_a_header_is_a_fault(tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(SETTINGS.replace('"told to east"', '"two\\nlines"'))
    east = Peer(id="east", url=URL, outbound=PeerOutbound(bearer="secret:peer-east"))
    assert [fault.field for fault in PeerSecurity(load(path, {}), Destinations()).faults(east)] == ["outbound"]


def test_whoever_holds_the_rates_sees_a_change(settings: Settings):
    security = learned(settings, Peer(id="east"))
    rates = security.rates
    security.learn([Peer(id="west", max_per_minute=1)])
    assert rates == {"west": Rate.per_minute(1)}


@pytest.mark.parametrize("url", ["http://127.0.0.1:8627/", "http://169.254.169.254/latest/meta-data"])
def test_an_address_that_is_not_connected_to_is_a_fault(settings: Settings, url: str):
    east = Peer(id="east", url=url)
    assert [fault.field for fault in PeerSecurity(settings, Destinations()).faults(east)] == ["url"]
    assert list(PeerSecurity(settings, Destinations(["127.0.0.0/8", "169.254.0.0/16"])).faults(east)) == []


ELSEWHERE = (
    "https://evil.example.net/iso18626",
    "http://ill.example.org/iso18626",
    "https://ill.example.org:8443/iso18626",
)


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize(
    ("peer", "field"),
    [
        (Peer(id="valley"), "url"),
        (Peer(id="valley", outbound=PeerOutbound(bearer="secret:peer-east")), "outbound.bearer"),
        (Peer(id="mine", outbound=PeerOutbound(bearer="secret:peer-east")), "outbound.bearer"),
        (
            Peer(id="mine", outbound=PeerOutbound(basic_user="we", basic_password="secret:peer-east")),
            "outbound.basic_password",
        ),
    ],
)
def test_a_secret_goes_to_no_address_that_the_settings_do_not_name(
    settings: Settings, url: str, peer: Peer, field: str
):
    """Else an administrator of the API would have it sent to himself, by a known peer's record or by a new one."""
    moved = msgspec.structs.replace(peer, url=url)
    security = learned(settings, moved)
    assert [fault.field for fault in security.faults(moved)] == [field]
    assert security.endpoint(moved) is None


def test_a_secret_that_is_shown_to_us_is_shown_to_nobody(settings: Settings):
    mine = Peer(id="mine", url=URL, outbound=PeerOutbound(bearer="secret:peer-west"))
    assert [fault.field for fault in learned(settings, mine).faults(mine)] == ["outbound.bearer"]


@pytest.mark.parametrize("url", ["https://ILL.example.org:443/another/path", URL])
def test_a_path_may_change_and_so_may_the_way_a_host_is_written(settings: Settings, url: str):
    valley = Peer(id="valley", url=url)
    assert list(learned(settings, valley).faults(valley)) == []


def test_whoever_is_shown_nothing_may_move(settings: Settings):
    moved = Peer(id="valley", url=ELSEWHERE[0], outbound=PeerOutbound())
    security = learned(settings, moved)
    assert list(security.faults(moved)) == []
    assert security.endpoint(moved) == Endpoint(peer="valley", url=ELSEWHERE[0])
