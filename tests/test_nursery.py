"""A process that is forked is what `python -m` would have made of it."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest

from gateway.demo.stage.processes import Process, environment_for
from tests.fakes.nursery import Forked, Nursery

pytestmark = pytest.mark.process

TELLING = """
import atexit, os, sys
atexit.register(print, "ended as it should")
print(__name__, sys.argv[1:], os.environ["OF_ITS_OWN"], os.getcwd(), os.getsid(0) == os.getpid(), sys.stdin.read())
sys.exit(7)
"""
WAITING = """
import time
time.sleep(600)
"""
DEADLINE_S = 120.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "telling.py").write_text(TELLING)
    (tmp_path / "waiting.py").write_text(WAITING)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def begun(nursery: Nursery, folder: Path, *arguments: str) -> Forked:
    return nursery.start(arguments, folder / "log", environment_for({"OF_ITS_OWN": "set"}))


def test_it_has_its_arguments_its_environment_its_folder_its_session_and_ends_with_its_code(
    nursery: Nursery, folder: Path
):
    assert begun(nursery, folder, "telling", "one", "--two").wait(DEADLINE_S) == 7
    said = (folder / "log").read_text().splitlines()
    assert said == [f"__main__ ['one', '--two'] set {folder} True ", "ended as it should"]


def test_one_that_is_run_to_its_end_tells_its_code_its_output_and_its_errors_apart(nursery: Nursery, folder: Path):
    (folder / "saying.py").write_text("import sys\nprint('“said”', sys.argv[1:])\nsys.exit('“wrong”')\n")
    ran = nursery.run(("saying", "one"), environment_for({}), DEADLINE_S)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "“said” ['one']\n", "“wrong”\n")


FORGETFUL = """
import asyncio

async def fail():
    raise ValueError("nobody asked")

async def begin():
    failing = asyncio.create_task(fail())
    failing.itself = [failing]
    await asyncio.sleep(0)

asyncio.run(begin())
"""


def test_what_failed_and_was_never_asked_about_is_said_at_the_end(nursery: Nursery, folder: Path):
    """Runs with faults look for it in the gateway's log (tests/faults/log_book.py); what failed mostly holds on to itself by its own traceback."""
    (folder / "forgetful.py").write_text(FORGETFUL)
    ran = nursery.run(("forgetful",), environment_for({}), DEADLINE_S)
    assert "Task exception was never retrieved" in ran.stderr


def test_one_that_takes_too_long_is_ended(nursery: Nursery, folder: Path):
    before = nursery.running()
    with pytest.raises(subprocess.TimeoutExpired):
        nursery.run(("waiting",), environment_for({}), 0.0)
    assert nursery.running() == before


def test_it_is_waited_for_and_killed(nursery: Nursery, folder: Path):
    before = nursery.running()
    waiting, other = begun(nursery, folder, "waiting"), begun(nursery, folder, "waiting")
    assert (waiting.poll(), other.poll()) == (None, None)
    assert nursery.running() == [*before, waiting.pid, other.pid]
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(0.0)
    waiting.kill()
    assert waiting.wait(DEADLINE_S) == -9
    assert other.poll() is None
    waiting.kill()  # again: nothing comes of it
    other.kill()
    assert other.wait(DEADLINE_S) == -9


def test_one_that_fails_says_why_and_ends_with_1(nursery: Nursery, folder: Path):
    assert begun(nursery, folder, "nobody_wrote_this").wait(DEADLINE_S) == 1
    assert "No module named nobody_wrote_this" in (folder / "log").read_text()


def test_nothing_outlives_it(folder: Path):
    nursery = Nursery()
    pid = begun(nursery, folder, "waiting").pid
    nursery.close()
    assert not psutil.pid_exists(pid)


def test_processes_of_the_demonstration_are_forked_where_a_module_says_so(born_loaded: None, folder: Path):
    process = Process("waiter", ["waiting"], log=folder / "log", is_ready=lambda: True)
    process.start()
    assert psutil.Process(process.pid).ppid() != os.getpid()
    process.kill()
