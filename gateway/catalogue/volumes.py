"""Parts of a work: what a caption such as “Vol. 12 no. 1-4 (1998)” says, and whether it is the part that somebody wants.

Libraries write captions as they like; whatever can't be read is compared as text. Pure: text in, value out.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from gateway.catalogue.likeness import Fit


class Caption(msgspec.Struct, frozen=True, kw_only=True):
    """What a caption states; ranges are spelled out. Empty where it states nothing of a level."""

    volumes: frozenset[int] = frozenset()
    issues: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether it states anything."""
        return bool(self.volumes or self.issues or self.years)


_VOLUME: Final = (
    r"v|vol|vols|volume|volumes|bd|band|bde|t|tome|tom|tomo|pt|part|parte|teil|tl|deel|jg|jahrg|jahrgang|ser|series"
)
_ISSUE: Final = r"no|nos|nr|n|num|number|iss|issue|heft|h|fasc|afl"
_NUMBER: Final = r"[0-9]{1,4}|[ivxlc]{1,12}"
_TOKEN: Final = re.compile(
    rf"(?:\b(?P<volume>{_VOLUME})\b\.?\s*|\b(?P<issue>{_ISSUE})\b\.?\s*|(?P<bare>\b))"
    rf"(?P<first>{_NUMBER})\b(?:\s*[-\u2013/]\s*(?P<last>{_NUMBER})\b)?",
    re.IGNORECASE,
)
_GLUED: Final = re.compile(r"(?<![a-z])([a-z]{1,6})\.?(?=[0-9])", re.IGNORECASE)
"""`v2`, `no3`, `Bd.12`: a label without a blank."""
_FIRST_YEAR: Final = 1400
_LAST_YEAR: Final = 2100
_LONGEST_RANGE: Final = 200
_LONGEST_CAPTION: Final = 200
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_FORM: Final = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")


def read(caption: str) -> Caption:
    """Read a caption. An unlabelled number of four digits is a year, the first other one a volume, the next an issue."""
    volumes: set[int] = set()
    issues: set[int] = set()
    years: set[int] = set()
    for token in _TOKEN.finditer(_GLUED.sub(r"\1 ", caption[:_LONGEST_CAPTION])):
        numbers = _range(token["first"], token["last"], labelled=token["bare"] is None)
        if token["bare"] is None:
            (volumes if token["volume"] else issues).update(numbers)
        elif numbers and all(_FIRST_YEAR <= number <= _LAST_YEAR for number in numbers):
            years.update(numbers)
        elif not volumes:
            volumes.update(numbers)
        else:
            issues.update(numbers)
    return Caption(volumes=frozenset(volumes), issues=frozenset(issues), years=frozenset(years))


def fits(caption: str | None, wanted: Caption, texts: Iterable[str]) -> Fit:
    """Say whether the item with this caption is the part wanted; `texts` are the wanted volumes as they were written.

    What a caption states must hold; what it does not state is not held against it, but something must agree.
    """
    if not caption:
        return Fit.UNCLEAR
    if _same(caption, texts):
        return Fit.YES
    stated = read(caption)
    pairs = ((stated.volumes, wanted.volumes), (stated.issues, wanted.issues), (stated.years, wanted.years))
    compared = [(has, wants) for has, wants in pairs if has and wants]
    if not compared:
        return Fit.UNCLEAR
    return Fit.YES if all(has & wants for has, wants in compared) else Fit.NO


def _same(caption: str, texts: Iterable[str]) -> bool:
    return any(_bare(caption) == _bare(text) for text in texts)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _range(first: str, last: str | None, *, labelled: bool) -> range:
    """The numbers from first to last; none for a Roman numeral without a label that may be a word."""
    low = _value(first, labelled=labelled)
    high = _value(last, labelled=labelled) if last else low
    if low is None or high is None:
        return range(0)
    if high < low and last and len(last) < len(first):  # 1998-9, 1998/99
        high = int(first[: len(first) - len(last)] + last) if last.isdecimal() and first.isdecimal() else low
    return range(low, high + 1) if low <= high <= low + _LONGEST_RANGE else range(low, low + 1)


def _value(text: str, *, labelled: bool) -> int | None:
    if text.isdecimal():
        return int(text)
    small = text.casefold()
    if not _ROMAN_FORM.fullmatch(small) or (not labelled and text != text.upper()):
        return None
    values = [_ROMAN[letter] for letter in small]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
