"""Tables of lending: what is lent on which terms, and the policy that the settings begin with."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from gateway.config.kinds import (
    Condition,
    Count,
    Currency,
    Days,
    Identity,
    Name,
    PositiveCount,
    Reason,
    RetryReason,
    Seconds,
    StatusDigits,
    UnknownPartnerRule,
    UnknownPeerRule,
)
from gateway.config.section import KeyAgreement, Section, objection_if
from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled
from gateway.workflow.policy import (
    AutoAnswer,
    Availability,
    Policy,
    PolicyLine,
    Preference,
    TooLate,
    WithoutRule,
)

_POLICY = Policy()
_LINE = PolicyLine()


class LendingSection(Section):
    """[lending]: what is answered without a person."""

    auto_answer: AutoAnswer = AutoAnswer.OFF
    unknown_partner: UnknownPartnerRule = UnknownPartnerRule.APPROVE
    unknown_peer: UnknownPeerRule = UnknownPeerRule.REFUSE
    paused: bool = False
    paused_reason: RetryReason = _POLICY.paused_reason
    paused_note: Name = _POLICY.paused_note
    undo_s: Seconds = 0.0


class CostSection(Section):
    """A fee: amount and ISO 4217 currency."""

    amount: Annotated[Decimal, Field(ge=0, decimal_places=2)]
    currency: Currency


class PolicyEntry(Section):
    """[[policy.lines]]: the first line that fits counts; conditions left out fit everything (workflow.policy.PolicyLine)."""

    name: str = ""
    item_types: tuple[Name, ...] = ()
    collections: tuple[Name, ...] = ()
    branches: tuple[Name, ...] = ()
    partners: tuple[Identity, ...] = ()
    groups: tuple[Name, ...] = ()
    lend: bool = True
    copies: bool = True
    reason: Reason = _LINE.reason
    embargo_days: Days | None = None
    embargo_reason: Reason = _LINE.embargo_reason
    most_at_once: Count | None = None
    limit_reason: Reason = _LINE.limit_reason
    days: Days | None = None
    renewals: Count | None = None
    cost: CostSection | None = None
    condition: Condition | None = None


def _reason_objection(availability: Availability, reason: str | None) -> str | None:
    codes = {Availability.RETRY: ReasonRetry, Availability.UNFILLED: ReasonUnfilled}.get(availability)
    if codes is None:
        return objection_if(reason is not None, f'"{availability}" takes no reason')
    return objection_if(reason not in list(codes), f'"{availability}" needs a reason out of {", ".join(codes)}')


class StatusEntry(Section):
    """[policy.status.<nn>]: what a circulation status of SIP2 comes to."""

    availability: Availability
    reason: str | None = None
    extra_days: Count = 0

    agreements = (KeyAgreement(("availability", "reason"), _reason_objection),)


class PolicySection(Section):
    """[policy]: what we lend, and what a copy's status means."""

    lend_with_queue: bool = _POLICY.lend_with_queue
    loan_days: PositiveCount = _POLICY.loan_days
    delivery_days: Count = _POLICY.delivery_days
    shipping_days: Count = _POLICY.shipping_days
    too_late: TooLate = _POLICY.too_late
    other_number: bool = _POLICY.other_number
    without_copyright: WithoutRule = _POLICY.without_copyright
    note_terms: tuple[Name, ...] = _POLICY.note_terms
    max_copies: PositiveCount = _POLICY.max_copies
    preferences: tuple[Preference, ...] = _POLICY.preferences
    branch_order: tuple[Name, ...] = ()
    item_type_order: tuple[Name, ...] = ()
    lines: tuple[PolicyEntry, ...] = ()
    status: dict[StatusDigits, StatusEntry] = Field(default_factory=dict)


# ---- clocks and work
