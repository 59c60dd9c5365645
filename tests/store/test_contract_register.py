"""The contract of the register, on both stores: what requests are found by, counted, and paged."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType
from gateway.store import migrations, register_tables, wording
from gateway.store.columns import stamp
from gateway.store.factory import open_store
from gateway.store.port import Change, Store
from gateway.store.postgres import PostgresStore
from gateway.store.register_port import Facet, Flag, RequestsFound, Sort, Sought, StateCount, Word
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.effects import OpenTask
from gateway.workflow.events import StaffActed
from gateway.workflow.records import Copy, Item, Role, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Identifier, Wanted
from tests.store.values import NOW, creation, entry, later, note, request, step

MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
HOSTILE = (
    '"', "'", '" OR words : *', "NEAR(a b)", "a* OR b", "^a", "-x", "a AND", "(", "{a b} : c", "\\", "x\0y", "%_",
    "🚲📚", "\u200f\u05e9\u05dc\u05d5\u05dd", "'; DROP TABLE register; --",
    "a:* & !b", "'a' <-> 'b'", "é" * 10_000, "x" * 10_000, "a b " * 3_000, "\ud7ff\ue000", "§abc",
)  # fmt: skip


def sought(text: str = "", *, partners: tuple[str, ...] = (), **values: str) -> Sought:
    """Give what a person looks for who types this and chooses these values."""
    called = tuple(map(wording.partner_word, partners))
    return Sought(
        words=tuple(Word(text=word, partners=called) for word in wording.words(text)),
        number=wording.number(text) if any(map(str.isdigit, text)) else "",
        values={Facet(facet): frozenset({value}) for facet, value in values.items()},
        now=later(3600),
        today=MIDNIGHT,
    )


async def found_open(store: Store, question: Sought, sort: Sort = Sort.OLDEST) -> list[str]:
    """Give the ids of all that is open, in order, page by page of two."""
    return await _all(lambda after: store.register.open(question, sort, after=after, limit=2))


async def found_ended(store: Store, question: Sought) -> list[str]:
    return await _all(lambda after: store.register.ended(question, after=after, limit=2))


async def _all(page_after) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page: RequestsFound = await page_after(after)
        found += [line.request for line in page.lines]
        if page.next is None:
            return found
        after = page.next


def titled(number: int, title: str, **values):
    return creation(number, wanted=Wanted(title=title), created_at=later(number), **values)


async def commit(store: Store, changes: Iterable[Change]) -> None:
    for change in changes:
        await store.commit(change)


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("imaginary", [1]),
        ("IMAGIN", [1]),
        ("ol über", [2]),
        ("Müller ol", [2]),
        ("almanac über", []),
        ("al", []),
        ("valley", [1, 2]),
        ("valley imaginary", [1]),
        ("valley nothing", []),
        ("EV-2", [2]),
        ("ev2", [2]),
        ("Hill-", []),
        ("399990001", [1]),
        ("39999", [1, 2]),
        ("978-3-16-148410-0", [2]),
        ("978316", [2]),
        ("broken spine", [1]),
    ],
)
async def test_words_and_numbers_find_what_is_open_and_what_has_ended(
    store: Store, text: str, finds: list[int]
) -> None:
    """By the beginnings of words, without accents and case; by the beginnings of numbers, however they are written; by the partner's name."""
    isbn = (Identifier(code="ISBN", value="978-3-16-148410-0"),)
    await commit(
        store,
        (
            creation(1),
            note(1, event=StaffActed(at=NOW, by="ann", action=StaffAction.NOTE, note="Broken spine")),
            creation(2, wanted=Wanted(title="Über Öl", author="Müller, Ärne", identifiers=isbn), created_at=later(1)),
        ),
    )
    question = sought(text, partners=("example-valley",) if "valley" in text else ())
    question = msgspec.structs.replace(question, words=tuple(_called(word, "valley") for word in question.words))
    assert await found_open(store, question) == [f"HILL-{number}" for number in finds]
    assert await found_ended(store, question) == []
    await commit(store, (step(number, of={**_of(number, isbn), "state": State.UNFILLED}) for number in (1, 2)))
    assert await found_open(store, question) == []
    assert await found_ended(store, question) == [f"HILL-{number}" for number in reversed(finds)]
    await commit(store, (step(1, version=3), step(2, version=3, of=_of(2, isbn))))
    assert await found_open(store, question) == [f"HILL-{number}" for number in finds], "open again"


