"""The demonstration partner when it is asked to lend: it has nothing, and says so. Pure.

It makes the lender that a borrowing library asks in vain, so that the next one is asked.
"""

from datetime import datetime

import msgspec

from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codes import ReasonForMessage, ReasonUnfilled, Status
from gateway.iso18626.messages import Header, MessageInfo, Request, StatusInfo, SupplyingAgencyMessage
from gateway.iso18626.values import AgencyId, Code


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A request that came to the partner, under the number of whoever asked."""

    at: datetime
    id: str
    by: str
    title: str | None


def asked_by(message: Request, at: datetime) -> Incoming:
    """What is kept of a request."""
    header = message.header
    by = f"{header.requesting_agency_id.type.value}:{header.requesting_agency_id.value}"
    return Incoming(at=at, id=header.requesting_agency_request_id, by=by, title=message.bibliographic_info.title)


def unfilled(settings: PartnerSettings, message: Request, number: str, at: datetime) -> SupplyingAgencyMessage:
    """Unfilled, NotHeld; `number` becomes our own for the request."""
    return SupplyingAgencyMessage(
        header=Header(
            supplying_agency_id=AgencyId.of(settings.agency),
            requesting_agency_id=message.header.requesting_agency_id,
            timestamp=at,
            requesting_agency_request_id=message.header.requesting_agency_request_id,
            supplying_agency_request_id=number,
        ),
        message_info=MessageInfo(
            reason_for_message=ReasonForMessage.REQUEST_RESPONSE,
            reason_unfilled=Code.of(ReasonUnfilled.NOT_HELD, settings.version),
        ),
        status_info=StatusInfo(status=Status.UNFILLED, last_change=at),
    )
