"""Entries of a directory service as peers and partners: symbols, ISO 18626 endpoints, closures, addresses. Pure.

Three kinds of JSON are understood, the first two as their projects document them:

- Crosslink's directory (indexdata/crosslink, directory/api.yaml and directory/examples/directory.json): `items` of
  entries with `type`, `parent`, `symbols` (`authority`, `symbol`), `illConfig` (`iso18626Url`, which counts before the endpoints,
  `iso18626Vendor`), `endpoints` (`type`, `address`), `closures` (`startDate`, `endDate`, `reason`), `addresses` (`type`,
  `addressComponents` of `type`, `value`), `email`, `hrid`, `vendor`, and `catalogConfig` (directory_catalogues.py).
- ReShare's mod-directory (openlibraryenvironment/mod-directory, seed_data/*.json; ui-rs, data-structure.md): one entry, a
  list, or `results` of them, with `slug`, `symbols` (`authority.symbol`, `symbol`), `services` (`service.type`, `service.address`), `units` or
  `entries` below it, `emailAddress`. A value may stand in an object: `{"value": "ISO18626"}`.
- One of our own (plain_directory.py).

What is in neither is passed over; an entry without a symbol (a branch, a consortium) is no partner. A partner that we know by one of the symbols
keeps its id, peer, account, terms, groups and notes (that the directory names another endpoint is said); what the directory tells takes the place of
what we had: name, e-mail, address, closures; symbols are added, none is taken away; a catalogue that it names comes in place of ours, without losing
what it does not tell of. The peer of a new partner is the one at its address, else a new one, without credentials.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from gateway.iso18626.dialects import DIALECTS
from gateway.iso18626.values import agency_key
from gateway.partners import plain_directory
from gateway.partners.directory_catalogues import of_crosslink, of_services
from gateway.partners.directory_entry import Entry
from gateway.partners.ids import free_id
from gateway.partners.plain_directory import LIBRARIES
from gateway.partners.rules import granted, origin
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer, Period
from gateway.workflow.values import PostalAddress

PROTOCOL: Final = "iso18626"
VENDOR_DIALECTS: Final[Mapping[str, str]] = {"alma": "alma", "reshare": "reshare", "crosslink": "broker"}
"""A vendor's name in the directory → our dialect, where we have it; anything else is plain."""
_COMPONENTS: Final[Mapping[str, str]] = {
    "thoroughfare": "line1",
    "locality": "locality",
    "administrativearea": "region",
    "postalcode": "postal_code",
    "countrycode": "country",
}
_LISTS: Final = ("items", "results")
"""What holds the entries of a page: Crosslink's, mod-directory's."""
_CHILDREN: Final = ("units", "entries")
_DEEPEST: Final = 8


class RecordsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The records that a directory comes to, and what of it was passed over, in words."""

    peers: tuple[Peer, ...]
    partners: tuple[Partner, ...]
    notes: tuple[str, ...] = ()


class EntryBeside(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry comes to beside what we know: the records as they would be, and as they are."""

    partner: Partner
    peer: Peer
    partner_before: Partner | None
    peer_before: Peer | None


def beside(entry: Entry, peers: Mapping[str, Peer], partners: Mapping[str, Partner]) -> EntryBeside | None:
    """Return what one entry comes to; None where it is not known and has no endpoint."""
    before = known_as(entry, partners.values())
    peer = _peer_of(entry, peers, before)
    if peer is None:
        return None
    return EntryBeside(
        partner=_partner_of(entry, before, peer, partners),
        peer=peer,
        partner_before=before,
        peer_before=peers.get(peer.id),
    )


