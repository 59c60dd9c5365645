"""The ladder: by which keys a work is looked for, in which order, and which of the records that come back are the work.

Our own record number, OCLC number, LCCN, ISBN, ISSN, each as catalogues write it; then numbers that were mended; then title,
author and year, first all words, then all but one or two of them. A server's hit proves nothing: indexes are
wide, and numbers are misprinted and used twice. So each record is judged: its own key must be the one asked for, and where
the request names a title, the record's may not be another. Pure: what is wanted in, queries out; a record in, a verdict out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final

import msgspec
from stdnum import isbn

from gateway.catalogue import likeness, parts
from gateway.catalogue.cql import all_of, any_of, clause
from gateway.catalogue.keys import KeyKind, kind_of, make_key
from gateway.catalogue.likeness import Fit
from gateway.catalogue.marc import Bib
from gateway.catalogue.numbers import readings
from gateway.standard_numbers import BadIdentifierError
from gateway.workflow.catalogue import Indexes
from gateway.workflow.records import Editions, Wanted

SAME_TITLE: Final = 0.85
"""From here on two titles are the same: a slip of the hand in each word, or a short word that is wrong, is still above."""
OTHER_TITLE: Final = 0.5
"""Below here a number's record is another work, whatever its number."""
EXACT_TITLE: Final = 0.98
LONG_TITLE: Final = 3
"""Words of a title that tells a work whose author the request leaves out; one less where the record names none either."""
YEARS_APART: Final = 1
"""Years between a date as asked for and as catalogued that may still be the same edition."""
MOST_WORDS: Final = 6
"""Of a title, the longest words, that are searched for."""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One query. `key` is what a record must state; None where title, author and year decide."""

    query: str
    words: str
    """What is searched by, for a person."""
    key: str | None = None
    mended: bool = False
    """The number was not what the request says, but what it was probably meant to be."""
    is_last_resort: bool = False
    """A wide net: more records than are looked at say nothing."""


class Verdict(StrEnum):
    """Whether a record is the work."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    OTHER = "other"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A record's verdict with its reason in words, and how alike the titles are (1 where the request names none)."""

    bib: Bib
    verdict: Verdict
    words: str
    likeness: float = 1.0
    apart: int = 0
    """Years between the date as asked for and as catalogued; 0 where either is silent."""
    only_alone: bool = False
    """Sure only where no other record is as good: the request does not tell authors or editions apart."""


# ── which queries ────────────────────────────────────────────────────────────────────────────────


def rungs(wanted: Wanted, indexes: Indexes) -> Iterator[Rung]:
    """Give the queries in their order; whoever asks stops at the first that finds the work for sure."""
    named = [(KeyKind.RECORD, wanted.record_id)] if wanted.record_id else []
    named += [(kind, each.value) for each in wanted.identifiers if (kind := kind_of(each.code)) is not None]
    keys: dict[str, bool] = {}
    for kind, text in sorted(named, key=lambda pair: _RANK[pair[0]]):
        try:
            keys.setdefault(make_key(kind, text), False)
        except BadIdentifierError:
            for key in readings(kind, text):
                keys.setdefault(key, True)
    for key, mended in sorted(keys.items(), key=lambda pair: pair[1]):
        if query := key_query(key, indexes):
            kind_, _, value = key.partition(":")
            words = f"{NAMES[KeyKind(kind_)]} {value}"
            yield Rung(query=query, words=f"{words} (mended)" if mended else words, key=key, mended=mended)
    yield from _title_rungs(wanted, indexes)


NAMES: Final = {
    KeyKind.RECORD: "record number",
    KeyKind.OCLC: "OCLC number",
    KeyKind.LCCN: "LCCN",
    KeyKind.ISBN: "ISBN",
    KeyKind.ISSN: "ISSN",
}
_RANK: Final = {kind: rank for rank, kind in enumerate(KeyKind)}


