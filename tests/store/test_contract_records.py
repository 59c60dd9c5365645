"""The contract of the port, on both stores: peers, partners, policies, tokens and the item list."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import ListedItem, PolicyVersion, Store, Token, VersionConflict
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import Copy
from gateway.workflow.values import PostalAddress
from tests.fakes.directory import put
from tests.store.values import NOW, creation, later, request

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
