"""Filing the peers changes nothing of who is taken for whom: it is what asking each of them comes to, and less work."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626 import authentication, known_peers
from gateway.iso18626.authentication import PeerCredentials, Presented, certain
from gateway.iso18626.known_peers import KnownPeers

WORDS = ("", "a", "b", "\udc80")
FINGERPRINTS = ("ab" * 32, "cd" * 32)
NETWORKS = ("192.0.2.7", "192.0.2.0/24", "192.0.0.0/16", "0.0.0.0/0", "2001:db8::/32", "2001:db8::7/128", "::/0")
ADDRESSES = ("192.0.2.7", "192.0.2.8", "192.0.9.9", "198.51.100.1", "2001:db8::7", "2001:db9::1", "fe80::1%1")


def some(*words: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(words)


CREDENTIALS = st.builds(
    PeerCredentials,
    peer=st.sampled_from(("hill", "valley", "river")),
    account_id=some(*WORDS),
    security_code=some(*WORDS[:3]),
    basic_user=some(*WORDS),
    basic_password=some(*WORDS[:3]),
    bearer=some(*WORDS[:3]),
    certificate=some("", "a", FINGERPRINTS[0], FINGERPRINTS[1].upper()),
    networks=st.lists(st.sampled_from(NETWORKS), max_size=3).map(tuple),
)
SHOWN = st.builds(
    Presented,
    account_id=some(*WORDS),
    security_code=some(*WORDS),
    basic_user=some(*WORDS),
    basic_password=some(*WORDS),
    bearer=some(*WORDS),
    certificate_name=some("", "a", FINGERPRINTS[0]),
    certificate_sha256=some(*FINGERPRINTS),
    address=some(*ADDRESSES).map(lambda text: ip_address(text) if text else None),
)


def rightly_shown(peer: PeerCredentials) -> Presented:
    """What this peer would show, as far as one can tell from here."""
    sha256 = authentication.fingerprint(peer.certificate or "")
    address = str(authentication.network(peer.networks[0]).network_address) if peer.networks else "203.0.113.1"
    return Presented(
        account_id=peer.account_id,
        security_code=peer.security_code,
        basic_user=peer.basic_user,
        basic_password=peer.basic_password,
        bearer=peer.bearer,
        certificate_name=peer.certificate,
        certificate_sha256=sha256,
        address=ip_address(address),
    )


def _assert_same_possible(known: KnownPeers, peers: list[PeerCredentials], shown: Presented) -> None:
    """As many are possible, and who is certain is the same; of more than two it may be any two."""
    filed, asked = known.possible(shown), authentication.possible(peers, shown)
    assert len(filed) == len(asked)
    assert certain(filed) == certain(asked)
    sure = certain(filed)
    assert sure is None or sure == known.identify(shown)


@given(st.lists(CREDENTIALS, max_size=4), SHOWN)
def test_whoever_shows_whatever_is_taken_for_whom_asking_each_peer_finds(
    peers: list[PeerCredentials], shown: Presented
):
    known = KnownPeers(peers)
    assert known.identify(shown) == authentication.identify(peers, shown)
    _assert_same_possible(known, peers, shown)


@given(st.lists(CREDENTIALS, min_size=1, max_size=4))
def test_so_is_who_shows_what_a_peer_must_show(peers: list[PeerCredentials]):
    known, shown = KnownPeers(peers), rightly_shown(peers[0])
    assert known.identify(shown) == authentication.identify(peers, shown)
    _assert_same_possible(known, peers, shown)


def test_a_peer_is_not_its_own_rival_because_its_networks_overlap():
    known = KnownPeers([PeerCredentials(peer="valley", networks=("192.0.2.0/24", "192.0.2.7", "192.0.0.0/16"))])
    assert known.identify(Presented(address=ip_address("192.0.2.7"))) == "valley"


def test_two_with_the_same_credentials_are_nobody():
    twins = [PeerCredentials(peer=name, bearer="token") for name in ("hill", "valley")]
    assert KnownPeers(twins).identify(Presented(bearer="token")) is None
    assert KnownPeers(twins).possible(Presented(bearer="token"))


def test_it_gives_all_that_it_was_made_from():
    peers = [PeerCredentials(peer="valley", bearer="token"), PeerCredentials(peer="nothing")]
    assert list(KnownPeers(peers)) == peers
    assert list(KnownPeers()) == []


HERE = ip_address("192.0.2.7")


@pytest.mark.parametrize(
    ("peers", "shown"),
    [
        ([{"security_code": f"s{n}"} for n in range(500)], Presented(security_code="s7", address=HERE)),
        (
            [{"account_id": f"a{n}", "security_code": "s"} for n in range(500)],
            Presented(account_id="a7", security_code="s", address=HERE),
        ),
        (
            [{"account_id": f"a{n}", "security_code": "s", "networks": ("192.0.2.0/24",)} for n in range(500)],
            Presented(account_id="a7", security_code="s", address=HERE),
        ),
        (
            [{"basic_user": f"u{n}", "basic_password": "w"} for n in range(500)],
            Presented(basic_user="u7", basic_password="w", address=HERE),
        ),
        ([{"bearer": f"t{n}"} for n in range(500)], Presented(bearer="t7", address=HERE)),
        ([{"certificate": f"c{n}"} for n in range(500)], Presented(certificate_name="c7", address=HERE)),
        ([{"networks": (f"192.0.{n // 2}.{n % 2 * 128}/25",)} for n in range(500)], Presented(address=HERE)),
        (
            [{"basic_user": "ill", "basic_password": f"secret {n}"} for n in range(500)],
            Presented(basic_user="ill", basic_password="secret 4"),
        ),
    ],
)
def test_of_many_peers_a_caller_is_compared_with_one(
    peers: list[dict[str, Any]], shown: Presented, monkeypatch: pytest.MonkeyPatch
):
    compared: list[PeerCredentials] = []

    def identify(likely: Iterable[PeerCredentials], shown: Presented) -> str | None:
        compared.extend(likely)
        return authentication.identify(compared, shown)

    known = KnownPeers(PeerCredentials(peer=f"peer {number}", **each) for number, each in enumerate(peers))
    monkeypatch.setattr(known_peers, "identify", identify)
    assert (bool(known.possible(shown)), known.identify(shown)) == (True, compared[0].peer)
    assert len(compared) == 1
