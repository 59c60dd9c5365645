"""The libraries that lend to us, and the customers whose orders we ask them for (neighbours.py says how they run)."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from gateway.demo.partner.misbehaviour import Script
from gateway.demo.partner.running import listen
from gateway.demo.partner.server import Door
from gateway.iso18626.client import Iso18626Client, client_session
from tests.faults.customers import OrderDesk, OrderLog
from tests.faults.lender import Lender
from tests.faults.neighbours import Assignment, Neighbours, main, read_assignment
from tests.faults.orders import OrderPlan, draw_orders

TIMEOUT_S: Final = 10.0
MOST_WAIT_S: Final = 0.4
"""How long people at a lender's take."""


class Lenders(Neighbours[OrderPlan]):
    """All lenders and customers at work."""

    def __init__(self, assignment: Assignment) -> None:
        self._world = draw_orders(
            assignment.seed, loans=assignment.loans, lenders=assignment.partners, crowd=assignment.crowd
        )
        super().__init__(assignment, self._world.plans)
        self._lenders: list[Lender] = []
        self._asked: dict[str, list[str]] = {}
        """By order, the lenders that were asked, the first one first."""
        self._logs: dict[str, OrderLog] = {}

    async def open(self, stack: AsyncExitStack) -> Mapping[str, int]:
        """See the base class."""
        plans = {plan.id: plan for plan in self._world.plans}
        chance = random.Random(f"lenders {self._world.seed}")
        session = await stack.enter_async_context(client_session())
        client = Iso18626Client(session, now=_now, sleep=asyncio.sleep, on_exchange=lambda _exchange: None)
        ports: dict[str, int] = {}
        for seat in self._world.seats:
            lender = Lender(
                self.settings(seat), client, plans, self._place, lambda: chance.random() ** 2 * MOST_WAIT_S,
                habit=self._world.habits[seat.id],
            )  # fmt: skip
            stack.push_async_callback(lender.aclose)
            ports[seat.id] = await listen(stack, Door(lender).application(), "127.0.0.1", 0)
            self._lenders.append(lender)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        orders = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        self._desk = OrderDesk(orders, self.assignment.api_port, self.assignment.api_token)
        watch = asyncio.create_task(self._desk.watch())
        stack.callback(watch.cancel)
        return ports

    async def play(self, plan: OrderPlan) -> None:
        """See the base class."""
        log = self._logs[plan.id] = OrderLog()
        try:
            async with asyncio.timeout(self.assignment.patience_s):
                request = await self._desk.order(plan, log)
                if request is not None:
                    await self._desk.until_ended(request)
        except TimeoutError:
            log.trouble = "waited in vain for its end"

    def scripts(self) -> Mapping[str, Script]:
        """See the base class."""
        return {lender.settings.agency: lender.script for lender in self._lenders}

    def books(self) -> Mapping[str, Any]:
        """What orders_books.LendersBooks reads."""
        pages = {page.id: page for lender in self._lenders for page in lender.pages.values()}
        return {"pages": pages, "logs": self._logs}

    def _place(self, order: str, agency: str) -> int:
        asked = self._asked.setdefault(order, [])
        if agency not in asked:
            asked.append(agency)
        return asked.index(agency)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main(Lenders(read_assignment()))
