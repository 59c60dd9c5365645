"""What holds for every test: a loop that a busy machine cannot hurry, properties without a time of their own, and the mark `process`
of whatever starts one. `make quick` leaves those out.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web_app
from hypothesis import HealthCheck, settings

from gateway.demo.stage import house, processes
from tests.fakes import nursery as nurseries
from tests.fakes.by_file import in_turn
from tests.fakes.examples import QUICK, SHARE
from tests.fakes.nursery import Nursery
from tests.fakes.plain_logs import log_plainly
from tests.fakes.steady_loop import SteadyLoop
from tests.store import fresh, servers
from tests.store.fresh import Fill

settings.register_profile(
    "steady",
    deadline=None,  # how long an example takes says what else the machine does
    suppress_health_check=[HealthCheck.too_slow],  # likewise
    derandomize=True,  # the same examples for everybody; coverage-guided fuzzing looks for new ones
)
settings.register_profile(QUICK, settings.get_profile("steady"), max_examples=100 // SHARE)
settings.load_profile("steady")
log_plainly()
signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell that runs the tests in the background has Ctrl-C ignored, and whatever they start would wait in vain for the one that a test sends."""
os.environ["LANGUAGE"] = "C"
"""For each of its words, argparse looks on the disk for a translation into each language that is set; for C, which is what it says, it does not."""
gc.set_threshold(50_000, 20, 20)
"""Python's own thresholds (700, 10, 10) spend a third of the time of the large tables' tests on looking for garbage that isn't there."""
gc.disable()  # until all is collected


@pytest.hookimpl
def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], SteadyLoop]]:
    return {"steady": SteadyLoop}


@pytest.fixture
def fill() -> Fill | None:
    """What writes into a live API's store before its test begins: nothing, unless the module has a fixture of this name."""
    return None


@pytest.fixture(scope="module", autouse=True)
def _applications_are_let_go() -> Iterator[None]:
    """Let go of all that was served: aiohttp remembers its last 1024 handlers, each with its application."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What forks processes that begin with everything loaded."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def born_loaded(nursery: Nursery) -> Iterator[None]:
    """Let what a module starts, and the commands that it runs, begin with everything loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "start_python", nursery.start)
        patch.setattr(house, "run_python", nursery.run)
        patch.setattr("tests.faults.processes.start_program", nursery.begin)
        yield


PROCESS_FOLDERS: Final = frozenset({"browser", "e2e", "guards"})
PROCESS_FIXTURES: Final = frozenset({"nursery", "postgres", "promtool"})
"""Folders and fixtures of tests that start processes; a single test or module carries the mark itself."""
_STARTS: Final = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"})
"""Python's audit events of a process that begins."""
_started: list[str] = []
"""Those of them since the test that runs now was set up."""
_niceness: list[int] = []
"""This process's, when that test was set up."""


NO_PROCESSES: Final = "not process"
"""What `make quick` asks for with `-m`."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Folders of which nothing would be left are not even read."""
    return True if config.option.markexpr == NO_PROCESSES and collection_path.name in PROCESS_FOLDERS else None


def pytest_itemcollected(item: pytest.Item) -> None:
    if PROCESS_FOLDERS & set(item.path.parts) or PROCESS_FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker("process")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_turn(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was collected lives to the end: it is kept out of garbage collection, which would walk over it in every test."""
    gc.freeze()
    gc.enable()
    if not session.config.option.collectonly:
        _begin_what_all_share({name for item in session.items for name in getattr(item, "fixturenames", ())})


def _begin_what_all_share(fixtures: Collection[str]) -> None:
    """Start once, before workers are forked, what each of them would start for fixtures that are asked for."""
    if "nursery" in fixtures:
        nurseries.loaded()
    if "postgres" in fixtures:
        servers.made()


def pytest_sessionfinish() -> None:
    fresh.let_go()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    _started.clear()
    _niceness[:] = [os.getpriority(os.PRIO_PROCESS, 0)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    result = yield
    if _started and item.get_closest_marker("process") is None:
        pytest.fail("It starts a process: mark it with pytest.mark.process.", pytrace=False)
    if [os.getpriority(os.PRIO_PROCESS, 0)] != _niceness:
        pytest.fail("It lets this process step back, and with it all later tests and what they start.", pytrace=False)
    return result


def _watch(event: str, _arguments: tuple[Any, ...]) -> None:
    """Python calls it with every audit event."""
    if event in _STARTS:
        _started.append(event)


sys.addaudithook(_watch)
