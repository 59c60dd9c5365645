"""The process around a gateway: what ends it, and with which exit code."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import pytest

from gateway import logs
from gateway.app import process
from gateway.app.gateway import Gateway
from gateway.config import Settings
from gateway.demo.stage.processes import environment_for
from gateway.store.port import DatabaseTooNew
from tests.fakes.small_settings import small_settings

UNIT = Path(__file__).parents[2] / "deploy" / "ill-gateway.service"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(process, "spare_the_collector", lambda: None)  # it would stay so for the tests after this one
    return small_settings(tmp_path)


class Superseded(Gateway):
    """One whose name another takes as soon as it has started."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.superseded.set()
        return self


class Terminated(Gateway):
    """One that is asked to stop as soon as it has started."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        os.kill(os.getpid(), signal.SIGTERM)
        return self


class HungUp(Gateway):
    """One that gets SIGHUP as soon as it has started."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        os.kill(os.getpid(), signal.SIGHUP)
        return self


@pytest.mark.process
def test_once_it_is_ready_garbage_is_looked_for_again():
    """In a process of its own, which would keep it so."""
    program = (
        "import gc; from gateway.app import process; gc.disable(); process.spare_the_collector();"
        " print(gc.isenabled(), gc.get_threshold()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment_for({}), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", str(process.YOUNG_OBJECTS)]


class TooOld(Gateway):
    """One whose store a newer program has had."""

    async def __aenter__(self) -> Self:
        raise DatabaseTooNew("a newer gateway has been here")


def test_an_older_program_says_in_one_line_that_it_can_not_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(process, "Gateway", TooOld)
    monkeypatch.setattr(logs, "configure", lambda *_given: None)
    assert process.serve(settings) == 1
    said = capsys.readouterr().out
    assert "could not start" in said
    assert "a newer gateway has been here" in said


async def test_sigterm_ends_it_well(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "Gateway", Terminated)
    assert await process.run(settings) == 0


async def test_a_terminal_that_closes_ends_what_was_started_there(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "Gateway", HungUp)
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == process.STDIN)
    assert await process.run(settings) == 0


async def test_sighup_ends_no_service(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []

    def say() -> None:
        said.append("it goes on")
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(process, "Gateway", HungUp)
    monkeypatch.setattr(os, "isatty", lambda _descriptor: False)
    monkeypatch.setattr(process, "_say_what_is_read", say)
    assert await process.run(settings) == 0
    assert said == ["it goes on"]


async def test_whose_name_another_has_taken_ends_with_a_code_of_its_own_and_is_not_started_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(process, "Gateway", Superseded)
    assert await process.run(settings) == process.SUPERSEDED
    assert f"RestartPreventExitStatus={process.SUPERSEDED}" in UNIT.read_text().splitlines()
