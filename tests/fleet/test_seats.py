"""A gateway keeps to its seats, gives up what is no longer its own, and cuts its lines before others may take it for gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest

from gateway.fleet.seats import SETTLING_S, Patience, Seats
from gateway.store.port import Attendance, NameTaken, Store, StoreUnavailable
from tests.fakes.clock import FakeTime

EVERY_S, CUT_S, GONE_S = 1.0, 12.0, 20.0
PATIENCE = Patience(every_s=EVERY_S, cut_s=CUT_S, gone_s=GONE_S, attempt_s=5.0)


class Registry:
    """A store that grants what it is told to, or fails."""

    def __init__(self, grants: int = 2) -> None:
        self.grants = grants
        self.gateways = 1
        self.trouble: Exception | None = None
        self.silent = False
        self.heard: list[int] = []
        """`in_use` of each attendance."""
        self.left: list[str] = []

    async def attend(self, name: str, *, seats: int, in_use: int, for_s: float) -> Attendance:
        assert (name, seats, for_s) == ("here", 4, GONE_S)
        self.heard.append(in_use)
        if self.silent:
            await asyncio.Event().wait()
        if self.trouble:
            raise self.trouble
        return Attendance(seats=self.grants, gateways=self.gateways)

    async def leave(self, name: str) -> None:
        if self.trouble:
            raise self.trouble
        self.left.append(name)


class Lines:
    """Lines of which `busy` can't be closed yet."""

    def __init__(self) -> None:
        self.size = 0
        self.busy = 0
        self.cuts = 0

    @property
    def in_use(self) -> int:
        return max(self.size, self.busy)

    def resize(self, size: int) -> None:
        self.size = size

    def cut(self) -> None:
        self.cuts += 1
        self.size = self.busy = 0


class Room:
    """A gateway with its seats, and what it was told."""

    def __init__(self, patience: Patience = PATIENCE) -> None:
        self.registry, self.lines, self.time = Registry(), Lines(), FakeTime()
        self.moved: list[int] = []
        self.superseded: list[str] = []
        self.seats = Seats(
            store=cast("Store", self.registry),
            lines=self.lines,
            name="here",
            seats=4,
            time=self.time,
            patience=patience,
        )

    @asynccontextmanager
    async def attending(self) -> AsyncIterator["Room"]:
        await self.seats.start(self.moved.append, self.superseded.append)
        try:
            yield self
        finally:
            await self.seats.stop()


@pytest.fixture
def room() -> Room:
    return Room()


async def test_the_first_share_is_there_before_the_start_ends(room: Room) -> None:
    async with room.attending():
        assert (room.seats.share, room.lines.size, room.moved) == (2, 2, [2])
    assert room.registry.left == ["here"]


async def test_a_gateway_that_gets_no_seat_at_its_start_is_told_so(room: Room) -> None:
    """Or it would take up work that it has no connection for, again and again before those that have one."""
    room.registry.grants = 0
    async with room.attending():
        assert (room.seats.share, room.moved) == (0, [0])


async def test_a_start_without_a_store_fails(room: Room) -> None:
    room.registry.trouble = StoreUnavailable("gone")
    with pytest.raises(StoreUnavailable):
        await room.seats.start(room.moved.append, room.superseded.append)
    await room.seats.stop()


async def test_it_attends_every_second_and_moves_when_the_share_does(room: Room) -> None:
    async with room.attending():
        await room.time.advance(3 * EVERY_S)
        assert (room.registry.heard, room.moved) == ([0, 2, 2, 2], [2])
        room.registry.grants = 4
        await room.time.advance(EVERY_S)
        assert (room.lines.size, room.moved) == (4, [2, 4])


async def test_it_knows_how_many_gateways_there_are_and_keeps_to_that_without_a_store(room: Room) -> None:
    async with room.attending():
        assert room.seats.gateways == 1
        room.registry.gateways = 3
        await room.time.advance(EVERY_S)
        assert room.seats.gateways == 3
        room.registry.trouble = StoreUnavailable("gone")
        await room.time.advance(CUT_S + EVERY_S)
        assert room.seats.gateways == 3
        room.registry.trouble = None


