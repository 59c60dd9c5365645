"""The breaker and the login gate, against a clock that is only a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2.breaker import Breaker, BreakerState, LoginEnd, LoginGate


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


def refused(gate: LoginGate, at: float, who: str = "a") -> LoginGate:
    return gate.tried(who, at).ended(LoginEnd.REFUSED, who, at)


def test_after_a_refused_login_one_more_a_little_later_then_none_so_that_there_is_no_third() -> None:
    gate = LoginGate()
    assert gate.wait_s(0) == 0
    gate = refused(gate, 2.0)
    assert (gate.wait_s(2), gate.wait_s(91.5), gate.wait_s(92)) == (90, 0.5, 0)
    assert not gate.stopped
    gate = refused(gate, 602)
    assert (gate.stopped, gate.wait_s(1e9)) == (True, None)
    assert gate.resumed() == LoginGate()


@pytest.mark.parametrize(
    ("how", "refusals", "wait_s"),
    [
        (LoginEnd.WORKED, 0, 0.0),
        (LoginEnd.BROKEN_OFF, 1, 0.0),
        (LoginEnd.REFUSED, 2, None),
        (LoginEnd.UNCLEAR, 2, None),
    ],
)
def test_what_the_end_of_a_try_counts_for(how: LoginEnd, refusals: int, wait_s: float | None) -> None:
    gate = refused(LoginGate(), 0.0).tried("a", 600.0).ended(how, "a", 601.0)
    assert (gate.refusals, gate.wait_s(601), gate.trying) == (refusals, wait_s, None)


def unclear(gate: LoginGate, at: float) -> LoginGate:
    return gate.tried("a", at).ended(LoginEnd.UNCLEAR, "a", at)


def test_of_ends_that_are_neither_yes_nor_no_the_first_is_forgiven_and_each_more_in_a_row_counts() -> None:
    gate = unclear(LoginGate(), 1.0)
    assert (gate.refusals, gate.wait_s(1), gate.wait_s(16)) == (0, 15, 0)
    gate = unclear(gate.tried("a", 20.0).ended(LoginEnd.BROKEN_OFF, "a", 21.0), 22.0)
    assert (gate.refusals, gate.wait_s(22)) == (1, 90)
    assert unclear(gate, 112).stopped


def test_one_that_was_forgiven_does_not_count_when_a_kill_follows() -> None:
    """The kill counts, as always; but no pause follows from what was forgiven."""
    gate = unclear(LoginGate(), 1.0).tried("a", 20.0).settled("a", 21.0)
    assert (gate.refusals, gate.wait_s(21)) == (1, 0)
    assert unclear(gate, 22.0).stopped, "which is the third that may have been a refusal"


def test_a_clock_that_was_set_back_makes_no_pause_longer() -> None:
    gate = refused(LoginGate(), 1200.0).tried("b", 1300.0).settled("a", 5.0)
    assert (gate.refused_at, gate.tried_at) == (5.0, 5.0)
    assert gate.wait_s(95) == 0


def test_a_login_that_works_wipes_out_those_that_were_neither_yes_nor_no() -> None:
    gate = unclear(LoginGate(), 1.0).tried("a", 2.0).ended(LoginEnd.WORKED, "a", 3.0)
    assert unclear(gate, 4.0).refusals == 0


@pytest.mark.parametrize(
    ("who", "now", "counts"),
    [("a", 101.0, True), ("b", 119.0, False), ("b", 120.0, True)],
    ids=["its own, of an earlier life", "another's, under way", "another's, of which nothing more is heard"],
)
def test_a_try_that_nobody_will_end_counts_as_refused(who: str, now: float, counts: bool) -> None:  # noqa: FBT001 - the expectation
    gate = LoginGate().tried("a", 100.0)
    settled = gate.settled(who, now)
    assert (settled.refusals, settled.wait_s(now)) == (int(counts), 0.0), "and no pause follows"
    assert settled.settled(who, now) == settled


def test_two_tries_in_a_row_of_which_no_end_is_told_stop_for_staff() -> None:
    gate = LoginGate().tried("a", 0.0).settled("a", 1.0).tried("a", 2.0).settled("a", 3.0)
    assert (gate.stopped, gate.wait_s(1e9)) == (True, None)


def test_the_end_of_a_try_that_was_given_up_leaves_anothers_alone() -> None:
    later = LoginGate().tried("a", 0.0).settled("b", 20.0).tried("b", 700.0)
    assert later.ended(LoginEnd.BROKEN_OFF, "a", 701.0) == later
    assert later.ended(LoginEnd.REFUSED, "a", 701.0).trying == "b"


class Account:
    """A circulation system that refuses each login and blocks at the third, and gateways that try, die over it, and start again."""

    def __init__(self) -> None:
        self.gate = LoginGate()
        self.now = 0.0
        self.refused = 0
        self.under_way: set[str] = set()

    def step(self, what: str, who: str) -> None:
        gate = self.gate if who in self.under_way else self.gate.settled(who, self.now)
        match what:
            case "wait":
                self.now += 7.0
            case "wait long":
                self.now += 400.0
            case "try" if who not in self.under_way and gate.trying is None and gate.wait_s(self.now) == 0:
                gate = gate.tried(who, self.now)
                self.under_way.add(who)
                self.refused += 1
            case "end" if who in self.under_way:
                gate = gate.ended(LoginEnd.REFUSED, who, self.now)
                self.under_way.discard(who)
            case "die":
                self.under_way.discard(who)
        self.gate = gate


@given(
    st.lists(
        st.tuples(st.sampled_from(["try", "end", "die", "wait", "wait long"]), st.sampled_from("abcd")), max_size=60
    )
)
def test_there_is_never_a_third_refused_login_whoever_tries_dies_and_starts_again(steps: list[tuple[str, str]]) -> None:
    account = Account()
    for what, who in steps:
        account.step(what, who)
        assert account.refused <= 2
