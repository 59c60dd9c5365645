"""Writes a store of ten years past the store's port: requests row by row, what belongs to all of them by statements, indexes once all is there.

python -m bench.filling URL [N]     fill a store (made by a gateway, which does not run) with so many requests, a million, and WHOLE stories
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

import asyncpg

from bench.settings import PEER
from bench.ten_years import (
    COLUMNS,
    CONFIRMATION,
    DOCUMENT,
    KEPT_RAW,
    LONG_STORY_EVERY,
    SHORT,
    WHOLE,
    Depth,
    Rows,
    made_up,
    rows_of,
    stories,
)
from gateway.clock import SystemTime
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.sealing import Sealer
from gateway.reports.folding import House
from gateway.store.columns import stamp
from gateway.store.port import Store
from gateway.store.register_rows import to_index

_AT_ONCE: Final = 5_000
_FIRST: Final = "SELECT coalesce(max(line), 0) + 1 FROM register"
_LARGE: Final = ("history", "messages", "facts", "requests", "register_numbers")
"""Whose indexes are made once their rows are there."""

_HISTORY: Final = """
    INSERT INTO history (request, at, entry)
    SELECT g.request, g.created_at + s.place, CASE WHEN g.created_at < {old_before} THEN s.old ELSE s.entry END
    FROM register g CROSS JOIN story s
    WHERE g.line >= {first} AND g.line < {end} AND s.is_long = (g.line % {every} = 0)
    ORDER BY g.line, s.place"""
_MESSAGES: Final = """
    INSERT INTO messages (request, peer, digest, content, received_at, kind, ok, document, confirmation, repairs)
    SELECT g.request, '{peer}', {digest}, {content}, g.created_at + p.place,
           CASE WHEN p.place > 0 THEN 'requestingAgencyMessage' ELSE 'request' END, {true},
           CASE WHEN g.created_at < {old_before} THEN {nothing} ELSE b.document END, b.confirmation, '[]'
    FROM register g CROSS JOIN place p CROSS JOIN body b
    WHERE g.line >= {first} AND g.line < {end}
    ORDER BY g.line, p.place"""
_FOR_SQLITE: Final = {
    "digest": "printf('%011x%032x', g.created_at / 1000 + p.place, g.line)",
    "content": "printf('%032x', g.line * 16 + p.place)",
    "nothing": "x''",
    "true": "1",
}
_FOR_POSTGRES: Final = {
    "digest": "lpad(to_hex(g.created_at / 1000 + p.place), 11, '0') || lpad(to_hex(g.line), 32, '0')",
    "content": "lpad(to_hex(g.line * 16 + p.place), 32, '0')",
    "nothing": "''::bytea",
    "true": "TRUE",
}
_FOLLOWED: Final = (
    """
    INSERT INTO facts (line, changed, seen, state, standing, role, partner, own, branch, service, policy_line, proposal, proposal_reason,
                       decision, decision_reason, difference, by_person, outcome, reason, proposed_item, taken_up, place, asked, attempt,
                       currency, charged, paid, minor_written, arrived_at, answered_at, supplied_at, unfilled_at, ended_at)
    SELECT line, changed, 0, state, '', role, partner, 0, branch, service, '', '', '', '', '', '', 0,
           CASE WHEN is_open THEN 'open' ELSE 'supplied' END, '', '', 0, 0, 1, 1, '', 0, 0, changed,
           created_at, created_at + 7200000000, CASE WHEN state IN ('loaned', 'overdue', 'completed') THEN created_at + 86400000000 END,
           CASE WHEN state = 'unfilled' THEN created_at + 7200000000 END, CASE WHEN NOT is_open THEN updated_at END
    FROM register WHERE line >= {first}""",
    "UPDATE fact_mark SET changed = (SELECT max(changed) FROM register), line = (SELECT max(line) FROM register)",
)
"""Says that figures have followed all of it, with a fact for each, or a gateway would for ten minutes."""


async def fill(url: str, count: int, now: datetime, depth: Depth = SHORT) -> None:
    """Write so many into a store whose tables are there, behind what is in it; nobody else may write meanwhile."""
    if url.startswith("sqlite"):
        fill_sqlite(Path(url.removeprefix("sqlite:///")), count, now, depth)
    else:
        await _fill_postgres(url, count, now, depth)


def _pieces(count: int, first: int, now: datetime) -> Iterator[Rows]:
    """The rows of all requests, so many requests at once."""
    requests = made_up(count, now)
    while piece := list(islice(requests, _AT_ONCE)):
        yield rows_of(piece, first, now)
        first += len(piece)


def _what_belongs(first: int, end: int, now: datetime, depth: Depth, words: dict[str, str]) -> Iterator[str]:
    """The statements that write what belongs to the requests of these lines."""
    every = 2**62 if depth.lines else LONG_STORY_EVERY
    for start in range(first, end, _AT_ONCE):
        lines = {"first": start, "end": min(end, start + _AT_ONCE), "old_before": stamp(now - KEPT_RAW)}
        yield _HISTORY.format(every=every, **lines)
        if depth.messages:
            yield _MESSAGES.format(peer=PEER, **lines, **words)


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────


def fill_sqlite(path: Path, count: int, now: datetime, depth: Depth = SHORT) -> None:
    """Write so many into a SQLite file; where that is broken off, indexes are missing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("synchronous = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {setting}").close()
        (first,) = connection.execute(_FIRST).fetchone()
        _lay_stories(connection, depth)
        made = _take_away_indexes(connection)
        for rows in _pieces(count, first, now):
            connection.execute("BEGIN")
            for name, of_table in rows.items():
                places = ", ".join("?" * len(COLUMNS[name]))
                statement = f"INSERT INTO {name} ({', '.join(COLUMNS[name])}) VALUES ({places})"  # noqa: S608 - constants
                connection.executemany(statement, of_table)
            for index, is_open in (("open_words", True), ("ended_words", False)):
                words = to_index(rows["register_words"], is_open=is_open)
                connection.executemany(f"INSERT INTO {index} (rowid, words) VALUES (?, ?)", words)  # noqa: S608 - constants
            connection.execute("COMMIT")
        statements = *_what_belongs(first, first + count, now, depth, _FOR_SQLITE), *_followed(first), *made
        for statement in statements:
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _lay_stories(connection: sqlite3.Connection, depth: Depth) -> None:
    """Lay down what belongs to each request, in tables that go with the connection."""
    connection.execute(
        "CREATE TEMP TABLE story (is_long INTEGER, place INTEGER, entry TEXT, old TEXT, PRIMARY KEY (is_long, place))"
    )
    lines = [(line.is_long, line.place, line.entry, line.old) for line in stories(depth)]
    connection.executemany("INSERT INTO story VALUES (?, ?, ?, ?)", lines)
    connection.execute("CREATE TEMP TABLE place (place INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO place VALUES (?)", [(place,) for place in range(depth.messages)])
    connection.execute("CREATE TEMP TABLE body (document BLOB, confirmation BLOB)")
    connection.execute("INSERT INTO body VALUES (?, ?)", (DOCUMENT, CONFIRMATION))


