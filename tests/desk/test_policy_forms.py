"""The policy as a form: there and back, every fault at its field, lines in words."""

from decimal import Decimal

import pytest

from gateway.desk.errors import UnusableError
from gateway.desk.policy_forms import compared, form_faults, line_cells, line_said, policy_form, read_policy
from gateway.desk.structs.policy import PolicyTyped
from gateway.partners.reading import RecordFault
from gateway.workflow.policy import AutoAnswer, Policy, PolicyLine
from gateway.workflow.values import Money

POLICY = Policy(
    lines=(
        PolicyLine(name="Reference", item_types=("REF", "ATLAS"), lend=False),
        PolicyLine(groups=("near",), days=28, renewals=2, cost=Money(amount=Decimal("5.00"), currency="USD")),
    ),
    auto_answer=AutoAnswer.BOTH,
    branch_order=("Main", "East"),
    paused=True,
)


def typed(policy: Policy) -> PolicyTyped:
    form = policy_form(3, policy)
    return PolicyTyped(version=3, lines=form.lines, settings=form.settings, statuses=form.statuses)


@pytest.mark.parametrize("policy", [POLICY, Policy()])
def test_a_form_that_nobody_touched_is_the_same_policy(policy: Policy):
    assert read_policy(typed(policy), policy) == policy


def test_every_fault_stands_at_its_own_field():
    rows = ({"days": "many", "lend": "perhaps"}, {"cost.amount": "1"})
    with pytest.raises(UnusableError) as caught:
        read_policy(PolicyTyped(version=1, lines=rows, settings={"loan_days": "x"}), Policy())
    columns = {each.column for each in caught.value.problems or ()}
    assert columns == {"lines.0.days", "lines.0.lend", "lines.1.cost.currency", "settings.loan_days"}


def test_what_the_policy_is_refused_for_stands_at_a_field_of_the_form():
    faults = ("lines.0.partners", "lines.1.item_types.0", "lines.2.cost", "status_rules.04.reason", "loan_days")
    problems = form_faults(RecordFault(name, "wrong") for name in faults).problems or ()
    assert [each.column for each in problems] == [
        "lines.0.partners", "lines.1.item_types", "lines.2.cost.amount", "statuses.04.reason", "settings.loan_days",
    ]  # fmt: skip


def test_a_line_is_said_in_words():
    said = [line_said(line_cells(line)) for line in POLICY.lines]
    assert said[0].about == "item type REF or ATLAS"
    assert said[0].says == "not lent, but copied; Not available for ILL"
    assert said[1].about == "group near"
    assert said[1].says == "lent and copied; 28 days; renewed 2 times at most; 5.00 USD"


def test_two_policies_are_put_beside_each_other():
    changes = {(each.change, each.words) for each in compared(Policy(), POLICY) if each.change}
    assert ("added", "Reference: item type REF or ATLAS: not lent, but copied; Not available for ILL") in changes
    assert ("removed", "auto_answer = off") in changes
    assert ("added", "auto_answer = both") in changes
    assert not [each for each in compared(POLICY, POLICY) if each.change]
