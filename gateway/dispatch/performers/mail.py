"""E-mail with papers about money, handed to one mail server over SMTP.

A row is marked started before DATA, durably. What breaks before that has sent nothing, and is tried again; what breaks after it may
have arrived. Then a reminder goes once more under the same Message-ID, by which mail systems know a twin; a bill or a dispute
letter is a person's to ask about. An address that the server refuses is a person's too; a server that takes nothing leaves its lane to the back-off.
"""

import asyncio
import socket
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

import aiosmtplib
import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.results import BillHappened, BillResult, Fault, InvoiceHappened, InvoiceResult, Later
from gateway.money.effects import BillPaper, MailPaper
from gateway.money.events import Mailed, NotMailed
from gateway.money.invoices.effects import MailLetter
from gateway.money.invoices.events import LetterMailed, LetterNotMailed
from gateway.money.invoices.records import Invoice
from gateway.money.records import Bill
from gateway.notices.bills import mail_text
from gateway.notices.invoices import letter_text
from gateway.notices.texts import Text
from gateway.outgoing import AddressRefusedError, Destinations
from gateway.store.port import EffectRow, Store

_FOR_GOOD: Final = 500
"""From this code on a server's no is for good (RFC 5321, 4.2.1)."""


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail goes, and whom it comes from."""

    host: str
    port: int
    sender: str
    use_tls: bool = False
    start_tls: bool = True
    user: str | None = None
    password: str | None = None
    timeout_s: float = 30.0
    pause_s: float = 1.0
    """Between two mails."""
    texts: dict[str, str] = {}

    def __repr__(self) -> str:
        """Without the password."""
        return f"MailServer({self.host}:{self.port})"


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One mail: a text, and a PDF with its name."""

    to: str
    text: Text
    pdf: bytes
    name: str
    message_id: str
    """Before its `@`: the same whenever this mail is tried again."""
    once: bool
    """Whether a person is to ask before it goes once more, if it may have arrived."""


class Sent(msgspec.Struct, frozen=True):
    """The mail server has taken it."""

    words: str


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """It could not be handed over; `perhaps`: it may have been taken."""

    words: str
    perhaps: bool = False
    heard: bool = True


class _NotTaken(Exception):  # noqa: N818 - an outcome
    """The server did not take it, and `Later` or the words for staff say why."""

    def __init__(self, result: Later | str) -> None:
        super().__init__(str(result))
        self.result = result


