"""Messages that are told to a product, and heard of it."""

from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace

from gateway.iso18626.codec import encode
from gateway.iso18626.codes import Action, ReasonForMessage, Status, Version
from gateway.iso18626.dialects import DIALECTS, Dialect, outgoing
from gateway.iso18626.messages import (
    Header,
    Message,
    MessageInfo,
    RequestingAgencyMessage,
    RetryInfo,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.schema import problems
from gateway.iso18626.values import AgencyId, Code, Costs

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
HEADER = Header(
    supplying_agency_id=AgencyId.of("ISIL:XX-EXAMPLEVALLEY"),
    requesting_agency_id=AgencyId.of("ISIL:XX-SAMPLETON"),
    timestamp=NOON,
    requesting_agency_request_id="S-1",
)
PLAIN, RESHARE, BROKER, TRANSPARENT, ALMA, OCLC, ILLIAD, KOHA = DIALECTS.values()


def ram(action: Action, note: str | None = None) -> RequestingAgencyMessage:
    return RequestingAgencyMessage(header=HEADER, action=action, note=note)


def sam(status: Status, reason: ReasonForMessage, note: str | None = None) -> SupplyingAgencyMessage:
    return SupplyingAgencyMessage(
        header=HEADER,
        message_info=MessageInfo(reason_for_message=reason, note=note),
        status_info=StatusInfo(status=status, last_change=NOON),
    )


TERMS = RetryInfo(
    loan_conditions=(Code("LibraryUseOnly"),), offered_costs=(Costs(Code("EUR"), Decimal("12.50")),), retry_after=NOON
)


def offer(retry: RetryInfo = TERMS, note: str | None = "Only so.") -> SupplyingAgencyMessage:
    message = sam(Status.RETRY_POSSIBLE, ReasonForMessage.REQUEST_RESPONSE, note)
    return replace(message, retry_info=retry)


def said(dialect: Dialect, message: Message, version: str = Version.V1_2) -> SupplyingAgencyMessage:
    spoken = outgoing(dialect, message, version)
    assert problems(encode(spoken, version), version) == []
    assert isinstance(spoken, SupplyingAgencyMessage)
    return spoken
