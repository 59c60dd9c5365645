"""What stands around the rows of a workbook (workbook.py)."""

import msgspec


class NumberCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell with which people reckon, shown in a form of its own: an amount, of which no digit is lost, or a share."""

    number: str
    form: str
    """As workbooks write it: `#,##0.00`."""


class SheetHead(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above the rows."""

    title: str
    headings: tuple[str, ...]
    first_wide: int = 16
    """How wide the first column is, in characters."""
    rates: tuple[int, ...] = ()
    """Columns whose numbers are shares."""
    notes: tuple[str, ...] = ()
    """Sentences on a sheet of their own, such as definitions."""
