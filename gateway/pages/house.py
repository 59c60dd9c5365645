"""Settings about the house: branches and closed days, papers, the circulation system, the item list."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from gateway.desk import acs, house, items
from gateway.desk.errors import DeskError
from gateway.desk.structs.common import Upload
from gateway.desk.structs.house import TestPrint
from gateway.desk.structs.items import ItemsImported, ItemsQuery
from gateway.pages.visit import Visit


async def show_branches(visit: Visit) -> web.StreamResponse:
    """GET /settings/branches."""
    return await visit.show("branches.html", places=await house.show_places(visit.desk, visit.caller))


async def show_papers(visit: Visit) -> web.StreamResponse:
    """GET /settings/papers."""
    return await visit.show("papers.html", papers=await house.show_papers(visit.desk, visit.caller))


async def print_test(visit: Visit) -> web.StreamResponse:
    """GET /settings/papers/test.pdf: a sheet with outlines."""
    pdf = await house.print_test(visit.desk, visit.caller, visit.query(TestPrint))
    return visit.download(pdf, pdf.name or "test-print.pdf")


# ── the circulation system ───────────────────────────────────────────────────────────────────────


class CirculationStep(msgspec.Struct, frozen=True, kw_only=True):
    """What is done about the circulation system."""

    step: Literal["ask", "compare", "resume"]


async def show_circulation(visit: Visit) -> web.StreamResponse:
    """GET /settings/circulation: how the connection stands."""
    return await _circulation(visit)


async def ask_circulation(visit: Visit) -> web.StreamResponse:
    """POST /settings/circulation: ask it now, compare now, or let waiting work go on."""
    doing = {"ask": acs.check_acs, "compare": acs.reconcile_acs, "resume": acs.resume_acs}
    step = (await visit.form(CirculationStep)).step
    return await _circulation(visit, **{step: await doing[step](visit.desk, visit.caller)})


async def _circulation(visit: Visit, **came_to: Any) -> web.StreamResponse:
    nothing = {"ask": None, "compare": None, "resume": None}
    status = await acs.show_acs(visit.desk, visit.caller)
    return await visit.show("circulation.html", status=status, **(nothing | came_to))


# ── the item list ────────────────────────────────────────────────────────────────────────────────


class ItemsForm(msgspec.Struct, frozen=True, kw_only=True):
    """How a list of items is taken."""

    step: Literal["preview", "import"] = "preview"
    kind: Literal["text/csv", "application/json"] = "text/csv"
    replace: bool = False
    drop_at_most: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10


async def show_items(visit: Visit) -> web.StreamResponse:
    """GET /settings/items: hand in a list."""
    return await _items(visit, ItemsForm())


async def take_items(visit: Visit) -> web.StreamResponse:
    """POST /settings/items: look at a list, or take it."""
    form, data = await visit.form(ItemsForm), await visit.file()
    if not data:
        return await _items(visit, form, problems={"file": "Choose a file."})
    query = ItemsQuery(replace=form.replace, drop_at_most=form.drop_at_most, dry_run=form.step == "preview")
    try:
        taken = await items.import_items(visit.desk, visit.caller, query, Upload(content_type=form.kind, data=data))
    except DeskError as wrong:
        return await _items(visit, form, problems={"": wrong.detail}, wrong=wrong)
    return await _items(visit, form, taken=taken)


async def _items(
    visit: Visit,
    form: ItemsForm,
    *,
    taken: ItemsImported | None = None,
    problems: dict[str, str] | None = None,
    wrong: DeskError | None = None,
) -> web.StreamResponse:
    faults = taken.problems if taken else wrong.problems or () if wrong else ()
    return await visit.show(
        "items.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        form=form,
        columns=items.LIST_COLUMNS,
        required=items.MUST_BE_THERE,
        taken=taken,
        problems=problems or {},
        faults=faults[:200],
        more=max(len(faults) - 200, 0),
    )
