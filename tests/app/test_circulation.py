"""What the running gateway tells of the circulation system: since when it is silent, what went wrong last, what helps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from gateway.app.circulation import PROBE_S, WATCH_S, Circulation
from gateway.sip2.breaker import BreakerState
from gateway.sip2.codec import decode
from gateway.sip2.errors import NotSent, Reason
from gateway.sip2.known import LinesStatus
from gateway.sip2.profiles import Profile
from tests.fakes.clock import FakeTime

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
STATUS = b"98YYYYNN999002" + b"20260828    120000" + b"2.00AOEXV|BXYYYYYYYYYYYYYYYY|"


class Acs:
    """Stands for the lines: answers or not, as a test sets it."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.answers = True
        self.asked = 0
        self.refused_logins = 0
        self.stopped = False
        self.breaker = BreakerState.CLOSED
        self._replied_at: float | None = None
        self._failed_at: float | None = None

    async def exchange(self, _request: object) -> Any:
        self.asked += 1
        if not self.answers:
            self._failed_at = self.time.monotonic()
            raise NotSent(Reason.CONNECT, "no connection to the circulation system: ConnectionRefusedError")
        self._replied_at = self.time.monotonic()
        return decode(STATUS)

    def status(self) -> LinesStatus:
        return LinesStatus(
            breaker=self.breaker,
            connections=int(self.answers),
            idle=0,
            refused_logins=self.refused_logins,
            stopped=self.stopped,
            last_reply_at=self._replied_at,
            last_error="" if self._failed_at is None else "no connection",
            last_error_at=self._failed_at,
            acs=None,
        )


@asynccontextmanager
async def watched(seats: int = 1) -> AsyncIterator[tuple[Circulation, Acs, FakeTime]]:
    """An idle gateway's watch."""
    time = FakeTime(START)
    acs = Acs(time)
    ground: Any = SimpleNamespace(time=time, terminal=SimpleNamespace(profile=Profile()), zone=ZoneInfo("Asia/Tokyo"))
    parts: dict[str, Any] = {
        "lines": acs,
        "seats": SimpleNamespace(share=seats),
        "outbox": SimpleNamespace(paused={}),
        "reconciler": None,
    }
    circulation = Circulation(ground, **parts)
    task = asyncio.create_task(circulation.watch())
    await time.advance(0)
    yield circulation, acs, time
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_idle_gateway_asks_by_itself_and_counts_from_the_last_answer_whatever_the_breaker_does() -> None:
    async with watched() as (circulation, acs, time):
        assert circulation.no_answer_s() == 0
        acs.answers = False
        for minute in range(1, 11):
            acs.breaker = (BreakerState.OPEN, BreakerState.HALF_OPEN)[minute % 2]
            await time.advance(60)
            assert circulation.no_answer_s() == 60 * minute
        assert circulation.trouble() == "it has not answered since today 18:00; its work is postponed"
        acs.answers, acs.breaker = True, BreakerState.CLOSED
        await time.advance(PROBE_S)
        assert circulation.no_answer_s() == 0
        assert circulation.trouble() is None


async def test_one_that_never_answered_is_silent_since_it_was_first_asked() -> None:
    async with watched() as (circulation, acs, time):
        acs._replied_at, acs.answers = None, False
        await time.advance(WATCH_S)
        await time.advance(300)
        assert circulation.no_answer_s() == 300


async def test_a_gateway_without_a_seat_asks_nothing_and_says_nothing() -> None:
    async with watched(seats=0) as (circulation, acs, time):
        acs.answers = False
        await time.advance(600)
        assert (acs.asked, circulation.no_answer_s()) == (0, 0)


async def test_the_status_gives_times_and_the_last_error() -> None:
    async with watched() as (circulation, acs, time):
        acs.answers = False
        await time.advance(600)
        status = circulation.status()
        assert status.last_reply_at == START
        assert status.no_answer_since == START
        assert status.last_error == "no connection"
        assert status.last_error_at is not None
        assert status.last_error_at > START + timedelta(minutes=9)


async def test_a_refused_login_is_told_after_the_first_one_and_is_no_silence() -> None:
    async with watched() as (circulation, acs, time):
        acs.answers, acs.refused_logins = False, 1
        await time.advance(600)
        assert circulation.trouble() == (
            "the login was refused; it is tried once more by itself, or at once by `ill-gateway acs resume`"
        )
        assert circulation.no_answer_s() == 0
        acs.refused_logins, acs.stopped = 2, True
        assert "no more is tried" in str(circulation.trouble())
        assert "`ill-gateway acs resume`" in str(circulation.trouble())
