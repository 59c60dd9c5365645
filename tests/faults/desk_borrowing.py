"""The technician and the customers of a run in which we borrow: receive, hand over, renew, send back, and resolve what is left to people.

What customers and branches do happens on the circulation system's screen alone; the gateway is left to see it, or is told by
a scan, as the day has it.
"""

import asyncio
import contextlib
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from gateway.workflow.borrowing.groups import ASKED, FINALS, UNASKED
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.faults.orders import CALLED_OFF, DESK, PICKUP, Course, OrderPlan, OrderWorld, order_of
from tests.faults.strangers import CARDS
from tests.faults.technician import UNDO_S, WAIT_BY_THEMSELVES, Desk, Ils, Json, NotNow, Technician, items_of

_BARCODE: Final = re.compile(r"Item (\w+)\.")
"""As tasks name what they are about."""
OUT: Final = frozenset({"04", "07", "12"})
"""Circulation statuses of an item that a customer has, or has lost."""
KEPT: Final = "08"
EARLY_S: Final = 2.5
"""How long before the ILS knows it somebody may say that an item was handed out."""
ASKS_AFTER_S: Final = 4.0
KEEPS_S: Final = 2.0
WAITS_S: Final = 10.0
"""How long a customer keeps what was renewed, at the least; and waits for the later date of what the lender has renewed."""
_HELD_BACK_FOR: Final = frozenset({Course.NEVER_FETCHED, Course.EXPIRED})


