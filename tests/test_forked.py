"""Tests that run in forked processes come to what they come to elsewhere, and none is lost."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
MANY = """
import pytest

@pytest.mark.parametrize("number", range(40))
def test_number(number, tmp_path):
    (tmp_path / "file").touch(exist_ok=False)
"""
OF_EACH_KIND = """
import pytest

@pytest.fixture
def leaking():
    yield
    raise ValueError("left over")

def test_good():
    print("said by what is good")

def test_bad():
    print("said by what is bad")
    assert [1] == [2]

@pytest.mark.skip(reason="not today")
def test_left_out():
    pass

@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    raise ValueError

def test_torn_down_badly(leaking):
    pass
"""
SHARED = """
import pytest

@pytest.fixture(scope="module")
def made(request):
    print("made", request.path.name)
    yield
    print("gone", request.path.name)
    raise ValueError("gone once")

def test_one(made):
    pass

def test_two(made):
    pass
"""
DYING = """
import os

def test_dying():
    os._exit(3)
"""
FOR_ALL = """
import os
from pathlib import Path
import pytest

BOOK = Path(__file__).with_name("book")

def note(what):
    with BOOK.open("a") as book:
        book.write(f"{what} {os.getpid()}\\n")

@pytest.fixture(scope="session")
def server():
    note("up")
    yield
    note("down")
    UNDONE
"""
SERVED = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_served(server, number):
    pass
"""
BREAKING_OFF = """
import os
import signal

def test_broken_off(server):
    os.kill(os.getpid(), signal.SIGTERM)
"""
DEAF = """
import os
import signal
import time
from pathlib import Path

def test_deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    book = Path(__file__).parents[1] / "deaf"
    book.with_suffix(".new").write_text(str(os.getpid()))
    book.with_suffix(".new").rename(book)
    time.sleep(3600)
"""
BAD_BESIDE = """
import time
from pathlib import Path

def test_bad_beside():
    while not (Path(__file__).parents[1] / "deaf").exists():
        time.sleep(0.01)
    assert False
"""
THREAD_LEFT = """
import threading
import time

def test_that_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(3600,)).start()
"""
UNREADABLE = "import no_such_module_anywhere\n"
DEADLINE_S = 300.0
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Without the plugins of all libraries that are installed, which these tests don't need: to load them takes as long as all else."""


def run(folder: Path, *options: str, **files: str) -> tuple[int, str]:
    """Run these files in two processes; how pytest ends, and what it writes."""
    for name, text in files.items():
        file = folder / (f"{name}.py" if name == "conftest" else f"of_{name}/test_{name}.py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "-p", "tests.fakes.forked"]
    more = ["--forks=2", f"--basetemp={folder / 'temporary'}", f"--config-file={settings}", *options, str(folder)]
    done = subprocess.run(
        [*command, *more],
        cwd=ROOT,
        env=os.environ | ALONE,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_test_is_run_once_whoever_takes_it(tmp_path: Path):
    status, said = run(tmp_path, one=MANY, two=MANY, three=MANY)
    assert (status, "120 passed" in said) == (0, True), said


def test_what_a_test_comes_to_is_told_with_what_it_said(tmp_path: Path):
    status, said = run(tmp_path, kinds=OF_EACH_KIND)
    assert status == 1
    assert "1 failed, 2 passed, 1 skipped, 1 xfailed, 1 error" in said
    for words in ("said by what is bad", "At index 0 diff: 1 != 2", "ValueError: left over", "not today"):
        assert words in said
    assert "said by what is good" not in said


def test_what_a_file_shares_is_made_once_and_taken_down_before_the_next(tmp_path: Path):
    files = dict.fromkeys(("one", "two", "three", "four", "five"), SHARED)
    status, said = run(tmp_path, **files)
    assert (status, "10 passed, 5 errors" in said) == (1, True), said
    assert [said.count(f"gone test_{name}.py") for name in files] == [1] * len(files)
    assert said.count("ERROR at teardown of test_two") == len(files)


def in_book(folder: Path) -> list[list[str]]:
    """Who has set something up for the whole session, and who has taken it down."""
    lines = [line.split() for line in (folder / "book").read_text().splitlines()]
    return [sorted(process for what, process in lines if what == wanted) for wanted in ("up", "down")]


def test_what_a_session_shares_is_made_once_by_a_worker_and_taken_down_in_the_end(tmp_path: Path):
    status, said = run(tmp_path, conftest=FOR_ALL.replace("UNDONE", ""), one=SERVED, two=SERVED, three=SERVED)
    assert (status, "9 passed" in said) == (0, True), said
    up, down = in_book(tmp_path)
    assert up == down
    assert len(set(up)) == len(up)


def test_what_a_session_shares_and_cannot_be_taken_down_is_told(tmp_path: Path):
    status, said = run(tmp_path, conftest=FOR_ALL.replace("UNDONE", "raise ValueError('left over')"), one=SERVED)
    assert status == 1
    assert "ValueError: left over" in said


def test_what_a_session_shares_is_taken_down_by_a_worker_that_is_broken_off(tmp_path: Path):
    status, said = run(tmp_path, conftest=FOR_ALL.replace("UNDONE", ""), one=SERVED, two=BREAKING_OFF)
    assert status == 1
    assert "a worker ended with 2" in said
    up, down = in_book(tmp_path)
    assert up == down


def test_a_worker_that_dies_is_not_passed_over(tmp_path: Path):
    status, said = run(tmp_path, many=MANY, dying=DYING)
    assert status == 1
    assert "a worker ended with 3" in said


def test_a_worker_that_ends_in_the_middle_as_if_all_were_well_is_not_passed_over(tmp_path: Path):
    status, said = run(tmp_path, many=MANY, leaving=DYING.replace("3", "0"))
    assert status == 1
    assert "a worker ended before its tests" in said


def test_after_the_first_failure_no_more_are_waited_for_where_one_is_enough(tmp_path: Path):
    status, said = run(tmp_path, "-x", bad=OF_EACH_KIND)
    assert (status, "1 failed" in said) == (1, True), said


def test_what_could_not_be_collected_is_told_and_nothing_is_run(tmp_path: Path):
    status, said = run(tmp_path, many=MANY, unreadable=UNREADABLE)
    assert status == 2
    assert "no_such_module_anywhere" in said
    assert "passed" not in said


def test_a_worker_that_does_not_end_when_it_is_told_to_is_killed(tmp_path: Path):
    status, said = run(tmp_path, "-x", "--farewell-s=1", deaf=DEAF, bad=BAD_BESIDE)
    assert (status, "1 failed" in said) == (1, True), said
    assert not psutil.pid_exists(int((tmp_path / "deaf").read_text()))


def test_a_worker_that_waits_for_a_thread_for_ever_is_killed_and_not_passed_over(tmp_path: Path):
    status, said = run(tmp_path, "--farewell-s=1", thread=THREAD_LEFT)
    assert (status, "a worker ended with -9" in said) == (1, True), said
