"""The contract of the port, on both stores: a request's story in pieces, and what acts under one-use keys came to."""

import msgspec
import pytest

from gateway.store.port import AlreadyExists, Change, DoneAct, Store
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.store.values import NOW, creation, entry, later, step

DONE = DoneAct(key="ann:k1", request="HILL-1", action=StaffAction.SHIP, state=State.CHECKING_OUT, at=NOW)


async def test_a_story_is_read_newest_first_and_in_pieces(store: Store) -> None:
    await store.commit(creation())
    for number in range(5):
        words = (entry(f"line {number}"), entry(f"line {number} again"))
        await store.commit(Change(history_of="HILL-1", history=words))
    first = await store.story.lines("HILL-1", limit=3)
    assert [line.entry.words for line in first if line.entry] == ["line 4 again", "line 4", "line 3 again"]
    following = await store.story.lines("HILL-1", before=first[-1].id, limit=2)
    assert [line.entry.words for line in following if line.entry] == ["line 3", "line 2 again"]
    assert await store.story.lines("HILL-2", limit=3) == ()


async def test_a_line_has_the_event_that_its_change_begins_with(store: Store) -> None:
    made = creation()
    await store.commit(msgspec.structs.replace(made, history=(entry("first"), entry("second"))))
    assert [line.event for line in await store.story.lines("HILL-1", limit=9)] == [None, made.event]


async def test_a_key_is_for_one_act_and_says_what_that_came_to(store: Store) -> None:
    await store.commit(creation())
    await store.commit(step(1, 2, done=DONE))
    assert await store.story.act_of("ann:k1") == DONE
    assert await store.story.act_of("ann:k2") is None
    with pytest.raises(AlreadyExists):
        await store.commit(step(1, 3, done=DONE))
    found = await store.request("HILL-1")
    assert found is not None
    assert found.version == 2, "nothing of the second is written"


async def test_keys_are_forgotten_in_time(store: Store) -> None:
    await store.commit(creation())
    await store.commit(step(1, 2, done=DONE))
    assert await store.story.forget_acts(before=NOW) == 0
    assert await store.story.forget_acts(before=later(1)) == 1
    assert await store.story.act_of("ann:k1") is None
