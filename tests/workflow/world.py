"""A world for one request: its queue, a small circulation system, a partner that hears, staff who tell the truth.

The queue keeps the store's promises (store/port.py): rows of a lane in their order, a row withdrawn only unstarted, a
must-withdraw that fails refuses the whole. The circulation system does what it is told, or lies, or loses answers,
as each step says. What is asserted here holds whatever happens; the properties are in test_safety.py.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from gateway.workflow.effects import AnyEffect, AskCopies, FindCopies, Look, Perform, Seek, StartTimer, Tell
from gateway.workflow.events import (
    AnyEvent,
    CopiesFound,
    ItemSought,
    Looked,
    NotTold,
    Performed,
    StaffActed,
    TimerFired,
    Told,
)
from gateway.workflow.lending.table import LENDING
from gateway.workflow.lending.tell import UNDO_CLOCK
from gateway.workflow.machine import Decision, Ignored, Refused, decide
from gateway.workflow.records import Act, Answer, Clock, Finding, Outcome, Request, State
from gateway.workflow.tasks import TaskKind
from tests.workflow.builders import CREATED, LOAN_DAYS, SUPPLY, arrived, checked, copy


class Way(Enum):
    """How the circulation system takes an act: what it does, and what is heard of that."""

    DOES = auto()
    LIES = auto()
    """Answers ok and does nothing."""
    REFUSES = auto()
    MUMBLES = auto()
    """Does it, and answers as if it hadn't."""
    LOST_BEFORE = auto()
    LOST_AFTER = auto()
    SLOW = auto()
    """Takes effect only after everybody has stopped waiting for the answer."""


_DOES = frozenset({Way.DOES, Way.MUMBLES, Way.LOST_AFTER})
_HEARD = {
    Way.DOES: Outcome.DONE,
    Way.LIES: Outcome.DONE,
    Way.REFUSES: Outcome.REFUSED,
    Way.MUMBLES: Outcome.REFUSED,
    Way.LOST_BEFORE: Outcome.UNKNOWN,
    Way.LOST_AFTER: Outcome.UNKNOWN,
    Way.SLOW: Outcome.UNKNOWN,
}


@dataclass
class Circulation:
    """What is true of the partner's account: its holds, its loans, and when these are due."""

    holds: set[str] = field(default_factory=set)
    loans: dict[str, datetime] = field(default_factory=dict)
    desk: set[str] = field(default_factory=set)
    due_at: datetime = CREATED + timedelta(days=LOAN_DAYS)
    """What it gives to a new loan."""

    def act(self, act: Act, barcode: str) -> None:
        """Do it."""
        match act:
            case Act.HOLD:
                self.holds.add(barcode)
            case Act.CANCEL_HOLD:
                self.holds.discard(barcode)
            case Act.ARRIVE:
                self.desk.add(barcode)
            case Act.CHECKOUT:
                self.holds.discard(barcode)
                self.loans[barcode] = self.due_at
            case Act.RENEW if barcode in self.loans:
                self.loans[barcode] += timedelta(days=28)
            case Act.CHECKIN:
                self.loans.pop(barcode, None)

    def shows(self, look: Look) -> Finding:
        """What 17 and 63 show of an act, where they can tell."""
        barcode = look.item_barcode
        done = {
            Act.HOLD: barcode in self.holds,
            Act.CANCEL_HOLD: barcode not in self.holds,
            Act.ARRIVE: barcode in self.desk,
            Act.CHECKOUT: barcode in self.loans,
            Act.CHECKIN: barcode not in self.loans,
            Act.RENEW: look.due_at is not None and self.loans.get(barcode, look.due_at) > look.due_at,
        }[look.act]
        return Finding.YES if done else Finding.NO


@dataclass(eq=False)
class QueuedRow:
    """A row of the queue; `due` once its delay is over."""

    effect: AnyEffect
    due: bool
    started: bool = False


