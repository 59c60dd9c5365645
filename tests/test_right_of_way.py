"""Who goes first on the event loop, and for how long the others stand aside."""

import asyncio

import pytest

from gateway.right_of_way import RightOfWay

LONG_S = 60.0


async def test_nobody_stands_aside_where_nothing_is_under_way():
    way = RightOfWay()
    began_s = asyncio.get_running_loop().time()
    assert await way.stand_aside(LONG_S) == LONG_S
    with way:
        pass
    assert await way.stand_aside(LONG_S) == LONG_S
    assert asyncio.get_running_loop().time() - began_s < LONG_S


async def test_whoever_stands_aside_waits_for_all_that_goes_first_and_for_what_comes_meanwhile():
    way, said = RightOfWay(), list[str]()

    async def goes_first(name: str, turns: int) -> None:
        with way:
            for _ in range(turns):
                await asyncio.sleep(0)
            said.append(name)

    async def goes_last() -> None:
        assert 0 < await way.stand_aside(LONG_S) <= LONG_S
        said.append("last")

    async def comes_as_the_others_go() -> None:
        with way:
            await asyncio.gather(goes_first("short", 2), goes_first("long", 9))
        await goes_first("meanwhile", 3)

    first = asyncio.create_task(comes_as_the_others_go())
    await asyncio.sleep(0)
    await asyncio.gather(first, goes_last())
    assert said == ["short", "long", "meanwhile", "last"]


@pytest.mark.parametrize("most_s", [0.01, 0.05])
async def test_nobody_stands_aside_for_longer_than_it_bears(most_s: float):
    way = RightOfWay()
    with way:
        assert await way.stand_aside(most_s) == 0.0


async def test_who_bears_no_more_gives_up_no_turn_of_the_loop():
    way, turns = RightOfWay(), list[str]()
    asyncio.get_running_loop().call_soon(turns.append, "somebody else's")
    with way:
        assert await way.stand_aside(0.0) == 0.0
    assert not turns


async def test_what_fails_has_no_right_of_way_any_more():
    way = RightOfWay()
    with pytest.raises(ZeroDivisionError), way:
        _ = 1 / 0
    assert await way.stand_aside(LONG_S) == LONG_S
