"""Does a note tell of the customer? Looks for barcode, name, e-mail and phone; says which kinds it found, never the text.

ill.md, duty 14: nothing about the customer leaves by default, and a hit blocks the message until a person has looked. So a
false hit costs a look and a miss costs somebody's privacy: where the two pull apart, it hits. Numbers hit only as a whole,
so that an ISBN, a date or a request id does not. Notes alone are looked at, never titles: authors have names too. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

import msgspec

from gateway.sip2.codec import Reply


class Personal(StrEnum):
    """What of a customer a note may tell."""

    BARCODE = "barcode"
    NAME = "name"
    EMAIL = "e-mail"
    PHONE = "phone"


class CustomerData(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a customer, held only while a note is looked at: never stored, never logged, never shown."""

    barcodes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """As the circulation system has them: `Doe, Jo A.` or `Jo A. Doe`."""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Nothing of it."""
        return "CustomerData(…)"


def known_of(reply: Reply) -> CustomerData:
    """Return what Patron Information (64) tells of a customer: AA, AE, BE and BF, every value of each."""
    barcodes, names, emails, phones = (
        tuple(value.strip() for value in reply.fields.get(code, ()) if value.strip())
        for code in ("AA", "AE", "BE", "BF")
    )
    return CustomerData(barcodes=barcodes, names=names, emails=emails, phones=phones)


def personal_data_in(note: str, customer: CustomerData) -> tuple[Personal, ...]:
    """Say which kinds of the customer's data a note holds, in the order of Personal."""
    text = _readable(note)
    sought: Mapping[Personal, tuple[tuple[str, ...], _Seeker]] = {
        Personal.BARCODE: (customer.barcodes, _has_barcode),
        Personal.NAME: (customer.names, _has_name),
        Personal.EMAIL: (customer.emails, _has_email),
        Personal.PHONE: (customer.phones, _has_phone),
    }
    return tuple(kind for kind, (values, has) in sought.items() if any(has(text, _readable(value)) for value in values))


_Seeker = Callable[[str, str], bool]
"""Whether a text holds a value; both are readable."""


def _readable(text: str) -> str:
    """Digits of all scripts as ours, wide letters and ligatures plain, accents and invisible characters gone; the case stays."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    visible = (char for char in plain if unicodedata.category(char) not in {"Mn", "Cf"})
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in visible)


NUMBER_MIN: Final = 6
"""Characters from which on a number may be a customer's card: what is shorter is a page, a year, a price."""
_GROUPED: Final = re.compile(r"\d+(?:[ _./·-]\d+)*", re.ASCII)
_MIXED: Final = re.compile(r"[^\W_]+")
_DIGITS_MIN: Final = 4


def numbers_in(note: str) -> tuple[str, ...]:
    """Return each number in a note that may be somebody's card: groups of digits together, words with four digits or more."""
    text = _readable(note)
    grouped = [re.sub(r"\D", "", run) for run in _GROUPED.findall(text)]
    words = [word for word in _MIXED.findall(text) if len(re.findall(r"\d", word)) >= _DIGITS_MIN]
    return tuple(dict.fromkeys(number for number in (*grouped, *words) if len(number) >= NUMBER_MIN))


# ── barcode, e-mail ──────────────────────────────────────────────────────────────────────────────

BARCODE_MIN: Final = 4
"""Characters; a shorter barcode is any number."""
_SPACED_FROM: Final = 6
"""Characters from which on a barcode is found with blanks or hyphens inside."""
_BETWEEN: Final = r"[\s._/·-]{0,3}"


def _has_barcode(text: str, barcode: str) -> bool:
    """As a whole number or word, with Codabar's start and stop letters or without, whatever the grouping."""
    characters = re.sub(r"[\W_]", "", barcode)
    if len(characters) < BARCODE_MIN:
        return False
    between = _BETWEEN if len(characters) >= _SPACED_FROM else ""
    form = rf"(?<![^\W_])[a-d]?{between.join(map(re.escape, characters))}[a-d]?(?![^\W_])"
    return re.search(form, text, re.IGNORECASE) is not None


_AT: Final = r"\s{0,3}[(\[{<]?\s{0,3}(?:@|\bat\b)\s{0,3}[)\]}>]?\s{0,3}"
_DOT: Final = r"\s{0,3}[(\[{<]?\s{0,3}(?:\.|\bdot\b)\s{0,3}[)\]}>]?\s{0,3}"


