"""ISBN, ISSN, OCLC number and LCCN: one spelling for each, whoever wrote it and however.

Used wherever a number is taken in or looked up (`catalogue`, `mapping`), hence below both. Pure: text in, text out; the
check digits are python-stdnum's.
"""

import re
from collections.abc import Callable
from typing import Final

from stdnum import isbn, issn
from stdnum.exceptions import InvalidChecksum, ValidationError


class BadIdentifierError(ValueError):
    """An identifier that gives no key; its text says why, in words for a person, and quotes its beginning."""


class CheckDigitError(BadIdentifierError):
    """A number of the right form whose check digit is wrong: mistyped, or misprinted in the book itself.

    `number` is what was written, without hyphens and blanks.
    """

    def __init__(self, words: str, number: str) -> None:
        super().__init__(words)
        self.number = number


_OCLC: Final = re.compile(r"(?:ocolc)?(?:ocm|ocn|on|oclc)?0*([1-9][0-9]*)", re.IGNORECASE | re.ASCII)
"""As MARC 001 and 035 write it, brackets and blanks gone: `ocm00012345`, `ocn123456789`, `on1234567890`, `OCoLC12345`."""
_LCCN_LABEL: Final = re.compile(r"^(?:lccn\W*|(?:https?://)?lccn\.loc\.gov/|info:lccn/)", re.IGNORECASE | re.ASCII)
_LCCN_HYPHENED: Final = re.compile(r"([a-z]{0,3}[0-9]{2}|[a-z]{0,2}[0-9]{4})-([0-9]{1,6})", re.ASCII)
_LCCN: Final = re.compile(r"[a-z]{0,3}[0-9]{8}|[a-z]{0,2}[0-9]{10}", re.ASCII)
"""Normalised: a prefix of letters, the year in two digits or (since 2001) four, six digits (loc.gov/marc/lccn_structure.html)."""
_OCLC_BETWEEN: Final = re.compile(r"[\s():#]")
_ISBN_LABEL: Final = re.compile(r"^\W*(?:urn:)?(?:isbn)?(?:[- ]?1[03][\s:])?\W*", re.IGNORECASE | re.ASCII)
_ISSN_LABEL: Final = re.compile(r"^\W*(?:urn:)?(?:e-?issn|issn(?:-l)?)?\W*", re.IGNORECASE | re.ASCII)
_NUMBER: Final = re.compile(r"[0-9][0-9 -]*(?:X(?![A-Z]))?", re.IGNORECASE | re.ASCII)
"""The digits of an ISBN or ISSN with the hyphens and blanks between; what follows is a qualifier such as `(pbk.)`."""
_DASHES: Final = re.compile("[\u00ad\u2010-\u2015\u2212]")
_ISSN_LENGTH: Final = 8
_QUOTED_MAX: Final = 40


def oclc_number(text: str) -> str:
    """Return the digits of an OCLC number without leading zeros; raises BadIdentifierError."""
    found = _OCLC.fullmatch(_OCLC_BETWEEN.sub("", text))
    if found is None:
        raise BadIdentifierError(f"not an OCLC number: {quoted(text)}")
    return found[1]


def lccn(text: str) -> str:
    """Return an LCCN as the Library of Congress normalises it; raises BadIdentifierError.

    No blanks, nothing from a slash on, the part after a hyphen six digits long.
    """
    bare = re.sub(r"\s", "", _LCCN_LABEL.sub("", text.strip(), count=1)).partition("/")[0].casefold()
    hyphened = _LCCN_HYPHENED.fullmatch(bare)
    value = f"{hyphened[1]}{int(hyphened[2]):06}" if hyphened else bare
    if _LCCN.fullmatch(value) is None:
        raise BadIdentifierError(f"not an LCCN: {quoted(text)}")
    return value


def isbn13(text: str) -> str:
    """Return the thirteen digits of an ISBN, whichever form it came in; raises BadIdentifierError, of which CheckDigitError.

    Nine digits are a Standard Book Number, or an ISBN that lost its leading zero in a spreadsheet; the check digit tells.
    """
    return _valid("ISBN", _number(_ISBN_LABEL, text), text, lambda number: str(isbn.validate(number, convert=True)))


def issn8(text: str) -> str:
    """Return seven digits and the check character of an ISSN; raises BadIdentifierError, of which CheckDigitError.

    A leading zero that a spreadsheet took is put back.
    """
    number = re.sub("[ -]", "", _number(_ISSN_LABEL, text))
    padded = f"0{number}" if len(number) == _ISSN_LENGTH - 1 else number
    return _valid("ISSN", padded, text, lambda compact: str(issn.validate(compact)))


def quoted(text: str) -> str:
    """Quote what somebody sent: short, control characters escaped."""
    return repr(text if len(text) <= _QUOTED_MAX else text[:_QUOTED_MAX] + "…")


def _number(label: re.Pattern[str], text: str) -> str:
    """The number at the head of the text, after its label."""
    found = _NUMBER.match(label.sub("", _DASHES.sub("-", text), count=1))
    return found[0].strip(" -") if found else ""


def _valid(name: str, number: str, text: str, validate: Callable[[str], str]) -> str:
    try:
        return validate(number)
    except InvalidChecksum:
        words = f"the check digit of the {name} is wrong: {quoted(text)}"
        raise CheckDigitError(words, re.sub("[ -]", "", number).upper()) from None
    except ValidationError:
        raise BadIdentifierError(f"not an {name}: {quoted(text)}") from None
