"""A peer's lane when one message in it fails, or all of one library behind a broker: nobody else's waits for that."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import msgspec
import pytest

from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.lanes import SPOKEN_TO_EVERY
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.planning import PEER_LANE, library_of
from gateway.dispatch.results import Later, Result
from gateway.iso18626 import values
from gateway.store.port import BackOff, EffectRow, RequestFilter
from gateway.workflow.effects import Tell
from gateway.workflow.partners import Partner
from gateway.workflow.policy import AutoAnswer
from gateway.workflow.records import Request, State
from tests.dispatch.house import ACCOUNT, PEER, House, header, request
from tests.dispatch.working import SETTINGS, reaches, until, working
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


@pytest.mark.parametrize("count", [1, 2, 3, 4])
async def test_however_many_messages_can_never_be_taken_later_ones_do_not_wait_for_them(house: House, count: int):
    """Two once stopped the lane again and again, for longer each time: a later message waited for 73 minutes. Here no time passes."""
    poisons = [f"P{number}" for number in range(count)]
    post = Post(house, *poisons)
    async with working(house, post.perform, GROWING) as outbox:
        began_at = house.time.now()
        for number in (*poisons, "R1", "R2", "R3"):
            await house.new(number)
            await reaches(house, State.WILL_SUPPLY, number)
        await all_told(house, post, "R1", "R2", "R3", step_s=1)
        assert house.time.now() - began_at < timedelta(minutes=5), "the lane was tried with each of them"
        for number in ("R4", "R5", "R6"):
            await house.time.advance(1200)
            assert outbox.paused == {}
            await house.new(number)
            await all_told(house, post, number)
        post.refused.clear()
        await outbox.resume(LANE)
        await all_told(house, post, *poisons)


async def test_a_partner_that_is_away_again_is_left_alone_and_all_goes_with_its_return(house: House):
    """Those that failed in the first outage are no reason to go on knocking in the second, nor do they wait for longer than others."""
    numbers = [f"R{number}" for number in range(8)]
    post = Post(house, *numbers)
    async with working(house, post.perform, GROWING) as outbox:
        for number in numbers:
            await house.new(number)
            await reaches(house, State.WILL_SUPPLY, number)
        await house.time.advance(60)
        post.refused.remove("R0")
        await all_told(house, post, "R0", step_s=1)
        later = [f"S{number}" for number in range(4)]
        post.refused |= set(later)
        for number in later:
            await house.new(number)

        async def left_alone_for_long() -> bool:
            return any(backoff.failures >= 7 for backoff in await house.store.backoffs())

        await until(left_alone_for_long, house, 5)
        tries, until_at = post.tries.total(), outbox.paused[LANE]
        await house.time.advance(120)
        assert post.tries.total() == tries
        post.refused.clear()
        await until(partial(has_come, house, until_at), house, 1)
        began_at = house.time.now()
        await all_told(house, post, *numbers, *later, step_s=1)
        assert house.time.now() - began_at < timedelta(minutes=1)


async def test_messages_that_are_taken_up_together_and_fail_are_one_failure(house: House):
    """However soon the first of them fails: what the others need may still have to be read."""
    numbers = [f"R{number}" for number in range(4)]
    post = Post(house, *numbers)
    async with working(house, post.perform, GROWING) as outbox:
        outbox.share(LANE, 0)
        for number in numbers:
            await house.new(number)
            await reaches(house, State.WILL_SUPPLY, number)
        outbox.share(LANE, len(numbers))
        await until(partial(are_tried, post, len(numbers)), house)
        assert [backoff.failures for backoff in await house.store.backoffs()] == [1]


async def are_tried(post: Post, count: int) -> bool:
    return post.tries.total() >= count


async def has_come(house: House, moment: datetime) -> bool:
    return house.time.now() >= moment


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
    await behind_a_broker(house, bad, good)
    async with working(house, post.perform, GROWING) as outbox:
        tell_libraries_apart(outbox, house)
        for number in range(6):
            await ask(house, bad, f"B{number}")
        await house.time.advance(90)

        async def left_alone() -> bool:
            return [backoff.lane for backoff in await house.store.backoffs()] == ["peer:peer-two isil:xx-bad"]

        await until(left_alone, house, 1)
        before = post.tries[bad]
        await ask(house, good, "G1")
        await all_told(house, post, "G1", step_s=1)
        await house.time.advance(600)
        assert post.tries[bad] - before < 10, "one message tries it after each pause, not six"
        post.refused.clear()
        await all_told(house, post, *(f"B{number}" for number in range(6)), step_s=30)
        assert await house.store.backoffs() == ()


async def test_two_libraries_of_a_broker_that_fail_keep_no_third_from_it(house: House):
    bad, good = ("ISIL:XX-BAD", "ISIL:XX-WORSE"), "ISIL:XX-GOOD"
    post = Post(house, *bad)
    await behind_a_broker(house, *bad, good)
    async with working(house, post.perform, GROWING) as outbox:
        tell_libraries_apart(outbox, house)
        waiting = [f"{agency} {number}" for number in range(2) for agency in bad]
        began_at = house.time.now()
        for number in (*waiting, "G1"):
            await ask(house, number.split()[0] if number in waiting else good, number)
            await until(partial(is_known, house, number), house)
            await house.time.advance(1)
        await all_told(house, post, "G1", step_s=1)
        assert house.time.now() - began_at < timedelta(minutes=5), "the lane was tried with each of them"
        for number in ("G2", "G3", "G4"):
            await house.time.advance(1200)
            assert outbox.paused == {}
            await ask(house, good, number)
            await until(partial(is_known, house, number), house)
            await house.time.advance(1)
            await all_told(house, post, number)
        assert {backoff.lane for backoff in await house.store.backoffs()} == {
            f"peer:peer-two {each.lower()}" for each in bad
        }
        post.refused.clear()
        await all_told(house, post, *waiting, step_s=60)
        assert await house.store.backoffs() == ()


async def is_known(house: House, number: str) -> bool:
    return any(
        known.partner_request_id == number and known.state is State.WILL_SUPPLY
        for known in await house.store.requests(RequestFilter())
    )


async def behind_a_broker(house: House, *agencies: str) -> None:
    """Make a partner of each, all with one peer."""
    for agency in agencies:
        name = agency.lower().rpartition("-")[2]
        partner = Partner(
            id=name, name=name, peer="peer-two", symbols=(agency,), account=ACCOUNT, auto_answer=AutoAnswer.BOTH
        )
        await put(house.store, partner)
    await house.directory.refresh()


def tell_libraries_apart(outbox: Outbox, house: House) -> None:
    outbox._subjects._library_of = lambda row, request: library_of(row.effect, request, house.directory.is_broker)


async def ask(house: House, agency: str, number: str) -> None:
    own = header(house.time.now(), number, requesting_agency_id=values.AgencyId.of(agency))
    await house.receive(request(house.time.now(), number, header=own), peer="peer-two")
