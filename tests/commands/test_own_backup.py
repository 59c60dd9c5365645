"""`backup --own`: a site says that it has made a back-up by means of its own, and when."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.store.sqlite import SqliteStore
from gateway.store.values import BACKUP
from tests.commands.sites import Site, fill, stored

Capture = pytest.CaptureFixture[str]


def backed_up_at(path: Path) -> datetime | None:
    """The time of the last back-up that the store knows."""
    store = SqliteStore(path)
    with stored(store) as runner:
        return runner.run(store.turn_of(BACKUP))


def test_a_site_says_that_it_has_made_a_back_up_of_its_own(bare_site: Site, capsys: Capture):
    fill(bare_site.store, 1)
    before = datetime.now(UTC)
    assert bare_site.run("backup", "--own") == 0
    out = capsys.readouterr().out
    assert str(bare_site.store) in out
    assert "It was not looked at." in out
    made_at = backed_up_at(bare_site.store)
    assert made_at is not None
    assert before <= made_at <= datetime.now(UTC)
    assert not bare_site.backup.exists()


def test_people_read_its_time_by_the_librarys_clock(bare_site: Site, capsys: Capture):
    fill(bare_site.store, 1)
    assert bare_site.run("backup", "--own", "--made-at", "2026-01-31T02:30:00Z") == 0
    assert "the site has made a back-up of its own at 2026-01-30 19:30:00." in capsys.readouterr().out


def test_the_time_of_a_sites_own_back_up_can_be_said_and_does_not_go_back(bare_site: Site, capsys: Capture):
    fill(bare_site.store, 1)
    for said in ("2026-01-31T02:30:00Z", "2026-01-30T02:30:00Z"):
        assert bare_site.run("backup", "--own", "--made-at", said, "--json") == 0
        assert json.loads(capsys.readouterr().out)["own_made_at"].startswith(said[:16])
    assert backed_up_at(bare_site.store) == datetime(2026, 1, 31, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("DIR", "--made-at", "2026-01-31"), "--made-at needs --own"),
        (("--own", "--made-at", "yesterday"), "--made-at: not a time"),
        (("--own", "--made-at", "2999-01-31T00:00:00Z"), "in the future"),
        (("--own", "--made-at", "2026-01-31T02:30:00"), "--made-at: say its zone"),
    ],
)
def test_what_can_not_be_meant_notes_nothing(bare_site: Site, words: tuple[str, ...], said: str, capsys: Capture):
    fill(bare_site.store, 1)
    assert bare_site.run("backup", *(str(bare_site.backup) if word == "DIR" else word for word in words)) == 1
    assert said in capsys.readouterr().err
    assert backed_up_at(bare_site.store) is None
    assert not bare_site.backup.exists()


@pytest.mark.parametrize("words", [(), ("DIR", "--own")])
def test_either_a_folder_or_ones_own(bare_site: Site, words: tuple[str, ...], capsys: Capture):
    with pytest.raises(SystemExit) as ended:
        bare_site.run("backup", *words)
    assert ended.value.code == 2
    assert "--own" in capsys.readouterr().err


def test_a_back_up_of_no_store_is_not_noted(bare_site: Site, capsys: Capture):
    assert bare_site.run("backup", "--own") == 1
    assert "Nothing was noted: there is no store at" in capsys.readouterr().err
    assert not bare_site.store.exists()
