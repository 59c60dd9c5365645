"""What lenders asked of us, what of it we paid or did not owe after all, and what was open by age: counted from what was booked of their invoices. Pure."""

from functools import partial
from typing import Final

from gateway.money.invoices.booking import OwedKind
from gateway.reports.booked import OPEN_COLUMNS, added, booked_rows, open_rows
from gateway.reports.figure import Figure, Group
from gateway.workflow.booked import WhoseBooks

K = OwedKind
_BOOKED: Final = (
    added("asked", "Asked of us", {K.ASKED: 1}),
    added("let-off", "Not owed after all", {K.LET_OFF: 1}),
    added("paid", "Paid", {K.PAID: 1}),
    added("disputed", "Disputed, more or less", {K.DISPUTED: 1}),
)
INVOICES: Final = Figure(
    name="lenders-invoices",
    group=Group.MONEY,
    title="Asked by lenders and paid, by lender",
    definition=(
        "What was entered of lenders' invoices in the period, by lender and currency, less what was dropped as entered by mistake; not owed after all: "
        "taken back by the lender, or less after a dispute; paid: when it was entered as paid, less what was not paid after all; disputed: by how much "
        "what we contest grew or shrank. A correction counts in the period in which it was made. A lender that is none of the partners goes by the "
        "name on its invoices. Months add up to their year."
    ),
    columns=_BOOKED,
    headline="asked",
    make=partial(booked_rows, _BOOKED),
    books=WhoseBooks.INVOICES,
)
OWED: Final = Figure(
    name="owed-to-lenders",
    group=Group.MONEY,
    title="Owed to lenders at the end of the period, by age",
    definition=(
        "What was to be paid of lenders' invoices when the period ended (or is now, if it has not), by the days since each invoice's date, whether "
        "it was approved or not; disputed: what we contested then."
    ),
    columns=OPEN_COLUMNS,
    headline="open",
    make=partial(open_rows, OPEN_COLUMNS),
    adds_up=False,
    books=WhoseBooks.INVOICES,
)
FIGURES: Final = (INVOICES, OWED)
