"""The technician of a run: does through the JSON API what a person at the interlibrary-loan desk does, and counts what was left to people.

A step is done when the gateway's own lists and tasks say that it is due. What a task asks is found out where a person
would look: in the circulation system itself (its control port stands for the ILS's screen). The only thing known from
elsewhere is where an item is in the house: what the loan's course says of shelf and mail.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, Final

import aiohttp

from gateway.demo.processes import Unreachable
from gateway.demo.talk import AcsControl, SaidNo
from gateway.workflow.records import State, TaskKind
from gateway.workflow.triggers import StaffAction
from tests.faults.settings import Ports
from tests.faults.world import Course, LoanPlan, World

LOOK_S: Final = 0.1
TASK_PATIENCE_S: Final = 0.5
"""How long a task lies before somebody looks at it."""
AT_ONCE: Final = 8
WAIT_BY_THEMSELVES: Final = frozenset({TaskKind.NOT_TOLD, TaskKind.STUCK})
"""Tasks of work that goes on trying: a person looks whether the line is up, and there is nothing to click."""
UNDO_S: Final = 2.0
HANDS: Final = (State.WILL_SUPPLY, State.ARRIVED, State.CHECKED_OUT, State.LOANED, State.RETURNING)
"""The states in which the desk has something to do."""

Json = dict[str, Any]


class NotNow(Exception):  # noqa: N818 - the gateway is down, or said no; the next round looks again
    """Nothing came of a click."""


class Desk:
    """The technician's screen: the gateway's API, of whichever instance answers."""

    def __init__(self, session: aiohttp.ClientSession, token: str, serving: Callable[[], Ports | None]) -> None:
        self._session = session
        self._token = token
        self._serving = serving

    async def get(self, path: str, **query: Any) -> Json:
        """Look. Raises NotNow."""
        return await self._call("GET", path, params=query)

    async def look(self, path: str, query: list[tuple[str, str]]) -> Json:
        """Look, with a parameter more than once. Raises NotNow."""
        return await self._call("GET", path, params=query)

    async def click(self, path: str, **body: Any) -> Json:
        """Do. Raises NotNow."""
        return await self._call("POST", path, json=body)

    async def queue(self) -> list[str]:
        """The lanes of the queue in which something waits, with how much. Raises NotNow."""
        try:
            async with self._session.get(f"http://127.0.0.1:{self._ports().operations}/metrics") as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotNow(type(error).__name__) from error
        lines = [line for line in text.splitlines() if line.startswith("ill_queue_depth{")]
        return [line for line in lines if not line.endswith(" 0.0")]

    def _ports(self) -> Ports:
        ports = self._serving()
        if ports is None:
            raise NotNow("no gateway runs")
        return ports

    async def _call(self, method: str, path: str, **more: Any) -> Json:
        url = f"http://127.0.0.1:{self._ports().api}/api/v1{path}"
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with self._session.request(method, url, headers=headers, **more) as response:
                answer: Json = await response.json()
                if response.status >= 400:
                    raise NotNow(f"{response.status} {answer.get('detail', '')}")
                return answer
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NotNow(type(error).__name__) from error


class Ils:
    """The circulation system as a person sees it on a screen of its own."""

    def __init__(self, control: AcsControl) -> None:
        self._control = control

    async def ask(self, op: str, **arguments: Any) -> Any:
        """One operation of the control port. Raises NotNow."""
        try:
            return await asyncio.to_thread(self._control.ask, op, **arguments)
        except (Unreachable, SaidNo) as error:
            raise NotNow(str(error)) from error

    async def loan(self, account: str, item: str) -> Json | None:
        """The loan of an item to an account, if there is one."""
        found = await self._of(account, "charged")
        if item not in found:
            return None
        return dict(await self.ask("item", barcode=item))

    async def has_hold(self, account: str, item: str) -> bool:
        """Whether the account has a hold on the item."""
        found = await self._of(account, "ready_holds", "waiting_holds")
        return item in found

    async def _of(self, account: str, *lists: str) -> set[str]:
        information = await self.ask("customer", barcode=account)
        return {barcode for name in lists for barcode in information[name]}


class Technician:
    """One person with a screen, some patience, and a list of what was left to her."""

    def __init__(self, world: World, desk: Desk, ils: Ils) -> None:
        self._plans: dict[str, LoanPlan] = {plan.id: plan for plan in world.plans}
        self._desk = desk
        self._ils = ils
        self._chance = random.Random(f"technician {world.seed}")
        self._seen_at: dict[int, float] = {}
        self._busy: set[str] = set()
        self._undone: set[str] = set()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.tasks: dict[int, Json] = {}
        """Every task that was ever seen, by number."""
        self.refused: Counter[str] = Counter()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                with contextlib.suppress(NotNow):  # the next round looks again
                    await self._round(group)
                await asyncio.sleep(LOOK_S)

    async def _round(self, group: asyncio.TaskGroup) -> None:
        tasks = (await self._desk.get("/tasks"))["tasks"]
        open_for: dict[str, list[Json]] = {}
        for task in tasks:
            self.tasks[task["id"]] = task
            self._seen_at.setdefault(task["id"], time.monotonic())
            open_for.setdefault(task["request"], []).append(task)
        query = [("state", state.value) for state in HANDS] + [("limit", "200")]
        lines = (await self._desk.look("/requests", query))["requests"]
        for line in lines:
            if line["id"] not in open_for:
                self._begin(group, line["id"], self._hand(line))
        for request, its in open_for.items():
            self._begin(group, request, self._resolve_all(request, its))
        await self._see_to_acs()

    def _begin(self, group: asyncio.TaskGroup, request: str, work: Coroutine[Any, Any, None]) -> None:
        if request in self._busy:
            work.close()
            return
        self._busy.add(request)
        group.create_task(self._do(request, work))

    async def _do(self, request: str, work: Awaitable[None]) -> None:
        try:
            async with self._gate:
                await work
        except NotNow as refusal:
            self.refused[str(refusal)[:80]] += 1
        finally:
            self._busy.discard(request)

    async def _see_to_acs(self) -> None:
        """Logins that were refused are a matter for staff: resume."""
        if (await self._desk.get("/acs")).get("stopped"):
            await self._desk.click("/acs/resume")

    async def left(self, states: Iterable[str]) -> str:
        """What is not at rest yet, in words; empty where nothing is."""
        try:
            query = [*(("state", str(state)) for state in states), ("limit", "200")]
            lines = (await self._desk.look("/requests", query))["requests"]
            queue = await self._desk.queue()
            tasks = (await self._desk.get("/tasks"))["tasks"]
        except NotNow:
            return "the gateway does not answer"
        return " ".join(
            [
                *(f"{line['id']}:{line['state']}" for line in lines),
                *(f"{task['request']}:{task['kind']}" for task in tasks),
                *queue,
            ]
        )

    # ── what is due ──────────────────────────────────────────────────────────────────────────────

    async def _hand(self, line: Json) -> None:
        """The next step with an item, if there is one now."""
        plan = self._plans[line["partner_request_id"]]
        match State(line["state"]):
            case State.WILL_SUPPLY:
                await self._fetch(line, plan)
            case State.ARRIVED:
                again = plan.course is Course.UNDONE and line["id"] not in self._undone
                await self._act(line["id"], StaffAction.SHIP, undo_s=UNDO_S if again else 0.0)
            case State.CHECKED_OUT if plan.course is Course.UNDONE and line["id"] not in self._undone:
                self._undone.add(line["id"])
                await self._act(line["id"], StaffAction.UNDO)
            case State.LOANED if plan.course is Course.RECALLED:
                await self._recall(line)
            case State.RETURNING:
                await self._act(line["id"], StaffAction.CHECK_IN, item_barcodes=line["item_barcodes"])

    async def _fetch(self, line: Json, plan: LoanPlan) -> None:
        """To the shelf: it is there, or it is not."""
        missing = {Course.NOT_FOUND: plan.items, Course.OTHER_COPY: plan.items[:1]}.get(plan.course, ())
        if set(line["item_barcodes"]) & set(missing):
            await self._act(line["id"], StaffAction.CANNOT_FIND)
        elif plan.course is not Course.UNDONE and self._chance.random() < 0.2:
            await self._act(line["id"], StaffAction.SHIP)
        else:
            await self._act(line["id"], StaffAction.ARRIVE)

    async def _recall(self, line: Json) -> None:
        """Only what has been received can be wanted back."""
        shown = await self._desk.get(f"/requests/{line['id']}")
        if shown["request"].get("received_at"):
            await self._act(line["id"], StaffAction.RECALL)

    async def _act(self, request: str, action: StaffAction, **details: Any) -> None:
        await self._desk.click(f"/requests/{request}/actions/{action}", **details)

    # ── what was left to people ──────────────────────────────────────────────────────────────────

    async def _resolve_all(self, request: str, tasks: list[Json]) -> None:
        shown = await self._desk.get(f"/requests/{request}")
        for task in tasks:
            if time.monotonic() - self._seen_at[task["id"]] >= TASK_PATIENCE_S:
                await self._resolve(task, shown["request"])
        if all(task["kind"] in WAIT_BY_THEMSELVES for task in tasks):
            await self._hand(_line_of(shown["request"]))

    async def _resolve(self, task: Json, request: Json) -> None:
        kind, state = TaskKind(task["kind"]), State(request["state"])
        if kind in WAIT_BY_THEMSELVES:
            return
        resolve = _RESOLVING.get((kind, state)) or _RESOLVING.get(kind)
        if resolve is not None:
            await resolve(self, task, request)

    async def _see_hold(self, task: Json, request: Json) -> None:
        """Is our hold there?"""
        held = [await self._ils.has_hold(request["account"], item) for item in _items(request)]
        await self._act(request["id"], StaffAction.DONE_BY_HAND if all(held) else StaffAction.TRY_AGAIN)

    async def _see_hold_gone(self, task: Json, request: Json) -> None:
        """Is our hold off?"""
        held = [await self._ils.has_hold(request["account"], item) for item in _items(request)]
        await self._act(request["id"], StaffAction.TRY_AGAIN if any(held) else StaffAction.DONE_BY_HAND)

    async def _take_hold_off(self, task: Json, request: Json) -> None:
        """A hold of a copy given up, or that nobody wants: off, in the ILS."""
        account, plan = request["account"], self._plans[request["partner_request_id"]]
        wanted = set(_items(request)) if State(request["state"]) in _HOLDING else set()
        for item in set(plan.items) - wanted:
            if await self._ils.has_hold(account, item):
                await self._ils.ask("cancel_hold", customer=account, item=item)
        await self._close(task, "Looked in the ILS: no hold is left that nobody wants.")

    async def _see_loan(self, task: Json, request: Json) -> None:
        """Is it checked out to them?"""
        (item,) = _items(request)
        loan = await self._ils.loan(request["account"], item)
        if loan is not None:
            await self._act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"])
        else:
            await self._act(request["id"], StaffAction.NOT_DONE)

    async def _ship_again(self, task: Json, request: Json) -> None:
        await self._act(request["id"], StaffAction.SHIP)

    async def _see_loan_gone(self, task: Json, request: Json) -> None:
        """Is it checked in?"""
        (item,) = _items(request)
        loan = await self._ils.loan(request["account"], item)
        await self._act(request["id"], StaffAction.DONE_BY_HAND if loan is None else StaffAction.TRY_AGAIN)

    async def _see_renewal(self, task: Json, request: Json) -> None:
        """Was it renewed? The due date tells."""
        (item,) = _items(request)
        loan = await self._ils.loan(request["account"], item)
        if loan is not None and loan["due"][:10] > request["due_at"][:10]:
            await self._act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"])
        else:
            await self._act(request["id"], StaffAction.NOT_DONE)

    async def _check_due_date(self, task: Json, request: Json) -> None:
        """The ILS's due date counts."""
        (item,) = _items(request)
        loan = await self._ils.loan(request["account"], item)
        if loan is not None:
            await self._act(request["id"], StaffAction.DONE_BY_HAND, due_at=loan["due"])

    async def _have_in_hand(self, task: Json, request: Json) -> None:
        await self._act(request["id"], StaffAction.DONE_BY_HAND)

    async def _look_again(self, task: Json, request: Json) -> None:
        """The proposal may rest on a wrong answer of the circulation system: look again what there is."""
        await self._act(request["id"], StaffAction.SEARCH_AGAIN)

    async def _see_contradiction(self, task: Json, request: Json) -> None:
        """Bring the ILS into agreement with what is in the house, or the request with the ILS."""
        account = request["account"]
        for item in _items(request):
            loan = await self._ils.loan(account, item)
            if loan is not None and State(request["state"]) not in _OUT:
                await self._ils.ask("return", barcode=item, branch="ILL")
            if State(request["state"]) in _HOLDING and not await self._ils.has_hold(account, item):
                await self._ils.ask("hold", customer=account, item=item, pickup="ILL")
        await self._close(task, "Looked in the ILS, and set it right.")

    async def _acknowledge(self, task: Json, request: Json) -> None:
        await self._close(task, "Seen.")

    async def _close(self, task: Json, note: str) -> None:
        await self._desk.click(f"/tasks/{task['id']}/done", note=note)