def records_of(raw: object, peers: Iterable[Peer], partners: Iterable[Partner]) -> RecordsFound:
    """Return the peers and partners that a directory's JSON comes to, beside those that we know."""
    known_peers = {peer.id: peer for peer in peers}
    known_partners = {partner.id: partner for partner in partners}
    made: dict[str, Partner] = {}
    notes: list[str] = []
    for entry in entries_of(raw):
        before = known_as(entry, {**known_partners, **made}.values())
        peer = _peer_of(entry, known_peers, before)
        if peer is None:
            notes.append(f"{entry.name} has no endpoint of ISO 18626 there, and is not known here: left out.")
            continue
        if entry.url is not None and peer.url != entry.url:
            notes.append(f"{entry.name} is at {entry.url} there, and at {peer.url} by peer {peer.id} here: that stays.")
        known_peers[peer.id] = peer
        partner = _partner_of(entry, before, peer, {*known_partners, *made})
        made[partner.id] = partner
    used = {partner.peer for partner in made.values()}
    return RecordsFound(
        peers=tuple(peer for peer in known_peers.values() if peer.id in used),
        partners=tuple(made.values()),
        notes=tuple(notes),
    )


def entries_of(raw: object) -> Iterator[Entry]:
    """Read every entry that has a symbol, parents before what is below them."""
    top = [each for each in listed_in(raw) if isinstance(each, dict)]
    urls = {str(each["id"]): _url(each) for each in top if "id" in each}
    for each in top:
        if LIBRARIES in each:
            yield from plain_directory.entries_of(each[LIBRARIES])
        else:
            yield from _below(each, urls.get(str(each.get("parent"))), _DEEPEST)


def listed_in(raw: object) -> list[Any]:
    """Return what a page of a directory lists; one entry, or a list of our own, is a page by itself."""
    found = next((raw[name] for name in _LISTS if name in raw), raw) if isinstance(raw, dict) else raw
    return found if isinstance(found, list) else [found]


def _below(raw: dict[str, Any], parents_url: str | None, depth: int) -> Iterator[Entry]:
    url = _url(raw) or parents_url
    symbols = tuple(_symbols(raw))
    if symbols:
        yield _entry(raw, symbols, url)
    if depth:
        for child in _children(raw, _CHILDREN):
            yield from _below(child, url, depth - 1)


def _entry(raw: dict[str, Any], symbols: tuple[str, ...], url: str | None) -> Entry:
    ids = (_text(raw.get("hrid")), _text(raw.get("slug")), symbols[0].partition(":")[2])
    vendor = _text(raw.get("vendor")) or _text(_ill_config(raw).get("iso18626Vendor"))
    dialect = VENDOR_DIALECTS.get((vendor or "").casefold(), "plain")
    return Entry(
        name=_text(raw.get("name")) or symbols[0],
        ids=tuple(each for each in ids if each),
        symbols=symbols,
        url=url,
        dialect=dialect if dialect in DIALECTS else "plain",
        email=_text(raw.get("email")) or _text(raw.get("emailAddress")),
        address=_address(raw),
        closures=tuple(_closures(raw)),
        catalogue=of_crosslink(raw) or of_services(_services(raw)),
    )


# ── one entry's parts ────────────────────────────────────────────────────────────────────────────


