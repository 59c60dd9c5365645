"""Figures by the API: each with its definition, reports, files, and what is behind a number."""

import csv
import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.desk.workbooks import XLSX
from gateway.reports.catalogue import FIGURES
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.web.api import PREFIX
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind
from tests.reports.lived import two_years_and_money
from tests.store.fresh import Fill
from tests.web.known import START, a_request, keep
from tests.web.live import Live

YEAR = "2025"


@pytest.fixture
def fill() -> Fill:
    """A library with two years of made-up requests, and a year of money."""
    return two_years_and_money


async def asked(live: Live, path: str, status: int = 200):
    got, answer = await live.call("GET", path, role="viewer")
    assert got == status, answer
    return answer


async def test_every_figure_and_report_is_listed_with_its_definition(live: Live):
    listed = await asked(live, "/figures")
    assert [each["name"] for each in listed["figures"]] == [figure.name for figure in FIGURES]
    assert all(each["definition"] for each in listed["figures"])
    assert [each["name"] for each in listed["reports"]] == ["annual", "arl", "board"]


@pytest.mark.parametrize("figure", [figure.name for figure in FIGURES])
async def test_a_figure_of_a_year_stands_beside_the_year_before(live: Live, figure: str):
    found = await asked(live, f"/figures/{figure}?period={YEAR}")
    assert (found["period"]["first"], found["period"]["last"]) == ("2024-07-01", "2025-06-30")
    assert found["before"] == found["year_ago"]
    assert found["to_follow"] == 0
    (shown,) = found["figures"]
    assert all(len(row["cells"]) == len(shown["columns"]) for row in shown["rows"])
    assert shown["headline"] in {column["name"] for column in shown["columns"]}
    if shown["months"]:
        place = [column["name"] for column in shown["columns"]].index(shown["headline"])
        row = next(row for row in shown["rows"] if row["name"] == shown["months"][0]["row"])
        months = [month["value"] for month in shown["months"] if month["row"] == row["name"]]
        assert sum(map(Decimal, map(str, months))) == Decimal(str(row["cells"][place]))


async def test_a_number_opens_the_requests_behind_it(live: Live):
    found = await asked(live, f"/figures/provided?period={YEAR}")
    total = found["figures"][0]["rows"][-1]["cells"][0]
    assert total
    behind = await asked(live, f"/figures/provided/requests?period={YEAR}")
    assert sum(row["count"] for row in behind["rows"]) == total
    assert all(row["request"].startswith("L-") for row in behind["rows"])
    decided = await asked(live, f"/figures/trust-lines/requests?period={YEAR}&column=answer")
    assert decided["rows"]
    assert all("answered:" in row["words"] and "proposed:" in row["words"] for row in decided["rows"])


async def test_a_reason_is_said_in_words_and_not_by_its_code(live: Live):
    (why_not,) = (await asked(live, f"/figures/why-not-lending?period={YEAR}"))["figures"]
    words = {row["name"]: row["words"] for row in why_not["rows"]}
    assert words["NotHeld"] == "Not held"
    (lenders,) = (await asked(live, f"/figures/why-not-borrowing?period={YEAR}"))["figures"]
    assert "Unfilled: not held" in [row["words"] for row in lenders["rows"]]
    behind = await asked(live, f"/figures/why-not-lending/requests?period={YEAR}&row=NotHeld&column=unfilled")
    assert {row["reason"] for row in behind["rows"]} == {"Not held"}
    decided = await asked(live, f"/figures/trust-lines/requests?period={YEAR}&column=answer&limit=1000")
    assert "proposed: unfilled, not held; answered: supply; another answer" in {row["words"] for row in decided["rows"]}


MONEY = "2026"
OF_MONEY = ["bills", "open-bills", "lenders-invoices", "owed-to-lenders"]


@pytest.mark.parametrize("figure", OF_MONEY)
async def test_a_number_of_money_opens_what_was_booked(live: Live, figure: str):
    (shown,) = (await asked(live, f"/figures/{figure}?period={MONEY}"))["figures"]
    assert {column["opens"] for column in shown["columns"]} == {"entries"}
    total = next(row for row in shown["rows"] if row["name"] == "total/USD")
    for column, cell in zip(shown["columns"], total["cells"], strict=True):
        path = f"/figures/{figure}/entries?period={MONEY}&row=total/USD&column={column['name']}"
        behind = await asked(live, path)
        assert (behind["amount"], behind["currency"], behind["next"]) == (cell, "USD", None)
        assert sum((Decimal(row["amount"]) for row in behind["rows"]), Decimal(0)) == Decimal(cell)
        for row in behind["rows"]:
            assert row["number"]
            got, _ = await live.call("GET", f"/{behind['books']}/{row['id']}", role="viewer")
            assert got == 200


async def test_the_page_of_work_says_since_when_the_oldest_open_task_waits(live: Live):
    path = f"/figure-groups/work?period={YEAR}"
    assert (await asked(live, path))["oldest_task"] is None
    for name, days in (("r1", 9), ("r2", 5), ("r3", 2)):
        await keep(live.store, a_request(name))
        entry = HistoryEntry(at=START - timedelta(days=days), by="x", kind=HistoryKind.DECISION, words="so it goes")
        task = OpenTask(kind=TaskKind.CANNOT_FIND, words="Not at the desk.")
        await live.store.commit(Change(history_of=name, history=(entry,), open_tasks=(task,)))
    by_request = {task.request: task for task in await live.store.tasks()}
    assert (await asked(live, path))["oldest_task"] == "2026-10-19T09:00:00Z"
    closed = HistoryEntry(at=START, by="x", kind=HistoryKind.DECISION, words="found")
    assert await live.store.close_task(by_request["r1"], at=START, entry=closed)
    assert (await asked(live, path))["oldest_task"] == "2026-10-23T09:00:00Z"


