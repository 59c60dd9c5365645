"""How the policy came to its answer, for people: each line read, what each copy comes to, and the answer in ISO 18626's words. Pure."""

from datetime import tzinfo

from gateway.iso18626.codes import ServiceType, Status
from gateway.policy.judging import CopyJudged
from gateway.policy.lines import PolicyTerms, mismatches
from gateway.workflow.days import local_day
from gateway.workflow.policy import Policy
from gateway.workflow.records import Answer, AnswerKind, Copy
from gateway.workflow.trial import CopyVerdict, LineRead

STATUS = {
    AnswerKind.SUPPLY: Status.WILL_SUPPLY,
    AnswerKind.RETRY: Status.RETRY_POSSIBLE,
    AnswerKind.UNFILLED: Status.UNFILLED,
}
"""What the partner is told; where staff decide, nothing yet."""


def lines_read(copy: Copy, terms: PolicyTerms, policy: Policy) -> tuple[LineRead, ...]:
    """Return every line down to the one that counts; where none fits, all of them."""
    read = []
    for number, line in enumerate(policy.lines, 1):
        why = tuple(mismatch.words() for mismatch in mismatches(line, copy, terms))
        read.append(LineRead(number=number, name=line.name, fits=not why, why=why))
        if not why:
            break
    return tuple(read)


def services_tried(service: ServiceType) -> tuple[ServiceType, ...]:
    """Return the services that a copy is judged for: of CopyOrLoan the loan first."""
    return (ServiceType.LOAN, ServiceType.COPY) if service is ServiceType.COPY_OR_LOAN else (service,)


def verdict(judged: CopyJudged, service: ServiceType) -> CopyVerdict:
    """Return what a copy comes to without the objects that it was judged by."""
    return CopyVerdict(service=service, availability=judged.availability, reason=judged.reason, words=judged.words)


def in_protocol(answer: Answer, zone: tzinfo) -> str:
    """Say the answer as the partner would be told it, with the library's own days; empty where a person decides first."""
    status = STATUS.get(answer.kind)
    if status is None:
        return ""
    reasons = {Status.UNFILLED: "reasonUnfilled", Status.RETRY_POSSIBLE: "reasonRetry"}
    parts = (
        status.value,
        f"{reasons[status]} {answer.reason}" if status in reasons else None,
        f"retryAfter {local_day(answer.retry_after, zone)}" if answer.retry_after else None,
        f"expectedDeliveryDate {local_day(answer.expected_at, zone)}" if answer.expected_at else None,
        f"cost {answer.cost.amount} {answer.cost.currency}" if answer.cost else None,
        f"loanCondition {answer.condition}" if answer.condition else None,
    )
    return ", ".join(part for part in parts if part)
