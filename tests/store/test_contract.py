"""The contract of the port, on both stores: what a commit writes, and what it refuses.

What is read of it is in test_contract_reading.py, how a store is laid, opened and closed in test_contract_life.py. The queue's half of
the contract is in test_contract_queue.py, that of tasks in test_contract_tasks.py, of records in test_contract_records.py.
"""

import asyncio
from random import Random

import pytest

from gateway.store.port import AlreadyExists, Change, HistoryKind, LeaseLost, Store, StoreError, VersionConflict
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from tests.store.outside import run
from tests.store.values import (
    ACS,
    creation,
    entry,
    fields,
    find_copies,
    inbound,
    later,
    looked,
    note,
    perform,
    request,
    step,
)

HOLD_TASK = OpenTask(kind=TaskKind.PLACE_HOLD, words="Place the hold by hand")

# what a commit writes


async def test_a_created_request_is_read_back_with_all_that_came_with_it(store: Store) -> None:
    """One transaction: the request, its history, the message, the effects, the task."""
    change = creation(1, find_copies(), perform())
    await store.commit(Change(**{**fields(change), "open_tasks": (HOLD_TASK,)}))

    assert await store.request("HILL-1") == request(1)
    assert await store.history("HILL-1") == change.history
    assert await store.messages("HILL-1") == (inbound(1),)
    assert [row.effect for row in await store.pending("HILL-1")] == [new.effect for new in change.effects]
    assert [(task.kind, task.words, task.opened_at) for task in await store.tasks()] == [
        (TaskKind.PLACE_HOLD, "Place the hold by hand", request(1).updated_at)
    ]


async def test_the_next_version_replaces_the_request_and_adds_to_its_history(store: Store) -> None:
    await store.commit(creation())
    after = request(version=2, state=State.CHECKING, partner=None, partner_request_id="EV-1b")
    await store.commit(Change(request=after, event=looked(), history=(entry("checking"),)))

    assert await store.request("HILL-1") == after
    assert await store.request_by_partner_id("ISIL:ZZ-ExVal", "EV-1b") == after
    assert [line.words for line in await store.history("HILL-1")] == ["a new request", "searching", "checking"]


async def test_a_change_may_add_history_alone(store: Store) -> None:
    await store.commit(creation())
    await store.commit(
        note(history=(entry("the partner was reminded", kind=HistoryKind.IGNORED, detail={"why": "late"}),))
    )
    assert (await store.history("HILL-1"))[-1].detail == {"why": "late"}
    assert await store.request("HILL-1") == request()


async def test_an_event_without_a_line_of_history_leaves_the_timeline_as_it_is(store: Store) -> None:
    await store.commit(creation())
    before = await store.history("HILL-1")
    await store.commit(Change(history_of="HILL-1", event=looked()))
    assert await store.history("HILL-1") == before


async def test_a_message_of_no_request_is_kept_for_its_repeat(store: Store) -> None:
    await store.commit(Change(inbound=inbound(confirmation=b"<ok/>"), history=(entry("of no request"),)))
    assert await store.confirmation("example-broker", "digest-1") == b"<ok/>"


async def test_commits_of_many_requests_at_once_are_all_written(store: Store) -> None:
    """More than fit one batch, with several of one request: each after the one before it."""
    await asyncio.gather(*(store.commit(creation(number, find_copies())) for number in range(1, 151)))
    await asyncio.gather(*(store.commit(step(number, version)) for version in (2, 3, 4) for number in (1, 2, 3)))
    assert (await store.count_by_state()) == {"searching": 150}
    assert [(await store.request(f"HILL-{number}")).version for number in (1, 2, 3, 4)] == [4, 4, 4, 1]  # type: ignore[union-attr]


# what a commit refuses


async def test_a_version_that_was_not_read_is_refused_and_nothing_is_written(store: Store) -> None:
    await store.commit(creation())
    await store.commit(step(version=2))
    for version in (1, 2, 4):
        refused = step(version=version, effects=(perform(),), inbound=inbound(2), open_tasks=(HOLD_TASK,))
        with pytest.raises(VersionConflict):
            await store.commit(refused)
    assert (await store.request("HILL-1")).version == 2  # type: ignore[union-attr]
    assert len(await store.history("HILL-1")) == 3
    assert len(await store.messages("HILL-1")) == 1
    assert await store.pending("HILL-1") == ()
    assert await store.tasks() == ()


async def test_a_request_that_was_never_created_has_no_next_version(store: Store) -> None:
    with pytest.raises(VersionConflict):
        await store.commit(step())


async def test_an_id_is_taken_once(store: Store) -> None:
    await store.commit(creation())
    with pytest.raises(AlreadyExists):
        await store.commit(creation(partner_request_id="EV-other"))


