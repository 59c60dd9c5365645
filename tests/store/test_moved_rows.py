"""Migrations that move rows, on both databases, with rows to move: nothing is lost or changed, and what is made of them is what a program of today
would have written.

The rows are those of made-up lives, played in a store of today's version and brought into one of then, as far as that had tables and columns for them.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, cast

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.store import migrations, register_sql
from gateway.store.factory import open_store
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.register_tables import Register
from gateway.store.sqlite import SqliteStore
from tests.money.lives import BillLife, InvoiceLife
from tests.store.fresh import lay_tables
from tests.store.outside import fetch, run
from tests.store.test_every_version import of_then
from tests.store.then import DIALECTS, KNOWN, know, lay_version, nothing
from tests.store.values import NOW, creation, later

SEEDS: Final = range(6)
RELEASED: Final = json.loads(Path(__file__).with_name("released_rows.json").read_text())
OF_POSTGRES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
OF_SQLITE: Final = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%\\_words\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid"""
INDEXES: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}
Rows = list[dict[str, Any]]


def dialect_of(store: Store) -> migrations.Dialect:
    return "postgresql" if isinstance(store, PostgresStore) else "sqlite"


async def columns(store: Store, table: str) -> Mapping[str, str]:
    """The columns of a table and their kinds."""
    asked = (
        f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"  # noqa: S608 - names of tables
        if isinstance(store, PostgresStore)
        else f"SELECT name, type FROM pragma_table_info('{table}')"  # noqa: S608
    )
    return {name: kind.lower() for name, kind in await fetch(store, asked)}


async def rows_of(store: Store, table: str) -> Rows:
    names = list(await columns(store, table))
    return [dict(zip(names, row, strict=True)) for row in await fetch(store, f"SELECT {', '.join(names)} FROM {table}")]  # noqa: S608


async def tables(store: Store) -> list[str]:
    found = [name for (name,) in await fetch(store, OF_POSTGRES if isinstance(store, PostgresStore) else OF_SQLITE)]
    return [name for name in found if name != "migrations"]


async def contents(store: Store) -> dict[str, Rows]:
    return {table: await rows_of(store, table) for table in await tables(store)}


async def indexes(store: Store) -> set[str]:
    return {name for (name,) in await fetch(store, INDEXES[dialect_of(store)])}


async def put(store: Store, table: str, rows: Rows) -> None:
    """Write rows as they are, as far as the table has their columns."""
    kinds = await columns(store, table)
    names = [name for name in (rows[0] if rows else ()) if name in kinds]
    places = ", ".join(f"${place}" for place, _ in enumerate(names, 1))
    overriding = "OVERRIDING SYSTEM VALUE " if isinstance(store, PostgresStore) else ""
    statement = f"INSERT INTO {table} ({', '.join(names)}) {overriding}VALUES ({places})"
    values = [tuple(bool(row[name]) if kinds[name] == "boolean" else row[name] for name in names) for row in rows]
    if values:
        await cast("Any", store)._load((statement, values))


@asynccontextmanager
async def of_version(place: str, version: int) -> AsyncIterator[tuple[Store, pytest.MonkeyPatch]]:
    """A store of then, and what a program of then knows."""
    await lay_version(place, version)
    store = open_store(place)
    await store.open()
    try:
        with pytest.MonkeyPatch.context() as then:
            then.setattr(Register, "fill", nothing)
            know(then, version)
            yield store, then
    finally:
        await store.close()


async def carry(store: Store, then: pytest.MonkeyPatch, version: int) -> None:
    """Let it be migrated up to that version."""
    know(then, version)
    await store.migrate()


