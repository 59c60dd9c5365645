"""The pool of barcodes for borrowed items: its ranges, the barcodes of one, adding to it, blocking."""

from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web

from gateway.desk import pool
from gateway.desk.errors import ConflictError, DeskError, NotThereError, UnusableError
from gateway.desk.structs.common import Limit
from gateway.desk.structs.pool import AddBody, Added, BarcodesQuery, BlockQuery
from gateway.pages.forms import by_field
from gateway.pages.visit import Visit

STATES: Final = {"cooling": "resting"}
"""Where a state is called otherwise on the page."""


class AddForm(msgspec.Struct, frozen=True, kw_only=True):
    """Barcodes for a range, as they were typed: one a line, or the first and the last of a run."""

    range: str = ""
    barcodes: str = ""
    first: str = ""
    last: str = ""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /pool: the ranges."""
    return await _ranges(visit, AddForm())


async def add(visit: Visit) -> web.StreamResponse:
    """POST /pool: put barcodes into a range."""
    form = await visit.form(AddForm)
    if not form.range:
        return await _ranges(visit, form, problems={"range": "Name the range."})
    try:
        added = await pool.add_barcodes(visit.desk, visit.caller, _body(form))
    except msgspec.ValidationError:
        words = "A range and a barcode have up to 64 characters; at most 10,000 barcodes at once."
        return await _ranges(visit, form, problems={"barcodes": words})
    except (UnusableError, ConflictError) as wrong:
        return await _ranges(visit, form, problems=_problems(wrong))
    return await _ranges(visit, AddForm(), added=added)


def _body(form: AddForm) -> AddBody:
    """Raises msgspec.ValidationError."""
    given = {"range": form.range, "first": form.first or None, "last": form.last or None}
    return msgspec.convert(given | {"barcodes": form.barcodes.split()}, AddBody)


def _problems(wrong: DeskError) -> dict[str, str]:
    """What is wrong with the run at its last, else all that is wrong with the list, each barcode by itself."""
    found = by_field(wrong.problems or ())
    if "last" in found:
        return {"last": found["last"]}
    each = [f"{barcode}: {words}" for barcode, words in found.items()]
    return {"barcodes": " ".join((wrong.detail, "; ".join(each[:10]))).strip()}


async def _ranges(
    visit: Visit, form: AddForm, *, added: Added | None = None, problems: dict[str, str] | None = None
) -> web.StreamResponse:
    return await visit.show(
        "pool.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        words=STATES,
        ranges=(await pool.show_pool(visit.desk, visit.caller)).ranges,
        form=form,
        added=added,
        problems=problems or {},
    )


async def show_range(visit: Visit) -> web.StreamResponse:
    """GET /pool/<range>: its barcodes, page by page."""
    return await _range(visit)


class BlockForm(BlockQuery, frozen=True, kw_only=True):
    """A barcode, and what is done with it."""

    barcode: str = ""
    step: Literal["block", "unblock"] = "block"


async def block(visit: Visit) -> web.StreamResponse:
    """POST /pool/<range>: take a barcode out of use, or put it back."""
    form = await visit.form(BlockForm)
    try:
        if form.step == "block":
            await pool.block_barcode(visit.desk, visit.caller, form.barcode, form)
        else:
            await pool.unblock_barcode(visit.desk, visit.caller, form.barcode)
    except (ConflictError, NotThereError) as wrong:
        return await _range(visit, problem=wrong.detail, typed=form)
    kept = {name: value for name, value in visit.http.query.items() if name in {"state", "after"}}
    return visit.go(f"/pool/{quote(visit.path('range'), safe='')}" + (f"?{urlencode(kept)}" if kept else ""))


class PoolQuery(BarcodesQuery, frozen=True, kw_only=True):
    """Which barcodes of a range; so many on a page."""

    limit: Limit = 50


async def _range(visit: Visit, problem: str = "", typed: BlockForm | None = None) -> web.StreamResponse:
    query = visit.query(PoolQuery)
    listed = await pool.list_barcodes(visit.desk, visit.caller, visit.path("range"), query)
    return await visit.show(
        "pool_range.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        listed=listed,
        query=query,
        problems={"": problem} if problem else {},
        why={typed.barcode: typed.why} if typed else {},
        words=STATES,
        address=visit.http.path_qs,
    )
