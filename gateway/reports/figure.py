"""What a figure is: its definition in words beside what is asked of the facts and how the answers become rows. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from gateway.workflow.booked import Booked, OpenBill, WhoseBooks
from gateway.workflow.facts import ActsCounted
from gateway.workflow.questions import Counts, FactsQuestion, HowLong, Key, Only, Part, Stretches, WorkBy
from gateway.workflow.records import Role
from gateway.workflow.values import Record


class Unit(StrEnum):
    """What the cells of a column are."""

    COUNT = "count"
    RATE = "rate"
    """A share, from 0 to 1."""
    DAYS = "days"
    AMOUNT = "amount"
    """As text, with all digits of the row's currency."""
    WORDS = "words"


Cell = int | float | str | None
"""None: there is nothing to say, as a median of nothing."""


class Opens(StrEnum):
    """What stands behind a number: the last word of its address."""

    NOTHING = "nothing"
    REQUESTS = "requests"
    ENTRIES = "entries"
    """What was booked of bills or invoices, or those on which something was owed."""


OF_LINE: Final = "of its line"


class Column(Record, frozen=True, kw_only=True):
    """A column, and what stands behind its numbers: at the most one of requests, lines that were booked, bills that were open."""

    name: str
    words: str
    unit: Unit = Unit.COUNT
    behind: str = ""
    """The question whose requests stand behind its numbers; `OF_LINE` where each line has one of its own."""
    only: tuple[Only, ...] = ()
    """Which of them."""
    booked: Mapping[str, int] = {}
    """The kinds of booked lines that it adds up, with their signs."""
    still_open: Callable[[OpenBill, date], bool] | None = None
    """Which of the bills that were open on a day it adds up."""
    no_list: str = ""
    """Why nothing can be opened behind its counts, in words for whoever would."""

    @property
    def opens(self) -> Opens:
        """What stands behind it."""
        if self.booked or self.still_open:
            return Opens.ENTRIES
        return Opens.REQUESTS if self.behind else Opens.NOTHING

    def of_open(self, bills: Iterable[OpenBill], last: date) -> Sequence[OpenBill]:
        """Return those of the bills that were open at the end of a day that the column adds up."""
        return [bill for bill in bills if self.still_open and self.still_open(bill, last)]


class FigureRow(Record, frozen=True, kw_only=True):
    """A line: what it is about, a cell for each column, and which of the requests are behind it."""

    name: str
    """Steady, for scripts and to find the same line of another period."""
    words: str
    currency: str = ""
    """Behind the words, where a line is of one currency."""
    part: Part | None = None
    """`words` is a value of this part, for which people have other words: a partner's or a branch's."""
    cells: tuple[Cell, ...]
    only: tuple[Only, ...] = ()
    behind: str = ""
    """Its own question, of a column whose numbers are `OF_LINE`."""
    is_total: bool = False


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What the facts say to the questions of a figure, of one period."""

    counts: Mapping[str, Counts] = {}
    stretches: Mapping[str, Stretches] = {}
    work: tuple[ActsCounted, ...] = ()
    faults: Mapping[str, int] = {}
    """Failed exchanges, by partner."""
    booked: Booked = {}
    open_bills: tuple[OpenBill, ...] = ()
    """At the end of the period."""
    last: date | None = None
    """The period's last day."""


class Group(StrEnum):
    """What figures are about; a page of each."""

    SUPPLY = "supply"
    FILL = "fill"
    TIME = "time"
    REASONS = "reasons"
    PARTNERS = "partners"
    WORK = "work"
    MONEY = "money"
    TRUST = "trust"


class Figure(Record, frozen=True, kw_only=True):
    """A figure: what it is called, how it is counted, what is asked for it, and what is made of the answers."""

    name: str
    group: Group
    title: str
    definition: str
    columns: tuple[Column, ...]
    headline: str
    """The column that is shown beside the period before and the same a year ago, and drawn."""
    questions: Mapping[str, FactsQuestion | HowLong] = {}
    make: Callable[[Answers], Sequence[FigureRow]]
    adds_up: bool = True
    """Whether the counts of months come to that of their year; rates, medians and what is counted by arrival don't claim to."""
    needs_work: WorkBy | None = None
    needs_faults: bool = False
    books: WhoseBooks | None = None
    """Whose books it is counted from."""

    @property
    def needs_booked(self) -> bool:
        """Whether it adds up what was booked."""
        return any(column.booked for column in self.columns)

    @property
    def needs_open(self) -> bool:
        """Whether it adds up what was open."""
        return any(column.still_open for column in self.columns)

    def column(self, name: str) -> int:
        """Return the place of a column."""
        return next(place for place, column in enumerate(self.columns) if column.name == name)


LENDING: Final = Only(part=Part.ROLE, values=(Role.LENDING.value,))
BORROWING: Final = Only(part=Part.ROLE, values=(Role.BORROWING.value,))
OTHERS: Final = Only(part=Part.OWN, values=("0",))
"""Libraries outside our own administration."""
SERVICES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "returnables": ("Returnables (loans)", ("Loan", "CopyOrLoan")),
    "non-returnables": ("Non-returnables (copies)", ("Copy",)),
}
"""Name of a line, its words, and the services that it is about."""


def summed(counts: Counts, place: int = 0, values: Iterable[str] | None = None) -> int:
    """Add up what has one of these values at a place of its key; all of it without any."""
    wanted = None if values is None else set(values)
    return sum(count for key, count in counts.items() if wanted is None or key[place] in wanted)


def by_value(counts: Counts) -> dict[str, int]:
    """Add up by the first value of their keys, the largest first."""
    found: dict[str, int] = {}
    for (first, *_), count in counts.items():
        found[first] = found.get(first, 0) + count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def split(counts: Counts) -> dict[str, dict[Key, int]]:
    """Part counts by the first value of their keys, with the rest of the key."""
    found: dict[str, dict[Key, int]] = {}
    for (first, *rest), count in counts.items():
        found.setdefault(first, {})[tuple(rest)] = count
    return found


def share(part: int, whole: int) -> float | None:
    """Return a share; None of nothing."""
    return part / whole if whole else None


def total(columns: Sequence[Column], rows: Sequence[FigureRow]) -> FigureRow:
    """Return the line below that adds up the counts; other cells stay empty."""
    cells = tuple(
        sum(int(row.cells[place] or 0) for row in rows) if column.unit is Unit.COUNT else None
        for place, column in enumerate(columns)
    )
    return FigureRow(name="total", words="Total", cells=cells, is_total=True)
