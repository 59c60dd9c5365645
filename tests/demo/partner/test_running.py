"""The demonstration partner as a process, and as a guest in the test's own."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.demo.partner.misbehaviour import Misbehaviour, Order
from gateway.demo.partner.running import main, serve
from gateway.demo.partner.settings import PartnerSettings

ROOT = Path(__file__).parents[3]
DEADLINE_S = 60


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A running `demo-partner`, its port and its control port; killed at the end if it is still there."""
    command = [sys.executable, "-m", "gateway.demo.partner.running", "--port", "0", "--control-port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            line = running.stdout.readline()
            told = r"demonstration partner listening on http://127\.0\.0\.1:(\d+)/iso18626 \(control (\d+)\)\n"
            found = re.fullmatch(told, line)
            assert found, line
            yield running, int(found[1]), int(found[2])
        finally:
            running.kill()


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_with_a_caller_connected(number: signal.Signals):
    with process() as (running, port, _), socket.create_connection(("127.0.0.1", port)) as line:
        os.kill(running.pid, number)
        line.settimeout(DEADLINE_S)
        assert line.recv(1) == b""
        assert running.wait(DEADLINE_S) == 0


def test_a_port_that_is_taken_is_told_in_words(capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1]), "--control-port", "0"]) == 1
    assert "can't listen" in capsys.readouterr().err


async def test_a_control_port_that_is_taken_leaves_nothing_open():
    """Open sockets would be warnings, and warnings are errors."""
    async with await serve(PartnerSettings()) as partner:
        with pytest.raises(OSError, match="address already in use"):
            await serve(PartnerSettings(control_port=partner.port))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--basic", "sample"], "expected USER:PASSWORD"),
        (["--misbehave", '{"name": "politely"}'], "Invalid enum value 'politely'"),
        (["--misbehave", "{"], "Input data was truncated"),
        (["--version", "3"], "argument --version"),
        (["--dialect", "martian"], "argument --dialect"),
    ],
)
def test_a_wrong_argument_is_told_in_words(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_settings_never_show_a_secret():
    assert "specimen" not in repr(PartnerSettings(basic_user="sample", basic_password="specimen", bearer="specimen"))


async def test_orders_can_be_given_at_the_start():
    order = Order(name=Misbehaviour.FAILS)
    async with await serve(PartnerSettings(misbehaviours=(order,))) as partner:
        assert partner.library.script.orders == [order]


@pytest.mark.process
def test_it_knows_nothing_of_the_gateways_workings():
    """It may share the protocol's library; a mistake in the workflow must not be made on both sides."""
    parts = ("dispatch", "workflow", "store", "mapping", "web")
    ours = f"n.split('.')[1:2] and n.startswith('gateway.') and n.split('.')[1] in {parts!r}"
    script = f"import sys, gateway.demo.partner.running; print([n for n in sys.modules if {ours}])"
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
