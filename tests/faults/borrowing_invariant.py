"""The promise where we borrow, written down once: what must be so of the three books after whatever has happened. Pure.

- Every order that was confirmed to the caller is one request, and there is none that nobody ordered.
- Every request ends, or waits for a person on a task with words.
- At most one lender is asked at a time: the next only after the one before has said no, or has heard Cancel.
- No barcode of the pool stands for two items; one that was used rests.
- No customer has two holds for one request; no hold and no loan is left when a request has ended; none is made that nobody asked for.
- No stranger's loan or hold on a barcode of the pool was touched, and what came for a customer was lent to that customer.
- ShippedReturn is heard only when the circulation system knew the item to be back, and nobody waited for it any more.
- Every lender believes what the gateway has in its books, and heard each letter of ours once in effect; what it said was taken once.

`broken` gives every breach with its rule; an empty tuple is a run that ended clean.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from gateway.demo.acs.records import Act, ActKind
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, Status, YesNo
from gateway.workflow.borrowing.groups import FINALS
from gateway.workflow.borrowing.numbers import attempt_number
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.records import Request, State
from tests.faults.breaches import HOLD_ENDS, Breach, Rule, standing, touched, without_strangers
from tests.faults.customers import OrderLog
from tests.faults.lending_pages import HeardLetter, LenderPage, Stand
from tests.faults.orders import FETCHED, Answer, OrderPlan, order_of
from tests.faults.orders_books import OrderBooks

NOTHING_OUT: Final = frozenset({Stand.SAID_NO, Stand.CANCELLED})
"""Where a lender stands whom we have left, or of whom we got nothing."""
GOING_BACK: Final = frozenset({Stand.COMING_BACK, Stand.BACK})
SUPPLIED: Final = frozenset({Stand.BACK, Stand.LOST, Stand.COPIED})
ENDS: Final[Mapping[State, frozenset[Stand]]] = {
    State.COMPLETED: SUPPLIED,
    State.CANCELLED: NOTHING_OUT,
    State.UNFILLED: NOTHING_OUT,
}
"""What the lender that was asked last must believe of a request that has ended."""
_ANSWERS: Final[Mapping[Action, ReasonForMessage]] = {
    Action.RENEW: ReasonForMessage.RENEW_RESPONSE,
    Action.STATUS_REQUEST: ReasonForMessage.STATUS_REQUEST_RESPONSE,
}


class _Case:
    """One order in all three books."""

    def __init__(self, books: OrderBooks, plan: OrderPlan, requests: Iterable[Request], acts: Iterable[Act]) -> None:
        self.plan = plan
        self.log: OrderLog = books.logs[plan.id]
        self.requests = tuple(requests)
        self.acts = tuple(acts)
        self.done = Counter(act.kind for act in self.acts)
        asked = (page for page in books.pages.values() if page.order == plan.id)
        self.pages = sorted(asked, key=lambda page: page.asked_at)
        ids = {request.id for request in self.requests}
        self.tasks = [task for task in books.gateway.tasks if task.request in ids]
        self.work = [row for request in ids for row in books.gateway.pending.get(request, ()) if row.lane]
        self.messages = [each for request in ids for each in books.gateway.messages[request]]
        self.pool = {item: books.gateway.pool[item] for item in self.barcodes if item in books.gateway.pool}

    @property
    def request(self) -> Request | None:
        """The gateway's request, where there is exactly one."""
        return self.requests[0] if len(self.requests) == 1 else None

    @property
    def barcodes(self) -> tuple[str, ...]:
        """Those that stand for its item."""
        return tuple(item.barcode for request in self.requests for item in request.items)

    def is_left(self, page: LenderPage) -> bool:
        """Whether another lender than this one has the request, as we have it."""
        request = self.request
        return request is not None and page.id != attempt_number(request.id, request.borrowed.attempt)

    @property
    def has_ended(self) -> bool:
        """Whether the request has ended."""
        return self.request is None or self.request.state in FINALS