class BorrowingTechnician(Technician):
    """Who does it."""

    finals = FINALS
    hands = (
        *UNASKED,
        *ASKED,
        State.ON_ITS_WAY,
        State.RECEIVING,
        State.ON_SHELF,
        State.WITH_CUSTOMER,
        State.TO_RETURN,
        State.SENT_BACK,
        State.COPY_HERE,
    )
    goes_on = WAIT_BY_THEMSELVES | {
        TaskKind.LENDER_RECALLS,
        TaskKind.LENDER_OVERDUE,
        TaskKind.DUE_TOO_LATE,
        TaskKind.NOT_RECEIVED,
    }

    look_s = 0.3
    by_course = frozenset(
        {
            TaskKind.NO_LENDER,
            TaskKind.CONDITIONS,
            TaskKind.CONTRADICTION,
            TaskKind.NOT_RECEIVED,
            TaskKind.LENDER_RECALLS,
            TaskKind.READ_NOTE,
            TaskKind.HAND_OVER,
            TaskKind.PRICE,
        }
    )

    def __init__(self, world: OrderWorld, desk: Desk, ils: Ils) -> None:
        super().__init__(world.seed, desk, ils)
        self._plans: dict[str, OrderPlan] = {plan.id: plan for plan in world.plans}
        self._first_seen_at: dict[str, float] = {}
        self._answered_at: dict[str, float] = {}
        self._due_before: dict[str, str] = {}
        self._owed: set[str] = set()
        """Requests whose item was said to be handed out, and is not lent in the ILS yet."""
        self._at_desk: dict[str, bool] = {}
        """Of a request: whether its customer brings the item to the desk itself."""
        self._asked_at: dict[str, float] = {}
        """When a lender was last asked what became of what was sent back."""
        self._done: set[tuple[str, StaffAction]] = set()
        self._unreceived: dict[str, str] = {}
        """Requests of which somebody has clicked to undo the receipt, with the barcode that stood for the item."""
        self._in_hand: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By item: two pairs of hands see the same screen, but only one of them holds the item over the scanner."""

    # ── what is due ──────────────────────────────────────────────────────────────────────────────

    async def hand(self, line: Json) -> None:
        """See Technician."""
        plan, state = self._plans[order_of(line["title"])], State(line["state"])
        match state:
            case State.ON_ITS_WAY if plan.course is Course.LOST_ON_ITS_WAY:
                await self.act(line["id"], StaffAction.MARK_LOST)
            case State.ON_ITS_WAY:
                again = plan.course is Course.RESENT and line["id"] not in self._unreceived
                await self.act(line["id"], StaffAction.RECEIVE, undo_s=UNDO_S if again else 0.0)
            case State.RECEIVING:
                await self._receiving(line, plan)
            case State.ON_SHELF:
                await self._on_shelf(line, plan)
            case State.WITH_CUSTOMER:
                await self._with_customer(line, plan)
            case State.TO_RETURN:
                await self._to_return(line, plan)
            case State.SENT_BACK:
                await self._sent_back(line, plan)
            case State.COPY_HERE:
                await self.act(line["id"], StaffAction.HANDED_OVER)
            case _ if plan.course in CALLED_OFF and state is not State.DECIDING:
                await self._call_off(line, plan)

    async def _is_within_reach(self, items: list[str], plan: OrderPlan) -> bool:
        """Nobody but the customer has it."""
        for item in items:
            status = (await self._ils.ask("item", barcode=item))["status"]
            if status in OUT and await self._ils.loan(plan.customer, item) is None:
                return False
        return True

    async def _call_off(self, line: Json, plan: OrderPlan) -> None:
        seen_at = self._first_seen_at.setdefault(line["id"], time.monotonic())
        if plan.course is Course.KEPT_TO and line["state"] != State.PROMISED:
            return
        if time.monotonic() - seen_at >= plan.hurry_s:
            await self._once(line["id"], StaffAction.CALL_OFF)

    async def _once(self, request: str, action: StaffAction) -> None:
        """Click once; a click that came to nothing is made again as long as it may."""
        if (request, action) not in self._done:
            await self.act(request, action)
            self._done.add((request, action))

    async def _receiving(self, line: Json, plan: OrderPlan) -> None:
        """Some of what is not wanted goes back, or is lost, before it is held for the customer."""
        if not plan.waits and plan.course is Course.LOST_HERE:
            await self._lose(line["id"])
        if not plan.waits and (plan.course is Course.NEVER_FETCHED or (line["id"], StaffAction.CALL_OFF) in self._done):
            await self.act(line["id"], StaffAction.SEND_BACK)

    async def _lose(self, request: str) -> None:
        """Once: found by the second pair of hands (received from a screen of before), it is not lost again, and goes back."""
        if (request, StaffAction.MARK_LOST) in self._done:
            return await self.act(request, StaffAction.SEND_BACK)
        return await self._once(request, StaffAction.MARK_LOST)

    async def _on_shelf(self, line: Json, plan: OrderPlan) -> None:
        """The branch puts it on the hold shelf, and the customer fetches it; or not."""
        (item,) = line["item_barcodes"]
        if not await self._is_within_reach([item], plan):
            return None
        if plan.course is Course.LOST_HERE:
            return await self._lose(line["id"])
        if plan.course in _HELD_BACK_FOR or (line["id"], StaffAction.CALL_OFF) in self._done:
            came_back = plan.course is Course.EXPIRED
            return await self.act(line["id"], StaffAction.CAME_BACK if came_back else StaffAction.SEND_BACK)
        async with self._in_hand[item]:
            if plan.course is Course.RESENT and line["id"] not in self._unreceived:
                self._unreceived[line["id"]] = item
                return await self.act(line["id"], StaffAction.UNDO)
            if not await self._has_strap(line["id"], item):
                return None  # it is taken for nothing that is on the shelf
            status = (await self._ils.ask("item", barcode=item))["status"]
            if status not in OUT and (line["id"], StaffAction.HANDED_OUT) not in self._done:
                await self._hand_out(line["id"], item, plan)
        return None

    async def _has_strap(self, request: str, item: str) -> bool:
        """Whether the barcode still stands for the item. Who has clicked to undo its receipt asks: the answer may have been lost."""
        return self._unreceived.get(request) != item or item in items_of(await self.afresh({"id": request}))

    async def _hand_out(self, request: str, item: str, plan: OrderPlan) -> None:
        """To the customer. Some say so before the ILS knows it, some after, and of most it is seen."""
        await self._ils.ask("return", barcode=item, branch=PICKUP)
        is_early = self.misreads and self._chance.random() < 0.3
        if is_early and await self._ils.is_kept_for(plan.customer, item):
            self._owed.add(request)
            await self.act(request, StaffAction.HANDED_OUT)
            await asyncio.sleep(EARLY_S * self._chance.random())
        await self._lend(request, item, plan)
        if self._chance.random() < 0.2:
            await self.act(request, StaffAction.HANDED_OUT)

    async def _lend(self, request: str, item: str, plan: OrderPlan) -> None:
        """In the ILS, once, whoever of the desk does it."""
        if (request, StaffAction.HANDED_OUT) in self._done:
            return
        self._done.add((request, StaffAction.HANDED_OUT))
        try:
            await self._ils.ask("borrow", barcode=item, customer=plan.customer)
        except NotNow:
            self._done.discard((request, StaffAction.HANDED_OUT))
            raise
        self._owed.discard(request)

    async def _lend_what_is_owed(self, request: str, item: str, plan: OrderPlan) -> None:
        """Who said that it was handed out could not lend it in the ILS: it is done now, before anything else is done with it."""
        if request in self._owed and not self._in_hand[item].locked():
            await self._lend(request, item, plan)

    async def _to_return(self, line: Json, plan: OrderPlan) -> None:
        """Into a parcel, unless somebody else has it, who brings it back."""
        items, looked_at = line["item_barcodes"], datetime.now(UTC)
        if await self._is_within_reach(items, plan):
            await self._take_strangers_off(items, plan)
            again = plan.course is Course.RESENT and (line["id"], StaffAction.UNDO) not in self._done
            undo_s = UNDO_S if again else 0.0
            await self.scan(items, line["id"], StaffAction.SEND_BACK, since=looked_at, undo_s=undo_s)

    async def _take_strangers_off(self, items: list[str], plan: OrderPlan) -> None:
        """What is kept for a stranger is the lender's all the same: the hold comes off in the ILS, and he is told."""
        for item in items:
            status = (await self._ils.ask("item", barcode=item))["status"]
            if status == KEPT and not await self._ils.is_kept_for(plan.customer, item):
                for card in CARDS:
                    with contextlib.suppress(NotNow):  # he has none
                        await self._ils.ask("cancel_hold", customer=card, item=item)

    async def _sent_back(self, line: Json, plan: OrderPlan) -> None:
        """Some is undone; and of what the lender says nothing about, it is asked."""
        asked_at = self._asked_at.setdefault(line["id"], time.monotonic())
        if time.monotonic() - asked_at > ASKS_AFTER_S:
            self._asked_at[line["id"]] = time.monotonic()
            await self.act(line["id"], StaffAction.ASK_STATUS)
        elif plan.course is Course.RESENT:
            await self._once(line["id"], StaffAction.UNDO)

    async def _with_customer(self, line: Json, plan: OrderPlan) -> None:
        """For as long as the customer keeps it, and what happens meanwhile."""
        (item,) = line["item_barcodes"]
        await self._lend_what_is_owed(line["id"], item, plan)
        if plan.course is Course.LOST:
            await self._ils.ask("lost", barcode=item)
            return await self.act(line["id"], StaffAction.MARK_LOST)
        if not await self._has_had_enough(line, plan):
            return None
        loan = await self._ils.loan(plan.customer, item)
        if loan is not None:
            if self._at_desk.setdefault(line["id"], self._chance.random() < 0.3):  # where it is scanned for the lender
                return await self.act(line["id"], StaffAction.SEND_BACK)
            await self._ils.ask("return", barcode=item, branch=PICKUP)
            if self._chance.random() < 0.2:  # else it is seen
                await self.act(line["id"], StaffAction.CAME_BACK)
        return None

    async def _has_had_enough(self, line: Json, plan: OrderPlan) -> bool:
        """Whether the customer brings it back now."""
        if plan.course not in {Course.RENEWED, Course.NOT_RENEWED, Course.RECALLED}:
            return True
        request = (await self._desk.get(f"/requests/{line['id']}"))["request"]
        if plan.course is Course.RECALLED:
            had_since = self._answered_at.setdefault(line["id"], time.monotonic())
            return bool(request["borrowing"].get("recalled_at")) or time.monotonic() - had_since > WAITS_S
        (item,) = line["item_barcodes"]
        due = (await self._ils.ask("item", barcode=item))["due"]
        self._due_before.setdefault(line["id"], due)
        if (line["id"], StaffAction.ASK_RENEWAL) not in self._done:
            await self._once(line["id"], StaffAction.ASK_RENEWAL)
            return False
        if request["borrowing"].get("renewal_asked_at"):
            return False
        answered_at = self._answered_at.setdefault(line["id"], time.monotonic())
        is_longer = due != self._due_before[line["id"]] or not request.get("renewals")
        return time.monotonic() - answered_at > (KEEPS_S if is_longer else WAITS_S)

    # ── what was left to people ──────────────────────────────────────────────────────────────────

    async def resolve(self, task: Json, request: Json) -> None:
        """See Technician."""
        kind, state = TaskKind(task["kind"]), State(request["state"])
        resolve = _RESOLVING.get((kind, state)) or _RESOLVING.get(kind)
        if resolve is not None:
            await resolve(self, task, request)

    def _customer(self, request: Json) -> str:
        return self._plans[order_of(request["wanted"]["title"])].customer

    async def _let_go(self, task: Json, request: Json) -> None:
        """A doubt may rest on a wrong answer of the circulation system: look again."""
        await self.act(request["id"], StaffAction.SEARCH_AGAIN)

    async def _no_lender(self, task: Json, request: Json) -> None:
        await self.act(request["id"], StaffAction.ANSWER_UNFILLED)

    async def _accept(self, task: Json, request: Json) -> None:
        await self.act(request["id"], StaffAction.ACCEPT if self._chance.random() < 0.7 else StaffAction.NEXT_LENDER)

    async def _see_hold(self, task: Json, request: Json) -> None:
        """Is the customer's hold there? If not, it is placed here, unless the customer has been served while the ILS was asked."""
        for item in items_of(request):
            async with self._in_hand[item]:
                has_hold = await self._ils.has_hold(self._customer(request), item)
                if await self.has_gone_on(request):
                    return
                if not has_hold:
                    await self._ils.ask("hold", customer=self._customer(request), item=item, pickup=PICKUP)
        await self.act(request["id"], StaffAction.DONE_BY_HAND, task=task["id"])

    async def _check_in_here(self, task: Json, request: Json) -> None:
        if await self.has_gone_on(request):
            return
        if State(request["state"]) is State.TAKING_BACK:
            await self._without_hold(request, *items_of(request))
        for item in items_of(request):
            await self._ils.ask("return", barcode=item, branch=DESK)
        await self.act(request["id"], StaffAction.DONE_BY_HAND, task=task["id"])

    async def _take_hold_off(self, task: Json, request: Json) -> None:
        """And go on."""
        await self._without_hold(request, *items_of(request))
        await self.act(request["id"], StaffAction.TRY_AGAIN)

    async def _stray_hold(self, task: Json, request: Json) -> None:
        """On the barcode that the task names, which the request may have no more; the hold on the one that it has now stays."""
        await self._without_hold(request, *(_BARCODE.findall(task["words"]) or items_of(request)))
        await self.close(task, "Looked in the ILS: no hold is left that nobody wants.")

    async def _without_hold(self, request: Json, *items: str) -> None:
        for item in items:
            if await self._ils.has_hold(self._customer(request), item):
                await self._ils.ask("cancel_hold", customer=self._customer(request), item=item)

    async def _other_barcode(self, task: Json, request: Json) -> None:
        """The pool was said to have none: look once more."""
        await self.act(request["id"], StaffAction.RECEIVE)

    async def _trapped(self, task: Json, request: Json) -> None:
        """Somebody else holds it or has it on loan: once that is over, it is checked in again."""
        if await self._is_within_reach(items_of(request), self._plans[order_of(request["wanted"]["title"])]):
            await self.act(request["id"], StaffAction.TRY_AGAIN)

    async def _renew_here(self, task: Json, request: Json) -> None:
        """Renewed in the ILS, where it is not yet: the due date tells."""
        (item,) = items_of(request)
        await self._lend_what_is_owed(request["id"], item, self._plans[order_of(request["wanted"]["title"])])
        loan = await self._ils.loan(self._customer(request), item)
        if loan is not None:
            await self.act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"], task=task["id"])

    async def _pay(self, task: Json, request: Json) -> None:
        """Paid: in the ILS the customer's loan and hold end."""
        if await self.has_gone_on(request):
            return
        for item in items_of(request):
            if await self._ils.loan(self._customer(request), item) is not None:
                await self._ils.ask("return", barcode=item, branch=DESK)
        await self.act(request["id"], StaffAction.PAID)

    async def _see_contradiction(self, task: Json, request: Json) -> None:
        if request["borrowing"].get("sent_as_well"):
            return await self.act(request["id"], StaffAction.SEND_OTHER_BACK)
        return await self.close(task, "Seen: what comes is sent back.")

    async def _acknowledge(self, task: Json, request: Json) -> None:
        await self.close(task, "Seen.")

    async def _hand_over(self, task: Json, request: Json) -> None:
        await self.act(request["id"], StaffAction.HANDED_OVER)

    async def _wait(self, task: Json, request: Json) -> None:
        """A deadline or a question: what is due is done all the same."""
        if State(request["state"]) in FINALS | {State.SENT_BACK}:
            await self.close(task, "Over.")


