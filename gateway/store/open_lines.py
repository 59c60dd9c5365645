"""What is open, in memory: which of its lines have which values, as sets of bits, and pages of them in order. Pure.

A line has a place. For each value that lines can have there is a whole number with a bit set at the place of each that has it, so that
fifty thousand open requests are filtered and counted by a few hundred operations on 6 KB. What follows from the clock is kept for the day and
the moment that were asked about last. An order, places of all lines as they are sorted, is made when it is first asked for, and kept from then on.
"""

import re
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from itertools import islice
from typing import Final

from gateway.store.columns import stamp
from gateway.store.register_port import (
    AGE_DAYS,
    Age,
    Facet,
    Flag,
    RegisterLine,
    RequestsFound,
    Sort,
    Sought,
    StateCount,
)
from gateway.workflow.records import Role
from gateway.workflow.tasks import TaskKind

Key = tuple[Facet, str]
Place = int
"""Where a line stands in the list, and its bit in each set."""
SortKey = tuple[int, int]
"""Where a line stands in an order; no other has the same."""

NEVER: Final = 1 << 62
"""In place of a due date."""
FEW = 500
"""So many are sorted sooner than an order is walked."""
_BITS: Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
"""Which bits are set in each byte."""
_SOME_BITS: Final = re.compile(rb"[^\0]")
"""A byte in which any is: of a few lines among many most bytes have none, and are passed over at once."""
_LATE: Final[Key] = (Facet.FLAG, Flag.LATE)
_OF_THE_CLOCK: Final[tuple[Key, ...]] = (*((Facet.AGE, age) for age in Age), _LATE)

SORT_KEYS: Final[Mapping[Sort, Callable[[RegisterLine], SortKey]]] = {
    Sort.NEWEST: lambda line: (-line.created_at, -line.line),
    Sort.OLDEST: lambda line: (line.created_at, line.line),
    Sort.WAITING: lambda line: (line.state_since, line.line),
    Sort.DUE: lambda line: (NEVER if line.due_at is None else line.due_at, line.line),
    Sort.CHANGED: lambda line: (-line.updated_at, -line.line),
}


