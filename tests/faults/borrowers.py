"""The partner libraries of a run, in a process of their own: the demonstration partner's door and books, scripted.

    python -m tests.faults.borrowers ASSIGNMENT

The assignment is JSON (`Assignment`). Output, one JSON object a line: {"ports": ...} once they listen, {"begun", "ended"}
while they work, {"done": true} when every script has ended and the books stand in the assignment's file. A line of input
`quiet` ends all misbehaviour; the end of the input ends the process.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.demo import partner
from gateway.demo.partner import RunningPartner
from gateway.demo.partner_misbehaviour import Misbehaviour, Order
from gateway.demo.partner_settings import PartnerSettings
from tests.faults.borrowing import Borrower, Log
from tests.faults.world import LoanPlan, World, draw_world

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
"""How the partners misbehave; what they refuse for good is a matter for people, and no fault of transport."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What to play: the world of a seed, how many loans at once, how often a partner misbehaves."""

    seed: int
    loans: int
    partners: int
    at_once: int
    supplier_port: int
    password: str
    bearer: str
    fault_every: float
    """How many messages a partner takes, or sends, in the mean between two misbehaviours; 0 for none."""
    patience_s: float
    """How long a borrower waits for one answer before the run counts it as lost."""
    books: str
    begin_every_s: float = 0.0
    """Between two requests; 0: as fast as earlier loans end."""
    stop_after_s: float | None = None
    """Begin no loan after so long."""


class Borrowers:
    """All partners at work."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._world: World = draw_world(assignment.seed, loans=assignment.loans, partners=assignment.partners)
        self._partners: dict[str, RunningPartner] = {}
        self._logs: dict[str, Log] = {}
        self._ended = 0
        self._quiet = False
        self._next_at = 0.0

    async def run(self) -> None:
        """Listen, play, write the books."""
        async with AsyncExitStack() as stack:
            for seat in self._world.seats:
                settings = self._settings(seat.id, seat.symbol)
                self._partners[seat.id] = await stack.enter_async_context(await partner.serve(settings))
            say({"ports": {name: each.port for name, each in self._partners.items()}})
            await _line()  # the harness says when
            helpers = [asyncio.create_task(self._report()), asyncio.create_task(self._hear())]
            helpers += [asyncio.create_task(self._misbehave(each)) for each in self._partners.values()]
            await self._play_all()
            for helper in (helpers[0], *helpers[2:]):
                helper.cancel()
            books = msgspec.json.encode(self._books())
            await asyncio.to_thread(Path(self._assignment.books).write_bytes, books)
            self._say_progress()
            say({"done": True})
            await helpers[1]

    def _settings(self, seat_id: str, symbol: str) -> PartnerSettings:
        return PartnerSettings(
            supplier_url=f"http://127.0.0.1:{self._assignment.supplier_port}/iso18626",
            agency=symbol,
            basic_user=seat_id,
            basic_password=self._assignment.password,
            bearer=self._assignment.bearer,
            timeout_s=3.0,
        )

    async def _play_all(self) -> None:
        """So many at once, in the order of the plans."""
        plans, until_s = iter(self._world.plans), time.monotonic() + (self._assignment.stop_after_s or float("inf"))

        async def play_next() -> None:
            for plan in plans:
                if time.monotonic() > until_s:
                    return
                await self._wait_for_turn()
                await self._play(plan)

        async with asyncio.TaskGroup() as group:
            for _ in range(self._assignment.at_once):
                group.create_task(play_next())

    async def _wait_for_turn(self) -> None:
        """Requests come one after the other, in even steps."""
        now = time.monotonic()
        self._next_at = max(now, self._next_at + self._assignment.begin_every_s)
        await asyncio.sleep(self._next_at - now)

    async def _play(self, plan: LoanPlan) -> None:
        library = self._partners[plan.seat].library
        chance = random.Random(f"borrower {self._world.seed} {plan.id}")
        borrower = Borrower(library, plan, chance, patience_s=self._assignment.patience_s)
        self._logs[plan.id] = borrower.log
        await borrower.run()
        self._ended += 1

    async def _misbehave(self, running: RunningPartner) -> None:
        """One order after another, each after so many messages."""
        chance = random.Random(f"partner {self._world.seed} {running.library.settings.agency}")
        script = running.library.script
        while self._assignment.fault_every and not self._quiet:
            await asyncio.sleep(LOOK_S)
            if not script.orders:
                script.add(_draw_order(chance, self._assignment.fault_every))

    async def _hear(self) -> None:
        """Be quiet when told so; the end of the input is the end, whatever is under way."""
        while line := await _line():
            if line == "quiet":
                self._quiet = True
                for each in self._partners.values():
                    each.library.script.clear()
        os._exit(0)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            self._say_progress()

    def _say_progress(self) -> None:
        say({"begun": len(self._logs), "ended": self._ended})

    def _books(self) -> dict[str, Any]:
        """What books.BorrowersBooks reads."""
        pages = {page.id: page for each in self._partners.values() for page in each.library.books.pages()}
        fired: Counter[str] = Counter()
        for each in self._partners.values():
            fired.update(each.library.script.fired)
        return {"pages": pages, "logs": self._logs, "fired": fired}


def _draw_order(chance: random.Random, every: float) -> Order:
    name = chance.choice(FAULTS)
    return Order(
        name=name,
        skip=int(chance.expovariate(1 / every)),
        count=chance.choice((1, 1, 1, 2, 4)),
        delay_s=chance.choice((0.1, 0.5, 2.5)) if name is Misbehaviour.SLOW else 0.0,
    )


def say(words: dict[str, Any]) -> None:
    """One line of output."""
    sys.stdout.write(msgspec.json.encode(words).decode() + "\n")
    sys.stdout.flush()


async def _line() -> str:
    """The next line of input; empty at its end."""
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.strip()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(Borrowers(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Assignment)).run())
