"""Staff of the month: branches that fetch books from their shelves, the desk that scans what comes, and customers who fetch and return.

They know the lists and tasks that the gateway shows, what they see with their own eyes, and what a branch says on the telephone. What
they do about a task: tasks.py.
"""

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from bench.month.agenda import open_day
from bench.month.expected import is_desk_open
from bench.month.house import STAFF
from bench.month.parts import Fetch, Month
from bench.month.shelves import DESK
from bench.month.tasks import TaskRound
from bench.month.truth import OrderTruth
from gateway.demo.acs.loans import checkin, checkout
from gateway.demo.acs.records import Source
from gateway.demo.acs.shelves import Refused
from gateway.desk.acts import act
from gateway.desk.errors import DeskError
from gateway.desk.scanning import scan
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.scans import ScanBody, Scanned
from gateway.store.port import RequestFilter
from gateway.workflow.records import Request, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction

PULL_HOUR: Final = 10.0
COURIER_HOUR: Final = 9.25
REPORTS: Final = 0.6
"""Chance that a branch marks what it has looked for twice as not found."""
LATE: Final = 0.10
"""Chance that a branch finds a book at the second look alone."""
LONGER: Final = 0.1
"""Chance that the courier takes a day longer than it mostly does."""


class Staff:
    """Everybody who works for the library, and its customers."""

    def __init__(self, play: Month) -> None:
        self._play = play
        self._chance = random.Random(play.world.seed * 11 + 5)
        self.fetches: dict[tuple[str, str], Fetch] = {}
        self._tasks = TaskRound(play)

    def begin(self) -> None:
        """Put the days' rounds on the agenda."""
        days = [self._play.now().date() + timedelta(days=day) for day in range(self._play.days)]
        for day in days:
            start = datetime.combine(day, datetime.min.time(), self._play.now().tzinfo)
            for code, branch in self._play.world.branches.items():
                if branch.is_open(day):
                    self._play.agenda.put(start + timedelta(hours=PULL_HOUR), partial(self._pull, code))
            if is_desk_open(day):
                for hour in (10.5, 15.0):
                    self._play.agenda.put(start + timedelta(hours=hour), self._tasks.work)
                self._play.agenda.put(start + timedelta(hours=16), self._send_back)

    # ── branches ─────────────────────────────────────────────────────────────────────────────────

    async def _pull(self, code: str) -> None:
        """Walk to the shelves with the pull list."""
        wanted = RequestFilter(states=(State.WILL_SUPPLY, State.TO_COPY), limit=500)
        for request in reversed(await self._play.house.store.requests(wanted)):
            for item in request.items:
                if item.copy.branch == code:
                    await self._look_for(request, item.barcode, code)

    async def _look_for(self, request: Request, barcode: str, code: str) -> None:
        fetch = self.fetches.setdefault((request.id, barcode), Fetch())
        if fetch.sent_at is not None:
            return
        fetch.looks += 1
        is_there = barcode not in self._play.world.missing
        if is_there and (fetch.looks > 1 or self._chance.random() >= LATE):
            await self._found(request, barcode, code, fetch)
        elif not is_there:
            self._play.tally.trouble.add(request.id)
            fetch.found_none = fetch.looks > 1
            if fetch.looks == 2 and self._chance.random() < REPORTS:
                await self.do(request.id, StaffAction.CANNOT_FIND, decides=False)

    async def _found(self, request: Request, barcode: str, code: str, fetch: Fetch) -> None:
        now, branch = self._play.now(), self._play.world.branches[code]
        fetch.sent_at = now
        if request.state is State.TO_COPY:
            await self.do(request.id, StaffAction.COPY_SENT, decides=False)
            return
        if branch.checks_in:
            self._in_ils(barcode, code)
        days = branch.courier_days + (self._chance.random() < LONGER)
        arrives = open_day(now, min(days, 4), is_desk_open, COURIER_HOUR + self._chance.random())
        self._play.agenda.put(arrives, partial(self._arrives, request.id, barcode, fetch))

    def _in_ils(self, barcode: str, where: str) -> None:
        with self._play.house.circulation.acting(Source.DESK) as (library, now):
            checkin(library, barcode, where, now)

    def change_date(self, barcode: str, due_at: datetime) -> None:
        """Set another due date in the ILS."""
        loans = self._play.house.books.loans
        if barcode in loans:
            loans[barcode] = msgspec.structs.replace(loans[barcode], due=due_at)

    def is_on_its_way(self, request: str, barcode: str) -> bool:
        """Whether a book was sent to the desk and has not gone on from there."""
        fetch = self.fetches.get((request, barcode))
        return fetch is not None and fetch.sent_at is not None and fetch.here_at is None

    # ── the desk ─────────────────────────────────────────────────────────────────────────────────

    async def _arrives(self, request: str, barcode: str, fetch: Fetch) -> None:
        fetch.here_at = self._play.now()
        scanned = await self.scan(barcode, request)
        if scanned.request is not None and scanned.result != "stop":
            return
        offer = next((each for each in scanned.offers if each.act is not None and each.request == request), None)
        if offer is not None:
            await self.scan(barcode, request, what=offer.act, decides=True)
            return
        if request in self._play.tally.requests and self._play.tally.requests[request].state in _OVER:
            self._play.tally.unknown_scans += not scanned.offers and "lapsed" not in scanned.said
            self._in_ils(barcode, DESK)

    async def scan(
        self, code: str, request: str | None, *, what: StaffAction | None = None, decides: bool = False
    ) -> Scanned:
        """Scan something."""
        self._play.tally.command(request, "scan" if what is None else what.value, decides=decides)
        return await scan(self._play.house.desk, STAFF, ScanBody(code=code, act=what))

    async def do(self, request: str, action: StaffAction, body: ActBody = ActBody(), *, decides: bool = True) -> bool:  # noqa: B008 - frozen
        """Do an act; whether it was taken."""
        self._play.tally.command(request, action.value, decides=decides)
        try:
            await act(self._play.house.desk, STAFF, request, action, body)
        except DeskError as refused:
            self._play.tally.refused[f"{action}: {refused.detail[:80]}"] += 1
            return False
        return True

    async def parcel_back(self, number: str) -> None:
        """A partner's parcel: each book is scanned on the next morning of the desk."""
        request = self._play.tally.by_partner[number]
        for item in request.items:
            await self.scan(item.barcode, request.id)

    async def parcel_for_us(self, number: str, order: OrderTruth) -> None:  # noqa: ARG002 - whose it is, the label says
        """A lender's parcel, with our number on its strap."""
        await self.scan(number, number.partition(".")[0])

    async def _send_back(self) -> None:
        """What customers have brought back goes to its lender."""
        for request in await self._play.house.store.requests(RequestFilter(states=(State.TO_RETURN,), limit=200)):
            await self.scan(request.items[0].barcode, request.id)

    # ── customers ────────────────────────────────────────────────────────────────────────────────

    def on_shelf(self, request: Request) -> None:
        """The customer comes for it, and brings it back."""
        days = self._chance.randint(1, 4)
        fetched = open_day(self._play.now(), days, is_desk_open, 12 + self._chance.random())
        self._play.agenda.put(fetched, partial(self._borrow, request.id))

    async def _borrow(self, number: str) -> None:
        request = self._play.tally.requests[number]
        customer = self._play.order_of(number).customer
        barcode = request.items[0].barcode
        with self._play.house.circulation.acting(Source.DESK) as (library, now):
            try:
                checkout(library, customer, barcode, now)
            except Refused:
                return
        back = self._play.now() + timedelta(days=self._chance.randint(5, 18))
        self._play.agenda.put(
            self._play.in_office(back), partial(self._bring_back, barcode, request.borrowed.pickup_branch)
        )

    async def _bring_back(self, barcode: str, branch: str) -> None:
        self._in_ils(barcode, branch)

    def is_needed(self, kind: TaskKind, request: Request) -> bool:
        """Whether a person had to do what a task asks for."""
        return self._tasks.is_needed(kind, request)


_OVER: Final = frozenset(
    {State.UNFILLED, State.RETRY_POSSIBLE, State.CANCELLED, State.RELEASING, State.RESERVING, State.WILL_SUPPLY}
)
