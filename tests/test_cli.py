"""The command line itself: parsing, exit codes, and a real process."""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import Any

import pytest

from gateway import __version__, cli
from gateway.cli import main, make_parser
from gateway.commands import table
from gateway.commands.base import Failure

COMMANDS = [
    ("serve",),
    ("check-config",),
    ("migrate",),
    ("token", "create", "desk", "viewer"),
    ("token", "list"),
    ("token", "revoke", "desk"),
    ("requests", "list"),
    ("requests", "show", "r1"),
    ("requests", "act", "r1", "ship"),
    ("requests", "slip", "r1"),
    ("requests", "strap", "r1"),
    ("scan", "30000000001010"),
    ("tasks", "list"),
    ("tasks", "claim", "1"),
    ("tasks", "done", "1"),
    ("lists", "pull"),
    ("lists", "to-ship"),
    ("lists", "due"),
    ("lists", "overdue"),
    ("lists", "checked-out-not-told"),
    ("items", "import", "items.csv"),
    ("acs", "status"),
    ("acs", "resume"),
    ("acs", "check"),
    ("acs", "reconcile"),
    ("lending", "pause"),
    ("lending", "resume"),
    ("demo",),
    ("demo-acs",),
    ("demo-partner",),
    ("diagram",),
]
"""Every command that was promised (issue "Command line and JSON API")."""
WITHOUT_JSON = {"serve", "demo", "demo-acs", "demo-partner"}


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_every_promised_command_is_there(argv: tuple[str, ...]):
    assert callable(make_parser(argv).parse_args(argv).run)


@pytest.mark.parametrize("argv", [argv for argv in COMMANDS if argv[0] not in WITHOUT_JSON], ids=" ".join)
def test_every_command_that_prints_has_json(argv: tuple[str, ...]):
    assert make_parser(argv).parse_args([*argv, "--json"]).json is True


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("dance",),
        ("requests",),
        ("requests", "act", "r1", "dance"),
        ("tasks", "claim", "x"),
        ("tasks", "list", "--nothing"),
    ],
)
def test_what_is_typed_wrongly_exits_with_2(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: ill-gateway")


@pytest.mark.parametrize("command", table.COMMANDS, ids=lambda command: command.name)
def test_the_help_says_of_a_command_what_its_module_adds(command: table.Command):
    """The lines of `--help` stand apart from the modules, so that it needs none of them."""
    command_parser = commands_of(make_parser([command.name])).choices[command.name]
    inner = commands_of(command_parser)
    assert inner is None or sorted(command.words.split(", ")) == sorted(inner.choices)


def commands_of(parser: ArgumentParser) -> Any:
    """What argparse keeps of a parser's commands, None if it has none."""
    return next((action for action in parser._actions if isinstance(action, _SubParsersAction)), None)


def test_help_without_a_command_names_them_all(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(f"\n    {command.name}" in said for command in table.COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert (end.value.code, capsys.readouterr().out) == (0, f"{__version__}\n")


def ending_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def run(_options: Namespace) -> int:
        raise error

    monkeypatch.setattr(cli, "_parse", lambda _argv: Namespace(run=run))
    return main([])


def test_a_failure_is_1_with_its_words_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert ending_with(Failure("Not today."), monkeypatch) == 1
    assert capsys.readouterr() == ("", "Not today.\n")


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch):
    assert ending_with(KeyboardInterrupt(), monkeypatch) == 130


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ZeroDivisionError):
        ending_with(ZeroDivisionError(), monkeypatch)


@pytest.mark.process
def test_a_reader_that_has_enough_does_no_harm():
    """As in `ill-gateway diagram | head`: whoever reads is gone before everything is written."""
    script = """
import sys, argparse
from gateway import cli
from gateway.commands import table

def run(options):
    sys.stdin.read()
    print("x" * 1_000_000)
    return 0

cli._parse = lambda argv: argparse.Namespace(run=run)
sys.exit(cli.main([]))
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


CALLS = (
    "--help",
    "requests list",
    "requests show r1",
    "requests act r1 ship",
    "borrow openurl rft.title=Almanac",
    "pool list",
    "bills list",
    "invoices list",
    "tasks list",
    "lists pull",
    "catalogue find --isbn 9780306406157",
    "items import items.csv",
    "peers list",
    "partners list",
    "partners figures valley",
    "policy show",
    "policy try new.json",
    "token list",
    "acs status",
    "lending pause",
)
"""Of each module of commands, those that call the API."""
MODULES_MAX, HELP_MAX = 170, 60
"""At some 0.6 ms a module, with Python's own start, a call then takes less than 0.12 s on one calm core."""
HEAVY = {"aiohttp", "anyio", "asyncio", "asyncpg", "lxml", "pydantic", "rapidfuzz", "sqlite3", "structlog"}


@pytest.mark.process
@pytest.mark.parametrize("call", CALLS)
def test_a_call_imports_what_it_needs_and_so_takes_no_time(call: str):
    script = """
import sys
bare = set(sys.modules)
from gateway.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(set(sys.modules) - bare), file=sys.stderr)
"""
    nobody_there = {"ILL_GATEWAY_URL": "http://127.0.0.1:9", "ILL_GATEWAY_TOKEN": "nobody.asks-for-this"}
    command = [sys.executable, "-c", script, *call.split()]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **nobody_there})
    loaded = ran.stderr.splitlines()[-1].split()
    assert "gateway.cli" in loaded
    assert HEAVY & set(loaded) == set()
    assert len(loaded) <= (HELP_MAX if call == "--help" else MODULES_MAX)


def test_what_the_gateway_says_steers_no_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def fail(_options: object) -> int:
        raise Failure("There is no “\x1b[2J\u202ex”.\n  row 1: \x9bno")

    monkeypatch.setattr("gateway.commands.peers.list_peers", fail)
    assert main(["peers", "list"]) == 1
    assert capsys.readouterr().err == "There is no “[2Jx”.\n  row 1: no\n"
