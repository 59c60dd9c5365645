"""Tables, times and progress."""

import io
import json
import re
import threading
from datetime import datetime

import pytest

from gateway.commands import output
from gateway.commands.base import plain_lines
from gateway.commands.output import (
    AtLibrary,
    CountedFile,
    Stage,
    address,
    how_far,
    moment,
    plain,
    print_json,
    print_table,
    progress,
)
from gateway.workflow.values import PostalAddress


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]):
    print_table(("A", "LONG"), [("x", None), ("wide one", 7), ("書", "y")], empty="none")
    assert capsys.readouterr().out.splitlines() == ["A         LONG", "x", "wide one  7", "書        y"]


def test_a_column_that_says_nothing_is_left_out(capsys: pytest.CaptureFixture[str]):
    print_table(("A", "NOTHING", "B"), [("x", None, 1), ("y", "", 2)], empty="none")
    assert capsys.readouterr().out.splitlines() == ["A  B", "x  1", "y  2"]


def test_no_row_is_said_in_words(capsys: pytest.CaptureFixture[str]):
    print_table(("A",), [], empty="Nothing here.")
    assert capsys.readouterr().out == "Nothing here.\n"


def test_control_characters_go():
    assert plain("a\x1b[31m\tb\nc\x9b") == "a[31m b c"
    assert plain_lines("a\x1b\n\n  b\x00") == ["a", "", "  b"]
    assert plain(None) == ""


@pytest.mark.usefixtures("in_utc")
def test_times_are_this_machines_where_no_gateway_names_its_librarys_zone():
    assert moment(datetime.fromisoformat("2026-10-28T10:00:00+01:00")) == "2026-10-28 09:00"
    assert moment(datetime.fromisoformat("2026-10-28T09:00:05Z"), seconds=True) == "2026-10-28 09:00:05"
    assert moment(datetime.fromisoformat("2026-10-28T09:00:00Z"), zone="Europe/Berlin") == "2026-10-28 10:00"
    assert moment(None) == ""


@pytest.mark.usefixtures("in_utc")
@pytest.mark.parametrize("zone", ["No/Such_Zone", "Europe", "../etc/passwd", "No/Steering\x1b[2J"])
def test_a_zone_that_this_machine_does_not_have_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], zone: str
):
    monkeypatch.setattr(AtLibrary, "zone", zone)
    output._zone.cache_clear()
    for _ in range(2):
        assert moment(datetime.fromisoformat("2026-10-28T09:00:00Z")) == "2026-10-28 09:00"
    said = zone.replace("\x1b", "")
    assert capsys.readouterr().err == f"This machine has no time zone “{said}”: times are told in its own.\n"


def test_an_address_is_one_line():
    assert address(PostalAddress(line1="1 Imaginary Road", locality="Valley")) == "1 Imaginary Road, Valley"
    assert address(None) == ""


def test_json_keeps_every_letter(capsys: pytest.CaptureFixture[str]):
    print_json({"title": "Märchen"})
    out = capsys.readouterr().out
    assert "Märchen" in out
    assert json.loads(out) == {"title": "Märchen"}


STEERING = (
    "\x1b[2J \x7f \x85 \x9b31m \u202egnitelkcab\u202c \u2066x\u2069 \u200f \u061c \u2028 \ufeff \ud800 \U000e0041"
)


def test_json_steers_no_terminal_and_is_the_same_json(capsys: pytest.CaptureFixture[str]):
    print_json({STEERING: [STEERING]})
    out = capsys.readouterr().out
    assert all(character.isprintable() for line in out.split("\n") for character in line)
    assert "\\u202e" in out
    assert json.loads(out) == {STEERING: [STEERING]}


def test_a_counted_file_says_how_far_it_is():
    counted = CountedFile(io.BytesIO(b"x" * 10), 10)
    assert counted.words() == "sending, 0 %"
    assert counted.read(4) == b"xxxx"
    assert counted.words() == "sending, 40 %"
    counted.read()
    assert counted.words() == "sent, the gateway is importing"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_once_it_takes_long(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("gateway.commands.output.PROGRESS_AFTER_S", 0.0)
    monkeypatch.setattr("gateway.commands.output.TICK_S", 0.001)
    shown = threading.Event()

    def words() -> str:
        shown.set()
        return "sending"

    with progress(words):
        assert shown.wait(60), "the showing thread asks for them"
    assert re.search(r"sending \(\d+ s\)", terminal.getvalue())
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_progress_is_silent_where_nobody_looks(monkeypatch: pytest.MonkeyPatch):
    plain_file = io.StringIO()
    monkeypatch.setattr("sys.stderr", plain_file)
    monkeypatch.setattr("gateway.commands.output.PROGRESS_AFTER_S", 0.0)
    with progress(lambda: "sending"):
        pass
    assert plain_file.getvalue() == ""


@pytest.mark.parametrize(
    ("done", "of", "spent_s", "words"),
    [
        (0, 0, 60.0, []),
        (0, 1000, 60.0, ["0 %"]),
        (999, 1000, 1.0, ["99 %"]),
        (250, 1000, 10.0, ["25 %", "30 s left"]),
        (250, 1000, 60.0, ["25 %", "3 min left"]),
        (1000, 1000, 60.0, ["100 %"]),
        (1100, 1000, 60.0, ["100 %"]),
    ],
)
def test_how_far_something_is_and_how_long_the_rest_takes(done: int, of: int, spent_s: float, words: list[str]):
    assert list(how_far(done, of, spent_s)) == words


def test_a_stage_says_what_is_done_now():
    stage = Stage("opening the store")
    assert stage.words() == "opening the store"
    stage.tell("copying", 1, 4)
    assert stage.words() == "copying, 25 %"
