"""What has changed is followed in pieces, and others have the store to themselves between two of them."""

from collections.abc import Sequence

from gateway.dispatch.bookkeeping import REST_MOST_S, RESTS, Bookkeeper
from gateway.reports.folding import House
from gateway.store.facts_port import Changed, ChangedPiece
from tests.fakes.clock import FakeTime
from tests.store.values import request

TAKES_S = 0.03


class Slow:
    """A store with so many pieces to follow, each of which takes its time."""

    def __init__(self, pieces: int, time: "Noted", takes_s: float = TAKES_S) -> None:
        self.left, self.time, self.takes_s = pieces, time, takes_s
        self.facts = self

    async def changed(self, _limit: int) -> ChangedPiece | None:
        one = Changed(line=self.left, changed=0, request=request(), fact=None, lines=(), attempts=())
        return ChangedPiece(since=None, to=None, requests=(one,)) if self.left else None  # type: ignore[arg-type]

    async def missed(self, _after: int, limit: int) -> ChangedPiece | None:
        return await self.changed(limit)

    async def write(self, _piece: ChangedPiece, _folded: Sequence[object], _zone: object) -> bool:
        self.left -= 1
        self.time.passed_s += self.takes_s
        return True


class Noted(FakeTime):
    """Notes how long is slept."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0
        self.slept_s: list[float] = []

    def monotonic(self) -> float:
        return self.passed_s

    async def sleep(self, delay_s: float) -> None:
        self.slept_s.append(round(delay_s, 3))


async def test_behind_each_piece_comes_a_rest_as_long_as_it_took_several_times():
    time = Noted()
    store = Slow(3, time)
    assert await Bookkeeper(store, House, time).catch_up() == 3  # type: ignore[arg-type]
    assert time.slept_s == [round(RESTS * TAKES_S, 3)] * 3


async def test_what_was_missed_is_followed_as_gently():
    time = Noted()
    store = Slow(2, time)
    assert await Bookkeeper(store, House, time).look_over() == 2  # type: ignore[arg-type]
    assert time.slept_s == [round(RESTS * TAKES_S, 3)] * 2


async def test_no_rest_is_long_however_long_a_piece_took():
    time = Noted()
    store = Slow(2, time, takes_s=3600.0)
    await Bookkeeper(store, House, time).catch_up()  # type: ignore[arg-type]
    assert time.slept_s == [REST_MOST_S] * 2
