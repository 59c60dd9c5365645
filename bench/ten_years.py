"""A store that holds ten years of requests, of which one in twenty is open: what is in it, and how it is written past the store's port.

Few of 300 partners ask for most. What is open has a clock that runs, what is to be decided a task, and what is borrowed a customer.
Pages look at SHORT stories: most have four lines; one in ninety-seven has thirty, with a protocol's message in each. WHOLE ones have what
loans leave behind: thirty lines each, ten of them with a protocol's message, and ten messages of the partner's; of what is older than a year the
raw messages are gone, as by [retention].

python -m bench.ten_years URL [N]     fill a store (made by a gateway, which does not run) with so many requests, a million, and WHOLE stories
"""

import asyncio
import random
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec

from bench.made_up_words import ADJECTIVES, BRANCHES, NOUNS, PLACES, SURNAMES, TOPICS
from bench.settings import PEER
from gateway.clock import SystemTime
from gateway.dispatch.sealing import Sealer
from gateway.iso18626.codes import ServiceType
from gateway.store import encoding
from gateway.store.borrowing_port import Customer
from gateway.store.columns import stamp
from gateway.store.keeping_tables import ERASED
from gateway.store.port import Store
from gateway.store.register_rows import lines_of
from gateway.store.values import HistoryEntry, HistoryKind
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.effects import StartTimer
from gateway.workflow.partners import Partner
from gateway.workflow.records import Clock, Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.staff import LookUpWay
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import Wanted

PARTNERS: Final = 300
PERIODICALS: Final = 2_000
"""Of which articles are asked for; some of them often."""
LONG_STORY_EVERY: Final = 97
KEPT_RAW: Final = timedelta(days=365)
_YEARS_S: Final = 10 * 365 * 86_400
_AT_ONCE: Final = 5_000


class Depth(msgspec.Struct, frozen=True):
    """What belongs to each request: 0 lines stand for stories as pages look at them."""

    lines: int
    messages: int


SHORT: Final = Depth(lines=0, messages=0)
WHOLE: Final = Depth(lines=30, messages=10)

LENT_OPEN: Final = (
    (State.LOANED, 70),
    (State.OVERDUE, 8),
    (State.WILL_SUPPLY, 2),
    (State.ARRIVED, 2),
    (State.DECIDING, 2),
)
OURS_OPEN: Final = (
    (State.WITH_CUSTOMER, 50),
    (State.ASKING, 20),
    (State.ON_ITS_WAY, 10),
    (State.ON_SHELF, 10),
    (State.TO_RETURN, 3),
    (State.LOST, 2),
)
LENT_ENDED: Final = ((State.COMPLETED, 70), (State.UNFILLED, 28), (State.LOST, 2))
OURS_ENDED: Final = ((State.COMPLETED, 80), (State.UNFILLED, 20))


def made_up(count: int, now: datetime) -> Iterator[Request]:
    """Requests of the ten years before, in the order in which they were made; the open ones are mostly among the last."""
    chance = random.Random(1)
    for number in range(count):
        made = now - timedelta(seconds=_YEARS_S * (count - number) / count)
        is_open = chance.random() < (0.45 if number > 0.9 * count else 0.005)
        yield one(number, made, chance, now if is_open else None)


