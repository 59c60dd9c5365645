"""The promise, written down once: what must be so of the three books after whatever has happened. Pure.

- Every request that the partner was told is accepted exists, once, and nobody else's does.
- Every request ends, or waits for a person on a task with words.
- No act was done twice on the circulation system, none is left standing, no renewal was made that nobody asked for.
- No stranger's loan or hold was touched, and nobody has got another title than the one asked for.
- The partner believes what the gateway and the circulation system have in their books.
- Every letter of the partner's was taken once, every message of ours was heard once in effect, in a legal order.

`broken` gives every breach with its rule; an empty tuple is a run that ended clean.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from gateway.demo.acs.records import Act, ActKind, Source
from gateway.demo.partner.records import Novelty, Sending, Told
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, Status, YesNo
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.records import ItemPlace, Request, State
from tests.faults.books import Books, Page
from tests.faults.breaches import Breach, Rule, touched
from tests.faults.world import Course, LoanPlan

FINAL_STATUS: Final[Mapping[State, Status]] = {
    State.COMPLETED: Status.LOAN_COMPLETED,
    State.UNFILLED: Status.UNFILLED,
    State.RETRY_POSSIBLE: Status.RETRY_POSSIBLE,
    State.CANCELLED: Status.CANCELLED,
    State.LOST: Status.COMPLETED_WITHOUT_RETURN,
}
"""What a partner must believe of a request that has ended."""

_START: Final = None
_FIRST: Final = {Status.EXPECT_TO_SUPPLY, Status.WILL_SUPPLY, Status.UNFILLED, Status.RETRY_POSSIBLE, Status.CANCELLED}
_GIVEN_UP: Final = {Status.UNFILLED, Status.RETRY_POSSIBLE, Status.CANCELLED}
LEGAL: Final[Mapping[Status | None, set[Status]]] = {
    _START: _FIRST,
    Status.EXPECT_TO_SUPPLY: _FIRST - {Status.EXPECT_TO_SUPPLY},
    Status.WILL_SUPPLY: {Status.WILL_SUPPLY, Status.LOANED, *_GIVEN_UP},
    Status.LOANED: {Status.OVERDUE, Status.RECALLED, Status.LOAN_COMPLETED, Status.COMPLETED_WITHOUT_RETURN},
    Status.OVERDUE: {Status.OVERDUE, Status.RECALLED, Status.LOANED, Status.LOAN_COMPLETED},
    Status.RECALLED: {Status.OVERDUE, Status.LOAN_COMPLETED, Status.COMPLETED_WITHOUT_RETURN},
    Status.UNFILLED: set(),
    Status.RETRY_POSSIBLE: set(),
    Status.CANCELLED: set(),
    Status.LOAN_COMPLETED: set(),
    Status.COMPLETED_WITHOUT_RETURN: set(),
}
"""Which status of the supplier's own accord may follow which. WillSupply may come twice: another copy was found."""

_ANSWERS: Final[Mapping[ReasonForMessage, Action]] = {
    ReasonForMessage.RENEW_RESPONSE: Action.RENEW,
    ReasonForMessage.CANCEL_RESPONSE: Action.CANCEL,
    ReasonForMessage.STATUS_REQUEST_RESPONSE: Action.STATUS_REQUEST,
}


class _Case:
    """One loan in all three books."""

    def __init__(self, books: Books, plan: LoanPlan, requests: Iterable[Request], acts: Iterable[Act]) -> None:
        self.plan = plan
        self.acts = Counter(map(_kind, acts))
        self.holds = sum(act.kind is ActKind.HOLD_PLACED and act.source is Source.SIP2 for act in acts)
        self.arrivals = sum(_kind(act) == ARRIVAL and act.source is Source.SIP2 for act in acts)
        self.back_at = [act.at for act in acts if act.kind is ActKind.CHECKIN and act.customer]
        self.scans = sum(len(books.scans.get(item, ())) for item in plan.items)
        self.page: Page = books.pages[plan.id]
        self.log = books.logs[plan.id]
        self.requests = tuple(requests)
        self.work = [row for one in self.requests for row in books.gateway.pending.get(one.id, ()) if row.lane]
        self.messages = [each for one in self.requests for each in books.gateway.messages[one.id]]
        self.tasks = [task for task in books.gateway.tasks if task.request in {one.id for one in self.requests}]

    @property
    def request(self) -> Request | None:
        """The gateway's request, where there is exactly one."""
        return self.requests[0] if len(self.requests) == 1 else None

    @cached_property
    def heard(self) -> list[Told]:
        """What the partner heard, repeats of the same bytes left out."""
        return [told for told in self.page.told if told.novelty is not Novelty.SAME_BYTES]

    @property
    def confirmed(self) -> bool:
        """Whether the partner was told that its request is accepted."""
        return any(sent.what is RequestType.NEW and sent.sending is Sending.CONFIRMED for sent in self.page.sent)

    @property
    def was_out(self) -> bool:
        """Whether the gateway has had an item out."""
        return self.request is not None and self.request.shipped_at is not None


