"""What figures of money are counted from, as common SQL: of bills the ledger, with what stayed of lines whose bills were purged; of lenders'
invoices a ledger of their own, which stays as it is.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from gateway.money.amounts import amount_of
from gateway.money.invoices.booking import OwedKind
from gateway.money.records import EntryKind
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, stamp
from gateway.workflow.booked import Booked, BookedLine, OpenBill, WhichLines
from gateway.workflow.questions import Span


class BookStatements(NamedTuple):
    """What is asked of one kind of books."""

    lines: str
    """Every line of a span of time ($1, $2): id, partner, currency, kind, amount, at."""
    open_at: str
    """What was owed at a time ($1): id, partner, currency, dated, balance, how often it was disputed then."""


_OF_BILLS: Final = f"""
    SELECT coalesce(bill, payment) AS id, partner, currency, kind, amount, at
    FROM ledger WHERE at >= $1 AND at < $2 AND kind <> '{EntryKind.MOVED.value}' AND (bill IS NOT NULL OR kind = '{EntryKind.PAID_BACK.value}')
    UNION ALL
    SELECT bill, partner, currency, kind, amount, at FROM ledger_past WHERE at >= $1 AND at < $2 AND kind <> '{EntryKind.MOVED.value}'"""
"""What moved with a merged partner was billed, and paid, before or after that."""
_BILLS_OPEN_AT: Final = """
    SELECT bill, partner, currency, dated, balance,
           (SELECT count(*) FROM bill_disputes
            WHERE bill_disputes.bill = open.bill AND since < $1 AND (until IS NULL OR until >= $1))
    FROM (
        SELECT bill, partner, max(currency) AS currency, max(dated) AS dated, sum(amount) AS balance
        FROM (
            SELECT id AS bill, partner, currency, dated, balance AS amount FROM bills WHERE balance > 0
            UNION ALL
            SELECT ledger.bill, ledger.partner, ledger.currency, bills.dated, -ledger.amount
            FROM ledger JOIN bills ON bills.id = ledger.bill WHERE ledger.at >= $1
            UNION ALL
            SELECT bill, partner, currency, dated, -amount FROM ledger_past WHERE at >= $1
        ) AS booked
        GROUP BY bill, partner HAVING sum(amount) > 0
    ) AS open"""
"""What is owed now, less what was booked since: of a time that lies near, few lines are read. A bill that was moved since is whose it was then."""
BILLS: Final = BookStatements(
    lines=_OF_BILLS,
    open_at=_BILLS_OPEN_AT,
)

_OWED: Final = (
    f"CASE kind WHEN '{OwedKind.ASKED.value}' THEN amount WHEN '{OwedKind.DISPUTED.value}' THEN 0 ELSE -amount END"
)
_DISPUTED: Final = f"CASE kind WHEN '{OwedKind.DISPUTED.value}' THEN amount ELSE 0 END"
_INVOICES_OPEN_AT: Final = f"""
    SELECT invoice, lender, currency, dated, sum({_OWED}), sum({_DISPUTED}) FROM invoice_ledger
    WHERE at < $1 AND invoice IN (
        SELECT id FROM invoices WHERE ended_at IS NULL UNION SELECT invoice FROM invoice_ledger WHERE at >= $1)
    GROUP BY invoice, lender, currency, dated HAVING sum({_OWED}) > 0"""
"""What neither is open now nor has changed since was not owed then."""
INVOICES: Final = BookStatements(
    lines="""
    SELECT invoice AS id, lender AS partner, currency, kind, amount, at FROM invoice_ledger WHERE at >= $1 AND at < $2""",
    open_at=_INVOICES_OPEN_AT,
)


def booked(of: BookStatements) -> str:
    """Return the query for the sums of a span of time."""
    return f"SELECT partner, currency, kind, sum(amount) FROM ({of.lines}) AS booked GROUP BY partner, currency, kind"


def booked_lines(of: BookStatements, which: WhichLines) -> str:
    """Return the query for some lines: since, until, limit, how many are passed over, currency, kinds, perhaps the partner.

    Lines that are alike in all of what they are sorted by are told apart by nobody.
    """
    kinds = ", ".join(f"${place}" for place, _ in enumerate(which.kinds, 6))
    partner = "" if which.partner is None else f" AND partner = ${6 + len(which.kinds)}"
    return f"""
        SELECT id, partner, at, kind, amount FROM ({of.lines}) AS booked
        WHERE currency = $5 AND kind IN ({kinds}){partner}
        ORDER BY at, id, kind, amount LIMIT $3 OFFSET $4"""


def of_ids(statement: str, count: int) -> str:
    """Return a statement about so many ids."""
    return statement.format(", ".join(f"${place}" for place in range(1, count + 1)))


class BookedTables:
    """What bills and invoices have in common of the port's BookStore, on the verbs of either store."""

    def __init__(self, *, fetch_slowly: Fetch, statements: BookStatements) -> None:
        """Stand on the store's verbs."""
        self._slowly, self._statements = fetch_slowly, statements

    async def booked(self, spans: Sequence[Span]) -> tuple[Booked, ...]:
        """See the port."""
        return tuple([await self._booked(span) for span in spans])

    async def _booked(self, span: Span) -> Booked:
        found = await self._slowly(booked(self._statements), *map(stamp, span))
        return {
            (partner, currency, kind): amount_of(int(amount), currency) for partner, currency, kind, amount in found
        }

    async def open_at(self, at: datetime) -> tuple[OpenBill, ...]:
        """See the port."""
        return await asyncio.to_thread(_all_open, await self._slowly(self._statements.open_at, stamp(at)))

    async def booked_lines(self, which: WhichLines, span: Span, *, after: int, limit: int) -> tuple[BookedLine, ...]:
        """See the port."""
        of = (which.currency, *which.kinds, *(() if which.partner is None else (which.partner,)))
        found = await self._slowly(booked_lines(self._statements, which), *map(stamp, span), limit, after, *of)
        return tuple(
            BookedLine(id=name, partner=partner, at=moment(at), kind=kind, amount=amount_of(amount, which.currency))
            for name, partner, at, kind, amount in found
        )


def _all_open(found: Sequence[Fetched]) -> tuple[OpenBill, ...]:
    """There may be some ten thousand: they are put together off the event loop."""
    return tuple(map(_open, found))


def _open(row: Fetched) -> OpenBill:
    name, partner, currency, dated, balance, disputed = row
    return OpenBill(
        id=name,
        partner=partner,
        currency=currency,
        dated=date.fromisoformat(dated),
        balance=amount_of(int(balance), currency),
        disputed=bool(disputed),
    )
