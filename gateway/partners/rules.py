"""What a peer's and a partner's record must be to be of use: every fault in words, none of them raised. Pure.

The rules for each kind of record are a table of checks; `between_faults` says what must hold between records.
Secrets are named, and only those that were put there for peers (`PEER_SECRET`): whoever may edit a peer could otherwise
have any secret of the gateway sent to an address of his own.
"""

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from gateway.iso18626.codes import SentVia, Version
from gateway.iso18626.dialects import DIALECTS, refusable
from gateway.iso18626.values import agency_key
from gateway.money.amounts import price_faults
from gateway.money.currencies import DIGITS
from gateway.partners.catalogue_rules import catalogue_faults
from gateway.partners.reading import RecordFault
from gateway.sip2.carried import not_carried
from gateway.workflow.partners import Charge, Partner, Peer, PeerInbound, PeerOutbound, Terms
from gateway.workflow.values import PostalAddress

PEER_SECRET: Final = re.compile(r"secret:peer-[\w.-]{1,80}", re.ASCII)
"""How a record names a secret: an entry of [secrets] whose name begins with "peer-"."""
ANY_AGENCY: Final = "*"
LONGEST_TEXT: Final = 500
LONGEST_NOTES: Final = 10_000
MOST_ITEMS: Final = 500
"""Of a list in a record."""

_IDENTITY: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_SCHEMES: Final = frozenset({"http", "https"})
_PORTS: Final = {"http": 80, "https": 443}


def peer_faults(peer: Peer, secrets: Collection[str]) -> tuple[RecordFault, ...]:
    """Return what is wrong with a peer by itself; `secrets` are the entries of [secrets] by name."""
    found = [*_text_faults(peer), *(fault for check in _PEER_CHECKS for fault in check(peer))]
    return (*found, *_secret_faults(peer, secrets))


def partner_faults(partner: Partner) -> tuple[RecordFault, ...]:
    """Return what is wrong with a partner by itself."""
    return (*_text_faults(partner), *(fault for check in _PARTNER_CHECKS for fault in check(partner)))


Owners = Mapping[str, tuple[Partner, ...]]
"""The partners that have a symbol, by its key: more than one of them is a fault of each."""


def owners(partners: Iterable[Partner]) -> Owners:
    """Find whose each symbol is, those that a partner only had included."""
    found: dict[str, tuple[Partner, ...]] = {}
    for partner in partners:
        for key in {agency_key(symbol) for symbol in (*partner.symbols, *partner.aliases)}:
            found[key] = (*found.get(key, ()), partner)
    return found


def granted(peer: Peer, symbols: Iterable[str]) -> Peer:
    """Return the peer with the right to speak for these symbols too."""
    may = {agency_key(agency) for agency in peer.agencies}
    missing = tuple(symbol for symbol in symbols if agency_key(symbol) not in may)
    return peer if ANY_AGENCY in peer.agencies else msgspec.structs.replace(peer, agencies=(*peer.agencies, *missing))


def between_faults(partner: Partner, peers: Container[str], owners: Owners) -> tuple[RecordFault, ...]:
    """Return what of a partner contradicts other records: its peer must exist, its symbols be nobody else's."""
    missing = () if partner.peer in peers else (RecordFault("peer", f"there is no peer “{partner.peer}”"),)
    taken = (
        RecordFault(field, f"“{symbol}” belongs to {other.name}")
        for field in ("symbols", "aliases")
        for symbol in getattr(partner, field)
        for other in owners.get(agency_key(symbol), ())
        if other.id != partner.id
    )
    return (*missing, *taken)


def approval_fault(partner: Partner, agency: str, peer: Peer | None) -> str | None:
    """Say why a kept request of `agency`, sent by `peer` (None: nobody knows by whom), is not this partner's; None where it is."""
    if agency_key(agency) not in {agency_key(symbol) for symbol in (*partner.symbols, *partner.aliases)}:
        return f"{agency} is no symbol of {partner.name}: add it to that partner's symbols or aliases first."
    if peer is None or partner.peer == peer.id or agency_key(agency) in {agency_key(each) for each in peer.agencies}:
        return None
    return (
        f"{partner.name} is reached through peer {partner.peer}, and peer {peer.id} sent this: add {agency} to the agencies "
        f"of {peer.id} if it speaks for that library, or refuse the request."
    )