def one(number: int, made: datetime, chance: random.Random, open_at: datetime | None) -> Request:
    """A request of either role; open, if a time is given, which it is due around."""
    lent = chance.random() < 0.7
    among = (LENT_OPEN if lent else OURS_OPEN) if open_at else (LENT_ENDED if lent else OURS_ENDED)
    (state,) = chance.choices([state for state, _ in among], weights=[weight for _, weight in among])
    partner = f"partner-{min(int(chance.paretovariate(0.8)), PARTNERS - 1)}"
    branch = chance.choice(BRANCHES)
    adjective, noun, topic = chance.choice(ADJECTIVES), chance.choice(NOUNS), chance.choice(TOPICS)
    title = f"The {adjective} {noun} of {chance.choice(PLACES)}: {topic} {number % 5000:x}"
    copy = Copy(
        item_barcode=f"3{number * 7 % 10**12:013}", branch=branch, title=title, call_number=f"QA {number % 999}"
    )
    return Request(
        id=f"{'L' if lent else 'B'}{number:010}",
        role=Role.LENDING if lent else Role.BORROWING,
        state=state,
        version=9,
        peer=PEER,
        partner=partner,
        requesting_agency=f"ISIL:XX-{partner}",
        supplying_agency="ISIL:XX-US",
        partner_request_id=f"{chance.getrandbits(40):x}-{number}",
        created_at=made,
        updated_at=made + timedelta(days=3),
        state_since=made + timedelta(days=2),
        service=ServiceType.LOAN if chance.random() < 0.8 else ServiceType.COPY,
        level="Rush" if chance.random() < 0.05 else None,
        wanted=Wanted(title=title, author=f"{chance.choice(SURNAMES)}, {adjective[0]}."),
        items=(Item(copy=copy, place=ItemPlace.OUT if state in {State.LOANED, State.OVERDUE} else ItemPlace.HELD),),
        due_at=open_at + timedelta(days=chance.randint(-20, 40)) if open_at else made,
        borrowing=None if lent else Borrowing(pickup_branch=branch),
        note="x" * 600,
    )


# ── what is written ──────────────────────────────────────────────────────────────────────────────

Rows = dict[str, list[tuple[Any, ...]]]

COLUMNS: Final = {
    "requests": (
        "id",
        "role",
        "state",
        "version",
        "peer",
        "partner",
        "requesting_agency_key",
        "partner_request_id",
        "updated_at",
        "search",
        "body",
    ),
    "register": (
        "line",
        "request",
        "is_open",
        "role",
        "state",
        "partner",
        "branch",
        "service",
        "created_at",
        "updated_at",
        "state_since",
        "due_at",
        "flags",
        "assigned_to",
        "changed",
    ),
    "register_words": ("line", "is_open", "words"),
    "register_numbers": ("number", "line"),
    "history": ("request", "at", "entry"),
    "messages": (
        "request",
        "peer",
        "digest",
        "content",
        "received_at",
        "kind",
        "ok",
        "document",
        "confirmation",
        "repairs",
    ),
    "effects": ("request", "key", "kind", "lane", "is_first", "due_at", "effect"),
    "tasks": ("request", "kind", "words", "opened_at", "closed_at"),
    "customers": ("request", "body"),
    "customer_works": ("request", "barcode", "work", "asked_at"),
    "copied": ("request", "key", "asked_at"),
    "look_ups": ("at", "looked_by", "request", "way", "what"),
}
"""The columns of each table that are given; a table comes after those that it refers to."""


def rows_of(requests: Iterable[Request], first: int, now: datetime, depth: Depth = SHORT) -> Rows:
    """What the store would have written of them, by table."""
    rows: Rows = {name: [] for name in COLUMNS}
    for line, request in enumerate(requests, first):
        entered, (_, is_open, words), numbers = lines_of(request)
        rows["requests"].append(_request(request))
        rows["register"].append((line, *entered, 1))
        rows["register_words"].append((line, is_open, words))
        rows["register_numbers"] += [(number, line) for _, number in numbers]
        _add_work(rows, line, request, now, is_open=bool(is_open))
        _add_story(rows, line, request, now, depth)
    return rows


def _request(request: Request) -> tuple[Any, ...]:
    about = (request.id, request.role.value, request.state.value, request.version, request.peer, request.partner)
    key, number = request.requesting_agency.casefold(), request.partner_request_id
    return (*about, key, number, stamp(request.updated_at), "", encoding.encode(request))


