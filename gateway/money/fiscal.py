"""Fiscal years and the numbers of papers. Pure."""

from datetime import date
from typing import Final

JULY: Final = 7
_JANUARY: Final = 1


def fiscal_year(day: date, first_month: int = JULY) -> int:
    """Return the fiscal year of a day, named after the calendar year in which it ends: with July first, 2026-07-01 is of 2027."""
    begins_in_january = first_month == _JANUARY
    return day.year if begins_in_january or day.month < first_month else day.year + 1


def paper_number(series: str, year: int, number: int) -> str:
    """Write a number as papers show it, such as `ILL-2027-00012`."""
    return f"{series}-{year}-{number:05d}"
