"""A copy of a SQLite store is checked by a process of its own, which stands still for most of the time and is gone at the end."""

import os
import signal
import subprocess
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
