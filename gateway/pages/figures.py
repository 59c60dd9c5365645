"""Figures: groups of them for a period, reports made of them, and the requests behind a number. The address says which, so that it can be sent."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.desk.behind import export_facts, show_behind
from gateway.desk.entries import show_entries
from gateway.desk.statistics import list_statistics, show_group, show_report, show_statistic
from gateway.desk.structs.common import Download
from gateway.desk.structs.statistics import (
    BehindQuery,
    EntriesQuery,
    FactsExport,
    FigureGroup,
    PeriodName,
    ReportShown,
    RowShown,
    StatisticShown,
    StatisticsQuery,
    StatisticsShown,
)
from gateway.pages import charts
from gateway.pages.visit import Visit

ADDRESS: Final = "/figures"
GROUPS: Final = (
    (FigureGroup.SUPPLY, "Provided and received"),
    (FigureGroup.FILL, "Fill rates"),
    (FigureGroup.TIME, "How long it takes"),
    (FigureGroup.REASONS, "Why not"),
    (FigureGroup.PARTNERS, "Partners"),
    (FigureGroup.WORK, "Work"),
    (FigureGroup.MONEY, "Money"),
    (FigureGroup.TRUST, "Trust"),
)
SHORT: Final = 20
"""Lines of a figure on the page, beside those that add up; all of them are in its files."""


class FiguresPage(msgspec.Struct, frozen=True, kw_only=True):
    """Which figures: a group of them, of a period."""

    group: FigureGroup = FigureGroup.SUPPLY
    period: PeriodName = "last-month"


def shortened(figure: StatisticShown) -> Sequence[RowShown]:
    """Return the lines that are on the page, with all totals: money has one of each currency."""
    rows = [row for row in figure.rows if not row.is_total]
    return rows[:SHORT] + [row for row in figure.rows if row.is_total] if len(rows) > SHORT else figure.rows


async def show(visit: Visit) -> web.StreamResponse:
    """GET /figures: a group of figures of one period."""
    query = visit.query(FiguresPage)
    shown = await show_group(visit.desk, visit.caller, query.group, StatisticsQuery(period=query.period))
    assert not isinstance(shown, Download), "a page is no file"
    known = await list_statistics(visit.desk, visit.caller)
    return await visit.show_at_length(
        "figures.html", query=query, shown=shown, known=known, groups=GROUPS, charts=charts, shortened=shortened
    )


async def show_one(visit: Visit) -> web.StreamResponse:
    """GET /figures/{figure}: a figure as a file."""
    query = visit.query(StatisticsQuery)
    return await _file_or_page(visit, await show_statistic(visit.desk, visit.caller, visit.path("figure"), query))


async def show_one_report(visit: Visit) -> web.StreamResponse:
    """GET /figures/reports/{report}: a report of one period, or as a file."""
    query = visit.query(StatisticsQuery)
    return await _file_or_page(visit, await show_report(visit.desk, visit.caller, visit.path("report"), query))


async def export(visit: Visit) -> web.StreamResponse:
    """GET /figures/export: what is kept of each request, as a file."""
    found = await export_facts(visit.desk, visit.caller, visit.query(FactsExport))
    return visit.download(found, found.name or "figures")


async def show_requests(visit: Visit) -> web.StreamResponse:
    """GET /figures/{figure}/requests: the requests behind a number."""
    query = visit.query(BehindQuery)
    shown = await show_behind(visit.desk, visit.caller, visit.path("figure"), query)
    return await visit.show("figure_requests.html", shown=shown, query=query)


async def show_one_number(visit: Visit) -> web.StreamResponse:
    """GET /figures/{figure}/entries: what was booked, or was open, behind a number of money."""
    query = visit.query(EntriesQuery)
    shown = await show_entries(visit.desk, visit.caller, visit.path("figure"), query)
    return await visit.show("figure_entries.html", shown=shown, query=query)


async def _file_or_page(visit: Visit, found: ReportShown | StatisticsShown | Download) -> web.StreamResponse:
    if isinstance(found, Download):
        return visit.download(found, found.name or "figures")
    if isinstance(found, ReportShown):
        return await visit.show(
            "figure_report.html", shown=found, reports=(await list_statistics(visit.desk, visit.caller)).reports
        )
    figure = found.figures[0]
    return visit.go(f"{ADDRESS}?{urlencode({'group': figure.group, 'period': found.period.name})}#{figure.name}")
