"""What a query language must be able to say for the ladder: `cql` and `pqf` are modules that do; for servers that know no “or”: WithoutOr."""

import re
from collections.abc import Iterable
from typing import Final, Protocol

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class Language(Protocol):
    """Four ways to make a query, as text."""

    @property
    def takes_or(self) -> bool:
        """Whether `any_of` asks for all of them."""

    def clause(self, index: str, text: str) -> str:
        """Ask for a term in an index."""

    def beginning(self, index: str, text: str) -> str:
        """Ask for the words that begin with a text."""

    def any_of(self, queries: Iterable[str]) -> str:
        """Join by “or”, each different query once; empty ones have no bearing."""

    def all_of(self, queries: Iterable[str]) -> str:
        """Join by “and”, likewise."""


class WithoutOr:
    """A language for a server that takes “or” for something else: of several ways to say a thing, the first is said."""

    takes_or = False

    def __init__(self, say: Language) -> None:
        self.clause = say.clause
        self.beginning = say.beginning
        self.all_of = say.all_of

    def any_of(self, queries: Iterable[str]) -> str:
        """Return the first."""
        return next(filter(None, queries), "")


def each_of(queries: Iterable[str], say: Language) -> tuple[str, ...]:
    """Return as few queries as ask for any of these: one joined by “or”, else each by itself."""
    different = tuple(dict.fromkeys(filter(None, queries)))
    return (say.any_of(different),) if say.takes_or and different else different


def quoted(text: str, special: re.Pattern[str]) -> str:
    """Quote a term on one line; what would mean something in it is escaped."""
    plain = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return '"' + special.sub(r"\\\g<0>", plain) + '"'