def broken(books: OrderBooks) -> tuple[Breach, ...]:
    """Give every breach."""
    return (
        *_unordered(books),
        *_barcodes_stand_for_one(books),
        *_former_barcodes(books),
        *_strangers(books),
        *(breach for case in _cases(books) for rule in RULES for breach in rule(case)),
    )


def _cases(books: OrderBooks) -> Iterator[_Case]:
    """Every order that was begun. Acts belong to the order whose barcode they name: each is used once in a run."""
    requests: dict[str, list[Request]] = {}
    for request in books.gateway.requests:
        requests.setdefault(order_of(request.wanted.title), []).append(request)
    acts: dict[str, list[Act]] = {}
    for act in without_strangers(books.acs.acts):
        acts.setdefault(act.item, []).append(act)
    pages: dict[str, dict[str, LenderPage]] = {}
    for page in books.pages.values():
        pages.setdefault(page.order, {})[page.id] = page
    for plan in books.world.plans:
        if plan.id in books.logs:
            its = requests.get(plan.id, [])
            items = [item.barcode for request in its for item in request.items]
            own = OrderBooks(
                world=books.world,
                gateway=books.gateway,
                acs=books.acs,
                pages=pages.get(plan.id, {}),
                logs=books.logs,
            )
            yield _Case(own, plan, its, [act for item in items for act in acts.get(item, [])])


def _unordered(books: OrderBooks) -> Iterator[Breach]:
    for request in books.gateway.requests:
        order = order_of(request.wanted.title)
        if order not in books.logs:
            yield Breach(rule=Rule.DOUBLED, request=order, words="nobody ordered this")


def _barcodes_stand_for_one(books: OrderBooks) -> Iterator[Breach]:
    """Over the whole run: a barcode rests for longer than that. And nothing is done with one that no request has."""
    users: dict[str, list[str]] = {}
    for request in books.gateway.requests:
        for item in request.items:
            users.setdefault(item.barcode, []).append(order_of(request.wanted.title))
    for barcode, orders in users.items():
        if len(orders) > 1:
            words = f"barcode {barcode} stands for the items of {', '.join(orders)}"
            yield Breach(rule=Rule.DOUBLED, request=orders[-1], words=words)
    for act in without_strangers(books.acs.acts):
        if act.item not in users and act.item not in books.gateway.former:
            yield Breach(rule=Rule.DISAGREES, request="", words=f"{act.kind} of {act.item}, which no request has")


def _former_barcodes(books: OrderBooks) -> Iterator[Breach]:
    """Of what stands for another item of its request by now nothing is left."""
    orders = {each.id: order_of(each.wanted.title) for each in books.gateway.requests}
    acts = without_strangers(books.acs.acts)
    for barcode, number in books.gateway.former.items():
        holds, loans = standing([act for act in acts if act.item == barcode])
        if holds or loans:
            words = f"a hold or a loan is left of {barcode}, which stood for its item once"
            yield Breach(rule=Rule.LEFT_STANDING, request=orders[number], words=words)


def _strangers(books: OrderBooks) -> Iterator[Breach]:
    """What the gateway did to a barcode for anybody but the customer whose item it stands for, or stood for."""
    customers = {plan.id: plan.customer for plan in books.world.plans}
    numbers = {each.id: order_of(each.wanted.title) for each in books.gateway.requests}
    orders = {barcode: numbers[number] for barcode, number in books.gateway.former.items()}
    orders |= {item.barcode: numbers[each.id] for each in books.gateway.requests for item in each.items}
    owners = {barcode: {customers[order]} for barcode, order in orders.items() if order in customers}
    for act in touched(books.acs.acts, owners, books.scans):
        words = f"{act.kind} of {act.customer}'s, barcode {act.item}"
        yield Breach(rule=Rule.STRANGER, request=orders.get(act.item, ""), words=words)


