"""What is to be told as a supplyingAgencyMessage of ISO 18626.

The facts come from the effect, the ids and agencies from the request: both are sent as soon as both are known
(iso18626.md, "Ids"). What a version can't express, such as several items in 1.2, is told in words by the dialects.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import (
    LoanCondition,
    OpenCode,
    ReasonRetry,
    ReasonUnfilled,
    SentVia,
    Status,
    Version,
)
from gateway.workflow.effects import Tell
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Request
from gateway.workflow.values import Money, PostalAddress

NEW_IN_2021 = frozenset(
    {
        ReasonRetry.COURIER_NOT_SUPP,
        ReasonRetry.MULTI_VOL_AVAIL,
        ReasonRetry.MUST_MEET_LOAN_CONDITION,
        ReasonRetry.REQ_EDITION_NOT_POSSIBLE,
        ReasonRetry.REQ_FORMAT_NOT_POSSIBLE,
        ReasonRetry.REQ_PAY_METHOD_NOT_SUPPORTED,
        ReasonRetry.REQ_SERV_LEVEL_NOT_SUPP,
        ReasonRetry.REQ_SERV_TYPE_NOT_POSSIBLE,
    }
)
"""Codes that the lists of 1.2 do not have (iso18626.md, "Open code lists")."""

OLD_WORDS: Mapping[OpenCode, str] = {ReasonRetry.MUST_MEET_LOAN_CONDITION: "LoanCondition"}
"""What peers of 1.2 say instead, though it stands in no list."""


def message_for(
    tell: Tell, request: Request, library: OurLibrary, *, version: str, at: datetime
) -> iso.SupplyingAgencyMessage:
    """Build the message in the peer's version; `at` becomes its timestamp."""
    return iso.SupplyingAgencyMessage(
        header=iso.Header(
            supplying_agency_id=values.AgencyId.of(request.supplying_agency),
            requesting_agency_id=values.AgencyId.of(request.requesting_agency),
            timestamp=at,
            requesting_agency_request_id=request.partner_request_id,
            supplying_agency_request_id=request.id,
        ),
        message_info=iso.MessageInfo(
            reason_for_message=tell.reason,
            answer_yes_no=tell.answer,
            note=note_of(tell),
            reason_unfilled=_code(ReasonUnfilled, tell.reason_unfilled, version),
            reason_retry=_code(ReasonRetry, tell.reason_retry, version),
        ),
        status_info=iso.StatusInfo(
            status=tell.status,
            expected_delivery_date=tell.expected_at,
            due_date=tell.due_at,
            last_change=tell.last_change,
        ),
        retry_info=_retry_info(tell, version),
        delivery_info=_delivery_info(tell, version),
        return_info=_return_info(request, library) if tell.status is Status.LOANED and tell.sent_at else None,
    )


def note_of(tell: Tell) -> str | None:
    """The note, with the terms that no block of the message holds."""
    has_block = tell.status is Status.RETRY_POSSIBLE or tell.sent_at is not None
    condition = f"Condition: {tell.condition}" if tell.condition and not has_block else None
    cost = f"Cost: {tell.cost.amount} {tell.cost.currency}" if tell.cost and not has_block else None
    return ", ".join(part for part in (condition, cost, tell.note) if part) or None


def _code(
    codes: type[ReasonUnfilled] | type[ReasonRetry] | type[LoanCondition], value: str | None, version: str
) -> values.Code | None:
    """A code of an open list with its scheme; a value that the version's list does not have goes without one."""
    if value is None:
        return None
    known = codes.lookup(value)
    if version == Version.V1_2 and known is not None and known in OLD_WORDS:
        return values.Code(OLD_WORDS[known])
    if known is None or (version == Version.V1_2 and known in NEW_IN_2021):
        return values.Code(known or value)
    return values.Code.of(known, version)


def _conditions(tell: Tell, version: str) -> tuple[values.Code, ...]:
    code = _code(LoanCondition, tell.condition, version)
    return () if code is None else (code,)


def _costs(cost: Money | None) -> tuple[values.Costs, ...]:
    return () if cost is None else (values.Costs(currency_code=values.Code(cost.currency), monetary_value=cost.amount),)


def _retry_info(tell: Tell, version: str) -> iso.RetryInfo | None:
    """Conditions, offered costs and the time to ask again, with RetryPossible alone."""
    if tell.status is not Status.RETRY_POSSIBLE:
        return None
    info = iso.RetryInfo(
        loan_conditions=_conditions(tell, version), offered_costs=_costs(tell.cost), retry_after=tell.retry_after
    )
    return None if info == iso.RetryInfo() else info


def _delivery_info(tell: Tell, version: str) -> iso.DeliveryInfo | None:
    """What was sent. A link is sentVia URL with the URL as itemId in 1.2, an element of its own in 2021-2."""
    if tell.sent_at is None:
        return None
    via = SentVia.URL if tell.link else SentVia.MAIL
    items, url = tell.item_barcodes, tell.link
    if version == Version.V1_2:
        items, url = ((tell.link,) if tell.link else tell.item_barcodes), None
    return iso.DeliveryInfo(
        date_sent=tell.sent_at,
        item_ids=items,
        url=url,
        delivery_method=values.Code.of(via, version),
        loan_conditions=_conditions(tell, version),
        delivery_costs=_costs(tell.cost),
    )


def _return_info(request: Request, library: OurLibrary) -> iso.ReturnInfo:
    """Where the item comes back to."""
    return iso.ReturnInfo(
        return_agency_id=values.AgencyId.of(request.supplying_agency),
        name=library.name,
        physical_address=physical_address(library.address),
    )


def physical_address(address: PostalAddress | None) -> values.PhysicalAddress | None:
    """Write an address; None where there is none."""
    if address is None:
        return None
    return values.PhysicalAddress(
        line1=address.line1,
        line2=address.line2,
        locality=address.locality,
        postal_code=address.postal_code,
        region=values.Code(address.region) if address.region else None,
        country=values.Code(address.country) if address.country else None,
    )
