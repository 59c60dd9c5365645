"""The contract of the port, on both stores: the requests behind each number come to that number, in whatever a figure is counted."""

from collections import defaultdict
from decimal import Decimal

import pytest

from gateway.desk.access import Caller
from gateway.desk.behind import show_behind
from gateway.desk.structs.statistics import BehindQuery, BehindRow
from gateway.reports.catalogue import FIGURES
from gateway.reports.figure import Cell, Figure, Opens, Unit
from gateway.store.port import Store
from gateway.workflow.staff import StaffRole
from tests.store.test_contract_booked import desk_of
from tests.store.test_contract_facts import lived, rows_of, whole

OPENED = [figure for figure in FIGURES if any(column.opens is Opens.REQUESTS for column in figure.columns)]


async def behind(store: Store, figure: Figure, row: str, column: str) -> list[BehindRow]:
    """All pages of what is behind a number."""
    found: list[BehindRow] = []
    after = None
    while True:
        query = BehindQuery(period=f"{whole().first}..{whole().last}", row=row, column=column, after=after, limit=25)
        shown = await show_behind(desk_of(store), Caller("x", StaffRole.VIEWER), figure.name, query)
        found += shown.rows
        if shown.next is None:
            return found
        after = shown.next


def together(unit: Unit, rows: list[BehindRow]) -> Cell:
    """What requests come to, as a cell says it."""
    if unit is Unit.COUNT:
        return sum(row.count for row in rows)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        assert row.currency is not None
        sums[row.currency] += Decimal(row.amount or 0)
    if unit is Unit.AMOUNT:
        return str(sum(sums.values())) if sums else None
    return ", ".join(f"{amount:,} {currency}" for currency, amount in sorted(sums.items()) if amount) or None


@pytest.mark.parametrize("seed", range(3))
async def test_the_requests_behind_each_number_come_to_it(store: Store, seed: int) -> None:
    await lived(store, seed, 60)
    opened = 0
    for figure in OPENED:
        (rows,) = await rows_of(store, figure, [whole()])
        for row in rows:
            for column, cell in zip(figure.columns, row.cells, strict=True):
                if column.opens is Opens.REQUESTS and cell and not (isinstance(cell, str) and set(cell) <= {"0", "."}):
                    found = together(column.unit, await behind(store, figure, row.name, column.name))
                    assert found == cell, (figure.name, row.name, column.name)
                    opened += 1
    assert opened > 100
