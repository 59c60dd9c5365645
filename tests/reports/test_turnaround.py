"""How long it took: means, medians, percentiles and shares of what the facts say."""

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.partner import percentile
from gateway.reports.sums import took
from gateway.reports.turnaround import spread

LEGS = st.lists(st.tuples(st.integers(0, 100 * 86_400), st.integers(0, 60)), min_size=1, max_size=60)


@given(LEGS)
def test_a_spread_is_that_of_the_legs_themselves(legs):
    found = spread([took([(seconds // 3600, days, 1, seconds)]) for seconds, days in legs])
    hours = sorted(seconds // 3600 for seconds, _ in legs)
    days = sorted(each for _, each in legs)
    assert found.count == len(legs)
    assert found.mean_days == pytest.approx(mean(seconds for seconds, _ in legs) / 86_400)
    assert (found.median_days, found.p90_days) == (percentile(hours, 50) / 24, percentile(hours, 90) / 24)
    assert (found.open_median, found.open_p90) == (percentile(days, 50), percentile(days, 90))
    assert found.under_48_h == pytest.approx(sum(hour < 48 for hour in hours) / len(hours))
    assert sum((found.under_48_h or 0, found.under_72_h or 0, found.over_72_h or 0)) == pytest.approx(1)


def test_of_nothing_there_is_nothing_to_say():
    found = spread([])
    assert (found.count, found.mean_days, found.median_days, found.over_72_h) == (0, None, None, None)
