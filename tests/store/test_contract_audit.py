"""The contract of the port, on both stores: what is erased leaves its seal whole, however many erase at once."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from gateway.store.port import Store, VersionConflict
from gateway.store.sealing import NO_SALT, Seal, StoredLine, seal
from tests.store.outside import fetch
from tests.store.values import NOW, creation, entry, later, step


async def sealed(store: Store) -> tuple[Sequence[StoredLine], Seal]:
    """A request with two lines of history, sealed together."""
    await store.commit(creation(1))
    lines = await store.audit.lines(0, 99, limit=99)
    made = seal(lines, None, NOW)
    assert await store.audit.add_seal(made)
    return lines, made


async def erase(store: Store, line: StoredLine, found: Seal) -> None:
    known = await store.request("HILL-1")
    assert known is not None
    cleared = msgspec.structs.replace(known, version=known.version + 1, flag="")
    told = entry("erased", at=later(line.id), detail={"erased": line.id})
    await store.audit.erase(line, found, cleared, notes=(), messages=(), told=told)


async def test_of_two_erasures_that_read_one_seal_the_second_writes_nothing(store: Store) -> None:
    lines, found = await sealed(store)
    first, second = lines
    ended = await asyncio.gather(erase(store, first, found), erase(store, second, found), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [VersionConflict]
    (kept,) = await store.history(None)
    last = await store.audit.last_seal()
    assert last is not None
    assert [leaf.id for leaf in last.leaves if leaf.salt == NO_SALT] == [kept.detail["erased"]]


async def test_the_request_goes_without_the_words_with_the_line_or_not_at_all(store: Store) -> None:
    (line, _), found = await sealed(store)
    await store.commit(step(1, of={"flag": "a secret"}))
    stale = await store.request("HILL-1")
    assert stale is not None
    await store.commit(step(1, version=3, of={"flag": "a secret"}))
    with pytest.raises(VersionConflict):
        await store.audit.erase(
            line, found, msgspec.structs.replace(stale, version=3), notes=(), messages=(), told=entry()
        )
    assert await store.history(None) == ()
    await erase(store, line, found)
    kept = await store.request("HILL-1")
    assert kept is not None
    assert (kept.version, kept.flag) == (4, "")


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
