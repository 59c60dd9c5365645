"""The libraries outside: partners who ask, receive and send back, and lenders who answer by what they truly have."""

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bench.month.agenda import Happening
from bench.month.house import OURS
from bench.month.parts import Month
from bench.month.truth import LENDER_TRUTHS, SHIPPING_DAYS, SILENT_ABOUT_RECEIPT, Ask, Has, OrderTruth
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import (
    Action,
    BibliographicItemIdCode,
    BibliographicRecordIdCode,
    CopyrightCompliance,
    ReasonForMessage,
    ReasonRetry,
    ReasonUnfilled,
    RequestType,
    ServiceType,
    Status,
    YesNo,
)

_ITEM_CODES: Final = {"ISBN", "ISSN"}


def symbol(library: str) -> str:
    """A library's symbol."""
    return f"ISIL:XX-{library.upper()}"


def new(ask: Ask) -> iso.Request:
    """A partner's request as its system writes it."""
    wanted = ask.case.wanted
    items = tuple(
        iso.BibliographicItemId(
            bibliographic_item_identifier=each.value,
            bibliographic_item_identifier_code=values.Code.of(BibliographicItemIdCode(each.code)),
        )
        for each in wanted.identifiers
        if each.code in _ITEM_CODES
    )
    records = tuple(
        iso.BibliographicRecordId(
            bibliographic_record_identifier=each.value,
            bibliographic_record_identifier_code=values.Code.of(BibliographicRecordIdCode(each.code)),
        )
        for each in wanted.identifiers
        if each.code not in _ITEM_CODES
    )
    return iso.Request(
        header=_header(ask.partner, ask.number, ask.at),
        bibliographic_info=iso.BibliographicInfo(
            supplier_unique_record_id=wanted.record_id,
            title=wanted.title,
            author=wanted.author,
            volumes=wanted.volumes,
            issue=wanted.issue,
            title_of_component="An article" if ask.is_copy else None,
            bibliographic_item_ids=items,
            bibliographic_record_ids=records,
        ),
        publication_info=iso.PublicationInfo(publication_date=wanted.published),
        service_info=iso.ServiceInfo(
            request_type=RequestType.NEW,
            service_type=ServiceType.COPY if ask.is_copy else ServiceType.LOAN,
            need_before_date=ask.need_before,
            copyright_compliance=values.Code.of(CopyrightCompliance(ask.compliance)) if ask.compliance else None,
            note=ask.wish.value or None,
        ),
    )


def _header(partner: str, number: str, at: datetime, ours: str | None = None) -> iso.Header:
    return iso.Header(
        supplying_agency_id=values.AgencyId.of(OURS),
        requesting_agency_id=values.AgencyId.of(symbol(partner)),
        timestamp=at,
        requesting_agency_request_id=number,
        supplying_agency_request_id=ours,
    )


