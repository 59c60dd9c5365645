"""The technician of a run in which we lend: fetches, checks in and out, sends, takes back, and resolves what is left to people."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from gateway.workflow.lending.groups import FINALS
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import Deed, StaffAction
from tests.faults.technician import UNDO_S, Desk, Ils, Json, Technician, items_of
from tests.faults.world import Course, LoanPlan, World

CHARGED: Final = frozenset({"04", "05", "07", "11", "12"})
"""Circulation statuses of an item that somebody has."""
PUT_BACK: Final = frozenset({State.WILL_SUPPLY, State.RELEASING, State.CANCELLING})
"""States of a request whose item is not in anybody's hands."""
ON_THE_SHELF: Final = "03"
KEPT: Final = frozenset({"08"})
BRANCH: Final = "EXC"
AT_COUNTER: Final = 0.15


class LendingTechnician(Technician):
    """Who does it."""

    finals = FINALS
    hands = (State.WILL_SUPPLY, State.ARRIVED, State.CHECKED_OUT, State.LOANED, State.RETURNING, State.CHECKED_IN)

    def __init__(self, world: World, desk: Desk, ils: Ils) -> None:
        super().__init__(world.seed, desk, ils)
        self._plans: dict[str, LoanPlan] = {plan.id: plan for plan in world.plans}
        self._world = world
        self._fetched_for: dict[str, str] = {}
        """The request for which an item was last taken from the shelf."""
        self._undone: set[str] = set()
        self._lent_again: set[str] = set()
        """Requests of which a check-in was undone."""
        self._gives_up: dict[str, bool] = {}
        """Of a request whose item somebody else has: whether it is given up."""
        self._at_counter: dict[str, bool] = {}
        """Of a request whose item comes back: whether the parcel is opened at a branch, where nobody knows of the gateway."""

    # ── what is due ──────────────────────────────────────────────────────────────────────────────

    async def hand(self, line: Json) -> None:
        """See Technician."""
        plan = self._plans[line["partner_request_id"]]
        match State(line["state"]):
            case State.WILL_SUPPLY:
                await self._fetch(line, plan)
            case State.ARRIVED:
                await self._ship(line, plan)
            case State.CHECKED_OUT if plan.course is Course.UNDONE and line["id"] not in self._undone:
                self._undone.add(line["id"])
                await self.act(line["id"], StaffAction.UNDO)
            case State.LOANED if plan.course is Course.RECALLED:
                await self._recall(line)
            case State.RETURNING:
                await self._take_back(line, plan)
            case State.CHECKED_IN if line["id"] not in self._lent_again:
                self._lent_again.add(line["id"])
                await self.act(line["id"], StaffAction.UNDO)

    async def _fetch(self, line: Json, plan: LoanPlan) -> None:
        """To the shelf: it is there, or it is not."""
        missing = {Course.NOT_FOUND: plan.items, Course.OTHER_COPY: plan.items[:1]}.get(plan.course, ())
        if set(line["item_barcodes"]) & set(missing):
            await self.act(line["id"], StaffAction.CANNOT_FIND)
            return
        looked_at = datetime.now(UTC)
        if not await self._is_within_reach(line, plan):
            await self._do_without(line)
        else:
            self._fetched_for.update(dict.fromkeys(line["item_barcodes"], line["id"]))
            if plan.course is not Course.UNDONE and self._chance.random() < 0.2:
                await self.act(line["id"], StaffAction.SHIP)
            else:
                await self._scan(line, looked_at)

    async def _scan(self, line: Json, looked_at: datetime) -> None:
        """The item of the request; by mistake, the one beside it on the trolley."""
        scanned = line["item_barcodes"]
        if self._chance.random() < self.misreads:
            now = datetime.now(UTC)
            beside = self._chance.choice([item for plan in self._plans.values() for item in plan.items])
            if (await self._ils.ask("item", barcode=beside))["status"] == ON_THE_SHELF:
                scanned, looked_at = [beside], now
        await self.scan(scanned, line["id"], StaffAction.ARRIVE, since=looked_at, item_barcodes=scanned)

    async def _ship(self, line: Json, plan: LoanPlan) -> None:
        again = plan.course is Course.UNDONE and line["id"] not in self._undone
        if await self._is_within_reach(line, plan):
            await self.act(line["id"], StaffAction.SHIP, undo_s=UNDO_S if again else 0.0)
        else:  # the hold was filled once, and others are before us now
            await self.act(line["id"], StaffAction.CANNOT_FIND)

    async def _is_within_reach(self, line: Json, plan: LoanPlan) -> bool:
        """Nobody else has it, and it is not kept for anybody else, nor fetched for another request."""
        account = self._world.seat(plan.seat).account
        for item in line["item_barcodes"]:
            if await self._is_fetched_for_another(line["id"], item):
                return False
            status = (await self._ils.ask("item", barcode=item))["status"]
            if status in CHARGED or (status in KEPT and not await self._ils.is_kept_for(account, item)):
                return False
        return True

    async def _is_fetched_for_another(self, request: str, item: str) -> bool:
        holder = self._fetched_for.get(item, request)
        if holder == request:
            return False
        state = State((await self._desk.get(f"/requests/{holder}"))["request"]["state"])
        return state not in FINALS | PUT_BACK

    async def _do_without(self, line: Json) -> None:
        """Some wait until it is there, others give up looking."""
        self._gives_up.setdefault(line["id"], self._chance.random() < 0.3)
        if self._gives_up[line["id"]]:
            await self.act(line["id"], StaffAction.CANNOT_FIND)

    async def _take_back(self, line: Json, plan: LoanPlan) -> None:
        """Out of the parcel and under the scanner; unless a branch has checked it in already, and put it where anybody can take it."""
        account = self._world.seat(plan.seat).account
        out = [item for item in line["item_barcodes"] if await self._ils.loan(account, item) is not None]
        is_at_counter = self._at_counter.setdefault(line["id"], self._chance.random() < AT_COUNTER)
        if out and is_at_counter and plan.course is not Course.UNDONE:
            for item in out:
                await self._ils.ask("return", barcode=item, branch=BRANCH)
        elif out:
            again = plan.course is Course.UNDONE and line["id"] not in self._lent_again
            undo_s = UNDO_S if again else 0.0
            await self.act(line["id"], StaffAction.CHECK_IN, item_barcodes=line["item_barcodes"], undo_s=undo_s)
        else:
            await self.act(line["id"], StaffAction.DONE_BY_HAND, did=Deed.CHECKIN)

    async def _recall(self, line: Json) -> None:
        """Only what has been received can be wanted back."""
        shown = await self._desk.get(f"/requests/{line['id']}")
        if shown["request"].get("received_at"):
            await self.act(line["id"], StaffAction.RECALL)

    # ── what was left to people ──────────────────────────────────────────────────────────────────

    async def resolve(self, task: Json, request: Json) -> None:
        """See Technician."""
        kind, state = TaskKind(task["kind"]), State(request["state"])
        resolve = _RESOLVING.get((kind, state)) or _RESOLVING.get(kind)
        if resolve is not None:
            await resolve(self, task, request)

    async def _see_hold(self, task: Json, request: Json) -> None:
        """Is our hold there?"""
        held = [await self._ils.has_hold(request["account"], item) for item in items_of(request)]
        await self.act(request["id"], StaffAction.DONE_BY_HAND if all(held) else StaffAction.TRY_AGAIN, task=task["id"])

    async def _see_hold_gone(self, task: Json, request: Json) -> None:
        """Is our hold off?"""
        held = [await self._ils.has_hold(request["account"], item) for item in items_of(request)]
        await self.act(request["id"], StaffAction.TRY_AGAIN if any(held) else StaffAction.DONE_BY_HAND, task=task["id"])

    async def _take_hold_off(self, task: Json, request: Json) -> None:
        """A hold of a copy given up, or that nobody wants: off, in the ILS."""
        request = await self.afresh(request)
        account, plan = request["account"], self._plans[request["partner_request_id"]]
        wanted = set(items_of(request)) if State(request["state"]) in _HOLDING else set()
        for item in set(plan.items) - wanted:
            if await self._ils.has_hold(account, item):
                await self._ils.ask("cancel_hold", customer=account, item=item)
        await self.close(task, "Looked in the ILS: no hold is left that nobody wants.")

    async def _see_loan(self, task: Json, request: Json) -> None:
        """Is it checked out to them?"""
        (item,) = items_of(request)
        loan = await self._ils.loan(request["account"], item)
        if loan is not None:
            await self.act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"], task=task["id"])
        else:
            await self.act(request["id"], StaffAction.NOT_DONE, task=task["id"])

    async def _ship_again(self, task: Json, request: Json) -> None:
        """It was refused. What is on its way to the desk for somebody else's hold is laid aside for that one."""
        for item in items_of(request):
            if await self._ils.keeper(item) not in {None, request["account"]}:
                self._fetched_for.pop(item, None)
        plan = self._plans[request["partner_request_id"]]
        await self._ship({"id": request["id"], "item_barcodes": items_of(request)}, plan)

    async def _see_loan_gone(self, task: Json, request: Json) -> None:
        """Is it checked in?"""
        (item,) = items_of(request)
        loan = await self._ils.loan(request["account"], item)
        await self.act(
            request["id"], StaffAction.DONE_BY_HAND if loan is None else StaffAction.TRY_AGAIN, task=task["id"]
        )

    async def _see_renewal(self, task: Json, request: Json) -> None:
        """Was it renewed? The due date tells."""
        (item,) = items_of(request)
        loan = await self._ils.loan(request["account"], item)
        if loan is not None and loan["due"][:10] > request["due_at"][:10]:
            await self.act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"], task=task["id"])
        else:
            await self.act(request["id"], StaffAction.NOT_DONE, task=task["id"])

    async def _check_due_date(self, task: Json, request: Json) -> None:
        """The ILS's due date counts."""
        (item,) = items_of(request)
        loan = await self._ils.loan(request["account"], item)
        if loan is not None:
            await self.act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"], task=task["id"])

    async def _have_in_hand(self, task: Json, request: Json) -> None:
        await self.act(request["id"], StaffAction.DONE_BY_HAND, task=task["id"])

    async def _look_again(self, task: Json, request: Json) -> None:
        """The proposal may rest on a wrong answer of the circulation system: look again what there is."""
        await self.act(request["id"], StaffAction.SEARCH_AGAIN)

    async def _see_contradiction(self, task: Json, request: Json) -> None:
        """Bring the ILS into agreement with what is in the house, or the request with the ILS; what a customer has comes back."""
        account = request["account"]
        lent = "somebody else has" in task["words"]
        for item in () if lent else items_of(request):
            loan = await self._ils.loan(account, item)
            if loan is not None and State(request["state"]) not in _OUT:
                await self._ils.ask("return", barcode=item, branch="ILL")
            if State(request["state"]) in _HOLDING and not await self._ils.has_hold(account, item):
                await self._ils.ask("hold", customer=account, item=item, pickup="ILL")
        await self.close(task, "Looked in the ILS, and set it right.")

    async def _acknowledge(self, task: Json, request: Json) -> None:
        await self.close(task, "Seen.")


