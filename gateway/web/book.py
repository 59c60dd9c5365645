"""Peers and partners as one book that is read, checked as a whole, and changed as a whole, each change with its history.

Every change is checked against the records that were read, and written only while they are still the newest.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from gateway.dispatch.roles import TABLES
from gateway.partners import rules
from gateway.partners.reading import Fault, read
from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import RequestFilter
from gateway.web.answers import BadBodyError, ConflictError, NotThereError, UnusableError, read_text
from gateway.web.ports import Api, Call
from gateway.web.queries import whole_number
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import Role

NAMED_MAX = 3
"""How many of the requests that stand in the way are named."""
RECORD_MAX = 256 * 1024
"""Bytes of one record's JSON."""
_HIGHEST = 2**53

Shape = TypeVar("Shape", Peer, Partner)


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """All records by their ids, and the version that they are of."""

    version: int
    peers: Mapping[str, Peer]
    partners: Mapping[str, Partner]

    def partner(self, partner_id: str) -> Partner:
        """Give one. Raises NotThereError."""
        return _found(self.partners, partner_id, RecordKind.PARTNER)

    def peer(self, peer_id: str) -> Peer:
        """Give one. Raises NotThereError."""
        return _found(self.peers, peer_id, RecordKind.PEER)


def _found(records: Mapping[str, Shape], record_id: str, kind: RecordKind) -> Shape:
    record = records.get(record_id)
    if record is None:
        raise NotThereError(f"There is no {kind} “{record_id[:64]}”.")
    return record


async def read_book(api: Api) -> Book:
    """Read everything; the version first, so that whatever changes meanwhile is noticed when the book is written."""
    version = await api.store.directory_version()
    peers = {peer.id: peer for peer in await api.store.peers()}
    partners = {partner.id: partner for partner in await api.store.partners()}
    return Book(version=version, peers=peers, partners=partners)


async def body_of(call: Call, shape: type[Shape], record_id: str) -> Shape:
    """Read a record from the body. Raises BadBodyError, and UnusableError with every fault in it."""
    text = await read_text(call.http, RECORD_MAX)
    try:
        raw = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadBodyError(f"The body is not JSON: {error}.") from None
    record, faults = read({"id": record_id} | raw if isinstance(raw, dict) else raw, shape)
    refuse_if(faults)
    assert record is not None, "without faults there is a record"
    if record.id != record_id:
        refuse_if([Fault("id", "not the one in the address")])
    return record


def refuse_if(faults: Iterable[Fault]) -> None:
    """Raise UnusableError where there is any fault; it tells of all."""
    found = list(faults)
    if found:
        problems = [{"column": fault.field, "words": fault.words} for fault in found]
        raise UnusableError("The record can't be kept as it is.", problems=problems)


def peer_faults(api: Api, peer: Peer) -> Iterable[Fault]:
    """Give all that is wrong with a peer: its record, and the files that it names."""
    return (*rules.peer_faults(peer, api.secret_names), *api.tls_faults(peer))


def partner_faults(book: Book, partner: Partner) -> Iterable[Fault]:
    """Give all that is wrong with a partner, by itself and among the others."""
    return (
        *rules.partner_faults(partner),
        *rules.between_faults(partner, book.peers, rules.owners(book.partners.values())),
    )


async def write(api: Api, call: Call, book: Book, changes: Iterable[RecordChange], what: str) -> None:
    """Write what has changed, with its history, and let everybody know. Raises ConflictError where the book is an old one."""
    changed = [change for change in changes if change.before != change.after]
    wanted = whole_number(call.http.query, "version", default=book.version, least=0, most=_HIGHEST)
    if wanted != book.version or (changed and not await _written(api, call, book, changed, what)):
        raise ConflictError("Somebody else has changed peers or partners meanwhile: look at them, and try again.")
    if changed:
        await api.directory_changed()


async def _written(api: Api, call: Call, book: Book, changes: list[RecordChange], what: str) -> bool:
    return await api.store.change_directory(changes, version=book.version, at=api.now(), by=call.caller.name, what=what)


def change_of(before: Any, after: Any) -> tuple[RecordChange, str]:
    """Give one record's change, and what it is in words."""
    if before is None:
        return RecordChange(after=after), "added"
    return RecordChange(before=before, after=after), f"changed {', '.join(fields_changed(before, after))}"


def fields_changed(before: Any, after: Any) -> list[str]:
    """Give the names of the fields that differ."""
    return [name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)]


async def refuse_if_in_use(api: Api, where: RequestFilter) -> None:
    """Raise ConflictError where an open request, lent or borrowed, uses what is to be removed."""
    using = [request for role in Role for request in await api.store.requests(_open_in(role, where))]
    if using:
        more = " and others" if len(using) > NAMED_MAX else ""
        named = ", ".join(request.id for request in using[:NAMED_MAX])
        raise ConflictError(f"Open requests use it: {named}{more}. It can be removed once they have ended.")


def _open_in(role: Role, where: RequestFilter) -> RequestFilter:
    """Narrow a filter to one role's requests that have not ended, one more than is named."""
    table = TABLES[role]
    return msgspec.structs.replace(where, role=role, states=tuple(table.states - table.finals), limit=NAMED_MAX + 1)
