"""A house whose store has just been restored."""

from zoneinfo import ZoneInfo

from gateway.dispatch.recovering import Recoverer
from gateway.workflow.recovery import Agreement, Beside, Recovery
from tests.dispatch.borrowing_house import add_lenders
from tests.dispatch.house import House
from tests.dispatch.test_reconcile import Shelves, reconciler

ZONE = ZoneInfo("America/Denver")
"""In which people of the library read times."""
LENT = "L2026-000001"


async def begin(house: House) -> Shelves:
    """Lenders are known, and the circulation system has nothing of ours."""
    given = Shelves()
    house.acs.answers["63"] = given
    await add_lenders(house)
    return given


def recoverer(house: House) -> Recoverer:
    return Recoverer(store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time, zone=ZONE)


async def restore(house: House) -> None:
    await house.store.recovery.begin(Recovery(since=house.time.now(), why="A copy was restored."))


async def found(house: House) -> dict[str, Beside]:
    """What is kept of each request after a comparison."""
    await recoverer(house).compare()
    kept = [await house.store.recovery.compared(agreement, limit=99) for agreement in Agreement]
    return {beside.request: beside for page in kept for beside in page}
