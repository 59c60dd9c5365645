"""The confirmation that answers a message, or an error, in the same HTTP response (iso18626.md, "Confirmations").

Pure: the clock is an argument. The header repeats the sender's ids and timestamp; a requesting agency's action and a
supplying agency's reason are repeated too, because a known peer stops without them.
"""

from datetime import datetime

from gateway.iso18626.codes import Action, MessageKind, MessageStatus, ReasonForMessage, Version, known
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import (
    Confirmation,
    ConfirmationHeader,
    ErrorData,
    Header,
    PartialHeader,
    Request,
    RequestConfirmation,
    RequestingAgencyMessage,
    RequestingAgencyMessageConfirmation,
    SupplyingAgencyMessage,
    SupplyingAgencyMessageConfirmation,
)

Confirmable = Request | SupplyingAgencyMessage | RequestingAgencyMessage


def confirm(
    source: Confirmable | ProtocolError, *, now: datetime, error: ErrorData | None = None, version: str = Version.V1_2
) -> Confirmation:
    """The receipt for a message, OK or with an error, or for a document that could not be read.

    What the version of the confirmation has no place for is left out. A document of unknown kind gets a request's
    confirmation.
    """
    if isinstance(source, ProtocolError):
        return _refusal(source, now, version)
    errors = (error,) if error is not None else ()
    header = _header(source.header, now, MessageStatus.ERROR if errors else MessageStatus.OK, version)
    match source:
        case Request():
            return RequestConfirmation(confirmation_header=header, errors=errors)
        case SupplyingAgencyMessage(message_info=info):
            return SupplyingAgencyMessageConfirmation(
                confirmation_header=header, reason_for_message=info.reason_for_message, errors=errors
            )
        case RequestingAgencyMessage(action=action):
            return RequestingAgencyMessageConfirmation(
                confirmation_header=header, action=_sayable(action, version), errors=errors
            )


def _refusal(error: ProtocolError, now: datetime, version: str) -> Confirmation:
    header = _header(error.header, now, MessageStatus.ERROR, version)
    errors = (ErrorData(error.error_type, error.error_value),)
    match error.kind, error.repeated:
        case MessageKind.SUPPLYING_AGENCY_MESSAGE, ReasonForMessage() | None as reason:
            return SupplyingAgencyMessageConfirmation(
                confirmation_header=header, reason_for_message=reason, errors=errors
            )
        case MessageKind.REQUESTING_AGENCY_MESSAGE, Action() | None as action:
            return RequestingAgencyMessageConfirmation(
                confirmation_header=header, action=_sayable(action, version), errors=errors
            )
        case _:
            return RequestConfirmation(confirmation_header=header, errors=errors)


def _sayable(action: Action | None, version: str) -> Action | None:
    return action if action is not None and known(action, version) else None


def _header(header: Header | PartialHeader, now: datetime, status: MessageStatus, version: str) -> ConfirmationHeader:
    # 2021-2 has multipleItemRequestId in a request's header alone; timestampReceived is the sender's own time, as most peers
    # have it (iso18626.md, "Confirmations").
    return ConfirmationHeader(
        supplying_agency_id=header.supplying_agency_id,
        requesting_agency_id=header.requesting_agency_id,
        timestamp=now,
        requesting_agency_request_id=header.requesting_agency_request_id or None,
        multiple_item_request_id=header.multiple_item_request_id if version == Version.V1_2 else None,
        timestamp_received=header.timestamp or now,
        message_status=status,
    )