def warnings(partner: Partner, peer: Peer) -> tuple[str, ...]:
    """Say what will not work yet, though nothing is wrong with the record."""
    granted = {agency_key(agency) for agency in peer.agencies}
    silent = [symbol for symbol in partner.symbols if agency_key(symbol) not in granted]
    if ANY_AGENCY in peer.agencies or not silent:
        return ()
    return (f"Peer {peer.id} may not speak for {', '.join(silent)} yet: add that to its agencies.",)


# ── either ───────────────────────────────────────────────────────────────────────────────────────


def _text_faults(record: Peer | Partner) -> Iterator[RecordFault]:
    if not _IDENTITY.fullmatch(record.id):
        yield RecordFault("id", "must be up to 64 letters, digits, points, hyphens, and begin with a letter or digit")
    yield from _texts_within(record, "")


def _texts_within(value: Any, path: str) -> Iterator[RecordFault]:
    """Every text of a record says something, on one line but for notes, and every list has an end."""
    match value:
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from _texts_within(getattr(value, name), f"{path}.{name}" if path else name)
        case tuple():
            if len(value) > MOST_ITEMS:
                yield RecordFault(path, f"has more than {MOST_ITEMS} entries")
            for place, each in enumerate(value):
                yield from _texts_within(each, f"{path}.{place}")
        case str():
            yield from _one_text(value, path)


def _one_text(text: str, path: str) -> Iterator[RecordFault]:
    is_notes, may_be_empty = path == "notes", path == "notes" or path.endswith(".why")
    if not text and not may_be_empty:
        yield RecordFault(path, "must not be empty; leave it out instead")
    if text != text.strip():
        yield RecordFault(path, "must not begin or end with a space")
    if len(text) > (LONGEST_NOTES if is_notes else LONGEST_TEXT):
        yield RecordFault(path, f"has more than {LONGEST_NOTES if is_notes else LONGEST_TEXT} characters")
    if not all(character.isprintable() or (is_notes and character == "\n") for character in text):
        yield RecordFault(path, "has characters that can't be printed")


def _symbol_faults(field: str, symbols: Iterable[str], *, any_allowed: bool = False) -> Iterator[RecordFault]:
    for symbol in symbols:
        kind, colon, value = symbol.partition(":")
        if not (colon and kind.strip() and value.strip()) and not (any_allowed and symbol == ANY_AGENCY):
            yield RecordFault(field, f"“{symbol}” is not type:value, like ISIL:XX-EXAMPLE")


def _pair(shows: PeerInbound | PeerOutbound, before: str) -> Iterator[RecordFault]:
    if (shows.basic_user is None) != (shows.basic_password is None):
        yield RecordFault(f"{before}.basic_user", "goes together with basic_password")


# ── peers ────────────────────────────────────────────────────────────────────────────────────────


def url_fault(url: str) -> str | None:
    """Say what is wrong with an address to post to; None where nothing is."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket without its end
        return "is no address"
    if not usable:
        return "must be an address that begins with http:// or https://"
    if parts.username or parts.password:
        return "must hold no user and no password; name them under outbound"
    return None


def origin(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of a URL, for comparison; None if it has none. What is shown to one is for no other."""
    try:
        parts = urlsplit(url)
        return (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)) if parts.hostname else None
    except ValueError:
        return None


def _address_of_peer(peer: Peer) -> Iterator[RecordFault]:
    words = url_fault(peer.url) if peer.url else None
    if words:
        yield RecordFault("url", words)


def _speech(peer: Peer) -> Iterator[RecordFault]:
    if peer.version not in set(Version):
        yield RecordFault("version", f"must be one of {', '.join(Version)}")
    if peer.dialect not in DIALECTS:
        yield RecordFault("dialect", f"must be one of {', '.join(DIALECTS)}")
    for word in peer.refuses:
        if refusable(word) is None:
            yield RecordFault("refuses", f"“{word}” is no action or status of ISO 18626 that can be told in words")