Resolve = Callable[[BorrowingTechnician, Json, Json], Awaitable[None]]
# fmt: off
_RESOLVING: Final[Mapping[TaskKind | tuple[TaskKind, State], Resolve]] = {
    TaskKind.CUSTOMER_BLOCKED:  BorrowingTechnician._let_go,
    TaskKind.DUPLICATE:         BorrowingTechnician._let_go,
    TaskKind.OWNED:             BorrowingTechnician._let_go,
    TaskKind.NOTE_TELLS:        BorrowingTechnician._let_go,
    TaskKind.WORK_UNCLEAR:      BorrowingTechnician._let_go,
    TaskKind.NO_LENDER:         BorrowingTechnician._no_lender,
    TaskKind.CONDITIONS:        BorrowingTechnician._accept,
    TaskKind.PLACE_HOLD:        BorrowingTechnician._see_hold,
    TaskKind.RECEIVE:           BorrowingTechnician._check_in_here,
    TaskKind.BARCODES:          BorrowingTechnician._other_barcode,
    TaskKind.TRAPPED:           BorrowingTechnician._trapped,
    TaskKind.CANCEL_HOLD:       BorrowingTechnician._take_hold_off,
    TaskKind.STRAY_HOLD:        BorrowingTechnician._stray_hold,
    TaskKind.CHECK_IN:          BorrowingTechnician._check_in_here,
    TaskKind.RENEW_HERE:        BorrowingTechnician._renew_here,
    TaskKind.PRICE:             BorrowingTechnician._pay,
    TaskKind.HAND_OVER:         BorrowingTechnician._hand_over,
    TaskKind.CONTRADICTION:     BorrowingTechnician._see_contradiction,
    TaskKind.READ_NOTE:         BorrowingTechnician._acknowledge,
    TaskKind.NOT_RECEIVED:      BorrowingTechnician._acknowledge,
    TaskKind.RENEWAL_SILENT:    BorrowingTechnician._acknowledge,
    TaskKind.LENDER_RECALLS:    BorrowingTechnician._wait,
    TaskKind.LENDER_OVERDUE:    BorrowingTechnician._wait,
    TaskKind.DUE_TOO_LATE:      BorrowingTechnician._wait,
}
"""What is done about a task, by its kind, or by its kind and the state of its request."""
# fmt: on
