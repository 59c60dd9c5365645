"""Lenders that were left and can be asked again, by rule and in time. Pure."""

from typing import Final

from gateway.workflow.borrowing_records import Borrowing, Return

MOST_ASKED: Final = 2
"""How often a lender that names no day is asked for one work by rule; more often staff say so."""


def may_be_asked_again(borrowed: Borrowing, each: Return) -> bool:
    """Whether the rule may ask the lender of a return once more."""
    partner = borrowed.asked[each.attempt - 1].partner
    return sum(line.partner == partner for line in borrowed.asked) < MOST_ASKED
