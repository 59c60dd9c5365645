"""The contract of the port, on both stores: what a commit writes, what it refuses, and what is read of it.

The queue's half of the contract is in test_contract_queue.py, that of tasks and records in test_contract_records.py.
"""

import asyncio
from random import Random
from typing import Any

import pytest

from gateway.store.factory import open_store
from gateway.store.port import (
    AlreadyExists,
    Change,
    HistoryKind,
    LeaseLost,
    RequestFilter,
    Store,
    StoreError,
    StoreUnavailable,
    VersionConflict,
)
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import Wanted
from tests.store.outside import run
from tests.store.values import (
    ACS,
    creation,
    entry,
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


def fields(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.__struct_fields__}


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


# what is read


async def test_what_is_not_there_reads_as_nothing(store: Store) -> None:
    assert await store.request("HILL-404") is None
    assert await store.request_by_partner_id("ISIL:ZZ-ExVal", "EV-404") is None
    assert await store.confirmation("example-broker", "digest-404") is None
    assert await store.first_content("HILL-404") is None
    assert await store.history("HILL-404") == ()
    assert await store.messages("HILL-404") == ()
    assert await store.pending("HILL-404") == ()
    assert await store.requests(RequestFilter()) == ()
    assert await store.count_by_state() == {}


async def test_a_request_is_found_by_its_partners_id_without_regard_to_the_agencys_case(store: Store) -> None:
    await store.commit(creation())
    assert await store.request_by_partner_id("isil:zz-exval", "EV-1") == request()
    assert await store.request_by_partner_id("isil:zz-exval", "ev-1") is None
    assert await store.request_by_partner_id("isil:zz-other", "EV-1") is None


async def test_a_repeat_gets_the_first_confirmation_of_its_peer_that_was_ok(store: Store) -> None:
    await store.commit(Change(inbound=inbound(ok=False, confirmation=b"<error/>")))
    assert await store.confirmation("example-broker", "digest-1") is None
    await store.commit(Change(inbound=inbound(confirmation=b"<first/>")))
    with pytest.raises(AlreadyExists):
        await store.commit(Change(inbound=inbound(confirmation=b"<second/>")))
    await store.commit(Change(inbound=inbound(ok=False, confirmation=b"<error/>")))
    assert await store.confirmation("example-broker", "digest-1") == b"<first/>"
    assert await store.confirmation("another-broker", "digest-1") is None


async def test_a_message_that_comes_twice_at_once_is_taken_once_with_all_that_it_asks_for(store: Store) -> None:
    await store.commit(creation(1))
    await store.commit(creation(2))
    twins = [step(n, inbound=inbound(7), effects=(perform(),)) for n in (1, 2)]
    results = await asyncio.gather(*map(store.commit, twins), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyExists", "NoneType"]
    assert len(await store.pending("HILL-1")) + len(await store.pending("HILL-2")) == 1


async def test_the_first_content_is_that_of_the_message_that_made_the_request(store: Store) -> None:
    await store.commit(Change(**{**fields(creation()), "inbound": None}))
    await store.commit(step(inbound=inbound(2)))
    await store.commit(creation(3))
    await store.commit(step(3, inbound=inbound(4)))
    assert await store.first_content("HILL-1") is None
    assert await store.first_content("HILL-3") == "content-3"


async def test_messages_come_in_the_order_of_their_arrival_with_all_that_was_kept(store: Store) -> None:
    await store.commit(creation())
    second = inbound(2, ok=False, repairs=(), document=bytes(range(256)))
    await store.commit(note(inbound=second))
    assert await store.messages("HILL-1") == (inbound(1), second)


async def test_requests_are_listed_newest_first_and_page_by_page(store: Store) -> None:
    for number, seconds in ((1, 10), (2, 30), (3, 20), (4, 20)):
        await store.commit(creation(number, updated_at=later(seconds)))
    listed: list[str] = []
    before = None
    while page := await store.requests(RequestFilter(limit=2, before=before)):
        listed += [one.id for one in page]
        before = (page[-1].updated_at, page[-1].id)
    assert listed == ["HILL-2", "HILL-4", "HILL-3", "HILL-1"]


async def test_requests_are_filtered_by_state_partner_and_role_together(store: Store) -> None:
    await store.commit(creation(1, state=State.LOANED, updated_at=later(1)))
    await store.commit(creation(2, state=State.COMPLETED, updated_at=later(2)))
    await store.commit(creation(3, state=State.LOANED, partner="other", updated_at=later(3)))

    async def ids(**where) -> list[str]:
        return [one.id for one in await store.requests(RequestFilter(**where))]

    assert await ids(states=("loaned",)) == ["HILL-3", "HILL-1"]
    assert await ids(states=("loaned", "completed", "lost")) == ["HILL-3", "HILL-2", "HILL-1"]
    assert await ids(states=("loaned", "completed"), limit=1) == ["HILL-3"]
    assert await ids(partner="example-valley", states=("loaned",)) == ["HILL-1"]
    assert await ids(role="lending", states=("loaned",)) == ["HILL-3", "HILL-1"]
    assert await ids(role="borrowing") == []
    assert await ids(partner="example-valley", before=(later(2), "HILL-2")) == ["HILL-1"]


async def test_no_request_has_an_id_with_nul(store: Store) -> None:
    """What callers may send and PostgreSQL can't hold."""
    await store.commit(creation(1))
    assert await store.request("HILL-1\0") is None
    assert await store.copy("39999\0") is None
    assert await store.request("HILL-1") is not None


async def test_a_partners_requests_in_some_states_are_counted_those_before_another_too(store: Store) -> None:
    states = (State.LOANED, State.LOST, State.LOANED, State.CHECKING)
    for number, state in enumerate(states, 1):
        await store.commit(creation(number, state=state, updated_at=later(number)))
    await store.commit(creation(5, state=State.LOANED, partner="example-hills"))
    counted = [
        await store.count_of_partner("example-valley", which, before=before)
        for which, before in [
            (("loaned",), None),
            (("loaned", "checking"), None),
            (("loaned",), (later(3), "HILL-3")),
            (("loaned",), (later(3), "HILL-4")),
        ]
    ]
    assert counted == [2, 3, 1, 2]
    assert await store.count_of_partner("example-dale", ("loaned",)) == 0


async def test_requests_are_counted_by_state(store: Store) -> None:
    for number, state in enumerate((State.LOANED, State.LOST, State.LOANED), 1):
        await store.commit(creation(number, state=state))
    assert await store.count_by_state() == {"loaned": 2, "lost": 1}


async def test_a_text_with_a_nul_is_kept(store: Store) -> None:
    """PostgreSQL's text can't hold it, JSON can."""
    await store.commit(creation(1, wanted=Wanted(title="The\0Almanac"), note="a\0b"))
    assert (await store.request("HILL-1")).note == "a\0b"  # type: ignore[union-attr]


# life


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    await store.commit(creation())
    before, after = await store.migrate()
    assert before == after >= 1
    assert await store.request("HILL-1") == request()


async def test_migrating_says_from_where_to_where(url: str) -> None:
    store = open_store(url)
    await store.open()
    try:
        assert (await store.migrate())[0] == 0
    finally:
        await store.close()


async def test_a_store_without_tables_is_unavailable(url: str) -> None:
    store = open_store(url)
    await store.open()
    try:
        with pytest.raises(StoreUnavailable):
            await store.check()
        with pytest.raises(StoreUnavailable):
            await store.request("HILL-1")
    finally:
        await store.close()


async def test_a_check_of_a_store_that_works_is_silent(store: Store) -> None:
    await store.check()
    await store.check()


async def test_what_was_committed_is_there_after_opening_again(store: Store, url: str) -> None:
    await store.commit(creation(1, find_copies()))
    await store.close()
    again = open_store(url)
    await again.open()
    try:
        assert await again.request("HILL-1") == request()
        assert len(await again.pending("HILL-1")) == 1
    finally:
        await again.close()


async def test_closing_writes_what_waits_and_takes_no_more(store: Store, url: str) -> None:
    waiting = [asyncio.ensure_future(store.commit(creation(number))) for number in range(1, 100)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*waiting)
    for refused in (store.commit(creation(100)), store.request("HILL-1"), store.depths(later(0)), store.check()):
        with pytest.raises(StoreUnavailable):
            await refused
    again = open_store(url)
    await again.open()
    try:
        assert await again.count_by_state() == {"searching": 99}
    finally:
        await again.close()


async def test_a_commit_whose_caller_gave_up_harms_no_other(store: Store) -> None:
    doomed = [asyncio.ensure_future(store.commit(creation(number))) for number in range(1, 6)]
    await asyncio.sleep(0)
    for task in doomed:
        task.cancel()
    await store.commit(creation(6))
    assert await store.request("HILL-6") is not None
