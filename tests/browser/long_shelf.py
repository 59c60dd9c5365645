"""A shelf of forty books beside the demonstration's own, so that a cart can be filled: each has a title of its own."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import structs
from stdnum import ean, luhn

from gateway.demo.acs.collection import Collection, demonstration_collection, item_list_csv, state_at
from gateway.demo.acs.records import Item, Title
from gateway.demo.stage.house import House

BRANCH: Final = "EXC"


def _title(number: int) -> Title:
    isbn = f"978000000{500 + number}"
    return Title(
        record_id=f"long{number}",
        title=f"Volume {number} of the Shelf That Never Ends",
        author="Placeholder, Ada",
        call_number=f"800 {number}",
        isbn=isbn + ean.calc_check_digit(isbn),
    )


def _copy(title: Title, number: int) -> Item:
    barcode = f"30000000007{number}"
    barcode += luhn.calc_check_digit(barcode)
    return Item(barcode=barcode, record_id=title.record_id, branch=BRANCH, item_type="BOOK", location=BRANCH)


TITLES: Final = {number: _title(number) for number in range(10, 50)}
BOOKS: Final = {_copy(title, number).barcode: title for number, title in TITLES.items()}
"""What is on it, by barcode."""


def _with_shelf() -> Collection:
    own = demonstration_collection()
    items = tuple(_copy(title, number) for number, title in TITLES.items())
    return structs.replace(own, titles=(*own.titles, *TITLES.values()), items=(*own.items, *items))


def put_up(house: House) -> None:
    """Let the circulation system of a house that does not run yet begin with it."""
    books = state_at(_with_shelf(), datetime.now(UTC))
    (house.directory / "acs-books.json").write_bytes(msgspec.json.encode(books))


def list_items(house: House) -> None:
    """Give the gateway the list of the items, in place of the demonstration's own."""
    path = house.directory / "items.csv"
    path.write_text(item_list_csv(_with_shelf()), encoding="utf-8")
    house.command("items", "import", str(path))
