"""The technician of a run in which we borrow hands nothing out under a barcode that stands for it no more."""

from typing import Any, cast

import pytest

from gateway.demo.stage.talk import AcsControl
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.faults.desk_borrowing import BorrowingTechnician
from tests.faults.orders import Course, OrderPlan, OrderWorld
from tests.faults.technician import Desk, Ils, NotNow

BARCODE, CUSTOMER = "39990000000001", "20001000000001"
PLAN = OrderPlan(id="W-1", customer=CUSTOMER, course=Course.RESENT, answers=(), hurry_s=0.0, waits=True)
WORLD = OrderWorld(seed=1, seats=(), customers=(CUSTOMER,), pool=(BARCODE,), plans=(PLAN,))
LINE = {"id": "B-1", "state": State.ON_SHELF.value, "title": PLAN.title, "item_barcodes": [BARCODE]}


class Gateway:
    """A screen on which the answer to the first `undo` is lost; `is_done`: it was done all the same."""

    def __init__(self, *, is_done: bool) -> None:
        self.items = [BARCODE]
        self.clicks: list[str] = []
        self._is_done = is_done

    async def get(self, path: str, **_query: Any) -> dict[str, Any]:
        assert path == "/requests/B-1"
        return {"request": {"id": "B-1", "items": [{"copy": {"item_barcode": item}} for item in self.items]}}

    async def click(self, path: str, **_body: Any) -> dict[str, Any]:
        self.clicks.append(path.rpartition("/")[2])
        if self.clicks[-1] == StaffAction.UNDO:
            self.items = [] if self._is_done else self.items
            raise NotNow("ServerDisconnectedError")
        return {}


class Screen:
    """The circulation system's: the item stands on the hold shelf."""

    def __init__(self) -> None:
        self.lent_to: list[str] = []

    def ask(self, op: str, **arguments: Any) -> dict[str, Any]:
        if op == "borrow":
            self.lent_to.append(arguments["customer"])
        return {"status": "08", "charged": [], "ready_holds": [BARCODE], "waiting_holds": []}


@pytest.mark.parametrize(("is_done", "lent_to"), [(True, []), (False, [CUSTOMER])], ids=["done", "not done"])
async def test_who_undoes_a_receipt_and_hears_nothing_asks_before_it_is_handed_out(
    is_done: bool,  # noqa: FBT001 - whether the click was done
    lent_to: list[str],
):
    gateway, screen = Gateway(is_done=is_done), Screen()
    technician = BorrowingTechnician(WORLD, cast("Desk", gateway), Ils(cast("AcsControl", screen)))
    with pytest.raises(NotNow):
        await technician.hand(LINE)
    await technician.colleague().hand(LINE)
    assert gateway.clicks[0] == StaffAction.UNDO
    assert screen.lent_to == lent_to
