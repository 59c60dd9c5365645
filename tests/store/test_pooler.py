"""PgBouncer between the store and its server: by sessions it works, by transactions it is refused in words."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.demo.stage.processes import free_port, wait_for
from gateway.store import postgres_copy
from gateway.store.backups import BackupError
from gateway.store.port import StoreUnavailable
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_servers import POOLED
from tests.store.postgres import until
from tests.store.values import creation, perform

pytestmark = pytest.mark.process

Pooler = Callable[[str], str]
"""Starts one that pools in a mode; its URL."""
SETTINGS = """
[databases]
postgres = host={folder} dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
pidfile = {directory}/pid
logfile = {directory}/log
"""
DEADLINE_S = 120.0


@pytest.fixture
def pgbouncer() -> str:
    """The program; without it a test is skipped, in CI it fails."""
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("pgbouncer is missing; .ci/run installs it")
    if found is None:
        pytest.skip("pgbouncer is not installed (Debian's package pgbouncer)")
    return found


@pytest.fixture
def pooler(pgbouncer: str, postgres_url: str) -> Iterator[Pooler]:
    with _poolers(pgbouncer, postgres_url) as start:
        yield start


@contextmanager
def _poolers(program: str, server: str) -> Iterator[Pooler]:
    """It refuses to run as root; then it runs as the server does, whose socket it must reach."""
    directory = Path(tempfile.mkdtemp(prefix="pooler-"))
    folder = parse_qs(urlsplit(server).query)["host"][0]
    owner = Path(folder).stat().st_uid if os.geteuid() == 0 else None
    if owner is not None:
        os.chown(directory, owner, -1)
    processes: list[subprocess.Popen[bytes]] = []

    def start(mode: str) -> str:
        port = free_port()
        settings = directory / f"{mode}.ini"
        settings.write_text(SETTINGS.format(folder=folder, port=port, mode=mode, directory=directory))
        processes.append(subprocess.Popen([program, "-q", str(settings)], user=owner))
        wait_for(lambda: answers(port), "the pooler")
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    try:
        yield start
    finally:
        for process in processes:
            process.terminate()
            process.wait(DEADLINE_S)
        shutil.rmtree(directory)


def answers(port: int) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True


async def test_by_sessions_it_works_and_gateways_hear_of_each_other(pooler: Pooler):
    url = pooler("session")
    stores = [PostgresStore(url), PostgresStore(url)]
    for store in stores:
        await store.open()
    try:
        await stores[0].migrate()
        heard: list[str | None] = []
        stores[1].on_commit(heard.extend)
        await stores[0].commit(creation(1, perform()))
        await until(lambda: bool(heard))
        async with stores[0]._connection() as connection:
            limits = await connection.fetchrow("SELECT current_setting('lock_timeout'), current_setting('jit')")
        assert tuple(limits) == ("8s", "off")
        assert await stores[1].request("HILL-1") is not None
    finally:
        for store in stores:
            await store.close()


@pytest.mark.parametrize("mode", ["transaction", "statement"])
async def test_by_transactions_it_is_refused_in_words(pooler: Pooler, mode: str):
    store = PostgresStore(pooler(mode))
    with pytest.raises(StoreUnavailable) as refused:
        await store.open()
    assert str(refused.value) == POOLED if mode == "transaction" else "statement pooling" in str(refused.value)


async def test_a_back_up_by_way_of_one_is_refused_in_the_same_words(pooler: Pooler):
    """Once its session is another's; asyncpg's own hint is a page on its options."""
    with pytest.raises(BackupError) as refused:
        await ask_past_each_other(pooler("transaction"))
    assert str(refused.value) == POOLED


async def ask_past_each_other(url: str) -> None:
    """One asks in the session in which it has asked before, and which is another's by now."""
    async with postgres_copy.connected(url) as ours, postgres_copy.connected(url) as others:
        await ours.fetch("SELECT 1")
        async with others.transaction():
            await others.fetch("SELECT 2")
            await ours.fetch("SELECT 1")
