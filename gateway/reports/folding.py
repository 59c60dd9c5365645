"""What the lines of a request's history make of its fact: folded one after the other, so that a fact is the same however they come. Pure.

What counts by the time at which it happened is written once; what is taken back is a correction at its own time (`workflow/facts.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.iso18626.codes import RequestType, ServiceType
from gateway.money.amounts import agreed_minor
from gateway.reports import standing
from gateway.reports.attempts import attempt_of
from gateway.reports.partner import NO_ANSWER
from gateway.workflow.borrowing_events import Sent
from gateway.workflow.calendar import Calendars
from gateway.workflow.events import AnyEvent, CopiesChecked, CopiesFound, RequestArrived, StaffActed, Told
from gateway.workflow.facts import (
    LEGS,
    ActsCounted,
    Attempt,
    CameTo,
    Correction,
    CountedAct,
    Departs,
    Fact,
    Folded,
    Milestone,
    TellingLine,
)
from gateway.workflow.lending.groups import UNDECIDED
from gateway.workflow.places import branch_of
from gateway.workflow.questions import Amount
from gateway.workflow.records import Answer, AnswerKind, Request, Role, State
from gateway.workflow.triggers import StaffAction, Trigger
from gateway.workflow.values import Money


class House(msgspec.Struct, frozen=True, kw_only=True):
    """What of the library a fact needs: when it is open, and which partners are under its own administration."""

    calendars: Calendars = Calendars()
    own: frozenset[str] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """The library's time zone."""
        return ZoneInfo(self.calendars.library.time_zone)


_A = StaffAction
DEEDS: Final[Mapping[StaffAction, CountedAct]] = {
    **dict.fromkeys(StaffAction, CountedAct.OTHER),
    **dict.fromkeys(
        (
            _A.ARRIVE, _A.ARRIVE_AND_SHIP, _A.SHIP, _A.COPY_SENT, _A.CHECK_IN, _A.CANNOT_FIND,
            _A.RECEIVE, _A.HANDED_OUT, _A.CAME_BACK, _A.SEND_BACK, _A.SEND_OTHER_BACK, _A.HANDED_OVER,
        ),
        CountedAct.HANDS,
    ),
    **dict.fromkeys(
        (
            _A.APPROVE, _A.REFUSE, _A.ANSWER_SUPPLY, _A.ANSWER_RETRY, _A.ANSWER_UNFILLED, _A.OFFER,
            _A.GO_ON, _A.OVERRIDE, _A.SERVE_HERE, _A.NEXT_LENDER, _A.ACCEPT,
        ),
        CountedAct.ANSWERS,
    ),
    **dict.fromkeys((_A.DONE_BY_HAND, _A.NOT_DONE, _A.TRY_AGAIN, _A.TOLD_BY_HAND, _A.CORRECT_CARD, _A.CORRECT_WORK), CountedAct.TASKS),
    **dict.fromkeys((_A.NOTE, _A.SEND_MESSAGE, _A.REMIND, _A.ASK_STATUS), CountedAct.MESSAGES),
}  # fmt: skip
"""Every act of staff by the kind under which it counts as work."""
NO_DECISION: Final = frozenset({_A.NOTE, _A.ASSIGN, _A.FLAG, _A.UNFLAG, _A.SEND_MESSAGE, _A.REMIND, _A.ASK_STATUS})
"""What decides nothing about a request, beside what hands do."""
_ANSWERS: Final[Mapping[StaffAction, AnswerKind]] = {
    _A.ANSWER_SUPPLY: AnswerKind.SUPPLY,
    _A.ANSWER_RETRY: AnswerKind.RETRY,
    _A.OFFER: AnswerKind.RETRY,
    _A.ANSWER_UNFILLED: AnswerKind.UNFILLED,
}
PROPOSALS: Final = frozenset({AnswerKind.SUPPLY, AnswerKind.RETRY, AnswerKind.UNFILLED})
"""“Staff decide” proposes nothing."""
_FIXED_AT: Final = {Role.LENDING: Milestone.SUPPLIED, Role.BORROWING: Milestone.RECEIVED}
"""What names partner, branch, service and amounts counts from then on as it was."""
_AMOUNT_OF: Final = {Role.LENDING: Amount.CHARGED.value, Role.BORROWING: Amount.PAID.value}
_LEGS_OF: Final = {
    role: tuple((leg.value, begin.value, end.value) for leg, (of, begin, end) in LEGS.items() if of is role)
    for role in Role
}
"""The names of a leg's open days, of when it begins and when it ends."""
_EPOCH: Final = date(1970, 1, 1)


