"""Every CSV that we write is safe to open in a spreadsheet, and is read back as it was."""

import ast
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway
from gateway.spreadsheets import cell_text, csv_text, safe_cell

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "'=1+1")
WRITERS = frozenset({"DictWriter", "writerow", "writerows"})
"""What of the module `csv` writes."""
OTHERS_MAY = {"demo/acs/collection.py"}
"""Writes what our own item list import reads, of made-up titles."""


@pytest.mark.parametrize("text", ["", "'", "A title", "1 + 1 = 2", "'tis"])
def test_other_texts_stay_as_they_are(text: str):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_a_formula_is_a_text(text: str):
    assert safe_cell(text) == f"'{text}"


@given(st.text() | st.sampled_from(FORMULAS))
def test_a_safe_cell_begins_no_formula_and_is_read_back(text: str):
    safe = safe_cell(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert cell_text(safe) == text


def test_a_list_has_its_headings_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(csv_text(("a", "b"), [(-1, "-1"), (2, 'x"y')]), newline="")))
    assert rows == [["a", "b"], ["-1", "'-1"], ["2", 'x"y']]


def test_nobody_else_writes_csv():
    """Whoever adds an export finds this, and `csv_text`."""
    root = Path(gateway.__file__).parent
    writers = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if writes_csv(path.read_text("utf-8"))}
    assert writers - OTHERS_MAY == {"spreadsheets.py"}


def writes_csv(source: str) -> bool:
    """Say whether a module uses any of the names; one in which none of them stands need not be parsed."""
    if not any(name in source for name in WRITERS):
        return False
    names = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return bool(names & WRITERS)
