"""What a catalogue's record says of a work, in the words of a request: to complete an order with, and to choose from. Pure.

An order is completed by a record that has its number. What the customer wrote stays; what they left out comes from the record, and what
both say otherwise is told. Of a periodical's record only what is the periodical's counts: the year and the author of an order are the
article's. Of a set's record, no year and no edition: a volume has its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from gateway.catalogue import likeness
from gateway.catalogue.judging import SAME_TITLE
from gateway.catalogue.keys import KeyKind, keys_of
from gateway.catalogue.likeness import Fit
from gateway.catalogue.marc import Bib
from gateway.workflow.borrowing_records import FieldDifference
from gateway.workflow.values import Identifier, Wanted

CODES: Final = {KeyKind.ISBN: "ISBN", KeyKind.ISSN: "ISSN", KeyKind.OCLC: "OCLC", KeyKind.LCCN: "LCCN"}
"""The codes of ISO 18626 for the kinds of numbers, in the order in which they are told."""
FIELDS: Final = ("title", "author", "publisher", "published", "edition", "series")
_OF_A_PART: Final = ("title", "publisher", "series")
"""What the record of a periodical, or of a set, says of a part of it too."""


class Completed(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a record completes it: the names of the fields that it filled, and where the two differ."""

    wanted: Wanted
    filled: tuple[str, ...] = ()
    differs: tuple[FieldDifference, ...] = ()


def work_of(bib: Bib) -> Wanted:
    """Say what a record is of."""
    return Wanted(
        title=bib.full_title or bib.main_title or None,
        author=next(iter(bib.authors), None),
        publisher=bib.publisher or None,
        published=str(bib.years[0]) if bib.years else None,
        edition=bib.edition or None,
        series=bib.series or None,
        identifiers=tuple(_numbers(bib)),
    )


def fullness(bib: Bib) -> int:
    """Count what a record says of its work."""
    known = work_of(bib)
    return sum(bool(getattr(known, name)) for name in FIELDS) + len(known.identifiers)


def _numbers(bib: Bib) -> Iterator[Identifier]:
    """One of each kind: the numbers of other bindings are left out."""
    for kind, code in CODES.items():
        values = sorted(key.partition(":")[2] for key in bib.keys if key.startswith(f"{kind}:"))
        if values:
            yield Identifier(code=code, value=values[0])


def has_its_number(bib: Bib, wanted: Wanted) -> bool:
    """Whether the record has one of the numbers that the order names, beside our own record number."""
    return any(key in bib.keys for key in keys_of(wanted) if not key.startswith(f"{KeyKind.RECORD}:"))


def completed(wanted: Wanted, bib: Bib) -> Completed:
    """Fill what an order leaves out from the record that has its number, and say where the two differ."""
    known = work_of(bib)
    is_part = _is_part(wanted, bib)
    names = _OF_A_PART if is_part else FIELDS
    filled = {name: value for name in names if not getattr(wanted, name) and (value := getattr(known, name))}
    numbers = _missing(wanted, known.identifiers, is_part=is_part)
    changes: dict[str, Any] = dict(filled) | ({"identifiers": (*wanted.identifiers, *numbers)} if numbers else {})
    return Completed(
        wanted=msgspec.structs.replace(wanted, **changes),
        filled=(*filled, *(each.code for each in numbers)),
        differs=tuple(_differences(wanted, bib, known, names)),
    )


def as_catalogued(wanted: Wanted, bib: Bib) -> Wanted:
    """The work as the record that has its number tells it: how other catalogues are asked that do not have that number."""
    of_a_whole = {} if _is_part(wanted, bib) else {"published": None}
    bare = msgspec.structs.replace(wanted, title=None, author=None, **of_a_whole)
    told = completed(bare, bib).wanted
    return msgspec.structs.replace(
        told,
        title=told.title or wanted.title,
        author=told.author or wanted.author,
        published=told.published or wanted.published,
    )


def _is_part(wanted: Wanted, bib: Bib) -> bool:
    return bool(wanted.volumes or wanted.issue or wanted.article_title or wanted.pages) or _is_serial(bib)


def _is_serial(bib: Bib) -> bool:
    return any(key.startswith(f"{KeyKind.ISSN}:") for key in bib.keys) and not any(
        key.startswith(f"{KeyKind.ISBN}:") for key in bib.keys
    )


def _missing(wanted: Wanted, known: Iterable[Identifier], *, is_part: bool) -> list[Identifier]:
    """Numbers of kinds that the order has none of. A set's ISBN may be another volume's."""
    have = {re.sub(r"[^A-Z]", "", each.code.upper()) for each in wanted.identifiers}
    return [each for each in known if each.code not in have and not (is_part and each.code == CODES[KeyKind.ISBN])]


def _differences(wanted: Wanted, bib: Bib, known: Wanted, names: Iterable[str]) -> Iterator[FieldDifference]:
    for name in names:
        ours, theirs = getattr(wanted, name), getattr(known, name)
        if ours and theirs and _DIFFER[name](wanted, bib):
            yield FieldDifference(field=name, written=ours, catalogued=theirs)


def _other_title(wanted: Wanted, bib: Bib) -> bool:
    return likeness.title_likeness(wanted.title or "", bib.main_title, bib.full_title) < SAME_TITLE


def _other_year(wanted: Wanted, bib: Bib) -> bool:
    return bool(likeness.years_apart(wanted.published, bib.years))


def _other_edition(wanted: Wanted, bib: Bib) -> bool:
    ours, theirs = (re.findall(r"[0-9]+", text or "")[:1] for text in (wanted.edition, bib.edition))
    return bool(ours and theirs and ours != theirs)


def _no_word_in_common(ours: str | None, theirs: str) -> bool:
    return set(likeness.words(ours or "")).isdisjoint(likeness.words(theirs))


_DIFFER: Final[Mapping[str, Callable[[Wanted, Bib], bool]]] = {
    "title": _other_title,
    "author": lambda wanted, bib: likeness.same_author(wanted.author or "", bib.authors) is Fit.NO,
    "publisher": lambda wanted, bib: _no_word_in_common(wanted.publisher, bib.publisher),
    "published": _other_year,
    "edition": _other_edition,
    "series": lambda wanted, bib: _no_word_in_common(wanted.series, bib.series),
}
