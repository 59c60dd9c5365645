"""Made-up histories: requests that go their ways over two years, with what is taken back, ignored, quiet, and told beside messages.

Among them sets of two items, copies that the rule of five counts, and what the gateway answered by itself.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import Change, HistoryEntry, HistoryKind, Store
from gateway.workflow import events
from gateway.workflow.borrowing_events import CustomerAsked, ItemSeen, LenderSaid, LenderSays, Sent
from gateway.workflow.borrowing_records import Borrowing, LenderLine, LoanTerms
from gateway.workflow.records import Answer, AnswerKind, Clock, Copy, CopyStatus, Item, Request, Role, State
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Money, Wanted

START = datetime(2024, 7, 1, 5, tzinfo=UTC)
DAYS = 2 * 365
ZONE = ZoneInfo("America/New_York")
PARTNERS = ("valley", "hill", "branch-1")
OWN = "branch-1"
PRICES = {
    "5": (("5", "USD"), ("5.125", "KWD"), ("500", "JPY"), ("5", "USD")),
    "12.50": (("12.50", "USD"), ("0.001", "KWD"), ("1", "JPY"), ("12.50", "usd")),
    "7.25": (("7.25", "EUR"), ("7.255", "KWD"), ("725", "JPY"), ("7.25", "EUR")),
}
"""What is asked for, by the number of the request: in currencies of two digits, three and none."""
S = State
Step = tuple[events.AnyEvent, State | None]


class Way:
    """One request on its way: every step is a change of its own."""

    def __init__(self, random: Random, number: int) -> None:
        self.random, self.number = random, number
        self.at = START + timedelta(days=random.uniform(0, DAYS))
        self.changes: list[Change] = []

    def later(self) -> datetime:
        self.at += timedelta(hours=self.random.choice((0.2, 3, 20, 47.9, 48, 71.5, 72, 100, 700)))
        return self.at

    def begin(self, request: Request, event: events.AnyEvent, asked: Asked | None = None) -> None:
        self.request = request
        change = self._change(request, event, request.state)
        self.changes.append(msgspec.structs.replace(change, created=True, asked=asked))

    def go(self, event: events.AnyEvent, state: State | None = None, **of: object) -> None:
        """Take a step; without a state the request stays in its own."""
        fields = {
            "version": self.request.version + 1,
            "updated_at": event.at,
            "state": state or self.request.state,
        } | of
        self.request = msgspec.structs.replace(self.request, **fields)
        self.changes.append(self._change(self.request, event, self.request.state))

    def _change(self, request: Request, event: events.AnyEvent, state: State) -> Change:
        """Sometimes a message or a talk with the circulation system stands before what was decided; a quiet step has no line."""
        before = [
            HistoryEntry(
                at=event.at, by="x", kind=self.random.choice((HistoryKind.SIP2, HistoryKind.MESSAGE_IN)), words="<x/>"
            )
        ]
        line = HistoryEntry(at=event.at, by="x", kind=HistoryKind.DECISION, words="so it goes", state=state)
        quiet = isinstance(event, ItemSeen)
        history = () if quiet else (*(before if self.random.random() < 0.4 else ()), line)
        return Change(request=request, history_of=request.id, event=event, history=history)

    def ignore(self) -> None:
        """Something comes late and changes nothing."""
        event = events.PartnerActed(at=self.later(), action=events.PartnerAction.RECEIVED)
        line = HistoryEntry(at=event.at, by="x", kind=HistoryKind.IGNORED, words="late", state=self.request.state)
        self.changes.append(Change(history_of=self.request.id, event=event, history=(line,)))

    def staff(self, action: StaffAction, state: State, **more: object) -> None:
        of = more.pop("of", {})
        assert isinstance(of, dict)
        event = events.StaffActed(at=self.later(), by="a-person", action=action, **more)  # type: ignore[arg-type]
        self.go(event, state, **of)


def lending(random: Random, number: int) -> Way:
    """A request to us."""
    way = Way(random, number)
    service = random.choice((ServiceType.LOAN, ServiceType.COPY))
    partner = random.choice(PARTNERS)
    arrived = events.RequestArrived(
        at=way.at, request=f"L-{number:05}", peer="hub", partner=partner, requesting_agency=f"ISIL:{partner}",
        supplying_agency="ISIL:WE", partner_request_id=f"P-{number}", service=service,
    )  # fmt: skip
    way.begin(
        Request(
            id=arrived.request, role=Role.LENDING, state=S.SEARCHING, version=1, peer="hub", partner=partner,
            requesting_agency=arrived.requesting_agency, supplying_agency="ISIL:WE", partner_request_id=arrived.partner_request_id,
            created_at=way.at, updated_at=way.at, state_since=way.at, service=service, wanted=Wanted(title="A Book"),
        ),
        arrived,
    )  # fmt: skip
    copy = Copy(item_barcode=f"3999{number:05}", branch=random.choice(("main", "east")))
    proposed = _answer(random, copy, number)
    auto = random.random() < 0.3
    checked = events.CopiesChecked(at=way.later(), copies=(), answer=proposed, auto=auto)
    if auto and proposed.kind is AnswerKind.UNFILLED:
        way.go(checked, S.UNFILLED, answer=proposed)
        if random.random() < 0.6:
            _tell(way, Status.UNFILLED)
            return way
        way.staff(StaffAction.UNDO, S.DECIDING)
    else:
        way.go(checked, S.DECIDING, answer=proposed, cost=proposed.cost)
    _decided(way, random, copy)
    return way


def price(drawn: str, number: int) -> Money:
    of = PRICES[drawn]
    amount, currency = of[number % len(of)]
    return Money(amount=Decimal(amount), currency=currency)


def _answer(random: Random, copy: Copy, number: int) -> Answer:
    kind = random.choice((AnswerKind.SUPPLY, AnswerKind.UNFILLED, AnswerKind.RETRY, AnswerKind.STAFF))
    reason = {AnswerKind.UNFILLED: "NotHeld", AnswerKind.RETRY: "OnLoan"}.get(kind)
    cost = price(random.choice(("5", "12.50")), number) if random.random() < 0.4 else None
    choice = CopyStatus(copy=copy, status="03") if kind is AnswerKind.SUPPLY else None
    return Answer(kind=kind, reason=reason, choice=choice, cost=cost, line=random.choice(("", "books", "films")))


def _tell(way: Way, status: Status) -> None:
    way.go(events.Told(at=way.later(), status=status, reason=ReasonForMessage.REQUEST_RESPONSE))


def _decided(way: Way, random: Random, copy: Copy) -> None:
    match random.choice(("supply", "supply", "supply", "unfilled", "retry", "cancel", "open", "expire")):
        case "supply":
            barcode = random.choice((copy.item_barcode, "3999-another"))
            others = tuple(Copy(item_barcode=f"{barcode}-2", branch="west") for _ in range(way.number % 5 == 0))
            items = tuple(Item(copy=each) for each in (copy, *others))
            barcodes = (barcode, *(each.item_barcode for each in others))
            way.staff(StaffAction.ANSWER_SUPPLY, S.WILL_SUPPLY, item_barcodes=barcodes, of={"items": items})
            _tell(way, Status.WILL_SUPPLY)
            _send(way, random)
        case "unfilled":
            way.staff(StaffAction.ANSWER_UNFILLED, S.UNFILLED, reason=random.choice(("NotHeld", "NotOnShelf")))
            if random.random() < 0.3:
                way.staff(StaffAction.UNDO, S.DECIDING)
                way.staff(StaffAction.ANSWER_UNFILLED, S.UNFILLED, reason="NonCirculating")
                if random.random() < 0.5:
                    way.staff(StaffAction.UNDO, S.DECIDING)
                    way.staff(StaffAction.ANSWER_UNFILLED, S.UNFILLED, reason="NotHeld")
            elif random.random() < 0.3:
                way.staff(StaffAction.UNDO, S.DECIDING)
                way.staff(StaffAction.ANSWER_RETRY, S.RETRY_POSSIBLE, reason="OnLoan")
                return
            _tell(way, Status.UNFILLED)
            way.ignore()
        case "retry":
            way.staff(StaffAction.ANSWER_RETRY, S.RETRY_POSSIBLE, reason="OnLoan")
        case "cancel":
            way.go(events.PartnerActed(at=way.later(), action=events.PartnerAction.CANCEL), S.CANCELLED)
        case "expire":
            way.staff(StaffAction.OFFER, S.OFFERED)
            way.go(events.TimerFired(at=way.later(), clock=Clock.CONDITION), S.RETRY_POSSIBLE)
        case _:
            way.staff(StaffAction.NOTE, S.DECIDING, inside="look again")


def _send(way: Way, random: Random) -> None:
    if way.request.service is ServiceType.COPY:
        way.staff(StaffAction.COPY_SENT, S.COPY_COMPLETED)
        if random.random() < 0.3:
            way.staff(StaffAction.UNDO, S.TO_COPY)
            if random.random() < 0.5:
                way.staff(StaffAction.COPY_SENT, S.COPY_COMPLETED)
        return
    way.staff(StaffAction.SHIP, S.CHECKED_OUT)
    _loaned(way)
    if random.random() < 0.2:
        way.staff(StaffAction.FORCE, S.WILL_SUPPLY, reason="it never left")
        if random.random() < 0.5:
            way.staff(StaffAction.SHIP, S.CHECKED_OUT)
            _loaned(way)
    if way.request.state is S.LOANED and random.random() < 0.8:
        way.staff(StaffAction.CHECK_IN, S.CHECKING_IN)
        way.staff(StaffAction.DONE_BY_HAND, random.choice((S.COMPLETED, S.LOANED)))


def _loaned(way: Way) -> None:
    way.go(events.Told(at=way.later(), status=Status.LOANED, reason=ReasonForMessage.STATUS_CHANGE), S.LOANED)


def borrowing(random: Random, number: int) -> Way:
    """A request of ours."""
    way = Way(random, number)
    service = random.choice((ServiceType.LOAN, ServiceType.COPY))
    asked = CustomerAsked(
        at=way.at,
        request=f"B-{number:05}",
        agency="ISIL:WE",
        wanted=Wanted(title="A Book"),
        pickup_branch=random.choice(("main", "east")),
        service=service,
    )
    lenders = tuple(
        LenderLine(partner=partner, peer="hub", agency=f"ISIL:{partner}") for partner in random.sample(PARTNERS, 3)
    )
    way.begin(
        Request(
            id=asked.request, role=Role.BORROWING, state=S.VETTING, version=1, peer="", requesting_agency="ISIL:WE",
            supplying_agency="", partner_request_id=asked.request, created_at=way.at, updated_at=way.at, state_since=way.at,
            service=service, wanted=asked.wanted, borrowing=Borrowing(pickup_branch=asked.pickup_branch),
        ),
        asked,
        Asked(customer=Customer(barcode=f"2999{number:010}", name="Ann Example"), copied=_counted(random, service, way.at)),
    )  # fmt: skip
    for place in range(1, random.randint(1, 3) + 1):
        borrowed = msgspec.structs.replace(way.request.borrowed, asked=lenders[:place])
        way.go(Sent(at=way.later(), what="New", attempt=place), S.ASKING, borrowing=borrowed)
        if _answered(way, random, place):
            return way
    way.staff(StaffAction.CALL_OFF, random.choice((S.CANCELLED, S.UNFILLED, S.SERVED_HERE)))
    return way


def _counted(random: Random, service: ServiceType, at: datetime) -> str | None:
    """Under which key the rule of five counts a copy: of a periodical by the year, of a book for good."""
    if service is not ServiceType.COPY or random.random() < 0.2:
        return None
    return random.choice((f"issn:00000000/{at.astimezone(ZONE).year}", "isbn:9780000000002"))


def _answered(way: Way, random: Random, place: int) -> bool:
    """Whether that lender sends it."""
    match random.choice(("sent", "sent", "unfilled", "silent", "retry")):
        case "unfilled":
            way.go(
                LenderSaid(at=way.later(), says=LenderSays.UNFILLED, attempt=place, reason="NotHeld"), S.CHOOSING_LENDER
            )
        case "retry":
            way.go(LenderSaid(at=way.later(), says=LenderSays.RETRY, attempt=place, reason="OnLoan"), S.CHOOSING_LENDER)
        case "silent":
            way.go(events.TimerFired(at=way.later(), clock=Clock.LENDER_ANSWER), S.WITHDRAWING)
        case _:
            _sent(way, random, place)
            return True
    return False


def _sent(way: Way, random: Random, place: int) -> None:
    terms = LoanTerms(cost=price("7.25", way.number)) if random.random() < 0.5 else None
    borrowed = msgspec.structs.replace(way.request.borrowed, terms=terms)
    copy = way.request.service is ServiceType.COPY
    says, state = (LenderSays.COPY_SENT, S.COPY_HERE) if copy else (LenderSays.LOANED, S.ON_ITS_WAY)
    way.go(LenderSaid(at=way.later(), says=says, attempt=place), state, borrowing=borrowed)
    if copy:
        way.staff(StaffAction.HANDED_OVER, S.COMPLETED)
        return
    if random.random() < 0.1:
        way.staff(StaffAction.MARK_LOST, S.LOST)
        if random.random() < 0.5:
            way.staff(StaffAction.PAID, S.COMPLETED)
        return
    way.staff(StaffAction.RECEIVE, S.RECEIVING)
    if random.random() < 0.1:
        way.staff(StaffAction.FORCE, S.ON_ITS_WAY, reason="that was another one")
        return
    way.staff(StaffAction.HANDED_OUT, S.WITH_CUSTOMER)
    way.go(ItemSeen(at=way.later(), out=True))
    way.staff(StaffAction.SEND_BACK, S.SENT_BACK)
    way.go(LenderSaid(at=way.later(), says=LenderSays.COMPLETED, attempt=place), S.COMPLETED)


def ways(seed: int, count: int) -> list[Way]:
    """So many requests."""
    random = Random(seed)
    return [_as_far(random.choice((lending, borrowing))(random, number)) for number in range(1, count + 1)]


def _as_far(way: Way) -> Way:
    """Some of ours still wait for the first lender's answer."""
    if way.request.role is Role.BORROWING and way.number % 11 == 0:
        way.changes = way.changes[:2]
    return way


def priced(change: Change, agreed: Money) -> Change:
    """The same change of a request for which that was agreed."""
    request = change.request
    if request is None:
        return change
    if request.borrowing is None:
        return msgspec.structs.replace(change, request=msgspec.structs.replace(request, cost=agreed))
    terms = msgspec.structs.replace(request.borrowed.terms or LoanTerms(), cost=agreed)
    borrowing = msgspec.structs.replace(request.borrowed, terms=terms)
    return msgspec.structs.replace(change, request=msgspec.structs.replace(request, borrowing=borrowing))


async def happen(store: Store, all_ways: Iterable[Way]) -> None:
    """Let all requests go their ways side by side: what they write at one time is one transaction."""

    async def go(way: Way) -> None:
        for change in way.changes:
            await store.commit(change)

    async with asyncio.TaskGroup() as group:
        for way in all_ways:
            group.create_task(go(way))


def by_time(all_ways: list[Way]) -> Iterator[Change]:
    """All changes, as they happened one after the other."""
    changes = ((_at(change), place, change) for way in all_ways for place, change in enumerate(way.changes))
    yield from (change for *_, change in sorted(changes, key=lambda each: each[:2]))


def _at(change: Change) -> datetime:
    assert change.event is not None
    return change.event.at
