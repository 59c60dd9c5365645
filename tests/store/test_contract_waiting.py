"""The contract of the port, on both stores: when work is due, how much of it waits, and who is woken for it."""

import asyncio
from datetime import timedelta

import pytest

from gateway.store.port import WAKE_WITHIN, BackOff, LaneDepth, Setback, Store
from gateway.workflow.records import Act
from tests.store.values import ACS, LEASE_S, NOW, claim, creation, find_copies, later, look, note, perform, step, timer

# when, and how much


async def test_the_next_due_row_is_neither_due_nor_leased_nor_held_up(store: Store) -> None:
    await store.commit(creation(1, perform(due_at=later(1)), look(due_at=later(60))))
    await store.commit(creation(2, perform(due_at=later(2))))
    await store.commit(creation(3, perform(due_at=later(200))))
    await store.commit(creation(4, perform(due_at=later(100))))
    assert await store.next_due(ACS, now=later(0)) == later(1)
    await claim(store, at=1, limit=1)
    assert await store.next_due(ACS, now=later(1)) == later(2)
    assert await store.next_due(ACS, now=later(2)) == later(100)
    assert await store.next_due(ACS, now=later(200)) is None
    assert await store.next_due(None, now=later(0)) is None


async def test_hurrying_makes_waiting_work_due_but_no_timers_nor_what_is_leased(store: Store) -> None:
    await store.commit(creation(1, perform(), timer(due_at=later(900)), find_copies(due_at=later(900))))
    await store.commit(creation(2, perform(due_at=later(900))))
    (leased,) = await claim(store)
    await store.commit(step(effects=(look(due_at=later(900)),)))
    assert await store.hurry("HILL-1", now=later(1)) == 2
    due = {row.effect.key: row.due_at for row in await store.pending("HILL-1")}
    assert due == {"perform:hold": NOW, "timer:hold": later(900), "find copies": later(1), "look:hold": later(1)}
    assert (await store.pending("HILL-2"))[0].due_at == later(900)
    assert await store.hurry("HILL-1", now=later(2)) == 0
    assert await store.hurry("HILL-404", now=later(2)) == 0
    await store.start(leased.id, owner="a", at=later(2))


async def test_lanes_are_those_with_rows(store: Store) -> None:
    assert await store.lanes() == ()
    await store.commit(creation(1, perform(), look(), find_copies(), find_copies("peer:example")))
    await store.commit(creation(2, find_copies("peer:example"), find_copies("peer:other")))
    assert set(await store.lanes()) == {None, ACS, "peer:example", "peer:other"}
    await store.commit(step(2, withdraw=("find copies",)))
    assert set(await store.lanes()) == {None, ACS, "peer:example"}


async def test_depths_count_what_waits_and_timers_only_once_due(store: Store) -> None:
    assert await store.depths(NOW) == ()
    await store.commit(creation(1, perform(due_at=later(5)), look(), timer(due_at=later(50))))
    await store.commit(creation(2, perform(due_at=later(70))))
    assert await store.depths(later(4)) == (LaneDepth(lane=ACS, depth=3, oldest_due_at=None),), "it waits for the first"
    assert await store.depths(later(10)) == (LaneDepth(lane=ACS, depth=3, oldest_due_at=later(5)),)
    assert await store.depths(later(60)) == (
        LaneDepth(lane=None, depth=1, oldest_due_at=later(50)),
        LaneDepth(lane=ACS, depth=3, oldest_due_at=later(5)),
    )


async def test_requests_that_wait_in_a_lane_are_counted_once(store: Store) -> None:
    assert await store.count_waiting(ACS) == 0
    await store.commit(creation(1, perform(due_at=later(5)), look(), find_copies("peer:example")))
    await store.commit(creation(2, perform(due_at=later(70))))
    assert await store.count_waiting(ACS) == 2


