"""No float stands between an amount and the store: neither a literal, nor the type, nor a call or a division that would make one.

Every module that has to do with amounts is looked at, found by what it names: decimals, `Money`, minor units, the room money. Times and
sizes may be floats there: by the house's rule their names carry a unit. Any other float has its line in `NO_AMOUNTS`, with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
NAMED: Final = ("money", "bill", "invoice", "booked", "price", "charge", "payment", "statement", "entries", "facts")
"""What the path of a module says that has to do with amounts, though it may name none."""
WORDS: Final = re.compile("Decimal|Money|minor|gateway.money|decimal")
"""No module without any of these touches money: it need not be parsed."""
UNITS: Final = ("_s", "seconds", "_days", "_rate")
"""Endings of names of times and of parts of a whole."""
NO_AMOUNTS: Final = {
    "commands/acts.py:_add_corrections": "an option in seconds",
    "commands/output.py:how_far": "minutes that are left",
    "dispatch/keeping.py:SPARE": "a part of the store's size",
    "dispatch/keeping.py:nightly": "seconds until the night",
    "iso18626/texts.py:_rounded: round": "a decimal to the digits that a message has, rounded as a decimal",
    "money/amounts.py:share: amount * percent / _PERCENT": "a decimal by a decimal, then rounded to the minor unit",
    "money/terms.py:_tax_on: 100 * tax / taxed": "a decimal by a decimal: per cent, for `share`",
    "pages/charts.py": "lengths and places on paper; the amounts beside them are texts",
    "pages/words.py:lasted_words": "a time",
    "pages/words.py:is_some": "rates and days of figures; an amount is text there",
    "pages/words.py:figure_words": "rates and days of figures; an amount is text there",
    "partners/reading.py:_LEAVES": "the type of waits in records; amounts are decimals beside it",
    "partners/rules.py:_backoff": "waits in seconds",
    "reports/by_partner.py:_median: float": "days",
    "store/keeping_port.py:KeepingStore": "a part of the store's size",
    "store/keeping_tables.py:KeepingTables": "a part of the store's size",
    "workflow/borrowing_records.py:LenderLine": "points of a possible lender",
    "workflow/rota.py": "points and days of possible lenders: a cost becomes points, and nothing is paid by them",
}
"""Of modules, of one definition in them, or of one expression in that: floats that are no amounts, and what they are."""


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


class Found(NamedTuple):
    """A float that no unit excuses."""

    where: str
    """Within which definition of its module."""
    line: int
    what: str

    def reasons(self, module: str) -> set[str]:
        """Under what it can stand in `NO_AMOUNTS`."""
        return {module, f"{module}:{self.where}", f"{module}:{self.where}: {self.what}"}


def floats(tree: ast.Module) -> Iterator[Found]:
    for part in tree.body:
        yield from (Found(_name_of(part), line, what) for line, what in _floats(part))


def _name_of(part: ast.stmt) -> str:
    match part:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return "the module"


def _floats(node: ast.AST) -> Iterator[tuple[int, str]]:
    if has_unit(node):
        return
    match node:
        case ast.Constant(value=float()):
            yield node.lineno, f"the literal {node.value!r}"
        case ast.Name(id="float" | "round"):
            yield node.lineno, node.id
        case ast.Attribute(attr="total_seconds" | "timestamp"):
            yield node.lineno, node.attr
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            yield node.lineno, ast.unparse(node)
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
    return any(word in named(path) for word in NAMED) or (
        WORDS.search(path.read_text()) is not None and touches_money(parsed(path))
    )


@cache
def of_money() -> tuple[Path, ...]:
    """The modules that have to do with money: looked for once the first test asks, not by everyone who collects tests."""
    return tuple(path for path in sorted((ROOT / "gateway").rglob("*.py")) if has_to_do_with_money(path))


def unexcused(path: Path) -> list[Found]:
    return [found for found in floats(parsed(path)) if NO_AMOUNTS.keys().isdisjoint(found.reasons(named(path)))]


def test_no_float_is_anywhere_near_money():
    found = {named(path): unexcused(path) for path in of_money()}
    assert {module: floats for module, floats in found.items() if floats} == {}


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
    assert module in set(map(named, of_money()))


def test_each_reason_is_that_of_a_float_that_is_there():
    there = {reason for path in of_money() for found in floats(parsed(path)) for reason in found.reasons(named(path))}
    assert NO_AMOUNTS.keys() <= there


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a = 0.1", (1, "the literal 0.1")),
        ("b = float('1')", (1, "float")),
        ("def f(a, b):\n    return a / b", (2, "a / b")),
        ("def f(a, b):\n    a /= b", (2, "a /= b")),
        ("c = round(x)", (1, "round")),
        ("d = took.total_seconds()", (1, "total_seconds")),
        ("class A:\n    amount: float", (2, "float")),
    ],
)
def test_a_float_would_be_found(source: str, found: tuple[int, str]):
    assert found in [each[1:] for each in floats(ast.parse(source))]


def test_times_that_carry_their_unit_are_no_amounts():
    source = "wait_s: float = 0.5\nLONGEST_S = 3600.0\ndef f(pause_s: float) -> None:\n    g(wait_s=0.5)"
    assert list(floats(ast.parse(source))) == []
