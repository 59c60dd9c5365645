"""E-mail: papers of bills, dispute letters, and notices with their files.

A row is marked started before DATA, durably. What breaks before that has sent nothing, and is tried again; what breaks after it may
have arrived. Then a bill or a dispute letter is a person's to ask about, and everything else goes once more under the same Message-ID, by
which mail systems know a twin; if that breaks too, it is a person's as well. An address that the server refuses is a person's; a server
that takes nothing leaves its lane to the back-off.
"""

import asyncio
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.mailed import MailSent, MailUnsent
from gateway.dispatch.results import (
    BillHappened,
    BillResult,
    InvoiceHappened,
    InvoiceResult,
    Later,
    NoticeHappened,
    NoticeResult,
)
from gateway.money.effects import BillPaper, MailPaper
from gateway.money.events import Mailed, NotMailed
from gateway.money.invoices.effects import MailLetter
from gateway.money.invoices.events import LetterMailed, LetterNotMailed
from gateway.money.invoices.records import Invoice
from gateway.money.records import Bill, BillKind
from gateway.notices.bills import mail_text
from gateway.notices.invoices import letter_text
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.records import Notice, NoticeFile
from gateway.notices.texts import Text
from gateway.store.port import EffectRow, Store

if TYPE_CHECKING:
    from gateway.dispatch.smtp import Smtp

