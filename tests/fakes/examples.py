"""How many examples a property test has."""

from typing import Any, Final

from hypothesis import settings

QUICK: Final = "quick"
"""Hypothesis' profile of `make quick`."""
SHARE: Final = 5
"""There, one example of so many."""


def examples(number: int, **more: Any) -> settings:
    """So many examples, in the whole suite; with what else a property test sets."""
    is_quick = settings.get_current_profile_name() == QUICK
    return settings(max_examples=max(number // SHARE, 1) if is_quick else number, **more)
