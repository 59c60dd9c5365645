"""The rota: who is asked, in which order, and why; who is left out, and why."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ServiceType
from gateway.workflow.holdings import Held, Holding, Unwanted
from gateway.workflow.rota import Lender, Need, Rota, RotaLine, Skipped, Weights, lost_days, make_rota, not_asked
from gateway.workflow.values import Money

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
LOAN = Need(service=ServiceType.LOAN, today=TODAY, max_cost=Money(amount=Decimal(20), currency="USD"))


def lender(partner: str = "valley", **terms: Any) -> Lender:
    return Lender(partner=partner, **terms)


def usd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


def rota(*lenders: Lender, need: Need = LOAN, **weights: Any) -> Rota:
    return make_rota(lenders, need, Weights(**weights))


def order(made: Rota) -> list[str]:
    return [line.partner for line in made.lines]


def test_a_line_says_what_its_score_is_made_of():
    good = lender(is_reciprocal=True, has_courier=True, fill_rate=0.82, turnaround_days=6, balance=10)
    assert rota(good).lines == (
        RotaLine(
            partner="valley",
            score=127,
            reason="reciprocal +20, courier +10, fill rate 82 % +16, turnaround 6 days +27, "
            "2.0 days lost for each item (time to a no not known) +39, owes us 10 +5, free +10",
        ),
    )


@pytest.mark.parametrize(
    ("terms", "part", "points"),
    [
        ({"fill_rate": None}, "fill rate not known +10", 10),
        ({"fill_rate": 0.0}, "fill rate 0 %", 0),
        ({"fill_rate": 7.0}, "fill rate 100 % +20", 20),
        ({"turnaround_days": None}, "turnaround not known +22", 22),
        ({"turnaround_days": 40}, "turnaround 40 days", 0),
        ({"balance": -40}, "we owe it 40 -10", -10),
        ({"cost": usd("15")}, "costs 15 USD +2", 2),
        ({"cost": usd("0")}, "free +10", 10),
        ({"is_last_resort": True}, "last resort", 0),
    ],
)
def test_each_criterion_has_its_points(terms, part, points):
    base = {"fill_rate": 0.0, "turnaround_days": 15, "cost": usd("20")}
    (line,) = rota(lender(**{**base, **terms}), wait=0).lines
    assert part in line.reason.split(", ")
    assert line.score == points


def test_what_a_no_costs_in_days_counts_as_much_as_a_fast_yes():
    """Both have the half of it; whoever says no at once is asked before whoever takes days for it."""
    slow = lender("a", fill_rate=0.5, asked=20, no_days=4.0, turnaround_days=5)
    quick = lender("b", fill_rate=0.5, asked=20, no_days=0.5, turnaround_days=7)
    made = rota(slow, quick)
    assert order(made) == ["b", "a"]
    assert "0.8 days lost for each item (0.5 days to a no) +43" in made.lines[0].reason
    assert order(rota(slow, quick, wait=0)) == ["a", "b"], "by setting"


def test_a_day_lost_to_a_no_costs_what_a_day_of_the_way_costs():
    """Who has the item here first by all that is expected is asked first: that order is the quickest there is."""
    weights = Weights()
    assert weights.turnaround / weights.slow_days == weights.wait / weights.slow_no_days
    often = lender("often", fill_rate=0.5, asked=1000, no_days=1.0, turnaround_days=6.0)
    seldom = lender("seldom", fill_rate=0.5, asked=1000, no_days=4.0, turnaround_days=4.0)
    assert order(rota(seldom, often)) == ["often", "seldom"], "7 days against 8"


def test_a_few_answers_move_what_is_supposed_of_a_lender_a_little():
    assert lost_days(lender()) == 2.0
    assert lost_days(lender(fill_rate=0.0, asked=1)) == pytest.approx(4.0)
    assert lost_days(lender(fill_rate=0.5, asked=8, no_days=1.0)) == pytest.approx(4 / 3), (
        "two days that are supposed count twice"
    )


def test_what_staff_expect_of_a_lender_counts_before_what_was_learned():
    learned = lender("a", fill_rate=0.1, asked=50, no_days=4.0)
    expected = lender("a", fill_rate=0.1, asked=50, no_days=4.0, expected_rate=0.8, expected_no_days=1.0)
    assert lost_days(expected) == pytest.approx(0.25)
    assert lost_days(learned) > lost_days(expected)
    (line,) = rota(expected).lines
    assert "fill rate 80 % as set" in line.reason
    assert "0.2 days lost for each item (1 days to a no, as set)" in line.reason


def test_the_best_score_comes_first_and_ties_go_by_id():
    made = rota(lender("c"), lender("b", is_reciprocal=True), lender("a"))
    assert order(made) == ["b", "a", "c"]


def test_who_is_left_out_is_said_once_a_reason():
    left_out = [
        Skipped(partner=name, reason=why) for name, why in (("a", "closed"), ("b", "suspended"), ("c", "closed"))
    ]
    assert not_asked(left_out) == "Not a, c: closed. Not b: suspended."
    assert not_asked(()) == ""


def test_last_resorts_come_last_however_good_they_are():
    made = rota(lender("a", is_last_resort=True, is_reciprocal=True, has_courier=True), lender("b", fill_rate=0.0))
    assert order(made) == ["b", "a"]


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"is_suspended": True}, "suspended"),
        ({"suspended_from": TODAY}, "suspended since 2026-11-24"),
        ({"suspended_until": TODAY}, "suspended until 2026-11-24"),
        ({"suspended_from": TODAY - DAY, "suspended_until": TODAY + DAY}, "suspended until 2026-11-25"),
        ({"closed_dates": frozenset({TODAY})}, "closed today"),
        ({"lends": frozenset({ServiceType.COPY})}, "does not do this: Loan"),
        ({"cost": usd("20.01")}, "costs 20.01 USD, above the limit of 20 USD"),
        (
            {"cost": Money(amount=Decimal(1), currency="EUR")},
            "costs 1 EUR, and the limit is in another currency (20 USD)",
        ),
    ],
)
def test_who_can_not_be_asked_is_left_out_with_the_reason(terms, why):
    assert rota(lender(**terms)) == Rota(skipped=(Skipped(partner="valley", reason=why),))


@pytest.mark.parametrize(
    "terms",
    [
        {"suspended_from": TODAY + DAY},
        {"suspended_until": TODAY - DAY},
        {"closed_dates": frozenset({TODAY + DAY})},
        {"cost": usd("20.00")},
        {"lends": frozenset({ServiceType.LOAN})},
    ],
)
def test_who_can_be_asked_again_or_still_is(terms):
    assert order(rota(lender(**terms))) == ["valley"]


def test_without_a_limit_no_price_is_too_high():
    need = Need(service=ServiceType.LOAN, today=TODAY)
    assert order(rota(lender("dear", cost=usd("900")), lender("free"), need=need)) == ["free", "dear"]


def test_copy_or_loan_may_go_to_who_does_either():
    need = Need(service=ServiceType.COPY_OR_LOAN, today=TODAY)
    copies = lender(lends=frozenset({ServiceType.COPY}))
    assert order(rota(copies, need=need)) == ["valley"]
    assert order(rota(lender(lends=frozenset()), need=need)) == []


def test_a_broker_may_be_the_only_supplier():
    made = rota(lender("a", is_reciprocal=True), lender("broker"), broker="broker")
    assert order(made) == ["broker"]
    assert made.skipped == (Skipped(partner="a", reason="everything is asked for through the broker"),)


def test_a_suspended_broker_leaves_nobody_to_ask():
    assert order(rota(lender("a"), lender("broker", is_suspended=True), broker="broker")) == []


def test_a_partner_that_is_named_twice_is_asked_once_on_the_first_terms():
    made = rota(lender("a", has_courier=True), lender("a", is_suspended=True))
    assert order(made) == ["a"]


_costs = st.none() | st.builds(Money, amount=st.decimals(0, 50, places=2), currency=st.sampled_from(["USD", "EUR"]))
_days = st.none() | st.dates(TODAY - 5 * DAY, TODAY + 5 * DAY)
_lenders = st.lists(
    st.builds(
        Lender,
        partner=st.sampled_from("abcdefgh"),
        lends=st.frozensets(st.sampled_from([ServiceType.LOAN, ServiceType.COPY])),
        is_reciprocal=st.booleans(),
        has_courier=st.booleans(),
        is_last_resort=st.booleans(),
        fill_rate=st.none() | st.floats(0, 1),
        turnaround_days=st.none() | st.floats(0, 60),
        balance=st.integers(-100, 100),
        cost=_costs,
        is_suspended=st.booleans(),
        suspended_from=_days,
        suspended_until=_days,
    ),
    max_size=8,
    unique_by=lambda each: each.partner,
)
_needs = st.builds(Need, service=st.sampled_from(ServiceType), today=st.just(TODAY), max_cost=_costs)


@given(_lenders, _needs, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_lenders(lenders: list[Lender], need: Need, random: Random):
    shuffled = list(lenders)
    random.shuffle(shuffled)
    assert make_rota(shuffled, need, Weights()) == make_rota(lenders, need, Weights())


@given(_lenders, _needs)
def test_everybody_is_asked_or_left_out_and_nobody_who_must_not_be_asked_is(lenders: list[Lender], need: Need):
    made = make_rota(lenders, need, Weights())
    terms = {each.partner: each for each in lenders}
    assert sorted([*order(made), *(each.partner for each in made.skipped)]) == sorted(terms)
    for asked in (terms[partner] for partner in order(made)):
        assert not asked.is_suspended
        begun, end = asked.suspended_from or date.min, asked.suspended_until or date.max
        assert (begun, end) == (date.min, date.max) or not begun <= TODAY <= end
        if need.max_cost and asked.cost and asked.cost.amount > 0:
            assert asked.cost.currency == need.max_cost.currency
            assert asked.cost.amount <= need.max_cost.amount


@given(_lenders, _needs)
def test_last_resorts_are_last_and_scores_fall_within_each_group(lenders: list[Lender], need: Need):
    made = make_rota(lenders, need, Weights())
    last = {each.partner for each in lenders if each.is_last_resort}
    keys = [(line.partner in last, -line.score) for line in made.lines]
    assert keys == sorted(keys)


# ── what they hold ──


def holder(partner: str, holding: Holding, **terms: Any) -> Lender:
    return lender(partner, held=Held(holding=holding, words=str(holding), record_id=f"b-{partner}"), **terms)


FOUR = tuple(holder(name, holding) for name, holding in zip("dcba", Holding, strict=True))


def test_who_holds_it_comes_before_who_may_and_who_does_not_hold_it_comes_last():
    assert order(rota(*FOUR)) == ["d", "c", "b", "a"]


def test_a_record_that_may_be_the_work_is_more_than_copies_that_are_out_and_these_more_than_nothing_known():
    may_be = lender("m", held=Held(words="perhaps", is_likely=True))
    all_out = lender("o", held=Held(holding=Holding.HOLDS, words="holds it, its copy is out", is_out=True))
    assert order(rota(*FOUR, may_be, all_out)) == ["d", "c", "m", "o", "b", "a"]
    close = lender("n", held=Held(words="perhaps", is_likely=True, is_close=True))
    assert order(rota(may_be, close)) == ["n", "m"], "only its number is missing"


def test_of_those_that_may_have_it_the_one_whose_record_agrees_most_comes_first_whatever_its_score():
    near = lender("n", held=Held(words="perhaps", is_likely=True, agreement=4))
    far = lender("f", held=Held(words="perhaps", is_likely=True, agreement=1), is_reciprocal=True, has_courier=True)
    close = lender("c", held=Held(words="perhaps", is_likely=True, is_close=True))
    assert order(rota(far, near, close)) == ["c", "n", "f"]


def test_a_catalogue_without_the_number_is_less_than_nothing_known():
    unfound = lender("u", held=Held(words="has no record with this number", is_unfound=True))
    assert order(rota(*FOUR, unfound)) == ["d", "c", "b", "u", "a"]


def test_the_score_orders_those_that_stand_alike():
    better = holder("z", Holding.HOLDS, is_reciprocal=True)
    assert order(rota(*FOUR, better)) == ["d", "z", "c", "b", "a"]


def test_the_best_score_does_not_make_up_for_what_a_library_does_not_hold():
    best = holder("z", Holding.HOLDS_NOT, is_reciprocal=True, has_courier=True, fill_rate=1.0, turnaround_days=0)
    assert order(rota(*FOUR, best))[-2:] == ["z", "a"]


def test_a_library_of_last_resort_comes_after_all_that_may_hold_it_and_before_those_that_do_not():
    last = holder("last", Holding.AVAILABLE, is_last_resort=True)
    assert order(rota(*FOUR, last)) == ["d", "c", "b", "last", "a"]


def test_who_does_not_hold_it_is_left_out_by_setting_with_the_reason():
    made = rota(*FOUR, holds_not=Unwanted.NEVER)
    assert (order(made), made.skipped) == (["d", "c", "b"], (Skipped(partner="a", reason="does not hold it"),))


def test_last_resorts_and_the_broker_stay_whatever_their_catalogue_says():
    last = holder("last", Holding.HOLDS_NOT, is_last_resort=True)
    assert order(rota(last, holds_not=Unwanted.NEVER)) == ["last"]
    assert order(rota(holder("hub", Holding.HOLDS_NOT), holds_not=Unwanted.NEVER, broker="hub")) == ["hub"]


def test_a_line_says_first_what_the_library_holds_and_carries_its_number():
    [line] = rota(holder("d", Holding.AVAILABLE)).lines
    assert line.reason.startswith("holds it, and it is in, fill rate not known")
    assert line.record_id == "b-d"
