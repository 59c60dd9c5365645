"""What came of a month, counted while it is played, and judged by the truth."""

from collections import Counter, defaultdict
from datetime import datetime
from statistics import mean
from typing import Any

import msgspec

from bench.month.expected import Kind, Right, right_answer
from bench.month.parts import Month
from bench.month.proposals import doubt_of
from bench.month.truth import Ask, Has, OrderTruth
from gateway.iso18626 import messages as iso
from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.store.port import Change
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import Answer, Request, Role, State
from gateway.workflow.tasks import TaskKind

_KINDS = {
    Status.WILL_SUPPLY: Kind.SUPPLY,
    Status.LOANED: Kind.SUPPLY,
    Status.COPY_COMPLETED: Kind.SUPPLY,
    Status.UNFILLED: Kind.UNFILLED,
    Status.RETRY_POSSIBLE: Kind.RETRY,
}


class _First(msgspec.Struct, kw_only=True):
    """The first answer to a request."""

    kind: Kind
    barcodes: tuple[str, ...]
    alone: bool
    is_right: bool


class Tally:
    """Hears everything, and changes nothing."""

    def __init__(self, play: Month) -> None:
        self._play = play
        self.requests: dict[str, Request] = {}
        """By our number."""
        self.by_partner: dict[str, Request] = {}
        """Of partners' requests, by their number."""
        self._right: dict[str, Right] = {}
        self._first: dict[str, _First] = {}
        self._lapsed: set[str] = set()
        self._lost: set[str] = set()
        self.tasks: Counter[tuple[str, str]] = Counter()
        """By kind and "needed" or "not"."""
        self.doubts: Counter[tuple[str, str]] = Counter()
        """Why a person was asked for an answer, and whether what was proposed was "right" or "wrong"."""
        self.commands: Counter[str] = Counter()
        self.decisions: dict[str, list[str]] = defaultdict(list)
        self.shipped: set[str] = set()
        self.received: dict[str, datetime] = {}
        self.lenders: dict[int, list[str]] = defaultdict(list)
        self.trouble: set[str] = set()
        """Requests whose book was not where it should be: no plain loans."""
        self.unknown_scans = 0
        self.refused: Counter[str] = Counter()
        self.task_words: dict[str, str] = {}
        """An example of each kind of task."""
        self.needless: list[str] = []
        """Each task that no person was needed for, by the truth."""
        self._proposed: dict[str, Answer] = {}
        """What the gateway proposed where it asked a person, by our number."""

    # ── what is told ─────────────────────────────────────────────────────────────────────────────

    def arrived(self, ask: Ask) -> None:
        """A request comes in: what is right is what is right now."""
        self._right[ask.number] = right_answer(ask, self._play.world, self._play.house.books, self._play.now())

    def note(self, change: Change) -> None:
        """A change was written."""
        request = change.request
        if request is None:
            return
        before = self.requests.get(request.id)
        self.requests[request.id] = request
        if request.role is Role.LENDING:
            self.by_partner[request.partner_request_id] = request
        elif before is None:
            self._play.numbers[request.id] = self._play.placing
        for task in change.open_tasks:
            self._task(task, request)
        if before is None or before.state is not request.state:
            self._moved(request, before)

    def _moved(self, request: Request, before: Request | None) -> None:
        if request.state in {State.CHECKED_OUT, State.LOANED} and request.role is Role.LENDING:
            self.shipped.add(request.id)
        if request.state is State.ON_SHELF and request.id not in self.received:
            self.received[request.id] = self._play.now()
            self._play.staff.on_shelf(request)
        if request.state is State.RELEASING and before is not None and any(
            self._play.staff.is_on_its_way(request.id, item.barcode) for item in before.items
        ):  # fmt: skip
            self._lapsed.add(request.id)

    def _task(self, task: OpenTask, request: Request) -> None:
        needed = self._play.staff.is_needed(task.kind, request)
        if task.kind is TaskKind.ANSWER and request.answer is not None:
            self._proposed.setdefault(request.id, request.answer)
            self.doubts[self._doubt(request), "wrong" if needed else "right"] += 1
        self.tasks[task.kind.value, "needed" if needed else "not"] += 1
        self.task_words.setdefault(f"{task.kind.value}/{'needed' if needed else 'not'}", f"{request.id}: {task.words}")
        if not needed:
            self.needless.append(f"{task.kind.value}, not needed, {request.id}: {task.words}{self._truth_of(request)}")

    def _truth_of(self, request: Request) -> str:
        if request.role is Role.BORROWING:
            return f" At lenders: {self._play.order_of(request.id).at_lenders}"
        ask, right = self._play.asks[request.partner_request_id], self._right[request.partner_request_id]
        asked = (ask.case.wanted.title, ask.case.wanted.author, ask.case.wanted.published)
        return f" Asked by {ask.case.key}: {asked}; right: {sorted(right.kinds)}"

    def answered(self, ask: Ask, message: iso.SupplyingAgencyMessage) -> None:
        """A partner hears something of ours."""
        status = message.status_info.status
        if status not in _KINDS or message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION:
            return
        kind, request = _KINDS[status], self.by_partner[ask.number]
        barcodes = tuple(item.barcode for item in request.items)
        if ask.number in self._first:
            return
        self._first[ask.number] = _First(
            kind=kind,
            barcodes=barcodes,
            alone=not self.decisions[request.id],
            is_right=self._right[ask.number].fits(kind, barcodes),
        )

    def asked(self, order: OrderTruth, lender: str) -> None:
        """A lender is asked."""
        self.lenders[order.number].append(lender)

    def command(self, request: str | None, what: str, *, decides: bool) -> None:
        """Staff did something."""
        if request is None:
            return
        self.commands[request] += 1
        if decides:
            self.decisions[request].append(what)

    # ── what came of it ──────────────────────────────────────────────────────────────────────────

    def figures(self) -> dict[str, Any]:
        """Everything, as numbers."""
        counts = {"tasks": _pairs(self.tasks, "needed", "not"), "doubts": _pairs(self.doubts, "wrong", "right")}
        return {**self._answers(), **self._loans(), **self._orders(), **counts, "causes": self._causes()}

    def right_of(self, number: str) -> Right:
        """What was right when a request came."""
        return self._right[number]

    def _answers(self) -> dict[str, Any]:
        asks = self._play.world.asks
        if not asks:
            return {}
        alone = [ask for ask in asks if ask.number in self._first and self._first[ask.number].alone]
        right = [ask for ask in alone if self._first[ask.number].is_right]
        plain = [ask for ask in asks if not self._right[ask.number].person]
        wrong = [(ask, self._first[ask.number]) for ask in alone if not self._first[ask.number].is_right]
        return {
            "requests": len(asks),
            "answered without a person": len(alone) / len(asks),
            "right without a person": len(right) / len(asks),
            "of those that need none": sum(not self._right[ask.number].person for ask in right) / len(plain),
            "wrongly promised": sum(first.kind is Kind.SUPPLY for _, first in wrong),
            "wrongly refused": sum(
                first.kind is not Kind.SUPPLY and Kind.SUPPLY in self._right[ask.number].kinds for ask, first in wrong
            ),
            "other wrong answers": sum(
                first.kind is not Kind.SUPPLY and Kind.SUPPLY not in self._right[ask.number].kinds
                for ask, first in wrong
            ),
            "not answered": len(asks) - len(self._first),
        }

    def _causes(self) -> dict[str, int]:
        """Why requests were not answered rightly without a person: what was answered or proposed, and why, against the truth."""
        found: Counter[str] = Counter()
        for ask in self._play.world.asks:
            first, right = self._first.get(ask.number), self._right[ask.number]
            if first is not None and first.alone and first.is_right:
                continue
            found[f"{self._cause(ask, first)}, true: {'/'.join(sorted(right.kinds))}"] += 1
        return dict(found)

    def _cause(self, ask: Ask, first: _First | None) -> str:
        if first is None:
            return "not answered"
        if first.alone:
            return f"answered {first.kind} alone ({ask.case.key})"
        proposed = self._proposed.get(self.by_partner[ask.number].id)
        if proposed is None:
            return "staff named another answer"
        return f"asked staff ({self._doubt(self.by_partner[ask.number])}), proposed {proposed.kind}"

    def _doubt(self, request: Request) -> str:
        """Why a person is asked, without what is said of this request alone."""
        return doubt_of(self._proposed[request.id], self._right[request.partner_request_id])

    def wrong_answers(self) -> list[str]:
        """Each, in words, for whoever looks into it."""
        lines: list[str] = []
        for ask in self._play.world.asks:
            first, right = self._first.get(ask.number), self._right[ask.number]
            if first is None or (first.alone and first.is_right):
                continue
            how = "alone" if first.alone else "by staff"
            request = self.by_partner[ask.number]
            lines.append(
                f"{ask.number} {how}: {first.kind} {first.barcodes} for {sorted(right.kinds)} {sorted(right.barcodes)[:2]} "
                f"({ask.case.key}, {ask.wish.name}, copy {ask.is_copy} {ask.compliance}, {request.answer.reason if request.answer else ''}, "
                f"needs {ask.need_before and (ask.need_before - ask.at).days})"
            )
        return lines

    def _loans(self) -> dict[str, Any]:
        loans = [self.requests[each] for each in self.shipped]
        plain = [each for each in loans if self._is_plain(each)]
        borrowed = [self.requests[each] for each in self.received]
        done = [*loans, *borrowed]
        return {
            "loans lent": len(loans),
            "lapsed though on its way": len(self._lapsed),
            "scans that knew nothing": self.unknown_scans,
            "loans with a decision": _share(loans, lambda each: bool(self.decisions[each.id])),
            "plain loans with a decision": _share(plain, lambda each: bool(self.decisions[each.id])),
            "borrowed with a decision": _share(borrowed, lambda each: bool(self.decisions[each.id])),
            "commands per loan": mean(self.commands[each.id] for each in done) if done else 0.0,
        }

    def _is_plain(self, request: Request) -> bool:
        ask = self._play.asks[request.partner_request_id]
        return not self._right[ask.number].person and request.id not in self.trouble

    def _orders(self) -> dict[str, Any]:
        orders = {order.number: order for order in self._play.world.orders}
        filled = {self._play.numbers[each]: at for each, at in self.received.items()}
        over = [
            order
            for order in orders.values()
            if order.number not in filled and not order.owned and self._play.is_given_up(order.number)
        ]
        days = [(at - orders[number].at).total_seconds() / 86_400 for number, at in filled.items()]
        return {
            "orders": len(orders),
            "orders filled": len(filled),
            "lenders asked per filled order": mean(len(self.lenders[each]) for each in filled) if filled else 0.0,
            "days to the item": mean(days) if days else 0.0,
            "dead ends though a lender had it": sum(order.can_be_had for order in over),
            "dead ends": len(over),
            "open at the end": sum(order.number not in filled for order in orders.values()) - len(over),
            "silent lenders met": sum(
                orders[number].at_lenders[lender] is Has.SILENT
                for number, asked in self.lenders.items()
                for lender in asked
            ),
        }


def _pairs(counted: Counter[tuple[str, str]], one: str, other: str) -> dict[str, tuple[int, int]]:
    return {name: (counted[name, one], counted[name, other]) for name in sorted({name for name, _ in counted})}


def _share(loans: list[Request], is_so: Any) -> float:
    return sum(map(is_so, loans)) / len(loans) if loans else 0.0
