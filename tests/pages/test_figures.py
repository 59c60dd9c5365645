"""The pages of figures: groups, reports, what is behind a number, and charts that say each number in text."""

import re
import threading
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.desk.access import Caller
from gateway.desk.statistics import show_group
from gateway.desk.structs.statistics import (
    ColumnShown,
    FigureGroup,
    MonthShown,
    Opens,
    RowShown,
    StatisticShown,
    StatisticsQuery,
    StatisticsShown,
)
from gateway.pages import charts
from gateway.pages.charts import columns
from gateway.pages.figures import SHORT, shortened
from gateway.reports.catalogue import of_group
from gateway.reports.figure import Group, Unit
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn, Site
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


def month(value: int | str, currency: str = "", name: str = "2026-10") -> MonthShown:
    return MonthShown(name=name, words="Oct 2026", row="total", currency=currency, value=value)


def test_months_of_nothing_are_not_drawn() -> None:
    assert columns("x", [month(0)]) == ""
    assert "<text" in columns("<b>", [month(1)])
    assert "<b>" not in columns("<b>", [month(1)])


# ── money ────────────────────────────────────────────────────────────────────────────────────────


def drawn_in(html: str) -> list[tuple[str, list[str]]]:
    """Each chart of a page: what it is called, and the numbers that it says."""
    charts = re.findall(r'<svg class="chart"[^>]* aria-label="([^"]*)"[^>]*>(.*?)</svg>', html, re.DOTALL)
    return [(label, re.findall(r'class="value[^"]*">([^<]*)<', inside)) for label, inside in charts]


async def test_money_is_drawn_for_each_currency_apart_with_its_exact_amounts(viewer: Browser, site: Site) -> None:
    _, html = await viewer.get("/figures?group=money&period=2026")
    drawn = drawn_in(html)
    assert {label.rpartition(", ")[2] for label, _ in drawn} == {"USD", "JPY", "KWD"}
    caller, query = Caller("x", StaffRole.VIEWER), StatisticsQuery(period="2026")
    shown = await show_group(site.live.desk, caller, FigureGroup.MONEY, query)
    assert isinstance(shown, StatisticsShown)
    for figure in shown.figures:
        for currency in {row.currency for row in figure.rows}:
            check_bars(figure, currency, drawn)
            check_months(figure, currency, drawn)
    titles = {figure.title for figure in shown.figures if any(label.startswith(figure.title) for label, _ in drawn)}
    assert titles == {figure.title for figure in of_group(Group.MONEY)}


def check_bars(figure: StatisticShown, currency: str, drawn: list[tuple[str, list[str]]]) -> None:
    """The highest twelve lines, with the amounts of the table."""
    place = [column.name for column in figure.columns].index(figure.headline)
    rows = [row for row in figure.rows if row.currency == currency and not row.is_total]
    amounts = sorted((Decimal(str(row.cells[place])) for row in rows), reverse=True)
    label = f"{figure.title}: {figure.columns[place].words}, {currency}"
    if amounts[0] > 0:
        assert [numbers for of, numbers in drawn if of == label] == [[f"{each:,}" for each in amounts[:12]]]


def check_months(figure: StatisticShown, currency: str, drawn: list[tuple[str, list[str]]]) -> None:
    """Every month of what adds up, and all of them are the year."""
    months = [each for each in figure.months if each.currency == currency]
    amounts = [Decimal(str(each.value)) for each in months]
    label = f"{figure.title}, month by month, {currency}"
    expected = [[f"{amount:,}" for amount in amounts]] if any(amount > 0 for amount in amounts) else []
    assert [numbers for of, numbers in drawn if of == label] == expected
    assert len(months) == (12 if figure.adds_up else 0)
    if months:
        place = [column.name for column in figure.columns].index(figure.headline)
        together = next(row for row in figure.rows if row.name == months[0].row)
        assert sum(amounts) == Decimal(str(together.cells[place]))


async def test_fees_are_drawn_again(viewer: Browser) -> None:
    _, html = await viewer.get(f"/figures?group=money&period={YEAR}")
    labels = [label for label, _ in drawn_in(html) if label.startswith("Fees for loans and copies")]
    assert labels == [
        "Fees for loans and copies: Other libraries pay us, USD",
        "Fees for loans and copies, month by month, USD",
    ]


def figure_of(rows: list[RowShown], months: list[MonthShown] | None = None) -> StatisticShown:
    """A figure of one column of amounts."""
    column = ColumnShown(name="paid", words="Paid", unit="amount", opens=Opens.ENTRIES, no_list="")
    return StatisticShown(
        name="bills", group=FigureGroup.MONEY, title="Billed", definition="", adds_up=True, headline="paid",
        columns=(column,), rows=tuple(rows), months=tuple(months or ()),
    )  # fmt: skip


def line(number: int, amount: str, before: str | None = None, currency: str = "USD") -> RowShown:
    return RowShown(
        name=str(number), words=f"Partner {number}", currency=currency, cells=(amount,), before=before, year_ago=None, is_total=False
    )  # fmt: skip


def test_the_highest_amounts_are_drawn_and_how_many_are_left_out_is_told() -> None:
    (drawn,) = charts.bars(figure_of([line(number, f"{number}.00") for number in range(1, 31)]))
    assert (drawn.currency, drawn.left_out) == ("USD", 18)
    assert drawn_in(drawn.svg)[0][1] == [f"{number}.00" for number in range(30, 18, -1)]


