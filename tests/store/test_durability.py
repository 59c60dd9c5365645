"""What `commit` and `start` returned from is there after the process was killed."""

import pytest

from gateway.store.factory import open_store
from tests.store.committer import commit_without_end
from tests.store.killing import killed_while_working

pytestmark = pytest.mark.process


async def test_what_was_committed_and_started_survives_a_kill(url: str) -> None:
    said = killed_while_working(commit_without_end, url, "committer", lines=200)
    assert {what for what, _ in said} == {"created", "stepped", "started"}
    store = open_store(url)
    await store.open()
    try:
        for what, name in said:
            request = await store.request(name)
            assert request is not None
            assert len(await store.messages(request.id)) == 1
            assert request.version == 2 or what == "created"
            assert len(await store.history(request.id)) == request.version + 1
            (row,) = await store.pending(request.id)
            assert row.started_at is not None or what != "started"
    finally:
        await store.close()