def _take_away_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the large tables; give the statements that make them."""
    tables = ", ".join(f"'{name}'" for name in _LARGE)
    found = connection.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables})"  # noqa: S608 - constants
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _followed(first: int) -> list[str]:
    return [statement.format(first=first) for statement in _FOLLOWED]


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────

_INDEXES: Final = """
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made
    FROM pg_index i WHERE i.indrelid = ANY($1::text[]::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"""


async def _fill_postgres(url: str, count: int, now: datetime, depth: Depth) -> None:
    """Likewise, and let the planner know. Whether each line's request is there needs no look, one by one; the register's triggers are needed."""
    connection = await asyncpg.connect(url)
    first = await connection.fetchval(_FIRST)
    made = await connection.fetch(_INDEXES, list(_LARGE))
    for index in made:
        await connection.execute(f"DROP INDEX {index['name']}")
    for rows in _pieces(count, first, now):
        async with connection.transaction():
            for name, of_table in rows.items():
                await connection.copy_records_to_table(name, records=of_table, columns=COLUMNS[name])
    await connection.fetchval("SELECT setval(pg_get_serial_sequence('register', 'line'), $1)", first + count - 1)
    await _lay_stories_in_postgres(connection, depth)
    await connection.execute("SET session_replication_role = replica")
    for statement in (*_what_belongs(first, first + count, now, depth, _FOR_POSTGRES), *_followed(first)):
        await connection.execute(statement)
    for index in made:
        await connection.execute(index["made"])
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _lay_stories_in_postgres(connection: asyncpg.Connection, depth: Depth) -> None:
    await connection.execute(
        "CREATE TEMP TABLE story (is_long BOOLEAN, place BIGINT, entry JSON, old JSON); CREATE TEMP TABLE place (place BIGINT);"
        " CREATE TEMP TABLE body (document BYTEA, confirmation BYTEA)"
    )
    lines = [(line.is_long, line.place, line.entry, line.old) for line in stories(depth)]
    await connection.copy_records_to_table("story", records=lines)
    await connection.copy_records_to_table("place", records=[(place,) for place in range(depth.messages)])
    await connection.copy_records_to_table("body", records=[(DOCUMENT, CONFIRMATION)])


# ── seals ────────────────────────────────────────────────────────────────────────────────────────


class Restless(SystemTime):
    """For work that pauses between its pieces."""

    async def sleep(self, delay_s: float) -> None:  # noqa: ARG002 - none is long
        """Let others run, no more."""
        await asyncio.sleep(0)


async def sum_up(store: Store) -> None:
    """Make the sums of all facts, as a gateway whose library keeps UTC would within minutes."""
    await Bookkeeper(store, House, Restless()).sum_up()


async def seal_all(store: Store) -> int:
    """Seal all of history, as a gateway would within hours; give how many lines."""
    sealer = Sealer(store, Restless())
    await sealer.run_once()
    return await sealer.run_once()


def main() -> None:
    """Fill, and say how long it took."""
    url, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    began, spent = time.perf_counter(), time.process_time()
    asyncio.run(fill(url, count, datetime.now(UTC), WHOLE))
    print(
        f"{count:,} requests, {count * WHOLE.lines:,} lines of history, {count * WHOLE.messages:,} messages: "
        f"{time.perf_counter() - began:.0f} s, {time.process_time() - spent:.0f} s of this process's CPU"
    )


if __name__ == "__main__":
    main()
