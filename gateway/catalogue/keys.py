"""Look-up keys: how an identifier is written so that two spellings of it are equal.

A key is `kind:value`. The kinds stand in the order in which a copy is looked for:
our own record number, OCLC number, ISBN, ISSN. Pure: text in, text out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec
from stdnum import isbn, issn
from stdnum.exceptions import InvalidChecksum, ValidationError

from gateway.workflow.records import Identifier, Wanted


class KeyKind(StrEnum):
    """What a key is made of, the best first."""

    RECORD = "record"
    OCLC = "oclc"
    ISBN = "isbn"
    ISSN = "issn"


class BadIdentifierError(ValueError):
    """An identifier that gives no key; its text says why, in words for a person."""


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

_OCLC: Final = re.compile(r"(?:ocolc)?(?:ocm|ocn|on|oclc)?0*([1-9][0-9]*)", re.IGNORECASE | re.ASCII)
"""As MARC 001 and 035 write it, brackets and blanks gone: `ocm00012345`, `ocn123456789`, `on1234567890`, `OCoLC12345`."""
_OCLC_BETWEEN: Final = re.compile(r"[\s():#]")
_ISBN_LABEL: Final = re.compile(r"^\W*(?:urn:)?(?:isbn)?(?:[- ]?1[03][\s:])?\W*", re.IGNORECASE | re.ASCII)
_ISSN_LABEL: Final = re.compile(r"^\W*(?:urn:)?(?:e-?issn|issn(?:-l)?)?\W*", re.IGNORECASE | re.ASCII)
_NUMBER: Final = re.compile(r"[0-9][0-9 -]*(?:X(?![A-Z]))?", re.IGNORECASE | re.ASCII)
"""The digits of an ISBN or ISSN with the hyphens and blanks between; what follows is a qualifier such as `(pbk.)`."""
_DASHES: Final = re.compile("[\u00ad\u2010-\u2015\u2212]")

CODES: Final[Mapping[str, KeyKind]] = {
    "isbn": KeyKind.ISBN,
    "isbn10": KeyKind.ISBN,
    "isbn13": KeyKind.ISBN,
    "issn": KeyKind.ISSN,
    "eissn": KeyKind.ISSN,
    "oclc": KeyKind.OCLC,
    "ocolc": KeyKind.OCLC,
}
"""Codes of BibliographicItemId and BibliographicRecordId that we can look up; letters and digits alone, in small letters."""


def make_key(kind: KeyKind, text: str) -> str:
    """Make the key of an identifier as somebody wrote it; raises BadIdentifierError where it is none of this kind."""
    if len(text) > KEY_TEXT_MAX:
        raise BadIdentifierError(f"longer than {KEY_TEXT_MAX} characters: {_quoted(text)}")
    return f"{kind}:{_NORMALISERS[kind](text)}"


def kind_of(code: str) -> KeyKind | None:
    """Give the kind that an identifier's code stands for, without regard to case; None for one we can't look up."""
    return CODES.get(re.sub(r"[^a-z0-9]", "", code.casefold()))


def examine(wanted: Wanted) -> Keys:
    """Make every key of what a request asks for, and say what was wrong with the identifiers that give none."""
    record = ((KeyKind.RECORD, wanted.record_id),) if wanted.record_id else ()
    return make_keys((*record, *_known(wanted.identifiers)))


def keys_of(wanted: Wanted) -> tuple[str, ...]:
    """Give the keys of what a request asks for, best first, each once; none where it names no valid identifier."""
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


def _known(identifiers: Iterable[Identifier]) -> Iterable[tuple[KeyKind, str]]:
    for identifier in identifiers:
        kind = kind_of(identifier.code)
        if kind is not None:
            yield kind, identifier.value


def _record(text: str) -> str:
    value = " ".join(text.split()).casefold()
    if not value:
        raise BadIdentifierError("an empty record number")
    return value


def _oclc(text: str) -> str:
    found = _OCLC.fullmatch(_OCLC_BETWEEN.sub("", text))
    if found is None:
        raise BadIdentifierError(f"not an OCLC number: {_quoted(text)}")
    return found[1]


def _isbn(text: str) -> str:
    """Thirteen digits, whichever form it came in.

    Nine digits are a Standard Book Number, or an ISBN that lost its leading zero in a spreadsheet; the check digit tells.
    """
    return _valid("ISBN", _number(_ISBN_LABEL, text), text, lambda number: str(isbn.validate(number, convert=True)))


def _issn(text: str) -> str:
    """Seven digits and the check character; a leading zero that a spreadsheet took is put back."""
    number = re.sub("[ -]", "", _number(_ISSN_LABEL, text))
    padded = f"0{number}" if len(number) == _ISSN_LENGTH - 1 else number
    return _valid("ISSN", padded, text, lambda compact: str(issn.validate(compact)))


def _number(label: re.Pattern[str], text: str) -> str:
    """The number at the head of the text, after its label."""
    found = _NUMBER.match(label.sub("", _DASHES.sub("-", text), count=1))
    return found[0].strip(" -") if found else ""


def _valid(name: str, number: str, text: str, validate: Callable[[str], str]) -> str:
    try:
        return validate(number)
    except InvalidChecksum:
        raise BadIdentifierError(f"the check digit of the {name} is wrong: {_quoted(text)}") from None
    except ValidationError:
        raise BadIdentifierError(f"not an {name}: {_quoted(text)}") from None


def _quoted(text: str) -> str:
    """What somebody sent: short, control characters escaped."""
    return repr(text if len(text) <= _QUOTED_MAX else text[:_QUOTED_MAX] + "…")


_QUOTED_MAX: Final = 40
_ISSN_LENGTH: Final = 8
_RANK: Final = {kind: rank for rank, kind in enumerate(KeyKind)}
_NORMALISERS: Final[Mapping[KeyKind, Callable[[str], str]]] = {
    KeyKind.RECORD: _record,
    KeyKind.OCLC: _oclc,
    KeyKind.ISBN: _isbn,
    KeyKind.ISSN: _issn,
}
