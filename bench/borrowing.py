"""A borrowed loan, from the customer's order to the lender's LoanCompleted.

The order comes over the API, the lender's messages over HTTP, the customer borrows and returns at the circulation system's own
desk. Nothing tells the gateway of that: it looks (17) when its clock has run, and the clock is set off here, once after each.
"""

import asyncio
import json
from datetime import UTC, datetime
from typing import Final

from bench import documents
from bench.player import Player
from bench.settings import ADMIN_TOKEN
from gateway.demo.acs.collection import demonstration_collection, pool_barcodes
from gateway.iso18626.codes import Action, RequestType
from gateway.workflow.events import TimerFired
from gateway.workflow.records import Clock, State
from gateway.workflow.triggers import StaffAction

CUSTOMER: Final = "20000000090031"
"""An account of the demonstration ACS that may borrow a great deal."""
PICKUP: Final = "SMP"
POOL: Final = pool_barcodes(demonstration_collection())
HEADERS: Final = {"Authorization": f"Bearer {ADMIN_TOKEN}", "Content-Type": "application/json"}


class Borrowing(Player):
    """Each loan takes a barcode of the pool; none rests in between."""

    at_once_max = len(POOL) - 2
    """So that there is a choice."""

    async def prepare(self) -> None:
        """Fill the pool."""
        await self.gateway.store.borrowing.add_barcodes("pool", POOL, at=datetime.now(UTC))

    async def play(self, number: int, place: int) -> None:  # noqa: ARG002 - any barcode of the pool will do
        """Asked for, promised, sent, received, fetched, brought back, sent back, confirmed."""
        request = await self._order(number)
        await self.until_told(request, RequestType.NEW)
        await self.post(documents.lender_message(request, "WillSupply", "RequestResponse"))
        await self.until(request, State.PROMISED)
        await self.post(documents.lender_message(request, "Loaned"))
        await self.until(request, State.ON_ITS_WAY)
        await self.act(request, StaffAction.RECEIVE)
        await self.until(request, State.ON_SHELF)
        (barcode,) = self.barcodes(request)
        await self._at_the_desk("borrow", barcode=barcode, customer=CUSTOMER)
        await self.look(request)
        await self.until(request, State.WITH_CUSTOMER)
        await self._at_the_desk("return", barcode=barcode, branch=PICKUP)
        await self.look(request)
        await self.until(request, State.TO_RETURN)
        await self.act(request, StaffAction.SEND_BACK)
        await self.until_told(request, Action.SHIPPED_RETURN)
        await self.until_told(request, Action.RECEIVED)
        await self.post(documents.lender_message(request, "LoanCompleted"))
        await self.until(request, State.COMPLETED)

    async def _order(self, number: int) -> str:
        """The customer's order; the request's number."""
        order = {"customer": CUSTOMER, "pickup_branch": PICKUP, "title": f"The Imaginary Almanac, part {number}"}
        answer = await self.call("api", "/api/v1/borrowing", json.dumps(order).encode(), HEADERS)
        assert b" 201 " in answer.split(b"\r\n", 1)[0], answer
        return str(json.loads(answer.partition(b"\r\n\r\n")[2])["request"])

    async def look(self, request: str) -> None:
        """Let the clock that looks for the item have run."""
        await self.gateway.intake.submit(request, TimerFired(at=datetime.now(UTC), clock=Clock.WATCH))

    async def _at_the_desk(self, operation: str, **arguments: str) -> None:
        """What the customer does at the circulation system, in a thread: its some 0.2 ms are in the gateway's CPU time."""
        await asyncio.to_thread(self.acs.ask, operation, **arguments)
