import base64
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.authentication import (
    PeerCredentials,
    Presented,
    authorization,
    certain,
    challenges,
    client_address,
    fingerprint,
    identify,
    possible,
    with_secret,
)
from gateway.iso18626.messages import Authentication

FINGERPRINT = "ab" * 32
EVERYTHING = {
    "account_id": "valley",
    "security_code": "iso-secret",
    "basic_user": "valley-user",
    "basic_password": "basic-secret",
    "bearer": "bearer-secret",
}
FULL = PeerCredentials(peer="valley", **EVERYTHING, certificate=FINGERPRINT, networks=("192.0.2.0/24",))
ALL_SHOWN = Presented(**EVERYTHING, certificate_sha256=FINGERPRINT, address=ip_address("192.0.2.7"))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (PeerCredentials(peer="p", security_code="s"), Presented(security_code="s")),
        (PeerCredentials(peer="p", account_id="a", security_code="s"), Presented(account_id="a", security_code="s")),
        (PeerCredentials(peer="p", basic_user="u", basic_password="w"), authorization(basic("u", "w"))),
        (PeerCredentials(peer="p", basic_user="ü", basic_password="w:x"), authorization(basic("ü", "w:x"))),
        (PeerCredentials(peer="p", bearer="t"), authorization("bearer  t ")),
        (PeerCredentials(peer="p", certificate="CN of it"), Presented(certificate_name="CN of it")),
        (PeerCredentials(peer="p", certificate=FINGERPRINT), Presented(certificate_sha256=FINGERPRINT)),
        (PeerCredentials(peer="p", certificate="AB:" * 31 + "AB"), Presented(certificate_sha256=FINGERPRINT)),
        (PeerCredentials(peer="p", networks=("2001:db8::/32",)), Presented(address=ip_address("2001:db8::5"))),
        (PeerCredentials(peer="p", networks=("10.0.0.1", "192.0.2.9/24")), Presented(address=ip_address("192.0.2.1"))),
    ],
)
def test_each_way_to_prove_who_one_is_works_alone(wanted: PeerCredentials, shown: Presented):
    assert identify([PeerCredentials(peer="other", bearer="else"), wanted], shown) == "p"
    assert identify([wanted], Presented()) is None


@pytest.mark.parametrize(
    "missing",
    [
        *({name: None} for name in EVERYTHING),
        *({name: value + "x"} for name, value in EVERYTHING.items()),
        {"certificate_sha256": "cd" * 32},
        {"certificate_sha256": None, "certificate_name": FINGERPRINT},
        {"address": ip_address("198.51.100.7")},
        {"address": None},
    ],
)
def test_all_that_is_configured_must_hold(missing: dict[str, object]):
    shown = {name: getattr(ALL_SHOWN, name) for name in ALL_SHOWN.__struct_fields__}
    assert identify([FULL], ALL_SHOWN) == "valley"
    assert identify([FULL], Presented(**{**shown, **missing})) is None


@pytest.mark.parametrize(
    "nothing_proven",
    [
        PeerCredentials(peer="p"),
        PeerCredentials(peer="p", account_id="valley"),
        PeerCredentials(peer="p", basic_user="valley-user"),
        PeerCredentials(peer="p", security_code=""),
        PeerCredentials(peer="p", bearer="", networks=("192.0.2.0/24",)),
    ],
)
def test_a_peer_without_a_proof_is_never_identified(nothing_proven: PeerCredentials):
    assert identify([nothing_proven], ALL_SHOWN) is None
    assert identify([nothing_proven], Presented(security_code="", bearer="", address=ip_address("192.0.2.7"))) is None


def test_of_two_peers_that_fit_the_more_demanding_is_chosen_and_of_equals_none():
    network = ("192.0.2.0/24",)
    loose, strict = (
        PeerCredentials(peer="loose", networks=network),
        PeerCredentials(peer="strict", bearer="t", networks=network),
    )
    shown = Presented(bearer="t", address=ip_address("192.0.2.7"))
    assert identify([loose, strict], shown) == identify([strict, loose], shown) == "strict"
    assert identify([loose, PeerCredentials(peer="twin", networks=network)], shown) is None


