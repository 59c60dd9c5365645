"""What stands around the rows of a workbook (workbook.py)."""

import msgspec


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above the rows."""

    title: str
    headings: tuple[str, ...]
    rates: tuple[int, ...] = ()
    """Columns whose numbers are shares."""
    notes: tuple[str, ...] = ()
    """Sentences on a sheet of their own, such as definitions."""
