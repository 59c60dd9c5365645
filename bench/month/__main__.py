"""A made-up department's month, by the rules of this tree and by those of an older one, side by side.

    python -m bench.month                          # five seeds, this tree alone
    python -m bench.month --against COMMIT         # the same play with the older tree's gateway beside it
    python -m bench.month --seeds 3 --words        # what was answered wrongly, and an example of each task
    python -m bench.month --set policy.other_number=true   # under another setting
    python -m bench.month --ends                   # both ends of each setting that trades safety against speed

1,200 requests of ten partners and 150 orders of ours over five lenders, the truth known to who made it; the clock is moved, so
that eight weeks take a minute or two of CPU time. One process a seed, one after the other.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any

from bench.report import heading, table

ROOT = Path(__file__).parents[2]
SEEDS = (1, 2, 3, 4, 5)
SHARES = frozenset(
    {
        "answered without a person",
        "right without a person",
        "of those that need none",
        "loans with a decision",
        "plain loans with a decision",
        "borrowed with a decision",
    }
)
COUNTS = frozenset({"tasks", "doubts", "causes"})
FORESEEABLE = 0.05
"""A doubt of which fewer proposals than this are wrong need be nobody's."""
WORDS = """\
Sums and means over the seeds. A task counts as needed where the truth is that only a person could see to it. What is promised or
refused wrongly, lapsed, and a dead end is judged by the truth, which the gateway does not know. Nor does it know before whether a
doubtful proposal is right: so the last line counts an answer that was asked for as needless only where of all proposals with its doubt
fewer than 5 in 100 are wrong."""


def main() -> None:
    """Play, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--against", metavar="COMMIT", help="an older commit whose gateway plays the same months")
    parser.add_argument("--words", action="store_true", help="what went wrong, in words")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of this tree, by its key"
    )
    parser.add_argument(
        "--ends", action="store_true", help="both ends of each setting that trades safety against speed"
    )
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--orders", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        _play_one(given.one, given.set, words=given.words, orders_alone=given.orders)
        return
    heading("month: what becomes of requests and orders", WORDS)
    if given.ends:
        _print_ends(given.seeds)
        return
    columns = {"now": _months(ROOT, given.seeds, given.set, words=given.words)}
    if given.against:
        with _tree_of(given.against) as tree:
            columns = {given.against[:10]: _months(tree, given.seeds, ()), **columns}
    _print(columns)


def _play_one(seed: int, changed: Sequence[str], *, words: bool, orders_alone: bool) -> None:
    import asyncio  # noqa: PLC0415 - what the play loads, who prints need not load
    import time  # noqa: PLC0415

    from bench.month.play import play  # noqa: PLC0415

    began_s = time.process_time()
    pairs = (each.partition("=") for each in changed)
    changes = {key: value for key, _, value in pairs}
    figures = asyncio.run(play(seed, changes, words=words, orders_alone=orders_alone))
    sys.stdout.write(json.dumps(figures | {"CPU seconds": time.process_time() - began_s}))


def _months(tree: Path, seeds: Sequence[int], changed: Sequence[str], *, words: bool = False) -> list[dict[str, Any]]:
    """Play each seed in a process of its own, with the gateway of a tree."""
    return [_month(tree, seed, changed, words=words) for seed in seeds]


def _month(
    tree: Path, seed: int, changed: Sequence[str], *, words: bool = False, orders_alone: bool = False
) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.month", "--one", str(seed), *(f"--set={each}" for each in changed)]
    done = subprocess.run(
        [*command, *(["--words"] if words else []), *(["--orders"] if orders_alone else [])],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    for line in (*figures.pop("wrong", ()), *figures.pop("words", {}).items(), *figures.pop("refused", {}).items()):
        print(f"   seed {seed}: {line if isinstance(line, str) else ': '.join(map(str, line))}")
    return figures


@contextmanager
def _tree_of(commit: str) -> Iterator[Path]:
    """A tree of an older commit, with this play in it."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(tree), commit], check=True, capture_output=True)
        try:
            shutil.copytree(Path(__file__).parent, tree / "bench" / "month", dirs_exist_ok=True)
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def _print(columns: dict[str, list[dict[str, Any]]]) -> None:
    first = next(iter(columns.values()))[0]
    rows = [(name, *(_figure(name, months) for months in columns.values())) for name in first if name not in COUNTS]
    table(("figure", *columns), rows)
    print()
    kinds = sorted({kind for months in columns.values() for month in months for kind in month["tasks"]})
    lines = [(kind, *(_tasks(kind, months) for months in columns.values())) for kind in kinds]
    lines.append(("all tasks", *(_all_tasks(months) for months in columns.values())))
    lines.append(("all tasks, by what can be known", *(_all_knowable(months) for months in columns.values())))
    table(("task: needed / not", *columns), lines)
    print()
    doubts = sorted({doubt for months in columns.values() for doubt in _sums("doubts", months)})
    lines = [(doubt, *(_pair(_sums("doubts", months), doubt) for months in columns.values())) for doubt in doubts]
    table(("asked for an answer because: proposal wrong / right", *columns), lines)
    print()
    _print_causes(columns)


