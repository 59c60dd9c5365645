"""Figures of money out of what was booked: a line for each partner and currency, and one below for each currency. Pure.

Currencies are never added up, and amounts are exact, whatever they come to.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from gateway.money.ageing import BillAge, age_of
from gateway.money.amounts import NOTHING, exact, total
from gateway.reports.figure import Answers, Cell, Column, FigureRow, Unit
from gateway.workflow.booked import OpenBill
from gateway.workflow.questions import Part

Key = tuple[str, str]
"""A partner and a currency."""


def added(name: str, words: str, kinds: Mapping[str, int]) -> Column:
    """Return a column that adds up what was booked of some kinds, with their signs."""
    return Column(name=name, words=words, unit=Unit.AMOUNT, booked=kinds)


def _of_age(age: BillAge) -> Column:
    name = age.name.lower().replace("_", "-")
    return Column(
        name=name,
        words=age.value.capitalize(),
        unit=Unit.AMOUNT,
        still_open=lambda bill, last: age_of(bill.dated, last) is age,
    )


OPEN_COLUMNS: Final = (
    *map(_of_age, BillAge),
    Column(name="open", words="All", unit=Unit.AMOUNT, still_open=lambda _bill, _last: True),
    Column(name="disputed", words="Disputed of it", unit=Unit.AMOUNT, still_open=lambda bill, _last: bill.disputed),
)


def booked_rows(columns: Sequence[Column], answers: Answers) -> Sequence[FigureRow]:
    """Return what was booked in a period."""
    keys = sorted({(partner, currency) for partner, currency, _ in answers.booked})
    return _rows({key: tuple(_booked(column, answers, key) for column in columns) for key in keys})


def _booked(column: Column, answers: Answers, key: Key) -> Decimal:
    return total(answers.booked.get((*key, kind), NOTHING) * sign for kind, sign in column.booked.items())


def open_rows(columns: Sequence[Column], answers: Answers) -> Sequence[FigureRow]:
    """Return what was open at the end of a period."""
    assert answers.last is not None, "a period has a last day"
    of_key: dict[Key, list[OpenBill]] = {}
    for bill in answers.open_bills:
        of_key.setdefault((bill.partner, bill.currency), []).append(bill)
    return _rows(
        {
            key: tuple(total(bill.balance for bill in column.of_open(bills, answers.last)) for column in columns)
            for key, bills in sorted(of_key.items())
        }
    )


def _rows(sums: Mapping[Key, tuple[Decimal, ...]]) -> Sequence[FigureRow]:
    rows = [
        FigureRow(
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


def _total(currency: str, amounts: Iterable[tuple[Decimal, ...]]) -> FigureRow:
    together = tuple(total(column) for column in zip(*amounts, strict=True))
    name = f"{TOTAL}{currency}"
    return FigureRow(name=name, words="Total", currency=currency, cells=_cells(together, currency), is_total=True)


TOTAL: Final = "total/"
"""What the names of the lines of totals begin with; the currency follows."""


def nothing_in(currency: str) -> str:
    """Return the cell for no money at all."""
    return str(exact(NOTHING, currency))


def _cells(amounts: Iterable[Decimal], currency: str) -> tuple[Cell, ...]:
    return tuple(str(exact(amount, currency)) for amount in amounts)
