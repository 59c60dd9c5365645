"""Who asked: looked up, and written down who looked."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from gateway.desk.structs.common import Limit
from gateway.desk.structs.orders import Line
from gateway.workflow.staff import LookUpWay


class CustomerQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Why a customer is looked up: up to 500 characters, which are kept in the request's history."""

    reason: str = ""


class LookUpReason(StrEnum):
    """Why a customer is looked up, for a list to choose from."""

    CUSTOMER_ASKS = "the customer asks about it"
    TELL = "the customer must be told something"
    WHOSE_ITEM = "an item is here and nobody knows whose"
    WRONG_CARD = "the card may be the wrong one"
    OVERDUE = "it is overdue, lost or damaged"
    CHARGE = "a charge is to be settled"


class LookUpBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why a customer is looked up: one of the list, words, or both."""

    reason: LookUpReason | None = None
    words: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Nothing of the customer: they are kept."""


class LookUpsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which look-ups; `before` is the `next` of the page before."""

    by: str | None = None
    """Whose."""
    request: str | None = None
    """Of which request's customer; it goes before `by`."""
    before: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None
    limit: Limit = 100


class LookUpShown(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody saw who a customer is; nothing of the customer."""

    at: datetime
    by: str
    request: str | None
    """None: requests were looked for by a card."""
    way: LookUpWay
    what: str


class LookUpList(msgspec.Struct, frozen=True, kw_only=True):
    """Look-ups, newest first."""

    look_ups: tuple[LookUpShown, ...]
    next: int | None


class CustomerFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a customer."""

    barcode: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class CustomerShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked for a request of ours."""

    request: str
    customer: CustomerFields


class CardBody(msgspec.Struct, frozen=True, kw_only=True):
    """Whose requests are looked for; in a body, for a card in an address would stand in the logs of proxies."""

    customer: Line
    """The barcode, as scanned."""
    open: bool = False
    """Only what is not over yet."""
