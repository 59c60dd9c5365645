"""The truth of a month, made by chance from a seed, and known to nobody in the play but to who judges it.

Branches with a courier, the fates of books that are fetched, what partners ask for and need, and what lenders have. Nothing here
looks at how the gateway decides.
"""

import random
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from bench import made_up_catalogue, made_up_requests, made_up_words
from bench.made_up_catalogue import Edition, Kind
from bench.made_up_requests import Case

START: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday."""
RECORDS: Final = 5_000
ROUND: Final = 400
ROUNDS: Final = 3
ORDERS: Final = 150
PARTNERS: Final = tuple(f"p{number}" for number in range(10))
LENDERS: Final = tuple(f"l{number}" for number in range(5))
SILENT_ABOUT_RECEIPT: Final = frozenset({"p3", "p7"})
"""Partners whose system never says Received."""
SHIPPING_DAYS: Final = 3
"""From our desk to a partner, or back."""


class Wish(StrEnum):
    """What a note of a request asks for."""

    NOTHING = ""
    THANKS = "Thank you very much for your help!"
    GREETING = "Please handle with care. Best regards from the ILL desk"
    LARGE_PRINT = "Large print only, please. Customer has low vision."
    WITH_CD = "Must come with the CD, else do not send."
    HARDCOVER = "Hardcover only."
    QUESTION = "Could you tell us whether it has an index?"

    @property
    def is_term(self) -> bool:
        """Whether it says which copy will do."""
        return self in {Wish.LARGE_PRINT, Wish.WITH_CD, Wish.HARDCOVER}


_WISHES: Final = {
    Wish.NOTHING: 770, Wish.THANKS: 130, Wish.GREETING: 50,
    Wish.LARGE_PRINT: 8, Wish.WITH_CD: 7, Wish.HARDCOVER: 5, Wish.QUESTION: 30,
}  # fmt: skip


class BranchTruth(msgspec.Struct, frozen=True, kw_only=True):
    """A branch: its courier's open days, when it is closed, and whether it checks in what it sends."""

    courier_days: int
    closed_weekdays: tuple[int, ...]
    closed_dates: tuple[date, ...] = ()
    checks_in: bool = True

    def is_open(self, day: date) -> bool:
        """Whether anybody is there."""
        return day.weekday() not in self.closed_weekdays and day not in self.closed_dates


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a partner's, and the barcodes of which any is right."""

    number: str
    partner: str
    at: datetime
    case: Case
    is_copy: bool
    compliance: str | None
    need_before: datetime | None
    wish: Wish
    fulfils: bool
    """Whether our copies are what the note's terms ask for."""
    returns_after: timedelta


class Has(StrEnum):
    """How a work stands at a lender."""

    YES = "yes"
    NO = "no"
    ON_LOAN = "on loan"
    SILENT = "silent"


class LenderTruth(msgspec.Struct, frozen=True, kw_only=True):
    """A lender as it is: chances and days."""

    has: float
    on_loan: float
    silent: float
    yes_days: float
    no_days: float
    sends_days: float
    loan_days: int


LENDER_TRUTHS: Final = {
    "l0": LenderTruth(has=0.35, on_loan=0.05, silent=0.02, yes_days=0.5, no_days=0.3, sends_days=3, loan_days=42),
    "l1": LenderTruth(has=0.60, on_loan=0.08, silent=0.02, yes_days=1.0, no_days=1.0, sends_days=4, loan_days=42),
    "l2": LenderTruth(has=0.55, on_loan=0.05, silent=0.03, yes_days=1.0, no_days=3.5, sends_days=2, loan_days=35),
    "l3": LenderTruth(has=0.40, on_loan=0.10, silent=0.15, yes_days=2.0, no_days=2.0, sends_days=4, loan_days=21),
    "l4": LenderTruth(has=0.30, on_loan=0.30, silent=0.02, yes_days=0.3, no_days=0.3, sends_days=5, loan_days=28),
}


class OrderTruth(msgspec.Struct, frozen=True, kw_only=True):
    """An order of a customer of ours, and who has the work. `owned`: the edition of ours, where we have it ourselves."""

    number: int
    at: datetime
    title: str
    author: str
    isbn: str | None
    customer: str
    at_lenders: dict[str, Has]
    owned: bool = False
    of_parts: bool = False
    """It is a set of ours, and the order names no volume: somebody must say which."""

    @property
    def can_be_had(self) -> bool:
        """Whether a patient person would get it."""
        return any(each in {Has.YES, Has.ON_LOAN} for each in self.at_lenders.values())


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    seed: int
    editions: list[Edition]
    branches: dict[str, BranchTruth]
    asks: list[Ask]
    orders: list[OrderTruth]
    missing: frozenset[str]
    """Barcodes of items that are on no shelf although the circulation system has them there."""
    pool: tuple[str, ...]
    short: tuple[str, ...]
    """Barcodes of items that the circulation system lends for a week: of use where `borrowing.loan_days` says so."""


