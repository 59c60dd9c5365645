"""What is not kept any longer goes at night; a late repeat is answered as before and starts nothing."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.keeping import AT, Keeping, Purged, Purger, nightly
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action
from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.reports.folding import House as Library
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.notices_port import NewNotice, NoticeChange, NoticeFilter
from gateway.store.port import Change, HistoryEntry, HistoryKind, StoreError
from gateway.workflow.copyright import kept_since
from gateway.workflow.records import Request, State
from gateway.workflow.recovery import Recovery
from tests.dispatch.confirmed import count, is_ok
from tests.dispatch.house import House, action, request
from tests.store.test_contract_borrowing import ask

KEPT = Keeping(
    requests=timedelta(days=100), documents=timedelta(days=10), look_ups=timedelta(days=10), bills=timedelta(days=10)
)


def purger(house: House, keeping: Keeping = KEPT) -> Purger:
    return Purger(house.store, keeping, house.time, UTC)


async def run(house: House) -> int:
    """Purge, with the pauses between pieces; how many requests went."""
    await Bookkeeper(house.store, Library, house.time).catch_up()
    running = asyncio.create_task(purger(house).run())
    while not running.done():
        await house.time.advance(1)
        await asyncio.sleep(0.001)
    return running.result().requests


async def test_a_late_repeat_is_confirmed_and_makes_nothing(house: House):
    made = request(house.time.now())
    await house.receive_raw(made)
    await end(house)
    await house.time.advance(200 * 86_400)
    assert await run(house) == 1
    assert await count(house) == 0
    assert is_ok(decode(await house.receive_raw(made)).message)  # type: ignore[arg-type]
    fresh = msgspec.structs.replace(made, header=msgspec.structs.replace(made.header, timestamp=house.time.now()))
    assert is_ok(decode(await house.receive_raw(fresh)).message), "equal apart from its timestamp"  # type: ignore[arg-type]
    other = msgspec.structs.replace(
        made, bibliographic_info=msgspec.structs.replace(made.bibliographic_info, title="Another Work")
    )
    assert not is_ok(decode(await house.receive_raw(other)).message)  # type: ignore[arg-type]
    assert await count(house) == 0


async def test_an_action_from_before_the_end_is_a_repeat_and_a_later_one_is_about_nothing(house: House):
    await house.receive_raw(request(house.time.now()))
    early = action(house.time.now(), Action.NOTIFICATION)
    await house.time.advance(60)
    await end(house)
    await house.time.advance(200 * 86_400)
    assert await run(house) == 1
    assert is_ok(decode(await house.receive_raw(early)).message)  # type: ignore[arg-type]
    late = action(house.time.now(), Action.NOTIFICATION)
    assert not is_ok(decode(await house.receive_raw(late)).message)  # type: ignore[arg-type]


async def test_nothing_goes_while_work_is_held_or_before_its_time(house: House):
    await house.receive_raw(request(house.time.now()))
    await end(house)
    await house.time.advance(99 * 86_400)
    assert await run(house) == 0
    await house.time.advance(2 * 86_400)
    await house.store.recovery.begin(Recovery(since=house.time.now(), why="A copy was restored."))
    assert await run(house) == 0
    await house.store.recovery.end(at=house.time.now(), by="ada")
    assert await run(house) == 1


async def test_a_piece_that_can_not_go_is_passed_over(house: House, monkeypatch: pytest.MonkeyPatch):
    made = [await house.new(number) for number in ("R1", "R2", "R3")]
    for each in made:
        await end(house, each)
    monkeypatch.setattr("gateway.dispatch.keeping.REQUESTS_AT_ONCE", 1)
    purge = house.store.keeping.purge

    async def stubborn(lines: Mapping[str, Collection[int]], *, told: HistoryEntry) -> None:
        if made[0].id in lines:
            raise StoreError("something new refers to it")
        await purge(lines, told=told)

    monkeypatch.setattr(house.store.keeping, "purge", stubborn)
    await house.time.advance(200 * 86_400)
    assert await run(house) == 2
    assert await house.store.request(made[0].id) is not None


async def test_every_night_and_at_the_start_for_the_last_one_by_one_gateway(house: House):
    nights: list[datetime] = []

    async def take_on(night: datetime) -> bool:
        nights.append(night)
        return False

    zone = ZoneInfo("America/New_York")
    running = asyncio.create_task(nightly(purger(house), zone=zone, clock=house.time, take_on=take_on))
    for _ in range(3):
        await house.time.advance(86_400)
    running.cancel()
    assert [night.astimezone(zone).time() for night in nights] == [AT] * 4
    assert [after - before for before, after in pairwise(nights)] == [timedelta(days=1)] * 3
    assert nights[0] <= house.time.now() - timedelta(days=3) < nights[1]


async def test_copies_are_kept_to_the_end_of_the_third_full_calendar_year(house: House):
    now = house.time.now()
    assert kept_since(now).year == now.year - 3
    assert (kept_since(now).month, kept_since(now).day) == (1, 1)


async def test_a_copy_that_was_counted_goes_in_the_first_night_after_its_third_full_year(house: House):
    asked_at = house.time.now()
    counted = Asked(customer=Customer(barcode="20000000090031"), copied=f"issn:00000000/{asked_at.year}")
    await ask(house.store, 1, counted, at=asked_at, state=State.COMPLETED)
    last_day = datetime(asked_at.year + 3, 12, 31, 12, tzinfo=UTC)
    await house.time.advance((last_day - asked_at).total_seconds())
    assert await run(house) == 0
    await house.time.advance(86_400)
    assert await run(house) == 1
    assert await house.store.request("HILL-1") is None


async def mailed(house: House, name: str, state: NoticeState) -> None:
    """A statement that was sent now, with its file."""
    at = house.time.now()
    made = Notice(
        id=name,
        kind=NoticeKind.STATEMENT,
        state=state,
        about="sample",
        to=f"{name}@partner.example",
        subject="Statement",
        body="What you owe.",
        made_at=at,
        changed_at=at,
    )
    file = NoticeFile(name="statement.pdf", content_type="application/pdf", data=b"%PDF")
    await house.store.notices.commit(NoticeChange(at=at, new=(NewNotice(notice=made, files=(file,)),)))


async def purged(house: House, keeping: Keeping) -> Purged:
    running = asyncio.create_task(purger(house, keeping).run())
    while not running.done():
        await house.time.advance(1)
        await asyncio.sleep(0.001)
    return running.result()


async def test_mails_go_after_their_days_with_address_text_and_files_but_for_those_somebody_is_to_see_to(house: House):
    for state in NoticeState:
        await mailed(house, f"old-{state.name}", state)
    await house.time.advance(timedelta(days=31).total_seconds())
    await mailed(house, "new-SENT", NoticeState.SENT)
    assert (await purged(house, Keeping(requests=None, documents=None, look_ups=None, bills=None))).notices == 0, (
        "0 days: for good"
    )
    days = Keeping(requests=None, documents=None, look_ups=None, bills=None, notices=timedelta(days=30))
    assert (await purged(house, days)).notices == 2
    left = {mail.id for mail in await house.store.notices.notices(NoticeFilter())}
    assert left == {"new-SENT", "old-WAITING", "old-UNKNOWN", "old-REFUSED"}
    assert await house.store.notices.files("old-SENT") == ()
    assert len(await house.store.notices.files("new-SENT")) == 1


async def end(house: House, kept: Request | None = None) -> None:
    """The request is over: Unfilled, with nothing left to do."""
    kept, at = kept or await house.current(), house.time.now()
    over = msgspec.structs.replace(kept, state=State.UNFILLED, version=kept.version + 1, updated_at=at, state_since=at)
    line = HistoryEntry(at=at, by="ada", kind=HistoryKind.NOTE, words="Over.")
    work = tuple({row.effect.key for row in await house.store.pending(kept.id)})
    await house.store.commit(Change(request=over, history_of=kept.id, history=(line,), withdraw=work))
