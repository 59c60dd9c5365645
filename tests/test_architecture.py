"""ARCHITECTURE.md stays true: what can be compared with the sources is."""

import re
import tomllib
from pathlib import Path

import pytest

from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.diagram import mermaid
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import Table

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "ARCHITECTURE.md").read_text()


@pytest.mark.parametrize(("mark", "table"), [("diagram", LENDING), ("borrowing diagram", BORROWING)])
def test_the_diagrams_of_states_are_the_tables_own(mark: str, table: Table):
    """`ill-gateway diagram [--role borrowing]` prints what belongs between the marks."""
    shown = TEXT.partition(f"<!-- {mark}: begin -->")[2].partition(f"<!-- {mark}: end -->")[0]
    assert shown.strip() == f"```mermaid\n{mermaid(table).strip()}\n```"


def test_every_file_and_folder_that_is_named_exists():
    named = re.findall(r"`([\w./-]+(?:\.(?:py|toml|yml|sql|json)|/))`", TEXT)
    assert named
    missing = [name for name in named if not any((base / name).exists() for base in (ROOT, ROOT / "gateway"))]
    assert missing == []


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=;\[]", dependency)[0].strip() for dependency in project["dependencies"]]
    table = TEXT.partition("## Libraries")[2]
    assert [name for name in names if name not in table] == []


def test_no_module_has_more_than_400_lines():
    long = [path for path in (ROOT / "gateway").rglob("*.py") if len(path.read_text().splitlines()) > 400]
    assert [str(path.relative_to(ROOT)) for path in long] == []


def test_the_demonstrations_circulation_system_is_a_stranger_to_every_room():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (forbidden,) = [
        each["forbidden_modules"] for each in contracts if each.get("source_modules") == ["gateway.demo.acs"]
    ]
    rooms = {
        path.stem for path in (ROOT / "gateway").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {name.removeprefix("gateway.") for name in forbidden} == rooms - {"__init__", "demo"}