async def carried_whole(store: Store, then: pytest.MonkeyPatch, version: int, *, but: str = "") -> None:
    """Carry it to that version: every row that was there is there, as it was; and every index. In one table rows may come."""
    before, indexed = await contents(store), await indexes(store)
    await carry(store, then, version)
    after = await contents(store)
    for table, rows in before.items():
        old = {name for row in rows for name in row}
        kept = Counter(repr({name: value for name, value in row.items() if name in old}) for row in after[table])
        assert Counter(map(repr, rows)) - kept == Counter(), table
        assert len(after[table]) == len(rows) or table == but, table
    assert indexed <= await indexes(store)


async def live_for_years(store: SqliteStore) -> None:
    for number in range(1, 4):
        await store.commit(creation(number))
    for seed in SEEDS:
        await BillLife(BillIntake(store, BillPlanner()), seed).play(6)
        await InvoiceLife(InvoiceIntake(store), seed).play(6)


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[Store]:
    """A store of today, in which years of bills and of lenders' invoices were lived."""
    path = tmp_path / "lived.sqlite"
    await lay_tables(path, live_for_years)
    store = SqliteStore(path)
    await store.open()
    yield store
    await store.close()


async def bring(lived: Store, store: Store, *names: str) -> None:
    """Bring tables of today into one of then."""
    for name in names:
        await put(store, name, await rows_of(lived, name))


OF_BILLS: Final = (
    "bills",
    "bill_lines",
    "bill_history",
    "bill_numbers",
    "payments",
    "ledger",
    "partner_credit",
    "bill_keys",
)
OF_INVOICES: Final = ("invoices", "invoice_words", "invoice_history")


# ── 25: work may belong to a bill ────────────────────────────────────────────────────────────────


def work() -> Rows:
    """A row of every kind of work, in every standing: queued, leased, begun, failed, in a lane and in turn."""
    return [
        {
            "request": "HILL-1", "key": f"key {number}", "kind": effect["effect"], "lane": ("", "acs:example", "peer:hill")[number % 3],
            "is_first": number % 2 == 0, "due_at": 1_000_000 + number, "attempts": number,
            "leased_until": 2_000_000 + number if number % 3 else None, "leased_by": "gateway-1" if number % 3 else None,
            "started_at": 3_000_000 + number if number % 5 == 1 else None, "effect": json.dumps(effect),
            "payload": b"<payload \x00\xff/>" if number % 4 == 1 else None, "peer": "hill" if number % 3 == 2 else None,
            "turn": number if number % 2 else None, "item": "399990001" if number % 3 == 1 else None, "item_turn": number if number % 3 == 1 else None,
            "with_lane": number % 7 == 0, "failed": "It was away." if number % 6 == 1 else None, "failing_since": 4_000_000 if number % 6 == 1 else None,
        }
        for number, effect in enumerate(RELEASED["effect"])
    ]  # fmt: skip


async def test_work_that_waits_is_kept_and_no_number_is_given_twice(place: str) -> None:
    async with of_version(place, 24) as (store, then):
        await run(store, of_then(1))
        await put(store, "effects", [*work(), work()[0] | {"key": "done by now"}])
        ((last,),) = await fetch(store, "SELECT max(id) FROM effects")
        await run(store, f"DELETE FROM effects WHERE id = {last}")  # noqa: S608
        await carried_whole(store, then, 25)
        await put(store, "effects", [work()[0] | {"request": "M-1", "key": "of a bill"}])
        assert (await fetch(store, "SELECT id FROM effects WHERE request = 'M-1'"))[0][0] > last
        then.undo()
        await store.migrate()
        pending = await store.pending("HILL-1")
        assert Counter(row.effect.__struct_config__.tag for row in pending) == Counter(
            each["effect"] for each in RELEASED["effect"]
        )


# ── 32: when a copy was asked for ────────────────────────────────────────────────────────────────


