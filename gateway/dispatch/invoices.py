"""The door of lenders' invoices: every event of one comes in here, is decided on, and is written with all that it asks for in one transaction.

It is of the same make as the door of bills (bills.py): whoever read an older version reads and decides again; the outcome of a piece of
work and the decision on it are one transaction. An export is one transaction too: the accounting system hears of all of it, once, or of none.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.dispatch.bill_planning import MAIL_LANE, PRINTING_LANE
from gateway.dispatch.ids import EXPORT_LETTER, Numbers
from gateway.money.engine import Decision, MoneyIgnored, MoneyRefused
from gateway.money.invoices.booking import booked
from gateway.money.invoices.effects import AnyInvoiceEffect, MailLetter, MakeLetter
from gateway.money.invoices.events import AnyInvoiceEvent, InvoiceEntered, InvoiceExported
from gateway.money.invoices.records import Invoice, InvoiceState
from gateway.money.invoices.table import InvoiceDecision, InvoiceRuling, decide
from gateway.money.invoices.words import narrate
from gateway.notices.invoices import noticed
from gateway.store.invoices_port import InvoiceChange, InvoiceFilter, InvoiceWrite, KeptLetter
from gateway.store.port import HistoryEntry, HistoryKind, NewEffect, Store, VersionConflict

MAX_CONFLICTS: Final = 20
"""How often a decision is made anew because somebody else decided first."""
CHANGED: Final = "The invoice has changed since you saw it: look at it once more."
IN_ONE_EXPORT: Final = 500
"""Invoices of one transaction: some tenths of a second; what is left goes with the next."""


class UnknownInvoice(Exception):  # noqa: N818 - it says what it is
    """No invoice has this id."""


class InvoiceCause(msgspec.Struct, frozen=True, kw_only=True):
    """What brought an event, and is written in the transaction of its decision."""

    completes: int | None = None
    """The id of the work that it is the outcome of."""
    owner: str | None = None
    history: tuple[HistoryEntry, ...] = ()
    """Lines that stand before the decision's own."""
    letter: KeptLetter | None = None
    key: str | None = None
    """For one use: AlreadyExists if it was used."""
    seen: int | None = None
    """The version of the invoice that a person's form names: refused if it is another when it is decided."""


_NO_CAUSE: Final = InvoiceCause()


