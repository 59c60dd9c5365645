"""Any peers and partners that the rules let pass, for property tests."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from gateway.iso18626.codes import SentVia, ServiceType, Version
from gateway.iso18626.dialects import DIALECTS
from gateway.money.currencies import DIGITS
from gateway.partners import rules
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.partners import (
    Charge,
    Partner,
    PartnerCatalogue,
    Peer,
    PeerBackOff,
    PeerInbound,
    PeerOutbound,
    PeerTls,
    Period,
    Terms,
)
from gateway.workflow.policy import AutoAnswer
from gateway.workflow.values import Money, PostalAddress

SECRETS = frozenset({"peer-one", "peer-two"})

SPECIAL = " ;,\"'[]{}=/:-é漢"
"""What means something in a cell, in CSV or in JSON, and what is not ASCII."""
words = st.text("ab1" + SPECIAL, max_size=8).map(lambda text: f"a{text}".strip())
notes = st.just("") | st.text("ab\n" + SPECIAL, max_size=12).map(lambda text: f"a{text}".strip())
ids = st.from_regex(r"[a-z][a-z0-9.-]{0,5}", fullmatch=True)
symbols = st.builds("{}:{}".format, st.sampled_from(["ISIL", "OCLC", "DNUCNI", "X"]), words)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
secrets = st.sampled_from(sorted(f"secret:{name}" for name in SECRETS))


def lists(each: st.SearchStrategy, min_size: int = 0) -> st.SearchStrategy:
    return st.lists(each, min_size=min_size, max_size=2).map(tuple)


def maybe(each: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | each


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    currency = draw(st.sampled_from(sorted(DIGITS)))
    return Money(amount=abs(draw(st.decimals(0, 999, places=DIGITS[currency]))), currency=currency)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, last = sorted((draw(days), draw(days)))
    return Period(first=first, last=draw(st.sampled_from([None, first, last])), why=draw(st.just("") | words))


@st.composite
def all_terms(draw: st.DrawFn) -> Terms:
    charge = draw(st.sampled_from(Charge))
    return Terms(
        charge=charge,
        fee=draw(maybe(moneys())) if charge is Charge.FEE else None,
        max_cost=draw(maybe(moneys())),
        reciprocal=draw(st.booleans()),
        services=draw(lists(st.sampled_from(ServiceType))),
        delivery_methods=draw(lists(st.sampled_from(sorted(SentVia)))),
    )


addresses = st.builds(
    PostalAddress,
    line1=words,
    line2=maybe(words),
    locality=maybe(words),
    postal_code=maybe(words),
    country=maybe(words),
)
catalogues = st.builds(
    PartnerCatalogue,
    url=st.sampled_from(["https://catalogue.example.org/sru", "z39.50s://catalogue.example.org:7090/Main"]),
    product=st.sampled_from(sorted(PRODUCTS)),
    holdings=st.sampled_from([None, "852", "949", "opac"]),
    record_number=st.none() | st.just("999c"),
    number_as=words.map(lambda text: "{}" + text.replace("{", "").replace("}", "").strip()),
    schema=maybe(words),
    timeout_s=maybe(st.floats(0.5, 60)),
    at_once=maybe(st.integers(1, 9)),
    indexes=st.builds(OwnIndexes, isbn=st.just("none") | st.none()),
)
partners = st.builds(
    Partner,
    id=ids,
    name=words,
    peer=ids,
    symbols=lists(symbols, min_size=1),
    account=maybe(words.map(lambda text: text.replace("|", "-"))),
    address=maybe(addresses),
    auto_answer=maybe(st.sampled_from(AutoAnswer)),
    suspended=st.booleans(),
    aliases=lists(symbols),
    groups=lists(words),
    return_address=maybe(addresses),
    billing_address=maybe(addresses),
    email=maybe(st.just("ill@example.org")),
    courier=maybe(words),
    lending=all_terms(),
    borrowing=all_terms(),
    suspensions=lists(periods()),
    closures=lists(periods()),
    notes=notes,
    catalogue=st.just(PartnerCatalogue()) | catalogues,
).filter(lambda partner: not rules.partner_faults(partner))
inbounds = st.builds(
    PeerInbound,
    security_code=maybe(secrets),
    bearer=maybe(secrets),
    certificate=words,
    networks=st.just(("192.0.2.0/24",)),
)
peers = st.builds(
    Peer,
    id=ids,
    url=maybe(st.just("https://ill.example.org/iso18626")),
    version=st.sampled_from([version.value for version in Version]),
    dialect=st.sampled_from(sorted(DIALECTS)),
    agencies=lists(symbols | st.just("*")),
    first_message_wait_s=st.floats(0, 3600),
    enabled=st.booleans(),
    inbound=maybe(inbounds),
    outbound=maybe(st.builds(PeerOutbound, bearer=secrets)),
    tls=maybe(st.builds(PeerTls, ca=words)),
    max_per_minute=maybe(st.integers(1, 10**6)),
    backoff=maybe(st.builds(PeerBackOff, first_wait_s=st.floats(0.1, 100), tries=maybe(st.integers(1, 99)))),
    notes=notes,
).filter(lambda peer: not rules.peer_faults(peer, SECRETS))
AMOUNT = Decimal("4.50")
