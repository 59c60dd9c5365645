"""The mark beside a store: a file that is ahead of its store tells that the store went back in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.store.mark import StoreMark, has_gone_back, is_known, read_mark, write_mark
from gateway.workflow.recovery import Recovery

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_what_is_written_is_read_and_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "gateway.sqlite.mark"
    write_mark(path, StoreMark(store="one", count=7, at=AT))
    assert read_mark(path) == StoreMark(store="one", count=7, at=AT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_its_folder_is_made_if_the_one_around_it_is_there(tmp_path: Path):
    """As a SQLite store's is: nobody else makes it beside a PostgreSQL database."""
    write_mark(tmp_path / "var" / "mark", StoreMark(store="one", count=7))
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    with pytest.raises(FileNotFoundError):
        write_mark(tmp_path / "not" / "there" / "mark", StoreMark(store="one", count=7))


def test_a_file_that_is_not_there_or_torn_says_nothing(tmp_path: Path):
    path = tmp_path / "mark"
    assert read_mark(path) is None
    path.write_bytes(b'{"store": "on')
    assert read_mark(path) is None


@pytest.mark.parametrize(
    ("kept", "store", "count", "gone_back"),
    [
        (None, "one", 3, False),
        (StoreMark(store="one", count=3), "one", 3, False),
        (StoreMark(store="one", count=2), "one", 3, False),  # written into the store, and not into the file any more
        (StoreMark(store="one", count=4), "one", 3, True),
        (StoreMark(store="one", count=4), "two", 3, False),  # another store
        (StoreMark(store="one", count=4), "", 0, True),  # a copy from before there were marks
    ],
)
def test_only_a_file_that_is_ahead_of_its_own_store_tells(
    kept: StoreMark | None, store: str, count: int, *, gone_back: bool
):
    assert has_gone_back(kept, store, count) is gone_back


@pytest.mark.parametrize(
    ("at", "began_after_s", "known"),
    [
        (AT, 60, True),
        (AT, -60, False),  # one of long ago: the store has gone back since
        (AT, None, False),
        (None, 60, False),
    ],
)
def test_a_way_back_is_known_if_a_recovery_began_after_the_file_was_written(
    at: datetime | None, began_after_s: int | None, *, known: bool
):
    recovery = Recovery(since=AT + timedelta(seconds=began_after_s), why="") if began_after_s is not None else None
    assert is_known(StoreMark(store="one", count=4, at=at), recovery) is known
