"""What `ill-gateway doctor` looks at in a PostgreSQL database: whether what it calls committed is, what a failover may cost, its clock, and whether
it can be backed up from here.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.app.findings import DoctorFinding, Level
from gateway.config import Settings
from gateway.store.factory import sqlite_path

APART: Final = timedelta(seconds=30)
MUST_BE_ON: Final = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings of the server without which it may lose what it called committed. synchronous_commit has values between on and off."""
TOO_LITTLE: Final = frozenset({"off", "local"})


async def look_at_database(settings: Settings) -> list[DoctorFinding]:
    """Look at what the server says of itself; nothing for SQLite."""
    if sqlite_path(settings.store.url) is not None:
        return []
    from gateway.store.errors import StoreUnavailable  # noqa: PLC0415 - asyncpg is loaded only where it is used
    from gateway.store.postgres_look import look  # noqa: PLC0415

    try:
        seen = await look(settings.store_url().get_secret_value(), names=(*MUST_BE_ON, "synchronous_standby_names"))
    except StoreUnavailable as error:
        return [
            DoctorFinding(
                "database", Level.WRONG, f"{error}.", "Look at the server, the network between, and at [store]."
            )
        ]
    return [
        _promises(seen.settings, several=seen.servers > 1),
        _writes(reads_only=seen.reads_only, version=seen.settings["server_version"]),
        _clock(seen.clock, datetime.now(UTC)),
        _copying(await _pg_dump(), seen.settings["server_version"]),
        *_unmarked(settings),
    ]


def _promises(said: dict[str, str], *, several: bool) -> DoctorFinding:
    off = [name for name in MUST_BE_ON if said[name] in TOO_LITTLE]
    if off:
        words = f"{', '.join(f'{name} is {said[name]}' for name in off)}: what partners were told is kept can be lost."
        return DoctorFinding(
            "database", Level.WRONG, words, "Set it on in postgresql.conf, for the role and for the database."
        )
    if several and not said["synchronous_standby_names"]:
        words = "Several servers are named, and no standby is synchronous: a failover may lose the last commits."
        return DoctorFinding("database", Level.LOOK, words, "Set synchronous_standby_names (docs/operating.md).")
    return DoctorFinding("database", Level.WELL, "What it calls committed is.")


def _writes(*, reads_only: bool, version: str) -> DoctorFinding:
    if reads_only:
        words, act = (
            "No server that is named takes writes.",
            "Promote a standby, or look at default_transaction_read_only.",
        )
        return DoctorFinding("database server", Level.WRONG, words, act)
    return DoctorFinding(
        "database server", Level.WELL, f"PostgreSQL {version}; it takes writes. Its disk was not looked at."
    )


def _clock(theirs: datetime, ours: datetime) -> DoctorFinding:
    apart = abs(theirs - ours)
    words = f"It and this machine are {apart.total_seconds():.0f} s apart."
    if apart > APART:
        return DoctorFinding("database clock", Level.WRONG, words, "Set up NTP on both.")
    return DoctorFinding("database clock", Level.WELL, words)


def _unmarked(settings: Settings) -> list[DoctorFinding]:
    """Whether a gateway would notice that the database was brought back and nobody said so."""
    if settings.mark_path() is not None:
        return []
    words = "No mark is kept: a database that is brought back is not noticed unless somebody says so (ill-gateway restored)."
    return [
        DoctorFinding(
            "mark", Level.LOOK, words, "Name a file on the gateway's own disk as [store] mark (docs/operating.md)."
        )
    ]


async def _pg_dump() -> str:
    """Ask pg_dump for its version; nothing where there is none."""
    try:
        process = await asyncio.create_subprocess_exec(
            "pg_dump", "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return ""
    return (await process.communicate())[0].decode(errors="replace")


def _copying(said: str, server: str) -> DoctorFinding:
    """Whether pg_dump can copy this server: it refuses a newer one than itself."""
    ours, theirs = _major(said), _major(server)
    if ours is None:
        words = "There is no pg_dump on this machine: ill-gateway backup and restore can't work here."
        act = f"Install PostgreSQL's client programs, {theirs} or newer, unless the site backs the database up by its own means."
        return DoctorFinding("pg_dump", Level.LOOK, words, act)
    if theirs is not None and ours < theirs:
        words = f"pg_dump has version {ours}, and the server {theirs}: it copies no server that is newer than itself."
        return DoctorFinding("pg_dump", Level.WRONG, words, f"Install PostgreSQL's client programs, {theirs} or newer.")
    return DoctorFinding("pg_dump", Level.WELL, f"It has version {ours}, and so can copy this server.")


def _major(said: str) -> int | None:
    """Return the first number of a version, as in “15.18 (Debian 15.18-0)” or “pg_dump (PostgreSQL) 16beta1”."""
    found = re.search(r"\d+", said)
    return int(found[0]) if found else None
