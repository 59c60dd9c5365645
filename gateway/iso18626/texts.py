"""Single values as text: times, numbers and booleans of XML Schema to Python and back. Pure functions.

Reading is lenient where iso18626.md ("Be liberal") says so and names what it put right; writing is strict.
"""

import re
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Final, TypeVar

from lxml import etree
from msgspec import to_builtins

from gateway.iso18626.repairs import RepairKind

T = TypeVar("T")

# Within these bounds a time can be told in every zone; beyond them Python's calendar ends too early for some.
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)
_MICROSECOND_DIGITS: Final = 6
_CANONICAL_LENGTH: Final = len("2024-01-01T00:00:00.000000Z")
_MAX_DIGITS: Final = 18  # XML Schema, part 2: every processor can hold a decimal of 18 digits
_TOO_LARGE: Final = 10**_MAX_DIGITS

_TIME: Final = re.compile(
    r"(?P<year>-?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:(?P<joint>T|t|\s+)(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d*))?)?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_CANONICAL_TIME: Final = re.compile(
    r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_MOST_PLACES: Final = _MAX_DIGITS - 1  # the digit before the point counts, too
# Amounts that a peer computed with binary fractions come with fifty decimals.
_DECIMAL: Final = re.compile(r"[+-]?(?:\d{1,40}(?:[.,]\d{0,100})?|[.,]\d{1,100})", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_KEPT: Final = 256  # answers of a function
_LONGEST_KEPT: Final = 1000  # characters
_BOOLEANS: Final = {"true": True, "1": True, "y": True, "false": False, "0": False, "n": False}


def read_time(text: str) -> tuple[datetime | None, tuple[RepairKind, ...]]:
    """The aware time that a text tells, and what had to be put right. ValueError if it tells none.

    A time without a zone is taken as UTC; a zone is kept as it was sent. A time that Python cannot tell in every zone
    (the years 0001 and 9999 at their ends, years before or after) becomes None.
    """
    text = text.strip()
    if len(text) <= _CANONICAL_LENGTH and text.endswith("Z") and not text.startswith(("0001", "9999")):
        try:
            return datetime.fromisoformat(text), () if _CANONICAL_TIME.fullmatch(text) else (RepairKind.TIME_FORM,)
        except ValueError:
            pass  # the long way tells 24:00 from nonsense
    return _read_unusual_time(text)


def _read_unusual_time(text: str) -> tuple[datetime | None, tuple[RepairKind, ...]]:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("not a time")
    repairs = [] if _CANONICAL_TIME.fullmatch(text) else [RepairKind.TIME_FORM]
    if found["zone"] is None:
        repairs.append(RepairKind.TIME_WITHOUT_ZONE)
    if len((found["fraction"] or "").rstrip("0")) > _MICROSECOND_DIGITS:
        repairs.append(RepairKind.TIME_PRECISION)
    try:
        value = _time_of(found)
    except OverflowError:
        return None, (*repairs, RepairKind.TIME_OUT_OF_RANGE)
    except ValueError:
        raise ValueError("not a time") from None
    return value, tuple(repairs)


def _time_of(found: re.Match[str]) -> datetime:
    """The matched time; ValueError when there is no such day or hour, OverflowError when it is out of range."""
    year = int(found["year"])
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    end_of_day = (hour, minute, second) == (24, 0, 0)
    micros = int((found["fraction"] or "")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0"))
    in_range = year if MINYEAR <= year <= MAXYEAR else 2000
    moment = datetime(
        in_range,
        int(found["month"]),
        int(found["day"]),
        0 if end_of_day else hour,
        minute,
        second,
        micros,
        tzinfo=_zone(found["zone"]),
    )
    if in_range != year or not _EARLIEST <= moment <= _LATEST:
        raise OverflowError(year)
    return moment + timedelta(days=1) if end_of_day else moment


def _zone(text: str | None) -> timezone:
    if text is None or text in {"Z", "z"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def write_time(moment: datetime) -> str:
    """The time in UTC as xs:dateTime. ValueError if it has no zone or lies where `read_time` would not take it."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("a time at the end of the calendar")
    text: str = to_builtins(moment.astimezone(UTC))  # ISO 8601 with a Z, in a fourth of the time of isoformat
    return text


def read_decimal(text: str) -> tuple[Decimal, tuple[RepairKind, ...]]:
    """A decimal number, also with a comma; decimals that `write_decimal` has no room for are rounded off.

    ValueError if it is none, or too large.
    """
    plain = text.strip()
    if _DECIMAL.fullmatch(plain) is None:
        raise ValueError("not a decimal number")
    exact = Decimal(plain.replace(",", "."))
    number = exact if len(plain) < _MAX_DIGITS else _rounded(exact)
    return number, (RepairKind.VALUE_FORM,) if "," in plain or number != exact else ()


def _rounded(number: Decimal) -> Decimal:
    """The number in 18 digits. ValueError if those before the point are more."""
    if abs(number) >= _TOO_LARGE - 1:
        raise ValueError("a decimal number that is too large")
    places = min(_MOST_PLACES, _MAX_DIGITS - 1 - max(number.adjusted(), 0))
    return round(number, places) if -_exponent(number) > places else number


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "no infinity passes the pattern"
    return exponent


def write_decimal(number: Decimal) -> str:
    """The number as xs:decimal. ValueError if it is not finite or longer than every processor must take."""
    if not number.is_finite() or abs(number.adjusted()) >= _MAX_DIGITS:
        raise ValueError("not a decimal number that schemas can hold")
    text = format(number, "f")
    if len(text.lstrip("-").replace(".", "").lstrip("0")) > _MAX_DIGITS:
        raise ValueError(f"a decimal number of more than {_MAX_DIGITS} digits")
    return text


def read_integer(text: str) -> int:
    """A whole number. ValueError if it is none, or larger than `write_integer` takes."""
    if _INTEGER.fullmatch(text.strip()) is None or abs(number := int(text)) >= _TOO_LARGE:
        raise ValueError("not a whole number, or too large")
    return number


def write_integer(number: int, *, least: int | None = None) -> str:
    """The number as xs:integer. ValueError if it is below the least, or longer than every processor must take."""
    if (least is not None and number < least) or abs(number) >= _TOO_LARGE:
        raise ValueError("out of range")
    return str(number)


def read_boolean(text: str) -> tuple[bool, tuple[RepairKind, ...]]:
    """A truth value, also in capitals or as Y and N. ValueError if it is none."""
    plain = text.strip()
    if plain.casefold() not in _BOOLEANS:
        raise ValueError("neither true nor false")
    return _BOOLEANS[plain.casefold()], () if plain in {"true", "false", "0", "1"} else (RepairKind.VALUE_FORM,)


def currency(text: str) -> str:
    """A currency code in capitals; anything that does not look like one stays as it is."""
    code = text.strip()
    return code.upper() if len(code) == len("USD") and code.isascii() and code.isalpha() else text


def first_illegal(text: str) -> str | None:
    """The first character that XML cannot carry, named as U+XXXX, or None."""
    found = _ILLEGAL.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def kept_if_short(function: Callable[[str], T]) -> Callable[[str], T]:
    """The function, with its latest answers kept; not those for long texts, lest strangers fill the memory with them."""
    kept = lru_cache(maxsize=_MOST_KEPT)(function)

    @wraps(function)
    def answer(text: str) -> T:
        return kept(text) if len(text) <= _LONGEST_KEPT else function(text)

    return answer


_URI_SCHEMA: Final = etree.XML(
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="uri" type="xs:anyURI"/></xs:schema>'
)


@kept_if_short
def is_uri(text: str) -> bool:
    """Whether a schema takes the text as xs:anyURI, unchanged by the collapsing of blanks."""
    if text != " ".join(text.split()) or first_illegal(text):
        return False
    element = etree.Element("uri")
    element.text = text
    return etree.XMLSchema(_URI_SCHEMA).validate(element)
