"""The audit chain over the books, on both stores: what money, partners and policies leave behind is sealed, and what was changed is found."""

# ruff: noqa: S608 - names of our own tables, and numbers

from decimal import Decimal

import pytest

from gateway.clock import TimeSource
from gateway.dispatch import sealing
from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.invoices import InvoiceIntake
from gateway.dispatch.purging import forget_invoice, purge_bill
from gateway.money.invoices.events import InvoiceAct
from gateway.money.records import BillState
from gateway.store.factory import open_store
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sealing import Book
from gateway.workflow.partners import Partner
from tests.dispatch.test_sealing import looked, sealed, words
from tests.fakes.directory import put
from tests.store import test_contract_invoices as invoices
from tests.store.outside import fetch, run
from tests.store.test_contract_bills import finalise, payment, proposed
from tests.store.then import NEWEST, lay_version
from tests.store.values import creation, later

KEYS = dict.fromkeys(Book, "id") | {Book.POLICIES: "version"}
CHANGES = {
    Book.BILL_HISTORY: "entry = replace(entry, 'anna', 'bert')",
    Book.LEDGER: "amount = amount + 1",
    Book.INVOICE_HISTORY: "at = at + 1",
    Book.INVOICE_LEDGER: "amount = amount - 1",
    Book.DIRECTORY_HISTORY: "changed_by = 'nobody'",
    Book.POLICIES: "saved_by = 'nobody'",
}


async def paid(store: Store, bill: str) -> None:
    """A bill that is made and paid."""
    door = BillIntake(store, BillPlanner())
    await door.begin(proposed(bill))
    await door.submit_bill(bill, finalise())
    await door.pay(payment("75.00"), {bill: Decimal("75.00")})
    await run(store, "DELETE FROM effects")


async def written(store: Store) -> dict[Book, list[int]]:
    """A line or two of history and of each book; the numbers of the books' lines."""
    await store.commit(creation(1))
    await paid(store, "M-1")
    door = InvoiceIntake(store)
    await invoices.approved(door, "V-1")
    await door.submit_invoice("V-1", invoices.acted(InvoiceAct.PAY, "berta", 5, **invoices.PAY))
    await put(store, Partner(id="hills", name="Specimen Hills Library", peer="hub"))
    await store.save_policy(b"a policy", at=later(1), by="anna")
    return {
        book: [row[0] for row in await fetch(store, f"SELECT {KEYS[book]} FROM {book} ORDER BY 1")] for book in Book
    }


async def test_a_line_of_each_book_is_sealed_a_look_later(store: Store) -> None:
    lines = await written(store)
    assert all(lines.values())
    audited = await looked(store)
    assert (audited.book_lines, audited.book_unsealed) == (0, sum(numbers[-1] for numbers in lines.values()))
    await sealed(store)
    audited = await looked(store)
    assert (audited.faults, audited.book_seals, audited.book_unsealed) == ((), len(Book), 0)
    assert audited.book_lines == sum(map(len, lines.values()))


@pytest.mark.parametrize("book", list(Book))
async def test_what_is_changed_or_missing_in_a_book_is_found(store: Store, book: Book) -> None:
    number = (await written(store))[book][0]
    await sealed(store)
    where = f"{book.called[0].upper()}{book.called[1:]}, line {number}:"
    await run(store, f"UPDATE {book} SET {CHANGES[book]} WHERE {KEYS[book]} = {number}")
    assert await words(store) == [f"{where} It was changed."]
    await run(store, f"DELETE FROM {book} WHERE {KEYS[book]} = {number}")
    assert await words(store) == [f"{where} It is missing, and no purge names it."]


async def test_a_line_that_is_put_between_sealed_ones_is_found(store: Store) -> None:
    first, gap, *_ = (await written(store))[Book.BILL_HISTORY]
    await run(store, f"DELETE FROM bill_history WHERE id = {gap}")
    await sealed(store)
    overriding = " OVERRIDING SYSTEM VALUE" if isinstance(store, PostgresStore) else ""
    columns = f"INSERT INTO bill_history (id, bill, at, entry, event){overriding}"
    await run(store, f"{columns} SELECT {gap}, bill, at, entry, event FROM bill_history WHERE id = {first}")
    assert await words(store) == [
        f"The history of bills, line {gap}: It was added after its stretch of history was sealed."
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM book_seals WHERE number = 1", "Seal 1 of the books is missing."),
        (
            "UPDATE book_seals SET leaves = substr(leaves, 33) WHERE number = 2",
            "does not follow from the one before it",
        ),
        ("UPDATE seals SET books = NULL", "does not follow from the one before it"),
    ],
)
async def test_a_chain_that_is_changed_is_found(store: Store, statement: str, said: str) -> None:
    await written(store)
    await paid(store, "M-2")
    await sealed(store)
    await run(store, statement)
    assert any(said in each for each in await words(store)), await words(store)


