"""What a long run watches is read from a living gateway, and told at the end."""

import msgspec

from tests.faults.gauges import Reading, growth_of, line, total

PAGE = """# HELP ill_queue_depth Rows of work that wait.
ill_queue_depth{lane="acs:main"} 7.0
ill_queue_depth{lane="peer:valley"} 3.0
ill_coroutines 21.0
ill_coroutines_of_another 5.0
"""
READING = Reading(
    at_s=60.0, lives=1, ended=10, memory_mb=80.0, files=20, threads=4, coroutines=30, store_mb=5.0, idle_mb=0.5, wal_mb=4.0,
    waiting=10, answers_ms=3.0,
)  # fmt: skip


def test_a_page_of_metrics_is_added_up_by_name():
    assert total(PAGE, "ill_queue_depth{") == 10
    assert total(PAGE, "ill_coroutines ") == 21
    assert total(PAGE, "ill_unheard_of ") == 0


def test_growth_is_that_of_the_longest_life_after_its_first_reading():
    warm, later = (
        msgspec.structs.replace(READING, at_s=at_s, memory_mb=mb, coroutines=n, ended=ended)
        for at_s, mb, n, ended in ((120.0, 90.0, 31, 20), (3720.0, 91.0, 33, 620))
    )
    said = growth_of([READING, warm, later, msgspec.structs.replace(READING, lives=2)])
    assert "60 minutes of one life" in said
    assert "memory 90.0 → 91.0 MB" in said
    assert "coroutines 31 → 33" in said
    assert "600 loans" in said
    assert "store 5.0 → 5.0 MB, of which 0.5 → 0.5 MB hold nothing" in said
    assert growth_of([READING]) == "no life was long enough to tell whether memory grows"


def test_a_reading_is_a_line_with_everything_in_it():
    assert line(READING).split() == [
        "1:00",
        "1",
        "10",
        "80",
        "MB",
        "20",
        "4",
        "30",
        "5",
        "MB",
        "0.5",
        "MB",
        "4.0",
        "MB",
        "10",
        "3",
        "ms",
    ]
