"""What pages ask of a store with a thousand and with a million requests of ten years, of which one in twenty is open.

python -m bench.desk                          1,000 and 1,000,000, on both stores
python -m bench.desk sqlite 1000 100000       one store, other numbers
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time, thread_time
from types import SimpleNamespace
from typing import Any, Final, cast
from unittest.mock import patch

import asyncpg
import msgspec

from bench.made_up_words import ADJECTIVES, BRANCHES, NOUNS, PLACES, SURNAMES, TOPICS
from bench.postgres import postgres
from bench.report import heading, table
from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.search import search
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.search import AgeRange, MarkedAs, SearchQuery, Which
from gateway.desk.structs.worklists import WorklistQuery
from gateway.desk.today import count_work
from gateway.desk.worklists import show_worklist
from gateway.iso18626.codes import ServiceType
from gateway.store import encoding
from gateway.store.factory import open_store
from gateway.store.port import Store
from gateway.store.register_rows import lines_of
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.values import Wanted

WORDS = """\
Requests of ten years, 300 partners of which few ask for most, six branches; one in twenty is open, most of those are out. Each question is asked
60 times with values drawn anew, after some to warm up, as a page asks the desk: partners, rows with their words, counts of all
facets. “cpu” is this process's processor time, the median; “loop” the longest stretch of its event loop, in processor time too, so that what else
the machine does is in neither. Rendering is not in it."""
SIZES: Final = (1_000, 1_000_000)
STORES: Final = ("sqlite", "postgresql")
TIMES: Final = 60
WARM_UP: Final = 5
NOW: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
YEARS_S: Final = 10 * 365 * 86_400
PARTNERS: Final = 300
AT_ONCE: Final = 5_000
CALLER: Final = Caller(name="technician", role=StaffRole.TECHNICIAN)

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
)
LENT_ENDED: Final = ((State.COMPLETED, 70), (State.UNFILLED, 28), (State.LOST, 2))
OURS_ENDED: Final = ((State.COMPLETED, 80), (State.UNFILLED, 20))

Question = Callable[[], Awaitable[Any]]


def made_up(count: int) -> Iterator[Request]:
    """Requests in the order in which they were made; the open ones are mostly among the last."""
    chance = random.Random(1)
    for number in range(count):
        made = NOW - timedelta(seconds=YEARS_S * (count - number) / count)
        is_open = chance.random() < (0.45 if number > 0.9 * count else 0.005)
        yield one(number, made, chance, is_open=is_open)


def one(number: int, made: datetime, chance: random.Random, *, is_open: bool) -> Request:
    """A request of either role."""
    lent = chance.random() < 0.7
    among = (LENT_OPEN if lent else OURS_OPEN) if is_open else (LENT_ENDED if lent else OURS_ENDED)
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
        peer="hub",
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
        due_at=NOW + timedelta(days=chance.randint(-20, 40)) if is_open else made,
        borrowing=None if lent else Borrowing(pickup_branch=branch),
        note="x" * 600,
    )


# ── filling ──────────────────────────────────────────────────────────────────────────────────────


def rows_of(requests: Iterable[Request], first: int) -> dict[str, list[tuple[Any, ...]]]:
    """What a commit would write of them, by table."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "requests": [],
        "register": [],
        "register_words": [],
        "register_numbers": [],
    }
    for line, request in enumerate(requests, first):
        entered, (_, is_open, words), numbers = lines_of(request)
        updated, key = int(request.updated_at.timestamp() * 1e6), request.requesting_agency.casefold()
        about = (request.id, request.role.value, request.state.value, request.version, request.peer, request.partner)
        number = request.partner_request_id
        rows["requests"].append((*about, key, number, updated, "", encoding.encode(request)))
        rows["register"].append((line, *entered, 1))
        rows["register_words"].append((line, is_open, words))
        rows["register_numbers"] += [(number, line) for _, number in numbers]
    return rows


COLUMNS: Final = {
    "requests": [
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
    ],
    "register": [
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
    ],
    "register_words": ["line", "is_open", "words"],
    "register_numbers": ["number", "line"],
}