def _print_causes(columns: dict[str, list[dict[str, Any]]]) -> None:
    """What keeps requests from being answered rightly without a person, as shares of all requests."""
    shares = {name: _causes(months) for name, months in columns.items()}
    causes = sorted(
        {cause for each in shares.values() for cause in each}, key=lambda cause: -shares["now"].get(cause, 0.0)
    )
    table(
        ("not right without a person, because", *columns),
        [(cause, *(f"{each.get(cause, 0.0):.2%}" for each in shares.values())) for cause in causes],
    )


def _causes(months: list[dict[str, Any]]) -> dict[str, float]:
    requests = sum(month["requests"] for month in months)
    counted: Counter[str] = Counter()
    for month in months:
        counted.update(month["causes"])
    return {cause: number / requests for cause, number in counted.items()}


def _print_ends(seeds: Sequence[int]) -> None:
    """A line for each end of a setting: shares of all requests, and how many a seed were promised or refused wrongly."""
    import asyncio  # noqa: PLC0415 - as for the play

    from bench.month.ends import ENDS, ORDERS_ENDS, counted, found_of  # noqa: PLC0415

    worlds = [asyncio.run(found_of(seed)) for seed in seeds]
    rows = []
    for name, changed in ENDS.items():
        came_to: Counter[str] = Counter()
        for world, judged in worlds:
            came_to += counted(world, judged, changed)
        shares = (f"{came_to[each] / came_to.total():.1%}" for each in ("right without a person", "asked of a person"))
        rows.append((name, *shares, *(str(came_to[each]) for each in ("wrongly promised", "wrongly refused"))))
    table(("setting", "right without a person", "asked of a person", "wrongly promised", "wrongly refused"), rows)
    print()
    lines = [
        (name, *_borrowed([_month(ROOT, seed, changed, orders_alone=True) for seed in seeds]))
        for name, changed in ORDERS_ENDS.items()
    ]
    table(
        (
            "setting, of orders",
            "filled",
            "lenders asked",
            "days",
            "we have it",
            "due too late",
            "past deadline",
            "all tasks",
        ),
        lines,
    )


def _borrowed(months: list[dict[str, Any]]) -> tuple[str, ...]:
    """What the orders of each seed came to: filled, lenders asked and days for one that is filled, and tasks, needed and not."""
    filled = sum(month["orders filled"] for month in months)
    means = (
        f"{mean(month[name] for month in months):.2f}"
        for name in ("lenders asked per filled order", "days to the item")
    )
    kinds = ("we have it", "due after the lender's date", "past deadline")
    return (str(filled), *means, *(_tasks(kind, months) for kind in kinds), _all_tasks(months))


def _figure(name: str, months: list[dict[str, Any]]) -> str:
    values = [month[name] for month in months]
    if name in SHARES:
        return f"{mean(values):.1%} ({min(values):.1%} to {max(values):.1%})"
    if all(isinstance(value, int) for value in values):
        return f"{sum(values)} ({', '.join(map(str, values))})"
    return f"{mean(values):.2f}"


def _tasks(kind: str, months: list[dict[str, Any]]) -> str:
    return _pair(_sums("tasks", months), kind)


def _sums(name: str, months: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Pairs of all seeds, by their names."""
    names = sorted({each for month in months for each in month[name]})
    pairs = {each: [month[name].get(each, (0, 0)) for month in months] for each in names}
    return {each: (sum(one for one, _ in found), sum(other for _, other in found)) for each, found in pairs.items()}


def _pair(sums: dict[str, tuple[int, int]], name: str) -> str:
    needed, needless = sums.get(name, (0, 0))
    return f"{needed} / {needless}"


def _all_tasks(months: list[dict[str, Any]]) -> str:
    pairs = _sums("tasks", months).values()
    return _with_share(sum(needed for needed, _ in pairs), sum(needless for _, needless in pairs))


def _all_knowable(months: list[dict[str, Any]]) -> str:
    """All tasks, of which answers are needless where their doubt is hardly ever justified."""
    pairs = _sums("tasks", months)
    answers = sum(pairs.pop("answer", (0, 0)))
    doubts = _sums("doubts", months).values()
    idle = sum(wrong + right for wrong, right in doubts if wrong < FORESEEABLE * (wrong + right))
    needed = sum(needed for needed, _ in pairs.values()) + answers - idle
    return _with_share(needed, sum(needless for _, needless in pairs.values()) + idle)


def _with_share(needed: int, needless: int) -> str:
    return f"{needed} / {needless} ({needless / max(1, needed + needless):.0%} not needed)"


if __name__ == "__main__":
    main()
