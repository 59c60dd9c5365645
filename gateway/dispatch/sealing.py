"""Seals history, by one gateway, behind the commits and without slowing them; and looks whether the chain holds (store/sealing.py)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from itertools import islice
from typing import Any, Final, Protocol

import msgspec
import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.dispatch.audit_progress import Looks, Progress
from gateway.dispatch.sealed_to import SealedTo
from gateway.store.keeping_tables import digest_of_tombstones
from gateway.store.port import Store, StoreError
from gateway.store.sealing import (
    GENESIS,
    GONE_WITH_IT,
    MOST_LINES,
    Book,
    ChainFault,
    IdSet,
    Leaf,
    Seal,
    StoredLine,
    Tombstone,
    faults_of_seal,
    numbers_of,
    seal,
)
from gateway.store.values import too_late

EVERY_S: Final = 60.0
LINES_AT_ONCE: Final = 500
"""Of one seal: some milliseconds of the event loop."""
PAUSE_S: Final = 0.02
MOST_FAULTS: Final = 100
_BOOKS: Final = frozenset(Book)
HEAD_MAILED: Final = "mail audit head"
"""The duty under whose name the day of the last mail is kept."""
MAIL_AGAIN_S: Final = 3600.0

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
    faults: tuple[ChainFault, ...]
    """The first of them."""
    erased: int
    purged: int
    knows_head: bool | None
    """Whether the head that was asked about is one of the chain's; None if none was."""
    book_seals: int
    book_lines: int
    """Lines of the books that are sealed."""
    book_unsealed: int


class _Reach(msgspec.Struct, frozen=True):
    """How far history and the books went, and the mark behind which nothing below that is still to come."""

    books: Mapping[Book, int]
    history: int
    mark: int


