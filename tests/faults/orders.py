"""The world of one run in which we borrow, drawn from its seed: lenders, customers, what each wants and what becomes of it. Pure.

Each order wants a work of its own, and each barcode of the pool is used once in a run: so every message and every act in the
circulation system's journal belongs to exactly one order. Everything in it is fictional.
"""

import random
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from gateway.demo.acs.collection import POOL_TYPE, demonstration_collection
from gateway.demo.acs.records import Customer, Item, State, Title
from gateway.iso18626.codes import Version
from tests.faults.crowd import Crowd
from tests.faults.world import Seat

PICKUP: Final = "SMP"
DESK: Final = "ILL"
LENDERS: Final = 3
ORDERS_A_CUSTOMER: Final = 4
SPARE: Final = 20
"""More barcodes in the pool than orders: a lie of the circulation system may spoil the first look at one. A quarter more where
strangers have holds on some.
"""
_NO_LIMIT: Final = Decimal(1_000_000)
_TITLE: Final = "The Wandering Almanac, year "


class Course(StrEnum):
    """What our customer and our desk do with an order."""

    LENT = "lent"
    RENEWED = "renewed"
    NOT_RENEWED = "not renewed"
    RECALLED = "recalled"
    CALLED_OFF = "called off"
    """Soon after the order: in time or too late, as it happens."""
    KEPT_TO = "kept to"
    """Called off, and the lender says no: it will be sent."""
    NEVER_FETCHED = "never fetched"
    EXPIRED = "expired"
    """Never fetched, and the branch sends it back by itself."""
    RESENT = "resent"
    """Sent back, undone, and sent back again."""
    LOST = "lost"
    """By the customer."""
    LOST_HERE = "lost here"
    """Between our desk and the customer."""
    LOST_ON_ITS_WAY = "lost on its way"
    COPY = "copy"


WEIGHTS: Final[dict[Course, int]] = {
    Course.LENT: 30,
    Course.RENEWED: 14,
    Course.NOT_RENEWED: 6,
    Course.RECALLED: 6,
    Course.CALLED_OFF: 14,
    Course.KEPT_TO: 3,
    Course.NEVER_FETCHED: 4,
    Course.EXPIRED: 4,
    Course.RESENT: 4,
    Course.LOST: 3,
    Course.LOST_HERE: 2,
    Course.LOST_ON_ITS_WAY: 2,
    Course.COPY: 8,
}
CALLED_OFF: Final = frozenset({Course.CALLED_OFF, Course.KEPT_TO})
FETCHED: Final = frozenset(
    {Course.LENT, Course.RENEWED, Course.NOT_RENEWED, Course.RECALLED, Course.RESENT, Course.LOST}
)
"""The customer fetches it, whatever comes then."""
LOST: Final = frozenset({Course.LOST, Course.LOST_HERE, Course.LOST_ON_ITS_WAY})


class Answer(StrEnum):
    """What a lender answers when it is asked."""

    PROMISES = "promises"
    EXPECTS = "expects"
    """ExpectToSupply first."""
    SENDS = "sends"
    """Loaned at once."""
    UNFILLED = "unfilled"
    NOT_NOW = "not now"
    """RetryPossible."""
    FOR_LITTLE = "for little"
    """RetryPossible for a price that we pay without asking."""
    FOR_MUCH = "for much"
    """RetryPossible for a price that somebody must accept."""
    SILENT = "silent"
    """Nothing, but yes to Cancel."""
    LATE = "late"
    """Nothing, not even to Cancel; and when it is left, WillSupply after all."""
    FORGETS = "forgets"
    """WillSupply, and nothing more until it is asked."""
    ASKS_MORE = "asks more"
    """RetryPossible for a price that we pay without asking, again and again, and then it sends."""
    SENDS_ANYWAY = "sends anyway"
    """Nothing, not even to Cancel; and when it was left, Loaned all the same."""


LATER: Final = frozenset({Answer.LATE, Answer.SENDS_ANYWAY})
"""They don't answer Cancel, and act when they were left."""

ANSWERS: Final[dict[Answer, int]] = {
    Answer.PROMISES: 38,
    Answer.EXPECTS: 10,
    Answer.SENDS: 10,
    Answer.UNFILLED: 18,
    Answer.NOT_NOW: 6,
    Answer.FOR_LITTLE: 4,
    Answer.FOR_MUCH: 4,
    Answer.SILENT: 4,
    Answer.LATE: 2,
    Answer.FORGETS: 4,
}
OF_PEERS: Final = {Answer.ASKS_MORE: 6, Answer.SENDS_ANYWAY: 5}
"""The weights of those who ask for more, or send what was cancelled, where there are such peers."""
ASKS: Final = 3
"""How often they ask for more."""
OFFERS: Final = {Answer.FOR_LITTLE: "5.00", Answer.FOR_MUCH: "40.00", Answer.ASKS_MORE: "6.00"}
MOST_PAID: Final = "10.00"


