"""Prices in the ILS of borrowed items that were not returned: what to set, what differs, what to take off."""

import msgspec
from aiohttp import web

from gateway.desk.errors import DeskError
from gateway.desk.prices import list_prices, name_price, step_price
from gateway.desk.structs.prices import PriceBody, PriceDone, PriceStep
from gateway.pages.visit import Visit


class PriceForm(msgspec.Struct, frozen=True, kw_only=True):
    """A price that is named, or a step that somebody has taken in the ILS."""

    request: str
    step: PriceStep | None = None
    """None: a price is named."""
    amount: str = ""
    currency: str = ""
    format: str = ""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /prices."""
    return await _show(visit)


async def take(visit: Visit) -> web.StreamResponse:
    """POST /prices: name a price, tick a step, or look again; the list is shown with what came of it."""
    form = await visit.form(PriceForm)
    try:
        done = await _done(visit, form)
    except DeskError as wrong:
        return await _show(visit, problem=f"{form.request}: {wrong.detail}", typed=form)
    return await _show(visit, done=done)


async def _done(visit: Visit, form: PriceForm) -> PriceDone:
    if form.step is not None:
        return await step_price(visit.desk, visit.caller, form.request, form.step)
    body = PriceBody(amount=form.amount or None, currency=form.currency or None, format=form.format or None)
    return await name_price(visit.desk, visit.caller, form.request, body)


async def _show(
    visit: Visit, *, done: PriceDone | None = None, problem: str = "", typed: PriceForm | None = None
) -> web.StreamResponse:
    found = await list_prices(visit.desk, visit.caller)
    return await visit.show("prices.html", found=found, done=done, problem=problem, typed=typed)