def make(seed: int, *, is_whole: bool = False) -> Truth:
    """Make the month of a seed; `is_whole`: every work is asked for, and not a part of them."""
    editions = made_up_catalogue.catalogue(seed, RECORDS)
    chance = random.Random(seed * 1000 + 17)
    barcodes = [item.barcode for edition in editions for item in edition.items]
    return Truth(
        seed=seed,
        editions=editions,
        branches=_branches(chance),
        asks=_asks(made_up_requests.cases(editions, seed), chance, is_whole=is_whole),
        orders=_orders(editions, seed, chance),
        missing=frozenset(barcode for barcode in barcodes if chance.random() < 0.03),
        pool=tuple(f"39999000{number:06}" for number in range(1, 201)),
        short=tuple(f"39999100{number:06}" for number in range(1, 101)),
    )


def _branches(chance: random.Random) -> dict[str, BranchTruth]:
    """One to four open days; one branch has a week off, two keep a day of the week closed, two check nothing in."""
    days = [1, 1, 1, 2, 2, 3]
    chance.shuffle(days)
    made: dict[str, BranchTruth] = {}
    for place, (code, courier_days) in enumerate(zip(made_up_words.BRANCHES, days, strict=True)):
        week = tuple(START.date() + timedelta(days=14 + day) for day in range(5))
        made[code] = BranchTruth(
            courier_days=courier_days,
            closed_weekdays=(5, 6, place - 2) if place in {2, 4} else (5, 6),
            closed_dates=week if place == 5 else (),
            checks_in=place not in {1, 3},
        )
    return made


def _asks(cases: list[Case], chance: random.Random, *, is_whole: bool) -> list[Ask]:
    """Three rounds of 400, a week each, in office hours; the same work is seldom asked for twice."""
    chosen = cases if is_whole else chance.sample(cases, ROUND * ROUNDS)
    return [_ask(place, case, chance) for place, case in enumerate(chosen)]


def _ask(place: int, case: Case, chance: random.Random) -> Ask:
    week, within = divmod(place % (ROUND * ROUNDS), ROUND)
    at = START + timedelta(days=7 * week + within * 5 // ROUND, hours=chance.uniform(0.5, 9))
    is_copy = chance.random() < 0.12
    needs = chance.random() < 0.25
    return Ask(
        number=f"R-{place:05}",
        partner=PARTNERS[place % len(PARTNERS)],
        at=at,
        case=case,
        is_copy=is_copy,
        compliance="US-CCG" if is_copy and chance.random() < 0.8 else None,
        need_before=at + timedelta(days=chance.randint(2, 25)) if needs else None,
        wish=chance.choices(list(_WISHES), weights=list(_WISHES.values()))[0],
        fulfils=chance.random() < 0.4,
        returns_after=timedelta(days=chance.randint(10, 24)),
    )


def _orders(editions: list[Edition], seed: int, chance: random.Random) -> list[OrderTruth]:
    """150 in four weeks; six in a hundred are of works that we have."""
    strangers = [each for each in made_up_catalogue.catalogue(seed + 5_000, 400) if each.work.surname]
    return [
        _order(number, chance.choice(editions) if chance.random() < 0.06 else None, strangers[number], chance)
        for number in range(ORDERS)
    ]


def _order(number: int, ours: Edition | None, stranger: Edition, chance: random.Random) -> OrderTruth:
    edition = ours if ours is not None and ours.work.surname else stranger
    return OrderTruth(
        number=number,
        at=START + timedelta(days=number * 28 // ORDERS, hours=chance.uniform(1, 9)),
        title=f"{edition.work.title}{f': {edition.work.subtitle}' if edition.work.subtitle else ''} {'' if edition is ours else number}".strip(),
        author=f"{edition.work.surname}, {edition.work.forename}",
        isbn=edition.isbn13,
        customer=f"2000000008{number:04}",
        at_lenders={lender: _stands(LENDER_TRUTHS[lender], chance) for lender in LENDERS},
        owned=edition is ours,
        of_parts=edition is ours and edition.work.kind is Kind.SET,
    )


def _stands(lender: LenderTruth, chance: random.Random) -> Has:
    if chance.random() < lender.silent:
        return Has.SILENT
    if chance.random() >= lender.has:
        return Has.NO
    return Has.ON_LOAN if chance.random() < lender.on_loan / lender.has else Has.YES
