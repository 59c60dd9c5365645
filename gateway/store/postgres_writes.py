"""The order of writing on PostgreSQL: rows that may be added together go in one statement, one way to the server and back.

Each way waits for the server's processor and then for a turn of the event loop: beside pages that are made meanwhile that is most of what a commit
takes. So what adds rows, and reads none that are added beside it but lines of the register, shares a statement, which takes the values of
each column as an array.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import msgspec

from gateway.store import register_sql, sql, tongues, writes
from gateway.store.columns import Params
from gateway.store.rows import ChangeRows
from gateway.store.writes import Write

_PARAMETER: Final = re.compile(r"\$(\d+)")
_RETURNING: Final = " RETURNING request, line"
_LINES: Final = "new_lines"
"""The lines that the statement itself adds, for those parts that name them: what one part adds, the others don't see in its table."""
_TOGETHER: Final[Mapping[str, str]] = {
    sql.INSERT_REQUEST: "text text text bigint text text text text bigint text text json",
    sql.OPEN_FIRST_TASK: "text text text bigint",
    register_sql.INSERT_LINE: "text boolean text text text text text bigint bigint bigint bigint text text text",
    register_sql.INSERT_WORDS: "text boolean text",
    register_sql.INSERT_NUMBER: "text text",
    sql.INSERT_HISTORY: "text bigint json json",
    sql.INSERT_MESSAGE: "text text text text bigint text boolean bytea bytea json",
    sql.INSERT_UNORDERED: "text text text bigint json",
}
"""What shares a statement, written where the first of them stands, each with the types of its parameters. Foreign keys and triggers are
looked after at a statement's end."""


class Together(msgspec.Struct, frozen=True):
    """One statement in place of several: whose rows it adds, and how many parameters a row of each has."""

    statement: str
    parts: tuple[tuple[Callable[[ChangeRows], tuple[Params, ...]], int], ...]

    def columns(self, changes: Sequence[ChangeRows]) -> list[Sequence[Any]]:
        """Give the values of each parameter of each part, all changes' in their order; nothing if there are no rows."""
        rows = [list(chain.from_iterable(map(rows_of, changes))) for rows_of, _ in self.parts]
        if not any(rows):
            return []
        both = zip(rows, self.parts, strict=True)
        return [column for of_part, (_, width) in both for column in (list(zip(*of_part, strict=True)) or [()] * width)]


def _together(parts: Sequence[tuple[Write, str]]) -> Together:
    """Make one statement of several that add rows."""
    first, statements, widths = 0, [], []
    for write, types in parts:
        names = types.split()
        statements.append(_of_columns(write.statement, names, first))
        widths.append((write.rows_of, len(names)))
        first += len(names)
    *before, last = statements
    added = ", ".join(f"{_name(statement, place)} AS ({statement})" for place, statement in enumerate(before))
    return Together(f"WITH {added} {last}", tuple(widths))


def _name(statement: str, place: int) -> str:
    return _LINES if statement.endswith(_RETURNING) else f"added_{place}"


def _of_columns(statement: str, types: Sequence[str], first: int) -> str:
    """Have a statement that adds a row add as many as the arrays hold that begin behind parameter `first`."""
    into, _, rest = statement.partition("VALUES (")
    values, conflict, otherwise = rest.partition(" ON CONFLICT") if " ON CONFLICT" in rest else (rest, "", "")
    named = values.replace(register_sql.LINE, f"{_LINES}.line")
    lines = f" JOIN {_LINES} ON {_LINES}.request = given.v1" if named != values else ""
    given = _PARAMETER.sub(r"given.v\1", named.strip().removesuffix(")"))
    arrays = ", ".join(f"${first + place}::{name}[]" for place, name in enumerate(types, 1))
    columns = ", ".join(f"v{place}" for place, _ in enumerate(types, 1))
    adds = f"{into}SELECT {given} FROM unnest({arrays}) AS given ({columns}){lines}{conflict}{otherwise}"  # noqa: S608 - our own statements
    return f"{adds}{_RETURNING}" if "INTO register (" in into else adds


def _in_order() -> Sequence[Write | Together]:
    usual = writes.in_order(tongues.POSTGRESQL.indexing)
    by_statement = {write.statement: write for write in usual}
    shared = _together([(by_statement[statement], types) for statement, types in _TOGETHER.items()])
    first = next(iter(_TOGETHER))
    return tuple(
        shared if write.statement == first else write
        for write in usual
        if write.statement == first or write.statement not in _TOGETHER
    )


IN_ORDER: Final = _in_order()
