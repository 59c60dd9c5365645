"""What was billed, paid and given up, and what was open by age, by partner and currency: counted from the ledger, whose lines never change. Pure.

So a month that has passed stays as it is, and what is taken back counts in the month in which that was booked. Currencies are never added up.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from gateway.money.ageing import Age, age_of
from gateway.money.amounts import NOTHING, checked, total
from gateway.money.records import EntryKind
from gateway.reports.figure import Answers, Cell, Column, Figure, Group, Row, Unit
from gateway.workflow.booked import Booked, OpenBill
from gateway.workflow.questions import Part

K = EntryKind
_SUMS: Final[Mapping[str, tuple[str, Mapping[EntryKind, int]]]] = {
    "billed": ("Billed", {K.BILLED: 1}),
    "credited": ("Credited", {K.CREDITED: -1}),
    "paid": ("Paid", {K.PAID: -1, K.REVERSED: -1, K.CREDIT_USED: -1, K.TO_CREDIT: -1}),
    "waived": ("Waived", {K.WRITTEN_OFF: -1, K.REPLACED: -1, K.REVIVED: -1}),
    "paid-back": ("Credit paid back", {K.PAID_BACK: 1}),
}
"""Name and words of a column, and which lines of the ledger it adds up, with their signs: what is paid is below 0 there."""
_BOOKED: Final = tuple(Column(name=name, words=words, unit=Unit.AMOUNT) for name, (words, _) in _SUMS.items())
_OPEN: Final = (
    *(Column(name=age.name.lower().replace("_", "-"), words=age.value.capitalize(), unit=Unit.AMOUNT) for age in Age),
    Column(name="open", words="All", unit=Unit.AMOUNT),
    Column(name="disputed", words="Disputed of it", unit=Unit.AMOUNT),
)
Key = tuple[str, str]
"""A partner and a currency."""


def _booked_rows(answers: Answers) -> Sequence[Row]:
    keys = sorted({(partner, currency) for partner, currency, _ in answers.booked})
    return _rows({key: _sums(answers.booked, key) for key in keys})


def _sums(booked: Booked, key: Key) -> tuple[Decimal, ...]:
    return tuple(
        total(booked.get((*key, kind.value), NOTHING) * sign for kind, sign in kinds.items())
        for _, kinds in _SUMS.values()
    )


def _open_rows(answers: Answers) -> Sequence[Row]:
    assert answers.last is not None, "a period has a last day"
    of_key: dict[Key, list[OpenBill]] = {}
    for bill in answers.open_bills:
        of_key.setdefault((bill.partner, bill.currency), []).append(bill)
    last = answers.last
    by_age = {
        key: (
            *(total(bill.balance for bill in bills if age_of(bill.dated, last) is age) for age in Age),
            total(bill.balance for bill in bills),
            total(bill.balance for bill in bills if bill.disputed),
        )
        for key, bills in sorted(of_key.items())
    }
    return _rows(by_age)


def _rows(sums: Mapping[Key, tuple[Decimal, ...]]) -> Sequence[Row]:
    """A line for each partner and currency, and for each currency one below them."""
    rows = [
        Row(
            name=f"{partner}/{currency}",
            words=partner,
            part=Part.PARTNER,
            currency=currency,
            cells=_cells(amounts, currency),
        )
        for (partner, currency), amounts in sums.items()
    ]
    currencies = sorted({currency for _, currency in sums})
    return (
        *rows,
        *(_total(currency, [each for (_, of), each in sums.items() if of == currency]) for currency in currencies),
    )


def _total(currency: str, amounts: Iterable[tuple[Decimal, ...]]) -> Row:
    together = tuple(total(column) for column in zip(*amounts, strict=True))
    return Row(
        name=f"total/{currency}", words="Total", currency=currency, cells=_cells(together, currency), is_total=True
    )


def _cells(amounts: Iterable[Decimal], currency: str) -> tuple[Cell, ...]:
    return tuple(str(checked(amount, currency)) for amount in amounts)


BILLS: Final = Figure(
    name="bills",
    group=Group.MONEY,
    title="Billed and paid, by partner",
    definition=(
        "What was booked in the period, by partner and currency: invoices when they were finalised, credit notes likewise, payments when they were "
        "booked, less those that did not hold and what became credit again, with credit that paid for a bill; waived: written off, or taken as replaced by another copy, "
        "less what was paid after all. A correction counts in the period in which it was booked. Months add up to their year."
    ),
    columns=_BOOKED,
    headline="billed",
    make=_booked_rows,
    needs_booked=True,
)
OPEN: Final = Figure(
    name="open-bills",
    group=Group.MONEY,
    title="Open at the end of the period, by age",
    definition=(
        "What partners owed when the period ended (or owe now, if it has not), by the days since each invoice's date; disputed: what they contested then. "
        "Credit stands beside it in the accounts, and is not taken off."
    ),
    columns=_OPEN,
    headline="open",
    make=_open_rows,
    adds_up=False,
    needs_open=True,
)
FIGURES: Final = (BILLS, OPEN)