def _agencies(peer: Peer) -> Iterator[RecordFault]:
    yield from _symbol_faults("agencies", peer.agencies, any_allowed=True)


def _limits(peer: Peer) -> Iterator[RecordFault]:
    if not 0 <= peer.first_message_wait_s <= 3600:  # noqa: PLR2004 - an hour; NaN is outside too
        yield RecordFault("first_message_wait_s", "must be from 0 to 3600")
    if peer.max_per_minute is not None and peer.max_per_minute < 1:
        yield RecordFault("max_per_minute", "must be 1 or more")


def _backoff(peer: Peer) -> Iterator[RecordFault]:
    given = peer.backoff
    if given is None:
        return
    for name in ("first_wait_s", "longest_wait_s", "tries"):
        value = getattr(given, name)
        if value is not None and not 0 < value < float("inf"):
            yield RecordFault(f"backoff.{name}", "must be above 0")


def _inbound(peer: Peer) -> Iterator[RecordFault]:
    shown = peer.inbound
    if shown is None:
        return
    proofs = (shown.security_code, shown.basic_password, shown.bearer, shown.certificate)
    if not shown.networks and all(proof is None for proof in proofs):
        words = "proves nothing: give one of security_code, basic_password, bearer, certificate, networks"
        yield RecordFault("inbound", words)
    yield from _pair(shown, "inbound")
    for text in shown.networks:
        try:
            ip_network(text, strict=False)
        except ValueError:
            yield RecordFault("inbound.networks", f"“{text}” is no address or network, like 192.0.2.0/24")


def _outbound(peer: Peer) -> Iterator[RecordFault]:
    if peer.outbound is not None:
        yield from _pair(peer.outbound, "outbound")
        if peer.outbound.bearer is not None and peer.outbound.basic_user is not None:
            yield RecordFault("outbound.bearer", "excludes basic_user: HTTP has one Authorization header")
    if peer.tls is not None and peer.tls.key is not None and peer.tls.cert is None:
        yield RecordFault("tls.key", "goes together with cert")


_PEER_CHECKS: Final[tuple[Callable[[Peer], Iterator[RecordFault]], ...]] = (
    _address_of_peer,
    _speech,
    _agencies,
    _limits,
    _backoff,
    _inbound,
    _outbound,
)


def secret_names(peer: Peer) -> dict[str, str]:
    """Return the secrets that a peer's record names, by field."""
    named: dict[str, str] = {}
    for part, names in (
        ("inbound", ("security_code", "basic_password", "bearer")),
        ("outbound", ("basic_password", "bearer")),
    ):
        record = getattr(peer, part)
        named |= {f"{part}.{name}": getattr(record, name) for name in names if record and getattr(record, name)}
    return named


def _secret_faults(peer: Peer, secrets: Collection[str]) -> Iterator[RecordFault]:
    """The text that stands in a secret's place is never repeated: it may be the secret itself."""
    for field, name in secret_names(peer).items():
        if not PEER_SECRET.fullmatch(name):
            yield RecordFault(field, "a secret is named here, not written: secret:peer-… with that name in [secrets]")
        elif name.removeprefix("secret:") not in secrets:
            yield RecordFault(field, f"the settings' [secrets] have no {name.removeprefix('secret:')}")


# ── partners ─────────────────────────────────────────────────────────────────────────────────────


def _symbols(partner: Partner) -> Iterator[RecordFault]:
    yield from _symbol_faults("symbols", partner.symbols)
    yield from _symbol_faults("aliases", partner.aliases)
    if not partner.symbols:
        yield RecordFault("symbols", "must name one symbol at least")
    seen: set[str] = set()
    for field in ("symbols", "aliases"):
        for symbol in getattr(partner, field):
            if agency_key(symbol) in seen:
                yield RecordFault(field, f"“{symbol}” stands there twice")
            seen.add(agency_key(symbol))


