"""A message as text for timelines and logs, without what may not stand there. Pure.

What is shown is a list of what is known to be harmless in a message of this kind; everything else appears by its code
alone. So a field that nobody foresaw can't leak a name. Free texts (AF, AG) are shown, but without words that personal
fields of the same message contain.

A value with an unescaped `|` falls into pieces, and one that begins with two capitals looks like a field: AEMUELLER|CATHERINE|
has a CA. So what follows a value that is not shown is shown only where it can't be the rest of it.
"""

import re
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
_FREE_TEXT: Final = ("AF", "AG")
_SHOWN: Final = frozenset(
    {"AB", "AH", "AJ", "AM", "AN", "AO", "AP", "AQ", "BG", "BH", "BI", "BK", "BL", "BO", "BR", "BS", "BT", "BV", "BW",
     "BX", "BY", "BZ", "CA", "CB", "CC", "CF", "CH", "CI", "CJ", "CK", "CL", "CM", "CP", "CQ"}
)  # fmt: skip
_SHOWN_ANYWHERE: Final = frozenset({CUSTOMER, *_FREE_TEXT, "CF", "CM", "CS", "CT", "CV", "PA"})
"""Those that we read wherever they come, foreseen in that message or not."""
_PLAIN: Final = re.compile(r"[YNU]?|[0-9][0-9 .,:/-]*")  # a flag, a number, a date: no rest of a name or an address
_MIN_WORD: Final = 3  # shorter words of a name would blank half of every sentence


def redact(frame: bytes, profile: Profile = Profile()) -> str:  # noqa: B008 - a frozen value
    """One message in readable form; never raises. What is no SIP2 message is told by its length alone."""
    try:
        reply = decode(frame, profile)
    except FrameError:
        return f"({len(frame)} bytes that are no SIP2 message)"
    parts = [_title(reply.code), *_fixed_part(reply)]
    values = _judged(reply)
    by_code: dict[str, list[_Value]] = {code: [] for code in reply.fields}
    for value in values:
        by_code[value.code].append(value)
    names = _names(values)
    return " · ".join([*parts, *(_field(code, same, names) for code, same in by_code.items())])


def screen_text(reply: Reply) -> str:
    """The screen messages (AF) as one line, without words that personal fields of the reply contain."""
    values = _judged(reply)
    texts = [value.text.strip() for value in values if value.code == "AF" and value.shown]
    names = _names(values)
    return " / ".join(_without(names, text) for text in texts if text)


class _Value(msgspec.Struct, frozen=True):
    """One value of a field. `doubtful`: it may be the rest of one before it that is not shown."""

    code: str
    text: str
    shown: bool
    doubtful: bool


def _judged(reply: Reply) -> list[_Value]:
    """Every value in turn."""
    spec = MESSAGE_SPECS.get(reply.code)
    allowed = _SHOWN_ANYWHERE | (_SHOWN & {field.field_id for field in spec.fields} if spec else frozenset())
    texts = {code: iter(values) for code, values in reply.fields.items()}
    judged, doubtful = [], False
    for code in reply.order:
        text = next(texts[code])
        shown = code in allowed and not (doubtful and _may_be_a_rest(code, text))
        judged.append(_Value(code, text, shown, doubtful))
        if text.strip():
            doubtful = not shown
    return judged


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


def _field(code: str, values: list[_Value], names: list[str]) -> str:
    parts = [_text(value, names) for value in values if value.shown]
    hidden = len(values) - len(parts)
    if hidden:
        parts.append("(not shown)" if hidden == 1 else f"({hidden} not shown)")
    return f"{code} {' / '.join(parts)}".rstrip()


def _text(value: _Value, names: list[str]) -> str:
    if value.code == CUSTOMER:
        return _last_digits(value.text)
    return _without(names, value.text) if value.code in _FREE_TEXT else value.text


def _last_digits(customer: str) -> str:
    """The last four of a customer's barcode; nothing of one that has no more than four."""
    trimmed = customer.strip()
    return "…" + trimmed[-_SHOWN_OF_CUSTOMER:] if len(trimmed) > _SHOWN_OF_CUSTOMER else "…"


def _names(values: list[_Value]) -> list[str]:
    """The words of personal fields, and of what may be the rest of one; the longest first."""
    named = [value.text for value in values if value.code in PERSONAL | SECRET | {CUSTOMER}]
    rests = [value.code + value.text for value in values if value.doubtful and not value.shown]
    words = {word for text in (*named, *rests) for word in re.split(r"[\s,;]+", text)}
    return sorted((word for word in words if len(word) >= _MIN_WORD), key=len, reverse=True)


def _without(names: list[str], text: str) -> str:
    for word in names:
        text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
    return text
