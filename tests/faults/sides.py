"""What differs between a run in which we lend and one in which we borrow; house, weather and wires are the same for both."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from gateway.clock import SystemTime
from gateway.demo.acs.records import Books as AcsBooks
from gateway.demo.acs.records import State as AcsState
from gateway.store.port import Store
from gateway.workflow.borrowing.groups import FINALS as BORROWING_FINALS
from gateway.workflow.lending.groups import FINALS as LENDING_FINALS
from gateway.workflow.records import Request, State
from tests.faults import borrowing_invariant, invariant
from tests.faults.books import Books, BorrowersBooks, GatewayBooks
from tests.faults.breaches import Breach, Scans
from tests.faults.crowd import Crowd
from tests.faults.desk_borrowing import BorrowingTechnician
from tests.faults.desk_lending import LendingTechnician
from tests.faults.orders import DESK, MOST_PAID, PICKUP, circulation_of, draw_orders, order_of
from tests.faults.orders_books import LendersBooks, OrderBooks
from tests.faults.reckoning import Stray
from tests.faults.settings import Tables
from tests.faults.strangers import CARDS, StrangersSettings
from tests.faults.technician import Desk, Ils, Technician
from tests.faults.world import LOAN_DAYS, Seat, draw_world, listed_items, state_of

POOL: Final = "pool"
NO_SCANS: Final[Scans] = {}
WATCH_S: Final = 3.0
"""How often the gateway looks where each item is: every second, the looks alone are more than four lines can do of which one turn in
twenty is befallen, and what else waits for the circulation system waits behind them.
"""
BEFOREHAND: Final = 0.08
"""The share of items on which a stranger places a hold of his own accord."""


class Role(StrEnum):
    """What the gateway under test does."""

    LENDING = "lending"
    BORROWING = "borrowing"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The books of a run, what is wrong with them, and what a report needs to name it."""

    gateway: GatewayBooks
    acs: AcsBooks
    begun: int
    breaches: tuple[Breach, ...]
    courses: Mapping[str, str]
    """By the number under which a breach names a loan."""
    numbers: Mapping[str, str]
    """Ours, likewise."""
    partner_faults: Mapping[str, int]

    def named(self, breaches: Iterable[Breach]) -> list[Breach]:
        """Breaches that name our requests, under the numbers by which all others name loans."""
        theirs = {ours: number for number, ours in self.numbers.items()}
        return [msgspec.structs.replace(each, request=theirs.get(each.request, each.request)) for each in breaches]


class Side(Protocol):
    """One of the two."""

    finals: frozenset[State]
    seats: tuple[Seat, ...]
    program: str
    """The module that plays the others."""
    cards: frozenset[str]
    """The barcodes of customers."""

    def acs_state(self, now: datetime) -> AcsState:
        """The circulation system's books before the first loan."""

    def strangers(self) -> StrangersSettings:
        """Who else uses it."""

    async def fill(self, store: Store) -> None:
        """Put into the gateway's store what a library has there beforehand."""

    def settings(self) -> Tables:
        """The gateway's settings that only this side needs."""

    def technician(self, desk: Desk, ils: Ils) -> Technician:
        """Somebody at the desk."""

    def strays(self) -> Iterator[Stray]:
        """Loans and holds that are none of ours, and leave the comparison of books as it is."""

    def compare(
        self, gateway: GatewayBooks, acs: AcsBooks, others: Path, scans: Scans = NO_SCANS
    ) -> tuple[Any, Compared]:
        """Give the books of this side and what a comparison of them showed.

        `others` is the file that the others wrote, `scans` what the desk scanned, and had in hand.
        """