async def test_what_failed_in_lanes_is_told_since_the_first_time_until_the_next_try(store: Store) -> None:
    await store.commit(creation(1, perform()))
    await store.commit(creation(2, perform()))
    assert await store.failing([ACS, "peer:example", "peer:other"]) == ()
    for number, at in enumerate((1, 2), start=1):
        (row,) = await claim(store, at=at, limit=1)
        setback = Setback(at=later(at), words="no connection")
        await store.postpone(row.id, owner="a", due_at=later(60 + at), unstarted=True, setback=setback)
        told = BackOff(lane=ACS, until=later(61), failures=number, words="no connection", since=later(1))
        assert await store.failing([ACS, "peer:example", "peer:other"]) == (told,)
    assert (await store.failing(["peer:example"]), await store.failing([])) == ((), ())


async def test_a_lane_with_nothing_due_has_no_oldest(store: Store) -> None:
    await store.commit(creation(1, perform(due_at=later(70))))
    assert await store.depths(NOW) == (LaneDepth(lane=ACS, depth=1, oldest_due_at=None),)


async def test_back_offs_are_kept_replaced_and_cleared(store: Store) -> None:
    first = BackOff(lane=ACS, until=later(60), failures=1)
    second = BackOff(lane=ACS, until=later(180), failures=2, words="no connection", since=NOW)
    other = BackOff(lane="peer:example", until=later(60), failures=1)
    for backoff in (first, other, second):
        await store.set_backoff(backoff)
    assert await store.backoffs() == (second, other)
    await store.clear_backoff(ACS)
    await store.clear_backoff("peer:unknown")
    assert await store.backoffs() == (other,)


async def test_what_was_put_off_with_its_lane_is_due_once_that_is_back_and_nothing_else_is(store: Store) -> None:
    for number, lane in ((1, ACS), (2, ACS), (3, "peer:example"), (4, ACS)):
        await store.commit(creation(number, find_copies(lane) if number < 4 else perform(due_at=later(500))))
    with_lane, alone, _ = await claim(store) + await claim(store, "peer:example")
    for row in (with_lane, alone):
        await store.postpone(row.id, owner="a", due_at=later(900), unstarted=True, with_lane=row is with_lane)
    woken = Woken(store)
    await store.bring_back(ACS, now=later(100))
    assert [row.request for row in await claim(store, at=100)] == [with_lane.request]
    assert await woken.take() == {ACS}


async def test_on_staffs_word_what_failed_by_itself_is_due_too_but_not_what_waits_on_purpose(store: Store) -> None:
    for number in (1, 2, 3):
        await store.commit(creation(number, find_copies(ACS, due_at=later(500 if number == 3 else 0))))
    with_lane, alone = await claim(store)
    for row in (with_lane, alone):
        alone_too = row is alone
        await store.postpone(
            row.id, owner="a", due_at=later(900), unstarted=True, attempt=alone_too, with_lane=not alone_too
        )
    await store.bring_back(ACS, now=later(100), failed=True)
    brought = await claim(store, at=100)
    assert {row.request: (row.attempts, row.with_lane) for row in brought} == {
        with_lane.request: (0, True),
        alone.request: (1, False),
    }


@pytest.mark.parametrize(("back_s", "timers"), [(1200, {"HILL-1", "HILL-3"}), (7200, set())], ids=["minutes", "hours"])
async def test_where_the_clock_is_set_back_what_was_due_stays_due_and_short_waits_keep_their_length(
    store: Store, back_s: float, timers: set[str]
) -> None:
    """Timers do so too where the step was short; else they go by the calendar, as all does that is far away."""
    for number, due_s in ((1, -5), (2, 30), (3, 40), (4, 8000)):
        await store.commit(creation(number, find_copies(ACS, later(due_s)), timer(due_at=later(due_s))))
    await store.set_backoff(BackOff(lane=ACS, until=later(60), failures=3))
    await store.clock_set(NOW, later(-back_s), owner="a")
    assert [backoff.until for backoff in await store.backoffs()] == [later(60 - back_s)]
    assert [row.request for row in await claim(store, at=29 - back_s)] == ["HILL-1"]
    assert [row.request for row in await claim(store, at=41 - back_s)] == ["HILL-2", "HILL-3"]
    ringing = {row.request for row in await claim(store, None, at=41 - back_s)}
    assert ringing == timers | ({"HILL-2"} if timers else set())