PDF: Final = "application/pdf"
STOPPED: Final = "The gateway stopped while it was being sent."
TOO_LATE: Final = "It was too late to be of use: the mail server did not take it in time."


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One mail: a text, and its files."""

    to: str
    text: Text
    files: tuple[NoticeFile, ...]
    message_id: str
    """Before its `@`: the same whenever this mail is tried again."""
    once: bool
    """Whether a person is to ask before it goes once more, if it may have arrived."""


class Mail:
    """Sends what is to go by e-mail."""

    def __init__(
        self, *, store: Store, time: TimeSource, owner: str, way: "Smtp", enclosed: tuple[Path, ...] = ()
    ) -> None:
        self._store = store
        self._enclosed = enclosed
        self._time = time
        self._owner = owner
        self._way = way

    async def send(self, row: EffectRow, effect: MailPaper, bill: Bill) -> BillResult:
        """Send one paper of a bill. Raises LeaseLost, StoreUnavailable."""
        kept = await self._store.bills.paper(bill.id, effect.paper)
        now, paper, to = self._time.now(), effect.paper, effect.to
        try:
            enclosed = () if row.started_at is not None else await self._enclosed_with(effect, bill)
        except OSError as fault:
            words = f"What is to go with it can't be read: {Path(fault.filename or '').name}."
            return BillHappened(event=NotMailed(at=now, paper=paper, to=to, words=words))
        parcel = None if kept is None else self._of_bill(effect, bill, kept.pdf, enclosed)
        result, now = await self._post(row, parcel), self._time.now()
        match result:
            case MailSent(words):
                return BillHappened(event=Mailed(at=now, paper=paper, to=to, words=words))
            case MailUnsent(words=words, perhaps=perhaps, heard=heard):
                return BillHappened(
                    event=NotMailed(at=now, paper=paper, to=to, words=words, perhaps=perhaps), heard=heard
                )
            case Later():
                return result

    async def _enclosed_with(self, effect: MailPaper, bill: Bill) -> tuple[NoticeFile, ...]:
        """What goes with an invoice beside its PDF, as it is now. Raises OSError."""
        if effect.paper is not BillPaper.BILL or bill.kind is not BillKind.INVOICE:
            return ()
        return await asyncio.to_thread(lambda: tuple(map(_read, self._enclosed)))

    def _of_bill(self, effect: MailPaper, bill: Bill, pdf: bytes, enclosed: tuple[NoticeFile, ...]) -> Parcel:
        is_bill, named = effect.paper is BillPaper.BILL, effect.paper.replace(" ", "-")
        name = f"{bill.number}.pdf" if is_bill else f"{bill.number}-{named}.pdf"
        return Parcel(
            to=effect.to,
            text=mail_text(bill, effect.paper, self._way.server.texts),
            files=(NoticeFile(name=name, content_type=PDF, data=pdf), *enclosed),
            message_id=f"{bill.id}.{named}.{effect.time}",
            once=is_bill,
        )

    async def send_letter(self, row: EffectRow, effect: MailLetter, invoice: Invoice) -> InvoiceResult:
        """Send one dispute letter. Raises LeaseLost, StoreUnavailable."""
        kept = await self._store.invoices.letter(invoice.id, effect.letter)
        result = await self._post(row, None if kept is None else self._of_invoice(effect, invoice, kept.pdf))
        now, letter, to = self._time.now(), effect.letter, effect.to
        match result:
            case MailSent(words):
                return InvoiceHappened(event=LetterMailed(at=now, letter=letter, to=to, words=words))
            case MailUnsent(words=words, perhaps=perhaps, heard=heard):
                event = LetterNotMailed(at=now, letter=letter, to=to, words=words, perhaps=perhaps)
                return InvoiceHappened(event=event, heard=heard)
            case Later():
                return result

    def _of_invoice(self, effect: MailLetter, invoice: Invoice, pdf: bytes) -> Parcel:
        file = NoticeFile(name=f"{invoice.id}-dispute-{effect.letter}.pdf", content_type=PDF, data=pdf)
        return Parcel(
            to=effect.to,
            text=letter_text(invoice, self._way.server.texts),
            files=(file,),
            message_id=f"{invoice.id}.dispute-{effect.letter}.{effect.time}",
            once=True,
        )

    async def send_notice(self, row: EffectRow, notice: Notice) -> NoticeResult:
        """Send a notice with its files. Raises LeaseLost, StoreUnavailable."""
        if notice.not_after is not None and self._time.now() > notice.not_after:
            return self._happened(NoticeTrigger.NOT_TAKEN, TOO_LATE, heard=False)
        parcel = Parcel(
            to=notice.to,
            text=Text(subject=notice.subject, body=notice.body),
            files=await self._store.notices.files(notice.id),
            message_id=f"{notice.id}.{notice.times}",
            once=False,
        )
        match await self._post(row, parcel):
            case MailSent(words):
                return self._happened(NoticeTrigger.TAKEN, words)
            case MailUnsent(words=words, perhaps=perhaps, heard=heard):
                trigger = NoticeTrigger.PERHAPS_TAKEN if perhaps else NoticeTrigger.NOT_TAKEN
                return self._happened(trigger, words, heard=heard)
            case Later() as later:
                return later

    async def post(self, to: str, text: Text, name: str) -> str | None:
        """Send a mail that is no work of the queue; return why it was not taken, None if it was. A second with its name is its twin."""

        async def begin() -> None:
            """Nothing is written down of it."""

        parcel = Parcel(to=to, text=text, files=(), message_id=name, once=False)
        outcome = await self._way.hand_over(to, self._message(parcel), begin)
        return None if isinstance(outcome, MailSent) else outcome.words

    async def _post(self, row: EffectRow, parcel: Parcel | None) -> MailSent | MailUnsent | Later:
        """Hand a mail over; what was begun before, and may have arrived, stays so until the server says more."""
        if parcel is None:
            return MailUnsent(words="Its PDF is not there.", heard=False)
        was_begun = row.started_at is not None
        if was_begun and parcel.once:
            return MailUnsent(words=STOPPED, perhaps=True, heard=False)

        async def begin() -> None:
            await self._store.start(row.id, owner=self._owner, at=self._time.now())

        outcome = await self._way.hand_over(parcel.to, self._message(parcel), begin)
        if isinstance(outcome, MailUnsent) and outcome.perhaps and not (parcel.once or was_begun):
            return Later(words=outcome.words, unstarted=False)
        if isinstance(outcome, Later) and was_begun:
            return msgspec.structs.replace(outcome, unstarted=False)
        return outcome

    def _message(self, parcel: Parcel) -> bytes:
        sender = self._way.server.sender
        message = EmailMessage()
        message["From"] = sender
        message["To"] = parcel.to
        message["Subject"] = parcel.text.subject
        message["Date"] = format_datetime(self._time.now())
        message["Message-ID"] = f"<{parcel.message_id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(parcel.text.body)
        for file in parcel.files:
            main, _, sub = file.content_type.partition("/")
            message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
        return message.as_bytes()

    def _happened(self, trigger: NoticeTrigger, words: str, *, heard: bool = True) -> NoticeHappened:
        return NoticeHappened(event=NoticeEvent(trigger=trigger, at=self._time.now(), words=words), heard=heard)


def _read(path: Path) -> NoticeFile:
    return NoticeFile(name=path.name, content_type=PDF, data=path.read_bytes())
