"""The open library: its clock, its login, and the file that its books are kept in."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from gateway.demo.acs.circulation import Circulation
from gateway.demo.acs.holds import place_hold
from gateway.demo.acs.loans import checkout
from gateway.demo.acs.records import ActKind, HoldWish, State
from gateway.demo.acs.settings import AcsSettings, Login
from gateway.demo.acs.shelves import Refused
from tests.demo.stage.terminal import BRIDGES, PARTNER, RITA


def kept(path: Path) -> State:
    return msgspec.json.decode(path.read_bytes(), type=State)


def test_each_act_is_kept_before_it_is_answered(tmp_path: Path, now: datetime):
    path = tmp_path / "books.json"
    circulation = Circulation(AcsSettings(state_file=str(path)), lambda: now)
    with circulation.acting() as (library, at):
        checkout(library, PARTNER, BRIDGES, at)
    assert kept(path) == circulation.library.state
    assert [each.name for each in tmp_path.iterdir()] == ["books.json"]


def test_books_that_are_kept_at_the_stop_are_not_written_before(tmp_path: Path, now: datetime):
    path = tmp_path / "books.json"
    circulation = Circulation(AcsSettings(state_file=str(path), keep_at_stop=True), lambda: now)
    with circulation.acting() as (library, at):
        checkout(library, PARTNER, BRIDGES, at)
    assert not path.exists()
    circulation.write()
    assert kept(path) == circulation.library.state


def test_a_refused_act_writes_nothing(tmp_path: Path, now: datetime):
    path = tmp_path / "books.json"
    circulation = Circulation(AcsSettings(state_file=str(path)), lambda: now)
    with pytest.raises(Refused), circulation.acting() as (library, at):
        checkout(library, "2", BRIDGES, at)
    assert not path.exists()


def test_the_books_outlive_the_process(tmp_path: Path, now: datetime):
    settings = AcsSettings(state_file=str(tmp_path / "books.json"), time_zone="Europe/Vienna")
    first = Circulation(settings, lambda: now)
    with first.acting() as (library, at):
        checkout(library, PARTNER, BRIDGES, at)
        place_hold(library, HoldWish(customer=RITA, item=BRIDGES), at)
    second = Circulation(settings, lambda: now + timedelta(days=1))
    assert second.library.state == first.library.state


def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, now: datetime):
    (tmp_path / "books.json").write_text('{"items": 3}')
    with pytest.raises(msgspec.ValidationError, match=r"\$\.items"):
        Circulation(AcsSettings(state_file=str(tmp_path / "books.json")), lambda: now)


def test_holds_expire_before_anything_is_asked(now: datetime):
    times = iter([now, now, now + timedelta(days=4)])
    circulation = Circulation(AcsSettings(), lambda: next(times))
    with circulation.acting() as (library, at):
        place_hold(library, HoldWish(customer=PARTNER, item=BRIDGES, expires=at + timedelta(days=3)), at)
    with circulation.acting() as (library, _):
        assert [act.kind for act in library.state.journal] == [ActKind.HOLD_PLACED, ActKind.HOLD_EXPIRED]


def test_the_time_is_that_of_the_librarys_zone(now: datetime):
    assert (
        Circulation(AcsSettings(time_zone="Europe/Vienna"), lambda: now).now().isoformat()
        == "2026-10-26T11:15:00+01:00"
    )


def test_refused_logins_in_a_row_block(now: datetime):
    circulation = Circulation(AcsSettings(login=Login("sample", "specimen"), block_after_refusals=2), lambda: now)
    tries = [("sample", "wrong"), ("sample", "specimen"), ("x", "y"), ("x", "y"), ("sample", "specimen")]
    assert [circulation.admits(*each) for each in tries] == [False, True, False, False, False]
