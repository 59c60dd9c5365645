"""The technician of a run: does through the JSON API what a person at the interlibrary-loan desk does, and counts what was left to people.

A step is done when the gateway's own lists and tasks say that it is due. What a task asks is found out where a person
would look: in the circulation system itself (its control port stands for the ILS's screen). The only thing known from
elsewhere is where an item is in the house: what the loan's course says of shelf and mail. What is due and how a task is
resolved stands in desk_lending.py and desk_borrowing.py.
"""

import asyncio
import contextlib
import copy
import random
import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Final, Self

import aiohttp

from gateway.demo.stage.processes import Unreachable
from gateway.demo.stage.talk import AcsControl, SaidNo
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.faults.breaches import Scan
from tests.faults.settings import Ports

LOOK_S: Final = 0.1
TASK_PATIENCE_S: Final = 0.5
"""How long a task lies before somebody looks at it."""
AT_ONCE: Final = 8
WAIT_BY_THEMSELVES: Final = frozenset({TaskKind.NOT_TOLD, TaskKind.STUCK})
"""Tasks of work that goes on trying: a person looks whether the line is up, and there is nothing to click."""
UNDO_S: Final = 2.0
LATE_S: Final = 2.0
"""How long a second pair of hands may take from what it saw to what it does."""

RECONCILE_S: Final = 900.0

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

    async def reconcile(self) -> Json:
        """Compare the circulation system's books with ours, which takes its time where the pool is large. Raises NotNow."""
        return await self._call("POST", "/acs/reconcile", timeout=aiohttp.ClientTimeout(total=RECONCILE_S))

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

    async def is_kept_for(self, account: str, item: str) -> bool:
        """Whether the item stands on the hold shelf for the account."""
        return item in await self._of(account, "ready_holds")

    async def keeper(self, item: str) -> str | None:
        """The account for whose hold the item is kept, or on its way."""
        holds = (await self.ask("books"))["holds"]
        return next((str(hold["customer"]) for hold in holds if hold["trapped"] == item), None)

    async def _of(self, account: str, *lists: str) -> set[str]:
        information = await self.ask("customer", barcode=account)
        return {barcode for name in lists for barcode in information[name]}