def broken(books: Books) -> tuple[Breach, ...]:
    """Give every breach."""
    return (
        *_foreign(books),
        *_strangers(books),
        *(breach for case in _cases(books) for rule in RULES for breach in rule(case)),
    )


def _cases(books: Books) -> Iterator[_Case]:
    """Every loan that was begun. Acts belong to the loan whose title's item they name and whose partner's account."""
    plans = {plan.id: plan for plan in books.world.plans}
    requests: dict[str, list[Request]] = {}
    for request in books.gateway.requests:
        requests.setdefault(request.partner_request_id, []).append(request)
    acts: dict[str, list[Act]] = {}
    for act in books.acs.acts:
        acts.setdefault(act.item, []).append(act)
    for number in books.pages:
        plan = plans[number]
        own = {"", books.world.seat(plan.seat).account}
        its = [act for item in plan.items for act in acts.get(item, ()) if act.customer in own]
        yield _Case(books, plan, requests.get(number, ()), its)


def _kind(act: Act) -> str:
    return ARRIVAL if act.kind is ActKind.CHECKIN and not act.customer else act.kind


ARRIVAL: Final = "arrival"
"""A check-in of an item that was not on loan: the journal has no kind of its own for it."""


def _foreign(books: Books) -> Iterator[Breach]:
    for request in books.gateway.requests:
        if request.partner_request_id not in books.pages:
            yield Breach(rule=Rule.DOUBLED, request=request.partner_request_id, words="nobody asked for this")


def _strangers(books: Books) -> Iterator[Breach]:
    """What the gateway did to an item for somebody whose request does not want it, or to what somebody else has."""
    wanting: dict[str, list[LoanPlan]] = {}
    for plan in books.world.plans:
        for item in plan.items:
            wanting.setdefault(item, []).append(plan)
    owners = {item: {books.world.seat(plan.seat).account for plan in plans} for item, plans in wanting.items()}
    for act in touched(books.acs.acts, owners, books.scans):
        yield Breach(rule=Rule.STRANGER, request=wanting[act.item][0].id, words=f"{act.kind} of {act.customer}'s")


def _exists_once(case: _Case) -> Iterator[Breach]:
    if case.confirmed and not case.requests:
        yield _breach(case, Rule.LOST, "confirmed to the partner, and the gateway has no such request")
    if len(case.requests) > 1:
        yield _breach(case, Rule.DOUBLED, f"{len(case.requests)} requests of the gateway for one of the partner's")


def _ends(case: _Case) -> Iterator[Breach]:
    request = case.request
    if request is not None and request.state not in FINALS and not any(task.words for task in case.tasks):
        yield _breach(case, Rule.STUCK, f"rests in “{request.state}” without a task")
    if request is not None and request.state in FINALS and case.work:
        yield _breach(case, Rule.STUCK, f"has ended, and {case.work[0].effect.key} is left to do")
    if case.log.trouble:
        yield _breach(case, Rule.OTHERS, case.log.trouble)


def _acts_once(case: _Case) -> Iterator[Breach]:
    acts, request = case.acts, case.request
    loans = acts[ActKind.CHECKOUT]
    undone = acts[ActKind.CHECKIN] - (1 if request is not None and request.state is State.COMPLETED else 0)
    if loans - max(undone, 0) > 1:
        yield _breach(case, Rule.DOUBLED, f"checked out {loans} times, {undone} of them undone")
    asked = case.log.letters.count(Action.RENEW)
    if acts[ActKind.RENEWAL] > asked:
        yield _breach(case, Rule.DOUBLED, f"renewed {acts[ActKind.RENEWAL]} times, asked {asked} times")
    if case.holds > len(case.plan.items):
        yield _breach(case, Rule.DOUBLED, f"{case.holds} holds on {len(case.plan.items)} items")
    if case.arrivals > max(1, case.scans):
        yield _breach(case, Rule.DOUBLED, f"checked in at the desk {case.arrivals} times")


