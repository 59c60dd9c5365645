"""The other libraries of a run, in a process of their own: opened, played so many loans at once, made to misbehave, written down.

    python -m tests.faults.borrowers ASSIGNMENT     they borrow from us
    python -m tests.faults.lenders ASSIGNMENT       they lend to us

The assignment is JSON (`Assignment`). Output, one JSON object a line: {"ports": ...} once they listen, {"begun", "ended"}
while they work, {"done": true} when every script has ended, {"written": true} when the books stand in the assignment's file.
A line of input `quiet` ends all misbehaviour, `books` has them written; the end of the input ends the process. Who writes them when
the scripts have ended writes too early: a loan whose script lost patience goes on, and the gateway's books are read later.
"""

import asyncio
import os
import random
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from gateway.demo.partner.misbehaviour import Misbehaviour, Order, Script
from gateway.demo.partner.settings import PartnerSettings
from tests.faults.crowd import Crowd
from tests.faults.world import Seat

REPORT_S: Final = 0.25
LOOK_S: Final = 0.05
FAULTS: Final = (
    Misbehaviour.FAILS,
    Misbehaviour.FAILS_AFTER,
    Misbehaviour.UNAVAILABLE,
    Misbehaviour.SILENT,
    Misbehaviour.SILENT_AFTER,
    Misbehaviour.HANGS_UP,
    Misbehaviour.HANGS_UP_AFTER,
    Misbehaviour.WEB_PAGE,
    Misbehaviour.WEB_PAGE_AFTER,
    Misbehaviour.SLOW,
    Misbehaviour.SENDS_TWICE,
    Misbehaviour.SENDS_LATE,
)
"""How the others misbehave; what they refuse for good is a matter for people, and no fault of transport."""

Plan = TypeVar("Plan")


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What to play: the world of a seed, how many loans at once, how often a partner misbehaves."""

    seed: int
    loans: int
    partners: int
    at_once: int
    supplier_port: int
    """Where the gateway takes messages."""
    password: str
    bearer: str
    fault_every: float
    """How many messages a partner takes, or sends, in the mean between two misbehaviours; 0 for none."""
    patience_s: float
    """How long one answer is waited for before the run counts it as lost."""
    books: str
    crowd: frozenset[Crowd] = frozenset()
    """Who else is in the room."""
    api_port: int = 0
    """Where the gateway takes customers' orders."""
    api_token: str = ""
    begin_every_s: float = 0.0
    """Between two requests; 0: as fast as earlier loans end."""
    stop_after_s: float | None = None
    """Begin no loan after so long."""

    def __repr__(self) -> str:
        """Nothing of what is shown."""
        return f"Assignment(seed={self.seed}, loans={self.loans}, ...)"


class Neighbours(ABC, Generic[Plan]):
    """All of them at work."""

    def __init__(self, assignment: Assignment, plans: Sequence[Plan]) -> None:
        self.assignment = assignment
        self._plans = plans
        self._begun = self._ended = 0
        self._quiet = False
        self._next_at = 0.0

    @abstractmethod
    async def open(self, stack: AsyncExitStack) -> Mapping[str, int]:
        """Listen; the ports by partner."""

    @abstractmethod
    async def play(self, plan: Plan) -> None:
        """One loan from its beginning to its end."""

    @abstractmethod
    def scripts(self) -> Mapping[str, Script]:
        """By which each misbehaves, by its symbol."""

    @abstractmethod
    def books(self) -> Mapping[str, Any]:
        """What all of them know at the end, beside how often each misbehaviour was seen."""

    async def run(self) -> None:
        """Listen, play, and stay until the end of the input."""
        async with AsyncExitStack() as stack:
            say({"ports": await self.open(stack)})
            await _line()  # the harness says when
            helpers = [asyncio.create_task(self._report()), asyncio.create_task(self._hear())]
            helpers += [asyncio.create_task(self._misbehave(*each)) for each in self.scripts().items()]
            await self._play_all()
            for helper in (helpers[0], *helpers[2:]):
                helper.cancel()
            self._say_progress()
            say({"done": True})
            await helpers[1]

    async def _write_books(self) -> None:
        fired = sum((script.fired for script in self.scripts().values()), Counter[Misbehaviour]())
        books = msgspec.json.encode({**self.books(), "fired": fired})
        await asyncio.to_thread(Path(self.assignment.books).write_bytes, books)
        say({"written": True})

    def settings(self, seat: Seat) -> PartnerSettings:
        """What the partner in a seat starts with."""
        return PartnerSettings(
            supplier_url=f"http://127.0.0.1:{self.assignment.supplier_port}/iso18626",
            agency=seat.symbol,
            version=seat.version,
            basic_user=seat.id,
            basic_password=self.assignment.password,
            bearer=self.assignment.bearer,
            timeout_s=3.0,
        )

    async def _play_all(self) -> None:
        """So many at once, in the order of the plans."""
        plans, until_s = iter(self._plans), time.monotonic() + (self.assignment.stop_after_s or float("inf"))

        async def play_next() -> None:
            for plan in plans:
                if time.monotonic() > until_s:
                    return
                await self._wait_for_turn()
                self._begun += 1
                await self.play(plan)
                self._ended += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(self.assignment.at_once):
                group.create_task(play_next())

    async def _wait_for_turn(self) -> None:
        """Requests come one after the other, in even steps."""
        now = time.monotonic()
        self._next_at = max(now, self._next_at + self.assignment.begin_every_s)
        await asyncio.sleep(self._next_at - now)

    async def _misbehave(self, symbol: str, script: Script) -> None:
        """One order after another, each after so many messages."""
        chance = random.Random(f"partner {self.assignment.seed} {symbol}")
        while self.assignment.fault_every and not self._quiet:
            await asyncio.sleep(LOOK_S)
            if not script.orders:
                script.add(_draw_order(chance, self.assignment.fault_every))

    async def _hear(self) -> None:
        """Be quiet, and write the books, when told so; the end of the input is the end, whatever is under way."""
        while line := await _line():
            match line:
                case "quiet":
                    self._quiet = True
                    for script in self.scripts().values():
                        script.clear()
                case "books":
                    await self._write_books()
        os._exit(0)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            self._say_progress()

    def _say_progress(self) -> None:
        say({"begun": self._begun, "ended": self._ended})


def _draw_order(chance: random.Random, every: float) -> Order:
    name = chance.choice(FAULTS)
    return Order(
        name=name,
        skip=int(chance.expovariate(1 / every)),
        count=chance.choice((1, 1, 1, 2, 4)),
        delay_s=chance.choice((0.1, 0.5, 2.5)) if name is Misbehaviour.SLOW else 0.0,
    )


def say(words: Mapping[str, Any]) -> None:
    """One line of output."""
    sys.stdout.write(msgspec.json.encode(words).decode() + "\n")
    sys.stdout.flush()


async def _line() -> str:
    """The next line of input; empty at its end."""
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.strip()


def read_assignment() -> Assignment:
    """The one that the command line names."""
    return msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Assignment)


def main(neighbours: Neighbours[Any]) -> None:
    """Run them until the end of the input."""
    with suppress(KeyboardInterrupt):
        asyncio.run(neighbours.run())
