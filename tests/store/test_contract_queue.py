"""The contract of the port, on both stores: the queue of effects, its leases, its order and its wake-ups."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from gateway.store.port import WAKE_WITHIN, AlreadyStarted, BackOff, EffectRow, LaneDepth, LeaseLost, Setback, Store
from gateway.workflow.effects import Perform
from gateway.workflow.records import Act, Clock
from tests.store.outside import run
from tests.store.values import ACS, NOW, creation, find_copies, later, look, note, perform, step, timer

LEASE_S = 60.0


async def claim(
    store: Store, lane: str | None = ACS, *, at: float = 0, owner: str = "a", limit: int = 10
) -> list[EffectRow]:
    """Claim what is due `at` seconds after NOW, for LEASE_S."""
    return list(await store.claim(lane, now=later(at), until=later(at + LEASE_S), owner=owner, limit=limit))


async def ids(store: Store, number: int = 1) -> list[int]:
    return [row.id for row in await store.pending(f"HILL-{number}")]


# claiming


async def test_a_claimed_row_holds_what_was_queued(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (row,) = await claim(store)
    assert row == EffectRow(
        id=row.id,
        request="HILL-1",
        effect=Perform(act=Act.HOLD, item_barcode="399990001"),
        lane=ACS,
        due_at=NOW,
        attempts=0,
        started_at=None,
        payload=None,
        leased_until=later(LEASE_S),
    )


async def test_rows_are_claimed_once_they_are_due_oldest_first_and_no_more_than_asked_for(store: Store) -> None:
    for number, seconds in ((1, 30), (2, 10), (3, 20), (4, 99)):
        await store.commit(creation(number, perform(due_at=later(seconds))))
    assert [row.request for row in await claim(store, at=9)] == []
    assert [row.request for row in await claim(store, at=50, limit=2)] == ["HILL-2", "HILL-3"]
    assert [row.request for row in await claim(store, at=50)] == ["HILL-1"]


async def test_a_claim_takes_its_own_lane_alone_and_none_stands_for_rows_without_one(store: Store) -> None:
    await store.commit(creation(1, find_copies(), perform(), find_copies("peer:example")))
    assert [row.lane for row in await claim(store, None)] == [None]
    assert [row.lane for row in await claim(store, "peer:example")] == ["peer:example"]
    assert await claim(store, "peer:unknown") == []
    assert [row.lane for row in await claim(store, ACS)] == [ACS]


async def test_a_leased_row_is_not_claimed_until_its_lease_runs_out(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (row,) = await claim(store)
    assert await claim(store, at=LEASE_S - 1, owner="b") == []
    (again,) = await claim(store, at=LEASE_S, owner="b")
    assert (again.id, again.started_at) == (row.id, None)
    with pytest.raises(LeaseLost):
        await store.start(row.id, owner="a", at=later(LEASE_S))


async def test_a_started_row_whose_lease_ran_out_comes_back_with_its_start_and_payload(store: Store) -> None:
    """A crash after the first byte: the outcome is unknown, and whoever takes over sees that."""
    await store.commit(creation(1, perform()))
    (row,) = await claim(store)
    await store.start(row.id, owner="a", at=later(1), payload=b"<message/>")
    (again,) = await claim(store, at=LEASE_S, owner="b")
    assert (again.started_at, again.payload) == (later(1), b"<message/>")


async def test_concurrent_claims_never_share_a_row(store: Store) -> None:
    for number in range(1, 31):
        await store.commit(creation(number, perform()))
    claims = await asyncio.gather(*(claim(store, owner=f"worker {n}", limit=7) for n in range(8)))
    claimed = [row.id for rows in claims for row in rows]
    assert len(claimed) == len(set(claimed))
    claimed += [row.id for row in await claim(store, limit=30)]
    assert len(set(claimed)) == 30


async def test_a_row_of_a_kind_that_a_newer_program_wrote_is_left_to_it(store: Store) -> None:
    """And holds up no other request's."""
    await store.commit(creation(1, perform()))
    await store.commit(creation(2, perform()))
    await run(store, """UPDATE effects SET effect = '{"effect": "of tomorrow"}' WHERE request = 'HILL-1'""")
    assert [row.request for row in await claim(store)] == ["HILL-2"]


