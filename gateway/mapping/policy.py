"""From the copies we have and what 17 said of each to one answer, by the library's policy.

ill.md, "Availability → answer": any candidate with no queue wins; else any 01 goes to staff; else RetryPossible with the
earliest date; else the commonest reason for Unfilled. Pure: the same copies, policy and moment give the same answer.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled, ServiceType
from gateway.workflow.calendar import Calendar
from gateway.workflow.policy import Availability, Policy, PolicyLine, StatusRule
from gateway.workflow.records import Answer, AnswerKind, AutoAnswer, CopyStatus, Money

ANY_COPY_LINE = PolicyLine()
"""What holds for a copy that no line of the policy is about."""
NOON = time(12)
FAR = datetime.max.replace(tzinfo=UTC)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What of the request the policy looks at."""

    service: ServiceType
    partner: str | None = None
    max_cost: Money | None = None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One copy under the policy: what it comes to, why, and when it could go."""

    status: CopyStatus
    availability: Availability
    reason: str | None
    extra_days: int
    line: PolicyLine
    words: str


def answer(copies: tuple[CopyStatus, ...], terms: Terms, policy: Policy, calendar: Calendar, at: datetime) -> Answer:
    """Give the answer, with the reasoning in its words. CopyOrLoan: the loan first, a copy where no loan is possible."""
    if terms.service is not ServiceType.COPY_OR_LOAN:
        return _answer(copies, terms, policy, calendar, at)
    loan = _answer(copies, msgspec.structs.replace(terms, service=ServiceType.LOAN), policy, calendar, at)
    if loan.kind is AnswerKind.SUPPLY:
        return loan
    copy = _answer(copies, msgspec.structs.replace(terms, service=ServiceType.COPY), policy, calendar, at)
    if copy.kind is AnswerKind.SUPPLY:
        return copy
    return copy if copy.choice is not None and loan.choice is None else loan  # an offer is better than a no


def not_held() -> Answer:
    """The answer where we have no copy."""
    return Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.NOT_HELD, words="No copy was found.")


def goes_out_alone(answer: Answer, mode: AutoAnswer) -> bool:
    """Whether an answer needs no person, by the partner's or the library's setting; off by default."""
    match mode:
        case AutoAnswer.BOTH:
            return answer.kind is not AnswerKind.STAFF
        case AutoAnswer.SUPPLY:
            return answer.kind is AnswerKind.SUPPLY
        case AutoAnswer.UNFILLED:
            return answer.kind in (AnswerKind.UNFILLED, AnswerKind.RETRY)
        case AutoAnswer.OFF | AutoAnswer.OBSERVE:
            return False


def judge(status: CopyStatus, terms: Terms, policy: Policy) -> Judged:
    """Say what one copy comes to: the policy's line first, then the circulation status, then the queue."""
    line = _line_for(status, terms, policy)
    wanted = line.copy if terms.service is ServiceType.COPY else line.lend
    if not wanted:
        return _judged(
            status,
            line,
            StatusRule(availability=Availability.UNFILLED, reason=line.reason),
            "not for loan by the policy",
        )
    rule = policy.status_rules.get(status.status, StatusRule(availability=Availability.STAFF))
    if rule.availability is Availability.CANDIDATE and status.queue_length and not policy.lend_with_queue:
        queued = StatusRule(availability=Availability.RETRY, reason=ReasonRetry.NOT_CURRENT_AVAILABLE_FOR_ILL)
        return _judged(status, line, queued, f"{status.queue_length} waiting")
    return _judged(status, line, rule, f"circulation status {status.status}")


def _judged(status: CopyStatus, line: PolicyLine, rule: StatusRule, words: str) -> Judged:
    return Judged(
        status=status,
        availability=rule.availability,
        reason=rule.reason,
        extra_days=rule.extra_days,
        line=line,
        words=f"{status.copy.item_barcode} ({status.copy.branch}): {words}",
    )


def _line_for(status: CopyStatus, terms: Terms, policy: Policy) -> PolicyLine:
    return next((line for line in policy.lines if _fits(line, status, terms)), ANY_COPY_LINE)


