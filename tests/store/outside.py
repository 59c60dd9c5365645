"""Doing to a store's database what no program of ours does."""

from typing import Any

from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore


async def run(store: Store, statement: str) -> None:
    """Run a statement behind the store's back."""
    if isinstance(store, SqliteStore):
        store._writer.execute(statement)
    else:
        assert isinstance(store, PostgresStore)
        assert store._pool is not None
        await store._pool.execute(statement)


async def fetch(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """Read behind the store's back."""
    if isinstance(store, SqliteStore):
        return list(store._writer.execute(statement).fetchall())
    assert isinstance(store, PostgresStore)
    assert store._pool is not None
    return [tuple(row) for row in await store._pool.fetch(statement)]
