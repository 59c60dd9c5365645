"""The rule of five as a report: what was copied of each title in a year, and which of it is over what the guidelines allow. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from gateway.workflow.borrowing.groups import ENDED_WITHOUT_ITEM
from gateway.workflow.copyright import Copied, is_yearly
from gateway.workflow.records import State

DEFINITION = (
    "Copies that were asked of other libraries under the guidelines (US-CCG) in the calendar year: of a periodical, articles under five years "
    "old, counted by title and year; of any other work, its parts, counted as long as it is in copyright. What was cancelled, not to be had "
    "or served from our own shelves does not count. “Over”: those after the allowed ones, in the order in which they were asked for. Kept "
    "to the end of the third full calendar year after the request's (CONTU guidelines, 4)."
)


class CountsAs(StrEnum):
    """Whether a request counts."""

    FILLED = "filled"
    OPEN = "open"
    IN_VAIN = "does not count"


_OPEN = frozenset({State.COMPLETED, State.COPY_HERE})


class CopyrightLine(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its place among those of its title that count; None of one that doesn't."""

    copied: Copied
    counts: CountsAs
    number: int | None
    is_over: bool


class TitleOfYear(msgspec.Struct, frozen=True, kw_only=True):
    """A title, or another work, with its requests of the year."""

    key: str
    earlier: int
    """Of another work: those before the year, which count too."""
    lines: tuple[CopyrightLine, ...]

    @property
    def counted(self) -> int:
        """How many count, with those before."""
        return self.earlier + sum(line.number is not None for line in self.lines)

    @property
    def over(self) -> tuple[CopyrightLine, ...]:
        """Those over what is allowed."""
        return tuple(line for line in self.lines if line.is_over)

    def of(self, counts: CountsAs) -> int:
        """How many of the year's requests stand so."""
        return sum(line.counts is counts for line in self.lines)


def counts_of(state: State) -> CountsAs:
    """Say whether a request in this state counts, and whether it was filled."""
    if state in ENDED_WITHOUT_ITEM:
        return CountsAs.IN_VAIN
    return CountsAs.FILLED if state in _OPEN else CountsAs.OPEN


def works(copied: Iterable[Copied], earlier: Mapping[str, int], allowed: int) -> tuple[TitleOfYear, ...]:
    """Put a year's requests together by what they are counted under, the most first; requests come as they were asked for."""
    by_key: dict[str, list[Copied]] = {}
    for each in copied:
        by_key.setdefault(each.key, []).append(each)
    found = [
        _work(key, all_of_it, 0 if is_yearly(key) else earlier.get(key, 0), allowed)
        for key, all_of_it in by_key.items()
    ]
    return tuple(sorted(found, key=lambda work: (-work.counted, work.key)))


def _work(key: str, all_of_it: Iterable[Copied], earlier: int, allowed: int) -> TitleOfYear:
    number, lines = earlier, []
    for copied in all_of_it:
        counts = counts_of(copied.state)
        number += counts is not CountsAs.IN_VAIN
        own = None if counts is CountsAs.IN_VAIN else number
        lines.append(CopyrightLine(copied=copied, counts=counts, number=own, is_over=own is not None and own > allowed))
    return TitleOfYear(key=key, earlier=earlier, lines=tuple(lines))
