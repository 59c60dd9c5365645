"""Rows on their way into SQLite: values as they are, and several rows by one statement."""

import sqlite3
from contextlib import closing

import pytest

from gateway.store import register_sql, sql
from gateway.store.sqlite_rows import SEVERAL, add


def test_the_driver_is_told_of_every_kind_of_value_that_it_would_look_up_in_vain() -> None:
    """A dozen such values come with a message, at 1,600 instructions each (callgrind)."""
    told = {kind for kind, protocol in sqlite3.adapters if protocol is sqlite3.PrepareProtocol}
    assert {bool, bytes, type(None)} <= told
    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute("SELECT ?, ?, ?", (True, b"\0", None)).fetchone() == (1, b"\0", None)


@pytest.mark.parametrize("count", [0, 1, SEVERAL, 2 * SEVERAL + 3])
def test_rows_are_added_in_their_order_with_a_statement_for_several(count: int) -> None:
    rows = [(f"R-{number}", "approve partner", "Who is that?", number) for number in range(count)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE tasks (id INTEGER PRIMARY KEY, request, kind, words, opened_at)")
        run: list[str] = []
        connection.set_trace_callback(run.append)
        add(connection.cursor(), sql.OPEN_FIRST_TASK, rows)
        assert sum("INSERT" in each for each in run) == count // SEVERAL + count % SEVERAL
        connection.set_trace_callback(None)
        assert connection.execute("SELECT request, kind, words, opened_at FROM tasks ORDER BY id").fetchall() == rows


def test_of_several_rows_one_that_is_there_is_passed_over() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE register (line INTEGER PRIMARY KEY, request UNIQUE)")
        connection.execute("CREATE TABLE register_numbers (number, line, PRIMARY KEY (number, line))")
        connection.execute("INSERT INTO register VALUES (7, 'R-1'), (8, 'R-2')")
        rows = [(f"R-{1 + number % 2}", f"{number}") for number in range(SEVERAL)]
        add(connection.cursor(), register_sql.INSERT_NUMBER, rows[:3])
        add(connection.cursor(), register_sql.INSERT_NUMBER, rows)
        found = connection.execute("SELECT line, number FROM register_numbers ORDER BY number").fetchall()
        assert found == [(7 + number % 2, f"{number}") for number in range(SEVERAL)]
