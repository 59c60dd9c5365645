"""The pages of figures: groups, reports, what is behind a number, and charts that say each number in text."""

import re

import pytest

from gateway.desk.structs.statistics import FigureGroup, MonthShown
from gateway.pages.charts import columns
from gateway.reports.catalogue import of_group
from gateway.reports.figure import Group
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn
from tests.reports.lived import two_years_and_money
from tests.store.fresh import Fill

YEAR = "2025"


@pytest.fixture
def fill() -> Fill:
    """A library with two years of made-up requests, and a year of money."""
    return two_years_and_money


@pytest.fixture
async def viewer(sign_in: SignIn) -> Browser:
    return await sign_in(StaffRole.VIEWER)


@pytest.mark.parametrize("group", FigureGroup)
async def test_each_group_shows_its_figures_with_their_definitions(viewer: Browser, group: FigureGroup) -> None:
    status, html = await viewer.get(f"/figures?group={group}&period={YEAR}")
    assert status == 200
    for figure in of_group(Group(group.value)):
        assert figure.definition.replace("'", "&#39;") in html
        assert f'id="{figure.name}"' in html


async def test_a_chart_says_every_number_in_text(viewer: Browser) -> None:
    _, html = await viewer.get(f"/figures?group=supply&period={YEAR}")
    charts = re.findall(r"<svg class=\"chart\".*?</svg>", html, re.DOTALL)
    assert charts
    for chart in charts:
        assert len(re.findall(r'class="bar"', chart)) == len(re.findall(r'class="value[^"]*"', chart))
        assert "style=" not in chart
        assert "aria-label=" in chart


async def test_a_number_leads_to_its_requests(viewer: Browser) -> None:
    _, html = await viewer.get(f"/figures?group=supply&period={YEAR}")
    link = re.search(r'href="(/figures/provided/requests\?[^"]+)"', html)
    assert link
    status, behind = await viewer.get(link[1].replace("&amp;", "&"))
    assert status == 200
    assert re.search(r'href="/requests/L-\d+"', behind)


@pytest.mark.parametrize("page", ["/figures?group=money&period=2026", "/figures/reports/annual?period=2026"])
@pytest.mark.parametrize("books", ["bills", "invoices"])
async def test_a_number_of_money_leads_to_the_very_invoices(viewer: Browser, page: str, books: str) -> None:
    _, html = await viewer.get(page)
    figure = {"bills": "bills", "invoices": "lenders-invoices"}[books]
    link = re.search(rf'href="(/figures/{figure}/entries\?[^"]+)"', html)
    assert link
    status, behind = await viewer.get(link[1].replace("&amp;", "&"))
    assert status == 200
    invoice = re.search(rf'href="(/money/{books}/[^"]+)"', behind)
    assert invoice
    assert (await viewer.get(invoice[1]))[0] == 200


@pytest.mark.parametrize("report", ["annual", "arl", "board"])
async def test_a_report_is_one_page_with_its_definitions(viewer: Browser, report: str) -> None:
    status, html = await viewer.get(f"/figures/reports/{report}?period={YEAR}")
    assert status == 200
    assert "How each is counted" in html


@pytest.mark.process
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("path", ["/figures/provided", "/figures/reports/annual", "/figures/export"])
async def test_files_are_saved_under_a_name(viewer: Browser, path: str, form: str) -> None:
    async with viewer.http.get(f"{viewer.url}{path}?period={YEAR}&format={form}") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].endswith(f'-{YEAR}.{form}"')


async def test_a_figures_own_address_leads_to_its_place_in_its_group(viewer: Browser) -> None:
    async with viewer.http.get(f"{viewer.url}/figures/partners?period={YEAR}", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/figures?group=partners&period={YEAR}#partners")


async def test_a_period_that_is_none_is_said(viewer: Browser) -> None:
    status, html = await viewer.get("/figures?period=whenever")
    assert status == 422
    assert "a month like 2026-10" in html


def test_months_of_nothing_are_not_drawn() -> None:
    assert columns("x", [MonthShown(name="2026-10", words="Oct 2026", count=0)]) == ""
    assert "<text" in columns("<b>", [MonthShown(name="2026-10", words="Oct 2026", count=1)])
    assert "<b>" not in columns("<b>", [MonthShown(name="2026-10", words="Oct 2026", count=1)])
