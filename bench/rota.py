"""The rota from holdings: lenders asked for each loan that is filled, with partners' catalogues and without; what asking them costs.

    python -m bench.rota [--catalogues 20] [--records 10000] [--orders 1000] [--seed 1] [--silent 3] [--at-once 16]

Zebra (Debian's idzebra-2.0) serves a made-up catalogue for each partner, every second one over Z39.50, the others over SRU: few works are in
all, most in one to four; records and orders have the faults of `bench.ladder`. An order is for one edition. A lender that is asked
supplies if it has a copy of the edition in; the number in the request is what it goes by, if there is one. Ten thousand records a
catalogue take some minutes to be indexed, and a core for each few queries: compare figures of one run.
"""

import argparse
import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pymarc import Record, Subfield

from bench.made_up_catalogue import Edition, catalogue, marc
from bench.made_up_requests import Case, Key, cases
from bench.report import heading, table
from gateway.catalogue.sources import Ground
from gateway.clock import SystemTime
from gateway.dispatch.catalogues import Catalogues, Holdings
from gateway.iso18626.codes import ServiceType
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.holdings import UNKNOWN, Held, Holding
from gateway.workflow.partners import Partner, PartnerCatalogue
from gateway.workflow.rota import Lender, Need, Weights, make_rota
from tests.catalogue import zebra_server
from tests.z3950.test_readers import silent_server

HOLDERS = {1: 40, 2: 25, 3: 14, 4: 9, 6: 6, 10: 3, 20: 3}
"""In how many catalogues a work is, by weight."""
DEADLINE_S = 10.0
REFUSAL_DAYS, SUPPLY_DAYS, TRANSIT_DAYS = 2.0, 2.0, 4.0
"""What a lender takes to say no or yes of its three open days (ill.md), and the way of the item."""
NEED = Need(service=ServiceType.LOAN, today=date(2026, 11, 27))


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """One library's copies: each record's editions by its number there, and the barcodes that are in."""

    editions: Mapping[str, Edition]
    available: frozenset[str]

    def supplies(self, case: Case, record_id: str | None) -> str | None:
        """The barcode that it sends, or None: of the record that is named, the part that is wanted; else of what it finds by itself."""
        right = case.right & self.available
        if record_id is None:
            return next(iter(sorted(right)), None)
        edition = self.editions.get(record_id)
        if edition is None:
            return None
        part = {item.number for item in edition.items if item.barcode in case.right}
        named = [
            item.barcode
            for item in edition.items
            if item.barcode in self.available and (item.number in part or not part)
        ]
        return next((barcode for barcode in named if barcode in right), named[0] if named else None)


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A partner, what stands in its catalogue, and its shelf."""

    name: str
    records: list[Record]
    shelf: Shelf


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order: how many were asked until one sent something, and what was wrong with it."""

    asked: int
    is_filled: bool
    is_wrong: bool

    @property
    def days(self) -> float:
        """From the order to the item."""
        return (self.asked - 1) * REFUSAL_DAYS + SUPPLY_DAYS + TRANSIT_DAYS


def libraries(editions: list[Edition], names: list[str], out: float, chance: random.Random) -> list[Library]:
    """Spread works over libraries; a share of the copies is out."""
    kept: dict[str, list[Edition]] = {name: [] for name in names}
    holders: dict[int, list[str]] = {}
    for edition in editions:
        number = edition.work.number
        if number not in holders:
            count = min(len(names), chance.choices(list(HOLDERS), weights=list(HOLDERS.values()))[0])
            holders[number] = chance.sample(names, count)
        for name in holders[number]:
            kept[name].append(edition)
    return [_library(name, own, out, chance) for name, own in kept.items()]


def _library(name: str, editions: list[Edition], out: float, chance: random.Random) -> Library:
    available: set[str] = set()
    records = []
    for edition in editions:
        record = marc(edition, chance)
        for field in record.get_fields("952"):
            if chance.random() < out:
                field.subfields.append(Subfield("q", "2026-12-24"))
            else:
                available.add(field.get_subfields("p")[0])
        records.append(record)
    shelf = Shelf(editions={each.record_id: each for each in editions}, available=frozenset(available))
    return Library(name=name, records=records, shelf=shelf)


def partner(name: str, port: int, *, over_z3950: bool) -> Partner:
    """A partner's record."""
    scheme = "z39.50s" if over_z3950 else "http"
    indexes = OwnIndexes(oclc="1=1211" if over_z3950 else "rec.oclc", lccn="1=9" if over_z3950 else "bath.lccn")
    own = PartnerCatalogue(
        url=f"{scheme}://127.0.0.1:{port}/Default", product="koha", record_number="001", indexes=indexes,
        max_per_minute=1_000_000, timeout_s=5.0,
    )  # fmt: skip
    return Partner(id=name, name=name, peer=name, symbols=(f"ISIL:XX-{name}",), catalogue=own)


