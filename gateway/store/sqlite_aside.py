"""Checks a copy of a SQLite store in a process of its own, which stands still for most of the time.

SQLite checks a file's pages in one go that nothing can interrupt (before 3.41), and reads as fast as the disk gives: a gateway beside waits for the
disk meanwhile, and where two cores are one with two hands, for the processor. To stand still is safe here: the copy is open in that process, and the
store that serves is not.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from gateway.store.backups import RESTS, BackupError
from gateway.store.sqlite_copy import verify

PR_SET_PDEATHSIG: Final = 1
"""As in Linux's <sys/prctl.h>; Python has no name for it."""
WORKS_S: Final = 0.01
"""For so long it works, and then stands still RESTS times as long."""


class _Copy(msgspec.Struct, frozen=True):
    """What the process is told: which file, and how many rows each table of it has."""

    path: str
    rows: Mapping[str, int]


def verify_aside(path: Path, expected: Mapping[str, int]) -> None:
    """Do what `verify` does, beside a gateway that serves. Raises BackupError."""
    with _process() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin as told:
            told.write(msgspec.json.encode(_Copy(path=str(path), rows=expected)))
        _in_turns(process)
        said = process.stdout.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise BackupError(said or f"{path} can't be checked: the process that checks it has broken down")


@contextmanager
def _process() -> Iterator["subprocess.Popen[bytes]"]:
    """The process, which is gone at the end, however that comes."""
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
    # -P: modules that lie in the folder where a command is typed are not ours.
    line = [sys.executable, "-P", "-m", __name__]
    with subprocess.Popen(line, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            yield process
        finally:
            process.kill()


def _in_turns(process: "subprocess.Popen[bytes]") -> None:
    """Let it work and stand still, by turns, until it has ended."""
    while _works_on(process, WORKS_S):
        process.send_signal(signal.SIGSTOP)
        _works_on(process, WORKS_S * RESTS)
        process.send_signal(signal.SIGCONT)


def _works_on(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Wait for so long at the most; say whether it has not ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def _end_with_whoever_began_it() -> None:
    """Have the kernel end this process with that one, however that ends: a process that stands still would stand so for ever."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    """Check a copy; 1 and words where it is not whole."""
    _end_with_whoever_began_it()
    copy = msgspec.json.decode(sys.stdin.buffer.read(), type=_Copy)
    try:
        verify(Path(copy.path), copy.rows)
    except BackupError as fault:
        sys.stdout.write(str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