@pytest.mark.parametrize("back_s", [1200, 7200, 86_400 * 365], ids=["minutes", "hours", "a year"])
async def test_where_the_clock_is_set_back_what_failed_waits_no_longer_however_long_that_is(
    store: Store, back_s: float
) -> None:
    """A site may have it wait for days; what waits on purpose for as long goes by the calendar."""
    await store.commit(creation(1, find_copies(ACS), find_copies("peer:example", later(20_000))))
    (row,) = await claim(store)
    setback = Setback(at=NOW, words="no connection")
    await store.postpone(row.id, owner="a", due_at=later(20_000), unstarted=True, setback=setback)
    await store.set_backoff(BackOff(lane=ACS, until=later(20_000), failures=9))
    await store.clock_set(NOW, later(-back_s), owner="a")
    assert [backoff.until for backoff in await store.backoffs()] == [later(20_000 - back_s)]
    assert await claim(store, at=19_999 - back_s) == []
    assert [each.id for each in await claim(store, at=20_001 - back_s)] == [row.id]
    assert await claim(store, "peer:example", at=20_001 - back_s) == []


async def test_leases_go_with_their_owners_clock(store: Store) -> None:
    for number in (1, 2):
        await store.commit(creation(number, find_copies(ACS)))
    (own,) = await claim(store, limit=1)
    (other,) = await claim(store, owner="b")
    await store.clock_set(NOW, later(1200), owner="a")
    assert [row.id for row in await claim(store, at=1200 + LEASE_S - 1, owner="c")] == [other.id]
    await store.start(own.id, owner="a", at=later(1201))


# waking


class Woken:
    """Gathers the lanes that a store says got work."""

    def __init__(self, store: Store) -> None:
        self.lanes: list[str | None] = []
        store.on_commit(self.lanes.extend)

    async def take(self) -> set[str | None]:
        """Give what was heard up to now."""
        await asyncio.sleep(0)
        heard = set(self.lanes)
        self.lanes.clear()
        return heard


async def test_a_commit_wakes_the_lanes_that_got_rows(store: Store) -> None:
    woken = Woken(store)
    await store.commit(creation(1, perform(), find_copies()))
    assert await woken.take() == {ACS, None}
    await store.commit(note())
    assert await woken.take() == set()


async def test_a_commit_tells_of_no_work_that_is_due_much_later(store: Store) -> None:
    woken = Woken(store)
    await store.commit(creation(1, timer(due_at=NOW + WAKE_WITHIN)))
    assert await woken.take() == set()
    assert await store.lanes() == (None,), "whoever looks finds it"
    await store.commit(
        creation(2, timer(due_at=NOW + WAKE_WITHIN), perform(due_at=NOW + WAKE_WITHIN - timedelta(microseconds=1)))
    )
    assert await woken.take() == {ACS}


async def test_a_failed_commit_wakes_nobody(store: Store) -> None:
    await store.commit(creation(1))
    woken = Woken(store)
    with pytest.raises(Exception, match="version"):
        await store.commit(step(version=7, effects=(perform(),)))
    assert await woken.take() == set()


async def test_completing_or_withdrawing_a_row_wakes_the_lane_where_another_waited_behind_it(store: Store) -> None:
    await store.commit(creation(1, perform(), look(), perform(Act.ARRIVE)))
    woken = Woken(store)
    (row,) = await claim(store)
    await store.commit(step(version=2, completes=row.id, owner="a"))
    assert await woken.take() == {ACS}
    await store.commit(step(version=3, withdraw=("look:hold",)))
    assert await woken.take() == {ACS}
    await store.commit(step(version=4, withdraw=("perform:arrive",)))
    assert await woken.take() == set()


async def test_hurrying_wakes(store: Store) -> None:
    await store.commit(creation(1, perform(due_at=later(900))))
    woken = Woken(store)
    await store.hurry("HILL-1", now=NOW)
    assert await woken.take() == {ACS}
