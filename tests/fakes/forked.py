"""Tests side by side in processes that are forked from the one that has collected them: a plugin of pytest, for `make test` and `make quick`.

Workers that each import and collect everything for themselves, as pytest-xdist's do, spend seven seconds of processor time on that; and
what each of many thousand quick tests comes to is told in five messages. Here everything is collected once. Whoever is free takes the next
file, with all its tests, and tells what they came to once it is through; nobody has a file in hand while it runs another.
"""

import os
import signal
import time
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, NamedTuple

import pytest
from _pytest.terminal import TerminalReporter

from gateway.demo.stage.processes import share_ports

_TICKET_BYTES: Final = 2
"""A pipe holds the numbers of 32,000 files at once; each read takes a whole one."""
_FORKING: Final = get_context("fork")
File = Sequence[pytest.Item]
"""The tests of one file, in their order."""


class _Share(NamedTuple):
    """A worker's place among the others."""

    number: int
    of: int


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=2, help="run the tests in so many forked processes")
    parser.addoption("--farewell-s", type=float, default=180.0, help="kill a process that takes longer to end")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run all files; what a worker tells is reported as if it had been run here."""
    if session.testsfailed or session.config.option.collectonly:
        return None  # pytest's own says what is wrong, or runs nothing
    files = [list(items) for _, items in groupby(session.items, key=lambda item: item.path)]
    _temporary(
        session.config
    ).getbasetemp()  # made, and one day removed, by this process; workers have their own within it
    tickets = _tickets(len(files))
    of = session.config.option.forks
    workers = dict(_start(session, files, tickets, _Share(number, of)) for number in range(of))
    os.close(tickets)
    try:
        if _listen(session, workers) < len(files):  # one ended in the middle of a file as if all were well
            session.shouldfail = "a worker ended before its tests: not all were run"
            raise session.Failed(session.shouldfail)
    finally:
        _break_off(session, workers.values())
    return True


def _temporary(config: pytest.Config) -> pytest.TempPathFactory:
    factory = config._tmp_path_factory  # type: ignore[attr-defined] # as pytest-xdist does; there is no other way to it
    assert isinstance(factory, pytest.TempPathFactory)
    return factory


def _tickets(files: int) -> int:
    """Return the end of a pipe from which each file's number is read once."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(_TICKET_BYTES) for number in range(files)))
    os.close(writing)
    return reading


def _start(
    session: pytest.Session, files: Sequence[File], tickets: int, share: _Share
) -> tuple[Connection, BaseProcess]:
    heard, told = _FORKING.Pipe(duplex=False)
    worker = _FORKING.Process(target=_work, args=(session, files, tickets, share, told), daemon=True)
    worker.start()
    told.close()
    return heard, worker


# In the process that has collected


def _listen(session: pytest.Session, workers: dict[Connection, BaseProcess]) -> int:
    """Report what is told until no worker is left; give of how many files."""
    told = 0
    while workers:
        for heard in wait(list(workers)):
            assert isinstance(heard, Connection)
            said = _received(heard)
            if said is None:
                _see_off(session, workers.pop(heard))
                heard.close()
            else:
                _report(session, said)
                told += 1
    return told


def _received(heard: Connection) -> list[dict[str, Any]] | None:
    """Return what the tests of a file came to; None if the worker has ended."""
    try:
        said: list[dict[str, Any]] = heard.recv()
    except EOFError:
        return None
    return said


def _see_off(session: pytest.Session, worker: BaseProcess) -> None:
    _await_end(session, [worker])
    if worker.exitcode:
        session.shouldfail = f"a worker ended with {worker.exitcode}: not all of its tests were run"
        raise session.Failed(session.shouldfail)


def _break_off(session: pytest.Session, workers: Collection[BaseProcess]) -> None:
    """End those that still run: the first failure was enough, or somebody pressed Ctrl-C."""
    for worker in workers:
        worker.terminate()
    _await_end(session, workers)


def _await_end(session: pytest.Session, workers: Collection[BaseProcess]) -> None:
    """Give them time to take down what they share; kill who ignores what it is told, or waits for a thread that does not end."""
    until_s = time.monotonic() + session.config.option.farewell_s
    for worker in workers:
        worker.join(max(until_s - time.monotonic(), 0.0))
        if worker.exitcode is None:
            worker.kill()
            worker.join()


def _report(session: pytest.Session, said: Sequence[dict[str, Any]]) -> None:
    hook = session.config.hook
    for data in said:
        report = hook.pytest_report_from_serializable(config=session.config, data=data)
        hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)


# In a worker


class _Told:
    """Keeps what the tests of a file come to. That a test was set up and taken down again, as most are, need not be told."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._reports: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
            self._reports.append(data)

    def take(self) -> list[dict[str, Any]]:
        taken, self._reports = self._reports, []
        return taken


class _Silent:
    """In the place of what writes to the terminal: others ask it how wide that is."""

    def __init__(self, reporter: TerminalReporter) -> None:
        self._tw = reporter._tw


def _work(session: pytest.Session, files: Sequence[File], tickets: int, share: _Share, to: Connection) -> None:
    told = _settle_in(session.config, share)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for number in _taken(tickets):
            _run(session, files[number])
            to.send(told.take())
    except KeyboardInterrupt:
        raise SystemExit(pytest.ExitCode.INTERRUPTED) from None
    finally:
        _leave(session)
        to.close()  # what else keeps the process from ending, the other sees


def _run(session: pytest.Session, file: File) -> None:
    """Run the tests of a file. The session itself comes after the last: what the file shares is taken down, what the session does is kept."""
    for item, after in pairwise([*file, session]):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=after)


def _leave(session: pytest.Session) -> None:
    """Take down what was set up for the whole session, also where it was broken off. What goes wrong with that is said on the terminal."""
    for further in (signal.SIGINT, signal.SIGTERM):
        signal.signal(further, signal.SIG_IGN)
    session.config.pluginmanager.getplugin("capturemanager").stop_global_capturing()
    status = pytest.ExitCode.TESTS_FAILED if session.testsfailed else pytest.ExitCode.OK
    session.config.hook.pytest_sessionfinish(session=session, exitstatus=status)


def _settle_in(config: pytest.Config, share: _Share) -> _Told:
    """Part from the process that was forked: ports, folders and files of captured output are its own, the terminal is the other's."""
    share_ports(*share)
    temporary = _temporary(config)
    temporary._basetemp = temporary.getbasetemp() / f"worker-{share.number}"
    temporary._basetemp.mkdir(mode=0o700)
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    reporter = config.pluginmanager.unregister(name="terminalreporter")
    assert isinstance(reporter, TerminalReporter)
    config.pluginmanager.register(_Silent(reporter), "terminalreporter")
    told = _Told(config)
    config.pluginmanager.register(told)
    return told


def _taken(tickets: int) -> Iterator[int]:
    """Take the number of one file after the other that nobody else has taken."""
    while ticket := os.read(tickets, _TICKET_BYTES):
        yield int.from_bytes(ticket)