def fold(fact: Fact | None, request: Request, lines: Iterable[TellingLine], house: House) -> Folded:
    """Add the lines that are new, in their order; `request` is as it stands by now. `fact` is None for one that has none yet."""
    folding = _Folding(fact or Fact(role=request.role), request, house)
    for line in lines:
        folding.add(line)
    return folding.end()


class _Folding:
    """A fact in the making."""

    def __init__(self, fact: Fact, request: Request, house: House) -> None:
        self.fact, self.request, self.house = fact, request, house
        self.is_fixed = getattr(fact, _FIXED_AT[fact.role].value) is not None
        self.corrections: list[Correction] = []
        self.attempts: list[Attempt] = []
        self.work: Counter[tuple[int, int, CountedAct]] = Counter()
        self.taken_up: tuple[str, str] | None = None

    def set(self, **fields: Any) -> None:
        self.fact = msgspec.structs.replace(self.fact, **fields)

    def add(self, line: TellingLine) -> None:
        event = line.event
        if isinstance(event, RequestArrived) and event.previous_request_id:
            self.taken_up = (event.requesting_agency, event.previous_request_id)
        self._told(event)
        self._proposed(line)
        if isinstance(event, StaffActed):
            self._acted(event)
        if self.request.borrowing and (attempt := attempt_of(event, self.request.borrowed, self.fact.attempt)):
            self.attempts.append(attempt)
            self.set(attempt=attempt.attempt if attempt.asked_at else self.fact.attempt)
        self._moved(line)
        self.set(seen=line.number)

    def end(self) -> Folded:
        """Write down what names it, unless that is fixed, and give all that came of the lines."""
        if not self.is_fixed:
            self._name()
        self._measure()
        work = tuple(ActsCounted(*key, count) for key, count in sorted(self.work.items()))
        return Folded(
            fact=self.fact,
            corrections=tuple(self.corrections),
            attempts=tuple(self.attempts),
            work=work,
            taken_up=self.taken_up,
        )

    # ── what happened ────────────────────────────────────────────────────────────────────────────

    def _once(self, what: Milestone, at: datetime) -> None:
        if getattr(self.fact, what.value) is None:
            self.set(**{what.value: at})

    def _told(self, event: AnyEvent) -> None:
        if self.fact.arrived_at is None:
            self.set(arrived_at=self.request.created_at)
        if isinstance(event, Told) and event.status not in NO_ANSWER:
            self._once(Milestone.ANSWERED, event.at)
        if isinstance(event, Sent) and event.what == RequestType.NEW:
            self._once(Milestone.ASKED, event.at)

    def _proposed(self, line: TellingLine) -> None:
        """Keep what the gateway would answer; of an answer that went out by itself only the line of the policy."""
        event = line.event
        if not isinstance(event, CopiesFound | CopiesChecked) or event.answer is None or self.fact.decided_at:
            return
        answer: Answer = event.answer
        is_left = line.state is None or line.state in UNDECIDED
        self.set(
            policy_line=answer.line,
            proposal=answer.kind.value if is_left and answer.kind in PROPOSALS else "",
            proposal_reason=answer.reason or "",
            proposed_item=answer.choice.copy.item_barcode if is_left and answer.choice else "",
        )

    def _acted(self, event: StaffActed) -> None:
        local = event.at.astimezone(self.house.zone)
        deed = DEEDS[event.action]
        self.work[(local.date() - _EPOCH).days, local.hour, deed] += 1
        if deed is not CountedAct.HANDS and event.action not in NO_DECISION:
            self.set(by_person=True)
        kind = _ANSWERS.get(event.action)
        if kind and self.fact.proposal and self.fact.decided_at is None:
            self.set(
                decided_at=event.at,
                decision=kind.value,
                decision_reason=event.reason or "",
                difference=_difference(self.fact, kind, event),
                proposed_item="",
            )

    def _moved(self, line: TellingLine) -> None:
        before, state = self.fact.state, line.state
        if state is None or state == before:
            return
        at, role = line.event.at, self.fact.role
        now = standing.of(role, state, State(before) if before else None, self.fact.standing)
        for what in (each for each in now if each not in self.fact.standing):
            self._begin(what, line)
        for what in (each for each in self.fact.standing if each not in now):
            self.corrections.append(Correction(what, at, -1, self._reason_of(what)))
        if state in standing.SHIPPED[role]:
            self._once(Milestone.SHIPPED, at)
        if state is State.WITH_CUSTOMER or (Milestone.RECEIVED in now and self._is_copy()):
            self._once(Milestone.WITH_CUSTOMER, at)
        if state in standing.FINALS[role]:
            self._once(Milestone.ENDED, at)
            self.set(proposed_item="")
        self.set(state=state.value, standing=now, outcome=self._outcome(now, line))

    def _begin(self, what: Milestone, line: TellingLine) -> None:
        at, known = line.event.at, getattr(self.fact, what.value)
        if what in standing.WITH_REASON:
            self._refused(what, at, _reason(line.event, self.request))
        elif known is not None:
            self.corrections.append(Correction(what, at, 1))
        if known is None:
            self.set(**{what.value: at})

    def _refused(self, what: Milestone, at: datetime, reason: str) -> None:
        """A no counts by the fact's reason, which is that of the first; each later one by its own."""
        if getattr(self.fact, what.value) is not None:
            self.corrections.append(Correction(what, at, 1, reason))
        elif all(getattr(self.fact, no.value) is None for no in standing.WITH_REASON):
            self.set(reason=reason)
        elif reason != self.fact.reason:
            self.corrections += (Correction(what, at, -1, self.fact.reason), Correction(what, at, 1, reason))
        self.set(reason_now=reason)

    def _reason_of(self, what: Milestone) -> str:
        """The reason by which it is counted until now."""
        now = self.fact.reason_now
        return self.fact.reason if now is None or what not in standing.WITH_REASON else now

    def _outcome(self, now: tuple[Milestone, ...], line: TellingLine) -> CameTo:
        found = standing.outcome(now)
        if found is CameTo.RETRY and (line.event.trigger is Trigger.CONDITION_LAPSED or self._was_expired()):
            return CameTo.EXPIRED
        if found is CameTo.OPEN and line.state in standing.FINALS[self.fact.role]:
            return CameTo.UNFILLED  # a loan that was lost on its way to us, and settled
        return found

    def _was_expired(self) -> bool:
        return self.fact.outcome is CameTo.EXPIRED

    def _is_copy(self) -> bool:
        return self.request.service is ServiceType.COPY

    # ── what names it ────────────────────────────────────────────────────────────────────────────

    def _name(self) -> None:
        request = self.request
        partner, cost = request.partner, request.cost
        if request.borrowing:
            borrowed = request.borrowing
            sent = bool(self.fact.shipped_at)
            partner = borrowed.lender.partner if borrowed.asked and sent else ""
            cost = borrowed.terms.cost if borrowed.terms and sent else None
            places = list(dict.fromkeys(line.partner for line in borrowed.asked))
            self.set(asked=len(places), place=places.index(partner) + 1 if partner in places else 0)
        self.set(
            partner=partner or "",
            own=(partner or "") in self.house.own,
            branch=branch_of(request),
            service=_service(request),
            **_amounts(self.fact.role, cost),
        )

    def _measure(self) -> None:
        for leg, begin, end in _LEGS_OF[self.fact.role]:
            began, ended = getattr(self.fact, begin), getattr(self.fact, end)
            if began and ended and getattr(self.fact, leg) is None:
                self.set(**{leg: self._open_days(began, ended)})

    def _open_days(self, began: datetime, ended: datetime) -> int:
        """Count the open days after the first day, up to the last."""
        first, last = (at.astimezone(self.house.zone).date() for at in (began, ended))
        return self.house.calendars.library.open_days_between(first, last)


