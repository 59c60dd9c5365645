"""Processes started, watched, stopped and killed; what a wait gives, and how it ends."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.demo.stage.processes import (
    Process,
    Trouble,
    Unreachable,
    environment_for,
    free_port,
    share_ports,
    wait_for,
)

FOR_EVER = "import time\nprint('it runs', flush=True)\ntime.sleep(60)"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Makes a process of a script; it is ready once its log holds a word."""
    running = []

    def make(script: str, word: str = "runs") -> Process:
        (tmp_path / "script_for_a_test.py").write_text(script)
        log = tmp_path / "it.log"
        process = Process(
            "script",
            ["script_for_a_test"],
            log=log,
            is_ready=lambda: log.exists() and word in log.read_text(),
            environment={"PYTHONPATH": str(tmp_path)},
        )
        running.append(process)
        return process

    yield make
    for process in running:
        process.kill()


@pytest.mark.process
def test_a_process_starts_stops_and_starts_again(made):
    process = made("import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n" + FOR_EVER)
    process.start()
    assert process.alive
    wait_for(lambda: process.tail() == "it runs", "the first start in the log")
    process.stop()
    assert not process.alive
    process.start()
    wait_for(lambda: process.tail() == "it runs\nit runs", "the second start in the log")


@pytest.mark.process
def test_a_kill_is_no_trouble(made):
    process = made(FOR_EVER)
    process.start()
    process.kill()
    assert not process.alive
    process.check()
    process.stop()


@pytest.mark.process
def test_a_process_that_ends_at_its_start_is_told_with_its_log(made):
    process = made("import sys\nprint('no such file')\nsys.exit(3)")
    with pytest.raises(Trouble, match="The script ended with exit code 3") as told:
        process.start()
    assert told.value.log == "no such file"


@pytest.mark.process
def test_a_stop_with_another_code_is_told(made):
    process = made(FOR_EVER)
    process.start()
    with pytest.raises(Trouble, match="stopped with exit code -15"):
        process.stop()


@pytest.mark.process
def test_a_process_that_does_not_stop_is_killed_and_told(made, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.demo.stage.processes.STOP_DEADLINE_S", 0.1)
    process = made("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FOR_EVER)
    process.start()
    with pytest.raises(Trouble, match=r"did not stop within 0\.1 s"):
        process.stop()
    assert not process.alive


def test_a_wait_gives_what_it_waited_for():
    answers = iter([None, "", "here"])
    assert wait_for(lambda: next(answers), "it") == "here"


def test_a_wait_passes_over_who_is_not_there_yet():
    calls = []

    def probe() -> bool:
        calls.append(1)
        if len(calls) < 3:
            raise Unreachable
        return True

    assert wait_for(probe, "it")


def test_a_wait_ends_at_its_deadline_in_words():
    with pytest.raises(Trouble, match=r"No sign of spring within 0\.05 s\."):
        wait_for(lambda: None, "spring", 0.05)


@pytest.mark.process
def test_a_wait_ends_with_the_process_it_depends_on(made):
    process = made(FOR_EVER + "\n", word="runs")
    process.start()
    assert process._running is not None
    process._running.kill()
    with pytest.raises(Trouble, match="The script ended with exit code -9"):
        wait_for(lambda: None, "it", watch=(process,))


def test_settings_for_another_gateway_are_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ILL_GATEWAY_HTTP__PORT", "1")
    monkeypatch.setenv("ILL_OTHER", "kept")
    environment = environment_for({"ILL_GATEWAY_TOKEN": "given"})
    assert "ILL_GATEWAY_HTTP__PORT" not in environment
    assert (environment["ILL_OTHER"], environment["ILL_GATEWAY_TOKEN"]) == ("kept", "given")
    assert (Path(environment["PYTHONPATH"].split(os.pathsep)[0]) / "gateway").is_dir()


def test_a_port_that_is_taken_gives_way_to_a_free_one():
    wanted = free_port()
    assert free_port(wanted) == wanted
    with socket.create_server(("127.0.0.1", wanted)):
        assert free_port(wanted) not in {0, wanted}


def test_a_port_is_given_once(monkeypatch: pytest.MonkeyPatch):
    """Two draws of the same number within one set of ports would put two processes on one port."""
    first = free_port()
    draws = iter([first, first, first + 1, first + 2, first + 3])
    monkeypatch.setattr("gateway.demo.stage.processes.random.randrange", lambda *_: next(draws))
    assert free_port() > first


def test_shares_of_the_ports_have_none_in_common(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.demo.stage.processes._share", (0, 1))
    drawn = []
    for share in range(3):
        share_ports(share, 3)
        drawn.append({free_port() for _ in range(50)})
    assert [len(ports) for ports in drawn] == [50, 50, 50]
    assert len(set().union(*drawn)) == 150
    assert all(20_000 <= port < 32_000 for ports in drawn for port in ports)