NO_LEAVES = "The history of bills: Seal 1 does not follow from the one before it."


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE book_seals SET book = 'x' WHERE number = 1", "Seal 1 of the books is of none of them."),
        ("UPDATE book_seals SET leaves = substr(leaves, 1, 0) WHERE number = 1", NO_LEAVES),
        ("UPDATE book_seals SET leaves = substr(leaves, 1, 33) WHERE number = 1", NO_LEAVES),
        ("UPDATE book_seals SET leaves = substr(leaves, 2, 32) WHERE number = 1", NO_LEAVES),
    ],
)
async def test_a_seal_that_can_not_be_read_is_said_and_the_rest_is_looked_at(
    store: Store, statement: str, said: str
) -> None:
    await written(store)
    await sealed(store)
    await run(store, "UPDATE policies SET saved_by = 'nobody'")
    await run(store, statement)
    found = await words(store)
    assert said in found
    assert "The versions of the policy, line 1: It was changed." in found


@pytest.mark.parametrize(
    "entry",
    [
        '{"detail":{"gone with it":{"x":"1"}}}',
        '{"detail":{"gone with it":{"ledger":"x"}}}',
        '{"detail":{"gone with it":{"ledger":"-1"}}}',
        '{"detail":{"gone with it":{"ledger":"99999999999999"}}}',
        '{"detail":{"gone with it":7}}',
        '{"detail":7}',
        "7",
    ],
)
async def test_a_purge_that_can_not_be_read_is_said_and_the_rest_is_looked_at(store: Store, entry: str) -> None:
    await written(store)
    assert await forget_invoice(store, "V-1", ended_before=later(100), at=later(500))
    await sealed(store)
    await run(store, f"UPDATE history SET entry = '{entry}' WHERE request IS NULL")
    await run(store, "UPDATE policies SET saved_by = 'nobody'")
    found = await words(store)
    assert found[:2] == ["What it tells can't be read.", "It was changed."]
    assert "The versions of the policy, line 1: It was changed." in found


async def test_books_that_are_sealed_anew_are_not_those_that_history_vouches_for(store: Store) -> None:
    await written(store)
    await sealed(store)
    await run(store, "UPDATE ledger SET amount = amount + 1")
    await run(store, "DELETE FROM book_seals")
    await sealed(store)
    assert await words(store) == ["The books are not those that seal 1 vouches for."]


async def test_what_goes_with_an_old_bill_or_invoice_is_no_gap(store: Store) -> None:
    """And no number of theirs is given again, so that what is booked later is sealed as well."""
    await written(store)
    await sealed(store)
    (old,) = await store.keeping.old_bills(BillState.PAID, settled_before=later(100), limit=9)
    await purge_bill(store, old, at=later(500))
    assert await forget_invoice(store, "V-1", ended_before=later(100), at=later(500))
    await run(store, "DELETE FROM effects")
    assert [await fetch(store, f"SELECT * FROM {book}") for book in (Book.LEDGER, Book.INVOICE_HISTORY)] == [[], []]
    await sealed(store)
    before = await looked(store)
    assert (before.faults, before.book_unsealed) == ((), 0)
    await paid(store, "M-2")
    await sealed(store)
    after = await looked(store)
    assert (after.faults, after.book_unsealed, after.book_lines > before.book_lines) == ((), 0, True)
    (number, *_) = [row[0] for row in await fetch(store, "SELECT id FROM ledger ORDER BY id")]
    await run(store, f"DELETE FROM ledger WHERE id = {number}")
    assert await words(store) == [f"The ledger, line {number}: It is missing, and no purge names it."]


async def test_what_is_purged_while_the_chain_is_looked_at_is_no_gap(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the moment between what purges tell and the lines."""
    await written(store)
    await sealed(store)
    await run(store, "UPDATE policies SET saved_by = 'nobody'")
    read = sealing._told
    looks: list[sealing._Told] = []

    async def and_purge(store: Store, time: TimeSource) -> sealing._Told:
        told = await read(store, time)
        if not looks:
            assert await forget_invoice(store, "V-1", ended_before=later(100), at=later(500))
        looks.append(told)
        return told

    monkeypatch.setattr(sealing, "_told", and_purge)
    assert await words(store) == ["The versions of the policy, line 1: It was changed."]
    assert len(looks) == 2


async def test_an_invoice_that_stays_leaves_no_line_of_a_purge(store: Store) -> None:
    await written(store)
    assert not await forget_invoice(store, "V-1", ended_before=later(0), at=later(500))
    assert await store.history(None) == ()
    assert await store.invoices.history("V-1") != ()


async def test_a_store_of_before_is_sealed_with_what_was_in_it(place: str) -> None:
    """The tables that are made anew keep their lines and their numbers."""
    await lay_version(place, 43)
    store = open_store(place)
    await store.open()
    try:
        lines = await written(store)
        before = {book: await fetch(store, f"SELECT * FROM {book} ORDER BY 1") for book in Book}
        assert await store.migrate() == (43, NEWEST)
        assert {book: await fetch(store, f"SELECT * FROM {book} ORDER BY 1") for book in Book} == before
        await run(store, f"DELETE FROM ledger WHERE id = {lines[Book.LEDGER][-1]}")
        await paid(store, "M-2")
        numbers = [row[0] for row in await fetch(store, "SELECT id FROM ledger ORDER BY id")]
        assert lines[Book.LEDGER][-1] not in numbers
        await sealed(store)
        assert (await looked(store)).faults == ()
    finally:
        await store.close()
