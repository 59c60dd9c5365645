"""The demonstration ACS's customers as the eligibility check sees them, over a socket."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gateway.mapping.eligibility import Clearance, Eligibility, eligibility
from gateway.sip2.codec import decode
from gateway.sip2.profiles import Profile, ScreenMeaning
from gateway.workflow.limits import Limits, Obstacle
from tests.demo.stage.terminal import BLOCKED, BORIS, EXPIRED, OWING, RITA, Terminal, customer, login

PROFILE = Profile(screen_patterns=(("blocked", ScreenMeaning.BLOCKED),))
DENIED = {Obstacle.CHARGE_DENIED, Obstacle.HOLD_DENIED}


async def checked(terminal: Terminal, now: datetime, barcode: str, *, pin: str = "") -> Eligibility:
    await terminal.ask(login())
    reply = decode(await terminal.ask(customer(barcode, pin=pin)), PROFILE)
    zone, limits = ZoneInfo("UTC"), Limits(max_fees=Decimal(10))
    return eligibility(reply, limits, profile=PROFILE, zone=zone, at=now, with_pin=bool(pin))


@pytest.mark.parametrize(
    ("barcode", "obstacles"),
    [
        (RITA, set()),
        (BORIS, set()),
        (BLOCKED, DENIED | {Obstacle.BLOCKED_BY_SCREEN}),
        (EXPIRED, DENIED | {Obstacle.EXPIRED}),
        (OWING, DENIED | {Obstacle.EXCESSIVE_FEES, Obstacle.FEES_OVER_LIMIT}),
        ("20000000099999", {Obstacle.NO_SUCH_CARD}),
    ],
)
async def test_each_customer_is_judged_by_what_the_system_says(terminal: Terminal, now, barcode, obstacles):
    found = await checked(terminal, now, barcode)
    assert set(found.obstacles) == obstacles
    assert found.verdict is (Clearance.BLOCKED if obstacles else Clearance.ELIGIBLE)


@pytest.mark.parametrize(("pin", "obstacles"), [("1004", ()), ("4321", (Obstacle.WRONG_PIN,))])
async def test_a_wrong_pin_is_found_out(terminal: Terminal, now, pin, obstacles):
    assert (await checked(terminal, now, RITA, pin=pin)).obstacles == obstacles
