"""Which of the records that a query gave are the work.

A server's hit proves nothing: indexes are wide, and numbers are misprinted and used twice. So each record is judged: its own
key must be the one asked for, and where the request names a title, the record's may not be another. What nothing
tells apart is doubtful, and a person looks. Pure: a record in, a verdict out.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from gateway.catalogue import likeness, parts
from gateway.catalogue.keys import KeyKind, keys_of
from gateway.catalogue.ladder import Rung
from gateway.catalogue.likeness import Fit
from gateway.catalogue.marc import Bib
from gateway.workflow.values import Editions, Wanted

SAME_TITLE: Final = 0.85
"""From here on two titles are the same: a slip of the hand in each word, or a short word that is wrong, is still above."""
OTHER_TITLE: Final = 0.5
"""Below here a number's record is another work, whatever its number."""
NUMBER_ALONE: Final = "title, author and year agree, and only the number is another"
NUMBER_UNSAID: Final = "title and author agree, and the record has no number of the kind that was asked for"
AUTHOR_UNSAID: Final = "title and year agree, and the request names no author"
TITLE_UNSAID: Final = (
    "the title agrees, the request says no more of it, and the record has no number of the kind that was asked for"
)
BY_SETTING: Final = frozenset({NUMBER_ALONE, NUMBER_UNSAID, AUTHOR_UNSAID, TITLE_UNSAID})
"""Doubts with which a copy goes out where the setting `other_number` says so, and no other record fits as well."""
NUMBER_MISSING: Final = "has the title, but not the number that was asked for"
NUMBER_PUT_RIGHT: Final = "a number put right"
HAS_OTHER_TITLE: Final = "has this number and another title"
EXACT_TITLE: Final = 0.98
WORDS_ALONE: Final = 2
"""Words of a title that tell a work of which neither the request nor the record names an author; twice as many where one does."""
WORDS_WITH_NUMBER: Final = 3
"""Words of a title that tell a work where the request has a number, and the record none of its kind."""
YEARS_APART: Final = 1
"""Years between a date as asked for and as catalogued that may still be the same edition."""


class Sameness(StrEnum):
    """Whether a record is the work."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    OTHER = "other"


class RecordJudged(msgspec.Struct, frozen=True, kw_only=True):
    """A record's verdict with its reason in words, and what it is ranked by."""

    bib: Bib
    verdict: Sameness
    words: str
    likeness: float = 1.0
    """Of the titles; 1 where the request names none."""
    apart: int = 0
    """Years between the date as asked for and as catalogued; 0 where either is silent."""
    author_agrees: bool = True
    """It is the same, or neither the request nor the record names one."""
    number_alone: bool = False
    """All that the request says agrees but its number, or it names no author: the setting `other_number` lets it go out."""
    other_number: bool = False
    """It has a number of a kind that was asked for, and none that was: another edition, where one without such a number fits as well."""
    is_of_lccn: bool = False
    """It is of the year in which the LCCN was given that was asked for."""
    numbers: str = ""
    """Of a record that is in doubt: the numbers that were asked for, and those that it has."""
    identity: tuple[object, ...] | None = None
    """Of a record that is told by its title: what makes it another one's equal. None where its number tells it."""

    @property
    def rank(self) -> tuple[float, int, bool]:
        """The key by which the best comes first."""
        return -self.likeness, self.apart, not self.author_agrees


def judge(rung: Rung, bib: Bib, wanted: Wanted) -> RecordJudged:
    """Say whether a record that a rung gave is the work."""
    alike = likeness.title_likeness(wanted.title, bib.main_title, bib.full_title) if wanted.title else None
    author = likeness.same_author(wanted.author or "", bib.authors)
    apart = likeness.years_apart(wanted.published, bib.years)
    if rung.key is None:
        verdict, words = _by_title(alike or 0.0, author, apart, bib, wanted)
    else:
        verdict, words = _by_key(rung, alike, author, bib, wanted)
    return RecordJudged(
        bib=bib,
        verdict=verdict,
        words=words,
        likeness=1.0 if alike is None else alike,
        apart=apart or 0,
        author_agrees=author is Fit.YES or not (bib.authors or wanted.author),
        number_alone=words in BY_SETTING,
        other_number=_has_another_number(bib, wanted),
        is_of_lccn=_is_of_lccn(bib, wanted),
        numbers=_numbers(bib, wanted) if verdict is Sameness.DOUBTFUL else "",
        identity=_identity(bib, wanted) if rung.key is None else None,
    )


def _identity(bib: Bib, wanted: Wanted) -> tuple[object, ...]:
    """The author, and where not any edition will do the year; a record that lacks either is like no other."""
    author = likeness.folded(next(iter(bib.authors), ""))
    year = bib.years[:1] if author and bib.years else bib.number
    return (author, year) if wanted.editions is Editions.THIS else (author,)