# ── the order and its request ────────────────────────────────────────────────────────────────────


def _taken_once(case: _Case) -> Iterator[Breach]:
    numbers = {request.id for request in case.requests}
    if set(case.log.answered) - numbers:
        yield _breach(case, Rule.LOST, "confirmed to the caller, and the gateway has no such request")
    if len(case.requests) > 1:
        yield _breach(case, Rule.DOUBLED, f"{len(case.requests)} requests for one order")


def _ends(case: _Case) -> Iterator[Breach]:
    if not case.has_ended and not any(task.words for task in case.tasks):
        yield _breach(case, Rule.STUCK, f"rests in “{case.requests[0].state}” without a task")
    if case.has_ended and case.work:
        yield _breach(case, Rule.STUCK, f"has ended, and {case.work[0].effect.key} is left to do")
    if case.log.trouble:
        yield _breach(case, Rule.OTHERS, case.log.trouble)
    for page in case.pages:
        if page.trouble:
            yield _breach(case, Rule.OTHERS, f"{page.id}: {page.trouble}")


# ── lenders ──────────────────────────────────────────────────────────────────────────────────────


def _one_lender_at_a_time(case: _Case) -> Iterator[Breach]:
    for before, after in zip(case.pages, case.pages[1:], strict=False):
        left_at = _left_at(before)
        if left_at is None or left_at > after.asked_at:
            yield _breach(case, Rule.DOUBLED, f"{after.id} was asked of {after.lender} while {before.id} stood")


def _left_at(page: LenderPage) -> datetime | None:
    """When the lender had said no, or heard Cancel; None where neither."""
    no = {Status.UNFILLED, Status.RETRY_POSSIBLE, Status.CANCELLED}
    said = [letter.at for letter in page.said if letter.status in no and letter.answer is not YesNo.N]
    heard = [letter.at for letter in page.heard if letter.what == Action.CANCEL]
    return min((*said, *heard), default=None)


def _left_as(page: LenderPage) -> frozenset[Stand]:
    """Where a lender may stand whom we have left: what it sent before it heard Cancel, or in spite of that, goes back; a copy does not."""
    sent = [letter.at for letter in page.said if letter.status in {Status.LOANED, Status.COPY_COMPLETED}]
    heard = [letter.at for letter in page.heard if letter.what == Action.CANCEL]
    has_sent = bool(sent) and (page.answers is Answer.SENDS_ANYWAY or min(sent) < min(heard, default=min(sent)))
    return GOING_BACK | {Stand.COPIED} if has_sent else NOTHING_OUT


def _lenders_agree(case: _Case) -> Iterator[Breach]:
    """Only the one that has the request may have sent anything, and it believes what we do; what another sent all the same goes back."""
    request = case.request
    if request is None or request.borrowing is None or not case.has_ended:
        return
    last = next((page for page in case.pages if not case.is_left(page)), None)
    for page in filter(case.is_left, case.pages):
        if page.stand not in _left_as(page):
            yield _breach(case, Rule.DISAGREES, f"{page.id} was left, and {page.lender} has it as “{page.stand}”")
    if last is not None and last.stand not in ENDS[request.state]:
        yield _breach(case, Rule.DISAGREES, f"“{request.state}”, and {last.lender} has it as “{last.stand}”")
    if not case.pages and request.state is State.COMPLETED:
        yield _breach(case, Rule.DISAGREES, "completed, and no lender was asked")


def _numbers_agree(case: _Case) -> Iterator[Breach]:
    """Every attempt that a lender heard of is one that we know."""
    request = case.request
    if request is None or request.borrowing is None:
        return
    ours = {attempt_number(request.id, n): line.agency for n, line in enumerate(request.borrowed.asked, 1)}
    for page in case.pages:
        if ours.get(page.id) != page.lender:
            yield _breach(case, Rule.MESSAGE, f"{page.lender} was asked as {page.id}, of which we know nothing")


