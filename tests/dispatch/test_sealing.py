"""The audit chain over history: what is sealed, and that a changed, a missing and an added line are found, on both databases."""

# ruff: noqa: S608 - numbers, and ids of our own

import asyncio
from collections.abc import Container, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from gateway.clock import TimeSource
from gateway.dispatch import sealing
from gateway.dispatch.audit_progress import Looks
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.purging import purge
from gateway.dispatch.sealing import Audited, Sealer, audit
from gateway.notices.records import Notice, NoticeKind, NoticeState
from gateway.reports.folding import House
from gateway.store.notices_port import NewNotice, NoticeChange
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sealing import ChainFault, IdSet, Seal, StoredLine, faults_of_seal
from gateway.workflow.records import Role, State
from tests.fakes.clock import QuickTime
from tests.store.outside import fetch, run
from tests.store.values import NOW, creation, entry, later, note, step

TIME = QuickTime(NOW)
DENVER = ZoneInfo("America/Denver")


async def sealed(store: Store) -> int:
    """Seal all that there is: a look to see how far it goes, and one to seal; how many lines."""
    sealer = Sealer(store, TIME)
    await sealer.run_once()
    return await sealer.run_once()


async def looked(store: Store, head: str | None = None) -> Audited:
    return await audit(store, TIME, Looks(), DENVER, head)


async def words(store: Store) -> list[str]:
    return [fault.words for fault in (await looked(store)).faults]


async def lines(store: Store) -> list[int]:
    return [row[0] for row in await fetch(store, "SELECT id FROM history ORDER BY id")]


async def test_only_what_was_there_a_look_ago_is_sealed(store: Store) -> None:
    sealer = Sealer(store, TIME)
    await store.commit(creation(1))
    assert await sealer.run_once() == 0
    await store.commit(creation(2))
    assert await sealer.run_once() == 2
    assert await sealer.run_once() == 2
    assert await sealer.run_once() == 0
    audited = await looked(store)
    assert (audited.seals, audited.lines, audited.unsealed, audited.faults) == (2, 4, 0, ())


async def test_a_chain_goes_through_each_head_that_it_had(store: Store) -> None:
    await store.commit(creation(1))
    await sealed(store)
    before = await looked(store)
    await store.commit(creation(2))
    await sealed(store)
    after = await looked(store, before.head)
    assert after.head != before.head
    assert after.knows_head is True
    assert (await looked(store, "0" * 63 + "1")).knows_head is False


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE history SET entry = '{\"at\":\"2026-01-05T09:00:00Z\",\"by\":\"x\",\"kind\":\"note\",\"words\":\"y\"}' WHERE id = {id}", "It was changed."),
        ("UPDATE history SET at = at + 1 WHERE id = {id}", "It was changed."),
        ("UPDATE history SET request = 'HILL-2' WHERE id = {id}", "It was changed."),
        ("UPDATE history SET event = NULL WHERE id = {id}", "It was changed."),
        ("DELETE FROM history WHERE id = {id}", "It is missing, and no purge names it."),
        ("UPDATE history SET entry = '7' WHERE id = {id}", "It was changed."),
        ("UPDATE history SET entry = '{\"detail\":7}' WHERE id = {id}", "It was changed."),
        ("UPDATE seals SET leaves = substr(leaves, 2)", "does not follow from the one before it"),
        ("UPDATE seals SET leaves = substr(leaves, 1, 0)", "does not follow from the one before it"),
        ("UPDATE seals SET leaves = substr(leaves, 33)", "does not follow from the one before it"),
        ("UPDATE seals SET head = replace(head, substr(head, 1, 1), 'x')", "does not follow from the one before it"),
        ("DELETE FROM seals WHERE number = 1", "Seal 1 is missing."),
    ],
)  # fmt: skip
async def test_what_is_changed_or_missing_is_found(store: Store, statement: str, said: str) -> None:
    for number in (1, 2):
        await store.commit(creation(number))
    await sealed(store)
    await store.commit(creation(3))
    await sealed(store)
    assert await words(store) == []
    await run(store, statement.replace("{id}", str((await lines(store))[0])))
    assert any(said in each for each in await words(store)), await words(store)


async def test_a_line_that_is_put_between_sealed_ones_is_found(store: Store) -> None:
    await store.commit(creation(1))
    await store.commit(creation(2))
    first, gap, *_ = await lines(store)
    await run(store, f"DELETE FROM history WHERE id = {gap}")
    await sealed(store)
    assert await words(store) == []
    overriding = " OVERRIDING SYSTEM VALUE" if isinstance(store, PostgresStore) else ""
    columns = f"INSERT INTO history (id, request, at, entry, event){overriding}"
    await run(store, f"{columns} SELECT {gap}, request, at, entry, event FROM history WHERE id = {first}")
    assert await words(store) == ["It was added after its stretch of history was sealed."]


async def test_letting_go_of_raw_messages_changes_nothing(store: Store) -> None:
    await store.commit(creation(1))
    await store.commit(note(1, history=(entry("SIP2 17", detail={"sent": "17", "received": "18"}),)))
    await sealed(store)
    await store.keeping.drop_exchanges(at_before=later(1000), limit=99)
    assert await words(store) == []


