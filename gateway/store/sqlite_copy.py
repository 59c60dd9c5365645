"""A copy of a SQLite store while a gateway serves from it, and back again.

The gateway makes it if it can (sqlite_copier.py). Else it is made from beside, of one snapshot: what is committed meanwhile is not in it, and the
write-ahead log grows until it is done. Copying the files with other programs gives a store that may be torn.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

import msgspec

from gateway.store.backups import (
    COPYING_RESTS,
    HEAD,
    BackupError,
    CopyMade,
    Tell,
    differing,
    resting,
    silent,
    trailing,
)
from gateway.store.columns import stamp
from gateway.store.copy_call import copied_by_the_gateway
from gateway.store.private_files import give, make_private_file, make_private_folder, open_private
from gateway.store.sql import TAKE_TURN, numbered
from gateway.store.values import BACKUP, too_late

PAGES_AT_ONCE: Final = 256
"""A megabyte."""
PIECE_BYTES: Final = 1024 * 1024
_PARTS: Final = ("-wal", "-shm", "")
"""What a store's files are called besides its own name; the store itself comes last."""
CHECKING: Final = "checking the copy"
Check = Callable[[Path, Mapping[str, int]], None]
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Raise BackupError in place of what the system or SQLite raise."""
    try:
        yield
    except OSError as exc:
        raise BackupError(f"{what}: {exc.strerror}") from exc
    except sqlite3.Error as exc:
        raise BackupError(f"{what}: {exc}") from exc


_LEAVE_THE_LOG: Final = "PRAGMA wal_autocheckpoint = 0"
"""Of a gateway that serves beside: it alone moves its log into the file. With two who move it SQLite before 3.51.3 may lose commits
(sqlite.org/wal.html, "The WAL-Reset Bug")."""


def connected(path: Path) -> "closing[sqlite3.Connection]":
    """Open a store that is there, beside the gateway that may serve from it."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None, timeout=10.0)
    connection.execute(_LEAVE_THE_LOG)
    return closing(connection)


def copy_out(path: Path, target: Path, tell: Tell = silent, check: Check | None = None) -> CopyMade:
    """Copy a store and verify the copy; say what it holds. Raises BackupError.

    The gateway that serves from the store copies it itself if it can (sqlite_copier.py says why). `check` verifies in another way than `verify`
    does, and raises BackupError like that.
    """
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with in_words(f"{path} can't be copied"):
        copied = copied_by_the_gateway(path, target, tell) or _copied_beside(path, target, tell)
    tell(CHECKING, 0, 0)
    (check or verify)(target, copied.rows)
    return msgspec.structs.replace(copied, sealed=sealed(target))


def _copied_beside(path: Path, target: Path, tell: Tell) -> CopyMade:
    """Copy a store from beside: while nobody serves from it, or only whoever can't write into the copy, whose write-ahead log grows meanwhile."""
    with connected(path) as source:
        tell("counting the rows", 0, 0)
        made_at = datetime.now(UTC)
        source.execute("BEGIN")  # what is counted and what is copied are one snapshot
        rows = count_rows(source)
        with closing(sqlite3.connect(target)) as copy, target.open("rb") as written:
            source.backup(copy, pages=PAGES_AT_ONCE, progress=_politely(written.fileno(), tell), sleep=0)
            copy.execute("PRAGMA journal_mode = DELETE")
    return CopyMade(made_at=made_at, rows=rows)


def _politely(written: int, tell: Tell) -> Callable[[int, int, int], None]:
    """Make what is called after each piece: it has the copy written to the disk, and rests."""
    rest, trail = resting(COPYING_RESTS), trailing(written)

    def after_each(_status: int, remaining: int, total: int) -> None:
        tell("copying", total - remaining, total)
        trail(os.fstat(written).st_size)
        rest()

    return after_each


def count_rows(connection: sqlite3.Connection, before_each: Callable[[], None] = lambda: None) -> Mapping[str, int]:
    """Count the rows of each table."""
    counted: dict[str, int] = {}
    for (name,) in connection.execute(_TABLES).fetchall():
        before_each()
        (counted[name],) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - names of tables
    return counted


def verify(path: Path, expected: Mapping[str, int]) -> None:
    """Check a copy: its pages, its indexes, its references, its rows. Raises BackupError."""
    with in_words(f"{path} can't be checked"), connected(path) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        odd = differing(expected, count_rows(connection))
    if said != "ok":
        raise BackupError(f"{path} is damaged: {said}")
    if dangling:
        raise BackupError(f"{path} is damaged: table {dangling[0]} refers to a row that isn't there")
    if odd:
        raise BackupError(f"{path} is not whole: other numbers of rows in {odd}")


