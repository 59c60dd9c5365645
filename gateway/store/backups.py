"""What a back-up is: a folder with one copy of the store, verified, and a manifest, which is written last. Without a manifest it is none."""

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway.store import migrations

MANIFEST: Final = "manifest.json"
HEAD: Final = "SELECT head FROM seals ORDER BY number DESC LIMIT 1"
"""Gives the head of the audit chain."""
_PIECE: Final = 1024 * 1024


RESTS: Final = 2
"""How many times as long as it works a back-up rests, beside a gateway that serves."""
COPYING_RESTS: Final = 1
"""Likewise while a SQLite store is copied from beside. That shall not last longer: the write-ahead log grows meanwhile, each read beside it takes
longer, and at the end every commit waits until the log is moved (17 s for the 17 GB of five minutes at 500 messages a second)."""
MOST_REST_S: Final = 0.5

BEGUN_BYTES: Final = 1024 * 1024
TRAIL_BYTES: Final = 16 * BEGUN_BYTES
WAITED_BYTES: Final = 64 * BEGUN_BYTES
"""Of a copy, for how much the system is made to begin writing, how much may be under way (some of it still with SQLite), and behind how much
it is waited for."""

Tell = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and how much there is: 0 where nobody can know."""


def silent(_doing: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def resting(times: float = RESTS) -> Callable[[], None]:
    """Make what rests, each time that it is called, so many times as long as passed since the time before."""
    began_s = time.monotonic()

    def rest() -> None:
        nonlocal began_s
        time.sleep(min(MOST_REST_S, times * (time.monotonic() - began_s)))
        began_s = time.monotonic()

    return rest


def trailing(descriptor: int) -> Callable[[int], None]:
    """Make what is told, each time, how far a file is written, in bytes: it has the system write that to the disk, hardly waiting for it.

    Left to itself the system would write gigabytes at once, and each commit beside it would wait for them. To wait for each piece is no better: such a
    wait commits the file system's journal, and the gateway's own commits stand behind that.
    """
    begun = waited = 0

    def trail(size: int) -> None:
        nonlocal begun, waited
        if size < begun:  # SQLite begins a copy anew where another connection has written
            begun = waited = size
        if size - begun >= BEGUN_BYTES:
            begun = size
            # Linux begins to write what of this is not on the disk yet, and forgets the rest, so that the store's own pages can stay in memory.
            start = max(0, size - TRAIL_BYTES)
            os.posix_fadvise(descriptor, start, size - start, os.POSIX_FADV_DONTNEED)
        if size - waited >= WAITED_BYTES:
            waited = size
            os.fdatasync(descriptor)  # a disk that can't follow must not be left behind without end

    return trail


class BackupError(Exception):
    """What can't be backed up or restored, in words."""


class NotWhole(Exception):  # noqa: N818 - what the database holds by then
    """A copy that was restored, and is not whole, in words."""


class CopyMade(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy of a store holds."""

    made_at: datetime
    """All that was committed by then is in it."""
    rows: Mapping[str, int]
    """How many rows each table has."""
    sealed: str | None = None
    """The head of the audit chain; None if nothing was sealed yet, or nobody has looked."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the folder holds, and by what it is known to be whole."""

    kind: Literal["sqlite", "postgresql"]
    made_at: datetime
    """All that was committed by then is in the copy."""
    gateway: str
    """The version of the program that made it."""
    schema: int
    """The version of the tables."""
    file: str
    bytes: int
    sha256: str
    rows: Mapping[str, int]
    """How many rows each table has."""
    sealed: str | None = None
    """The head of the audit chain; None if nothing was sealed yet."""


@contextmanager
def new_folder(folder: Path) -> Iterator[None]:
    """Make the folder of a new back-up, for its owner alone; if the back-up fails, take away what was made. Raises BackupError if something is in it.

    Whoever tries again takes a new name each time: what is left of failed ones would fill the disk.
    """
    was_there = folder.exists()
    make_folder(folder)
    try:
        yield
    except BaseException:
        for begun in folder.iterdir():
            begun.unlink()
        if not was_there:
            folder.rmdir()
        raise


def make_folder(folder: Path) -> None:
    """Make the folder of a new back-up, for its owner alone. Raises BackupError if something is in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty: name a folder that isn't there yet, one for each back-up")
    except OSError as exc:
        raise BackupError(f"{folder} can't be made or read: {exc.strerror}") from exc


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make the folder a back-up: everything else in it is on the disk by now."""
    fresh = folder / f"{MANIFEST}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MANIFEST)
    for named_in in (folder, folder.absolute().parent):
        _settle(named_in)


def _settle(folder: Path) -> None:
    """Have the names in a folder written to the disk: a file that was renamed, or made, can be gone after a power cut before that."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as exc:
        if exc.errno != errno.EINVAL:  # a network's file system that has no such call for folders
            raise
    finally:
        os.close(handle)


def read_manifest(folder: Path, tell: Tell = silent) -> Manifest:
    """Return the manifest, once the file that it names is known to be the one that was made. Raises BackupError."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BackupError(f"{folder} has no {MANIFEST}: it is no back-up, or one that broke off") from None
    except OSError as exc:
        raise BackupError(f"{folder / MANIFEST} can't be read: {exc.strerror}") from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise BackupError(f"{folder / MANIFEST} can't be read: {exc}") from exc
    if Path(manifest.file).name != manifest.file:
        raise BackupError(f"{folder / MANIFEST} names a file outside of its folder")
    if digest(folder / manifest.file, tell) != manifest.sha256:
        raise BackupError(f"{folder / manifest.file} is not the file that was made: its digest is another")
    return manifest


def must_be_known(manifest: Manifest) -> None:
    """Refuse a copy that a newer program has made. Raises BackupError."""
    known = len(migrations.load(manifest.kind))
    if manifest.schema > known:
        raise BackupError(
            f"the copy is of version {manifest.schema} of the tables, made by ill-gateway {manifest.gateway}, and this program knows versions up to {known}: "
            "install the version that made it"
        )


def digest(path: Path, tell: Tell = silent, rest: Callable[[], None] | None = None) -> str:
    """Return the SHA-256 of a file, with a rest after each megabyte if one is given. Raises BackupError."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            while piece := file.read(_PIECE):
                found.update(piece)
                tell(f"digest of {path.name}", file.tell(), size)
                if rest:
                    rest()
    except OSError as exc:
        raise BackupError(f"{path} can't be read: {exc.strerror}") from exc
    return found.hexdigest()


def differing(expected: Mapping[str, int], found: Mapping[str, int]) -> str | None:
    """Say which tables have another number of rows; None if none has."""
    odd = [name for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]
    return ", ".join(f"{name} ({found.get(name, 'missing')} for {expected.get(name, 'none')})" for name in odd) or None