def _add_work(rows: Rows, line: int, request: Request, now: datetime, *, is_open: bool) -> None:
    """Add what is to be done for a request: its clock, its tasks, its customer."""
    at = stamp(request.created_at)
    if is_open:
        clock = StartTimer(clock=Clock.BILLABLE, since=request.created_at)
        timer = (str(clock.key), "timer", "", True, stamp(now + timedelta(days=99)), encoding.encode(clock))
        rows["effects"].append((request.id, *timer))
    if request.state is State.DECIDING:
        rows["tasks"].append((request.id, TaskKind.ANSWER.value, "No copy could be found.", at, None))
    elif line % 7 == 0:
        closed = None if is_open and line % 3 == 0 else at
        rows["tasks"].append((request.id, TaskKind.READ_NOTE.value, "The other side wrote a note.", at, closed))
    if request.role is Role.BORROWING and request.service is ServiceType.COPY and line % 2:
        title = line % 97 * (line % 89) % PERIODICALS
        rows["copied"].append((request.id, f"issn:{title:08}/{request.created_at.year}", at))
    if request.role is Role.BORROWING and is_open:
        card = f"2{line * 31 % 20_000:013}"
        rows["customers"].append((request.id, encoding.encode(Customer(barcode=card))))
        rows["customer_works"].append((request.id, card, f"isbn:{line}", at))
        if line % 5 == 0:
            shown = (LookUpWay.REQUEST.value, "name: to call the customer")
            rows["look_ups"].append((at, "technician", request.id, *shown))


def _add_story(rows: Rows, line: int, request: Request, now: datetime, depth: Depth) -> None:
    """Add what has happened to a request."""
    at, is_old = stamp(request.created_at), request.created_at < now - KEPT_RAW
    if depth.lines:
        story = _whole_story(depth.lines, is_old=is_old)
    else:
        story = LONG_STORY if line % LONG_STORY_EVERY == 0 else STORY
    rows["history"] += [(request.id, at + place, entry) for place, entry in enumerate(story)]
    document = b"" if is_old else DOCUMENT
    rows["messages"] += [
        (
            request.id,
            PEER,
            f"{at // 1000 + place:011x}{line:032x}",
            f"{line * 16 + place:032x}",
            at + place,
            "requestingAgencyMessage" if place else "request",
            True,
            document,
            CONFIRMATION,
            "[]",
        )
        for place in range(depth.messages)
    ]


DOCUMENT: Final = b"<ISO18626Message>" + b"x" * 1_500
CONFIRMATION: Final = b"<ISO18626Message>" + b"x" * 500


@cache
def _whole_story(count: int, *, is_old: bool) -> tuple[str, ...]:
    """Each third line is one of a protocol, of which a digest alone is kept if it is old."""
    raw = {
        "sent": f"{ERASED}{'0' * 32}" if is_old else "9" * 150,
        "received": f"{ERASED}{'1' * 32}" if is_old else "9" * 250,
    }
    at = datetime.fromisoformat("2020-02-02T12:00:00Z")
    words = "The circulation system has checked the item in, and the partner was told."
    kinds = (HistoryKind.DECISION, HistoryKind.NOTE, HistoryKind.SIP2)
    lines = (
        HistoryEntry(at=at, by="gateway", kind=kind, words=words, detail=raw if kind is HistoryKind.SIP2 else {})
        for kind in islice(cycle(kinds), count)
    )
    return tuple(map(encoding.encode, lines))


def _story(count: int, detail: int) -> tuple[str, ...]:
    """Give so many lines, each with so many characters of a message."""
    texts = {"request": "9" * detail} if detail else {}
    kinds = (HistoryKind.DECISION, HistoryKind.SIP2, HistoryKind.MESSAGE_OUT)
    at = datetime.fromisoformat("2020-02-02T12:00:00Z")
    words = "The circulation system has checked the item in, and the partner was told."
    lines = (
        HistoryEntry(at=at, by="gateway", kind=kinds[place % 3], words=words, detail=texts) for place in range(count)
    )
    return tuple(map(encoding.encode, lines))


STORY: Final = _story(4, 0)
LONG_STORY: Final = _story(30, 1_000)


def partners() -> list[Partner]:
    """The libraries that ask and are asked, in the order of their numbers."""
    return [
        Partner(id=f"partner-{number}", name=f"Library of {PLACES[number % len(PLACES)]} {number}", peer=PEER)
        for number in range(PARTNERS)
    ]