async def test_what_a_step_changes_of_what_a_request_is_found_by_is_entered_and_all_else_stays(store: Store) -> None:
    """Whoever knows the request as it was before has its words and numbers written only where they are others."""
    new = creation(1)
    moved = step(1, before=new.request)
    renamed = step(1, version=3, before=moved.request, of={"note": "Large print"})
    numbered = step(1, version=4, before=renamed.request, of={"note": "Large print", "partner_request_id": "EV-77"})
    over = step(1, version=5, before=numbered.request, of={"note": "Large print", "state": State.UNFILLED})
    await commit(store, (new, moved))
    assert [await found_open(store, sought(text)) for text in ("imaginary", "399990001", "large")] == [
        ["HILL-1"],
        ["HILL-1"],
        [],
    ]
    await commit(store, (renamed, numbered))
    assert [await found_open(store, sought(text)) for text in ("imaginary", "large", "ev77")] == [["HILL-1"]] * 3
    await store.commit(over)
    assert [await found_open(store, sought(text)) for text in ("imaginary", "large")] == [[], []]
    assert [await found_ended(store, sought(text)) for text in ("imaginary", "large", "ev77", "399990001")] == [
        ["HILL-1"]
    ] * 4


def _called(word: Word, name: str) -> Word:
    return word if name.startswith(word.text) else Word(text=word.text)


def _of(number: int, isbn: tuple[Identifier, ...]) -> dict[str, Any]:
    if number == 1:
        return {}
    return {"wanted": Wanted(title="Über Öl", author="Müller, Ärne", identifiers=isbn), "created_at": later(1)}


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_texts_are_kept_and_looked_for_as_words(store: Store, text: str) -> None:
    """Whatever a partner writes or a person types is no query: what has words is found by them, and nothing else is."""
    await commit(store, (titled(1, "Safe and sound"), titled(2, text, note=text)))
    question = sought(text)
    expected = ["HILL-2"] if question.words else ["HILL-1", "HILL-2"]
    assert await found_open(store, question) == expected
    await store.commit(step(2, of={"state": State.UNFILLED, "wanted": Wanted(title=text), "created_at": later(2)}))
    assert await found_ended(store, question) == ["HILL-2"]
    assert await found_open(store, sought("sound")) == ["HILL-1"]


async def test_what_is_open_is_counted_by_role_and_state_late_and_soon_apart(store: Store) -> None:
    hour = timedelta(hours=1)
    for number, due_at in enumerate((None, NOW - hour, NOW, NOW + hour, NOW + 2 * hour), start=1):
        await store.commit(creation(number, state=State.LOANED, due_at=due_at))
    await store.commit(creation(6, state=State.COMPLETED))
    counts = await store.register.count_open(NOW, today=NOW, until=NOW + hour)
    assert counts == (StateCount("lending", "loaned", count=5, late=1, due_soon=2),)