async def test_letting_go_of_mails_changes_nothing(store: Store) -> None:
    """They are no part of history: what was sent of a bill is told by the bill's own."""
    await store.commit(creation(1))
    mail = Notice(
        id="N-1",
        kind=NoticeKind.STATEMENT,
        state=NoticeState.SENT,
        about="sample",
        to="a@b.example",
        made_at=NOW,
        changed_at=NOW,
    )
    await store.notices.commit(NoticeChange(at=NOW, new=(NewNotice(notice=mail),)))
    await sealed(store)
    before = await looked(store)
    assert await store.notices.forget(before=later(100), limit=9) == 1
    after = await looked(store)
    assert (after.faults, after.lines, after.seals) == ((), before.lines, before.seals)


async def test_a_purge_is_no_gap_and_a_pretended_one_is(store: Store) -> None:
    for number in (1, 2):
        await store.commit(creation(number))
        over = {"state": State.COMPLETED, "updated_at": later(10), "state_since": later(10)}
        await store.commit(step(number, of=over))
    await sealed(store)
    await Bookkeeper(store, House, TIME).catch_up()
    found = await store.keeping.purgeable(
        Role.LENDING, State.COMPLETED, ended_before=later(100), copied_before=NOW, limit=1
    )
    await purge(store, [each.request for each in found], at=later(500))
    await sealed(store)
    audited = await looked(store)
    assert (audited.faults, audited.purged) == ((), 3)

    (left,) = await fetch(store, "SELECT id FROM requests")
    numbers = [row[0] for row in await fetch(store, f"SELECT id FROM history WHERE request = '{left[0]}'")]
    await run(store, f"DELETE FROM history WHERE request = '{left[0]}'")
    await run(
        store,
        "INSERT INTO tombstones (request, role, peer, requesting_agency_key, partner_request_id, ended_at, purged_at, entries) "
        f"VALUES ('{left[0]}', 'lending', 'x', 'x', 'x', 1, 2, '{numbers[0]},1,1')",
    )
    assert await words(store) == ["No purge names the tombstones of 1969-12-31 17:00."]
    await run(store, f"UPDATE tombstones SET entries = 'x' WHERE request = '{left[0]}'")
    assert f"The lines that the tombstone of {left[0]} names can't be read." in await words(store)


async def test_the_line_that_tells_of_a_purge_has_no_number_of_a_line_that_went(store: Store) -> None:
    """Even if nothing else was written since: what is sealed under a number is of that number for ever."""
    await store.commit(creation(1))
    await store.commit(step(1, of={"state": State.COMPLETED, "updated_at": later(10), "state_since": later(10)}))
    await sealed(store)
    await Bookkeeper(store, House, TIME).catch_up()
    assert await purge(store, ["HILL-1"], at=later(500))
    await sealed(store)
    assert (await looked(store)).faults == ()


async def test_a_seal_that_somebody_has_emptied_does_not_end_the_sealing(store: Store) -> None:
    await store.commit(creation(1))
    await sealed(store)
    await run(store, "UPDATE seals SET leaves = ''")
    turns = 0

    async def turn(_now: datetime) -> bool:
        nonlocal turns
        turns += 1
        return True

    sealing_task = asyncio.create_task(sealing.run(Sealer(store, TIME), clock=TIME, take_on=turn))
    async with asyncio.timeout(60):
        while turns < 5 and not sealing_task.done():
            await asyncio.sleep(0.01)
    assert not sealing_task.done()
    sealing_task.cancel()
    assert await words(store) != []


