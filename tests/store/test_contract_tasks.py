"""The contract of the port, on both stores: staff tasks."""

import asyncio

import msgspec
import pytest

from gateway.store.port import HistoryKind, Store, Topic
from gateway.store.tasks_port import Claimed
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import Task, TaskKind
from tests.store.values import NOW, creation, entry, later, note, perform, step, timer

HOLD = OpenTask(kind=TaskKind.PLACE_HOLD, words="Place the hold by hand")
BILL = OpenTask(kind=TaskKind.BILL, words="Bill the partner")


async def opened(store: Store, number: int = 1, *tasks: OpenTask) -> list[Task]:
    """Make a request with tasks; give them."""
    await store.commit(creation(number))
    await store.commit(step(number, open_tasks=tasks or (HOLD,), of={"updated_at": later(number)}))
    return list(await store.tasks(request=f"HILL-{number}"))


async def test_open_tasks_are_listed_by_request_and_kind_oldest_first(store: Store) -> None:
    await opened(store, 1, HOLD, BILL)
    await opened(store, 2, BILL)

    async def listed(**which) -> list[tuple[str | None, TaskKind]]:
        return [(task.request, task.kind) for task in await store.tasks(**which)]

    hold, bill, other = ("HILL-1", HOLD.kind), ("HILL-1", BILL.kind), ("HILL-2", BILL.kind)
    assert await listed() == [hold, bill, other]
    assert await listed(request="HILL-1") == [hold, bill]
    assert await listed(kind=TaskKind.BILL) == [bill, other]
    assert await listed(request="HILL-2", kind=TaskKind.BILL) == [other]
    assert await listed(request="HILL-2", kind=TaskKind.PLACE_HOLD) == []
    assert await store.count_tasks() == {TaskKind.PLACE_HOLD: 1, TaskKind.BILL: 2}
    oldest = {task.kind: task.opened_at for task in reversed(await store.tasks())}
    assert await store.oldest_tasks() == oldest


async def test_what_stands_open_and_waits_of_several_requests_is_read_at_once(store: Store) -> None:
    for number, tasks in ((1, (HOLD, BILL)), (2, (BILL,)), (3, (HOLD,)), (4, (HOLD,))):
        await opened(store, number, *tasks)
    await store.commit(note(2, effects=(perform(), timer())))
    await store.commit(note(3, effects=(perform(),)))
    await store.commit(note(4, effects=(timer(),), close_tasks=(HOLD.kind,)))
    named = ("HILL-1", "HILL-2", "HILL-4", "HILL-404")
    for read, one in ((store.tasks_of, lambda name: store.tasks(request=name)), (store.waiting_of, store.pending)):
        assert dict(await read(named)) == {name: rows for name in named if (rows := await one(name))}
        assert dict(await read(())) == {}
    assert set(await store.tasks_of(named)) == {"HILL-1", "HILL-2"}
    assert set(await store.waiting_of(named)) == {"HILL-2", "HILL-4"}


async def test_changes_of_requests_and_tasks_are_told_and_can_be_asked_for(store: Store) -> None:
    told = asyncio.Event()
    store.on_change(Topic.REQUESTS, told.set)
    (task,) = await opened(store)
    await asyncio.wait_for(told.wait(), 60)
    assert await store.changed_after(NOW, limit=9) == (("HILL-1", later(1)),)
    assert await store.changed_after(later(1), limit=9) == ()
    told.clear()
    await store.claim_task(task.id, by="ann")
    await asyncio.wait_for(told.wait(), 60)


async def test_a_task_tells_what_it_is_about(store: Store) -> None:
    (task,) = await opened(store)
    expected = Task(id=task.id, request="HILL-1", kind=HOLD.kind, words=HOLD.words, opened_at=later(1))
    assert task == expected
    assert await store.task(task.id) == expected
    assert await store.task(404) is None


async def test_opening_a_kind_that_is_open_renews_its_words(store: Store) -> None:
    (task,) = await opened(store)
    await store.claim_task(task.id, by="ann")
    again = OpenTask(kind=TaskKind.PLACE_HOLD, words="The hold was refused twice")
    await store.commit(step(version=3, open_tasks=(again,), of={"updated_at": later(99)}))
    (renewed,) = await store.tasks()
    assert (renewed.id, renewed.words, renewed.opened_at) == (task.id, again.words, task.opened_at)
    assert renewed.claimed_by == "ann"


