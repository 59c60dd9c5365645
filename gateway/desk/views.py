"""What a request looks like in a list: lines of `GET requests`, rows of the worklists. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from gateway.desk.structs.lists import ABOUT, ListName, ListRow
from gateway.desk.structs.requests import RequestLine
from gateway.documents.lists import walking_key
from gateway.documents.words import delivery_address, return_address
from gateway.store.register_port import StateCount
from gateway.workflow.borrowing.groups import HERE
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, ItemPlace, Request, Role, State
from gateway.workflow.values import PostalAddress

S = State


def _by_wait(row: ListRow) -> tuple[Any, ...]:
    return (row.state_since, row.request)


def _by_due_date(row: ListRow) -> tuple[Any, ...]:
    """Rows that `fits` lets through have a due date, but for lists that don't ask."""
    return (row.due_at is None, row.due_at, row.request)


Due = tuple[datetime | None, datetime | None] | None
"""From when until when; see register_port.Sought."""


class ListRule(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a worklist: requests in these states without the items that are done with, in this order."""

    states: tuple[State, ...]
    done: frozenset[ItemPlace] = frozenset()
    fits: Callable[[datetime | None, datetime, datetime], bool] = lambda _due_at, _now, _until: True
    """By due date, now, and the end of the days that were asked for."""
    due: Callable[[datetime, datetime], Due] = lambda _now, _until: None
    """The same, as the register is asked."""
    counted: Callable[[StateCount], int] = lambda states: states.count
    """Which of the requests in one of these states are counted for it: as `fits`, of requests in place of their items."""
    order: Callable[[ListRow], tuple[Any, ...]] = _by_wait

    @property
    def by_due_date(self) -> bool:
        """Whether what is due first comes first; else what waits longest does."""
        return self.order is _by_due_date


def _by_shelf(row: ListRow) -> tuple[Any, ...]:
    return walking_key(row.branch, row.call_number, row.title, row.item_barcode)


def _is_due(due_at: datetime | None, now: datetime, until: datetime) -> bool:
    return due_at is not None and now <= due_at <= until


def _is_overdue(due_at: datetime | None, now: datetime, _until: datetime) -> bool:
    return due_at is not None and due_at < now


def _from_now(now: datetime, until: datetime) -> Due:
    return now, until


def _before_now(now: datetime, _until: datetime) -> Due:
    return None, now - timedelta(microseconds=1)


def _due_soon(states: StateCount) -> int:
    return states.due_soon


def _late(states: StateCount) -> int:
    return states.late


_OUT = (S.LOANED, S.RENEWING, S.OVERDUE, S.RECALLED, S.RETURNING, S.CHECKING_IN, S.LENDING_AGAIN)
_BACK = frozenset({ItemPlace.BACK})
_GONE = frozenset({ItemPlace.OUT, ItemPlace.BACK})


def _ours(*states: State, **more: Any) -> ListRule:
    """A list of what we borrow."""
    return ListRule(states=states, **more)


LISTS: Mapping[ListName, ListRule] = {
    ListName.PULL: ListRule(
        states=(S.WILL_SUPPLY, S.TO_COPY),
        done=_GONE | {ItemPlace.AT_DESK},
        order=_by_shelf,
    ),
    ListName.TO_SHIP: ListRule(states=(S.ARRIVED,), done=_GONE, order=_by_wait),
    ListName.DUE: ListRule(states=_OUT, done=_BACK, fits=_is_due, due=_from_now, counted=_due_soon, order=_by_due_date),
    ListName.OVERDUE: ListRule(
        states=_OUT, done=_BACK, fits=_is_overdue, due=_before_now, counted=_late, order=_by_due_date
    ),
    ListName.NOT_TOLD: ListRule(states=(S.CHECKED_OUT,), done=_BACK, order=_by_wait),
    ListName.STOPPED: _ours(S.DECIDING),
    ListName.CONDITIONS: _ours(S.CONDITIONAL),
    ListName.TO_RECEIVE: _ours(S.ON_ITS_WAY),
    ListName.ON_SHELF: _ours(S.ON_SHELF),
    ListName.WITH_CUSTOMERS: _ours(S.WITH_CUSTOMER, order=_by_due_date),
    ListName.LENDERS_OVERDUE: _ours(*HERE, fits=_is_overdue, due=_before_now, counted=_late, order=_by_due_date),
    ListName.TO_SEND_BACK: _ours(S.TO_RETURN),
    ListName.SENT_BACK: _ours(S.SENT_BACK),
    ListName.COPIES_HERE: _ours(S.COPY_HERE),
    ListName.TO_PAY: _ours(S.LOST),
}
"""The worklists (issue "Command line and JSON API"). No customer stands in any of them. Of what we borrow the due date is the lender's."""


def request_line(request: Request, partners: Mapping[str, Partner]) -> RequestLine:
    """Make the line of a request."""
    return RequestLine(
        id=request.id,
        role=request.role,
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
    name: ListName, requests: Iterable[Request], partners: Mapping[str, Partner], now: datetime, until: datetime
) -> tuple[ListRow, ...]:
    """Make the rows of a worklist from requests in the rule's states; those of the other role that share a state are left out."""
    rule, role = LISTS[name], ABOUT[name].role
    of_role = (request for request in requests if request.role is role)
    rows = (row for request in of_role for row in _rows(rule, request, partners))
    return tuple(sorted((row for row in rows if rule.fits(row.due_at, now, until)), key=rule.order))


def partner_name(request: Request, partners: Mapping[str, Partner]) -> str:
    """Return the partner's name; its symbol where it isn't one of our partners, and nothing where no lender was asked yet."""
    partner = partners.get(request.partner or "")
    symbol = request.supplying_agency if request.role is Role.BORROWING else request.requesting_agency
    return partner.name if partner else symbol


def address_of(request: Request, partners: Mapping[str, Partner]) -> PostalAddress | None:
    """Return the address that an item goes to: what the request asked for, else the partner's (as the packing slip does).

    What we borrow goes back to where the lender said, else to where its record says.
    """
    partner = partners.get(request.partner or "")
    if request.role is Role.BORROWING:
        return return_address(request, partner)
    return delivery_address(request, partner)


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
        branch=item.copy.branch if item else _pickup(request),
        call_number=item.copy.call_number if item else None,
        due_at=_due_at(request, item),
    )


def _pickup(request: Request) -> str | None:
    """Where what we borrow will be picked up, before it has come."""
    return request.borrowing.pickup_branch if request.borrowing else None


def _due_at(request: Request, item: Item | None) -> datetime | None:
    """What we lend is due with its item; what we borrow is due at the lender, whatever date our customer has."""
    if request.role is Role.BORROWING or item is None:
        return request.due_at
    return item.due_at or request.due_at
