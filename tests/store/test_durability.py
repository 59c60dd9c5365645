"""What `commit` and `start` returned from is there after the process was killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.factory import open_store

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]


def killed_while_committing(url: str) -> list[tuple[str, int]]:
    """Run committer.py until it has said enough, kill it, and give what it said."""
    command = [sys.executable, "-m", "tests.store.committer", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(200)]
        child.kill()
        lines += child.stdout.readlines()
    said = [line.split() for line in lines if line.endswith("\n")]
    return [(what, int(number)) for what, number in said]


async def test_what_was_committed_and_started_survives_a_kill(url: str) -> None:
    said = killed_while_committing(url)
    assert {what for what, _ in said} == {"created", "stepped", "started"}
    store = open_store(url)
    await store.open()
    try:
        for what, number in said:
            request = await store.request(f"HILL-{number}")
            assert request is not None
            assert len(await store.messages(request.id)) == 1
            assert request.version == 2 or what == "created"
            assert len(await store.history(request.id)) == request.version + 1
            (row,) = await store.pending(request.id)
            assert row.started_at is not None or what != "started"
    finally:
        await store.close()
