"""What pages ask of a store with a thousand and with a million requests of ten years, of which one in twenty is open.

python -m bench.desk                          1,000 and 1,000,000, on both stores
python -m bench.desk sqlite 1000 100000       one store, other numbers
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from statistics import median, quantiles
from time import perf_counter, process_time, thread_time
from types import SimpleNamespace
from typing import Any, Final, cast
from unittest.mock import patch

import msgspec

from bench.filling import fill
from bench.made_up_words import BRANCHES, NOUNS, PLACES, SURNAMES, TOPICS
from bench.postgres import postgres
from bench.report import heading, table
from bench.ten_years import PARTNERS, partners
from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.search import search
from gateway.desk.shelf import Shelves
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.search import AgeRange, MarkedAs, SearchQuery, Which
from gateway.desk.structs.worklists import WorklistQuery
from gateway.desk.today import count_work
from gateway.desk.worklists import show_worklist
from gateway.store.factory import open_store
from gateway.store.port import Store
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole

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
CALLER: Final = Caller(name="technician", role=StaffRole.TECHNICIAN)

Question = Callable[[], Awaitable[Any]]


def questions(desk: Desk, chance: random.Random) -> dict[str, Question]:
    """What is asked, by its name in the table."""

    def ask(**fields: Callable[[], Any]) -> Question:
        return lambda: search(desk, CALLER, SearchQuery(**{name: value() for name, value in fields.items()}))

    def some(values: Sequence[Any]) -> Callable[[], Any]:
        return lambda: chance.choice(values)

    names = [(f"partner-{number}",) for number in range(1, PARTNERS)]
    asked = {
        "all requests": ask(),
        "a branch, late": ask(branch=lambda: (chance.choice(BRANCHES),), flag=lambda: (MarkedAs.LATE,)),
        "a partner": ask(partner=some(names)),
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
    parts = {
        "now": lambda: NOW,
        "today": NOW.date,
        "zone": UTC,
        "library": library,
        "circulation": SimpleNamespace(status=lambda: status),
        "shelves": Shelves(),
    }
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
    await store.seed([], partners())
    await fill(url, count, NOW)
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
