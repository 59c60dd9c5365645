"""The library of the month: 5,000 records as a catalogue that answers CQL, and the same items in a circulation system."""

import random
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import pymarc
from lxml import etree

from bench import made_up_catalogue, made_up_words
from bench.made_up_catalogue import Edition
from gateway.catalogue import likeness, marc
from gateway.catalogue.cache import KeptAnswer
from gateway.catalogue.marc import Bib
from gateway.demo.acs.records import (
    Branch,
    CirculationStatus,
    Customer,
    CustomerKind,
    Hold,
    Item,
    ItemType,
    Loan,
    State,
)
from gateway.demo.acs.records import Title as AcsTitle
from gateway.workflow.catalogue import HOLDINGS, Indexes, SruSettings

DESK: Final = "ILL"
"""The ILL desk: a location of its own in the circulation system."""
SETTINGS: Final = SruSettings(
    url="http://catalogue.example/", items=HOLDINGS["952"], indexes=Indexes(oclc="local.oclc")
)
REFERENCE: Final = "reference"
ITEM_TYPES: Final = (
    ItemType("book", "Book", 21, 2),
    ItemType("large-print", "Large print", 21, 2),
    ItemType("paperback", "Paperback", 21, 2),
    ItemType("journal", "Journal", 21, 2),
    ItemType(REFERENCE, "Reference", 0, 0),
    ItemType("ILL", "Interlibrary loan", 21, 2),
    ItemType("ILL short", "Interlibrary loan, a week", 7, 2),
)
_STATUSES: Final = {
    CirculationStatus.AVAILABLE: 76,
    CirculationStatus.CHARGED: 14,
    CirculationStatus.WAITING_TO_BE_RESHELVED: 3,
    CirculationStatus.IN_TRANSIT: 2,
    CirculationStatus.ON_HOLD_SHELF: 1,
    CirculationStatus.LOST: 1,
    CirculationStatus.MISSING: 1,
    CirculationStatus.ON_ORDER: 1,
    CirculationStatus.IN_PROCESS: 1,
}
_CUSTOMER: Final = "20000000090000"
_CLAUSE: Final = re.compile(r'([\w.]+)="((?:[^"\\]|\\.)*)"|(\()|(\))|\b(and|or)\b')
_MASK: Final = "*"


class Catalogue:
    """Answers the queries that the ladder makes, and no others."""

    def __init__(self, editions: list[Edition], seed: int) -> None:
        chance = random.Random(seed)
        self._bibs = [_bib(edition, chance) for edition in editions]
        self._index: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for place, bib in enumerate(self._bibs):
            for index, term in _terms(bib):
                self._index[index][term].add(place)
        self._sorted = {index: sorted(terms) for index, terms in self._index.items()}

    @property
    def item_types(self) -> dict[str, str]:
        """The item type of each barcode, as the catalogue has it."""
        return {copy.item_barcode: copy.item_type or "book" for bib in self._bibs for copy in bib.copies}

    def search(self, query: str, at: datetime) -> KeptAnswer:
        """The records of a query."""
        found = sorted(_Reading(query, self._places).all())
        bibs = tuple(self._bibs[place] for place in found[: SETTINGS.max_records])
        return KeptAnswer(at=at, bibs=bibs, total=len(found))

    def _places(self, index: str, term: str) -> set[int]:
        text = likeness.folded(term.replace("\\", ""))
        if not term.endswith(_MASK):
            return self._index[index].get(text, set())
        terms, stem = self._sorted.get(index, []), text.removesuffix(_MASK)
        found: set[int] = set()
        for word in terms[bisect_left(terms, stem) :]:
            if not word.startswith(stem):
                break
            found |= self._index[index][word]
        return found


