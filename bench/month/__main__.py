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
NOW = "now"
Doubts = dict[str, tuple[int, int]]
"""Pairs by a name: proposals with a doubt that were wrong and right, tasks of a kind that were needed and not."""
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
doubtful proposal is right: so the last line of the tasks counts an answer that was asked for as needless only where of all proposals
with its doubt fewer than 5 in 100 are wrong. A kind of doubt has a few cases in the months that are played, too few to tell: so each is
judged by some 22,000 requests for the works of four other libraries, which are looked up and not played (“other libraries” below; an
older commit's kinds by what it played, and so each kind that they don't have)."""


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
    parser.add_argument("--orders", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        _play_one(given.one, given.set, words=given.words)
        return
    if given.orders is not None:
        _play_orders(given.orders)
        return
    heading("month: what becomes of requests and orders", WORDS)
    if given.ends:
        _print_ends(given.seeds)
        return
    columns = {NOW: _months(ROOT, given.seeds, given.set, words=given.words)}
    if given.against:
        with _tree_of(given.against) as tree:
            columns = {given.against[:10]: _months(tree, given.seeds, ()), **columns}
    _print(columns, _elsewhere(given.set))


def _elsewhere(changed: Sequence[str]) -> Doubts:
    """How often each kind of doubt is justified in other libraries."""
    from bench.month.doubts import counted  # noqa: PLC0415 - as for the play

    return counted(_changes(changed))


def _changes(changed: Sequence[str]) -> dict[str, str]:
    """Settings by their keys."""
    pairs = (each.partition("=") for each in changed)
    return {key: value for key, _, value in pairs}


def _play_one(seed: int, changed: Sequence[str], *, words: bool) -> None:
    import asyncio  # noqa: PLC0415 - what the play loads, who prints need not load
    import time  # noqa: PLC0415

    from bench.month.play import play  # noqa: PLC0415

    began_s = time.process_time()
    figures = asyncio.run(play(seed, _changes(changed), words=words))
    sys.stdout.write(json.dumps(figures | {"CPU seconds": time.process_time() - began_s}))


def _play_orders(seed: int) -> None:
    import asyncio  # noqa: PLC0415 - as for the play

    from bench.month.ends import ORDERS_ENDS, RARE_LOOKS  # noqa: PLC0415
    from bench.month.play import play_orders  # noqa: PLC0415

    figures = asyncio.run(play_orders(seed, [{**RARE_LOOKS, **changed} for changed in ORDERS_ENDS.values()]))
    sys.stdout.write(json.dumps(figures))


def _months(tree: Path, seeds: Sequence[int], changed: Sequence[str], *, words: bool = False) -> list[dict[str, Any]]:
    """Play each seed in a process of its own, with the gateway of a tree."""
    return [_month(tree, seed, changed, words=words) for seed in seeds]


def _month(tree: Path, seed: int, changed: Sequence[str], *, words: bool = False) -> dict[str, Any]:
    settings = [f"--set={each}" for each in changed]
    figures: dict[str, Any] = _told(tree, "--one", str(seed), *settings, *(["--words"] if words else []))
    told = (*figures.pop("wrong", ()), *figures.pop("needless", ()))
    for line in (*told, *figures.pop("words", {}).items(), *figures.pop("refused", {}).items()):
        print(f"   seed {seed}: {line if isinstance(line, str) else ': '.join(map(str, line))}")
    return figures


def _told(tree: Path, *options: str) -> Any:
    """What a process of its own tells of a seed, with the gateway of a tree."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.month", *options],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)


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


def _print(columns: dict[str, list[dict[str, Any]]], elsewhere: Doubts) -> None:
    first = next(iter(columns.values()))[0]
    rows = [(name, *(_figure(name, months) for months in columns.values())) for name in first if name not in COUNTS]
    table(("figure", *columns), rows)
    print()
    kinds = sorted({kind for months in columns.values() for month in months for kind in month["tasks"]})
    lines = [(kind, *(_tasks(kind, months) for months in columns.values())) for kind in kinds]
    lines.append(("all tasks", *(_all_tasks(months) for months in columns.values())))
    knowable = (_all_knowable(months, elsewhere if name == NOW else {}) for name, months in columns.items())
    lines.append(("all tasks, by what can be known", *knowable))
    table(("task: needed / not", *columns), lines)
    print()
    _print_doubts(columns, elsewhere)
    print()
    _print_causes(columns)


