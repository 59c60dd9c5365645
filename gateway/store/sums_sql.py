"""The sums of months as common SQL. Pure."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.store.columns import Params
from gateway.store.facts_sql import COLUMNS, listed

ALL: Final = 1 << 62
"""In place of the last line whose fact is in the sums, once all are."""
CLEAR: Final = "DELETE FROM fact_sums"
WRITE_SUM: Final = """
    INSERT INTO fact_sums (month, question, body) VALUES ($1, $2, $3)
    ON CONFLICT (month, question) DO UPDATE SET body = excluded.body"""
TO_SUM: Final = f"SELECT line, {', '.join(COLUMNS)} FROM facts WHERE line > $1 ORDER BY line LIMIT $2"


def sums_of(months: Mapping[int, Sequence[str]]) -> tuple[str, Params]:
    """Return the query for the sums of questions in months: month, question, body."""
    params: list[str] = []
    branches = []
    for month, names in months.items():
        places = ", ".join(f"${place}" for place, _ in enumerate(names, len(params) + 1))
        branches.append(
            f"SELECT month, question, body FROM fact_sums WHERE month = {month:d} AND question IN ({places})"
        )
        params += names
    return " UNION ALL ".join(branches), tuple(params)


def sums_if_all(kept_for: str, months: Sequence[int], names: Sequence[str]) -> tuple[str, Params]:
    """Return the query for the sums of questions in months, likewise, in one look: no row at all if sums are not of all facts, or for other questions."""
    places = ", ".join(f"${place}" for place, _ in enumerate(names, 2))
    statement = f"""
        SELECT fact_sums.month, fact_sums.question, fact_sums.body
        FROM fact_mark LEFT JOIN fact_sums ON fact_sums.month IN ({listed(months)}) AND fact_sums.question IN ({places})
        WHERE fact_mark.id = 1 AND sums_for = $1 AND sums_to = {ALL} AND sums_changed = changed AND sums_line = line"""
    return statement, (kept_for, *names)
