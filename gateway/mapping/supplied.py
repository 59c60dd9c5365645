"""A lender's supplyingAgencyMessage as an event: what it comes to, and what it states.

A message is judged by its status and its answer, not by its reason (iso18626.md, "What a message means"); a Notification
says nothing but words, unless a dialect has read a condition out of it. With such a condition a promise is an offer.
"""

from datetime import datetime

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import ReasonForMessage, ReasonRetry, Status, YesNo
from gateway.iso18626.dialects import HeardMessage
from gateway.workflow.borrowing_events import LenderSaid, LenderSays
from gateway.workflow.borrowing_records import LoanTerms
from gateway.workflow.values import Money, PostalAddress

_STATUSES: dict[Status, LenderSays] = {
    Status.REQUEST_RECEIVED: LenderSays.RECEIVED,
    Status.EXPECT_TO_SUPPLY: LenderSays.EXPECT,
    Status.WILL_SUPPLY: LenderSays.WILL_SUPPLY,
    Status.LOANED: LenderSays.LOANED,
    Status.OVERDUE: LenderSays.OVERDUE,
    Status.RECALLED: LenderSays.RECALLED,
    Status.RETRY_POSSIBLE: LenderSays.RETRY,
    Status.UNFILLED: LenderSays.UNFILLED,
    Status.HOLD_RETURN: LenderSays.HOLD_RETURN,
    Status.RELEASE_HOLD_RETURN: LenderSays.RELEASE_RETURN,
    Status.COPY_COMPLETED: LenderSays.COPY_SENT,
    Status.LOAN_COMPLETED: LenderSays.COMPLETED,
    Status.COMPLETED_WITHOUT_RETURN: LenderSays.WITHOUT_RETURN,
    Status.CANCELLED: LenderSays.CANCELLED,
}

_UP_TO_A_PROMISE = frozenset({None, Status.REQUEST_RECEIVED, Status.EXPECT_TO_SUPPLY, Status.WILL_SUPPLY})
"""Beside these a condition that a dialect has read is an offer; what says more than a promise, says that."""


def lender_said(heard: HeardMessage, *, at: datetime, by: str, attempt: int, due_before: datetime | None) -> LenderSaid:
    """Read a message; `due_before` is the due date that held until now, by which a renewal without an answer is told."""
    message = heard.message
    assert isinstance(message, iso.SupplyingAgencyMessage), "a dialect makes no message into another"
    info, returns = message.message_info, message.return_info
    said = says(heard, message, due_before)
    no = said in {LenderSays.NOT_CANCELLED, LenderSays.NOT_RENEWED}
    return LenderSaid(
        at=at,
        by=by,
        says=said,
        attempt=attempt,
        lender_request_id=message.header.supplying_agency_request_id,
        note=info.note,
        reason=_code(info.reason_unfilled or info.reason_retry),
        due_at=message.status_info.due_date,
        terms=_terms(heard, message),
        lender_items=message.delivery_info.item_ids if message.delivery_info else (),
        return_to=_address(returns.physical_address) if returns else None,
        return_name=returns.name if returns else None,
        link=_link(heard, message),
        retry_after=message.retry_info.retry_after if message.retry_info else None,
        supplier=_supplier(heard, message),
        stands=_STATUSES.get(message.status_info.status) if no and message.status_info.status else None,
    )


def says(heard: HeardMessage, message: iso.SupplyingAgencyMessage, due_before: datetime | None) -> LenderSays:
    """Say what a message comes to."""
    reason, status = message.message_info.reason_for_message, message.status_info.status
    match reason:
        case ReasonForMessage.NOTIFICATION:
            return LenderSays.CONDITION if heard.tokens.condition_added else LenderSays.WORDS
        case ReasonForMessage.CANCEL_RESPONSE:
            return LenderSays.CANCELLED if _cancels(message) else LenderSays.NOT_CANCELLED
        case ReasonForMessage.RENEW_RESPONSE:
            return LenderSays.RENEWED if _renews(message, due_before) else LenderSays.NOT_RENEWED
        case _ if heard.tokens.condition_added and status in _UP_TO_A_PROMISE:
            return LenderSays.CONDITION
        case _:
            return LenderSays.WORDS if status is None else _STATUSES[status]


def _cancels(message: iso.SupplyingAgencyMessage) -> bool:
    """The answer decides, not the status beside it; where it is missing, Cancelled means yes."""
    answer = message.message_info.answer_yes_no
    return message.status_info.status is Status.CANCELLED if answer is None else answer is YesNo.Y


def _renews(message: iso.SupplyingAgencyMessage, due_before: datetime | None) -> bool:
    """Likewise; where the answer is missing, Loaned with a later due date means yes."""
    answer, status = message.message_info.answer_yes_no, message.status_info
    if answer is not None:
        return answer is YesNo.Y
    later = status.due_date is not None and (due_before is None or status.due_date > due_before)
    return status.status is Status.LOANED and later


def _terms(heard: HeardMessage, message: iso.SupplyingAgencyMessage) -> LoanTerms | None:
    """A cost and conditions, from whichever block or words have them."""
    retry, delivery = message.retry_info, message.delivery_info
    conditions = (*(retry.loan_conditions if retry else ()), *(delivery.loan_conditions if delivery else ()))
    said = (heard.words.condition,) if heard.words.condition and not conditions else ()
    costs = (*(retry.offered_costs if retry else ()), *(delivery.delivery_costs if delivery else ()))
    cost = next(iter(costs), heard.words.cost)
    asks_anew = message.status_info.status is Status.RETRY_POSSIBLE
    records = delivery.item_ids if delivery and asks_anew else ()
    reason = message.message_info.reason_retry
    terms = LoanTerms(
        cost=None if cost is None else Money(amount=cost.monetary_value, currency=cost.currency_code.value.upper()),
        conditions=(*(code.value for code in conditions), *said),
        note=message.message_info.note,
        record_id=next(iter(records), None),
        as_loan=asks_anew and reason is not None and ReasonRetry.lookup(reason.value) is ReasonRetry.LOAN_POSSIBLE,
    )
    return None if terms == LoanTerms(note=terms.note) else terms


def _link(heard: HeardMessage, message: iso.SupplyingAgencyMessage) -> str | None:
    """An element of its own in 2021-2, the itemId of a CopyCompleted in 1.2, or words; what is sent by URL needs no scheme."""
    delivery = message.delivery_info or iso.DeliveryInfo()
    items = delivery.item_ids if message.status_info.status is Status.COPY_COMPLETED else ()
    links = (item for item in items if "://" in item)
    without_scheme = items if delivery.is_by_url else ()
    return delivery.url or next(links, None) or heard.words.url or next(iter(without_scheme), None)


def _supplier(heard: HeardMessage, message: iso.SupplyingAgencyMessage) -> str | None:
    """As `type:value`; a name alone is of the broker's own type."""
    name, broker = heard.supplier, message.header.supplying_agency_id
    if name is None or ":" in name or broker is None:
        return name
    return f"{broker.type.value}:{name}"


def _code(code: values.Code | None) -> str | None:
    return None if code is None else code.value


def _address(address: values.PhysicalAddress | None) -> PostalAddress | None:
    if address is None:
        return None
    return PostalAddress(
        line1=address.line1,
        line2=address.line2,
        locality=address.locality,
        postal_code=address.postal_code,
        region=_code(address.region),
        country=_code(address.country),
    )
