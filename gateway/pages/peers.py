"""Peers: the systems that connect. Their list, one of them with its history, its form."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from gateway.desk import peers, record_forms
from gateway.desk.errors import ConflictError, DeskError, UnusableError
from gateway.desk.structs.directory import HistoryQuery, PeerTried, RecordForm, VersionQuery
from gateway.pages.partners import SAID, Said, faults_of, read_record
from gateway.pages.record_fields import LABELS, PEER, facts_of, groups_of
from gateway.pages.visit import Visit


async def show_list(visit: Visit) -> web.StreamResponse:
    """GET /peers: every peer."""
    listed = await peers.list_peers(visit.desk, visit.caller)
    return await visit.show("peers.html", listed=listed, said=SAID.get(visit.query(Said).said, ""))


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


async def show_form(visit: Visit) -> web.StreamResponse:
    """GET /peers/new, /peers/<id>/edit: the form."""
    number = visit.http.match_info.get("peer")
    form = await record_forms.peer_form(visit.desk, visit.caller, number)
    return await _form(visit, form, form.cells, number)


async def save(visit: Visit) -> web.StreamResponse:
    """POST /peers/new, /peers/<id>/edit: keep it, or show what is wrong at its field with all that was typed."""
    number = visit.http.match_info.get("peer")
    form = await record_forms.peer_form(visit.desk, visit.caller, number)
    version, cells = await read_record(visit, form)
    cells |= {"id": number} if number is not None else {}
    try:
        if number is None:
            await record_forms.refuse_known_peer(visit.desk, cells.get("id", ""))
        saved = await record_forms.save_peer_form(visit.desk, visit.caller, version, cells)
    except (UnusableError, ConflictError) as wrong:
        return await _form(visit, form, cells, number, wrong)
    return visit.go(f"/peers/{quote(saved.peer.id)}?said=saved")


async def _form(
    visit: Visit, form: RecordForm, cells: Mapping[str, str], number: str | None, wrong: DeskError | None = None
) -> web.StreamResponse:
    problems = faults_of(wrong)
    return await visit.show(
        "record_form.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        heading=number or "New peer",
        place=("/peers", "Peers"),
        back=f"/peers/{quote(number)}" if number else "/peers",
        groups=groups_of(PEER, cells, problems),
        form=form,
        cells=cells,
        is_new=number is None,
        problems=problems,
    )