class LendingSide:
    """Partners borrow from us."""

    finals = LENDING_FINALS
    program = "tests.faults.borrowers"
    cards = frozenset(CARDS)

    def __init__(self, seed: int, *, loans: int, partners: int, crowd: frozenset[Crowd]) -> None:
        self._world = draw_world(seed, loans=loans, partners=partners, crowd=crowd)
        self.seats = self._world.seats

    def acs_state(self, now: datetime) -> AcsState:
        """See Side."""
        return state_of(self._world, now)

    def strangers(self) -> StrangersSettings:
        """Some want an item before any partner does."""
        chance = random.Random(f"beforehand {self._world.seed}")
        some = tuple(item for plan in self._world.plans for item in plan.items if chance.random() < BEFOREHAND)
        return StrangersSettings(seed=self._world.seed, branch="EXC", beforehand=some, has_open_shelves=True)

    async def fill(self, store: Store) -> None:
        """The list of items."""
        await store.import_items(listed_items(self._world), replace=True)

    def settings(self) -> Tables:
        """See Side."""
        return [("lending", {"auto_answer": "both"}), ("policy", {"loan_days": LOAN_DAYS})]

    def technician(self, desk: Desk, ils: Ils) -> Technician:
        """See Side."""
        return LendingTechnician(self._world, desk, ils)

    def strays(self) -> Iterator[Stray]:
        """Of partners who did not ask for the item."""
        asking: dict[str, set[str]] = defaultdict(set)
        for plan in self._world.plans:
            for item in plan.items:
                asking[item].add(plan.seat)
        for number, (item, seats) in enumerate(asking.items()):
            for other in [seat for seat in self.seats if seat.id not in seats][:1]:
                yield Stray(item=item, customer=other.account, is_hold=number % 2 == 1)

    def compare(
        self, gateway: GatewayBooks, acs: AcsBooks, others: Path, scans: Scans = NO_SCANS
    ) -> tuple[Books, Compared]:
        """See Side."""
        theirs = msgspec.json.decode(others.read_bytes(), type=BorrowersBooks)
        books = Books(world=self._world, gateway=gateway, acs=acs, pages=theirs.pages, logs=theirs.logs, scans=scans)
        return books, Compared(
            gateway=gateway,
            acs=acs,
            begun=len(books.pages),
            breaches=invariant.broken(books),
            courses={plan.id: plan.course for plan in self._world.plans},
            numbers=_numbers(gateway.requests, [each.partner_request_id for each in gateway.requests]),
            partner_faults=theirs.fired,
        )


class BorrowingSide:
    """Our customers borrow from others."""

    finals = BORROWING_FINALS
    program = "tests.faults.lenders"

    def __init__(self, seed: int, *, loans: int, partners: int, crowd: frozenset[Crowd]) -> None:
        self._world = draw_orders(seed, loans=loans, lenders=partners, crowd=crowd)
        self.seats = self._world.seats
        self.cards = frozenset((*CARDS, *self._world.customers))

    def acs_state(self, now: datetime) -> AcsState:
        """See Side."""
        return circulation_of(self._world, now)

    def strangers(self) -> StrangersSettings:
        """Some have a hold on a barcode of the pool before anything has it."""
        chance = random.Random(f"beforehand {self._world.seed}")
        some = tuple(item for item in self._world.pool if chance.random() < BEFOREHAND)
        return StrangersSettings(seed=self._world.seed, branch=PICKUP, beforehand=some)

    async def fill(self, store: Store) -> None:
        """The pool of barcodes."""
        await store.borrowing.add_barcodes(POOL, self._world.pool, at=SystemTime().now())

    def settings(self) -> Tables:
        """See Side."""
        borrowing = {"pickup_branches": [PICKUP], "default_range": POOL}
        return [
            (f"branches.{PICKUP}", {"name": "Sample Park"}),
            (f"branches.{DESK}", {"name": "Interlibrary Loan Desk"}),
            ("borrowing", borrowing),
            ("borrowing.max_cost", {"amount": float(MOST_PAID), "currency": "USD"}),
            ("clocks", {"watch_s": WATCH_S, "watch_loan_s": WATCH_S}),
        ]

    def technician(self, desk: Desk, ils: Ils) -> Technician:
        """See Side."""
        return BorrowingTechnician(self._world, desk, ils)

    def strays(self) -> Iterator[Stray]:
        """Of barcodes that rest after a loan, and of such as were never used; one of the strangers may owe too much to have any more."""
        pool = self._world.pool
        for number, pair in enumerate(zip(pool[: len(pool) // 2], reversed(pool), strict=False)):
            for item in pair:
                yield Stray(item=item, customer=CARDS[number // 2 % len(CARDS)], is_hold=number % 2 == 1)

    def compare(
        self, gateway: GatewayBooks, acs: AcsBooks, others: Path, scans: Scans = NO_SCANS
    ) -> tuple[OrderBooks, Compared]:
        """See Side."""
        theirs = msgspec.json.decode(others.read_bytes(), type=LendersBooks)
        books = OrderBooks(
            world=self._world, gateway=gateway, acs=acs, pages=theirs.pages, logs=theirs.logs, scans=scans
        )
        return books, Compared(
            gateway=gateway,
            acs=acs,
            begun=len(books.logs),
            breaches=borrowing_invariant.broken(books),
            courses={plan.id: f"{plan.course}; {', '.join(plan.answers)}" for plan in self._world.plans},
            numbers=_numbers(gateway.requests, [order_of(each.wanted.title) for each in gateway.requests]),
            partner_faults=theirs.fired,
        )


def _numbers(requests: Sequence[Request], theirs: Sequence[str]) -> dict[str, str]:
    return {number: request.id for number, request in zip(theirs, requests, strict=True)}


SIDES: Final[Mapping[Role, Callable[..., Side]]] = {Role.LENDING: LendingSide, Role.BORROWING: BorrowingSide}