def _letters_once(case: _Case) -> Iterator[Breach]:
    for page in case.pages:
        heard = Counter(letter.what for letter in _first_times(page))
        for what, most in _most_times(page).items():
            if heard[what] > most:
                yield _breach(case, Rule.MESSAGE, f"{page.id}: {heard[what]} times {what}")
        for action, reason in _ANSWERS.items():
            answers = sum(letter.reason is reason for letter in page.said)
            if answers != heard[action]:
                yield _breach(case, Rule.MESSAGE, f"{page.id}: {heard[action]} times {action}, {answers} answers")
        for letter in page.heard:
            if letter.deviations:
                yield _breach(case, Rule.MESSAGE, f"{page.id}: not valid: {letter.deviations[0]}")


def _most_times(page: LenderPage) -> dict[str, int]:
    """How often a lender may hear what: once, and once more where what it said itself asks for it."""
    came_after_all = _said(page, Status.COMPLETED_WITHOUT_RETURN)
    crossed = _said(page, Status.OVERDUE) + _said(page, Status.RECALLED)
    return {
        RequestType.NEW: 1,
        RequestType.RETRY: 1,
        Action.LOST: 1,
        Action.RECEIVED: 1 + came_after_all,
        Action.CANCEL: 1 + _said(page, Status.WILL_SUPPLY),
        Action.SHIPPED_RETURN: 1 + crossed,
    }


def _order_is_legal(case: _Case) -> Iterator[Breach]:
    """A request first; Received before it goes back, unless it is a second one; nothing of an item that the lender never sent."""
    for page in case.pages:
        letters = [letter.what for letter in _first_times(page)]
        if letters[0] not in {RequestType.NEW, RequestType.RETRY}:
            yield _breach(case, Rule.MESSAGE, f"{page.id}: {letters[0]} before the request")
        if Action.SHIPPED_RETURN in letters:
            is_taken_in = Action.RECEIVED in letters[: letters.index(Action.SHIPPED_RETURN)] or case.is_left(page)
            if not is_taken_in or not _said(page, Status.LOANED):
                yield _breach(case, Rule.MESSAGE, f"{page.id}: sent back, and not received before")


def _said_counts_once(case: _Case) -> Iterator[Breach]:
    """What a lender said was stored once, whoever sent it twice. One whose confirmation it has not heard yet may be, or not."""
    stored = Counter((message.peer, message.digest) for message in case.messages if message.ok)
    said = [letter for page in case.pages for letter in page.said]
    confirmed = sum(letter.confirmed_at is not None for letter in said)
    if any(count > 1 for count in stored.values()):
        yield _breach(case, Rule.MESSAGE, "a repeated message was taken twice")
    if not confirmed <= len(stored) <= len(said):
        words = f"lenders said {len(said)} times something, {confirmed} were confirmed, {len(stored)} are stored"
        yield _breach(case, Rule.MESSAGE, words)


# ── the circulation system ───────────────────────────────────────────────────────────────────────


def _holds_and_loans(case: _Case) -> Iterator[Breach]:
    holds, loans = standing(case.acts)
    most_holds = max(standing(case.acts[:n])[0] for n in range(len(case.acts) + 1))
    if most_holds > 1:
        yield _breach(case, Rule.DOUBLED, f"{most_holds} holds of the customer at once")
    if case.has_ended and holds:
        yield _breach(case, Rule.LEFT_STANDING, "a hold is left that nobody wants")
    if case.has_ended and loans:
        yield _breach(case, Rule.LEFT_STANDING, "a loan is left that has ended")


