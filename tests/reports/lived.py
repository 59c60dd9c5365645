"""A store in which two years of made-up requests have happened, and a year of money, and are counted."""

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.dispatch.invoices import InvoiceIntake
from gateway.reports.folding import House
from gateway.store.sqlite import SqliteStore
from tests.fakes.clock import FakeTime
from tests.money.lives import BillLife, InvoiceLife
from tests.reports.made_up import OWN, by_time, ways


async def two_years_and_money(store: SqliteStore) -> None:
    """Of the fiscal year 2026 bills and lenders' invoices too."""
    await two_years(store)
    await BillLife(BillIntake(store, BillPlanner()), 3).play(14)
    await InvoiceLife(InvoiceIntake(store), 3).play(14)


async def two_years(store: SqliteStore) -> None:
    for change in by_time(ways(9, 40)):
        await store.commit(change)
    await Bookkeeper(store, lambda: House(own=frozenset({OWN})), FakeTime()).catch_up()
