"""The rule of five as a report: what was copied of each title in a year, and which of it is over what the guidelines allow. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from gateway.workflow.copyright import is_yearly
from gateway.workflow.records import Request, State

DEFINITION = (
    "Copies that were asked of other libraries under the guidelines (US-CCG) in the calendar year: of a periodical, articles under five years "
    "old, counted by title and year; of any other work, its parts, counted as long as it is in copyright. What was cancelled, not to be had "
    "or served from our own shelves does not count. “Over”: those after the allowed ones, in the order in which they were asked for. Kept "
    "to the end of the third full calendar year after the request's (CONTU guidelines, 4)."
)


class Counts(StrEnum):
    """Whether a request counts."""

    FILLED = "filled"
    OPEN = "open"
    IN_VAIN = "does not count"


_OPEN = frozenset({State.COMPLETED, State.COPY_HERE})
_VAIN = frozenset({State.CANCELLED, State.UNFILLED, State.SERVED_HERE})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its place among those of its title that count; None of one that doesn't."""

    request: Request
    counts: Counts
    number: int | None
    is_over: bool


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A title, or another work, with its requests of the year."""

    key: str
    title: str
    earlier: int
    """Of another work: those before the year, which count too."""
    lines: tuple[Line, ...]

    @property
    def counted(self) -> int:
        """How many count, with those before."""
        return self.earlier + sum(line.number is not None for line in self.lines)

    def of(self, counts: Counts) -> int:
        """How many of the year's requests stand so."""
        return sum(line.counts is counts for line in self.lines)


def counts_of(request: Request) -> Counts:
    """Say whether a request counts, and whether it was filled."""
    if request.state in _VAIN:
        return Counts.IN_VAIN
    return Counts.FILLED if request.state in _OPEN else Counts.OPEN


def works(copied: Iterable[tuple[str, Request]], earlier: Mapping[str, int], allowed: int) -> tuple[Work, ...]:
    """Put a year's requests together by what they are counted under, those over the rule first; requests come as they were asked for."""
    by_key: dict[str, list[Request]] = {}
    for key, request in copied:
        by_key.setdefault(key, []).append(request)
    found = [
        _work(key, requests, 0 if is_yearly(key) else earlier.get(key, 0), allowed) for key, requests in by_key.items()
    ]
    return tuple(sorted(found, key=lambda work: (-work.counted, work.title, work.key)))


def _work(key: str, requests: list[Request], earlier: int, allowed: int) -> Work:
    number, lines = earlier, []
    for request in requests:
        counts = counts_of(request)
        number += counts is not Counts.IN_VAIN
        own = None if counts is Counts.IN_VAIN else number
        lines.append(Line(request=request, counts=counts, number=own, is_over=own is not None and own > allowed))
    title = next((request.wanted.title for request in requests if request.wanted.title), "") or key
    return Work(key=key, title=title, earlier=earlier, lines=tuple(lines))
