"""What becomes of a partner's new request before anything is looked up: admitted, turned away, or for a person. Pure.

A request of type Retry stands in the place of one that was answered RetryPossible: what it follows, and a brake. A peer that meets
OnLoan by asking again at once (one did so sixty times in twenty seconds) gets the same words again, and slowly
(`lending.tell.SLOWLY_S`), once it has asked for the same work often; now and then the circulation system is looked at all the same.
"""

from datetime import date
from typing import Final

import msgspec

from gateway.iso18626 import messages as iso
from gateway.iso18626.codes import ReasonUnfilled, ServiceType
from gateway.mapping import inbound
from gateway.partners.standing import lends, suspended
from gateway.workflow.events import RequestArrived
from gateway.workflow.partners import Partner
from gateway.workflow.policy import Policy
from gateway.workflow.records import Answer, AnswerKind, Request
from gateway.workflow.triggers import Admission

FREE: Final = 3
"""Retries in a row for the same work that are looked at like any other request."""
EVERY: Final = 10
"""Of those after them, each so many."""
NOT_A_PARTNER: Final = Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.POLICY_PROBLEM)


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings make of a new request; with an answer where it is turned away, with words where staff look."""

    admission: Admission
    answer: Answer | None = None
    words: str = ""


def admitted(
    message: iso.Request, partner: Partner | None, policy: Policy, day: date, *, ask_about_unknown: bool
) -> Admitted:
    """Judge a new request by who asks and for what."""
    unsupported = inbound.unsupported(message)
    if partner is None and ask_about_unknown:
        return Admitted(admission=Admission.UNKNOWN_PARTNER, words=unsupported)
    answer = turned_away(partner, inbound.service_of(message), policy, day) if partner else NOT_A_PARTNER
    if answer is not None:
        return Admitted(admission=Admission.TURN_AWAY, answer=answer)
    return Admitted(admission=Admission.STAFF if unsupported else Admission.ADMIT, words=unsupported)


def turned_away(partner: Partner, service: ServiceType, policy: Policy, day: date) -> Answer | None:
    """Return the automatic answer to a partner that we don't do this for, or while lending is paused; else None."""
    why = suspended(partner, day) or (None if lends(partner, service) else "not a service that we give it")
    if why is not None:
        return Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.POLICY_PROBLEM, words=f"{partner.name}: {why}.")
    if policy.paused:
        words = "Lending is paused."
        return Answer(kind=AnswerKind.RETRY, reason=policy.paused_reason, note=policy.paused_note, words=words)
    return None


def following(event: RequestArrived, before: Request) -> RequestArrived:
    """Return a Retry with what it follows; one that comes too often gets the same answer, unless another one is due to it.

    Another work, and an offer that is accepted, begin anew.
    """
    answer = before.answer
    event = msgspec.structs.replace(event, follows=answer)
    if answer is None or not _is_not_now(answer) or before.wanted != event.wanted:
        return event
    event = msgspec.structs.replace(event, retries=before.retries + 1)
    if event.admission is not Admission.ADMIT or event.retries <= FREE or event.retries % EVERY == 0:
        return event
    return msgspec.structs.replace(event, admission=Admission.TURN_AWAY, turned_away=answer)


def _is_not_now(answer: Answer) -> bool:
    """RetryPossible without an offer."""
    return answer.kind is AnswerKind.RETRY and answer.cost is None and answer.condition is None
