"""Facts as common SQL: what is followed, what is written, and the statement for a question. Pure.

Names of columns come out of enumerations alone, values are bound.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces and enumerations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from gateway.store.columns import Params, padded, places, stamp
from gateway.store.port import HistoryKind
from gateway.workflow.facts import LEGS, Attempt, Fact
from gateway.workflow.questions import FactsQuestion, HowLong, Only, Part, Population, Span, WorkBy
from gateway.workflow.records import Role

COLUMNS: Final = Fact.__struct_fields__
ATTEMPT_COLUMNS: Final = Attempt.__struct_fields__
_TAKEN_UP: Final = "CASE WHEN EXISTS (SELECT 1 FROM fact_taken_up WHERE line = $1) THEN 1 ELSE 0 END"
_DECIDES: Final = f"'{HistoryKind.DECISION.value}', '{HistoryKind.IGNORED.value}'"

# ── following ────────────────────────────────────────────────────────────────────────────────────

MARK: Final = "SELECT changed, line, writes, sums_for, sums_to, sums_changed, sums_line FROM fact_mark WHERE id = 1"
MOVE_MARK: Final = """
    UPDATE fact_mark SET changed = $4, line = $5, writes = writes + 1, sums_for = $6, sums_to = $7, sums_changed = $4, sums_line = $5
    WHERE id = 1 AND changed = $1 AND line = $2 AND writes = $3"""
"""Each write counts, for what was read before another may not stand any more; a gateway of before version 42 moves the first two alone."""
CHANGED: Final = """
    SELECT line, request, changed FROM register WHERE (changed, line) > ($1, $2) AND changed < $3
    ORDER BY changed, line LIMIT $4"""
COUNT_CHANGED: Final = """
    SELECT count(*) FROM (SELECT 1 FROM register WHERE (changed, line) > ($1, $2) LIMIT $3) AS changed"""
MISSED: Final = """
    SELECT register.line, register.request, register.changed FROM register LEFT JOIN facts ON facts.line = register.line
    WHERE (facts.changed IS NULL OR facts.changed <> register.changed)
        AND (register.changed, register.line) <= ($1, $2) AND register.line > $3
    ORDER BY register.line LIMIT $4"""
"""Reads the whole register; once a day is enough, for nothing is missed unless a database was put back from a copy."""
WRITTEN: Final = tuple(name for name in COLUMNS if name != "taken_up")
"""All but what another request says of it."""
BEFORE_41: Final = ("charged", "paid")
"""Amounts in hundredths, whatever the currency: for gateways of the version before, which read and write nothing else."""
_SET: Final = (*WRITTEN, *BEFORE_41)
WRITE: Final = f"""
    INSERT INTO facts (line, changed, minor_written, taken_up, {", ".join(_SET)})
    VALUES ($1, $2, $2, {_TAKEN_UP}, {", ".join(f"${place}" for place, _ in enumerate(_SET, 3))})
    ON CONFLICT (line) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in ("changed", "minor_written", *_SET))}"""
CORRECT: Final = "INSERT INTO fact_corrections (line, what, at, count, reason) VALUES ($1, $2, $3, $4, $5)"
WRITE_ATTEMPT: Final = """
    INSERT INTO fact_attempts (line, attempt, partner, place, asked_at, answered_at, result, reason, sent_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (line, attempt) DO UPDATE SET
        asked_at = excluded.asked_at, answered_at = excluded.answered_at, result = excluded.result, reason = excluded.reason,
        sent_at = excluded.sent_at"""
ADD_WORK: Final = """
    INSERT INTO fact_work (day, hour, deed, count) VALUES ($1, $2, $3, $4)
    ON CONFLICT (day, hour, deed) DO UPDATE SET count = fact_work.count + excluded.count"""
RETRIED: Final = f"""
    SELECT register.line FROM requests JOIN register ON register.request = requests.id
    WHERE requests.role = '{Role.LENDING.value}' AND requests.requesting_agency_key = $1 AND requests.partner_request_id = $2"""
KEEP_TAKEN_UP: Final = f"INSERT INTO fact_taken_up (line) {RETRIED} ON CONFLICT (line) DO NOTHING"
TAKE_UP: Final = f"UPDATE facts SET taken_up = 1 WHERE line = ({RETRIED})"
WORK: Final = {
    WorkBy.DAY: "SELECT day, 0, deed, sum(count) FROM fact_work WHERE day >= $1 AND day <= $2 GROUP BY day, deed",
    WorkBy.HOUR: "SELECT 0, hour, deed, sum(count) FROM fact_work WHERE day >= $1 AND day <= $2 GROUP BY hour, deed",
}
FAULTS: Final = """
    SELECT peer, sum(count) FROM exchange_faults WHERE day >= $1 AND day <= $2 GROUP BY peer"""


def facts_of(lines: Sequence[int]) -> tuple[str, Params]:
    """Return the query for the facts of lines."""
    return _of_lines(f"SELECT line, {', '.join(COLUMNS)} FROM facts WHERE line IN ({{}})", lines)


def taken_up_of(lines: Sequence[int]) -> tuple[str, Params]:
    """Return the query for those of lines in whose place a Retry has come."""
    return _of_lines("SELECT line FROM fact_taken_up WHERE line IN ({})", lines)


def attempts_of(lines: Sequence[int]) -> tuple[str, Params]:
    """Return the query for the lenders that were asked for the requests of lines."""
    of_lines = "FROM fact_attempts WHERE line IN ({}) ORDER BY line, attempt"
    return _of_lines(f"SELECT line, {', '.join(ATTEMPT_COLUMNS)} {of_lines}", lines)


def corrections_of(lines: Sequence[int]) -> tuple[str, Params]:
    """Return the query for what was corrected of the facts of lines."""
    return _of_lines("SELECT line, what, at, count, reason FROM fact_corrections WHERE line IN ({})", lines)


def _of_lines(statement: str, lines: Sequence[int]) -> tuple[str, Params]:
    params = padded(lines, _NO_LINE)
    return statement.format(places(len(params))), tuple(params)


_NO_LINE: Final = -1


def told_of(which: Sequence[tuple[int, str]]) -> tuple[str, Params]:
    """Return the query for what the histories of lines, each with its request, tell that is not in their facts: the events, and what each came to.

    An event stands beside the first line of its transaction; what was decided on it, beside it or a little later.
    A request that comes from the register itself leads PostgreSQL along no index of history: its column there has a collation of its own.
    """
    pairs = padded(which, (_NO_LINE, ""))
    told = ", ".join(
        f"(CAST(${2 * place + 1} AS BIGINT), CAST(${2 * place + 2} AS TEXT))" for place in range(len(pairs))
    )
    statement = f"""
        WITH told (line, request) AS (VALUES {told})
        SELECT told.line, history.id, history.entry->>'kind', history.entry->>'state', history.event
        FROM told LEFT JOIN facts ON facts.line = told.line
        JOIN history ON history.request = told.request AND history.id > coalesce(facts.seen, 0)
        WHERE history.event IS NOT NULL OR history.entry->>'kind' IN ({_DECIDES})
        ORDER BY history.id"""
    return statement, tuple(chain.from_iterable(pairs))


def listed(lines: Sequence[int]) -> str:
    """Return whole numbers as a list."""
    return ", ".join(f"{line:d}" for line in lines)


# ── questions ────────────────────────────────────────────────────────────────────────────────────


class FactsQuery:
    """A statement in the making, with what is bound in it. Each span of time has a branch of its own, so that an index leads to it."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Begin with the spans of time, which are numbered."""
        self._spans = [(stamp(since), stamp(until)) for since, until in spans]
        self._params: list[str | int | bytes | None] = []

    @property
    def params(self) -> Params:
        """Return what is bound."""
        return tuple(self._params)

    def branches(self, write: Callable[[int, str], str], time: str) -> str:
        """Write a branch for each span: by its number, and the condition that a time is in it."""
        return " UNION ALL ".join(
            write(number, f"{time} >= {since} AND {time} < {until}")
            for number, (since, until) in enumerate(self._spans)
        )

    def conditions(self, table: str, only: Iterable[Only], **instead: str) -> str:
        """Return what must hold, each with AND before it; `instead`: where some parts stand that are not in the table."""
        return "".join(
            f" AND {self._one_of(instead.get(each.part.value, f'{table}.{each.part.value}'), each)}" for each in only
        )

    def _one_of(self, column: str, only: Only) -> str:
        values = ", ".join(self._bind(value) for value in only.values)
        return f"CAST({column} AS TEXT) {'NOT IN' if only.is_other else 'IN'} ({values})"

    def _bind(self, value: str) -> str:
        self._params.append(value)
        return f"${len(self._params)}"


def _keys(table: str, by: Sequence[Part], **instead: str) -> str:
    return "".join(
        f", CAST({instead.get(part.value, f'{table}.{part.value}')} AS TEXT) AS key{place}"
        for place, part in enumerate(by)
    )


def _group(by: Sequence[Part]) -> str:
    return "".join(f", key{place}" for place in range(len(by)))


def _table(question: FactsQuestion) -> str:
    return "fact_attempts" if question.source is Population.ATTEMPTS else "facts"


def count(question: FactsQuestion, spans: Sequence[Span]) -> tuple[str, Params]:
    """Return the query that counts: number of the span, keys, count."""
    asking, group = FactsQuery(spans), _group(question.by)
    happened = _counted(asking, question)
    if not question.is_corrected:
        return happened, asking.params
    statement = f"""
        SELECT number{group}, sum(counted) FROM ({happened} UNION ALL {_corrected(asking, question)}) AS counts
        GROUP BY number{group} HAVING sum(counted) <> 0"""
    return statement, asking.params


def _counted(asking: FactsQuery, question: FactsQuestion) -> str:
    table, group = _table(question), _group(question.by)
    what = f"sum({table}.{question.amount.value})" if question.amount else "count(*)"
    keys, only = _keys(table, question.by), asking.conditions(table, question.only) + _took(question)
    return asking.branches(
        lambda number, within: (
            f"""
            SELECT {number} AS number{keys}, {what} AS counted FROM {table} WHERE {within}{only} GROUP BY number{group}"""
        ),
        f"{table}.{question.when.value}",
    )


def _corrected(asking: FactsQuery, question: FactsQuestion) -> str:
    """Corrections go with what their fact says, but for their reason, which is their own."""
    group, what = _group(question.by), "fact_corrections.count"
    what = f"{what} * facts.{question.amount.value}" if question.amount else what
    keys = _keys("facts", question.by, reason="fact_corrections.reason")
    only = asking.conditions("facts", question.only, reason="fact_corrections.reason")
    return asking.branches(
        lambda number, within: (
            f"""
            SELECT {number} AS number{keys}, sum({what}) AS counted
            FROM fact_corrections JOIN facts ON facts.line = fact_corrections.line
            WHERE fact_corrections.what = '{question.when.value}' AND {within}{only} GROUP BY number{group}"""
        ),
        "fact_corrections.at",
    )


def how_long(question: HowLong, spans: Sequence[Span]) -> tuple[str, Params]:
    """Return the query that measures: number of the span, keys, hours, open days, count, seconds in all."""
    asking, group, step_h = FactsQuery(spans), _group(question.by), question.step_h
    role, begin, end = LEGS[question.leg]
    leg = f"facts.{question.leg.value}"
    took = f"(facts.{end.value} - facts.{begin.value}) / 1000000"
    hours, open_days = f"{took} / {3600 * step_h} * {step_h}", leg if step_h == 1 else "0"
    only = asking.conditions("facts", (Only(part=Part.ROLE, values=(role.value,)), *question.only))
    keys = _keys("facts", question.by)

    def write(number: int, within: str) -> str:
        return f"""
            SELECT {number} AS number{keys}, {hours} AS hours, {open_days} AS open_days, count(*), sum({took})
            FROM facts WHERE {within} AND {leg} IS NOT NULL{only} GROUP BY number{group}, hours, open_days"""

    return asking.branches(write, f"facts.{end.value}"), asking.params


def behind_number(question: FactsQuestion, span: Span, after: tuple[int, int], limit: int) -> tuple[str, Params]:
    """Return the query for what was counted after a time and line: line, request, time, 1 or the amount, keys."""
    asking, table = FactsQuery([span]), _table(question)
    when, (at, line) = f"{table}.{question.when.value}", map(int, after)
    keys, only = _keys(table, question.by), asking.conditions(table, question.only) + _took(question)
    what, some = _amount(question)

    def write(_number: int, within: str) -> str:
        return f"""
            SELECT {table}.line, register.request, {when}, {what}{keys}
            FROM {table} LEFT JOIN register ON register.line = {table}.line
            WHERE {within}{only}{some} AND {when} >= {at} AND ({when}, {table}.line) > ({at}, {line})
            ORDER BY {when}, {table}.line LIMIT {limit:d}"""

    return asking.branches(write, when), asking.params


def _took(question: FactsQuestion) -> str:
    """Return the condition that a leg was measured."""
    return f" AND facts.{question.leg.value} IS NOT NULL" if question.leg else ""


def _amount(question: FactsQuestion) -> tuple[str, str]:
    """Return what one line adds to a number, and the condition that it adds anything."""
    amount = question.amount and f"{_table(question)}.{question.amount.value}"
    return (amount, f" AND {amount} <> 0") if amount else ("1", "")


def behind_corrections(question: FactsQuestion, span: Span, limit: int) -> tuple[str, Params]:
    """Return the query for what was corrected, likewise, with what each correction counts."""
    asking = FactsQuery([span])
    keys = _keys("facts", question.by, reason="fact_corrections.reason")
    only = asking.conditions("facts", question.only, reason="fact_corrections.reason")
    what, some = _amount(question)
    statement = asking.branches(
        lambda _, within: (
            f"""
            SELECT facts.line, register.request, fact_corrections.at, fact_corrections.count * {what}{keys}
            FROM fact_corrections JOIN facts ON facts.line = fact_corrections.line
                LEFT JOIN register ON register.line = facts.line
            WHERE fact_corrections.what = '{question.when.value}' AND {within}{only}{some}
            ORDER BY fact_corrections.at, fact_corrections.id LIMIT {limit:d}"""
        ),
        "fact_corrections.at",
    )
    return statement, asking.params


def asked(question: FactsQuestion | HowLong, spans: Sequence[Span]) -> tuple[str, Params]:
    """Return the query that counts, or measures."""
    return how_long(question, spans) if isinstance(question, HowLong) else count(question, spans)


def flat(asked: tuple[str, Params]) -> tuple[Any, ...]:
    """Return a statement and what is bound in it, one after the other."""
    statement, params = asked
    return (statement, *params)
