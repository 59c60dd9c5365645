"""The tables are laid out to be read down, and each row stands in a stage (layout.py)."""

from pathlib import Path

import pytest

import gateway
from gateway.dispatch.roles import TABLES
from gateway.workflow.records import Role
from tests.workflow.layout import WIDEST, blocks, by_hand, laid_out, written

ROOT = Path(gateway.__path__[0])
FILES = pytest.mark.parametrize("path", written(), ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
MOST_LINES = 100


@FILES
def test_columns_line_up(path: Path):
    """`python -m tests.workflow.layout` lays them out."""
    assert path.read_text() == laid_out(path.read_text())


@FILES
def test_no_row_is_wider_and_no_stage_longer_than_can_be_read(path: Path):
    lines = path.read_text().splitlines()
    assert max(map(len, lines)) <= WIDEST
    assert len(lines) <= MOST_LINES


@pytest.mark.parametrize("path", by_hand(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_row_of_any_table_is_wider_than_can_be_read(path: Path):
    wide = [line for block in blocks(path.read_text()) for line in block if len(line) > WIDEST]
    assert wide == []


def test_a_row_that_stands_in_both_tables_is_written_once():
    """In acts/rows.py."""
    lending, borrowing = (TABLES[role].rows for role in (Role.LENDING, Role.BORROWING))
    twice = [row for row in lending for other in borrowing if row == other and row is not other]
    assert twice == []


def test_every_row_is_written_in_a_stage():
    def made_in(folder: Path) -> list[str]:
        return [path.name for path in folder.rglob("*.py") if " row(" in path.read_text() or " no(" in path.read_text()]

    assert {path.name for path in written()} | {"machine.py", "engine.py"} == set(made_in(ROOT))
    assert sum(len(table.rows) for table in TABLES.values()) > len(written())


def test_a_block_is_put_in_columns():
    text = (
        "# fmt: off\nROWS = (\n"
        '    row(S.LOANED, T.RENEW, "asked", S.RENEWING, act.renew, when=guards.may),\n'
        '    no(S.OVERDUE, T.SHIP, "It is out."),\n'
        '    row(ANY, T.FORCE, "force", STAYS),\n'
        ")\n# fmt: on\n"
    )
    assert laid_out(text) == (
        "# fmt: off\nROWS = (\n"
        '    row(S.LOANED, T.RENEW, "asked", S.RENEWING, act.renew, when=guards.may),\n'
        '    no(S.OVERDUE, T.SHIP,  "It is out."),\n'
        '    row(ANY,      T.FORCE, "force", STAYS),\n'
        ")\n# fmt: on\n"
    )
