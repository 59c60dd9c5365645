"""The ladder: by which keys a work is looked for, and in which order.

Our own record number, OCLC number, LCCN, ISBN, ISSN, each as catalogues write it; then numbers that were mended; then title,
author and year: all of them, then without the year, then all words but one, the beginnings of the words, all words but two.
What comes back is judged (`judging`). Pure: what is wanted in, queries out.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import msgspec
from stdnum import isbn

from gateway.catalogue import cql, likeness
from gateway.catalogue.keys import KeyKind, make_key, numbers_of
from gateway.catalogue.language import Language, each_of
from gateway.catalogue.numbers import readings, without_check_digit
from gateway.standard_numbers import BadIdentifierError
from gateway.workflow.catalogue import Indexes
from gateway.workflow.values import Wanted

# What a request may hold is without bounds, what is asked of a catalogue is not: lines of HTTP have about 8,000 characters.
MOST_KEYS: Final = 12
MOST_WORDS: Final = 6
"""Of a title, the longest words, that are searched for."""
MOST_COMBINED: Final = 4
"""Of them, the longest, that are searched for in combinations."""
MOST_NAMES: Final = 3
LONGEST_WORD: Final = 40
MOST_FORMS: Final = 2
"""Of a number, that are asked for one after the other where they can't be asked for at once."""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One query. `key` is what a record must state; None where title, author and year decide."""

    query: str
    words: str
    """What is searched by, for a person."""
    key: str | None = None
    mended: bool = False
    """The number was not what the request says, but what it was probably meant to be."""
    is_completed: bool = False
    """It was what the request says, and the check digit that was left out."""
    is_all_words: bool = False
    """Title and author as they were given, in any year."""
    is_last_resort: bool = False
    """A wide net: more records than are looked at say nothing."""


def rungs(wanted: Wanted, indexes: Indexes, say: Language = cql, *, brief: bool = False) -> Iterator[Rung]:
    """Yield the queries in their order, in the catalogue's language; whoever asks stops at the first that finds the work for sure.

    `brief`: for catalogues of others, which are asked about each order, mostly in vain. Where there is a number, the title is asked
    for once; where there is none, the wide nets are left out.
    """
    keys: dict[str, bool] = {}
    completed: set[str | None] = set()
    for kind, text in numbers_of(wanted):
        try:
            keys.setdefault(make_key(kind, text), False)
        except BadIdentifierError:
            completed.add(without_check_digit(kind, text))
            for key in readings(kind, text):
                keys.setdefault(key, True)
    for key, mended in sorted(keys.items(), key=lambda pair: pair[1])[:MOST_KEYS]:
        kind_, _, value = key.partition(":")
        words = f"{NAMES[KeyKind(kind_)]} {value}{' (mended)' if mended else ''}"
        for place, query in enumerate(key_queries(key, indexes, say)):
            yield Rung(
                query=query,
                words=f"{words}, in another form" if place else words,
                key=key,
                mended=mended,
                is_completed=mended and key in completed,
            )
    by_title = _title_rungs(wanted, indexes, say)
    yield from _brief(by_title, has_number=bool(keys)) if brief else by_title


def _brief(by_title: Iterator[Rung], *, has_number: bool) -> Iterator[Rung]:
    """All words of the title, whatever the year; without a number also those of the year first, and all words but one."""
    chosen = [rung for rung in by_title if not rung.is_last_resort]
    return iter([rung for rung in chosen if rung.is_all_words] if has_number else chosen)


NAMES: Final = {
    KeyKind.RECORD: "record number",
    KeyKind.OCLC: "OCLC number",
    KeyKind.LCCN: "LCCN",
    KeyKind.ISBN: "ISBN",
    KeyKind.ISSN: "ISSN",
}


def key_queries(key: str, indexes: Indexes, say: Language = cql) -> tuple[str, ...]:
    """Ask for a key in every spelling that catalogues index it in, at once or, without “or”, in the most usual ones one after the
    other; none where there is no index for its kind.
    """
    kind, _, value = key.partition(":")
    index: str = getattr(indexes, kind)
    spellings = _SPELLINGS[KeyKind(kind)](value)
    most = len(spellings) if say.takes_or else MOST_FORMS
    return each_of((say.clause(index, text) for text in spellings[:most]), say) if index else ()


def _oclc_spellings(value: str) -> Sequence[str]:
    """Bare, with the prefix of its length (MARC 001: ocm and eight digits, ocn and nine, on and more), and as 035 has them."""
    prefix = "ocm" if len(value) <= 8 else "ocn" if len(value) == 9 else "on"  # noqa: PLR2004 - OCLC's own lengths
    prefixed = f"{prefix}{value.zfill(8)}"
    return (value, prefixed, value.zfill(8), value.zfill(10), f"(OCoLC){value}", f"(OCoLC){prefixed}")


def _lccn_spellings(value: str) -> Sequence[str]:
    """Normalised; with the hyphen, and the zeros after it left out; with blanks where MARC 010 has them."""
    body, serial = value[:-6], value[-6:]
    return (value, f"{body}-{serial}", f"{body}-{int(serial)}")


