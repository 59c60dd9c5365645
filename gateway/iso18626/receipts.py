"""Confirmations as bytes, in the version of the message that they answer. Pure: what `confirm` says, `encode` writes.

The gateway calls `confirmation_for` while it stores a message, so that the very bytes that are sent are stored beside
it first; the server calls `confirmation_of_error` for a document that never became a message.
"""

from datetime import datetime

from gateway.iso18626.codec import Decoded, encode
from gateway.iso18626.codes import ErrorType
from gateway.iso18626.confirm import confirm
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import Confirmation, ErrorData, kind_of


def confirmation_for(decoded: Decoded, now: datetime, error: ErrorData | None = None) -> bytes:
    """The receipt for a message: OK, or ERROR with that error; `now` is aware.

    Raises ProtocolError for a message that is itself a confirmation, which nothing answers.
    """
    if isinstance(decoded.message, Confirmation):
        raise not_to_be_posted(decoded)
    return encode(confirm(decoded.message, now=now, error=error, version=decoded.version), decoded.version)


def confirmation_of_error(error: ProtocolError, now: datetime) -> bytes:
    """The receipt for a document that is no message of ours: always ERROR, with as much of its header as was read."""
    return encode(confirm(error, now=now, version=error.version), error.version)


def not_to_be_posted(decoded: Decoded) -> ProtocolError:
    """The error for a confirmation that was sent as a message."""
    return ProtocolError(
        ErrorType.BADLY_FORMED_MESSAGE,
        f"{kind_of(decoded.message)} is not a message to be posted",
        version=decoded.version,
    )
