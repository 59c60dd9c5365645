"""What a customer asks for, as an intake form gives it: a work, Loan or Copy, and what was odd about it.

Shared by the forms of intake (`openurl`, `request_list`, the API's fields). Numbers are stored in one spelling: an ISBN-10
as its thirteen digits. A wrong check digit is a warning and the number is kept, for books are misprinted; what is no number
of its kind is left out, with a warning. Warnings quote nothing: a number in the wrong field may be a customer's. Pure.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from gateway.iso18626.codes import BibliographicItemIdCode, BibliographicRecordIdCode, ServiceType
from gateway.standard_numbers import BadIdentifierError, CheckDigitError, isbn13, issn8, oclc_number
from gateway.texts import one_line
from gateway.workflow.values import Identifier, Record, Wanted

TEXT_MAX: Final = 500
"""Characters of a title, name or number; what is longer is cut, with a warning."""


class NothingToIdentifyError(ValueError):
    """There is neither a title nor a number: nobody could find such a work. Its text is for whoever asked."""

    def __init__(self) -> None:
        super().__init__("There is nothing to find the work by: give a title, or a number such as an ISBN.")


class Citation(Record, frozen=True, kw_only=True):
    """A work that is asked for; `warnings` go to staff, `note` holds what had no place of its own."""

    wanted: Wanted
    service: ServiceType = ServiceType.LOAN
    note: str | None = None
    warnings: tuple[str, ...] = ()


def identified(numbers: Iterable[tuple[str, str]]) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
    """Make identifiers, each once, of (code, text) pairs; codes are those of NORMALISERS. Gives them and the warnings."""
    found: dict[Identifier, None] = {}
    warnings: dict[str, None] = {}
    for code, text in numbers:
        try:
            found[Identifier(code=code, value=NORMALISERS[code](one_line(text)[:TEXT_MAX]))] = None
        except CheckDigitError as error:
            found[Identifier(code=code, value=error.number)] = None
            warnings[f"The check digit of the {code} is wrong. It is kept as given: look whether it was mistyped."] = (
                None
            )
        except BadIdentifierError:
            warnings[f"What was given as {code} is none: it was left out."] = None
    return tuple(found), tuple(warnings)


def cite(wanted: Wanted, service: ServiceType, *, note: str | None, warnings: tuple[str, ...]) -> Citation:
    """Put a citation together; raises NothingToIdentifyError where the work has neither title nor number."""
    if not (wanted.title or wanted.article_title or wanted.identifiers or wanted.record_id):
        raise NothingToIdentifyError
    return Citation(wanted=wanted, service=service, note=note, warnings=warnings)


def vagueness(wanted: Wanted) -> str | None:
    """Say why it can't be told which work is meant; None where a number, a record or a title of several words says it.

    One word is a title where its author is named, but not beside a number that was mistyped: either may be the wrong one.
    """
    wrong = [each.code for each in wanted.identifiers if not _is_right(each)]
    words = f"{wanted.title or ''} {wanted.article_title or ''}".split()
    if wanted.record_id or len(wrong) < len(wanted.identifiers) or len(words) > 1:
        return None
    if wrong:
        return f"the check digit of its {' and '.join(dict.fromkeys(wrong))} is wrong, and its title has no more than a word"
    is_named = wanted.author or wanted.article_author
    return None if is_named else "its title is one word, and neither an author nor a number is named"


def _is_right(identifier: Identifier) -> bool:
    """A number of a kind that has no form of its own is taken as it is."""
    try:
        NORMALISERS.get(identifier.code, str)(identifier.value)
    except BadIdentifierError:
        return False
    return True


def limited(text: str) -> tuple[str | None, bool]:
    """Return a text as one line, None for an empty one, and whether it had to be cut to TEXT_MAX characters."""
    line = one_line(text)
    return line[:TEXT_MAX].rstrip() or None, len(line) > TEXT_MAX


def _doi(text: str) -> str:
    """As the DOI Handbook writes it, without resolver or label: `10.<registrant>/<suffix>`."""
    return _matched(_DOI, text)


def _pmid(text: str) -> str:
    return _matched(_PMID, text)


def _lccn(text: str) -> str:
    """Normalised as the Library of Congress says ("LCCN Namespace"): no blanks, no revision, a serial of six digits."""
    compact = re.sub(r"\s", "", text).partition("/")[0].casefold()
    head, hyphen, serial = compact.partition("-")
    return _matched(_LCCN, head + serial.zfill(6) if hyphen else compact)


def _matched(form: re.Pattern[str], text: str) -> str:
    found = form.fullmatch(text.strip())
    if found is None:
        raise BadIdentifierError("not of the form of its kind")
    return found[1]


_DOI: Final = re.compile(
    r"(?:info:doi/|urn:doi:|doi:?\s*|https?://(?:dx\.)?doi\.org/)?(10\.[0-9.]+/\S+)", re.IGNORECASE | re.ASCII
)
_PMID: Final = re.compile(r"(?:pmid:?\s*)?0*([1-9][0-9]{0,8})", re.IGNORECASE | re.ASCII)
_LCCN: Final = re.compile(r"([a-z]{0,3}[0-9]{8,10})", re.ASCII)

NORMALISERS: Final[Mapping[str, Callable[[str], str]]] = {
    BibliographicItemIdCode.ISBN: isbn13,
    BibliographicItemIdCode.ISSN: issn8,
    BibliographicItemIdCode.DOI: _doi,
    BibliographicItemIdCode.PMID: _pmid,
    BibliographicRecordIdCode.OCLC: oclc_number,
    BibliographicRecordIdCode.LCCN: _lccn,
}
"""The numbers that are taken in, by their ISO 18626 code, and how each is written."""