class Sealer:
    """Seals what is settled: lines below the newest of a minute ago, once every transaction of then has ended. `on_changed`: see Reached."""

    def __init__(
        self,
        store: Store,
        time: TimeSource,
        mail: MailHead | None = None,
        on_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._time = time
        self._mail = mail
        self._reached = SealedTo(store, on_changed)
        self._seen: _Reach | None = None
        self._told_of: datetime | None = None
        self._mailed_on: datetime | None = None
        self._mails_from_s = float("-inf")

    async def run_once(self) -> int:
        """Seal what is settled, the books first; return how many lines. Raises StoreUnavailable."""
        seen, self._seen = self._seen, await self._reach()
        if seen is None or not await self._store.audit.is_past(seen.mark):
            return 0
        count = sum([await self._seal_all(partial(self._seal_book, *reach)) for reach in seen.books.items()])
        count += await self._seal_all(partial(self._seal, seen.history))
        await self._tell_head()
        return count

    async def _reach(self) -> _Reach:
        books = await self._store.audit.books.newest()
        return _Reach(books, *await self._store.audit.newest())

    async def _seal_all(self, seal_some: Callable[[], Awaitable[int]]) -> int:
        count = 0
        while sealed := await seal_some():
            count += sealed
            await self._time.sleep(PAUSE_S)
        return count

    async def _seal(self, up_to: int) -> int:
        before = await self._store.audit.last_seal()
        after = await self._reached.by_history(before, up_to)
        lines = await self._store.audit.lines(after, up_to, limit=LINES_AT_ONCE)
        books = await self._store.audit.books.last_seal()
        beside = books.head if books else ""
        if not lines or not await self._store.audit.add_seal(seal(lines, before, self._time.now(), beside)):
            return 0
        return len(lines)

    async def _seal_book(self, book: Book, up_to: int) -> int:
        books = self._store.audit.books
        before, after = await books.last_seal(), await self._reached.by_book(book, up_to)
        lines = await books.lines(book, after, up_to, limit=LINES_AT_ONCE)
        if not lines or not await books.add_seal(seal(lines, before, self._time.now(), book.value)):
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
        """Mail the head once a day, by whichever gateway; an hour later where the mail server did not take it. A day without is no gap: the next head
        seals it too.
        """
        now, mailed = self._time.now(), await self._store.turn_of(HEAD_MAILED)
        is_mailed = self._mailed_on == day or (mailed is not None and day <= mailed < too_late(now))
        if is_mailed or self._time.monotonic() < self._mails_from_s:
            return
        trouble = await mail(last)
        if trouble is None:
            self._mailed_on = day
            await self._store.take_turn(HEAD_MAILED, at=day, now=now)
        else:
            self._mails_from_s = self._time.monotonic() + MAIL_AGAIN_S
            _log.warning("the head of the audit chain could not be mailed", why=trouble)


async def run(sealer: Sealer, *, clock: TimeSource, take_on: TakeOn) -> None:
    """Seal every minute, by one gateway, until cancelled."""
    while True:
        try:
            if await take_on(clock.now().replace(second=0, microsecond=0)):
                await sealer.run_once()
        except StoreError as exc:
            _log.warning("could not seal history", why=type(exc).__name__)
        except Exception:  # noqa: BLE001 - a seal that somebody has changed may not end the sealing; it is logged whole
            _log.exception("sealing failed")
        await clock.sleep(EVERY_S)


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


class ReadLines(Protocol):
    """Reads a page of history or of a book."""

    async def __call__(self, after: int, up_to: int, *, limit: int) -> tuple[StoredLine, ...]:
        """Return lines in the order of their ids."""


class _Detail(msgspec.Struct):
    """Of what a line of no request tells, what the chain has to know."""

    digest: Any = None
    erased: Any = None
    gone: dict[Book, str] = msgspec.field(default_factory=dict, name=GONE_WITH_IT)


class _Telling(msgspec.Struct):
    """A line of no request."""

    detail: _Detail = msgspec.field(default_factory=_Detail)


class _Told(msgspec.Struct):
    """What lines of no request tell."""

    purges: dict[str, int] = {}
    """Digests of purges of requests, with the line of each."""
    erased: set[int] = set()
    """Lines whose words were erased."""
    of_books: dict[Book, IdSet] = msgspec.field(default_factory=lambda: {book: IdSet() for book in Book})
    """Lines of the books that went with an old bill or invoice."""
    faults: list[ChainFault] = []
    """Lines that can't be read."""

    def take(self, line: StoredLine) -> None:
        """Take up what a line tells. Raises msgspec.DecodeError or ValueError if it is none that the gateway writes."""
        detail = msgspec.json.decode(line.entry or "{}", type=_Telling).detail
        if detail.digest is not None:
            self.purges[str(detail.digest)] = line.id
        if isinstance(detail.erased, int):
            self.erased.add(detail.erased)
        for book, numbers in detail.gone.items():
            self.of_books[book].add(numbers_of(numbers))


async def audit(store: Store, time: TimeSource, looks: Looks, zone: tzinfo, head: str | None = None) -> Audited:
    """Go through the whole chain, all of history and the books, a page at a time; `head` is one that was kept elsewhere. Raises StoreUnavailable.

    What it says of times is by the library's zone.

    A purge or an erasure in the middle of a look takes what the look has yet to read, and what tells of it was read before. So where a look
    finds faults there is a second one, and what counts is what both have found.
    """
    with looks.one(Progress(time, (await store.audit.newest())[0])) as progress:
        first = await _look(store, time, zone, head, progress)
        if not first.faults:
            return first
        again = await _look(store, time, zone, head, progress)
    return msgspec.structs.replace(again, faults=tuple(fault for fault in again.faults if fault in first.faults))


async def _look(store: Store, time: TimeSource, zone: tzinfo, head: str | None, progress: Progress) -> Audited:
    """Go through the chain once."""
    told = await _told(store, time)
    erased = told.erased
    purged, faults = await _purged(store, time, zone, told.purges)
    _add(faults, told.faults)
    before, after, number, lines, is_known = GENESIS, 0, 0, 0, False
    last: Seal | None = None
    vouched: dict[str, int] = {}
    while found := await store.audit.seals(number, limit=1):
        last = found[0]
        if last.number != number + 1:
            faults.append(ChainFault(entry=None, words=f"Seal {number + 1} is missing."))
        up_to = _end(last, after)
        kept = await _between(store.audit.lines, after, up_to, last.leaves)
        _add(faults, faults_of_seal(last, before, kept, purged, erased))
        before, after, number, lines = last.head, up_to, last.number, lines + len(last.leaves)
        progress.tell(after)
        is_known = is_known or last.head == head
        if last.beside:
            vouched.setdefault(last.beside, last.number)
        await time.sleep(0)
    newest, _ = await store.audit.newest()
    books = await _look_at_books(store, time, told.of_books, vouched)
    _add(faults, books.faults)
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
        book_seals=books.seals,
        book_lines=books.lines,
        book_unsealed=sum(
            max(0, newest - books.sealed_to[book]) for book, newest in (await store.audit.books.newest()).items()
        ),
    )


class _Books(msgspec.Struct):
    """What a look at the chain over the books came to."""

    seals: int = 0
    lines: int = 0
    sealed_to: dict[Book, int] = msgspec.field(default_factory=lambda: dict.fromkeys(Book, 0))
    faults: list[ChainFault] = []