async def test_a_partners_id_is_taken_once_for_each_agency_however_that_is_written(store: Store) -> None:
    await store.commit(creation(1))
    with pytest.raises(AlreadyExists):
        await store.commit(creation(2, partner_request_id="EV-1", requesting_agency="isil:zz-EXVAL"))
    await store.commit(creation(3, partner_request_id="EV-1", requesting_agency="ISIL:ZZ-Other"))
    assert await store.request("HILL-2") is None
    assert await store.history("HILL-2") == ()


SPELLINGS = ("ISIL:ISIL-ZZ-ExVal", "ISIL:ISIL:ZZ-EXVAL", ":isil:zz-exval", "isil: ZZ-ExVal")


@pytest.mark.parametrize("written", SPELLINGS)
async def test_an_agency_is_the_same_with_its_type_in_its_value(store: Store, written: str) -> None:
    await store.commit(creation(1))
    found = await store.request_by_partner_id(written, "EV-1")
    assert found is not None
    assert found.id == "HILL-1"
    with pytest.raises(AlreadyExists):
        await store.commit(creation(2, partner_request_id="EV-1", requesting_agency=written))


async def test_a_request_of_when_each_spelling_was_kept_apart_is_found_in_the_one_it_came_in(store: Store) -> None:
    await store.commit(creation(1))
    await store.commit(creation(2, requesting_agency="ISIL:ISIL-ZZ-ExVal"))
    await run(
        store,
        """UPDATE requests SET requesting_agency_key = 'isil:isil-zz-exval', partner_request_id = 'EV-1'
                        WHERE id = 'HILL-2'""",
    )
    for written, expected in (("ISIL:ISIL-ZZ-EXVAL", "HILL-2"), ("ISIL:ZZ-EXVAL", "HILL-1")):
        found = await store.request_by_partner_id(written, "EV-1")
        assert found is not None
        assert found.id == expected


async def test_the_longest_ids_that_are_taken_can_be_kept(store: Store) -> None:
    """255 characters each (mapping/inbound.py), by chance so that nothing compresses them, and the widest there are."""
    chance = Random(1)
    agency, number = ("".join(chr(chance.randrange(0x10000, 0x14000)) for _ in range(255)) for _ in range(2))
    await store.commit(creation(1, requesting_agency=f"ISIL:{agency[5:]}", partner_request_id=number))
    found = await store.request_by_partner_id(f"ISIL:{agency[5:]}", number)
    assert found is not None


async def test_an_effect_is_completed_by_the_one_who_leases_it(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (row,) = await store.claim(ACS, now=later(0), until=later(60), owner="a", limit=5)
    for owner in ("b", None):
        with pytest.raises(LeaseLost):
            await store.commit(step(completes=row.id, owner=owner))
    await store.commit(step(completes=row.id, owner="a"))
    assert await store.pending("HILL-1") == ()
    with pytest.raises(LeaseLost):
        await store.commit(step(version=3, completes=row.id, owner="a"))
    assert (await store.request("HILL-1")).version == 2  # type: ignore[union-attr]


async def test_an_effect_of_another_request_is_not_completed(store: Store) -> None:
    await store.commit(creation(1, perform()))
    await store.commit(creation(2))
    (row,) = await store.claim(ACS, now=later(0), until=later(60), owner="a", limit=5)
    with pytest.raises(LeaseLost):
        await store.commit(step(2, completes=row.id, owner="a"))
    assert len(await store.pending("HILL-1")) == 1


async def test_of_a_batch_only_the_guilty_change_fails(store: Store) -> None:
    await store.commit(creation(1))
    changes = [
        *(creation(number) for number in range(2, 10)),
        step(1, version=7),
        creation(10),
        creation(11, id="HILL-1"),
    ]
    results = await asyncio.gather(*(store.commit(change) for change in changes), return_exceptions=True)
    assert [type(result) for result in results] == [*[type(None)] * 8, VersionConflict, type(None), AlreadyExists]
    assert await store.count_by_state() == {"searching": 10}


async def test_history_of_an_unknown_request_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="does not fit"):
        await store.commit(note(404))


@pytest.mark.parametrize(
    "change",
    [
        Change(created=True, history_of="HILL-1"),
        Change(effects=(find_copies(),)),
        Change(completes=1, owner="a"),
        Change(open_tasks=(HOLD_TASK,), history=(entry(),)),
        Change(history_of="HILL-1", open_tasks=(HOLD_TASK,)),
    ],
    ids=["created without a request", "effect of none", "completes for none", "task of none", "task at no time"],
)
async def test_a_change_that_makes_no_sense_is_a_value_error(store: Store, change: Change) -> None:
    with pytest.raises(ValueError, match=r"request|when"):
        await store.commit(change)
