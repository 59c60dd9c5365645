"""No float stands between an amount and the store: neither a literal, nor the type, nor a call or a division that would make one.

Every module that has to do with amounts is looked at, found by what it names: decimals, `Money`, minor units, the room money. Times and
sizes may be floats there: by the house's rule their names carry a unit. Any other float has its line in `NO_AMOUNTS`, with its reason.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
NAMED: Final = ("money", "bill", "invoice", "booked", "price", "charge", "payment", "statement", "entries", "facts")
"""What the path of a module says that has to do with amounts, though it may name none."""
UNITS: Final = ("_s", "seconds", "_days", "_rate")
"""Endings of names of times and of parts of a whole."""
NO_AMOUNTS: Final = {
    "commands/acts.py:_add_act": "an option in seconds",
    "dispatch/keeping.py:SPARE": "a part of the store's size",
    "dispatch/keeping.py:nightly": "seconds until the night",
    "iso18626/texts.py:_rounded": "a decimal to the digits that a message has, rounded as a decimal",
    "money/amounts.py:share": "a decimal by a decimal, then rounded to the minor unit",
    "money/terms.py:_tax_on": "a decimal by a decimal: per cent, for `share`",
    "pages/charts.py": "lengths and places on paper; the amounts beside them are texts",
    "pages/words.py:lasted_words": "a time",
    "pages/words.py:is_some": "rates and days of figures; an amount is text there",
    "pages/words.py:figure_words": "rates and days of figures; an amount is text there",
    "partners/reading.py:_LEAVES": "the type of waits in records; amounts are decimals beside it",
    "partners/rules.py:_backoff": "waits in seconds",
    "reports/by_partner.py:_median": "days",
    "store/keeping_port.py:KeepingStore": "a part of the store's size",
    "store/keeping_tables.py:KeepingTables": "a part of the store's size",
    "workflow/borrowing_records.py:LenderLine": "points of a possible lender",
    "workflow/rota.py": "points and days of possible lenders: a cost becomes points, and nothing is paid by them",
}
"""Of modules, or of one definition in them: floats that are no amounts, and what they are."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def touches_money(tree: ast.Module) -> bool:
    """Whether a module names decimals, `Money`, whole numbers of a minor unit, or anything of the room money."""
    return any(_is_of_money(node) for node in ast.walk(tree))


def _is_of_money(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(module=str(module), names=names):
            return module.startswith(("gateway.money", "decimal")) or any(each.name == "Money" for each in names)
        case ast.ClassDef(name=name) | ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return name in {"Decimal", "Money"} or "minor" in name
        case ast.Constant(value=str(text)):
            return "_minor" in text
    return False


def floats(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each float that no unit excuses: within which definition of the module, and what it is."""
    for part in tree.body:
        yield from ((_name_of(part), words) for words in _floats(part))


def _name_of(part: ast.stmt) -> str:
    match part:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return "the module"


def _floats(node: ast.AST) -> Iterator[str]:
    if has_unit(node):
        return
    match node:
        case ast.Constant(value=float()):
            yield f"line {node.lineno}: the literal {node.value!r}"
        case ast.Name(id="float" | "round"):
            yield f"line {node.lineno}: {node.id}"
        case ast.Attribute(attr="total_seconds" | "timestamp"):
            yield f"line {node.lineno}: {node.attr}"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            yield f"line {node.lineno}: {ast.unparse(node)}"
    for below in ast.iter_child_nodes(node):
        yield from _floats(below)


def has_unit(node: ast.AST) -> bool:
    """Whether it says what a name with a unit is: a field, a constant, a parameter, what a function returns."""
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            return name.lower().endswith(UNITS)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.lower().endswith(UNITS)
    return False


def named(path: Path) -> str:
    return str(path.relative_to(ROOT / "gateway"))


def has_to_do_with_money(path: Path) -> bool:
    return any(word in named(path) for word in NAMED) or touches_money(parsed(path))


OF_MONEY: Final = [path for path in sorted((ROOT / "gateway").rglob("*.py")) if has_to_do_with_money(path)]


def unexcused(path: Path) -> list[str]:
    module = named(path)
    found = floats(parsed(path))
    return [words for where, words in found if NO_AMOUNTS.keys().isdisjoint({module, f"{module}:{where}"})]


@pytest.mark.parametrize("path", OF_MONEY, ids=named)
def test_no_float_is_anywhere_near_money(path: Path):
    assert unexcused(path) == []


@pytest.mark.parametrize(
    "module",
    [
        "workflow/values.py",
        "dispatch/performers/invoice_letters.py",
        "desk/structs/invoices.py",
        "desk/behind.py",
        "desk/statistics.py",
        "reports/by_partner.py",
        "iso18626/values.py",
        "iso18626/dialects/amounts.py",
        "mapping/inbound.py",
        "mapping/outbound.py",
        "mapping/requested.py",
        "mapping/supplied.py",
        "policy/judging.py",
        "documents/workbook.py",
        "store/facts_sql.py",
        "reports/folding.py",
        "money/currencies.py",
    ],
)
def test_modules_of_every_room_that_touch_money_are_looked_at(module: str):
    assert module in set(map(named, OF_MONEY))


def test_each_reason_is_that_of_a_float_that_is_there():
    there = {
        each
        for path in OF_MONEY
        for where, _ in floats(parsed(path))
        for each in (named(path), f"{named(path)}:{where}")
    }
    assert NO_AMOUNTS.keys() <= there


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a = 0.1", "line 1: the literal 0.1"),
        ("b = float('1')", "line 1: float"),
        ("def f(a, b):\n    return a / b", "line 2: a / b"),
        ("def f(a, b):\n    a /= b", "line 2: a /= b"),
        ("c = round(x)", "line 1: round"),
        ("d = took.total_seconds()", "line 1: total_seconds"),
        ("class A:\n    amount: float", "line 2: float"),
    ],
)
def test_a_float_would_be_found(source: str, found: str):
    assert found in [words for _, words in floats(ast.parse(source))]


def test_times_that_carry_their_unit_are_no_amounts():
    source = "wait_s: float = 0.5\nLONGEST_S = 3600.0\ndef f(pause_s: float) -> None:\n    g(wait_s=0.5)"
    assert list(floats(ast.parse(source))) == []
