"""Seals history, by one gateway, behind the commits and without slowing them; and looks whether the chain holds (store/sealing.py)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import msgspec
import structlog

from gateway.clock import TimeSource
from gateway.store.keeping_tables import digest_of_tombstones
from gateway.store.port import Store, StoreError
from gateway.store.sealing import (
    GENESIS,
    Fault,
    Line,
    Numbers,
    Seal,
    Tombstone,
    detail_of,
    faults_of_seal,
    numbers_of,
    seal,
)

EVERY_S: Final = 60.0
LINES_AT_ONCE: Final = 500
"""Of one seal: some milliseconds of the event loop."""
PAUSE_S: Final = 0.02
MOST_FAULTS: Final = 100
HEAD_MAILED: Final = "mail audit head"
"""The duty under whose name the day of the last mail is kept."""
MAIL_AGAIN: Final = timedelta(hours=1)

MailHead = Callable[[Seal], Awaitable[str | None]]
"""Mails a seal's head; gives why it was not taken, None if it was."""

_log = structlog.get_logger(__name__)


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the chain came to."""

    seals: int
    lines: int
    unsealed: int
    """Lines that are not sealed yet."""
    head: str
    sealed_at: datetime | None
    faults: tuple[Fault, ...]
    """The first of them."""
    erased: int
    purged: int
    knows_head: bool | None
    """Whether the head that was asked about is one of the chain's; None if none was."""


class Sealer:
    """Seals what is settled: lines below the newest of a minute ago, once every transaction of then has ended."""

    def __init__(self, store: Store, time: TimeSource, mail: MailHead | None = None) -> None:
        self._store = store
        self._time = time
        self._mail = mail
        self._seen: tuple[int, int] | None = None
        self._told_of: datetime | None = None
        self._mails_from: datetime | None = None

    async def run_once(self) -> int:
        """Seal what is settled; return how many lines. Raises StoreUnavailable."""
        seen, self._seen = self._seen, await self._store.audit.newest()
        if seen is None or not await self._store.audit.is_past(seen[1]):
            return 0
        count = 0
        while sealed := await self._seal(seen[0]):
            count += sealed
            await self._time.sleep(PAUSE_S)
        await self._tell_head()
        return count

    async def _seal(self, up_to: int) -> int:
        before = await self._store.audit.last_seal()
        after = before.leaves[-1].id if before else 0
        lines = await self._store.audit.lines(after, up_to, limit=LINES_AT_ONCE)
        if not lines or not await self._store.audit.add_seal(seal(lines, before, self._time.now())):
            return 0
        return len(lines)

    async def _tell_head(self) -> None:
        """Write the head into the log once a day: whoever keeps the log can show later that nothing before it was changed."""
        day = self._time.now().replace(hour=0, minute=0, second=0, microsecond=0)
        last = await self._store.audit.last_seal()
        if last is not None and self._told_of != day:
            self._told_of = day
            _log.info(
                "head of the audit chain", number=last.number, sealed_at=last.sealed_at.isoformat(), head=last.head
            )
        if last is not None and self._mail is not None:
            await self._mail_head(self._mail, last, day)

    async def _mail_head(self, mail: MailHead, last: Seal, day: datetime) -> None:
        """Mail the head once a day, by whichever gateway; an hour later where the mail server did not take it. A day without is no gap: the next head seals it too."""
        now, mailed = self._time.now(), await self._store.turn_of(HEAD_MAILED)
        if (mailed is not None and mailed >= day) or (self._mails_from is not None and now < self._mails_from):
            return
        trouble = await mail(last)
        if trouble is None:
            await self._store.take_turn(HEAD_MAILED, at=day)
        else:
            self._mails_from = now + MAIL_AGAIN
            _log.warning("the head of the audit chain could not be mailed", why=trouble)


TakeOn = Callable[[datetime], Awaitable[bool]]
"""Whether this gateway is the one to seal at that time."""


