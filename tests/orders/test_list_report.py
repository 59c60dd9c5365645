"""The preview and the CSV of what a list came to: complete, masked, and no formula in it."""

import csv
import io
from datetime import date

import pytest

from gateway.orders.list_report import preview, report_csv
from gateway.orders.request_list import ListRules, RequestList, read_request_list

RULES = ListRules(today=date(2026, 11, 24))
GOOD = (
    "customer,title,author,article title,isbn,pickup,need by,note\n"
    '29999000001230,The Imaginary Almanac,"Invented, Ina",,,MAIN,2026-12-24,asap\n'
    "29999000001248,Journal of Imaginary Facts,,On Cafés,,,,\n"
    "123,,,,0306406152,,,\n"
)


def read(text: str) -> RequestList:
    return read_request_list(text.encode(), RULES)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_preview_of_a_good_list():
    assert preview(read(GOOD)).splitlines() == [
        "3 requests, 0 errors, 0 warnings: the list can be imported.",
        "line 2: Loan · The Imaginary Almanac / Invented, Ina · for …1230 · pickup at MAIN · needed by 2026-12-24 · note: asap",
        "line 3: Copy · On Cafés / Journal of Imaginary Facts · for …1248",
        "line 4: Loan · ISBN 9780306406157 · for …",
    ]


def test_the_preview_of_a_list_with_problems():
    text = "customer,title,isbn\n,A,\n29999000001234,B,0306406153\n"
    assert preview(read(text)).splitlines() == [
        "1 request, 1 error, 2 warnings: nothing is imported until the errors are mended.",
        "line 3: Loan · B · for …1234",
        "line 2, customer: error: empty: every request is for a customer",
        "line 3: warning: The check digit of the ISBN is wrong. It is kept as given: look whether it was mistyped.",
        "line 3, customer: warning: the check digit of the customer's barcode is wrong: compare it with the card",
    ]


def test_a_file_as_a_whole_is_told_as_such():
    assert preview(read("customer,title\n")).splitlines()[1:] == ["the file: error: there is no request in it"]


def test_the_csv_holds_everything_in_the_order_of_lines():
    assert rows(report_csv(read("customer,title\n29999000001230,A\n,B\n"))) == [
        ["line", "result", "column", "what is wrong, or what is asked for"],
        ["2", "request", "", "A"],
        ["3", "error", "customer", "empty: every request is for a customer"],
    ]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1"])
def test_no_title_becomes_a_formula(title):
    assert rows(report_csv(read(f"customer,title\n29999000001230,{title}\n")))[1][3] == f"'{title}"
