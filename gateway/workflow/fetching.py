"""How long a branch takes to bring a book to the desk: learned from its own books, else a value that fits a courier. Pure.

ill.md, "Clocks": a courier brings a branch's book after 1 to 4 open days, and no promise is broken while the book is in transit.
"""

from collections.abc import Sequence
from math import ceil
from typing import Final

from gateway.workflow.records import Fetching, Item

LEAST: Final = 5
"""Books of a branch from which on it is known how long it takes."""
NEARLY_ALL: Final = 0.95
UNKNOWN: Final = Fetching(mostly=2, nearly_all=4, words="nothing was fetched there yet")


def learned(days: Sequence[int]) -> Fetching:
    """Return what so many books of a branch took, in open days each."""
    if len(days) < LEAST:
        return UNKNOWN
    inside = sorted(days)
    mostly, nearly_all = (inside[ceil(share * len(inside)) - 1] for share in (0.5, NEARLY_ALL))
    words = f"of {len(days)} books half came within {mostly} open days, and 95 in 100 within {nearly_all}"
    return Fetching(mostly=mostly, nearly_all=nearly_all, words=words)


def as_set(days: int, where: str, otherwise: Fetching) -> Fetching:
    """Return what is set of a branch, where that stands, and what would count else."""
    words = f"{days} open {'day' if days == 1 else 'days'} by {where}, in place of what is learned: {otherwise.words}"
    return Fetching(mostly=days, nearly_all=days, words=words)


def nearly_all(item: Item) -> int:
    """Return the open days within which an item should be here."""
    return (item.fetching or UNKNOWN).nearly_all
