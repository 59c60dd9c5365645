"""What a policy may hold: each fault is told with its field, and a policy of the built-in kind has none."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.desk.policy_rules import MOST_LINES, policy_faults
from gateway.workflow.partners import Partner
from gateway.workflow.policy import Availability, Policy, PolicyLine, StatusRule
from gateway.workflow.values import Money

PARTNERS = (Partner(id="valley", name="Example Valley Library", peer="hub", groups=("near",)),)


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def test_the_built_in_policy_and_a_full_line_have_no_fault():
    line = PolicyLine(
        name="All of it",
        item_types=("film",),
        partners=("valley",),
        groups=("near",),
        reason="reqservtypenotpossible",
        embargo_days=36_500,
        embargo_reason="PolicyProblem",
        most_at_once=0,
        days=1,
        renewals=0,
        cost=money("0"),
        condition="LibraryUseOnly",
    )
    assert policy_faults(Policy(), ()) == ()
    assert policy_faults(Policy(lines=(line,)), PARTNERS) == ()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"reason": "TooOld"}, "reason", "“TooOld” is none of NonCirculating, "),
        ({"embargo_reason": ""}, "embargo_reason", "“” is none of "),
        ({"limit_reason": "LibraryUseOnly"}, "limit_reason", "“LibraryUseOnly” is none of "),
        ({"condition": "OnLoan"}, "condition", "“OnLoan” is none of LibraryUseOnly, "),
        ({"days": 0}, "days", "must be from 1 to 36500"),
        ({"embargo_days": 36_501}, "embargo_days", "must be from 1 to 36500"),
        ({"most_at_once": -1}, "most_at_once", "must be from 0 to 36500"),
        ({"renewals": -1}, "renewals", "must be from 0 to 36500"),
        ({"cost": money("-1")}, "cost.amount", "must be 0 or more"),
        ({"cost": money("NaN")}, "cost.amount", "must be an amount like 12.50"),
        ({"cost": money("1", "eur")}, "cost.currency", "must be a currency of ISO 4217, like EUR"),
        ({"partners": ("hills",)}, "partners", "there is no partner “hills”"),
        ({"groups": ("far",)}, "groups", "no partner is in a group “far”"),
        ({"branches": ("",)}, "branches", "must not name nothing"),
        ({"name": "x" * 501}, "name", "at most 500 characters"),
    ],
)
def test_each_fault_of_a_line_is_told_with_its_field(fields: dict[str, Any], field: str, words: str):
    (fault,) = policy_faults(Policy(lines=(PolicyLine(), PolicyLine(**fields))), PARTNERS)
    assert fault.field == f"lines.1.{field}"
    assert fault.words.startswith(words)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (Policy(loan_days=0), "loan_days"),
        (Policy(delivery_days=-1), "delivery_days"),
        (Policy(transit_days=("MAIN=2", "EAST")), "transit_days"),
        (Policy(max_copies=0), "max_copies"),
        (Policy(paused_reason="NotHeld"), "paused_reason"),
        (Policy(lines=(PolicyLine(),) * (MOST_LINES + 1)), "lines"),
        (Policy(status_rules={"14": StatusRule(availability=Availability.STAFF)}), "status_rules.14"),
        (
            Policy(status_rules={"03": StatusRule(availability=Availability.CANDIDATE, reason="OnLoan")}),
            "status_rules.03.reason",
        ),
        (
            Policy(status_rules={"04": StatusRule(availability=Availability.RETRY, reason="NotHeld")}),
            "status_rules.04.reason",
        ),
        (Policy(status_rules={"04": StatusRule(availability=Availability.UNFILLED)}), "status_rules.04.reason"),
        (
            Policy(status_rules={"03": StatusRule(availability=Availability.CANDIDATE, extra_days=-1)}),
            "status_rules.03.extra_days",
        ),
    ],
)
def test_each_fault_beside_the_lines_is_told_with_its_field(policy: Policy, field: str):
    assert [fault.field for fault in policy_faults(policy, ())] == [field]


def test_all_faults_are_told_at_once():
    lines = (PolicyLine(days=0, reason="x"), PolicyLine(partners=("hills", "dale")))
    assert len(policy_faults(Policy(loan_days=0, lines=lines), ())) == 5
