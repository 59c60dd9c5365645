"""Peers over the API: the systems that connect. Their secrets are elsewhere, and only named here."""

from aiohttp import web

from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import RequestFilter
from gateway.web.answers import ConflictError, ok
from gateway.web.book import body_of, change_of, peer_faults, read_book, refuse_if, refuse_if_in_use, write
from gateway.web.ports import Api, Call
from gateway.web.queries import whole_number
from gateway.workflow.partners import Peer

HISTORY_LINES = 50


async def list_peers(api: Api, _call: Call) -> web.Response:
    """GET peers: every one, and the version of the whole."""
    book = await read_book(api)
    return ok({"version": book.version, "peers": list(book.peers.values())})


async def show_peer(api: Api, call: Call) -> web.Response:
    """GET peers/{peer}: the record, and the partners behind it."""
    book = await read_book(api)
    peer = book.peer(call.http.match_info["peer"])
    behind = sorted(partner.id for partner in book.partners.values() if partner.peer == peer.id)
    return ok({"version": book.version, "peer": peer, "partners": behind})


async def save_peer(api: Api, call: Call) -> web.Response:
    """PUT peers/{peer}: add or replace one; with ?version= only if nobody changed anything since."""
    peer: Peer = await body_of(call, Peer, call.http.match_info["peer"])
    refuse_if(peer_faults(api, peer))
    book = await read_book(api)
    change, what = change_of(book.peers.get(peer.id), peer)
    await write(api, call, book, [change], what)
    return ok({"peer": peer, "what": what})


async def remove_peer(api: Api, call: Call) -> web.Response:
    """DELETE peers/{peer}: refused while a partner or an open request needs it."""
    book = await read_book(api)
    peer = book.peer(call.http.match_info["peer"])
    behind = sorted(partner.id for partner in book.partners.values() if partner.peer == peer.id)
    if behind:
        raise ConflictError(f"Partners are reached through it: {', '.join(behind)}. Give them another peer first.")
    await refuse_if_in_use(api, RequestFilter(peer=peer.id))
    await write(api, call, book, [RecordChange(before=peer)], "removed")
    return ok({"what": "removed", "words": f"Peer {peer.id} is removed."})


async def show_peer_history(api: Api, call: Call) -> web.Response:
    """GET peers/{peer}/history: who changed what, newest first; also of one that is gone."""
    limit = whole_number(call.http.query, "limit", default=HISTORY_LINES, least=1, most=1000)
    return ok(
        {"history": await api.store.directory_history(RecordKind.PEER, call.http.match_info["peer"], limit=limit)}
    )
