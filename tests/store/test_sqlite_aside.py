"""A copy of a SQLite store is checked by a process of its own, which stands still for most of the time and is gone at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.store import sqlite_aside, sqlite_copy
from gateway.store.backups import RESTS, BackupError
from tests.store.test_backups import small_store

pytestmark = pytest.mark.process


class Recorded(subprocess.Popen[bytes]):
    """A process that keeps which signals it was sent, and how long it was waited for."""

    signals: list[int]
    waits: list[float | None]

    def __init__(self, *line: Any, **options: Any) -> None:
        self.signals, self.waits = [], []
        super().__init__(*line, **options)

    def send_signal(self, sig: int) -> None:
        self.signals.append(sig)
        super().send_signal(sig)

    def wait(self, timeout: float | None = None) -> int:
        self.waits.append(timeout)
        return super().wait(timeout)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Recorded]]:
    """The processes that were begun: none is left."""
    processes: list[Recorded] = []

    def begin(*line: Any, **options: Any) -> Recorded:
        processes.append(Recorded(*line, **options))
        return processes[-1]

    monkeypatch.setattr("gateway.store.sqlite_aside.subprocess.Popen", begin)
    yield processes
    assert [process.poll() is None for process in processes] == [False]


def copied(tmp_path: Path) -> dict[str, int]:
    small_store(tmp_path / "store")
    rows = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy").rows
    return dict(rows)


def test_it_stands_still_twice_as_long_as_it_works_and_is_let_go_on_each_time(
    tmp_path: Path, begun: list[Recorded]
) -> None:
    sqlite_aside.verify_aside(tmp_path / "copy", copied(tmp_path))
    (process,) = begun
    assert process.signals[:2] == [signal.SIGSTOP, signal.SIGCONT]
    assert process.signals.count(signal.SIGSTOP) == process.signals.count(signal.SIGCONT)
    assert process.waits[:2] == [sqlite_aside.WORKS_S, sqlite_aside.WORKS_S * RESTS]


def test_what_is_wrong_with_a_copy_is_said_in_the_words_of_the_check(tmp_path: Path, begun: list[Recorded]) -> None:
    rows = copied(tmp_path)
    with pytest.raises(BackupError, match=r"migrations \(2000 for 2001\)"):
        sqlite_aside.verify_aside(tmp_path / "copy", rows | {"migrations": 2001})
    assert len(begun) == 1


def test_a_check_that_breaks_down_is_no_check(
    tmp_path: Path, begun: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = copied(tmp_path)
    monkeypatch.setattr(sqlite_aside, "_in_turns", lambda process: os.kill(process.pid, signal.SIGKILL))
    with pytest.raises(BackupError, match="the process that checks it has broken down"):
        sqlite_aside.verify_aside(tmp_path / "copy", rows)
    assert len(begun) == 1


def test_a_check_that_nobody_waits_for_any_more_is_ended(
    tmp_path: Path, begun: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while it stands still: Ctrl-C comes at any moment."""
    rows = copied(tmp_path)

    def break_off(process: Recorded) -> None:
        os.kill(process.pid, signal.SIGSTOP)
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite_aside, "_in_turns", break_off)
    with pytest.raises(KeyboardInterrupt):
        sqlite_aside.verify_aside(tmp_path / "copy", rows)
    assert begun[0].returncode == -signal.SIGKILL


BEGINS_A_CHECK = """
import os, signal, sys
from pathlib import Path
from gateway.store import sqlite_aside

def until_it_stands_still(process):
    print(process.pid, flush=True)
    os.kill(process.pid, signal.SIGSTOP)
    signal.pause()

def let_it_wait(copy):
    while "(sleeping)" not in Path(f"/proc/{sqlite_aside.began.pid}/status").read_text():
        pass
    return b"{}"

class Popen(sqlite_aside.subprocess.Popen):
    def __init__(self, *line, **options):
        super().__init__(*line, **options)
        sqlite_aside.began = self

sqlite_aside.subprocess.Popen = Popen
sqlite_aside.msgspec.json.encode = let_it_wait
sqlite_aside._in_turns = until_it_stands_still
sqlite_aside.verify_aside(Path("copy"), {})
"""
"""The process has asked for its end, and waits to be told what to check, when it is made to stand still."""


def test_a_check_whose_back_up_was_killed_is_ended() -> None:
    """It may stand still just then, and nobody would let it go on."""
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    line = [sys.executable, "-c", BEGINS_A_CHECK]
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) as backing_up:
        assert backing_up.stdout is not None
        check = Path(f"/proc/{int(backing_up.stdout.readline())}/stat")
        backing_up.kill()
    deadline_s = time.monotonic() + 10.0
    while (
        check.exists() and check.read_text().rpartition(")")[2].split()[0] != "Z"
    ):  # whoever inherits it may take its time
        assert time.monotonic() < deadline_s
