"""The write-ahead log of SQLite: moved beside the commits, and given back to the disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from gateway.store.sqlite_log import LOG_BYTES, SETTINGS, WriteAheadLog, move

WRITE = "INSERT INTO words VALUES (zeroblob(100000))"
SOON_S = 60.0


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for setting in ("PRAGMA journal_mode = WAL", *SETTINGS):
        connection.execute(setting)
    return connection


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.sqlite"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(path)) as writer:
        writer.execute("CREATE TABLE words (word)")
        yield writer


@pytest.fixture
def log(path: Path) -> Iterator[WriteAheadLog]:
    with closing(connect(path)) as mover:
        log = WriteAheadLog(path, mover)
        yield log
        log.close()


def length_of(path: Path) -> int:
    return path.with_name(f"{path.name}-wal").stat().st_size


def write_so_much(writer: sqlite3.Connection, length: int) -> None:
    for _ in range(length // 100_000 + 1):
        writer.execute(WRITE)


def has_ended(writer: sqlite3.Connection, log: WriteAheadLog, path: Path) -> bool:
    """Commit a little, have the log seen to, wait for what is moved meanwhile."""
    writer.execute("INSERT INTO words VALUES ('a')")
    log.tend(writer)
    if log._moved is not None:
        log._moved.result(timeout=SOON_S)
    return length_of(path) <= LOG_BYTES


def test_a_short_log_is_left_alone(writer: sqlite3.Connection, log: WriteAheadLog, path: Path) -> None:
    write_so_much(writer, LOG_BYTES // 2)
    log.tend(writer)
    assert log._moved is None


def test_a_long_log_is_moved_and_given_back_to_the_disk(
    writer: sqlite3.Connection, log: WriteAheadLog, path: Path
) -> None:
    write_so_much(writer, 3 * LOG_BYTES)
    assert length_of(path) > 3 * LOG_BYTES, "no commit has moved it"
    assert any(has_ended(writer, log, path) for _ in range(9))
    assert path.stat().st_size > 3 * LOG_BYTES


def test_a_log_that_somebody_reads_stays_and_ends_after_that(
    writer: sqlite3.Connection, log: WriteAheadLog, path: Path
) -> None:
    with closing(connect(path)) as back_up:
        back_up.execute("BEGIN")
        back_up.execute("SELECT count(*) FROM words").fetchone()
        write_so_much(writer, 2 * LOG_BYTES)
        assert not any(has_ended(writer, log, path) for _ in range(9))
        back_up.execute("COMMIT")
        assert any(has_ended(writer, log, path) for _ in range(9))


class Slow:
    """Moves, but only when it is let."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self.go_on = connection, Event()

    def execute(self, statement: str) -> sqlite3.Cursor:
        assert self.go_on.wait(SOON_S)
        return self._connection.execute(statement)


class Unasked:
    """Somebody who commits, and must not move."""

    def execute(self, statement: str) -> sqlite3.Cursor:
        raise AssertionError(statement)


def test_no_commit_waits_for_what_is_moved_nor_moves_much_itself(writer: sqlite3.Connection, path: Path) -> None:
    with closing(connect(path)) as connection:
        log = WriteAheadLog(path, slow := Slow(connection))  # type: ignore[arg-type]
        write_so_much(writer, 2 * LOG_BYTES)
        log.tend(Unasked())  # type: ignore[arg-type]
        first = log._moved
        write_so_much(writer, 2 * LOG_BYTES)
        log.tend(Unasked())  # type: ignore[arg-type]
        assert log._moved is first, "it is still being moved"
        slow.go_on.set()
        assert first is not None
        assert first.result(timeout=SOON_S)
        log.tend(Unasked())  # type: ignore[arg-type]
        assert log._moved is not first, "what came meanwhile is much: it is moved beside the commits as well"
        log.close()


def test_what_can_not_be_moved_is_no_error_of_the_commit(writer: sqlite3.Connection, path: Path) -> None:
    closed = connect(path)
    closed.close()
    assert not move(closed)
    log = WriteAheadLog(path, closed)
    write_so_much(writer, 2 * LOG_BYTES)
    assert not any(has_ended(writer, log, path) for _ in range(3))
    log.close()


def test_a_log_of_which_all_is_moved_is_not_moved_beside_a_commit_that_may_begin_it_anew(
    writer: sqlite3.Connection, log: WriteAheadLog, path: Path
) -> None:
    write_so_much(writer, 2 * LOG_BYTES)
    log.tend(writer)
    assert log._moved is not None
    assert log._moved.result(timeout=SOON_S)
    log.tend(writer)
    assert log._moved is None, "the commit has moved the rest"
    for _ in range(9):  # commits that write nothing: the log stays as long as it is
        log.tend(writer)
        assert log._moved is None
    assert any(has_ended(writer, log, path) for _ in range(9))
    write_so_much(writer, 2 * LOG_BYTES)
    log.tend(writer)
    assert log._moved is not None


def test_a_log_that_can_not_be_looked_at_is_no_error_of_the_commit(
    writer: sqlite3.Connection, log: WriteAheadLog, path: Path
) -> None:
    write_so_much(writer, 2 * LOG_BYTES)
    path.with_name(f"{path.name}-wal").rename(path.with_name("elsewhere"))
    log.tend(writer)
    assert log._moved is None
    path.with_name("elsewhere").rename(path.with_name(f"{path.name}-wal"))
