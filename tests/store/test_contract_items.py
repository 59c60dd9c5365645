"""The contract of the port, on both stores: requests keep their order at an item, from an act to the end of the look after it."""

import msgspec

from gateway.store.port import EffectRow, NewEffect, Store
from gateway.workflow.effects import Look, Perform
from gateway.workflow.records import Act
from tests.store.values import ACS, creation, later, note, step

ONE, OTHER = "399990001", "399990002"
LEASE = 60.0


def act(item: str = ONE, due_s: float = 0.0, *, turn: int | None = None) -> NewEffect:
    """An act on an item."""
    return NewEffect(
        effect=Perform(act=Act.CHECKOUT, item_barcode=item), lane=ACS, due_at=later(due_s), peer="a", item=item,
        item_turn=turn,
    )  # fmt: skip


def look(item: str = ONE, due_s: float = 0.0, *, turn: int | None = None) -> NewEffect:
    """The look after it."""
    return msgspec.structs.replace(act(item, due_s, turn=turn), effect=Look(act=Act.CHECKOUT, item_barcode=item))


async def claim(store: Store, at: float = 0.0, *, in_turn: bool = True, owner: str = "a") -> list[EffectRow]:
    """Everything that may run at a time."""
    found = await store.claim(
        ACS, now=later(at), until=later(at + LEASE), owner=owner, limit=9, at_most=9, in_turn=in_turn
    )
    return list(found)


def numbers(rows: list[EffectRow]) -> list[str]:
    return [f"{row.request.removeprefix('HILL-')} {row.effect.key}" for row in rows]


async def test_of_two_requests_at_an_item_the_first_ends_first_its_look_too(store: Store) -> None:
    for in_turn in (True, False):
        first = 1 if in_turn else 11
        await store.commit(creation(first, act()))
        await store.commit(creation(first + 1, act()))
        (acting,) = await claim(store, in_turn=in_turn)
        assert acting.request == f"HILL-{first}"
        assert await claim(store, in_turn=in_turn) == [], "it is under way"
        after = look(due_s=2.0, turn=acting.item_turn)
        await store.commit(step(first, completes=acting.id, owner="a", effects=(after,)))
        assert await claim(store, in_turn=in_turn) == [], "the look comes first, and is soon due"
        (looking,) = await claim(store, 2.0, in_turn=in_turn)
        assert looking.request == f"HILL-{first}"
        await store.commit(note(first, completes=looking.id, owner="a"))
        (second,) = await claim(store, 2.0, in_turn=in_turn)
        assert second.request == f"HILL-{first + 1}"
        await store.commit(note(first + 1, completes=second.id, owner="a"))


async def test_what_is_under_way_with_an_item_is_not_overtaken_by_who_asked_first(store: Store) -> None:
    """Its act may be on its way already: a check-in that was asked for before a loan would end it."""
    await store.commit(creation(1, act(due_s=60.0, turn=1)))
    await store.commit(creation(2, act(turn=2)))
    (acting,) = await claim(store)
    assert acting.request == "HILL-2"
    await store.commit(creation(3, look(turn=1)))
    for in_turn in (True, False):
        assert await claim(store, in_turn=in_turn) == []
    await store.commit(note(2, completes=acting.id, owner="a"))
    assert numbers(await claim(store)) == ["3 look:checkout"]


async def test_a_lease_that_has_run_out_holds_nobody_up_for_good(store: Store) -> None:
    await store.commit(creation(1, act(turn=2)))
    await claim(store)
    await store.commit(creation(2, act(turn=1)))
    assert await claim(store, LEASE - 1.0) == []
    assert numbers(await claim(store, LEASE, owner="b")) == ["2 perform:checkout"]


async def test_another_item_waits_for_nobody(store: Store) -> None:
    await store.commit(creation(1, act()))
    await store.commit(creation(2, act(OTHER)))
    await store.commit(creation(3, act()))
    assert numbers(await claim(store)) == ["1 perform:checkout", "2 perform:checkout"]


async def test_what_a_request_adds_keeps_the_place_that_it_has_at_the_item(store: Store) -> None:
    """It asked before the other: all that it wants of the item comes before."""
    await store.commit(creation(1, act()))
    await store.commit(creation(2, act()))
    await store.commit(step(1, effects=(look(),)))
    (acting,) = await claim(store)
    await store.commit(note(1, completes=acting.id, owner="a"))
    assert numbers(await claim(store)) == ["1 look:checkout"]


async def test_time_to_undo_and_a_second_look_hold_nobody_up(store: Store) -> None:
    await store.commit(creation(1, act(due_s=60.0)))
    await store.commit(creation(2, act()))
    assert numbers(await claim(store)) == ["2 perform:checkout"]


async def test_an_act_that_could_not_begin_keeps_its_place(store: Store) -> None:
    """After an outage the requests come in the order in which they asked, whatever each one waits for."""
    await store.commit(creation(1, act()))
    await store.commit(creation(2, act()))
    (acting,) = await claim(store)
    await store.postpone(acting.id, owner="a", due_at=later(30.0), unstarted=True)
    assert await claim(store, in_turn=False) == []
    assert numbers(await claim(store, 30.0, in_turn=False)) == ["1 perform:checkout"]


async def test_a_look_that_fails_again_and_again_holds_nobody_up(store: Store) -> None:
    """It may be the answer about that one account that can't be read."""
    await store.commit(creation(1, look()))
    await store.commit(creation(2, act()))
    (looking,) = await claim(store)
    await store.postpone(looking.id, owner="a", due_at=later(30.0), unstarted=True)
    assert numbers(await claim(store)) == ["2 perform:checkout"]


async def test_requests_with_several_items_never_wait_for_each_other_in_a_circle(store: Store) -> None:
    """Each is first at one item and second at the other, and each wants first what the other is first at."""
    await store.commit(creation(1, act(ONE, turn=2), look(OTHER, turn=1)))
    await store.commit(creation(2, act(OTHER, turn=2), look(ONE, turn=1)))
    seen = []
    for _ in range(4):
        for row in await claim(store):
            seen.append(row.request)
            await store.commit(note(int(row.request[-1]), completes=row.id, owner="a"))
    assert sorted(seen) == ["HILL-1", "HILL-1", "HILL-2", "HILL-2"]
