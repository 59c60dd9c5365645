"""The technician of a run in which we lend keeps no book for a request whose turn it is not."""

from typing import Any, cast

from gateway.demo.stage.talk import AcsControl
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.faults.desk_lending import LendingTechnician
from tests.faults.technician import Desk, Ils
from tests.faults.world import Course, LoanPlan, Seat, World

ITEM = "30000000000010"
FIRST, SECOND = (Seat(id=name, symbol=f"ISIL:XX-{name.upper()}", account=name) for name in ("first", "second"))
PLANS = tuple(
    LoanPlan(id=f"F-{seat.id}", seat=seat.id, record_id="f1", items=(ITEM,), course=Course.LENT)
    for seat in (FIRST, SECOND)
)
TASK = {"id": 1, "kind": TaskKind.CHECK_OUT.value, "words": "The checkout was refused."}


class Gateway:
    """A screen that takes every click; requests go by the id of their partner."""

    def __init__(self) -> None:
        self.states = dict.fromkeys((FIRST.id, SECOND.id), State.WILL_SUPPLY)
        self.clicks: list[tuple[str, str]] = []

    async def get(self, path: str, **_query: Any) -> dict[str, Any]:
        return {"request": {"state": self.states[path.rpartition("/")[2]]}}

    async def click(self, path: str, **_body: Any) -> dict[str, Any]:
        _, _, request, _, action = path.split("/")
        self.clicks.append((request, action))
        return {}

    def row(self, seat: Seat) -> dict[str, Any]:
        return {
            "id": seat.id, "state": self.states[seat.id], "partner_request_id": f"F-{seat.id}", "account": seat.account,
            "item_barcodes": [ITEM], "items": [{"copy": {"item_barcode": ITEM}}],
        }  # fmt: skip


class Screen:
    """The circulation system's: a customer has brought the item back at a branch, and it is on its way to the first partner's hold."""

    def ask(self, op: str, **_arguments: Any) -> dict[str, Any]:
        if op == "books":
            return {"holds": [{"customer": FIRST.account, "trapped": ITEM}]}
        return {"status": "10", "charged": [], "ready_holds": [], "waiting_holds": [ITEM]}


async def test_what_is_on_its_way_for_another_request_is_laid_aside_for_that_one():
    gateway = Gateway()
    world = World(seed=1, seats=(FIRST, SECOND), plans=PLANS)
    technician = LendingTechnician(world, cast("Desk", gateway), Ils(cast("AcsControl", Screen())))
    await technician.hand(gateway.row(SECOND))
    gateway.states[SECOND.id] = State.ARRIVED
    before = len(gateway.clicks)
    await technician.resolve(TASK, gateway.row(SECOND))
    await technician.hand(gateway.row(FIRST))
    assert (SECOND.id, StaffAction.SHIP) in gateway.clicks[before:], "as far as a look shows it can be had"
    assert {(FIRST.id, StaffAction.ARRIVE), (FIRST.id, StaffAction.SHIP)} & set(gateway.clicks)
