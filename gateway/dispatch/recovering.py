"""After a restore: asks lenders where our requests stand, compares with the circulation system, and keeps what it finds of each open request.

While the store's row of recovery stands nothing else is claimed (store/recovery_port.py), so nothing here is overtaken. Comparing twice is harmless.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol

import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.dispatch.intake import Cause, Ruling
from gateway.dispatch.reconcile import Comparison, Reconciler
from gateway.dispatch.reconcile_pool import NAME as POOL
from gateway.iso18626.codes import Action
from gateway.mapping.recovery import LENDERS_WORD, LearnedOfRequest, beside
from gateway.store.port import AlreadyExists, Store, StoreError
from gateway.store.story_port import StoryLine
from gateway.workflow.borrowing import groups as borrowing
from gateway.workflow.borrowing_events import Sent, Unsent
from gateway.workflow.effects import SendAction
from gateway.workflow.events import AnyEvent, StaffActed, Stuck
from gateway.workflow.machine import Refused
from gateway.workflow.records import Request, Role
from gateway.workflow.recovery import Agreement, Recovery
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction

BY: Final = "gateway"
EVERY_S: Final = 15.0
"""How often it is looked whether a recovery has begun that nobody has compared yet."""
AGAIN: Final = timedelta(minutes=10)
"""After which another try is made, by whichever gateway, if the store was away during one, or the gateway that took it on has gone."""
_NEWEST: Final = 200
"""Lines of a request's history in which the question, or its refusal, is looked for: while work is held it gets few."""
_ASKS: Final = SendAction.key_of(Action.STATUS_REQUEST)
_NOT_ASKED: Final = (TaskKind.LENDER_SILENT, TaskKind.NOT_TOLD)
"""What a question that the lender did not take becomes, by where the request stands."""
_log = structlog.get_logger(__name__)


class Door(Protocol):
    """What is asked of `dispatch.intake.Intake`."""

    async def submit(self, request_id: str, event: AnyEvent, cause: Cause) -> Ruling:
        """Decide on an event of a request and write what follows."""


class Recoverer:
    """Compares on demand. `zone` is the library's, by which people read when that was."""

    def __init__(self, *, store: Store, intake: Door, reconciler: Reconciler, time: TimeSource, zone: tzinfo) -> None:
        self._store = store
        self._intake = intake
        self._reconciler = reconciler
        self._time = time
        self._zone = zone

    async def compare(self) -> None:
        """Ask, compare, and keep what was found. Nothing without a recovery. Raises StoreUnavailable."""
        recovery = await self._store.recovery.current()
        if recovery is None:
            return
        spoke, refused = await self._ask_lenders(recovery)
        report = await self._reconciler.run()
        requests = [request for request in await self._reconciler.open_requests() if _is_open(request)]
        learned = _Learned(report, await self._reconciler.accounts(), spoke, refused)
        found = [beside(request, learned.of(request)) for request in requests]
        await self._store.recovery.keep(found, at=self._time.now())
        await self._partners_to_ask(recovery, requests)
        counts = {each.value: sum(one.agreement is each for one in found) for each in Agreement}
        _log.info("compared after a restore", requests=len(found), **counts)

    async def _ask_lenders(self, recovery: Recovery) -> tuple[set[str], dict[str, str]]:
        """Ask each lender that has not spoken since; return the requests of which one has, and why others could not be asked."""
        spoke: set[str] = set()
        refused: dict[str, str] = {}
        for request in await self._reconciler.open_requests():
            if request.role is not Role.BORROWING or request.state not in LENDERS_WORD:
                continue
            if await self._has_spoken(request, recovery):
                spoke.add(request.id)
            elif not await self._is_asked(request, recovery):
                ruling = await self._ask(request, recovery)
                if isinstance(ruling, Refused):
                    refused[request.id] = ruling.words
        return spoke, refused | await self._unasked(recovery)

    async def _is_asked(self, request: Request, recovery: Recovery) -> bool:
        """Whether the question waits to be sent, was in the copy or not; or was asked since, by a comparison that broke off or by people."""
        if any(row.effect.key == _ASKS for row in await self._store.pending(request.id)):
            return True
        return any(_is_question(line.event, recovery.since) for line in await self._newest_lines(request.id))

    async def _ask(self, request: Request, recovery: Recovery) -> Ruling | None:
        """Ask, under a key that counts once: None if another comparison at the same time, on whichever gateway, has asked."""
        acted = StaffActed(at=self._time.now(), by=BY, action=StaffAction.ASK_STATUS)
        key = f"asked after the restore of {recovery.since.isoformat()}: {request.id}"
        try:
            return await self._intake.submit(request.id, acted, Cause(key=key))
        except AlreadyExists:
            return None

    async def _unasked(self, recovery: Recovery) -> dict[str, str]:
        """Why the question did not reach lenders, by request. While work is held nothing else is sent, so what a lender did not take since is the question."""
        tasks = [task for kind in _NOT_ASKED for task in await self._store.tasks(kind=kind)]
        return {task.request: task.words for task in tasks if task.request and await self._is_of_now(task, recovery)}

    async def _is_of_now(self, task: Task, recovery: Recovery) -> bool:
        """Whether a task's words are of since the restore: one that was open in the copy gets new words, and keeps the time at which it was opened."""
        if task.opened_at >= recovery.since:
            return True
        lines = await self._newest_lines(task.request)
        return any(isinstance(line.event, Unsent | Stuck) and line.event.at >= recovery.since for line in lines)

    async def _newest_lines(self, request_id: str | None) -> tuple[StoryLine, ...]:
        return await self._store.story.lines(request_id, limit=_NEWEST)

    async def _has_spoken(self, request: Request, recovery: Recovery) -> bool:
        return any(message.received_at >= recovery.since for message in await self._store.messages(request.id))

    async def _partners_to_ask(self, recovery: Recovery, requests: Iterable[Request]) -> None:
        """ISO 18626 has no question to a library that has asked us: a task says which partners may have written to us in vain."""
        counts: dict[str, int] = defaultdict(int)
        for request in requests:
            if request.role is Role.LENDING and request.partner:
                counts[request.partner] += 1
        since = f" between {self._moment(recovery.copy_of)} and" if recovery.copy_of else " before"
        for partner, count in counts.items():
            words = (
                f"What {partner} sent us{since} {self._moment(recovery.since)} is lost with the restore, and it can't be asked by a message: "
                f"ask it whether it has cancelled or sent back any of its {count} open requests, or asked for more."
            )
            await self._store.put_task(f"partner {partner}", TaskKind.RECONCILE, words, at=self._time.now())

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def turn_at(since: datetime, now: datetime) -> datetime:
    """Return the turn of a comparison: the first one is when its recovery began, and there is another every ten minutes.

    One that began more than a turn from now was begun by a clock that was ahead: its turns are counted back from then. A turn of a time to come
    is nobody's (`too_late`): all gateways would take it, again and again.
    """
    turns = (now - since) // AGAIN
    return since + (turns if turns < -1 else max(turns, 0)) * AGAIN