def _account(partner: Partner) -> Iterator[RecordFault]:
    if partner.account is not None and (why_not := not_carried(partner.account)):
        yield RecordFault("account", f"can't be used: {why_not}")


def _email(partner: Partner) -> Iterator[RecordFault]:
    if partner.email is not None and not _EMAIL.fullmatch(partner.email):
        yield RecordFault("email", "is no e-mail address")


def _addresses(partner: Partner) -> Iterator[RecordFault]:
    for field in ("address", "return_address", "billing_address"):
        if getattr(partner, field) == PostalAddress():
            yield RecordFault(field, "holds nothing; leave it out instead")


def _both_terms(partner: Partner) -> Iterator[RecordFault]:
    for field in ("lending", "borrowing"):
        terms: Terms = getattr(partner, field)
        for name in ("fee", "max_cost"):
            for part, words in price_faults(getattr(terms, name)):
                yield RecordFault(f"{field}.{name}.{part}", words)
        if terms.fee is not None and terms.charge is not Charge.FEE:
            yield RecordFault(f"{field}.fee", f"stands beside charge “{terms.charge}”; set that to “{Charge.FEE}”")
        for method in terms.delivery_methods:
            if SentVia.lookup(method) is None:
                yield RecordFault(f"{field}.delivery_methods", f"“{method}” is none of {', '.join(SentVia)}")


_MOST_NET_DAYS: Final = 366
_ALL: Final = 100
"""Per cent."""


def _billing(partner: Partner) -> Iterator[RecordFault]:
    billing = partner.billing
    for name in ("flat_price", "processing_fee"):
        for part, words in price_faults(getattr(billing, name)):
            yield RecordFault(f"billing.{name}.{part}", words)
    if billing.currency is not None and billing.currency not in DIGITS:
        yield RecordFault("billing.currency", "must be a currency of ISO 4217, like EUR")
    if billing.net_days is not None and not 0 <= billing.net_days <= _MOST_NET_DAYS:
        yield RecordFault("billing.net_days", f"must be 0 to {_MOST_NET_DAYS} days")
    if billing.billable_days is not None and not 1 <= billing.billable_days <= _MOST_NET_DAYS:
        yield RecordFault("billing.billable_days", f"must be 1 to {_MOST_NET_DAYS} days")
    if billing.tax_percent is not None and not 0 <= billing.tax_percent <= _ALL:
        yield RecordFault("billing.tax_percent", "must be 0 to 100")
    if billing.email is not None and not _EMAIL.fullmatch(billing.email):
        yield RecordFault("billing.email", "is no e-mail address")


def _periods(partner: Partner) -> Iterator[RecordFault]:
    for field in ("suspensions", "closures"):
        for place, period in enumerate(getattr(partner, field)):
            if period.last is not None and period.last < period.first:
                yield RecordFault(f"{field}.{place}", "ends before it begins")


def _catalogue(partner: Partner) -> Iterator[RecordFault]:
    yield from (RecordFault(f"catalogue.{field}", words) for field, words in catalogue_faults(partner.catalogue))


MOST_EXPECTED_DAYS: Final = 365


def _expected(partner: Partner) -> Iterator[RecordFault]:
    given = partner.expected
    if given.supplies_percent is not None and not 0 <= given.supplies_percent <= 100:  # noqa: PLR2004 - per cent
        yield RecordFault("expected.supplies_percent", "must be from 0 to 100")
    for name in ("no_days", "waits_days", "item_days"):
        value = getattr(given, name)
        if value is not None and not 0 < value <= MOST_EXPECTED_DAYS:  # NaN is outside too
            yield RecordFault(f"expected.{name}", f"must be above 0, and {MOST_EXPECTED_DAYS} at the most")


_PARTNER_CHECKS: Final[tuple[Callable[[Partner], Iterator[RecordFault]], ...]] = (
    _symbols,
    _account,
    _email,
    _addresses,
    _both_terms,
    _billing,
    _periods,
    _catalogue,
    _expected,
)
