"""What a row of the queue belongs to, a request or a bill: reading it, having it worked on, and bringing what happened to its door."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.dispatch.bills import BillCause, BillIntake, UnknownBill
from gateway.dispatch.intake import Cause, Intake, UnknownRequest
from gateway.dispatch.results import BillHappened, BillResult, Happened, Later, Result
from gateway.money.effects import AnyBillEffect, AskItem, MailPaper, MakePaper, RemindLater
from gateway.money.events import ItemSeen, NotMailed, PaperNotMade
from gateway.money.records import Bill, Seen
from gateway.store.port import EffectRow, Store
from gateway.workflow.events import Stuck
from gateway.workflow.records import Request

PerformRow = Callable[[EffectRow, Request], Awaitable[Result]]
"""Carries a row's effect out for its request."""
PerformForBill = Callable[[EffectRow, Bill], Awaitable[BillResult]]
LibraryOf = Callable[[EffectRow, Request], str | None]
"""Gives the library that a message is for, where its lane has several behind it."""
Subject = Request | Bill


@dataclass(frozen=True, kw_only=True)
class BillWork:
    """The door of bills, and who works for them."""

    intake: BillIntake
    perform: PerformForBill


class Subjects:
    """Both doors of the house, for whoever works on the queue. Without `bills` there is no work of theirs."""

    def __init__(
        self, store: Store, intake: Intake, perform: PerformRow, library_of: LibraryOf, bills: BillWork | None
    ) -> None:
        self._store = store
        self._intake = intake
        self._perform = perform
        self._library_of = library_of
        self._bills = bills

    async def read(self, row: EffectRow) -> Subject:
        """Raises UnknownRequest, UnknownBill."""
        if isinstance(row.effect, AnyBillEffect):
            bill = await self._store.bills.bill(row.request)
            if bill is None or self._bills is None:
                raise UnknownBill(row.request)
            return bill
        request = await self._store.request(row.request)
        if request is None:
            raise UnknownRequest(row.request)
        return request

    def library_of(self, row: EffectRow, subject: Subject) -> str | None:
        """Give the library that a message is for; a bill has none behind a lane."""
        return self._library_of(row, subject) if isinstance(subject, Request) else None

    async def perform(self, row: EffectRow, subject: Subject) -> Happened | BillHappened | Later:
        """Carry a row out. Raises LeaseLost, StoreUnavailable."""
        if isinstance(subject, Request):
            return await self._perform(row, subject)
        return await self._work.perform(row, subject)

    async def hand_in(self, row: EffectRow, report: Happened | BillHappened, owner: str) -> None:
        """Bring the outcome of a row to its door. Raises LeaseLost, BarcodeTaken, StoreUnavailable."""
        if isinstance(report, Happened):
            cause = Cause(completes=row, owner=owner, history=report.history)
            await self._intake.submit(row.request, report.event, cause)
            return
        of_bill = BillCause(completes=row.id, owner=owner, history=report.history, paper=report.paper)
        await self._work.intake.submit_bill(row.request, report.event, of_bill)

    async def stuck(self, row: EffectRow, at: datetime, words: str) -> None:
        """Say at its door that a row was tried so often in vain that a person is to look; the trying goes on."""
        if isinstance(row.effect, AnyBillEffect):
            event = _bill_stuck(row.effect, at, words)
            if event is not None:
                await self._work.intake.submit_bill(row.request, event)
            return
        stuck = Stuck(at=at, work=row.effect.key, kind=row.effect.work_kind, words=words)
        await self._intake.submit(row.request, stuck)

    @property
    def _work(self) -> BillWork:
        assert self._bills is not None, "a bill was read"
        return self._bills


def _bill_stuck(effect: AnyBillEffect, at: datetime, words: str) -> ItemSeen | PaperNotMade | NotMailed | None:
    """What a bill hears of work that fails and fails."""
    match effect:
        case AskItem():
            return ItemSeen(at=at, seen=Seen.UNCLEAR, words=f"it can't be asked: {words}")
        case MakePaper(paper=paper):
            return PaperNotMade(at=at, paper=paper, words=words)
        case MailPaper(paper=paper, to=to):
            return NotMailed(at=at, paper=paper, to=to, words=f"{words} It is tried again and again.")
        case RemindLater():
            return None
