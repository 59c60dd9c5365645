"""The manual page and the completion, out of the parser: each command stands there, roff and bash take them."""

import shutil
import subprocess

import pytest

from gateway.cli import COMMANDS, main
from gateway.commands.manual import arguments, named, parsers, words_of
from gateway.workflow.records import State


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_each_command_is_in_the_manual(capsys: pytest.CaptureFixture[str]):
    manual = printed(capsys, "man")
    for path in words_of():
        assert not path or f'.SS "{" ".join(path)}"'.replace("-", r"\-") in manual
    assert r"\-\-config" in manual
    assert r"\-\-version" in manual
    assert f"One of: {', '.join(State)}." in manual
    assert r".TH ILL-GATEWAY 1" in manual


def test_each_command_option_and_argument_says_what_it_is():
    silent = [" ".join(path) for path, _, words in parsers() if not words]
    silent += [
        f"{' '.join(path)}: {named(argument)}"
        for path, parser, _ in parsers()
        for argument in arguments(parser)
        if not argument.help
    ]
    assert silent == []


def test_whoever_types_a_choice_wrong_reads_words_and_none_of_pythons_own():
    """The parser of Python names the choices as Python writes them: <Means.CHECK: 'check'> where one is of an enumeration."""
    odd = {
        f"{' '.join(path)}: {named(argument)}"
        for path, parser, _ in parsers()
        for argument in arguments(parser)
        if any(type(choice) is not str for choice in argument.choices or () if choice)
    }
    assert odd == set()


@pytest.mark.process
def test_groff_takes_the_manual(capsys: pytest.CaptureFixture[str]):
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z"],
        input=printed(capsys, "man"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


def test_every_command_and_its_options_can_be_completed():
    known = words_of()
    assert set(known[()]) == {command.name for command in COMMANDS}
    assert "list" in known[("requests",)]
    assert "--config" in known[("backup",)]
    assert "--new" in known[("restore",)]
    assert {"differs", "--found"} & set(known[("recovery", "list")])


@pytest.mark.process
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["rec"], ["recovery"]),
        (["recovery", "go"], ["go-on"]),
        (["recovery", "go-on", "--agr"], ["--agreeing"]),
        (["token", "create", "name", "adm"], ["admin"]),
        (["audit", "verify", "--head", "x", "--js"], ["--json"]),
        (["requests", "act", "L-1", "ship", "--und"], ["--undo-s"]),
        (["token", "create", "list", "admin", "--unt"], ["--until"]),
        (["recovery", "list", "--found", ""], ["agrees", "differs", "unclear"]),
        (["requests", "list", "--state", "awai"], ["awaiting\\ approval"]),
        (["requests", "list", "--state", "awaiting\\ a"], ["awaiting\\ approval"]),
        (["doctor", "--bundle", ""], []),
        (["requests", "list", "--open", "--js"], ["--json"]),
        (["partners", "import", "--service", "--js"], ["--json"]),
        (["demo-acs", ""], []),
    ],
)
def test_bash_completes(capsys: pytest.CaptureFixture[str], typed: list[str], completed: list[str]):
    words = " ".join(f"'{word}'" for word in ["ill-gateway", *typed])
    script = f"{printed(capsys, 'completion')}\nCOMP_WORDS=({words}); COMP_CWORD={len(typed)}; _ill_gateway; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout.splitlines(), done.stderr) == (completed or [""], "")
