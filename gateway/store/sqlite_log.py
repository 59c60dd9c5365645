"""SQLite's write-ahead log: what is in it moves into the file beside the commits, and the room that it took goes back to the disk.

SQLite itself moves it within a commit, which waits for that. Usually these are four megabytes. But while a back-up reads, nothing may
move: behind ten minutes of it with 500 messages a second wait nine gigabytes, and whoever commits next would wait for all of them.
"""

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

LOG_BYTES: Final = 4_194_304
"""What the log may hold before it is moved, and what it keeps of the disk when it begins anew: SQLite's own thousand pages."""
LEFT_ALONE: Final = "PRAGMA wal_autocheckpoint = 0"
"""For whoever commits: `WriteAheadLog` moves it."""
SETTINGS: Final = (
    LEFT_ALONE,
    f"PRAGMA journal_size_limit = {LOG_BYTES}",  # so that a log that is longer than this has grown since it began
)
_MOVE: Final = "PRAGMA wal_checkpoint(PASSIVE)"  # waits for nobody, and nobody who writes or reads waits for it


class WriteAheadLog:
    """Looks after the log of a store. Its methods belong to the thread that commits, but for `close`.

    What is moved beside the commits is never a log of which all is moved by now: a commit may begin that anew meanwhile, and in SQLite before
    3.51.3 whoever still moves then takes frames of the new log for moved (sqlite.org/wal.html, "The WAL-Reset Bug"). So nobody else moves it:
    `sqlite_copy`, which writes a line beside a gateway that serves, leaves it alone.
    """

    def __init__(self, path: Path, mover: sqlite3.Connection) -> None:
        """Take the store's file, and a connection that nobody else uses."""
        self._file = path.with_name(f"{path.name}-wal")
        self._mover = mover
        self._thread = ThreadPoolExecutor(1, "store-log")
        self._moved: Future[bool] | None = None
        self._from_bytes = self._whole_bytes = 0

    def tend(self, writer: sqlite3.Connection) -> None:
        """Have a log that is long moved, after a commit of `writer`, which does the rest itself: only between two commits can a log end, and begin anew."""
        try:
            length = self._file.stat().st_size
        except OSError:
            return  # it is tried again after the next commit, as in `move`
        if length <= LOG_BYTES or length == self._whole_bytes or (self._moved is not None and not self._moved.done()):
            return
        is_rest = self._moved is not None and self._moved.result() and length - self._from_bytes <= LOG_BYTES
        if is_rest:
            self._moved, self._whole_bytes = None, length if move(writer) else 0
        else:
            self._from_bytes, self._moved = length, self._thread.submit(move, self._mover)

    def close(self) -> None:
        """Wait for what is being moved."""
        self._thread.shutdown()


def move(connection: sqlite3.Connection) -> bool:
    """Move what no reader needs to find in the log; whether that was all there was.

    An error is no commit's: what is in the log is durable. It is tried again after the next commit, which fails itself if the disk does.
    """
    try:
        is_busy, frames, moved = connection.execute(_MOVE).fetchone()
    except sqlite3.DatabaseError:
        return False
    return not is_busy and frames == moved