def _has_email(text: str, email: str) -> bool:
    """Also with a tag behind a plus sign, with blanks, and with "at" and "dot" in words."""
    local, at, domain = email.strip().rpartition("@")
    if not (at and local and domain):
        return False
    mailbox, host = (_DOT.join(map(re.escape, part.split("."))) for part in (local.partition("+")[0], domain))
    form = rf"(?<![^\W_]){mailbox}(?:\+[\w.+-]*)?{_AT}{host}(?![^\W_])"
    return re.search(form, text, re.IGNORECASE) is not None


# ── phone ────────────────────────────────────────────────────────────────────────────────────────

PHONE_MIN: Final = 7
"""Digits: a number without its area code."""
_PHONE_MAX: Final = 18
"""Digits: E.164 allows 15; `00` or `011` may stand before."""
_EXTENSION: Final = re.compile(r"(?:\bext|x|#|;)", re.IGNORECASE)
_RUN: Final = re.compile(r"\d+(?:[\s().+/·\u2010-\u2015-]{1,4}\d+)*", re.ASCII)


def _has_phone(text: str, phone: str) -> bool:
    """With or without country and area code, however grouped: one number is the end of the other."""
    own = re.sub(r"\D", "", _EXTENSION.split(phone)[0].replace("(0)", "")).lstrip("0")
    if len(own) < PHONE_MIN:
        return False
    return any(given.endswith(own) or own.endswith(given) for given in _phones(text.replace("(0)", "")))


def _phones(text: str) -> Iterator[str]:
    """Every number that groups of digits beside each other may be, without leading zeros."""
    for run in _RUN.findall(text):
        groups = re.findall(r"\d+", run)
        for start in range(len(groups)):
            for number in accumulate(groups[start : start + _PHONE_MAX]):
                if len(number) > _PHONE_MAX:
                    break
                if len(number.lstrip("0")) >= PHONE_MIN:
                    yield number.lstrip("0")


# ── name ─────────────────────────────────────────────────────────────────────────────────────────

_PARTICLES: Final = frozenset(
    ["al", "bin", "da", "de", "del", "den", "der", "di", "du", "el", "ibn", "la", "le", "van", "von", "zu", "jr", "sr"]
)
_TITLES: Final = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau"])
_WORD: Final = re.compile(r"([^\W\d_]+)(\.?)")
_LONE_NAME_MIN: Final = 4
_JOINED_MIN: Final = 5


class _Word(NamedTuple):
    """A word in small letters; `is_initial`: one letter that stands for a name, not for the article or the pronoun."""

    text: str
    is_initial: bool


def _has_name(text: str, name: str) -> bool:
    """Two words of the name beside each other in any order, initials and particles aside.

    Or one of them beside the initial of another or behind a form of address, or two written as one word. A name of one word
    alone hits wherever it stands, unless it is short.
    """
    own = {word.text for word in _words(name) if len(word.text) > 1} - _PARTICLES - _TITLES
    words = _words(text)
    if len(own) == 1:
        return any(word.text in own and len(word.text) >= _LONE_NAME_MIN for word in words) or _addressed(words, own)
    whole = [word for word in words if len(word.text) > 1 and word.text not in _PARTICLES]
    beside = any(one.text in own and two.text in own and one != two for one, two in pairwise(whole))
    return beside or _with_initial(words, own) or _addressed(words, own) or _joined(words, own)


def _words(text: str) -> list[_Word]:
    found = _WORD.findall(text.replace("'", "").replace("\u2019", ""))
    return [_Word(word.casefold(), _is_initial(word, dot)) for word, dot in found]


def _is_initial(word: str, dot: str) -> bool:
    return len(word) == 1 and (bool(dot) or (word.isupper() and word not in "AI"))


def _with_initial(words: list[_Word], own: set[str]) -> bool:
    """`J. Doe`, `Doe, J.`, `Doe J A`."""
    pairs = [pair for one, two in pairwise(words) for pair in ((one, two), (two, one))]
    return any(
        word.text in own and initial.is_initial and any(name[0] == initial.text for name in own - {word.text})
        for initial, word in pairs
    )


def _addressed(words: list[_Word], own: set[str]) -> bool:
    return any(title.text in _TITLES and word.text in own for title, word in pairwise(words))


def _joined(words: list[_Word], own: set[str]) -> bool:
    joined = {one + two for one in own for two in own if one != two and len(one + two) >= _JOINED_MIN}
    return any(word.text in joined for word in words)