_FOLLOWED: Final = (
    """
    INSERT INTO facts (line, changed, seen, state, standing, role, partner, own, branch, service, policy_line, proposal, proposal_reason,
                       decision, decision_reason, difference, by_person, outcome, reason, proposed_item, taken_up, place, asked, attempt,
                       currency, charged, paid, arrived_at, answered_at, supplied_at, unfilled_at, ended_at)
    SELECT line, changed, 0, state, '', role, partner, 0, branch, service, '', '', '', '', '', '', 0, CASE WHEN is_open THEN 'open' ELSE 'supplied' END, '', '', 0, 0, 1, 1, '', 0, 0,
           created_at, created_at + 7200000000, CASE WHEN state IN ('loaned', 'overdue', 'completed') THEN created_at + 86400000000 END,
           CASE WHEN state = 'unfilled' THEN created_at + 7200000000 END, CASE WHEN NOT is_open THEN updated_at END
    FROM register WHERE line >= {first}""",
    "UPDATE fact_mark SET changed = (SELECT max(changed) FROM register), line = (SELECT max(line) FROM register)",
)
"""Says that figures have followed all of it, with a fact for each, or a gateway would for ten minutes."""


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


async def fill(url: str, count: int, now: datetime, depth: Depth = SHORT) -> None:
    """Write so many into a store whose tables are there, behind what is in it; nobody else may write meanwhile."""
    if url.startswith("sqlite"):
        fill_sqlite(Path(url.removeprefix("sqlite:///")), count, now, depth)
    else:
        await _fill_postgres(url, count, now, depth)


def _pieces(count: int, first: int, now: datetime, depth: Depth) -> Iterator[Rows]:
    """All rows, so many requests at once."""
    requests = made_up(count, now)
    while piece := list(islice(requests, _AT_ONCE)):
        yield rows_of(piece, first, now, depth)
        first += len(piece)


def fill_sqlite(path: Path, count: int, now: datetime, depth: Depth = SHORT) -> None:
    """Write so many into a SQLite file."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    (first,) = connection.execute(_FIRST).fetchone()
    for rows in _pieces(count, first, now, depth):
        with connection:
            for name, of_table in rows.items():
                places = ", ".join("?" * len(COLUMNS[name]))
                statement = f"INSERT INTO {name} ({', '.join(COLUMNS[name])}) VALUES ({places})"  # noqa: S608 - constants
                connection.executemany(statement, of_table)
    with connection:
        for statement in _FOLLOWED:
            connection.execute(statement.format(first=first))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def _fill_postgres(url: str, count: int, now: datetime, depth: Depth) -> None:
    """Likewise, and let the planner know."""
    connection = await asyncpg.connect(url)
    first = await connection.fetchval(_FIRST)
    for rows in _pieces(count, first, now, depth):
        async with connection.transaction():
            for name, of_table in rows.items():
                # Whether each line's request is there needs no look, one by one; the register's triggers are needed.
                await connection.execute(
                    f"SET LOCAL session_replication_role = {'replica' if name in _MANY else 'origin'}"
                )
                await connection.copy_records_to_table(name, records=of_table, columns=COLUMNS[name])
    await connection.fetchval("SELECT setval(pg_get_serial_sequence('register', 'line'), $1)", first + count - 1)
    for statement in _FOLLOWED:
        await connection.execute(statement.format(first=first))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


class Restless(SystemTime):
    """For work that pauses between its pieces."""

    async def sleep(self, delay_s: float) -> None:  # noqa: ARG002 - none is long
        """Let others run, no more."""
        await asyncio.sleep(0)


async def seal_all(store: Store) -> int:
    """Seal all of history, as a gateway would within hours; give how many lines."""
    sealer = Sealer(store, Restless())
    await sealer.run_once()
    return await sealer.run_once()


_FIRST: Final = "SELECT coalesce(max(line), 0) + 1 FROM register"
_MANY: Final = frozenset({"history", "messages"})


def main() -> None:
    """Fill, and say how long it took."""
    url, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    began, spent = time.perf_counter(), time.process_time()
    asyncio.run(fill(url, count, datetime.now(UTC), WHOLE))
    print(
        f"{count:,} requests, {count * WHOLE.lines:,} lines of history, {count * WHOLE.messages:,} messages: "
        f"{time.perf_counter() - began:.0f} s, {time.process_time() - spent:.0f} s of this process's CPU"
    )


if __name__ == "__main__":
    main()
