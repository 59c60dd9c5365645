"""The register's statements that both databases understand, as in sql.py; `change_mark()` is the transaction, as each database knows it."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Sequence
from typing import Final

from gateway.store.columns import Params, padded, places
from gateway.store.register_port import RegisterLine

COLUMNS: Final = ", ".join(RegisterLine.__struct_fields__)

INSERT_LINE: Final = """
    INSERT INTO register (request, is_open, role, state, partner, branch, service, created_at, updated_at, state_since,
                          due_at, flags, assigned_to, tasks, changed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, change_mark()) ON CONFLICT (request) DO NOTHING"""
UPDATE_LINE: Final = """
    UPDATE register SET is_open = $2, role = $3, state = $4, partner = $5, branch = $6, service = $7, created_at = $8,
                        updated_at = $9, state_since = $10, due_at = $11, flags = $12, assigned_to = $13,
                        changed = change_mark()
    WHERE request = $1"""
STEP_LINE: Final = """
    UPDATE register SET role = $2, state = $3, partner = $4, branch = $5, service = $6, created_at = $7, updated_at = $8,
                        state_since = $9, due_at = $10, flags = $11, assigned_to = $12, changed = change_mark()
    WHERE request = $1"""
"""Of a request that was open and is: the index of what is open stays as it is."""
LINE: Final = "(SELECT line FROM register WHERE request = $1)"
INSERT_WORDS: Final = f"""
    INSERT INTO register_words (line, is_open, words) VALUES ({LINE}, CAST($2 AS BOOLEAN), CAST($3 AS TEXT))
    ON CONFLICT (line) DO NOTHING"""
UPDATE_WORDS: Final = """
    UPDATE register_words SET is_open = $2, words = $3
    WHERE line = (SELECT line FROM register WHERE request = $1) AND (is_open <> $2 OR words <> $3)"""
ADD_NOTE: Final = """
    UPDATE register_words SET notes = substr(notes || ' ' || CAST($2 AS TEXT), 1, 8000)
    WHERE line = (SELECT line FROM register WHERE request = $1)"""
INSERT_NUMBER: Final = f"""
    INSERT INTO register_numbers (line, number) VALUES ({LINE}, CAST($2 AS TEXT)) ON CONFLICT (number, line) DO NOTHING"""
ADD_NUMBER: Final = """
    INSERT INTO register_numbers (number, line) SELECT CAST($2 AS TEXT), line FROM register WHERE request = $1
    ON CONFLICT (number, line) DO NOTHING"""
"""Of a request that was there before, and may have no line yet: a gateway of before the register made it."""
OPEN_LINES: Final = f"SELECT {COLUMNS} FROM register WHERE is_open AND line > $1 ORDER BY line LIMIT $2"
CHANGED_LINES: Final = f"""
    SELECT {COLUMNS}, changed FROM register WHERE (changed, line) > ($1, $2) AND changed < $3
    ORDER BY changed, line LIMIT $4"""
NUMBERED: Final = """
    SELECT line FROM (
        SELECT * FROM (
            SELECT line, request AS number FROM register
            WHERE request >= upper($1) AND request < upper($2) ORDER BY request LIMIT $3) AS ours
        UNION ALL SELECT * FROM (
            SELECT line, number FROM register_numbers
            WHERE number >= $1 AND number < $2 ORDER BY number LIMIT $3) AS others) AS numbered LIMIT $3"""
"""Our own numbers are large letters and digits (dispatch/ids.py)."""
WITH_NUMBER: Final = """
    SELECT register.request FROM register_numbers JOIN register ON register.line = register_numbers.line
    WHERE register_numbers.number = $1 ORDER BY register.is_open DESC, register_numbers.line DESC LIMIT $2"""
UNREGISTERED: Final = """
    SELECT id, body FROM requests
    WHERE id > $1 AND NOT EXISTS (SELECT 1 FROM register WHERE register.request = requests.id) ORDER BY id LIMIT $2"""
FILL_TASKS: Final = "UPDATE tasks SET closed_at = closed_at WHERE request = $1 AND closed_at IS NULL"
"""Lets the trigger enter them."""
FILLED: Final = "SELECT 1 FROM turns WHERE duty = 'fill the register'"
FILL: Final = "INSERT INTO turns (duty, at) VALUES ('fill the register', 0) ON CONFLICT (duty) DO NOTHING"


def requests(ids: Sequence[str]) -> tuple[str, Params]:
    """Return the query for requests by their ids."""
    params = padded(ids, "")
    return f"SELECT id, body FROM requests WHERE id IN ({places(len(params))})", tuple(params)
