"""The numbered migrations of each database: found in the package, checked, and compared with what was applied.

A released migration is never edited; the next change of a table is the next number. Knows no database.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from gateway.store.port import DatabaseTooNew

Dialect = Literal["sqlite", "postgresql"]

CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)"""
VERSION = "SELECT coalesce(max(version), 0) FROM migrations"

_NAME = re.compile(r"(\d{4})_\w+\.sql")


class Migration(msgspec.Struct, frozen=True):
    """One step from a version to the next."""

    version: int
    name: str
    sql: str

    @property
    def script(self) -> str:
        """The step with the statement that records it; to be run in one transaction."""
        return f"{self.sql}\nINSERT INTO migrations (version, name) VALUES ({self.version}, '{self.name}');\n"


@cache
def load(dialect: Dialect) -> tuple[Migration, ...]:
    """Return a database's migrations in order. Raises ValueError where a number or a name is wrong."""
    folder = files("gateway.store").joinpath("migrations", dialect)
    found = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir())
    for number, (name, _) in enumerate(found, 1):
        match = _NAME.fullmatch(name)
        if match is None or int(match[1]) != number:
            raise ValueError(f"migration {number} of {dialect} can't be named {name!r}")
    return tuple(Migration(number, name, text) for number, (name, text) in enumerate(found, 1))


def missing(known: tuple[Migration, ...], version: int) -> tuple[Migration, ...]:
    """Return the migrations that a database at `version` lacks. Raises DatabaseTooNew."""
    if version > len(known):
        raise DatabaseTooNew(
            f"the database is at version {version}, this program knows versions up to {len(known)}: "
            "a newer gateway has been here, install that version or bring back a back-up from before it"
        )
    return known[version:]
