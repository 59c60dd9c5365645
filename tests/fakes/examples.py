"""How many examples a property test has."""

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import settings

QUICK: Final = "quick"
"""Hypothesis' profile of `make quick`."""
SHARE: Final = 10
"""There, one example of so many."""


def share_of(seeds: Sequence[int]) -> Sequence[int]:
    """Give the seeds of made-up examples, one a test: all in the whole suite."""
    return seeds[: max(len(seeds) // SHARE, 1)] if _is_quick() else seeds


def examples(number: int, **more: Any) -> settings:
    """So many examples, in the whole suite; with what else a property test sets."""
    return settings(max_examples=max(number // SHARE, 1) if _is_quick() else number, **more)


def _is_quick() -> bool:
    return bool(settings.get_current_profile_name() == QUICK)
