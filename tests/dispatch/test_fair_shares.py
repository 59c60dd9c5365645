"""A partner's flood makes nobody else wait, and what staff ask for goes before all of it."""

from collections.abc import Awaitable, Callable

import pytest

from gateway.dispatch.intake import Cause
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.results import Result
from gateway.iso18626.values import AgencyId
from gateway.store.port import EffectRow
from gateway.workflow.effects import AskCopies, Effect, FindCopies, Look, Perform
from gateway.workflow.events import CopiesFound, Performed, StaffActed
from gateway.workflow.partners import Partner
from gateway.workflow.policy import AutoAnswer
from gateway.workflow.records import Act, Outcome, Request
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import ACCOUNT, OWNER, PEER, House, header, request
from tests.dispatch.working import until, working
from tests.fakes.directory import put

FLOOD = 60
OTHER, OTHERS_AGENCY = "peer-two", "ISIL:XX-OTHER"
Ask = Callable[[str], Awaitable[None]]
ONE_AT_A_TIME = OutboxSettings(acs_at_once=1, look_ups_at_once=1)


@pytest.fixture
async def other(house: House) -> Ask:
    """Another library, which asks for something."""
    partner = Partner(
        id="other", name="Other Example Library", peer=OTHER, symbols=(OTHERS_AGENCY,), account=ACCOUNT,
        auto_answer=AutoAnswer.BOTH,
    )  # fmt: skip
    await put(house.store, partner)
    await house.directory.refresh()

    async def ask(number: str) -> None:
        of_them = header(house.time.now(), number, requesting_agency_id=AgencyId.of(OTHERS_AGENCY))
        await house.receive(request(house.time.now(), number, header=of_them), peer=OTHER)

    return ask


@pytest.mark.parametrize("kind", [FindCopies, AskCopies, Perform])
async def test_whoever_comes_after_a_flood_has_its_turn_at_once_at_every_step(
    house: House, other: Ask, kind: type[Effect]
):
    served: list[str] = []

    async def note(row: EffectRow, of: Request) -> Result:
        if isinstance(row.effect, kind):
            served.append(of.peer)
        return await house.performers.perform(row, of)

    for number in range(FLOOD):
        await house.new(f"R{number}")
    await other("S1")
    async with working(house, note, ONE_AT_A_TIME):

        async def has_been_served() -> bool:
            return OTHER in served

        await until(has_been_served)
    assert served.index(OTHER) <= 2, "and not after sixty others"
    assert PEER in served[:3], "nor do they wait for it"


async def test_what_staff_ask_for_goes_ahead_with_all_that_follows_from_it(house: House):
    flood = await house.new("R0")
    known = await house.new("R1")
    found = CopiesFound(at=house.time.now())
    for each in (flood, known):
        await house.intake.submit(each.id, found)
    supply = StaffActed(
        at=house.time.now(), by="staff", action=StaffAction.ANSWER_SUPPLY, item_barcodes=("30000000009999",)
    )
    await house.intake.act(known.id, supply)
    row = await one(house, known, Perform)
    assert row.ahead
    until_ = house.time.now()
    await house.store.claim(ACS_LANE, now=until_, until=until_, owner=OWNER, limit=9, in_turn=True)
    answered = Performed(
        at=house.time.now(), act=Act.HOLD, item_barcode="30000000009999", outcome=Outcome.DONE, words=""
    )
    await house.intake.submit(known.id, answered, Cause(completes=row, owner=OWNER))
    assert (await one(house, known, Look)).ahead


async def test_what_nobody_waits_for_takes_its_turn(house: House):
    known = await house.new()
    assert not (await one(house, known, FindCopies)).ahead


async def one(house: House, of: Request, kind: type[Effect]) -> EffectRow:
    """The request's only row of a kind."""
    (row,) = [row for row in await house.store.pending(of.id) if isinstance(row.effect, kind)]
    return row