class OpenLines:
    """Lines of requests, changed line by line."""

    def __init__(self, lines: Iterable[RegisterLine] = ()) -> None:
        """Begin with some."""
        self._lines: list[RegisterLine | None] = []
        self._places: dict[int, Place] = {}
        """By the numbers of the lines."""
        self._free: list[Place] = []
        self._masks: dict[Key, int] = {}
        self._orders: dict[Sort, array[Place]] = {}
        self._ages: tuple[tuple[Age, int], ...] = ()
        self._now = 0
        self.put(lines)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._places)

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────

    def put(self, lines: Iterable[RegisterLine]) -> None:
        """Take lines in place of what was known of them, the last of each; those that are not open are let go."""
        gone: dict[Key, list[Place]] = defaultdict(list)
        come: dict[Key, list[Place]] = defaultdict(list)
        for line in {line.line: line for line in lines}.values():
            place = self._places.get(line.line)
            if place is not None:
                self._forget(place, gone)
            if line.is_open:
                self._keep(line, come)
            elif place is not None:
                self._free.append(self._places.pop(line.line))
        for key, places in gone.items():
            self._masks[key] = self._masks.get(key, 0) & ~_mask(places)
        self._set(come)

    def _forget(self, place: Place, gone: dict[Key, list[Place]]) -> None:
        line = self._at(place)
        for key in (*keys_of(line), *_OF_THE_CLOCK):
            gone[key].append(place)
        for sort, order in self._orders.items():
            del order[bisect_left(order, SORT_KEYS[sort](line), key=self._key(sort))]
        self._lines[place] = None

    def _keep(self, line: RegisterLine, come: dict[Key, list[Place]]) -> None:
        place = self._places.get(line.line)
        if place is None:
            place = self._places[line.line] = self._new_place()
        self._lines[place] = line
        for key in (*keys_of(line), *self._by_the_clock(line)):
            come[key].append(place)
        for sort, order in self._orders.items():
            insort(order, place, key=self._key(sort))

    def _at(self, place: Place) -> RegisterLine:
        line = self._lines[place]
        assert line is not None, "a line that has a place stands there"
        return line

    def _new_place(self) -> Place:
        if self._free:
            return self._free.pop()
        self._lines.append(None)
        return len(self._lines) - 1

    def _set(self, come: Mapping[Key, Iterable[Place]]) -> None:
        for key, places in come.items():
            self._masks[key] = self._masks.get(key, 0) | _mask(places)

    # ── what follows from the clock ──────────────────────────────────────────────────────────────

    def _by_the_clock(self, line: RegisterLine) -> Iterator[Key]:
        yield Facet.AGE, age_of(line, self._ages)
        if line.due_at is not None and line.due_at < self._now:
            yield _LATE

    def _tell_the_time(self, at: datetime, today: datetime) -> None:
        """Bring ages and lateness to the time of a question."""
        now, ages = stamp(at), age_bounds(today)
        if ages != self._ages:
            self._ages = ages
            self._tell_ages()
        if now < self._now:  # a clock that was set back
            self._masks.pop(_LATE, None)
            self._now = 0
        self._masks[_LATE] = self._masks.get(_LATE, 0) | self._due_between(self._now, now)
        self._now = now

    def _tell_ages(self) -> None:
        """Another day: part the lines by their ages anew, along the order in which they were made."""
        order, key, begins = self._order(Sort.NEWEST), self._key(Sort.NEWEST), 0
        for age in Age:
            since = dict(self._ages).get(age)
            ends = len(order) if since is None else bisect_right(order, (-since, NEVER), key=key)
            self._masks[Facet.AGE, age] = _mask(order[begins:ends])
            begins = ends

    # ── finding ──────────────────────────────────────────────────────────────────────────────────

    def find(
        self,
        sought: Sought,
        sort: Sort,
        *,
        among: Iterable[int] | None,
        after: tuple[int, int] | None,
        limit: int,
        counted: Collection[Facet] = tuple(Facet),
    ) -> RequestsFound:
        """Return a page, and counts of the values of some facets; `among`: only lines of these numbers."""
        self._tell_the_time(sought.now, sought.today)
        base = _any(self._masks, Facet.ROLE, Role) if among is None else self._among(among)
        if sought.due is not None:
            base &= self._due(*sought.due)
        chosen = {facet: _any(self._masks, facet, values) for facet, values in sought.values.items() if values}
        found = _all_of(base, chosen.values())
        count = found.bit_count()
        page = (self._sorted if count <= FEW else self._walked)(found, sort, after, limit + 1)
        return RequestsFound(
            lines=tuple(map(self._at, page[:limit])),
            next=self._key(sort)(page[limit - 1]) if len(page) > limit else None,
            count=count,
            counts=_counts(self._masks, base, chosen, counted),
        )

    def count(self, now: datetime, today: datetime, until: datetime) -> tuple[StateCount, ...]:
        """Count by role and state, what is late and what is due from now until a time apart."""
        self._tell_the_time(now, today)
        late, soon = self._masks[_LATE], self._due(now, until)
        parts = (
            (role, state, roles & states)
            for role, roles in self._of(Facet.ROLE)
            for state, states in self._of(Facet.STATE)
        )
        return tuple(
            StateCount(role, state, part.bit_count(), (part & late).bit_count(), (part & soon).bit_count())
            for role, state, part in parts
            if part
        )

    def _of(self, facet: Facet) -> list[tuple[str, int]]:
        """Return the values of a facet with the lines that have each."""
        return [(value, mask) for (of, value), mask in self._masks.items() if of is facet]

    def _due(self, first: datetime | None, last: datetime | None) -> int:
        """Return what is due from one time until another, which counts too."""
        return self._due_between(0 if first is None else stamp(first), NEVER if last is None else stamp(last) + 1)

    def _due_between(self, first: int, end: int) -> int:
        """Return what is due from one moment until before another."""
        order, key = self._order(Sort.DUE), self._key(Sort.DUE)
        return _mask(order[bisect_left(order, (first, 0), key=key) : bisect_left(order, (end, 0), key=key)])

    def _among(self, numbers: Iterable[int]) -> int:
        return _mask(place for number in numbers if (place := self._places.get(number)) is not None)

    def _sorted(self, found: int, sort: Sort, after: SortKey | None, limit: int) -> list[Place]:
        """Return the first of a few that come after one."""
        of_line, lines = SORT_KEYS[sort], self._lines
        keyed = ((of_line(lines[place]), place) for place in _places(found))  # type: ignore[arg-type] # a line that was found is there
        following = (each for each in keyed if after is None or each[0] > after)
        return [place for _, place in nsmallest(limit, following)]

    def _walked(self, found: int, sort: Sort, after: SortKey | None, limit: int) -> list[Place]:
        """Return the first of many that come after one, along their order."""
        order = self._order(sort)
        first = 0 if after is None else bisect_right(order, after, key=self._key(sort))
        is_in = found.to_bytes(len(self._lines) // 8 + 1, "little")
        wanted = (place for place in islice(order, first, None) if is_in[place >> 3] >> (place & 7) & 1)
        return list(islice(wanted, limit))

    def _order(self, sort: Sort) -> "array[Place]":
        """Return the places of all lines in an order; it is kept in order from now on."""
        if sort not in self._orders:
            self._orders[sort] = array("i", sorted(self._places.values(), key=self._key(sort)))
        return self._orders[sort]

    def _key(self, sort: Sort) -> Callable[[Place], SortKey]:
        """Make what gives the sort key of a place's line."""
        of_line, lines = SORT_KEYS[sort], self._lines
        return lambda place: of_line(lines[place])  # type: ignore[arg-type] # a place in an order has a line


def age_bounds(today: datetime) -> tuple[tuple[Age, int], ...]:
    """Return since when each age is, the youngest first; OLDER has no such time."""
    midnight = today.astimezone(UTC)
    return tuple((age, stamp(midnight - timedelta(days=days - 1))) for age, days in AGE_DAYS.items())


def age_of(line: RegisterLine, ages: Iterable[tuple[Age, int]]) -> Age:
    """Return a line's age, by the bounds of all."""
    return next((age for age, since in ages if line.created_at >= since), Age.OLDER)


def keys_of(line: RegisterLine) -> Iterator[Key]:
    """Yield the values of a line that don't follow from the clock."""
    yield Facet.ROLE, line.role
    yield Facet.STATE, line.state
    yield Facet.PARTNER, line.partner
    yield Facet.BRANCH, line.branch
    yield Facet.SERVICE, line.service
    yield Facet.WHOSE, line.assigned_to
    yield from ((Facet.FLAG, flag) for flag in line.flags.split(",") if flag)
    if line.tasks:
        yield Facet.FLAG, Flag.TASK
        if TaskKind.READ_NOTE in line.tasks.split(","):
            yield Facet.FLAG, Flag.UNREAD


def _mask(places: Iterable[Place]) -> int:
    """Return the number with a bit set at each place."""
    listed = list(places)
    data = bytearray(max(listed, default=0) // 8 + 1)
    for place in listed:
        data[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(data, "little")


def _places(mask: int) -> Iterator[Place]:
    """Yield the places of the bits that are set."""
    data = mask.to_bytes((mask.bit_length() + 7) // 8, "little")
    for some in _SOME_BITS.finditer(data):
        index = some.start()
        for bit in _BITS[data[index]]:
            yield index * 8 + bit


def _any(masks: Mapping[Key, int], facet: Facet, values: Iterable[str]) -> int:
    found = 0
    for value in values:
        found |= masks.get((facet, value), 0)
    return found


def _all_of(base: int, masks: Iterable[int]) -> int:
    for mask in masks:
        base &= mask
    return base


def _counts(
    masks: Mapping[Key, int], base: int, chosen: Mapping[Facet, int], counted: Collection[Facet]
) -> dict[Facet, dict[str, int]]:
    """Count each value of some facets among what the other facets let through."""
    others = {facet: _all_of(base, (mask for of, mask in chosen.items() if of is not facet)) for facet in counted}
    counts: dict[Facet, dict[str, int]] = {facet: {} for facet in counted}
    for (facet, value), mask in masks.items():
        if facet in others and (count := (mask & others[facet]).bit_count()):
            counts[facet][value] = count
    return counts
