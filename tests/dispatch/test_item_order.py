"""Acts of two requests on one item come in the order in which they were asked for, each with the look after it."""

import asyncio
from typing import Any

from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.results import Result
from gateway.store.port import EffectRow
from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, House, sip2
from tests.dispatch.working import reaches, working

AT_ONCE = OutboxSettings(acs_at_once=4)
DUE = "20261209    235900"
LENT = sip2(f"121NNY{DATE}AOEX|AA{ACCOUNT}|AB{BARCODE}|AJThe Imaginary Almanac|AH{DUE}|")
CHARGED = sip2(f"64              000{DATE}000000000001000000000000AOEX|AA{ACCOUNT}|AEExample|AU{BARCODE}|BLY|")
TAKEN_IN = sip2(f"101YNN{DATE}AOEX|AB{BARCODE}|AQEXC|")


async def test_nothing_comes_between_an_act_and_the_look_after_it(house: House):
    """Four at once, and an item's arrival for the second request is asked for while its return from the first is under way."""
    done: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def perform(row: EffectRow, of: Request) -> Result:
        if isinstance(row.effect, Perform | Look):
            if row.effect.key == "perform:checkin":
                begun.set()
                await go_on.wait()
            done.append(f"{of.partner_request_id} {row.effect.key}")
        return await house.performers.perform(row, of)

    async with working(house, perform, AT_ONCE):
        await house.new("R1")
        await house.new("R2")
        await reaches(house, State.WILL_SUPPLY, "R1")
        await reaches(house, State.WILL_SUPPLY, "R2")
        assert [each.split()[0] for each in done] in (["R1"] * 2 + ["R2"] * 2, ["R2"] * 2 + ["R1"] * 2)
        done.clear()
        house.acs.answers["09"] = TAKEN_IN
        await act(house, "R1", StaffAction.FORCE, state=State.LOANED, reason="Seen.", due_at=house.time.now())
        await act(house, "R1", StaffAction.CHECK_IN)
        await begun.wait()
        await act(house, "R2", StaffAction.ARRIVE)
        go_on.set()
        await reaches(house, State.COMPLETED, "R1")
        await reaches(house, State.ARRIVED, "R2", step_s=0.1)
    assert done == ["R1 perform:checkin", "R1 look:checkin", "R2 perform:arrive", "R2 look:arrive"]


async def act(house: House, number: str, action: StaffAction, **details: Any) -> None:
    request = await house.current(number)
    ruling = await house.intake.act(request.id, StaffActed(at=house.time.now(), by="staff", action=action, **details))
    assert isinstance(ruling, Decision)