def _difference(fact: Fact, kind: AnswerKind, event: StaffActed) -> Departs:
    if kind != fact.proposal:
        return Departs.ANSWER
    if kind is AnswerKind.SUPPLY:
        named = event.item_barcodes[0] if event.item_barcodes else fact.proposed_item
        return Departs.NONE if named == fact.proposed_item else Departs.COPY
    return Departs.NONE if (event.reason or fact.proposal_reason) == fact.proposal_reason else Departs.REASON


def _reason(event: AnyEvent, request: Request) -> str:
    """Return the reason of a no: what the event says, else the answer that is kept."""
    answer = getattr(event, "answer", None) or getattr(event, "turned_away", None) or request.answer
    return getattr(event, "reason", None) or (answer.reason if answer else None) or ""


def _service(request: Request) -> str:
    """Say whether it is a loan or a copy: of CopyOrLoan what it came to, else a loan."""
    if request.service is ServiceType.COPY_OR_LOAN:
        answer = request.answer.service if request.answer else ServiceType.LOAN
        copied = request.state in {State.TO_COPY, State.COPY_COMPLETED, State.COPY_HERE}
        return (ServiceType.COPY if copied else answer).value
    return request.service.value


def _amounts(role: Role, cost: Money | None) -> dict[str, Any]:
    if cost is None:
        return {}
    currency = cost.currency.upper()
    minor = agreed_minor(cost.amount, currency)
    if minor is None:
        return {}
    return {"currency": currency, _AMOUNT_OF[role]: minor}
