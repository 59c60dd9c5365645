"""Ids of records that nobody has named yet. Pure."""

import re
from collections.abc import Collection, Iterable


def free_id(wishes: Iterable[str], taken: Collection[str]) -> str:
    """Make an id of the first wish that has a letter or digit, with a number behind it where another has it."""
    names = (re.sub(r"[^a-z0-9]+", "-", wish.casefold()).strip("-")[:40].strip("-") for wish in wishes)
    plain = next((name for name in names if name), "partner")
    numbered = (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in numbered if each not in taken)