class Technician(ABC):
    """One person with a screen, some patience, and a list of what was left to her."""

    finals: ClassVar[frozenset[State]]
    hands: ClassVar[tuple[State, ...]]
    """The states in which the desk has something to do."""
    goes_on: ClassVar[frozenset[TaskKind]] = WAIT_BY_THEMSELVES
    """Tasks beside which the next step is done all the same."""

    look_s: ClassVar[float] = LOOK_S
    """Between two rounds."""
    by_course: ClassVar[frozenset[TaskKind]] = frozenset()
    """Tasks that the course of a loan brings about, with nothing going wrong."""

    def __init__(self, seed: int, desk: Desk, ils: Ils) -> None:
        self._desk = desk
        self._ils = ils
        self._chance = random.Random(f"technician {seed}")
        self._seen_at: dict[int, float] = {}
        self._busy: set[str] = set()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._late_s = 0.0
        self.misreads = 0.0
        """How often another title's barcode is scanned."""
        self.tasks: dict[int, Json] = {}
        """Every task that was ever seen, by number."""
        self.refused: Counter[str] = Counter()
        self.scans: dict[str, list[Scan]] = defaultdict(list)
        """When an item was scanned, by its barcode."""

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                with contextlib.suppress(NotNow):  # the next round looks again
                    await self._round(group)
                await asyncio.sleep(self.look_s)

    def colleague(self) -> Self:
        """A second pair of hands: it knows of the house what the first knows, sees the same screen, and acts late on what it saw."""
        other = copy.copy(self)
        other._chance = random.Random(f"colleague {self._chance.random()}")
        other._seen_at, other._busy = {}, set()
        other._late_s = LATE_S
        return other

    async def _take_time(self) -> None:
        if self._late_s:
            await asyncio.sleep(self._late_s * self._chance.random())

    async def _round(self, group: asyncio.TaskGroup) -> None:
        tasks = (await self._desk.get("/tasks"))["tasks"]
        open_for: dict[str, list[Json]] = {}
        for task in tasks:
            self.tasks[task["id"]] = task
            self._seen_at.setdefault(task["id"], time.monotonic())
            open_for.setdefault(task["request"], []).append(task)
        query = [("state", state.value) for state in self.hands] + [("limit", "200")]
        lines = (await self._desk.look("/requests", query))["requests"]
        for line in lines:
            if line["id"] not in open_for:
                self._begin(group, line["id"], partial(self.hand, line))
        for request, its in open_for.items():
            self._begin(group, request, partial(self._resolve_all, request, its))
        await self._see_to_acs()

    def _begin(self, group: asyncio.TaskGroup, request: str, work: Callable[[], Awaitable[None]]) -> None:
        if request not in self._busy:
            self._busy.add(request)
            group.create_task(self._do(request, work))

    async def _do(self, request: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            with self._refusals():
                await self._take_time()
                async with self._gate:
                    await work()
        finally:
            self._busy.discard(request)

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        """Count what nothing came of; the next round looks again."""
        try:
            yield
        except NotNow as refusal:
            self.refused[str(refusal)[:80]] += 1

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

    @abstractmethod
    async def hand(self, line: Json) -> None:
        """The next step with a request (a line of the list), if there is one now."""

    @abstractmethod
    async def resolve(self, task: Json, request: Json) -> None:
        """Do what a task asks for. Raises NotNow."""

    async def _resolve_all(self, request: str, tasks: list[Json]) -> None:
        now = time.monotonic()
        due = [task for task in tasks if now - self._seen_at[task["id"]] >= TASK_PATIENCE_S]
        goes_on = all(task["kind"] in self.goes_on for task in tasks)
        if not (due or goes_on):
            return
        shown = await self._desk.get(f"/requests/{request}")
        await self._take_time()
        for task in due:
            if task["kind"] not in WAIT_BY_THEMSELVES:
                with self._refusals():  # one that can't be answered yet keeps nobody from the next
                    await self.resolve(task, shown["request"])
        if goes_on:
            await self.hand(_line_of(shown["request"]))

    async def afresh(self, request: Json) -> Json:
        """A request as it is now: what is done in the ILS is not done on old news. Raises NotNow."""
        return dict((await self._desk.get(f"/requests/{request['id']}"))["request"])

    async def has_gone_on(self, request: Json) -> bool:
        """Whether it is in another state by now. Raises NotNow."""
        return bool((await self.afresh(request))["state"] != request["state"])

    async def act(self, request: str, action: StaffAction, **details: Any) -> None:
        """Click on an action. Raises NotNow."""
        await self._desk.click(f"/requests/{request}/actions/{action}", **details)

    async def scan(
        self, items: Iterable[str], request: str, action: StaffAction, *, since: datetime, **details: Any
    ) -> None:
        """Click on an action with items in hand since the look where they are. Raises NotNow."""
        try:
            await self.act(request, action, **details)
        finally:
            for item in items:
                self.scans[item].append(Scan(since=since, until=datetime.now(UTC)))

    async def close(self, task: Json, note: str) -> None:
        """A task needs no act of the workflow. Raises NotNow."""
        await self._desk.click(f"/tasks/{task['id']}/done", note=note, told=task.get("told", 1))


async def work_together(technicians: Iterable[Technician]) -> None:
    """All at the same desk, until cancelled; what stops one stops all."""
    async with asyncio.TaskGroup() as group:
        for technician in technicians:
            group.create_task(technician.run())


def items_of(request: Json) -> list[str]:
    """The barcodes of a request as the API shows it."""
    return [item["copy"]["item_barcode"] for item in request.get("items", ())]


def _line_of(request: Json) -> Json:
    return {
        "id": request["id"],
        "state": request["state"],
        "title": request.get("wanted", {}).get("title"),
        "partner_request_id": request["partner_request_id"],
        "item_barcodes": items_of(request),
    }