@given(st.lists(st.tuples(st.integers(-(10**13), 10**13), st.integers(-(10**13), 10**13)), min_size=1, max_size=12))
def test_no_bar_and_no_number_leaves_the_drawing(amounts: list[tuple[int, int]]) -> None:
    """Also of the highest amounts, of those below nothing, and beside a higher period before."""
    rows = [line(n, str(Decimal(now).scaleb(-3)), str(Decimal(was).scaleb(-3))) for n, (now, was) in enumerate(amounts)]
    months = [month(row.cells[0], "USD") for row in rows]  # type: ignore[arg-type]
    shown = figure_of(rows, months)
    for drawn in (*charts.bars(shown), *charts.months(shown)):
        for left, wide in re.findall(r'<rect x="([^"]+)" y="[^"]+" width="([^"]+)"', drawn.svg):
            assert 0 <= float(left) <= float(left) + float(wide) <= charts.WIDE
        for left, text in re.findall(r'<text x="([^"]+)" y="[^"]+" class="value">([^<]+)<', drawn.svg):
            assert float(left) + len(text) * 6.6 <= charts.WIDE


def test_currencies_are_never_drawn_to_one_scale() -> None:
    drawn = charts.bars(figure_of([line(1, "5.00"), line(2, "100000", currency="JPY"), line(3, "10.00")]))
    assert [each.currency for each in drawn] == ["USD", "JPY"]
    assert [len(drawn_in(each.svg)[0][1]) for each in drawn] == [2, 1]


def test_the_course_of_many_months_is_columns_without_numbers() -> None:
    months = [month("5.00", "USD", f"m-{number}") for number in range(60)]
    (drawn,) = charts.months(figure_of([], months))
    assert (drawn_in(drawn.svg)[0][1], len(drawn.months), drawn.has_numbers) == ([], 60, False)


# ── what a number opens ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("group", FigureGroup)
async def test_every_count_on_a_page_is_a_link_or_says_why_not(viewer: Browser, group: FigureGroup) -> None:
    _, html = await viewer.get(f"/figures?group={group}&period={YEAR}")
    for figure in of_group(Group(group.value)):
        part = html.split(f'id="{figure.name}"')[1].split("</section>")[0]
        closed = {column.words for column in figure.columns if column.no_list}
        if closed:
            assert "no list can be opened" in part
        for column in figure.columns:
            cells = re.findall(rf'data-label="{re.escape(column.words)}">(.*?)</td>', part)
            opens = [cell for cell in cells if "<a href=" in cell]
            plain = [cell for cell in cells if "<a href=" not in cell]
            if column.unit in {Unit.COUNT, Unit.AMOUNT} and column.words not in closed:
                assert not {cell for cell in plain if re.search("[1-9]", cell)}, column.words
            else:
                assert column.behind or not opens


async def test_what_stands_beside_from_the_period_before_opens_too(viewer: Browser) -> None:
    _, html = await viewer.get("/figures?group=supply&period=2026")
    link = re.search(r'href="(/figures/provided/requests\?period=2025&amp;[^"]+)"', html)
    assert link
    status, behind = await viewer.get(link[1].replace("&amp;", "&"))
    assert status == 200
    assert re.search(r'href="/requests/L-\d+"', behind)


# ── many lines ───────────────────────────────────────────────────────────────────────────────────


def test_of_many_lines_the_page_has_the_first_and_every_total() -> None:
    total = msgspec.structs.replace(line(0, "1.00"), is_total=True)
    totals = [msgspec.structs.replace(total, name=f"total/{currency}") for currency in ("EUR", "USD")]
    rows = [line(number, "1.00") for number in range(100)]
    assert shortened(figure_of([*rows, *totals])) == [*rows[:SHORT], *totals]
    assert list(shortened(figure_of([*rows[:SHORT], *totals]))) == [*rows[:SHORT], *totals]


async def test_a_page_of_thousands_of_cells_is_written_off_the_event_loop(
    viewer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    drawn = charts.drawn

    def heard(figure: StatisticShown) -> object:
        threads.append(threading.current_thread())
        return drawn(figure)

    monkeypatch.setattr(charts, "drawn", heard)
    assert (await viewer.get(f"/figures?group=money&period={YEAR}"))[0] == 200
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("page", ["/figures?group=fill&", "/figures/reports/board?"])
@pytest.mark.parametrize(
    "typed", ["November 2026", "2026-13", "26", "2026-11-31..2026-12-02", "2026-12-02..2026-11-01"]
)
async def test_a_period_that_is_none_is_said_at_its_field_and_stays_there(
    viewer: Browser, page: str, typed: str
) -> None:
    status, html = await viewer.get(f"{page}period={typed}")
    assert status == 422
    assert f'value="{typed}"' in html
    assert 'id="period-problem"' in html
    assert 'aria-invalid="true"' in html
    assert '<table class="rows figures">' in html, "the usual period stands below"


async def test_what_is_wrong_with_a_period_says_what_one_is_like(viewer: Browser) -> None:
    for typed in ("2026-13", "x..y", "2026-02-30..2026-03-01"):
        _, html = await viewer.get(f"/figures?period={typed}")
        assert re.search(r'id="period-problem">A month like 2026-10, a fiscal year like 2026', html)


async def test_a_period_is_read_however_it_is_typed(viewer: Browser) -> None:
    status, html = await viewer.get(f"/figures?group=supply&period=%20{YEAR}-Q1%20")
    assert status == 200
    assert "<h1>Figures, 1 July 2024 to 30 September 2024</h1>" in html
