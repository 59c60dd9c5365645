"""Bills that were settled long ago, as common SQL: which they are, and what goes with one. See the port: keeping_port.py.

An invoice goes with its credit notes, for each refers to the other. What the ledger says of a settled bill sums up to nothing, so no balance changes; a
payment goes once the ledger has no line of it. Numbers that were given are not given again.
"""

from typing import Final

from gateway.money.groups import UNNUMBERED
from gateway.store.sealing import Book

BEGUN: Final = ", ".join(f"'{state}'" for state in UNNUMBERED)
"""The states of bills that are not finalised yet, and have no balance."""

OLD: Final = f"""
    SELECT id, updated_at, series, fiscal_year, number FROM bills
    WHERE state = $1 AND updated_at < $2 AND (updated_at, id) > ($3, $4) AND balance = 0 AND credits IS NULL
        AND NOT EXISTS (SELECT 1 FROM effects WHERE effects.request = bills.id)
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.about = bills.id AND closed_at + 0 IS NULL)
        AND NOT EXISTS (
            SELECT 1 FROM bills AS notes
            WHERE notes.credits = bills.id AND (
                notes.updated_at >= $2 OR notes.state IN ({BEGUN})
                OR EXISTS (SELECT 1 FROM effects WHERE effects.request = notes.id)))
    ORDER BY updated_at, id LIMIT $5"""  # noqa: S608 - constants
"""`+ 0` leads planners to the tasks of the bill, and not to all that are open."""
_OF_BOTH: Final = "(SELECT id FROM bills WHERE id = $1 UNION ALL SELECT id FROM bills WHERE credits = $1)"
KEEP_BOOKED: Final = f"""
    INSERT INTO ledger_past (bill, dated, partner, currency, kind, amount, at)
    SELECT ledger.bill, bills.dated, ledger.partner, ledger.currency, ledger.kind, ledger.amount, ledger.at
    FROM ledger JOIN bills ON bills.id = ledger.bill WHERE ledger.bill IN {_OF_BOTH}"""  # noqa: S608 - constants
"""For figures, without what it was paid with or who booked it."""
DROPS: Final = tuple(
    f"DELETE FROM {table} WHERE {column} IN {_OF_BOTH}"  # noqa: S608 - constants
    for table, column in (
        ("ledger", "bill"),
        ("bill_papers", "bill"),
        ("bill_history", "bill"),
        ("bill_lines", "bill"),
        ("bill_fees", "bill"),
        ("tasks", "about"),
        ("notices", "about"),
    )
)
"""What goes with an invoice and its credit notes; then they."""
LINES: Final = {
    book: f"SELECT id FROM {book} WHERE bill IN {_OF_BOTH} ORDER BY id"  # noqa: S608 - constants
    for book in (Book.BILL_HISTORY, Book.LEDGER)
}
"""The numbers of the lines that go with them, for the audit chain."""
DROP_NOTES: Final = "DELETE FROM bills WHERE credits = $1"
DROP: Final = "DELETE FROM bills WHERE id = $1 AND balance = 0 AND updated_at = $2"
"""Nothing, if it has changed meanwhile."""
DROP_PAYMENTS: Final = """
    DELETE FROM payments WHERE booked_at < $1 AND (SELECT count(*) FROM ledger WHERE ledger.payment = payments.id) = 0"""
"""A count, and not NOT EXISTS: planners would read all of the ledger once in its place."""
