"""The world of one run, drawn from its seed: partner libraries, titles with their items, and what becomes of each loan. Pure.

Each loan has a title of its own, so that every act in the circulation system's journal belongs to exactly one request.
Everything in it is fictional.
"""

import random
from datetime import datetime
from enum import StrEnum

import msgspec

from gateway.catalogue.keys import KeyKind, make_key
from gateway.demo.collection import demonstration_collection
from gateway.demo.records import Customer, CustomerKind, Item, State, Title
from gateway.iso18626.codes import Version
from gateway.workflow.records import Copy, ListedItem

LOAN_DAYS = 42


class Course(StrEnum):
    """What a borrower and the desk do with a loan."""

    LENT = "lent"
    RENEWED = "renewed"
    RECALLED = "recalled"
    ASKED_ABOUT = "asked about"
    """By StatusRequest and Reminder on its way."""
    CANCELLED = "cancelled"
    """Soon after the request: in time or too late, as it happens."""
    CANCELLED_LATE = "cancelled late"
    """After Loaned: the answer is no."""
    NOT_FOUND = "not found"
    """No copy is where it should be."""
    OTHER_COPY = "other copy"
    """The first copy is not where it should be, the second is."""
    UNDONE = "undone"
    """Shipped, undone, and shipped again."""
    NOT_HELD = "not held"
    """We have no such title."""


WEIGHTS: dict[Course, int] = {
    Course.LENT: 26,
    Course.RENEWED: 20,
    Course.RECALLED: 8,
    Course.ASKED_ABOUT: 10,
    Course.CANCELLED: 14,
    Course.CANCELLED_LATE: 4,
    Course.NOT_FOUND: 4,
    Course.OTHER_COPY: 6,
    Course.UNDONE: 4,
    Course.NOT_HELD: 4,
}
"""How often each is drawn."""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A partner library: its id here, its symbol, and its account in the circulation system."""

    id: str
    symbol: str
    account: str
    version: Version = Version.V1_2


class LoanPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One loan: whose, of what, and what becomes of it."""

    id: str
    """The partner's number of the request."""
    seat: str
    record_id: str
    items: tuple[str, ...]
    course: Course


class World(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    seed: int
    seats: tuple[Seat, ...]
    plans: tuple[LoanPlan, ...]

    def seat(self, seat_id: str) -> Seat:
        """Give a partner by its id."""
        return next(seat for seat in self.seats if seat.id == seat_id)


def draw_world(seed: int, *, loans: int, partners: int = 4) -> World:
    """Draw a world: the same seed gives the same one."""
    chance = random.Random(f"world {seed}")
    seats = tuple(
        Seat(id=f"valley-{n}", symbol=f"ISIL:XX-VALLEY{n}", account=f"2000000{n:07}") for n in range(1, partners + 1)
    )
    return World(seed=seed, seats=seats, plans=tuple(_plan(n, chance, seats) for n in range(1, loans + 1)))


def _plan(number: int, chance: random.Random, seats: tuple[Seat, ...]) -> LoanPlan:
    course = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    copies = {Course.NOT_HELD: 0, Course.OTHER_COPY: 2}.get(course, 1)
    return LoanPlan(
        id=f"F-{number:06}",
        seat=chance.choice(seats).id,
        record_id=f"f{number:06}",
        items=tuple(f"3000{number:08}{copy:02}" for copy in range(copies)),
        course=course,
    )


def state_of(world: World, now: datetime) -> State:
    """The circulation system's books before the first loan."""
    base = demonstration_collection()
    titles = [_title(plan) for plan in world.plans if plan.items]
    items = [
        Item(barcode=barcode, record_id=plan.record_id, branch="EXC", item_type="BOOK", location="EXC")
        for plan in world.plans
        for barcode in plan.items
    ]
    customers = [
        Customer(
            barcode=seat.account, pin="", name=seat.id, kind=CustomerKind.PARTNER, loan_days=LOAN_DAYS,
            loan_limit=9_999, hold_limit=9_999,
        )
        for seat in world.seats
    ]  # fmt: skip
    return State(
        branches={row.code: row for row in base.branches},
        item_types={row.code: row for row in base.item_types},
        titles={row.record_id: row for row in titles},
        items={row.barcode: row for row in items},
        customers={row.barcode: row for row in customers},
    )


def listed_items(world: World) -> tuple[ListedItem, ...]:
    """The gateway's item list of the same collection."""
    return tuple(
        ListedItem(
            copy=Copy(item_barcode=barcode, branch="EXC", title=_title(plan).title, item_type="BOOK"),
            keys=(make_key(KeyKind.RECORD, plan.record_id),),
        )
        for plan in world.plans
        for barcode in plan.items
    )


def _title(plan: LoanPlan) -> Title:
    return Title(record_id=plan.record_id, title=f"The Imaginary Almanac, year {plan.record_id}", call_number="031")
