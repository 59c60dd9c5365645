"""A partner's statement of account: what was owed before, what was booked, what is owed now and how old that is."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from gateway.desk.access import Caller
from gateway.desk.bill_making import buyer_of, partner_of
from gateway.desk.errors import UnusableError
from gateway.desk.papers import as_pdf
from gateway.desk.payments import begin_of, bills_of, days_of
from gateway.desk.ports import Desk
from gateway.desk.structs.bills import StatementQuery
from gateway.desk.structs.common import Download, Problem
from gateway.documents.bills import statement_paper, written
from gateway.documents.job import PrintChoice
from gateway.documents.papers import StatementPaper
from gateway.money import ageing
from gateway.money.currencies import DIGITS
from gateway.money.records import LedgerEntry
from gateway.money.terms import paid_so
from gateway.workflow.partners import Partner


class StatementMade(msgspec.Struct, frozen=True, kw_only=True):
    """A statement, ready to be printed."""

    partner: Partner
    paper: StatementPaper
    first: date
    last: date
    currency: str
    owed: str
    """As it is written: 1,234.50."""

    @property
    def name(self) -> str:
        """What its file is called, without an ending."""
        return f"statement {self.partner.id} {self.last.isoformat()}"


async def print_statement(desk: Desk, _caller: Caller, partner: str, query: StatementQuery) -> Download:
    """Print a partner's statement."""
    made = await make_statement(desk, partner, query)
    return await as_pdf(desk.printing, made.name, [made.paper], PrintChoice())


async def make_statement(desk: Desk, partner: str, query: StatementQuery) -> StatementMade:
    """Make a partner's statement. Raises NotThereError, UnusableError."""
    found = await partner_of(desk.store, partner)
    first, last = days_of(desk, query.first, query.last)
    entries = list(await desk.store.bills.ledger(partner=partner))
    currency = query.currency or _usual(entries) or desk.money.billing.defaults.currency
    if currency not in DIGITS:
        words = "must be a currency of ISO 4217, like EUR"
        raise UnusableError(f"currency: {words}.", [Problem(column="currency", words=words)])
    of_currency = [entry for entry in entries if entry.currency == currency]
    account = ageing.statement(of_currency, begin_of(desk.zone, first), begin_of(desk.zone, last + timedelta(days=1)))
    paper = statement_paper(
        account,
        await bills_of(desk.store, of_currency),
        seller=paid_so(desk.money.billing.seller, found.billing.by),
        buyer=buyer_of(found),
        currency=currency,
        days=(first, last),
        zone=desk.zone,
    )
    owed = written(account.closing, currency)
    return StatementMade(partner=found, paper=paper, first=first, last=last, currency=currency, owed=owed)


def _usual(entries: Iterable[LedgerEntry]) -> str | None:
    """The currency in which something was booked last."""
    return max(entries, key=lambda entry: entry.at).currency if entries else None
