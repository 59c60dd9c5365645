"""The partner libraries that borrow from us: the demonstration partner's door and books, scripted (neighbours.py says how they run)."""

import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from gateway.demo.partner import running as partner
from gateway.demo.partner.misbehaviour import Script
from gateway.demo.partner.running import RunningPartner
from tests.faults.borrowing import Borrower, Log
from tests.faults.neighbours import Assignment, Neighbours, main, read_assignment
from tests.faults.world import LoanPlan, draw_world


class Borrowers(Neighbours[LoanPlan]):
    """All partners at work."""

    def __init__(self, assignment: Assignment) -> None:
        self._world = draw_world(
            assignment.seed, loans=assignment.loans, partners=assignment.partners, crowd=assignment.crowd
        )
        super().__init__(assignment, self._world.plans)
        self._partners: dict[str, RunningPartner] = {}
        self._logs: dict[str, Log] = {}

    async def open(self, stack: AsyncExitStack) -> Mapping[str, int]:
        """See the base class."""
        for seat in self._world.seats:
            self._partners[seat.id] = await stack.enter_async_context(await partner.serve(self.settings(seat)))
        return {name: each.port for name, each in self._partners.items()}

    async def play(self, plan: LoanPlan) -> None:
        """See the base class."""
        library = self._partners[plan.seat].library
        chance = random.Random(f"borrower {self._world.seed} {plan.id}")
        borrower = Borrower(library, plan, chance, patience_s=self.assignment.patience_s)
        self._logs[plan.id] = borrower.log
        await borrower.run()

    def scripts(self) -> Mapping[str, Script]:
        """See the base class."""
        return {each.library.settings.agency: each.library.script for each in self._partners.values()}

    def books(self) -> Mapping[str, Any]:
        """What books.BorrowersBooks reads."""
        pages = {page.id: page for each in self._partners.values() for page in each.library.books.pages()}
        return {"pages": pages, "logs": self._logs}


if __name__ == "__main__":
    main(Borrowers(read_assignment()))
