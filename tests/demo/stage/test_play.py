"""The demonstration as people start it: what it prints, how it ends, and that nothing is left running."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from gateway.demo.stage import play
from gateway.demo.stage.borrowing_scene import HELD_ELSEWHERE, HELD_THERE
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.performance import serve
from gateway.demo.stage.processes import Unreachable
from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.talk import Site
from tests.fakes.nursery import Nursery

ROOT = Path(__file__).parents[3]
DEADLINE_S = 180


@contextmanager
def playing(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "gateway.demo.stage.play", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as running:
        deadline = threading.Timer(DEADLINE_S, running.terminate)
        deadline.start()
        try:
            yield running
        finally:
            deadline.cancel()
            running.terminate()
            running.wait(DEADLINE_S)


@pytest.fixture
def signals() -> Iterator[None]:
    """The handlers of signals as they were, after a play in the test's own process."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def read_until(running: subprocess.Popen[str], part: str) -> str:
    """Everything up to the line that holds this part."""
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if part in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def pids_in(directory: Path) -> list[int]:
    """The processes whose command line names this directory, ourselves and the player left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:  # it has ended meanwhile
                continue
            if str(directory).encode() in command and b"gateway.demo.stage.play" not in command:
                found.append(int(entry.name))
    return found


@pytest.mark.process
def test_demo_plays_a_loan_a_refusal_and_a_borrowed_loan_and_ends_with_0(tmp_path: Path):
    directory = tmp_path / "demo"
    with playing("--directory", str(directory)) as running:
        told, _ = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 0, told
    ticked = re.findall(r"^  ✓ +\d+\.\d\d s  (.{14})", told, re.MULTILINE)
    prepared = ["started", "item lists", "pool", "accounts", "token", "catalogue"]
    steps = [*prepared, *dict(LOAN), "request", "Unfilled", *dict(HELD_ELSEWHERE), *dict(HELD_THERE)]
    assert [name.strip() for name in ticked] == steps
    assert told.count("They agree.") == 2
    assert "SIP2 11" in told
    assert "Sent StatusChange Loaned." in told
    assert pids_in(directory) == []
    assert "Sent New to specimen-hills." in told
    assert "sample-valley is asked first, for its record sv000003, and promises it: holds it, 1 of 1 copy in" in told
    assert all((directory / name / "gateway.sqlite").exists() for name in ("valley", "hills"))


@pytest.mark.process
def test_run_serves_until_ctrl_c(tmp_path: Path):
    directory = tmp_path / "demo"
    with playing("--stay", "--directory", str(directory)) as running:
        told = read_until(running, "until Ctrl-C.")
        (desk,) = re.findall(r"^desk  (\S+)$", told, re.MULTILINE)
        assert b"Sign in" in urlopen(f"{desk}sign-in", timeout=DEADLINE_S).read()  # noqa: S310 - the address is ours
        assert len(pids_in(directory)) == 4  # two gateways and their ACSs name it; the partner writes nothing
        url = re.search(r"ILL_GATEWAY_URL=(\S+)", told)
        token = re.search(r"ILL_GATEWAY_TOKEN=(\S+)", told)
        assert url is not None
        assert token is not None
        api = Site(int(url[1].rpartition(":")[2]), "/api/v1", token[1])
        assert [line["state"] for line in api.get("/requests")["requests"]] == ["promised", "completed", "completed"]
        running.send_signal(signal.SIGINT)
        told, _ = running.communicate(timeout=DEADLINE_S)
    assert (running.returncode, "ended cleanly" in told) == (0, True), told
    assert pids_in(directory) == []
    with pytest.raises(Unreachable):
        api.get("/requests")


@pytest.mark.process
def test_make_has_nothing_to_add_when_ctrl_c_ends_it():
    """Ctrl-C reaches make, its shell and the play alike, as a terminal's group; here in the midst of a loan."""
    make = ["make", "-o", ".venv/installed", f"BIN={Path(sys.executable).parent}", "demo"]
    with subprocess.Popen(
        make, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as running:
        read_until(running, "A loan:")
        os.killpg(running.pid, signal.SIGINT)
        told, _ = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == -signal.SIGINT
    assert "Broken off; everything is stopped." in told
    assert "make" not in told


def test_where_to_look_next_begins_with_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Unless the program is found already; without it, the module is named."""
    python, program = tmp_path / "python", tmp_path / "ill-gateway"
    monkeypatch.setattr(sys, "executable", str(python))
    assert play.how_to_call() == ("", f"{python} -m gateway.cli")
    program.touch(mode=0o755)
    assert play.how_to_call() == (f'\n  export PATH="{tmp_path}:$PATH"', "ill-gateway")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert play.how_to_call() == ("", "ill-gateway")


@pytest.mark.process
@pytest.mark.usefixtures("born_loaded", "signals")
def test_run_ends_with_1_where_a_process_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], nursery: Nursery
):
    def kill_one_and_serve(both: Neighbours) -> None:
        os.kill(both.valley.gateway.pid, signal.SIGKILL)
        serve(both)

    before = nursery.running()
    monkeypatch.setattr(play, "serve", kill_one_and_serve)
    assert play.main(["--stay", "--directory", str(tmp_path / "demo")]) == 1
    assert "The gateway ended with exit code -9." in capsys.readouterr().out
    assert nursery.running() == before


class Disheartened(Scene):
    """Waits for news at the partner until the gateway has put off telling it, and hardly longer."""

    def until_told(self, status: str, reason: str | None = None) -> dict[str, Any]:
        self.until(lambda: "work postponed" in self.stack.gateway.tail(), "a message that was put off")
        self.deadline_s = 0.1
        return super().until_told(status, reason)


@pytest.mark.process
@pytest.mark.usefixtures("born_loaded", "signals")
def test_a_step_that_does_not_come_is_told_with_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], nursery: Nursery
):
    """The partner's system fails whenever it is told something."""
    imports = Stack.import_items

    def import_and_spoil(stack: Stack) -> str:
        stack.misbehave_partner("fails")
        return imports(stack)

    before = nursery.running()
    monkeypatch.setattr(Stack, "import_items", import_and_spoil)
    monkeypatch.setattr(play, "Scene", Disheartened)
    assert play.main(["--directory", str(tmp_path / "demo")]) == 1
    told = capsys.readouterr().out
    assert "✗ No sign of WillSupply at the partner within 0.1 s." in told
    assert "work postponed" in told
    assert "The last lines of its log:" in told
    assert "nothing is left running" in told
    assert nursery.running() == before


def test_a_directory_that_is_not_empty_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], signals: None):
    (tmp_path / "something").touch()
    assert play.main(["--directory", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().out
    assert [entry.name for entry in tmp_path.iterdir()] == ["something"]