def _fits(line: PolicyLine, status: CopyStatus, terms: Terms) -> bool:
    """Each condition that is given must hold."""
    pairs = (
        (line.item_types, status.copy.item_type),
        (line.branches, status.copy.branch),
        (line.partners, terms.partner),
    )
    return all(not allowed or value in allowed for allowed, value in pairs)


def _answer(copies: tuple[CopyStatus, ...], terms: Terms, policy: Policy, calendar: Calendar, at: datetime) -> Answer:
    judged = [judge(status, terms, policy) for status in copies]
    words = "; ".join(each.words for each in judged)
    candidates = sorted((each for each in judged if each.availability is Availability.CANDIDATE), key=_preference)
    if candidates:
        return _supply(candidates, terms, policy, words, lambda days: expected_at(at, days, calendar))
    if any(each.availability is Availability.STAFF for each in judged):
        return Answer(kind=AnswerKind.STAFF, words=words, service=terms.service)
    later = [each for each in judged if each.availability is Availability.RETRY]
    if later:
        return _retry(later, words, at)
    reasons = Counter(each.reason for each in judged)
    reason = reasons.most_common(1)[0][0] if reasons else ReasonUnfilled.NOT_HELD
    return Answer(kind=AnswerKind.UNFILLED, reason=reason, words=words)


def _preference(each: Judged) -> tuple[int, int]:
    return (each.status.queue_length, each.extra_days)


def _supply(
    candidates: list[Judged], terms: Terms, policy: Policy, words: str, when: Callable[[int], datetime]
) -> Answer:
    affordable = [each for each in candidates if not _too_dear(each.line.cost, terms.max_cost)]
    if not affordable:
        return _offer(candidates, terms, words)
    best, *rest = affordable
    loan_days = best.line.days or policy.loan_days
    return Answer(
        kind=AnswerKind.SUPPLY,
        words=f"{words}. Chosen: {best.status.copy.item_barcode}",
        service=terms.service,
        choice=best.status,
        others=_on_the_same_terms(best, rest),
        expected_at=when(policy.delivery_days + best.extra_days),
        loan_days=None if terms.service is ServiceType.COPY else loan_days,
        cost=best.line.cost,
        condition=best.line.condition,
    )


def _offer(candidates: list[Judged], terms: Terms, words: str) -> Answer:
    """Only at a price above the partner's limit: the cheapest copy, kept for the case that it accepts."""
    best, *rest = sorted(candidates, key=lambda each: each.line.cost.amount if each.line.cost else 0)
    return Answer(
        kind=AnswerKind.RETRY,
        reason=ReasonRetry.COST_EXCEEDS_MAX_COST,
        words=words,
        service=terms.service,
        choice=best.status,
        others=_on_the_same_terms(best, rest),
        cost=best.line.cost,
        condition=best.line.condition,
    )


def _on_the_same_terms(best: Judged, rest: list[Judged]) -> tuple[CopyStatus, ...]:
    """The copies that can take the place of the best one without changing what the partner is told."""
    terms = (best.line.cost, best.line.condition, best.line.days)
    return tuple(each.status for each in rest if (each.line.cost, each.line.condition, each.line.days) == terms)


def _too_dear(cost: Money | None, limit: Money | None) -> bool:
    """A cost above the partner's limit; amounts of different currencies can't be compared and count as too dear."""
    if cost is None or limit is None:
        return False
    return cost.currency.casefold() != limit.currency.casefold() or cost.amount > limit.amount


def _retry(later: list[Judged], words: str, at: datetime) -> Answer:
    """The copy that comes back first, where any is known to come back."""
    first = min(later, key=lambda each: _back_at(each, at) or FAR)
    return Answer(kind=AnswerKind.RETRY, reason=first.reason, words=words, retry_after=_back_at(first, at))


def _back_at(each: Judged, at: datetime) -> datetime | None:
    """When the copy is due; a due date that has passed says nothing of when it comes."""
    due_at = each.status.due_at
    return due_at if due_at is not None and due_at > at else None


def expected_at(at: datetime, open_days: int, calendar: Calendar) -> datetime:
    """Give noon, by the library's clock, of the day that is so many open days ahead."""
    zone = ZoneInfo(calendar.time_zone)
    day = calendar.add_open_days(at.astimezone(zone).date(), open_days)
    return datetime.combine(day, NOON, zone).astimezone(at.tzinfo)
