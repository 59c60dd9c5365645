"""Saved views, papers sent to print, and notes that were read, on both stores."""

from gateway.store.port import Store
from gateway.store.views_port import KeptView, SentToPrint
from tests.store.values import creation, later


async def test_views_are_somebodys_own_and_kept_by_name(store: Store) -> None:
    rush = KeptView(name="Rush", address="/requests?flag=rush")
    await store.views.save("ann", rush)
    await store.views.save("ann", KeptView(name="Late", address="/requests?flag=late"))
    assert [view.name for view in await store.views.saved("ann")] == ["Late", "Rush"]
    assert await store.views.saved("bob") == ()
    await store.views.save("ann", KeptView(name="Late", address="/requests?flag=late&role=lending"))
    assert (await store.views.saved("ann"))[0].address == "/requests?flag=late&role=lending"
    assert not await store.views.forget("bob", "Rush")
    assert await store.views.forget("ann", "Rush")
    assert len(await store.views.saved("ann")) == 1


async def test_the_last_print_of_each_request_is_known(store: Store) -> None:
    for number in (1, 2):
        await store.commit(creation(number))
    await store.views.note_prints(["HILL-1", "HILL-2"], "pull-slip", at=later(1), who="ann")
    await store.views.note_prints(["HILL-2"], "pull-slip", at=later(2), who="bob")
    assert await store.views.prints(["HILL-1", "HILL-2", "HILL-3"], "pull-slip") == {
        "HILL-1": SentToPrint(at=later(1), who="ann"),
        "HILL-2": SentToPrint(at=later(2), who="bob"),
    }
    assert await store.views.prints(["HILL-1"], "strap") == {}
    assert await store.views.prints([], "strap") == {}


async def test_who_has_read_the_notes_of_a_request_and_until_when(store: Store) -> None:
    for number in (1, 2):
        await store.commit(creation(number))
    await store.views.note_read("ann", "HILL-1", at=later(2))
    await store.views.note_read("ann", "HILL-1", at=later(1))
    await store.views.note_read("bob", "HILL-2", at=later(3))
    assert await store.views.notes_read("ann", ["HILL-1", "HILL-2"]) == {"HILL-1": later(2)}
    await store.views.note_read("ann", "HILL-1", at=later(4))
    assert await store.views.notes_read("ann", ["HILL-1"]) == {"HILL-1": later(4)}
    assert await store.views.notes_read("ann", []) == {}
    assert await store.views.forget_notes_read(before=later(4)) == 1
    assert await store.views.notes_read("bob", ["HILL-2"]) == {}
    assert await store.views.notes_read("ann", ["HILL-1"]) == {"HILL-1": later(4)}
