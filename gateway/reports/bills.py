"""What was billed, paid and given up, and what was open by age, by partner and currency: counted from the ledger, whose lines never change. Pure.

So a month that has passed stays as it is, and what is taken back counts in the month in which that was booked.
"""

from functools import partial
from typing import Final

from gateway.money.records import EntryKind
from gateway.reports.booked import OPEN_COLUMNS, added, booked_rows, open_rows
from gateway.reports.figure import Figure, Group
from gateway.workflow.booked import WhoseBooks

K = EntryKind
_BOOKED: Final = (
    added("billed", "Billed", {K.BILLED: 1}),
    added("credited", "Credited", {K.CREDITED: -1}),
    added("paid", "Paid", {K.PAID: -1, K.REVERSED: -1, K.CREDIT_USED: -1, K.TO_CREDIT: -1}),
    added("waived", "Waived", {K.WRITTEN_OFF: -1, K.REPLACED: -1, K.REVIVED: -1}),
    added("paid-back", "Credit paid back", {K.PAID_BACK: 1}),
)
"""Which lines of the ledger each adds up, with their signs: what is paid is below 0 there."""
BILLS: Final = Figure(
    name="bills",
    group=Group.MONEY,
    title="Billed and paid, by partner",
    definition=(
        "What was booked in the period, by partner and currency: invoices when they were finalised, credit notes likewise, payments when they were "
        "booked, less those that did not hold and what became credit again, with credit that paid for a bill; waived: written off, or taken "
        "as replaced by another copy, less what was paid after all. A correction counts in the period in which it was booked. Months add up to their year."
    ),
    columns=_BOOKED,
    headline="billed",
    make=partial(booked_rows, _BOOKED),
    books=WhoseBooks.BILLS,
)
OPEN: Final = Figure(
    name="open-bills",
    group=Group.MONEY,
    title="Open at the end of the period, by age",
    definition=(
        "What partners owed when the period ended (or owe now, if it has not), by the days since each invoice's date; disputed: what they contested then. "
        "Credit stands beside it in the accounts, and is not taken off."
    ),
    columns=OPEN_COLUMNS,
    headline="open",
    make=partial(open_rows, OPEN_COLUMNS),
    adds_up=False,
    books=WhoseBooks.BILLS,
)
FIGURES: Final = (BILLS, OPEN)
