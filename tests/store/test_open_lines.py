"""What is open, in memory, against the plainest way to count and sort it, through any course of changes."""

from collections import Counter
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store import open_lines
from gateway.store.columns import moment, stamp
from gateway.store.open_lines import SORT_KEYS, OpenLines, age_bounds
from gateway.store.register_port import Age, Facet, Flag, RegisterLine, Sort, Sought, StateCount
from tests.store.values import NOW

MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
HOUR = 3_600_000_000
SOON = timedelta(days=3)
hours = st.integers(-24 * 40, 24 * 2).map(lambda hour: stamp(NOW) + hour * HOUR)


@st.composite
def lines(draw: st.DrawFn) -> RegisterLine:
    number = draw(st.integers(1, 12))
    return RegisterLine(
        line=number,
        request=f"HILL-{number}",
        is_open=draw(st.booleans()),
        role=draw(st.sampled_from(("lending", "borrowing"))),
        state=draw(st.sampled_from(("searching", "loaned", "lost"))),
        partner=draw(st.sampled_from(("", "a", "b"))),
        branch=draw(st.sampled_from(("", "MAIN"))),
        service=draw(st.sampled_from(("Loan", "Copy"))),
        created_at=draw(hours),
        updated_at=draw(hours),
        state_since=draw(hours),
        due_at=draw(st.none() | hours),
        flags=draw(st.sampled_from(("", "rush", "rush,cost"))),
        tasks=draw(st.sampled_from(("", "answer", "bill,read note"))),
        assigned_to=draw(st.sampled_from(("", "ann"))),
    )


def values_of(line: RegisterLine, sought: Sought) -> set[tuple[Facet, str]]:
    """Give a line's values, as one reads them off it."""
    age = next((age for age, since in age_bounds(sought.today) if line.created_at >= since), Age.OLDER)
    found = {(Facet(name), getattr(line, name)) for name in ("role", "state", "partner", "branch", "service")}
    found |= {(Facet.AGE, age), (Facet.WHOSE, line.assigned_to)}
    found |= {(Facet.FLAG, flag) for flag in line.flags.split(",") if flag}
    found |= {(Facet.FLAG, Flag.TASK)} if line.tasks else set()
    found |= {(Facet.FLAG, Flag.UNREAD)} if "read note" in line.tasks else set()
    return found | ({(Facet.FLAG, Flag.LATE)} if line.due_at is not None and line.due_at < stamp(sought.now) else set())


def is_due(line: RegisterLine, due: tuple[datetime | None, datetime | None] | None) -> bool:
    if due is None:
        return True
    first, last = due
    at = None if line.due_at is None else moment(line.due_at)
    return at is not None and (first is None or at >= first) and (last is None or at <= last)


def counted_plainly(lines: list[RegisterLine], now: datetime) -> set[StateCount]:
    """Count lines by role and state, one after the other."""
    first, last = stamp(now), stamp(now + SOON)
    due = [(line.role, line.state, line.due_at) for line in lines if line.due_at is not None]
    of = Counter((line.role, line.state) for line in lines)
    late = Counter(each[:2] for each in due if each[2] < first)
    soon = Counter(each[:2] for each in due if first <= each[2] <= last)
    return {StateCount(*key, count=count, late=late[key], due_soon=soon[key]) for key, count in of.items()}


values = st.dictionaries(
    st.sampled_from((Facet.ROLE, Facet.STATE, Facet.PARTNER, Facet.AGE, Facet.FLAG)),
    st.frozensets(
        st.sampled_from(("lending", "loaned", "lost", "a", "today", "month", "late", "task", "rush", "none")),
        max_size=3,
    ),
    max_size=3,
)
clocks = st.integers(0, 24 * 3).map(lambda hour: timedelta(hours=hour))


@pytest.mark.parametrize("few", [0, 500])
@given(
    st.lists(st.tuples(st.lists(lines(), max_size=6), values, st.sampled_from(Sort), clocks), min_size=1, max_size=6),
    st.integers(1, 4),
    st.none() | st.sets(st.integers(1, 12)),
)
def test_it_finds_counts_and_pages_as_a_plain_list_would(few: int, steps, limit: int, among: set[int] | None) -> None:
    open_lines.FEW = few  # both ways to a page are gone
    plain: dict[int, RegisterLine] = {}
    kept = OpenLines()
    for piece, chosen, sort, ahead in steps:
        kept.put(piece)
        plain |= {line.line: line for line in piece}
        now = NOW + ahead
        due = {0: None, 1: (None, now), 2: (now, now + SOON)}[len(piece) % 3]
        sought = Sought(values=chosen, due=due, now=now, today=MIDNIGHT + timedelta(days=ahead.days))
        base = [line for line in plain.values() if line.is_open and (among is None or line.line in among)]
        base = [line for line in base if is_due(line, due)]

        def fits(line: RegisterLine, but: Facet | None = None, sought: Sought = sought) -> bool:
            has = values_of(line, sought)
            return all(
                not wanted or facet is but or any((facet, value) in has for value in wanted)
                for facet, wanted in sought.values.items()
            )

        expected = sorted((line for line in base if fits(line)), key=SORT_KEYS[sort])
        counted = Counter(key for line in base for key in values_of(line, sought) if fits(line, but=key[0]))
        states = kept.count(sought.now, sought.today, sought.now + SOON)
        assert set(states) == counted_plainly([line for line in plain.values() if line.is_open], sought.now)
        pages: list[RegisterLine] = []
        after = None
        while True:
            page = kept.find(sought, sort, among=among, after=after, limit=limit)
            assert page.count == len(expected)
            assert {(facet, value): n for facet, of in page.counts.items() for value, n in of.items()} == counted
            pages += page.lines
            after = page.next
            if after is None:
                break
        assert pages == expected
        assert len(kept) == sum(line.is_open for line in plain.values())


def test_a_line_that_changes_is_found_by_what_it_is_now() -> None:
    line = RegisterLine(1, "HILL-1", True, "lending", "searching", "", "", "Loan", 0, 0, 0, None, "", "", "")
    kept = OpenLines([line])
    kept.put([msgspec.structs.replace(line, state="loaned")])
    sought = Sought(now=moment(1), today=moment(0))
    found = kept.find(sought, Sort.NEWEST, among=None, after=None, limit=9)
    assert found.counts[Facet.STATE] == {"loaned": 1}
    assert [each.state for each in found.lines] == ["loaned"]
