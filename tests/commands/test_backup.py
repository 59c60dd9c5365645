"""`backup | restore | restored`, as somebody at a shell types them: in the right place, and said of which store."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
import pytest

from gateway.commands import backup as commands
from gateway.store import backups, migrations, postgres_copy, sqlite_aside, sqlite_copy
from gateway.store.factory import open_store
from gateway.store.port import StoreUnavailable
from gateway.store.sqlite import SqliteStore
from gateway.store.values import BACKUP
from tests.commands.sites import Site, fill, held, requests, stored
from tests.commands.test_setup import CONFIG
from tests.store.postgres import administer, postgres_server, programs
from tests.store.values import creation

GATEWAY = 4711
"""A user that isn't root."""


@pytest.fixture(autouse=True)
def checked_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process of its own checks a copy, but where a test may start some."""
    if request.node.get_closest_marker("process") is None:
        monkeypatch.setattr(sqlite_aside, "verify_aside", lambda path, rows: sqlite_copy.verify(path, rows))  # noqa: PLW0108 - a test may patch that


@pytest.fixture
def site(bare_site: Site) -> Site:
    """Two requests are in the copy, and three in the store."""
    fill(bare_site.store, 1, 2)
    assert bare_site.run("backup", str(bare_site.backup)) == 0
    fill(bare_site.store, 3)
    return bare_site


Capture = pytest.CaptureFixture[str]


def test_a_copy_takes_the_stores_place_which_is_said(site: Site, capsys: Capture):
    assert site.run("restore", str(site.backup)) == 0
    said = capsys.readouterr().out
    made_at = backups.read_manifest(site.backup).made_at.astimezone(ZoneInfo("America/Denver"))
    assert f"\n{site.store} is as of {made_at:%Y-%m-%d %H:%M:%S}. " in f"\n{said}", "by the library's clock"
    assert requests(site.store) == ["HILL-1", "HILL-2"]
    assert held(site.store) == f"The store was restored from {site.backup}."
    (before,) = site.store.parent.glob("*.before-*Z")
    assert f"What was there before: {before}\nDelete that" in said
    assert requests(before) == ["HILL-1", "HILL-2", "HILL-3"]


def test_whoever_waits_sees_how_far_it_is(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    at_the_end = []

    @contextmanager
    def progress(words: Callable[[], str]) -> Iterator[None]:
        yield
        at_the_end.append(words())

    monkeypatch.setattr(commands, "progress", progress)
    assert site.run("backup", str(tmp_path / "copy")) == 0
    assert site.run("restore", str(site.backup)) == 0
    assert at_the_end == ["digest of gateway.sqlite, 100 %", "holding its work"]


@pytest.mark.process
def test_a_copy_is_checked_by_a_process_of_its_own(bare_site: Site, monkeypatch: pytest.MonkeyPatch):
    begun: list[Sequence[str]] = []
    begin = subprocess.Popen

    def and_keep_it(line: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        begun.append(line)
        return begin(line, **options)

    monkeypatch.setattr("gateway.store.sqlite_aside.subprocess.Popen", and_keep_it)
    fill(bare_site.store, 1)
    assert bare_site.run("backup", str(bare_site.backup)) == 0
    assert begun == [[sys.executable, "-P", "-m", "gateway.store.sqlite_aside"]]


def test_a_back_up_steps_back_behind_the_gateway(site: Site, stepped_back: list[int]):
    assert stepped_back == [commands.POLITENESS]


@pytest.mark.parametrize("was_there", [False, True])
@pytest.mark.parametrize("step", ["verify", "note_time"])
def test_a_back_up_that_fails_leaves_nothing_behind(
    step: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, *, was_there: bool
):
    def fail(*_given: object) -> None:
        assert (folder / "gateway.sqlite").stat().st_size > 0
        raise backups.BackupError("the disk is full")

    folder = tmp_path / "copy"
    if was_there:
        folder.mkdir()
    monkeypatch.setattr(sqlite_copy, step, fail)
    assert site.run("backup", str(folder)) == 1
    assert "No back-up was made: the disk is full." in capsys.readouterr().err
    assert list(tmp_path.glob("copy/*")) == []
    assert folder.exists() == was_there


def test_a_folder_with_something_in_it_is_refused_and_kept(site: Site, capsys: Capture):
    kept = sorted(site.backup.iterdir())
    assert site.run("backup", str(site.backup)) == 1
    assert "is not empty" in capsys.readouterr().err
    assert sorted(site.backup.iterdir()) == kept


@pytest.mark.parametrize("command", ["backup", "restore", "restored"])
def test_from_another_folder_nothing_is_done_and_the_place_is_said(
    command: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    folders = {"backup": [str(tmp_path / "copy")], "restore": [str(site.backup)], "restored": []}
    assert site.run(command, *folders[command]) == 1
    said = capsys.readouterr().err
    assert f"there is no store at {tmp_path}/elsewhere/var/gateway.sqlite" in said
    assert "WorkingDirectory" in said
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert held(site.store) is None


def test_a_whole_path_is_not_said_to_be_of_a_folder(site: Site, tmp_path: Path, capsys: Capture):
    site.config.write_text(CONFIG.format(folder=tmp_path / "lost"))
    assert site.run("restore", str(site.backup)) == 1
    said = capsys.readouterr().err
    assert f"there is no store at {tmp_path}/lost/gateway.sqlite. To make one there, say --new" in said
    assert not (tmp_path / "lost").exists()


def test_a_store_that_was_lost_is_made_anew_if_that_is_said(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    (tmp_path / "machine").mkdir()
    monkeypatch.chdir(tmp_path / "machine")
    assert site.run("restore", str(site.backup), "--new", "--json") == 0
    made = tmp_path / "machine" / "var" / "gateway.sqlite"
    said = json.loads(capsys.readouterr().out)
    assert (said["store"], said["before"]) == (str(made), None)
    assert requests(made) == ["HILL-1", "HILL-2"]
    assert held(made) is not None


def test_a_log_that_a_lost_store_has_left_is_not_played_into_the_copy(site: Site, capsys: Capture):
    """A gateway that is killed leaves its log; somebody has taken the broken file away, and not the log."""
    log, left = site.store.with_name("gateway.sqlite-wal"), site.folder / "left"
    store = SqliteStore(site.store)
    with stored(store) as runner:
        runner.run(store.commit(creation(4)))
        shutil.copyfile(log, left)
    site.store.unlink()
    left.replace(log)
    assert site.run("restore", str(site.backup), "--new") == 0
    assert "What was there before" not in capsys.readouterr().out
    assert requests(site.store) == ["HILL-1", "HILL-2"]
    assert held(site.store) == f"The store was restored from {site.backup}."
    (moved,) = site.store.parent.glob("gateway.sqlite.before-*Z-wal")
    assert moved.stat().st_size > 0


@pytest.mark.parametrize("command", ["restore", "restored"])
def test_a_gateway_that_runs_is_not_disturbed(command: str, site: Site, capsys: Capture):
    words = (command, str(site.backup)) if command == "restore" else (command,)
    with stored(SqliteStore(site.store)):
        assert site.run(*words) == 1
    assert str(site.store.relative_to(site.folder)) in capsys.readouterr().err
    assert held(site.store) is None
    assert len(requests(site.store)) == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("owner", [GATEWAY, 0, None])
def test_what_root_restores_belongs_to_the_gateways_user(site: Site, owner: int | None):
    """Whether the store of before is the user's, or root's own by an earlier restore, or lost."""
    for part in site.store.parent.iterdir():
        part.unlink() if owner is None or part.suffix == ".lock" else os.chown(part, owner, owner)
    os.chown(site.store.parent, GATEWAY, GATEWAY)
    assert site.run("restore", str(site.backup), "--new") == 0
    for before in site.store.parent.glob("*.before-*"):
        assert before.stat().st_uid == owner
        before.unlink()
    assert {(part.stat().st_uid, part.stat().st_gid) for part in site.store.parent.iterdir()} == {(GATEWAY, GATEWAY)}
    assert {part.name for part in site.store.parent.iterdir()} >= {"gateway.sqlite", "gateway.sqlite.lock"}


def change_manifest(site: Site, **changed: Any) -> None:
    manifest = msgspec.structs.replace(backups.read_manifest(site.backup), **changed)
    backups.write_manifest(site.backup, manifest)


def left_as_it_was(site: Site) -> bool:
    """Whether the store is in its place, and nothing beside it."""
    beside = {part.name for part in site.store.parent.iterdir()}
    return beside == {"gateway.sqlite", "gateway.sqlite.lock"} and len(requests(site.store)) == 3


def test_a_newer_programs_copy_is_refused_before_anything_is_moved(site: Site, capsys: Capture):
    newest = len(migrations.load("sqlite"))
    change_manifest(site, schema=newest + 1, gateway="9.1")
    assert site.run("restore", str(site.backup)) == 1
    said = capsys.readouterr().err
    assert f"version {newest + 1} of the tables, made by ill-gateway 9.1" in said
    assert "install the version that made it" in said
    assert left_as_it_was(site)


def test_a_copy_whose_work_can_not_be_held_does_not_take_the_stores_place(site: Site, capsys: Capture):
    """It is newer than its manifest says."""
    newest, copy = len(migrations.load("sqlite")), site.backup / "gateway.sqlite"
    with closing(sqlite3.connect(copy)) as write, write:
        write.execute("INSERT INTO migrations (version, name) VALUES (?, 'later')", (newest + 1,))
    manifest = msgspec.json.decode((site.backup / "manifest.json").read_bytes(), type=backups.Manifest)
    rows = {**manifest.rows, "migrations": newest + 1}
    backups.write_manifest(site.backup, msgspec.structs.replace(manifest, rows=rows, sha256=backups.digest(copy)))
    assert site.run("restore", str(site.backup)) == 1
    said = capsys.readouterr().err
    assert "The work of the copy could not be held" in said
    assert "The store is as it was." in said
    assert left_as_it_was(site)


def test_all_work_is_held_in_a_store_that_is_there_and_named(site: Site, capsys: Capture):
    assert site.run("restored", "--to", "2026-01-05T04:00:00Z") == 0
    by_the_librarys_clock = "It was brought back to 2026-01-04 21:00:00."
    assert (
        f"All work is held in {site.store}, which has 3 requests. {by_the_librarys_clock} " in capsys.readouterr().out
    )
    assert held(site.store) == "The store was brought back by other means than ill-gateway's."
    assert site.run("restored", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"held": True, "store": str(site.store), "requests": 3}


def test_of_a_file_that_is_no_store_there_is_no_back_up(site: Site, tmp_path: Path, capsys: Capture):
    site.store.write_bytes(b"")
    assert site.run("backup", str(tmp_path / "copy")) == 1
    assert "No back-up was made: there is no store at" in capsys.readouterr().err


def test_a_file_that_is_no_store_is_not_made_one(site: Site, capsys: Capture):
    site.store.write_bytes(b"")
    assert site.run("restored") == 1
    assert "Nothing is held: there is no store at" in capsys.readouterr().err
    assert site.store.read_bytes() == b""


def test_a_time_that_is_none_holds_nothing(site: Site, capsys: Capture):
    assert site.run("restored", "--to", "yesterday") == 1
    assert "--to" in capsys.readouterr().err
    assert site.run("restored", "--to", "2999-01-05T04:00:00Z") == 1
    assert "--to is in the future" in capsys.readouterr().err
    in_an_hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert site.run("backup", "--own", "--made-at", in_an_hour) == 1
    assert "--made-at is in the future" in capsys.readouterr().err
    assert site.run("restored", "--to", "2026-01-05T04:00:00") == 1
    assert "say its zone" in capsys.readouterr().err
    assert held(site.store) is None


@pytest.mark.parametrize("command", [("restored", "--to"), ("backup", "--own", "--made-at")])
def test_a_time_by_another_machines_clock_may_be_some_seconds_ahead(command: tuple[str, ...], site: Site):
    assert site.run(*command, (datetime.now(UTC) + timedelta(minutes=2)).isoformat()) == 0


async def noted(url: str) -> datetime | None:
    """The same of a database."""
    store = open_store(url)
    await store.open()
    try:
        return await store.turn_of(BACKUP)
    finally:
        await store.close()


@pytest.mark.process
def test_an_empty_database_is_not_made_a_store(site: Site, monkeypatch: pytest.MonkeyPatch, capsys: Capture):
    """PostgreSQL: `restored` has nothing to hold there; `restore` goes into such a one alone, and names it."""
    settle, settled = postgres_copy.settle_in, []

    async def and_note_it(url: str) -> None:
        await settle(url)
        settled.append(url)

    monkeypatch.setattr(postgres_copy, "settle_in", and_note_it)
    with postgres_server() as url:
        monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
        site.config.write_text(CONFIG.replace("sqlite:///{folder}/gateway.sqlite", url))
        assert site.run("restored") == 1
        assert "has no store" in capsys.readouterr().err
        assert site.run("backup", "--own") == 1
        assert "Nothing was noted: the database that the settings name has no store" in capsys.readouterr().err
        assert site.run("migrate") == 0
        assert site.run("backup", "--own", "--made-at", "2026-01-31T02:30:00Z") == 0
        assert asyncio.run(noted(url)) == datetime(2026, 1, 31, 2, 30, tzinfo=UTC)
        assert site.run("backup", str(site.folder / "dump")) == 0
        capsys.readouterr()
        assert site.run("restored") == 0
        assert f"All work is held in {url.partition('?')[0]}, which has 0 requests." in capsys.readouterr().out
        assert settled == [url]
        asyncio.run(administer(url, "CREATE DATABASE empty"))
        site.config.write_text(site.config.read_text().replace("/postgres?", "/empty?"))
        assert site.run("restore", str(site.folder / "dump")) == 0
        assert f"{url.partition('/postgres?')[0]}/empty is as of " in capsys.readouterr().out


@pytest.mark.process
def test_a_copy_that_is_in_the_database_is_said_to_be_there(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    """Rows are missing, or its work can't be held, or both: it was restored all the same."""
    settings, dump = site.config.read_text(), site.folder / "dump"

    def settle(url: str, name: str) -> str:
        there = url.replace("/postgres?", f"/{name}?")
        site.config.write_text(settings.replace("sqlite:///var/gateway.sqlite", there))
        return there

    async def fail_to_hold(*_: Any) -> int:
        raise StoreUnavailable("the database has gone away")

    async def fail_to_count(_: Any) -> dict[str, int]:
        raise asyncpg.PostgresError("the server has gone away")

    with postgres_server() as url:
        monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
        for name in ("one", "two", "three"):
            asyncio.run(administer(url, f"CREATE DATABASE {name}"))
        settle(url, "postgres")
        assert site.run("migrate") == 0
        assert site.run("backup", str(dump)) == 0
        with monkeypatch.context() as then:
            then.setattr(commands, "_hold", fail_to_hold)
            one = settle(url, "one")
            assert site.run("restore", str(dump)) == 1
            said = capsys.readouterr().err
            assert "could not be held: the database has gone away. The database holds the copy: mend that, then" in said
            assert "“ill-gateway restored”" in said
        assert site.run("restored") == 0
        assert asyncio.run(held_there(one)) is not None
        manifest = backups.read_manifest(dump)
        backups.write_manifest(dump, msgspec.structs.replace(manifest, rows={**manifest.rows, "requests": 1}))
        two = settle(url, "two")
        assert site.run("restore", str(dump)) == 1
        not_whole = "The database holds a copy that is not whole: drop it and make an empty one"
        assert f"{not_whole} (other numbers of rows in requests (0 for 1))." in capsys.readouterr().err
        assert asyncio.run(held_there(two)) == f"The store was restored from {dump}."
        monkeypatch.setattr(commands, "_hold", fail_to_hold)
        monkeypatch.setattr(postgres_copy, "count_rows", fail_to_count)
        settle(url, "three")
        assert site.run("restore", str(dump)) == 1
        assert f"{not_whole} (its rows can't be counted: " in capsys.readouterr().err


async def held_there(url: str) -> str | None:
    """Why all work is held in a database; None if it isn't."""
    store = open_store(url)
    await store.open()
    try:
        found = await store.recovery.current()
        return found.why if found else None
    finally:
        await store.close()