def test_whom_the_header_may_still_prove_is_not_refused_yet():
    by_header = PeerCredentials(peer="header", security_code="s", networks=("192.0.2.0/24",))
    peers = [by_header, PeerCredentials(peer="bearer", bearer="t"), PeerCredentials(peer="nothing")]
    assert possible(peers, Presented(address=ip_address("192.0.2.7")))
    assert possible(peers, Presented(bearer="t"))
    assert not possible(peers, Presented(address=ip_address("198.51.100.7")))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ([{"bearer": "t"}], "peer 0"),
        ([{"bearer": "t"}, {"bearer": "u"}], "peer 0"),
        ([{"bearer": "t", "security_code": "s"}], None),
        ([{"bearer": "t", "account_id": "a"}], None),
        ([{"bearer": "t"}, {"security_code": "s"}], None),
        ([{"bearer": "t"}, {"bearer": "t"}], None),
        ([{"account_id": "a"}], None),
        ([], None),
    ],
)
def test_a_caller_is_certain_before_its_message_is_read_where_nobody_else_may_be_behind_it(
    fields: list[dict[str, Any]], name: str | None
):
    peers = [PeerCredentials(peer=f"peer {number}", **each) for number, each in enumerate(fields)]
    assert certain(possible(peers, Presented(bearer="t"))) == name


def test_with_secret_adds_what_the_header_holds():
    shown = with_secret(Presented(bearer="t"), Authentication(account_id="a", security_code="s"))
    assert shown == Presented(bearer="t", account_id="a", security_code="s")
    assert with_secret(shown, None) == shown


@pytest.mark.parametrize(
    "header", [None, "", "Basic", "Basic ***", "Basic /w==", "Digest x", "Bearer", "\udc80\udc81", "Basic \udc80"]
)
def test_an_authorization_that_cannot_be_read_shows_nothing_that_opens(header: str | None):
    assert identify([FULL, PeerCredentials(peer="b", bearer="t")], authorization(header)) is None


def test_challenges_name_the_schemes_in_use_until_one_was_shown_rightly():
    peers = [PeerCredentials(peer="a", basic_user="u", basic_password="w", networks=("192.0.2.0/24",))]
    assert challenges(peers, Presented()) == ("Basic",)
    assert challenges([*peers, PeerCredentials(peer="b", bearer="t")], Presented()) == ("Basic", "Bearer")
    assert challenges(peers, authorization(basic("u", "w"))) == ()
    assert challenges([PeerCredentials(peer="c", security_code="s")], Presented()) == ()


PROXIES = ("10.0.0.0/8", "2001:db8::/64")


@pytest.mark.parametrize(
    ("remote", "forwarded_for", "expected"),
    [
        ("198.51.100.1", [], "198.51.100.1"),
        ("198.51.100.1", ["192.0.2.7"], "198.51.100.1"),  # not our proxy: its word does not count
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["203.0.113.9, 192.0.2.7, 10.0.0.2"], "192.0.2.7"),  # the caller may have written the left one
        ("10.0.0.1", ["203.0.113.9", "192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"),
        ("2001:db8::1", ["[2001:db9::7]:4711"], "2001:db9::7"),
        ("::ffff:10.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["192.0.2.7, unknown"], None),
        ("10.0.0.1", [""], None),
        ("", ["192.0.2.7"], None),
        (None, [], None),
    ],
)
def test_forwarded_for_counts_from_our_proxies_alone(
    remote: str | None, forwarded_for: list[str], expected: str | None
):
    assert client_address(remote, forwarded_for, PROXIES) == (ip_address(expected) if expected else None)


@given(st.text(), st.lists(st.text()))
def test_no_text_breaks_the_search_for_the_address(remote: str, forwarded_for: list[str]):
    client_address(remote, forwarded_for, PROXIES)
    assert client_address("198.51.100.1", forwarded_for, PROXIES) == ip_address("198.51.100.1")


@given(st.text())
def test_no_text_breaks_the_reading_of_an_authorization(header: str):
    assert identify([FULL], authorization(header)) is None


def test_nothing_that_is_printed_holds_a_secret():
    printed = f"{FULL!r} {FULL} {ALL_SHOWN!r} {ALL_SHOWN}"
    assert "valley" in printed
    assert not any(secret in printed for secret in ("iso-secret", "basic-secret", "bearer-secret", FINGERPRINT))


def test_a_network_that_is_none_is_refused_at_once():
    with pytest.raises(ValueError, match=r"192\.0\.2"):
        PeerCredentials(peer="p", networks=("192.0.2.0/99",))


def test_a_fingerprint_is_told_from_a_name():
    assert fingerprint("SHA256:" + "AB:" * 31 + "AB") == FINGERPRINT
    assert fingerprint("gateway.example.org") is None
