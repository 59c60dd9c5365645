"""Peers and partners as forms: each column's text by its dotted name, what a column takes, and the way back into a record.

The columns are those of lists and spreadsheets (partners/flat.py), so that a form, a list and the command line say the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.approval import approve_partner
from gateway.desk.book import read_book
from gateway.desk.errors import UnusableError
from gateway.desk.partners import save_partner
from gateway.desk.peers import save_peer
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Problem
from gateway.desk.structs.directory import Approved, PartnerSaved, PeerSaved, RecordForm, VersionQuery
from gateway.iso18626.codes import SentVia, Version
from gateway.iso18626.dialects import DIALECTS
from gateway.partners.flat import cells, choices, columns, raw, whole
from gateway.workflow.catalogue import HOLDINGS, OPAC, UNION_HOLDINGS
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.partners import Partner, Peer

Cells = Mapping[str, str]


async def partner_form(desk: Desk, _caller: Caller, partner: str | None) -> RecordForm:
    """Return a partner's fields; those of a new one if none is named. Raises NotThereError."""
    book = await read_book(desk.store)
    only = {"peer": next(iter(book.peers))} if len(book.peers) == 1 else {}
    written = _filled(book.partner(partner)) if partner is not None else {**_USUAL[Partner], **only}
    return _form(Partner, book.version, written, _OF_PARTNERS | {"peer": tuple(sorted(book.peers))})


async def peer_form(desk: Desk, _caller: Caller, peer: str | None) -> RecordForm:
    """Return a peer's fields; those of a new one if none is named. Raises NotThereError."""
    book = await read_book(desk.store)
    written = _filled(book.peer(peer)) if peer is not None else _USUAL[Peer]
    return _form(Peer, book.version, written, _OF_PEERS)


async def refuse_known_partner(desk: Desk, partner: str) -> None:
    """Raise UnusableError if there is a partner of this id: a form for a new one would write over it."""
    if partner in (await read_book(desk.store)).partners:
        raise _taken("There is a partner with this short name already.")


async def refuse_known_peer(desk: Desk, peer: str) -> None:
    """Raise UnusableError if there is a peer of this id."""
    if peer in (await read_book(desk.store)).peers:
        raise _taken("There is a peer with this short name already.")


def _taken(words: str) -> UnusableError:
    return UnusableError(words, [Problem(column="id", words=words)])


async def save_partner_form(desk: Desk, caller: Caller, version: int, written: Cells) -> PartnerSaved:
    """Keep a partner as a form says it, unless somebody else changed anything since. Raises UnusableError with each column that is wrong."""
    query, record = VersionQuery(version=version), raw(written, Partner)
    try:
        return await save_partner(desk, caller, written.get("id", ""), query, record)
    except UnusableError as wrong:
        raise _at_columns(wrong, Partner) from None


async def save_peer_form(desk: Desk, caller: Caller, version: int, written: Cells) -> PeerSaved:
    """Keep a peer, likewise."""
    query, record = VersionQuery(version=version), raw(written, Peer)
    try:
        return await save_peer(desk, caller, written.get("id", ""), query, record)
    except UnusableError as wrong:
        raise _at_columns(wrong, Peer) from None


async def approve_form(desk: Desk, caller: Caller, request: str, version: int, written: Cells) -> Approved:
    """Make the library of a kept request a partner, with the record as a form says it; likewise."""
    try:
        return await approve_partner(desk, caller, request, VersionQuery(version=version), raw(written, Partner))
    except UnusableError as wrong:
        raise _at_columns(wrong, Partner) from None


_OF_PARTNERS: Final = {
    "catalogue.product": tuple(PRODUCTS),
    "catalogue.holdings": (*sorted({*HOLDINGS, *UNION_HOLDINGS}), OPAC),
    "lending.delivery_methods": tuple(SentVia),
    "borrowing.delivery_methods": tuple(SentVia),
}
_OF_PEERS: Final = {"version": tuple(Version), "dialect": tuple(DIALECTS)}
"""What a column takes whose type doesn't say it."""


def _filled(record: Partner | Peer) -> dict[str, str]:
    """Return every column of a record, also those that are as they are if nothing is said: a form that left them out would change them."""
    return whole(record, columns(type(record))) | cells(record)


_USUAL: Final[Mapping[type[msgspec.Struct], Mapping[str, str]]] = {
    Partner: _filled(Partner(id="", name="", peer="")),
    Peer: _filled(Peer(id="")),
}
"""What a new one's form is filled with."""


def _form(shape: type[msgspec.Struct], version: int, written: Cells, more: Mapping[str, Iterable[str]]) -> RecordForm:
    named = {name: tuple(map(str, values)) for name, values in more.items()}
    found = choices(shape) | named
    return RecordForm(version=version, columns=columns(shape), cells=written, choices=found, usual=_USUAL[shape])


def _at_columns(wrong: UnusableError, shape: type[Any]) -> UnusableError:
    """Put what is wrong with an entry of a list, or with what holds columns, at a column that a form has."""
    known = columns(shape)
    problems = [
        msgspec.structs.replace(each, column=_column(str(each.column or ""), known)) for each in wrong.problems or ()
    ]
    return UnusableError(wrong.detail, problems)


def _column(name: str, known: tuple[str, ...]) -> str:
    while name and name not in known:
        inner = next((each for each in known if each.startswith(f"{name}.")), None)
        if inner is not None:
            return inner
        name = name.rpartition(".")[0]
    return name
