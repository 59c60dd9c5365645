"""What a store of ten years holds: requests, of which one in twenty is open, and what belongs to them. `bench.filling` writes it.

Few of 300 partners ask for most. What is open has a clock that runs, what is to be decided a task, and what is borrowed a customer.
Pages look at SHORT stories: most have four lines; one in ninety-seven has thirty, with a protocol's message in each. WHOLE ones have what
loans leave behind: thirty lines each, ten of them with a protocol's message, and ten messages of the partner's; of what is older than a year the
raw messages are gone, as by [retention].
"""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any, Final

import msgspec

from bench.made_up_words import ADJECTIVES, BRANCHES, NOUNS, PLACES, SURNAMES, TOPICS
from bench.settings import PEER
from gateway.iso18626.codes import ServiceType
from gateway.store import encoding
from gateway.store.borrowing_port import Customer
from gateway.store.columns import stamp
from gateway.store.keeping_tables import ERASED
from gateway.store.register_rows import lines_of
from gateway.store.values import HistoryEntry, HistoryKind
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.effects import StartTimer
from gateway.workflow.partners import Partner
from gateway.workflow.records import Clock, Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.staff import LookUpWay
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import Wanted

PARTNERS: Final = 300
PERIODICALS: Final = 2_000
"""Of which articles are asked for; some of them often."""
LONG_STORY_EVERY: Final = 97
KEPT_RAW: Final = timedelta(days=365)
_YEARS_S: Final = 10 * 365 * 86_400
_AT_ONCE: Final = 5_000


class Depth(msgspec.Struct, frozen=True):
    """What belongs to each request: 0 lines stand for stories as pages look at them."""

    lines: int
    messages: int


SHORT: Final = Depth(lines=0, messages=0)
WHOLE: Final = Depth(lines=30, messages=10)

LENT_OPEN: Final = (
    (State.LOANED, 70),
    (State.OVERDUE, 8),
    (State.WILL_SUPPLY, 2),
    (State.ARRIVED, 2),
    (State.DECIDING, 2),
)
OURS_OPEN: Final = (
    (State.WITH_CUSTOMER, 50),
    (State.ASKING, 20),
    (State.ON_ITS_WAY, 10),
    (State.ON_SHELF, 10),
    (State.TO_RETURN, 3),
    (State.LOST, 2),
)
LENT_ENDED: Final = ((State.COMPLETED, 70), (State.UNFILLED, 28), (State.LOST, 2))
OURS_ENDED: Final = ((State.COMPLETED, 80), (State.UNFILLED, 20))


def made_up(count: int, now: datetime) -> Iterator[Request]:
    """Requests of the ten years before, in the order in which they were made; the open ones are mostly among the last."""
    chance = random.Random(1)
    for number in range(count):
        made = now - timedelta(seconds=_YEARS_S * (count - number) / count)
        is_open = chance.random() < (0.45 if number > 0.9 * count else 0.005)
        yield one(number, made, chance, now if is_open else None)


