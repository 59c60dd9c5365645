"""What is known of each product's SIP2 server, read from products.toml, and the profiles that follow from it.

No behaviour lives here or there: settings steer by way of `Profile`, facts are for people, clues are weighed by
`evidence`. Every line has a source. A mistake in the file shows at the first import (ValueError).
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final

import msgspec

from gateway.sip2.profiles import Profile, ScreenMeaning, customise


class Basis(StrEnum):
    """How a product is known."""

    SOURCE_CODE = "source_code"
    DOCUMENTATION = "documentation"
    CAPTURED_REPLIES = "captured_replies"
    UNVERIFIED = "unverified"


class Topic(StrEnum):
    """What a fact is about."""

    ARRIVAL = "arrival"
    CANCEL = "cancel"
    CHECKSUM = "checksum"
    DATES = "dates"
    DUE_DATE = "due date"
    LISTS = "lists"
    LOGIN = "login"
    ODDITY = "oddity"
    PICKUP = "pickup"
    QUEUE_LENGTH = "queue length"
    REASONS = "reasons"
    RENEWAL = "renewal"
    FEES = "fees"
    SETUP = "setup"
    STATUSES = "statuses"
    SUPPORTED_MESSAGES = "supported messages"
    TERMINATOR = "terminator"
    TLS = "TLS"
    VERSIONS = "versions"


class Setting(msgspec.Struct, frozen=True, array_like=True):
    """A field of the profile, its value in plain form, and where that is known from."""

    name: str
    value: Any
    source: str


class Screen(msgspec.Struct, frozen=True, array_like=True):
    """A regular expression for screen messages and what they mean."""

    pattern: str
    meaning: ScreenMeaning
    source: str


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """A habit, in words."""

    topic: Topic
    words: str
    source: str


class Chore(msgspec.Struct, frozen=True, array_like=True):
    """What people do, or set up, because the product does not."""

    words: str
    source: str


class Clue(msgspec.Struct, frozen=True, array_like=True):
    """What speaks for a product: `pattern` found in a value of `field` of a reply, or in the reply itself ("").

    `message` is the reply's code; "" speaks of every reply, and all that came must match.
    """

    message: str
    field: str
    pattern: str
    weight: int
    words: str
    source: str


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One block of the file."""

    title: str
    basis: Basis
    settings: tuple[Setting, ...] = ()
    screen: tuple[Screen, ...] = ()
    facts: tuple[Fact, ...] = ()
    by_hand: tuple[Chore, ...] = ()
    clues: tuple[Clue, ...] = ()
    unknown: tuple[Topic, ...] = ()
    """Of which no source was found."""

    def __post_init__(self) -> None:
        """Refuse clues that don't compile. Raises ValueError."""
        for clue in self.clues:
            try:
                re.compile(clue.pattern)
            except re.error as exc:
                raise ValueError(f"clue {clue.pattern!r}: {exc}") from None


def _profile(name: str, product: Product) -> Profile:
    changes: dict[str, Any] = {setting.name: setting.value for setting in product.settings}
    patterns = [[screen.pattern, screen.meaning] for screen in product.screen]
    return customise(Profile(name=name), {**changes, "screen_patterns": patterns})


def _read() -> dict[str, Product]:
    text = files("gateway.sip2").joinpath("products.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Product])


PRODUCTS: Final[Mapping[str, Product]] = _read()
"""By the name that configuration uses (acs.profile)."""

PROFILES: Final[Mapping[str, Profile]] = {name: _profile(name, product) for name, product in PRODUCTS.items()}
"""The named profiles."""