def prepare() -> None:
    """Have the table of ISBN's groups read, which takes some 40 ms: at the start rather than at the first request."""
    isbn.split("9780000000019")


def _isbn_spellings(value: str) -> Sequence[str]:
    """Thirteen digits and ten, and both without their check digit: catalogues hold such."""
    ten = str(isbn.to_isbn10(value)) if value.startswith("978") else ""
    return tuple(filter(None, (value, ten, value[:-1], ten[:-1], isbn.format(value), isbn.format(ten) if ten else "")))


def _issn_spellings(value: str) -> Sequence[str]:
    return (f"{value[:4]}-{value[4:]}", value)


_WITH_CHECK_DIGIT: Final = re.compile(r"\.(b[0-9]{7,8})[0-9x]")


def _record_spellings(value: str) -> Sequence[str]:
    """As it stands; one of Innovative's, which its server wants without dot and check digit, so first."""
    bare = _WITH_CHECK_DIGIT.fullmatch(value)
    return (bare[1], value) if bare else (value,)


_SPELLINGS: Final = {
    KeyKind.RECORD: _record_spellings,
    KeyKind.OCLC: _oclc_spellings,
    KeyKind.LCCN: _lccn_spellings,
    KeyKind.ISBN: _isbn_spellings,
    KeyKind.ISSN: _issn_spellings,
}


def _title_rungs(wanted: Wanted, indexes: Indexes, say: Language) -> Iterator[Rung]:
    """A word with a slip in it, a wrong year, a name in another form are left out, one after the other.

    The date of a serial's issue is none of its record, and so is searched for in no index.
    """
    if not wanted.title or not indexes.title:
        return
    title = [(indexes.title, word) for word in _telling(wanted.title)]
    named = [(indexes.author, word) for word in _surname(wanted.author)] if indexes.author else []
    is_part = bool(wanted.volumes or wanted.issue)
    years = () if is_part or not indexes.date else likeness.years(wanted.published or "")[:1]
    dated = [say.clause(indexes.date, str(year)) for year in years]
    facts = [_fact(index, word, say) for index, word in (*title, *named)]
    said = f"title “{wanted.title[:_LONGEST_SAID]}”" + (", author" if named else "")
    if dated:
        yield Rung(query=say.all_of([*facts, *dated]), words=f"{said}, year")
    yield Rung(query=say.all_of(facts), words=said, is_all_words=True)
    strongest = [*_longest(title, MOST_COMBINED), *_longest(named, 1)]
    combined = [*(_fact(index, word, say) for index, word in strongest), *dated]
    yield from _all_but(1, combined, say)
    if len(strongest) >= _FEWEST_FACTS:
        query = say.all_of(
            say.beginning(index, word[:_BEGINNING]) for index, word in strongest if len(word) > _BEGINNING
        )
        yield Rung(query=query, words="the beginnings of their words", is_last_resort=True)
    yield from _all_but(2, combined, say)
    if len(title) + len(named) == _FEWEST_FACTS:
        one = say.any_of(_fact(index, word, say) for index, word in (*title, *named))
        yield Rung(query=one, words="one of the two words", is_last_resort=True)


def _longest(words: list[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """The longest words, in their order."""
    kept = sorted(words, key=lambda pair: len(pair[1]), reverse=True)[:most]
    return [pair for pair in words if pair in kept]


_LONGEST_SAID: Final = 100
_FEWEST_FACTS: Final = 2
_BEGINNING: Final = 4
"""Letters of a word that are searched for with a mask behind them."""


def _all_but(left_out: int, facts: Sequence[str], say: Language) -> Iterator[Rung]:
    kept = len(facts) - left_out
    if kept < _FEWEST_FACTS:
        return
    words = f"all of these but {'one' if left_out == 1 else 'two'}"
    for query in each_of((say.all_of(some) for some in combinations(facts, kept)), say):
        yield Rung(query=query, words=words, is_last_resort=left_out > 1)


def _fact(index: str, word: str, say: Language) -> str:
    """A word, also without its accents, or with them apart: some catalogues index it so, some not. Where one form alone can be asked for, without:
    that is what an index that takes no notice of accents has, and no character set gets it wrong.
    """
    plain = likeness.folded(word)
    forms = (word, plain, unicodedata.normalize("NFD", word)) if say.takes_or else (plain,)
    return say.any_of(say.clause(index, form) for form in forms)


def _telling(title: str) -> list[str]:
    """The longest words of a title, with their accents, in its order."""
    main = title.partition(" / ")[0]
    telling = set(likeness.words(main))
    found = (word for word in _words(main) if likeness.folded(word) in telling)
    return [word for _, word in _longest([("", word) for word in dict.fromkeys(found)], MOST_WORDS)]


def _surname(author: str | None) -> list[str]:
    """What stands before the comma; the last word where there is none."""
    before, comma, _ = (author or "").partition(",")
    found = _words(before)
    return found[:MOST_NAMES] if comma else found[-1:]


def _words(text: str) -> list[str]:
    """The words of the beginning of a text, none of them endless."""
    return [word[:LONGEST_WORD] for word in likeness.WORD.findall(text[: likeness.LONGEST_TEXT].casefold())]
