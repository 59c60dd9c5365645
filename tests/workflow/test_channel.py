"""Two tables, one channel: whatever is lost, repeated, reordered, refused or lied about, both sides end agreeing.

Faults come in any order from Hypothesis; then they stop, and everybody goes on as they should. Both endings are tried
from where every run has led: the borrower goes on, or its people fall silent for good and our staff alone, following
tasks and lists, bring the request to an end. FORCE is never used.
"""

from copy import deepcopy

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.iso18626.codes import Status
from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.events import PartnerAction
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.lending.table import LENDING
from gateway.workflow.records import Answer, Finding, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.fakes.examples import examples
from tests.workflow.borrower import ANY_TIME
from tests.workflow.builders import OFFER, RETRY, SUPPLY, UNFILLED
from tests.workflow.channel import AGREE, Joined, Place
from tests.workflow.technician import ACT_OF, ask, do_by_hand, do_lists, do_task
from tests.workflow.world import Way

S = State
WAYS = st.sampled_from([*Way, Way.DOES, Way.DOES])
ANSWERS = st.sampled_from([SUPPLY, SUPPLY, SUPPLY, OFFER, RETRY, UNFILLED])
MOSTLY = st.sampled_from([True, True, True, False])
WHICH = st.integers(0, 5)
AT_WILL = (
    StaffAction.ANSWER_SUPPLY,
    StaffAction.ANSWER_RETRY,
    StaffAction.ANSWER_UNFILLED,
    StaffAction.SEARCH_AGAIN,
    StaffAction.CANNOT_FIND,
    StaffAction.ARRIVE,
    StaffAction.SHIP,
    StaffAction.RECALL,
    StaffAction.SEND_MESSAGE,
    StaffAction.UNDO,
)
"""What staff may do although no task or list asks for it; not TRY_AGAIN, which after an unclear look repeats the act on
their word: they look in the ILS first (technician.find_out)."""
LIMIT = 400
"""Steps within which everything must settle; the longest conversations take about a hundred."""


# ── everybody goes on as they should ─────────────────────────────────────────────────────────────


def goes_on(joined: Joined) -> bool:
    """The first thing that can be done, each as it should be; clocks only when nothing else is left."""
    return (
        joined.look_up()
        or joined.begin(Way.DOES)
        or joined.hear(Way.DOES)
        or messages_go(joined)
        or joined.wait()
        or do_task(joined)
        or do_lists(joined)
        or joined.move_parcel()
        or borrower_goes_on(joined)
        or joined.ring(0)
    )


def messages_go(joined: Joined) -> bool:
    return (
        joined.deliver_theirs(0, heard_back=True)
        or joined.resend_theirs(0)
        or joined.deliver_ours(0, heard_back=True)
        or joined.post_ours()
    )


def borrower_goes_on(joined: Joined) -> bool:
    """It accepts what it was offered, and sends back what it has."""
    if joined.silent:
        return False
    if PartnerAction.CONDITIONS_ACCEPTED in joined.borrower.may_do():
        joined.send_theirs(PartnerAction.CONDITIONS_ACCEPTED)
        return True
    return joined.send_back()


def settle(joined: Joined) -> None:
    for _ in range(LIMIT):
        if joined.quiet():
            assert joined.agrees(), (joined.state, joined.borrower.belief)
        if not goes_on(joined):
            return
    raise AssertionError(f"it never ends: {joined.state}, tasks {list(joined.world.tasks)}")


def has_way_out(joined: Joined) -> bool:
    """Whether something can still move the request: work or a clock, a message, a task that staff can see to, a list."""
    if joined.world.rows or joined.unconfirmed:
        return True
    trial = deepcopy(joined)
    return do_task(trial) or do_lists(trial) or (not trial.silent and trial.send_back())


# ── what happens ─────────────────────────────────────────────────────────────────────────────────


