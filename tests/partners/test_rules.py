"""What a record must be, rule by rule: the fields that are at fault."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.partners import rules
from gateway.workflow.partners import (
    Charge,
    Expected,
    Partner,
    Peer,
    PeerBackOff,
    PeerInbound,
    PeerOutbound,
    PeerTls,
    Period,
    Terms,
)
from gateway.workflow.values import Money, PostalAddress

PEER = Peer(id="hub", url="https://hub.example.org:8443/iso18626", agencies=("ISIL:XX-V", "*"))
PARTNER = Partner(id="valley", name="Example Valley Library", peer="hub", symbols=("ISIL:XX-V", "OCLC:EXV"))
EUROS = Money(amount=Decimal("4.50"), currency="EUR")


def test_good_records_have_no_fault():
    assert rules.peer_faults(PEER, ()) == rules.partner_faults(PARTNER) == ()
    assert rules.between_faults(PARTNER, {"hub"}, rules.owners([PARTNER])) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "has space"}, "id"),
        ({"url": "ftp://hub.example.org"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://hub.example.org:port/"}, "url"),
        ({"url": "https://[::1/"}, "url"),
        ({"url": "https://me:secret@hub.example.org/"}, "url"),
        ({"url": ""}, "url"),
        ({"version": "2.0"}, "version"),
        ({"dialect": "klingon"}, "dialect"),
        ({"refuses": ("StatusRequest", "Cancel")}, "refuses"),
        ({"agencies": ("XX-V",)}, "agencies"),
        ({"first_message_wait_s": -1.0}, "first_message_wait_s"),
        ({"first_message_wait_s": float("nan")}, "first_message_wait_s"),
        ({"max_per_minute": 0}, "max_per_minute"),
        ({"backoff": PeerBackOff(first_wait_s=0.0)}, "backoff.first_wait_s"),
        ({"backoff": PeerBackOff(longest_wait_s=float("inf"))}, "backoff.longest_wait_s"),
        ({"backoff": PeerBackOff(tries=-1)}, "backoff.tries"),
        ({"inbound": PeerInbound(account_id="x")}, "inbound"),
        ({"inbound": PeerInbound(networks=("nowhere",))}, "inbound.networks"),
        ({"inbound": PeerInbound(basic_user="x", certificate="c")}, "inbound.basic_user"),
        ({"inbound": PeerInbound(bearer="open sesame")}, "inbound.bearer"),
        ({"inbound": PeerInbound(bearer="secret:peer-lost")}, "inbound.bearer"),
        ({"inbound": PeerInbound(bearer="secret:acs")}, "inbound.bearer"),
        ({"outbound": PeerOutbound(basic_password="secret:peer-hub")}, "outbound.basic_user"),
        ({"tls": PeerTls(key="/key.pem")}, "tls.key"),
        ({"notes": "bell \a"}, "notes"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"agencies": ("ISIL:XX",) * 501}, "agencies"),
    ],
)
def test_a_peer_with_a_fault(change: dict[str, Any], field: str):
    faults = rules.peer_faults(msgspec.structs.replace(PEER, **change), {"acs", "peer-hub"})
    assert [fault.field for fault in faults] == [field]
    assert "sesame" not in str(faults)


def test_one_authorization_header_is_all_there_is():
    outbound = PeerOutbound(basic_user="we", basic_password="secret:peer-hub", bearer="secret:peer-hub")
    (fault,) = rules.peer_faults(msgspec.structs.replace(PEER, outbound=outbound), {"peer-hub"})
    assert fault.field == "outbound.bearer"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " Example"}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"symbols": ()}, "symbols"),
        ({"symbols": ("XX-V",)}, "symbols"),
        ({"symbols": ("ISIL:XX-V", "isil:xx-v")}, "symbols"),
        ({"aliases": ("OCLC:exv",)}, "aliases"),
        ({"account": "12|34"}, "account"),
        ({"account": "12\u201334"}, "account"),
        ({"email": "nobody"}, "email"),
        ({"address": PostalAddress()}, "address"),
        ({"lending": Terms(fee=EUROS)}, "lending.fee"),
        ({"borrowing": Terms(max_cost=Money(amount=Decimal(-1), currency="EUR"))}, "borrowing.max_cost.amount"),
        ({"borrowing": Terms(max_cost=Money(amount=Decimal("NaN"), currency="EUR"))}, "borrowing.max_cost.amount"),
        ({"lending": Terms(charge=Charge.FEE, fee=Money(amount=Decimal(1), currency="euro"))}, "lending.fee.currency"),
        ({"lending": Terms(delivery_methods=("Pigeon",))}, "lending.delivery_methods"),
        ({"closures": (Period(first=date(2026, 2, 2), last=date(2026, 2, 1)),)}, "closures.0"),
        ({"expected": Expected(supplies_percent=101)}, "expected.supplies_percent"),
        ({"expected": Expected(no_days=0.0)}, "expected.no_days"),
        ({"expected": Expected(waits_days=float("nan"))}, "expected.waits_days"),
        ({"expected": Expected(item_days=366.0)}, "expected.item_days"),
    ],
)
def test_a_partner_with_a_fault(change: dict[str, Any], field: str):
    faults = rules.partner_faults(msgspec.structs.replace(PARTNER, **change))
    assert [fault.field for fault in faults] == [field]


def test_a_symbol_is_one_partners_however_it_is_written():
    other = Partner(
        id="hills", name="Example Hills Library", peer="hub", symbols=("isil:ISIL-XX-V",), aliases=("OCLC:EXV",)
    )
    faults = rules.between_faults(other, {"hub"}, rules.owners([PARTNER, other]))
    assert [(fault.field, fault.words) for fault in faults] == [
        ("symbols", "“isil:ISIL-XX-V” belongs to Example Valley Library"),
        ("aliases", "“OCLC:EXV” belongs to Example Valley Library"),
    ]


def test_a_peer_that_may_not_speak_for_a_partner_is_a_warning():
    assert rules.warnings(PARTNER, PEER) == ()
    assert rules.warnings(PARTNER, Peer(id="hub", agencies=("isil:xx-v",))) == (
        "Peer hub may not speak for OCLC:EXV yet: add that to its agencies.",
    )
