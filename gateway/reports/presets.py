"""Reports that are asked for again and again: which lines of which figures, under the words of whoever asks. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.reports.booked import TOTAL
from gateway.workflow.values import Record


class PresetLine(Record, frozen=True, kw_only=True):
    """One number of a report: where it stands among the figures. Of money, whose row is `TOTAL`, one for each currency."""

    words: str
    figure: str
    row: str = "total"
    column: str = "count"
    part: str = ""
    """The heading below which it stands; of a report without parts none."""


class Preset(Record, frozen=True, kw_only=True):
    """A report: what it is for, what to know about it, its lines in order."""

    name: str
    title: str
    about: str
    lines: tuple[PresetLine, ...]


def _line(words: str, figure: str, row: str = "total", column: str = "count") -> PresetLine:
    return PresetLine(words=words, figure=figure, row=row, column=column)


def _part(words: str, *lines: PresetLine) -> tuple[PresetLine, ...]:
    """Put lines below a heading."""
    return tuple(msgspec.structs.replace(line, part=words) for line in lines)


_BY_SERVICE: Final = (
    _line("Loans provided to other libraries", "provided", "returnables"),
    _line("Copies provided to other libraries", "provided", "non-returnables"),
    _line("Loans received from other libraries", "received", "returnables"),
    _line("Copies received from other libraries", "received", "non-returnables"),
)
_MONEY: Final = (
    *_part(
        "What other libraries owe us",
        _line("Billed to other libraries", "bills", TOTAL, "billed"),
        _line("Credited to other libraries", "bills", TOTAL, "credited"),
        _line("Paid by other libraries", "bills", TOTAL, "paid"),
        _line("Waived to other libraries", "bills", TOTAL, "waived"),
        _line("Owed by other libraries at the end of the period", "open-bills", TOTAL, "open"),
        _line("Owed by other libraries for 90 days and more", "open-bills", TOTAL, "older"),
        _line("Owed by other libraries and disputed", "open-bills", TOTAL, "disputed"),
    ),
    *_part(
        "What we owe lenders",
        _line("Asked of us by lenders", "lenders-invoices", TOTAL, "asked"),
        _line("Not owed to lenders after all", "lenders-invoices", TOTAL, "let-off"),
        _line("Paid to lenders", "lenders-invoices", TOTAL, "paid"),
        _line("Owed to lenders at the end of the period", "owed-to-lenders", TOTAL, "open"),
        _line("Owed to lenders and disputed by us", "owed-to-lenders", TOTAL, "disputed"),
    ),
)
ANNUAL: Final = Preset(
    name="annual",
    title="Annual report for IMLS and the state library",
    about=(
        "The two numbers of the Public Libraries Survey (data elements 575 and 576), which state libraries ask for, what they are made of, and the money "
        "that went with them, each currency apart. "
        "Their period is the fiscal year that the state reports on: check that it is yours."
    ),
    lines=(
        *_part(
            "What went out and came in",
            _line("575 Interlibrary loans provided to other libraries", "provided"),
            _line("576 Interlibrary loans received from other libraries", "received"),
            *_BY_SERVICE,
        ),
        *_part(
            "What was asked for, and filled",
            _line("Requests from other libraries", "came", column="lending"),
            _line("Fill rate for other libraries", "fill-lending", column="rate"),
            _line("Requests of our customers", "came", column="borrowing"),
            _line("Fill rate for our customers", "fill-borrowing", column="rate"),
        ),
        *_MONEY,
    ),
)
ARL: Final = Preset(
    name="arl",
    title="ARL statistics",
    about=(
        "Filled requests provided to other libraries and received from them, returnables and non-returnables together as ARL counts them, and apart. "
        "What was served from our own shelves, and what goes between branches, is not among them."
    ),
    lines=(
        _line("Filled requests provided to other libraries", "provided"),
        _line("Filled requests received from other libraries", "received"),
        *_BY_SERVICE,
    ),
)
BOARD: Final = Preset(
    name="board",
    title="Page for the board",
    about="The month on one page: what went out and came in, how much was filled, and how long people waited.",
    lines=(
        _line("Provided to other libraries", "provided"),
        _line("Received from other libraries", "received"),
        _line("Filled for other libraries", "fill-lending", column="rate"),
        _line("Filled for our customers", "fill-borrowing", column="rate"),
        _line(
            "Half of other libraries' loans shipped within, days",
            "turnaround-lending",
            "days-to-supply/returnables",
            "median",
        ),
        _line(
            "Half of our customers' loans here within, days",
            "turnaround-borrowing",
            "days-to-receive/returnables",
            "median",
        ),
        _line(
            "Nine of ten of our customers' loans here within, days",
            "turnaround-borrowing",
            "days-to-receive/returnables",
            "p90",
        ),
        _line("Lending that ended without a person's decision", "by-itself", "lending", "share"),
    ),
)
PRESETS: Final[Mapping[str, Preset]] = {preset.name: preset for preset in (ANNUAL, ARL, BOARD)}
