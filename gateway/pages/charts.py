"""Charts as SVG, made here: bars for the lines of a figure and for its months. Every number is written at its bar; nothing is said by colour. Pure.

Money has a chart for each currency: amounts of two are never drawn to one scale. Lengths alone are floats, and what is written is the exact amount.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from markupsafe import Markup

from gateway.desk.structs.statistics import Cell, MonthShown, RowShown, StatisticShown
from gateway.pages.words import figure_words

WIDE: Final = 400
MOST_BARS: Final = 12
MOST_LINES: Final = 24
"""Months of money that have a line each; of more than that, columns show the course alone."""
_BAR, _STEP, _TOP = 12, 34, 8
_COLUMN_TOP, _COLUMN_HEIGHT = 18, 120
_LABEL: Final = 46
"""Characters of a line's words that there is room for."""
_CHARACTER: Final = 6.7
"""The width of a bold digit, as much as any."""
_NUMBER: Final = 90
"""What a number has room for at the least."""
_MONTH: Final = 62

_SVG: Final = Markup(
    '<svg class="chart" viewBox="0 0 {wide} {high}" role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
)
_TEXT: Final = Markup('<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{text}</text>')
_RECT: Final = Markup('<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" class="{kind}"/>')


class Drawn(NamedTuple):
    """A chart: of which currency, "" of counts; how many lines it has no room for; and the months that it draws, if it does."""

    currency: str
    svg: Markup
    left_out: int = 0
    months: tuple[MonthShown, ...] = ()

    @property
    def has_numbers(self) -> bool:
        """Whether the numbers stand in it; else its table alone has them, on paper too."""
        return 'class="value' in self.svg


def drawn(figure: StatisticShown) -> Sequence[Drawn]:
    """Return the charts of a figure: its lines and then its months, of money for one currency after the other."""
    found = (*bars(figure), *months(figure))
    currencies = dict.fromkeys(each.currency for each in found)
    return [each for currency in currencies for each in found if each.currency == currency]


def bars(figure: StatisticShown) -> Sequence[Drawn]:
    """Draw the headline of each line, with the period before as a frame behind it; nothing if there are no numbers."""
    place = next(number for number, column in enumerate(figure.columns) if column.name == figure.headline)
    rows = [row for row in figure.rows if not row.is_total and row.cells[place] is not None]
    parts = [
        (currency, [row for row in rows if row.currency == currency])
        for currency in dict.fromkeys(row.currency for row in rows)
    ]
    return [drawn for currency, of_one in parts if (drawn := _bars(figure, place, currency, of_one))]


def _bars(figure: StatisticShown, place: int, currency: str, rows: Sequence[RowShown]) -> Drawn | None:
    """Draw lines of one currency, of money the highest first."""
    if currency:
        rows = sorted(rows, key=lambda row: -_number(row.cells[place]))
    shown, column = rows[:MOST_BARS], figure.columns[place]
    told = [figure_words(row.cells[place], column.unit) for row in shown]
    lengths = _lengths([(row.cells[place], row.before) for row in shown], WIDE - _room(told))
    if not lengths:
        return None
    inside = Markup("").join(
        _bar(_TOP + number * _STEP, row.words, both, words)
        for number, (row, both, words) in enumerate(zip(shown, lengths, told, strict=True))
    )
    label = ", ".join(filter(None, (f"{figure.title}: {column.words}", currency)))
    svg = _SVG.format(wide=WIDE, high=_TOP + len(shown) * _STEP, label=label, inside=inside)
    return Drawn(currency, svg, left_out=len(rows) - len(shown))


def _lengths(cells: Sequence[tuple[Cell, Cell]], room: float) -> list[tuple[float, float]]:
    """Return how long the bars of pairs of numbers are, drawn to one scale; nothing if none is above 0."""
    numbers = [(_number(now), _number(before)) for now, before in cells]
    most = max((each for pair in numbers for each in pair), default=Decimal(0))
    if most <= 0:
        return []
    return [(float(now / most) * room, float(before / most) * room) for now, before in numbers]