class World:
    """One request from its arrival on."""

    def __init__(self) -> None:
        self.now = CREATED
        self.acs = Circulation()
        self.rows: list[QueuedRow] = []
        self.coming = False
        """Whether 17 shows an item that is sought on its way."""
        self.tasks: dict[TaskKind, str] = {}
        self.heard: list[Tell] = []
        self.promised: list[Tell] = []
        """Every message that a decision asked for, sent or not."""
        self.slow: list[Perform] = []
        """Acts that will take effect when they are no longer waited for."""
        self.log: list[tuple[str, Act, str]] = []
        """Acts begun and looks answered, in order: ("act" or "look", which, item)."""
        first = decide(LENDING, None, arrived())
        assert isinstance(first, Decision)
        self.request: Request = first.request
        self._write(first)

    @property
    def state(self) -> State:
        return self.request.state

    # ── the door ─────────────────────────────────────────────────────────────────────────────────

    def submit(self, event: AnyEvent, completes: QueuedRow | None = None) -> Decision | Ignored | Refused:
        """Decide and write, as dispatch.intake and the store do in one transaction."""
        ruling = decide(LENDING, self.request, event)
        if isinstance(ruling, Decision):
            rest = [row for row in self.rows if row is not completes]
            for key in ruling.must_withdraw:
                named = [row for row in rest if row.effect.key == key]
                if not named or any(row.started for row in named):
                    return Refused("Too late: it has begun.")
            if any(row.started and row.effect.key in ruling.must_stop for row in rest):
                return Refused("Too late: it has begun.")
        if completes is not None:
            self.rows.remove(completes)
        if isinstance(ruling, Decision):
            self._write(ruling)
        return ruling

    def _write(self, decision: Decision) -> None:
        gone = {*decision.withdraw, *decision.must_withdraw, *decision.must_stop}
        self.rows = [row for row in self.rows if row.started or row.effect.key not in gone]
        self.rows += [QueuedRow(effect, due=not effect.delay_s) for effect in decision.effects]
        self.promised += [effect for effect in decision.effects if isinstance(effect, Tell)]
        for kind in decision.close_tasks:
            self.tasks.pop(kind, None)
        self.tasks |= {task.kind: task.words for task in decision.open_tasks}
        self.request = decision.request

    # ── the queue ────────────────────────────────────────────────────────────────────────────────

    def pending(self, *kinds: type[AnyEffect]) -> list[QueuedRow]:
        return [row for row in self.rows if isinstance(row.effect, kinds)]

    def next_on_acs(self) -> QueuedRow | None:
        """The circulation system's lane: the oldest row alone, and only once it is due."""
        rows = self.pending(Perform, Look, AskCopies)
        return rows[0] if rows and rows[0].due else None

    def next_message(self) -> QueuedRow | None:
        """The partner's lane likewise."""
        rows = self.pending(Tell)
        return rows[0] if rows and rows[0].due else None

    def wait(self) -> None:
        """Every delay passes."""
        self.now += timedelta(minutes=2)
        for row in self.rows:
            row.due = True
        for row in self.pending(StartTimer):
            if row.effect.key == UNDO_CLOCK:
                self.submit(TimerFired(at=self.now, clock=Clock.UNDO), row)

    def look_up(self, verdict: Answer = SUPPLY, *, auto: bool = True) -> None:
        """The item list answers, or the circulation system does about each copy and the policy gives its verdict."""
        for row in self.pending(FindCopies)[:1]:
            self.submit(CopiesFound(at=self.now, copies=(copy(1), copy(2), copy(3))), row)
        for row in self.pending(AskCopies)[:1]:
            self.submit(checked(verdict, auto=auto), row)
        for row in self.pending(Seek)[:1]:
            assert isinstance(row.effect, Seek)
            sought = ItemSought(
                at=self.now, item_barcode=row.effect.item_barcode, coming=self.coming, after=row.effect.after
            )
            self.submit(sought, row)

    def begin(self, way: Way) -> None:
        """The next act is begun and takes effect, or not; the next question is asked. Nothing is heard yet."""
        row = self.next_on_acs()
        if row is None or row.started or not isinstance(row.effect, Perform):
            return
        row.started = True
        self.log.append(("act", row.effect.act, row.effect.item_barcode))
        if way in _DOES:
            self.acs.act(row.effect.act, row.effect.item_barcode)
        elif way is Way.SLOW:
            self.slow.append(row.effect)

    def hear(self, way: Way, finding: Finding | None = None) -> Decision | Ignored | Refused | None:
        """The answer to what was begun comes, or the question is answered: as it is, or “can't be told”."""
        row = self.next_on_acs()
        if row is None:
            return None
        match row.effect:
            case Perform(act=act, item_barcode=barcode) if row.started:
                while self.slow:
                    late = self.slow.pop()
                    self.acs.act(late.act, late.item_barcode)
                return self.submit(
                    Performed(at=self.now, act=act, item_barcode=barcode, outcome=_HEARD[way], due_at=self.acs.loans.get(barcode)), row
                )  # fmt: skip
            case Look(act=act, item_barcode=barcode) as look:
                self.log.append(("look", act, barcode))
                shown = finding or self.acs.shows(look)
                due_at = self.acs.loans.get(barcode)
                return self.submit(
                    Looked(
                        at=self.now, act=act, item_barcode=barcode, finding=shown, due_at=due_at, by_hand=look.by_hand
                    ),
                    row,
                )
        return None

    def tell(self, *, taken: bool = True) -> None:
        """The partner hears the next message, and takes it or does not."""
        row = self.next_message()
        if row is None:
            return
        tell = row.effect
        assert isinstance(tell, Tell)
        made = Told if taken else NotTold
        words = {} if taken else {"words": "UnrecognisedDataValue"}
        self.heard += [tell] if taken else []
        self.submit(made(at=self.now, status=tell.status, reason=tell.reason, **words), row)

    def tell_all(self) -> None:
        """The partner hears everything that is to be told now."""
        self.wait()
        while self.pending(Tell):
            self.tell()

    def ring(self, index: int) -> None:
        """One of the clocks runs out."""
        timers = self.pending(StartTimer)
        if timers:
            row = timers[index % len(timers)]
            assert isinstance(row.effect, StartTimer)
            self.now += timedelta(hours=6)
            self.submit(TimerFired(at=self.now, clock=row.effect.clock), row)

    def settle(self) -> None:
        """Everything that waits for the circulation system is done as asked, and shown as it is."""
        self.wait()
        for _ in range(200):
            if not self.pending(Perform, Look, AskCopies, FindCopies, Seek):
                return
            self.look_up()
            self.begin(Way.DOES)
            self.hear(Way.DOES)
            self.wait()
        raise AssertionError("the work never ends")

    # ── staff, who tell the truth ────────────────────────────────────────────────────────────────

    def act(self, event: StaffActed) -> Decision | Ignored | Refused:
        return self.submit(event)