async def _look_at_books(
    store: Store, time: TimeSource, purged: Mapping[Book, IdSet], vouched: dict[str, int]
) -> _Books:
    """Go through the chain over the books; each head that a seal of history vouches for must be one of it."""
    looked, before = _Books(), GENESIS
    while found := await store.audit.books.seals(looked.seals, limit=1):
        last = found[0]
        if last.number != looked.seals + 1:
            _add(looked.faults, [ChainFault(entry=None, words=f"Seal {looked.seals + 1} of the books is missing.")])
        if last.beside in _BOOKS:
            await _look_at_stretch(store, last, before, purged, looked)
        else:
            _add(looked.faults, [ChainFault(entry=None, words=f"Seal {last.number} of the books is of none of them.")])
        vouched.pop(last.head, None)
        before, looked.seals = last.head, last.number
        looked.lines += len(last.leaves)
        await time.sleep(0)
    words = "The books are not those that seal {} vouches for."
    _add(looked.faults, (ChainFault(entry=None, words=words.format(number)) for number in vouched.values()))
    return looked


async def _look_at_stretch(store: Store, last: Seal, before: str, purged: Mapping[Book, IdSet], looked: _Books) -> None:
    """Compare one seal over a book with its lines."""
    book = Book(last.beside)
    up_to = _end(last, looked.sealed_to[book])
    kept = await _between(partial(store.audit.books.lines, book), looked.sealed_to[book], up_to, last.leaves)
    _add(looked.faults, map(partial(_of_book, book), faults_of_seal(last, before, kept, purged[book], ())))
    looked.sealed_to[book] = up_to


def _end(last: Seal, after: int) -> int:
    """Return the last line of a seal's stretch; a seal of which the leaves were changed to none that there can be reaches no further than the one before."""
    return last.leaves[-1].id if last.leaves and last.leaves[-1].id <= MOST_LINES else after


def _of_book(book: Book, fault: ChainFault) -> ChainFault:
    """Name the book in a fault of a line or a seal of it; `entry` is for lines of history alone."""
    where = book.called if fault.entry is None else f"{book.called}, line {fault.entry}"
    return ChainFault(entry=None, words=f"{where[0].upper()}{where[1:]}: {fault.words}")


def _add(faults: list[ChainFault], more: Iterable[ChainFault]) -> None:
    """Keep the first faults: where everything was changed there is one a line."""
    faults += islice(more, max(0, MOST_FAULTS - len(faults)))


async def _between(read: ReadLines, after: int, up_to: int, leaves: Iterable[Leaf]) -> Mapping[int, StoredLine]:
    """The lines of a stretch: those that are sealed, and of what somebody has added, or claims for it by a leaf, as much as is named."""
    found: dict[int, StoredLine] = {}
    added, known = 0, {leaf.id for leaf in leaves}
    while page := await read(after, up_to, limit=LINES_AT_ONCE):
        kept = [line for line in page if line.id in known or added < MOST_FAULTS]
        added += sum(line.id not in known for line in kept)
        found |= {line.id: line for line in kept}
        after = page[-1].id
    return found


async def _told(store: Store, time: TimeSource) -> _Told:
    """Read what lines of no request tell."""
    told, after = _Told(), 0
    while page := await store.audit.told(after, limit=LINES_AT_ONCE):
        for line in page:
            try:
                told.take(line)
            except (msgspec.DecodeError, ValueError):
                _add(told.faults, [ChainFault(entry=line.id, words="What it tells can't be read.")])
        after = page[-1].id
        await time.sleep(0)
    return told


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


async def _purged(
    store: Store, time: TimeSource, zone: tzinfo, named: dict[str, int]
) -> tuple[IdSet, list[ChainFault]]:
    """Lines that went with a purge; each purge must have the tombstones that its line names, and each tombstone a purge."""
    numbers = IdSet()
    faults: list[ChainFault] = []
    async for purge in _purges(store, time):
        for each in purge:
            try:
                numbers.add(numbers_of(each.entries))
            except ValueError:
                words = f"The lines that the tombstone of {each.request} names can't be read."
                _add(faults, [ChainFault(entry=None, words=words)])
        if named.pop(digest_of_tombstones({each.request: each.entries for each in purge}), None) is None:
            words = f"No purge names the tombstones of {purge[0].purged_at.astimezone(zone):%Y-%m-%d %H:%M}."
            _add(faults, [ChainFault(entry=None, words=words)])
    words = "The tombstones of this purge are not those that it names."
    _add(faults, (ChainFault(entry=line, words=words) for line in named.values()))
    return numbers, faults