def one(number: int, made: datetime, chance: random.Random, open_at: datetime | None) -> Request:
    """A request of either role; open, if a time is given, which it is due around."""
    lent = chance.random() < 0.7
    among = (LENT_OPEN if lent else OURS_OPEN) if open_at else (LENT_ENDED if lent else OURS_ENDED)
    (state,) = chance.choices([state for state, _ in among], weights=[weight for _, weight in among])
    partner = f"partner-{min(int(chance.paretovariate(0.8)), PARTNERS - 1)}"
    branch = chance.choice(BRANCHES)
    adjective, noun, topic = chance.choice(ADJECTIVES), chance.choice(NOUNS), chance.choice(TOPICS)
    title = f"The {adjective} {noun} of {chance.choice(PLACES)}: {topic} {number % 5000:x}"
    copy = Copy(
        item_barcode=f"3{number * 7 % 10**12:013}", branch=branch, title=title, call_number=f"QA {number % 999}"
    )
    return Request(
        id=f"{'L' if lent else 'B'}{number:010}",
        role=Role.LENDING if lent else Role.BORROWING,
        state=state,
        version=9,
        peer=PEER,
        partner=partner,
        requesting_agency=f"ISIL:XX-{partner}",
        supplying_agency="ISIL:XX-US",
        partner_request_id=f"{chance.getrandbits(40):x}-{number}",
        created_at=made,
        updated_at=made + timedelta(days=3),
        state_since=made + timedelta(days=2),
        service=ServiceType.LOAN if chance.random() < 0.8 else ServiceType.COPY,
        level="Rush" if chance.random() < 0.05 else None,
        wanted=Wanted(title=title, author=f"{chance.choice(SURNAMES)}, {adjective[0]}."),
        items=(Item(copy=copy, place=ItemPlace.OUT if state in {State.LOANED, State.OVERDUE} else ItemPlace.HELD),),
        due_at=open_at + timedelta(days=chance.randint(-20, 40)) if open_at else made,
        borrowing=None if lent else Borrowing(pickup_branch=branch, asked=(_asked(partner),)),
        note="x" * 600,
    )


def _asked(partner: str) -> LenderLine:
    return LenderLine(partner=partner, peer=PEER, agency=f"ISIL:XX-{partner}")


# ── what is written ──────────────────────────────────────────────────────────────────────────────

Rows = dict[str, list[tuple[Any, ...]]]

COLUMNS: Final = {
    "requests": (
        "id",
        "role",
        "state",
        "version",
        "peer",
        "partner",
        "requesting_agency_key",
        "partner_request_id",
        "updated_at",
        "search",
        "body",
    ),
    "register": (
        "line",
        "request",
        "is_open",
        "role",
        "state",
        "partner",
        "branch",
        "service",
        "created_at",
        "updated_at",
        "state_since",
        "due_at",
        "flags",
        "assigned_to",
        "changed",
    ),
    "register_words": ("line", "is_open", "words"),
    "register_numbers": ("number", "line"),
    "effects": ("request", "key", "kind", "lane", "is_first", "due_at", "effect"),
    "tasks": ("request", "kind", "words", "opened_at", "closed_at"),
    "customers": ("request", "body"),
    "customer_works": ("request", "barcode", "work", "asked_at"),
    "copied": ("request", "key", "asked_at"),
    "look_ups": ("at", "looked_by", "request", "way", "what"),
}
"""The columns of each table that are given; a table comes after those that it refers to."""


def rows_of(requests: Iterable[Request], first: int, now: datetime) -> Rows:
    """What the store would have written of them, by table; of what has happened to them tells `stories`."""
    rows: Rows = {name: [] for name in COLUMNS}
    for line, request in enumerate(requests, first):
        entered, (_, is_open, words), numbers = lines_of(request)
        rows["requests"].append(_request(request))
        rows["register"].append((line, *entered, 1))
        rows["register_words"].append((line, is_open, words))
        rows["register_numbers"] += [(number, line) for _, number in numbers]
        _add_work(rows, line, request, now, is_open=bool(is_open))
    return rows


def _request(request: Request) -> tuple[Any, ...]:
    about = (request.id, request.role.value, request.state.value, request.version, request.peer, request.partner)
    key, number = request.requesting_agency.casefold(), request.partner_request_id
    return (*about, key, number, stamp(request.updated_at), "", encoding.encode(request))


