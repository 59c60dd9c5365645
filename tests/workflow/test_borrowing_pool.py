"""Which range an item gets a barcode of; when the pool of barcodes runs low, and when staff are told: as it comes to that, and no second time."""

from datetime import timedelta

import pytest

from gateway.workflow.borrowing.pool import NONE_FREE, range_in_time, warning, words_as_one_is_taken
from gateway.workflow.borrowing_events import BarcodeAssigned
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import AT, POOL, on_its_way, staff


def counts(free: int, taken: int, blocked: int = 0) -> dict[PoolState, int]:
    return {PoolState.FREE: free, PoolState.WITH_CUSTOMER: taken, PoolState.BLOCKED: blocked}


@pytest.mark.parametrize(
    ("free", "taken", "blocked", "warned"),
    [(10, 90, 0, False), (9, 91, 0, True), (9, 81, 10, False), (1, 0, 0, False)],
)
def test_a_warning_below_a_tenth_of_those_in_use(*, free: int, taken: int, blocked: int, warned: bool):
    assert bool(warning(counts(free, taken, blocked))) is warned


def test_an_empty_range_has_words_of_its_own():
    assert warning(counts(0, 5)) == warning({}) == NONE_FREE


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (counts(11, 89), ""),
        (counts(10, 90), "Of the range “main” 9 of 100 barcodes are free."),
        (counts(10, 90, 50), "Of the range “main” 9 of 100 barcodes are free."),
        (counts(9, 91), ""),
        (counts(2, 98), ""),
        (counts(1, 99), "Of the range “main” 0 of 100 barcodes are free."),
        ({PoolState.FREE: 1}, "Of the range “main” 0 of 1 barcodes are free."),
    ],
)
def test_staff_are_told_as_it_becomes_low_and_as_the_last_one_goes(before: dict[PoolState, int], told: str):
    assert words_as_one_is_taken("main", before) == told


def test_the_task_outlasts_the_receipt_and_the_item_goes_on():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE))
    words = "Of the range “main” 0 of 1 barcodes are free."
    assert talk(BarcodeAssigned(at=AT, barcode=POOL, words=words)) == [
        "receiving",
        "do hold",
        "task few pool barcodes",
    ]
    assert talk.words == f"{words} Have more made and add them to the pool."


LOANS = {"pool": 21, "pool-14": 14, "pool-7": 7}


@pytest.mark.parametrize(
    ("usual", "days", "chosen"),
    [
        ("pool", 42, "pool"),
        ("pool", 28, "pool"),
        ("pool", 27, "pool-14"),
        ("pool", 20, "pool-7"),
        ("pool", 10, "pool-7"),
        ("other", 10, "other"),
    ],
)
def test_an_item_gets_a_barcode_whose_loans_end_before_it_must_go_back(usual: str, days: int, chosen: str):
    """Of the days until the lender's date three are the way back's, and four the hold shelf's."""
    assert range_in_time(usual, LOANS, AT + timedelta(days=days), AT) == chosen


def test_without_a_date_or_without_ranges_of_their_own_days_the_usual_range_serves():
    assert range_in_time("pool", LOANS, None, AT) == range_in_time("pool", {}, AT, AT) == "pool"
