"""The demonstration partner at work: takes the supplier's messages into its books, sends its own. Knows no HTTP server.

Each message of ours is kept as it went out, so that it can be sent again byte for byte. Nothing is sent again by
itself: whoever directs the partner says so (`resend`).
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime
from itertools import count
from typing import Any

import msgspec

from gateway.demo.partner import catalogue, messages
from gateway.demo.partner.books import Books, UnknownRequest, told_by
from gateway.demo.partner.lender import Lending
from gateway.demo.partner.misbehaviour import TABLE, Answering, Misbehaviour, Order, Script, Treatment
from gateway.demo.partner.records import Incoming, Page, Saying, Sending, Sent, Told, Wish
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.client import Endpoint, Iso18626Client
from gateway.iso18626.codec import Decoded, decode, encode
from gateway.iso18626.codes import Action, ErrorType, MessageKind, ReasonForMessage, RequestType, Status
from gateway.iso18626.dialects import DIALECTS
from gateway.iso18626.dialects.habits import note_of, with_note
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import (
    Confirmation,
    ErrorData,
    Message,
    Request,
    RequestingAgencyMessage,
    SupplyingAgencyMessage,
    kind_of,
)
from gateway.iso18626.notes import Tokens, write_tokens
from gateway.iso18626.receipts import confirmation_for, confirmation_of_error, not_to_be_posted
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected
from gateway.iso18626.schema import problems
from gateway.iso18626.values import AgencyId

Spoken = Request | RequestingAgencyMessage | SupplyingAgencyMessage
"""What can be posted to us."""
AUTOMATIC: dict[Status, Action] = {
    Status.LOANED: Action.RECEIVED,
    Status.OVERDUE: Action.SHIPPED_RETURN,
    Status.RECALLED: Action.SHIPPED_RETURN,
}
"""What an automatic partner does once it is told a status, unless it did so before."""


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be answered: the confirmation, and how the row of an order has it answered instead."""

    confirmation: bytes
    row: Treatment = Treatment()
    delay_s: float = 0.0