def _nothing_is_left(case: _Case) -> Iterator[Breach]:
    acts, request = case.acts, case.request
    off = acts[ActKind.HOLD_FILLED] + acts[ActKind.HOLD_CANCELLED] + acts[ActKind.HOLD_EXPIRED]
    if request is None or request.state in FINALS:
        if acts[ActKind.HOLD_PLACED] != off:
            yield _breach(case, Rule.LEFT_STANDING, "a hold is left that nobody wants")
        if acts[ActKind.CHECKOUT] != acts[ActKind.CHECKIN]:
            yield _breach(case, Rule.LEFT_STANDING, "a loan is left that has ended")


def _out_until_sent_back(case: _Case) -> Iterator[Breach]:
    """What the partner has stays on loan until it says that it sends it back: the act of another request ended it before.

    What is undone before the partner hears Loaned was never sent.
    """
    loaned_at = (told.at for told in case.heard if told.status is Status.LOANED)
    since = next(loaned_at, None) if case.plan.course is Course.UNDONE else datetime.min.replace(tzinfo=UTC)
    until = case.log.sent_back_at or datetime.max.replace(tzinfo=UTC)
    if since is not None and any(since <= at < until for at in case.back_at):
        yield _breach(case, Rule.STRANGER, "its loan was ended while the partner had it")


def _right_title(case: _Case) -> Iterator[Breach]:
    for item in case.request.items if case.request else ():
        if item.copy.item_barcode not in case.plan.items:
            yield _breach(case, Rule.DISAGREES, f"has {item.copy.item_barcode}, another title's item")


def _agrees(case: _Case) -> Iterator[Breach]:
    request, page = case.request, case.page
    if request is None:
        return
    told = any(each.status is Status.LOANED and each.reason is ReasonForMessage.STATUS_CHANGE for each in case.heard)
    lent = case.acts[ActKind.CHECKOUT] > 0
    if told and not (lent and case.was_out):
        yield _breach(case, Rule.DISAGREES, "was told Loaned, and nothing was checked out")
    if lent and request.state is State.COMPLETED and not case.was_out:
        yield _breach(case, Rule.DISAGREES, "was checked out, and the gateway knows nothing of it")
    if request.state in FINAL_STATUS and page.status is not FINAL_STATUS[request.state]:
        yield _breach(case, Rule.DISAGREES, f"the partner believes {page.status}, the gateway “{request.state}”")
    if request.state in FINALS and any(item.place is ItemPlace.OUT for item in request.items):
        yield _breach(case, Rule.DISAGREES, "has ended with an item out")


def _letters_count_once(case: _Case) -> Iterator[Breach]:
    digests = Counter((message.peer, message.digest) for message in case.messages if message.ok)
    if any(count > 1 for count in digests.values()):
        yield _breach(case, Rule.MESSAGE, "a repeated letter was taken twice")
    if case.request is not None and len(digests) != len(case.log.letters):
        yield _breach(case, Rule.MESSAGE, f"{len(case.log.letters)} letters written, {len(digests)} taken")


def _answers_count_once(case: _Case) -> Iterator[Breach]:
    for reason, action in _ANSWERS.items():
        asked = case.log.letters.count(action)
        answered = sum(told.reason is reason for told in case.heard)
        if asked != answered:
            yield _breach(case, Rule.MESSAGE, f"{asked} times {action}, {answered} answers")
    for told in case.page.told:
        if told.deviations:
            yield _breach(case, Rule.MESSAGE, f"a message that is not valid: {told.deviations[0]}")


def _order_is_legal(case: _Case) -> Iterator[Breach]:
    """Of what is no answer to a question; Cancelled is one, and ends the request all the same."""
    before: Status | None = _START
    reminders = case.log.letters.count(RequestType.REMINDER)
    for told in case.heard:
        moves = told.reason in {ReasonForMessage.STATUS_CHANGE, ReasonForMessage.REQUEST_RESPONSE}
        moves = moves or (told.reason is ReasonForMessage.CANCEL_RESPONSE and told.answer is YesNo.Y)
        if not moves or told.status is None:
            continue
        if told.status in LEGAL[before]:
            before = told.status
        elif reminders and told.reason is ReasonForMessage.REQUEST_RESPONSE:
            reminders -= 1
        else:
            yield _breach(case, Rule.MESSAGE, f"{told.status} after {before}")


def _breach(case: _Case, rule: Rule, words: str) -> Breach:
    return Breach(rule=rule, request=case.plan.id, words=words)


RULES: Final[tuple[Callable[[_Case], Iterator[Breach]], ...]] = (
    _exists_once,
    _ends,
    _acts_once,
    _nothing_is_left,
    _out_until_sent_back,
    _right_title,
    _agrees,
    _letters_count_once,
    _answers_count_once,
    _order_is_legal,
)
