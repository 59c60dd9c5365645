"""Both databases reach what the accept path and the queue ask for along an index, whatever the tables hold.

The plans are taken from empty tables, which is where a planner is most tempted to read everything.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from gateway.store import book_tables, old_bills, sql, tongues
from gateway.store import postgres as postgres_store
from gateway.store.columns import moment
from gateway.store.factory import open_store
from gateway.store.register_port import Facet, Sought, Word
from gateway.store.register_walk import Walk
from tests.store import postgres as server
from tests.store.statements import OF_POSTGRESQL, OF_SQLITE, SHARED, walk

MAY_READ_ALL = {
    "DEPTHS": "/metrics and /readyz, every few seconds: the queue, which is as long as there is work",
    "COUNT_BY_STATE": "/metrics: an index alone",
    "FREE_LEASES": "at the start: an index of what is leased",
    "SET_BACK": "when the clock was set back",
    "BRING_FORWARD": "likewise",
    "BRING_BACKOFFS_FORWARD": "likewise",
    "MOVE_LEASES": "when the clock was set: an index of what is leased",
    "BACKOFFS": "a row for each lane that fails",
    "CLEAR_BACKOFF": "likewise",
    "REVOKE_TOKEN": "a row for each token that was ever made by hand",
    "POLICY": "a row for each version",
    "POLICY_OF": "likewise",
    "POLICIES": "likewise",
    "TOKENS": "a row for each token",
    "LAST_RUN": "an import of items",
    "ITEM_BARCODES": "an import that replaces: the items' own index, page by page",
    "DROP_OLD_ITEMS": "an import of items",
    "CHECK": "one row",
}
"""Statements that are not looked at, and why."""
SORT_A_FEW = {
    "requests of a customer",
    "with a number",
    "credit notes of a bill",
    "papers of a bill",
    "bills in states",
    "bills of one partner",
    "bills of ids",
    "invoices of a request",
    "invoices of an export",
    "invoices in states",
    "invoices of one lender in a list",
    "invoices of a year",
    "invoices with words",
    "page of tasks",
    "tasks of a request",
    "tasks of requests",
    "a partner's events",
    "a partner's messages",
    "pending",
    "pending of requests",
    *(f"lines of a bill in {book}" for book in old_bills.LINES),
    "find items",
    "lines behind a number of bills",
    "lines behind a number of invoices",
    "facts behind a leg",
    "facts behind a number",
    "corrections behind a number",
    "royalties",
    "copies of a year",
    "what histories tell",
    "sessions of an account",
    "ended with words",
    "listing",
    "listing all",
    "listing a partner's",
}
"""What one request, one key or one page has is sorted; what a lane or a table has is not."""
READ_IN_ORDER = {"listing all", "lanes", "last recovery", *(f"newest line of {book}" for book in book_tables.NEWEST)}
"""The newest requests, the first lane, the last recovery: the head of an index, without a value to look for."""
COMPARE_A_FEW = {"promote"}
"""Rows of one request are compared with each other. Elsewhere a join that compares what it has read was led along no index by what it compares."""


OF_A_TABLE = re.compile(
    r"policies|directory_history|notices|notice_files|notice_slots|bill_disputes|item_prices|invoices|invoice_words|invoice_history"
    r"|invoice_letters|bills|bill_lines|bill_fees|bill_history|bill_papers|bill_numbers|bill_keys|ledger|payments|partner_credit|facts"
    r"|fact_\w+|royalties|seals|tombstones|intake_keys|copied|pool_barcodes|recovery|store_mark|turns USING|register|notes_read|saved_views"
    r"|sent_to_print|requests|exchange_faults|history|messages|effects|earlier|customers|customer_works|tasks|items|item_keys|logins|accounts"
    r"|sessions|look_ups|scans|act_keys|copies|copy_pieces"
)


def test_what_leads_along_an_index_is_asked_for_once() -> None:
    """Asked for twice, PostgreSQL takes it for rarer than it is: it read 4,000 lines of a partner for a page of fifty."""
    assert walk(Facet.PARTNER).page(50)[0].count("partner = $") == 1
    assert "partner IN" not in walk(Facet.PARTNER).page(50)[0]
    assert "branch IN" in walk(Facet.BRANCH).page(50)[0]


def test_where_a_walk_by_words_ends_is_told_without_the_lines_that_have_them(sqlite_tables: sqlite3.Connection) -> None:
    """It is asked for after a page that a facet narrows, which has read all of them: once is enough."""
    walked = Walk(tongues.SQLITE, Sought(words=(Word(text="x"),), now=moment(0), today=moment(0)), (), 9)
    statement, params = walked.end()
    plan = [row[3] for row in sqlite_tables.execute(f"EXPLAIN QUERY PLAN {sql.numbered(statement)}", params)]
    assert [step for step in plan if re.search(r"ended_words|matched", step)]
    assert [step for step in plan if "register" in step] == []


def test_no_statement_is_forgotten() -> None:
    verbs = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH)\b")
    written = {name: text for name, text in vars(sql).items() if isinstance(text, str) and verbs.match(text)}
    looked_at = set(SHARED.values())
    assert {name for name, text in written.items() if text not in looked_at} == set(MAY_READ_ALL)


@pytest.fixture(scope="module")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A database with all tables, which plans alone are asked of."""
    path = tmp_path_factory.mktemp("plans") / "gateway.sqlite"
    asyncio.run(lay(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path)) as tables:
        yield tables


