"""The contract of the register's walk, on both stores: what has ended, page by page, counted and looked through no further than the bounds."""

from typing import Any

import pytest

from gateway.iso18626.codes import ServiceType
from gateway.store import register_tables
from gateway.store.port import Store
from gateway.workflow.records import State
from tests.store.test_contract_register import commit, found_ended, sought, titled
from tests.store.values import creation


async def test_what_has_ended_is_counted_and_walked_no_further_than_the_bounds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that came to the bound before it was full has a next one all the same: nothing is left out."""
    monkeypatch.setattr(register_tables, "COUNTED", 4)
    monkeypatch.setattr("gateway.store.register_walk.WALKED", 3)
    await commit(
        store,
        (
            creation(n, state=State.UNFILLED, service=ServiceType.COPY if n == 1 else ServiceType.LOAN)
            for n in range(1, 9)
        ),
    )
    everything = await store.register.ended(sought(), after=None, limit=2)
    assert everything.is_more
    assert await found_ended(store, sought()) == [f"HILL-{n}" for n in range(8, 0, -1)]
    for question in (sought(service="Copy"), sought("imaginary", service="Copy")):
        first = await store.register.ended(question, after=None, limit=2)
        assert (first.lines, first.is_more) == ((), True)
        assert first.next is not None
        assert await found_ended(store, question) == ["HILL-1"]
    assert await found_ended(store, sought("imaginary")) == [f"HILL-{n}" for n in range(8, 0, -1)]


async def test_what_has_ended_is_found_by_words_and_numbers_and_counted_as_far_as_the_bound(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is parted, and whatever else has the number but is open."""
    ended = {"state": State.UNFILLED}
    await commit(store, (titled(n, f"Work {n}", **({} if n == 5 else ended)) for n in range(1, 6)))
    await commit(store, (titled(6, "39999 steps", **ended), titled(7, "Another", service=ServiceType.COPY, **ended)))
    for facets in (False, True):
        by_words = await store.register.ended(sought("work"), after=None, limit=2, facets=facets)
        assert ([line.request for line in by_words.lines], by_words.count) == (["HILL-4", "HILL-3"], 4)
        assert (by_words.is_more, by_words.next) == (False, (0, -by_words.lines[-1].line))
        either = await store.register.ended(sought("39999"), after=None, limit=9, facets=facets)
        assert [line.request for line in either.lines] == [f"HILL-{n}" for n in (7, 6, 4, 3, 2, 1)]
        assert (either.count, either.is_more, either.next) == (6, False, None)
        copies = await store.register.ended(sought("39999", service="Copy"), after=None, limit=9, facets=facets)
        assert ([line.request for line in copies.lines], copies.count) == (["HILL-7"], 1)
    monkeypatch.setattr(register_tables, "COUNTED", 3)
    for question in (sought("work"), sought("39999"), sought("work", role="lending")):
        first = await store.register.ended(question, after=None, limit=2)
        assert (len(first.lines), first.count, first.is_more) == (2, 3, True)
    assert await found_ended(store, sought("work")) == [f"HILL-{n}" for n in (4, 3, 2, 1)]


async def test_words_are_looked_for_once_for_a_page_and_its_count(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what a search costs most for; nor are the lines behind the page read to be counted."""
    await commit(store, (titled(n, "Work", state=State.UNFILLED) for n in range(1, 6)))
    register = store.register
    looked_for: list[str] = []
    read: list[Any] = []
    assert isinstance(register, register_tables.Register)
    fetch = register._fetch

    async def watched(statement: str, *params: str | int | bytes | None) -> Any:
        found = await fetch(statement, *params)
        if "MATCH" in statement or "@@" in statement:
            looked_for.append(statement)
            read.extend(found)
        return found

    monkeypatch.setattr(register, "_fetch", watched)
    page = await register.ended(sought("work"), after=None, limit=2)
    assert (page.count, len(looked_for), len(read)) == (5, 1, 3)
