"""Gateways that share one account make no more refused logins than one may, whoever dies, and whenever the store is away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.fleet.logins import LOOK_S, SharedLogins
from gateway.fleet.news import RETRY_S
from gateway.sip2.breaker import LoginEnd, LoginGate
from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import LoginCount, Store, StoreUnavailable, Topic
from tests.fakes.clock import FakeTime

PAUSE_S, TRY_S = 90.0, 20.0


class Books:
    """A store that keeps one count, tells of each change, and can be away."""

    def __init__(self) -> None:
        self.count = LoginCount()
        self.away = False
        self.loses_answers = False
        """Writes, and nobody is told."""
        self.slow: asyncio.Event | None = None
        """Whoever reads or writes waits for it."""
        self.tells: list[Callable[[], None]] = []

    async def logins(self, acs: str) -> LoginCount:
        assert acs == "main"
        await self._reach()
        return self.count

    async def set_logins(self, acs: str, count: LoginCount) -> bool:
        assert acs == "main"
        await self._reach()
        if count.version != self.count.version:
            return False
        self.count = msgspec.structs.replace(count, version=count.version + 1)
        if self.loses_answers:
            raise StoreUnavailable("written, and nobody was told")
        for tell in self.tells:
            tell()
        return True

    def on_change(self, topic: Topic, tell: Callable[[], None]) -> None:
        assert topic is Topic.LOGINS
        self.tells.append(tell)

    async def _reach(self) -> None:
        await (self.slow.wait() if self.slow else asyncio.sleep(0))
        if self.away:
            raise StoreUnavailable("gone")


class House:
    """Gateways on one store."""

    def __init__(self) -> None:
        self.books, self.time = Books(), FakeTime()

    def logins(self, name: str) -> SharedLogins:
        return SharedLogins(store=cast("Store", self.books), acs="main", name=name, time=self.time)

    @asynccontextmanager
    async def gateway(self, name: str) -> AsyncIterator[SharedLogins]:
        logins = self.logins(name)
        await logins.start()
        try:
            yield logins
        finally:
            await logins.stop()


@pytest.fixture
def house() -> House:
    return House()


async def refuse(logins: SharedLogins) -> float | None:
    assert await logins.ask() == 0
    return logins.tell(LoginEnd.REFUSED)


async def test_all_gateways_together_try_once_then_once_more_after_a_pause_then_wait_for_staff(
    house: House,
) -> None:
    async with house.gateway("a") as a, house.gateway("b") as b:
        assert await refuse(a) == PAUSE_S
        await house.time.settle()
        assert (b.gate.refusals, await b.ask(), await a.ask()) == (1, PAUSE_S, PAUSE_S)
        await house.time.advance(PAUSE_S)
        assert await refuse(b) is None
        await house.time.advance(10 * PAUSE_S)
        assert [await each.ask() for each in (a, b)] == [None, None]
        assert a.gate.stopped


async def test_answers_that_are_neither_yes_nor_no_have_one_count_for_all_and_across_restarts(house: House) -> None:
    for name, wait_s in (("a", LoginGate().unclear_pause_s), ("b", PAUSE_S), ("a", None)):
        async with house.gateway(name) as logins:
            assert await logins.ask() == 0
            assert logins.tell(LoginEnd.UNCLEAR) == wait_s
            await house.time.advance(PAUSE_S)


async def test_staff_resume_for_all_by_way_of_any(house: House) -> None:
    async with house.gateway("a") as a, house.gateway("b") as b:
        await refuse(a)
        await house.time.advance(PAUSE_S)
        await refuse(a)
        await house.time.settle()
        assert b.gate.stopped
        await b.resume()
        await house.time.settle()
        assert (a.gate.refusals, a.gate.stopped) == (0, False)
        assert await a.ask() == 0


async def test_a_login_that_works_ends_the_count_for_all(house: House) -> None:
    async with house.gateway("a") as a, house.gateway("b") as b:
        await refuse(a)
        await house.time.advance(PAUSE_S)
        assert await b.ask() == 0
        b.tell(LoginEnd.WORKED)
        await house.time.settle()
        assert (a.gate, a.gate.refusals) == (b.gate, 0)


async def test_one_tries_at_a_time_and_the_others_wait_to_hear_how_it_ended(house: House) -> None:
    async with house.gateway("a") as a, house.gateway("b") as b:
        assert await a.ask() == 0
        waiting = asyncio.create_task(b.ask())
        await house.time.advance(5.0)
        assert not waiting.done()
        a.tell(LoginEnd.BROKEN_OFF)
        await house.time.advance(LOOK_S)
        assert await waiting == 0


@pytest.mark.parametrize(("name", "after_s"), [("a", 0.0), ("b", TRY_S)], ids=["started again", "another"])
async def test_a_gateway_that_died_over_a_login_counts_as_refused(house: House, name: str, after_s: float) -> None:
    dead = house.logins("a")
    await dead.start()
    assert await dead.ask() == 0
    await kill(dead)
    await house.time.advance(after_s)
    async with house.gateway(name) as alive:
        assert alive.gate.refusals == 1
        assert await refuse(alive) is None, "which is the second"


async def kill(logins: SharedLogins) -> None:
    """As `kill -9` does: nothing is told any more."""
    assert logins._following is not None
    logins._following.cancel()
    await asyncio.gather(logins._following, return_exceptions=True)


async def test_a_restart_forgets_nothing(house: House) -> None:
    async with house.gateway("a") as a:
        await refuse(a)
    async with house.gateway("a") as again:
        assert await again.ask() == PAUSE_S


async def test_a_clean_stop_tells_how_its_last_login_ended(house: House) -> None:
    async with house.gateway("a") as a:
        assert await a.ask() == 0
        a.tell(LoginEnd.WORKED)
    assert (house.books.count.trying, house.books.count.refusals) == (None, 0)


async def test_news_of_ones_own_try_do_not_end_it(house: House) -> None:
    async with house.gateway("a") as a:
        assert await a.ask() == 0
        await house.time.settle()
        for tell in house.books.tells:
            tell()
        await house.time.settle()
        assert (a.gate.trying, a.gate.refusals) == ("a", 0)


async def test_without_the_store_nobody_logs_in(house: House) -> None:
    async with house.gateway("a") as a:
        house.books.away = True
        with pytest.raises(NotSent) as caught:
            await a.ask()
        assert caught.value.reason is Reason.NO_SEAT
        house.books.away = False
        assert await a.ask() == 0


async def test_a_try_that_was_written_without_an_answer_is_taken_back(house: House) -> None:
    async with house.gateway("a") as a:
        house.books.loses_answers = True
        with pytest.raises(NotSent):
            await a.ask()
        assert house.books.count.trying == "a"
        house.books.loses_answers = False
        await house.time.advance(RETRY_S)
        assert house.books.count == LoginCount(version=2)


async def test_how_a_login_ended_is_told_once_the_store_is_back(house: House) -> None:
    async with house.gateway("a") as a:
        assert await a.ask() == 0
        house.books.away = True
        a.tell(LoginEnd.WORKED)
        await house.time.advance(3 * RETRY_S)
        house.books.away = False
        await house.time.advance(RETRY_S)
        assert (house.books.count.trying, house.books.count.refusals) == (None, 0)


async def test_who_is_broken_off_while_it_asks_leaves_no_try_behind(house: House) -> None:
    async with house.gateway("a") as a, house.gateway("b") as b:
        assert await a.ask() == 0
        waiting = asyncio.create_task(b.ask())
        await house.time.advance(1.0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        a.tell(LoginEnd.BROKEN_OFF)
        await house.time.settle()
        assert house.books.count.trying is None


async def test_a_refusal_that_is_not_told_yet_outlasts_whoever_asks_meanwhile(house: House) -> None:
    async with house.gateway("a") as a:
        assert await a.ask() == 0
        house.books.away = True
        a.tell(LoginEnd.REFUSED)
        with pytest.raises(NotSent):
            await a.ask()
        house.books.away = False
        await house.time.advance(RETRY_S)
        assert (house.books.count.trying, house.books.count.refusals) == (None, 1)


@pytest.mark.parametrize(
    ("how", "refusals"),
    [(LoginEnd.REFUSED, 1), (LoginEnd.UNCLEAR, 0), (LoginEnd.BROKEN_OFF, 0), (LoginEnd.WORKED, 0)],
    ids=str,
)
async def test_a_login_that_ends_while_the_news_of_its_try_are_read_counts_once(
    house: House, how: LoginEnd, refusals: int
) -> None:
    """The store tells whoever wrote a try of it as well: its end may come before that was read."""
    async with house.gateway("a") as a:
        assert await a.ask() == 0
        house.books.slow = asyncio.Event()
        await house.time.settle()
        a.tell(how)
        house.books.slow.set()
        await house.time.settle()
        assert (house.books.count.trying, house.books.count.refusals) == (None, refusals)
        assert a.gate.refusals == refusals


WHAT = ("try", "kill", "start", "pass", "store away", "store back")
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from("abc")), max_size=25)


@given(STEPS)
def test_there_is_never_a_third_refused_login(steps: list[tuple[str, str]]) -> None:
    """Gateways try at the same time, are killed before or after they hear that they were refused, and start again; so does the store."""
    assert asyncio.run(refused_logins(steps)) <= 2


async def refused_logins(steps: list[tuple[str, str]]) -> int:  # noqa: C901 - one case a step
    house, refused = House(), 0
    alive: dict[str, SharedLogins] = {}
    tries: dict[str, asyncio.Task[None]] = {}

    async def try_once(logins: SharedLogins) -> None:
        nonlocal refused
        with suppress(NotSent):
            if await logins.ask() == 0:
                refused += 1
                await house.time.sleep(1.0)
                logins.tell(LoginEnd.REFUSED)

    async def start(name: str) -> None:
        starting = house.logins(name)
        with suppress(StoreUnavailable):
            await starting.start()
            alive[name] = starting

    for what, name in steps:
        match what:
            case "start" if name not in alive:
                await start(name)
            case "try" if name in alive and (name not in tries or tries[name].done()):
                tries[name] = asyncio.create_task(try_once(alive[name]))
            case "kill" if name in alive:
                await kill(gone := alive.pop(name))
                gone.tell = lambda _how: None  # type: ignore[method-assign,assignment]  # a dead one says nothing
                if name in tries:
                    tries.pop(name).cancel()
            case "pass":
                await house.time.advance(PAUSE_S / 2)
            case "store away" | "store back":
                house.books.away = what == "store away"
        await house.time.settle()
    for task in [*tries.values(), *(logins._following for logins in alive.values() if logins._following)]:
        task.cancel()
    await asyncio.gather(*tries.values(), return_exceptions=True)
    return refused


def test_the_usual_gate_is_that_of_the_specification() -> None:
    assert LoginGate() == LoginGate(limit=1, pause_s=PAUSE_S, try_s=TRY_S)
