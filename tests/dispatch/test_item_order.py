"""Acts of two requests on one item come in the order in which they were asked for, each with the look after it."""

import asyncio

from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.reports import Report
from gateway.store.port import EffectRow
from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import StaffActed
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, House, sip2
from tests.dispatch.test_outbox import reaches, working

AT_ONCE = OutboxSettings(acs_at_once=4)
DUE = "20261209    235900"
LENT = sip2(f"121NNY{DATE}AOEX|AA{ACCOUNT}|AB{BARCODE}|AJThe Imaginary Almanac|AH{DUE}|")
CHARGED = sip2(f"64              000{DATE}000000000001000000000000AOEX|AA{ACCOUNT}|AEExample|AU{BARCODE}|BLY|")
TAKEN_IN = sip2(f"101YNN{DATE}AOEX|AB{BARCODE}|AQEXC|")


async def test_nothing_comes_between_an_act_and_the_look_after_it(house: House):
    """Four at once, and the second request's check-in is asked for while the first one's checkout is under way."""
    done: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def perform(row: EffectRow, of: Request) -> Report:
        if isinstance(row.effect, Perform | Look):
            if row.effect.key == "perform:checkout":
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
        house.pool.answers |= {"11": LENT, "63": CHARGED, "09": TAKEN_IN}
        await act(house, "R1", StaffAction.SHIP)
        await begun.wait()
        await act(house, "R2", StaffAction.ARRIVE)
        go_on.set()
        await reaches(house, State.LOANED, "R1")
        await reaches(house, State.ARRIVED, "R2", step_s=0.1)
    assert done == ["R1 perform:checkout", "R1 look:checkout", "R2 perform:arrive", "R2 look:arrive"]


async def act(house: House, number: str, action: StaffAction) -> None:
    request = await house.current(number)
    await house.intake.act(request.id, StaffActed(at=house.time.now(), by="staff", action=action))