async def test_each_facet_parts_what_is_open_and_what_has_ended_alike(store: Store) -> None:
    copied = {"service": ServiceType.COPY, "level": "Rush", "partner": None, "created_at": later(-8 * 86_400)}
    branch = (Item(copy=Copy(item_barcode="1", branch="RIVER")),)
    ours = {"role": Role.BORROWING, "borrowing": Borrowing(pickup_branch="PARK"), "state": State.ASKING}
    await commit(
        store,
        (
            creation(1, state=State.OVERDUE, due_at=later(60), items=branch),
            creation(2, **copied),
            creation(3, **ours, created_at=later(2)),
            note(2, open_tasks=(OpenTask(kind=TaskKind.READ_NOTE, words="Read it"),)),
            note(
                3, open_tasks=(OpenTask(kind=TaskKind.BILL, words="Bill"), OpenTask(kind=TaskKind.ANSWER, words="Do"))
            ),
        ),
    )
    cases: tuple[tuple[dict[str, Any], list[int]], ...] = (
        ({"role": "borrowing"}, [3]),
        ({"state": "overdue"}, [1]),
        ({"partner": ""}, [2]),
        ({"branch": "PARK"}, [3]),
        ({"branch": "RIVER"}, [1]),
        ({"service": "Copy"}, [2]),
        ({"age": "today"}, [1, 3]),
        ({"age": "week"}, []),
        ({"age": "month"}, [2]),
        ({"flag": Flag.RUSH}, [2]),
        ({"flag": Flag.TASK}, [2, 3]),
        ({"flag": Flag.UNREAD}, [2]),
        ({"whose": ""}, [2, 1, 3]),
        ({"role": "lending", "age": "today"}, [1]),
    )
    for values, numbers in cases:
        assert sorted(await found_open(store, sought(**values))) == [f"HILL-{n}" for n in sorted(numbers)], values
    assert await found_open(store, sought(flag=Flag.LATE)) == ["HILL-1"]
    page = await store.register.open(sought(role="lending"), Sort.NEWEST, after=None, limit=1)
    assert page.count == 2
    assert page.counts[Facet.ROLE] == {"lending": 2, "borrowing": 1}, "as if another role were chosen"
    assert page.counts[Facet.AGE] == {"today": 1, "month": 1}
    assert page.counts[Facet.FLAG] == {"rush": 1, "task": 1, "unread": 1, "late": 1}
    task = (await store.tasks(request="HILL-2"))[0]
    await store.close_task(task, at=later(9), entry=entry("done"))
    assert await found_open(store, sought(flag=Flag.TASK)) == ["HILL-3"]
    assert await found_open(store, sought(flag=Flag.UNREAD)) == []
    of = {"state": State.UNFILLED}
    await commit(
        store,
        (
            step(1, of={**of, "items": branch}),
            step(2, of={**of, **copied}),
            step(3, of={**ours, **of, "created_at": later(2)}),
        ),
    )
    for values, numbers in cases:
        if "state" in values or values.get("flag") in {Flag.TASK, Flag.UNREAD}:
            continue
        assert sorted(await found_ended(store, sought(**values))) == [f"HILL-{n}" for n in sorted(numbers)], values
    assert await found_ended(store, sought(flag=Flag.LATE)) == []
    ended = await store.register.ended(sought(), after=None, limit=1, facets=True)
    assert (ended.count, ended.is_more) == (3, False)
    assert ended.counts[Facet.ROLE] == {"lending": 2, "borrowing": 1}


async def test_several_questions_are_answered_as_each_is_alone(store: Store) -> None:
    await commit(store, (creation(number, state_since=later(number)) for number in range(1, 4)))
    await commit(store, (step(2, of={"state": State.UNFILLED}),))
    asked = (sought(role="lending"), sought(role="borrowing"), sought(age="today"))
    alone = [await store.register.open(each, Sort.WAITING, after=None, limit=1) for each in asked]
    together = await store.register.open_each(asked, Sort.WAITING, counted=tuple(Facet))
    assert list(together) == alone
    some = await store.register.open_each(asked, Sort.WAITING, counted=(Facet.ROLE, Facet.AGE))
    assert [found.lines for found in some] == [found.lines for found in alone]
    assert [found.counts for found in some] == [
        {facet: found.counts[facet] for facet in (Facet.ROLE, Facet.AGE)} for found in alone
    ]
    assert [[line.request for line in found.lines] for found in together] == [["HILL-1"], [], ["HILL-1"]]