def key_query(key: str, indexes: Indexes) -> str:
    """Ask for a key in every spelling that catalogues index it in; empty where there is no index for its kind."""
    kind, _, value = key.partition(":")
    index: str = getattr(indexes, kind)
    return any_of(clause(index, text) for text in _SPELLINGS[KeyKind(kind)](value)) if index else ""


def _oclc_spellings(value: str) -> Sequence[str]:
    """Bare, with the prefix of its length (MARC 001: ocm and eight digits, ocn and nine, on and more), and as 035 has them."""
    prefix = "ocm" if len(value) <= 8 else "ocn" if len(value) == 9 else "on"  # noqa: PLR2004 - OCLC's own lengths
    prefixed = f"{prefix}{value.zfill(8)}"
    return (value, prefixed, value.zfill(8), value.zfill(10), f"(OCoLC){value}", f"(OCoLC){prefixed}")


def _lccn_spellings(value: str) -> Sequence[str]:
    """Normalised; with the hyphen, and the zeros after it left out; with blanks where MARC 010 has them."""
    body, serial = value[:-6], value[-6:]
    return (value, f"{body}-{serial}", f"{body}-{int(serial)}")


def _isbn_spellings(value: str) -> Sequence[str]:
    """Thirteen digits and ten, and both without their check digit: catalogues hold such."""
    ten = str(isbn.to_isbn10(value)) if value.startswith("978") else ""
    return tuple(filter(None, (value, ten, value[:-1], ten[:-1], isbn.format(value), isbn.format(ten) if ten else "")))


def _issn_spellings(value: str) -> Sequence[str]:
    return (f"{value[:4]}-{value[4:]}", value)


_SPELLINGS: Final = {
    KeyKind.RECORD: lambda value: (value,),
    KeyKind.OCLC: _oclc_spellings,
    KeyKind.LCCN: _lccn_spellings,
    KeyKind.ISBN: _isbn_spellings,
    KeyKind.ISSN: _issn_spellings,
}


def _title_rungs(wanted: Wanted, indexes: Indexes) -> Iterator[Rung]:
    """All facts; all but one; all but two: a word with a slip in it, a wrong year, a name in another form are left out."""
    if not wanted.title or not indexes.title:
        return
    facts = [_fact(indexes.title, word) for word in _telling(wanted.title)]
    named = [_fact(indexes.author, word) for word in _surname(wanted.author)] if indexes.author else []
    dated = [clause(indexes.date, str(year)) for year in likeness.years(wanted.published or "")[:1] if indexes.date]
    yield Rung(query=all_of([*facts, *named]), words=f"title “{wanted.title}”" + (", author" if named else ""))
    every = [*facts, *named, *dated]
    for left_out in (1, 2):
        kept = len(every) - left_out
        if kept < _FEWEST_FACTS:
            return
        query = any_of(all_of(some) for some in combinations(every, kept))
        words = f"title, author and year but for {'one' if left_out == 1 else 'two'} of their words"
        yield Rung(query=query, words=words, is_last_resort=left_out > 1)


_FEWEST_FACTS: Final = 2


def _fact(index: str, word: str) -> str:
    """A word, also without its accents, or with them apart: some catalogues index it so, some not."""
    return any_of(clause(index, form) for form in (word, likeness.folded(word), unicodedata.normalize("NFD", word)))


def _telling(title: str) -> list[str]:
    """The longest words of a title, with their accents, in its order."""
    main = title.partition(" / ")[0]
    found = [word for word in likeness.WORD.findall(main.casefold()) if likeness.folded(word) in likeness.words(main)]
    longest = sorted(dict.fromkeys(found), key=len, reverse=True)[:MOST_WORDS]
    return [word for word in dict.fromkeys(found) if word in longest]


def _surname(author: str | None) -> list[str]:
    """What stands before the comma; the last word where there is none."""
    if not author:
        return []
    before, comma, _ = author.partition(",")
    found = likeness.WORD.findall(before.casefold())
    return found if comma else found[-1:]


