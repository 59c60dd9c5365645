"""Group commit: what waits is written together, in order, and a failure is its own job's."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store.groups import MOST_ALONE, QUIET_TURNS, SURELY_ALONE, GroupCommit, Waiting, take
from gateway.store.port import StoreUnavailable, VersionConflict

DEADLINE_S = 60.0


class Disk:
    """Stands for a database: writes a batch when the test says so, or fails on jobs that say so."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.free = asyncio.Event()
        self.free.set()

    async def is_busy(self) -> None:
        """Comes back as soon as a batch is being written."""
        async with asyncio.timeout(DEADLINE_S):
            while not self.batches:
                await asyncio.sleep(0)

    async def write(self, batch: Sequence[str]) -> Sequence[str]:
        self.batches.append(list(batch))
        await self.free.wait()
        if "unplugged" in batch:
            raise StoreUnavailable("the disk is gone")
        if any(job.startswith("bad") for job in batch):
            raise VersionConflict("bad")
        return [job.upper() for job in batch]


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def group(disk: Disk) -> AsyncIterator[GroupCommit[str]]:
    group = GroupCommit(disk.write, largest=4)
    group.start()
    yield group
    disk.free.set()
    await group.close()


async def held(disk: Disk, group: GroupCommit[str], *jobs: str, key: str | None = None) -> list[asyncio.Future[str]]:
    """Submit jobs while the disk is busy with one before them; give their futures once the disk is free again."""
    disk.free.clear()
    futures: list[asyncio.Future[str]] = [asyncio.ensure_future(group.submit("first"))]
    await disk.is_busy()
    futures += [asyncio.ensure_future(group.submit(job, key=key)) for job in jobs]
    await asyncio.sleep(0)
    disk.free.set()
    return futures


async def test_alone_a_job_is_written_at_once(disk: Disk, group: GroupCommit[str]) -> None:
    assert await group.submit("a") == "A"
    assert disk.batches == [["a"]]


