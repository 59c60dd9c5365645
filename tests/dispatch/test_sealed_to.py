"""A seal that somebody has changed is told by the next look, and sealing goes on behind it, on both databases."""

# ruff: noqa: S608 - names of our own tables

import pytest
from structlog.testing import capture_logs

from gateway.dispatch.sealing import Sealer
from gateway.store.port import Store
from gateway.store.sqlite import SqliteStore
from tests.dispatch.test_sealing import TIME, looked, words
from tests.store.outside import fetch, run
from tests.store.values import creation, later


class Watched:
    """A sealer, and how often it has told of a seal that was changed."""

    def __init__(self, store: Store) -> None:
        self.told = 0
        self._sealer = Sealer(store, TIME, on_changed=self._tell)

    async def seal(self) -> int:
        """Look how far it goes, and seal that; how many lines."""
        await self._sealer.run_once()
        return await self._sealer.run_once()

    def _tell(self) -> None:
        self.told += 1


async def save(store: Store, *documents: bytes) -> None:
    """Versions of the policy: lines of a book."""
    for document in documents:
        await store.save_policy(document, at=later(1), by="anna")


async def test_a_mark_that_is_set_too_far_stops_nothing(store: Store) -> None:
    await save(store, b"one")
    sealer = Watched(store)
    await sealer.seal()
    await run(store, "UPDATE book_seals SET last_id = 1000000")
    await run(store, "UPDATE seals SET last_id = 1000000")
    await save(store, b"two", b"three")
    await store.commit(creation(1))
    assert await sealer.seal() == 2 + len(await fetch(store, "SELECT 1 FROM history"))
    audited = await looked(store)
    assert (audited.faults, audited.unsealed, audited.book_unsealed, sealer.told) == ((), 0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "sealed_at = sealed_at + 1",
        "head = 'x' || substr(head, 2)",
        "leaves = substr(leaves, 1, 0)",
        "leaves = substr(leaves, 1, length(leaves) - 32)",
    ],
)
@pytest.mark.parametrize("chain", ["seals", "book_seals"])
async def test_a_newest_seal_that_was_changed_is_told_and_what_comes_later_is_sealed(
    store: Store, chain: str, change: str
) -> None:
    await save(store, b"one", b"two")
    await store.commit(creation(1))
    await store.commit(creation(2))
    sealer = Watched(store)
    await sealer.seal()
    assert sealer.told == 0
    await run(store, f"UPDATE {chain} SET {change}")
    await save(store, b"three")
    await store.commit(creation(3))
    with capture_logs() as log:
        assert await sealer.seal() > 0
    assert sealer.told > 0
    assert {line["number"] for line in log if "was changed" in line["event"]} == {1}
    audited = await looked(store)
    assert (audited.unsealed, audited.book_unsealed) == (0, 0)
    assert any("does not follow" in each for each in await words(store))
    told = sealer.told
    assert await sealer.seal() == 0
    assert sealer.told == told, "the newest seal is a good one again"


async def test_a_leaf_that_is_moved_far_ahead_does_not_end_the_sealing(store: Store) -> None:
    """The number of the last leaf becomes a thousand million: no line would ever be above it."""
    await save(store, b"one", b"two")
    sealer = Watched(store)
    await sealer.seal()
    (leaves,) = (await fetch(store, "SELECT leaves FROM book_seals"))[0]
    moved = bytes(leaves[:32]) + (1_000_000_000).to_bytes(8) + bytes(leaves[40:])
    await rewrite(store, moved)
    await save(store, b"three")
    await sealer.seal()
    later_ones = await store.audit.books.seals(1, limit=99)
    assert [leaf.id for each in later_ones for leaf in each.leaves] == [2, 3], (
        "the line that the leaf was of, and the new one"
    )
    assert sealer.told > 0


async def rewrite(store: Store, leaves: bytes) -> None:
    """Put other leaves into the one seal over the books."""
    given = f"X'{leaves.hex()}'" if isinstance(store, SqliteStore) else f"decode('{leaves.hex()}', 'hex')"
    await run(store, f"UPDATE book_seals SET leaves = {given}")