def _by_key(rung: Rung, alike: float | None, author: Fit, bib: Bib, wanted: Wanted) -> tuple[Sameness, str]:
    if rung.key not in bib.keys | bib.weak_keys:
        return Sameness.OTHER, "does not have this number"
    if alike is not None and alike < OTHER_TITLE:
        return Sameness.OTHER, HAS_OTHER_TITLE
    if rung.mended or rung.key not in bib.keys:
        what = _agrees_beside(rung, alike, author, likeness.years_apart(wanted.published, bib.years))
        verdict = Sameness.SURE if what else Sameness.DOUBTFUL
        return verdict, f"{NUMBER_PUT_RIGHT}, and {what}" if what else NUMBER_PUT_RIGHT
    if alike is not None and alike < SAME_TITLE and author is Fit.NO:
        return Sameness.DOUBTFUL, "has this number, but title and author differ"
    if wanted.editions is Editions.THIS and _is_other_by_name(bib, wanted):
        return Sameness.DOUBTFUL, "has this number, but is another edition than the one that is named"
    return Sameness.SURE, "has this number"


def _agrees_beside(rung: Rung, alike: float | None, author: Fit, apart: int | None) -> str:
    """Return what agrees with a record that was found by a number with a slip in it; empty where nothing does, or something speaks against it.

    Without a title it is the author, or a number that lacks its check digit alone. The year alone tells nothing where the request's own
    number was mistyped: the numbers next to it are of the same publisher and of the same years.
    """
    if author is Fit.NO:
        return ""
    if alike is not None:
        return "its title" if alike >= SAME_TITLE else ""
    if apart is not None and apart > YEARS_APART:
        return ""
    if author is Fit.YES:
        return "its author"
    if rung.is_completed:
        return "all of it but the check digit"
    return "its year" if apart == 0 and not rung.mended else ""


def _by_title(alike: float, author: Fit, apart: int | None, bib: Bib, wanted: Wanted) -> tuple[Sameness, str]:
    if alike < SAME_TITLE or author is Fit.NO:
        return Sameness.OTHER, "another title" if alike < SAME_TITLE else "another author"
    if parts.states_years(bib.copies):
        return _serial(author, bib, wanted)
    if wanted.editions is Editions.THIS:
        if _is_other_edition(apart, bib, wanted):
            return Sameness.OTHER, "another edition"
        if _has_another_number(bib, wanted) or (apart is None and (wanted.record_id or wanted.identifiers)):
            return Sameness.DOUBTFUL, _number_alone(alike, author, apart, bib, wanted) or NUMBER_MISSING
    if author is Fit.YES or _is_told(alike, apart, bib, wanted):
        return Sameness.SURE, "title, author and year agree"
    return Sameness.DOUBTFUL, AUTHOR_UNSAID if _is_of_year(alike, apart, bib, wanted) else "found by its title alone"


def _is_of_year(alike: float, apart: int | None, bib: Bib, wanted: Wanted) -> bool:
    """Whether title and year agree, and nothing else can: the request names no author.

    One without a number must have the very title and year, unless the record names no author either: then all that both say agrees.
    """
    if wanted.author or apart is None:
        return False
    is_silent = not bib.authors or bool(wanted.identifiers or wanted.record_id)
    if is_silent and alike >= SAME_TITLE:
        return apart <= YEARS_APART
    return alike >= EXACT_TITLE and apart == 0


def _serial(author: Fit, bib: Bib, wanted: Wanted) -> tuple[Sameness, str]:
    """A serial's title is told by its volume and year: those of its namesakes seldom agree."""
    if parts.has(bib.copies, wanted):
        return Sameness.SURE, "title, volume and year agree"
    if parts.names_part(wanted):
        return Sameness.OTHER, "does not have this volume or year"
    return (
        (Sameness.SURE, "title and author agree")
        if author is Fit.YES
        else (Sameness.DOUBTFUL, "found by its title alone")
    )


def _number_alone(alike: float, author: Fit, apart: int | None, bib: Bib, wanted: Wanted) -> str:
    """Say so where nothing but the number speaks against a record; empty where more does.

    Without a year another number stays a doubt: it is another edition as often as not.
    """
    if author is not Fit.YES:
        is_silent = not wanted.author and not _has_another_number(bib, wanted)
        return TITLE_UNSAID if is_silent and alike >= EXACT_TITLE and _tells(bib, wanted) else ""
    if _has_another_number(bib, wanted):
        return NUMBER_ALONE if apart == 0 else ""
    return NUMBER_UNSAID


def _tells(bib: Bib, wanted: Wanted) -> bool:
    """Whether a title is seldom another work's: it is long, or has no author on either side."""
    return not bib.authors or len(likeness.words(wanted.title or "")) >= WORDS_WITH_NUMBER


def _is_other_edition(apart: int | None, bib: Bib, wanted: Wanted) -> bool:
    """By the year, or by the number of the edition where both have one."""
    return (apart is not None and apart > YEARS_APART) or _is_other_by_name(bib, wanted)


