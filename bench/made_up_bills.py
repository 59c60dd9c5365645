"""Bills, payments, credit notes and lenders' invoices of ten years, past the port, for `bench.facts`: twenty thousand of each."""

# ruff: noqa: SLF001 - tables are filled past the port

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, NamedTuple

import msgspec

from gateway.money.invoices.booking import booked
from gateway.money.invoices.records import Claim, Invoice, InvoiceKind, InvoiceState
from gateway.money.records import BillKind, BillState, EntryKind
from gateway.store import bills_steps, invoices_tables
from gateway.store.columns import Params, stamp
from gateway.store.invoices_port import InvoiceWrite

BILLS: Final = 20_000
_DAY: Final = timedelta(days=1)
_CURRENCIES: Final = ("USD",) * 18 + ("EUR", "JPY")
Rows = dict[str, list[Params]]


def rows_of(partners: tuple[str, ...], first: datetime, last: date, count: int = BILLS) -> Iterator[Rows]:
    """Rows of the tables of money by their statement, some thousand bills at a time."""
    random, step = Random(4712), (datetime.combine(last, datetime.min.time(), UTC) - first) / count
    for begin in range(0, count, 2_000):
        rows: Rows = {}
        for number in range(begin, min(begin + 2_000, count)):
            at, partner = first + step * number, random.choice(partners)
            for statement, row in (
                *_bill(random, number, at, partner, last),
                *_invoice(random, number, at, partner, last),
            ):
                rows.setdefault(statement, []).append(row)
        yield rows


class _Made(NamedTuple):
    """A bill in the making."""

    name: str
    number: int
    partner: str
    currency: str
    total: int

    def row(self, kind: BillKind, state: BillState, at: datetime, *sums: int) -> tuple[str, Params]:
        """The bill itself, or its credit note."""
        is_note = kind is BillKind.CREDIT_NOTE
        name, corrects = (f"C-{self.number:06}", self.name) if is_note else (self.name, None)
        of = (name, kind.value, state.value, 1, self.partner, self.currency, "CN" if is_note else "INV", at.year)
        dated, body = at.date().isoformat(), f'{{"number":{self.number}}}'
        return bills_steps.INSERT_BILL, (*of, dated, self.total, *sums, stamp(at), corrects, None, body, None)

    def entry(self, kind: EntryKind, sign: int, at: datetime) -> tuple[str, Params]:
        """A line of the ledger about all of it."""
        payment = f"P-{self.number:06}" if kind is EntryKind.PAID else None
        note = f"C-{self.number:06}" if kind is EntryKind.CREDITED else None
        what = (self.partner, self.currency, self.name, kind.value, sign * self.total, stamp(at))
        return bills_steps.INSERT_ENTRY, (*what, "anna", payment, note, "")

    def payment(self, at: datetime) -> tuple[str, Params]:
        """What pays it."""
        what = (f"P-{self.number:06}", self.partner, self.currency, self.total, at.date().isoformat(), stamp(at), "{}")
        return bills_steps.INSERT_PAYMENT, what


_ENDS: Final = {
    EntryKind.PAID: (80, BillState.PAID),
    EntryKind.CREDITED: (10, BillState.CREDITED),
    EntryKind.WRITTEN_OFF: (5, BillState.WRITTEN_OFF),
    None: (5, BillState.SENT),
}
"""Of a hundred bills, how many end so."""


def _bill(random: Random, number: int, at: datetime, partner: str, last: date) -> Iterator[tuple[str, Params]]:
    made = _Made(f"M-{number:06}", number, partner, random.choice(_CURRENCIES), random.randint(1_000, 20_000))
    ends_at = at + timedelta(days=random.expovariate(1 / 35))
    (end,) = random.choices(tuple(_ENDS), [share for share, _ in _ENDS.values()])
    end = end if ends_at.date() < last else None
    sums = [made.total if kind is end else 0 for kind in _ENDS]
    yield made.row(BillKind.INVOICE, _ENDS[end][1], at, *sums)
    yield made.entry(EntryKind.BILLED, 1, at)
    if end is EntryKind.PAID:
        yield made.payment(ends_at)
    if end is EntryKind.CREDITED:
        yield made.row(BillKind.CREDIT_NOTE, BillState.FINALISED, ends_at, 0, 0, 0, 0)
    if end is not None:
        yield made.entry(end, -1, ends_at)
    if random.random() < 0.05:
        yield bills_steps.BEGIN_DISPUTE, (made.name, stamp(at + _DAY))
        yield bills_steps.END_DISPUTE, (made.name, stamp(ends_at))


def _invoice(random: Random, number: int, at: datetime, lender: str, last: date) -> Iterator[tuple[str, Params]]:
    """One invoice of a lender: most are paid, some are disputed or taken back, some stay open."""
    claim = Claim(
        number=f"{number:06}", lender=lender.title(), partner=lender, kind=InvoiceKind.LOST, dated=at.date(),
        amount=Decimal(random.randint(10, 200)), currency="USD",
    )  # fmt: skip
    invoice = Invoice(
        id=f"V-{number:06}", state=InvoiceState.ENTERED, version=1, claim=claim, fiscal_year=at.year, agreed=claim.amount,
        created_at=at, updated_at=at, state_since=at,
    )  # fmt: skip
    lines = booked(None, invoice, at)
    ends_at = at + timedelta(days=random.expovariate(1 / 40))
    state = random.choices(
        (InvoiceState.PAID, InvoiceState.WITHDRAWN, InvoiceState.DISPUTED, InvoiceState.APPROVED), (85, 10, 2, 3)
    )[0]
    if ends_at.date() < last:
        changes: dict[str, Any] = {"state": state, "updated_at": ends_at, "state_since": ends_at}
        after = msgspec.structs.replace(invoice, **changes)
        lines, invoice = (*lines, *booked(invoice, after, ends_at)), after
    step = invoices_tables._invoice_step(InvoiceWrite(invoice=invoice, created=True, event=None, history=()))  # type: ignore[arg-type]
    yield step.statement, step.params
    yield from ((invoices_tables.INSERT_BOOKED, invoices_tables._booked_params(invoice.id, line)) for line in lines)
