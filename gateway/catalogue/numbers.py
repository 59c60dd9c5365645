"""Numbers with a slip in them: what an ISBN without its check digit, or with a wrong one, was probably meant to be.

Only ever a second choice: a number that was mended finds the right work where the title agrees, and none where it does not.
Pure: text in, keys out.
"""

import re
from typing import Final

from stdnum import ean, isbn, issn

from gateway.catalogue.keys import KEY_TEXT_MAX, KeyKind, make_key
from gateway.standard_numbers import BadIdentifierError

_LABEL: Final = re.compile(r"^\W*(?:urn:)?(?:e?issn(?:-l)?|isbn)?(?:[- ]?1[03][\s:])?\W*", re.IGNORECASE | re.ASCII)
_DIGITS: Final = re.compile(r"[0-9][0-9Xx -]*", re.ASCII)
_ISBN_13: Final = re.compile(r"(97[89][0-9]{9})[0-9]?")
_ISBN_10: Final = re.compile(r"([0-9]{9})[0-9X]?")
_ISBN_UNCHECKED: Final = re.compile(r"97[89][0-9]{9}|[0-9]{9}")
_SHORTENED: Final = re.compile(r"([0-9]{8})[0-9X]")
_ISSN: Final = re.compile(r"([0-9]{7})[0-9X]?")


def readings(kind: KeyKind, text: str) -> tuple[str, ...]:
    """Return the keys that a text may stand for: the one that it is, else those that it was probably meant to be."""
    try:
        return (make_key(kind, text),)
    except BadIdentifierError:
        digits = _digits_of(text)
    if kind is KeyKind.ISBN:
        return tuple(f"{kind}:{number}" for number in _isbns(digits))
    if kind is KeyKind.ISSN and (body := _ISSN.fullmatch(digits)):
        return (f"{kind}:{body[1]}{issn.calc_check_digit(body[1])}",)
    return ()


def without_check_digit(kind: KeyKind, text: str) -> str | None:
    """Return the key of an ISBN that is all there but for its check digit, which tells no book from another; None for any other text."""
    digits = _digits_of(text)
    if kind is not KeyKind.ISBN or not _ISBN_UNCHECKED.fullmatch(digits):
        return None
    return f"{kind}:{_isbns(digits)[0]}"


def _digits_of(text: str) -> str:
    found = _DIGITS.match(_LABEL.sub("", text[:KEY_TEXT_MAX], count=1))
    return re.sub("[ -]", "", found[0]).upper() if found else ""


def _isbns(digits: str) -> list[str]:
    """With the check digit put right: of thirteen digits, of ten, and of nine that lost a leading zero."""
    if body := _ISBN_13.fullmatch(digits):
        return [body[1] + ean.calc_check_digit(body[1])]
    bodies = [form[1] for form in (_ISBN_10.fullmatch(digits),) if form]
    bodies += [f"0{form[1]}" for form in (_SHORTENED.fullmatch(digits),) if form]
    return [str(isbn.to_isbn13(body + _check_digit(body))) for body in bodies]


def _check_digit(body: str) -> str:
    """Of an ISBN of ten digits: modulo 11, the weights one to nine (ISO 2108:1992)."""
    check = sum(place * int(digit) for place, digit in enumerate(body, 1)) % 11
    return "X" if check == 10 else str(check)  # noqa: PLR2004 - the value of X
