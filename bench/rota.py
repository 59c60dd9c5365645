"""The rota from holdings: lenders asked for each loan that is filled, with partners' catalogues and without; what asking them costs.

    python -m bench.rota [--catalogues 20] [--records 10000] [--orders 1000] [--seed 1] [--silent 3] [--at-once 4] [--out 0 0.2]
                         [--parts all half single silent] [--folder DIR]

Zebra (Debian's idzebra-2.0) serves a made-up catalogue for each partner, every second one over Z39.50, the others over SRU: few works are in
all, most in one to four; records and orders have the faults of `bench.ladder`. An order is for one edition. A lender that is asked
supplies if it has a copy of the edition in; the number in the request is what it goes by, if there is one. Ten thousand records a
catalogue take some minutes to be indexed, and a core for each few queries: compare figures of one run.

With a folder it can be run in parts, and goes on where it was broken off: registers are kept there and taken again for the same records,
and so are the figures of each part, as long as neither the gateway's sources nor the benchmark's have changed.
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
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bench.made_up_catalogue import Edition, catalogue
from bench.made_up_libraries import HOLDERS, Library, Loan, Shelf, digest_of, index_all, libraries, play
from bench.made_up_requests import Case, Key, cases
from bench.report import heading, table
from gateway.catalogue.sources import CatalogueGround
from gateway.clock import SystemTime
from gateway.dispatch.catalogues import Catalogues, Holdings
from gateway.iso18626.codes import ServiceType
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.holdings import UNKNOWN, Held, Holding
from gateway.workflow.partners import Partner, PartnerCatalogue
from gateway.workflow.rota import Lender, Need, Weights, make_rota
from tests.catalogue import zebra_server
from tests.z3950.test_readers import silent_server

DEADLINE_S = 10.0
TOLD_EACH = 50
"""Orders after which it is told how far it is."""
NEED = Need(service=ServiceType.LOAN, today=date(2026, 11, 27))


def partner(name: str, port: int, *, over_z3950: bool) -> Partner:
    """A partner's record."""
    scheme = "z39.50s" if over_z3950 else "http"
    indexes = OwnIndexes(oclc="1=1211" if over_z3950 else "rec.oclc", lccn="1=9" if over_z3950 else "bath.lccn")
    own = PartnerCatalogue(
        url=f"{scheme}://127.0.0.1:{port}/Default", product="koha", record_number="001", indexes=indexes,
        max_per_minute=1_000_000, timeout_s=5.0,
    )  # fmt: skip
    return Partner(id=name, name=name, peer=name, symbols=(f"ISIL:XX-{name}",), catalogue=own)


def rota(names: Iterable[str], holdings: Holdings) -> list[tuple[str, str | None]] | None:
    """The order in which libraries on equal terms are asked; None where staff are asked first, as the number is in no catalogue and nothing else is said."""
    found = {name: holdings.by_partner.get(name, UNKNOWN) for name in names}
    if all(held.is_unfound for held in found.values()):
        return None
    lenders = (Lender(partner=name, held=held) for name, held in found.items())
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
        ground=CatalogueGround(now=clock.now, sleep=clock.sleep, zone=UTC),
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
            if len(took_s) % TOLD_EACH == 0:
                print(f"  {len(took_s)} of {len(asked)} orders, {time.perf_counter() - began_s:.0f} s", file=sys.stderr)

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


def summary(name: str, loans: list[Loan], supplied: int, *, for_staff: int = 0) -> list[str]:
    """A row about orders of which so many can be filled, and staff are asked about some before anybody is."""
    filled = [loan for loan in loans if loan.is_filled]
    wrong = sum(loan.is_wrong for loan in filled)
    asked = statistics.fmean(loan.asked for loan in filled) if filled else 0.0
    days = statistics.fmean(loan.days for loan in filled) if filled else 0.0
    first = sum(loan.asked == 1 for loan in filled) / max(1, len(filled))
    return [
        name,
        f"{len(filled)} of {supplied}",
        str(for_staff),
        f"{asked:.2f}",
        f"{first:.1%}",
        f"{days:.1f}",
        f"{wrong / max(1, len(filled)):.2%}",
    ]


