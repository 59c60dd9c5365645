"""Databases as programs of older versions left them: one of each kind is carried from version to version, and copied. One that has been carried
too far is begun anew.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from gateway.store import migrations
from gateway.store.migrations import Dialect
from gateway.store.register_tables import Register
from tests.store import postgres

DIALECTS: Final[tuple[Dialect, ...]] = ("sqlite", "postgresql")
KNOWN: Final = {dialect: migrations.load(dialect) for dialect in DIALECTS}
NEWEST: Final = len(KNOWN["sqlite"])
_CARRIED: Final = "carried"
_SQLITE: Final = "sqlite:///"


async def nothing(_: Register) -> None:
    """A program of then had no register."""


def know(then: pytest.MonkeyPatch, version: int) -> None:
    """Let the program know no later version."""
    then.setattr(migrations, "load", {dialect: KNOWN[dialect][:version] for dialect in DIALECTS}.get)


async def lay_version(url: str, version: int) -> None:
    """Put in the place of the database, or where there is none, what migrations up to a version make of an empty one."""
    if url.startswith(_SQLITE):
        _lay_file(Path(url.removeprefix(_SQLITE)), version)
    else:
        await _lay_database(url, version)


async def _lay_database(url: str, version: int) -> None:
    carried = postgres.url_of(url, _CARRIED)
    if not 0 < _versions.get(carried, 0) <= version:
        await postgres.empty(carried)
        _versions[carried] = 0
    connection = await asyncpg.connect(carried)
    try:
        await connection.execute(_scripts("postgresql", _versions[carried], version))
    finally:
        await connection.close()
    _versions[carried] = version
    await postgres.copy(url, _CARRIED)


def _lay_file(path: Path, version: int) -> None:
    before = max((each for each in _file if each <= version), default=0)
    path.write_bytes(_file.get(before, b""))
    path.chmod(0o600)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_scripts("sqlite", before, version))
    _file.clear()
    _file[version] = path.read_bytes()


def _scripts(dialect: Dialect, before: int, version: int) -> str:
    return ";\n".join([migrations.CREATE_TABLE, *(each.script for each in KNOWN[dialect][before:version])])


_versions: Final[dict[str, int]] = {}
"""How far the database at each server was carried."""
_file: Final[dict[int, bytes]] = {}
"""The version to which a file was carried, and what was in it."""