async def test_copies_are_counted_in_the_year_in_which_they_were_asked_for(place: str, lived: Store) -> None:
    async with of_version(place, 31) as (store, then):
        await bring(lived, store, "requests")
        await bring(lived, store, "register")
        asked = {line["request"]: line["created_at"] for line in await rows_of(store, "register")}
        await cast("Any", store)._change((register_sql.FILL, ()))
        await run(store, "DELETE FROM register WHERE request = 'HILL-3'")
        await put(store, "copied", [{"request": name, "key": "almanac 2026"} for name in asked])
        await carried_whole(store, then, 32)
        found = {row["request"]: row["asked_at"] for row in await rows_of(store, "copied")}
        assert found == asked | {"HILL-3": None}
        then.undo()
        await run(store, "DELETE FROM copied WHERE request = 'HILL-3'")
        await store.migrate()
        copied = await store.copied.copied(NOW, later(1))
        assert [(each.request, each.key, each.asked_at) for each in copied] == [
            (name, "almanac 2026", NOW) for name in ("HILL-1", "HILL-2")
        ]


# ── 34: numbers after a restore, disputes ────────────────────────────────────────────────────────


RECOVERIES: Final = [
    {"since": 1_000, "why": "restored", "copy_of": 900, "compared_at": 1_100, "confirmed_at": 1_200, "confirmed_by": "anna", "ended_at": 1_300,
     "ended_by": "anna", "holds": None},
    {"since": 2_000, "why": "restored", "copy_of": None, "compared_at": None, "confirmed_at": None, "confirmed_by": None, "ended_at": None,
     "ended_by": None, "holds": 1},
]  # fmt: skip
"""One that has ended, and one in which all work is held."""


async def test_numbers_are_in_doubt_only_after_a_restore_that_has_not_ended(place: str) -> None:
    async with of_version(place, 33) as (store, then):
        await put(store, "recovery", RECOVERIES)
        await carried_whole(store, then, 34)
        found = {
            row["since"]: (row["numbers_confirmed_at"], row["numbers_confirmed_by"])
            for row in await rows_of(store, "recovery")
        }
        assert found == {1_000: (1_000, ""), 2_000: (None, None)}
        then.undo()
        await store.migrate()
        held = await store.recovery.current()
        assert held is not None
        assert held.why == "restored"


async def test_bills_of_before_are_what_they_were(place: str, lived: Store) -> None:
    async with of_version(place, 33) as (store, then):
        await bring(lived, store, *OF_BILLS)
        await carried_whole(store, then, 34)
        then.undo()
        await store.migrate()
        for row in await rows_of(lived, "bills"):
            assert await store.bills.bill(row["id"]) == await lived.bills.bill(row["id"])


# ── 44: lines of the books get numbers that are given once ───────────────────────────────────────


async def test_the_books_keep_their_lines_and_the_numbers_of_those(place: str, lived: Store) -> None:
    async with of_version(place, 43) as (store, then):
        await bring(lived, store, *OF_BILLS, *OF_INVOICES)
        before = await contents(store)
        assert all(before[book] for book in ("bill_history", "ledger", "invoice_history"))
        await carried_whole(store, then, 44)


# ── 45: disputes that began before version 34 ────────────────────────────────────────────────────


async def disputes(store: Store) -> list[tuple[Any, ...]]:
    return sorted((row["bill"], row["since"], row["until"] or 0) for row in await rows_of(store, "bill_disputes"))


async def test_disputes_of_before_they_were_kept_are_taken_from_history(place: str, lived: Store) -> None:
    async with of_version(place, 33) as (store, then):
        await bring(lived, store, *OF_BILLS)
        then.undo()
        await store.migrate()
        assert await disputes(store) == await disputes(lived)
    assert {bool(until) for *_, until in await disputes(lived)} == {True, False}


async def test_disputes_that_are_kept_already_stay_as_they_are(place: str, lived: Store) -> None:
    async with of_version(place, 44) as (store, then):
        await bring(lived, store, *OF_BILLS, "bill_disputes")
        await run(store, "DELETE FROM bill_disputes WHERE until IS NOT NULL")
        await carried_whole(store, then, 45, but="bill_disputes")
        assert await disputes(store) == await disputes(lived)


# ── 37: what is booked of lenders' invoices ──────────────────────────────────────────────────────