async def test_a_line_that_is_busy_counts_until_it_is_free_and_others_are_told_soon(room: Room) -> None:
    async with room.attending():
        room.lines.busy = 2
        room.registry.grants = 1
        await room.time.advance(EVERY_S)
        assert (room.lines.size, room.moved) == (1, [2, 1])
        await room.time.advance(SETTLING_S)
        assert room.registry.heard[-1] == 2
        room.lines.busy = 0
        await room.time.advance(SETTLING_S)
        assert room.registry.heard[-1] == 1


async def test_a_store_that_is_gone_for_a_moment_changes_nothing(room: Room) -> None:
    async with room.attending():
        room.registry.trouble = StoreUnavailable("gone")
        await room.time.advance(CUT_S - EVERY_S)
        room.registry.trouble = None
        await room.time.advance(CUT_S)
        assert (room.lines.cuts, room.moved) == (0, [2])


async def test_lines_are_cut_before_others_may_take_the_seats(room: Room) -> None:
    """And are there again once the store is."""
    async with room.attending():
        room.registry.trouble = StoreUnavailable("gone")
        await room.time.advance(CUT_S + 2 * EVERY_S)
        assert (room.lines.cuts, room.lines.in_use, room.moved) == (1, 0, [2, 0])
        room.registry.trouble = None
        await room.time.advance(EVERY_S)
        assert (room.registry.heard[-1], room.lines.size, room.moved) == (0, 2, [2, 0, 2])


def test_a_patience_that_leaves_no_time_to_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="must be cut before"):
        Patience(every_s=1.0, attempt_s=5.0, cut_s=14.0, gone_s=20.0)


async def test_a_line_that_is_still_busy_after_its_seat_is_gone_is_cut_as_well(room: Room) -> None:
    async with room.attending():
        room.lines.busy, room.registry.grants = 2, 0
        await room.time.advance(EVERY_S)
        assert (room.seats.share, room.lines.in_use, room.lines.cuts) == (0, 2, 0)
        room.registry.trouble = StoreUnavailable("gone")
        await room.time.advance(CUT_S + EVERY_S)
        assert (room.lines.in_use, room.lines.cuts) == (0, 1)


async def test_a_fault_does_not_end_the_attendance(room: Room) -> None:
    async with room.attending():
        room.registry.trouble = TypeError("a fault of ours")
        await room.time.advance(EVERY_S)
        room.registry.trouble = None
        await room.time.advance(EVERY_S)
        assert room.registry.heard == [0, 2, 2]


async def test_a_gateway_that_stood_still_cuts_its_lines_before_it_says_a_word(room: Room) -> None:
    async with room.attending():
        room.lines.busy = 2
        room.time._pass_until(2 * GONE_S)
        await room.time.advance(EVERY_S)
        assert room.lines.cuts == 1
        assert room.registry.heard[-1] == 0


async def test_a_store_that_does_not_answer_holds_nothing_up() -> None:
    room = Room(Patience(attempt_s=0.01))
    async with room.attending():
        room.registry.silent = True
        await room.time.advance(EVERY_S)
        async with asyncio.timeout(60):
            while room.time.sleepers == 0:
                await asyncio.sleep(0.005)
        room.registry.silent = False
        await room.time.advance(EVERY_S)
        assert len(room.registry.heard) == 3


async def test_a_gateway_whose_name_another_has_taken_gives_everything_up_and_says_so(room: Room) -> None:
    async with room.attending():
        room.registry.trouble = NameTaken("another gateway has started as here")
        await room.time.advance(5 * EVERY_S)
        assert (room.lines.cuts, room.moved, len(room.registry.heard)) == (1, [2, 0], 2)
        assert room.superseded == ["another gateway has started as here"]
        room.registry.trouble = None


async def test_a_stop_without_a_store_leaves_the_rest_to_the_clock(room: Room) -> None:
    async with room.attending():
        room.registry.trouble = StoreUnavailable("gone")
    assert room.registry.left == []
