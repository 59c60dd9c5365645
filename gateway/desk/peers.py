"""Peers: the systems that connect. Their secrets are elsewhere, and only named here."""

from gateway.desk.access import Caller
from gateway.desk.book import change_of, peer_faults, read_book, record_of, refuse_if, refuse_if_in_use, write
from gateway.desk.errors import ConflictError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.directory import (
    HistoryQuery,
    PeerChange,
    PeerFields,
    PeerHistory,
    PeerList,
    PeerSaved,
    PeerShown,
    PeerTried,
    Removed,
    VersionQuery,
)
from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import RequestFilter
from gateway.workflow.partners import Peer


async def list_peers(desk: Desk, _caller: Caller) -> PeerList:
    """Return every one, and the version of the whole."""
    book = await read_book(desk.store)
    return PeerList(version=book.version, peers=tuple(book.peers.values()))


async def show_peer(desk: Desk, _caller: Caller, peer: str) -> PeerShown:
    """Return the record, and the partners behind it."""
    book = await read_book(desk.store)
    return PeerShown(version=book.version, peer=book.peer(peer), partners=book.behind(peer))


async def save_peer(desk: Desk, caller: Caller, peer: str, query: VersionQuery, body: PeerFields) -> PeerSaved:
    """Add or replace one; with a version only if nobody changed anything since."""
    record = record_of(body, Peer, peer)
    refuse_if(peer_faults(desk.partners, record))
    book = await read_book(desk.store)
    change, what = change_of(book.peers.get(record.id), record)
    await write(desk, caller, book, [change], what, version=query.version)
    return PeerSaved(peer=record, what=what)


async def try_peer(desk: Desk, _caller: Caller, peer: str) -> PeerTried:
    """Connect to it now. No message is sent, so that what it makes of one is not known by this."""
    return await desk.partners.try_peer((await read_book(desk.store)).peer(peer))


async def remove_peer(desk: Desk, caller: Caller, peer: str, query: VersionQuery) -> Removed:
    """Forget one; refused while a partner or an open request needs it."""
    book = await read_book(desk.store)
    record, behind = book.peer(peer), book.behind(peer)
    if behind:
        raise ConflictError(f"Partners are reached through it: {', '.join(behind)}. Give them another peer first.")
    await refuse_if_in_use(desk.store, RequestFilter(peer=record.id))
    await write(desk, caller, book, [RecordChange(before=record)], "removed", version=query.version)
    return Removed(words=f"Peer {record.id} is removed.")


async def show_peer_history(desk: Desk, _caller: Caller, peer: str, query: HistoryQuery) -> PeerHistory:
    """Return who changed what, newest first; also of one that is gone."""
    lines = await desk.store.directory_history(RecordKind.PEER, peer, limit=query.limit)
    return PeerHistory(history=tuple(shown(line, PeerChange) for line in lines))
