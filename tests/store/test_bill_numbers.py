"""Numbers have no gap and no twin, although the processes that take them are killed between number and commit, again and again."""

import pytest

from gateway.money.amounts import total
from gateway.money.records import Bill
from gateway.store.bills_port import BillFilter
from gateway.store.factory import open_store
from gateway.store.port import Store
from tests.store.biller import bill_without_end
from tests.store.killing import killed_while_working

pytestmark = pytest.mark.process

KILLS = 4


def killed_while_billing(url: str, *names: str) -> list[str]:
    """Run a biller for each name, kill all of them once they have said enough, and return the bills that had a number by then."""
    return [bill for _, bill in killed_while_working(bill_without_end, url, *names)]


async def all_bills(store: Store) -> list[Bill]:
    return list(await store.bills.bills(BillFilter(limit=10_000)))


async def must_have_no_gap(url: str, finalised: list[str]) -> None:
    store = open_store(url)
    await store.open()
    try:
        bills = await all_bills(store)
        numbers = sorted(bill.number.number for bill in bills if bill.number)
        assert numbers == list(range(1, len(numbers) + 1))
        assert set(finalised) <= {bill.id for bill in bills if bill.number}, "what was said to be finalised is"
        for bill in bills:
            assert (bill.number is None) is (bill.face is None)
            assert total(entry.amount for entry in await store.bills.ledger(bill=bill.id)) == bill.balance
    finally:
        await store.close()


async def test_a_kill_between_number_and_commit_leaves_no_gap(sqlite_url: str) -> None:
    finalised: list[str] = []
    for turn in range(KILLS):
        finalised += killed_while_billing(sqlite_url, f"{turn}")
    await must_have_no_gap(sqlite_url, finalised)


async def test_kills_of_several_gateways_leave_no_gap(postgres_url: str) -> None:
    finalised: list[str] = []
    for turn in range(KILLS):
        finalised += killed_while_billing(postgres_url, f"{turn}a", f"{turn}b")
    await must_have_no_gap(postgres_url, finalised)
