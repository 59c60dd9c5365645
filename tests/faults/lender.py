"""A lender of a run: takes requests and letters by the demonstration partner's door, and answers each as its order's plan has it.

What it says is sent in the same bytes until it is confirmed, one message of a request after the other; now and then one goes
twice or after the next (demo/partner/misbehaviour.py). It knows a letter that it has had, and does nothing twice.
"""

import asyncio
import hashlib
import os
import traceback
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from gateway.demo.partner.library import Hearing
from gateway.demo.partner.misbehaviour import TABLE, Misbehaviour, Script, Treatment
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626 import messages as iso
from gateway.iso18626.client import Endpoint, Iso18626Client
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import (
    Action,
    ErrorType,
    MessageKind,
    ReasonForMessage,
    ReasonRetry,
    ReasonUnfilled,
    RequestType,
    Status,
    YesNo,
)
from gateway.iso18626.dialects.wording import ACTION_WORDS
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.receipts import confirmation_for, confirmation_of_error
from gateway.iso18626.replies import Confirmed, Rejected
from gateway.iso18626.schema import problems
from gateway.iso18626.values import AgencyId, Code, Costs
from tests.faults.lending_pages import MAY_SEND, HeardLetter, LenderPage, SaidLetter, Stand
from tests.faults.orders import ASKS, KNOWN_ALREADY, LATER, OFFERS, Answer, Course, Habit, OrderPlan, order_of

RESEND_S: Final = 0.2
KEPT_S: Final = 1.0
"""A message kept back to go out late goes after the next one, or after so long."""
LEFT_S: Final = 3.0
"""How long after Cancel one that is late says WillSupply, or sends: longer than the gateway waits for an answer to it."""
DUE: Final = timedelta(days=80)
RENEWED: Final = timedelta(days=40)
IS_LOST: Final = ACTION_WORDS[Action.LOST]
Letter = tuple[SaidLetter, bytes]
_STATUS: Final = {
    Stand.ASKED: Status.REQUEST_RECEIVED,
    Stand.SAID_NO: Status.UNFILLED,
    Stand.PROMISED: Status.WILL_SUPPLY,
    Stand.OUT: Status.LOANED,
    Stand.COMING_BACK: Status.LOANED,
    Stand.BACK: Status.LOAN_COMPLETED,
    Stand.LOST: Status.COMPLETED_WITHOUT_RETURN,
    Stand.COPIED: Status.COPY_COMPLETED,
    Stand.CANCELLED: Status.CANCELLED,
}
"""What it answers to a question."""


