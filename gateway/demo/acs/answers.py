"""The answers of the demonstration ACS: from a pysip2 request to a pysip2 response, by way of the library. No I/O.

Each function takes the visit and the request; where it raises `Refused`, server.py gives the protocol's negative
answer with the refusal as screen message. Customers are called patrons only where the protocol's models do.
"""

from collections.abc import Callable
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from pysip2 import (
    CHECKIN,
    CHECKOUT,
    END_PATRON_SESSION,
    FEE_PAID,
    HOLD,
    ITEM_INFORMATION,
    ITEM_STATUS_UPDATE,
    LOGIN,
    PATRON_INFORMATION,
    PATRON_STATUS,
    RENEW,
    SC_STATUS,
    ACSStatusResponse,
    CheckinRequest,
    CheckinResponse,
    CheckoutRequest,
    CheckoutResponse,
    EndPatronSessionRequest,
    EndSessionResponse,
    FeePaidRequest,
    FeePaidResponse,
    HoldRequest,
    HoldResponse,
    ItemInformationRequest,
    ItemInformationResponse,
    ItemStatusUpdateRequest,
    ItemStatusUpdateResponse,
    LoginRequest,
    LoginResponse,
    PatronInformationRequest,
    PatronInformationResponse,
    PatronStatusRequest,
    PatronStatusResponse,
    RenewRequest,
    RenewResponse,
    Route,
    SCStatusRequest,
    SIP2UnsupportedOperation,
)

from gateway.demo.acs.dates import due_date_text, read_sip_time, sip_time
from gateway.demo.acs.frames import wrap_field
from gateway.demo.acs.holds import cancel_hold, change_hold, place_hold
from gateway.demo.acs.library import Library
from gateway.demo.acs.loans import checkin, checkout, renew
from gateway.demo.acs.records import (
    CheckinOutcome,
    CheckoutOutcome,
    Customer,
    CustomerInformation,
    CustomerKind,
    HoldCount,
    HoldOutcome,
    HoldWish,
    Refusal,
)
from gateway.demo.acs.shelves import Refused, customer_information, find_customer, find_item, item_information, title_of

_CURRENCY = "USD"
_SUMMARIES = ("hold_items", "overdue_items", "charged_items", "fine_items", "recall_items", "unavailable_hold_items")
_SECURITY_NONE = "00"
_FEE_OTHER = "01"


class Visit(msgspec.Struct, frozen=True):
    """What an answer works with: the library, its clock and zone, who is let in, and what the server says of itself."""

    library: Library
    now: datetime
    zone: tzinfo
    admits: Callable[[str, str], bool]
    describes: Callable[[SCStatusRequest], ACSStatusResponse]

    def due_text(self, due: datetime) -> str:
        """A due date as this product writes AH."""
        return due_date_text(due, self.library.habits.due_date_format, self.zone)


def _login(visit: Visit, request: LoginRequest) -> LoginResponse:
    return LoginResponse(ok="1" if visit.admits(request.login_user_id, request.login_password) else "0")


def _status(visit: Visit, request: SCStatusRequest) -> ACSStatusResponse:
    return msgspec.structs.replace(visit.describes(request), date_time_sync=sip_time(visit.now))


def _item_information(visit: Visit, request: ItemInformationRequest) -> ItemInformationResponse:
    info = item_information(visit.library.state, visit.library.habits, request.item_identifier)
    return ItemInformationResponse(
        circulation_status=info.status.value,
        security_marker=_SECURITY_NONE,
        fee_type=_FEE_OTHER,
        transaction_date=sip_time(visit.now),
        hold_queue_length=str(info.hold_queue),
        due_date=visit.due_text(info.due) if info.due else None,
        hold_pickup_date=sip_time(info.pickup_until.astimezone(visit.zone)) if info.pickup_until else None,
        item_identifier=info.item.barcode,
        title_identifier=info.title.title,
        owner=info.item.branch,
        permanent_location=info.item.branch,
        current_location=info.item.location,
        print_line=(wrap_field("CS", info.title.call_number),),
    )


def _customer_information(visit: Visit, request: PatronInformationRequest) -> PatronInformationResponse:
    pin = request.patron_password or ""
    info = customer_information(visit.library.state, request.patron_identifier, pin, visit.now)
    customer, lists = info.customer, _lists(info, visit.library.habits.hold_count)
    wanted = request.summary.find("Y")
    detail = {_SUMMARIES[wanted]: lists[wanted]} if 0 <= wanted < len(_SUMMARIES) else {}
    counts = [f"{len(entries):04d}" for entries in lists]
    return PatronInformationResponse(
        patron_status=_patron_status(info),
        language=request.language,
        transaction_date=sip_time(visit.now),
        hold_items_count=counts[0],
        overdue_items_count=counts[1],
        charged_items_count=counts[2],
        fine_items_count=counts[3],
        recall_items_count=counts[4],
        unavailable_holds_count=counts[5],
        institution_id=request.institution_id,
        patron_identifier=customer.barcode,
        personal_name=customer.name,
        hold_items_limit=f"{customer.hold_limit:04d}",
        charged_items_limit=f"{customer.loan_limit:04d}",
        valid_patron="N" if info.expired else "Y",
        valid_patron_password=_yes(info.pin_right) if pin else None,
        currency_type=_CURRENCY,
        fee_amount=str(customer.fees),
        fee_limit=str(customer.fee_limit),
        home_address=customer.address,
        email_address=customer.email,
        home_phone_number=customer.phone,
        screen_message=(Refusal.BLOCKED.value,) if customer.blocked else (),
        print_line=_expiry_field(customer),
        **_ranged(detail, request),
    )


