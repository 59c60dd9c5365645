"""Bills, payments and the ledger as common SQL; the store's verbs run it. See the port: bills_port.py; what a change writes: bills_steps.py."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Final, TypeVar

import msgspec

from gateway.money.amounts import agreed_amount, amount_of
from gateway.money.effects import BillPaper
from gateway.money.fiscal import paper_number
from gateway.money.records import Bill, BilledAmount, BillState, EntryKind, LedgerEntry, LineKind, PaperNumber, Payment
from gateway.store import encoding
from gateway.store.bills_port import BillChange, BillFilter, FeeDue, KeptPaper, LastNumber, LostNumbers, OwedRow
from gateway.store.bills_steps import steps_of
from gateway.store.booked_tables import BILLS, BookedTables, of_ids
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.errors import VersionConflict
from gateway.store.values import HistoryEntry
from gateway.store.verbs import GuardedStep
from gateway.workflow.facts import Milestone
from gateway.workflow.records import Role, State

RecordT = TypeVar("RecordT")
_WITH_LINES: Final = """
    SELECT listed.id, listed.currency, listed.series, listed.fiscal_year, listed.number, listed.paid, listed.credited,
           listed.waived, listed.body, bill_lines.kind, bill_lines.words, bill_lines.amount, bill_lines.loan
    FROM ({}) AS listed LEFT JOIN bill_lines ON bill_lines.bill = listed.id ORDER BY {}, bill_lines.place"""
BILL: Final = _WITH_LINES.format("SELECT * FROM bills WHERE id = $1", "listed.id")
NUMBERED: Final = _WITH_LINES.format(
    "SELECT * FROM bills WHERE series = $1 AND fiscal_year = $2 AND number = $3", "listed.id"
)
OF_REQUEST: Final = _WITH_LINES.format(
    "SELECT * FROM bills WHERE id IN (SELECT bill FROM bill_lines WHERE request = $1)", "listed.id"
)
CREDIT_NOTES: Final = _WITH_LINES.format("SELECT * FROM bills WHERE credits = $1", "listed.id")
OF_IDS: Final = _WITH_LINES.format("SELECT * FROM bills WHERE id IN ({})", "listed.id")
PAYMENTS_OF_IDS: Final = "SELECT partner, currency, amount, body FROM payments WHERE id IN ({})"
_AT_ONCE: Final = 500
"""Bills or payments of one query."""
RETURNED: Final = f"""
    SELECT id FROM bills WHERE about IS NOT NULL AND back_at IS NULL AND EXISTS (
        SELECT 1 FROM bill_lines JOIN requests ON requests.id = bill_lines.request
        WHERE bill_lines.bill = bills.id AND requests.state = '{State.COMPLETED.value}')
    LIMIT $1"""
"""Every few minutes: an index of the bills whose items are not back."""
FEES_DUE: Final = f"""
    SELECT register.request, facts.partner, facts.currency, facts.charged_minor, facts.supplied_at
    FROM facts JOIN register ON register.line = facts.line
    WHERE facts.supplied_at >= $1 AND facts.supplied_at < $2 AND facts.role = '{Role.LENDING.value}' AND facts.charged_minor > 0
        AND ',' || facts.standing || ',' LIKE '%,{Milestone.SUPPLIED.value},%'
        AND NOT EXISTS (SELECT 1 FROM bill_lines WHERE bill_lines.request = register.request
                        AND bill_lines.kind = '{LineKind.FEE.value}')"""
COUNT_BY_STATE: Final = "SELECT state, count(*) FROM bills GROUP BY state"
OWED: Final = (
    "SELECT partner, currency, dated, state, balance FROM bills WHERE balance > 0 ORDER BY partner, currency, dated"
)
OWED_BY: Final = """
    SELECT partner, currency, dated, state, balance FROM bills WHERE balance > 0 AND partner = $1 ORDER BY currency, dated"""
CREDIT: Final = "SELECT partner, currency, credit FROM partner_credit WHERE credit > 0 ORDER BY partner, currency"
CREDIT_OF: Final = """
    SELECT partner, currency, credit FROM partner_credit WHERE partner = $1 AND credit > 0 ORDER BY currency"""
HISTORY: Final = "SELECT entry FROM bill_history WHERE bill = $1 ORDER BY id"
PAPER: Final = "SELECT bill, paper, made_at, digest, template_hash, pdf FROM bill_papers WHERE bill = $1 AND paper = $2"
PAPERS: Final = "SELECT paper FROM bill_papers WHERE bill = $1 ORDER BY made_at"
PAYMENT: Final = "SELECT partner, currency, amount, body FROM payments WHERE id = $1"
PAYMENTS: Final = "SELECT partner, currency, amount, body FROM payments ORDER BY booked_at DESC, id DESC LIMIT $1"
PAYMENTS_OF: Final = """
    SELECT partner, currency, amount, body FROM payments WHERE partner = $2 ORDER BY booked_at DESC, id DESC LIMIT $1"""
_ENTRY: Final = "SELECT partner, currency, bill, kind, amount, at, who, payment, credit_note, words FROM ledger"
LEDGER_OF: Final = f"{_ENTRY} WHERE partner = $1 ORDER BY currency, at, id"
LEDGER_OF_BILL: Final = f"{_ENTRY} WHERE bill = $1 ORDER BY id"
LEDGER_OF_PAYMENT: Final = f"{_ENTRY} WHERE payment = $1 ORDER BY id"
LEDGER_WITHIN: Final = f"{_ENTRY} WHERE at >= $1 AND at < $2 ORDER BY at, id"
LAST_NUMBERS: Final = "SELECT series, fiscal_year, last FROM bill_numbers ORDER BY fiscal_year DESC, series"
IN_DOUBT: Final = "SELECT since FROM recovery WHERE numbers_confirmed_at IS NULL ORDER BY since DESC LIMIT 1"
LOSE_NUMBERS: Final = """
    INSERT INTO bill_numbers_lost (series, fiscal_year, first, last, at, who)
    SELECT CAST($1 AS TEXT), CAST($2 AS INTEGER), known.last + 1, CAST($3 AS INTEGER), CAST($4 AS BIGINT), CAST($5 AS TEXT)
    FROM (SELECT coalesce((SELECT last FROM bill_numbers WHERE series = $1 AND fiscal_year = $2), 0) AS last) AS known
    WHERE known.last < $3"""
GO_ON_BEHIND: Final = """
    INSERT INTO bill_numbers (series, fiscal_year, last) VALUES ($1, $2, $3)
    ON CONFLICT (series, fiscal_year) DO UPDATE SET last = excluded.last WHERE bill_numbers.last <= excluded.last"""
CONFIRM_NUMBERS: Final = """
    UPDATE recovery SET numbers_confirmed_at = $1, numbers_confirmed_by = $2 WHERE numbers_confirmed_at IS NULL"""
LOST_NUMBERS: Final = """
    SELECT series, fiscal_year, first, last, at, who FROM bill_numbers_lost ORDER BY at DESC, series, fiscal_year"""
CALLED: Final = "SELECT id, series, fiscal_year, number FROM bills WHERE number IS NOT NULL AND id IN ({})"
SUBJECT_OF: Final = "SELECT subject FROM bill_keys WHERE key = $1"
FORGET_KEYS: Final = "DELETE FROM bill_keys WHERE at < $1"


def find_bills(where: BillFilter) -> tuple[str, tuple[str | int, ...]]:
    """Return the query for a filter: one branch a state, each newest first and limited in itself, as `sql.find_requests`."""
    params: list[str | int] = []

    def bind(value: str | int) -> str:
        params.append(value)
        return f"${len(params)}"

    conditions = ["TRUE"]
    if where.kind is not None:
        conditions.append(f"kind = {bind(where.kind.value)}")
    if where.partner is not None:
        conditions.append(f"partner = {bind(where.partner)}")
    if where.owed:
        conditions.append("balance > 0")
    if where.before is not None:
        conditions.append(f"(updated_at, id) < ({bind(stamp(where.before[0]))}, {bind(where.before[1])})")
    newest = f"ORDER BY updated_at DESC, id DESC LIMIT {bind(where.limit)}"
    states = [f" AND state = {bind(state.value)}" for state in dict.fromkeys(where.states)] or [""]
    branches = [f"SELECT * FROM bills WHERE {' AND '.join(conditions)}{state} {newest}" for state in states]
    union = " UNION ALL ".join(f"SELECT * FROM ({branch}) AS branch" for branch in branches)
    return _WITH_LINES.format(
        f"SELECT * FROM ({union}) AS page {newest}", "listed.updated_at DESC, listed.id DESC"
    ), tuple(params)


class BillTables(BookedTables):
    """The port's BillStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        fetch_slowly: Fetch,
        change: Callable[..., Awaitable[int]],
        settle: Callable[[Sequence[GuardedStep], Iterable[str]], Awaitable[None]],
    ) -> None:
        """Stand on the store's verbs."""
        super().__init__(fetch_slowly=fetch_slowly, statements=BILLS)
        self._fetch = fetch
        self._fetch_slowly = fetch_slowly
        self._change = change
        self._settle = settle

    async def commit(self, change: BillChange) -> None:
        """See the port."""
        subjects = {write.bill.id for write in change.writes} | ({change.subject} if change.subject else set())
        await self._settle(list(steps_of(change)), sorted(subjects))

    async def bill(self, bill_id: str) -> Bill | None:
        """See the port."""
        return next(_bills(await self._fetch(BILL, bill_id)), None)

    async def numbered(self, series: str, fiscal_year: int, number: int) -> Bill | None:
        """See the port."""
        return next(_bills(await self._fetch(NUMBERED, series, fiscal_year, number)), None)

    async def last_numbers(self) -> tuple[LastNumber, ...]:
        """See the port."""
        found = await self._fetch(LAST_NUMBERS)
        return tuple(LastNumber(series=series, fiscal_year=year, last=last) for series, year, last in found)

    async def numbers_in_doubt(self) -> datetime | None:
        """See the port."""
        found = await self._fetch(IN_DOUBT)
        return moment(found[0][0]) if found else None

    async def confirm_numbers(self, last: Sequence[LastNumber], *, at: datetime, by: str) -> None:
        """See the port."""
        steps = []
        for each in last:
            number = (each.series, each.fiscal_year, each.last)
            steps.append(GuardedStep(LOSE_NUMBERS, (*number, stamp(at), by)))
            steps.append(GuardedStep(GO_ON_BEHIND, number, VersionConflict))
        await self._settle([*steps, GuardedStep(CONFIRM_NUMBERS, (stamp(at), by))], ())

    async def lost_numbers(self) -> tuple[LostNumbers, ...]:
        """See the port."""
        return tuple(
            LostNumbers(series=series, fiscal_year=year, first=first, last=last, at=moment(at), by=who)
            for series, year, first, last, at, who in await self._fetch(LOST_NUMBERS)
        )

    async def bills(self, where: BillFilter) -> tuple[Bill, ...]:
        """See the port."""
        statement, params = find_bills(where)
        return tuple(_bills(await self._fetch_slowly(statement, *params)))

    async def of_request(self, request_id: str) -> tuple[Bill, ...]:
        """See the port."""
        return tuple(_bills(await self._fetch(OF_REQUEST, request_id)))

    async def credit_notes(self, bill_id: str) -> tuple[Bill, ...]:
        """See the port."""
        return tuple(_bills(await self._fetch(CREDIT_NOTES, bill_id)))

    async def returned(self, limit: int) -> tuple[str, ...]:
        """See the port."""
        return tuple(bill for (bill,) in await self._fetch_slowly(RETURNED, limit))

    async def fees_due(self, since: datetime, until: datetime) -> tuple[FeeDue, ...]:
        """See the port."""
        found = await self._fetch_slowly(FEES_DUE, stamp(since), stamp(until))
        return await _off_the_loop(_fees, found)

    async def bills_of_ids(self, ids: Sequence[str]) -> Mapping[str, Bill]:
        """See the port."""
        return {bill.id: bill for bill in await self._of_ids(_bills, OF_IDS, ids)}

    async def payments_of_ids(self, ids: Sequence[str]) -> Mapping[str, Payment]:
        """See the port."""
        return {each.id: each for each in await self._of_ids(partial(map, _payment), PAYMENTS_OF_IDS, ids)}

    async def _of_ids(
        self, made: Callable[[Sequence[Fetched]], Iterable[RecordT]], statement: str, ids: Sequence[str]
    ) -> Sequence[RecordT]:
        found: list[RecordT] = []
        for begin in range(0, len(ids), _AT_ONCE):
            piece = ids[begin : begin + _AT_ONCE]
            found += await _off_the_loop(made, await self._fetch_slowly(of_ids(statement, len(piece)), *piece))
        return found

    async def count_by_state(self) -> dict[BillState, int]:
        """See the port."""
        return {BillState(state): count for state, count in await self._fetch_slowly(COUNT_BY_STATE)}

    async def owed(self, partner: str | None = None) -> tuple[OwedRow, ...]:
        """See the port."""
        found = await (self._fetch_slowly(OWED) if partner is None else self._fetch_slowly(OWED_BY, partner))
        return await _off_the_loop(partial(map, _owed), found)

    async def credit(self, partner: str | None = None) -> tuple[tuple[str, str, Decimal], ...]:
        """See the port."""
        found = await (self._fetch_slowly(CREDIT) if partner is None else self._fetch(CREDIT_OF, partner))
        return tuple((row[0], row[1], amount_of(row[2], row[1])) for row in found)

    async def history(self, bill_id: str) -> tuple[HistoryEntry, ...]:
        """See the port."""
        return tuple(encoding.decode_entry(entry) for (entry,) in await self._fetch(HISTORY, bill_id))

    async def paper(self, bill_id: str, paper: BillPaper) -> KeptPaper | None:
        """See the port."""
        found = await self._fetch(PAPER, bill_id, paper.value)
        if not found:
            return None
        bill, _, made_at, digest, template_hash, pdf = found[0]
        return KeptPaper(
            bill=bill, paper=paper, made_at=moment(made_at), digest=digest, template_hash=template_hash, pdf=pdf
        )

    async def papers(self, bill_id: str) -> tuple[BillPaper, ...]:
        """See the port."""
        return tuple(BillPaper(paper) for (paper,) in await self._fetch(PAPERS, bill_id))

    async def payment(self, payment_id: str) -> Payment | None:
        """See the port."""
        return next(map(_payment, await self._fetch(PAYMENT, payment_id)), None)

    async def payments(self, *, partner: str | None = None, limit: int) -> tuple[Payment, ...]:
        """See the port."""
        found = await (self._fetch(PAYMENTS, limit) if partner is None else self._fetch(PAYMENTS_OF, limit, partner))
        return tuple(map(_payment, found))

    async def ledger(
        self, *, partner: str | None = None, bill: str | None = None, payment: str | None = None
    ) -> Sequence[LedgerEntry]:
        """See the port."""
        asked = ((LEDGER_OF, partner), (LEDGER_OF_BILL, bill), (LEDGER_OF_PAYMENT, payment))
        statement, of = next((statement, of) for statement, of in asked if of is not None)
        return await _off_the_loop(partial(map, _entry), await self._fetch_slowly(statement, of))

    async def ledger_within(self, since: datetime, until: datetime) -> Sequence[LedgerEntry]:
        """See the port."""
        return await _off_the_loop(
            partial(map, _entry), await self._fetch_slowly(LEDGER_WITHIN, stamp(since), stamp(until))
        )

    async def called(self, ids: Sequence[str]) -> Mapping[str, str]:
        """See the port."""
        found = await self._fetch_slowly(of_ids(CALLED, len(ids)), *ids) if ids else ()
        return {bill: paper_number(series, year, number) for bill, series, year, number in found}

    async def subject_of(self, key: str) -> str | None:
        """See the port."""
        found = await self._fetch(SUBJECT_OF, key)
        return str(found[0][0]) if found else None

    async def forget_keys(self, *, before: datetime) -> int:
        """See the port."""
        return await self._change((FORGET_KEYS, (stamp(before),)))