class InvoiceIntake:
    """One way in for people and our own work."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._exports = Numbers(EXPORT_LETTER)

    async def enter(self, event: InvoiceEntered, *, key: str | None = None) -> Invoice:
        """Keep an invoice that came. Raises AlreadyExists if one like it is kept already, or the key was used."""
        ruling = decide(None, event)
        assert isinstance(ruling, Decision), "every entry has a row"
        write = _write(None, event, ruling, InvoiceCause(key=key))
        await self._store.invoices.commit(InvoiceChange(at=event.at, writes=(write,), key=key))
        return ruling.subject

    async def submit_invoice(
        self, invoice_id: str, event: AnyInvoiceEvent, cause: InvoiceCause = _NO_CAUSE
    ) -> InvoiceRuling:
        """Decide on an event of an invoice and write what follows.

        Raises UnknownInvoice; AlreadyExists if it would be like another, or the key was used; LeaseLost; StoreUnavailable.
        """
        for _ in range(MAX_CONFLICTS):
            before = await self._store.invoices.invoice(invoice_id)
            if before is None:
                raise UnknownInvoice(invoice_id)
            if cause.seen not in {None, before.version_of_forms}:
                return MoneyRefused(CHANGED)
            ruling = decide(before, event)
            if isinstance(ruling, MoneyRefused):
                return ruling
            change = InvoiceChange(
                at=event.at,
                writes=(_written(before, event, ruling, cause),),
                letter=None if isinstance(ruling, MoneyIgnored) else cause.letter,
                completes=cause.completes,
                owner=cause.owner,
                subject=invoice_id,
                key=cause.key,
            )
            try:
                await self._store.invoices.commit(change)
            except VersionConflict:
                continue
            return ruling
        raise VersionConflict(invoice_id)

    async def export(self, *, at: datetime, by: str, key: str | None = None) -> tuple[str, tuple[Invoice, ...]]:
        """Give all that is approved to the accounting system, or the most of it that fits; the export's id and what it holds.

        Raises AlreadyExists if the key was used.
        """
        for _ in range(MAX_CONFLICTS):
            batch = self._exports.next(at)
            where = InvoiceFilter(states=(InvoiceState.APPROVED,), limit=IN_ONE_EXPORT)
            found = {invoice.id: invoice for invoice in await self._store.invoices.invoices(where)}
            if not found:
                return batch, ()
            try:
                return batch, await self._exported(found, InvoiceExported(at=at, by=by, batch=batch), key)
            except VersionConflict:
                continue
        raise VersionConflict("export")

    async def _exported(
        self, found: Mapping[str, Invoice], event: InvoiceExported, key: str | None
    ) -> tuple[Invoice, ...]:
        rulings = [(invoice, decide(invoice, event)) for invoice in found.values()]
        decided = [(invoice, ruling) for invoice, ruling in rulings if isinstance(ruling, Decision)]
        writes = tuple(_write(invoice, event, ruling, _NO_CAUSE) for invoice, ruling in decided)
        change = InvoiceChange(at=event.at, writes=writes, key=key, key_subject=event.batch)
        await self._store.invoices.commit(change)
        return _by_id(ruling.subject for _, ruling in decided)


def _by_id(invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
    return tuple(sorted(invoices, key=lambda invoice: invoice.id))


def _written(
    before: Invoice, event: AnyInvoiceEvent, ruling: InvoiceDecision | MoneyIgnored, cause: InvoiceCause
) -> InvoiceWrite:
    return (
        _ignored(before, event, ruling, cause)
        if isinstance(ruling, MoneyIgnored)
        else _write(before, event, ruling, cause)
    )


def _write(
    before: Invoice | None, event: AnyInvoiceEvent, ruling: InvoiceDecision, cause: InvoiceCause
) -> InvoiceWrite:
    invoice = ruling.subject
    entry = HistoryEntry(
        at=event.at,
        by=event.by,
        kind=HistoryKind.DECISION,
        words=narrate(event),
        state=invoice.state,
        detail={"why": ruling.row.why},
    )
    return InvoiceWrite(
        invoice=invoice,
        created=before is None,
        event=event,
        history=(*cause.history, entry),
        effects=tuple(_plan(effect, at=event.at) for effect in ruling.effects),
        withdraw=ruling.withdraw,
        open_tasks=ruling.open_tasks,
        close_tasks=ruling.close_tasks,
        notices=noticed(
            invoice, event, {each.letter: each.to for each in ruling.effects if isinstance(each, MailLetter)}
        ),
        booked=booked(before, invoice, event.at),
    )


def _ignored(before: Invoice, event: AnyInvoiceEvent, ruling: MoneyIgnored, cause: InvoiceCause) -> InvoiceWrite:
    """A line of history alone: the version moves all the same, for that is how two writers hear of each other."""
    words = f"{narrate(event)} {ruling.words}"
    entry = HistoryEntry(at=event.at, by=event.by, kind=HistoryKind.IGNORED, words=words, state=before.state)
    moved = msgspec.structs.replace(before, version=before.version + 1, quiet=before.quiet + 1)
    return InvoiceWrite(invoice=moved, event=event, history=(*cause.history, entry))


def _plan(effect: AnyInvoiceEffect, *, at: datetime) -> NewEffect:
    """Return the row for an effect that was decided on at `at`: in the lanes of bills' papers and mail."""
    lane = PRINTING_LANE if isinstance(effect, MakeLetter) else MAIL_LANE
    return NewEffect(effect=effect, lane=lane, due_at=at + timedelta(seconds=effect.delay_s))