class Habit(StrEnum):
    """How a lender's system treats letters, whatever its people answer."""

    USUAL = "usual"
    REFUSES_REPEATS = "refuses repeats"
    """A request whose number it knows is an error, be it the same in every byte; every second time nobody can read why."""
    SAYS_ONCE = "says once"
    """News of its own that was not confirmed is not sent again; answers are, and what nobody would ask about (`SENDS_ANYWAY`)."""


KNOWN_ALREADY: Final = ("a request with the given ID already exists", "requestingAgencyRequestId")
"""What a lender says that refuses a repeat: in words, or without any that tell why."""


class OrderPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One order: whose, and what becomes of it. `answers` are those of the first lender asked, of the second, of the third."""

    id: str
    customer: str
    course: Course
    answers: tuple[Answer, ...]
    hurry_s: float
    """After how long it is called off, where it is."""
    waits: bool
    """What becomes of it comes in its time: it is recalled once it was received, lost or sent back once it is on the shelf.
    Else before.
    """

    @property
    def title(self) -> str:
        """What is wanted."""
        return f"{_TITLE}{self.id}"


def order_of(title: str | None) -> str:
    """The order that a title is wanted by."""
    return (title or "").removeprefix(_TITLE)


class OrderWorld(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    seed: int
    seats: tuple[Seat, ...]
    customers: tuple[str, ...]
    pool: tuple[str, ...]
    plans: tuple[OrderPlan, ...]
    habits: Mapping[str, Habit] = {}
    """Of each lender."""


def draw_orders(seed: int, *, loans: int, lenders: int = LENDERS, crowd: frozenset[Crowd] = frozenset()) -> OrderWorld:
    """Draw a world: the same seed and crowd give the same one."""
    chance, has_peers = random.Random(f"orders {seed}"), Crowd.PEERS in crowd
    answers = ANSWERS | OF_PEERS if has_peers else ANSWERS
    seats, habits = tuple(_seat(n) for n in range(1, lenders + 1)), list(Habit) if has_peers else [Habit.USUAL]
    customers = tuple(f"2000100{n:07}" for n in range(1, loans // ORDERS_A_CUSTOMER + 2))
    return OrderWorld(
        seed=seed,
        seats=seats,
        habits={seat.id: habits[n % len(habits)] for n, seat in enumerate(seats)},
        customers=customers,
        pool=tuple(
            f"3999{n:010}" for n in range(1, loans + SPARE + (loans // 4 if Crowd.STRANGERS in crowd else 0) + 1)
        ),
        plans=tuple(_plan(n, chance, customers, lenders, answers) for n in range(1, loans + 1)),
    )


def _seat(number: int) -> Seat:
    """Every other lender speaks the newer version."""
    version = Version.V2021_2 if number % 2 == 0 else Version.V1_2
    return Seat(id=f"hills-{number}", symbol=f"ISIL:XX-HILLS{number}", account="", version=version)


def _plan(
    number: int, chance: random.Random, customers: tuple[str, ...], lenders: int, answers: Mapping[Answer, int]
) -> OrderPlan:
    return OrderPlan(
        id=f"W-{number:06}",
        customer=chance.choice(customers),
        course=chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0],
        answers=tuple(chance.choices(list(answers), list(answers.values()), k=lenders)),
        hurry_s=chance.random() ** 2 * 2.0,
        waits=chance.random() < 0.7,
    )


def circulation_of(world: OrderWorld, now: datetime) -> State:
    """The circulation system's books before the first order: customers, and an item for each barcode of the pool."""
    base = demonstration_collection()
    record = Title(record_id="pool", title="Borrowed from another library", call_number="")
    return State(
        branches={row.code: row for row in base.branches},
        item_types={row.code: row for row in base.item_types},
        titles={record.record_id: record},
        items={barcode: Item(barcode, record.record_id, DESK, POOL_TYPE, DESK) for barcode in world.pool},
        customers={
            barcode: Customer(
                barcode, pin="", name=f"Customer {barcode}", loan_limit=9_999, hold_limit=9_999, fee_limit=_NO_LIMIT
            )
            for barcode in world.customers
        },
    )