class Mail:
    """Sends papers of bills, and dispute letters."""

    def __init__(
        self, *, store: Store, time: TimeSource, owner: str, server: MailServer, destinations: Destinations
    ) -> None:
        self._store = store
        self._time = time
        self._owner = owner
        self._server = server
        self._destinations = destinations
        self._free_at = 0.0

    async def send(self, row: EffectRow, effect: MailPaper, bill: Bill) -> BillResult:
        """Send one paper of a bill. Raises LeaseLost, StoreUnavailable."""
        kept = await self._store.bills.paper(bill.id, effect.paper)
        result = await self._post(row, None if kept is None else self._of_bill(effect, bill, kept.pdf))
        now, paper, to = self._time.now(), effect.paper, effect.to
        match result:
            case Sent(words):
                return BillHappened(event=Mailed(at=now, paper=paper, to=to, words=words))
            case Unsent(words=words, perhaps=perhaps, heard=heard):
                return BillHappened(
                    event=NotMailed(at=now, paper=paper, to=to, words=words, perhaps=perhaps), heard=heard
                )
            case Later():
                return result

    def _of_bill(self, effect: MailPaper, bill: Bill, pdf: bytes) -> Parcel:
        is_bill, named = effect.paper is BillPaper.BILL, effect.paper.replace(" ", "-")
        return Parcel(
            to=effect.to,
            text=mail_text(bill, effect.paper, self._server.texts),
            pdf=pdf,
            name=f"{bill.number}.pdf" if is_bill else f"{bill.number}-{named}.pdf",
            message_id=f"{bill.id}.{named}.{effect.time}",
            once=is_bill,
        )

    async def send_letter(self, row: EffectRow, effect: MailLetter, invoice: Invoice) -> InvoiceResult:
        """Send one dispute letter. Raises LeaseLost, StoreUnavailable."""
        kept = await self._store.invoices.letter(invoice.id, effect.letter)
        result = await self._post(row, None if kept is None else self._of_invoice(effect, invoice, kept.pdf))
        now, letter, to = self._time.now(), effect.letter, effect.to
        match result:
            case Sent(words):
                return InvoiceHappened(event=LetterMailed(at=now, letter=letter, to=to, words=words))
            case Unsent(words=words, perhaps=perhaps, heard=heard):
                event = LetterNotMailed(at=now, letter=letter, to=to, words=words, perhaps=perhaps)
                return InvoiceHappened(event=event, heard=heard)
            case Later():
                return result

    def _of_invoice(self, effect: MailLetter, invoice: Invoice, pdf: bytes) -> Parcel:
        return Parcel(
            to=effect.to,
            text=letter_text(invoice, self._server.texts),
            pdf=pdf,
            name=f"{invoice.id}-dispute-{effect.letter}.pdf",
            message_id=f"{invoice.id}.dispute-{effect.letter}.{effect.time}",
            once=True,
        )

    async def _post(self, row: EffectRow, parcel: Parcel | None) -> Sent | Unsent | Later:
        if parcel is None:
            return Unsent(words="Its PDF is not there.", heard=False)
        if row.started_at is not None and parcel.once:
            return Unsent(words="The gateway stopped while it was being sent.", perhaps=True, heard=False)
        await self._keep_the_rate()
        try:
            return Sent(await self._hand_over(row, parcel.to, self._message(parcel)))
        except _NotTaken as no:
            return no.result if isinstance(no.result, Later) else Unsent(words=no.result)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as cut:
            if parcel.once:
                return Unsent(words=f"The line broke at its end ({type(cut).__name__}).", perhaps=True)
            return Later(words=f"the line broke at its end ({type(cut).__name__})", unstarted=False)

    async def _keep_the_rate(self) -> None:
        wait_s = self._free_at - self._time.monotonic()
        self._free_at = max(self._free_at, self._time.monotonic()) + self._server.pause_s
        if wait_s > 0:
            await self._time.sleep(wait_s)

    def _message(self, parcel: Parcel) -> bytes:
        message = self._letter(parcel.to, parcel.text, parcel.message_id)
        message.add_attachment(parcel.pdf, maintype="application", subtype="pdf", filename=parcel.name)
        return message.as_bytes()

    def _letter(self, to: str, text: Text, name: str) -> EmailMessage:
        """A mail without attachments; `name` is the part of its Message-ID that no other mail of ours has."""
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = to
        message["Subject"] = text.subject
        message["Date"] = format_datetime(self._time.now())
        message["Message-ID"] = f"<{name}@{self._server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text.body)
        return message

    async def post(self, to: str, text: Text, name: str) -> str | None:
        """Send a mail that is no work of the queue; return why it was not taken, None if it was. A second with its name is its twin."""
        try:
            client = await self._connected()
            try:
                await self._address(client, to)
                await client.data(self._letter(to, text, name).as_bytes())
            finally:
                client.close()
        except _NotTaken as no:
            return no.result.words if isinstance(no.result, Later) else no.result
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as cut:
            return f"it broke off at its end ({type(cut).__name__})"
        return None

    async def _hand_over(self, row: EffectRow, to: str, message: bytes) -> str:
        """Give a mail to the server, and return what that said. Raises _NotTaken; what else is raised came at the end of DATA."""
        client = await self._connected()
        try:
            await self._address(client, to)
            await self._store.start(row.id, owner=self._owner, at=self._time.now())
            try:
                answer = await client.data(message)
            except aiosmtplib.SMTPDataError as no:
                raise _NotTaken(_refused(no.code, f"The mail server did not take it: {no.code}.")) from None
            return f"The mail server said {answer.code}."
        finally:
            client.close()

    async def _address(self, client: aiosmtplib.SMTP, to: str) -> None:
        """Say from whom and to whom. Raises _NotTaken: nothing is sent yet."""
        try:
            await client.mail(self._server.sender)
            await client.rcpt(to)
        except aiosmtplib.SMTPRecipientRefused as no:
            raise _NotTaken(_refused(no.code, f"The mail server refuses the address: {no.code}.")) from None
        except aiosmtplib.SMTPResponseException as no:
            raise _NotTaken(_refused(no.code, f"The mail server refuses our own address: {no.code}.")) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as cut:
            raise _NotTaken(_away(cut)) from None

    async def _connected(self) -> aiosmtplib.SMTP:
        """Connect and sign in. Raises _NotTaken."""
        server = self._server
        try:
            line = await self._line()
            client = aiosmtplib.SMTP(
                hostname=server.host,
                port=None,
                sock=line,
                use_tls=server.use_tls,
                start_tls=server.start_tls and not server.use_tls,
                username=server.user,
                password=server.password,
                timeout=server.timeout_s,
            )
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError as no:
            raise _NotTaken(
                Later(words=f"the mail server refused our sign-in: {no.code}", unstarted=True, fault=Fault.LANES)
            ) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as cut:
            raise _NotTaken(_away(cut)) from None
        return client

    async def _line(self) -> socket.socket:
        """Connect a socket to the first address that we may connect to, and that answers. Raises OSError, TimeoutError."""
        loop, server = asyncio.get_running_loop(), self._server
        infos = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        trouble: OSError = OSError("the mail server's name leads nowhere")
        for info in infos:
            line = None
            try:
                line = self._destinations.socket(info)
                line.setblocking(False)
                async with asyncio.timeout(server.timeout_s):
                    await loop.sock_connect(line, info[4])
            except OSError as error:
                trouble = error
                if line is not None:
                    line.close()
            else:
                return line
        raise trouble


def _refused(code: int, words: str) -> Later | str:
    """A no for good is for staff; any other is asked again, as greylisting wants it."""
    return words if code >= _FOR_GOOD else Later(words=words, unstarted=True, fault=Fault.ITS_OWN)


def _away(error: Exception) -> Later:
    words = str(error) if isinstance(error, AddressRefusedError) else type(error).__name__
    return Later(words=f"the mail server can't be reached: {words}", unstarted=True, fault=Fault.LANES)
