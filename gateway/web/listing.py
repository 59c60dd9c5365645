"""Lists of peers and partners over the API: written whole, read whole or not at all, looked at before if one likes."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.partners import rules
from gateway.partners.directory_service import records_of
from gateway.partners.listing import READERS, Listing, RowFault, twice, write_csv, write_json
from gateway.store.directory_port import RecordChange
from gateway.web.answers import BadBodyError, UnusableError, ok, read_text
from gateway.web.book import Book, fields_changed, peer_faults, read_book, write
from gateway.web.ports import Api, Call
from gateway.web.queries import yes_or_no
from gateway.workflow.partners import Partner, Peer

LIST_MAX: Final = 32 * 1024 * 1024
"""Bytes of a list; a partner has about 1 KB."""


async def export_records(api: Api, call: Call) -> web.Response:
    """GET directory/export: everything as ?format=json, or the partners as ?format=csv."""
    form = call.http.query.get("format", "json")
    if form not in {"json", "csv"}:
        raise UnusableError("format: json or csv.")
    book = await read_book(api)
    if form == "csv":
        return _file(await asyncio.to_thread(write_csv, book.partners.values()), "text/csv")
    return _file(write_json(book.peers.values(), book.partners.values()), "application/json")


async def import_records(api: Api, call: Call) -> web.Response:
    """POST directory/import: a list as export wrote it, JSON or CSV; a record that isn't in it stays as it is.

    All of it is written or nothing; ?dry_run=true says what would be written.
    """
    reader = READERS.get(call.http.content_type)
    if reader is None:
        raise UnusableError(f"Content-Type: {' or '.join(READERS)}.")
    # In a thread: a long list takes seconds to read, and peers must get their confirmations meanwhile.
    text, book = await read_text(call.http, LIST_MAX), await read_book(api)
    listing = await asyncio.to_thread(reader, text, book.partners)
    return ok(await _take(api, call, book, listing, "imported"))


async def import_service(api: Api, call: Call) -> web.Response:
    """POST directory/import-service: the entries of a directory service (partners/directory_service.py), likewise."""
    text = await read_text(call.http, LIST_MAX)
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadBodyError(f"The body is not JSON: {error}.") from None
    book = await read_book(api)
    found = await asyncio.to_thread(records_of, raw, book.peers.values(), book.partners.values())
    listing = Listing(peers=tuple(enumerate(found.peers, 1)), partners=tuple(enumerate(found.partners, 1)), faults=())
    taken = await _take(api, call, book, listing, "imported from a directory service")
    return ok({**taken, "notes": found.notes})


async def _take(api: Api, call: Call, book: Book, listing: Listing, what: str) -> dict[str, Any]:
    """Check a list beside what is there, write it unless it is only looked at, and say what changes."""
    peers = {**book.peers, **{peer.id: peer for _, peer in listing.peers}}
    partners = {**book.partners, **{partner.id: partner for _, partner in listing.partners}}
    faults = (*listing.faults, *await asyncio.to_thread(lambda: tuple(_faults(api, listing, peers, partners))))
    if faults:
        raise UnusableError("The list can't be taken as it is; nothing was changed.", problems=faults)
    pairs = [*_pairs(book.peers, listing.peers), *_pairs(book.partners, listing.partners)]
    changes = [change for change in pairs if change.before != change.after]
    dry_run = yes_or_no(call.http.query, "dry_run")
    if not dry_run:
        await write(api, call, book, changes, what)
    told = [_told(change) for change in changes]
    return {"dry_run": dry_run, "changes": told, "unchanged": len(pairs) - len(changes), "notes": []}


def _faults(
    api: Api, listing: Listing, peers: Mapping[str, Peer], partners: Mapping[str, Partner]
) -> Iterator[RowFault]:
    """Everything that is wrong with the records of a list, each by itself and all together."""
    yield from twice((row, peer.id) for row, peer in listing.peers)
    yield from twice((row, partner.id) for row, partner in listing.partners)
    for row, peer in listing.peers:
        yield from (RowFault(row, f"peers.{fault.field}", fault.words) for fault in peer_faults(api, peer))
    owners = rules.owners(partners.values())
    for row, partner in listing.partners:
        found = (*rules.partner_faults(partner), *rules.between_faults(partner, peers, owners))
        yield from (RowFault(row, fault.field, fault.words) for fault in found)


def _pairs(known: Mapping[str, Any], listed: Iterable[tuple[int, Any]]) -> Iterator[RecordChange]:
    for _, record in listed:
        yield RecordChange(before=known.get(record.id), after=record)


def _told(change: RecordChange) -> dict[str, Any]:
    fields = fields_changed(change.before, change.after) if change.before is not None else []
    return {
        "kind": change.kind,
        "id": change.record.id,
        "what": "changed" if change.before is not None else "added",
        "fields": {
            name: {"before": getattr(change.before, name), "after": getattr(change.after, name)} for name in fields
        },
    }


def _file(text: str, content_type: str) -> web.Response:
    return web.Response(
        status=HTTPStatus.OK,
        text=text,
        content_type=content_type,
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )
