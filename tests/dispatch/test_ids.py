import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.dispatch.ids import ALPHABET, BORROWING, Numbers

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2107, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def test_a_number_can_be_typed_from_paper_and_fits_the_protocol():
    number = Numbers().next(NOW)
    assert re.fullmatch(r"L-[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", number)
    assert len(number) <= 32


def test_a_number_says_which_role_we_have():
    assert Numbers(BORROWING).next(NOW).startswith("B-")


def test_numbers_of_one_moment_do_not_meet_and_rise():
    numbers = Numbers()
    given_out = [numbers.next(NOW) for _ in range(10_000)]
    assert given_out == sorted(set(given_out))


@given(st.lists(MOMENTS, min_size=2, max_size=20))
def test_numbers_rise_whatever_the_clock_does(moments: list[datetime]):
    numbers = Numbers()
    given_out = [numbers.next(at) for at in moments]
    assert given_out == sorted(set(given_out))


@given(MOMENTS, MOMENTS)
def test_numbers_of_different_gateways_follow_the_clock(one: datetime, other: datetime):
    early, late = sorted((one, other))
    if late - early > timedelta(milliseconds=21):
        assert Numbers().next(early) < Numbers().next(late)


def test_numbers_of_one_day_begin_alike_as_those_given_before_did():
    assert Numbers().next(NOW)[:5] == Numbers().next(NOW + timedelta(hours=10))[:5] == "L-46N"


def test_numbers_of_gateways_that_begin_in_the_same_moment_seldom_meet():
    assert len({Numbers().next(NOW) for _ in range(100)}) > 90


def test_a_mistyped_number_of_a_list_seldom_names_another_order():
    numbers = Numbers()
    of_list = {numbers.next(NOW) for _ in range(500)}
    typed = [f"{number[:-1]}{letter}" for number in of_list for letter in ALPHABET if letter != number[-1]]
    assert sum(number in of_list for number in typed) < 0.002 * len(typed)


def test_in_a_rush_numbers_run_no_more_than_seconds_ahead_of_the_clock():
    numbers = Numbers()
    for number in range(20_000):
        last = numbers.next(NOW + timedelta(seconds=number / 2000))
    assert last < Numbers().next(NOW + timedelta(seconds=20_000 / 2000 + 11))