def standing(held: Held) -> str:
    """How a library stands, in two words."""
    if held.holding is Holding.NOT_KNOWN:
        late = "did not answer" in held.words or "left alone" in held.words
        silent = "late or silent" if late else "left open"
        return "perhaps" if held.is_likely else "has no such number" if held.is_unfound else silent
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


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one part of the run came to: rows of the three tables."""

    outcomes: list[list[str]] = []
    missed: list[list[str]] = []
    costs: list[list[str]] = []


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of a run have in common."""

    options: argparse.Namespace
    shelves: Mapping[str, Shelf]
    partners: list[Partner]
    orders: list[Case]
    """Those that somebody can fill."""

    @property
    def names(self) -> list[str]:
        """Of the libraries."""
        return list(self.shelves)

    @property
    def some(self) -> list[Case]:
        """So many as are looked up one at a time."""
        return self.orders[: max(20, len(self.orders) // 10)]


async def without(scene: Scene) -> Part:
    """Ask without a look at any catalogue."""
    fixed = [(name, None) for name in scene.names]
    shuffled = [random.Random(place).sample(fixed, len(fixed)) for place in range(len(scene.orders))]
    alike = [play(case, fixed, scene.shelves) for case in scene.orders]
    mixed = [play(case, order, scene.shelves) for case, order in zip(scene.orders, shuffled, strict=True)]
    count = len(scene.orders)
    return Part(
        outcomes=[
            summary("no catalogues, one order for all", alike, count),
            summary("no catalogues, any order", mixed, count),
        ]
    )


async def _with(scene: Scene, name: str, partners: list[Partner]) -> Part:
    measured = await look_up(partners, scene.orders, scene.options.at_once)
    asked_in = [rota(scene.names, found) for found in measured.holdings]
    sent = [
        (case, held, order)
        for case, held, order in zip(scene.orders, measured.holdings, asked_in, strict=True)
        if order is not None
    ]
    loans = [play(case, order, scene.shelves) for case, _held, order in sent]
    return Part(
        outcomes=[summary(name, loans, len(scene.orders), for_staff=len(scene.orders) - len(sent))],
        missed=[[name, *row] for row in misses(loans, [held for _, held, _ in sent], [order for _, _, order in sent])],
        costs=[cost(f"{name}, {scene.options.at_once} at once", measured)],
    )


async def with_all(scene: Scene) -> Part:
    """Ask with all catalogues up."""
    return await _with(scene, "all catalogues", scene.partners)


async def with_half(scene: Scene) -> Part:
    """Ask with every second one down."""
    return await _with(scene, "half of them down", down(scene.partners))


async def one_at_a_time(scene: Scene) -> Part:
    """Look single orders up, for the time that one takes."""
    return Part(costs=[cost("all catalogues, one at a time", await look_up(scene.partners, scene.some, 1))])


async def some_silent(scene: Scene) -> Part:
    """Likewise, with a few that never answer."""
    silent = scene.options.silent
    async with with_silent(scene.partners, silent) as them:
        return Part(costs=[cost(f"{silent} silent, one at a time", await look_up(them, scene.some[:5], 1))])


PARTS: Mapping[str, Callable[[Scene], Any]] = {
    "without": without,
    "all": with_all,
    "half": with_half,
    "single": one_at_a_time,
    "silent": some_silent,
}


def measure(scene: Scene, kept: Path) -> list[Part]:
    """Run each part that is wanted and not there yet, and keep it; give all that are there."""
    there: dict[str, Part] = {}
    for name, part in PARTS.items():
        file = kept / f"{name}.json"
        if file.exists():
            there[name] = msgspec.json.decode(file.read_bytes(), type=Part)
        elif name in scene.options.parts:
            print(f"part “{name}”", file=sys.stderr)
            there[name] = asyncio.run(part(scene))
            file.write_bytes(msgspec.json.encode(there[name]))
    return list(there.values())


def show(parts: list[Part]) -> None:
    """Print the tables."""
    table(
        ["rota", "filled", "for staff", "lenders asked", "first fills", "days", "wrong copies"],
        [row for part in parts for row in part.outcomes],
    )
    print()
    table(["rota", "the first", "the one that sent", "orders"], [row for part in parts for row in part.missed])
    print()
    columns = ["look-ups", "orders", "queries an order", "CPU ms an order", "s median", "s p99", "s longest"]
    table(columns, [row for part in parts for row in part.costs])


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


HERE = Path(__file__).parent
RECORDS_FROM = (*(HERE / f"made_up_{name}.py" for name in ("catalogue", "words", "libraries")), zebra_server.SETTINGS)
FIGURES_FROM = (HERE, HERE.parent / "gateway", zebra_server.SETTINGS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = {"catalogues": 20, "records": 10_000, "orders": 1_000, "seed": 1, "silent": 3, "at-once": 4}
    for name, usual in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--out", type=float, nargs="*", default=[0.0, 0.2], help="share of the copies that are out")
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS), help="what to measure")
    parser.add_argument("--folder", type=Path, help="where registers and figures are kept for the next run")
    return parser.parse_args()


def run(options: argparse.Namespace, editions: list[Edition], out: float, folder: Path) -> None:
    """Measure with a share of the copies out, and print."""
    names = [f"library-{number:02}" for number in range(1, options.catalogues + 1)]
    made = libraries(editions, names, out, random.Random(options.seed + 2))
    asked = orders_of(editions, made, options.orders, options.seed + 1)
    heading(
        f"Rota from holdings, {out:.0%} of the copies out",
        f"{options.catalogues} catalogues, {sum(len(each.shelf.editions) for each in made)} records of {len(editions)} editions, "
        f"{len(asked)} orders, seed {options.seed}; Zebra on loopback, half over Z39.50",
    )
    size = f"{options.catalogues}-{options.records}-{options.seed}-{out:g}"
    registers = folder / f"registers-{size}-{digest_of(*RECORDS_FROM)}"
    index_all(made, registers, options.seed)
    figures = folder / f"figures-{size}-{options.orders}-{options.silent}-{options.at_once}-{digest_of(*FIGURES_FROM)}"
    figures.mkdir(exist_ok=True)
    with ExitStack() as stack:
        urls = {each.name: stack.enter_context(zebra_server.serving(registers / each.name)) for each in made}
        shelves = {each.name: each.shelf for each in made}
        partners = [
            partner(name, int(urlsplit(url).port or 0), over_z3950=place % 2 == 1)
            for place, (name, url) in enumerate(urls.items())
        ]
        orders = [case for case in asked if any(case.right & each.available for each in shelves.values())]
        scene = Scene(options=options, shelves=shelves, partners=partners, orders=orders)
        show(measure(scene, figures))


def main() -> int:
    """Measure and print."""
    options = _options()
    if not zebra_server.is_installed():
        print("Zebra is not installed: Debian's package idzebra-2.0 has it.", file=sys.stderr)
        return 1
    mean = sum(count * weight for count, weight in HOLDERS.items()) / sum(HOLDERS.values())
    editions = catalogue(options.seed, round(options.catalogues * options.records / mean))
    with tempfile.TemporaryDirectory() as scratch:
        for out in options.out:
            run(options, editions, out, options.folder or Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