def _room(told: Sequence[str]) -> float:
    """Return how wide the longest of the numbers is, behind its bar."""
    return max((_NUMBER, *(len(words) * _CHARACTER + 10 for words in told)))


def _bar(top: float, words: str, lengths: tuple[float, float], told: str) -> Markup:
    name = words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
    now, before = lengths
    bar_top = top + 14
    return Markup("").join(
        (
            _TEXT.format(x=0, y=top + 9, kind="name", text=name),
            _RECT.format(x=0.5, y=bar_top - 1.5, wide=max(before, 0), high=_BAR + 3, kind="before"),
            _RECT.format(x=0.5, y=bar_top, wide=max(now, 0.5), high=_BAR, kind="bar"),
            _TEXT.format(x=max(now, before, 0) + 6, y=bar_top + 10, kind="value", text=told),
        )
    )


def months(figure: StatisticShown) -> Sequence[Drawn]:
    """Draw the headline month by month, of money each currency apart; nothing where all of it is 0."""
    column = next(column for column in figure.columns if column.name == figure.headline)
    found = []
    for currency in dict.fromkeys(month.currency for month in figure.months):
        of_one = tuple(month for month in figure.months if month.currency == currency)
        label = ", ".join(filter(None, (f"{figure.title}, month by month", currency)))
        draw = _lines if column.unit == "amount" and len(of_one) <= MOST_LINES else columns
        if svg := draw(label, of_one):
            found.append(Drawn(currency, svg, months=of_one))
    return found


def _lines(label: str, of_one: Sequence[MonthShown]) -> Markup:
    """Draw months as bars below each other: an amount has no room above a column."""
    told = [figure_words(month.value, "amount") for month in of_one]
    lengths = _lengths([(month.value, None) for month in of_one], WIDE - _MONTH - _room(told))
    step = _BAR + 5
    inside = (
        Markup("").join(
            _line(number * step, month.words, now, words)
            for number, (month, (now, _), words) in enumerate(zip(of_one, lengths, told, strict=True))
        )
        if lengths
        else Markup("")
    )
    return _SVG.format(wide=WIDE, high=len(of_one) * step, label=label, inside=inside) if inside else inside


def _line(top: float, words: str, now: float, told: str) -> Markup:
    return Markup("").join(
        (
            _TEXT.format(x=0, y=top + 10, kind="name", text=words),
            _RECT.format(x=_MONTH, y=top, wide=max(now, 0.5), high=_BAR, kind="bar"),
            _TEXT.format(x=_MONTH + max(now, 0) + 6, y=top + 10, kind="value", text=told),
        )
    )


def columns(label: str, of_one: Sequence[MonthShown]) -> Markup:
    """Draw months as columns, a number above each; nothing if all are 0."""
    lengths = _lengths([(month.value, None) for month in of_one], _COLUMN_HEIGHT)
    if not lengths:
        return Markup("")
    step = WIDE / len(of_one)
    inside = Markup("").join(
        _column(number * step, step, month, max(high, 0), len(of_one))
        for number, (month, (high, _)) in enumerate(zip(of_one, lengths, strict=True))
    )
    return _SVG.format(wide=WIDE, high=_COLUMN_TOP + _COLUMN_HEIGHT + 18, label=label, inside=inside)


def _column(left: float, step: float, month: MonthShown, high: float, count: int) -> Markup:
    bottom, middle = _COLUMN_TOP + _COLUMN_HEIGHT, left + step / 2
    words = month.words.split()[0] if count > 1 else month.words
    told = count <= WIDE // 28
    number = figure_words(month.value, "count")
    return Markup("").join(
        (
            _RECT.format(x=left + step * 0.15, y=bottom - high, wide=step * 0.7, high=max(high, 0.5), kind="bar"),
            _TEXT.format(x=middle, y=bottom - high - 4, kind="value middle", text=number) if told else Markup(""),
            _TEXT.format(x=middle, y=bottom + 12, kind="name middle", text=words) if told else Markup(""),
        )
    )


def _number(cell: Cell) -> Decimal:
    return Decimal(0) if cell is None else Decimal(str(cell))
