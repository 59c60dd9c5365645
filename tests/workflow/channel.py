"""Two tables, one channel: the lending table and a model of a borrower, joined by wires that lose, repeat and reorder.

Both senders resend a message until they have read its confirmation, both receivers filter what they have confirmed
(design.md, rule 3). Ours sends one message of a request at a time (the lane); the borrower's are on their way together.
Between the two libraries travels a parcel, which needs no message to arrive. What must hold is in test_channel.py.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Generic, TypeVar

from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.events import CopiesFound, NotTold, PartnerAction, Told
from gateway.workflow.lending.tell import CURRENT_STATUS
from gateway.workflow.records import Act, Answer, Finding, State
from tests.workflow.borrower import Belief, Borrower
from tests.workflow.builders import AT, SUPPLY, checked, copy, partner
from tests.workflow.world import QueuedRow, Way, World

S = State
DOES = frozenset({Way.DOES, Way.MUMBLES, Way.LOST_AFTER})
HARMFUL_TWICE = frozenset({Act.HOLD, Act.CHECKOUT, Act.RENEW, Act.CHECKIN})
"""What must not take effect twice; to scan an arrival again, or to cancel what is off, changes nothing."""


WITH_THEM = frozenset({S.CHECKED_OUT, S.LOANED, S.OVERDUE, S.RECALLED, S.RENEWING})
"""The item is checked out, and has not been sent back as far as we know."""


class Place(Enum):
    """Where the item is."""

    HERE = auto()
    TO_THEM = auto()
    THERE = auto()
    TO_US = auto()
    BACK = auto()


@dataclass(eq=False)
class Letter:
    """One message of the borrower; its copies are the same letter."""

    action: PartnerAction


Message = TypeVar("Message")


@dataclass
class Wire(Generic[Message]):
    """One direction: copies on their way, and what the receiver has confirmed."""

    copies: list[Message] = field(default_factory=list)
    confirmed: list[Message] = field(default_factory=list)

    def take(self, index: int) -> Message:
        """Some copy comes out, whichever was put in first."""
        return self.copies.pop(index % len(self.copies))

    def is_repeat(self, message: Message) -> bool:
        """Whether the receiver has confirmed it before."""
        return any(message is known for known in self.confirmed)


class Joined:
    """The lending side, the borrower, and everything between them."""

    def __init__(self) -> None:
        self.world = World()
        self.world.now = AT - timedelta(hours=1)
        self.borrower = Borrower()
        self.ours: Wire[QueuedRow] = Wire()
        self.theirs: Wire[Letter] = Wire()
        self.unconfirmed: list[Letter] = []
        self.place = Place.HERE
        self.silent = False
        """The borrower's people send nothing any more, and their parcels get lost; its system still confirms."""
        self.verdict, self.auto = SUPPLY, True
        self.doubled: list[tuple[Act, str]] = []
        self.ever_held: set[str] = set()
        self.ever_out: set[str] = set()
        self.told: list[Tell] = []
        """What the borrower heard, each message once."""
        self.said: set[PartnerAction] = set()
        """What it has said while the item was with it or on its way there, and we have confirmed."""

    @property
    def state(self) -> State:
        return self.world.state

    # ── our work ─────────────────────────────────────────────────────────────────────────────────

    def look_up(self) -> bool:
        """The item list answers, or the policy does about each copy."""
        world = self.world
        for row in world.pending(FindCopies)[:1]:
            world.submit(CopiesFound(at=world.now, copies=(copy(1), copy(2), copy(3))), row)
            return True
        for row in world.pending(AskCopies)[:1]:
            world.submit(checked(self.verdict, auto=self.auto), row)
            return True
        return False

    def set_verdict(self, answer: Answer, *, auto: bool) -> None:
        """What the policy will say."""
        self.verdict, self.auto = answer, auto

    def can_begin(self) -> bool:
        """An act is next, and not begun."""
        row = self.world.next_on_acs()
        return row is not None and isinstance(row.effect, Perform) and not row.started

    def can_hear(self) -> bool:
        """An act has begun, or a question is next."""
        row = self.world.next_on_acs()
        return row is not None and (row.started or isinstance(row.effect, Look))

    def begin(self, way: Way) -> bool:
        """The next act is begun; noted where it takes effect a second time."""
        row = self.world.next_on_acs()
        if row is None or not self.can_begin():
            return False
        assert isinstance(row.effect, Perform)
        act, barcode = row.effect.act, row.effect.item_barcode
        item = self.world.request.item(barcode)
        probe = Look(act=act, item_barcode=barcode, due_at=item.due_at if item else None)
        if act in HARMFUL_TWICE and way in DOES and self.world.acs.shows(probe) is Finding.YES:
            self.doubled.append((act, barcode))
        self.world.begin(way)
        self.keep_account()
        return True

    def hear(self, way: Way, finding: Finding | None = None) -> bool:
        """The circulation system's answer, or none (the gateway may also have died): unknown."""
        if not self.can_hear():
            return False
        self.world.hear(way, finding)
        self.keep_account()
        return True

    def keep_account(self) -> None:
        """Remember what was ever held or out."""
        self.ever_held |= self.world.acs.holds
        self.ever_out |= self.world.acs.loans.keys()

    def ring(self, index: int) -> bool:
        """A clock runs out."""
        if not self.world.pending(StartTimer):
            return False
        self.world.ring(index)
        return True

    def wait(self) -> bool:
        """Every delay passes."""
        if all(row.due for row in self.world.rows):
            return False
        self.world.wait()
        return True

    # ── the wires ────────────────────────────────────────────────────────────────────────────────

    def post_ours(self) -> bool:
        """Our next message is sent, or sent again."""
        row = self.world.next_message()
        if row is None:
            return False
        row.started = True
        self.ours.copies.append(row)
        return True

    def deliver_ours(self, index: int, *, heard_back: bool, taken: bool = True) -> bool:
        """A copy of one of our messages reaches the borrower, which takes it or answers ERROR."""
        if not self.ours.copies:
            return False
        row = self.ours.take(index)
        open_still = row in self.world.rows  # if not, it was answered: confirmed, or ERROR and told by other means
        if open_still and taken and not self.ours.is_repeat(row):
            self._borrower_takes(row)
        if open_still and heard_back:
            self._confirm(row)
        return True

    def _borrower_takes(self, row: QueuedRow) -> None:
        assert isinstance(row.effect, Tell)
        self.ours.confirmed.append(row)
        self.told.append(row.effect)
        self.borrower.hear(row.effect)

    def _confirm(self, row: QueuedRow) -> None:
        now, tell = self.world.now, row.effect
        assert isinstance(tell, Tell)
        if self.ours.is_repeat(row):
            self.world.submit(Told(at=now, status=tell.status, reason=tell.reason), row)
        else:
            self.world.submit(NotTold(at=now, status=tell.status, reason=tell.reason, words="No."), row)

    def send_theirs(self, action: PartnerAction) -> None:
        """The borrower sends: a first copy is on its way."""
        self.borrower.sends(action)
        letter = Letter(action)
        self.unconfirmed.append(letter)
        self.theirs.copies.append(letter)

    def resend_theirs(self, index: int) -> bool:
        """Not confirmed yet: once more."""
        if not self.unconfirmed:
            return False
        self.theirs.copies.append(self.unconfirmed[index % len(self.unconfirmed)])
        return True

    def deliver_theirs(self, index: int, *, heard_back: bool) -> bool:
        """A copy of one of the borrower's messages reaches us."""
        if not self.theirs.copies:
            return False
        letter = self.theirs.take(index)
        if not self.theirs.is_repeat(letter):
            self.theirs.confirmed.append(letter)
            if self.state in WITH_THEM:
                self.said.add(letter.action)
            self.world.now += timedelta(seconds=1)
            self.world.submit(partner(letter.action, "With thanks.", at=self.world.now))
        if heard_back:
            self.unconfirmed = [each for each in self.unconfirmed if each is not letter]
        return True

    # ── the parcel ───────────────────────────────────────────────────────────────────────────────

    def move_parcel(self) -> bool:
        """What is on its way arrives, and nobody is told by that."""
        if self.place is Place.TO_THEM:
            self.place = Place.THERE
            self.borrower.unpacks()
            if not self.silent:
                self.send_theirs(PartnerAction.RECEIVED)
            return True
        if self.place is Place.TO_US and not self.silent:
            self.place = Place.BACK
            return True
        return False

    def send_back(self) -> bool:
        """The borrower is done with it."""
        if self.place is not Place.THERE or self.silent:
            return False
        self.place = Place.TO_US
        self.send_theirs(PartnerAction.SHIPPED_RETURN)
        return True

    # ── what stands ──────────────────────────────────────────────────────────────────────────────

    def quiet(self) -> bool:
        """No message is on its way or to be sent, and no act is under way."""
        work = self.world.pending(Tell, Perform, Look, AskCopies, FindCopies)
        return not (work or self.unconfirmed or self.ours.copies or self.theirs.copies)

    def agrees(self) -> bool:
        """The two sides' states are a pair of `AGREE`."""
        return self.borrower.belief in AGREE.get(self.state, frozenset(Belief))


