"""No float stands between an amount and the store: neither a literal, nor the type, nor a call that would make one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_MONEY = (
    *sorted((ROOT / "gateway/money").rglob("*.py")),
    *sorted((ROOT / "gateway").glob("*/bill*.py")),
    *sorted((ROOT / "gateway").glob("*/*/bill*.py")),
    *sorted((ROOT / "gateway").glob("*/money*.py")),
    *sorted((ROOT / "gateway").glob("*/*/money*.py")),
    *sorted((ROOT / "gateway").glob("*/invoice*.py")),
    *sorted((ROOT / "gateway").glob("*/booked*.py")),
    *(
        ROOT / "gateway" / name
        for name in (
            "mapping/charges.py",
            "workflow/charges.py",
            "reports/owed.py",
            "reports/folding.py",
            "workflow/facts.py",
            "store/facts_sql.py",
            "store/prices_tables.py",
            "desk/payments.py",
            "desk/statements.py",
            "desk/prices.py",
            "desk/entries.py",
            "desk/copyright.py",
            "desk/fee_bills.py",
        )
    ),
)


def floats(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()):
                yield f"line {node.lineno}: the literal {node.value!r}"
            case ast.Name(id="float"):
                yield f"line {node.lineno}: float"
            case ast.Attribute(attr="total_seconds" | "timestamp"):
                yield f"line {node.lineno}: {node.attr}"


@pytest.mark.parametrize("path", OF_MONEY, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_float_is_anywhere_near_money(path: Path):
    assert list(floats(ast.parse(path.read_text()))) == []


def test_the_room_was_looked_at():
    assert len(OF_MONEY) > 10


def test_a_float_would_be_found():
    assert list(floats(ast.parse("a = 0.1\nb = float('1')"))) == ["line 1: the literal 0.1", "line 2: float"]
