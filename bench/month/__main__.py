"""A made-up department's month, by the rules of this tree and by those of an older one, side by side.

    python -m bench.month                          # five seeds, this tree alone
    python -m bench.month --against COMMIT         # the same play with the older tree's gateway beside it
    python -m bench.month --seeds 3 --words        # what was answered wrongly, and an example of each task

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
WORDS = """\
Sums and means over the seeds. A task counts as needed where the truth is that only a person could see to it. What is promised or
refused wrongly, lapsed, and a dead end is judged by the truth, which the gateway does not know."""


def main() -> None:
    """Play, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--against", metavar="COMMIT", help="an older commit whose gateway plays the same months")
    parser.add_argument("--words", action="store_true", help="what went wrong, in words")
    parser.add_argument("--settings", default="", help="further lines of settings, as TOML, for this tree")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        _play_one(given.one, given.settings, words=given.words)
        return
    heading("month: what becomes of requests and orders", WORDS)
    columns = {"now": _months(ROOT, given.seeds, given.settings, words=given.words)}
    if given.against:
        with _tree_of(given.against) as tree:
            columns = {given.against[:10]: _months(tree, given.seeds, "", words=False), **columns}
    _print(columns)


def _play_one(seed: int, settings: str, *, words: bool) -> None:
    import asyncio  # noqa: PLC0415 - what the play loads, who prints need not load
    import time  # noqa: PLC0415

    from bench.month.play import play  # noqa: PLC0415

    began_s = time.process_time()
    figures = asyncio.run(play(seed, more=settings, words=words))
    sys.stdout.write(json.dumps(figures | {"CPU seconds": time.process_time() - began_s}))


def _months(tree: Path, seeds: Sequence[int], settings: str, *, words: bool) -> list[dict[str, Any]]:
    """Play each seed in a process of its own, with the gateway of a tree."""
    return [_month(tree, seed, settings, words=words) for seed in seeds]


def _month(tree: Path, seed: int, settings: str, *, words: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.month", "--one", str(seed), "--settings", settings]
    done = subprocess.run(
        [*command, *(["--words"] if words else [])],
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
    rows = [(name, *(_figure(name, months) for months in columns.values())) for name in first if name != "tasks"]
    table(("figure", *columns), rows)
    print()
    kinds = sorted({kind for months in columns.values() for month in months for kind in month["tasks"]})
    lines = [(kind, *(_tasks(kind, months) for months in columns.values())) for kind in kinds]
    lines.append(("all tasks", *(_all_tasks(months) for months in columns.values())))
    table(("task: needed / not", *columns), lines)


def _figure(name: str, months: list[dict[str, Any]]) -> str:
    values = [month[name] for month in months]
    if name in SHARES:
        return f"{mean(values):.1%} ({min(values):.1%} to {max(values):.1%})"
    if all(isinstance(value, int) for value in values):
        return f"{sum(values)} ({', '.join(map(str, values))})"
    return f"{mean(values):.2f}"


def _tasks(kind: str, months: list[dict[str, Any]]) -> str:
    needed, needless = (sum(month["tasks"].get(kind, (0, 0))[place] for month in months) for place in (0, 1))
    return f"{needed} / {needless}"


def _all_tasks(months: list[dict[str, Any]]) -> str:
    needed, needless = (sum(pair[place] for month in months for pair in month["tasks"].values()) for place in (0, 1))
    share = needless / max(1, needed + needless)
    return f"{needed} / {needless} ({share:.0%} not needed)"


if __name__ == "__main__":
    main()
