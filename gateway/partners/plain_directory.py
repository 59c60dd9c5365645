"""A directory in a JSON of our own: `{"libraries": [...]}`, for a consortium that keeps a file and no service. Pure.

Each library has `name` and `symbols` (`type:value`), and what it likes of `id`, `url` (of ISO 18626), `dialect`, `email`, `address`, `closures`
(`first`, `last`, `why`) and `catalogue`, the last three as a partner's record has them (docs/openapi.json, Partner).
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from gateway.iso18626.dialects import DIALECTS
from gateway.partners.catalogue_rules import catalogue_faults
from gateway.partners.directory_entry import Entry
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer, Period
from gateway.workflow.values import PostalAddress, Record

LIBRARIES: Final = "libraries"


class ListedLibrary(Record, frozen=True, kw_only=True):
    """A library of the list."""

    name: str
    symbols: tuple[str, ...]
    id: str = ""
    url: str | None = None
    dialect: str = "plain"
    email: str | None = None
    address: PostalAddress | None = None
    closures: tuple[Period, ...] = ()
    catalogue: PartnerCatalogue | None = None


def entries_of(listed: Any) -> Iterator[Entry]:
    """Yield the entries of the list; what is no library, or has no symbol, is passed over."""
    for raw in listed if isinstance(listed, list) else ():
        try:
            library = msgspec.convert(raw, ListedLibrary)
        except msgspec.ValidationError:
            continue
        symbols = tuple(symbol for symbol in library.symbols if symbol.partition(":")[2])
        if symbols:
            yield _entry(library, symbols)


def _entry(library: ListedLibrary, symbols: tuple[str, ...]) -> Entry:
    catalogue = library.catalogue
    if catalogue is not None and (catalogue.url is None or list(catalogue_faults(catalogue))):
        catalogue = None
    return Entry(
        name=" ".join(library.name.split()) or symbols[0],
        ids=tuple(filter(None, (library.id, symbols[0].partition(":")[2]))),
        symbols=symbols,
        url=library.url,
        dialect=library.dialect if library.dialect in DIALECTS else "plain",
        email=library.email,
        address=library.address,
        closures=library.closures,
        catalogue=_public(catalogue),
    )


def write(partners: Iterable[Partner], peers: Iterable[Peer]) -> str:
    """Return our partners as such a list: what they may know of each other, and nothing of ours (accounts, terms, groups, notes)."""
    urls = {peer.id: peer for peer in peers}
    listed = [_library(partner, urls.get(partner.peer)) for partner in partners if partner.symbols]
    return msgspec.json.format(msgspec.json.encode({LIBRARIES: listed}), indent=2).decode() + "\n"


def _library(partner: Partner, peer: Peer | None) -> ListedLibrary:
    return ListedLibrary(
        id=partner.id,
        name=partner.name,
        symbols=partner.symbols,
        url=peer.url if peer else None,
        dialect=peer.dialect if peer else "plain",
        email=partner.email,
        address=partner.address,
        closures=partner.closures,
        catalogue=_public(partner.catalogue) if partner.catalogue.url else None,
    )


def _public(catalogue: PartnerCatalogue | None) -> PartnerCatalogue | None:
    """Without what is between us and the catalogue: who we are there, and how often we ask."""
    if catalogue is None:
        return None
    return msgspec.structs.replace(
        catalogue, user=None, password=None, group=None, timeout_s=None, at_once=None, max_per_minute=None
    )
