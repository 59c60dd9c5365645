"""What columns hold: times, and lists of parameters that few statements take."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.store import facts_sql, register_sql, sql, task_tables
from gateway.store.columns import moment, padded, places, stamp


@pytest.mark.parametrize("fold", [0, 1])
def test_each_time_of_an_hour_that_comes_twice_has_its_own_stamp(fold: int) -> None:
    """Python takes the two for equal, with one hash."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    at, other = first.replace(fold=fold), first.replace(fold=1 - fold)
    assert stamp(other) != stamp(at)
    assert moment(stamp(at)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(hours=fold)


@given(some.lists(some.integers(min_value=0), min_size=1, max_size=300))
def test_fillers_bring_a_list_up_to_a_power_of_two(values: list[int]) -> None:
    filled = padded(values, -1)
    assert filled[: len(values)] == values
    assert set(filled[len(values) :]) <= {-1}
    assert len(filled).bit_count() == 1
    assert len(filled) < 2 * len(values)


def test_places_begin_where_they_are_told_to() -> None:
    assert places(1) == "$1"
    assert places(3, 2) == "$2, $3, $4"


@pytest.mark.parametrize(
    "statement",
    [
        lambda count: facts_sql.facts_of(range(count)),
        lambda count: facts_sql.taken_up_of(range(count)),
        lambda count: facts_sql.attempts_of(range(count)),
        lambda count: facts_sql.corrections_of(range(count)),
        lambda count: facts_sql.told_of([(line, str(line)) for line in range(count)]),
        lambda count: register_sql.requests(list(map(str, range(count)))),
        lambda count: sql.pending_of(list(map(str, range(count)))),
        lambda count: task_tables.of_requests(list(map(str, range(count)))),
    ],
    ids=["facts", "taken up", "attempts", "corrections", "told", "requests", "waiting", "tasks"],
)
def test_however_many_are_named_a_few_statements_do(statement) -> None:
    """A driver keeps a hundred of them prepared; figures follow pieces of one to forty, one after the other."""
    assert len({statement(count)[0] for count in range(1, 41)}) == 7
