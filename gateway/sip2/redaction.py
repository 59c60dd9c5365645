"""A message as text for timelines and logs, without what may not stand there. Pure.

What is shown is a list of what is known to be harmless in a message of this kind; everything else appears by its code
alone. So a field that nobody foresaw can't leak a name. Free texts (AF, AG) are shown, but without words that personal
fields of the same message contain.

The work grows with the length of the message alone, whatever is in it: names are looked for on one page of free text, never in all
that came, and what is shown has an end too.

A value with an unescaped `|` falls into pieces, and one that begins with two capitals looks like a field: AEMUELLER|CATHERINE|
has a CA. So what follows a value that is not shown is shown only where it can't be the rest of it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import msgspec

from gateway.sip2.codec import Repair, Reply, decode
from gateway.sip2.errors import FrameError
from gateway.sip2.layout import MESSAGE_SPECS
from gateway.sip2.profiles import Profile

PERSONAL: Final = frozenset({"AE", "BD", "BE", "BF", "PB", "DA", "CY"})
"""Fields that carry personal data (sip2.md, "Meaning"): never shown, stored or logged."""

SECRET: Final = frozenset({"CN", "CO", "AD", "AC"})
"""Accounts, passwords and PINs."""

CUSTOMER: Final = "AA"
_SHOWN_OF_CUSTOMER: Final = 4
_NAMING: Final = PERSONAL | SECRET | {CUSTOMER}
_FREE_TEXT: Final = ("AF", "AG")
_SHOWN: Final = frozenset(
    {"AB", "AH", "AJ", "AM", "AN", "AO", "AP", "AQ", "BG", "BH", "BI", "BK", "BL", "BO", "BR", "BS", "BT", "BV", "BW",
     "BX", "BY", "BZ", "CA", "CB", "CC", "CF", "CH", "CI", "CJ", "CK", "CL", "CM", "CP", "CQ"}
)  # fmt: skip
_SHOWN_ANYWHERE: Final = frozenset({CUSTOMER, *_FREE_TEXT, "CF", "CM", "CS", "CT", "CV", "PA"})
"""Those that we read wherever they come, foreseen in that message or not."""
_PLAIN: Final = re.compile(r"[YNU]?|[0-9][0-9 .,:/-]*")  # a flag, a number, a date: no rest of a name or an address
_MIN_WORD: Final = 3  # shorter words of a name would blank half of every sentence
_PAGE: Final = 1_000  # characters of all free texts of a message together
_MOST_FIELDS: Final = 3_000  # of a message; the longest list of loans has some hundreds
_MOST_VALUES: Final = 50  # of one field
_LONGEST_VALUE: Final = 500
_LONGEST: Final = 8_000  # of the whole
_CUT: Final = "[cut]"
_BLANKED: Final = "\0"
_RUN: Final = re.compile(f"{_BLANKED}+")


def redact(frame: bytes, profile: Profile = Profile()) -> str:  # noqa: B008 - a frozen value
    """One message in readable form, cut where it is long; never raises. What is no SIP2 message is told by its length alone."""
    try:
        reply = decode(frame, profile)
    except FrameError:
        return f"({len(frame)} bytes that are no SIP2 message)"
    return redact_reply(reply)


def redact_reply(reply: Reply) -> str:
    """What `redact` gives, of a message that has been read already."""
    if len(reply.order) > _MOST_FIELDS:
        return " · ".join([_title(reply.code), *_fixed_part(reply), f"({len(reply.order)} fields not shown)"])
    by_code: dict[str, list[_Value]] = {code: [] for code in reply.fields}
    for value in _without_names(_judged(reply)):
        by_code[value.code].append(value)
    parts = [_title(reply.code), *_fixed_part(reply), *(_field(code, same) for code, same in by_code.items())]
    return _cut(" · ".join(parts), _LONGEST)


def screen_text(reply: Reply) -> str:
    """The screen messages (AF) as one line, a page at the most, without words that personal fields of the reply contain."""
    if len(reply.order) > _MOST_FIELDS:
        return ""
    texts = [value.text.strip() for value in _without_names(_judged(reply)) if value.code == "AF" and value.shown]
    return " / ".join(text for text in texts if text)


class _Value(msgspec.Struct, frozen=True):
    """One value of a field. `doubtful`: it may be the rest of one before it that is not shown."""

    code: str
    text: str
    shown: bool
    doubtful: bool


def _judged(reply: Reply) -> list[_Value]:
    """Every value in turn."""
    allowed = _allowed(reply.code)
    texts = {code: iter(values) for code, values in reply.fields.items()}
    judged, doubtful = [], False
    for code in reply.order:
        text = next(texts[code])
        shown = code in allowed and not (doubtful and _may_be_a_rest(code, text))
        judged.append(_Value(code, text, shown, doubtful))
        if text.strip():
            doubtful = not shown
    return judged


@lru_cache(maxsize=128)
def _allowed(code: str) -> frozenset[str]:
    """The fields that are shown of a message."""
    spec = MESSAGE_SPECS.get(code)
    return _SHOWN_ANYWHERE | (_SHOWN & {field.field_id for field in spec.fields} if spec else frozenset())


def _may_be_a_rest(code: str, text: str) -> bool:
    """A word whose first two letters are capitals goes on in capitals; a screen message begins with one capital alone."""
    if code in _FREE_TEXT and text[:1].isupper() and text[1:2].islower():
        return False
    return _PLAIN.fullmatch(text) is None


def _title(code: str) -> str:
    spec = MESSAGE_SPECS.get(code)
    return f"{code} {spec.struct_type.__name__}" if spec else code


def _fixed_part(reply: Reply) -> list[str]:
    """Flags, codes and counts; nothing of a fixed part that may have swallowed a field."""
    if Repair.FIXED_PART_LENGTH in reply.repairs:
        return ["(fixed part not as specified)"]
    return [f"{name} {value}" for name, value in reply.fixed.items() if value.strip() and name != "transaction_date"]


def _field(code: str, values: list[_Value]) -> str:
    texts = [_text(value) for value in values if value.shown]
    hidden, more = len(values) - len(texts), len(texts) - _MOST_VALUES
    if more > 0:
        texts[_MOST_VALUES:] = [f"({more} more)"]
    if hidden:
        texts.append("(not shown)" if hidden == 1 else f"({hidden} not shown)")
    return f"{code} {' / '.join(texts)}".rstrip()


def _text(value: _Value) -> str:
    if value.code == CUSTOMER:
        return _last_digits(value.text)
    return value.text if value.code in _FREE_TEXT else _cut(value.text, _LONGEST_VALUE)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} {_CUT}"


def _last_digits(customer: str) -> str:
    """The last four of a customer's barcode; nothing of one that has no more than four."""
    trimmed = customer.strip()
    return "…" + trimmed[-_SHOWN_OF_CUSTOMER:] if len(trimmed) > _SHOWN_OF_CUSTOMER else "…"