async def test_fees_open_the_requests_with_their_amounts(live: Live):
    (shown,) = (await asked(live, f"/figures/fees?period={YEAR}"))["figures"]
    for row in shown["rows"]:
        for column, cell in zip(shown["columns"], row["cells"], strict=True):
            path = f"/figures/fees/requests?period={YEAR}&row={row['name']}&column={column['name']}&limit=1000"
            behind = (await asked(live, path))["rows"]
            assert sum((Decimal(each["amount"]) for each in behind), Decimal(0)) == Decimal(cell)


async def test_the_annual_report_has_its_lines_of_money_by_currency(live: Live):
    rows = (await asked(live, f"/reports/annual?period={MONEY}"))["rows"]
    found = {(row["figure"], row["column"], row["row"]): row for row in rows}
    assert {row["figure"] for row in rows} >= set(OF_MONEY)
    for figure in OF_MONEY:
        (shown,) = (await asked(live, f"/figures/{figure}?period={MONEY}"))["figures"]
        totals = {row["name"]: row["cells"] for row in shown["rows"] if row["is_total"]}
        assert set(totals) <= {"total/JPY", "total/KWD", "total/USD"}
        for place, column in enumerate(shown["columns"]):
            lines = {name: found.get((figure, column["name"], name)) for name in totals}
            assert all(line is None or line["value"] == totals[name][place] for name, line in lines.items())
    parts = list(dict.fromkeys(row["part"] for row in rows))
    assert parts[:3] == [
        "What went out and came in",
        "What was asked for, and filled",
        "What other libraries owe us, USD",
    ]
    assert [row["row"] for row in rows if row["column"] == "billed"] == ["total/USD", "total/JPY", "total/KWD"]
    digits = {row["row"][-3:]: row["value"].partition(".")[2] for row in rows if row["column"] == "older"}
    assert {currency: len(of) for currency, of in digits.items()} == {"USD": 2, "JPY": 0, "KWD": 3}
    assert (await asked(live, "/reports/annual?period=2019"))["rows"][-1]["value"] == "0.00"


async def test_pages_of_requests_follow_each_other(live: Live):
    path = f"/figures/came/requests?period={YEAR}&column=lending"
    everything = (await asked(live, path))["rows"]
    first = await asked(live, f"{path}&limit=3")
    rest = await asked(live, f"{path}&after={first['next']}")
    assert first["rows"] + rest["rows"] == everything


@pytest.mark.parametrize("report", ["annual", "arl", "board"])
async def test_a_report_has_its_lines_and_the_definitions_that_it_uses(live: Live, report: str):
    shown = await asked(live, f"/reports/{report}?period={YEAR}")
    assert shown["rows"]
    assert {row["figure"] for row in shown["rows"]} == {each["name"] for each in shown["definitions"]}
    provided = (await asked(live, f"/figures/provided?period={YEAR}"))["figures"][0]["rows"][-1]["cells"][0]
    assert provided in [row["value"] for row in shown["rows"]]


@pytest.mark.process
@pytest.mark.parametrize(
    "path", ["/figures/partners", "/figure-groups/supply", "/figure-groups/time", "/reports/annual", "/figures/export"]
)
async def test_everything_is_there_as_csv_and_as_a_workbook(live: Live, path: str):
    headers = {"Authorization": f"Bearer {live.tokens['viewer']}"}
    async with live.http.get(f"{live.url}{PREFIX}{path}?period={YEAR}&format=csv", headers=headers) as answer:
        rows = list(csv.reader(io.StringIO(await answer.text())))
        assert answer.status == 200
    assert len(rows) > 2
    assert len({len(row) for row in rows}) == 1, "every row has every column"
    async with live.http.get(f"{live.url}{PREFIX}{path}?period={YEAR}&format=xlsx", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, XLSX)
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert book.testzip() is None
    assert "xl/worksheets/sheet1.xml" in book.namelist()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/figures/provided?period=soon", 422, "a month like 2026-10"),
        ("/figures/provided?period=1900-01-01..2020-01-01", 422, "ten years"),
        ("/figures/fame", 404, "There is no such figure"),
        ("/reports/fame", 404, "There is no such report"),
        ("/figures/provided/requests?column=rate", 404, "nothing is behind it"),
        ("/figures/provided/requests?row=fame", 404, "no such line"),
        ("/figures/bills/requests?row=total/USD&column=paid", 404, "nothing is behind it"),
        ("/figures/provided/entries?row=total&column=count", 404, "nothing is behind it"),
        ("/figures/bills/entries?period=2026&row=total/XAU&column=paid", 404, "no such line"),
    ],
)
async def test_what_there_is_none_of_is_said_in_words(live: Live, path: str, status: int, words: str):
    assert words in (await asked(live, path, status))["detail"]
