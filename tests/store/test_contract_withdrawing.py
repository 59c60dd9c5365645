"""The contract of the port, on both stores: work that is withdrawn, that must be, or that must stop."""

import pytest

from gateway.store.port import AlreadyStarted, LeaseLost, Store
from gateway.workflow.records import Act, Clock
from tests.store.values import NOW, claim, creation, find_copies, look, perform, step, timer


async def test_withdrawing_deletes_what_has_not_started_and_frees_what_waits_behind(store: Store) -> None:
    await store.commit(creation(1, perform(), perform(Act.ARRIVE), timer()))
    await store.commit(step(version=2, withdraw=("perform:hold", "timer:hold", "tell:unknown")))
    assert [row.effect.key for row in await store.pending("HILL-1")] == ["perform:arrive"]
    assert [row.effect.key for row in await claim(store)] == ["perform:arrive"]


async def test_withdrawing_goes_by_whole_keys(store: Store) -> None:
    await store.commit(creation(1, perform(), timer()))
    await store.commit(step(version=2, withdraw=("perform:hol", "erform:hold", "", "%", "PERFORM:HOLD")))
    assert {row.effect.key for row in await store.pending("HILL-1")} == {"perform:hold", "timer:hold"}


async def test_withdrawing_touches_neither_started_rows_nor_those_of_other_requests(store: Store) -> None:
    await store.commit(creation(1, perform()))
    await store.commit(creation(2, perform()))
    rows = await claim(store)
    await store.start(rows[0].id, owner="a", at=NOW)
    await store.commit(step(1, version=2, withdraw=("perform:hold",)))
    assert len(await store.pending("HILL-1")) == len(await store.pending("HILL-2")) == 1


async def test_a_leased_row_that_was_withdrawn_before_its_start_cannot_be_started(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (row,) = await claim(store)
    await store.commit(step(withdraw=("perform:hold",)))
    await store.commit(step(version=3, effects=(perform(),)))
    (new,) = await claim(store)
    assert new.id != row.id, "ids are never used twice"
    with pytest.raises(LeaseLost):
        await store.start(row.id, owner="a", at=NOW)


async def test_what_must_be_withdrawn_is_while_it_has_not_started(store: Store) -> None:
    await store.commit(creation(1, perform(), perform(), look()))
    await claim(store)
    await store.commit(step(must_withdraw=("perform:hold",)))
    assert [row.effect.key for row in await store.pending("HILL-1")] == ["look:hold"]


async def test_what_must_be_withdrawn_and_has_started_refuses_the_whole_change(store: Store) -> None:
    await store.commit(creation(1, perform(), timer(), timer(Clock.RECEIPT)))
    (row,) = await claim(store)
    await store.start(row.id, owner="a", at=NOW)
    with pytest.raises(AlreadyStarted):
        await store.commit(step(must_withdraw=("timer:hold", "perform:hold"), withdraw=("timer:receipt",)))
    assert len(await store.pending("HILL-1")) == 3
    assert (await store.request("HILL-1")).version == 1  # type: ignore[union-attr]


async def test_of_two_effects_with_a_key_that_must_be_withdrawn_neither_may_have_started(store: Store) -> None:
    await store.commit(creation(1, find_copies(), find_copies()))
    row, _ = await claim(store, None)
    await store.start(row.id, owner="a", at=NOW)
    with pytest.raises(AlreadyStarted):
        await store.commit(step(must_withdraw=("find copies",)))
    assert len(await store.pending("HILL-1")) == 2


async def test_what_must_stop_goes_while_it_has_not_started_and_need_not_be_there(store: Store) -> None:
    await store.commit(creation(1, perform(), look()))
    await store.commit(step(must_stop=("perform:hold", "perform:checkout")))
    assert [row.effect.key for row in await store.pending("HILL-1")] == ["look:hold"]
    assert [row.effect.key for row in await claim(store)] == ["look:hold"], "what waited behind it may run"


async def test_what_must_stop_and_has_started_refuses_the_whole_change(store: Store) -> None:
    await store.commit(creation(1, perform(), timer()))
    (row,) = await claim(store)
    await store.start(row.id, owner="a", at=NOW)
    with pytest.raises(AlreadyStarted):
        await store.commit(step(must_stop=("perform:hold",), withdraw=("timer:hold",)))
    assert len(await store.pending("HILL-1")) == 2
    assert (await store.request("HILL-1")).version == 1  # type: ignore[union-attr]


async def test_what_must_be_withdrawn_and_is_gone_refuses_the_change(store: Store) -> None:
    await store.commit(creation())
    with pytest.raises(AlreadyStarted):
        await store.commit(step(must_withdraw=("perform:hold",)))


async def test_a_completed_effect_may_share_its_key_with_those_that_are_withdrawn(store: Store) -> None:
    await store.commit(creation(1, perform(), perform()))
    (row,) = await claim(store)
    await store.commit(step(completes=row.id, owner="a", withdraw=("perform:hold",)))
    assert await store.pending("HILL-1") == ()
