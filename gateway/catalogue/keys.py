"""Look-up keys: how an identifier is written so that two spellings of it are equal.

A key is `kind:value`. The kinds stand in the order in which a copy is looked for:
our own record number, OCLC number, LCCN, ISBN, ISSN. Pure: text in, text out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from gateway.standard_numbers import BadIdentifierError, isbn13, issn8, lccn, oclc_number, quoted
from gateway.workflow.values import Wanted


class KeyKind(StrEnum):
    """What a key is made of, the best first."""

    RECORD = "record"
    OCLC = "oclc"
    LCCN = "lccn"
    ISBN = "isbn"
    ISSN = "issn"


class KeyProblem(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier that gives no key: of which kind it should have been, and why it is none."""

    kind: KeyKind
    words: str


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of identifiers comes to: keys, best first and each once, and what was wrong with the others."""

    keys: tuple[str, ...] = ()
    problems: tuple[KeyProblem, ...] = ()


KEY_TEXT_MAX: Final = 200
"""Characters of an identifier; a longer one is none (an index of PostgreSQL takes 2,700 bytes)."""

MOST_NUMBERS: Final = 50
"""Of one request. A work has a handful, a set of volumes some dozens; each costs work and a place in a query."""

CODES: Final[Mapping[str, KeyKind]] = {
    "isbn": KeyKind.ISBN,
    "isbn10": KeyKind.ISBN,
    "isbn13": KeyKind.ISBN,
    "issn": KeyKind.ISSN,
    "eissn": KeyKind.ISSN,
    "oclc": KeyKind.OCLC,
    "ocolc": KeyKind.OCLC,
    "lccn": KeyKind.LCCN,
}
"""Codes of BibliographicItemId and BibliographicRecordId that we can look up; letters and digits alone, in small letters."""


def make_key(kind: KeyKind, text: str) -> str:
    """Make the key of an identifier as somebody wrote it; raises BadIdentifierError where it is none of this kind."""
    if len(text) > KEY_TEXT_MAX:
        raise BadIdentifierError(f"longer than {KEY_TEXT_MAX} characters: {quoted(text)}")
    return f"{kind}:{_NORMALISERS[kind](text)}"


def kind_of(code: str) -> KeyKind | None:
    """Return the kind that an identifier's code stands for, without regard to case; None for one we can't look up."""
    return CODES.get(re.sub(r"[^a-z0-9]", "", code.casefold()))


def examine(wanted: Wanted) -> Keys:
    """Make every key of what a request asks for, and say what was wrong with the identifiers that give none."""
    return make_keys(numbers_of(wanted))


def keys_of(wanted: Wanted) -> tuple[str, ...]:
    """Return the keys of what a request asks for, best first, each once; none where it names no valid identifier."""
    return examine(wanted).keys


def make_keys(identifiers: Iterable[tuple[KeyKind, str]]) -> Keys:
    """Make keys in the order of their kinds, and collect the problems of those that give none."""
    keys: dict[str, None] = {}
    problems: list[KeyProblem] = []
    for kind, text in sorted(identifiers, key=lambda pair: _RANK[pair[0]]):
        try:
            keys[make_key(kind, text)] = None
        except BadIdentifierError as error:
            problems.append(KeyProblem(kind=kind, words=str(error)))
    return Keys(keys=tuple(keys), problems=tuple(problems))


def numbers_of(wanted: Wanted) -> list[tuple[KeyKind, str]]:
    """Return the numbers that a request names, as it writes them, the best kinds first; so many as anybody would look up."""
    record = [(KeyKind.RECORD, wanted.record_id)] if wanted.record_id else []
    known = [(kind, each.value) for each in wanted.identifiers if (kind := kind_of(each.code)) is not None]
    return sorted(record + known, key=lambda pair: _RANK[pair[0]])[:MOST_NUMBERS]


def _record(text: str) -> str:
    value = " ".join(text.split()).casefold()
    if not value:
        raise BadIdentifierError("an empty record number")
    return value


_RANK: Final = {kind: rank for rank, kind in enumerate(KeyKind)}
_NORMALISERS: Final[Mapping[KeyKind, Callable[[str], str]]] = {
    KeyKind.RECORD: _record,
    KeyKind.OCLC: oclc_number,
    KeyKind.LCCN: lccn,
    KeyKind.ISBN: isbn13,
    KeyKind.ISSN: issn8,
}