async def test_a_kind_that_is_closed_and_opened_in_one_change_is_a_new_task(store: Store) -> None:
    (task,) = await opened(store)
    await store.commit(step(version=3, close_tasks=(HOLD.kind, TaskKind.BILL), open_tasks=(HOLD,)))
    (new,) = await store.tasks()
    assert new.id != task.id
    closed = await store.task(task.id)
    assert closed is not None
    assert closed.closed_at == NOW


async def test_what_a_new_state_closes_leaves_other_kinds_open(store: Store) -> None:
    left = OpenTask(kind=TaskKind.BILL, words="The item was lost")
    await store.commit(creation(1))
    await store.commit(step(version=2, open_tasks=(HOLD, left)))
    await store.commit(step(version=3, close_tasks=tuple(kind for kind in TaskKind if kind is not left.kind)))
    assert [task.kind for task in await store.tasks()] == [left.kind]


async def test_closing_a_kind_touches_no_other_request(store: Store) -> None:
    await opened(store, 1)
    await opened(store, 2)
    await store.commit(note(1, close_tasks=(HOLD.kind,)))
    assert [task.request for task in await store.tasks()] == ["HILL-2"]


async def test_a_task_is_claimed_by_one_person(store: Store) -> None:
    (task,) = await opened(store)
    assert await store.claim_task(task.id, by="ann")
    assert await store.claim_task(task.id, by="ann")
    assert not await store.claim_task(task.id, by="ben")
    assert not await store.claim_task(404, by="ann")
    assert (await store.tasks())[0].claimed_by == "ann"


async def test_open_tasks_come_page_by_page_by_kind_and_by_who_has_them(store: Store) -> None:
    for number, kind in enumerate((TaskKind.BILL, TaskKind.ANSWER, TaskKind.BILL, TaskKind.STUCK, TaskKind.BILL), 1):
        await opened(store, number, OpenTask(kind=kind, words="Do"))
    tasks = await store.tasks()
    first, second, third, _, fifth = (task.id for task in tasks)
    await store.claim_task(second, by="ann")
    await store.claim_task(third, by="ben")
    await store.close_task(tasks[3], at=NOW, entry=entry())

    async def page(*kinds: TaskKind, claimed: Claimed = Claimed.ALL, after: int = 0) -> list[int]:
        found = await store.page_of_tasks(kinds, claimed, me="ann", after=after, limit=2)
        return [task.id for task in found]

    every = tuple(TaskKind)
    assert await page(*every) == [first, second]
    assert await page(*every, after=second) == [third, fifth], "a closed one is none"
    assert await page(TaskKind.BILL) == [first, third]
    assert await page(TaskKind.BILL, claimed=Claimed.NOBODYS) == [first, fifth]
    assert (await page(*every, claimed=Claimed.MINE), await page(*every, claimed=Claimed.OTHERS)) == ([second], [third])
    assert await page() == []
    counts = {(each.kind, each.claimed_by): each.count for each in await store.count_claimed()}
    assert counts == {(TaskKind.BILL, None): 2, (TaskKind.BILL, "ben"): 1, (TaskKind.ANSWER, "ann"): 1}


async def test_a_task_is_closed_once_and_its_history_says_so(store: Store) -> None:
    (task,) = await opened(store)
    before = await store.history("HILL-1")
    done = entry("done: placed by hand", kind=HistoryKind.NOTE, by="ann")
    results = await asyncio.gather(*(store.close_task(task, at=later(5), entry=done) for _ in range(3)))
    assert sorted(results) == [False, False, True]
    assert await store.history("HILL-1") == (*before, done)
    assert await store.tasks() == ()
    assert (await store.task(task.id)).closed_at == later(5)  # type: ignore[union-attr]
    assert not await store.claim_task(task.id, by="ben")
    assert not await store.close_task(msgspec.structs.replace(task, id=404), at=later(5), entry=done)