def pieces(count: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """All rows, so many requests at once."""
    requests, first = made_up(count), 1
    while piece := list(islice(requests, AT_ONCE)):
        yield rows_of(piece, first)
        first += len(piece)


def fill_sqlite(path: Path, count: int) -> None:
    """Write them past the store."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    for rows in pieces(count):
        with connection:
            for name, of_table in rows.items():
                places = ", ".join("?" * len(COLUMNS[name]))
                statement = f"INSERT INTO {name} ({', '.join(COLUMNS[name])}) VALUES ({places})"  # noqa: S608 - constants
                connection.executemany(statement, of_table)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def fill_postgres(url: str, count: int) -> None:
    """Likewise, and let the planner know."""
    connection = await asyncpg.connect(url)
    for rows in pieces(count):
        async with connection.transaction():
            for name, of_table in rows.items():
                await connection.copy_records_to_table(name, records=of_table, columns=COLUMNS[name])
    await connection.execute("ANALYZE")
    await connection.close()


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def questions(desk: Desk, chance: random.Random) -> dict[str, Question]:
    """What is asked, by its name in the table."""

    def ask(**fields: Callable[[], Any]) -> Question:
        return lambda: search(desk, CALLER, SearchQuery(**{name: value() for name, value in fields.items()}))

    def some(values: Sequence[Any]) -> Callable[[], Any]:
        return lambda: chance.choice(values)

    partners = [(f"partner-{number}",) for number in range(1, PARTNERS)]
    asked = {
        "all requests": ask(),
        "a branch, late": ask(branch=lambda: (chance.choice(BRANCHES),), flag=lambda: (MarkedAs.LATE,)),
        "a partner": ask(partner=some(partners)),
        "ended, of a branch": ask(which=lambda: Which.ENDED, branch=lambda: (chance.choice(BRANCHES),)),
        "ended, a rare state": ask(
            which=lambda: Which.ENDED, state=lambda: (State.LOST,), age=lambda: (AgeRange.OLDER,)
        ),
        "search: a common word": ask(q=some(TOPICS)),
        "search: two words": ask(q=lambda: f"{chance.choice(NOUNS)} {chance.choice(SURNAMES)}"),
        "search: a rare word": ask(q=lambda: f"{chance.randrange(5000):x} {chance.choice(PLACES).split()[0]}"),
        "search: a beginning": ask(q=lambda: chance.choice(TOPICS)[:4]),
        "search: a barcode": ask(q=lambda: f"3{chance.randrange(900) * 7:013}"),
        "search: how barcodes begin": ask(q=lambda: "30000"),
        "counts of all lists": lambda: count_work(desk),
    }
    lists = {f"list: {name}": partial(show_worklist, desk, CALLER, name, WorklistQuery()) for name in ListName}
    return asked | lists


class Figure(msgspec.Struct, frozen=True):
    """Of one question, in milliseconds."""

    p50: float
    p95: float
    cpu: float
    """Processor time of this process, all its threads, the median."""
    loop: float
    """The longest stretch of the event loop, in processor time: what else the machine does is not in it."""

    @property
    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        return tuple(f"{value:.1f}" for value in (self.p50, self.p95, self.cpu, self.loop))


async def measured(question: Question) -> Figure:
    """Ask again and again."""
    for _ in range(WARM_UP):
        await question()
    took, cpu = [], []
    with longest_stretch() as held:
        for _ in range(TIMES):
            began, spent = perf_counter(), process_time()
            await question()
            took.append((perf_counter() - began) * 1e3)
            cpu.append((process_time() - spent) * 1e3)
            await asyncio.sleep(0)
    cuts = quantiles(took, n=20)
    return Figure(p50=cuts[9], p95=cuts[18], cpu=median(cpu), loop=held[0])


@contextmanager
def longest_stretch() -> Iterator[list[float]]:
    """Measure each callback of the event loop until the block ends; give the longest, in milliseconds."""
    held, run = [0.0], vars(asyncio.Handle)["_run"]

    def timed(handle: asyncio.Handle) -> None:
        began = thread_time()
        run(handle)
        held[0] = max(held[0], (thread_time() - began) * 1e3)

    with patch.object(asyncio.Handle, "_run", timed):  # asyncio has no hook for it
        yield held


def desk_on(store: Store) -> Desk:
    """As much of a desk as these questions need."""
    library = OurLibrary(name="Sample", branches={code: code.title() for code in BRANCHES})
    status = SimpleNamespace(trouble=None)
    parts = {"now": lambda: NOW, "today": NOW.date, "zone": UTC, "library": library, "acs_status": lambda: status}
    return cast(Desk, SimpleNamespace(store=store, **parts))


@contextmanager
def url_of(kind: str) -> Iterator[str]:
    """An empty database."""
    if kind == "postgresql":
        with postgres() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/gateway.sqlite"


async def figures(url: str, count: int) -> dict[str, Figure]:
    """Fill a store, and ask it each question."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    await store.seed([], [Partner(id=f"partner-{n}", name=f"Library of {PLACES[n % len(PLACES)]} {n}", peer="hub") for n in range(PARTNERS)])  # fmt: skip
    if url.startswith("sqlite"):
        await asyncio.to_thread(fill_sqlite, Path(url.removeprefix("sqlite:///")), count)
    else:
        await fill_postgres(url, count)
    found: dict[str, Figure] = {}
    for name, question in questions(desk_on(store), random.Random(2)).items():
        found[name] = await measured(question)
        print(".", end="", file=sys.stderr, flush=True)
    await store.close()
    return found


def main() -> None:
    """Measure and print."""
    kinds = [each for each in sys.argv[1:] if each in STORES] or STORES
    sizes = [int(each) for each in sys.argv[1:] if each.isdigit()] or SIZES
    heading("desk: what pages ask of a store", WORDS)
    for kind in kinds:
        found = []
        for count in sizes:
            with url_of(kind) as url:
                found.append(asyncio.run(figures(url, count)))
        columns = [f"{size:,}: {what}" for size in sizes for what in ("p50", "p95", "cpu", "loop")]
        first, last = found[0], found[-1]
        rows = [
            (name, *(cell for each in found for cell in each[name].cells), f"{last[name].cpu / first[name].cpu:.1f}")
            for name in first
        ]
        table((f"{kind}, ms", *columns, "cpu, times"), rows)


if __name__ == "__main__":
    main()