def _children(raw: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    """The objects in the lists of these names."""
    lists = (raw.get(name) for name in names if isinstance(raw, dict))
    return [each for listed in lists if isinstance(listed, list) for each in listed if isinstance(each, dict)]


def _text(value: Any) -> str | None:
    """A text on one line, or the text within an object of the kinds that mod-directory writes."""
    if isinstance(value, dict):
        value = value.get("symbol") or value.get("value") or value.get("label")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _symbols(raw: dict[str, Any]) -> Iterator[str]:
    for each in _children(raw, ("symbols",)):
        kind, value = _text(each.get("authority")), _text(each.get("symbol"))
        if kind and value and ":" not in kind:
            yield f"{kind}:{value}"


def _url(raw: dict[str, Any]) -> str | None:
    """The address that its configuration names, else that of the entry's first endpoint of our protocol."""
    named = _text(_ill_config(raw).get("iso18626Url"))
    return named or next((address for kind, address, _properties in _services(raw) if kind == PROTOCOL), None)


def _ill_config(raw: dict[str, Any]) -> dict[str, Any]:
    config = raw.get("illConfig")
    return config if isinstance(config, dict) else {}


def _services(raw: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each service with an address: its type without marks and in small letters, its address, the properties of the account with it."""
    for each in _children(raw, ("endpoints", "services")):
        service, properties = _service(each), each.get("customProperties")
        kind = re.sub(r"[^a-z0-9]", "", (_text(service.get("type")) or "").casefold())
        address = _text(service.get("address"))
        if address:
            yield kind, address, properties if isinstance(properties, dict) else {}


def _service(raw: dict[str, Any]) -> dict[str, Any]:
    """mod-directory puts the service into the account that a library has with it."""
    inner = raw.get("service")
    return inner if isinstance(inner, dict) else raw


def _closures(raw: dict[str, Any]) -> Iterator[Period]:
    for each in _children(raw, ("closures",)):
        first, last = _day(each.get("startDate")), _day(each.get("endDate"))
        if first is not None and (last is None or last >= first):
            yield Period(first=first, last=last, why=_text(each.get("reason")) or "")


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _address(raw: dict[str, Any]) -> PostalAddress | None:
    """The address for shipping, else the first one."""
    listed = _children(raw, ("addresses",))
    shipping = (each for each in listed if "shipping" in str(_text(each.get("type"))).casefold())
    chosen = next(shipping, listed[0] if listed else {})
    parts: dict[str, str] = {}
    for component in _children(chosen, ("addressComponents", "lines")):
        field = _COMPONENTS.get((_text(component.get("type")) or "").casefold())
        value = _text(component.get("value"))
        if field == "line1" and "line1" in parts:
            field = "line2"
        if field and value:
            parts.setdefault(field, value)
    return PostalAddress(**parts) if parts else None


# ── beside what we know ──────────────────────────────────────────────────────────────────────────


def known_as(entry: Entry, partners: Iterable[Partner]) -> Partner | None:
    """Return the partner that has one of its symbols, or had."""
    keys = {agency_key(symbol) for symbol in entry.symbols}
    return next(
        (each for each in partners if keys & {agency_key(symbol) for symbol in (*each.symbols, *each.aliases)}), None
    )


def _peer_of(entry: Entry, peers: Mapping[str, Peer], before: Partner | None) -> Peer | None:
    """The peer of the partner that we know, else the one at the entry's address; allowed to speak for it."""
    known = peers.get(before.peer) if before else None
    if known is None and entry.url is not None:
        known = next((peer for peer in peers.values() if peer.url == entry.url), None) or Peer(
            id=free_id(entry.ids, peers), url=entry.url, dialect=entry.dialect
        )
    return None if known is None else granted(known, entry.symbols)


def _partner_of(entry: Entry, before: Partner | None, peer: Peer, taken: Collection[str]) -> Partner:
    partner = before or Partner(id=free_id(entry.ids, taken), name=entry.name, peer=peer.id)
    have = {agency_key(symbol) for symbol in (*partner.symbols, *partner.aliases)}
    fresh = {agency_key(symbol): symbol for symbol in reversed(entry.symbols) if agency_key(symbol) not in have}
    return msgspec.structs.replace(
        partner,
        name=entry.name,
        peer=peer.id,
        symbols=(*partner.symbols, *reversed(fresh.values())),
        email=entry.email or partner.email,
        address=entry.address or partner.address,
        closures=entry.closures or partner.closures,
        catalogue=_catalogue_of(entry.catalogue, partner.catalogue),
    )


def _catalogue_of(told: PartnerCatalogue | None, ours: PartnerCatalogue) -> PartnerCatalogue:
    """Where the directory says that it is; what the directory does not say stays, and who we are there only at the same address."""
    if told is None or told == ours:
        return ours
    fields: dict[str, Any] = {
        name: getattr(ours, name)
        for name in PartnerCatalogue.__struct_fields__
        if getattr(told, name) == getattr(PartnerCatalogue(), name) and name not in _WHO
    }
    same_place = origin(told.url or "") == origin(ours.url or "")
    return msgspec.structs.replace(
        told, **fields, **({name: getattr(ours, name) for name in _WHO} if same_place else {})
    )


_WHO: Final = ("user", "password", "group")
