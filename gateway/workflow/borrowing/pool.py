"""When the pool of barcodes runs low: by the part of a range that is free (ill.md, "As borrower": warning under 10 %). Pure.

Blocked barcodes are none of a range where it is judged; rested ones count as free, which whoever counts sees to.
"""

from collections.abc import Mapping
from typing import Final

from gateway.workflow.borrowing_records import PoolState

FEW: Final = 0.1
"""The free part of a range below which there is a warning; deploy/alerts.yml has it too."""
NONE_FREE: Final = "No barcode is free: what comes can't be received without one that staff put on it."

Counts = Mapping[PoolState, int]
"""How many barcodes of a range are in each state."""


def warning(counts: Counts) -> str | None:
    """Say that few barcodes of a range are free, or none; None where there are enough."""
    if not counts.get(PoolState.FREE, 0):
        return NONE_FREE
    return f"Under {FEW:.0%} of the barcodes are free: have more made.".replace("%", " %") if _are_few(counts) else None


def words_as_one_is_taken(name: str, counts: Counts) -> str:
    """Say to staff that by this very barcode few are left, or none; nothing where there are enough, or where it was said before."""
    left = {
        **counts,
        PoolState.FREE: counts.get(PoolState.FREE, 0) - 1,
        PoolState.ASSIGNED: counts.get(PoolState.ASSIGNED, 0) + 1,
    }
    if left[PoolState.FREE] and (_are_few(counts) or not _are_few(left)):
        return ""
    return f"Of the range “{name}” {left[PoolState.FREE]} of {_usable(left)} barcodes are free."


def _are_few(counts: Counts) -> bool:
    return counts.get(PoolState.FREE, 0) < FEW * _usable(counts)


def _usable(counts: Counts) -> int:
    return sum(counts.values()) - counts.get(PoolState.BLOCKED, 0)
