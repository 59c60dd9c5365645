"""The demonstration ACS as a process, and as a guest in the test's own."""

import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from gateway.demo.acs.collection import demonstration_collection, item_list_csv
from gateway.demo.acs.running import main, serve
from gateway.demo.acs.settings import AcsSettings
from tests.demo.stage.terminal import BRIDGES, PARTNER, STATUS, Terminal, checkout, control, item, login

ROOT = Path(__file__).parents[3]
DEADLINE_S = 60


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A running `demo-acs`, its port and its control port; killed at the end if it is still there."""
    command = [sys.executable, "-m", "gateway.demo.acs.running", "--port", "0", "--control-port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            line = running.stdout.readline()
            found = re.fullmatch(r"demonstration ACS listening on 127\.0\.0\.1:(\d+) \(control (\d+)\)\n", line)
            assert found, line
            yield running, int(found[1]), int(found[2])
        finally:
            running.kill()


@pytest.mark.process
async def test_a_killed_process_keeps_its_loans(tmp_path: Path):
    state = str(tmp_path / "books.json")
    with process("--state", state) as (running, port, _):
        async with await Terminal.connect(port) as line:
            assert (await line.ask(checkout(PARTNER, BRIDGES))).startswith(b"121N")
        running.kill()
    with process("--state", state) as (_, port, control_port):
        async with await Terminal.connect(port) as line:
            assert (await line.ask(item(BRIDGES))).startswith(b"1804")
        assert (await control(control_port, "books"))["counts"] == {f"checkout|{BRIDGES}|{PARTNER}": 1}


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_cleanly_with_a_client_connected(number: signal.Signals):
    with process() as (running, port, _):
        async with await Terminal.connect(port) as line:
            await line.ask(STATUS)
            os.kill(running.pid, number)
            assert await line.read() == b""
        assert running.wait(DEADLINE_S) == 0


@pytest.mark.process
async def test_settings_of_the_command_line():
    order = '{"name": "lost_after_act", "codes": ["11"], "count": 1}'
    habits = '{"due_date_format": "iso_time_zone"}'
    arguments = ["--login", "sample:specimen", "--misbehave", order, "--habits", habits, "--time-zone", "Asia/Tokyo"]
    with process(*arguments) as (_, port, control_port):
        async with await Terminal.connect(port) as line:
            assert await line.ask(login()) == b"941\r"
            line.send(checkout(PARTNER, BRIDGES).encode() + b"\r")
            assert await line.read() == b""
        async with await Terminal.connect(port) as line:
            await line.ask(login())
            assert b" 23:59:00 JST|" in await line.ask(item(BRIDGES))
        assert len((await control(control_port, "books"))["acts"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--login", "sample"], "expected USER:PASSWORD"),
        (["--misbehave", '{"name": "politely"}'], "Invalid enum value 'politely'"),
        (["--habits", "{"], "Input data was truncated"),
        (["--time-zone", "Example/Valley"], "no time zone 'Example/Valley'"),
        (["--time-zone", "../etc"], "no time zone '../etc'"),
    ],
)
def test_a_wrong_argument_is_told_in_words(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_the_item_list_is_written(tmp_path: Path):
    assert main(["--item-list", str(tmp_path / "items.csv")]) == 0
    assert (tmp_path / "items.csv").read_text(encoding="utf-8") == item_list_csv(demonstration_collection())


async def test_a_port_that_is_taken_leaves_nothing_open():
    """Open sockets would be warnings, and warnings are errors."""
    async with await serve(AcsSettings()) as acs:
        with pytest.raises(OSError, match="address already in use"):
            await serve(AcsSettings(control_port=acs.port))


async def test_tls():
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    async with await serve(AcsSettings(), tls=server) as acs, await Terminal.connect(acs.port, client) as line:
        assert (await line.ask(STATUS)).startswith(b"98")


@pytest.mark.process
def test_it_shares_no_code_with_the_client():
    """A mistake that both made would be seen by nobody."""
    script = (
        "import sys, gateway.demo.acs.running; print([name for name in sys.modules if name.startswith('gateway.sip2')])"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
