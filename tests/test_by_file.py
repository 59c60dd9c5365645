"""Files that take long are run first, each in one piece."""

from itertools import groupby
from pathlib import Path

import pytest

from tests.fakes.by_file import LONGEST, longest_first

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", LONGEST)
def test_what_is_run_first_is_there(file: str):
    assert (ROOT / file).is_file()


def test_the_longest_files_come_first_and_every_file_is_in_one_piece_and_in_order(request: pytest.FixtureRequest):
    items = request.session.items
    ordered = longest_first(sorted(items, key=lambda item: item.nodeid.partition("::")[0]))
    assert set(ordered) == set(items)
    files = [file for file, _ in groupby(item.nodeid.partition("::")[0] for item in ordered)]
    long = [file for file in LONGEST if file in files]
    assert files == [*long, *sorted(set(files) - set(long))]
