"""What a request looks like in a list: lines of `GET requests`, rows of the worklists. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from gateway.documents.lists import shelf_key
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, ItemPlace, LendingState, PostalAddress, Request

S = LendingState


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of requests."""

    id: str
    state: str
    state_since: datetime
    updated_at: datetime
    title: str | None
    author: str | None
    partner: str | None
    """Its name, where the partner is known; else the requesting agency's symbol."""
    partner_request_id: str
    item_barcodes: tuple[str, ...]
    due_at: datetime | None


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a worklist: where it stands, and where it goes."""

    request: str
    state: str
    state_since: datetime
    partner: str | None
    address: PostalAddress | None
    title: str | None
    author: str | None
    item_barcode: str | None
    """None where the request has no item, as when staff forced its state."""
    branch: str | None
    call_number: str | None
    due_at: datetime | None


class ListName(StrEnum):
    """The worklists, by the name they are asked for with."""

    PULL = "pull"
    TO_SHIP = "to-ship"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_TOLD = "checked-out-not-told"


class ListRule(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a worklist: requests in these states without the items that are done with, in this order."""

    words: str
    states: tuple[LendingState, ...]
    done: frozenset[ItemPlace]
    fits: Callable[[ListRow, datetime, datetime], bool] = lambda _row, _now, _until: True
    """By row, now, and the end of the days that were asked for."""
    order: Callable[[ListRow], tuple[Any, ...]]


def _by_shelf(row: ListRow) -> tuple[Any, ...]:
    return ((row.branch or "").casefold(), row.branch or "", *shelf_key(row.call_number), row.item_barcode or "")


def _by_wait(row: ListRow) -> tuple[Any, ...]:
    return (row.state_since, row.request)


def _by_due_date(row: ListRow) -> tuple[Any, ...]:
    return (row.due_at, row.request)


def _is_due(row: ListRow, now: datetime, until: datetime) -> bool:
    return row.due_at is not None and now <= row.due_at <= until


def _is_overdue(row: ListRow, now: datetime, _until: datetime) -> bool:
    return row.due_at is not None and row.due_at < now


_OUT = (S.LOANED, S.RENEWING, S.OVERDUE, S.RECALLED, S.RETURNING, S.CHECKING_IN)
_BACK = frozenset({ItemPlace.BACK})
_GONE = frozenset({ItemPlace.OUT, ItemPlace.BACK})

LISTS: Mapping[ListName, ListRule] = {
    ListName.PULL: ListRule(
        words="to fetch from the shelf",
        states=(S.WILL_SUPPLY, S.TO_COPY),
        done=_GONE | {ItemPlace.AT_DESK},
        order=_by_shelf,
    ),
    ListName.TO_SHIP: ListRule(
        words="at the desk, to check out and send", states=(S.ARRIVED,), done=_GONE, order=_by_wait
    ),
    ListName.DUE: ListRule(words="out and due soon", states=_OUT, done=_BACK, fits=_is_due, order=_by_due_date),
    ListName.OVERDUE: ListRule(
        words="out past the due date", states=_OUT, done=_BACK, fits=_is_overdue, order=_by_due_date
    ),
    ListName.NOT_TOLD: ListRule(
        words="checked out, and the partner doesn't know yet", states=(S.CHECKED_OUT,), done=_BACK, order=_by_wait
    ),
}
"""The worklists (issue "Command line and JSON API"). No customer stands in any of them."""


def request_line(request: Request, partners: Mapping[str, Partner]) -> RequestLine:
    """Make the line of a request."""
    return RequestLine(
        id=request.id,
        state=request.state,
        state_since=request.state_since,
        updated_at=request.updated_at,
        title=request.wanted.title,
        author=request.wanted.author,
        partner=partner_name(request, partners),
        partner_request_id=request.partner_request_id,
        item_barcodes=tuple(item.barcode for item in request.items),
        due_at=request.due_at,
    )


def list_rows(
    rule: ListRule, requests: Iterable[Request], partners: Mapping[str, Partner], now: datetime, until: datetime
) -> tuple[ListRow, ...]:
    """Make the rows of a worklist from requests in the rule's states."""
    rows = (row for request in requests for row in _rows(rule, request, partners))
    return tuple(sorted((row for row in rows if rule.fits(row, now, until)), key=rule.order))


def partner_name(request: Request, partners: Mapping[str, Partner]) -> str:
    """Give the partner's name; the requesting agency's symbol where it isn't one of our partners."""
    partner = partners.get(request.partner or "")
    return partner.name if partner else request.requesting_agency


def address_of(request: Request, partners: Mapping[str, Partner]) -> PostalAddress | None:
    """Give the address that an item goes to: the partner's, else what the request asked for (as the packing slip does)."""
    partner = partners.get(request.partner or "")
    return (partner.address if partner else None) or request.deliver_to


def _rows(rule: ListRule, request: Request, partners: Mapping[str, Partner]) -> Iterable[ListRow]:
    """A row for each item; one without an item where the request has none, as when staff forced its state."""
    items: tuple[Item | None, ...] = request.items or (None,)
    for item in items:
        if item is None or item.place not in rule.done:
            yield _row(request, item, partners)


def _row(request: Request, item: Item | None, partners: Mapping[str, Partner]) -> ListRow:
    return ListRow(
        request=request.id,
        state=request.state,
        state_since=request.state_since,
        partner=partner_name(request, partners),
        address=address_of(request, partners),
        title=(item.copy.title if item else None) or request.wanted.title,
        author=(item.copy.author if item else None) or request.wanted.author,
        item_barcode=item.barcode if item else None,
        branch=item.copy.branch if item else None,
        call_number=item.copy.call_number if item else None,
        due_at=(item.due_at if item else None) or request.due_at,
    )
