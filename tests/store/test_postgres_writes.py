"""What PostgreSQL writes together: every row of a change, in its order, on few ways to the server."""

import asyncio
import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import asyncpg
import msgspec
import pytest

from gateway.store import rows, tongues, writes
from gateway.store.port import AlreadyExists, VersionConflict
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_writes import IN_ORDER, Together
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind
from tests.store.outside import run
from tests.store.values import creation, entry, find_copies, note, perform, step

TOGETHER = [write for write in IN_ORDER if isinstance(write, Together)]


@pytest.fixture
def store(stores: tuple[PostgresStore, PostgresStore]) -> PostgresStore:
    return stores[0]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was said to the server, a statement a way."""
    said: list[str] = []
    for verb in ("execute", "executemany", "fetch", "fetchmany"):
        usual = getattr(asyncpg.Connection, verb)

        async def counted(self: Any, query: str, *given: Any, usual: Any = usual, **named: Any) -> Any:
            said.append(" ".join(query.split()))
            return await usual(self, query, *given, **named)

        monkeypatch.setattr(asyncpg.Connection, verb, counted)
    return said


def test_every_write_stands_in_the_order_once() -> None:
    alone = [write.rows_of for write in IN_ORDER if not isinstance(write, Together)]
    shared = [rows_of for write in TOGETHER for rows_of, _ in write.parts]
    usual = [write.rows_of for write in writes.in_order(tongues.POSTGRESQL.indexing)]
    assert sorted([*alone, *shared], key=repr) == sorted(usual, key=repr)


@pytest.mark.parametrize("write", TOGETHER, ids=lambda write: f"{len(write.parts)} parts")
def test_a_statement_takes_as_many_arrays_as_its_parts_have_columns(write: Together) -> None:
    taken = {int(place) for place in re.findall(r"\$(\d+)", write.statement)}
    calls = 2
    assert taken == set(range(1, sum(width for _, width in write.parts) + calls + 1))


def test_columns_hold_the_rows_of_all_changes_in_their_order() -> None:
    changes = [rows.change_rows(change) for change in (creation(1), note(2), creation(3))]
    requests, *_ = TOGETHER
    columns = requests.columns(changes, [("work", "acs"), ("work", "")])
    assert columns[0] == ("HILL-1", "HILL-3")
    history = chain.from_iterable(change.history for change in changes)
    assert list(zip(*columns[-21:-17], strict=True)) == list(history)
    assert columns[-7:-2] == [()] * 5, "no work was given"
    assert columns[-2:] == [("work", "work"), ("acs", "")]


def test_without_rows_there_is_nothing_to_say() -> None:
    assert all(write.columns([]) == [] for write in TOGETHER)


async def test_a_new_request_is_written_on_one_way(store: PostgresStore, ways: list[str]) -> None:
    await store.commit(creation(1))
    await store.commit(creation(2, find_copies()))
    assert _kinds(ways) == ["INSERT requests", "INSERT requests"]


async def test_a_new_request_with_work_in_a_lane_is_a_transaction_of_several(
    store: PostgresStore, ways: list[str]
) -> None:
    """Its turn is read from the rows that are there."""
    await store.commit(creation(1, perform()))
    assert _kinds(ways) == ["BEGIN", "INSERT requests", "INSERT effects", "SELECT pg_notify($1, $2)", "COMMIT"]


async def test_a_new_request_waits_for_no_longer_transaction(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    mine, others = stores
    await mine.commit(creation(1))
    async with others._transaction() as connection:
        await connection.execute("SELECT 1 FROM requests FOR UPDATE")
        waiting = asyncio.create_task(mine.commit(step(1)))
        while not await others._fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        await mine.commit(creation(2, find_copies()))
        assert not waiting.done()
    await waiting


def _kinds(ways: Sequence[str]) -> list[str]:
    """Give the first words of each, or what it adds first; what the store asks for itself meanwhile is left out."""
    added = [re.search(r"INSERT INTO (\w+)", way) for way in ways]
    named = [f"INSERT {found[1]}" if found else way for found, way in zip(added, ways, strict=True)]
    return ["COMMIT" if way.endswith("COMMIT") else way for way in named if not way.startswith(("SELECT 1", "WITH"))]


async def test_a_line_that_is_written_with_its_tasks_is_written_once(store: PostgresStore) -> None:
    twice = (
        OpenTask(kind=TaskKind.ANSWER, words="Answer it."),
        OpenTask(kind=TaskKind.ANSWER, words="Answer it soon."),
    )
    tasks = (*twice, OpenTask(kind=TaskKind.CHECK_OUT, words="Fetch it."))
    await run(store, "TRUNCATE register CASCADE")  # so that what is written first lies first
    await store.commit(msgspec.structs.replace(creation(1), open_tasks=tasks))
    written = "SELECT ctid::text, tasks, pg_current_xact_id()::text::bigint - changed FROM register"
    assert [tuple(row) for row in await store._fetch(written)] == [("(0,1)", "answer,check out", 1)]
    assert [(task.kind, task.words) for task in await store.tasks(request="HILL-1")] == [
        (TaskKind.ANSWER, "Answer it soon."),
        (TaskKind.CHECK_OUT, "Fetch it."),
    ]
    await store.commit(step(1, close_tasks=(TaskKind.ANSWER,)))
    assert [tuple(row) for row in await store._fetch("SELECT tasks FROM register")] == [("check out",)]


async def test_all_of_a_batch_is_there_afterwards(store: PostgresStore) -> None:
    await store.commit(creation(1, perform(), find_copies()))
    await store.commit(step(1, history=(entry("one"), entry("two"), entry("three"))))
    assert [line.words for line in await store.history("HILL-1")] == [
        "a new request",
        "searching",
        "one",
        "two",
        "three",
    ]


async def test_what_is_out_of_date_is_said_before_what_is_known_already(store: PostgresStore) -> None:
    await store.commit(creation(1))
    with pytest.raises(AlreadyExists):
        await store.commit(creation(1))
    with pytest.raises(VersionConflict):
        await store.commit(step(1, version=7))
    assert len(await store.history("HILL-1")) == 2