@pytest.mark.parametrize("words", [HOLD.words, "Place the second hold by hand"])
async def test_a_task_that_was_told_again_stays_open(store: Store, words: str) -> None:
    """An open task takes the words of the next of its kind, of which whoever read it before knows nothing: be they the same words."""
    (read,) = await opened(store)
    await store.commit(note(1, open_tasks=(msgspec.structs.replace(HOLD, words=words),)))
    before = await store.history("HILL-1")
    assert not await store.close_task(read, at=later(5), entry=entry("done", by="ann"))
    (task,) = await store.tasks()
    assert task == msgspec.structs.replace(read, words=words, told=2)
    assert await store.history("HILL-1") == before
    assert await store.close_task(task, at=later(5), entry=entry("done", by="ann"))


async def test_each_telling_of_an_open_task_counts_and_nothing_else_does(store: Store) -> None:
    said = [store.put_task("valley", TaskKind.RECONCILE, "A loan too many", at=later(1)) for _ in range(5)]
    await asyncio.gather(*said, store.put_task("hills", TaskKind.RECONCILE, "A loan too many", at=later(1)))
    told = {task.about: (task.id, task.told) for task in await store.tasks()}
    assert (told["valley"][1], told["hills"][1]) == (5, 1)
    await store.claim_task(told["valley"][0], by="ann")
    assert [task.told for task in await store.tasks() if task.about == "valley"] == [5]
    assert await store.end_task("valley", TaskKind.RECONCILE, at=later(2))
    await store.put_task("valley", TaskKind.RECONCILE, "A loan too many", at=later(3))
    assert [task.told for task in await store.tasks()] == [1, 1], "one that is opened anew is another"


async def test_what_is_told_while_a_task_is_closed_is_somebodys_task(store: Store) -> None:
    for turn in range(10):
        await store.put_task("valley", TaskKind.RECONCILE, "A loan too many", at=later(turn))
        (read,) = await store.tasks()
        closing = store.close_task(read, at=later(turn), entry=entry("done", by="ann"))
        telling = store.put_task("valley", TaskKind.RECONCILE, "A loan too many", at=later(turn))
        results = await asyncio.gather(*((closing, telling) if turn % 2 else (telling, closing)))
        (left,) = await store.tasks()
        assert (left.id == read.id, left.told) == ((False, 1) if True in results else (True, 2))
        assert await store.end_task("valley", TaskKind.RECONCILE, at=later(turn))


async def test_a_task_of_no_request_is_about_something_and_there_once(store: Store) -> None:
    await opened(store)
    await store.put_task("valley", TaskKind.RECONCILE, "A loan that nobody asked for", at=later(1))
    await store.put_task("hills", TaskKind.RECONCILE, "Another", at=later(2))
    await store.put_task("valley", TaskKind.RECONCILE, "Two of them", at=later(3))
    first, second = await store.tasks(kind=TaskKind.RECONCILE)
    valley = Task(
        id=first.id,
        request=None,
        about="valley",
        kind=TaskKind.RECONCILE,
        words="Two of them",
        opened_at=later(1),
        told=2,
    )
    assert first == valley
    assert await store.task(first.id) == valley
    assert second.about == "hills"
    assert [task.about for task in await store.tasks(request="HILL-1")] == [None]
    assert (await store.count_tasks())[TaskKind.RECONCILE] == 2


async def test_a_task_of_no_request_ends_by_what_it_is_about_or_by_a_person(store: Store) -> None:
    for about in ("valley", "hills"):
        await store.put_task(about, TaskKind.RECONCILE, "A loan", at=later(1))
    first, second = await store.tasks()
    assert await store.claim_task(first.id, by="ann")
    assert await store.end_task("valley", TaskKind.RECONCILE, at=later(5))
    assert not await store.end_task("valley", TaskKind.RECONCILE, at=later(5))
    done = entry("done: the loan was another's", kind=HistoryKind.NOTE, by="ann")
    assert await store.close_task(second, at=later(5), entry=done)
    assert not await store.close_task(second, at=later(5), entry=done)
    assert await store.history(None) == (done,)
    assert await store.tasks() == ()
    await store.put_task("valley", TaskKind.RECONCILE, "Again", at=later(9))
    assert [task.words for task in await store.tasks()] == ["Again"]


async def test_a_kind_can_be_opened_again_after_it_was_closed(store: Store) -> None:
    (task,) = await opened(store)
    await store.close_task(task, at=later(5), entry=entry("done"))
    await store.commit(step(version=3, open_tasks=(HOLD,)))
    assert len(await store.tasks()) == 1
