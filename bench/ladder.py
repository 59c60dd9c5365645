"""Look-ups by the ladder against a real catalogue: right and wrong copies per kind of key, and how long an answer takes.

    python -m bench.ladder [--records 10000] [--seed 1] [--z3950 | --both] [--misses FILE]

Zebra (Debian's idzebra-2.0) serves made-up MARC records over SRU, with --z3950 over Z39.50, with --both over the one and then the other; requests for
them, with faults, are looked up as the gateway does. The catalogue and the requests (made_up_catalogue, made_up_requests) were written before the
ladder. A copy counts as given where it comes first and without a doubt; with a doubt, a person looks before it goes out.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pymarc import Record

from bench.made_up_catalogue import Edition, catalogue, marc
from bench.made_up_requests import Case, Key, cases
from bench.report import heading, table
from gateway.catalogue.sources import CatalogueGround, finder_over, searching
from gateway.workflow.catalogue import HOLDINGS, SruSettings, Z3950Settings
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.finding import Found
from tests.catalogue import zebra_server

AT_ONCE = 4
LEAST_RIGHT = 0.98
MOST_WRONG = 0.005
UNCATALOGUED = ", no record has it"


class Result(StrEnum):
    """How a look-up ended."""

    RIGHT = "right"
    ASK_RIGHT = "right, for staff"
    WRONG = "wrong"
    ASK_WRONG = "wrong, for staff"
    NOTHING = "none"
    ASK_NOTHING = "none, for staff"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One look-up."""

    case: Case
    result: Result
    found: Found
    took_s: float


FIELDS = {Key.OCLC: "035", Key.LCCN: "010", Key.ISBN: "020", Key.ISSN: "022"}


def lacking(editions: list[Edition], records: list[Record]) -> dict[Key, frozenset[str]]:
    """The barcodes of the items whose record does not have a number of a kind at all."""
    return {
        key: frozenset(
            item.barcode
            for edition, record in zip(editions, records, strict=True)
            if not record.get_fields(tag)
            for item in edition.items
        )
        for key, tag in FIELDS.items()
    }


def result_of(case: Case, found: Found) -> Result:
    """Say how it ended, by the first copy; where we have none of the work, none is right."""
    if not found.copies:
        if case.right:
            return Result.NOTHING if found.certain else Result.ASK_NOTHING
        return Result.RIGHT if found.certain else Result.ASK_RIGHT
    first = found.copies[0]
    is_right = first.item_barcode in case.right
    if first.doubt is not None:
        return Result.ASK_RIGHT if is_right else Result.ASK_WRONG
    return Result.RIGHT if is_right else Result.WRONG


def settings_for(url: str, *, over_z3950: bool) -> SruSettings | Z3950Settings:
    """How Zebra is asked over either protocol."""
    common: dict[str, Any] = {"items": HOLDINGS["952"], "fresh_s": 0, "at_once": AT_ONCE, "timeout_s": 30.0}
    if not over_z3950:
        return SruSettings(url=url, indexes=zebra_server.INDEXES, **common)
    indexes = msgspec.structs.replace(PRODUCTS["polaris"].z3950, oclc="1=1211")
    return Z3950Settings(host="127.0.0.1", port=urlsplit(url).port or 0, database="Default", indexes=indexes, **common)


async def look_up(url: str, asked: list[Case], *, over_z3950: bool) -> list[Outcome]:
    """Look every request up, so many at once."""
    settings = settings_for(url, over_z3950=over_z3950)
    waiting = iter(asked)
    outcomes: list[Outcome] = []
    ground = CatalogueGround(now=lambda: datetime.now(UTC), sleep=asyncio.sleep, zone=UTC)
    async with searching(settings, password=None, on_search=lambda *_: None, ground=ground) as search:
        finder = finder_over(search, settings, ground)

        async def work() -> None:
            for case in waiting:
                began = time.perf_counter()
                found = await finder.find(case.wanted)
                took_s = time.perf_counter() - began
                outcomes.append(Outcome(case=case, result=result_of(case, found), found=found, took_s=took_s))

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    return outcomes


