"""The order of writing on PostgreSQL: rows that may be added together go in one statement, one way to the server and back.

Each way waits for the server's processor and then for a turn of the event loop: beside pages that are made meanwhile that is most of what a commit
takes. So what adds rows, and reads none that are added beside it but lines of the register, shares a statement, which takes the values of
each column as an array. What a new request writes is no more than that, so the statement is a transaction by itself (`adds_alone`), and tells
others of the work as well: one way.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import msgspec

from gateway.store import register_sql, sql, tongues, writes
from gateway.store.columns import Params
from gateway.store.port import AlreadyStarted
from gateway.store.rows import ChangeRows
from gateway.store.writes import Write

_LOCK: Final = "SELECT 1 FROM requests WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE"
_PARAMETER: Final = re.compile(r"\$(\d+)")
_RETURNING: Final = " RETURNING request, line"
_LINES: Final = "new_lines"
"""The lines that the statement itself adds, for those parts that name them: what one part adds, the others don't see in its table."""
_CALL: Final = "SELECT pg_notify(given.v1, given.v2) FROM unnest(${}::text[], ${}::text[]) AS given (v1, v2)"
_TOGETHER: Final[Mapping[str, str]] = {
    sql.INSERT_REQUEST: "text text text bigint text text text text bigint text json",
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

Call = tuple[str, str]
"""What others are told once the transaction is committed: a channel, and words."""


class Together(msgspec.Struct, frozen=True):
    """One statement in place of several: whose rows it adds, and how many parameters a row of each has. It takes calls last: channels and words."""

    statement: str
    parts: tuple[tuple[Callable[[ChangeRows], tuple[Params, ...]], int], ...]

    def columns(self, changes: Sequence[ChangeRows], calls: Sequence[Call] = ()) -> list[Sequence[Any]]:
        """Return the values of each parameter of each part, all changes' in their order, and of the calls; nothing if there are no rows."""
        rows = [list(chain.from_iterable(map(rows_of, changes))) for rows_of, _ in self.parts]
        if not any(rows):
            return []
        both = zip((*rows, calls), (*(width for _, width in self.parts), 2), strict=True)
        return [column for of_part, width in both for column in (list(zip(*of_part, strict=True)) or [()] * width)]

    @property
    def nothing(self) -> list[Sequence[Any]]:
        """Return the values with which it adds nothing and tells nobody."""
        return [()] * (sum(width for _, width in self.parts) + 2)


def _together(parts: Sequence[tuple[Write, str]]) -> Together:
    """Make one statement of several that add rows."""
    first, statements, widths = 0, [], []
    for write, types in parts:
        names = types.split()
        statements.append(_of_columns(write.statement, names, first))
        widths.append((write.rows_of, len(names)))
        first += len(names)
    added = ", ".join(f"{_name(statement, place)} AS ({statement})" for place, statement in enumerate(statements))
    return Together(f"WITH {added} {_CALL.format(first + 1, first + 2)}", tuple(widths))


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


def adds_alone(change: ChangeRows) -> bool:
    """Say whether all that a change of a new request writes are rows that ADDITIONS adds."""
    goes = change.must_withdraw or change.must_stop or change.promote
    return change.created and not goes and not any(rows_of(change) for rows_of in _ALONE)


_USUAL: Final = writes.in_order(tongues.POSTGRESQL.indexing)
_BY_STATEMENT: Final = {write.statement: write for write in _USUAL}
_FIRST: Final = next(iter(_TOGETHER))
_ALONE: Final = tuple(write.rows_of for write in _USUAL if write.statement not in _TOGETHER)

ADDITIONS: Final = _together([(_BY_STATEMENT[statement], types) for statement, types in _TOGETHER.items()])
IN_ORDER: Final[Sequence[Write | Together]] = tuple(
    ADDITIONS if write.statement == _FIRST else write
    for write in _USUAL
    if write.statement == _FIRST or write.statement not in _TOGETHER
)


async def write_changes(connection: Any, changes: Sequence[ChangeRows]) -> set[str]:
    """Write changes of different requests; give the lanes that got work."""
    known = [change.subject for change in changes if change.subject is not None and not change.created]
    if known:
        await connection.execute(_LOCK, known)
    for params in chain.from_iterable(change.must_withdraw for change in changes):
        await _must_withdraw(connection, params)
    for params in chain.from_iterable(change.must_stop for change in changes):
        await _must_withdraw(connection, params, there=False)
    for write in IN_ORDER:
        await _write_all(connection, write, changes)
    lanes = lanes_of(changes)
    if promote := [params for change in changes for params in change.promote]:
        lanes.update(row[0] for row in await connection.fetchmany(f"{sql.PROMOTE} RETURNING lane", promote))
    return lanes


def lanes_of(changes: Iterable[ChangeRows]) -> set[str]:
    """Return the lanes that get work by changes."""
    return set(chain.from_iterable(change.lanes for change in changes))


async def _write_all(connection: Any, write: Write | Together, changes: Sequence[ChangeRows]) -> None:
    """Run a statement with the rows of all changes in one round trip. Raises the guard's error where a row changed nothing."""
    if isinstance(write, Together):
        if columns := write.columns(changes):
            await connection.execute(write.statement, *columns)
    elif rows_of_all := write.rows(changes):
        if write.guard is None:
            await connection.executemany(write.statement, rows_of_all)
        elif len(await connection.fetchmany(f"{write.statement} RETURNING 1", rows_of_all)) < len(rows_of_all):
            raise writes.guard_error(write.guard)


async def _must_withdraw(connection: Any, params: Params, *, there: bool = True) -> None:
    """Delete a request's effects of a key, which must be `there`. Raises AlreadyStarted."""
    deleted = count_of(await connection.execute(sql.WITHDRAW, *params))
    if (there and not deleted) or await connection.fetchval(sql.STILL_THERE, *params):
        raise AlreadyStarted("an effect to withdraw has been started, or is gone")


def count_of(status: str) -> int:
    """Read how many rows a statement changed from its status, such as `UPDATE 1`."""
    return int(status.rsplit(" ", 1)[-1])
