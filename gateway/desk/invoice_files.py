"""What is kept with lenders' invoices: documents as they came, dispute letters as they went, and what the accounting system was given.

A document is PDF, TIFF, JPEG or PNG by its own first bytes, at most 20 MB; it is called as we call it, and a browser saves it and never
shows it. It is kept as long as its invoice (`dispatch/keeping.py`).
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.copy_kinds import KINDS, CopyKind
from gateway.desk.errors import ConflictError, HasNoneError, NotThereError
from gateway.desk.kept_files import UPLOADING, handed_out, keep_file
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.common import Done, Download, Incoming, Outgoing
from gateway.desk.structs.invoices import BatchList, BatchShown, DocumentPlace, DocumentShown, LetterPlace
from gateway.desk.structs.orders import Key
from gateway.money.amounts import NOTHING
from gateway.money.engine import MoneyRefused
from gateway.money.invoices.events import DocumentKept
from gateway.money.invoices.files import exported
from gateway.money.invoices.records import Invoice, InvoiceState
from gateway.store.copies_port import CopyFile
from gateway.store.port import AlreadyExists, Store

MOST_BYTES: Final = 20 * 1024 * 1024
"""Of one document (money.md)."""
KINDS_GIVEN: Final = tuple(kind.content_type for kind in KINDS)
MOST_DOCUMENTS: Final = 20
"""Of one invoice."""
FOR_AS_LONG: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A document ends with its invoice, and by no clock of its own."""
_BATCHES: Final = 50


async def find_invoice(store: Store, name: str) -> Invoice:
    """Return an invoice by its id. Raises NotThereError."""
    found = await store.invoices.invoice(name.strip().upper())
    if found is None:
        raise NotThereError("There is no such invoice.")
    return found


async def keep_document(
    desk: Desk, caller: Caller, invoice: str, chunks: AsyncIterator[bytes], *, place: int
) -> CopyFile:
    """Keep a document under an invoice's id. Raises UnusableError."""

    def begun(kind: CopyKind) -> CopyFile:
        return CopyFile(
            id=secrets.token_hex(32),
            request=invoice,
            name=f"{invoice}-{place}.{kind.suffix}",
            content_type=kind.content_type,
            by=caller.name,
            at=desk.now(),
            ends_at=desk.now() + UPLOADING,
        )

    return await keep_file(desk.store, chunks, most_bytes=MOST_BYTES, begun=begun, until=lambda: FOR_AS_LONG)


async def hand_in_document(desk: Desk, caller: Caller, invoice: str, body: Incoming) -> Done:
    """Keep a document with an invoice: the paper itself, or what belongs to it. The body is the file: PDF, TIFF, JPEG or PNG."""
    return await add_document(desk, caller, invoice, body.chunks)


async def add_document(desk: Desk, caller: Caller, invoice: str, chunks: AsyncIterator[bytes]) -> Done:
    """Likewise, from a form."""
    found = await find_invoice(desk.store, invoice)
    known = await _files(desk.store, found.id)
    if len(known) >= MOST_DOCUMENTS:
        raise ConflictError(f"{MOST_DOCUMENTS} documents are kept with it: no more are taken.")
    file = await keep_document(desk, caller, found.id, chunks, place=len(known) + 1)
    event = DocumentKept(at=desk.now(), by=caller.name, name=file.name, size=file.size)
    ruling = await desk.money.invoices.submit_invoice(found.id, event)
    if isinstance(ruling, MoneyRefused):
        await desk.store.copies.drop(file.id)
        raise ConflictError(ruling.words)
    return Done(words=f"The document is kept, as {file.name}.")


async def documents_of(store: Store, invoice: str) -> tuple[DocumentShown, ...]:
    """Return what is kept with an invoice, the first that came first."""
    files = await _files(store, invoice)
    return tuple(shown(file, DocumentShown, place=place) for place, file in enumerate(files, start=1))


async def fetch_document(desk: Desk, _caller: Caller, invoice: str, document: DocumentPlace) -> Outgoing:
    """Return a document of an invoice, to be saved."""
    files = await _files(desk.store, (await find_invoice(desk.store, invoice)).id)
    if document > len(files):
        raise NotThereError("No such document is kept with this invoice.")
    return handed_out(desk.store, files[document - 1])


async def _files(store: Store, invoice: str) -> list[CopyFile]:
    files = [file for file in await store.copies.of_request(invoice) if file.is_complete]
    return sorted(files, key=lambda file: (file.at, file.id))


async def show_letter(desk: Desk, _caller: Caller, invoice: str, letter: LetterPlace) -> Download:
    """Return a dispute letter as it was made, byte for byte."""
    found = await find_invoice(desk.store, invoice)
    kept = await desk.store.invoices.letter(found.id, letter)
    if kept is None:
        raise HasNoneError("This letter has not been made.")
    return Download(content_type="application/pdf", data=kept.pdf, name=f"{found.id}-dispute-{letter}.pdf")


# ── the accounting system ────────────────────────────────────────────────────────────────────────


async def export_invoices(desk: Desk, caller: Caller, key: Key | None = None) -> BatchShown:
    """Give all that is approved to the accounting system, in one export: each invoice once. Its list is fetched by its name."""
    if key is not None and (known := await desk.store.bills.subject_of(key)) is not None:
        return _batch(known, await desk.store.invoices.in_batch(known), is_new=False)
    try:
        batch, invoices = await desk.money.invoices.export(at=desk.now(), by=caller.name, key=key)
    except AlreadyExists:
        raise ConflictError("This form was sent before: look at the exports.") from None
    if not invoices:
        raise ConflictError("Nothing is approved that was not exported before.")
    return _batch(batch, invoices)


def _batch(name: str, invoices: Iterable[Invoice], *, is_new: bool = True) -> BatchShown:
    invoices, totals = tuple(invoices), dict[str, Decimal]()
    for invoice in invoices:
        currency = invoice.claim.currency
        totals[currency] = totals.get(currency, NOTHING) + invoice.agreed
    return BatchShown(batch=name, count=len(invoices), totals=totals, is_new=is_new)


async def list_batches(desk: Desk, _caller: Caller) -> BatchList:
    """Return the newest exports, and how many invoices wait for the next."""
    batches = await desk.store.invoices.batches(limit=_BATCHES)
    totals = await desk.store.invoices.totals()
    waiting = sum(row.count for row in totals if row.state is InvoiceState.APPROVED)
    return BatchList(batches=tuple(BatchShown(batch=each.batch, count=each.count) for each in batches), waiting=waiting)


async def show_batch(desk: Desk, _caller: Caller, batch: str) -> Download:
    """Hand out an export as CSV, with the columns that the settings name; the same each time, but for what was paid since."""
    invoices = await desk.store.invoices.in_batch(batch)
    if not invoices:
        raise NotThereError("There is no such export.")
    text = await asyncio.to_thread(exported, invoices, desk.money.billing.invoice_export)
    return Download(content_type="text/csv", text=text, name=f"invoices-{batch}.csv")