async def run(sealer: Sealer, *, clock: TimeSource, take_on: TakeOn) -> None:
    """Seal every minute, by one gateway, until cancelled."""
    while True:
        try:
            if await take_on(clock.now()):
                await sealer.run_once()
        except StoreError as exc:
            _log.warning("could not seal history", why=type(exc).__name__)
        await clock.sleep(EVERY_S)


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


async def audit(store: Store, time: TimeSource, head: str | None = None) -> Audited:
    """Go through the whole chain and all of history, a page at a time; `head` is one that was kept elsewhere. Raises StoreUnavailable."""
    named, erased = await _told(store, time)
    purged, faults = await _purged(store, time, named)
    before, after, number, lines, is_known = GENESIS, 0, 0, 0, False
    last: Seal | None = None
    while found := await store.audit.seals(number, limit=1):
        last = found[0]
        if last.number != number + 1:
            faults.append(Fault(entry=None, words=f"Seal {number + 1} is missing."))
        up_to = last.leaves[-1].id if last.leaves else after
        kept = await _between(store, after, up_to)
        _add(faults, faults_of_seal(last, before, kept, purged, erased))
        before, after, number, lines = last.head, up_to, last.number, lines + len(last.leaves)
        is_known = is_known or last.head == head
        await time.sleep(0)
    newest, _ = await store.audit.newest()
    return Audited(
        seals=number,
        lines=lines,
        unsealed=max(0, newest - after),
        head=before,
        sealed_at=last.sealed_at if last else None,
        faults=tuple(faults[:MOST_FAULTS]),
        erased=len(erased),
        purged=len(purged),
        knows_head=is_known if head else None,
    )


def _add(faults: list[Fault], more: Iterable[Fault]) -> None:
    """Keep the first faults: where everything was changed there is one a line."""
    faults += islice(more, max(0, MOST_FAULTS - len(faults)))


async def _between(store: Store, after: int, up_to: int) -> Mapping[int, Line]:
    """All lines of a stretch, also where somebody has added many."""
    found: dict[int, Line] = {}
    while page := await store.audit.lines(after, up_to, limit=LINES_AT_ONCE):
        found |= {line.id: line for line in page}
        after = page[-1].id
    return found


async def _told(store: Store, time: TimeSource) -> tuple[dict[str, int], set[int]]:
    """What lines of no request tell: digests of purges, with the line of each, and lines whose words were erased."""
    named, erased, after = {}, set(), 0
    while page := await store.audit.told(after, limit=LINES_AT_ONCE):
        for line in page:
            detail = detail_of(line.entry)
            if "digest" in detail:
                named[str(detail["digest"])] = line.id
            if isinstance(number := detail.get("erased"), int):
                erased.add(number)
        after = page[-1].id
        await time.sleep(0)
    return named, erased


async def _purges(store: Store, time: TimeSource) -> AsyncIterator[list[Tombstone]]:
    """What each purge has left."""
    purge: list[Tombstone] = []
    last: Tombstone | None = None
    while page := await store.audit.tombstones(last, limit=LINES_AT_ONCE):
        for last in page:
            if purge and purge[0].purged_at != last.purged_at:
                yield purge
                purge = []
            purge.append(last)
        await time.sleep(0)
    if purge:
        yield purge


async def _purged(store: Store, time: TimeSource, named: dict[str, int]) -> tuple[Numbers, list[Fault]]:
    """Lines that went with a purge; each purge must have the tombstones that its line names, and each tombstone a purge."""
    numbers = Numbers()
    faults: list[Fault] = []
    async for purge in _purges(store, time):
        numbers.add(number for each in purge for number in numbers_of(each.entries))
        if named.pop(digest_of_tombstones({each.request: each.entries for each in purge}), None) is None:
            words = f"No purge names the tombstones of {purge[0].purged_at:%Y-%m-%d %H:%M} UTC."
            _add(faults, [Fault(entry=None, words=words)])
    words = "The tombstones of this purge are not those that it names."
    _add(faults, (Fault(entry=line, words=words) for line in named.values()))
    return numbers, faults
