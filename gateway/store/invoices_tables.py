"""Lenders' invoices as common SQL; the store's verbs run it. See the port: invoices_port.py.

A change locks invoices by their ids, then what hangs on them. Words are kept beside an invoice as rows of their own: there are some ten
thousand invoices where there are a million requests, and whoever looks for one knows how a word begins.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec

from gateway.money.amounts import NOTHING, amount_of, minor_units
from gateway.money.invoices.booking import OwedLine
from gateway.money.invoices.likeness import lender_key
from gateway.money.invoices.records import ENDED, Invoice, InvoiceState
from gateway.store import encoding, sql, wording
from gateway.store.bills_steps import INSERT_KEY
from gateway.store.booked_tables import INVOICES, BookedTables, of_ids
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, Params, moment, plain, stamp
from gateway.store.errors import LeaseLost, VersionConflict
from gateway.store.invoices_port import Batch, InvoiceChange, InvoiceFilter, InvoiceWrite, KeptLetter, OwingRow
from gateway.store.money_steps import money_steps
from gateway.store.values import HistoryEntry
from gateway.store.verbs import GuardedStep

_COLUMNS: Final = "id, currency, amount, agreed, body"
INSERT: Final = """
    INSERT INTO invoices (id, state, version, lender, about, request, fiscal_year, currency, amount, agreed, updated_at, ended_at,
                          batch, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"""
UPDATE: Final = """
    UPDATE invoices SET state = $2, version = $3, lender = $4, about = $5, request = $6, fiscal_year = $7, currency = $8,
                        amount = $9, agreed = $10, updated_at = $11, ended_at = $12, batch = $13, body = $14
    WHERE id = $1 AND version = $3 - 1"""
DROP_WORDS: Final = "DELETE FROM invoice_words WHERE invoice = $1"
INSERT_WORD: Final = "INSERT INTO invoice_words (word, invoice) VALUES ($1, $2)"
INSERT_HISTORY: Final = "INSERT INTO invoice_history (invoice, at, entry, event) VALUES ($1, $2, $3, $4)"
INSERT_BOOKED: Final = """
    INSERT INTO invoice_ledger (invoice, lender, currency, dated, kind, amount, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"""
INSERT_LETTER: Final = """
    INSERT INTO invoice_letters (invoice, letter, made_at, digest, template_hash, pdf) VALUES ($1, $2, $3, $4, $5, $6)"""
INVOICE: Final = f"SELECT {_COLUMNS} FROM invoices WHERE id = $1"
OF_REQUEST: Final = f"SELECT {_COLUMNS} FROM invoices WHERE request = $1 ORDER BY id"
OF_LENDER: Final = f"SELECT {_COLUMNS} FROM invoices WHERE lender = $1 ORDER BY updated_at DESC, id DESC LIMIT $2"
TOTALS: Final = """
    SELECT state, currency, count(*), CAST(sum(agreed) AS BIGINT) FROM invoices GROUP BY state, currency ORDER BY state, currency"""
HISTORY: Final = "SELECT entry FROM invoice_history WHERE invoice = $1 ORDER BY id"
LETTER: Final = """
    SELECT made_at, digest, template_hash, pdf FROM invoice_letters WHERE invoice = $1 AND letter = $2"""
LETTERS: Final = "SELECT letter FROM invoice_letters WHERE invoice = $1 ORDER BY letter"
CALLED: Final = "SELECT id, body FROM invoices WHERE id IN ({})"
IN_BATCH: Final = f"SELECT {_COLUMNS} FROM invoices WHERE batch = $1 ORDER BY id"
BATCHES: Final = """
    SELECT batch, count(*) FROM invoices WHERE batch IS NOT NULL GROUP BY batch ORDER BY batch DESC LIMIT $1"""
ENDED_BEFORE: Final = """
    SELECT id FROM invoices WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2"""
_FORGOTTEN: Final = "(SELECT id FROM invoices WHERE id = $1 AND ended_at < $2)"
FORGET: Final = (
    f"DELETE FROM invoice_words WHERE invoice = {_FORGOTTEN}",
    f"DELETE FROM invoice_history WHERE invoice = {_FORGOTTEN}",
    f"DELETE FROM invoice_letters WHERE invoice = {_FORGOTTEN}",
    f"DELETE FROM tasks WHERE about = {_FORGOTTEN}",
    f"DELETE FROM notices WHERE about = {_FORGOTTEN}",
)
"""What goes with an invoice; then it."""
DROP: Final = "DELETE FROM invoices WHERE id = $1 AND ended_at < $2"
"""Says whether there was anything to forget."""
LINES_OF: Final = "SELECT id FROM invoice_history WHERE invoice = $1 ORDER BY id"
"""The numbers of the lines that go with it, for the audit chain."""
_FREE_AGAIN: Final = frozenset({InvoiceState.DROPPED, InvoiceState.WITHDRAWN})
"""Beside these another invoice may have the same lender, number, year and request."""
_BEYOND: Final = "\U0010ffff"
"""Above every beginning of a word."""


def find_invoices(where: InvoiceFilter) -> tuple[str, tuple[str | int, ...]]:
    """Return the query for a filter: one branch a state, each newest first and limited in itself, as `find_bills`."""
    params: list[str | int] = []

    def bind(value: str | int) -> str:
        params.append(value)
        return f"${len(params)}"

    conditions = ["TRUE"]
    if where.lenders:
        conditions.append(f"lender IN ({', '.join(map(bind, where.lenders))})")
    if where.fiscal_year is not None:
        conditions.append(f"fiscal_year = {bind(where.fiscal_year)}")
    for word in where.words:
        within = f"word >= {bind(word)} AND word < {bind(word + _BEYOND)}"
        conditions.append(f"id IN (SELECT invoice FROM invoice_words WHERE {within})")
    if where.before is not None:
        conditions.append(f"(updated_at, id) < ({bind(stamp(where.before[0]))}, {bind(where.before[1])})")
    newest = f"ORDER BY updated_at DESC, id DESC LIMIT {bind(where.limit)}"
    states = [f" AND state = {bind(state.value)}" for state in dict.fromkeys(where.states)] or [""]
    page = f"{_COLUMNS}, updated_at"
    branches = [f"SELECT {page} FROM invoices WHERE {' AND '.join(conditions)}{state} {newest}" for state in states]
    union = " UNION ALL ".join(f"SELECT * FROM ({branch}) AS branch" for branch in branches)
    return f"SELECT {_COLUMNS} FROM ({union}) AS page {newest}", tuple(params)


class InvoiceTables(BookedTables):
    """The port's InvoiceStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        fetch_slowly: Fetch,
        settle: Callable[[Sequence[GuardedStep], Iterable[str]], Awaitable[None]],
    ) -> None:
        """Stand on the store's verbs."""
        super().__init__(fetch_slowly=fetch_slowly, statements=INVOICES)
        self._fetch = fetch
        self._fetch_slowly = fetch_slowly
        self._settle = settle

    async def commit(self, change: InvoiceChange) -> None:
        """See the port."""
        subjects = {write.invoice.id for write in change.writes} | ({change.subject} if change.subject else set())
        await self._settle(list(steps_of(change)), sorted(subjects))

    async def invoice(self, invoice_id: str) -> Invoice | None:
        """See the port."""
        return next(map(_invoice, await self._fetch(INVOICE, invoice_id)), None)

    async def invoices(self, where: InvoiceFilter) -> tuple[Invoice, ...]:
        """See the port."""
        statement, params = find_invoices(where)
        return tuple(map(_invoice, await self._fetch_slowly(statement, *params)))

    async def of_request(self, request_id: str) -> tuple[Invoice, ...]:
        """See the port."""
        return tuple(map(_invoice, await self._fetch(OF_REQUEST, request_id)))

    async def of_lender(self, lender: str, *, limit: int) -> tuple[Invoice, ...]:
        """See the port."""
        return tuple(map(_invoice, await self._fetch_slowly(OF_LENDER, lender, limit)))

    async def called(self, ids: Sequence[str]) -> Mapping[str, str]:
        """See the port."""
        found = await self._fetch_slowly(of_ids(CALLED, len(ids)), *ids) if ids else ()
        return {invoice: encoding.decode_invoice(body).claim.number for invoice, body in found}

    async def totals(self) -> tuple[OwingRow, ...]:
        """See the port."""
        return tuple(
            OwingRow(state=InvoiceState(state), currency=currency, count=count, agreed=amount_of(agreed, currency))
            for state, currency, count, agreed in await self._fetch_slowly(TOTALS)
        )

    async def history(self, invoice_id: str) -> tuple[HistoryEntry, ...]:
        """See the port."""
        return tuple(encoding.decode_entry(entry) for (entry,) in await self._fetch(HISTORY, invoice_id))

    async def letter(self, invoice_id: str, letter: int) -> KeptLetter | None:
        """See the port."""
        for made_at, digest, template_hash, pdf in await self._fetch(LETTER, invoice_id, letter):
            made = {"made_at": moment(made_at), "digest": digest, "template_hash": template_hash, "pdf": bytes(pdf)}
            return KeptLetter(invoice=invoice_id, letter=letter, **made)
        return None

    async def letters(self, invoice_id: str) -> tuple[int, ...]:
        """See the port."""
        return tuple(int(letter) for (letter,) in await self._fetch(LETTERS, invoice_id))

    async def in_batch(self, batch: str) -> tuple[Invoice, ...]:
        """See the port."""
        found = await self._fetch_slowly(IN_BATCH, batch)
        return await asyncio.to_thread(lambda: tuple(map(_invoice, found)))

    async def batches(self, *, limit: int) -> tuple[Batch, ...]:
        """See the port."""
        found = await self._fetch_slowly(BATCHES, limit)
        return tuple(Batch(batch=batch, count=count) for batch, count in found)

    async def ended(self, *, before: datetime, limit: int) -> tuple[str, ...]:
        """See the port."""
        return tuple(str(name) for (name,) in await self._fetch(ENDED_BEFORE, stamp(before), limit))

    async def lines_of(self, invoice_id: str) -> tuple[int, ...]:
        """See the port."""
        return tuple(int(number) for (number,) in await self._fetch(LINES_OF, invoice_id))

    async def forget(self, invoice_id: str, *, ended_before: datetime, told: HistoryEntry) -> bool:
        """See the port."""
        which = (invoice_id, stamp(ended_before))
        tell = GuardedStep(sql.INSERT_HISTORY, (None, stamp(told.at), encoding.encode(told), None))
        with suppress(VersionConflict):
            await self._settle(
                (
                    *(GuardedStep(statement, which) for statement in FORGET),
                    GuardedStep(DROP, which, VersionConflict),
                    tell,
                ),
                (),
            )
        return await self.invoice(invoice_id) is None


def steps_of(change: InvoiceChange) -> Iterator[GuardedStep]:
    """All statements of a change, in the order of their locks."""
    writes = sorted(change.writes, key=lambda write: (not write.created, write.invoice.id))
    if change.key is not None:
        yield GuardedStep(INSERT_KEY, (change.key, stamp(change.at), change.key_subject or writes[0].invoice.id))
    for write in writes:
        yield _invoice_step(write)
    if change.completes is not None:
        yield GuardedStep(sql.COMPLETE, (change.completes, change.owner, change.subject), LeaseLost)
    for write in writes:
        yield from _steps_of(write, change.at)
    if change.letter is not None:
        yield GuardedStep(INSERT_LETTER, _letter_params(change.letter))


def _invoice_step(write: InvoiceWrite) -> GuardedStep:
    invoice = write.invoice
    claim = invoice.claim
    bare = msgspec.structs.replace(invoice, claim=msgspec.structs.replace(claim, amount=NOTHING), agreed=NOTHING)
    params = (
        invoice.id,
        invoice.state.value,
        invoice.version,
        plain(lender_key(claim)),
        _about(invoice),
        claim.request,
        invoice.fiscal_year,
        claim.currency,
        minor_units(claim.amount, claim.currency),
        minor_units(invoice.agreed, claim.currency),
        stamp(invoice.updated_at),
        stamp(invoice.state_since) if invoice.state in ENDED else None,
        invoice.batch,
        encoding.encode(bare),
    )
    return GuardedStep(INSERT, params) if write.created else GuardedStep(UPDATE, params, VersionConflict)


def _about(invoice: Invoice) -> str | None:
    """What no two invoices have that are kept beside each other: lender, number without what people write between, year, request."""
    claim = invoice.claim
    if invoice.state in _FREE_AGAIN:
        return None
    number = wording.number(claim.number)
    return plain(f"{lender_key(claim)} {number} {claim.dated.year} {claim.request or ''}")


def _steps_of(write: InvoiceWrite, at: datetime) -> Iterator[GuardedStep]:
    invoice = write.invoice
    yield GuardedStep(DROP_WORDS, (invoice.id,))
    for word in words_of(invoice):
        yield GuardedStep(INSERT_WORD, (word, invoice.id))
    yield from money_steps(invoice.id, at, write, INSERT_HISTORY)
    for line in write.booked:
        yield GuardedStep(INSERT_BOOKED, _booked_params(invoice.id, line))


def words_of(invoice: Invoice) -> tuple[str, ...]:
    """Return the words by which an invoice is found: its lender, title, note, numbers with and without what stands between, its payment."""
    claim = invoice.claim
    numbers = (wording.number(claim.number), wording.number(claim.request or ""), wording.number(invoice.reference))
    found = wording.words(
        claim.lender,
        claim.title,
        claim.note,
        claim.number,
        claim.request,
        invoice.disputed,
        invoice.reference,
        invoice.id,
    )
    return tuple(dict.fromkeys([*found, *filter(None, numbers)]))


def _booked_params(invoice: str, line: OwedLine) -> Params:
    amount = minor_units(line.amount, line.currency)
    return invoice, plain(line.lender), line.currency, line.dated.isoformat(), line.kind.value, amount, stamp(line.at)


def _letter_params(letter: KeptLetter) -> Params:
    return letter.invoice, letter.letter, stamp(letter.made_at), letter.digest, letter.template_hash, letter.pdf


def _invoice(row: Fetched) -> Invoice:
    _, currency, amount, agreed, body = row
    bare = encoding.decode_invoice(body)
    claim = msgspec.structs.replace(bare.claim, amount=amount_of(amount, currency))
    return msgspec.structs.replace(bare, claim=claim, agreed=amount_of(agreed, currency))