def _without_names(values: list[_Value]) -> list[_Value]:
    """The values, in their free texts a mark for each name; free texts beyond the first page are not shown."""
    free = [value.text for value in values if _is_free_text(value)]
    if not free:
        return values
    texts = iter(_blanked(_page(free), _names(values)))
    return [_retold(value, next(texts, None)) if _is_free_text(value) else value for value in values]


def _is_free_text(value: _Value) -> bool:
    return value.shown and value.code in _FREE_TEXT


def _retold(value: _Value, text: str | None) -> _Value:
    return msgspec.structs.replace(value, text=text or "", shown=text is not None)


def _page(texts: Iterable[str]) -> list[str]:
    """The first texts, as many as go on a page. Of one that is cut no word stands half: half a name would not be known as one."""
    page: list[str] = []
    room = _PAGE
    for text in texts:
        if len(text) > room:
            return [*page, " ".join((*text[:room].split()[:-1], _CUT))]
        page.append(text)
        room -= len(text) + 1
    return page


def _names(values: list[_Value]) -> list[str]:
    """The words of personal fields, and of what may be the rest of one, folded; the longest first."""
    named = [value.text for value in values if value.code in _NAMING]
    rests = [value.code + value.text for value in values if value.doubtful and not value.shown]
    words = set(re.split(r"[\s,;]+", _folded(" ".join((*named, *rests)))))
    return sorted((word for word in words if len(word) >= _MIN_WORD), key=len, reverse=True)


def _blanked(texts: list[str], names: list[str]) -> Iterator[str]:
    """The texts with "…" in place of names: one search for each name in all of them, folded, which keeps every place."""
    folded = "\n".join(map(_folded, texts))  # no name holds a line's end
    for name in names:
        folded = folded.replace(name, _BLANKED * len(name))
    place = 0
    for text in texts:
        yield _marked(text, folded[place : place + len(text)])
        place += len(text) + 1


def _marked(text: str, blanked: str) -> str:
    """The text with one mark in place of each run of what is blanked."""
    parts: list[str] = []
    place = 0
    for run in _RUN.finditer(blanked):
        parts += text[place : run.start()], "…"
        place = run.end()
    return "".join((*parts, text[place:]))


def _folded(text: str) -> str:
    """The text as it is compared, case ignored: as many characters as it has."""
    return text.lower() if text.isascii() else "".join(char.casefold()[:1] for char in text)
