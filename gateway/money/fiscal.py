"""Fiscal years and the numbers of papers. Pure."""

from datetime import date
from typing import Final

JULY_1: Final = (7, 1)
_JANUARY_1: Final = (1, 1)


def fiscal_year(day: date, begins: tuple[int, int]) -> int:
    """Return the fiscal year of a day, named after the calendar year in which it ends: with July 1, 2026-07-01 is of 2027."""
    is_calendar_year = begins == _JANUARY_1
    return day.year if is_calendar_year or (day.month, day.day) < begins else day.year + 1


def paper_number(series: str, year: int, number: int) -> str:
    """Write a number as papers show it, such as `INV-2027-00012`."""
    return f"{series}-{year}-{number:05d}"
