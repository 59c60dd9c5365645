"""`items import` against a live API."""

from pathlib import Path

import pytest

from tests.commands.shell import Shell

LIST = "item_barcode,branch,isbn,title\n30234000517861,Main,9780306406157,Almanac\n,East,9780306406157,Almanac\n"


async def test_a_list_is_imported_and_its_problems_are_printed(shell: Shell, tmp_path: Path):
    path = tmp_path / "items.csv"
    path.write_text(LIST)
    ran = await shell.run("items", "import", str(path))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["row 3, item_barcode: empty: the row is left out", "1 items imported, 1 problems."]
    assert await shell.live.store.copy("30234000517861") is not None


async def test_json_in_and_out(shell: Shell, tmp_path: Path):
    path = tmp_path / "items.json"
    path.write_text(
        '[{"item_barcode": "30234000517861", "branch": "Main", "title": "Almanac", "isbn": "9780306406157"}]'
    )
    assert (await shell.run("items", "import", str(path), "--json")).json["imported"] == 1


async def test_replace_forgets_the_rest(shell: Shell, tmp_path: Path):
    for name, barcode in (("one.csv", "30234000517861"), ("two.csv", "33191000105864")):
        (tmp_path / name).write_text(f"item_barcode,branch,isbn\n{barcode},Main,9780306406157\n")
        ran = await shell.run("items", "import", "--replace", "--yes", "--drop-at-most", "100", str(tmp_path / name))
        assert ran.code == 0
    assert await shell.live.store.copy("30234000517861") is None


async def imported(shell: Shell, tmp_path: Path) -> Path:
    """A list of one item that is known, and another that would take its place."""
    (tmp_path / "one.csv").write_text(LIST)
    await shell.run("items", "import", str(tmp_path / "one.csv"))
    other = tmp_path / "other.csv"
    other.write_text("item_barcode,branch,title\n33191000105864,Main,Maps of Nowhere\n")
    return other


async def test_replacing_asks_first_and_a_script_must_say_yes(shell: Shell, tmp_path: Path):
    other = await imported(shell, tmp_path)
    ran = await shell.run("items", "import", "--replace", "--drop-at-most", "100", str(other))
    assert ran.code == 1
    assert ran.err.startswith("1 of 1 items would be forgotten")
    assert "say --yes" in ran.err
    assert await shell.live.store.copy("30234000517861") is not None


async def test_a_dry_run_says_what_would_be_done(shell: Shell, tmp_path: Path):
    other = await imported(shell, tmp_path)
    ran = await shell.run("items", "import", "--replace", "--drop-at-most", "100", "--dry-run", str(other))
    assert ran.out.splitlines()[-1] == "1 items would be imported, 1 of 1 items would be forgotten, 1 problems."
    assert await shell.live.store.copy("30234000517861") is not None


async def test_too_large_a_share_is_refused_before_anybody_is_asked(shell: Shell, tmp_path: Path):
    other = await imported(shell, tmp_path)
    ran = await shell.run("items", "import", "--replace", str(other))
    assert ran.code == 1
    assert "more than 10 per cent" in ran.err


async def test_a_list_without_a_usable_item_fails_with_every_reason(shell: Shell, tmp_path: Path):
    path = tmp_path / "items.csv"
    path.write_text("nothing,useful\n1,2\n")
    ran = await shell.run("items", "import", str(path))
    assert ran.code == 1
    assert ran.err.startswith("The list has no item that can be used; nothing was changed.\n  row 1, ")


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.csv", "can't be read: No such file or directory."), ("items.xls", "the name must end in .csv")],
)
async def test_a_file_that_is_no_list_is_refused(shell: Shell, tmp_path: Path, name: str, words: str):
    ran = await shell.run("items", "import", str(tmp_path / name))
    assert ran.code == 1
    assert words in ran.err
