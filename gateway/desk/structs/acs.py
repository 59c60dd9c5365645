"""The connection to the circulation system: how it stands, what it says of itself, where it and the requests differ."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType


class AcsSays(msgspec.Struct, frozen=True, kw_only=True):
    """What it told of itself when a connection was opened (98)."""

    online: bool
    timeout_s: float | None
    retries: int | None
    supported: str
    """BX as sent."""
    denied: tuple[str, ...]
    """Messages that it says no to elsewhere in its 98."""


class AcsStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the connection stands, as far as this gateway knows without asking."""

    trouble: str | None
    """Why its work does not get on; None if it does."""
    breaker: str
    connections: int
    idle: int
    refused_logins: int
    stopped: bool
    """No login is tried until somebody says `resume`."""
    last_reply_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    acs: AcsSays | None
    no_answer_since: datetime | None
    paused_until: datetime | None


class AcsResumed(AcsStatus, frozen=True, kw_only=True):
    """The same, after waiting work was let go on."""

    result: str = "done"
    words: str


class AcsSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What it answered when it was asked now (99); `words` if it could not be asked."""

    ok: bool
    words: str | UnsetType = UNSET
    says: Mapping[str, str] | UnsetType = UNSET
    """The fixed fields of its 98 by their names."""
    supports: str | UnsetType | None = UNSET
    """BX."""
    library: str | UnsetType | None = UNSET
    """AM."""


class DifferenceShown(msgspec.Struct, frozen=True, kw_only=True):
    """One item of which the two sides say different things."""

    account: str
    kind: str
    item_barcode: str
    words: str
    act: str
    """What a technician could do about it."""
    request: str | None
    """Whose task it is; None if no request ever had the item."""


class NotCompared(msgspec.Struct, frozen=True, kw_only=True):
    """An account of which nothing, or not everything, could be compared."""

    account: str
    words: str


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison of loans and holds with the requests came to. Accounts go by the ids of their partners."""

    accounts: tuple[str, ...]
    """Those that answered."""
    differences: tuple[DifferenceShown, ...]
    unanswered: tuple[NotCompared, ...]
    agreed: tuple[str, ...]
    """Requests that differed before and agree now: their task is closed."""
