"""The demonstration libraries' data: fictional titles, items and accounts, each library's in a file, in one place for all.

A circulation system starts from one, and the gateway's local item list is exported from it, so that the two agree.
Days are relative to the moment of the start, because a printed due date would soon be in the past.
"""

import csv
import io
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from gateway.demo.acs.records import Branch, Customer, Hold, Item, ItemType, Loan, State, Title

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

POOL_TYPE = "ILL"
"""The item type of the barcodes that stand for borrowed items: on the circulation system, never in the item list."""


class CollectionName(StrEnum):
    """Whose data."""

    VALLEY = "valley"
    """Example Valley Library: three branches, every circulation status, and a pool of barcodes for borrowed items."""
    HILLS = "hills"
    """Specimen Hills Library: a few works that the other does not have."""


_FILES = {CollectionName.VALLEY: "collection.json", CollectionName.HILLS: "collection_hills.json"}


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
    """The tables of a library's file."""

    branches: tuple[Branch, ...]
    item_types: tuple[ItemType, ...]
    titles: tuple[Title, ...]
    items: tuple[Item, ...]
    customers: tuple[Customer, ...]
    loans: tuple[LoanRow, ...]
    holds: tuple[HoldRow, ...]


@cache
def demonstration_collection(name: CollectionName = CollectionName.VALLEY) -> Collection:
    """The tables, read once."""
    return msgspec.json.decode((files("gateway.demo.acs") / _FILES[name]).read_bytes(), type=Collection)


def pool_barcodes(collection: Collection) -> tuple[str, ...]:
    """The barcodes that stand for borrowed items."""
    return tuple(item.barcode for item in collection.items if item.item_type == POOL_TYPE)


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
    """What the library owns, as the gateway's item list import reads it: a header of ITEM_LIST_COLUMNS, a line per item."""
    titles = {row.record_id: row for row in collection.titles}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(ITEM_LIST_COLUMNS)
    owned = (item for item in collection.items if item.item_type != POOL_TYPE)
    writer.writerows(_list_row(item, titles[item.record_id]) for item in owned)
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