@pytest.mark.parametrize("sort", Sort)
async def test_pages_follow_each_other_in_every_order(store: Store, sort: Sort) -> None:
    await commit(
        store,
        (
            creation(
                number,
                created_at=later(number % 3),
                updated_at=later(number * 7 % 5),
                state_since=later(number * 5 % 7),
                due_at=later(number * 3 % 4) if number % 2 else None,
            )
            for number in range(1, 8)
        ),
    )
    whole = await store.register.open(sought(), sort, after=None, limit=100)
    assert len(whole.lines) == whole.count == 7
    assert await found_open(store, sought(), sort) == [line.request for line in whole.lines]
    times = {
        Sort.NEWEST: [-line.created_at for line in whole.lines],
        Sort.OLDEST: [line.created_at for line in whole.lines],
        Sort.WAITING: [line.state_since for line in whole.lines],
        Sort.DUE: [line.due_at or stamp(later(10**6)) for line in whole.lines],
        Sort.CHANGED: [-line.updated_at for line in whole.lines],
    }
    assert times[sort] == sorted(times[sort])


async def test_a_request_is_found_by_how_our_own_number_begins_however_it_is_written(store: Store) -> None:
    await commit(store, (creation(1), creation(3, id="L4FWE222SVS")))
    assert await found_open(store, sought("l4fw")) == ["L4FWE222SVS"]


async def test_requests_are_read_by_their_ids(store: Store) -> None:
    await commit(store, (creation(1), creation(2)))
    assert await store.register.requests(["HILL-2", "HILL-9"]) == {"HILL-2": request(2)}
    assert await store.register.requests([]) == {}


async def test_requests_of_before_the_register_are_entered(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pieces that takes, and their tasks with them; and it is done once."""
    monkeypatch.setattr(register_tables, "AT_ONCE", 2)
    store = open_store(url)
    await store.open()
    try:
        await store.migrate()
        for number in range(1, 6):
            state = State.UNFILLED if number == 5 else State.SEARCHING
            await store.commit(titled(number, f"Work {number}", state=state))
        await store.commit(note(3, open_tasks=(OpenTask(kind=TaskKind.BILL, words="Bill"),)))
        for table in ("register_numbers", "register_words", "register", "turns"):
            await store._change((f"DELETE FROM {table}", ()))  # type: ignore[attr-defined] # noqa: S608 - constants
        await store.migrate()
        assert await found_open(store, sought("work")) == [f"HILL-{n}" for n in range(1, 5)]
        assert await found_open(store, sought(flag=Flag.TASK)) == ["HILL-3"]
        assert await found_open(store, sought("ev2")) == ["HILL-2"]
        assert (await store.migrate())[0] == len(migrations.load("sqlite"))
    finally:
        await store.close()


async def test_what_another_gateway_changes_is_known_here(stores: tuple[PostgresStore, PostgresStore]) -> None:
    """Also what a transaction writes that began before a look and ended after it."""
    here, there = stores
    await here.commit(creation(1))
    assert await found_open(there, sought()) == ["HILL-1"]
    await asyncio.gather(
        *(here.commit(creation(number)) for number in range(2, 30)),
        *(there.commit(creation(number)) for number in range(30, 60)),
    )
    assert there._pool is not None
    async with there._pool.acquire() as connection:
        await connection.execute("BEGIN")
        await connection.execute(
            "UPDATE register SET branch = 'LATE', changed = change_mark() WHERE request = 'HILL-1'"
        )
        await here.commit(step(2, of={"state": State.UNFILLED}))
        assert len(await found_open(here, sought())) == 58
        assert await found_open(here, sought(branch="LATE")) == []
        await connection.execute("COMMIT")
    assert await found_open(here, sought(branch="LATE")) == ["HILL-1"]


async def test_ages_and_lateness_go_with_the_clock(store: Store) -> None:
    await store.commit(creation(1, due_at=later(7200)))
    question = sought(age="today")
    assert await found_open(store, question) == ["HILL-1"]
    tomorrow = msgspec.structs.replace(question, now=later(86_400), today=MIDNIGHT + timedelta(days=1))
    assert await found_open(store, tomorrow) == []
    late = msgspec.structs.replace(
        tomorrow, values={Facet.FLAG: frozenset({Flag.LATE}), Facet.AGE: frozenset({"week"})}
    )
    assert await found_open(store, late) == ["HILL-1"]
    assert await found_open(store, sought(flag=Flag.LATE)) == [], "a clock that was set back"