def _customer_status(visit: Visit, request: PatronStatusRequest) -> PatronStatusResponse:
    pin = request.patron_password
    info = customer_information(visit.library.state, request.patron_identifier, pin, visit.now)
    return PatronStatusResponse(
        patron_status=_patron_status(info),
        language=request.language,
        transaction_date=sip_time(visit.now),
        institution_id=request.institution_id,
        patron_identifier=info.customer.barcode,
        personal_name=info.customer.name,
        valid_patron="N" if info.expired else "Y",
        valid_patron_password=_yes(info.pin_right) if pin else None,
        currency_type=_CURRENCY,
        fee_amount=str(info.customer.fees),
    )


def _hold(visit: Visit, request: HoldRequest) -> HoldResponse:
    act = {"+": place_hold, "-": cancel_hold, "*": change_hold}[request.hold_mode]
    wish = HoldWish(
        customer=request.patron_identifier,
        item=request.item_identifier or "",
        title=request.title_identifier or "",
        pickup=request.pickup_location or "",
        expires=read_sip_time(request.expiration_date or "", visit.zone),
    )
    return _hold_response(visit, request, act(visit.library, wish, visit.now))


def hold_cancelled_only(visit: Visit, request: HoldRequest) -> HoldResponse:
    """The 15 of a product that places no holds over SIP2."""
    if request.hold_mode != "-":
        raise SIP2UnsupportedOperation
    return _hold(visit, request)


def _hold_response(visit: Visit, request: HoldRequest, outcome: HoldOutcome) -> HoldResponse:
    hold = outcome.hold
    return HoldResponse(
        ok="1",
        available=_yes(outcome.available),
        transaction_date=sip_time(visit.now),
        expiration_date=sip_time(hold.expires.astimezone(visit.zone)) if hold.expires else None,
        queue_position=str(outcome.position),
        pickup_location=hold.pickup,
        institution_id=request.institution_id,
        patron_identifier=hold.customer,
        item_identifier=hold.item,
        title_identifier=outcome.title.title,
    )


def _checkout(visit: Visit, request: CheckoutRequest) -> CheckoutResponse:
    if request.cancel == "Y":
        raise SIP2UnsupportedOperation
    outcome = checkout(visit.library, request.patron_identifier, request.item_identifier, visit.now)
    return CheckoutResponse(**_loan_fields(visit, request.institution_id, outcome), desensitize="Y")


def _renew(visit: Visit, request: RenewRequest) -> RenewResponse:
    barcode = request.item_identifier or _own_copy(visit, request)
    third_party = request.third_party_allowed == "Y"
    outcome = renew(visit.library, request.patron_identifier, barcode, visit.now, third_party=third_party)
    return RenewResponse(**_loan_fields(visit, request.institution_id, outcome), desensitize="N")


def _own_copy(visit: Visit, request: RenewRequest) -> str:
    """The copy that the customer has of a title named by AJ alone."""
    state = visit.library.state
    for loan in state.loans.values():
        title = title_of(state, state.items[loan.item])
        if loan.customer == request.patron_identifier and request.title_identifier in {title.title, title.record_id}:
            return loan.item
    raise Refused(Refusal.NOT_ON_LOAN)


def _loan_fields(visit: Visit, institution: str, outcome: CheckoutOutcome) -> dict[str, Any]:
    """What 12 and 30 have in common."""
    return {
        "ok": "1",
        "renewal_ok": _yes(outcome.renewed),
        "magnetic_media": "N",
        "transaction_date": sip_time(visit.now),
        "institution_id": institution,
        "patron_identifier": outcome.loan.customer,
        "item_identifier": outcome.loan.item,
        "title_identifier": outcome.title.title,
        "due_date": visit.due_text(outcome.loan.due),
    }


def _checkin(visit: Visit, request: CheckinRequest) -> CheckinResponse:
    if request.cancel == "Y":
        raise SIP2UnsupportedOperation
    outcome = checkin(visit.library, request.item_identifier, request.current_location, visit.now)
    return CheckinResponse(
        ok="1",
        resensitize="Y",
        magnetic_media="N",
        alert=_yes(outcome.alert is not None),
        transaction_date=sip_time(visit.now),
        institution_id=request.institution_id,
        item_identifier=outcome.item.barcode,
        permanent_location=outcome.item.branch,
        title_identifier=outcome.title.title,
        print_line=_routing_fields(visit.library, outcome),
    )


