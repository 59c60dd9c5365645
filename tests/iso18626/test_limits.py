"""Token buckets and budgets: what is granted, what is kept, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.limits import Buckets, Budget, Holding, Rate

RATE = Rate(burst=3, per_s=0.5)


def test_a_burst_is_granted_then_the_rate() -> None:
    buckets = Buckets()
    assert [buckets.take("a", RATE, 0) for _ in range(4)] == [0, 0, 0, 2]
    assert buckets.take("a", RATE, 1) == 1
    assert [buckets.take("a", RATE, 2), buckets.take("a", RATE, 2)] == [0, 2]


def test_one_key_takes_nothing_from_another() -> None:
    buckets = Buckets()
    for _ in range(10):
        buckets.take("a", RATE, 0)
    assert buckets.take("b", RATE, 0) == 0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    buckets = Buckets()
    buckets.take("a", RATE, 0)
    assert [buckets.take("a", RATE, 1e9) for _ in range(4)] == [0, 0, 0, 2]


def test_looking_takes_nothing_and_forgetting_fills() -> None:
    buckets = Buckets()
    for _ in range(3):
        assert buckets.wait_s("a", RATE, 0) == 0
        buckets.take("a", RATE, 0)
    assert (buckets.wait_s("a", RATE, 0), buckets.wait_s("a", RATE, 0)) == (2, 2)
    buckets.forget("a")
    assert buckets.take("a", RATE, 0) == 0


def test_a_clock_that_goes_back_grants_nothing_more() -> None:
    buckets = Buckets()
    for _ in range(3):
        buckets.take("a", RATE, 100)
    assert buckets.take("a", RATE, 0) == 2


def test_however_many_ask_what_is_kept_is_bounded_and_the_latest_are_kept() -> None:
    buckets = Buckets(most_keys=100)
    for number in range(10_000):
        buckets.take(f"caller {number}", Rate(burst=1, per_s=0.001), 0)
    assert len(buckets) == 100
    assert buckets.wait_s("caller 9999", Rate(burst=1, per_s=0.001), 0) > 0


def test_a_minute_s_worth_may_come_at_once() -> None:
    assert Rate.per_minute(120) == Rate(burst=120, per_s=2)
    assert Rate.per_minute(0.5).burst == 1


def test_a_rate_is_divided_among_servers_and_one_message_at_once_is_the_least() -> None:
    assert RATE.share(1) == RATE
    assert RATE.share(2) == Rate(burst=1.5, per_s=0.25)
    assert RATE.share(5) == Rate(burst=1, per_s=0.1)


@given(st.integers(1, 9), st.floats(9, 100), st.floats(0.1, 10), st.lists(st.floats(0, 100), max_size=200))
def test_servers_together_allow_what_one_would(servers: int, burst: float, per_s: float, moments: list[float]) -> None:
    """However the messages fall on them."""
    rate = Rate(burst=burst, per_s=per_s)
    each = [Buckets() for _ in range(servers)]
    granted = sum(each[n % servers].take("a", rate.share(servers), at) == 0 for n, at in enumerate(sorted(moments)))
    assert granted <= rate.burst + rate.per_s * max(moments, default=0) + 1e-6


def test_who_shares_with_more_than_before_keeps_no_more_than_its_share() -> None:
    buckets, rate = Buckets(), Rate(burst=6, per_s=0.01)
    buckets.take("a", rate, 0)
    granted = [buckets.take("a", rate.share(3), 0) == 0 for _ in range(4)]
    assert granted == [True, True, False, False]


@given(st.lists(st.floats(0, 100), max_size=60))
def test_never_more_than_the_burst_and_the_rate_together(moments: list[float]) -> None:
    buckets, granted = Buckets(), 0
    for moment in sorted(moments):
        granted += buckets.take("a", RATE, moment) == 0
        assert granted <= RATE.burst + RATE.per_s * moment + 1e-6


@given(st.lists(st.floats(0, 100), max_size=60))
def test_who_waits_as_long_as_told_is_granted(moments: list[float]) -> None:
    buckets = Buckets()
    for moment in sorted(moments):
        wait_s = buckets.take("a", RATE, moment)
        if wait_s:
            assert buckets.wait_s("a", RATE, moment + wait_s) == pytest.approx(0, abs=1e-6)


def test_a_budget_is_limited_for_each_and_for_all() -> None:
    budget = Budget(total=10, each=6)
    assert budget.take("a", 6)
    assert not budget.take("a", 1)
    assert budget.take("b", 4)
    assert not budget.take("c", 1)
    budget.give_back("a", 6)
    assert budget.take("c", 6)
    assert budget.taken == 10


def test_a_holding_counts_and_holds_as_long_as_its_block_lasts() -> None:
    budget = Budget(total=10, each=10)
    with Holding(budget, "a") as first, Holding(budget, "b") as second:
        assert first.add(6)
        assert not second.add(5)
        assert (budget.holdings, budget.taken) == (2, 6)
    assert (budget.holdings, budget.taken) == (0, 0)


def test_what_is_given_back_leaves_nothing_behind() -> None:
    budget = Budget(total=10, each=10)
    for number in range(1000):
        assert budget.take(str(number), 10)
        budget.give_back(str(number), 10)
    assert (budget.taken, budget._held) == (0, {})
