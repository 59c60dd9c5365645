"""Peers and partners as one book that is read, checked as a whole, and changed as a whole, each change with its history.

Every change is checked against the records that were read, and written only while they are still the newest.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk, PartnerParts
from gateway.desk.structs.common import Problem
from gateway.dispatch.roles import TABLES
from gateway.partners import rules
from gateway.partners.merging import id_fault
from gateway.partners.reading import RecordFault, read
from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import RequestFilter, Store
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import Role

NAMED_MAX = 3
"""How many of the requests that stand in the way are named."""

Shape = TypeVar("Shape", Peer, Partner)


class DirectoryBook(msgspec.Struct, frozen=True, kw_only=True):
    """All records by their ids, and the version that they are of."""

    version: int
    peers: Mapping[str, Peer]
    partners: Mapping[str, Partner]

    def partner(self, partner_id: str) -> Partner:
        """Return one. Raises NotThereError."""
        return _found(self.partners, partner_id, RecordKind.PARTNER)

    def peer(self, peer_id: str) -> Peer:
        """Return one. Raises NotThereError."""
        return _found(self.peers, peer_id, RecordKind.PEER)

    def behind(self, peer_id: str) -> tuple[str, ...]:
        """Return the ids of the partners that a peer reaches."""
        return tuple(sorted(partner.id for partner in self.partners.values() if partner.peer == peer_id))


def _found(records: Mapping[str, Shape], record_id: str, kind: RecordKind) -> Shape:
    record = records.get(record_id)
    if record is None:
        raise NotThereError(f"There is no {kind} “{record_id[:64]}”.")
    return record


async def read_book(store: Store) -> DirectoryBook:
    """Read everything; the version first, so that whatever changes meanwhile is noticed when the book is written."""
    version = await store.directory_version()
    peers = {peer.id: peer for peer in await store.peers()}
    partners = {partner.id: partner for partner in await store.partners()}
    return DirectoryBook(version=version, peers=peers, partners=partners)


def record_of(fields: Mapping[str, Any], shape: type[Shape], record_id: str) -> Shape:
    """Read the record of this id from its fields, of which `id` may be left out. Raises UnusableError with every fault in them."""
    record, faults = read({"id": record_id} | dict(fields), shape)
    refuse_if(faults)
    assert record is not None, "without faults there is a record"
    if record.id != record_id:
        refuse_if([RecordFault("id", "not the one in the address")])
    return record


def refuse_if(faults: Iterable[RecordFault]) -> None:
    """Raise UnusableError where there is any fault; it tells of all."""
    found = list(faults)
    if found:
        problems = [Problem(column=fault.field, words=fault.words) for fault in found]
        raise UnusableError("The record can't be kept as it is.", problems=problems)


def peer_faults(partners: PartnerParts, peer: Peer) -> Iterable[RecordFault]:
    """Return all that is wrong with a peer: its record, and the files that it names."""
    return (*rules.peer_faults(peer, partners.secret_names), *partners.tls_faults(peer))


def partner_faults(book: DirectoryBook, partner: Partner) -> Iterable[RecordFault]:
    """Return all that is wrong with a partner, by itself and among the others."""
    words = id_fault(partner, book.partners.values())
    return (
        *((RecordFault("id", words),) if words else ()),
        *rules.partner_faults(partner),
        *rules.between_faults(partner, book.peers, rules.owners(book.partners.values())),
    )


async def write(
    desk: Desk,
    caller: Caller,
    book: DirectoryBook,
    changes: Iterable[RecordChange],
    what: str,
    *,
    version: int | None = None,
) -> None:
    """Write what has changed, with its history, and let everybody know.

    Raises ConflictError if the book is an old one, or not of the `version` that whoever changes it had read.
    """
    changed = [change for change in changes if change.before != change.after]
    is_old = version is not None and version != book.version
    if is_old or (changed and not await _written(desk, caller, book, changed, what)):
        raise ConflictError("Somebody else has changed peers or partners meanwhile: look at them, and try again.")
    if changed:
        await desk.partners.changed()


async def _written(desk: Desk, caller: Caller, book: DirectoryBook, changes: list[RecordChange], what: str) -> bool:
    return await desk.store.change_directory(changes, version=book.version, at=desk.now(), by=caller.name, what=what)


def change_of(before: Any, after: Any) -> tuple[RecordChange, str]:
    """Return one record's change, and what it is in words."""
    if before is None:
        return RecordChange(after=after), "added"
    return RecordChange(before=before, after=after), f"changed {', '.join(fields_changed(before, after))}"


def fields_changed(before: Any, after: Any) -> list[str]:
    """Return the names of the fields that differ."""
    return [name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)]


async def refuse_if_in_use(store: Store, where: RequestFilter) -> None:
    """Raise ConflictError where an open request, lent or borrowed, uses what is to be removed."""
    using = [request for role in Role for request in await store.requests(_open_in(role, where))]
    if using:
        more = " and others" if len(using) > NAMED_MAX else ""
        named = ", ".join(request.id for request in using[:NAMED_MAX])
        raise ConflictError(f"Open requests use it: {named}{more}. It can be removed once they have ended.")


def _open_in(role: Role, where: RequestFilter) -> RequestFilter:
    """Narrow a filter to one role's requests that have not ended, one more than is named."""
    table = TABLES[role]
    return msgspec.structs.replace(where, role=role, states=tuple(table.states - table.finals), limit=NAMED_MAX + 1)
