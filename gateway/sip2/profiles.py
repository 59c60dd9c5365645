"""What may differ from one circulation system to the next, as a value. No behaviour lives here.

A profile is chosen by name (products.toml, by way of `products`) and changed by configuration (`customise`). As it is
made here it is the specification with tolerant eyes.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec


class Encoding(StrEnum):
    """Code page of the field values; cp850 is the specification's."""

    CP850 = "cp850"
    ASCII = "ascii"
    LATIN_1 = "iso-8859-1"
    UTF_8 = "utf-8"


class ChecksumPolicy(StrEnum):
    """What a wrong checksum in a reply means."""

    STRICT = "strict"  # the reply is damaged: ask for it again by 97, once
    WARN = "warn"  # take the reply and record a repair
    IGNORE = "ignore"  # take the reply


class DateOrder(StrEnum):
    """How `04/05/2026` is read."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Zone(StrEnum):
    """Whose clock a date without an explicit zone shows."""

    LOCAL = "local"
    UTC = "utc"


class LoginKind(StrEnum):
    """How a session begins."""

    MESSAGE = "93"
    TELNET = "telnet"
    NONE = "none"


class StatusFirst(StrEnum):
    """Whether a 99 is due before the login.

    REQUIRED puts it first. ALLOWED and FATAL both log in first; the difference is kept for people and for checks.
    """

    REQUIRED = "required"
    ALLOWED = "allowed"
    FATAL = "fatal"


class HoldMode(StrEnum):
    """Hold mode of message 15."""

    ADD = "+"
    CANCEL = "-"
    CHANGE = "*"


class CustomerList(StrEnum):
    """The lists of a 64 that we ask for, each with its count in the fixed part."""

    HOLDS = "holds"
    UNAVAILABLE_HOLDS = "unavailable_holds"
    CHARGED = "charged"


class ScreenMeaning(StrEnum):
    """What a site's AF texts may tell; never the only signal, for they are free text in the site's language."""

    BLOCKED = "blocked"
    HOLD_REFUSED = "hold_refused"
    NO_SUCH_CUSTOMER = "no_such_customer"
    NO_SUCH_ITEM = "no_such_item"
    ON_HOLD_FOR_ANOTHER = "on_hold_for_another"
    RENEWAL_REFUSED = "renewal_refused"
    TRY_LATER = "try_later"


class Credentials(msgspec.Struct, frozen=True):
    """The account we log in with: CN and CO of the 93, or the answers to telnet prompts."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Nothing of the account: a representation may end in a log."""
        return "Credentials(...)"


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One circulation system's habits. Times are seconds; patterns are regular expressions, case ignored."""

    name: str = "generic"

    encoding: Encoding = Encoding.CP850
    checksum: ChecksumPolicy = ChecksumPolicy.WARN
    error_detection: bool = True  # send AY and AZ
    echo_fields: tuple[str, ...] = ("AA", "AB")  # what a reply must repeat when request and reply both carry it

    date_order: DateOrder | None = None  # None: month first with slashes and dashes, day first with dots
    sends_zone: Zone = Zone.LOCAL
    zeros_zone: Zone = Zone.LOCAL  # what ZZZZ = "0000" means, which the specification does not know

    login: LoginKind = LoginKind.MESSAGE
    status_first: StatusFirst = StatusFirst.ALLOWED
    login_prompt: str = r"(login|user ?(name|id)?) ?: ?$"
    password_prompt: str = r"password ?: ?$"  # noqa: S105 - a pattern
    login_refused: str = r"invalid|incorrect|denied|(?<!\b0 )(?<!\bno )failed|refused"  # not "0 failed logins"
    login_answers: bool = True  # a line follows the telnet password; without one the session starts at once

    institution_id: str = ""  # AO
    terminal_password: str = ""  # AC
    location_code: str = ""  # CP
    language: str = "000"
    max_print_width: int = 80

    supports: frozenset[str] | None = None  # message codes; given, it stands in place of BX
    hold_modes: frozenset[HoldMode] = frozenset(HoldMode)
    lists: frozenset[CustomerList] = frozenset(CustomerList)  # those kept; of the others what is missing proves nothing
    screen_patterns: tuple[tuple[str, ScreenMeaning], ...] = ()

    connect_timeout_s: float = 5.0
    login_timeout_s: float = 10.0  # for the whole opening: an ACS at its connection limit accepts and stays silent
    reply_timeout_s: float = 30.0  # where the 98 gives none
    reply_timeout_floor_s: float = 1.0  # never less patience than this, whatever the 98 says
    keepalive_s: float = 45.0  # idle sessions have been seen closed after 60 s
    max_retries: int = 2  # of messages that are safe to repeat; the 98 may allow fewer

    def __post_init__(self) -> None:
        """Refuse patterns that don't compile. Raises ValueError."""
        patterns = (self.login_prompt, self.password_prompt, self.login_refused, *(p for p, _ in self.screen_patterns))
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as exc:
                raise ValueError(f"pattern {pattern!r}: {exc}") from None

    def __repr__(self) -> str:
        """The name alone: the terminal password is a secret."""
        return f"Profile({self.name!r})"


def customise(base: Profile, changes: Mapping[str, Any]) -> Profile:
    """`base` with configured values put in, checked for type, range and unknown keys.

    Raises msgspec.ValidationError, whose text names the key.
    """
    return msgspec.convert({**msgspec.to_builtins(base), **changes}, Profile)


def explain(texts: Iterable[str], profile: Profile) -> frozenset[ScreenMeaning]:
    """What the profile's patterns make of the AF texts; empty when none fits."""
    lines = tuple(texts)
    return frozenset(
        meaning for pattern, meaning in profile.screen_patterns if any(compiled(pattern).search(line) for line in lines)
    )


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A profile's pattern, case ignored."""
    return re.compile(pattern, re.IGNORECASE)