def _is_other_by_name(bib: Bib, wanted: Wanted) -> bool:
    """Whether the record and the request both number the edition, and otherwise."""
    ours, theirs = (re.findall(r"[0-9]+", text or "")[:1] for text in (bib.edition, wanted.edition))
    return bool(ours and theirs and ours != theirs)


def _has_another_number(bib: Bib, wanted: Wanted) -> bool:
    """Whether the request names a valid number of a kind that the record has too, and none is the same.

    Editions of a year and works of one name may differ in nothing else. Our own record number tells nothing here: a library
    that moves to another system numbers its records anew.
    """
    asked = frozenset(keys_of(wanted))
    return bool(_kinds(asked) & _kinds(bib.keys)) and asked.isdisjoint(bib.keys | bib.weak_keys)


def _numbers(bib: Bib, wanted: Wanted) -> str:
    """Say which numbers were asked for, and which of these kinds the record has; empty where none was asked for."""
    asked = frozenset(keys_of(wanted))
    kinds = _kinds(asked)
    found = [key for key in sorted(bib.keys) if key.partition(":")[0] in kinds]
    return f"asked for {_said(sorted(asked))}, found {_said(found) or 'none'}" if asked else ""


def _said(keys: Iterable[str]) -> str:
    """Say numbers as people know them, each after its kind."""
    pairs = (key.partition(":") for key in keys)
    return ", ".join(f"{kind.upper() if kind != KeyKind.RECORD else kind} {value}" for kind, _, value in pairs)


_LCCN: Final = re.compile(rf"{KeyKind.LCCN}:[a-z]{{0,3}}([0-9]{{2}}|[0-9]{{4}})[0-9]{{6}}")
"""A prefix, the year, and a serial number of six digits (Library of Congress, Structure of the LC Control Number)."""
_FIRST_LCCN: Final = 98
"""Of 1898; the year has two digits up to 2000."""


def _is_of_lccn(bib: Bib, wanted: Wanted) -> bool:
    """Whether a record is of the year in which an LCCN that was asked for was given, or next to it.

    That is mostly the year of publication; a book that was catalogued later has another one, so that a difference says nothing.
    """
    given = {year for key in keys_of(wanted) if (found := _LCCN.fullmatch(key)) for year in _years_of(found[1])}
    return any(abs(year - its) <= YEARS_APART for year in given for its in bib.years)


def _years_of(digits: str) -> tuple[int, ...]:
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - four digits since 2001
        return (year,)
    return (1800 + year, 1900 + year) if year >= _FIRST_LCCN else (1900 + year,)


def _kinds(keys: Iterable[str]) -> set[str]:
    """The kinds of the numbers that others give to a work."""
    return {key.partition(":")[0] for key in keys} - {KeyKind.RECORD}


def _is_told(alike: float, apart: int | None, bib: Bib, wanted: Wanted) -> bool:
    """Whether a title tells a work without its author: it agrees to the letter, is long, and of that year."""
    enough = 2 * WORDS_ALONE if bib.authors or wanted.author else WORDS_ALONE
    return alike >= EXACT_TITLE and apart == 0 and len(likeness.words(wanted.title or "")) >= enough


def best(judged: Iterable[RecordJudged]) -> tuple[RecordJudged, ...]:
    """The sure ones, the best first; where there are none, or nothing tells them apart, the doubtful ones."""
    good = sorted((each for each in judged if each.verdict is not Sameness.OTHER), key=lambda each: each.rank)
    sure = [each for each in good if each.verdict is Sameness.SURE]
    if sure and not _are_several(sure[0], good):
        return tuple(sure)
    likely = likeliest(good)
    is_told = len({each.identity for each in likely}) == 1
    return tuple(_doubted(each, number_alone=is_told and each.number_alone) for each in likely)


def likeliest(doubtful: Iterable[RecordJudged]) -> tuple[RecordJudged, ...]:
    """Leave out what other records fit better than: one with another number, where some have none of its kind; of these, where the request
    has an LCCN, those of other years than its own. Of two editions it is the one whose number is not known, and that is of that year.
    """
    found = tuple(doubtful)
    unnumbered = tuple(each for each in found if not each.other_number) or found
    return tuple(each for each in unnumbered if each.is_of_lccn) or unnumbered


def _are_several(first: RecordJudged, good: list[RecordJudged]) -> bool:
    """Whether others fit as well as the best one: where its author agrees, those of its rank, else all."""
    rivals = [each for each in good if not first.author_agrees or each.rank == first.rank]
    return first.identity is not None and len({each.identity for each in rivals}) > 1


def _doubted(judged: RecordJudged, *, number_alone: bool) -> RecordJudged:
    if judged.verdict is Sameness.DOUBTFUL:
        return msgspec.structs.replace(judged, number_alone=number_alone)
    words = "several works or editions fit what the request says"
    return msgspec.structs.replace(judged, verdict=Sameness.DOUBTFUL, words=words)
