"""What a query language must be able to say for the ladder: `cql` and `pqf` are modules that do."""

from collections.abc import Iterable
from typing import Protocol


class Language(Protocol):
    """Four ways to make a query, as text."""

    def clause(self, index: str, text: str) -> str:
        """Ask for a term in an index."""

    def beginning(self, index: str, text: str) -> str:
        """Ask for the words that begin with a text."""

    def any_of(self, queries: Iterable[str]) -> str:
        """Join by “or”, each different query once; empty ones have no bearing."""

    def all_of(self, queries: Iterable[str]) -> str:
        """Join by “and”, likewise."""