async def test_a_request_that_is_purged_while_the_chain_is_looked_at_is_no_gap(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the moment between what purges tell, what they left, and the lines."""
    await store.commit(creation(1))
    await store.commit(step(1, of={"state": State.COMPLETED, "updated_at": later(10), "state_since": later(10)}))
    await store.commit(creation(2))
    await sealed(store)
    await Bookkeeper(store, House, TIME).catch_up()
    read = sealing._told
    looks: list[sealing._Told] = []

    async def and_purge(store: Store, time: TimeSource) -> sealing._Told:
        told = await read(store, time)
        if not looks:
            await purge(store, ["HILL-1"], at=later(500))
        looks.append(told)
        return told

    monkeypatch.setattr(sealing, "_told", and_purge)
    audited = await looked(store)
    assert (audited.faults, audited.purged, len(looks)) == ((), 3, 2)


async def test_history_that_is_older_than_the_chain_is_sealed_in_pieces(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.dispatch.sealing.LINES_AT_ONCE", 3)
    for number in range(1, 5):
        await store.commit(creation(number))
    sealer = Sealer(store, TIME)
    await sealer.run_once()
    assert await sealer.run_once() == 8
    assert ((await looked(store)).seals, (await looked(store)).faults) == (3, ())


async def test_the_head_is_mailed_once_a_day_and_again_an_hour_later_if_it_was_not_taken(store: Store) -> None:
    time, mailed, trouble = QuickTime(NOW), [], ["the mail server can't be reached"]

    async def mail(last: Seal) -> str | None:
        mailed.append(last.head)
        return trouble[0] if trouble else None

    sealer = Sealer(store, time, mail)

    async def a_minute_later(seconds: float = 60) -> int:
        await time.advance(seconds)
        await sealer.run_once()
        return len(mailed)

    await store.commit(creation(1))
    await a_minute_later()
    assert [await a_minute_later(), await a_minute_later()] == [1, 1], "not taken, and not tried at once"
    trouble.clear()
    assert [await a_minute_later(3600), await a_minute_later(3600)] == [2, 2], "taken, and not sent again that day"
    await store.commit(creation(2))
    assert [await a_minute_later(), await a_minute_later(86_400), await a_minute_later(3600)] == [2, 3, 3]
    assert mailed[1] != mailed[2]


async def test_a_mail_that_failed_while_the_clock_was_ahead_is_tried_again_an_hour_later_by_the_right_one(
    store: Store,
) -> None:
    time, tries = QuickTime(NOW), [0]

    async def mail(_last: Seal) -> str:
        tries[0] += 1
        return "the mail server can't be reached"

    sealer = Sealer(store, time, mail)
    await store.commit(creation(1))
    await sealer.run_once()
    time.set_by(10 * 365 * 86_400)
    await sealer.run_once()
    time.set_by(-10 * 365 * 86_400)
    for seconds, tried in ((60, 1), (3600, 2)):
        await time.advance(seconds)
        await sealer.run_once()
        assert tries == [tried]


async def test_two_gateways_of_which_one_is_days_ahead_mail_the_head_once_a_day_each(store: Store) -> None:
    mailed: list[str] = []
    times = [QuickTime(NOW), QuickTime(NOW + timedelta(days=3))]

    async def mail(last: Seal) -> None:
        mailed.append(last.head)

    sealers = [Sealer(store, time, mail) for time in times]
    await store.commit(creation(1))
    for _ in range(5):
        for sealer, time in zip(sealers, times, strict=True):
            await time.advance(60)
            await sealer.run_once()
    assert len(mailed) == 2


async def test_the_head_is_written_into_the_log_once_a_day(store: Store) -> None:
    time = QuickTime(NOW)
    sealer = Sealer(store, time)
    await store.commit(creation(1))
    with capture_logs() as told:
        for seconds in (60, 60, 3600, 86_400, 60):
            await time.advance(seconds)
            await sealer.run_once()
    heads = [line["head"] for line in told if line["event"] == "head of the audit chain"]
    last = await store.audit.last_seal()
    assert last is not None
    assert heads == [last.head, last.head]


async def test_a_chain_of_which_most_is_purged_is_looked_at_page_by_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.dispatch.sealing.LINES_AT_ONCE", 2)
    for number in range(1, 6):
        await store.commit(creation(number))
        over = {"state": State.COMPLETED, "updated_at": later(10), "state_since": later(10)}
        await store.commit(step(number, of=over))
    await sealed(store)
    await Bookkeeper(store, House, TIME).catch_up()
    for number, at in ((1, 500), (2, 500), (3, 500), (4, 600)):
        await purge(store, [f"HILL-{number}"], at=later(at + number / 1e6))
    await purge(store, ["HILL-5"], at=later(700))
    await sealed(store)
    audited = await looked(store)
    assert (audited.faults, audited.purged) == ((), 15)


def test_ids_are_kept_as_bits() -> None:
    numbers = IdSet()
    numbers.add([0, 7, 8, 1000, 8])
    assert (len(numbers), 7 in numbers, 8 in numbers, 9 in numbers, 1001 in numbers, 10**9 in numbers) == (
        4,
        True,
        True,
        False,
        False,
        False,
    )


async def test_a_look_keeps_no_more_lines_than_it_names_where_a_leaf_claims_all_that_comes_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever moves the last leaf of a seal far ahead makes its stretch as long as history: that is not to be held in memory."""
    await store.commit(creation(1))
    await sealed(store)
    for number in range(2, 12):
        await store.commit(creation(number))
    (leaves,) = (await fetch(store, "SELECT leaves FROM seals"))[0]
    moved = bytes(leaves[:-32]) + (1_000_000_000).to_bytes(8) + bytes(leaves[-24:])
    given = f"decode('{moved.hex()}', 'hex')" if isinstance(store, PostgresStore) else f"X'{moved.hex()}'"
    await run(store, f"UPDATE seals SET leaves = {given}")
    monkeypatch.setattr(sealing, "MOST_FAULTS", 3)
    monkeypatch.setattr(sealing, "LINES_AT_ONCE", 2)
    most = 0

    def counted(
        seal: Seal, before: str, lines: Mapping[int, StoredLine], *gone: Container[int]
    ) -> Iterator[ChainFault]:
        nonlocal most
        most = max(most, len(lines))
        return faults_of_seal(seal, before, lines, *gone)

    monkeypatch.setattr(sealing, "faults_of_seal", counted)
    assert len((await looked(store)).faults) == 3
    assert 0 < most <= 3 + 2, "as many as are named, and what one page has more"