def groups(outcomes: list[Outcome], without: dict[Key, frozenset[str]]) -> list[tuple[str, list[Outcome]]]:
    """The look-ups by kind of key, apart where no right record has the number."""
    by_name: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        case = outcome.case
        is_catalogued = not case.right or not case.right <= without.get(case.key, frozenset())
        by_name[case.key.value if is_catalogued else case.key.value + UNCATALOGUED].append(outcome)
    return sorted(by_name.items())


def _row(name: str, group: list[Outcome]) -> list[str]:
    counts = Counter(outcome.result for outcome in group)
    shares = [f"{counts[result] / len(group):.2%}" for result in Result]
    took_ms = sorted(outcome.took_s * 1000 for outcome in group)
    return [name, str(len(group)), *shares, f"{took_ms[len(group) // 2]:.0f}", f"{took_ms[len(group) * 99 // 100]:.0f}"]


def main() -> int:
    """Measure and print; 1 where the targets are missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--z3950", action="store_true", help="over Z39.50 instead of SRU")
    how.add_argument("--both", action="store_true", help="over SRU, and beside it over Z39.50")
    parser.add_argument("--misses", type=Path, help="write every look-up that was not right into this file")
    options = parser.parse_args()
    if not zebra_server.is_installed():
        print("Zebra is not installed: Debian's package idzebra-2.0 has it.", file=sys.stderr)
        return 1
    editions = catalogue(options.seed, options.records)
    asked = cases(editions, options.seed + 1)
    chance = random.Random(options.seed + 2)
    records = [marc(edition, chance) for edition in editions]
    ways = (False, True) if options.both else (options.z3950,)
    verdicts = []
    with tempfile.TemporaryDirectory() as folder, zebra_server.zebra(Path(folder), records) as url:
        for over_z3950 in ways:
            heading(
                "Look-up ladder",
                f"{options.records} records, seed {options.seed}; Zebra over {'Z39.50' if over_z3950 else 'SRU 1.2'} on loopback; {AT_ONCE} at once",
            )
            outcomes = asyncio.run(look_up(url, asked, over_z3950=over_z3950))
            verdicts.append(_report(outcomes, lacking(editions, records), options.misses))
    return max(verdicts)


def _report(outcomes: list[Outcome], without: dict[Key, frozenset[str]], misses: Path | None) -> int:
    """Print what came of it over one protocol; 1 where the targets are missed."""
    shown = [*groups(outcomes, without), ("all", outcomes)]
    table(
        ["key", "requests", *(result.value for result in Result), "ms", "ms p99"],
        [_row(name, group) for name, group in shown],
    )
    if misses:
        lines = (
            f"{each.case.key} {each.result} {each.case.wanted} right {sorted(each.case.right)} {each.found}\n"
            for each in outcomes
            if each.result is not Result.RIGHT
        )
        misses.write_text("".join(lines), encoding="utf-8")
    return _verdict(outcomes, without)


def _verdict(outcomes: list[Outcome], without: dict[Key, frozenset[str]]) -> int:
    """Print whether each kind of key reaches the targets; 1 where one does not.

    Of works that are not in the catalogue there is no right copy to find, and where no record has the number it is chance
    that the title finds one: there a wrong one alone counts.
    """
    missed = []
    for name, group in groups(outcomes, without):
        counts = Counter(outcome.result for outcome in group)
        right = (counts[Result.RIGHT] + counts[Result.ASK_RIGHT]) / len(group)
        wrong = counts[Result.WRONG] / len(group)
        is_to_be_found = name != Key.NOT_HELD and not name.endswith(UNCATALOGUED)
        if (is_to_be_found and right < LEAST_RIGHT) or wrong > MOST_WRONG:
            missed.append(f"{name}: right {right:.2%}, wrong {wrong:.2%}")
    wanted = f"right copy (for staff or not) {LEAST_RIGHT:.0%} or more, wrong copy given {MOST_WRONG:.1%} at the most"
    print(f"\n{wanted}, by kind of key: {'; '.join(missed) if missed else 'all reached'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
