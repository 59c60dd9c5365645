"""The page after a restore: what is held, what the comparison found, and the buttons that let work go on."""

from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from gateway.desk import bill_numbers, recovery
from gateway.desk.errors import ConflictError
from gateway.desk.structs.bill_numbers import ConfirmNumbersBody, LastNumberBody
from gateway.desk.structs.recovery import BesideQuery, EndBody, RecoveryShown
from gateway.pages.visit import Visit

NUMBER_DIGITS: Final = 9


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


async def show_numbers(visit: Visit) -> web.StreamResponse:
    """GET /recovery/numbers: the last numbers of bills."""
    return await _numbers(visit)


async def _numbers(visit: Visit, problem: str = "", typed: Mapping[str, str] | None = None) -> web.StreamResponse:
    shown = await bill_numbers.show_numbers(visit.desk, visit.caller)
    return await visit.show("recovery_numbers.html", shown=shown, problem=problem, typed=typed or {})


async def confirm_numbers(visit: Visit) -> web.StreamResponse:
    """POST /recovery/numbers: say which went out last."""
    given, last = await visit.texts(), []
    for each in (await bill_numbers.show_numbers(visit.desk, visit.caller)).last:
        typed = given.get(f"last-{each.series}-{each.fiscal_year}", "").strip()
        if not (typed.isdecimal() and typed.isascii() and len(typed) <= NUMBER_DIGITS):
            words = f"{each.series}, {each.fiscal_year}: give the last number, like {each.last}."
            return await _numbers(visit, words, given)
        last.append(LastNumberBody(series=each.series, fiscal_year=each.fiscal_year, last=int(typed)))
    try:
        await bill_numbers.confirm_numbers(visit.desk, visit.caller, ConfirmNumbersBody(last=tuple(last)))
    except ConflictError as wrong:
        return await _numbers(visit, wrong.detail, given)
    return visit.go("/recovery/numbers")


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
    numbers = await bill_numbers.show_numbers(visit.desk, visit.caller)
    return await visit.show(
        "recovery.html", recovery=shown, listed=listed, query=query, problem=problem, in_doubt=numbers.in_doubt_since
    )