def sealed(path: Path) -> str | None:
    """Return the head of the audit chain in a copy; None if nothing was sealed. Raises BackupError."""
    with in_words(f"{path} can't be read"), connected(path) as connection:
        found = connection.execute(HEAD).fetchone()
    return str(found[0]) if found else None


def note_time(path: Path, at: datetime) -> None:
    """Keep in the store which moment its last back-up is of, for the metrics. Raises BackupError."""
    with in_words(f"{path} can't be written"), connected(path) as connection:
        connection.execute(numbered(TAKE_TURN), (BACKUP, stamp(at), stamp(too_late(datetime.now(UTC)))))


@contextmanager
def fresh_copy(copy: Path, path: Path, expected: Mapping[str, int], tell: Tell = silent) -> Iterator[Path]:
    """Give a verified copy beside the store, while no gateway can open that one; what has not taken its place by the end is removed. Raises BackupError."""
    fresh = path.with_name(f"{path.name}.restoring")
    with in_words(f"{path} can't be put back"), _held(path):
        try:
            _remove(fresh)
            with os.fdopen(make_private_file(fresh), "wb") as made, copy.open("rb") as source:
                _copy_file(source, made, tell)
                if path.exists() and path.lstat().st_uid != 0:
                    give(made.fileno(), like=path.lstat())
            tell(CHECKING, 0, 0)
            verify(fresh, expected)
            yield fresh
        finally:
            _remove(fresh)


def _copy_file(source: BinaryIO, made: BinaryIO, tell: Tell) -> None:
    size = os.fstat(source.fileno()).st_size
    while piece := source.read(PIECE_BYTES):
        made.write(piece)
        tell("copying", source.tell(), size)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".lock", ".copies"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def take_place(fresh: Path, path: Path) -> Path | None:
    """Put a fresh copy in the store's place; return where the store of before was moved, if there was one. Raises BackupError."""
    if fresh.with_name(f"{fresh.name}-wal").exists():
        raise BackupError(f"{fresh} could not be closed: what was written into it is not in the file yet")
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    return _replace(fresh, path.absolute())


def _replace(fresh: Path, path: Path) -> Path | None:
    was_there = path.exists()
    before = _new_name(path, datetime.now(UTC))
    try:
        _move(path, before)
        fresh.replace(path)
    except OSError as exc:
        raise BackupError(
            f"the copy can't take the place of {path}: {exc.strerror}{_moved_back(before, path)}"
        ) from exc
    return before if was_there else None


def _new_name(path: Path, at: datetime) -> Path:
    """Return a name for the store of before that nothing has yet: what another restore has moved a moment ago stays."""
    plain = f"{path.name}.before-{at:%Y%m%dT%H%M%SZ}"
    names = (path.with_name(f"{plain}{again}") for again in chain([""], (f"-{number}" for number in count(2))))
    return next(name for name in names if not any(name.with_name(name.name + part).exists() for part in _PARTS))


def is_there(path: Path) -> bool:
    """Say whether there is a file, whatever is in it. Raises BackupError."""
    with in_words(f"{path} can't be read"):
        return path.exists()


def has_store(path: Path) -> bool:
    """Say whether there is a file with a store of the gateway's in it. Raises BackupError."""
    with in_words(f"{path} can't be read"):
        if not path.exists():
            return False
        with connected(path) as connection:
            return ("migrations",) in connection.execute(_TABLES).fetchall()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold the lock that a gateway holds while it has the store open. Raises BackupError."""
    make_private_folder(path.parent)
    lock = open_private(path.with_name(f"{path.name}.lock"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise BackupError(f"{path} is open in a gateway: stop it first") from None
    try:
        yield
    finally:
        os.close(lock)


def _move(path: Path, to: Path) -> None:
    """Move a store and its logs, what there is of them. Raises OSError.

    SQLite would take a log that is left for the new file's own, and play it into that one, also where the old file itself was lost.
    """
    for suffix in _PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(to.with_name(to.name + suffix))


def _moved_back(before: Path, path: Path) -> str:
    """Move a store back, without which a gateway would make an empty one; say it if that can't be done."""
    try:
        _move(before, path)
    except OSError as exc:
        return (
            f"; what was there before can't be moved back either ({exc.strerror}): "
            f"move {before} and its logs (-wal, -shm) to {path} before a gateway starts, which would make an empty store"
        )
    return ""