# the limit of a lane


async def claim_within(store: Store, at_most: int, *, at: float = 0, owner: str = "a", limit: int = 10) -> int:
    """How many rows a claim with a limit for the lane got."""
    until = later(at + LEASE_S)
    return len(await store.claim(ACS, now=later(at), until=until, owner=owner, limit=limit, at_most=at_most))


async def test_a_lanes_limit_counts_what_others_have_leased(store: Store) -> None:
    for number in range(1, 11):
        await store.commit(creation(number, perform(), find_copies("peer:example")))
    assert len(await claim(store, "peer:example", owner="a")) == 10, "another lane's leases do not count"
    assert await claim_within(store, 4, owner="a", limit=3) == 3
    assert await claim_within(store, 4, owner="b", limit=3) == 1
    assert await claim_within(store, 4, owner="c") == 0
    assert await claim_within(store, 2, owner="c") == 0, "more are leased than there may be now"
    assert await claim_within(store, 5, owner="c") == 1


async def test_a_lease_counts_until_its_row_is_done_or_postponed_or_it_runs_out(store: Store) -> None:
    for number in range(1, 9):
        await store.commit(creation(number, perform(due_at=later(-number))))
    done, postponed, withdrawn = await claim(store, limit=3)
    assert await claim_within(store, 3) == 0
    await store.commit(step(int(done.request.removeprefix("HILL-")), completes=done.id, owner="a"))
    assert await claim_within(store, 3) == 1
    await store.postpone(postponed.id, owner="a", due_at=later(500), unstarted=True)
    assert await claim_within(store, 3) == 1
    await store.commit(step(int(withdrawn.request.removeprefix("HILL-")), withdraw=("perform:hold",)))
    assert await claim_within(store, 3) == 1
    assert await claim_within(store, 3) == 0
    assert await claim_within(store, 3, at=LEASE_S, owner="b") == 3, "the leases of `a` have run out"
    assert await claim_within(store, 3, at=LEASE_S, owner="b") == 0


async def test_a_lanes_limit_holds_for_claims_at_once(store: Store) -> None:
    for number in range(1, 31):
        await store.commit(creation(number, perform()))
    got = await asyncio.gather(*(claim_within(store, 5, owner=f"worker {n}", limit=3) for n in range(8)))
    assert sum(got) == 5


# order


async def test_rows_of_a_request_run_in_their_lane_one_after_another(store: Store) -> None:
    await store.commit(creation(1, perform(), look()))
    await store.commit(step(version=2, effects=(perform(Act.ARRIVE),)))
    await store.commit(creation(2, perform()))
    first, other = await claim(store)
    assert (first.request, other.request) == ("HILL-1", "HILL-2")
    assert await claim(store) == []

    await store.commit(step(version=3, completes=first.id, owner="a", effects=(perform(Act.CHECKOUT),)))
    (second,) = await claim(store)
    assert second.effect.key == "look:hold"
    await store.commit(step(version=4, completes=second.id, owner="a"))
    (third,) = await claim(store)
    assert third.effect.key == "perform:arrive"
    await store.commit(step(version=5, completes=third.id, owner="a"))
    assert [row.effect.key for row in await claim(store)] == ["perform:checkout"]


async def test_a_row_waits_for_an_earlier_one_that_is_due_later(store: Store) -> None:
    await store.commit(creation(1, perform(due_at=later(500)), look()))
    assert await claim(store, at=100) == []
    assert [row.effect.key for row in await claim(store, at=500)] == ["perform:hold"]


async def test_rows_of_other_lanes_and_without_a_lane_do_not_wait(store: Store) -> None:
    await store.commit(
        creation(1, perform(due_at=later(500)), find_copies(), find_copies(), find_copies("peer:example"))
    )
    assert len(await claim(store, None)) == 2
    assert len(await claim(store, "peer:example")) == 1


# starting, postponing


