"""Rules that keep people safe from the software (ill.md), against everything that can happen in any order.

The circulation system lies, refuses, mumbles and loses answers; its looks show what is so, or can't tell. Staff tell the
truth: they do a step before they say so, and deny only what is not done. Whether the rules hold is asked of the
circulation system itself, never of what the request believes.
"""

from collections.abc import Iterator
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.iso18626.codes import ReasonForMessage, Status, YesNo
from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.events import PartnerAction
from gateway.workflow.lending.force import RESTS
from gateway.workflow.lending.groups import ACTING, FINALS, NO_HOLD_WANTED, NOT_SENT
from gateway.workflow.machine import Decision, Refused
from gateway.workflow.records import Act, Answer, Finding, ItemPlace, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.fakes.examples import examples
from tests.workflow.builders import DUE, OFFER, RETRY, SUPPLY, UNFILLED, partner, staff
from tests.workflow.world import QueuedRow, Way, World

S = State
WITHOUT_ITEM = frozenset({S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED})
ON_LOAN = frozenset({S.CHECKED_OUT, S.LOANED, S.OVERDUE, S.RECALLED, S.RETURNING, S.RENEWING})
BY_HAND = {
    S.RESERVING: Act.HOLD,
    S.RELEASING: Act.CANCEL_HOLD,
    S.CANCELLING: Act.CANCEL_HOLD,
    S.ARRIVING: Act.ARRIVE,
    S.ARRIVING_TO_SHIP: Act.ARRIVE,
    **dict.fromkeys((S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT, S.LENDING_AGAIN), Act.CHECKOUT),
    S.RENEWING: Act.RENEW,
    **dict.fromkeys((S.LOANED, S.OVERDUE, S.RECALLED, S.RETURNING, S.CHECKING_IN, S.UNDOING, S.LOST), Act.CHECKIN),
}
"""What a person has done who says “done by hand”."""
ASKED_FOR_IN: dict[State, tuple[StaffAction | PartnerAction, ...]] = {
    S.WILL_SUPPLY: (StaffAction.ARRIVE,),
    S.ARRIVED: (StaffAction.SHIP,),
    S.LOANED: (PartnerAction.RENEW, StaffAction.CHECK_IN),
    S.RETURNING: (StaffAction.CHECK_IN,),
}
"""In which state what is asked of the circulation system."""
SUBJECT = {Act.CANCEL_HOLD: Act.HOLD}
"""A look at a hold tells of both acts on it."""
OTHER_ACTIONS = [
    action
    for action in StaffAction
    if action not in (StaffAction.DONE_BY_HAND, StaffAction.NOT_DONE, StaffAction.FORCE, StaffAction.SHIP, StaffAction.ARRIVE)
]  # fmt: skip
NAMED = st.sampled_from([(), (1,), (2,), (1, 2), (4,)])
WAYS = st.sampled_from([*Way, Way.DOES, Way.DOES])
UNDO_S = st.sampled_from([0.0, 60.0])


