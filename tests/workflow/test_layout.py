"""The tables are laid out to be read down, and each row stands in a stage (layout.py)."""

from pathlib import Path

import pytest

import gateway
from gateway.dispatch.roles import TABLES
from tests.workflow.layout import WIDEST, laid_out, written

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


def test_every_row_is_written_in_a_stage():
    def made_in(folder: Path) -> list[str]:
        return [path.name for path in folder.rglob("*.py") if " row(" in path.read_text() or " no(" in path.read_text()]

    assert {path.name for path in written()} | {"machine.py", "engine.py"} == set(made_in(Path(gateway.__path__[0])))
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
