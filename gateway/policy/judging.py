"""From the copies we have and what 17 said of each to one answer, by the library's policy.

ill.md, "Availability → answer": any candidate with no queue wins; else any 01 goes to staff; else RetryPossible with the
earliest date; else the commonest reason for Unfilled. Pure: the same copies, policy and moment give the same answer.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled, ServiceType
from gateway.policy import choosing
from gateway.policy.lines import PolicyTerms, fee_of, line_for, lines_for, refusal
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.workflow import fetching
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.days import local_day
from gateway.workflow.policy import AutoAnswer, Availability, Policy, PolicyLine, StatusRule, TooLate, WithoutRule
from gateway.workflow.records import Answer, AnswerKind, CopyStatus
from gateway.workflow.values import Money

NOON = time(12)
FAR = datetime.max.replace(tzinfo=UTC)


class CopyJudged(msgspec.Struct, frozen=True, kw_only=True):
    """One copy under the policy: what it comes to, why, and when it could go; `until`: the day that a refusal ends."""

    status: CopyStatus
    availability: Availability
    reason: str | None
    extra_days: int
    line: PolicyLine
    cost: Money | None
    words: str
    until: date | None = None

    def told(self, branches: Mapping[str, str]) -> str:
        """Say which copy it is, by the name of its branch if that is known, and what it comes to."""
        copy = self.status.copy
        return f"{copy.item_barcode} ({branches.get(copy.branch, copy.branch)}): {self.words}"


def answer(
    copies: tuple[CopyStatus, ...],
    terms: PolicyTerms,
    policy: Policy,
    calendars: Calendars,
    at: datetime,
    *,
    branches: Mapping[str, str] = {},
) -> Answer:
    """Return the answer, with the reasoning in its words; `branches` are the names of our branches by their codes."""
    answered = partial(_answer, copies, policy=policy, calendars=calendars, at=at, branches=branches)
    found = choosing.with_doubts(_by_service(terms, answered), copies, policy)
    return choosing.with_form(choosing.with_note(found, terms.note, policy), terms.form)


def _by_service(terms: PolicyTerms, answered: Callable[[PolicyTerms], Answer]) -> Answer:
    """CopyOrLoan: the loan first, a copy where no loan is possible."""
    if terms.service is not ServiceType.COPY_OR_LOAN:
        return answered(terms)
    loan = answered(msgspec.structs.replace(terms, service=ServiceType.LOAN))
    if loan.kind is AnswerKind.SUPPLY:
        return loan
    copy = answered(msgspec.structs.replace(terms, service=ServiceType.COPY))
    if copy.kind is AnswerKind.SUPPLY:
        return copy
    return copy if copy.choice is not None and loan.choice is None else loan  # an offer is better than a no


def not_held() -> Answer:
    """The answer where we have no copy."""
    return Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.NOT_HELD, words="No copy was found.")


def goes_out_alone(answer: Answer, mode: AutoAnswer) -> bool:
    """Whether an answer needs no person, by the partner's or the library's setting; off by default, and never in doubt."""
    if answer.doubt is not None:
        return False
    match mode:
        case AutoAnswer.BOTH:
            return answer.kind is not AnswerKind.STAFF
        case AutoAnswer.SUPPLY:
            return answer.kind is AnswerKind.SUPPLY
        case AutoAnswer.UNFILLED:
            return answer.kind in (AnswerKind.UNFILLED, AnswerKind.RETRY)
        case AutoAnswer.OFF | AutoAnswer.OBSERVE:
            return False


def judge(status: CopyStatus, terms: PolicyTerms, policy: Policy, day: date) -> CopyJudged:
    """Say what one copy comes to on a day: the policy's line first, then the circulation status, then the queue."""
    return _judge(line_for(status.copy, terms, policy), status, terms, policy, day)


def _judge(line: PolicyLine, status: CopyStatus, terms: PolicyTerms, policy: Policy, day: date) -> CopyJudged:
    refused = refusal(line, status.copy, terms, day)
    if refused is not None:
        rule = StatusRule(availability=kind_of(refused.reason), reason=refused.reason)
        return _judged(status, line, terms, rule, refused.words, until=refused.until)
    rule = policy.status_rules.get(status.status, StatusRule(availability=Availability.STAFF))
    if rule.availability is Availability.CANDIDATE and status.queue_length and not policy.lend_with_queue:
        queued = StatusRule(availability=Availability.RETRY, reason=ReasonRetry.NOT_CURRENT_AVAILABLE_FOR_ILL)
        return _judged(status, line, terms, queued, f"{status.queue_length} waiting")
    return _judged(status, line, terms, rule, _said(status))


def _said(status: CopyStatus) -> str:
    if not status.status:
        return "the circulation system can't be asked about it"
    if not status.known:
        return "not known to the circulation system"
    return STATUS_WORDS.get(status.status, f"circulation status {status.status}, which we don't know")


def kind_of(reason: str) -> Availability:
    """What a refusal comes to: a code of ReasonRetry is a “not now”, all others are a no."""
    return Availability.RETRY if ReasonRetry.lookup(reason) else Availability.UNFILLED


