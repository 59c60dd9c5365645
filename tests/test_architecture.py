"""ARCHITECTURE.md stays true: what can be compared with the sources is."""

import re
import tomllib
from pathlib import Path

from gateway.workflow.diagram import mermaid
from gateway.workflow.lending.table import LENDING

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "ARCHITECTURE.md").read_text()


def test_the_diagram_of_states_is_the_tables_own():
    """`ill-gateway diagram` prints what belongs between the marks."""
    shown = TEXT.partition("<!-- diagram: begin -->")[2].partition("<!-- diagram: end -->")[0]
    assert shown.strip() == f"```mermaid\n{mermaid(LENDING).strip()}\n```"


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