_OUT = frozenset({Belief.ON_ITS_WAY, Belief.IN_HAND})
AGREE: dict[State, frozenset[Belief]] = {
    S.WILL_SUPPLY: frozenset({Belief.PROMISED}),
    S.ARRIVED: frozenset({Belief.PROMISED}),
    S.TO_COPY: frozenset({Belief.PROMISED}),
    S.OFFERED: frozenset({Belief.RETRY}),
    S.CHECKED_OUT: frozenset({Belief.PROMISED}) | _OUT,
    S.LOANED: _OUT,
    S.OVERDUE: _OUT,
    S.RECALLED: _OUT,
    S.RETURNING: frozenset({Belief.SENT_BACK}),
    S.UNFILLED: frozenset({Belief.UNFILLED}),
    S.RETRY_POSSIBLE: frozenset({Belief.RETRY}),
    S.CANCELLED: frozenset({Belief.CANCELLED}),
    S.COMPLETED: frozenset({Belief.COMPLETED}),
    S.COPY_COMPLETED: frozenset({Belief.COPY}),
    S.LOST: frozenset({Belief.WRITTEN_OFF}),
}
"""What the borrower may believe when nothing is on its way; before a first answer, and while we work, it may be anything."""
assert AGREE.keys() <= CURRENT_STATUS.keys()
