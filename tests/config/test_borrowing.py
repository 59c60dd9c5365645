"""[borrowing]: what it comes to, and every mistake in words."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from gateway.config import Settings
from gateway.dispatch.borrowing_rules import (
    BorrowingRules,
    asking_rules,
    borrowing_rules,
    default_pickup,
    pickup_branches,
)
from gateway.workflow.copyright import RuleOfFive
from gateway.workflow.limits import Limits, Obstacle
from gateway.workflow.rota import Weights
from gateway.workflow.values import Money

FULL = """\
[borrowing]
pickup_branches = ["main", "hill"]
default_pickup = "hill"
max_cost = { amount = 15.00, currency = "USD" }
copies_to = "ill@library.example"
broker = "sample-broker"
default_range = "all"
ranges = { main = "pool-main" }
loan_days = { all = 21, short = 7 }
hold_own = false
tries = 3
rest_days = 10
[borrowing.limits]
max_fees = 10.00
max_overdue = 0
ignored = ["card lost"]
[borrowing.weights]
reciprocal = 40
[borrowing.rule_of_five]
allowed = 9
"""


def test_without_the_table_everything_is_as_the_workflow_has_it(loaded: Callable[..., Settings]):
    settings = loaded("")
    assert borrowing_rules(settings) == BorrowingRules()
    assert (asking_rules(settings).rule_of_five, asking_rules(settings).max_cost) == (RuleOfFive(), None)
    assert (pickup_branches(settings), default_pickup(settings)) == (None, None)


def test_every_key_arrives_where_it_counts(loaded: Callable[..., Settings]):
    settings = loaded(FULL)
    assert borrowing_rules(settings) == BorrowingRules(
        limits=Limits(max_fees=Decimal("10.00"), max_overdue=0, ignored=frozenset({Obstacle.CARD_LOST})),
        weights=Weights(reciprocal=40, broker="sample-broker"),
        rule_of_five=RuleOfFive(allowed=9),
        ranges={"main": "pool-main"},
        default_range="all",
        loan_days={"all": 21, "short": 7},
        hold_own=False,
        rest_days=10,
        tries=3,
    )
    rules = asking_rules(settings)
    assert rules.max_cost == Money(amount=Decimal("15.00"), currency="USD")
    assert rules.copies_to == "ill@library.example"
    assert (pickup_branches(settings), default_pickup(settings)) == (frozenset({"main", "hill"}), "hill")


def test_the_branches_are_pickup_branches_and_the_only_one_is_meant(loaded: Callable[..., Settings]):
    one = loaded('[branches.main]\nname = "Main"\n')
    assert (pickup_branches(one), default_pickup(one)) == (frozenset({"main"}), "main")
    two = loaded('[branches.main]\nname = "Main"\n[branches.hill]\nname = "Hill"\n')
    assert default_pickup(two) is None


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("tries = 0", "borrowing.tries: 0 is below 1"),
        ("max_rows = 10001", "borrowing.max_rows: 10001 is above 10000"),
        ('copies_to = "the desk"', "borrowing.copies_to: must be an e-mail address, of the department"),
        ('max_cost = { amount = 1, currency = "euro" }', "borrowing.max_cost.currency: must be a currency of ISO 4217"),
        ("anonymise_after_days = 0", "borrowing.anonymise_after_days: 0 is below 1"),
        ("ranges = 7", "borrowing.ranges: must be a table"),
        ('[borrowing.limits]\nignored = ["being late"]', "borrowing.limits.ignored"),
        ('[borrowing.limits]\nexpiry_field = "card"', "borrowing.limits.expiry_field: must be the code of a field"),
        ("[borrowing.limits]\nmax_fees = 1.234", "borrowing.limits.max_fees: has more than 2 decimal places"),
        ("[borrowing.weights]\nslow_days = 0", "borrowing.weights.slow_days: 0 is not above 0"),
        ("[borrowing.rule_of_five]\nwarn_from = 0", "borrowing.rule_of_five.warn_from: 0 is below 1"),
        (
            'pickup_branches = ["main"]\ndefault_pickup = "hill"',
            "borrowing: default_pickup: hill is none of the pickup_branches",
        ),
        (
            'pickup_branches = ["main"]\nranges = { hill = "pool" }',
            "borrowing: ranges: hill is none of the pickup_branches",
        ),
        ("pikup_branches = []", "borrowing.pikup_branches"),
    ],
)
def test_a_mistake_is_told_in_words(problems: Callable[..., tuple[str, ...]], toml: str, expected: str):
    (problem,) = problems(f"[borrowing]\n{toml}")
    assert problem.startswith(expected)


def test_a_batch_of_less_than_a_minute_would_tell_whose_order_it_is(problems: Callable[..., tuple[str, ...]]):
    (problem,) = problems("[borrowing.catalogues]\nbatch_s = 59")
    assert problem.startswith("borrowing.catalogues.batch_s: must be 60 or more, or 0 for none")