def _print_doubts(columns: dict[str, list[dict[str, Any]]], elsewhere: Doubts) -> None:
    """Each kind of doubt, as it was played and in other libraries; and whether a person is needed for those of this tree."""
    played = {name: _sums("doubts", months) for name, months in columns.items()}
    lines = [
        (doubt, *(_pair(each, doubt) for each in played.values()), *_judged(doubt, played[NOW], elsewhere))
        for doubt in sorted({doubt for each in played.values() for doubt in each} | elsewhere.keys())
    ]
    table(("asked for an answer because: proposal wrong / right", *columns, "other libraries", "a person is"), lines)


def _judged(doubt: str, played: Doubts, elsewhere: Doubts) -> tuple[str, str]:
    known = elsewhere.get(doubt) or played.get(doubt)
    is_idle = known is not None and _is_idle(known)
    return _pair(elsewhere, doubt), "needless" if is_idle else "needed" if known else ""


def _is_idle(counted: tuple[int, int]) -> bool:
    """Whether of all proposals with a doubt so few are wrong that nobody need look."""
    wrong, right = counted
    return wrong < FORESEEABLE * (wrong + right)


def _print_causes(columns: dict[str, list[dict[str, Any]]]) -> None:
    """What keeps requests from being answered rightly without a person, as shares of all requests."""
    shares = {name: _causes(months) for name, months in columns.items()}
    causes = sorted(
        {cause for each in shares.values() for cause in each}, key=lambda cause: -shares[NOW].get(cause, 0.0)
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

    from bench.month import truth  # noqa: PLC0415
    from bench.month.ends import ENDS, ORDERS_ENDS, counted, judged_of  # noqa: PLC0415

    made = [truth.make(seed) for seed in seeds]
    worlds = [(world, asyncio.run(judged_of(world))) for world in made]
    rows = []
    for name, changed in ENDS.items():
        came_to: Counter[str] = Counter()
        for world, judged in worlds:
            came_to += counted(world, judged, changed)
        shares = (f"{came_to[each] / came_to.total():.1%}" for each in ("right without a person", "asked of a person"))
        rows.append((name, *shares, *(str(came_to[each]) for each in ("wrongly promised", "wrongly refused"))))
    table(("setting", "right without a person", "asked of a person", "wrongly promised", "wrongly refused"), rows)
    print()
    played = [_told(ROOT, "--orders", str(seed)) for seed in seeds]
    lines = [(name, *_borrowed(list(months))) for name, *months in zip(ORDERS_ENDS, *played, strict=True)]
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


def _sums(name: str, months: list[dict[str, Any]]) -> Doubts:
    """Pairs of all seeds, by their names."""
    names = sorted({each for month in months for each in month[name]})
    pairs = {each: [month[name].get(each, (0, 0)) for month in months] for each in names}
    return {each: (sum(one for one, _ in found), sum(other for _, other in found)) for each, found in pairs.items()}


def _pair(sums: Doubts, name: str) -> str:
    needed, needless = sums.get(name, (0, 0))
    return f"{needed} / {needless}"


def _all_tasks(months: list[dict[str, Any]]) -> str:
    pairs = _sums("tasks", months).values()
    return _with_share(sum(needed for needed, _ in pairs), sum(needless for _, needless in pairs))


def _all_knowable(months: list[dict[str, Any]], elsewhere: Doubts) -> str:
    """All tasks, of which answers are needless where their doubt is hardly ever justified: in other libraries, else in what was played."""
    pairs = _sums("tasks", months)
    answers = sum(pairs.pop("answer", (0, 0)))
    doubts = _sums("doubts", months)
    idle = sum(sum(played) for doubt, played in doubts.items() if _is_idle(elsewhere.get(doubt, played)))
    needed = sum(needed for needed, _ in pairs.values()) + answers - idle
    return _with_share(needed, sum(needless for _, needless in pairs.values()) + idle)


def _with_share(needed: int, needless: int) -> str:
    return f"{needed} / {needless} ({needless / max(1, needed + needless):.0%} not needed)"


if __name__ == "__main__":
    main()
