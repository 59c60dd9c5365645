"""Conversations with the borrowing table, and the events of a borrowed loan, fully filled and fictional."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.iso18626.codes import Action, RequestType, ServiceType
from gateway.workflow.about import bare
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import (
    BarcodeAssigned,
    CustomerAsked,
    ItemSeen,
    LateHeard,
    LenderSaid,
    LenderSays,
    NeverAsked,
    NoBarcode,
    RotaMade,
    Sent,
    Unsent,
    Vetted,
)
from gateway.workflow.borrowing_records import BarcodeMove, Concern, Doubt, LenderLine, LoanTerms
from gateway.workflow.effects import AnyEffect, Look, Perform, SendAction, SendRequest, StartTimer, WorkKind
from gateway.workflow.events import Agrees, AnyEvent, Differs, Looked, Performed, StaffActed, Stuck, TimerFired
from gateway.workflow.machine import Decision, Ignored, Refused, decide
from gateway.workflow.records import Act, Clock, Copy, Finding, Outcome, Request, State
from gateway.workflow.triggers import Deed, StaffAction
from gateway.workflow.values import Money, Wanted

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DUE = AT + timedelta(days=42)
LATER = DUE + timedelta(days=28)
POOL = "39999000000017"
OURS = "30000000000017"
COST = Money(amount=Decimal("12.50"), currency="EUR")
FIRST, SECOND, THIRD = (
    LenderLine(partner=f"{name}-city", peer=f"{name}-system", agency=f"ISIL:XX-{name.upper()}", score=score)
    for name, score in (("sample", 40), ("other", 30), ("third", 20))
)
BLOCKED = Doubt(concern=Concern.CUSTOMER, words="The card has expired.", stops=True)
TWICE = Doubt(concern=Concern.DUPLICATE, words="Asked for before: B-22222-22222.")


class Talk:
    """One request and what was decided about it, in few words."""

    def __init__(self) -> None:
        self._request: Request | None = None
        self.words = ""
        self.moves: list[BarcodeMove] = []
        """Every step of a pool barcode."""
        self.asked = ""
        """What the last task asks, with what it is about."""
        self.is_quiet = False
        """Whether the last decision leaves no line in the history."""

    def __call__(self, event: AnyEvent) -> list[str]:
        """Let it happen; give the state, what is to be done, and what staff are asked."""
        ruling = decide(BORROWING, self._request, event)
        if isinstance(ruling, Ignored | Refused):
            self.words = ruling.words
            return ["ignored" if isinstance(ruling, Ignored) else "refused"]
        return self._take(ruling)

    def _take(self, decision: Decision) -> list[str]:
        self._request = decision.request
        self.is_quiet = decision.row.is_quiet
        self.moves += decision.barcodes
        if decision.open_tasks:
            self.asked = decision.open_tasks[-1].words
            self.words = bare(self.asked)
        return [
            self.request.state.value,
            *map(in_short, decision.effects),
            *(f"task {task.kind}" for task in decision.open_tasks),
        ]

    @property
    def request(self) -> Request:
        """As it is now."""
        assert self._request is not None
        return self._request


def in_short(effect: AnyEffect) -> str:
    """Say what is to be done."""
    match effect:
        case Perform(act=act):
            return f"do {act}"
        case Look(act=act):
            return f"look {act}"
        case SendRequest(kind=kind, lender=lender, attempt=attempt):
            return f"send {kind} {attempt} to {lender.partner}"
        case SendAction(action=action, lender=lender):
            return f"say {action} to {lender.partner}"
        case StartTimer(clock=clock):
            return f"start {clock}"
        case _:
            return effect.key


def asked(**fields: Any) -> CustomerAsked:
    """A customer of ours asks."""
    given: dict[str, Any] = {
        "at": AT,
        "by": "desk",
        "request": "B-27K3M-9QXT2",
        "agency": "ISIL:XX-EXAMPLE",
        "wanted": Wanted(title="The Imaginary Almanac"),
        "pickup_branch": "EAST",
        "max_cost": COST,
    }
    return CustomerAsked(**given | fields)


def vetted(*doubts: Doubt) -> Vetted:
    """What stands in the way."""
    return Vetted(at=AT, doubts=doubts)


def rota(*lenders: LenderLine, again_at: datetime | None = None) -> RotaMade:
    """Who may be asked, and when whoever named no day may be."""
    return RotaMade(at=AT, lenders=lenders, again_at=again_at)


def late(*lenders: LenderLine, unsent: str | None = None) -> LateHeard:
    """Catalogues have answered that were late; whoever is named last has not been sent the request."""
    return LateHeard(at=AT, lenders=lenders, unsent=unsent)


UNCLEAR = Doubt(concern=Concern.WORK, words="Its number is another work's.")
OWNED = Doubt(concern=Concern.OWNED, words="We have it.")
SHELVED = Copy(item_barcode="30000000000012", branch="EAST", title="The Imaginary Almanac")


def sent(what: str = RequestType.NEW, attempt: int = 1) -> Sent:
    """The lender has a message of ours."""
    return Sent(at=AT, what=what, attempt=attempt)


def not_sent(what: str = RequestType.NEW, attempt: int = 1, **fields: Any) -> Unsent:
    """The lender did not take it."""
    return Unsent(at=AT, what=what, attempt=attempt, words="UnrecognisedDataValue", **fields)


def says(what: LenderSays, attempt: int = 1, **fields: Any) -> LenderSaid:
    """The lender writes."""
    return LenderSaid(at=AT, by="sample-system", says=what, attempt=attempt, **fields)


def staff(action: StaffAction, **fields: Any) -> StaffActed:
    """A person acts."""
    return StaffActed(**{"at": AT, "by": "Technician", "action": action, **fields})


def fired(clock: Clock, at: datetime = AT) -> TimerFired:
    """A clock has run."""
    return TimerFired(at=at, clock=clock)


def answered(act: Act, outcome: Outcome = Outcome.DONE, barcode: str = POOL, **fields: Any) -> Performed:
    """The circulation system answers."""
    return Performed(at=AT, act=act, item_barcode=barcode, outcome=outcome, **fields)


def looked(act: Act, finding: Finding = Finding.YES, barcode: str = POOL, **fields: Any) -> Looked:
    """A look shows."""
    return Looked(at=AT, act=act, item_barcode=barcode, finding=finding, **fields)


def seen(*, out: bool | None, before: bool, **fields: Any) -> ItemSeen:
    """17 shows where the item is."""
    return ItemSeen(at=AT, out=out, before=before, **fields)


def asking(*lenders: LenderLine, **fields: Any) -> Talk:
    """The first of the lenders has the request."""
    talk = Talk()
    for event in (asked(**fields), vetted(), rota(*(lenders or (FIRST, SECOND))), sent()):
        talk(event)
    assert talk.request.state is State.ASKING
    return talk


def on_its_way() -> Talk:
    """The lender has sent it."""
    talk = asking()
    talk(says(LenderSays.LOANED, due_at=DUE, lender_items=("9001",), lender_request_id="S-1"))
    return talk


def on_shelf() -> Talk:
    """Received, and waiting for the customer."""
    talk = on_its_way()
    for event in (
        staff(StaffAction.RECEIVE),
        BarcodeAssigned(at=AT, barcode=POOL),
        answered(Act.HOLD),
        looked(Act.HOLD),
        answered(Act.RECEIVE, route_to="EAST"),
        looked(Act.RECEIVE),
    ):
        talk(event)
    assert talk.request.state is State.ON_SHELF
    return talk


def with_customer() -> Talk:
    """The customer has it."""
    talk = on_shelf()
    talk(seen(out=True, before=False, due_at=DUE - timedelta(days=7)))
    return talk


def sent_back() -> Talk:
    """On its way back."""
    talk = with_customer()
    for event in GOES_BACK:
        talk(event)
    assert talk.request.state is State.SENT_BACK
    return talk


GOES_BACK: tuple[AnyEvent, ...] = (
    staff(StaffAction.SEND_BACK),
    looked(Act.CANCEL_HOLD),
    answered(Act.CHECKIN),
    looked(Act.CHECKIN),
)
"""What the customer has returned is scanned at our desk, and goes well."""


def effects(talk: Talk, event: AnyEvent) -> tuple[AnyEffect, ...]:
    """What a decision asks for, without taking it."""
    made = decide(BORROWING, talk.request, event)
    assert isinstance(made, Decision), made
    return made.effects


def every_event() -> tuple[AnyEvent, ...]:
    """Everything that can happen to a request that exists, in the ways that the table tells apart."""
    lender = [
        says(what, attempt, **fields)
        for what in LenderSays
        for attempt in (1, 2, 3)
        for fields in _SAID.get(what, ({"due_at": LATER, "note": "Words."},))
    ]
    work: list[AnyEvent] = [
        vetted(),
        vetted(BLOCKED, TWICE),
        vetted(TWICE),
        rota(),
        rota(FIRST),
        rota(SECOND, THIRD),
        rota(again_at=LATER),
        Vetted(at=AT, doubts=(OWNED,), own=(SHELVED,)),
        *(sent(what, attempt) for what in ("New", "Retry", "Cancel") for attempt in (1, 2)),
        *(not_sent(what, attempt) for what in (*RequestType, *Action) for attempt in (1, 2)),
        *(NeverAsked(at=AT, what=what, attempt=2) for what in ("New", "Cancel")),
        not_sent(may_be_there=True),
        not_sent(Action.CANCEL, unknown_there=True),
        not_sent("Cancel to supplier"),
        BarcodeAssigned(at=AT, barcode=POOL),
        NoBarcode(at=AT, words="None is free."),
        Differs(at=AT, words="It is on nobody."),
        Agrees(at=AT),
        *(Stuck(at=AT, work=kind, kind=kind, words="No connection.") for kind in (WorkKind.SEND_ACTION, WorkKind.VET)),
        *(seen(out=out, before=before, due_at=LATER) for out in (True, False, None) for before in (True, False)),
        *(answered(act, outcome, barcode) for act in _ACTS for outcome in Outcome for barcode in (POOL, OURS)),
        *(looked(act, finding, barcode) for act in _ACTS for finding in Finding for barcode in (POOL, OURS)),
        *(looked(Act.RENEW, finding, charged=False) for finding in Finding),
        *(looked(act, finding, by_hand=True) for act in _ACTS for finding in Finding),
        looked(Act.RECEIVE, Finding.NO, by_hand=True, charged=True),
        *(looked(act, finding, charged=True) for act in (Act.RECEIVE, Act.CHECKIN) for finding in Finding),
        *(looked(act, finding, kept=True) for act in (Act.RECEIVE, Act.CHECKIN) for finding in Finding),
        *(seen(out=True, before=before, by_another=True) for before in (True, False)),
    ]
    people = [
        staff(action, **fields)
        for action in StaffAction
        for fields in (
            {},
            {"reason": "Seen in the ILS.", "note": "Words."},
            {"inside": "For us."},
            {"seen_in": State.ASKING},
            {"seen_in": State.LOST},
            {"deed": Deed.HOLD},
            {"seen": 0, "by": "Colleague"},
            {"item_barcodes": (OURS,), "copies": (Copy(item_barcode=OURS, branch="MAIN"),)},
        )
    ]
    people += [
        staff(action, undo_s=60.0) for action in (StaffAction.HANDED_OUT, StaffAction.CAME_BACK, StaffAction.ACCEPT)
    ]
    forced = [staff(StaffAction.FORCE, reason="Seen in the ILS.", state=state) for state in State]
    return (*lender, *work, *people, *forced, *(fired(clock) for clock in Clock), *_of_the_work())


def _of_the_work() -> tuple[AnyEvent, ...]:
    """What catalogues tell of the work, in time and late, and which one staff say is meant."""
    return (
        RotaMade(
            at=AT,
            lenders=(FIRST,),
            is_early=True,
            completed=Wanted(title="Told"),
            filled=("title",),
            described_by=FIRST.partner,
        ),
        RotaMade(at=AT, lenders=(FIRST,), doubts=(UNCLEAR,)),
        *(late(*lenders, unsent=unsent) for lenders in ((), (SECOND,)) for unsent in (None, FIRST.partner)),
        staff(StaffAction.CORRECT_WORK, wanted=Wanted(title="Another")),
    )


_ACTS = (Act.HOLD, Act.CANCEL_HOLD, Act.RECEIVE, Act.RENEW, Act.CHECKIN)
_OFFER = LoanTerms(cost=COST, conditions=("LibraryUseOnly",))
_SAID: dict[LenderSays, tuple[dict[str, Any], ...]] = {
    LenderSays.RECEIVED: ({}, {"supplier": "ISIL:XX-BEHIND"}),
    LenderSays.RETRY: (
        {},
        {"terms": _OFFER},
        {"terms": LoanTerms(cost=COST)},
        {"terms": LoanTerms(record_id="R-2")},
        {"retry_after": LATER},
        {"supplier": "ISIL:XX-BEHIND"},
    ),
    LenderSays.CONDITION: ({"terms": _OFFER},),
    LenderSays.NOT_CANCELLED: ({"stands": LenderSays.LOANED}, {"stands": LenderSays.WILL_SUPPLY}),
    LenderSays.COPY_SENT: ({"link": "https://library.example/copy"},),
}


def copy_asked() -> Talk:
    """A lender is asked for a copy."""
    return asking(service=ServiceType.COPY, copyright="US-CCG")