def _judged(
    status: CopyStatus, line: PolicyLine, terms: PolicyTerms, rule: StatusRule, words: str, *, until: date | None = None
) -> CopyJudged:
    return CopyJudged(
        status=status,
        availability=rule.availability,
        reason=rule.reason,
        extra_days=rule.extra_days,
        line=line,
        cost=fee_of(line, terms),
        words=words,
        until=until,
    )


def _answer(
    copies: tuple[CopyStatus, ...],
    terms: PolicyTerms,
    *,
    policy: Policy,
    calendars: Calendars,
    at: datetime,
    branches: Mapping[str, str],
) -> Answer:
    zone = ZoneInfo(calendars.library.time_zone)
    day, lines = at.astimezone(zone).date(), lines_for((status.copy for status in copies), terms, policy)
    judged = [_judge(line, status, terms, policy, day) for line, status in zip(lines, copies, strict=True)]
    words = "; ".join(each.told(branches) for each in judged)
    possible = [each for each in judged if each.availability is Availability.CANDIDATE]
    if possible:
        timed = [_timed(each, terms, policy, calendars, at) for each in possible]
        timed.sort(key=lambda each: choosing.rank(each.candidate, policy))
        return _of_candidates(timed, terms, policy, words, zone)
    doubtful = next((each for each in judged if each.availability is Availability.STAFF), None)
    if doubtful:
        line = policy.called(doubtful.line)
        return Answer(kind=AnswerKind.STAFF, words=words, service=terms.service, line=line)
    later = [each for each in judged if each.availability is Availability.RETRY]
    if later:
        return _retry(later, policy, words, at, zone)
    return _unfilled(judged, policy, words)


def _unfilled(judged: list[CopyJudged], policy: Policy, words: str) -> Answer:
    """Return the commonest reason, and the line of the first copy that has it."""
    reasons = Counter(each.reason for each in judged)
    reason = reasons.most_common(1)[0][0] if reasons else ReasonUnfilled.NOT_HELD
    line = next((policy.called(each.line) for each in judged if each.reason == reason), "")
    return Answer(kind=AnswerKind.UNFILLED, reason=reason, words=words, line=line)


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """A copy that can go: when it is ready to be sent, and when it can be with the partner."""

    judged: CopyJudged
    ready_at: datetime
    there_at: datetime

    @property
    def candidate(self) -> choosing.Candidate:
        """As it is ranked."""
        return choosing.Candidate(self.judged.status, self.judged.extra_days, self.ready_at.date())


def _timed(each: CopyJudged, terms: PolicyTerms, policy: Policy, calendars: Calendars, at: datetime) -> Timed:
    """By the branch's next open day and what its courier takes; a copy made from it need not travel."""
    is_loan = terms.service is not ServiceType.COPY
    known = each.status.fetching
    days = known.mostly if is_loan and known not in {None, fetching.UNKNOWN} else policy.delivery_days
    branch, library = calendars.of(each.status.copy.branch), calendars.library
    ready_at = expected_at(at, days + each.extra_days, branch, library)
    if is_loan:
        return Timed(judged=each, ready_at=ready_at, there_at=ready_at + timedelta(days=policy.shipping_days))
    return Timed(
        judged=each, ready_at=ready_at, there_at=expected_at(at, min(days, 1) + each.extra_days, branch, library)
    )


def _of_candidates(timed: list[Timed], terms: PolicyTerms, policy: Policy, words: str, zone: ZoneInfo) -> Answer:
    """Supply what can be there in time and may be copied; else what the policy says of what can't."""
    if (
        terms.service is ServiceType.COPY
        and terms.copyright is None
        and policy.without_copyright is WithoutRule.UNFILLED
    ):
        return Answer(
            kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.POLICY_PROBLEM, words=f"{words}. {NO_RULE}", note=NO_RULE
        )
    in_time = [each for each in timed if _is_in_time(each.there_at, terms.need_before, zone)]
    if not in_time:
        return _too_late(timed, terms, policy, words, zone)
    answer = _supply(in_time, terms, policy, words, zone)
    if terms.service is ServiceType.COPY and terms.copyright is None and policy.without_copyright is WithoutRule.STAFF:
        return msgspec.structs.replace(answer, doubt=NO_RULE, words=f"{answer.words}. {NO_RULE}")
    return answer


def _is_in_time(there_at: datetime, need_before: datetime | None, zone: ZoneInfo) -> bool:
    """By days, as people count them: what comes on the day that is named comes in time (ill.md, "Clocks": a date ends with its local day)."""
    return need_before is None or there_at.astimezone(zone).date() <= need_before.astimezone(zone).date()


NO_RULE: Final = "The request does not say under which rule of copyright the copy is asked for (copyrightCompliance)."


