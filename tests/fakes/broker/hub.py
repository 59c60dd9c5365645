"""The broker at work: takes messages from both sides, asks one supplier after the other, and sends each message once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gateway.iso18626.codec import Decoded, decode, encode
from gateway.iso18626.codes import (
    Action,
    ErrorType,
    MessageKind,
    ReasonForMessage,
    RequestType,
    ServiceType,
    Status,
    Version,
    YesNo,
)
from gateway.iso18626.messages import (
    BibliographicInfo,
    DeliveryInfo,
    ErrorData,
    Header,
    Message,
    MessageInfo,
    Request,
    RequestedDeliveryInfo,
    RequestingAgencyInfo,
    RequestingAgencyMessage,
    ServiceInfo,
    StatusInfo,
    SupplyingAgencyMessage,
    kind_of,
)
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.replies import Confirmed, Outcome, Rejected
from gateway.iso18626.values import AgencyId, Code, PhysicalAddress
from tests.fakes.broker.reader import AGREE, CONDITION, read
from tests.fakes.broker.records import READER, Books, Mode, Reading, Script, Settings, Transaction

Post = Callable[[str, bytes, MessageKind], Awaitable[Outcome]]
"""To a library by its symbol, once."""
EXISTS = "requestingAgencyRequestId: request with a given ID already exists"
NOT_FOUND = "requestingAgencyRequestId: request with a given ID not found"
NO_RETRY = "requestType: Retry not possible"
NO_SUPPLIER = "supplyingAgencyId: supplying agency not found or invalid"


def _wrong(words: str) -> ErrorData:
    return ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, words)


def _name(agency: AgencyId | None) -> str:
    return f"{agency.type.value}:{agency.value}" if agency else ""


class Hub:
    """`post` sends to a gateway. What is told to a library within the broker is told here."""

    def __init__(self, settings: Settings, books: Books, post: Post) -> None:
        self.settings = settings
        self.books = books
        self._post = post
        self._errands: set[asyncio.Task[Any]] = set()

    # ── from outside ─────────────────────────────────────────────────────────────────────────────

    async def hear(self, document: bytes) -> bytes:
        """Take a message; its confirmation. What follows from it goes on afterwards."""
        decoded = decode(document)
        return confirmation_for(decoded, datetime.now(UTC), await self._judge(decoded, document))

    async def _judge(self, decoded: Decoded, document: bytes) -> ErrorData | None:
        match decoded.message:
            case Request() as message:
                return self._request(message, document)
            case RequestingAgencyMessage() as message:
                return await self._action(message)
            case SupplyingAgencyMessage() as message:
                return self._supplied(message)
            case _:
                raise AssertionError("nobody posts a confirmation")

    def _request(self, message: Request, document: bytes) -> ErrorData | None:
        number, service = message.header.requesting_agency_request_id, message.service_info
        kind = (service and service.request_type) or RequestType.NEW
        if self.books.transaction(number) is not None:
            return _wrong(EXISTS)
        if kind is RequestType.RETRY:
            return self._retry(message, document)
        if kind is not RequestType.NEW:
            return _wrong("requestType: unsupported value")
        requester = _name(message.header.requesting_agency_id)
        rota = [each for each in self.books.rota if each != requester]
        made = Transaction(id=number, requester=requester, document=document.decode(), rota=rota)
        self.books.transactions.append(made)
        self._keep(made, "New")
        self._run(self._next(made))
        return None

    def _retry(self, message: Request, document: bytes) -> ErrorData | None:
        previous = message.service_info.requesting_agency_previous_request_id if message.service_info else None
        before = self.books.transaction(previous or "")
        if before is None or before.status != Status.RETRY_POSSIBLE or before.selected is None:
            return _wrong(NO_RETRY)
        before.id, before.document = message.header.requesting_agency_request_id, document.decode()
        self._keep(before, "Retry")
        self._run(self._ask(before, before.selected))
        return None

    async def _action(self, message: RequestingAgencyMessage) -> ErrorData | None:
        """Passed on to the supplier, whose answer is the confirmation; addressed to the broker, Cancel ends all."""
        known = self.books.transaction(message.header.requesting_agency_request_id)
        if known is None:
            return _wrong(NOT_FOUND)
        supplier = _name(message.header.supplying_agency_id)
        if known.selected is None or supplier not in {self.settings.symbol, known.selected}:
            return _wrong(NO_SUPPLIER)
        if message.action is Action.CANCEL:
            known.over = supplier == self.settings.symbol
            known.passing_on = not known.over
        self._keep(known, f"{message.action} for {supplier}")
        to_supplier = replace(message, header=self._to_supplier(known, known.selected))
        outcome = await self._send(known.selected, to_supplier)
        if isinstance(outcome, Rejected):
            return ErrorData(outcome.error_type or ErrorType.BADLY_FORMED_MESSAGE, outcome.error_value or "")
        return None

    def _supplied(self, message: SupplyingAgencyMessage) -> ErrorData | None:
        known = self.books.transaction(message.header.requesting_agency_request_id)
        if known is None:
            return _wrong(NOT_FOUND)
        supplier = _name(message.header.supplying_agency_id)
        info, status = message.message_info, message.status_info.status
        if supplier != known.selected:
            return _wrong(NO_SUPPLIER)
        is_words = info.reason_for_message is ReasonForMessage.NOTIFICATION
        if status is not None and not is_words:
            known.status = status
        self._keep(known, f"{supplier} says {info.reason_for_message} {status}")
        refused = self._read(known, message, supplier) if known.requester == READER else None
        if refused is None:
            self._run(self._relay(known, message, supplier))
        return refused

    def _read(self, known: Transaction, message: SupplyingAgencyMessage, supplier: str) -> ErrorData | None:
        """Whether the broker's own requester would refuse it: its answer is the supplier's confirmation."""
        told = self._as_told(known, message, supplier)
        refused = read(Reading(id=known.id), told, encode(told, Version.V1_2))
        if refused is not None:
            self.books.reading(known.id).refused.append(refused.error_value or "")
            self.books.save(Path(self.settings.books))
        return refused

    # ── one supplier after the other ─────────────────────────────────────────────────────────────

    async def _relay(self, known: Transaction, message: SupplyingAgencyMessage, supplier: str) -> None:
        """Told to the requester once; a no of one supplier in a Notification, while the next is asked."""
        info, status = message.message_info, message.status_info.status
        goes_on = not known.over and info.reason_for_message is not ReasonForMessage.NOTIFICATION
        cancelled = info.reason_for_message is ReasonForMessage.CANCEL_RESPONSE and info.answer_yes_no is not YesNo.N
        if goes_on and status is Status.UNFILLED:
            words = replace(info, reason_for_message=ReasonForMessage.NOTIFICATION, reason_unfilled=None)
            message = replace(message, message_info=words)
        await self._tell(known, message, supplier)
        if goes_on and (status is Status.UNFILLED or (cancelled and known.passing_on)):
            known.passing_on = False
            await self._next(known)

    async def _next(self, known: Transaction) -> None:
        known.selected = known.status = None
        while known.rota:
            supplier = known.rota.pop(0)
            known.selected = supplier
            self._keep(known, f"asks {supplier}")
            if self.settings.mode is Mode.TRANSPARENT:
                await self._tell(known, self._message(known, Status.EXPECT_TO_SUPPLY), supplier)
            if await self._ask(known, supplier):
                return
        known.selected, known.over = None, True
        self._keep(known, "the rota has run out")
        await self._tell(known, self._message(known, Status.UNFILLED), None)

    async def _ask(self, known: Transaction, supplier: str) -> bool:
        """Whether the supplier has taken it; a request that is lost on the way is a no."""
        request = decode(known.document.encode()).message
        assert isinstance(request, Request)
        outcome = await self._send(supplier, replace(request, header=self._to_supplier(known, supplier)))
        taken = isinstance(outcome, Confirmed)
        if taken and self.settings.mode is Mode.OPAQUE:
            await self._tell(known, self._message(known, Status.EXPECT_TO_SUPPLY), supplier)
        return taken

    # ── to both sides ────────────────────────────────────────────────────────────────────────────

    async def _tell(self, known: Transaction, message: SupplyingAgencyMessage, supplier: str | None) -> None:
        status = message.status_info.status
        told = self._as_told(known, message, supplier)
        self._keep(known, f"told {message.message_info.reason_for_message} {status}")
        if known.requester == READER:
            read(self.books.reading(known.id), told, encode(told, Version.V1_2))
            self.books.save(Path(self.settings.books))
            return
        outcome = await self._send(known.requester, told)
        if not isinstance(outcome, Confirmed):
            self._keep(known, f"lost: {message.message_info.reason_for_message} {status}")

    def _as_told(
        self, known: Transaction, message: SupplyingAgencyMessage, supplier: str | None
    ) -> SupplyingAgencyMessage:
        """A message as the requester hears it in this mode."""
        is_opaque = self.settings.mode is Mode.OPAQUE
        info, status = message.message_info, message.status_info.status
        if is_opaque and supplier and status in {Status.EXPECT_TO_SUPPLY, Status.UNFILLED}:
            named = ", ".join(filter(None, (f"Supplier: {supplier.partition(':')[2]}", info.note)))
            message = replace(message, message_info=replace(info, note=named))
        shown = self.settings.symbol if is_opaque or supplier is None else supplier
        header = self._header(known, shown, known.requester, supplier_id=message.header.supplying_agency_request_id)
        return replace(message, header=header)

    async def _send(self, library: str, message: Message) -> Outcome | None:
        """One try. To a library of a script: taken, and what it does follows."""
        script = self.settings.libraries[library].script if library in self.settings.libraries else None
        if script is not None:
            self._run(self._play(script, library, message))
            return Confirmed(http_status=200, data=b"", confirmation=None)  # type: ignore[arg-type]
        return await self._post(library, encode(message, Version.V1_2), kind_of(message))

    def _to_supplier(self, known: Transaction, supplier: str) -> Header:
        is_opaque = self.settings.mode is Mode.OPAQUE
        return self._header(known, supplier, self.settings.symbol if is_opaque else known.requester)

    def _header(self, known: Transaction, supplier: str, requester: str, *, supplier_id: str | None = None) -> Header:
        return Header(
            supplying_agency_id=AgencyId.of(supplier),
            requesting_agency_id=AgencyId.of(requester),
            timestamp=datetime.now(UTC),
            requesting_agency_request_id=known.id,
            supplying_agency_request_id=supplier_id,
        )

    def _message(self, known: Transaction, status: Status, **info: Any) -> SupplyingAgencyMessage:
        given = {"reason_for_message": ReasonForMessage.REQUEST_RESPONSE, **info}
        return SupplyingAgencyMessage(
            header=self._header(known, known.selected or self.settings.symbol, known.requester),
            message_info=MessageInfo(**given),
            status_info=StatusInfo(status=status, last_change=datetime.now(UTC)),
        )

    # ── libraries that live here ─────────────────────────────────────────────────────────────────

    async def _play(self, script: Script, library: str, message: Message) -> None:
        """What a supplier of a script answers."""
        assert isinstance(message, Request | RequestingAgencyMessage)
        known = self.books.transaction(message.header.requesting_agency_request_id)
        assert known is not None
        said = _SCRIPTED[script] if isinstance(message, Request) else _answer_to(message)
        if said is None:
            return
        status, info = said
        answer = self._message(known, status, **info)
        if script is Script.OFFERS and isinstance(message, Request):
            delivery = DeliveryInfo(date_sent=datetime.now(UTC), loan_conditions=(Code("LibraryUseOnly"),))
            answer = replace(answer, delivery_info=delivery)
        self.say(known.id, replace(answer, header=self._header(known, library, known.requester)))

    def say(self, number: str, message: SupplyingAgencyMessage) -> None:
        """A supplier of a script says something."""
        error = self._supplied(message)
        assert error is None, (number, error)

    def loaned(self, number: str, barcode: str) -> None:
        """The selected supplier of a script has sent it; where the rota has run out, one that had said no has, and the broker tells it."""
        known = self.books.transaction(number)
        assert known is not None
        sent = self._message(known, Status.LOANED, reason_for_message=ReasonForMessage.STATUS_CHANGE)
        told = replace(sent, delivery_info=DeliveryInfo(date_sent=datetime.now(UTC), item_ids=(barcode,)))
        if known.over:
            self._run(self._tell(known, told, None))
        else:
            self.say(number, told)

    def read_for(self, number: str, title: str, record_id: str) -> None:
        """The broker's own requester asks for a work."""
        request = Request(
            header=Header(
                supplying_agency_id=AgencyId.of(self.settings.symbol),
                requesting_agency_id=AgencyId.of(READER),
                timestamp=datetime.now(UTC),
                requesting_agency_request_id=number,
            ),
            bibliographic_info=BibliographicInfo(title=title, supplier_unique_record_id=record_id),
            service_info=ServiceInfo(service_type=ServiceType.LOAN, request_type=RequestType.NEW),
            requested_delivery_infos=(
                RequestedDeliveryInfo(
                    sort_order=1, address=PhysicalAddress(line1="7 Reading Lane", locality="Readington")
                ),
            ),
            requesting_agency_info=RequestingAgencyInfo(name="Library of the Reader (ISIL:XX-READER)"),
        )
        self.books.readings.append(Reading(id=number))
        error = self._request(request, encode(request, Version.V1_2))
        assert error is None, error

    async def reader_says(self, number: str, action: Action, note: str | None) -> str | None:
        """The broker's own requester writes; what is wrong with it."""
        header = Header(
            supplying_agency_id=AgencyId.of(self.settings.symbol),
            requesting_agency_id=AgencyId.of(READER),
            timestamp=datetime.now(UTC),
            requesting_agency_request_id=number,
        )
        known = self.books.transaction(number)
        if action is Action.CANCEL and known is not None and known.selected is not None:
            header = replace(header, supplying_agency_id=AgencyId.of(known.selected))
        error = await self._action(RequestingAgencyMessage(header=header, action=action, note=note))
        return error.error_value if error else None

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────

    def _keep(self, known: Transaction, words: str) -> None:
        known.log.append(words)
        self.books.save(Path(self.settings.books))

    def _run(self, work: Coroutine[Any, Any, None] | Coroutine[Any, Any, bool]) -> None:
        errand = asyncio.ensure_future(work)
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)


_SCRIPTED: dict[Script, tuple[Status, dict[str, Any]] | None] = {
    Script.UNFILLED: (Status.UNFILLED, {}),
    Script.NOT_NOW: (Status.RETRY_POSSIBLE, {"reason_retry": Code("OnLoan")}),
    Script.OFFERS: (Status.WILL_SUPPLY, {"note": CONDITION}),
    Script.PROMISES: (Status.WILL_SUPPLY, {}),
    Script.SILENT: None,
}


def _answer_to(message: RequestingAgencyMessage) -> tuple[Status, dict[str, Any]] | None:
    """Cancel is granted, a condition that is agreed to is promised anew; the rest is taken without a word."""
    if message.action is Action.CANCEL:
        return Status.CANCELLED, {"reason_for_message": ReasonForMessage.CANCEL_RESPONSE, "answer_yes_no": YesNo.Y}
    if message.action is Action.NOTIFICATION and AGREE in (message.note or ""):
        return Status.WILL_SUPPLY, {"reason_for_message": ReasonForMessage.STATUS_CHANGE}
    return None
