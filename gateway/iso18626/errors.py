"""Everything that this library raises on purpose.

    Iso18626Error
    ├── ProtocolError   what a peer sent cannot be accepted; carries the answer for the wire
    └── Inexpressible   what we want to say has no place in the version, or in XML at all

Other exceptions that leave `decode`, `encode` or `problems` are faults of this library.
"""

from gateway.iso18626.codes import Action, ErrorType, MessageKind, ReasonForMessage, Version
from gateway.iso18626.messages import PartialHeader


class Iso18626Error(Exception):
    """The root of the tree."""


class ProtocolError(Iso18626Error):
    """A message that cannot be accepted, with what its confirmation has to say.

    `error_value` names the element and, where that is no secret, the value; it never quotes securityCode or
    patronInfo. `kind` is None when it is not known what the sender meant to send. `header` is empty when nothing
    could be read; `repeated` is the action or the reason for the message, which its confirmation says again.
    """

    def __init__(
        self,
        error_type: ErrorType,
        error_value: str,
        *,
        kind: MessageKind | None = None,
        header: PartialHeader | None = None,
        repeated: Action | ReasonForMessage | None = None,
        version: Version = Version.V1_2,
    ) -> None:
        super().__init__(f"{error_type}: {error_value}")
        self.error_type = error_type
        self.error_value = error_value
        self.kind = kind
        self.header = header if header is not None else PartialHeader()
        self.repeated = repeated
        self.version = version


class Inexpressible(Iso18626Error):  # noqa: N818  the name is the one that the house's design gives it
    """A message that this version of the standard cannot say; `field` names the culprit, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
