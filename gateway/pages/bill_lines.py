"""The lines of a bill as its form has them. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import count
from typing import Final

import msgspec

from gateway.desk.structs.bills import LINES_MAX, WORDS_MAX, LineBody, LineKind, LineShown

MORE_LINES: Final = 2
"""Empty lines at the end of a draft's, for more."""
_UNTYPED: Final = frozenset({"form_token", "seen"})
"""Fields that nobody types."""


def places(given: Mapping[str, str]) -> int:
    """How many lines a form had room for; 0: it is no form of lines."""
    return next(place for place in count() if f"words-{place}" not in given)


def are_as_kept(lines: Sequence[LineBody], kept: Sequence[LineShown]) -> bool:
    """Whether the lines say what is kept already."""
    return [_content(line) for line in lines] == [_content(line) for line in kept]


def _content(line: LineBody | LineShown) -> tuple[LineKind, str, Decimal]:
    return line.kind, line.words, line.amount


def read_lines(given: Mapping[str, str], kept: Sequence[LineShown]) -> tuple[LineBody, ...] | dict[str, str]:
    """The lines of a form, those without words and amount left out; or what is wrong with them, by field."""
    lines, problems = [], {}
    for place in range(places(given)):
        words, amount = (given.get(f"{name}-{place}", "").strip() for name in ("words", "amount"))
        if not (words or amount):
            continue
        if len(words) > WORDS_MAX:
            problems[f"words-{place}"] = f"The words of a line have at most {WORDS_MAX} characters."
            continue
        try:
            lines.append(_line(given.get(f"kind-{place}", ""), words, amount, kept, place))
        except (ValueError, InvalidOperation, msgspec.ValidationError):
            problems[f"amount-{place}"] = "A line needs words and an amount like 12.50."
    if len(lines) > max(LINES_MAX, len(kept)):
        problems[""] = f"A bill has at most {LINES_MAX} lines: write another one for the rest."
    return problems or tuple(lines)


def typed_beside(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed into a form, to be read beside it: each line under its number, what else there was under its field's name."""
    lines, others = [], dict(given)
    for place in range(places(given)):
        kind, words, amount = (others.pop(f"{name}-{place}", "").strip() for name in ("kind", "words", "amount"))
        if words or amount:
            lines.append((f"line {place + 1}", ", ".join(filter(None, (kind, words, amount)))))
    return lines + [(name, text) for name, text in others.items() if text and name not in _UNTYPED]


def _line(kind: str, words: str, amount: str, kept: Sequence[LineShown], place: int) -> LineBody:
    """Raises ValueError, InvalidOperation."""
    loan = kept[place].loan if place < len(kept) else next((line.loan for line in kept if line.loan), None)
    number = Decimal(amount or "0")
    if not (words and number.is_finite()):
        raise ValueError(words, amount)
    return LineBody(
        kind=LineKind(kind),
        words=words,
        amount=number,
        request=loan.request if loan else None,
        item=loan.item_barcode if loan else None,
    )
