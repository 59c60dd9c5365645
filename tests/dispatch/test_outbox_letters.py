"""A peer's lane when one message in it fails, or all of one library behind a broker: nobody else's waits for that."""

from collections import Counter
from datetime import timedelta

import msgspec

from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.lanes import SPOKEN_TO_EVERY
from gateway.dispatch.planning import PEER_LANE, library_of
from gateway.dispatch.results import Later, Result
from gateway.iso18626 import values
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import Tell
from gateway.workflow.partners import Partner
from gateway.workflow.policy import AutoAnswer
from gateway.workflow.records import Request, State
from tests.dispatch.house import ACCOUNT, PEER, House, header, request
from tests.dispatch.test_outbox import SETTINGS, reaches, until, working
from tests.fakes.directory import put

LANE = f"{PEER_LANE}{PEER}"
AN_HOUR = BackOffPolicy(first_s=3600.0, jitter=0.0, limit=99)
GROWING = msgspec.structs.replace(SETTINGS, backoff=BackOffPolicy(first_s=5, jitter=0.0, limit=99))


class Post:
    """Performs all but messages; those of the named requests or libraries fail while they are in `refused`."""

    def __init__(self, house: House, *refused: str) -> None:
        self.refused = set(refused)
        self.tries: Counter[str] = Counter()
        self.told: list[str] = []
        self._house = house

    async def perform(self, row: EffectRow, request: Request) -> Result:
        if not isinstance(row.effect, Tell):
            return await self._house.performers.perform(row, request)
        self.tries[request.requesting_agency] += 1
        if {request.partner_request_id, request.requesting_agency} & self.refused:
            return Later(words="HTTP 500", unstarted=False)
        report = await self._house.performers.perform(row, request)
        self.told.append(request.partner_request_id)
        return report


async def all_told(house: House, post: Post, *numbers: str, step_s: float = 0.0) -> None:
    async def done() -> bool:
        return set(numbers) <= set(post.told)

    await until(done, house, step_s)


async def test_a_message_that_fails_alone_goes_aside_and_what_is_behind_it_goes_on(house: House):
    post = Post(house, "POISON")
    async with working(house, post.perform, GROWING) as outbox:
        began_at = house.time.now()
        for number in ("POISON", "R1", "R2"):
            await house.new(number)
            await reaches(house, State.WILL_SUPPLY, number)
        await all_told(house, post, "R1", "R2")
        assert (house.time.now(), outbox.paused) == (began_at, {})


async def test_a_partner_that_is_left_alone_and_speaks_to_us_is_spoken_to_at_once(house: House):
    """Its system was away; that it sends us something shows that it is back, be it hours before its next try."""
    hour = house.time.now() + timedelta(hours=1)
    await house.store.set_backoff(BackOff(lane=LANE, until=hour, failures=9))
    post = Post(house)
    async with working(house, post.perform, GROWING) as outbox:
        await house.new()
        await reaches(house, State.WILL_SUPPLY)
        assert (post.told, outbox.paused) == ([], {LANE: hour})
        house.receiver = house.make_receiver(heard_from=lambda peer: outbox.heard_of(f"{PEER_LANE}{peer}"))
        await house.new("R2")
        await all_told(house, post, "R1", "R2")
        assert await house.store.backoffs() == ()


async def test_a_partner_that_speaks_and_cannot_be_spoken_to_is_not_tried_at_its_every_word(house: House):
    post = Post(house, *(f"R{n}" for n in range(1, 30)))
    async with working(house, post.perform, msgspec.structs.replace(GROWING, backoff=AN_HOUR)) as outbox:
        house.receiver = house.make_receiver(heard_from=lambda peer: outbox.heard_of(f"{PEER_LANE}{peer}"))

        async def is_left_alone() -> bool:
            return LANE in outbox.paused

        for number in range(1, 4):
            await house.new(f"R{number}")
        await until(is_left_alone, house, 1)
        tries = post.tries.total()
        for number in range(10, 20):  # in half a minute
            await house.new(f"R{number}")
            await house.time.advance(2)
        assert post.tries.total() == tries
        await house.time.advance(SPOKEN_TO_EVERY.total_seconds())
        await house.new("R20")

        async def tried() -> bool:
            return post.tries.total() > tries

        await until(tried, house)
        assert post.tries.total() == tries + 1


async def test_of_a_brokers_libraries_the_one_that_fails_waits_and_is_tried_with_one_message(house: House):
    bad, good = "ISIL:XX-BAD", "ISIL:XX-GOOD"
    post = Post(house, bad)
    for name, agency in (("bad", bad), ("good", good)):
        partner = Partner(
            id=name, name=name, peer="peer-two", symbols=(agency,), account=ACCOUNT, auto_answer=AutoAnswer.BOTH
        )
        await put(house.store, partner)
    await house.directory.refresh()

    async def ask(agency: str, number: str) -> None:
        own = header(house.time.now(), number, requesting_agency_id=values.AgencyId.of(agency))
        await house.receive(request(house.time.now(), number, header=own), peer="peer-two")

    async with working(house, post.perform, GROWING) as outbox:
        outbox._subjects._library_of = lambda row, request: library_of(row.effect, request, house.directory.is_broker)
        for number in range(6):
            await ask(bad, f"B{number}")
        await house.time.advance(90)

        async def left_alone() -> bool:
            return [backoff.lane for backoff in await house.store.backoffs()] == ["peer:peer-two isil:xx-bad"]

        await until(left_alone, house, 1)
        before = post.tries[bad]
        await ask(good, "G1")
        await all_told(house, post, "G1", step_s=1)
        await house.time.advance(600)
        assert post.tries[bad] - before < 10, "one message tries it after each pause, not six"
        post.refused.clear()
        await all_told(house, post, *(f"B{number}" for number in range(6)), step_s=30)
        assert await house.store.backoffs() == ()
