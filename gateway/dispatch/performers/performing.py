"""Carrying out effects: each kind goes to the performer that talks to whom it is about.

A performer never decides: what an answer means for the request is the table's to say. A retry is a value (`Later`), not an
exception. What may have had an effect elsewhere is marked started before its first byte, so that a crash leaves a row of
which it is known that its outcome is unknown (design.md, rule 2).
"""

from collections.abc import Awaitable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.performers.acts import Acts
from gateway.dispatch.performers.bill_items import BillItems
from gateway.dispatch.performers.bill_papers import BillPapers
from gateway.dispatch.performers.invoice_letters import InvoiceLetters
from gateway.dispatch.performers.letters import Letters
from gateway.dispatch.performers.look_ups import LookUps
from gateway.dispatch.performers.mail import Mail
from gateway.dispatch.performers.pool_barcodes import PoolBarcodes
from gateway.dispatch.performers.rota import RotaMaker
from gateway.dispatch.performers.timers import Timers
from gateway.dispatch.performers.vetting import Vetting
from gateway.dispatch.results import (
    BillHappened,
    BillResult,
    InvoiceHappened,
    InvoiceResult,
    Later,
    NoticeHappened,
    NoticeResult,
    Result,
)
from gateway.money.effects import AskItem, MailPaper, MakePaper, RemindLater
from gateway.money.events import NotMailed, ReminderDue
from gateway.money.invoices.effects import MailLetter, MakeLetter
from gateway.money.invoices.events import LetterNotMailed
from gateway.money.invoices.records import Invoice
from gateway.money.records import Bill
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.records import Notice
from gateway.sip2.connection import Exchange
from gateway.store.port import EffectRow, HistoryEntry, HistoryKind
from gateway.workflow.effects import (
    AskCopies,
    AssignBarcode,
    FindCopies,
    HearLate,
    Look,
    MakeRota,
    Perform,
    Seek,
    SendAction,
    SendRequest,
    StartTimer,
    Tell,
    Vet,
    Watch,
)
from gateway.workflow.records import Request

NO_MAIL = "E-mail is not set up ([mail])."
Done = TypeVar("Done")
_exchanges: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)


def note_exchange(exchange: Exchange) -> None:
    """The hook of the lines: keep the exchange for the timeline of the request that it was made for, if any."""
    kept = _exchanges.get()
    if kept is not None:
        kept.append(exchange)


class Performers:
    """Knows who carries out what."""

    def __init__(
        self,
        *,
        acts: Acts,
        barcodes: PoolBarcodes,
        letters: Letters,
        look_ups: LookUps,
        vetting: Vetting,
        rota: RotaMaker,
        timers: Timers,
        bill_items: BillItems,
        bill_papers: BillPapers,
        invoice_letters: InvoiceLetters,
        mail: Mail | None = None,
        time: TimeSource,
    ) -> None:
        self.acts = acts
        self.barcodes = barcodes
        self.letters = letters
        self.look_ups = look_ups
        self.vetting = vetting
        self.rota = rota
        self.timers = timers
        self.bill_items = bill_items
        self.bill_papers = bill_papers
        self.invoice_letters = invoice_letters
        self.mail = mail
        self._time = time

    async def perform(self, row: EffectRow, request: Request) -> Result:
        """Carry one effect of a request out. Raises LeaseLost, StoreUnavailable."""
        result, talk = await self._overheard(self._perform(row, request))
        if isinstance(result, Later):
            return result
        return msgspec.structs.replace(result, history=(*talk, *result.history))

    async def perform_for_bill(self, row: EffectRow, bill: Bill) -> BillResult:
        """Likewise one of a bill."""
        result, talk = await self._overheard(self._perform_for_bill(row, bill))
        if isinstance(result, Later):
            return result
        return msgspec.structs.replace(result, history=(*talk, *result.history))

    async def perform_for_invoice(self, row: EffectRow, invoice: Invoice) -> InvoiceResult:
        """Likewise one of a lender's invoice, of which the circulation system hears nothing."""
        match row.effect:
            case MakeLetter() as effect:
                return await self.invoice_letters.make(effect, invoice)
            case MailLetter() as effect if self.mail is not None:
                return await self.mail.send_letter(row, effect, invoice)
            case MailLetter(letter=letter, to=to):
                return InvoiceHappened(event=LetterNotMailed(at=self._time.now(), letter=letter, to=to, words=NO_MAIL))
            case _:
                raise TypeError(f"an invoice has no {row.effect.key}")

    async def perform_for_notice(self, row: EffectRow, notice: Notice) -> NoticeResult:
        """Likewise send a notice."""
        if self.mail is not None:
            return await self.mail.send_notice(row, notice)
        event = NoticeEvent(trigger=NoticeTrigger.NOT_TAKEN, at=self._time.now(), words=NO_MAIL)
        return NoticeHappened(event=event, heard=False)

    async def _overheard(self, work: Awaitable[Done]) -> tuple[Done, tuple[HistoryEntry, ...]]:
        """Wait for work, and return what was said to the circulation system meanwhile, as lines for the history."""
        exchanges: list[Exchange] = []
        token = _exchanges.set(exchanges)
        try:
            result = await work
        finally:
            _exchanges.reset(token)
        at = self._time.now()
        return result, tuple(_sip2_entry(exchange, at) for exchange in exchanges)

    async def _perform(  # noqa: C901, PLR0911, PLR0912 - one case and one return a kind of effect
        self, row: EffectRow, request: Request
    ) -> Result:
        match row.effect:
            case FindCopies() as effect:
                return await self.look_ups.find(effect, request)
            case AskCopies() as effect:
                return await self.look_ups.ask(row, effect, request)
            case Perform() as effect:
                return await self.acts.act(row, effect, request)
            case Look() as effect:
                return await self.acts.look(effect, request)
            case Watch() as effect:
                return await self.acts.watch(effect, request)
            case Seek() as effect:
                return await self.acts.seek(effect, request)
            case Tell() | SendRequest() | SendAction() as letter:
                return await self.letters.deliver(row, letter, request)
            case Vet():
                return await self.vetting.vet(request)
            case MakeRota():
                return await self.rota.make(request)
            case HearLate():
                return await self.rota.hear_late(request)
            case AssignBarcode() as effect:
                return await self.barcodes.assign(effect, request)
            case StartTimer() as timer:
                return await self.timers.ring(timer, request)
            case _:
                raise TypeError(f"a request has no {row.effect.key}")

    async def _perform_for_bill(self, row: EffectRow, bill: Bill) -> BillResult:
        match row.effect:
            case AskItem() as effect:
                return await self.bill_items.ask(effect)
            case MakePaper() as effect:
                return await self.bill_papers.make(effect, bill)
            case MailPaper() as effect if self.mail is not None:
                return await self.mail.send(row, effect, bill)
            case MailPaper(paper=paper, to=to):
                return BillHappened(event=NotMailed(at=self._time.now(), paper=paper, to=to, words=NO_MAIL))
            case RemindLater(number=number):
                return BillHappened(event=ReminderDue(at=self._time.now(), number=number))
            case _:
                raise TypeError(f"a bill has no {row.effect.key}")


def _sip2_entry(exchange: Exchange, at: datetime) -> HistoryEntry:
    return HistoryEntry(
        at=at.astimezone(UTC),
        by="gateway",
        kind=HistoryKind.SIP2,
        words=f"SIP2 {exchange.code}: {exchange.outcome}, {exchange.latency_s * 1000:.0f} ms.",
        detail={"sent": exchange.sent, "received": exchange.received},
    )
