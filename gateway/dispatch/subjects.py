"""What a row of the queue belongs to, a request, a bill, an invoice or a notice: reading it, having it worked on, and bringing what happened to its door."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.dispatch.bills import BillCause, BillIntake, UnknownBill
from gateway.dispatch.intake import Cause, Intake, UnknownRequest
from gateway.dispatch.invoices import InvoiceCause, InvoiceIntake, UnknownInvoice
from gateway.dispatch.notices import NoticeIntake, UnknownNotice
from gateway.dispatch.results import (
    BillHappened,
    BillResult,
    Happened,
    InvoiceHappened,
    InvoiceResult,
    Later,
    NoticeHappened,
    NoticeResult,
    Report,
    Result,
)
from gateway.money.effects import AnyBillEffect, AskItem, MailPaper, MakePaper, RemindLater
from gateway.money.events import BillItemSeen, NotMailed, PaperNotMade
from gateway.money.invoices.effects import AnyInvoiceEffect, MailLetter, MakeLetter
from gateway.money.invoices.events import LetterNotMade, LetterNotMailed
from gateway.money.invoices.records import Invoice
from gateway.money.records import Bill, Seen
from gateway.notices.effects import SendNotice
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.records import Notice
from gateway.store.port import EffectRow, Store
from gateway.workflow.events import Stuck
from gateway.workflow.records import Request

PerformRow = Callable[[EffectRow, Request], Awaitable[Result]]
"""Carries a row's effect out for its request."""
PerformForBill = Callable[[EffectRow, Bill], Awaitable[BillResult]]
PerformForInvoice = Callable[[EffectRow, Invoice], Awaitable[InvoiceResult]]
PerformForNotice = Callable[[EffectRow, Notice], Awaitable[NoticeResult]]
LibraryOf = Callable[[EffectRow, Request], str | None]
"""Gives the library that a message is for, where its lane has several behind it."""
WorkSubject = Request | Bill | Invoice | Notice


@dataclass(frozen=True, kw_only=True)
class BillWork:
    """The door of bills, and who works for them."""

    intake: BillIntake
    perform: PerformForBill


@dataclass(frozen=True, kw_only=True)
class InvoiceWork:
    """The door of lenders' invoices, and who works for them."""

    intake: InvoiceIntake
    perform: PerformForInvoice


@dataclass(frozen=True, kw_only=True)
class NoticeWork:
    """The door of notices, and who sends them."""

    intake: NoticeIntake
    perform: PerformForNotice


class Subjects:
    """All doors of the house, for whoever works on the queue."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        perform: PerformRow,
        library_of: LibraryOf,
        *,
        bills: BillWork,
        invoices: InvoiceWork,
        notices: NoticeWork,
    ) -> None:
        self._store = store
        self._intake = intake
        self._perform = perform
        self._library_of = library_of
        self._bills = bills
        self._invoices = invoices
        self._notices = notices

    async def read(self, row: EffectRow) -> WorkSubject:
        """Raises UnknownRequest, UnknownBill, UnknownInvoice, UnknownNotice."""
        if isinstance(row.effect, SendNotice):
            notice = await self._store.notices.notice(row.request)
            if notice is None:
                raise UnknownNotice(row.request)
            return notice
        if isinstance(row.effect, AnyBillEffect):
            bill = await self._store.bills.bill(row.request)
            if bill is None:
                raise UnknownBill(row.request)
            return bill
        if isinstance(row.effect, AnyInvoiceEffect):
            invoice = await self._store.invoices.invoice(row.request)
            if invoice is None:
                raise UnknownInvoice(row.request)
            return invoice
        request = await self._store.request(row.request)
        if request is None:
            raise UnknownRequest(row.request)
        return request

    def library_of(self, row: EffectRow, subject: WorkSubject) -> str | None:
        """Return the library that a message is for; nothing else has one behind a lane."""
        return self._library_of(row, subject) if isinstance(subject, Request) else None

    async def perform(self, row: EffectRow, subject: WorkSubject) -> Report | Later:
        """Carry a row out. Raises LeaseLost, StoreUnavailable."""
        match subject:
            case Request():
                return await self._perform(row, subject)
            case Bill():
                return await self._bills.perform(row, subject)
            case Invoice():
                return await self._invoices.perform(row, subject)
            case Notice():
                return await self._notices.perform(row, subject)

    async def hand_in(self, row: EffectRow, report: Report, owner: str) -> None:
        """Bring the outcome of a row to its door. Raises LeaseLost, BarcodeTaken, StoreUnavailable."""
        match report:
            case Happened():
                cause = Cause(completes=row, owner=owner, history=report.history)
                await self._intake.submit(row.request, report.event, cause)
            case BillHappened():
                of_bill = BillCause(completes=row.id, owner=owner, history=report.history, paper=report.paper)
                await self._bills.intake.submit_bill(row.request, report.event, of_bill)
            case InvoiceHappened():
                of_invoice = InvoiceCause(completes=row.id, owner=owner, history=report.history, letter=report.letter)
                await self._invoices.intake.submit_invoice(row.request, report.event, of_invoice)
            case NoticeHappened():
                await self._notices.intake.submit(row.request, report.event, completes=row.id, owner=owner)

    async def stuck(self, row: EffectRow, at: datetime, words: str) -> None:
        """Say at its door that a row was tried so often in vain that a person is to look; the trying goes on."""
        if isinstance(row.effect, AnyBillEffect):
            event = _bill_stuck(row.effect, at, words)
            if event is not None:
                await self._bills.intake.submit_bill(row.request, event)
            return
        if isinstance(row.effect, AnyInvoiceEffect):
            await self._invoices.intake.submit_invoice(row.request, _invoice_stuck(row.effect, at, words))
            return
        if isinstance(row.effect, SendNotice):
            vain = NoticeEvent(trigger=NoticeTrigger.STUCK, at=at, words=f"{words} It is tried again and again.")
            await self._notices.intake.submit(row.request, vain)
            return
        stuck = Stuck(at=at, work=row.effect.key, kind=row.effect.work_kind, words=words)
        await self._intake.submit(row.request, stuck)

    async def tell(self, row: EffectRow, at: datetime, words: str) -> None:
        """Say at a request's door what its timeline is to tell of a row that waits."""
        await self._intake.note(row.request, at, words)


def _bill_stuck(effect: AnyBillEffect, at: datetime, words: str) -> BillItemSeen | PaperNotMade | NotMailed | None:
    """What a bill hears of work that fails and fails."""
    match effect:
        case AskItem():
            return BillItemSeen(at=at, seen=Seen.UNCLEAR, words=f"it can't be asked: {words}")
        case MakePaper(paper=paper):
            return PaperNotMade(at=at, paper=paper, words=words)
        case MailPaper(paper=paper, to=to):
            return NotMailed(at=at, paper=paper, to=to, words=f"{words} It is tried again and again.")
        case RemindLater():
            return None


def _invoice_stuck(effect: AnyInvoiceEffect, at: datetime, words: str) -> LetterNotMade | LetterNotMailed:
    """What an invoice hears of work that fails and fails."""
    match effect:
        case MakeLetter(letter=letter):
            return LetterNotMade(at=at, letter=letter, words=words)
        case MailLetter(letter=letter, to=to):
            return LetterNotMailed(at=at, letter=letter, to=to, words=f"{words} It is tried again and again.")