_HOLDING = frozenset({State.RESERVING, State.WILL_SUPPLY, State.ARRIVING, State.ARRIVED})
_OUT = frozenset({
    State.CHECKING_OUT, State.CHECKED_OUT, State.LOANED, State.OVERDUE, State.RECALLED, State.RENEWING, State.RETURNING, State.CHECKING_IN,
    State.LENDING_AGAIN,
})  # fmt: skip

Resolve = Callable[[LendingTechnician, Json, Json], Awaitable[None]]
# fmt: off
_RESOLVING: Final[Mapping[TaskKind | tuple[TaskKind, State], Resolve]] = {
    TaskKind.ANSWER:                              LendingTechnician._look_again,
    (TaskKind.PLACE_HOLD, State.RESERVING):           LendingTechnician._see_hold,
    (TaskKind.CANCEL_HOLD, State.RELEASING):          LendingTechnician._see_hold_gone,
    (TaskKind.CANCEL_HOLD, State.CANCELLING):         LendingTechnician._see_hold_gone,
    TaskKind.CANCEL_HOLD:                         LendingTechnician._take_hold_off,
    (TaskKind.CHECK_OUT, State.ARRIVED):              LendingTechnician._ship_again,
    (TaskKind.CHECK_OUT, State.CHECKING_OUT):         LendingTechnician._see_loan,
    (TaskKind.CHECK_OUT, State.LENDING_AGAIN):        LendingTechnician._see_loan,
    (TaskKind.FIND_OUT, State.CHECKING_OUT):          LendingTechnician._see_loan,
    (TaskKind.FIND_OUT, State.ARRIVING):              LendingTechnician._have_in_hand,
    (TaskKind.CHECK_IN, State.CHECKING_IN):           LendingTechnician._see_loan_gone,
    (TaskKind.CHECK_IN, State.UNDOING):               LendingTechnician._see_loan_gone,
    TaskKind.RENEW:                               LendingTechnician._see_renewal,
    TaskKind.DUE_DATE:                            LendingTechnician._check_due_date,
    TaskKind.CONTRADICTION:                       LendingTechnician._see_contradiction,
    TaskKind.TRAPPED:                             LendingTechnician._acknowledge,
    TaskKind.READ_NOTE:                           LendingTechnician._acknowledge,
    TaskKind.CANNOT_FIND:                         LendingTechnician._acknowledge,
}
"""What is done about a task, by its kind, or by its kind and the state of its request."""
# fmt: on
