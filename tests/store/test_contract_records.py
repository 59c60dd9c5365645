"""The contract of the port, on both stores: tasks, peers, partners, policies, tokens and the item list."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import HistoryKind, ListedItem, PolicyVersion, Store, Token, Topic, VersionConflict
from gateway.store.tasks_port import Claimed
from gateway.workflow.effects import OpenTask
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import Copy
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.values import PostalAddress
from tests.fakes.directory import put
from tests.store.values import NOW, creation, entry, later, note, perform, request, step, timer

HOLD = OpenTask(kind=TaskKind.PLACE_HOLD, words="Place the hold by hand")
BILL = OpenTask(kind=TaskKind.BILL, words="Bill the partner")


# tasks


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


# who we know

BROKER = Peer(id="example-broker", url="https://broker.example/iso18626", agencies=("ISIL:ZZ-ExVal",))
VALLEY = Partner(
    id="example-valley", name="Example Valley Library", peer=BROKER.id, address=PostalAddress(line1="1 Example St")
)


async def test_seeds_are_written_once_and_never_over_what_was_edited(store: Store) -> None:
    await store.seed([BROKER], [VALLEY])
    assert (await store.peers(), await store.partners()) == ((BROKER,), (VALLEY,))
    edited = Partner(id=VALLEY.id, name="Example Valley Public Library", peer=BROKER.id, suspended=True)
    off = Peer(id=BROKER.id, enabled=False)
    await put(store, edited, off)
    hills = Partner(id="example-hills", name="Example Hills Library", peer=BROKER.id)
    await store.seed([BROKER], [VALLEY, hills])
    assert (await store.peers(), await store.partners()) == ((off,), (hills, edited))


async def test_changes_of_the_directory_are_written_together_with_who_when_and_what(store: Store) -> None:
    made = [RecordChange(after=BROKER), RecordChange(after=VALLEY)]
    assert await store.change_directory(made, version=0, at=NOW, by="ann", what="added")
    renamed = msgspec.structs.replace(VALLEY, name="Example Valley Public Library")
    changed = [RecordChange(before=VALLEY, after=renamed)]
    assert await store.change_directory(changed, version=1, at=later(1), by="ben", what="changed name")
    assert await store.change_directory(
        [RecordChange(before=renamed)], version=2, at=later(2), by="ann", what="removed"
    )
    assert (await store.peers(), await store.partners(), await store.directory_version()) == ((BROKER,), (), 3)
    removed, changed_line, added = await store.directory_history(RecordKind.PARTNER, VALLEY.id, limit=9)
    assert (added.by, added.at, added.what, added.before, added.after) == ("ann", NOW, "added", None, VALLEY)
    assert (changed_line.by, changed_line.before, changed_line.after) == ("ben", VALLEY, renamed)
    assert (removed.what, removed.before, removed.after) == ("removed", renamed, None)
    assert await store.directory_history(RecordKind.PARTNER, VALLEY.id, limit=1) == (removed,)
    assert [line.after for line in await store.directory_history(RecordKind.PEER, BROKER.id, limit=9)] == [BROKER]


async def test_what_was_removed_is_not_seeded_again(store: Store) -> None:
    await store.seed([BROKER], [VALLEY])
    gone = [RecordChange(before=VALLEY), RecordChange(before=BROKER)]
    assert await store.change_directory(gone, version=0, at=NOW, by="ann", what="removed")
    await store.seed([BROKER], [VALLEY])
    assert (await store.peers(), await store.partners()) == ((), ())


async def test_a_change_made_from_an_older_directory_writes_nothing(store: Store) -> None:
    assert await store.change_directory([RecordChange(after=BROKER)], version=0, at=NOW, by="ann", what="added")
    late = [RecordChange(after=VALLEY), RecordChange(before=BROKER)]
    assert not await store.change_directory(late, version=0, at=NOW, by="ben", what="changed")
    assert (await store.peers(), await store.partners(), await store.directory_version()) == ((BROKER,), (), 1)
    assert await store.directory_history(RecordKind.PARTNER, VALLEY.id, limit=9) == ()


async def test_there_is_no_policy_at_first(store: Store) -> None:
    assert await store.policy() is None


async def test_a_policy_gets_the_next_version_unless_it_is_the_newest(store: Store) -> None:
    saved = [await store.save_policy(document, at=NOW, by="ann") for document in (b"{1}", b"{1}", b"{2}", b"{1}")]
    assert saved == [1, 1, 2, 3]
    assert await store.policy() == (3, b"{1}")


async def test_policies_saved_at_once_get_versions_of_their_own(store: Store) -> None:
    documents = [str(number).encode() for number in range(5)]
    versions = await asyncio.gather(*(store.save_policy(document, at=NOW, by="ann") for document in documents))
    assert sorted(versions) == [1, 2, 3, 4, 5]


async def test_every_version_of_the_policy_stays_with_who_wrote_it_and_when(store: Store) -> None:
    await store.save_policy(b"{1}", at=NOW, by="configuration")
    await store.save_policy(b"{2}", at=later(5), by="ann")
    assert await store.policies(limit=10) == (
        PolicyVersion(version=2, saved_at=later(5), saved_by="ann"),
        PolicyVersion(version=1, saved_at=NOW, saved_by="configuration"),
    )
    assert [each.version for each in await store.policies(limit=1)] == [2]
    assert [await store.policy_of(version) for version in (1, 2, 3)] == [b"{1}", b"{2}", None]


async def test_a_change_of_an_older_policy_is_a_conflict_and_of_two_at_once_one_is(store: Store) -> None:
    await store.save_policy(b"{1}", at=NOW, by="ann")
    both = (store.save_policy(document, at=NOW, by="ann", after=1) for document in (b"{2}", b"{3}"))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert [each for each in done if isinstance(each, int)] == [2]
    assert sum(isinstance(each, VersionConflict) for each in done) == 1
    with pytest.raises(VersionConflict):
        await store.save_policy(b"{4}", at=NOW, by="ann", after=1)
    assert [each.version for each in await store.policies(limit=10)] == [2, 1]


async def test_tokens_are_kept_by_name(store: Store) -> None:
    desk = Token(name="desk", role="staff", hash="hash-1", created_at=NOW)
    script = Token(name="script", role="admin", hash="hash-2", created_at=NOW, ends_at=later(9))
    for token in (script, desk):
        assert await store.add_token(token)
    assert await store.tokens() == (desk, script)
    await store.revoke_token("desk", at=later(2))
    await store.revoke_token("desk", at=later(3))
    assert await store.tokens() == (msgspec.structs.replace(desk, revoked_at=later(2)), script)


async def test_of_two_tokens_with_one_name_that_are_made_at_once_one_is_kept(store: Store) -> None:
    made = [Token(name="desk", role="staff", hash=f"hash-{each}", created_at=NOW) for each in range(5)]
    kept = await asyncio.gather(*map(store.add_token, made))
    assert sum(kept) == 1
    assert await store.tokens() == (made[kept.index(True)],)


# the local item list


def listed(barcode: str, *keys: str, title: str = "The Imaginary Almanac") -> ListedItem:
    return ListedItem(copy=Copy(item_barcode=barcode, branch="EV-MAIN", title=title, call_number="AY 81"), keys=keys)


async def test_copies_are_found_in_the_order_of_the_keys_each_once(store: Store) -> None:
    items = [listed("1", "isbn:9780000000002"), listed("2", "oclc:7", "isbn:9780000000002"), listed("3", "oclc:7")]
    assert await store.import_items(items, replace=False) == 3

    async def found(*keys: str) -> list[str]:
        return [copy.item_barcode for copy in await store.find_items(keys)]

    assert await found("oclc:7", "isbn:9780000000002") == ["2", "3", "1"]
    assert await found("isbn:9780000000002", "oclc:7", "record:404") == ["1", "2", "3"]
    assert await found("record:404") == await found() == []
    assert await store.copy("2") == items[1].copy
    assert await store.copy("404") is None


async def test_an_item_that_is_imported_again_is_replaced_with_its_keys(store: Store) -> None:
    await store.import_items([listed("1", "oclc:7"), listed("2", "oclc:7")], replace=False)
    assert (await store.item_barcodes("", 1), await store.item_barcodes("1", 9)) == (("1",), ("2",))
    await store.import_items([listed("1", "oclc:8", title="The Other Almanac")], replace=False)
    assert [copy.item_barcode for copy in await store.find_items(("oclc:7",))] == ["2"]
    assert [copy.title for copy in await store.find_items(("oclc:8",))] == ["The Other Almanac"]


@pytest.mark.parametrize("count", [0, 1, 450])
async def test_replacing_drops_every_item_that_is_not_in_the_new_list(store: Store, count: int) -> None:
    await store.import_items((listed(f"old-{n}", "oclc:7") for n in range(450)), replace=False)
    new = [listed(f"new-{n:03}", "oclc:7") for n in range(count)]
    assert await store.import_items(iter(new), replace=True) == count
    assert list(await store.find_items(("oclc:7",))) == [item.copy for item in new]
    assert await store.copy("old-1") is None


async def test_a_barcode_listed_twice_is_one_item_with_the_keys_of_both_lines(store: Store) -> None:
    await store.import_items(
        [listed("1", "oclc:7", title="First"), listed("1", "oclc:8", "oclc:8", title="Last")], replace=True
    )
    assert [copy.title for copy in await store.find_items(("oclc:7", "oclc:8"))] == ["Last"]


async def test_other_commits_go_on_during_an_import(store: Store) -> None:
    """An import is written in pieces, so a commit need not wait for all of it."""
    handed_out = 0

    def many() -> Iterator[ListedItem]:
        nonlocal handed_out
        for handed_out in range(3000):
            yield listed(f"item-{handed_out}", f"oclc:{handed_out}")

    importing = asyncio.ensure_future(store.import_items(many(), replace=False))
    await asyncio.sleep(0)
    await store.commit(creation())
    assert not importing.done()
    assert handed_out < 2999
    assert await importing == 3000
    assert await store.request("HILL-1") == request()
