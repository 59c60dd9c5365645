"""What a customer's order may say, one by one or as a list, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from gateway.desk.structs.common import SAYABLE, Problem
from gateway.iso18626.codes import ServiceType
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.records import Copy, State
from gateway.workflow.values import Identifier, Money

Line = Annotated[str, msgspec.Meta(max_length=2000, pattern=SAYABLE)]
Key = Annotated[str, msgspec.Meta(description="1 to 200 printable ASCII characters; the same key makes one request")]
"""What makes an order the same as one before."""


class AskedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What all orders say beside the work. `name`, `email` and `phone` are the customer's and guard notes."""

    customer: Line
    """The barcode, as scanned."""
    name: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    pickup_branch: Line | None = None
    need_before: str | None = None
    """ISO 8601; a date without a time ends with that local day."""
    level: str | None = None
    note: Line | None = None
    """For the lender."""
    max_cost: Money | None = None
    copyright: str | None = None
    any_edition: bool = True
    waived: tuple[Concern, ...] = ()
    """What stands in its way and is set aside from the start, by whoever has seen it: “duplicate”, “owned”, “work”."""


class WorkBody(AskedBody, frozen=True, kw_only=True):
    """An order with the work field by field, as records.Wanted."""

    service: ServiceType = ServiceType.LOAN
    title: Line | None = None
    author: Line | None = None
    record_id: Line | None = None
    identifiers: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=20)] = ()
    edition: Line | None = None
    volumes: Annotated[tuple[Line, ...], msgspec.Meta(max_length=50)] = ()
    issue: Line | None = None
    pages: Line | None = None
    article_title: Line | None = None
    article_author: Line | None = None
    publisher: Line | None = None
    published: Line | None = None
    series: Line | None = None


TEXTS: Final = (
    "title", "author", "record_id", "edition", "issue", "pages", "article_title", "article_author", "publisher", "published", "series",
)  # fmt: skip
"""The fields of a work that are one text."""


class LinkBody(AskedBody, frozen=True, kw_only=True):
    """An order with the work as an OpenURL."""

    openurl: Annotated[str, msgspec.Meta(max_length=65_536)]
    service: ServiceType | None = None
    """In place of what the link says."""


class OrderPlaced(msgspec.Struct, frozen=True, kw_only=True):
    """The request that an order made, now or before."""

    request: str
    state: State
    is_new: bool
    copyright: str | None
    """The compliance that a copy is asked for under."""
    warnings: tuple[str, ...]
    words: str


class OrderListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How a list of orders is taken."""

    preview: bool = False
    """Say what would be imported, and write nothing."""
    format: Literal["json", "csv", "text"] = "json"
    """Of a preview: csv is a list to mend the file by, text is in lines."""


class OrderPreviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What a row of a list asks for. Nothing of its customer."""

    row: int
    service: str
    title: str | None
    identifiers: tuple[Identifier, ...]
    pickup_branch: str
    need_before: datetime | None
    known: str | None
    """The request that the row made before."""


class OrderListPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be imported, and every problem."""

    may_be_imported: bool
    requests: tuple[OrderPreviewed, ...]
    problems: tuple[Problem, ...]


class OrderImported(msgspec.Struct, frozen=True, kw_only=True):
    """The request of a row of a list."""

    row: int
    request: str
    state: State
    is_new: bool


class OrderListImported(msgspec.Struct, frozen=True, kw_only=True):
    """What a list made: requests that are new, and those that the same rows made before."""

    imported: int
    known: int
    requests: tuple[OrderImported, ...]
    problems: tuple[Problem, ...]
    """Warnings."""


class CardChecked(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a card's owner may borrow, as the circulation system says (63); None if it can't be asked."""

    may_borrow: bool | None
    words: str


class DoubtShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in the way of an order, and whether whoever sends it may set it aside at once."""

    concern: Concern
    words: str
    may_be_set_aside: bool


class OrderForeseen(msgspec.Struct, frozen=True, kw_only=True):
    """What an order would meet if it were sent now."""

    doubts: tuple[DoubtShown, ...]
    not_checked: tuple[str, ...]
    """What could not be looked at now; the order can be sent all the same, and is looked at before it goes out."""
    copyright: str | None
    """The compliance that a copy would be asked for under."""
    warnings: tuple[str, ...]


Typed = Annotated[str, msgspec.Meta(max_length=2000)]
"""A field of a form as it was typed; empty where nothing was."""


class TypedWork(msgspec.Struct, frozen=True, kw_only=True):
    """A work as it stands in a form."""

    service: ServiceType = ServiceType.LOAN
    numbers: Typed = ""
    """ISBN, ISSN, OCLC number, DOI …, several divided by commas, each with its kind before it or bare."""
    title: Typed = ""
    author: Typed = ""
    published: Typed = ""
    edition: Typed = ""
    volume: Typed = ""
    publisher: Typed = ""
    series: Typed = ""
    article_title: Typed = ""
    article_author: Typed = ""
    issue: Typed = ""
    pages: Typed = ""


class TypedOrder(TypedWork, frozen=True, kw_only=True):
    """An order as it stands in a form."""

    customer: Typed = ""
    pickup_branch: Typed = ""
    need_before: Typed = ""
    level: Typed = ""
    note: Typed = ""
    max_cost: Typed = ""
    """An amount, as “25.00 USD”; without a currency it is in our own."""
    copyright: Typed = ""
    this_edition: bool = False
    """No other edition will do."""
    waived: tuple[Concern, ...] = ()


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a link says of a work, to fill a form with."""

    work: TypedWork
    note: str | None
    """What the link says besides, for the lender."""
    warnings: tuple[str, ...]


class WorksQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: numbers as they are typed, or words of the title."""

    numbers: Annotated[str, msgspec.Meta(max_length=500)] = ""
    title: Annotated[str, msgspec.Meta(max_length=500)] = ""
    author: Annotated[str, msgspec.Meta(max_length=500)] = ""


class WorkFound(TypedWork, frozen=True, kw_only=True):
    """A work to choose from, as it would stand in a form."""

    where: tuple[str, ...] = ()
    """The libraries whose catalogues have it; nothing where it is ours alone."""
    is_ours: bool = False
    parts: tuple[str, ...] = ()
    """The captions of its parts, where it has parts: volumes of a set, years of a periodical."""


class WorksFound(msgspec.Struct, frozen=True, kw_only=True):
    """The works to choose from, each once, ours first, and our copies of them."""

    works: tuple[WorkFound, ...]
    copies: tuple[Copy, ...]
    branches: Mapping[str, str]
    """Names of branches by their codes."""
    words: str
    """How it was looked for."""
    warnings: tuple[str, ...]
    """What is odd about the numbers."""


class Choice(msgspec.Struct, frozen=True):
    """One of the values that a field takes, in words."""

    value: str
    words: str


class OrderChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields of an order take."""

    branches: tuple[Choice, ...]
    """Where it can be picked up; empty: anywhere."""
    usual_branch: str | None
    services: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    copyrights: tuple[Choice, ...]
    own_currency: str
    """An amount without a currency is in this one."""
