"""The breaker and the login gate, against a clock that is only a number."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2.breaker import Breaker, BreakerState, LoginGate


def opened(at: float = 100.0) -> Breaker:
    breaker = Breaker(threshold=2, cooldown_s=30)
    return breaker.failed(at - 1).failed(at)


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(threshold=2, cooldown_s=30)
    assert breaker.failed(1).succeeded().failed(2).state(2) is BreakerState.CLOSED
    assert breaker.failed(1).failed(2).state(2) is BreakerState.OPEN


def test_it_says_how_long_to_wait() -> None:
    assert [opened(100).wait_s(now) for now in (100, 120, 129.5, 130)] == [30, 10, 0.5, 0]


def test_half_open_lets_one_trial_pass() -> None:
    breaker = opened(100)
    assert breaker.state(130) is BreakerState.HALF_OPEN
    assert breaker.passed(130).wait_s(131) == 29
    assert breaker.passed(130).succeeded().wait_s(131) == 0
    assert breaker.passed(130).failed(135).wait_s(135) == 30


def test_a_trial_that_never_reported_does_not_block_for_ever() -> None:
    assert opened(100).passed(130).wait_s(160) == 0
    assert opened(100).passed(130).passed(160).wait_s(161) == 29


def test_what_passes_a_closed_breaker_leaves_no_mark() -> None:
    assert Breaker().passed(5) == Breaker()


@given(st.lists(st.sampled_from(["fail", "succeed", "pass"])), st.floats(0, 1e6))
def test_it_never_blocks_longer_than_one_cool_down(steps: list[str], at: float) -> None:
    breaker = Breaker(threshold=3, cooldown_s=30)
    for step in steps:
        breaker = {"fail": breaker.failed(at), "succeed": breaker.succeeded(), "pass": breaker.passed(at)}[step]
    assert 0 <= breaker.wait_s(at) <= 30
    assert breaker.wait_s(at + 61) == 0


def test_after_a_refused_login_one_more_ten_minutes_later_then_none_so_that_there_is_no_third() -> None:
    gate = LoginGate()
    assert gate.wait_s(0) == 0
    gate = gate.refused(2.0)
    assert (gate.wait_s(2), gate.wait_s(601.5), gate.wait_s(602)) == (600, 0.5, 0)
    assert not gate.stopped
    gate = gate.refused(602)
    assert (gate.stopped, gate.wait_s(1e9)) == (True, None)
    assert gate.resumed() == LoginGate()
