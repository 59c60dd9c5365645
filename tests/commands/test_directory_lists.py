"""`partners import` and `export` against a live API."""

import json
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.partners.test_directory_service import CROSSLINK


@pytest.mark.parametrize("form", ["json", "csv"])
async def test_what_was_exported_is_imported_without_a_change(shell: Shell, tmp_path: Path, form: str):
    path = tmp_path / f"partners.{form}"
    written = await shell.run("partners", "export", "--format", form)
    path.write_text(written.out)
    ran = await shell.run("partners", "import", str(path))
    assert (ran.code, ran.out) == (0, f"0 written, {2 if form == 'json' else 1} as they were.\n")


async def test_what_others_may_know_is_written_as_a_directory_and_read_as_one(shell: Shell, tmp_path: Path):
    path = tmp_path / "directory.json"
    path.write_text((await shell.run("partners", "export", "--format", "plain")).out)
    assert [each["id"] for each in json.loads(path.read_text())["libraries"]] == ["valley"]
    ran = await shell.run("partners", "import", "--service", str(path))
    assert (ran.code, ran.out) == (0, "0 written, 2 as they were.\n")


async def test_a_change_is_shown_before_it_is_made(shell: Shell, tmp_path: Path):
    path = tmp_path / "partners.csv"
    path.write_text("id,courier\nvalley,Example Courier 7\n")
    expected = ["partner valley: changed", "  courier: None -> Example Courier 7"]
    seen = await shell.run("partners", "import", "--dry-run", str(path))
    assert seen.out.splitlines() == [*expected, "1 would be written, 0 as they were."]
    made = await shell.run("partners", "import", str(path))
    assert made.out.splitlines() == [*expected, "1 written, 0 as they were."]


async def test_every_mistake_is_printed_with_its_row(shell: Shell, tmp_path: Path):
    path = tmp_path / "partners.csv"
    path.write_text("id,email\nvalley,nobody\n,x\n")
    ran = await shell.run("partners", "import", str(path))
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "The list can't be taken as it is; nothing was changed.",
        "  row 3, id: is missing",
        "  row 3, name: is missing",
        "  row 3, peer: is missing",
        "  row 2, email: is no e-mail address",
    ]


async def test_a_directory_service_is_read(shell: Shell, tmp_path: Path):
    path = tmp_path / "directory.json"
    path.write_text(json.dumps(CROSSLINK))
    ran = await shell.run("partners", "import", "--service", str(path))
    assert ran.out.splitlines() == [
        "Note: Example Unreachable Library has no endpoint of ISO 18626 there, and is not known here: left out.",
        "peer east: added",
        "partner east: added",
        "2 written, 0 as they were.",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.csv", "can't be read: No such file or directory."), ("list.xls", "the name must end in .csv")],
)
async def test_a_file_that_is_no_list_is_refused(shell: Shell, tmp_path: Path, name: str, words: str):
    ran = await shell.run("partners", "import", str(tmp_path / name))
    assert ran.code == 1
    assert words in ran.err
