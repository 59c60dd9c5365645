"""Files of copies: what is said with one that is handed in, and what is shown of one that is kept."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.common import Words
from gateway.workflow.records import State

CopyAct = Literal["copy-sent", "handed-over"]
"""The acts that take a file."""


class CopyQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is handed in with."""

    act: CopyAct = "copy-sent"
    """The partner gets a link to it; or it is kept for the customer's branch, and the lender is told that it came."""
    note: Words | None = None
    """For the partner."""
    inside: Words | None = None
    """For staff: it goes nowhere."""
    undo_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    """How long the outcome waits, so that it can be undone; scripts don't wait."""
    seen_in: State | None = None
    """The state in which the caller read what the act does; if it would do something else by now, it is refused."""
    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """The version of the request that the caller had read; if another person has acted on it since, it is refused."""
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    """One-use, made up by the caller: a second call with it gets what the first one came to, and does nothing."""


class CopyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A request's file, as long as it is kept."""

    name: str
    content_type: str
    size: int
    by: str
    at: datetime
    ends_at: datetime
    """From then on nobody can fetch it, and it is deleted."""
    fetched: int
    """How often it was fetched."""
