"""Workbooks as the gateway has them made: in a process of its own, which takes its modules from where the gateway's are."""

from pathlib import Path

import pytest

from gateway.desk.workbooks import in_one_piece
from gateway.dispatch.workbooks import Workbooks
from gateway.documents.sheet import SheetHead

pytestmark = pytest.mark.process


async def test_what_lies_in_the_folder_that_the_gateway_runs_in_is_no_module_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "msgspec.py").write_text("raise SystemExit('taken from the folder')\n")
    monkeypatch.chdir(tmp_path)
    book = await Workbooks().xlsx(SheetHead(title="Title", headings=("a", "b")), in_one_piece([["1", 2]]))
    assert book.startswith(b"PK")