class Lending(RuleBasedStateMachine):
    """One request, and whatever happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.way = Way.DOES
        self.forced = False
        self.owed: set[PartnerAction] = set()
        self.seen = 0

    @initialize(stage=st.integers(0, 5), items=st.sampled_from([(), (), (1, 2)]))
    def begin_well(self, stage: int, items: tuple[int, ...]) -> None:
        """So that late stages are seen as often as early ones: it goes well so far, with an item or with two."""
        world = self.world
        steps = (
            lambda: None,
            lambda: None,
            lambda: world.submit(staff(StaffAction.ARRIVE, items=items, at=world.now)),
            lambda: world.submit(staff(StaffAction.SHIP, items=items, at=world.now)),
            world.tell_all,
        )
        for step in steps[:stage]:
            step()
            world.settle()

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.world.pending(FindCopies, AskCopies))
    @rule(verdict=st.sampled_from([SUPPLY, SUPPLY, UNFILLED, RETRY, OFFER]), auto=st.booleans())
    def look_up(self, verdict: Answer, *, auto: bool) -> None:
        self.world.look_up(verdict, auto=auto)

    @precondition(lambda self: self.can_begin())
    @rule(way=WAYS)
    def begin(self, way: Way) -> None:
        self.way = way
        row = self.world.next_on_acs()
        assert row is not None
        self.check_begin(row)
        self.world.begin(way)

    def can_begin(self) -> bool:
        row = self.world.next_on_acs()
        return row is not None and isinstance(row.effect, Perform) and not row.started

    @precondition(lambda self: self.can_begin())
    @rule(way=WAYS)
    def is_done_and_looked_at(self, way: Way) -> None:
        self.begin(way)
        self.hear(None)
        self.world.wait()
        if self.can_hear():
            self.hear(None)

    @precondition(lambda self: self.can_hear())
    @rule(finding=st.sampled_from([None, None, None, Finding.UNCLEAR]))
    def hear(self, finding: Finding | None) -> None:
        row = self.world.next_on_acs()
        assert row is not None
        was_act = isinstance(row.effect, Perform)
        ruling = self.world.hear(self.way, finding)
        if was_act:
            assert isinstance(ruling, Decision), "what an act that had begun came to is never passed over"

    def can_hear(self) -> bool:
        row = self.world.next_on_acs()
        return row is not None and (row.started or isinstance(row.effect, Look))

    @precondition(lambda self: self.world.next_message() is not None)
    @rule(taken=st.sampled_from([True, True, True, False]))
    def tell(self, *, taken: bool) -> None:
        self.world.tell(taken=taken)

    @rule()
    def wait(self) -> None:
        self.world.wait()

    @precondition(lambda self: self.world.pending(StartTimer))
    @rule(index=st.integers(0, 5))
    def ring(self, index: int) -> None:
        self.world.ring(index)

    @rule(action=st.sampled_from([*PartnerAction, *[PartnerAction.RENEW] * 5, *[PartnerAction.RECEIVED] * 2]))
    def partner_acts(self, action: PartnerAction) -> None:
        self.world.now += timedelta(seconds=1)
        if action in (PartnerAction.CANCEL, PartnerAction.RENEW):
            self.owed.add(action)
        ruling = self.world.submit(partner(action, "With thanks.", at=self.world.now))
        assert not isinstance(ruling, Refused)
        if action in (PartnerAction.REMINDER, PartnerAction.STATUS_REQUEST):
            self.seen = len(self.world.promised)  # told again, not promised anew

    @rule(
        action=st.sampled_from([*OTHER_ACTIONS, *[StaffAction.TRY_AGAIN] * 4, *[StaffAction.UNDO] * 2]),
        named=NAMED,
        undo_s=UNDO_S,
    )
    def staff_act(self, action: StaffAction, named: tuple[int, ...], undo_s: float) -> None:
        self.world.act(staff(action, items=named, undo_s=undo_s, note="Words.", answer=OFFER, at=self.world.now))

    @rule(
        action=st.sampled_from([StaffAction.ARRIVE, StaffAction.SHIP, StaffAction.CHECK_IN]), named=NAMED, undo_s=UNDO_S
    )
    def item_at_the_desk(self, action: StaffAction, named: tuple[int, ...], undo_s: float) -> None:
        self.world.act(staff(action, items=named, undo_s=undo_s, at=self.world.now))

    @precondition(lambda self: self.world.state in BY_HAND)
    @rule(undo_s=UNDO_S)
    def staff_did_it(self, undo_s: float) -> None:
        world, act = self.world, BY_HAND[self.world.state]
        items = [item.barcode for item in world.request.items]
        before = (set(world.acs.holds), dict(world.acs.loans))
        for barcode in items:
            world.acs.act(act, barcode)
        due_at = min((world.acs.loans[barcode] for barcode in items if barcode in world.acs.loans), default=None)
        event = staff(StaffAction.DONE_BY_HAND, due_at=due_at, undo_s=undo_s, at=world.now)
        if isinstance(world.act(event), Decision):
            world.log += [("look", act, barcode) for barcode in items]
        else:  # it wasn't theirs to do
            world.acs.holds, world.acs.loans = before

    @precondition(lambda self: self.world.state in BY_HAND)
    @rule()
    def staff_deny_it(self) -> None:
        world, act = self.world, BY_HAND[self.world.state]
        items = [item for item in world.request.items if item.tries or item.outcome]
        probes = [Look(act=act, item_barcode=item.barcode, due_at=item.due_at) for item in items]
        if any(world.acs.shows(probe) is Finding.YES for probe in probes):
            return
        if isinstance(self.world.act(staff(StaffAction.NOT_DONE, at=world.now)), Decision):
            world.log += [("look", act, item.barcode) for item in items]

    @precondition(lambda self: self.may_force)
    @rule(state=st.sampled_from(list(RESTS)), named=NAMED)
    def staff_force(self, state: State, named: tuple[int, ...]) -> None:
        event = staff(StaffAction.FORCE, state=state, reason="Seen.", items=named, due_at=DUE, at=self.world.now)
        if isinstance(self.world.act(event), Decision):
            self.forced = True

    @precondition(lambda self: self.may_force and self.world.state in ASKED_FOR_IN)
    @rule(way=WAYS, heard=st.booleans(), data=st.data())
    def staff_force_while_an_act_is_under_way_and_ask_again(
        self, way: Way, data: st.DataObject, *, heard: bool
    ) -> None:
        """Back to where it was asked for, and on as if nothing had been."""
        state = self.world.state
        action = data.draw(st.sampled_from(ASKED_FOR_IN[state]))
        self.ask(action)
        if self.can_begin():
            self.begin(way)
            if heard:
                self.hear(None)
        self.staff_force(state, ())
        if self.world.state is state:
            self.ask(action)
        for _ in range(2):
            if self.can_hear():
                self.hear(None)
            if self.can_begin():
                self.begin(way)

    def ask(self, action: StaffAction | PartnerAction) -> None:
        if isinstance(action, PartnerAction):
            self.partner_acts(action)
        else:
            self.world.act(staff(action, at=self.world.now))

    may_force = False

    # ── what must hold ───────────────────────────────────────────────────────────────────────────

    def check_begin(self, row: QueuedRow) -> None:
        """Never two acts of a kind on an item without a look in between, ours or a person's."""
        assert isinstance(row.effect, Perform)
        act, barcode = row.effect.act, row.effect.item_barcode
        told = [
            kind
            for kind, which, item in self.world.log
            if item == barcode
            and (which is act if kind == "act" else SUBJECT.get(which, which) is SUBJECT.get(act, act))
        ]
        harmless = self.forced and act is Act.CANCEL_HOLD  # what is off comes off again, and nothing else happens
        assert harmless or not told or told[-1] == "look", (act, self.world.log)

    @invariant()
    def what_is_promised_is_so(self) -> None:
        """Asked at the moment of each decision that tells the partner something."""
        for tell in self.world.promised[self.seen :]:
            self.owed -= set(self.answered_by(tell))
            if not self.forced:
                self.check_promise(tell)
        self.seen = len(self.world.promised)

    def answered_by(self, tell: Tell) -> Iterator[PartnerAction]:
        if tell.reason is ReasonForMessage.CANCEL_RESPONSE:
            yield PartnerAction.CANCEL
        if tell.reason is ReasonForMessage.RENEW_RESPONSE:
            yield PartnerAction.RENEW

    def check_promise(self, tell: Tell) -> None:
        acs, items = self.world.acs, {item.barcode for item in self.world.request.items}
        is_news = tell.reason in (ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.STATUS_CHANGE)
        match tell.status:
            case Status.WILL_SUPPLY if is_news and self.world.state is S.WILL_SUPPLY:
                assert items <= acs.holds, "WillSupply only after the hold stands"
            case Status.LOANED if is_news:
                assert tell.item_barcodes
                assert set(tell.item_barcodes) <= set(acs.loans), "Loaned only after the checkout is done"
                assert tell.due_at == min(acs.loans[barcode] for barcode in tell.item_barcodes)
            case Status.UNFILLED | Status.CANCELLED if is_news or tell.answer is YesNo.Y:
                self.check_no_hold()
            case Status.LOAN_COMPLETED if is_news:
                assert not items & set(acs.loans), "LoanCompleted only after the check-in is done"

    def check_no_hold(self) -> None:
        """Unfilled and Cancelled only after the hold is off; what was given up for another copy has its own work or task."""
        acs, given_up = self.world.acs, {
            row.effect.item_barcode for row in self.world.pending(Perform, Look) if isinstance(row.effect, Perform | Look) and row.effect.given_up
        }  # fmt: skip
        with_task = TaskKind.STRAY_HOLD in self.world.tasks
        own = {item.barcode for item in self.world.request.items}
        assert not own & acs.holds
        assert not (acs.holds - given_up) or with_task
        assert not acs.loans.keys() & own

    @invariant()
    def an_answer_is_owed_only_while_it_is_on_its_way(self) -> None:
        self.what_is_promised_is_so()
        assert PartnerAction.CANCEL not in self.owed or self.world.state is S.CANCELLING
        assert PartnerAction.RENEW not in self.owed or self.world.state is S.RENEWING

    @invariant()
    def work_that_is_waited_for_is_queued_or_a_persons(self) -> None:
        world = self.world
        waiting = (row.effect for row in world.pending(Perform, Look))
        queued = {
            (type(effect), effect.item_barcode)
            for effect in waiting
            if isinstance(effect, Perform | Look) and not effect.given_up
        }
        for item in world.request.items:
            looks, acts = (Look, item.barcode) in queued, (Perform, item.barcode) in queued
            if item.tries:
                assert looks if item.outcome else looks or acts, item
        if world.state in ACTING and not any(item.tries for item in world.request.items):
            assert world.tasks, "nothing is under way, and nobody is asked"
        if world.state in (S.SEARCHING, S.CHECKING):
            assert world.pending(FindCopies, AskCopies)

    @invariant()
    def at_rest_nothing_is_said_to_be_under_way(self) -> None:
        if self.world.state not in ACTING:
            assert not [item for item in self.world.request.items if item.tries or item.outcome]

    @invariant()
    def what_is_over_has_no_clock_running(self) -> None:
        if self.world.state in FINALS:
            assert not self.world.pending(StartTimer)

    @invariant()
    def a_loan_that_should_end_has_a_clock_or_a_task(self) -> None:
        world = self.world
        clocks = [row.effect.clock for row in world.pending(StartTimer) if isinstance(row.effect, StartTimer)]
        assert len(clocks) == len(set(clocks)), "one clock of a kind"

    def teardown(self) -> None:
        """Once the circulation system has answered everything, what is so and what we believe agree, or a person knows."""
        world = self.world
        world.settle()
        self.what_is_promised_is_so()
        told_staff = (
            world.tasks.keys()
            if world.state in ACTING
            else {TaskKind.CONTRADICTION, TaskKind.STRAY_HOLD} & world.tasks.keys()
        )
        own = {item.barcode for item in world.request.items}
        out = {item.barcode for item in world.request.items if item.place is ItemPlace.OUT}
        if world.state in NO_HOLD_WANTED and not self.forced:
            assert not world.acs.holds or told_staff
        if world.state in NOT_SENT and not self.forced:
            assert not world.acs.loans or told_staff
        if world.state in ON_LOAN and not self.forced:
            assert out
            assert out <= world.acs.loans.keys() or told_staff
        if world.state is S.COMPLETED and not self.forced:
            assert not own & world.acs.loans.keys()


class ForcedLending(Lending):
    """The same, where staff also force states: what they say then need not be so, but nothing is lost, stuck or done twice."""

    may_force = True


Lending.TestCase.settings = ForcedLending.TestCase.settings = examples(60, stateful_step_count=30)
TestLending = Lending.TestCase
TestForcedLending = ForcedLending.TestCase
