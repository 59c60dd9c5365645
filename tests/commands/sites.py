"""A folder as commands find it that need no gateway: settings, a store, and what is in that."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gateway.cli import main
from gateway.store.sqlite import SqliteStore
from tests.commands.test_setup import CONFIG
from tests.store.fresh import lay_tables
from tests.store.values import creation


class Site:
    """A gateway's folder with settings that name its store as their default does: from the folder where a command is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "var" / "gateway.sqlite"
        self.config = folder / "ill-gateway.toml"
        self.backup = folder.parent / "backup"
        self.config.write_text(CONFIG.replace("{folder}/", "var/"))

    def run(self, *words: str) -> int:
        return main([*words, "--config", str(self.config)])


@contextmanager
def stored(store: SqliteStore) -> Iterator[asyncio.Runner]:
    """As a gateway has it: open."""
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            runner.run(store.migrate())
            yield runner
        finally:
            runner.run(store.close())


def fill(path: Path, *numbers: int) -> None:
    """Write requests into the store there, which is made if there is none."""
    store = SqliteStore(path)
    if not path.exists():
        path.parent.mkdir(mode=0o700)
        asyncio.run(lay_tables(path))
    with stored(store) as runner:
        for number in numbers:
            runner.run(store.commit(creation(number)))


def requests(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as read:
        return [row[0] for row in read.execute("SELECT id FROM requests ORDER BY id")]


def held(path: Path) -> str | None:
    """Why all work is held; None if it isn't."""
    with closing(sqlite3.connect(path)) as read:
        found = read.execute("SELECT why FROM recovery WHERE holds = 1").fetchone()
    return found[0] if found else None
