"""Charts as SVG, made here: bars for the lines of a figure, columns for its months. Every number is written at its bar; nothing is said by colour. Pure."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from gateway.desk.structs.statistics import MonthShown, StatisticShown
from gateway.pages.words import figure_words

WIDE: Final = 400
MOST_BARS: Final = 12
_BAR, _STEP, _TOP = 12, 34, 8
_COLUMN_TOP, _COLUMN_HEIGHT = 18, 120
_LABEL: Final = 46
"""Characters of a line's words that there is room for."""

_SVG: Final = Markup(
    '<svg class="chart" viewBox="0 0 {wide} {high}" role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
)
_TEXT: Final = Markup('<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{text}</text>')
_RECT: Final = Markup('<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" class="{kind}"/>')


def bars(figure: StatisticShown) -> Markup:
    """Draw the headline of each line, with the period before as a frame behind it; nothing if there are no numbers."""
    place = next(number for number, column in enumerate(figure.columns) if column.name == figure.headline)
    column = figure.columns[place]
    rows = [row for row in figure.rows if not row.is_total and isinstance(row.cells[place], int | float)][:MOST_BARS]
    numbers = [_number(row.cells[place]) for row in rows]
    befores = [_number(row.before) for row in rows]
    most = max((*numbers, *befores), default=0)
    if not most:
        return Markup("")
    scale = (WIDE - 90) / most
    inside = Markup("").join(
        _bar(
            _TOP + number * _STEP,
            row.words,
            (value * scale, before * scale),
            figure_words(row.cells[place], column.unit),
        )
        for number, (row, value, before) in enumerate(zip(rows, numbers, befores, strict=True))
    )
    label = f"{figure.title}: {column.words}"
    return _SVG.format(wide=WIDE, high=_TOP + len(rows) * _STEP, label=label, inside=inside)


def _bar(top: float, words: str, lengths: tuple[float, float], told: str) -> Markup:
    name = words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
    now, before = lengths
    bar_top = top + 14
    return Markup("").join(
        (
            _TEXT.format(x=0, y=top + 9, kind="name", text=name),
            _RECT.format(x=0.5, y=bar_top - 1.5, wide=max(before, 0), high=_BAR + 3, kind="before"),
            _RECT.format(x=0.5, y=bar_top, wide=max(now, 0.5), high=_BAR, kind="bar"),
            _TEXT.format(x=max(now, before) + 6, y=bar_top + 10, kind="value", text=told),
        )
    )


def columns(title: str, months: Sequence[MonthShown]) -> Markup:
    """Draw months as columns, a number above each; nothing if all are 0."""
    most = max((month.count for month in months), default=0)
    if not most:
        return Markup("")
    step = WIDE / len(months)
    inside = Markup("").join(
        _column(number * step, step, month, _COLUMN_HEIGHT * max(month.count, 0) / most, len(months))
        for number, month in enumerate(months)
    )
    label = f"{title}, month by month"
    return _SVG.format(wide=WIDE, high=_COLUMN_TOP + _COLUMN_HEIGHT + 18, label=label, inside=inside)


def _column(left: float, step: float, month: MonthShown, high: float, count: int) -> Markup:
    bottom, middle = _COLUMN_TOP + _COLUMN_HEIGHT, left + step / 2
    words = month.words.split()[0] if count > 1 else month.words
    told = count <= WIDE // 28
    return Markup("").join(
        (
            _RECT.format(x=left + step * 0.15, y=bottom - high, wide=step * 0.7, high=max(high, 0.5), kind="bar"),
            _TEXT.format(x=middle, y=bottom - high - 4, kind="value middle", text=f"{month.count:,}")
            if told
            else Markup(""),
            _TEXT.format(x=middle, y=bottom + 12, kind="name middle", text=words) if told else Markup(""),
        )
    )


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
