"""Until when a customer may keep what a lender lent: the lender's due date, less the way back (ill.md, "As borrower"). Pure."""

from datetime import datetime, timedelta
from typing import Final

TRANSIT: Final = timedelta(days=3)
"""What the way back to the lender takes: the customer must have returned it so long before (ill.md, "Clocks": incl. transit)."""


def latest_return(lenders_due_at: datetime) -> datetime:
    """The last moment at which the customer may bring it back."""
    try:
        return lenders_due_at - TRANSIT
    except OverflowError:  # a date of the year 1, as a lender may write it
        return lenders_due_at
