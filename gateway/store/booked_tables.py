"""What figures of money are counted from, as common SQL: the ledger, and what stayed of lines whose bills were purged."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from gateway.money.amounts import amount_of
from gateway.money.records import EntryKind
from gateway.store.borrowing import Fetch
from gateway.store.columns import stamp
from gateway.workflow.booked import Booked, OpenBill
from gateway.workflow.questions import Span

_ALL: Final = """
    SELECT partner, currency, kind, amount FROM ledger WHERE at >= $1 AND at < $2 AND (bill IS NOT NULL OR kind = $3)
    UNION ALL
    SELECT partner, currency, kind, amount FROM ledger_past WHERE at >= $1 AND at < $2"""
BOOKED: Final = f"SELECT partner, currency, kind, sum(amount) FROM ({_ALL}) AS booked GROUP BY partner, currency, kind"  # noqa: S608 - constants
OPEN_AT: Final = """
    SELECT partner, currency, dated, balance,
           (SELECT count(*) FROM bill_disputes
            WHERE bill_disputes.bill = open.bill AND since < $1 AND (until IS NULL OR until >= $1))
    FROM (
        SELECT bill, max(partner) AS partner, max(currency) AS currency, max(dated) AS dated, sum(amount) AS balance
        FROM (
            SELECT id AS bill, partner, currency, dated, balance AS amount FROM bills WHERE balance > 0
            UNION ALL
            SELECT ledger.bill, ledger.partner, ledger.currency, bills.dated, -ledger.amount
            FROM ledger JOIN bills ON bills.id = ledger.bill WHERE ledger.at >= $1
            UNION ALL
            SELECT bill, partner, currency, dated, -amount FROM ledger_past WHERE at >= $1
        ) AS booked
        GROUP BY bill HAVING sum(amount) > 0
    ) AS open"""
"""What is owed now, less what was booked since: of a time that lies near, few lines are read."""


class BookedTables:
    """The part of the port's BillStore that figures ask, on the verbs of either store."""

    def __init__(self, *, fetch_slowly: Fetch) -> None:
        """Stand on the store's verbs."""
        self._slowly = fetch_slowly

    async def booked(self, spans: Sequence[Span]) -> tuple[Booked, ...]:
        """See the port."""
        return tuple([await self._booked(span) for span in spans])

    async def _booked(self, span: Span) -> Booked:
        first, last = map(stamp, span)
        found = await self._slowly(BOOKED, first, last, EntryKind.PAID_BACK.value)
        return {
            (partner, currency, kind): amount_of(int(amount), currency) for partner, currency, kind, amount in found
        }

    async def open_at(self, at: datetime) -> tuple[OpenBill, ...]:
        """See the port."""
        return tuple(
            OpenBill(
                partner=partner,
                currency=currency,
                dated=date.fromisoformat(dated),
                balance=amount_of(int(balance), currency),
                disputed=bool(disputes),
            )
            for partner, currency, dated, balance, disputes in await self._slowly(OPEN_AT, stamp(at))
        )
