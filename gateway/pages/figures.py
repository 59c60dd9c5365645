"""Figures: groups of them for a period, reports made of them, and the requests behind a number. The address says which, so that it can be sent."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from gateway.desk.behind import export_facts, show_behind
from gateway.desk.entries import show_entries
from gateway.desk.errors import UnusableError
from gateway.desk.statistics import list_statistics, period_of, show_group, show_report, show_statistic
from gateway.desk.structs.common import Download
from gateway.desk.structs.statistics import (
    BehindQuery,
    EntriesQuery,
    FactsExport,
    FigureGroup,
    PeriodName,
    RowShown,
    StatisticShown,
    StatisticsQuery,
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


USUAL: Final = "last-month"


class FiguresPage(msgspec.Struct, frozen=True, kw_only=True):
    """Which group of figures; their period: `_period`."""

    group: FigureGroup = FigureGroup.SUPPLY


class WrongPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed for a period and is none, and why; nothing where it is one."""

    typed: str = ""
    words: str = ""

    @property
    def status(self) -> HTTPStatus:
        """How the page is answered that says so."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.words else HTTPStatus.OK


def shortened(figure: StatisticShown) -> Sequence[RowShown]:
    """Return the lines that are on the page, with all totals: money has one of each currency."""
    rows = [row for row in figure.rows if not row.is_total]
    return rows[:SHORT] + [row for row in figure.rows if row.is_total] if len(rows) > SHORT else figure.rows


async def show(visit: Visit) -> web.StreamResponse:
    """GET /figures: a group of figures of one period."""
    group = visit.query(FiguresPage).group
    period, wrong = _period(visit)
    shown = await show_group(visit.desk, visit.caller, group, StatisticsQuery(period=period))
    assert not isinstance(shown, Download), "a page is no file"
    return await visit.show_at_length(
        "figures.html",
        wrong.status,
        wrong=wrong,
        group=group,
        shown=shown,
        known=await list_statistics(visit.desk, visit.caller),
        groups=GROUPS,
        charts=charts,
        shortened=shortened,
    )


async def show_one(visit: Visit) -> web.StreamResponse:
    """GET /figures/{figure}: a figure as a file."""
    found = await show_statistic(visit.desk, visit.caller, visit.path("figure"), visit.query(StatisticsQuery))
    if isinstance(found, Download):
        return visit.download(found, found.name or "figures")
    figure = found.figures[0]
    return visit.go(f"{ADDRESS}?{urlencode({'group': figure.group, 'period': found.period.name})}#{figure.name}")


async def show_one_report(visit: Visit) -> web.StreamResponse:
    """GET /figures/reports/{report}: a report of one period, or as a file."""
    if "format" in visit.http.query:
        query, wrong = visit.query(StatisticsQuery), WrongPeriod()
    else:
        period, wrong = _period(visit)
        query = StatisticsQuery(period=period)
    shown = await show_report(visit.desk, visit.caller, visit.path("report"), query)
    if isinstance(shown, Download):
        return visit.download(shown, shown.name or "figures")
    reports = (await list_statistics(visit.desk, visit.caller)).reports
    return await visit.show("figure_report.html", wrong.status, wrong=wrong, shown=shown, reports=reports)


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


def _period(visit: Visit) -> tuple[PeriodName, WrongPeriod]:
    """Which period is asked for; the usual one, and what is wrong with what was typed, where that is none."""
    typed = visit.http.query.get("period", "").strip() or USUAL
    try:
        period_of(visit.desk, typed)
    except UnusableError as exc:
        return USUAL, WrongPeriod(typed=typed, words=exc.detail.removeprefix("period: "))
    return typed, WrongPeriod()
