"""What the settings make of a known partner's new request before anything is looked up. Pure."""

from datetime import date

from gateway.iso18626.codes import ReasonUnfilled, ServiceType
from gateway.partners.standing import lends, suspended
from gateway.workflow.partners import Partner
from gateway.workflow.policy import Policy
from gateway.workflow.records import Answer, AnswerKind


def turned_away(partner: Partner, service: ServiceType, policy: Policy, day: date) -> Answer | None:
    """Give the automatic answer to a partner that we don't do this for, or while lending is paused; else None."""
    why = suspended(partner, day) or (None if lends(partner, service) else "not a service that we give it")
    if why is not None:
        return Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.POLICY_PROBLEM, words=f"{partner.name}: {why}.")
    if policy.paused:
        words = "Lending is paused."
        return Answer(kind=AnswerKind.RETRY, reason=policy.paused_reason, note=policy.paused_note, words=words)
    return None