async def test_who_is_about_to_come_shares_the_batch(disk: Disk, group: GroupCommit[str]) -> None:
    """Each of these comes a turn of the event loop after the one before."""

    async def come_late(job: str, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await group.submit(job)

    await asyncio.gather(come_late("a", 0), come_late("b", 1), come_late("c", 2))
    assert disk.batches == [["a", "b", "c"]]


async def turns_until_written(disk: Disk, group: GroupCommit[str], job: str) -> int:
    """How many turns of the event loop a job by itself waits for before it is written."""
    submitted = asyncio.ensure_future(group.submit(job))
    turns = 0
    async with asyncio.timeout(DEADLINE_S):
        while [job] not in disk.batches:
            turns += 1
            await asyncio.sleep(0)
    await submitted
    return turns


async def test_behind_many_who_were_alone_nobody_is_waited_for(disk: Disk, group: GroupCommit[str]) -> None:
    """Most of a message that comes alone would be the turns in which nobody comes."""
    for number in range(SURELY_ALONE):
        assert await turns_until_written(disk, group, f"a{number}") > QUIET_TURNS
    assert await turns_until_written(disk, group, "b") < QUIET_TURNS / 2
    await asyncio.gather(group.submit("c"), group.submit("d"))
    assert disk.batches[-2:] == [["b"], ["c", "d"]]
    assert await turns_until_written(disk, group, "e") > QUIET_TURNS


async def test_where_nobody_comes_in_step_fewer_turns_bring_company(disk: Disk) -> None:
    group = GroupCommit(disk.write, quiet_turns=2)
    group.start()
    assert await turns_until_written(disk, group, "a") < QUIET_TURNS
    await asyncio.gather(group.submit("b"), group.submit("c"))
    assert disk.batches == [["a"], ["b", "c"]]
    await group.close()


async def test_who_meets_another_once_is_alone_behind_it_all_the_same(disk: Disk, group: GroupCommit[str]) -> None:
    """Else each clock that rings beside a loan would cost it the turns of the eight commits behind it."""
    for number in range(MOST_ALONE):
        await group.submit(f"a{number}")
    await asyncio.gather(group.submit("b"), group.submit("c"))
    assert await turns_until_written(disk, group, "d") < QUIET_TURNS / 2


async def test_behind_many_at_once_nobody_is_taken_for_alone(disk: Disk, group: GroupCommit[str]) -> None:
    for number in range(2 * MOST_ALONE):
        await group.submit(f"a{number}")
    await asyncio.gather(*(group.submit(job) for job in "bcdef"))
    assert await turns_until_written(disk, group, "g") > QUIET_TURNS


async def test_two_of_whom_one_came_during_the_others_commit_are_written_together(
    disk: Disk, group: GroupCommit[str]
) -> None:
    """Else each would find itself alone each time, and wait for the other's commit before its own."""
    for number in range(SURELY_ALONE):
        await group.submit(f"a{number}")
    disk.free.clear()
    one = asyncio.create_task(group.submit("b"))
    while disk.batches[-1] != ["b"]:
        await asyncio.sleep(0)
    other = asyncio.create_task(group.submit("c"))
    await asyncio.sleep(0)
    disk.free.set()
    await one
    await asyncio.gather(group.submit("d"), other)
    assert [sorted(batch) for batch in disk.batches[-2:]] == [["b"], ["c", "d"]]


async def test_what_gathers_during_a_commit_is_one_batch(disk: Disk, group: GroupCommit[str]) -> None:
    futures = await held(disk, group, "a", "b", "c")
    assert await asyncio.gather(*futures) == ["FIRST", "A", "B", "C"]
    assert disk.batches == [["first"], ["a", "b", "c"]]


async def test_a_batch_has_a_largest_size(disk: Disk, group: GroupCommit[str]) -> None:
    await asyncio.gather(*await held(disk, group, *"abcdef"))
    assert disk.batches == [["first"], ["a", "b", "c", "d"], ["e", "f"]]


async def test_two_jobs_of_a_key_never_share_a_batch(disk: Disk, group: GroupCommit[str]) -> None:
    await asyncio.gather(*await held(disk, group, "a", "b", key="HILL-1"))
    assert disk.batches == [["first"], ["a"], ["b"]]


async def test_a_failing_batch_is_written_one_by_one(disk: Disk, group: GroupCommit[str]) -> None:
    futures = await held(disk, group, "a", "bad", "c")
    results = await asyncio.gather(*futures, return_exceptions=True)
    assert [str(result) for result in results] == ["FIRST", "A", "bad", "C"]
    assert disk.batches == [["first"], ["a", "bad", "c"], ["a"], ["bad"], ["c"]]


async def test_an_unavailable_store_is_everybodys_trouble(disk: Disk, group: GroupCommit[str]) -> None:
    """It may not be known what was written, so nothing is written again."""
    futures = await held(disk, group, "a", "unplugged", "c")
    results = await asyncio.gather(*futures, return_exceptions=True)
    assert [type(result) for result in results] == [str, StoreUnavailable, StoreUnavailable, StoreUnavailable]
    assert len({id(result) for result in results}) == 4, "each has an error of its own"
    assert disk.batches == [["first"], ["a", "unplugged", "c"]]


async def test_a_job_whose_submitter_gave_up_is_not_written(disk: Disk, group: GroupCommit[str]) -> None:
    futures = await held(disk, group, "a", "b")
    futures[1].cancel()
    await asyncio.gather(*futures, return_exceptions=True)
    assert disk.batches == [["first"], ["b"]]


async def test_one_who_gives_up_during_the_commit_harms_no_other(disk: Disk, group: GroupCommit[str]) -> None:
    disk.free.clear()
    futures = [asyncio.ensure_future(group.submit(job)) for job in ("a", "bad", "c")]
    await disk.is_busy()
    futures[0].cancel()
    futures[1].cancel()
    disk.free.set()
    assert await futures[2] == "C"


async def test_closing_writes_what_waits_and_refuses_more(disk: Disk, group: GroupCommit[str]) -> None:
    futures = await held(disk, group, *"abcdef")
    await group.close()
    assert [future.done() for future in futures] == [True] * 7
    with pytest.raises(StoreUnavailable, match="closed"):
        await group.submit("g")


@given(
    jobs=st.lists(st.tuples(st.sampled_from([None, "x", "y", "z"]), st.integers(1, 10)), max_size=30),
    largest=st.integers(1, 8),
)
def test_taking_loses_nothing_and_keeps_the_order_of_each_key(jobs: list[tuple[str | None, int]], largest: int) -> None:
    loop = asyncio.new_event_loop()
    try:
        waiting = deque(Waiting(number, key, loop.create_future(), weight) for number, (key, weight) in enumerate(jobs))
        taken = []
        while waiting:
            batch = take(waiting, largest)
            assert len(batch) == 1 or 1 <= sum(one.weight for one in batch) <= largest
            named = [one.key for one in batch if one.key is not None]
            assert len(named) == len(set(named))
            taken += batch
    finally:
        loop.close()
    assert sorted(one.job for one in taken) == list(range(len(jobs)))
    for key in ("x", "y", "z"):
        of_key = [one.job for one in taken if one.key == key]
        assert of_key == sorted(of_key)
