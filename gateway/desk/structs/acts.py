"""Acts of staff: what they say with an act, and what it came to."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from gateway.desk.structs.common import Barcode, Words
from gateway.desk.structs.orders import TypedWork
from gateway.workflow.records import State
from gateway.workflow.triggers import Deed, StaffAction
from gateway.workflow.values import Money


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Only if: what `offer` proposes to the partner, with RetryPossible."""

    kind: Literal["retry"] = "retry"
    cost: Money | None = None
    condition: str | None = None
    reason: str | None = None
    note: Words | None = None


class ActBody(msgspec.Struct, frozen=True, kw_only=True):
    """What staff say with an act; which details count is said at the act's rows in the table.

    Times are ISO 8601; a date without a time ends with that local day.
    """

    item_barcodes: Annotated[tuple[Barcode, ...], msgspec.Meta(max_length=50)] = ()
    """As scanned: line ends, asterisks and start letters may stand."""
    reason: Words | None = None
    note: Words | None = None
    """For the partner."""
    inside: Words | None = None
    """For staff: it goes nowhere."""
    due_at: str | None = None
    retry_after: str | None = None
    answer: Offer | None = None
    link: Words | None = None
    partner: str | None = None
    customer: Barcode | None = None
    """correct-card: the right card, as scanned."""
    work: TypedWork | None = None
    """correct-work: the work that is meant, all of it, as it would stand in an order's form."""
    state: State | None = None
    task: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None
    """The task that `done-by-hand` or `not-done` answers; it may be left out if only one is open."""
    did: Deed | None = None
    """In place of it: what was done by hand."""
    undo_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    """How long the outcome waits, so that it can be undone; scripts don't wait."""
    seen_in: State | None = None
    """The state in which the caller read what the act does; if it would do something else by now, it is refused."""
    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """The version of the request that the caller had read; if another person has acted on it since, it is refused."""
    assignee: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """assign: who sees to it; nobody where none is named."""
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    """One-use, made up by the caller: a second act with it gets what the first one came to, and does nothing."""
    sure: bool = False
    """The items are meant although they have another title than the request, or none that we know."""


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """What an act came to: done, or ignored because it changes nothing any more."""

    result: Literal["done", "ignored"]
    request: str
    words: str
    state: State | UnsetType = UNSET
    actions: tuple[StaffAction, ...] | UnsetType = UNSET
    """What staff can ask for now."""
    warnings: tuple[str, ...]
    repeated: bool = False
    """It was done before, under the same key."""