# ── rows as records ──────────────────────────────────────────────────────────────────────────────


async def _off_the_loop(
    made: Callable[[Sequence[Fetched]], Iterable[RecordT]], found: Sequence[Fetched]
) -> tuple[RecordT, ...]:
    """Make records of all rows that there are: of ten years some ten thousand, which would hold the event loop."""
    return await asyncio.to_thread(lambda: tuple(made(found)))


def _bills(rows: Iterable[Fetched]) -> Iterator[Bill]:
    """Read rows of a bill with one of its lines each; those of one bill follow each other."""
    for _, group in groupby(rows, key=lambda row: row[0]):
        of_one = list(group)
        yield _bill(of_one[0], [row[9:] for row in of_one if row[9] is not None])


def _bill(row: Fetched, lines: Sequence[Fetched]) -> Bill:
    _, currency, series, fiscal_year, number, paid, credited, waived, body = row[:9]
    has_number = number is not None
    return msgspec.structs.replace(
        encoding.decode_bill(body),
        lines=tuple(_line(each, currency) for each in lines),
        number=PaperNumber(series=series, year=fiscal_year, number=number) if has_number else None,
        paid=amount_of(paid, currency),
        credited=amount_of(credited, currency),
        waived=amount_of(waived, currency),
    )


def _line(row: Fetched, currency: str) -> BilledAmount:
    kind, words, amount, loan = row
    return BilledAmount(
        kind=LineKind(kind),
        words=words,
        amount=amount_of(amount, currency),
        loan=encoding.decode_loan(loan) if loan is not None else None,
    )