class Lender:
    """One lender. `place` says which of an order's lenders it is, from 0; `wait_s` draws how long people take."""

    def __init__(
        self,
        settings: PartnerSettings,
        client: Iso18626Client,
        plans: dict[str, OrderPlan],
        place: Callable[[str, str], int],
        wait_s: Callable[[], float],
        *,
        habit: Habit = Habit.USUAL,
    ) -> None:
        self.settings = settings
        self._habit = habit
        self.script = Script()
        self.pages: dict[str, LenderPage] = {}
        self._client = client
        self._plans = plans
        self._place = place
        self._wait_s = wait_s
        self._gateway = Endpoint(
            peer="gateway",
            url=settings.supplier_url,
            basic_user=settings.basic_user,
            basic_password=settings.basic_password,
        )
        self._digests: dict[str, set[bytes]] = defaultdict(set)
        """Of what was heard, by the number of the request."""
        self._mail: dict[str, asyncio.Queue[Letter]] = {}
        self._asked_about: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._numbers = count(1)
        self._errands: set[asyncio.Task[None]] = set()

    # ── what it hears ────────────────────────────────────────────────────────────────────────────

    def hear(self, document: bytes) -> Hearing:
        """See Hearer."""
        try:
            decoded = decode(document)
        except ProtocolError as error:
            return Hearing(confirmation=confirmation_of_error(error, _now()))
        message = decoded.message
        assert isinstance(message, iso.Request | iso.RequestingAgencyMessage), "nothing else is sent to a lender"
        number = message.header.requesting_agency_request_id
        if not isinstance(message, iso.Request) and number not in self.pages:
            unknown = iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyRequestId")
            return Hearing(confirmation=confirmation_for(decoded, _now(), unknown))
        what = _what(message)
        if self._refuses(what, number):
            known = iso.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, KNOWN_ALREADY[len(self.pages) % 2])
            return Hearing(confirmation=confirmation_for(decoded, _now(), known))
        order = self.script.for_heard(what)
        row = TABLE[order.name] if order else Treatment()
        if row.takes:
            self._take(message, what, document)
        confirmation = confirmation_for(decoded, _now())
        return Hearing(confirmation=confirmation, row=row, delay_s=order.delay_s if order else 0.0)

    def _refuses(self, what: RequestType | Action, number: str) -> bool:
        repeats = what in {RequestType.NEW, RequestType.RETRY} and number in self.pages
        return repeats and self._habit is Habit.REFUSES_REPEATS

    def _take(
        self, message: iso.Request | iso.RequestingAgencyMessage, what: RequestType | Action, document: bytes
    ) -> None:
        number = message.header.requesting_agency_request_id
        digest = hashlib.blake2b(document, digest_size=16).digest()
        again = digest in self._digests[number]
        self._digests[number].add(digest)
        wrong = tuple(f"{each.path}: {each.reason}" for each in problems(document, self.settings.version))
        if isinstance(message, iso.Request) and number not in self.pages:
            self._open(number, message, RequestType(what))
        page = self.pages[number]
        note = message.note if isinstance(message, iso.RequestingAgencyMessage) else None
        page.heard.append(HeardLetter(at=_now(), what=what, again=again, note=note, deviations=wrong))
        if not again and isinstance(message, iso.RequestingAgencyMessage):
            _HEARD[message.action](self, page)

    def _open(self, number: str, message: iso.Request, kind: RequestType) -> None:
        order = order_of(message.bibliographic_info.title)
        plan = self._plans[order]
        answers = plan.answers[self._place(order, self.settings.agency)]
        asked = sum(page.order == order for page in self.pages.values())
        if kind is RequestType.RETRY and not (
            answers is Answer.ASKS_MORE and asked < ASKS
        ):  # what was offered is accepted
            answers = Answer.PROMISES
        page = LenderPage(
            id=number, lender=self.settings.agency, order=order, kind=kind, asked_at=_now(), answers=answers
        )
        self.pages[number] = page
        self._mail[number] = asyncio.Queue()
        self._run(self._deliver_all(page))
        self._run(self._answer(page, plan))

    def _cancel(self, page: LenderPage) -> None:
        plan, is_first = self._plans[page.order], len(_letters(page, Action.CANCEL)) == 1
        if page.stand in MAY_SEND and page.answers in LATER and is_first:
            self._asked_about[page.id].set()  # it says nothing now, and something when it is left
            if page.answers is Answer.SENDS_ANYWAY:
                self._run(self._send_anyway(page, plan))
        elif page.stand is Stand.PROMISED and plan.course is Course.KEPT_TO and page.answers is not Answer.LATE:
            self._asked_about[page.id].set()  # what it keeps to it does not forget
            self._say(page, ReasonForMessage.CANCEL_RESPONSE, answer=YesNo.N)
        elif page.stand in MAY_SEND:
            page.stand = Stand.CANCELLED
            self._say(page, ReasonForMessage.CANCEL_RESPONSE, answer=YesNo.Y)
        else:
            self._say(page, ReasonForMessage.CANCEL_RESPONSE, answer=YesNo.N)

    def _renew(self, page: LenderPage) -> None:
        granted = page.stand is Stand.OUT and self._plans[page.order].course is not Course.NOT_RENEWED
        answer, due = (YesNo.Y, DUE + RENEWED) if granted else (YesNo.N, None)
        self._say(page, ReasonForMessage.RENEW_RESPONSE, answer=answer, due=due)

    def _status(self, page: LenderPage) -> None:
        self._asked_about[page.id].set()
        self._say(page, ReasonForMessage.STATUS_REQUEST_RESPONSE)

    def _received(self, page: LenderPage) -> None:
        plan = self._plans[page.order]
        if plan.course is Course.RECALLED and plan.waits and page.stand is Stand.OUT:
            self._run(self._recall(page))

    def _sent_back(self, page: LenderPage) -> None:
        if page.stand is Stand.OUT:
            page.stand = Stand.COMING_BACK
            self._run(self._take_back(page))

    def _lost(self, page: LenderPage) -> None:
        if page.stand is Stand.OUT:
            page.stand = Stand.LOST
            self._say(page, ReasonForMessage.STATUS_CHANGE)

    def _words(self, page: LenderPage) -> None:
        """1.2 has no Lost: it is told in words, which somebody reads."""
        if page.heard[-1].note == IS_LOST:
            self._lost(page)

    # ── what it does ─────────────────────────────────────────────────────────────────────────────

    async def _answer(self, page: LenderPage, plan: OrderPlan) -> None:
        await asyncio.sleep(self._wait_s())
        first = ReasonForMessage.REQUEST_RESPONSE
        match page.answers:
            case Answer.UNFILLED:
                self._refuse(page, Status.UNFILLED, unfilled=ReasonUnfilled.NOT_HELD)
            case Answer.NOT_NOW:
                self._refuse(page, Status.RETRY_POSSIBLE, retry=ReasonRetry.ON_LOAN)
            case Answer.FOR_LITTLE | Answer.FOR_MUCH | Answer.ASKS_MORE:
                price = Decimal(OFFERS[page.answers])
                self._refuse(page, Status.RETRY_POSSIBLE, retry=ReasonRetry.COST_EXCEEDS_MAX_COST, price=price)
            case Answer.SENDS:
                self._send(page, plan, first)
            case Answer.SILENT | Answer.SENDS_ANYWAY:
                pass
            case Answer.LATE:
                await self._promise_late(page, plan)
            case Answer.FORGETS:
                self._promise(page, first)
                await self._asked_about[page.id].wait()
                self._send(page, plan)
            case Answer.EXPECTS | Answer.PROMISES:
                if page.answers is Answer.EXPECTS and page.stand in MAY_SEND:
                    self._say(page, first, status=Status.EXPECT_TO_SUPPLY)
                    await asyncio.sleep(self._wait_s())
                    first = ReasonForMessage.STATUS_CHANGE
                self._promise(page, first)
                await asyncio.sleep(self._wait_s())
                self._send(page, plan)

    async def _promise_late(self, page: LenderPage, plan: OrderPlan) -> None:
        """Once it was left; or, where it was merely asked where it stands, in earnest."""
        await self._asked_about[page.id].wait()
        await asyncio.sleep(LEFT_S)
        self._promise(page, ReasonForMessage.REQUEST_RESPONSE)
        if not _letters(page, Action.CANCEL):
            self._send(page, plan)

    async def _send_anyway(self, page: LenderPage, plan: OrderPlan) -> None:
        await asyncio.sleep(LEFT_S)
        self._send(page, plan)

    def _refuse(self, page: LenderPage, status: Status, **why: Any) -> None:
        if page.stand in MAY_SEND:
            page.stand = Stand.SAID_NO
            self._say(page, ReasonForMessage.REQUEST_RESPONSE, status=status, **why)

    def _promise(self, page: LenderPage, reason: ReasonForMessage) -> None:
        if page.stand is Stand.ASKED:
            page.stand = Stand.PROMISED
            self._say(page, reason)

    def _send(
        self, page: LenderPage, plan: OrderPlan, reason: ReasonForMessage = ReasonForMessage.STATUS_CHANGE
    ) -> None:
        """The item or the copy goes out, unless the request was cancelled meanwhile."""
        if page.stand in MAY_SEND:
            page.stand = Stand.COPIED if plan.course is Course.COPY else Stand.OUT
            self._say(page, reason, due=None if plan.course is Course.COPY else DUE)
            if plan.course is Course.RECALLED and not plan.waits:
                self._run(self._recall(page))

    async def _recall(self, page: LenderPage) -> None:
        await asyncio.sleep(self._wait_s())
        if page.stand is Stand.OUT:
            self._say(page, ReasonForMessage.STATUS_CHANGE, status=Status.RECALLED)

    async def _take_back(self, page: LenderPage) -> None:
        await asyncio.sleep(self._wait_s())
        page.stand = Stand.BACK
        self._say(page, ReasonForMessage.STATUS_CHANGE)

    # ── what it says ─────────────────────────────────────────────────────────────────────────────

    def _say(
        self,
        page: LenderPage,
        reason: ReasonForMessage,
        *,
        status: Status | None = None,
        answer: YesNo | None = None,
        due: timedelta | None = None,
        unfilled: ReasonUnfilled | None = None,
        retry: ReasonRetry | None = None,
        price: Decimal | None = None,
    ) -> None:
        at, version = _now(), self.settings.version
        said = SaidLetter(at=at, reason=reason, status=status or _STATUS[page.stand], answer=answer)
        page.said.append(said)
        offered = () if price is None else (Costs(currency_code=Code("USD"), monetary_value=price),)
        is_sent = said.status is Status.LOANED and reason is not ReasonForMessage.RENEW_RESPONSE
        message = iso.SupplyingAgencyMessage(
            header=iso.Header(
                supplying_agency_id=AgencyId.of(self.settings.agency),
                requesting_agency_id=AgencyId.of(self.settings.supplier),
                timestamp=at,
                requesting_agency_request_id=page.id,
                supplying_agency_request_id=f"{self.settings.basic_user}-{page.id}"[-32:],
            ),
            message_info=iso.MessageInfo(
                reason_for_message=reason,
                answer_yes_no=answer,
                reason_unfilled=Code.of(unfilled, version) if unfilled else None,
                reason_retry=Code.of(retry, version) if retry else None,
            ),
            status_info=iso.StatusInfo(status=said.status, due_date=at + due if due else None, last_change=at),
            retry_info=iso.RetryInfo(offered_costs=offered) if offered else None,
            delivery_info=iso.DeliveryInfo(date_sent=at, item_ids=(f"L{next(self._numbers):08}",)) if is_sent else None,
        )
        self._mail[page.id].put_nowait((said, encode(message, version)))

    async def _deliver_all(self, page: LenderPage) -> None:
        """One message after the other; one that is kept back goes after the next, or when it has lain long enough."""
        mail, kept = self._mail[page.id], list[Letter]()
        while True:
            try:
                async with asyncio.timeout(KEPT_S if kept else None):
                    letter = await mail.get()
            except TimeoutError:
                letter = kept.pop()
            else:
                order = self.script.for_sent(letter[0].reason)
                if order is not None and order.name is Misbehaviour.SENDS_LATE and not kept:
                    kept.append(letter)
                    continue
                if order is not None and order.name is Misbehaviour.SENDS_TWICE:
                    await self._deliver(page, letter)
            await self._deliver(page, letter)
            while kept:
                await self._deliver(page, kept.pop())

    async def _deliver(self, page: LenderPage, letter: Letter) -> None:
        said, document = letter
        while True:
            kind, timeout_s = MessageKind.SUPPLYING_AGENCY_MESSAGE, self.settings.timeout_s
            outcome = await self._client.post(self._gateway, document, kind=kind, timeout_s=timeout_s)
            if isinstance(outcome, Confirmed):
                said.confirmed_at = said.confirmed_at or _now()
                return
            if isinstance(outcome, Rejected):
                said.trouble = page.trouble = f"{said.status} was refused: {outcome.error_type} {outcome.error_value}"
                return
            is_news = said.reason is ReasonForMessage.STATUS_CHANGE and page.answers is not Answer.SENDS_ANYWAY
            if self._habit is Habit.SAYS_ONCE and is_news:
                return
            await asyncio.sleep(RESEND_S)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        errand = asyncio.create_task(work)
        self._errands.add(errand)
        errand.add_done_callback(self._ended)

    def _ended(self, errand: "asyncio.Task[None]") -> None:
        self._errands.discard(errand)
        if not errand.cancelled() and (fault := errand.exception()) is not None:
            traceback.print_exception(fault)
            os._exit(1)  # a fault of the harness ends the run

    async def aclose(self) -> None:
        """Leave what is under way."""
        errands = tuple(self._errands)
        for errand in errands:
            errand.cancel()
        await asyncio.gather(*errands, return_exceptions=True)


def _what(message: iso.Request | iso.RequestingAgencyMessage) -> RequestType | Action:
    if isinstance(message, iso.RequestingAgencyMessage):
        return message.action
    info = message.service_info
    return (info.request_type if info else None) or RequestType.NEW


def _letters(page: LenderPage, action: Action) -> list[HeardLetter]:
    return [letter for letter in page.heard if letter.what == action and not letter.again]


def _now() -> datetime:
    return datetime.now(UTC)


_HEARD: Final[dict[Action, Callable[[Lender, LenderPage], None]]] = {
    Action.CANCEL: Lender._cancel,
    Action.RENEW: Lender._renew,
    Action.STATUS_REQUEST: Lender._status,
    Action.RECEIVED: Lender._received,
    Action.SHIPPED_RETURN: Lender._sent_back,
    Action.LOST: Lender._lost,
    Action.NOTIFICATION: Lender._words,
}
"""What it does about a letter."""
