"""The verbs that the statements of common SQL stand on; SqliteStore and PostgresStore say what they do in each database."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.store.columns import Fetched, Params
from gateway.store.errors import StoreError
from gateway.store.values import Topic

Statement = tuple[str, Params]


class GuardedStep(NamedTuple):
    """A statement of several that belong together, and what it means that it changes nothing."""

    statement: str
    params: Params
    guard: type[StoreError] | None = None


class Verbs(ABC):
    """Fetch, fetch what may take long, change, load, announce."""

    @abstractmethod
    async def _fetch(self, statement: str, *params: str | int) -> Sequence[Fetched]:
        """Read rows that an index leads to."""

    async def _fetch_first(self, statement: str, *params: str | int) -> Sequence[Fetched]:
        """Read such rows for a partner who waits for an answer: behind nobody else, if the database can tell who waits."""
        return await self._fetch(statement, *params)

    @abstractmethod
    async def _fetch_slowly(self, statement: str, *params: str | int | bytes | None) -> Sequence[Fetched]:
        """Read rows where that may take many milliseconds, without holding anybody up."""

    @abstractmethod
    async def _change(self, *statements: Statement) -> int:
        """Run statements in one transaction while each changes something; give how many rows the last one run changed."""

    @abstractmethod
    async def _load(self, *statements: tuple[str, Sequence[Params]]) -> None:
        """Run each statement with all its rows, all in one transaction."""

    @abstractmethod
    async def _load_if(self, condition: Statement, *statements: tuple[str, Sequence[Params]]) -> bool:
        """Run a statement and, if it changes something, each of the others with all its rows, all in one transaction; say whether."""

    @abstractmethod
    async def _settle(self, steps: Sequence[GuardedStep], subjects: Iterable[str]) -> None:
        """Run all steps in one transaction, or none; then wake the lanes of the subjects' work, here and elsewhere.

        Raises the guard of a step that changes nothing.
        """

    @abstractmethod
    async def _shrink(self, most_bytes: int) -> None:
        """Give so many bytes that hold nothing back to the disk, if the database can do so while it serves."""

    @abstractmethod
    def _call_for(self, request: str) -> tuple[Statement, ...]:
        """Return the statements that have other gateways look, when they are committed, at the lanes of a request's work."""

    @abstractmethod
    def _call_to(self, lane: str) -> tuple[Statement, ...]:
        """Return the statements that have other gateways look at a lane, when they are committed."""

    @abstractmethod
    def _announcement(self, topic: Topic) -> tuple[Statement, ...]:
        """Return the statements that tell other gateways, when they are committed, of a change."""
