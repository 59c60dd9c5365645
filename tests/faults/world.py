"""The world of one run, drawn from its seed: partner libraries, titles with their items, and what becomes of each loan. Pure.

Each loan has a title of its own, or shares it with another partner's, so that every act in the circulation system's journal
belongs to exactly one request, by item and account.
Everything in it is fictional.
"""

import random
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.catalogue.keys import KeyKind, make_key
from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.acs.records import Customer, CustomerKind, Item, State, Title
from gateway.iso18626.codes import Version
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Copy
from tests.faults.crowd import Crowd

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


FOR_TWO: Final = frozenset(
    {
        Course.LENT,
        Course.RENEWED,
        Course.RECALLED,
        Course.ASKED_ABOUT,
        Course.CANCELLED,
        Course.CANCELLED_LATE,
        Course.UNDONE,
    }
)
"""What may become of a loan whose item somebody else wants too."""
RIVALS: Final = 0.2
"""The share of loans that want the item of another, of those before them as near as so many."""
NEAR: Final = 6


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


def draw_world(seed: int, *, loans: int, partners: int = 4, crowd: frozenset[Crowd] = frozenset()) -> World:
    """Draw a world: the same seed and crowd give the same one."""
    chance = random.Random(f"world {seed}")
    seats = tuple(
        Seat(id=f"valley-{n}", symbol=f"ISIL:XX-VALLEY{n}", account=f"2000000{n:07}") for n in range(1, partners + 1)
    )
    plans = tuple(_plan(n, chance, seats) for n in range(1, loans + 1))
    return World(seed=seed, seats=seats, plans=_with_rivals(seed, plans) if Crowd.RIVALS in crowd else plans)


def _with_rivals(seed: int, plans: tuple[LoanPlan, ...]) -> tuple[LoanPlan, ...]:
    """Some want what other partners want at the same time. Of one partner's two no book could tell whose act it was."""
    chance = random.Random(f"rivals {seed}")
    seats: dict[str, set[str]] = {}
    drawn: list[LoanPlan] = []
    for plan in plans:
        near = [other for other in drawn[-NEAR:] if other.course in FOR_TWO and plan.seat not in seats[other.record_id]]
        is_rival = near and plan.course in FOR_TWO and chance.random() < RIVALS
        other = chance.choice(near) if is_rival else plan
        drawn.append(msgspec.structs.replace(plan, record_id=other.record_id, items=other.items))
        seats.setdefault(other.record_id, set()).add(plan.seat)
    return tuple(drawn)


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
    titles = {barcode: plan for plan in world.plans for barcode in plan.items}
    return tuple(
        ListedItem(
            copy=Copy(item_barcode=barcode, branch="EXC", title=_title(plan).title, item_type="BOOK"),
            keys=(make_key(KeyKind.RECORD, plan.record_id),),
        )
        for barcode, plan in titles.items()
    )


def _title(plan: LoanPlan) -> Title:
    return Title(record_id=plan.record_id, title=f"The Imaginary Almanac, year {plan.record_id}", call_number="031")