def _add_work(rows: Rows, line: int, request: Request, now: datetime, *, is_open: bool) -> None:
    """Add what is to be done for a request: its clock, its tasks, its customer."""
    at = stamp(request.created_at)
    if is_open:
        clock = StartTimer(clock=Clock.BILLABLE, since=request.created_at)
        timer = (str(clock.key), "timer", "", True, stamp(now + timedelta(days=99)), encoding.encode(clock))
        rows["effects"].append((request.id, *timer))
    if request.state is State.DECIDING:
        rows["tasks"].append((request.id, TaskKind.ANSWER.value, "No copy could be found.", at, None))
    elif line % 7 == 0:
        closed = None if is_open and line % 3 == 0 else at
        rows["tasks"].append((request.id, TaskKind.READ_NOTE.value, "The other side wrote a note.", at, closed))
    if request.role is Role.BORROWING and request.service is ServiceType.COPY and line % 2:
        title = line % 97 * (line % 89) % PERIODICALS
        rows["copied"].append((request.id, f"issn:{title:08}/{request.created_at.year}", at))
    if request.role is Role.BORROWING and is_open:
        card = f"2{line * 31 % 20_000:013}"
        rows["customers"].append((request.id, encoding.encode(Customer(barcode=card))))
        rows["customer_works"].append((request.id, card, f"isbn:{line}", at))
        if line % 5 == 0:
            shown = (LookUpWay.REQUEST.value, "name: to call the customer")
            rows["look_ups"].append((at, "technician", request.id, *shown))


class Line(msgspec.Struct, frozen=True):
    """A line of a story: of every request, or of one in LONG_STORY_EVERY; `old` is what stays of it after KEPT_RAW."""

    is_long: bool
    place: int
    entry: str
    old: str


def stories(depth: Depth) -> list[Line]:
    """What has happened to a request, by whether its story is a long one."""
    if depth.lines:
        fresh, old = (_whole_story(depth.lines, is_old=is_old) for is_old in (False, True))
        return [Line(False, place, entry, was) for place, (entry, was) in enumerate(zip(fresh, old, strict=True))]
    both = ((False, STORY), (True, LONG_STORY))
    return [Line(is_long, place, entry, entry) for is_long, story in both for place, entry in enumerate(story)]


DOCUMENT: Final = b"<ISO18626Message>" + b"x" * 1_500
CONFIRMATION: Final = b"<ISO18626Message>" + b"x" * 500


def _whole_story(count: int, *, is_old: bool) -> tuple[str, ...]:
    """Each third line is one of a protocol, of which a digest alone is kept if it is old."""
    raw = {
        "sent": f"{ERASED}{'0' * 32}" if is_old else "9" * 150,
        "received": f"{ERASED}{'1' * 32}" if is_old else "9" * 250,
    }
    at = datetime.fromisoformat("2020-02-02T12:00:00Z")
    words = "The circulation system has checked the item in, and the partner was told."
    kinds = (HistoryKind.DECISION, HistoryKind.NOTE, HistoryKind.SIP2)
    lines = (
        HistoryEntry(at=at, by="gateway", kind=kind, words=words, detail=raw if kind is HistoryKind.SIP2 else {})
        for kind in islice(cycle(kinds), count)
    )
    return tuple(map(encoding.encode, lines))


def _story(count: int, detail: int) -> tuple[str, ...]:
    """Give so many lines, each with so many characters of a message."""
    texts = {"request": "9" * detail} if detail else {}
    kinds = (HistoryKind.DECISION, HistoryKind.SIP2, HistoryKind.MESSAGE_OUT)
    at = datetime.fromisoformat("2020-02-02T12:00:00Z")
    words = "The circulation system has checked the item in, and the partner was told."
    lines = (
        HistoryEntry(at=at, by="gateway", kind=kinds[place % 3], words=words, detail=texts) for place in range(count)
    )
    return tuple(map(encoding.encode, lines))


STORY: Final = _story(4, 0)
LONG_STORY: Final = _story(30, 1_000)


def partners() -> list[Partner]:
    """The libraries that ask and are asked, in the order of their numbers."""
    return [
        Partner(id=f"partner-{number}", name=f"Library of {PLACES[number % len(PLACES)]} {number}", peer=PEER)
        for number in range(PARTNERS)
    ]
