"""Peers: the systems that connect. Their list, one of them with its history, its form."""

from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from aiohttp import web

from gateway.desk import peers, record_forms
from gateway.desk.errors import ConflictError
from gateway.desk.structs.directory import HistoryQuery, PeerTried, VersionQuery
from gateway.pages.paging import paged
from gateway.pages.partners import SAID, Said
from gateway.pages.record_fields import LABELS, PEER, facts_of
from gateway.pages.record_pages import RecordPages
from gateway.pages.visit import Visit


class PeersPage(Said, frozen=True, kw_only=True):
    """What was just done, and the peer behind which a page begins."""

    after: Annotated[str, msgspec.Meta(max_length=200)] = ""


async def show_list(visit: Visit) -> web.StreamResponse:
    """GET /peers: every peer, page by page."""
    query = visit.query(PeersPage)
    listed = await peers.list_peers(visit.desk, visit.caller)
    page = paged(listed.peers, query.after, lambda each: each.id)
    return await visit.show("peers.html", page=page, said=SAID.get(query.said, ""))


async def show_peer(visit: Visit) -> web.StreamResponse:
    """GET /peers/<id>: the record and its history."""
    return await _peer(visit, said=SAID.get(visit.query(Said).said, ""))


async def try_connection(visit: Visit) -> web.StreamResponse:
    """POST /peers/<id>/try: connect to it."""
    return await _peer(visit, tried=await peers.try_peer(visit.desk, visit.caller, visit.path("peer")))


async def remove(visit: Visit) -> web.StreamResponse:
    """POST /peers/<id>/remove."""
    try:
        await peers.remove_peer(visit.desk, visit.caller, visit.path("peer"), VersionQuery())
    except ConflictError as wrong:
        return await _peer(visit, problem=wrong.detail)
    return visit.go("/peers?said=removed")


async def _peer(
    visit: Visit, *, tried: PeerTried | None = None, said: str = "", problem: str = ""
) -> web.StreamResponse:
    desk, caller, number = visit.desk, visit.caller, visit.path("peer")
    form = await record_forms.peer_form(desk, caller, number)
    return await visit.show(
        "peer.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        shown=await peers.show_peer(desk, caller, number),
        facts=facts_of(PEER, form.cells),
        history=(await peers.show_peer_history(desk, caller, number, HistoryQuery())).history,
        tried=tried,
        said=said,
        problems={"": problem} if problem else {},
        labels=LABELS,
    )


FORM: Final = RecordPages(
    kind="peer",
    address="/peers",
    heading="Peers",
    titled_by="id",
    fields=PEER,
    form=record_forms.peer_form,
    refuse_known=record_forms.refuse_known_peer,
    keep=record_forms.save_peer_form,
)
