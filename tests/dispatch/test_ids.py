import re
from datetime import UTC, datetime, timedelta

from gateway.dispatch.ids import new_request_id

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_a_number_can_be_typed_from_paper_and_fits_the_protocol():
    number = new_request_id(NOW)
    assert re.fullmatch(r"L-[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", number)
    assert len(number) <= 32


def test_numbers_do_not_meet_twice():
    assert len({new_request_id(NOW) for _ in range(10_000)}) == 10_000


def test_numbers_follow_the_days():
    days = [NOW + timedelta(days=day) for day in range(2000)]
    numbers = [new_request_id(day) for day in days]
    assert numbers == sorted(numbers)
    assert new_request_id(NOW)[:5] == new_request_id(NOW + timedelta(hours=10))[:5]
