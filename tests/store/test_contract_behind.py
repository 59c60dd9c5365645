"""The contract of the port, on both stores: the requests behind each number come to that number, in whatever a figure is counted."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.desk.access import Caller
from gateway.desk.behind import show_behind
from gateway.desk.structs.statistics import BehindQuery, BehindRow
from gateway.reports.catalogue import FIGURES
from gateway.reports.figure import Cell, Figure, Opens, Unit
from gateway.reports.reasons import WHY_NOT_BORROWING
from gateway.store.port import Store
from gateway.workflow.facts import Attempt, AttemptResult, Fact, Folded
from gateway.workflow.records import Role
from gateway.workflow.staff import StaffRole
from tests.store.test_contract_booked import desk_of
from tests.store.test_contract_facts import ZONE, lived, rows_of, whole
from tests.store.values import NOW, creation

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


async def test_lenders_after_the_third_open_too(store: Store) -> None:
    await store.commit(creation(1))
    piece = await store.facts.changed(1)
    assert piece is not None
    attempts = tuple(
        Attempt(
            attempt=place,
            partner=f"lender-{place}",
            place=place,
            answered_at=NOW + timedelta(seconds=place),
            result=AttemptResult.UNFILLED,
            reason="NotHeld",
        )
        for place in range(1, 6)
    )
    folded = [Folded(fact=Fact(role=Role.BORROWING), attempts=attempts)]
    assert await store.facts.write(piece, folded, ZONE)
    ((row, total),) = await rows_of(store, WHY_NOT_BORROWING, [whole()])
    assert row.cells == total.cells == (1, 1, 1, 2, 5)
    for line in (row, total):
        later = await behind(store, WHY_NOT_BORROWING, line.name, "later")
        assert [each.partner for each in later] == ["lender-4", "lender-5"]
