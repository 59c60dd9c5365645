"""The rule of five: titles of a calendar year, what is over, and royalties that were paid."""

import msgspec
from aiohttp import web

from gateway.desk import copyright as rule_of_five
from gateway.desk.errors import DeskError
from gateway.desk.structs.common import Download
from gateway.desk.structs.copyright import CopyrightQuery, RoyaltyBody
from gateway.pages.visit import Visit


class RoyaltyForm(RoyaltyBody, frozen=True, kw_only=True):
    """A royalty, and of which request and page."""

    request: str
    year: int
    over: bool = False
    after: str | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """GET /copyright: a year's titles; as a file for the clearance center."""
    return await _show(visit, visit.query(CopyrightQuery))


async def note_royalty(visit: Visit) -> web.StreamResponse:
    """POST /copyright: note what was paid, and show the same year again."""
    form = await visit.form(RoyaltyForm)
    body = msgspec.convert(form, RoyaltyBody, from_attributes=True)
    query = CopyrightQuery(year=form.year, over=form.over, after=form.after)
    try:
        done = await rule_of_five.note_royalty(visit.desk, visit.caller, form.request, body)
    except DeskError as wrong:
        return await _show(visit, query, problem=wrong.detail, of=form)
    return await _show(visit, query, said=done.words)


async def _show(
    visit: Visit, query: CopyrightQuery, *, said: str = "", problem: str = "", of: RoyaltyForm | None = None
) -> web.StreamResponse:
    shown = await rule_of_five.show_copyright(visit.desk, visit.caller, query)
    if isinstance(shown, Download):
        return visit.download(shown, shown.name or "copyright")
    this_year = visit.desk.today().year
    years = range(this_year, this_year - 4, -1)
    return await visit.show("copyright.html", shown=shown, query=query, years=years, said=said, problem=problem, of=of)
