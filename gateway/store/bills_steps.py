"""A change of bills as statements, in the order of their locks. Pure.

That order is the same everywhere, so that no two changes wait for each other in a circle: bills by their ids, then what hangs on
them, then partners' credit, and the counter of numbers last of all. The counter's row is held only until the commit that it is part
of: a number is taken with its bill or not at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway.money.amounts import NOTHING, minor_units
from gateway.money.records import Bill, BilledAmount, BillState, LedgerEntry, Payment
from gateway.store import encoding, sql
from gateway.store.bills_port import BillChange, BillWrite, CreditMove, KeptPaper
from gateway.store.columns import Params, lines, optional_stamp, plain, stamp
from gateway.store.errors import LeaseLost, NotEnoughCredit, NumbersInDoubt, VersionConflict
from gateway.store.money_steps import money_steps
from gateway.store.notices_tables import SET_ASIDE
from gateway.store.verbs import GuardedStep
from gateway.workflow.tasks import TaskKind

INSERT_BILL: Final = """
    INSERT INTO bills (id, kind, state, version, partner, currency, series, fiscal_year, dated, total, paid, credited, waived,
                       balance, updated_at, credits, about, body, back_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"""
UPDATE_BILL: Final = """
    UPDATE bills SET kind = $2, state = $3, version = $4, partner = $5, currency = $6, series = $7, fiscal_year = $8, dated = $9,
                     total = $10, paid = $11, credited = $12, waived = $13, balance = $14, updated_at = $15, credits = $16,
                     about = $17, body = $18, back_at = $19
    WHERE id = $1 AND version = $4 - 1"""
DROP_LINES: Final = "DELETE FROM bill_lines WHERE bill = $1"
INSERT_LINE: Final = """
    INSERT INTO bill_lines (bill, place, kind, words, amount, request, loan) VALUES ($1, $2, $3, $4, $5, $6, $7)"""
INSERT_FEE: Final = "INSERT INTO bill_fees (request, bill) VALUES ($1, $2)"
"""AlreadyExists if another bill asks for it."""
INSERT_HISTORY: Final = "INSERT INTO bill_history (bill, at, entry, event) VALUES ($1, $2, $3, $4)"
BEGIN_DISPUTE: Final = "INSERT INTO bill_disputes (bill, since) VALUES ($1, $2) ON CONFLICT (bill, since) DO NOTHING"
END_DISPUTE: Final = "UPDATE bill_disputes SET until = $2 WHERE bill = $1 AND until IS NULL"
INSERT_PAPER: Final = """
    INSERT INTO bill_papers (bill, paper, made_at, digest, template_hash, pdf) VALUES ($1, $2, $3, $4, $5, $6)"""
INSERT_PAYMENT: Final = """
    INSERT INTO payments (id, partner, currency, amount, received_on, booked_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)"""
MOVE_PAYMENTS: Final = "UPDATE payments SET partner = $2 WHERE partner = $1"
REVERSE_PAYMENT: Final = "UPDATE payments SET reversed_at = $2, body = $3 WHERE id = $1 AND reversed_at IS NULL"
INSERT_ENTRY: Final = """
    INSERT INTO ledger (partner, currency, bill, kind, amount, at, who, payment, credit_note, words)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
HAVE_CREDIT: Final = """
    INSERT INTO partner_credit (partner, currency, credit) VALUES ($1, $2, 0) ON CONFLICT (partner, currency) DO NOTHING"""
MOVE_CREDIT: Final = """
    UPDATE partner_credit SET credit = credit + $3 WHERE partner = $1 AND currency = $2 AND credit + $3 >= 0"""
INSERT_KEY: Final = "INSERT INTO bill_keys (key, at, subject) VALUES ($1, $2, $3)"
TAKE_NUMBER: Final = """
    INSERT INTO bill_numbers (series, fiscal_year, last)
    SELECT CAST($1 AS TEXT), CAST($2 AS INTEGER), 1
    WHERE NOT EXISTS (SELECT 1 FROM recovery WHERE numbers_confirmed_at IS NULL)
    ON CONFLICT (series, fiscal_year) DO UPDATE SET last = bill_numbers.last + 1"""
"""None while it is in doubt, after a restore, which was the last."""
GIVE_NUMBER: Final = """
    UPDATE bills SET number = (SELECT last FROM bill_numbers WHERE series = $2 AND fiscal_year = $3)
    WHERE id = $1 AND number IS NULL"""

TELL_REQUEST: Final = "INSERT INTO history (request, at, entry) SELECT id, $2, $3 FROM requests WHERE id = $1"
"""A bill outlives its request: there may be none any more."""

_FREE_AGAIN: Final = frozenset({BillState.DROPPED, BillState.CREDITED})
"""In these another bill may be for the same item."""


def steps_of(change: BillChange) -> Iterator[GuardedStep]:
    """All statements of a change, in the order of their locks."""
    writes = sorted(change.writes, key=lambda write: (not write.created, write.bill.id))
    if change.key is not None:
        subject = change.payment.id if change.payment else writes[0].bill.id
        yield GuardedStep(INSERT_KEY, (change.key, stamp(change.at), subject))
    for write in writes:
        yield _bill_step(write)
    for write in writes:
        if write.created and write.bill.gathers is not None:
            yield from (GuardedStep(INSERT_FEE, (request, write.bill.id)) for request in sorted(write.bill.requests))
    if change.completes is not None:
        yield GuardedStep(sql.COMPLETE, (change.completes, change.owner, change.subject), LeaseLost)
    yield from _payment_steps(change)
    for write in writes:
        yield from _steps_of(write, change.at)
    for entry in change.entries:
        yield GuardedStep(INSERT_ENTRY, _entry_params(entry))
    if change.paper is not None:
        yield GuardedStep(INSERT_PAPER, _paper_params(change.paper))
    yield from _told(change)
    yield from _credit_steps(change.credit)
    yield from _number_steps(writes)


def _bill_step(write: BillWrite) -> GuardedStep:
    bill = write.bill
    currency = bill.currency
    sums = (bill.total, bill.paid, bill.credited, bill.waived, bill.balance)
    bare = msgspec.structs.replace(bill, lines=(), paid=NOTHING, credited=NOTHING, waived=NOTHING, number=None)
    params = (
        bill.id,
        bill.kind.value,
        bill.state.value,
        bill.version,
        bill.partner,
        currency,
        bill.series,
        bill.fiscal_year,
        bill.face.dated.isoformat() if bill.face else None,
        *(minor_units(amount, currency) for amount in sums),
        stamp(bill.updated_at),
        bill.credits,
        _about(bill),
        encoding.encode(bare),
        optional_stamp(bill.back_at),
    )
    return GuardedStep(INSERT_BILL, params) if write.created else GuardedStep(UPDATE_BILL, params, VersionConflict)


def _about(bill: Bill) -> str | None:
    """The request and item of which there may be one bill at a time; of fees one for good, for who drops it does not want it."""
    if bill.gathers is not None:
        return plain(f"fees from {bill.gathers}")
    if bill.item_barcode is None or bill.state in _FREE_AGAIN:
        return None
    return plain(f"{' '.join(bill.requests)} {bill.item_barcode}")


def _steps_of(write: BillWrite, at: datetime) -> Iterator[GuardedStep]:
    bill = write.bill
    if write.lines:
        yield GuardedStep(DROP_LINES, (bill.id,))
        for place, line in enumerate(bill.lines, start=1):
            yield GuardedStep(INSERT_LINE, _line_params(bill, place, line))
    yield from money_steps(bill.id, at, write, INSERT_HISTORY)
    yield _dispute_step(bill, at)
    if write.notices_set_aside is not None:
        told = write.history[-1]
        yield GuardedStep(SET_ASIDE, (write.notices_set_aside, stamp(at), told.by, told.words))


def _dispute_step(bill: Bill, at: datetime) -> GuardedStep:
    """Keep from when until when a bill is disputed."""
    if bill.state is BillState.DISPUTED:
        return GuardedStep(BEGIN_DISPUTE, (bill.id, stamp(bill.state_since)))
    return GuardedStep(END_DISPUTE, (bill.id, stamp(at)))


def _line_params(bill: Bill, place: int, line: BilledAmount) -> Params:
    request = line.loan.request if line.loan else None
    loan = encoding.encode(line.loan) if line.loan else None
    return bill.id, place, line.kind.value, plain(line.words), minor_units(line.amount, bill.currency), request, loan


def _payment_steps(change: BillChange) -> Iterator[GuardedStep]:
    if change.payment is not None:
        payment = change.payment
        amount = minor_units(payment.amount, payment.currency)
        days = (payment.received_on.isoformat(), stamp(payment.booked_at))
        yield GuardedStep(
            INSERT_PAYMENT, (payment.id, payment.partner, payment.currency, amount, *days, _payment_body(payment))
        )
    if change.payments_moved is not None:
        yield GuardedStep(MOVE_PAYMENTS, change.payments_moved)
    if change.reversed is not None:
        payment = change.reversed
        params = (payment.id, optional_stamp(payment.reversed_at), _payment_body(payment))
        yield GuardedStep(REVERSE_PAYMENT, params, VersionConflict)


def _payment_body(payment: Payment) -> str:
    return encoding.encode(msgspec.structs.replace(payment, amount=NOTHING))


def _entry_params(entry: LedgerEntry) -> Params:
    amount = minor_units(entry.amount, entry.currency)
    of = (entry.payment, entry.credit_note)
    who = (stamp(entry.at), entry.by)
    return entry.partner, entry.currency, entry.bill, entry.kind.value, amount, *who, *of, plain(entry.words)


def _paper_params(paper: KeptPaper) -> Params:
    return paper.bill, paper.paper.value, stamp(paper.made_at), paper.digest, paper.template_hash, paper.pdf


def _told(change: BillChange) -> Iterator[GuardedStep]:
    """Lines in the histories of requests, whose task to be billed ends."""
    for request, entry in sorted(change.told.items()):
        yield GuardedStep(sql.CLOSE_TASKS, (request, lines((TaskKind.BILL,)), stamp(change.at)))
        yield GuardedStep(TELL_REQUEST, (request, stamp(entry.at), encoding.encode(entry)))


def _credit_steps(moves: Iterable[CreditMove]) -> Iterator[GuardedStep]:
    """Changes of partners' credit, in one order."""
    for move in sorted(moves, key=lambda move: (move.partner, move.currency)):
        yield GuardedStep(HAVE_CREDIT, (move.partner, move.currency))
        by = minor_units(move.by, move.currency)
        yield GuardedStep(MOVE_CREDIT, (move.partner, move.currency, by), NotEnoughCredit)


def _number_steps(writes: Sequence[BillWrite]) -> Iterator[GuardedStep]:
    """Take the next number of a series, and give it to its bill."""
    numbered = [write.bill for write in writes if write.takes_number]
    for bill in sorted(numbered, key=lambda bill: (bill.series or "", bill.fiscal_year or 0, bill.id)):
        yield GuardedStep(TAKE_NUMBER, (bill.series, bill.fiscal_year), NumbersInDoubt)
        yield GuardedStep(GIVE_NUMBER, (bill.id, bill.series, bill.fiscal_year), VersionConflict)
