"""Asking before what can't be undone."""

import io

import pytest

from gateway.commands.base import Failure
from gateway.commands.confirming import confirm


class Terminal(io.StringIO):
    """An input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("answer", ["y\n", "Yes\n"])
def test_yes_goes_on(answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    confirm("Forget them?", yes=False)
    assert capsys.readouterr().err == "Forget them? [y/N] "


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_anything_else_stops(answer: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    with pytest.raises(Failure, match="Nothing was done"):
        confirm("Forget them?", yes=False)


def test_nobody_there_stops_too_unless_yes_was_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(Failure, match="--yes"):
        confirm("Forget them?", yes=False)
    confirm("Forget them?", yes=True)