def booked(ledger: Rows) -> Mapping[tuple[Any, ...], int]:
    """What stands in the books of each invoice, by kind."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for line in ledger:
        sums[tuple(line[name] for name in ("invoice", "lender", "currency", "dated", "kind"))] += line["amount"]
    return {of: amount for of, amount in sums.items() if amount}


async def test_invoices_of_before_stand_in_the_books_as_if_they_had_been_booked(place: str, lived: Store) -> None:
    async with of_version(place, 36) as (store, then):
        await bring(lived, store, *OF_INVOICES)
        states = {row["state"] for row in await rows_of(store, "invoices")}
        assert {"entered", "disputed", "paid", "withdrawn", "dropped"} <= states
        await carried_whole(store, then, 37)
        assert booked(await rows_of(store, "invoice_ledger")) == booked(await rows_of(lived, "invoice_ledger"))
        then.undo()
        await store.migrate()
        for row in await rows_of(lived, "invoices"):
            assert await store.invoices.invoice(row["id"]) == await lived.invoices.invoice(row["id"])


# ── 41: money of facts in minor units ────────────────────────────────────────────────────────────


async def facts_of_then(store: Store, amounts: Sequence[tuple[str, int, int]]) -> Rows:
    """Facts with every column filled, one for each currency, charge and payment in hundredths."""
    kinds = await columns(store, "facts")
    text = {name for name, kind in kinds.items() if kind == "text"}
    return [
        {name: f"{name} {line}" if name in text else 1_000 * line + place for place, name in enumerate(kinds)}
        | {
            "line": line,
            "own": 1,
            "by_person": 0,
            "taken_up": 1,
            "currency": currency,
            "charged": charged,
            "paid": paid,
        }
        for line, (currency, charged, paid) in enumerate(amounts, 1)
    ]


AMOUNTS: Final = [
    ("USD", 1_250, 0, 1_250, 0), ("USD", 0, 0, 0, 0), ("JPY", 50_050, 0, 501, 0), ("JPY", 0, 49, 0, 0), ("KWD", 0, 113, 0, 1_130),
    ("KWD", -113, 0, -1_130, 0), ("JPY", -150, 0, -2, 0), ("CLF", 7, 0, 700, 0), ("XYZ", 99, 1, 99, 1), ("", 5, 0, 5, 0),
    ("USD", 1_000_000_000_000, 0, 0, 0), ("EUR", 999_999_999_999, 0, 999_999_999_999, 0),
]  # fmt: skip
"""A currency, charge and payment in hundredths, and both in minor units."""


async def test_facts_of_before_keep_all_that_they_tell_and_have_their_money_in_minor_units(place: str) -> None:
    async with of_version(place, 40) as (store, then):
        await put(store, "facts", await facts_of_then(store, [each[:3] for each in AMOUNTS]))
        await carried_whole(store, then, 41)
        found = {row["line"]: (row["charged_minor"], row["paid_minor"]) for row in await rows_of(store, "facts")}
        assert found == {line: each[3:] for line, each in enumerate(AMOUNTS, 1)}
        then.undo()
        await store.migrate()


# ── none is left out ─────────────────────────────────────────────────────────────────────────────

MOVES: Final = re.compile(
    r"^(UPDATE \w+ SET|DELETE FROM (?!sqlite_sequence)|INSERT INTO [^;]*?\bSELECT\b)", re.MULTILINE
)
"""A statement that does something with rows that are there."""
ELSEWHERE: Final = {14}
"""tests/store/test_migrations.py"""


def test_every_migration_that_moves_rows_is_tried_with_rows() -> None:
    moving = {each.version for dialect in DIALECTS for each in KNOWN[dialect] if MOVES.search(each.sql)}
    tried = {int(version) for version in re.findall(r"carried_whole\(store, then, (\d+)", Path(__file__).read_text())}
    assert moving - ELSEWHERE == tried
