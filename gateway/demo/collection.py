"""The demonstration library's data: fictional titles, items and accounts, from collection.json, in one place for all.

The circulation system starts from it, and the gateway's local item list is exported from it, so that the two agree.
Days are relative to the moment of the start, because a printed due date would soon be in the past.
"""

import csv
import io
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import msgspec

from gateway.demo.records import Branch, Customer, Hold, Item, ItemType, Loan, State, Title

ITEM_LIST_COLUMNS = (
    "item_barcode",
    "title",
    "author",
    "isbn",
    "issn",
    "oclc",
    "record_id",
    "branch",
    "call_number",
    "item_type",
)


class LoanRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A loan that stands at the start."""

    item: str
    customer: str
    due_in_days: int
    recalled: bool = False


class HoldRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hold that stands at the start."""

    customer: str
    record_id: str
    item: str | None
    pickup: str
    expires_in_days: int | None = None
    trapped: str | None = None


class Collection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of collection.json."""

    branches: tuple[Branch, ...]
    item_types: tuple[ItemType, ...]
    titles: tuple[Title, ...]
    items: tuple[Item, ...]
    customers: tuple[Customer, ...]
    loans: tuple[LoanRow, ...]
    holds: tuple[HoldRow, ...]


@cache
def demonstration_collection() -> Collection:
    """The tables, read once."""
    return msgspec.json.decode((files("gateway.demo") / "collection.json").read_bytes(), type=Collection)


def state_at(collection: Collection, now: datetime) -> State:
    """The books as they stand when the library opens at `now` (aware, in the library's zone)."""
    today = now.replace(hour=23, minute=59, second=0, microsecond=0)
    holds = [_hold(number, row, today, now) for number, row in enumerate(collection.holds, 1)]
    return State(
        branches={row.code: row for row in collection.branches},
        item_types={row.code: row for row in collection.item_types},
        titles={row.record_id: row for row in collection.titles},
        items={row.barcode: row for row in collection.items},
        customers={row.barcode: row for row in collection.customers},
        loans={
            row.item: Loan(row.item, row.customer, today + timedelta(days=row.due_in_days), recalled=row.recalled)
            for row in collection.loans
        },
        holds={hold.number: hold for hold in holds},
        holds_numbered=len(holds),
    )


def item_list_csv(collection: Collection) -> str:
    """Every item as the gateway's item list import reads it: a header of ITEM_LIST_COLUMNS, then a line per item."""
    titles = {row.record_id: row for row in collection.titles}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(ITEM_LIST_COLUMNS)
    writer.writerows(_list_row(item, titles[item.record_id]) for item in collection.items)
    return out.getvalue()


def _list_row(item: Item, title: Title) -> tuple[str, ...]:
    return (
        item.barcode,
        title.title,
        title.author,
        title.isbn,
        title.issn,
        title.oclc,
        title.record_id,
        item.branch,
        title.call_number,
        item.item_type,
    )


def _hold(number: int, row: HoldRow, today: datetime, now: datetime) -> Hold:
    expires = None if row.expires_in_days is None else today + timedelta(days=row.expires_in_days)
    return Hold(number, row.customer, row.record_id, row.item, row.pickup, now, expires, row.trapped)
