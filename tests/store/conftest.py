"""The two databases that every test of the contract runs on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gateway.store import postgres as postgres_store
from gateway.store.factory import open_store
from gateway.store.port import Store
from gateway.store.postgres import SETTINGS, PostgresStore
from tests.store import postgres as server
from tests.store.fresh import lay_tables
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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.process)])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of each kind in turn: with tables if the test has a store, else an empty one."""
    laid = "laid_postgres_url" if "store" in request.fixturenames else "postgres_url"
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else laid))


@pytest.fixture
def two_for_partners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections for partners are several: to open and prepare four takes as long as all else that most tests do with a server."""
    monkeypatch.setattr(postgres_store, "_FOR_PARTNERS", 2)


@pytest.fixture
async def store(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two_for_partners: None
) -> AsyncIterator[Store]:
    """An open store with empty tables. Where the machine has no processor for a test for seconds, its transaction is not ended for that.

    The first request of a partner waits while the server prepares its statement: to prepare it on each connection beforehand, as a gateway
    does and the stores of other fixtures do, takes half of the time of opening.
    """
    monkeypatch.setitem(SETTINGS, "idle_in_transaction_session_timeout", "60s")
    monkeypatch.setattr(postgres_store, "_make_ready", None)
    if url.startswith("sqlite"):
        await lay_tables(tmp_path / SQLITE)
    opened = open_store(url)
    await opened.open()
    try:
        await opened.migrate()
        yield opened
    finally:
        await opened.close()


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
