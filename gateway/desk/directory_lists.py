"""Lists of peers and partners: written whole, read whole or not at all, looked at before if one likes."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.book import DirectoryBook, fields_changed, peer_faults, read_book, write
from gateway.desk.errors import UnusableError
from gateway.desk.files import json_of, text_of
from gateway.desk.ports import Desk, PartnerParts
from gateway.desk.shown import shown
from gateway.desk.structs.common import Download, Problem, Upload
from gateway.desk.structs.directory import ExportQuery, FieldChange, ImportQuery, RecordChanged, Taken
from gateway.partners import plain_directory, rules
from gateway.partners.directory_service import records_of
from gateway.partners.listing import READERS, Listing, RowFault, twice, write_csv, write_json
from gateway.partners.merging import id_fault
from gateway.partners.reading import RecordFault
from gateway.store.directory_port import RecordChange
from gateway.workflow.partners import Partner, Peer

LIST_MAX: Final = 32 * 1024 * 1024
"""Bytes of a list; a partner has about 1 KB."""


async def export_records(desk: Desk, _caller: Caller, query: ExportQuery) -> Download:
    """Write everything as JSON, the partners as CSV, or for other libraries what they may know of the partners."""
    book = await read_book(desk.store)
    peers, partners = book.peers.values(), book.partners.values()
    if query.format == "csv":
        return Download(content_type="text/csv", text=await asyncio.to_thread(write_csv, partners))
    if query.format == "plain":
        return Download(
            content_type="application/json", text=await asyncio.to_thread(plain_directory.write, partners, peers)
        )
    return Download(content_type="application/json", text=write_json(peers, partners))


async def import_records(desk: Desk, caller: Caller, query: ImportQuery, body: Upload) -> Taken:
    """Take a list as export wrote it, JSON or CSV; a record that isn't in it stays as it is. All of it is written or nothing."""
    text, book = text_of(body), await read_book(desk.store)
    # In a thread: a long list takes seconds to read, and peers must get their confirmations meanwhile.
    listing = await asyncio.to_thread(READERS[body.content_type], text, book.partners)
    return await _take(desk, caller, query, book, listing, what="imported")


async def import_service(desk: Desk, caller: Caller, query: ImportQuery, body: Upload) -> Taken:
    """Take the entries of a directory service (partners/directory_service.py), likewise."""
    raw, book = json_of(body), await read_book(desk.store)
    found = await asyncio.to_thread(records_of, raw, book.peers.values(), book.partners.values())
    listing = Listing(peers=tuple(enumerate(found.peers, 1)), partners=tuple(enumerate(found.partners, 1)), faults=())
    taken = await _take(desk, caller, query, book, listing, what="imported from a directory service")
    return msgspec.structs.replace(taken, notes=found.notes)


async def _take(
    desk: Desk, caller: Caller, query: ImportQuery, book: DirectoryBook, listing: Listing, *, what: str
) -> Taken:
    """Check a list beside what is there, write it unless it is only looked at, and say what changes."""
    peers = {**book.peers, **{peer.id: peer for _, peer in listing.peers}}
    partners = {**book.partners, **{partner.id: partner for _, partner in listing.partners}}
    faults = (
        *listing.faults,
        *await asyncio.to_thread(lambda: tuple(_faults(desk.partners, listing, peers, partners))),
    )
    if faults:
        problems = [shown(fault, Problem) for fault in faults]
        raise UnusableError("The list can't be taken as it is; nothing was changed.", problems)
    pairs = [*_pairs(book.peers, listing.peers), *_pairs(book.partners, listing.partners)]
    changes = [change for change in pairs if change.before != change.after]
    if not query.dry_run:
        await write(desk, caller, book, changes, what, version=query.version)
    told = tuple(_told(change) for change in changes)
    return Taken(dry_run=query.dry_run, changes=told, unchanged=len(pairs) - len(changes), notes=())


def _faults(
    parts: PartnerParts, listing: Listing, peers: Mapping[str, Peer], partners: Mapping[str, Partner]
) -> Iterator[RowFault]:
    """Everything that is wrong with the records of a list, each by itself and all together."""
    yield from twice((row, peer.id) for row, peer in listing.peers)
    yield from twice((row, partner.id) for row, partner in listing.partners)
    for row, peer in listing.peers:
        yield from (RowFault(row, f"peers.{fault.field}", fault.words) for fault in peer_faults(parts, peer))
    owners = rules.owners(partners.values())
    former = [partner for partner in partners.values() if partner.merged]
    for row, partner in listing.partners:
        words = id_fault(partner, former)
        found = (
            *((RecordFault("id", words),) if words else ()),
            *rules.partner_faults(partner),
            *rules.between_faults(partner, peers, owners),
        )
        yield from (RowFault(row, fault.field, fault.words) for fault in found)


def _pairs(known: Mapping[str, Any], listed: Iterable[tuple[int, Any]]) -> Iterator[RecordChange]:
    for _, record in listed:
        yield RecordChange(before=known.get(record.id), after=record)


def _told(change: RecordChange) -> RecordChanged:
    fields = fields_changed(change.before, change.after) if change.before is not None else []
    return RecordChanged(
        kind=change.kind,
        id=change.record.id,
        what="changed" if change.before is not None else "added",
        fields={
            name: FieldChange(before=getattr(change.before, name), after=getattr(change.after, name)) for name in fields
        },
    )
