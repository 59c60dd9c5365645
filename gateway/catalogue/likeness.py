"""How alike two descriptions of a work are: titles, authors, years. Numbers from 0 to 1, by rules that can be read.

A word counts by its length, a short one hardly; a slip of the hand in it (a letter missing, too much, wrong, or two in the wrong order) costs a
tenth. Words in one title that the other does not have count against it, but for a subtitle that one of the two leaves
out. Pure. The distance between two words is rapidfuzz's (optimal string alignment).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final


class Fit(StrEnum):
    """Whether two descriptions agree."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


SLIP: Final = 0.9
"""What a word with a slip in it is worth."""
_SHORTEST_WITH_SLIP: Final = 4
_NUMBER_COUNTS: Final = 6
_SMALL_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "of",
        "in",
        "on",
        "for",
        "to",
        "by",
        "with",
        "der",
        "die",
        "das",
        "des",
        "den",
        "dem",
        "ein",
        "eine",
        "und",
        "von",
        "zu",
        "im",
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "et",
        "de",
        "du",
        "d",
        "en",
        "el",
        "los",
        "las",
        "y",
        "il",
        "lo",
        "gli",
        "i",
        "e",
        "o",
        "de",
        "het",
        "een",
        "en",
        "van",
        "do",
        "da",
        "dos",
        "das",
    ]
)
WORD: Final = re.compile(r"\w+")
_FULL: Final = 1.0
LONGEST_TEXT: Final = 500
"""Characters of a title or name that are looked at: what a stranger sends has no end."""


def folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LETTERS)


_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d"}
)


def words(text: str) -> tuple[str, ...]:
    """The words that tell titles apart; the small ones too where there are no others."""
    found = WORD.findall(folded(text[:LONGEST_TEXT]))
    return tuple(word for word in found if word not in _SMALL_WORDS) or tuple(found)


def title_likeness(wanted: str, main: str, full: str) -> float:
    """Compare a title as somebody wrote it with a record's main title and its full one (with subtitle and part).

    The wanted title may leave the subtitle out, or have one that the record leaves out, or the author's statement behind a slash.
    """
    asked = {wanted, wanted.partition(" / ")[0]}
    return max(_both_ways(words(each), words(main), words(full)) for each in asked)


def _both_ways(asked: Sequence[str], main: Sequence[str], full: Sequence[str]) -> float:
    """The less of two shares: of the wanted words that the full title has, and of the main title's that are wanted."""
    if not asked or not main:
        return 0.0
    return min(_share(asked, full or main), _share(main, asked))


def _share(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """How much of our words is among theirs, each of theirs once."""
    left = list(theirs)
    found = 0.0
    for word in ours:
        best = max(left, key=lambda other: _alike(word, other), default=None)
        likeness = _alike(word, best) if best is not None else 0.0
        if best is not None and likeness:
            left.remove(best)
            found += _weight(word) * likeness
    return found / sum(map(_weight, ours))


def _weight(word: str) -> int:
    """A word counts by its length, a short one as a letter; a number more: it parts one volume, year or edition from the next."""
    if word.isdecimal():
        return max(len(word), _NUMBER_COUNTS)
    return 1 if len(word) < _SHORTEST_WITH_SLIP else len(word)


def _alike(one: str, other: str) -> float:
    if one == other:
        return _FULL
    if max(len(one), len(other)) < _SHORTEST_WITH_SLIP or _has_digit(one) or _has_digit(other):
        return 0.0
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - forty modules that no start waits for

    return SLIP if OSA.distance(one, other, score_cutoff=1) <= 1 else 0.0


def _has_digit(word: str) -> bool:
    """A number, alone or in a word, has no slips: it parts one volume, year or edition from the next."""
    return any(char.isdecimal() for char in word)


def same_author(wanted: str, authors: Iterable[str]) -> Fit:
    """Whether the wanted author is one of the record's: the surname, and of a forename the initial. UNCLEAR where either is silent.

    The wanted name may stand in either order; a record's is inverted (“Example, Ada”).
    """
    asked = _names(wanted)
    known = [author for author in authors if _names(author)]
    if not asked or not known:
        return Fit.UNCLEAR
    return Fit.YES if any(_same_person(asked, author) for author in known) else Fit.NO


def _names(text: str) -> list[str]:
    """The words of a name: all of them, an initial too."""
    return WORD.findall(folded(text[:LONGEST_TEXT]))


def _same_person(asked: Sequence[str], author: str) -> bool:
    surname, _, forenames = author.partition(",")
    rest = list(asked)
    for part in _names(surname):
        match = next((word for word in rest if _alike(part, word)), None)
        if match is None:
            return False
        rest.remove(match)
    known = _names(forenames)
    return not known or not rest or any(word[0] == name[0] or _alike(word, name) for word in rest for name in known)


_YEAR: Final = re.compile(r"(?<![0-9])(1[4-9][0-9]{2}|20[0-9]{2})(?![0-9])")


def years(text: str) -> tuple[int, ...]:
    """The years in a date as people and cataloguers write it: `c1998`, `[1998?]`, `1998-05-01`."""
    return tuple(int(year) for year in _YEAR.findall(text[:LONGEST_TEXT]))


def years_apart(wanted: str | None, known: Iterable[int]) -> int | None:
    """The distance of the nearest pair of years; None where either is silent."""
    asked = years(wanted or "")
    pairs = [abs(one - other) for one in asked for other in known]
    return min(pairs, default=None)
