"""The contract of the port, on both stores: what is erased leaves its seal whole, however many erase at once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from gateway.store.port import HistoryEntry, Store, VersionConflict
from gateway.store.sealing import NO_SALT, Line, Seal, seal
from tests.store.outside import fetch
from tests.store.values import NOW, creation, entry, later


async def sealed(store: Store) -> tuple[Sequence[Line], Seal]:
    """A request with two lines of history, sealed together."""
    await store.commit(creation(1))
    lines = await store.audit.lines(0, 99, limit=99)
    made = seal(lines, None, NOW)
    assert await store.audit.add_seal(made)
    return lines, made


async def erase(store: Store, line: Line, found: Seal) -> None:
    await store.audit.erase(line, found, (), messages=(), told=told(line.id, later(line.id)))


def told(number: int, at: datetime) -> HistoryEntry:
    return entry("erased", at=at, detail={"erased": number})


async def test_of_two_erasures_that_read_one_seal_the_second_writes_nothing(store: Store) -> None:
    lines, found = await sealed(store)
    first, second = lines
    ended = await asyncio.gather(erase(store, first, found), erase(store, second, found), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [VersionConflict]
    (kept,) = await store.history(None)
    last = await store.audit.last_seal()
    assert last is not None
    assert [leaf.id for leaf in last.leaves if leaf.salt == NO_SALT] == [kept.detail["erased"]]


async def test_whoever_reads_the_seal_again_erases_too(store: Store) -> None:
    lines, _ = await sealed(store)
    for line in lines:
        found = await store.audit.seal_of(line.id)
        assert found is not None
        await erase(store, line, found)
    last = await store.audit.last_seal()
    assert last is not None
    assert {leaf.salt for leaf in last.leaves} == {NO_SALT}
    assert len(await fetch(store, "SELECT id FROM history WHERE request IS NULL")) == 2
