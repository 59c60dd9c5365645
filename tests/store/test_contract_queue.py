"""The contract of the port, on both stores: the queue of effects, its leases, its limits and its order."""

import asyncio

import msgspec
import pytest

from gateway.store.port import EffectRow, LeaseLost, Setback, Store
from gateway.workflow.effects import Perform
from gateway.workflow.records import Act
from tests.store.outside import run
from tests.store.values import ACS, LEASE_S, NOW, claim, creation, find_copies, ids, later, look, perform, step

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