def _acts_against_need(case: _Case) -> Iterator[Breach]:
    request, done = case.request, case.done
    needed = done[ActKind.HOLD_PLACED] - done[ActKind.HOLD_CANCELLED]
    if needed > 1:
        yield _breach(case, Rule.DOUBLED, f"{done[ActKind.HOLD_PLACED]} holds placed")
    if done[ActKind.CHECKOUT] > 1:
        yield _breach(case, Rule.DOUBLED, f"the customer has borrowed it {done[ActKind.CHECKOUT]} times")
    granted = sum(_granted(page) for page in case.pages)
    if done[ActKind.RENEWAL] > granted:
        yield _breach(case, Rule.DOUBLED, f"renewed {done[ActKind.RENEWAL]} times, granted {granted} times")
    if any(act.customer not in {"", case.plan.customer} for act in case.acts):
        yield _breach(case, Rule.DISAGREES, "another customer has had it")
    if request is not None and case.acts and request.received_at is None:
        yield _breach(case, Rule.DISAGREES, "acts on the circulation system of something that never came")


def _served(case: _Case) -> Iterator[Breach]:
    """What came for a customer who fetches it was lent to him before it went back."""
    request, last = case.request, case.pages[-1] if case.pages else None
    if request is None or request.state is not State.COMPLETED or last is None or last.stand is not Stand.BACK:
        return
    if case.plan.course in FETCHED and not case.done[ActKind.CHECKOUT]:
        yield _breach(case, Rule.DISAGREES, "it came and went back, and the customer never had it")


def _sent_back_when_in(case: _Case) -> Iterator[Breach]:
    """By what stood on the circulation system when the lender first heard ShippedReturn.

    Of an item that was never on loan no look can show that it was checked in (17 says 03 before and after): what counts
    is that no hold stands, which would trap it again.
    """
    for page in case.pages:
        letters = [letter for letter in page.heard if letter.what == Action.SHIPPED_RETURN]
        if not letters or case.is_left(page):  # no barcode stands for a second one
            continue
        until = [act for act in case.acts if act.at <= letters[0].at]
        done = Counter((act.kind, bool(act.customer)) for act in until)
        if done[ActKind.CHECKOUT, True] > done[ActKind.CHECKIN, True]:
            yield _breach(case, Rule.DISAGREES, f"{page.id}: sent back while it was on loan here")
        if done[ActKind.HOLD_PLACED, True] > sum(done[kind, True] for kind in HOLD_ENDS):
            yield _breach(case, Rule.DISAGREES, f"{page.id}: sent back while a hold stood for it here")


def _barcode_rests(case: _Case) -> Iterator[Breach]:
    request = case.request
    if request is None:
        return
    for barcode in case.barcodes:
        known = case.pool.get(barcode)
        if known is None:
            yield _breach(case, Rule.DISAGREES, f"barcode {barcode} is none of the pool")
        elif case.has_ended and known.state is not PoolState.COOLING:
            yield _breach(case, Rule.DISAGREES, f"has ended, and its barcode is “{known.state}”")
        elif not case.has_ended and known.request != request.id:
            yield _breach(case, Rule.DISAGREES, f"its barcode is {known.request}'s")


def _first_times(page: LenderPage) -> list[HeardLetter]:
    return [letter for letter in page.heard if not letter.again]


def _said(page: LenderPage, status: Status) -> int:
    return sum(letter.status is status for letter in page.said)


def _granted(page: LenderPage) -> int:
    return sum(letter.reason is ReasonForMessage.RENEW_RESPONSE and letter.answer is YesNo.Y for letter in page.said)


def _breach(case: _Case, rule: Rule, words: str) -> Breach:
    return Breach(rule=rule, request=case.plan.id, words=words)


RULES: Final[tuple[Callable[[_Case], Iterator[Breach]], ...]] = (
    _taken_once,
    _ends,
    _one_lender_at_a_time,
    _lenders_agree,
    _numbers_agree,
    _letters_once,
    _order_is_legal,
    _said_counts_once,
    _holds_and_loans,
    _acts_against_need,
    _served,
    _sent_back_when_in,
    _barcode_rests,
)
