"""Kinds of value in the settings: their limits, and what is said when a value is none of the kind.

Every check gives the value or raises ValueError in words that end a sentence about the key. Checks look at files, never
into them.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from gateway.iso18626.codes import LoanCondition, OpenCode, ReasonRetry, ReasonUnfilled
from gateway.iso18626.dialects import DIALECTS
from gateway.sip2.carried import not_carried
from gateway.sip2.products import PROFILES
from gateway.workflow.catalogue import Z3950_SCHEME, z3950_place


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{name}" is no time zone; give one like "Europe/Berlin" or "America/Chicago"') from None


def _symbol(text: str) -> str:
    kind, colon, value = text.partition(":")
    if not (colon and kind.strip() and value.strip()):
        raise ValueError(f'"{text}" is no agency; give type and value, like "ISIL:XX-EXAMPLE"')
    return text


def _symbol_or_any(text: str) -> str:
    return text if text == "*" else _symbol(text)


def _not_empty(symbols: tuple[str, ...]) -> tuple[str, ...]:
    if not symbols:
        raise ValueError("must not be empty")
    return symbols


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f'"{text}" is no address or network, like "192.0.2.0/24"') from None


def _readable(path: str) -> str:
    if not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise ValueError(f"there is no file {path} that can be read")
    return path


def _url(*schemes: str) -> Callable[[str], str]:
    """A check of a URL's scheme; a password in a URL would be shown wherever the URL is."""

    def check(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes:
            raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        if parts.password:
            raise ValueError("must not hold a password; name it in a key of its own")
        return text

    return check


def _z3950_has_place(text: str) -> str:
    if urlsplit(text).scheme == Z3950_SCHEME:
        z3950_place(text)
    return text


def _code(codes: type[OpenCode]) -> Callable[[str], str]:
    """A check against an open list: we never invent a code (iso18626.md, "Open code lists")."""

    def check(text: str) -> str:
        code = codes.lookup(text)
        if code is None:
            raise ValueError(f'"{text}" is no {codes.__name__}; known are {", ".join(codes)}')
        return code.value

    return check


def _reason(text: str) -> str:
    """A check against both lists of reasons: one of ReasonRetry makes a refusal a RetryPossible."""
    code = ReasonUnfilled.lookup(text) or ReasonRetry.lookup(text)
    if code is None:
        raise ValueError(f'"{text}" is no reason; known are {", ".join([*ReasonUnfilled, *ReasonRetry])}')
    return code.value


def _account(text: str) -> str:
    """A check against what SIP2 can carry; it names the place of a character, never the text."""
    if why_not := not_carried(text):
        raise ValueError(f"can't be used: {why_not}")
    return text


def one_of(what: str, names: Iterable[str]) -> AfterValidator:
    """A check against the names of a table."""
    known = tuple(names)

    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f'"{name}" is no {what}; known are {", ".join(known)}')
        return name

    return AfterValidator(check)


def like(pattern: str, words: str) -> AfterValidator:
    """A check of the whole text's form."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(words)
        return text

    return AfterValidator(check)


Name = Annotated[str, Field(min_length=1)]
Account = Annotated[Name, AfterValidator(_account)]
"""An account on the circulation system."""
Identity = Annotated[str, like(r"[A-Za-z0-9][\w.-]{0,63}", "must be up to 64 letters, digits, points, hyphens")]
"""An id that is part of lanes and metric labels."""
PeerSecretName = Annotated[str, like(r"peer-[\w.-]{1,80}", 'must be a name that begins with "peer-"')]
"""An entry of [secrets] that the record of a peer may name."""
Port = Annotated[int, Field(ge=0, le=65535)]
"""0 takes any free one."""
Count = Annotated[int, Field(ge=0)]
PositiveCount = Annotated[int, Field(ge=1)]
Days = Annotated[int, Field(ge=1, le=36_500)]
"""A hundred years: no date that is so many days ahead lies beyond the calendar."""
Seconds = Annotated[float, Field(ge=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]
ZoneName = Annotated[str, AfterValidator(_time_zone)]
Symbol = Annotated[str, AfterValidator(_symbol)]
Symbols = Annotated[tuple[Symbol, ...], AfterValidator(_not_empty)]
SymbolOrAny = Annotated[str, AfterValidator(_symbol_or_any)]
Network = Annotated[str, AfterValidator(_network)]
ReadableFile = Annotated[str, AfterValidator(_readable)]
HttpUrl = Annotated[str, AfterValidator(_url("http", "https"))]
CatalogueUrl = Annotated[str, AfterValidator(_url("http", "https", Z3950_SCHEME)), AfterValidator(_z3950_has_place)]
StoreUrl = Annotated[str, AfterValidator(_url("sqlite", "postgresql"))]
Reason = Annotated[str, AfterValidator(_reason)]
Condition = Annotated[str, AfterValidator(_code(LoanCondition))]
DialectName = Annotated[str, one_of("dialect", DIALECTS)]
ProfileName = Annotated[str, one_of("profile", PROFILES)]
Currency = Annotated[str, like("[A-Z]{3}", 'must be a currency of ISO 4217, like "EUR"')]
UrlPath = Annotated[str, like("/.*", 'must begin with "/"')]
StatusDigits = Annotated[str, like("0[1-9]|1[0-3]", 'must be a circulation status, "01" to "13"')]
RetryReason = Annotated[str, AfterValidator(_code(ReasonRetry))]


TimeOfDay = Annotated[str, like(r"([01]\d|2[0-3]):[0-5]\d|", 'must be a time like "03:30", or ""')]
Moment = Annotated[str, like(r"([01]\d|2[0-3]):[0-5]\d", 'must be a time like "08:00"')]
EmailAddress = Annotated[
    str, like(r"[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,189}", 'must be an e-mail address like "ill@library.example"')
]


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def _opens(weekdays: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if set(weekdays) == set(Weekday):
        raise ValueError("names all seven days: who never opens can't count open days")
    return weekdays


ClosedWeekdays = Annotated[tuple[Weekday, ...], AfterValidator(_opens)]


def month_and_day(text: str) -> tuple[int, int]:
    """Read "12-25". Raises ValueError where no year has such a day."""
    try:
        day = date.fromisoformat(f"{_A_LEAP_YEAR}-{text}")
    except ValueError:
        raise ValueError(f'"{text}" is no day of the year; give month and day, like "12-25"') from None
    return day.month, day.day


def _yearly(text: str) -> str:
    month_and_day(text)
    return text


_A_LEAP_YEAR = 2024
YearlyDay = Annotated[str, AfterValidator(_yearly)]


class UnknownPartnerRule(StrEnum):
    """What becomes of a request from a library we don't know."""

    APPROVE = "approve"
    REFUSE = "refuse"


class UnknownPeerRule(StrEnum):
    """What becomes of a request from a system that shows nothing of who it is."""

    REFUSE = "refuse"
    APPROVE = "approve"


class LogLevel(StrEnum):
    """From which level on lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