async def test_a_row_that_is_not_ours_is_neither_started_nor_postponed(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (unclaimed,) = await ids(store)
    for effect_id in (unclaimed, 404):
        with pytest.raises(LeaseLost):
            await store.start(effect_id, owner="a", at=NOW)
        with pytest.raises(LeaseLost):
            await store.postpone(effect_id, owner="a", due_at=later(9), unstarted=True)
    await claim(store, owner="b")
    with pytest.raises(LeaseLost):
        await store.start(unclaimed, owner="a", at=NOW)
    with pytest.raises(LeaseLost):
        await store.postpone(unclaimed, owner="a", due_at=later(9), unstarted=True)


@pytest.mark.parametrize("unstarted", [True, False])
async def test_a_postponed_row_is_due_again_later(store: Store, *, unstarted: bool) -> None:
    """With its start forgotten where it is known that nothing arrived, and remembered where not."""
    await store.commit(creation(1, perform()))
    (row,) = await claim(store)
    await store.start(row.id, owner="a", at=later(1), payload=b"<message/>")
    await store.postpone(row.id, owner="a", due_at=later(300), unstarted=unstarted)
    assert await claim(store, at=299) == []
    (again,) = await claim(store, at=300)
    assert again.attempts == 1
    assert again.started_at == (None if unstarted else later(1))
    assert again.payload == b"<message/>"
    await store.postpone(row.id, owner="a", due_at=later(400), unstarted=unstarted, attempt=False)
    assert [(row.attempts, row.due_at) for row in await store.pending("HILL-1")] == [(1, later(400))]


async def test_why_a_row_was_put_off_last_and_since_when_it_fails_are_kept(store: Store) -> None:
    await store.commit(creation(1, perform()))
    tries: tuple[tuple[float, Setback | None], ...] = (
        (1, Setback(at=later(1), words="no connection")),
        (2, None),
        (3, Setback(at=later(3), words="no answer")),
    )
    kept = []
    for at, setback in tries:
        (row,) = await claim(store, at=at)
        await store.postpone(row.id, owner="a", due_at=later(at + 1), unstarted=True, setback=setback)
        (row,) = await store.pending("HILL-1")
        kept.append((row.failed, row.failing_since, row.leased_until))
    assert kept == [("no connection", later(1), None), ("no connection", later(1), None), ("no answer", later(1), None)]


async def test_who_stands_before_a_row_at_its_item_is_known(store: Store) -> None:
    at_item = msgspec.structs.replace(perform(), item="399990001")
    await store.commit(creation(1, at_item))
    await store.commit(creation(2, at_item, find_copies()))
    (waiting,) = [row.id for row in await store.pending("HILL-2") if isinstance(row.effect, Perform)]
    assert await store.before_at_item("HILL-1", now=NOW) == {}
    assert await store.before_at_item("HILL-2", now=NOW) == {waiting: "HILL-1"}


async def test_starting_again_keeps_the_payload_unless_there_is_a_new_one(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (row,) = await claim(store)
    for payload, kept in ((b"<first/>", b"<first/>"), (None, b"<first/>"), (b"<second/>", b"<second/>")):
        await store.start(row.id, owner="a", at=later(1), payload=payload)
        assert (await store.pending("HILL-1"))[0].payload == kept


async def test_a_postponed_row_still_goes_before_those_behind_it(store: Store) -> None:
    await store.commit(creation(1, perform(), look()))
    (row,) = await claim(store)
    await store.postpone(row.id, owner="a", due_at=later(300), unstarted=True)
    assert await claim(store, at=200) == []
    assert [again.id for again in await claim(store, at=300)] == [row.id]


# withdrawing


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


async def test_leases_that_an_owner_does_not_hold_are_freed_in_that_lane_alone(store: Store) -> None:
    for number in (1, 2, 3):
        await store.commit(creation(number, perform()))
    await store.commit(creation(4, find_copies()))
    held, stranded = await claim(store, limit=2)
    assert len(await claim(store, owner="b")) == 1
    assert len(await claim(store, None)) == 1
    assert await store.free_stranded(ACS, owner="a", held={held.id}) == 1
    assert [row.id for row in await claim(store)] == [stranded.id]
    assert await claim(store, None) == [], "another lane keeps its leases"
    assert await store.free_stranded(ACS, owner="a", held={held.id, stranded.id}) == 0


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