class _Reading:
    """A query of CQL, evaluated from left to right, as its booleans are read."""

    def __init__(self, query: str, places: "object") -> None:
        self._tokens = [match.groups() for match in _CLAUSE.finditer(query)]
        self._next = 0
        self._places = places

    def all(self) -> set[int]:
        """What it finds."""
        found = self._one()
        while self._next < len(self._tokens) and self._tokens[self._next][4]:
            word = self._tokens[self._next][4]
            self._next += 1
            other = self._one()
            found = found & other if word == "and" else found | other
        return found

    def _one(self) -> set[int]:
        index, term, opening, _closing, _word = self._tokens[self._next]
        self._next += 1
        if not opening:
            return self._places(index, term)  # type: ignore[operator, no-any-return]
        found = self.all()
        self._next += 1  # the closing bracket
        return found


def _bib(edition: Edition, chance: random.Random) -> Bib:
    document = pymarc.record_to_xml(made_up_catalogue.marc(edition, chance), namespace=True)  # type: ignore[no-untyped-call]
    return marc.read(etree.fromstring(document), SETTINGS)


def _terms(bib: Bib) -> Iterator[tuple[str, str]]:
    names = SETTINGS.indexes
    for key in bib.keys | bib.weak_keys:
        kind, _, value = key.partition(":")
        yield getattr(names, kind), likeness.folded(value)
    for text in (bib.main_title, bib.full_title):
        yield from ((names.title, likeness.folded(word)) for word in likeness.WORD.findall(text.casefold()))
    for author in bib.authors:
        yield from ((names.author, likeness.folded(word)) for word in likeness.WORD.findall(author.casefold()))
    yield from ((names.date, str(year)) for year in bib.years)


# ── the circulation system ───────────────────────────────────────────────────────────────────────


def books(
    editions: list[Edition], seed: int, at: datetime, item_types: dict[str, str], *, pools: dict[str, tuple[str, ...]]
) -> State:
    """The items of the editions, some lent, held or away, and by their item type the barcodes for what we borrow."""
    chance = random.Random(seed)
    state = State(
        branches={code: Branch(code, code.title()) for code in (*made_up_words.BRANCHES, DESK)},
        item_types={each.code: each for each in ITEM_TYPES},
        titles={each.record_id: _title(each) for each in editions},
    )
    state.customers[_CUSTOMER] = Customer(_CUSTOMER, "0000", "Example Person", loan_limit=9_000, hold_limit=9_000)
    for edition in editions:
        for held in edition.items:
            kind = item_types[held.barcode]
            _put(state, Item(held.barcode, edition.record_id, held.branch, kind, held.branch), chance, at)
    state.titles["pool"] = AcsTitle("pool", "Interlibrary loan", "ILL")
    for kind, barcodes in pools.items():
        state.items |= {barcode: Item(barcode, "pool", DESK, kind, DESK) for barcode in barcodes}
    return state


def account(barcode: str, name: str) -> Customer:
    """A partner's account: 42 days, and as many loans as it wants."""
    return Customer(
        barcode, "0000", name, kind=CustomerKind.PARTNER, loan_days=42, loan_limit=9_000, hold_limit=9_000,
        fee_limit=Decimal(9_000),
    )  # fmt: skip


def customer(barcode: str) -> Customer:
    """Somebody for whom we borrow."""
    return Customer(barcode, "0000", "Example Reader", loan_limit=9_000, hold_limit=9_000)


def _title(edition: Edition) -> AcsTitle:
    author = f"{edition.work.surname}, {edition.work.forename}" if edition.work.surname else ""
    return AcsTitle(edition.record_id, edition.work.title, f"{edition.number % 999}", author=author)


def _put(state: State, item: Item, chance: random.Random, at: datetime) -> None:
    status = chance.choices(list(_STATUSES), weights=list(_STATUSES.values()))[0]
    state.items[item.barcode] = Item(
        item.barcode, item.record_id, item.branch, item.item_type, item.location, status=status
    )
    if status is CirculationStatus.CHARGED:
        due = at.replace(hour=23, minute=59) + timedelta(days=chance.randint(1, 21))
        state.loans[item.barcode] = Loan(item.barcode, _CUSTOMER, due)
    elif chance.random() < 0.02:
        state.holds_numbered += 1
        number = state.holds_numbered
        state.holds[number] = Hold(number, _CUSTOMER, item.record_id, item.barcode, item.branch, at)