# ── which records ────────────────────────────────────────────────────────────────────────────────


def judge(rung: Rung, bib: Bib, wanted: Wanted) -> Judged:
    """Say whether a record that a rung gave is the work."""
    alike = likeness.title_likeness(wanted.title, bib.main_title, bib.full_title) if wanted.title else None
    author = likeness.same_author(wanted.author or "", bib.authors)
    apart = likeness.years_apart(wanted.published, bib.years)
    if rung.key is None:
        verdict, words = _by_title(alike or 0.0, author, apart, bib, wanted)
    else:
        verdict, words = _by_key(rung, alike, author, bib)
    says_which = apart is not None or wanted.editions is not Editions.THIS or parts.states_years(bib.copies)
    return Judged(
        bib=bib,
        verdict=verdict,
        words=words,
        likeness=1.0 if alike is None else alike,
        apart=apart or 0,
        only_alone=rung.key is None and not (author is Fit.YES and says_which),
    )


def _by_key(rung: Rung, alike: float | None, author: Fit, bib: Bib) -> tuple[Verdict, str]:
    if rung.key not in bib.keys | bib.weak_keys:
        return Verdict.OTHER, "does not have this number"
    if alike is not None and alike < OTHER_TITLE:
        return Verdict.OTHER, "has this number and another title"
    if rung.mended or rung.key not in bib.keys:
        agrees = alike is not None and alike >= SAME_TITLE and author is not Fit.NO
        return (
            (Verdict.SURE, "a number put right, and its title") if agrees else (Verdict.DOUBTFUL, "a number put right")
        )
    if alike is not None and alike < SAME_TITLE and author is Fit.NO:
        return Verdict.DOUBTFUL, "has this number, but title and author differ"
    return Verdict.SURE, "has this number"


def _by_title(alike: float, author: Fit, apart: int | None, bib: Bib, wanted: Wanted) -> tuple[Verdict, str]:
    if alike < SAME_TITLE:
        return Verdict.OTHER, "another title"
    if author is Fit.NO:
        return Verdict.OTHER, "another author"
    serial = parts.states_years(bib.copies)
    if wanted.editions is Editions.THIS and not serial and _is_other_edition(apart, bib, wanted):
        return Verdict.OTHER, "another edition"
    if author is Fit.YES or (parts.has(bib.copies, wanted) if serial else _is_told(alike, apart, bib, wanted)):
        return Verdict.SURE, "title, author and year agree"
    return Verdict.DOUBTFUL, "found by its title alone"


def _is_other_edition(apart: int | None, bib: Bib, wanted: Wanted) -> bool:
    """By the year, or by the number of the edition where both have one."""
    ours, theirs = (re.findall(r"[0-9]+", text or "")[:1] for text in (bib.edition, wanted.edition))
    return (apart is not None and apart > YEARS_APART) or bool(ours and theirs and ours != theirs)


def _is_told(alike: float, apart: int | None, bib: Bib, wanted: Wanted) -> bool:
    """Whether a title tells a work without its author: it agrees to the letter, is long, and of that year."""
    enough = LONG_TITLE if bib.authors else LONG_TITLE - 1
    return alike >= EXACT_TITLE and apart == 0 and len(likeness.words(wanted.title or "")) >= enough


def best(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """The sure ones, the likest first; where there are none, the doubtful ones."""
    ordered = sorted(judged, key=lambda each: (-each.likeness, each.apart))
    good = [each for each in ordered if each.verdict is not Verdict.OTHER]
    sure = [each for each in good if each.verdict is Verdict.SURE and (len(good) == 1 or not each.only_alone)]
    return tuple(sure) or tuple(map(_doubted, good))


def _doubted(judged: Judged) -> Judged:
    words = (
        judged.words if judged.verdict is Verdict.DOUBTFUL else "several works or editions fit what the request says"
    )
    return msgspec.structs.replace(judged, verdict=Verdict.DOUBTFUL, words=words)