_HOLDING = frozenset({State.RESERVING, State.WILL_SUPPLY, State.ARRIVING, State.ARRIVED})
_OUT = frozenset({State.CHECKING_OUT, State.CHECKED_OUT, State.LOANED, State.OVERDUE, State.RECALLED, State.RENEWING, State.RETURNING, State.CHECKING_IN})  # fmt: skip

Resolve = Callable[[Technician, Json, Json], Awaitable[None]]
# fmt: off
_RESOLVING: Final[Mapping[TaskKind | tuple[TaskKind, State], Resolve]] = {
    TaskKind.ANSWER:                              Technician._look_again,
    (TaskKind.PLACE_HOLD, State.RESERVING):           Technician._see_hold,
    (TaskKind.CANCEL_HOLD, State.RELEASING):          Technician._see_hold_gone,
    (TaskKind.CANCEL_HOLD, State.CANCELLING):         Technician._see_hold_gone,
    TaskKind.CANCEL_HOLD:                         Technician._take_hold_off,
    (TaskKind.CHECK_OUT, State.ARRIVED):              Technician._ship_again,
    (TaskKind.CHECK_OUT, State.CHECKING_OUT):         Technician._see_loan,
    (TaskKind.FIND_OUT, State.CHECKING_OUT):          Technician._see_loan,
    (TaskKind.FIND_OUT, State.ARRIVING):              Technician._have_in_hand,
    (TaskKind.CHECK_IN, State.CHECKING_IN):           Technician._see_loan_gone,
    (TaskKind.CHECK_IN, State.UNDOING):               Technician._see_loan_gone,
    TaskKind.RENEW:                               Technician._see_renewal,
    TaskKind.DUE_DATE:                            Technician._check_due_date,
    TaskKind.CONTRADICTION:                       Technician._see_contradiction,
    TaskKind.TRAPPED:                             Technician._acknowledge,
    TaskKind.READ_NOTE:                           Technician._acknowledge,
    TaskKind.CANNOT_FIND:                         Technician._acknowledge,
}
"""What is done about a task, by its kind, or by its kind and the state of its request."""
# fmt: on


def _items(request: Json) -> list[str]:
    return [item["copy"]["item_barcode"] for item in request.get("items", ())]


def _line_of(request: Json) -> Json:
    return {
        "id": request["id"],
        "state": request["state"],
        "partner_request_id": request["partner_request_id"],
        "item_barcodes": _items(request),
    }
