"""How `ill-gateway backup` has the gateway that serves from a SQLite store copy it: a call over a socket beside the store.

The folder is the gateway's own, so that only who may read the store can call. The file for the copy is made by whoever calls, and named with its device
and inode: a gateway that sees another file there, or none (in another container, say, or where its unit lets it write nothing), says so.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from gateway.store.backups import BackupError, CopyMade, Tell

LONGEST_SILENCE_S: Final = 120.0
"""Of a gateway that copies: it tells how far it is, behind pieces and between tables, once a second."""


class CopyCall(msgspec.Struct, frozen=True):
    """The call: which empty file the copy shall be written into."""

    path: str
    device: int
    inode: int


class Doing(msgspec.Struct, frozen=True, tag=True):
    """How far it is, as `Tell` takes it."""

    doing: str
    done: int
    of: int


class OutOfReach(msgspec.Struct, frozen=True, tag=True):
    """The gateway can't write into that file."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Why no copy was made, in words."""

    words: str


class Made(msgspec.Struct, frozen=True, tag=True):
    """The copy is there, and on the disk."""

    copied: CopyMade


CopyAnswer = Doing | OutOfReach | Failed | Made
"""Each a line of JSON; any but the first is the last."""


def place(path: Path) -> Path:
    """Return where the socket of a store stands."""
    return path.with_name(f"{path.name}.copies")


def copied_by_the_gateway(path: Path, target: Path, tell: Tell) -> CopyMade | None:
    """Have the gateway copy its store into a file, which is empty; None where none serves from it that can. Raises BackupError where it can't be done."""
    found = target.stat()
    wanted = CopyCall(path=str(target.absolute()), device=found.st_dev, inode=found.st_ino)
    for said in _answers(path, wanted):
        match said:
            case Doing():
                tell(said.doing, said.done, said.of)
            case Made():
                return said.copied
            case OutOfReach():
                return None
            case Failed():
                raise BackupError(said.words)
    return None


def _answers(path: Path, wanted: CopyCall) -> Iterator[CopyAnswer]:
    """Call; give what is said, nothing if nobody hears. Raises BackupError when a gateway that began says no more."""
    with _line(path) as line:
        if line is None:
            return
        try:
            line.sendall(msgspec.json.encode(wanted) + b"\n")
            with line.makefile("rb") as lines:
                for each in lines:
                    yield msgspec.json.decode(each, type=CopyAnswer)
        except (OSError, msgspec.DecodeError) as exc:
            raise BackupError(f"the gateway that copies its store can't be heard any more: {exc}") from exc
    raise BackupError("the gateway that was copying its store has stopped, or its log says what went wrong")


@contextmanager
def _line(path: Path) -> Iterator[socket.socket | None]:
    """Give a line to the gateway that serves from a store; None if there is none (what a killed one left behind hears nobody)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(LONGEST_SILENCE_S)
        try:
            line.connect(str(place(path)))
        except OSError:
            yield None
        else:
            yield line
