"""Made-up libraries for `bench.rota`: who has which works, which copies are in, and each one's catalogue in Zebra's registers.

Works of the made-up catalogue are spread over libraries: few are in all, most in one to four. Seeded.
"""

import hashlib
import os
import random
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
from pymarc import Record, Subfield

from bench.made_up_catalogue import Edition, marc
from bench.made_up_requests import Case
from tests.catalogue import zebra_server

HOLDERS = {1: 40, 2: 25, 3: 14, 4: 9, 6: 6, 10: 3, 20: 3}
"""In how many catalogues a work is, by weight."""


REFUSAL_DAYS, SUPPLY_DAYS, TRANSIT_DAYS = 2.0, 2.0, 4.0
"""What a lender takes to say no or yes of its three open days (ill.md), and the way of the item."""


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


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order: how many were asked until one sent something, and what was wrong with it."""

    asked: int
    is_filled: bool
    is_wrong: bool

    @property
    def days(self) -> float:
        """From the order to the item."""
        return (self.asked - 1) * REFUSAL_DAYS + SUPPLY_DAYS + TRANSIT_DAYS


def play(case: Case, order: Iterable[tuple[str, str | None]], shelves: Mapping[str, Shelf]) -> Loan:
    """Ask one after the other until one sends something."""
    asked = 0
    for name, record_id in order:
        asked += 1
        sent = shelves[name].supplies(case, record_id)
        if sent is not None:
            return Loan(asked=asked, is_filled=True, is_wrong=sent not in case.right)
    return Loan(asked=asked, is_filled=False, is_wrong=False)


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A partner and its shelf. What stands in its catalogue is made of it when it is indexed: twenty times ten thousand records are not held in memory."""

    name: str
    shelf: Shelf

    def records(self, seed: int) -> Iterator[Record]:
        """Write the catalogue's records; the due date of a copy that is out stands in its item."""
        chance = random.Random(f"{seed} {self.name}")
        for edition in self.shelf.editions.values():
            record = marc(edition, chance)
            for field in record.get_fields("952"):
                if field.get_subfields("p")[0] not in self.shelf.available:
                    field.subfields.append(Subfield("q", "2026-12-24"))
            yield record


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
    barcodes = (item.barcode for edition in editions for item in edition.items)
    available = frozenset(barcode for barcode in barcodes if chance.random() >= out)
    return Library(name=name, shelf=Shelf(editions={each.record_id: each for each in editions}, available=available))


def index(library: Library, folder: Path, seed: int) -> None:
    """Index one catalogue; what was begun and not ended before is begun anew."""
    if (folder / INDEXED).exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    zebra_server.index(folder, library.records(seed))
    (folder / INDEXED).touch()


INDEXED = "indexed"


def index_all(made: list[Library], folder: Path, seed: int) -> None:
    """Index all catalogues, as many at the same time as there are processors."""
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for job in [pool.submit(index, library, folder / library.name, seed) for library in made]:
            job.result()
    print(f"indexed in {time.perf_counter() - began:.0f} s", file=sys.stderr)


def digest_of(*trees: Path) -> str:
    """Of the sources: what they measured stays true only with them."""
    files = sorted(file for tree in trees for file in (tree.rglob("*") if tree.is_dir() else [tree]) if file.is_file())
    read = (file.read_bytes() for file in files if file.suffix != ".pyc")
    return hashlib.sha256(b"\0".join(read)).hexdigest()[:12]
