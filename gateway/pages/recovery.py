"""The page after a restore: what is held, what the comparison found, and the buttons that let work go on."""

import msgspec
from aiohttp import web

from gateway.desk import recovery
from gateway.desk.errors import ConflictError
from gateway.desk.structs.recovery import BesideQuery, EndBody, RecoveryShown
from gateway.pages.visit import Visit


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """Which request goes on; none: all that agree."""

    request: str = ""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /recovery."""
    return await _page(visit, await recovery.show_recovery(visit.desk, visit.caller))


async def compare(visit: Visit) -> web.StreamResponse:
    """POST /recovery/compare."""
    return await _page(visit, await recovery.compare(visit.desk, visit.caller))


async def confirm(visit: Visit) -> web.StreamResponse:
    """POST /recovery/confirm-access."""
    return await _page(visit, await recovery.confirm_access(visit.desk, visit.caller))


async def let_go(visit: Visit) -> web.StreamResponse:
    """POST /recovery/go-on: one request, or all that agree."""
    request = (await visit.form(Going)).request
    if request:
        return await _page(visit, await recovery.let_go(visit.desk, visit.caller, request))
    return await _page(visit, await recovery.let_agreeing_go(visit.desk, visit.caller))


async def end(visit: Visit) -> web.StreamResponse:
    """POST /recovery/end."""
    try:
        shown = await recovery.end(visit.desk, visit.caller, await visit.form(EndBody))
    except ConflictError as wrong:
        shown = await recovery.show_recovery(visit.desk, visit.caller)
        return await _page(visit, shown, problem=wrong.detail)
    return await _page(visit, shown)


async def _page(visit: Visit, shown: RecoveryShown, *, problem: str = "") -> web.StreamResponse:
    query = visit.query(BesideQuery)
    listed = await recovery.list_beside(visit.desk, visit.caller, query)
    return await visit.show("recovery.html", recovery=shown, listed=listed, query=query, problem=problem)