def _too_late(timed: list[Timed], terms: PolicyTerms, policy: Policy, words: str, zone: ZoneInfo) -> Answer:
    """No copy can be with the partner by the day that it named."""
    there_at = min(each.there_at for each in timed)
    late = f"Needed by {local_day(terms.need_before, zone)}; with the partner by {local_day(there_at, zone)} at the soonest."
    said = f"{words}. {late}"
    match policy.too_late:
        case TooLate.STAFF:
            answer = _supply(timed, terms, policy, words, zone)
            return msgspec.structs.replace(answer, doubt=late, words=f"{answer.words}. {late}")
        case TooLate.UNFILLED:
            return Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.NOT_AVAILABLE_FOR_ILL, words=said)
        case TooLate.RETRY:
            note = f"It could be with you by {local_day(there_at, zone)}."
            reason = ReasonRetry.REQ_DEL_DATE_NOT_POSSIBLE
            return Answer(kind=AnswerKind.RETRY, reason=reason, words=said, note=note, expected_at=there_at)


def _supply(timed: list[Timed], terms: PolicyTerms, policy: Policy, words: str, zone: ZoneInfo) -> Answer:
    affordable = [each for each in timed if not _too_dear(each.judged.cost, terms.max_cost)]
    if not affordable:
        return _offer([each.judged for each in timed], terms, policy, words)
    first, *rest = affordable
    best = first.judged
    loan_days = best.line.days or policy.loan_days
    why = choosing.explain(first.candidate, (each.candidate for each in rest), policy)
    return Answer(
        kind=AnswerKind.SUPPLY,
        words=f"{words}. {why}{_basis(first, terms, zone)}",
        service=terms.service,
        choice=best.status,
        others=_on_the_same_terms(best, [each.judged for each in rest]),
        expected_at=first.ready_at,
        loan_days=None if terms.service is ServiceType.COPY else loan_days,
        renewals=best.line.renewals,
        cost=best.cost,
        condition=best.line.condition,
        line=policy.called(best.line),
    )


def _basis(chosen: Timed, terms: PolicyTerms, zone: ZoneInfo) -> str:
    """Say by what the expected day was reckoned, where something is known of the branch."""
    known = chosen.judged.status.fetching
    if known is None or terms.service is ServiceType.COPY:
        return ""
    return f". Expected here {local_day(chosen.ready_at, zone)} ({known.words})"


def _offer(candidates: list[CopyJudged], terms: PolicyTerms, policy: Policy, words: str) -> Answer:
    """Only at a price above the partner's limit: the cheapest copy, kept for the case that it accepts."""
    best, *rest = sorted(candidates, key=lambda each: each.cost.amount if each.cost else 0)
    return Answer(
        kind=AnswerKind.RETRY,
        reason=ReasonRetry.COST_EXCEEDS_MAX_COST,
        words=words,
        service=terms.service,
        choice=best.status,
        others=_on_the_same_terms(best, rest),
        renewals=best.line.renewals,
        cost=best.cost,
        condition=best.line.condition,
        line=policy.called(best.line),
    )


def _on_the_same_terms(best: CopyJudged, rest: list[CopyJudged]) -> tuple[CopyStatus, ...]:
    """The copies that can take the place of the best one without changing what the partner is told."""
    return tuple(each.status for each in rest if _told(each) == _told(best))


def _told(each: CopyJudged) -> tuple[Money | None, str | None, int | None, int | None]:
    """What a partner is told of a copy, or will be held to."""
    return each.cost, each.line.condition, each.line.days, each.line.renewals


def _too_dear(cost: Money | None, limit: Money | None) -> bool:
    """A cost above the partner's limit; amounts of different currencies can't be compared and count as too dear."""
    if cost is None or limit is None:
        return False
    return cost.currency.casefold() != limit.currency.casefold() or cost.amount > limit.amount


def _retry(later: list[CopyJudged], policy: Policy, words: str, at: datetime, zone: ZoneInfo) -> Answer:
    """The copy that can be had first, where of any it is known when."""
    first = min(later, key=lambda each: _back_at(each, at, zone) or FAR)
    line, retry_after = policy.called(first.line), _back_at(first, at, zone)
    return Answer(kind=AnswerKind.RETRY, reason=first.reason, words=words, retry_after=retry_after, line=line)


def _back_at(each: CopyJudged, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the copy is due, or may go; a due date that has passed says nothing of when it comes."""
    if each.until is not None:
        return datetime.combine(each.until, time(0), zone).astimezone(at.tzinfo)
    due_at = each.status.due_at
    return due_at if due_at is not None and due_at > at else None


def expected_at(at: datetime, open_days: int, branch: Calendar, library: Calendar | None = None) -> datetime:
    """Return noon of the day that is so many open days ahead: the first of them the branch's own, on which the book is fetched, the
    others the library's, by whose clock its courier comes. Without `library` all are the branch's.
    """
    zone = ZoneInfo(branch.time_zone)
    fetched = branch.add_open_days(at.astimezone(zone).date(), min(open_days, 1))
    day = (library or branch).add_open_days(fetched, max(open_days - 1, 0))
    return datetime.combine(day, NOON, zone).astimezone(at.tzinfo)
