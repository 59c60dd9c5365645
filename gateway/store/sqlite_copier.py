"""A gateway copies the SQLite store from which it serves, over the connection that writes, where `ill-gateway backup` calls for it (copy_call.py).

SQLite carries what that connection writes into its copy as well, so that the copy needs no snapshot. Behind a snapshot of minutes the write-ahead log
grows by gigabytes: each read beside it takes longer, and the commit after it waits until all of the log is moved. The copy is made piece by piece; a
piece and a batch of commits take turns. It holds what was committed when its last piece was copied.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from threading import Event
from typing import Final

import msgspec

from gateway.store.backups import BackupError, CopyMade, Tell, resting, trailing
from gateway.store.copy_call import CopyAnswer, CopyCall, Doing, Failed, Made, OutOfReach, place
from gateway.store.sqlite_copy import connected, count_rows, in_words

PAGE_BYTES: Final = 4096
"""Of a store, as SQLite makes them; of another size, what is written to the disk is only begun sooner or later."""
PIECE_PAGES: Final = 64
"""A quarter of a megabyte: a batch of commits waits for no more."""
PIECES_REST: Final = 3
"""How many times as long as a piece takes nobody copies: the copy holds nobody up, so that it has time."""
STOPPING: Final = "the gateway is being stopped"
CALLING_S: Final = 10.0
"""How long a caller may take to say what it wants."""
TELLING_S: Final = 1.0
"""How often it is told how far it is."""
_OF_THE_COPY: Final = (
    "PRAGMA journal_mode = OFF",  # one that is not whole is thrown away
    "PRAGMA synchronous = OFF",  # it is written to the disk piece by piece, and at its end
    "PRAGMA cache_size = -8000",  # KiB: what is written often stays in it
)


class Copier:
    """Hears calls while the store is open. `turn` is held by whoever uses the connection that writes."""

    def __init__(self, path: Path, turn: asyncio.Lock) -> None:
        """Name the store; `open` begins to hear."""
        self._path = path
        self._turn = turn
        self._server: asyncio.Server | None = None
        self._copying: asyncio.Task[CopyAnswer] | None = None
        self._stop = Event()
        self._closed = False

    async def open(self, writer: sqlite3.Connection) -> None:
        """Hear calls; `writer` is the connection that writes.

        Where the file system has no sockets, or the path is too long for one, nobody is heard: then a back-up is made from beside.
        """
        self._writer, self._closed = writer, False
        with suppress(OSError):
            self._server = await asyncio.start_unix_server(self._called, sock=_private_socket(place(self._path)))

    async def close(self) -> None:
        """Hear no more, and break off a copy under way; whoever called is told."""
        self._closed = True  # whoever has called may say only later what is wanted
        if self._server is not None:
            self._server.close()
            with suppress(OSError):
                place(self._path).unlink(missing_ok=True)
        self._stop.set()
        if self._copying is not None:
            await asyncio.wait([self._copying])

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what is wanted, and say how it went. Whoever does not speak like us is heard no further."""
        with closing(writer):
            try:
                async with asyncio.timeout(CALLING_S):
                    wanted = msgspec.json.decode(await reader.readline(), type=CopyCall)
            except (OSError, ValueError, msgspec.DecodeError):
                return
            writer.write(_line(await self._answer(wanted, reader, writer)))

    async def _answer(self, wanted: CopyCall, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> CopyAnswer:
        if self._closed:
            return Failed(words=STOPPING)
        if self._copying is not None:
            return Failed(words="another back-up is being made")
        stop = self._stop = Event()
        copy = asyncio.to_thread(self._copy, wanted, _teller(writer), _Turn(self._turn), stop)
        self._copying = asyncio.create_task(copy)
        gone = asyncio.create_task(_stop_when_gone(reader, stop))
        try:
            return await self._copying
        finally:
            self._copying = None
            gone.cancel()

    def _copy(self, wanted: CopyCall, tell: Tell, turn: "_Turn", stop: Event) -> CopyAnswer:
        """Copy the store, in a thread of its own, once it is seen that the file is the one that was made for it."""
        target = Path(wanted.path)
        if not _is_the_one(target, wanted):
            return OutOfReach()
        try:
            with (
                in_words(f"{self._path} can't be copied"),
                connected(self._path) as snapshot,
                target.open("rb") as written,
            ):
                made_at = self._copy_pieces(target, snapshot, turn, _between_pieces(turn, written.fileno(), tell, stop))
                rows = count_rows(snapshot, partial(_counting, tell, stop))
                os.fsync(written.fileno())
        except BackupError as error:
            return Failed(words=str(error))
        return Made(copied=CopyMade(made_at=made_at, rows=rows))

    def _copy_pieces(
        self, target: Path, snapshot: sqlite3.Connection, turn: "_Turn", between: Callable[[int, int, int], None]
    ) -> datetime:
        """Copy all, and let `snapshot` read from then on what the copy holds; return when that was."""
        with closing(sqlite3.connect(target)) as copy:
            for setting in _OF_THE_COPY:
                copy.execute(setting)
            turn.take()
            try:
                self._writer.backup(copy, pages=PIECE_PAGES, progress=between, sleep=0)
                made_at = datetime.now(UTC)
                snapshot.execute("BEGIN")
                snapshot.execute("SELECT 1 FROM sqlite_master").fetchone()
            finally:
                turn.give()
            copy.execute("PRAGMA journal_mode = DELETE")
        return made_at


async def _stop_when_gone(reader: asyncio.StreamReader, stop: Event) -> None:
    """Break a copy off when whoever called for it goes away, who wants nothing more."""
    with suppress(OSError):
        while await reader.read(1024):
            pass
    stop.set()


class _Turn:
    """The event loop's lock in the hands of a thread. Made on the loop."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self._loop = asyncio.get_running_loop()
        self._is_ours = False

    def take(self) -> None:
        """Wait for the lock."""
        asyncio.run_coroutine_threadsafe(self._lock.acquire(), self._loop).result()
        self._is_ours = True

    def give(self) -> None:
        """Give the lock back, if it is ours."""
        if self._is_ours:
            self._is_ours = False
            self._loop.call_soon_threadsafe(self._lock.release)


def _between_pieces(turn: _Turn, written: int, tell: Tell, stop: Event) -> Callable[[int, int, int], None]:
    """Make what is called after each piece: it lets commits go on, has the piece written to the disk, and rests."""
    rest, trail = resting(PIECES_REST), trailing(written)

    def between(status: int, remaining: int, total: int) -> None:
        if status == sqlite3.SQLITE_DONE:  # the turn is kept: what is read next is what the copy holds
            return
        turn.give()
        tell("copying", total - remaining, total)
        trail((total - remaining) * PAGE_BYTES)
        rest()
        _must_go_on(stop)
        turn.take()

    return between


def _counting(tell: Tell, stop: Event) -> None:
    """Be called before each table whose rows are counted."""
    tell("counting the rows", 0, 0)
    _must_go_on(stop)


def _must_go_on(stop: Event) -> None:
    if stop.is_set():
        raise BackupError(STOPPING)


def _is_the_one(target: Path, wanted: CopyCall) -> bool:
    """Say whether a file can be written, is the one that is meant, and is empty."""
    try:
        with target.open("rb+") as file:
            found = os.fstat(file.fileno())
    except OSError:
        return False
    return (found.st_dev, found.st_ino, found.st_size) == (wanted.device, wanted.inode, 0)


def _teller(writer: asyncio.StreamWriter) -> Tell:
    """Make what tells a caller how far it is, once a second; it is called in a thread."""
    loop, told_s = asyncio.get_running_loop(), 0.0

    def tell(doing: str, done: int, of: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= TELLING_S:
            told_s = time.monotonic()
            loop.call_soon_threadsafe(writer.write, _line(Doing(doing=doing, done=done, of=of)))

    return tell


def _line(said: CopyAnswer) -> bytes:
    return msgspec.json.encode(said) + b"\n"


def _private_socket(at: Path) -> socket:
    """Make a socket that its owner alone can call; what a killed gateway has left there is taken away. Raises OSError."""
    at.unlink(missing_ok=True)
    made = socket(AF_UNIX, SOCK_STREAM)
    try:
        made.bind(str(at))
        at.chmod(0o600)  # nobody can call before it listens
    except OSError:
        made.close()
        raise
    return made
