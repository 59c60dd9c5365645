"""An outbox at work in the house of the tests, and how a test waits for what it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.results import Result
from gateway.dispatch.subjects import BillWork, InvoiceWork, NoticeWork, PerformRow, Subjects
from gateway.store.port import EffectRow
from gateway.workflow.records import Request, State
from tests.dispatch.house import OWNER, House

SETTINGS = OutboxSettings(backoff=BackOffPolicy(first_s=5, longest_s=60, jitter=0.0, limit=3))
DEADLINE_S = 60.0


@asynccontextmanager
async def working(
    house: House, perform: PerformRow | None = None, settings: OutboxSettings = SETTINGS, owner: str = OWNER
) -> AsyncIterator[Outbox]:
    office = house.performers.office
    outbox = Outbox(
        store=house.store,
        subjects=Subjects(
            house.store,
            house.intake,
            perform or house.performers.perform,
            lambda _row, _request: None,
            bills=BillWork(intake=house.bills, perform=office.for_bill),
            invoices=InvoiceWork(intake=house.invoices, perform=office.for_invoice),
            notices=NoticeWork(intake=house.notices, perform=office.for_notice),
        ),
        time=house.time,
        owner=owner,
        settings=settings,
        chance=lambda: 0.5,
    )
    await outbox.start()
    try:
        yield outbox
    finally:
        await outbox.stop(drain_s=0.2)


async def until(condition: Callable[[], Awaitable[bool]], house: House | None = None, step_s: float = 0.0) -> None:
    """Wait for real work (commits happen in threads) with a deadline; in the house `step_s` pass whenever nothing is under way."""
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():
            if house is None:
                await asyncio.sleep(0.002)
            else:
                await house.rest()
                await house.time.advance(step_s)


async def reaches(house: House, state: State, number: str = "R1", *, step_s: float = 0.0) -> Request:
    async def there() -> bool:
        return (await house.current(number)).state is state

    await until(there, house, step_s)
    return await house.current(number)


async def asleep(house: House, count: int = 1) -> None:
    async def enough() -> bool:
        return house.time.sleepers >= count

    await until(enough)


def only(kind: type, report: Result | Exception, asked: list[str]) -> PerformRow:
    """Perform one kind of effect as told; what else comes is never finished."""

    async def perform(row: EffectRow, request: Request) -> Result:
        if not isinstance(row.effect, kind):
            await asyncio.Event().wait()
        asked.append(request.id)
        if isinstance(report, Exception):
            raise report
        return report

    return perform
