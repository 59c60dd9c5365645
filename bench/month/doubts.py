"""How often a doubt is justified, by kinds, over more requests than are played: whether a person was needed, by what can be known.

A kind with one or two cases in the months that are played can't be judged by these. So every work of further made-up libraries, which are
not among the seeds that are played, is asked for once, and answered on the first day's shelves by the catalogue, the circulation statuses
and the policy alone (as in `ends`).
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from bench.month import truth
from bench.month.ends import Judged, answered, judged_of
from bench.month.house import settings_of
from bench.month.proposals import doubt_of, would_be_right
from bench.month.truth import Truth
from gateway.policy import judging

SEEDS: Final = (101, 102, 103, 104)
"""Some 5,500 requests each."""


def counted(changed: Mapping[str, str], seeds: Iterable[int] = SEEDS) -> dict[str, tuple[int, int]]:
    """Give for each kind of doubt how many proposals were wrong, and how many right. `changed`: settings by their keys."""
    found: Counter[tuple[str, bool]] = Counter()
    for seed in seeds:
        world = truth.make(seed, is_whole=True)
        found.update(_doubts(world, asyncio.run(judged_of(world)), changed))
    return {doubt: (found[doubt, False], found[doubt, True]) for doubt in sorted({doubt for doubt, _ in found})}


def _doubts(world: Truth, judged: Iterable[Judged], changed: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Each request that a person is asked about: why, and whether what is proposed is right."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(world, Path(folder), changed)
    policy, calendars = settings.lending_policy(), settings.calendars()
    for each in judged:
        answer, certain = answered(each, policy, calendars)
        if not (certain and judging.goes_out_alone(answer, policy.auto_answer)):
            yield doubt_of(answer, each.right), would_be_right(answer, each.right)
