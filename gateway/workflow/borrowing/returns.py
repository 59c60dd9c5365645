"""Lenders that were left and can be asked again, by rule and in time. Pure."""

from datetime import datetime, timedelta
from typing import Final

from gateway.workflow.borrowing_events import LenderSays, RotaMade
from gateway.workflow.borrowing_records import Borrowing, Return

MOST_ASKED: Final = 3
"""How often a lender that has said “not now”, and names no day, is asked for one work by rule; more often staff say so. It has the work, and a
loan of two or three weeks, as is usual, ends between the first time and the third.
"""
MOST_ASKED_IF_SILENT: Final = 2
"""Likewise one that has never said anything: twice silent, it will not answer by itself."""
SILENCE_COSTS: Final = timedelta(days=5)
"""Whoever said nothing may say nothing again, and is waited for: so much sooner than others its day must be to come before theirs."""


def may_be_asked_again(borrowed: Borrowing, each: Return) -> bool:
    """Whether the rule may ask the lender of a return once more."""
    partner = borrowed.asked[each.attempt - 1].partner
    most = MOST_ASKED if not each.silent or _has_said_not_now(borrowed, partner) else MOST_ASKED_IF_SILENT
    return sum(line.partner == partner for line in borrowed.heard_of_it) < most


def _has_said_not_now(borrowed: Borrowing, partner: str) -> bool:
    return any(each.partner == partner and each.words.startswith(LenderSays.RETRY) for each in borrowed.heard)


def day_of(borrowed: Borrowing, each: Return, made: RotaMade) -> datetime | None:
    """When the lender of a return is asked again: on its day, else as long after its word as the rule says; None: staff say so."""
    if each.after is not None:
        return each.after
    if made.again_at is None or not may_be_asked_again(borrowed, each):
        return None
    return max(made.at, (each.at or made.at) + (made.again_at - made.at))


def first(borrowed: Borrowing) -> Return:
    """Return the one to ask first: of those with a day the one that is likely to have answered first, else the first that was left."""
    dated = [(each.after + SILENCE_COSTS * each.silent, each) for each in borrowed.returns if each.after is not None]
    return min(dated, key=lambda pair: pair[0])[1] if dated else min(borrowed.returns, key=lambda each: each.silent)