def _owed(row: Fetched) -> OwedRow:
    partner, currency, dated, state, balance = row
    return OwedRow(
        partner=partner,
        currency=currency,
        dated=date.fromisoformat(dated),
        state=BillState(state),
        balance=amount_of(balance, currency),
    )


def _fees(found: Iterable[Fetched]) -> Iterator[FeeDue]:
    return map(_fee, sorted(found, key=lambda row: (row[4], row[0])))


def _fee(row: Fetched) -> FeeDue:
    request, partner, currency, minor, at = row
    amount = agreed_amount(minor, currency)
    return FeeDue(request=request, partner=partner, currency=currency, amount=amount, sent_at=moment(at))


def _payment(row: Fetched) -> Payment:
    partner, currency, amount, body = row
    return msgspec.structs.replace(encoding.decode_payment(body), partner=partner, amount=amount_of(amount, currency))


def _entry(row: Fetched) -> LedgerEntry:
    partner, currency, bill, kind, amount, at, who, payment, credit_note, words = row
    return LedgerEntry(
        partner=partner,
        currency=currency,
        bill=bill,
        kind=EntryKind(kind),
        amount=amount_of(amount, currency),
        at=moment(at),
        by=who,
        payment=payment,
        credit_note=credit_note,
        words=words,
    )
