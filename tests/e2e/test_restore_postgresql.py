"""The same as test_restore.py with the store on PostgreSQL: the copy goes into an empty database, which the settings then name."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.stage.stack import Stack
from tests.e2e.conftest import MakeScene
from tests.e2e.test_restore import nothing_is_done_twice
from tests.store.postgres import administer, postgres_server, programs

pytestmark = pytest.mark.process

RESTORED = "restored"


@pytest.fixture(scope="module")
def module_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as patch, postgres_server() as url:
        patch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
        with Stack(tmp_path_factory.mktemp("stack"), store_url=url) as stack:
            stack.import_items()
            yield stack


def test_nothing_is_done_twice_on_the_circulation_system(scene: MakeScene, stack: Stack, tmp_path: Path):
    nothing_is_done_twice(scene, stack, tmp_path, bring_back)


def bring_back(stack: Stack, folder: Path) -> None:
    """Into a database of its own; the one of before stays as it is."""
    text = stack.config.read_text()
    (before,) = [line for line in text.splitlines() if line.startswith('url = "postgresql://')]
    url = before.removeprefix("url = ").strip('"')
    asyncio.run(administer(url, f"CREATE DATABASE {RESTORED}"))
    stack.config.write_text(text.replace(before, before.replace("/postgres?", f"/{RESTORED}?")))
    stack.command("restore", str(folder), "--config", str(stack.config))
