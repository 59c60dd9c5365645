"""A message as text for timelines and logs, without what may not stand there. Pure.

What is shown is a list of what is known to be harmless; everything else appears by its code alone. So a field that
nobody foresaw can't leak a name. Free texts (AF, AG) are shown, but without words that personal fields of the same
message contain.
"""

import re
from typing import Final

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
     "BX", "BY", "BZ", "CA", "CB", "CC", "CF", "CH", "CI", "CJ", "CK", "CL", "CM", "CP", "CQ", "CS", "CT", "CV", "PA"}
)  # fmt: skip
_MIN_WORD: Final = 3  # shorter words of a name would blank half of every sentence


def redact(frame: bytes, profile: Profile = Profile()) -> str:  # noqa: B008 - a frozen value
    """One message in readable form; never raises. What is no SIP2 message is told by its length alone."""
    try:
        reply = decode(frame, profile)
    except FrameError:
        return f"({len(frame)} bytes that are no SIP2 message)"
    parts = [_title(reply.code), *_fixed_part(reply)]
    parts += [_field(reply, code) for code in reply.fields]
    return " · ".join(parts)


def screen_text(reply: Reply) -> str:
    """The screen messages (AF) as one line, without words that personal fields of the reply contain."""
    return " / ".join(_without_names(text.strip(), reply) for text in reply.fields.get("AF", ()) if text.strip())


def _title(code: str) -> str:
    spec = MESSAGE_SPECS.get(code)
    return f"{code} {spec.struct_type.__name__}" if spec else code


def _fixed_part(reply: Reply) -> list[str]:
    """Flags, codes and counts; nothing of a fixed part that may have swallowed a field."""
    if Repair.FIXED_PART_LENGTH in reply.repairs:
        return ["(fixed part not as specified)"]
    return [f"{name} {value}" for name, value in reply.fixed.items() if value.strip() and name != "transaction_date"]


def _field(reply: Reply, code: str) -> str:
    values = reply.fields[code]
    if code == CUSTOMER:
        return f"{code} {' '.join(map(_last_digits, values))}"
    if code in _FREE_TEXT:
        return f"{code} {' / '.join(_without_names(value, reply) for value in values)}"
    if code in _SHOWN:
        return f"{code} {' / '.join(values)}".rstrip()
    return f"{code} (not shown)" if len(values) == 1 else f"{code} ({len(values)} not shown)"


def _last_digits(customer: str) -> str:
    """The last four of a customer's barcode; nothing of one that has no more than four."""
    trimmed = customer.strip()
    return "…" + trimmed[-_SHOWN_OF_CUSTOMER:] if len(trimmed) > _SHOWN_OF_CUSTOMER else "…"


def _without_names(text: str, reply: Reply) -> str:
    words = {
        word
        for code in PERSONAL | SECRET | {CUSTOMER}
        for value in reply.fields.get(code, ())
        for word in re.split(r"[\s,;]+", value)
    }
    for word in sorted((word for word in words if len(word) >= _MIN_WORD), key=len, reverse=True):
        text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
    return text