def play(case: Case, order: Iterable[tuple[str, str | None]], shelves: Mapping[str, Shelf]) -> Loan:
    """Ask one after the other until one sends something."""
    asked = 0
    for name, record_id in order:
        asked += 1
        sent = shelves[name].supplies(case, record_id)
        if sent is not None:
            return Loan(asked=asked, is_filled=True, is_wrong=sent not in case.right)
    return Loan(asked=asked, is_filled=False, is_wrong=False)


def rota(names: Iterable[str], holdings: Holdings) -> list[tuple[str, str | None]]:
    """The order in which libraries on equal terms are asked."""
    lenders = (Lender(partner=name, held=holdings.by_partner.get(name, UNKNOWN)) for name in names)
    return [(line.partner, line.record_id) for line in make_rota(lenders, NEED, Weights()).lines]


class Round(msgspec.Struct, kw_only=True):
    """What was measured while all orders were looked up once."""

    holdings: list[Holdings]
    took_s: list[float]
    queries: int
    cpu_s: float
    wall_s: float


async def look_up(partners: list[Partner], asked: list[Case], at_once: int) -> Round:
    """Look every order up in all catalogues, so many at once."""
    queries = 0

    def count(*_said: object) -> None:
        nonlocal queries
        queries += 1

    clock = SystemTime()
    catalogues = Catalogues(
        partners=lambda: partners,
        time=clock,
        ground=Ground(now=clock.now, sleep=clock.sleep, zone=UTC),
        passwords=lambda _catalogue: None,
        on_search=count,
        deadline_s=DEADLINE_S,
    )
    found: dict[int, Holdings] = {}
    took_s: list[float] = []
    waiting = iter(enumerate(asked))
    began_cpu_s, began_s = _cpu_s(), time.perf_counter()

    async def work() -> None:
        for place, case in waiting:
            began = time.perf_counter()
            found[place] = await catalogues.holdings(case.wanted)
            took_s.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    wall_s = time.perf_counter() - began_s
    await catalogues.close()
    await asyncio.sleep(0.2)  # the processes that read have ended, and their time counts
    return Round(
        holdings=[found[place] for place in range(len(asked))],
        took_s=sorted(took_s),
        queries=queries,
        cpu_s=_cpu_s() - began_cpu_s,
        wall_s=wall_s,
    )


def _cpu_s() -> float:
    """Of this process and of those that it has ended; Zebra's servers run on."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@asynccontextmanager
async def with_silent(partners: list[Partner], count: int) -> AsyncIterator[list[Partner]]:
    """The same partners, of whom the last so many never answer."""
    async with silent_server() as port:
        kept, silent = partners[: len(partners) - count], partners[len(partners) - count :]
        yield [*kept, *(partner(each.id, port, over_z3950=place % 2 == 1) for place, each in enumerate(silent))]


def down(partners: list[Partner]) -> list[Partner]:
    """The same partners, of whom every second one's catalogue is not there."""
    return [partner(each.id, 9, over_z3950=False) if place % 2 else each for place, each in enumerate(partners)]


def summary(name: str, loans: list[Loan], supplied: int) -> list[str]:
    """A row about orders of which so many can be filled."""
    filled = [loan for loan in loans if loan.is_filled]
    wrong = sum(loan.is_wrong for loan in filled)
    asked = statistics.fmean(loan.asked for loan in filled) if filled else 0.0
    days = statistics.fmean(loan.days for loan in filled) if filled else 0.0
    first = sum(loan.asked == 1 for loan in filled) / max(1, len(filled))
    return [
        name,
        f"{len(filled)} of {supplied}",
        f"{asked:.2f}",
        f"{first:.1%}",
        f"{days:.1f}",
        f"{wrong / max(1, len(filled)):.2%}",
    ]


def standing(held: Held) -> str:
    """How a library stands, in two words."""
    if held.holding is Holding.NOT_KNOWN:
        late = "did not answer" in held.words or "left alone" in held.words
        return "perhaps" if held.is_likely else "late or silent" if late else "left open"
    return {Holding.AVAILABLE: "in", Holding.HOLDS: "all out" if held.is_out else "holds"}.get(
        held.holding, "has it not"
    )


def misses(loans: list[Loan], found: list[Holdings], orders: list[list[tuple[str, str | None]]]) -> list[list[str]]:
    """Rows about orders that the first did not fill: how the first stood, how the one that sent, how often."""
    counted = Counter(
        (standing(holdings.of(order[0][0])), standing(holdings.of(order[loan.asked - 1][0])))
        for loan, holdings, order in zip(loans, found, orders, strict=True)
        if loan.is_filled and loan.asked > 1
    )
    return [[first, sent, str(count)] for (first, sent), count in counted.most_common()]


def cost(name: str, measured: Round) -> list[str]:
    """A row about what asking cost."""
    count, took = len(measured.took_s), measured.took_s
    return [
        name, str(count), f"{measured.queries / count:.1f}", f"{1000 * measured.cpu_s / count:.0f}",
        f"{took[count // 2]:.2f}", f"{took[count * 99 // 100]:.2f}", f"{took[-1]:.2f}",
    ]  # fmt: skip


