"""How what has ended is walked: the SQL of one question, from the newest line back and no further than a bound. Pure."""

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


class Walk:
    """One question about what has ended: `page` gives its lines before one, `end` the last that was looked through if there may be more."""

    def __init__(self, tongue: Tongue, sought: Sought, numbered: Sequence[int], before: int) -> None:
        """Put the question; `numbered`: the lines that have its number."""
        self._params: list[str | int | bytes | None] = []
        self._before = self._bind(before)
        self._walked = self._with_text(tongue, sought, numbered) if sought.by_text else self._along_an_index(sought)
        self._asked = tuple(self._params)
        self._wanted = self._conditions(sought)

    def page(self, limit: int) -> tuple[str, Params]:
        """Return the statement for so many lines, newest first: the walk goes that way, and what it gives stays so."""
        statement = f"SELECT {COLUMNS} FROM ({self._walked}) AS walked WHERE {self._wanted} LIMIT {limit:d}"
        return statement, tuple(self._params)

    def end(self) -> tuple[str, Params]:
        """Return the statement for the last line that was looked through, if the bound ended the walk."""
        return f"SELECT min(line) FROM ({self._walked}) AS walked HAVING count(*) >= {WALKED}", self._asked

    def _bind(self, value: str | int) -> str:
        self._params.append(value)
        return f"${len(self._params)}"

    def _with_text(self, tongue: Tongue, sought: Sought, numbered: Sequence[int]) -> str:
        matches = [f"SELECT line FROM register WHERE line IN ({', '.join(map(str, numbered))})"] if numbered else []
        if sought.words:
            match = tongue.ended_match.format(words=self._bind(tongue.query(sought.words)), before=self._before)
            matches.append(f"SELECT line FROM ({match}) AS matched")
        either = " UNION ".join(matches) or "SELECT line FROM register WHERE FALSE"
        return self._newest(f"line IN ({either})")

    def _along_an_index(self, sought: Sought) -> str:
        for facet in _INDEXED:
            if len(values := sought.values.get(facet, frozenset())) == 1:
                (value,) = values
                return self._newest(f"{_COLUMN_OF[facet]} = {self._bind(value)}")
        return self._newest("TRUE")

    def _newest(self, condition: str) -> str:
        which = f"NOT is_open AND line < {self._before} AND {condition}"
        return f"SELECT {COLUMNS} FROM register WHERE {which} ORDER BY line DESC LIMIT {WALKED}"

    def _conditions(self, sought: Sought) -> str:
        chosen = (self._one_of(facet, values, sought) for facet, values in sought.values.items() if values)
        return " AND ".join(chosen) or "TRUE"

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


def _either(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions) or 'FALSE'})"
