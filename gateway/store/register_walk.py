"""How what has ended is walked: the SQL of one question, from the newest line back and no further than a bound. Pure.

A page of it is read from the lines themselves. What is only counted is read from an index that holds all by which lines are told apart: those of
one partner lie far apart, and a thousand of them are a thousand reads.

To look for words costs most of all: among a million requests, PostgreSQL takes 10 to 20 ms of processor time for two words that thirty thousand
have each. So they are looked for once for a page and its count, and no further than is counted where every line that has them is wanted.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from gateway.store.columns import Params
from gateway.store.open_lines import age_bounds
from gateway.store.register_port import WALKED, Age, Facet, Flag, Sought
from gateway.store.register_sql import COLUMNS
from gateway.store.tongues import Tongue
from gateway.workflow.tasks import TaskKind

_COLUMN_OF: Final[Mapping[Facet, str]] = {
    Facet.ROLE: "role",
    Facet.STATE: "state",
    Facet.PARTNER: "partner",
    Facet.BRANCH: "branch",
    Facet.SERVICE: "service",
    Facet.WHOSE: "assigned_to",
}
_INDEXED: Final = (Facet.PARTNER, Facet.STATE)
"""What has one value of these is walked by itself."""
_FLAGGED: Final[Mapping[str, str]] = {
    Flag.RUSH: "flags LIKE '%rush%'",
    Flag.ATTENTION: "flags LIKE '%attention%'",
    Flag.COST: "flags LIKE '%cost%'",
    Flag.TASK: "tasks <> ''",
    Flag.UNREAD: f"tasks LIKE '%{TaskKind.READ_NOTE.value}%'",
}
"""What has ended is not late any more."""
PARTS: Final = ("role", "state", "partner", "branch", "service", "flags", "tasks", "assigned_to")
"""By what lines are told apart, beside their age."""

_NARROW: Final = f"line, created_at, {', '.join(PARTS)}"
_ALL: Final = "TRUE"
"""The condition that leaves nothing out."""


class Walk:
    """One question about what has ended: `page` gives its lines before one, `count` and `parted` how many, `counted_page` both, `end` the last that was
    looked through if there may be more.
    """

    def __init__(self, tongue: Tongue, sought: Sought, numbered: Sequence[int], before: int) -> None:
        """Put the question; `numbered`: the lines that have its number."""
        self._params: list[str | int | bytes | None] = []
        self._before = self._bind(before)
        self._index = None if sought.by_text else _index_of(sought)
        self._along = None if sought.by_text else self._along_an_index(sought)
        self._match, self._numbered = tongue.ended_match, ", ".join(map(str, numbered))
        self._words = self._bind(tongue.query(sought.words)) if sought.words else ""
        self._asked = tuple(self._params)
        self._wanted = self._conditions(sought)
        self._ages = age_bounds(sought.today)

    def page(self, limit: int) -> tuple[str, Params]:
        """Return the statement for so many lines, newest first: the walk goes that way, and what it gives stays so."""
        return self._found(COLUMNS, COLUMNS, limit), tuple(self._params)

    def counted_page(self, limit: int, most: int) -> tuple[str, Params]:
        """Return the statement for so many lines that have what was typed, newest first, each with how many there are, no more than `most`."""
        found = self._matched(self._bound(most)) if self._wants_all else self._found("line", _NARROW, most)
        statement = f"""
            WITH found AS MATERIALIZED (SELECT line FROM ({found}) AS matched ORDER BY line DESC LIMIT {most:d})
            SELECT {COLUMNS}, (SELECT count(*) FROM found) FROM register
            WHERE line IN (SELECT line FROM found ORDER BY line DESC LIMIT {limit:d}) ORDER BY line DESC"""
        return statement, tuple(self._params)

    def count(self, most: int) -> tuple[str, Params]:
        """Return the statement for how many there are, no more than `most`."""
        return f"SELECT count(*) FROM ({self._found('line', _NARROW, most)}) AS found", tuple(self._params)

    def parted(self, most: int) -> tuple[str, Params]:
        """Return the statement for as many, by what tells them apart: PARTS, the newest one's time, the oldest one's line, how many there are."""
        parts, first = ", ".join(PARTS), len(self._params) + 1
        ages = " ".join(f"WHEN created_at >= ${first + place} THEN {place}" for place, _ in enumerate(self._ages))
        statement = f"""
            SELECT {parts}, max(created_at), min(line), count(*) FROM ({self._found(_NARROW, _NARROW, most)}) AS found
            GROUP BY {parts}, CASE {ages} ELSE {len(self._ages)} END"""
        return statement, (*self._params, *(since for _, since in self._ages))

    def end(self) -> tuple[str, Params]:
        """Return the statement for the last line that was looked through, if the bound ended the walk: by words they are told without their lines."""
        walked = self._walked("line", WALKED)
        if self._along is None:
            walked = f"SELECT line FROM ({self._matched(WALKED)}) AS matched ORDER BY line DESC LIMIT {WALKED}"
        return f"SELECT min(line) FROM ({walked}) AS walked HAVING count(*) >= {WALKED}", self._asked

    def may_go_on(self, found: int) -> bool:
        """Whether the bound may have ended the walk, which found less than was asked for: one that wants all has else come to the oldest line."""
        return not self._wants_all or found >= WALKED

    @property
    def _wants_all(self) -> bool:
        """Whether nothing of what is walked is left out."""
        return self._wanted == _ALL

    def _found(self, columns: str, walked: str, limit: int) -> str:
        bounded = self._walked(walked, self._bound(limit))
        return f"SELECT {columns} FROM ({bounded}) AS walked WHERE {self._wanted} LIMIT {limit:d}"

    def _bound(self, limit: int) -> int:
        """Return how many are walked at the most to find so many."""
        return min(limit, WALKED) if self._wants_all else WALKED

    def _walked(self, columns: str, most: int) -> str:
        which = self._along or f"line IN ({self._matched(most)})"
        return f"SELECT {columns} FROM register WHERE {self._ended(which)} ORDER BY line DESC LIMIT {most}"

    def _bind(self, value: str | int) -> str:
        self._params.append(value)
        return f"${len(self._params)}"

    def _matched(self, most: int) -> str:
        """Return the statement for the lines that have what was typed: by a number all of them, by words the newest, in no order."""
        matches = []
        if self._numbered:
            matches.append(f"SELECT line FROM register WHERE {self._ended(f'line IN ({self._numbered})')}")
        if self._words:
            match = self._match.format(words=self._words, before=self._before, most=most)
            matches.append(f"SELECT line FROM ({match}) AS matched")
        return " UNION ".join(matches) or f"SELECT line FROM register WHERE {self._ended('FALSE')}"

    def _along_an_index(self, sought: Sought) -> str:
        if self._index is None:
            return _ALL
        (value,) = sought.values[self._index]
        return f"{_COLUMN_OF[self._index]} = {self._bind(value)}"

    def _ended(self, condition: str) -> str:
        return f"NOT is_open AND line < {self._before} AND {condition}"

    def _conditions(self, sought: Sought) -> str:
        """What led along an index is not asked for again: PostgreSQL would expect few to be left, and read and sort all of a partner's lines for a page."""
        others = ((facet, values) for facet, values in sought.values.items() if values and facet is not self._index)
        chosen = (self._one_of(facet, values, sought) for facet, values in others)
        return " AND ".join(chosen) or _ALL

    def _one_of(self, facet: Facet, values: frozenset[str], sought: Sought) -> str:
        if facet is Facet.FLAG:
            return _either(_FLAGGED[value] for value in sorted(values) if value in _FLAGGED)
        if facet is Facet.AGE:
            return _either(self._aged(age, sought) for age in Age if age in values)
        return f"{_COLUMN_OF[facet]} IN ({', '.join(self._bind(value) for value in sorted(values))})"

    def _aged(self, age: Age, sought: Sought) -> str:
        """Ages follow each other: one ends where the younger begins."""
        since = dict(age_bounds(sought.today))
        ages = list(Age)
        younger = ages[ages.index(age) - 1] if age is not Age.TODAY else None
        bounds = [f"created_at >= {self._bind(since[age])}"] if age in since else []
        bounds += [f"created_at < {self._bind(since[younger])}"] if younger else []
        return f"({' AND '.join(bounds)})"


def _index_of(sought: Sought) -> Facet | None:
    """Return the facet whose index leads to what is sought."""
    return next((facet for facet in _INDEXED if len(sought.values.get(facet, ())) == 1), None)


def _either(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions) or 'FALSE'})"