class _Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours as it goes out, and goes out again."""

    request_id: str
    what: RequestType | Action | Saying
    kind: MessageKind
    data: bytes
    note: str | None = None


class PartnerLibrary:
    """A library that borrows, and lends as far as its settings let it. `now` gives aware times; the client's session is the caller's to close."""

    def __init__(self, settings: PartnerSettings, client: Iso18626Client, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.books = Books()
        self.script = Script(settings.misbehaviours)
        self._client = client
        self._now = now
        self._supplier = Endpoint(
            peer="supplier",
            url=settings.supplier_url,
            basic_user=settings.basic_user,
            basic_password=settings.basic_password,
        )
        self._prefix = (
            f"SVL-{now():%y%m%d}{secrets.token_hex(3).upper()}"  # of two that start in one second each has its own
        )
        self._numbers = count(1)
        self._sequence = count(1)
        self._last: dict[str, _Letter] = {}
        self._late: list[_Letter] = []
        self._errands: set[asyncio.Task[Any]] = set()
        self.lending = Lending(settings, self._prefix)

    # ── what we send ─────────────────────────────────────────────────────────────────────────────

    async def ask(self, wish: Wish, previous_id: str | None = None) -> Page:
        """Send a New, or a Retry of the request named. Raises Inexpressible where the version cannot say it."""
        request_id = wish.id or f"{self._prefix}-{next(self._numbers):04}"
        page = self.books.open(request_id, wish, previous_id)
        return await self._request(page, RequestType.RETRY if previous_id else RequestType.NEW)

    async def remind(self, request_id: str) -> Page:
        """Send a Reminder; raises UnknownRequest."""
        return await self._request(self.books.page(request_id), RequestType.REMINDER)

    async def act(self, request_id: str, action: Action, note: str | None = None) -> Page:
        """Send an action; raises UnknownRequest, and Inexpressible where the version has no such action."""
        message = messages.action(self.settings, self.books.page(request_id), action, note, self._now())
        return await self._post(request_id, action, message, note)

    async def say(self, request_id: str, saying: Saying, note: str | None = None) -> Incoming:
        """Say something as lender; raises UnknownRequest, and Inexpressible where the version can't say it."""
        message = self.lending.say(request_id, saying, note, self._now())
        await self._write(request_id, saying, message, note)
        return self.lending.request(request_id)

    async def resend(self, request_id: str) -> Page | Incoming:
        """Send the last message about a request once more, byte for byte; raises UnknownRequest."""
        if request_id not in self._last:
            raise UnknownRequest(request_id)
        await self._deliver(self._last[request_id])
        return self.lending.request(request_id) if request_id in self.lending else self.books.page(request_id)

    async def _request(self, page: Page, kind: RequestType) -> Page:
        return await self._post(page.id, kind, messages.request(self.settings, page, kind, self._now()))

    async def _post(
        self,
        request_id: str,
        what: RequestType | Action,
        message: Request | RequestingAgencyMessage,
        note: str | None = None,
    ) -> Page:
        await self._write(request_id, what, message, note)
        return self.books.page(request_id)

    async def _write(
        self, request_id: str, what: RequestType | Action | Saying, message: Message, note: str | None
    ) -> None:
        spoken = message
        if DIALECTS[self.settings.dialect].tokens:
            spoken = with_note(message, write_tokens(note_of(message), Tokens(sequence=next(self._sequence))))
        letter = _Letter(
            request_id=request_id,
            what=what,
            kind=kind_of(spoken),
            data=encode(spoken, self.settings.version),
            note=note,
        )
        self._last[request_id] = letter
        await self._send(letter, self.script.for_sent(what))

    async def _send(self, letter: _Letter, order: Order | None) -> None:
        """One message, or as an order has it: twice, or after the next one."""
        if order is not None and order.name is Misbehaviour.SENDS_LATE:
            self._late.append(letter)
            self._note(letter, Sending.KEPT)
            return
        late, self._late = self._late, []
        twice = order is not None and order.name is Misbehaviour.SENDS_TWICE
        for each in (letter, *([letter] if twice else []), *late):
            await self._deliver(each)

    async def _deliver(self, letter: _Letter) -> None:
        outcome = await self._client.post(
            self._supplier, letter.data, kind=letter.kind, timeout_s=self.settings.timeout_s
        )
        self._note(letter, *_became(outcome))

    def _note(self, letter: _Letter, sending: Sending, words: str = "") -> None:
        sent = Sent(at=self._now(), what=letter.what, sending=sending, words=words, note=letter.note)
        if letter.kind is MessageKind.SUPPLYING_AGENCY_MESSAGE:
            self.lending.note_sent(letter.request_id, sent)
        else:
            self.books.note_sent(letter.request_id, sent)

    # ── what we hear ─────────────────────────────────────────────────────────────────────────────

    def hear(self, document: bytes) -> Hearing:
        """Take a document into the books, and say what it is answered with. Raises nothing for whatever it holds."""
        try:
            decoded = decode(document)
            if isinstance(decoded.message, Confirmation):
                raise not_to_be_posted(decoded)
        except ProtocolError as error:
            return Hearing(confirmation=confirmation_of_error(error, self._now()))
        message = decoded.message
        if objection := self._objection(message):
            return Hearing(confirmation=confirmation_for(decoded, self._now(), objection))
        return self._heard(decoded, message, document, self.script.for_heard(*_words_of(message)))

    def _heard(self, decoded: Decoded, message: Spoken, document: bytes, order: Order | None) -> Hearing:
        row = Treatment() if order is None else TABLE[order.name]
        if row.takes:
            self._take(message, document, order.name if order else "OK")
        refused = order is not None and row.answers is Answering.ERROR
        error = ErrorData(order.error_type, "as ordered") if order and refused else None
        confirmation = confirmation_for(decoded, self._now(), error)
        return Hearing(confirmation=confirmation, row=row, delay_s=order.delay_s if order else 0.0)

    def _take(self, message: Spoken, document: bytes, answered: str) -> None:
        """Into the books with it, and what follows by itself."""
        match message:
            case Request():
                request = self.lending.open(message, self._now())
                if not self.settings.lends:
                    self._run(self.say(request.id, Saying.WILL_SUPPLY if _is_in(message) else Saying.NOT_HELD))
            case RequestingAgencyMessage():
                request = self.lending.hear(message, self._now())
                if message.action is Action.STATUS_REQUEST:
                    self._run(self.say(request.id, Saying.STATUS))
            case SupplyingAgencyMessage():
                told = told_by(message, self._now(), self._deviations(document), answered)
                self._do_what_is_due(self.books.note_told(message, document, told), told)

    def _deviations(self, document: bytes) -> tuple[str, ...]:
        """What is wrong with a document in the version that we speak."""
        return tuple(f"{problem.path}: {problem.reason}" for problem in problems(document, self.settings.version))

    def _objection(self, message: Spoken) -> ErrorData | None:
        """Why a message is not taken; None if it is."""
        header = message.header
        if isinstance(message, Request):
            asked = header.supplying_agency_id
            is_us = asked is not None and asked.key() == AgencyId.of(self.settings.agency).key()
            return None if is_us else ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "supplyingAgencyId")
        if isinstance(message, RequestingAgencyMessage):
            is_known = header.requesting_agency_request_id in self.lending
            return None if is_known else ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyRequestId")
        if header.requesting_agency_id.key() != AgencyId.of(self.settings.agency).key():
            return ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyId")
        if header.requesting_agency_request_id not in self.books:
            return ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyRequestId")
        status, reason = message.status_info.status, message.message_info.reason_for_message
        if status in DIALECTS[self.settings.dialect].rejects and reason is not ReasonForMessage.NOTIFICATION:
            return ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, f"status {status}")
        return None

    # ── what we do by ourselves ──────────────────────────────────────────────────────────────────

    def _do_what_is_due(self, page: Page, told: Told) -> None:
        action = AUTOMATIC.get(told.status) if told.status else None
        if not self.settings.automatic or action is None or any(sent.what is action for sent in page.sent):
            return
        self._run(self.act(page.id, action))

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        errand = asyncio.create_task(work)
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def aclose(self) -> None:
        """Leave errands undone that are under way."""
        errands = tuple(self._errands)
        for errand in errands:
            errand.cancel()
        await asyncio.gather(*errands, return_exceptions=True)


def _words_of(message: Spoken) -> tuple[str | None, ...]:
    """The words of a message that an order to misbehave may be about."""
    match message:
        case Request():
            return (message.service_info.request_type,) if message.service_info else ()
        case RequestingAgencyMessage():
            return (message.action,)
        case SupplyingAgencyMessage():
            return message.status_info.status, message.message_info.reason_for_message


def _is_in(message: Request) -> bool:
    """Whether our catalogue has what is asked for in: by its record number there, or by its ISBN."""
    work = message.bibliographic_info
    isbns = {each.bibliographic_item_identifier for each in work.bibliographic_item_ids}
    return catalogue.has_in(work.supplier_unique_record_id, isbns)


def _became(outcome: Outcome) -> tuple[Sending, str]:
    match outcome:
        case Confirmed():
            return Sending.CONFIRMED, ""
        case Rejected(error_type=kind, error_value=value, http_status=status):
            return Sending.REFUSED, " ".join(part for part in (kind or f"HTTP {status}", value) if part)
        case NotDelivered(words=words):
            return Sending.NOT_DELIVERED, words