class Channel(RuleBasedStateMachine):
    """One request between two libraries."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = Joined()
        self.seen = 0

    @initialize(answer=ANSWERS, auto=MOSTLY, steps=st.integers(0, 25))
    def went_well(self, answer: Answer, steps: int, *, auto: bool) -> None:
        """What the policy says, and how far it had come when faults set in."""
        self.joined.set_verdict(answer, auto=auto)
        self.all_goes_well(steps)

    @rule(steps=st.integers(1, 5))
    def all_goes_well(self, steps: int) -> None:
        """For a while."""
        for _ in range(steps):
            goes_on(self.joined)

    @precondition(lambda self: self.joined.world.pending(FindCopies, AskCopies))
    @rule()
    def look_up(self) -> None:
        self.joined.look_up()

    @precondition(lambda self: self.joined.can_begin())
    @rule(way=WAYS)
    def begin(self, way: Way) -> None:
        self.joined.begin(way)

    @precondition(lambda self: self.joined.can_hear())
    @rule(way=WAYS, finding=st.sampled_from([None, None, None, Finding.UNCLEAR]))
    def hear(self, way: Way, finding: Finding | None) -> None:
        """Whatever was done, any answer may be heard of it, or none."""
        self.joined.hear(way, finding)

    @precondition(lambda self: self.joined.world.pending(StartTimer))
    @rule(which=WHICH)
    def ring(self, which: int) -> None:
        self.joined.ring(which)

    @rule()
    def wait(self) -> None:
        self.joined.wait()

    @precondition(lambda self: self.joined.world.next_message())
    @rule()
    def post(self) -> None:
        self.joined.post_ours()

    @precondition(lambda self: self.joined.ours.copies)
    @rule(which=WHICH, heard_back=st.booleans(), taken=MOSTLY)
    def deliver(self, which: int, *, heard_back: bool, taken: bool) -> None:
        self.joined.deliver_ours(which, heard_back=heard_back, taken=taken)

    @precondition(lambda self: self.joined.ours.copies or self.joined.theirs.copies)
    @rule(which=WHICH)
    def lose(self, which: int) -> None:
        for wire in (self.joined.ours, self.joined.theirs):
            if wire.copies:
                wire.copies.pop(which % len(wire.copies))

    @rule(action=st.sampled_from(ANY_TIME))
    def borrower_asks(self, action: PartnerAction) -> None:
        self.joined.send_theirs(action)

    @precondition(lambda self: self.joined.borrower.may_do())
    @rule(data=st.data())
    def borrower_acts(self, data: st.DataObject) -> None:
        self.joined.send_theirs(data.draw(st.sampled_from(self.joined.borrower.may_do())))

    @precondition(lambda self: self.joined.unconfirmed)
    @rule(which=WHICH)
    def borrower_resends(self, which: int) -> None:
        self.joined.resend_theirs(which)

    @precondition(lambda self: self.joined.theirs.copies)
    @rule(which=WHICH, heard_back=st.booleans())
    def arrives_from_borrower(self, which: int, *, heard_back: bool) -> None:
        self.joined.deliver_theirs(which, heard_back=heard_back)

    @precondition(lambda self: self.joined.place in (Place.TO_THEM, Place.THERE, Place.TO_US))
    @rule()
    def parcel(self) -> None:
        if not self.joined.move_parcel():
            self.joined.send_back()

    @precondition(lambda self: self.joined.state in ACT_OF)
    @rule()
    def staff_do_by_hand_what_is_under_way(self) -> None:
        """They see that nothing comes of it, do it in the ILS and say so, whatever the act that has begun still does."""
        do_by_hand(self.joined)

    @precondition(lambda self: self.joined.world.tasks)
    @rule(which=WHICH)
    def staff_see_to_a_task(self, which: int) -> None:
        do_task(self.joined, which)

    @rule()
    def staff_work_through_lists(self) -> None:
        do_lists(self.joined)

    @precondition(lambda self: self.joined.place is Place.HERE)
    @rule(data=st.data(), items=st.sampled_from([(), (), (2,)]), undo_s=st.sampled_from([0.0, 60.0]))
    def staff_at_will(self, data: st.DataObject, items: tuple[int, ...], undo_s: float) -> None:
        action = data.draw(st.sampled_from([act for act in AT_WILL if act in LENDING.actions(self.joined.state)]))
        ask(self.joined, action, items=items, undo_s=undo_s, note="Words.")

    @precondition(lambda self: self.joined.place in (Place.TO_THEM, Place.THERE, Place.TO_US))
    @rule(action=st.sampled_from([StaffAction.RECALL, StaffAction.MARK_LOST]))
    def staff_want_it_back(self, action: StaffAction) -> None:
        ask(self.joined, action)

    # ── what must hold ───────────────────────────────────────────────────────────────────────────

    @invariant()
    def no_act_was_done_twice(self) -> None:
        assert self.joined.doubled == []

    @invariant()
    def what_the_borrower_was_told_was_so(self) -> None:
        for tell in self.joined.told[self.seen :]:
            check_truth(self.joined, tell)
        self.seen = len(self.joined.told)

    @invariant()
    def what_the_borrower_said_of_the_item_is_known(self) -> None:
        check_known(self.joined)

    @invariant()
    def there_is_a_way_out(self) -> None:
        joined = self.joined
        if joined.state not in FINALS:
            assert has_way_out(joined), (joined.state, joined.world.tasks)
            assert LENDING.actions(joined.state)

    def teardown(self) -> None:
        """Faults stop. Both endings are tried."""
        both_endings(self.joined)


def check_known(joined: Joined) -> None:
    """A message about the item that was confirmed while the item was out has been taken in, not just waved through."""
    request = joined.world.request
    assert PartnerAction.RECEIVED not in joined.said or request.received_at is not None
    assert PartnerAction.SHIPPED_RETURN not in joined.said or request.returned_at is not None


def check_truth(joined: Joined, tell: Tell) -> None:
    """The borrower is never told what was not so when we decided it."""
    match tell.status:
        case Status.WILL_SUPPLY:
            assert joined.ever_held, "WillSupply, and there never was a hold"
        case Status.LOANED | Status.OVERDUE | Status.RECALLED | Status.LOAN_COMPLETED:
            assert joined.ever_out, "Loaned, and nothing was ever checked out"
            assert set(tell.item_barcodes) <= joined.ever_out
        case Status.UNFILLED | Status.CANCELLED:
            assert not holds_left(joined), "no more is to come, and a hold is left"


def holds_left(joined: Joined) -> set[str]:
    """Holds that nothing and nobody is about to take off."""
    world = joined.world
    if TaskKind.STRAY_HOLD in world.tasks or joined.state not in FINALS:
        return set()
    work = [row.effect for row in world.pending(Perform, Look)]
    return world.acs.holds - {each.item_barcode for each in work if isinstance(each, Perform | Look)}


def check_end(joined: Joined) -> None:
    """Nothing is left to do, both sides agree, and the circulation system shows nothing that nobody wants."""
    world = joined.world
    check_known(joined)
    assert joined.state in FINALS, (joined.state, list(world.tasks), joined.borrower)
    assert joined.borrower.belief in AGREE[joined.state], (joined.state, joined.borrower.belief)
    assert not joined.borrower.awaits, "an answer is owed"
    assert not world.tasks
    assert not world.rows
    assert joined.doubled == []
    assert not world.acs.holds
    assert not world.acs.loans or joined.state is S.LOST


Channel.TestCase.settings = examples(100, stateful_step_count=30)
TestChannel = Channel.TestCase


def after(steps: int) -> Joined:
    """A request that went well for so many steps."""
    joined = Joined()
    for _ in range(steps):
        goes_on(joined)
    return joined


def both_endings(joined: Joined) -> None:
    for silent in (False, True):
        ending = deepcopy(joined)
        ending.silent = silent
        settle(ending)
        check_end(ending)


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("steps", range(45))
def test_the_next_act_goes_wrong_and_the_look_after_it_at_any_step_of_a_loan(steps: int, way: Way):
    joined = after(steps)
    joined.begin(way)
    joined.hear(way)
    joined.wait()
    joined.hear(Way.DOES, Finding.UNCLEAR)
    both_endings(joined)


@pytest.mark.parametrize("steps", range(45))
def test_the_borrower_does_what_it_may_at_any_step_of_a_loan(steps: int):
    joined = after(steps)
    for action in joined.borrower.may_do():
        for later in range(4):
            trial = deepcopy(joined)
            trial.send_theirs(action)
            trial.deliver_theirs(len(trial.theirs.copies) - 1, heard_back=True)
            trial.begin(Way.LOST_AFTER)
            trial.hear(Way.LOST_AFTER)
            trial.wait()
            trial.hear(Way.DOES, Finding.UNCLEAR if later else None)
            for _ in range(later):
                if not trial.move_parcel():
                    trial.send_back()
                trial.deliver_theirs(0, heard_back=False)
            both_endings(trial)
