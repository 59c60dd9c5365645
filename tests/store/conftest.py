"""The two databases that every test of the contract runs on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from gateway.store import postgres as of_postgres
from gateway.store.port import Store
from gateway.store.postgres import SETTINGS, PostgresStore
from gateway.store.sqlite import SqliteStore
from tests.store import postgres as server
from tests.store.fresh import fresh_store
from tests.store.postgres import postgres_server

SQLITE = "gateway.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL database, whatever is in it."""
    with postgres_server() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / SQLITE}"


@pytest.fixture
async def postgres_url(postgres: str) -> str:
    """The URL of an empty PostgreSQL database."""
    await server.empty(postgres)
    return postgres


@pytest.fixture(scope="session")
def lay_postgres(postgres: str) -> Iterator[Callable[[], None]]:
    """What empties that database's tables."""
    with server.laying(postgres) as lay:
        yield lay


@pytest.fixture
def laid_postgres_url(postgres: str, lay_postgres: Callable[[], None]) -> str:
    """The URL of a PostgreSQL database with empty tables."""
    lay_postgres()
    return postgres


@pytest.fixture
async def kept_store() -> AsyncIterator[SqliteStore]:
    """An open store with empty tables on SQLite."""
    async with fresh_store() as opened:
        yield opened


@pytest.fixture
def kept_sqlite_url(kept_store: SqliteStore) -> str:
    """The URL of its file."""
    return f"sqlite:///{kept_store._path}"


URLS: Final = {
    ("sqlite", True): "kept_sqlite_url",
    ("sqlite", False): "sqlite_url",
    ("postgresql", True): "laid_postgres_url",
    ("postgresql", False): "postgres_url",
}
"""The fixture that gives the URL of a database, with tables or without."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.process)])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of each kind in turn: with tables if the test has a store, else an empty one."""
    return str(request.getfixturevalue(URLS[request.param, "store" in request.fixturenames]))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.process)])
def place(request: pytest.FixtureRequest) -> str:
    """The URL of a database of each kind in turn, which is not there yet, or with whatever is in it."""
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres"}[request.param]))


@pytest.fixture
def two_for_partners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections for partners are several: to open and prepare four takes as long as all else that most tests do with a server."""
    monkeypatch.setattr(of_postgres, "_FOR_PARTNERS", 2)


@pytest.fixture
async def postgres_store(
    laid_postgres_url: str, monkeypatch: pytest.MonkeyPatch, two_for_partners: None
) -> AsyncIterator[PostgresStore]:
    """An open store with empty tables on PostgreSQL. Where the machine has no processor for a test for seconds, its transaction is not ended for that.

    The first request of a partner waits while the server prepares its statement: to prepare it on each connection beforehand, as a gateway
    does and the stores of other fixtures do, takes half of the time of opening.
    """
    monkeypatch.setitem(SETTINGS, "idle_in_transaction_session_timeout", "60s")
    monkeypatch.setattr(of_postgres, "_make_ready", None)
    opened = PostgresStore(laid_postgres_url)
    await opened.open()
    try:
        await opened.migrate()
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def store(request: pytest.FixtureRequest, url: str) -> Store:
    """An open store with empty tables, on each kind of database in turn."""
    opened = request.getfixturevalue("kept_store" if url.startswith("sqlite") else "postgres_store")
    assert isinstance(opened, SqliteStore | PostgresStore)
    return opened


@pytest.fixture
async def stores(laid_postgres_url: str, two_for_partners: None) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """Two gateways' stores on one PostgreSQL."""
    async with AsyncExitStack() as closing:
        opened = []
        for _ in range(2):
            store = PostgresStore(laid_postgres_url)
            await store.open()
            closing.push_async_callback(store.close)
            opened.append(store)
        await asyncio.gather(*(store.migrate() for store in opened))
        yield opened[0], opened[1]