@pytest.fixture(scope="module")
def postgres_plan(postgres: str) -> Iterator[Callable[[str], str]]:
    """What asks for the plan of a statement, of another one: on one connection of a store, as the store has set it up."""
    with asyncio.Runner() as runner:
        runner.run(server.empty(postgres))
        runner.run(lay(postgres))
        store = open_store(postgres)
        assert isinstance(store, postgres_store.PostgresStore)
        runner.run(store.open())
        yield lambda statement: runner.run(plan_of(store, statement))
        runner.run(store.close())


async def plan_of(store: postgres_store.PostgresStore, statement: str) -> str:
    """Return the plan that serves a statement whatever it is asked with."""
    nulls = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", statement))))
    assert store._pool is not None
    async with store._pool.acquire() as connection:
        await connection.execute(f"PREPARE looked_at AS {statement}")
        try:
            async with connection.transaction():
                await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
                plan = await connection.fetchval(
                    f"EXPLAIN (FORMAT JSON) EXECUTE looked_at{f'({nulls})' if nulls else ''}"
                )
        finally:
            await connection.execute("DEALLOCATE looked_at")
    return str(plan)


async def lay(url: str) -> None:
    """Make the tables of an empty database."""
    store = open_store(url)
    await store.open()
    try:
        await store.migrate()
    finally:
        await store.close()


@pytest.mark.parametrize("name", [*SHARED, *OF_SQLITE])
def test_sqlite_searches_an_index(sqlite_tables: sqlite3.Connection, name: str) -> None:
    """A SCAN of a whole index is allowed in its order alone: the newest requests, the first lane."""
    statement = OF_SQLITE.get(name) or SHARED[name]
    params = (None,) * len(set(re.findall(r"\$\d+", statement)))
    plan = [row[3] for row in sqlite_tables.execute(f"EXPLAIN QUERY PLAN {sql.numbered(statement)}", params)]
    steps = [step for step in plan if OF_A_TABLE.search(step)]
    assert steps
    ordered = re.compile(r"SCAN requests USING INDEX requests_by_time$")
    assert [step for step in steps if not step.startswith("SEARCH") and not ordered.match(step)] == [], plan
    sorts = any("TEMP B-TREE FOR ORDER" in step for step in plan)
    assert not sorts or name in SORT_A_FEW, plan


@pytest.mark.parametrize("name", [*SHARED, *OF_POSTGRESQL])
def test_postgresql_searches_an_index(postgres_plan: Callable[[str], str], name: str) -> None:
    plan = postgres_plan(OF_POSTGRESQL.get(name) or SHARED[name])
    every = list(nodes(json.loads(plan)[0]["Plan"]))
    scans = [node for node in every if node["Node Type"].endswith("Scan")]
    by_index = [node for node in scans if "Index" in node["Node Type"]]
    assert by_index, plan
    assert not any(node["Node Type"] == "Seq Scan" for node in scans), plan
    assert all("Index Cond" in node for node in by_index) or name in READ_IN_ORDER, plan
    assert not any(" = " in node.get("Join Filter", "") for node in every) or name in COMPARE_A_FEW, plan
    if name.startswith("claim"):
        assert not any(node["Node Type"] == "Sort" for node in every), plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a plan's node and all nodes below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
