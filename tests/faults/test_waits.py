"""What waits too long is noticed, and what waits by its own clock, or for a lane that is away, is not."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from gateway.demo.stage.stack_config import sqlite_url
from gateway.store.factory import open_store
from tests.faults.breaches import Rule
from tests.faults.waits import RETURN_S, Rows, WaitingRow, Waits

LANE = "peer:valley"
ROW = WaitingRow(1, "L-1", LANE, "send", 3, 60_000_000, None)
OTHER = WaitingRow(2, "L-2", LANE, "send", 1, 0, None)
INSERT = "INSERT INTO effects (request, key, kind, lane, is_first, due_at, effect) VALUES ('L-1', ?, ?, ?, 1, 7, '{}')"
SECOND = 1_000_000


def seen(waits: Waits, at_s: float, *rows: WaitingRow, is_up: bool = True) -> None:
    waits.look(at_s, int(at_s * SECOND), rows, lambda _lane: is_up)


def over(waits: Waits, seconds: Iterable[int], *rows: WaitingRow, is_up: bool = True) -> None:
    for at_s in seconds:
        seen(waits, at_s, *rows, is_up=is_up)


def test_a_row_that_stays_behind_when_its_lane_is_back_is_told_once_and_why():
    waits = Waits()
    over(waits, range(10), ROW, is_up=False)
    over(waits, range(10, 30), ROW)
    (breach,) = waits.breaches
    assert breach.rule is Rule.WAITED
    assert (breach.request, waits.returns) == ("L-1", 1)
    assert "after 3 tries" in breach.words
    assert LANE in breach.words


def test_what_staff_ask_for_may_go_before_what_waited_and_nothing_else_may():
    waits, waited = Waits(), replace(ROW, lane="acs:main", turn=7)
    for turn, breaches in ((0, 0), (8, 1)):
        over(waits, range(10), waited, is_up=False)
        for at_s in range(10, 30):
            news = (replace(waited, id=100 * at_s + n, turn=turn) for n in range(8))
            seen(waits, at_s, waited, *news)
        assert len(waits.breaches) == breaches


def test_a_slow_machine_is_given_time():
    for slowness, breaches in ((1.0, 1), (2.0, 0)):
        waits = Waits(slowness)
        over(waits, range(10), ROW, is_up=False)
        over(waits, range(10, 19), ROW)
        assert len(waits.breaches) == breaches


def test_what_moves_in_time_is_no_breach_and_counts_as_the_longest_wait():
    waits = Waits()
    over(waits, range(10), ROW, is_up=False)
    over(waits, range(10, 10 + int(RETURN_S)), ROW)
    seen(waits, 14.5)
    over(waits, range(20, 40))
    assert (waits.breaches, waits.longest_s) == ([], 4.5)


def test_what_fails_by_itself_waits_by_its_own_clock_while_its_lane_works():
    waits = Waits()
    seen(waits, 0)
    over(waits, range(1, 50), ROW)
    assert waits.breaches == []


def test_nothing_waits_too_long_for_a_lane_that_is_away():
    waits = Waits()
    over(waits, range(100), ROW, OTHER, is_up=False)
    assert waits.breaches == []


def test_a_lane_in_which_work_is_due_and_nothing_moves_stands_still():
    waits = Waits()
    over(waits, range(20), OTHER)
    assert [breach.words for breach in waits.breaches] == [f"{LANE} stands still with 1 rows due; the first is send"]


def test_a_lane_that_has_just_got_work_does_not_stand_still():
    waits = Waits()
    over(waits, range(20))
    seen(waits, 20, OTHER)
    over(waits, range(21, 40))
    seen(waits, 40, replace(OTHER, id=3))
    assert waits.breaches == []


def test_a_lane_in_which_anything_moves_does_not_stand_still():
    waits = Waits()
    for at_s in range(20):
        seen(waits, at_s, OTHER, replace(ROW, attempts=at_s))
    assert waits.breaches == []


def test_work_that_is_leased_is_under_way():
    waits = Waits()
    over(waits, range(20), replace(OTHER, leased_until=100 * SECOND))
    assert waits.breaches == []


def test_a_database_that_does_not_answer_is_no_lane_that_is_up():
    waits = Waits()
    seen(waits, 0, OTHER)
    for at_s in range(1, 20):
        waits.look(at_s, at_s * SECOND, None, lambda _lane: True)
    seen(waits, 20, OTHER)
    assert waits.breaches == []


async def test_rows_are_read_as_the_database_has_them(tmp_path: Path):
    url = sqlite_url(tmp_path)
    assert await Rows(url).read() is None
    store = open_store(url)
    await store.open()
    await store.migrate()
    with closing(sqlite3.connect(tmp_path / "gateway.sqlite")) as beside:
        beside.execute("PRAGMA foreign_keys = off")
        beside.executemany(INSERT, [("k", "send", LANE), ("c", "clock", "")])
        beside.commit()
    assert await Rows(url).read() == [WaitingRow(1, "L-1", LANE, "send", 0, 7, None, 0)]
    await store.close()
