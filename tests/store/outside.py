"""Doing to a store's database what no program of ours does."""

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