def _routing_fields(library: Library, outcome: CheckinOutcome) -> tuple[str, ...]:
    """CV, CT, CY, DA and CS, which pysip2's model of the 10 does not have."""
    fields = [("CS", outcome.title.call_number)]
    if outcome.alert:
        fields.append(("CV", outcome.alert.value))
    if outcome.destination:
        by_name = library.habits.destination_by_name and outcome.destination in library.state.branches
        name = library.state.branches[outcome.destination].name if by_name else outcome.destination
        fields.append(("CT", name))
    if outcome.hold:
        customer = find_customer(library.state, outcome.hold.customer)
        fields += [("CY", customer.barcode), ("DA", customer.name)]
    return tuple(wrap_field(code, value) for code, value in fields)


def _end_session(visit: Visit, request: EndPatronSessionRequest) -> EndSessionResponse:
    return EndSessionResponse(
        end_session="Y",
        transaction_date=sip_time(visit.now),
        institution_id=request.institution_id,
        patron_identifier=request.patron_identifier,
    )


def _fee_paid(visit: Visit, request: FeePaidRequest) -> FeePaidResponse:
    visit.library.pay(request.patron_identifier, _amount(request.fee_amount), visit.now)
    return FeePaidResponse(
        payment_accepted="Y",
        transaction_date=sip_time(visit.now),
        institution_id=request.institution_id,
        patron_identifier=request.patron_identifier,
        transaction_id=request.transaction_id,
    )


def _item_status_update(visit: Visit, request: ItemStatusUpdateRequest) -> ItemStatusUpdateResponse:
    """A 19 is answered ok and changes nothing, as in the field (sip2.md, "What it can't do")."""
    item = find_item(visit.library.state, request.item_identifier)
    return ItemStatusUpdateResponse(
        item_properties_ok="1",
        transaction_date=sip_time(visit.now),
        item_identifier=item.barcode,
        title_identifier=title_of(visit.library.state, item).title,
    )


Answer = Callable[[Visit, Any], Any]

ANSWERS: tuple[tuple[Route[Any, Any], Answer], ...] = (
    (LOGIN, _login),
    (SC_STATUS, _status),
    (ITEM_INFORMATION, _item_information),
    (PATRON_INFORMATION, _customer_information),
    (PATRON_STATUS, _customer_status),
    (HOLD, _hold),
    (CHECKOUT, _checkout),
    (RENEW, _renew),
    (CHECKIN, _checkin),
    (END_PATRON_SESSION, _end_session),
    (FEE_PAID, _fee_paid),
    (ITEM_STATUS_UPDATE, _item_status_update),
)
"""01, 25 and 65 are left out, as many products do; the BX of the 98 says so."""


def _yes(flag: bool) -> str:  # noqa: FBT001 - it is what is written
    return "Y" if flag else "N"


def _amount(text: str) -> Decimal:
    """A positive amount; SIP2UnsupportedOperation for anything else."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise SIP2UnsupportedOperation from None
    if not amount.is_finite() or amount <= 0:
        raise SIP2UnsupportedOperation
    return amount


def _patron_status(info: CustomerInformation) -> str:
    """The 14 positions: charge, renewal, recall and hold denied, too many charged, too many overdue ... excessive fees."""
    customer = info.customer
    denied = customer.blocked or info.expired or customer.fees > customer.fee_limit
    flags = ["Y" if denied else " "] * 4 + [" "] * 10
    flags[5] = "Y" if len(info.charged) >= customer.loan_limit else " "
    flags[11] = "Y" if customer.fees > customer.fee_limit else " "
    return "".join(flags)


def _lists(info: CustomerInformation, hold_count: HoldCount) -> tuple[tuple[str, ...], ...]:
    """The lists of a 64 in the order of its counts; what the first means differs by product."""
    holds = {
        HoldCount.ALL: info.ready_holds + info.waiting_holds,
        HoldCount.WAITING: info.waiting_holds,
        HoldCount.READY: info.ready_holds,
    }[hold_count]
    return holds, info.overdue, info.charged, info.fined, info.recalled, info.waiting_holds


def _ranged(detail: dict[str, tuple[str, ...]], request: PatronInformationRequest) -> dict[str, Any]:
    """BP and BQ: the first and the last entry wanted, counted from 1."""
    first = max(_number(request.start_item, 1), 1)
    return {name: entries[first - 1 : _number(request.end_item, len(entries))] for name, entries in detail.items()}


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _expiry_field(customer: Customer) -> tuple[str, ...]:
    """PA, where the account ends; partner libraries' accounts do not."""
    if customer.expires is None or customer.kind is CustomerKind.PARTNER:
        return ()
    return (wrap_field("PA", f"{customer.expires:%Y%m%d}"),)