@asynccontextmanager
async def _turns_kept(since: datetime, clock: TimeSource, take_on: TakeOn) -> AsyncIterator[None]:
    """Take the next turn shortly before it comes, again and again: a comparison that lasts longer than one is not begun anew elsewhere."""

    async def keep() -> None:
        while True:
            await clock.sleep(EVERY_S)
            with suppress(StoreError):  # if the store stays away the comparison ends too
                await take_on(turn_at(since, clock.now() + 2 * timedelta(seconds=EVERY_S)))

    keeping = asyncio.create_task(keep(), name="keep the turn of a comparison")
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def watch(recoverer: Recoverer, store: Store, *, clock: TimeSource, take_on: TakeOn) -> None:
    """Compare after each restore, by one gateway, until one has come through it, until cancelled; people compare again."""
    while True:
        try:
            recovery = await store.recovery.current()
            if (
                recovery is not None
                and recovery.compared_at is None
                and await take_on(turn_at(recovery.since, clock.now()))
            ):
                async with _turns_kept(recovery.since, clock, take_on):
                    await recoverer.compare()
        except StoreError as exc:
            _log.warning("could not compare after a restore", why=type(exc).__name__)
        await clock.sleep(EVERY_S)


class _Learned:
    """What the comparison learned, by request. Accounts go by what reports call them (`names`)."""

    def __init__(
        self, report: Comparison, names: Mapping[str, str], spoke: Collection[str], refused: Mapping[str, str]
    ) -> None:
        self._names, self._spoke, self._refused = names, spoke, refused
        self._differences = {each.request: (each.words, each.act) for each in report.differences if each.request}
        self._silent = {silent.account for silent in report.unanswered}
        self._strays: dict[str, list[str]] = defaultdict(list)
        for each in report.differences:
            if each.request is None:
                self._strays[each.account].append(each.item_barcode)

    def of(self, request: Request) -> LearnedOfRequest:
        """Return what is known of one request."""
        account = POOL if request.role is Role.BORROWING else self._names.get(request.account or "", "")
        return LearnedOfRequest(
            difference=self._differences.get(request.id),
            compared=not request.items or account not in self._silent,
            strays=tuple(sorted(self._strays.get(account, ()))),
            lender_spoke=request.id in self._spoke,
            ask_refused=self._refused.get(request.id),
        )


def _is_question(event: AnyEvent | None, since: datetime) -> bool:
    """Whether an event since then is the question to a lender where a request stands: asked for, or sent out of the copy."""
    match event:
        case (
            StaffActed(action=StaffAction.ASK_STATUS)
            | Sent(what=Action.STATUS_REQUEST)
            | Unsent(what=Action.STATUS_REQUEST)
        ):
            return event.at >= since
    return False


def _is_open(request: Request) -> bool:
    return request.role is Role.LENDING or request.state not in borrowing.FINALS
