"""Rows on their way into SQLite, with as few instructions as there can be: values as they are, and several rows by one statement."""

import re
import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Final

from gateway.store.columns import Params
from gateway.store.sql import numbered

SEVERAL: Final = 8
"""How many rows one statement adds: of `effects` each takes 20 thousand instructions in place of 36; of 32 it would take 18, but more are left over."""

# What the driver takes as it is all the same, after it has looked in vain for who adapts it: 1,600 instructions a value, a dozen values a message.
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), lambda none: none)


def add(cursor: sqlite3.Cursor, statement: str, rows: Sequence[Params]) -> None:
    """Add rows in their order, by several as far as they go: to open a table and all its indexes is nearly half of what a row costs."""
    alone = len(rows) % SEVERAL
    together = [rows[first : first + SEVERAL] for first in range(alone, len(rows), SEVERAL)]
    if alone:
        cursor.executemany(numbered(statement), rows[:alone])
    if together:
        cursor.executemany(several(statement), [tuple(chain.from_iterable(each)) for each in together])


@cache
def several(statement: str) -> str:
    """Return what adds one row, whose parameters stand in it from $1 on, as what adds `SEVERAL`, whose parameters follow each other.

    AssertionError unless each of them, nine at the most, stands there once and in its turn.
    """
    named = re.findall(r"\$\d+", statement)
    assert named == [f"${turn}" for turn in range(1, min(len(named), 9) + 1)], statement
    into, row = re.sub(r"\$\d", "?", statement).split("VALUES ")
    row, conflict, nothing = row.partition(" ON CONFLICT")
    return f"{into}VALUES {', '.join([row] * SEVERAL)}{conflict}{nothing}"
