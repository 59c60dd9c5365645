"""Carrying out the work of the office: of bills, lenders' invoices and notices. That of requests: performing.py."""

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.performers.bill_items import BillItems
from gateway.dispatch.performers.bill_papers import BillPapers
from gateway.dispatch.performers.invoice_letters import InvoiceLetters
from gateway.dispatch.performers.mail import Mail
from gateway.dispatch.performers.overhearing import overheard
from gateway.dispatch.results import (
    BillHappened,
    BillResult,
    InvoiceHappened,
    InvoiceResult,
    Later,
    NoticeHappened,
    NoticeResult,
)
from gateway.money.effects import AskItem, MailPaper, MakePaper, RemindLater
from gateway.money.events import NotMailed, ReminderDue
from gateway.money.invoices.effects import MailLetter, MakeLetter
from gateway.money.invoices.events import LetterNotMailed
from gateway.money.invoices.records import Invoice
from gateway.money.records import Bill
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.records import Notice
from gateway.store.port import EffectRow

NO_MAIL = "E-mail is not set up ([mail])."


class OfficePerformers:
    """Knows who carries out what of the office. Without `mail` nothing is sent, and it is said."""

    def __init__(
        self,
        *,
        bill_items: BillItems,
        bill_papers: BillPapers,
        invoice_letters: InvoiceLetters,
        mail: Mail | None = None,
        time: TimeSource,
    ) -> None:
        self.bill_items = bill_items
        self.bill_papers = bill_papers
        self.invoice_letters = invoice_letters
        self.mail = mail
        self._time = time

    async def for_bill(self, row: EffectRow, bill: Bill) -> BillResult:
        """Carry one effect of a bill out. Raises LeaseLost, StoreUnavailable."""
        result, talk = await overheard(self._for_bill(row, bill), self._time)
        if isinstance(result, Later):
            return result
        return msgspec.structs.replace(result, history=(*talk, *result.history))

    async def for_invoice(self, row: EffectRow, invoice: Invoice) -> InvoiceResult:
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

    async def for_notice(self, row: EffectRow, notice: Notice) -> NoticeResult:
        """Likewise send a notice."""
        if self.mail is not None:
            return await self.mail.send_notice(row, notice)
        event = NoticeEvent(trigger=NoticeTrigger.NOT_TAKEN, at=self._time.now(), words=NO_MAIL)
        return NoticeHappened(event=event, heard=False)

    async def _for_bill(self, row: EffectRow, bill: Bill) -> BillResult:
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
