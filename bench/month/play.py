"""One month of one seed: what is on the agenda and what is due in the gateway, one after the other."""

import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bench.month import others, truth
from bench.month.agenda import Agenda
from bench.month.expected import is_desk_open
from bench.month.house import House, opened
from bench.month.others import Others
from bench.month.shelves import Catalogue
from bench.month.staff import Staff
from bench.month.tally import Tally
from bench.month.truth import Ask, OrderTruth, Truth
from gateway.dispatch.asking import Order
from gateway.iso18626 import messages as iso
from gateway.orders.citation import Citation
from gateway.store.borrowing_port import Customer
from gateway.workflow.borrowing.numbers import read_number
from gateway.workflow.records import State
from gateway.workflow.values import Identifier, Wanted

DAYS = 56
"""Four weeks of requests, and four more in which what was begun ends."""
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - how long a commit takes is no part of the play
_GIVEN_UP = frozenset({State.UNFILLED, State.CANCELLED})


class Play:
    """The month, and everybody in it."""

    days = DAYS

    def __init__(self, world: Truth) -> None:
        self.world = world
        self.asks: dict[str, Ask] = {ask.number: ask for ask in world.asks}
        self.agenda = Agenda()
        self.numbers: dict[str, int] = {}
        """Orders, by our number of their request."""
        self.placing = 0
        """The order that is being placed."""
        self.house: House
        self.staff: Staff
        self.tally: Tally

    def now(self) -> datetime:
        """The present moment."""
        return self.house.time.now()

    def hear(self, peer: str, message: iso.Message) -> None:
        """Hand what the gateway sends to whom it is for."""
        self._others.hear(peer, message)

    def order_of(self, number: str) -> OrderTruth:
        """The order behind a request of ours, by its number or that of an attempt."""
        read = read_number(number)
        return self.world.orders[self.numbers[read[0] if read else number]]

    def is_given_up(self, order: int) -> bool:
        """Whether the customer was told that it can't be had."""
        found = (request for request, number in self.numbers.items() if number == order)
        return any(self.tally.requests[request].state in _GIVEN_UP for request in found)

    def in_office(self, at: datetime) -> datetime:
        """At that moment where it is in office hours, else at the next one's beginning."""
        while not is_desk_open(at.date()) or not 9 <= at.hour < 17:
            at = (at + timedelta(hours=1)).replace(minute=15)
        return at

    async def run(self, house: House) -> dict[str, Any]:
        """Play it, and give the figures."""
        self.house, self.tally = house, Tally(self)
        self.staff, self._others = Staff(self), Others(self)
        house.watch(self.tally.note)
        for ask in self.world.asks:
            self.agenda.put(ask.at, partial(self._ask, ask))
        for order in self.world.orders:
            self.agenda.put(order.at, partial(self._order, order))
        self.staff.begin()
        await self._until(truth.START + timedelta(days=DAYS))
        return self.tally.figures()

    async def _until(self, end: datetime) -> None:
        while self.now() < end:
            due = [at for at in (self.agenda.next_at, await self.house.next_due()) if at is not None]
            self.house.time.move_to(min(due, default=end))
            while happening := self.agenda.take(self.now()):
                await happening()
            await self.house.rest()

    async def _ask(self, ask: Ask) -> None:
        self.tally.arrived(ask)
        await self.house.receive(ask.partner, others.new(ask))

    async def _order(self, order: OrderTruth) -> None:
        identifiers = (Identifier(code="ISBN", value=order.isbn),) if order.isbn else ()
        wanted = Wanted(title=order.title, author=order.author, identifiers=identifiers)
        branch = sorted(self.world.branches)[order.number % len(self.world.branches)]
        self.placing = order.number
        await self.house.asking.place(
            Order(customer=Customer(barcode=order.customer), citation=Citation(wanted=wanted), pickup_branch=branch),
            by="technician",
        )


async def play(seed: int, changed: Mapping[str, str], *, words: bool = False) -> dict[str, Any]:
    """Play the month of a seed. `changed`: settings by their keys; `words`: with what was answered wrongly, in words."""
    world = truth.make(seed)
    return await _played(world, Catalogue(world.editions, seed), changed, words=words)


async def play_orders(seed: int, ends: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Play the orders of a seed's month alone, nobody asks us, once under each of these settings."""
    world = truth.make(seed)
    catalogue = Catalogue(world.editions, seed)
    orders = msgspec.structs.replace(world, asks=[])
    return [await _played(orders, catalogue, changed) for changed in ends]


async def _played(
    world: Truth, catalogue: Catalogue, changed: Mapping[str, str], *, words: bool = False
) -> dict[str, Any]:
    month = Play(world)
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as name:
        async with opened(world, Path(name), month.hear, changed, catalogue) as house:
            figures = await month.run(house)
            if words:
                figures["wrong"] = month.tally.wrong_answers()
                figures["words"] = month.tally.task_words
                figures["needless"] = month.tally.needless
                figures["refused"] = dict(month.tally.refused)
    return figures