async def measure(
    options: argparse.Namespace, made: list[Library], ports: Mapping[str, int], asked: list[Case]
) -> None:
    """Look the orders up under each condition, and print."""
    names = [each.name for each in made]
    shelves = {each.name: each.shelf for each in made}
    partners = [partner(name, ports[name], over_z3950=place % 2 == 1) for place, name in enumerate(names)]
    open_orders = [case for case in asked if any(case.right & each.available for each in shelves.values())]
    fixed = [(name, None) for name in names]
    shuffled = [random.Random(place).sample(fixed, len(fixed)) for place in range(len(open_orders))]
    outcomes = [
        summary(
            "no catalogues, one order for all", [play(case, fixed, shelves) for case in open_orders], len(open_orders)
        )
    ]
    mixed = [play(case, order, shelves) for case, order in zip(open_orders, shuffled, strict=True)]
    outcomes.append(summary("no catalogues, any order", mixed, len(open_orders)))
    costs: list[list[str]] = []
    missed: list[list[str]] = []
    some = open_orders[: max(20, len(open_orders) // 10)]
    rounds = [
        ("all catalogues", partners, open_orders, options.at_once),
        ("half of them down", down(partners), open_orders, options.at_once),
    ]
    for name, them, orders, at_once in rounds:
        measured = await look_up(them, orders, at_once)
        asked_in = [rota(names, found) for found in measured.holdings]
        loans = [play(case, order, shelves) for case, order in zip(orders, asked_in, strict=True)]
        outcomes.append(summary(name, loans, len(orders)))
        missed += [[name, *row] for row in misses(loans, measured.holdings, asked_in)]
        costs.append(cost(f"{name}, {at_once} at once", measured))
    costs.append(cost("all catalogues, one at a time", await look_up(partners, some, 1)))
    async with with_silent(partners, options.silent) as them:
        costs.append(cost(f"{options.silent} silent, one at a time", await look_up(them, some[:5], 1)))
    table(["rota", "filled", "lenders asked", "first fills", "days", "wrong copies"], outcomes)
    print()
    table(["rota", "the first", "the one that sent", "orders"], missed)
    print()
    table(["look-ups", "orders", "queries an order", "CPU ms an order", "s median", "s p99", "s longest"], costs)


def orders_of(editions: list[Edition], made: list[Library], count: int, seed: int) -> list[Case]:
    """So many orders for works that some library has; by the numbers that a customer's order may have."""
    held = frozenset(number for each in made for number in each.shelf.editions)
    by_barcode = {item.barcode: each.record_id for each in editions for item in each.items}
    fitting = [
        case
        for case in cases(editions, seed)
        if case.key not in {Key.RECORD, Key.NOT_HELD} and any(by_barcode[each] in held for each in case.right)
    ]
    return random.Random(seed).sample(fitting, min(count, len(fitting)))


def served(made: list[Library], folder: Path, stack: ExitStack) -> Iterator[tuple[str, int]]:
    """Serve each catalogue; where it listens."""
    for library in made:
        own = folder / library.name
        own.mkdir()
        url = stack.enter_context(zebra_server.zebra(own, library.records))
        yield library.name, int(urlsplit(url).port or 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    numbers: dict[str, Any] = {
        "catalogues": 20,
        "records": 10_000,
        "orders": 1_000,
        "seed": 1,
        "silent": 3,
        "at-once": 16,
    }
    for name, usual in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--out", type=float, nargs="*", default=[0.0, 0.2], help="share of the copies that are out")
    return parser.parse_args()


def main() -> int:
    """Measure and print."""
    options = _options()
    if not zebra_server.is_installed():
        print("Zebra is not installed: Debian's package idzebra-2.0 has it.", file=sys.stderr)
        return 1
    names = [f"library-{number:02}" for number in range(1, options.catalogues + 1)]
    mean = sum(count * weight for count, weight in HOLDERS.items()) / sum(HOLDERS.values())
    editions = catalogue(options.seed, round(options.catalogues * options.records / mean))
    for out in options.out:
        made = libraries(editions, names, out, random.Random(options.seed + 2))
        asked = orders_of(editions, made, options.orders, options.seed + 1)
        heading(
            f"Rota from holdings, {out:.0%} of the copies out",
            f"{options.catalogues} catalogues, {sum(len(each.records) for each in made)} records of {len(editions)} editions, "
            f"{len(asked)} orders, seed {options.seed}; Zebra on loopback, half over Z39.50",
        )
        began = datetime.now(UTC)
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            ports = dict(served(made, Path(folder), stack))
            print(f"indexed in {(datetime.now(UTC) - began).total_seconds():.0f} s\n", flush=True)
            asyncio.run(measure(options, made, ports, asked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
