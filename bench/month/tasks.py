"""What staff do about each kind of task, by the lists that they are shown; and whether it was needed, by the truth."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from bench.month.expected import Kind
from bench.month.house import STAFF
from bench.month.parts import Month
from bench.month.proposals import would_be_right
from bench.month.shelves import REFERENCE
from bench.month.truth import SILENT_ABOUT_RECEIPT, Has, Wish
from gateway.desk.errors import DeskError
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.sheet import TaskShown
from gateway.desk.structs.tasks import TaskDone
from gateway.desk.tasks import close_task, show_task
from gateway.workflow.borrowing.dues import latest_return
from gateway.workflow.records import Request, Role
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction

K = TaskKind
A = StaffAction
PATIENCE: Final = timedelta(days=2)
"""After which staff ask a branch by telephone."""
COMING: Final = "coming"
Doing = Callable[[TaskShown, Request], Awaitable[None]]


def _barcodes(words: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\b3\d{13}\b", words))


class TaskRound:
    """Twice a day the open tasks are gone through, the oldest first."""

    def __init__(self, play: Month) -> None:
        self._play = play
        self._doing: Mapping[TaskKind, Doing] = {
            K.ANSWER: self._answer,
            K.CANNOT_FIND: self._not_here,
            K.OWNED: self._owned,
            K.NO_LENDER: self._no_lender,
            K.DUE_TOO_LATE: self._too_late,
            K.NOT_RECEIVED: self._not_received,
            K.CONDITIONS: self._accept,
            K.HAND_OVER: self._hand_over,
            K.COPYRIGHT: self._go_on,
            K.DUPLICATE: self._go_on,
            K.WORK_UNCLEAR: self._go_on,
        }
        self._seen: set[int] = set()

    async def work(self) -> None:
        """Go through them."""
        for task in await self._play.house.store.tasks():
            if task.request is not None and task.id not in self._seen:
                await self._see_to(task)

    async def _see_to(self, task: Task) -> None:
        request = await self._play.house.store.request(task.request or "")
        shown = await show_task(self._play.house.desk, STAFF, task.id)
        if request is not None and await self._play.house.store.task(task.id) is not None:
            await self._doing.get(task.kind, self._close)(shown, request)
            await self._play.house.rest()

    async def _close(self, shown: TaskShown, request: Request) -> None:
        """Read it, and set it aside."""
        self._play.tally.command(request.id, f"close {shown.kind}", decides=True)
        try:
            await close_task(self._play.house.desk, STAFF, shown.id, TaskDone(told=shown.told))
        except DeskError:
            self._seen.add(shown.id)

    async def _do(self, request: Request, action: StaffAction, body: ActBody = ActBody()) -> None:  # noqa: B008 - frozen
        await self._play.staff.do(request.id, action, body)

    # ── lending ──────────────────────────────────────────────────────────────────────────────────

    async def _answer(self, shown: TaskShown, request: Request) -> None:  # noqa: ARG002
        """Look at the book where that tells, else at the catalogue; answer what is right."""
        right = self._play.tally.right_of(request.partner_request_id)
        if Kind.SUPPLY in right.kinds:
            named = tuple(sorted(right.barcodes))[:1]
            await self._do(request, A.ANSWER_SUPPLY, ActBody(item_barcodes=named, sure=True))
        else:
            await self._do(request, A.ANSWER_RETRY if Kind.RETRY in right.kinds else A.ANSWER_UNFILLED)

    async def _not_here(self, shown: TaskShown, request: Request) -> None:
        """Ask the branch: it was sent, it is not there, or nobody has looked yet."""
        fetches = [self._play.staff.fetches.get((request.id, item.barcode)) for item in request.items]
        if any(fetch is not None and fetch.found_none for fetch in fetches):
            await self._do(request, A.CANNOT_FIND)
            return
        sent = any(fetch is not None and fetch.sent_at is not None for fetch in fetches)
        coming = next((form.action for form in shown.settles if form.action == COMING), None)
        if coming is not None and sent:
            await self._do(request, coming)
        elif sent:
            await self._close(shown, request)

    # ── borrowing ────────────────────────────────────────────────────────────────────────────────

    async def _owned(self, shown: TaskShown, request: Request) -> None:
        """Hold the first of our copies that the task names; whoever may not take it home wants it from elsewhere."""
        if self._are_for_use_here(request):
            await self._go_on(shown, request)
            return
        await self._do(request, A.SERVE_HERE, ActBody(item_barcodes=_barcodes(shown.words)[:1]))

    async def _go_on(self, shown: TaskShown, request: Request) -> None:  # noqa: ARG002
        await self._do(request, A.GO_ON, ActBody(reason="looked at"))

    async def _accept(self, shown: TaskShown, request: Request) -> None:  # noqa: ARG002
        await self._do(request, A.ACCEPT)

    async def _hand_over(self, shown: TaskShown, request: Request) -> None:  # noqa: ARG002
        await self._do(request, A.HANDED_OVER)

    async def _no_lender(self, shown: TaskShown, request: Request) -> None:
        """Ask again where that is offered and was not tried twice; else tell the customer."""
        again = [form.action for form in shown.settles if form.action is A.TRY_AGAIN]
        tried = self._play.tally.decisions[request.id].count(A.TRY_AGAIN.value)
        await self._do(request, A.TRY_AGAIN if again and tried < 1 else A.ANSWER_UNFILLED)

    async def _too_late(self, shown: TaskShown, request: Request) -> None:
        """Set the date in the ILS, and say so."""
        due_at = request.due_at
        assert due_at is not None
        for item in request.items:
            self._play.staff.change_date(item.barcode, latest_return(due_at))
        await self._do(request, A.DONE_BY_HAND, ActBody(due_at=latest_return(due_at).isoformat(), task=shown.id))

    async def _not_received(self, shown: TaskShown, request: Request) -> None:
        """Of a lender that has promised and is silent: the next. Else wait."""
        await self._close(shown, request)

    # ── by the truth ─────────────────────────────────────────────────────────────────────────────

    def is_needed(self, kind: TaskKind, request: Request) -> bool:
        """Whether a person had to do what a task asks for, and could; of the kinds without a line here each was."""
        judged: Mapping[TaskKind, Callable[[Request], bool]] = {
            K.ANSWER: lambda found: not self._would_be_right(found),
            K.CANNOT_FIND: lambda found: any(item.barcode in self._play.world.missing for item in found.items),
            K.READ_NOTE: self._asks_something,
            K.NOT_RECEIVED: lambda found: found.role is Role.LENDING and found.peer not in SILENT_ABOUT_RECEIPT,
            K.OWNED: lambda found: self._play.order_of(found.id).of_parts or self._are_for_use_here(found),
            K.NO_LENDER: lambda found: not self._play.order_of(found.id).can_be_had,
            K.DUE_TOO_LATE: self._is_late,
            K.NOT_RETURNED: lambda _found: False,
            K.PAST_DEADLINE: lambda found: found.need_before is not None,
            K.LENDER_SILENT: self._is_silent,
        }
        return kind not in judged or judged[kind](request)

    def _are_for_use_here(self, request: Request) -> bool:
        """Whether our copies that the task names can't be taken home: the customer has to say whether to come for them."""
        named = [barcode for doubt in request.borrowed.doubts for barcode in _barcodes(doubt.words)]
        items = self._play.house.books.items
        return bool(named) and all(items[barcode].item_type == REFERENCE for barcode in named)

    def _asks_something(self, request: Request) -> bool:
        return request.role is Role.BORROWING or self._play.asks[request.partner_request_id].wish is Wish.QUESTION

    def _is_silent(self, request: Request) -> bool:
        return self._play.order_of(request.id).at_lenders.get(request.partner or "") is Has.SILENT

    def _would_be_right(self, request: Request) -> bool:
        """Whether what the gateway proposes is right all the same."""
        right = self._play.tally.right_of(request.partner_request_id)
        return request.answer is not None and would_be_right(request.answer, right)

    def _is_late(self, request: Request) -> bool:
        """The customer's day is later than the one that brings it back to the lender in time, by parcel."""
        due = [item.due_at for item in request.items if item.due_at is not None]
        lenders = request.due_at
        return lenders is not None and any(each > lenders - timedelta(days=3) for each in due)
