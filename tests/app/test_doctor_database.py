"""What the doctor says of a PostgreSQL server: of its promises, whether it takes writes, and its clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.app import doctor_database
from gateway.app.doctor_database import look_at_database
from gateway.app.findings import Level
from tests.fakes.small_settings import small_settings
from tests.store.postgres import postgres_server

ON = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "synchronous_standby_names": ""}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "several", "level"),
    [
        ({}, False, Level.WELL),
        ({"synchronous_commit": "remote_apply"}, False, Level.WELL),
        ({"fsync": "off"}, False, Level.WRONG),
        ({"synchronous_commit": "local"}, False, Level.WRONG),
        ({}, True, Level.LOOK),
        ({"synchronous_standby_names": "ANY 1 (a, b)"}, True, Level.WELL),
    ],
)
def test_what_is_committed_must_be_kept(said: dict[str, str], *, several: bool, level: Level):
    assert doctor_database._promises(ON | said, several=several).level is level


@pytest.mark.parametrize(("seconds", "level"), [(29, Level.WELL), (-31, Level.WRONG)])
def test_clocks_that_are_apart_are_told(seconds: int, level: Level):
    assert doctor_database._clock(NOON + timedelta(seconds=seconds), NOON).level is level


@pytest.mark.parametrize(
    ("said", "server", "level", "words"),
    [
        ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.2", Level.WELL, "It has version 15"),
        ("pg_dump (PostgreSQL) 18.4", "15.18 (Debian 15.18-0+deb12u1)", Level.WELL, "It has version 18"),
        ("pg_dump (PostgreSQL) 15.18", "18.4", Level.WRONG, "pg_dump has version 15, and the server 18"),
        ("", "18.4", Level.LOOK, "There is no pg_dump"),
    ],
)
def test_a_pg_dump_that_can_not_copy_the_server_is_told(said: str, server: str, level: Level, words: str):
    found = doctor_database._copying(said, server)
    assert (found.level, found.words.startswith(words)) == (level, True)


@pytest.mark.process
async def test_without_pg_dump_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await doctor_database._pg_dump() == ""


async def test_of_sqlite_there_is_nothing_to_say(tmp_path: Path):
    assert await look_at_database(small_settings(tmp_path)) == []


@pytest.mark.process
async def test_a_real_server_is_asked(tmp_path: Path):
    with postgres_server() as url:  # which spares the syncs
        promises, writes, clock, copying, mark = await look_at_database(small_settings(tmp_path, url=url))
    assert "fsync is off" in promises.words
    assert writes.words.startswith("PostgreSQL ")
    assert clock.level is Level.WELL
    assert copying.subject == "pg_dump"
    assert (mark.subject, mark.level) == ("mark", Level.LOOK)
    (away,) = await look_at_database(small_settings(tmp_path, url=url))
    assert (away.level, bool(away.act)) == (Level.WRONG, True)
