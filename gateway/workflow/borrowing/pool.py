"""Which range of the pool an item gets a barcode of, and when a range runs low: by the part of it that is free (ill.md, "As borrower": warning under
10 %). Pure.

Blocked barcodes are none of a range where it is judged; rested ones count as free, which whoever counts sees to.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway.workflow.borrowing.dues import latest_return
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


FETCHED_WITHIN: Final = timedelta(days=4)
"""So long an item mostly lies on the hold shelf before its loan begins."""


def range_in_time(usual: str, loan_days: Mapping[str, int], lenders_due_at: datetime | None, now: datetime) -> str:
    """Choose the range whose loans end before the item must go back to its lender: the usual one where that does, else the longest that does.

    `loan_days`: for how long the ILS lends what has a barcode of each range. Where none ends in time it is the shortest, and where
    nothing is known of the usual one, that.
    """
    if lenders_due_at is None or usual not in loan_days:
        return usual
    left = latest_return(lenders_due_at) - now - FETCHED_WITHIN
    in_time = {name: days for name, days in loan_days.items() if timedelta(days=days) <= left}
    if usual in in_time:
        return usual
    return max(in_time, key=lambda name: in_time[name]) if in_time else min(loan_days, key=lambda name: loan_days[name])


def _are_few(counts: Counts) -> bool:
    return counts.get(PoolState.FREE, 0) < FEW * _usable(counts)


def _usable(counts: Counts) -> int:
    return sum(counts.values()) - counts.get(PoolState.BLOCKED, 0)