class Others:
    """Hears what the gateway sends, and lets what follows happen."""

    def __init__(self, play: Month) -> None:
        self._play = play
        self._chance = random.Random(play.world.seed * 7 + 3)
        self._asks = {ask.number: ask for ask in play.world.asks}
        self._sent_to_us: set[str] = set()
        self._taken_back: set[str] = set()
        self._retried: set[str] = set()

    def hear(self, peer: str, message: iso.Message) -> None:
        """Take a message of ours."""
        match message:
            case iso.SupplyingAgencyMessage():
                self._answered(peer, message)
            case iso.Request():
                self._asked(peer, message)
            case iso.RequestingAgencyMessage():
                self._acted(peer, message)
            case _:
                raise AssertionError(f"{peer} was sent a confirmation")

    # ── a partner hears our answer ───────────────────────────────────────────────────────────────

    def _answered(self, peer: str, message: iso.SupplyingAgencyMessage) -> None:
        ask = self._asks[message.header.requesting_agency_request_id]
        self._play.tally.answered(ask, message)
        if (
            message.status_info.status is Status.LOANED
            and message.message_info.reason_for_message is not ReasonForMessage.NOTIFICATION
        ):
            self._parcel(peer, ask)

    def _parcel(self, peer: str, ask: Ask) -> None:
        """It travels, is used, and comes back."""
        if ask.number in self._sent_to_us:
            return
        self._sent_to_us.add(ask.number)
        now = self._play.now()
        there = now + timedelta(days=SHIPPING_DAYS + self._chance.randint(0, 3), hours=1)
        back = there + ask.returns_after
        if peer not in SILENT_ABOUT_RECEIPT:
            self._play.agenda.put(there, partial(self._says, peer, ask.number, Action.RECEIVED))
        self._play.agenda.put(back, partial(self._says, peer, ask.number, Action.SHIPPED_RETURN))
        self._play.agenda.put(back + timedelta(days=SHIPPING_DAYS), partial(self._play.staff.parcel_back, ask.number))

    async def _says(self, peer: str, number: str, action: Action) -> None:
        header = _header(peer, number, self._play.now())
        await self._play.house.receive(peer, iso.RequestingAgencyMessage(header=header, action=action))

    # ── a lender is asked ────────────────────────────────────────────────────────────────────────

    def _asked(self, lender: str, message: iso.Request) -> None:
        number = message.header.requesting_agency_request_id
        order = self._play.order_of(number)
        stands, terms = order.at_lenders[lender], LENDER_TRUTHS[lender]
        self._play.tally.asked(order, lender)
        is_retry = message.service_info is not None and message.service_info.request_type is RequestType.RETRY
        now = self._play.now()
        key = f"{order.number}:{lender}"
        if stands is Has.SILENT:
            return
        if stands is Has.ON_LOAN and not (is_retry and now >= self._back_at(key)):
            after = self._back_at(key) if self._chance.random() < 0.5 else None
            self._later(terms.no_days, partial(self._no, lender, number, after))
        elif stands is Has.NO:
            self._later(terms.no_days, partial(self._never, lender, number))
        else:
            self._later(terms.yes_days, partial(self._promise, lender, number, order))

    def _back_at(self, key: str) -> datetime:
        """When what is on loan is back: some days into the month, the same whoever asks."""
        days = random.Random(f"{self._play.world.seed}{key}").randint(5, 14)
        order = self._play.world.orders[int(key.partition(":")[0])]
        return order.at + timedelta(days=days)

    def _later(self, days: float, happening: Happening) -> None:
        at = self._play.now() + timedelta(days=days * self._chance.uniform(0.6, 1.4), seconds=5)
        self._play.agenda.put(self._play.in_office(at), happening)

    async def _never(self, lender: str, number: str) -> None:
        info = iso.MessageInfo(
            reason_for_message=ReasonForMessage.REQUEST_RESPONSE,
            reason_unfilled=values.Code.of(ReasonUnfilled.NOT_HELD),
        )
        await self._says_of(lender, number, info, iso.StatusInfo(status=Status.UNFILLED, last_change=self._play.now()))

    async def _no(self, lender: str, number: str, after: datetime | None) -> None:
        info = iso.MessageInfo(
            reason_for_message=ReasonForMessage.REQUEST_RESPONSE, reason_retry=values.Code.of(ReasonRetry.ON_LOAN)
        )
        status = iso.StatusInfo(status=Status.RETRY_POSSIBLE, last_change=self._play.now())
        await self._says_of(lender, number, info, status, retry=iso.RetryInfo(retry_after=after) if after else None)

    async def _promise(self, lender: str, number: str, order: OrderTruth) -> None:
        info = iso.MessageInfo(reason_for_message=ReasonForMessage.REQUEST_RESPONSE)
        await self._says_of(
            lender, number, info, iso.StatusInfo(status=Status.WILL_SUPPLY, last_change=self._play.now())
        )
        self._later(1.0, partial(self._send, lender, number, order))

    async def _send(self, lender: str, number: str, order: OrderTruth) -> None:
        if number in self._taken_back:
            return
        terms, now = LENDER_TRUTHS[lender], self._play.now()
        self._sent_to_us.add(number)
        info = iso.MessageInfo(reason_for_message=ReasonForMessage.STATUS_CHANGE)
        due = now + timedelta(days=terms.loan_days)
        status = iso.StatusInfo(status=Status.LOANED, due_date=due, last_change=now)
        await self._says_of(
            lender, number, info, status, sent=iso.DeliveryInfo(date_sent=now, item_ids=(f"X{number}",))
        )
        arrives = self._play.in_office(now + timedelta(days=terms.sends_days))
        self._play.agenda.put(arrives, partial(self._play.staff.parcel_for_us, number, order))

    # ── a lender hears of what it has ────────────────────────────────────────────────────────────

    def _acted(self, lender: str, message: iso.RequestingAgencyMessage) -> None:
        number = message.header.requesting_agency_request_id
        match message.action:
            case Action.CANCEL:
                self._play.agenda.put(self._play.now() + timedelta(hours=1), partial(self._cancelled, lender, number))
            case Action.STATUS_REQUEST:
                self._play.agenda.put(self._play.now() + timedelta(minutes=1), partial(self._stands, lender, number))
            case Action.SHIPPED_RETURN:
                self._later(SHIPPING_DAYS, partial(self._completed, lender, number))
            case _:
                pass

    async def _cancelled(self, lender: str, number: str) -> None:
        if self._play.order_of(number).at_lenders[lender] is Has.SILENT:
            return
        is_off = number not in self._sent_to_us
        if is_off:
            self._taken_back.add(number)
        info = iso.MessageInfo(
            reason_for_message=ReasonForMessage.CANCEL_RESPONSE, answer_yes_no=YesNo.Y if is_off else YesNo.N
        )
        status = Status.CANCELLED if is_off else Status.LOANED
        await self._says_of(lender, number, info, iso.StatusInfo(status=status, last_change=self._play.now()))

    async def _stands(self, lender: str, number: str) -> None:
        if self._play.order_of(number).at_lenders[lender] is Has.SILENT:
            return
        info = iso.MessageInfo(reason_for_message=ReasonForMessage.STATUS_REQUEST_RESPONSE)
        status = Status.LOANED if number in self._sent_to_us else Status.EXPECT_TO_SUPPLY
        await self._says_of(lender, number, info, iso.StatusInfo(status=status, last_change=self._play.now()))

    async def _completed(self, lender: str, number: str) -> None:
        info = iso.MessageInfo(reason_for_message=ReasonForMessage.STATUS_CHANGE)
        status = iso.StatusInfo(status=Status.LOAN_COMPLETED, last_change=self._play.now())
        await self._says_of(lender, number, info, status)

    async def _says_of(
        self, lender: str, number: str, info: iso.MessageInfo, status: iso.StatusInfo, *,
        retry: iso.RetryInfo | None = None, sent: iso.DeliveryInfo | None = None,
    ) -> None:  # fmt: skip
        header = iso.Header(
            supplying_agency_id=values.AgencyId.of(symbol(lender)),
            requesting_agency_id=values.AgencyId.of(OURS),
            timestamp=self._play.now(),
            requesting_agency_request_id=number,
            supplying_agency_request_id=f"{lender}-{number}",
        )
        message = iso.SupplyingAgencyMessage(
            header=header, message_info=info, status_info=status, retry_info=retry, delivery_info=sent
        )
        await self._play.house.receive(lender, message)
