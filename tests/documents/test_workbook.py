"""A workbook's cells: numbers that people reckon with, of which no digit is lost, and texts that are no formulas."""

import re
import zipfile
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from gateway.desk.workbooks import _cell
from gateway.documents.sheet import SheetHead
from gateway.documents.workbook import write


def cells(path: Path, *rows: list[object]) -> list[str]:
    """What stands below the headings: the type of each cell, and what is in it."""
    read = msgspec.json.decode(msgspec.json.encode(rows))
    write(str(path), SheetHead(title="Title", headings=("a", "b")), read)
    with zipfile.ZipFile(path) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'<row r="(?!1"|2")\d+".*?</row>', page)
    return re.findall(r"<(?:v|t)[^>]*>(.*?)</(?:v|t)>", "".join(found))


@pytest.mark.parametrize(
    "amount", ["1000000000.00", "1000000000", "1000000000.001", "0.00", "-12.50", "99999999999999"]
)
def test_an_amount_is_a_number_with_all_its_digits(tmp_path: Path, amount: str) -> None:
    (found,) = cells(tmp_path / "x.xlsx", [_cell(amount, "amount", "xlsx")])
    assert Decimal(found) == Decimal(amount)
    assert _cell(amount, "amount", "csv") == amount


def test_what_has_more_digits_than_a_workbook_keeps_is_text(tmp_path: Path) -> None:
    amount = "1234567890123456.78"
    assert cells(tmp_path / "x.xlsx", [_cell(amount, "amount", "xlsx")]) == [amount]


def test_shares_are_numbers_that_are_shown_as_such(tmp_path: Path) -> None:
    assert cells(tmp_path / "x.xlsx", [_cell(0.875, "rate", "xlsx"), _cell(3, "count", "xlsx")]) == ["0.875", "3"]
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert 'formatCode="0.0%"' in book.read("xl/styles.xml").decode()


def test_a_text_is_no_formula(tmp_path: Path) -> None:
    assert cells(tmp_path / "x.xlsx", ["=cmd()"]) == ["=cmd()"]
