"""Files that take long are run first, the others of all folders in turn; each in one piece."""

from itertools import groupby
from pathlib import Path

import pytest

from tests.fakes.by_file import LONGEST, in_turn, spread

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", LONGEST)
def test_what_is_run_first_is_there(file: str):
    assert (ROOT / file).is_file()


def test_the_longest_files_come_first_and_every_file_is_in_one_piece_and_in_order(request: pytest.FixtureRequest):
    items = request.session.items
    ordered = in_turn(sorted(items, key=lambda item: item.nodeid.partition("::")[0]))
    assert set(ordered) == set(items)
    files = [file for file, _ in groupby(item.nodeid.partition("::")[0] for item in ordered)]
    assert len(files) == len(set(files))
    long = [file for file in LONGEST if file in files]
    assert files[: len(long)] == long
    folders = {file.rpartition("/")[0] for file in files}
    for folder in folders:
        others = [file for file in files[len(long) :] if file.rpartition("/")[0] == folder]
        assert others == sorted(others)


def test_every_part_of_the_run_has_its_share_of_every_folder():
    assert spread([["a/1", "a/2", "a/3", "a/4"], ["b/1", "b/2"], ["c/1"]]) == [
        "a/1",
        "b/1",
        "a/2",
        "c/1",
        "a/3",
        "b/2",
        "a/4",
    ]
