"""A borrowed loan as a conversation: asked for, sent, received, fetched, renewed, sent back."""

from datetime import datetime, timedelta

import pytest

from gateway.workflow.borrowing.dues import latest_return
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import BarcodeAssigned, LenderSays, NoBarcode
from gateway.workflow.borrowing_records import LoanTerms, PoolState
from gateway.workflow.effects import SendAction
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import Act, Clock, Finding, Outcome, Role, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    AT,
    COST,
    DUE,
    FIRST,
    OURS,
    POOL,
    SECOND,
    Talk,
    answered,
    asked,
    asking,
    copy_asked,
    fired,
    looked,
    not_sent,
    on_its_way,
    on_shelf,
    rota,
    says,
    seen,
    sent,
    sent_back,
    staff,
    vetted,
    with_customer,
)


def test_a_whole_loan_through_the_second_lender():
    talk = Talk()
    assert talk(asked()) == ["vetting", "vet", "start deadline"]
    assert talk(vetted()) == ["choosing a lender", "make rota"]
    assert talk(rota(FIRST, SECOND)) == ["asking", "send New 1 to sample-city"]
    assert talk(sent()) == ["asking", "start lender answer", "start silence"]
    assert talk(says(LenderSays.UNFILLED)) == ["asking", "send New 2 to other-city"]
    assert talk(sent(attempt=2)) == ["asking", "start lender answer", "start silence"]
    assert talk(says(LenderSays.WILL_SUPPLY, 2)) == ["promised", "start lender sends", "start silence"]
    assert talk(says(LenderSays.LOANED, 2, due_at=DUE)) == ["on its way", "start receipt"]
    assert talk(staff(StaffAction.RECEIVE)) == ["receiving", "say Received to other-city", "assign barcode"]
    assert talk(BarcodeAssigned(at=AT, barcode=POOL)) == ["receiving", "do hold"]
    assert talk(answered(Act.HOLD)) == ["receiving", "look hold"]
    assert talk(looked(Act.HOLD)) == ["receiving", "do receive"]
    assert talk(answered(Act.RECEIVE, route_to="EAST")) == ["receiving", "look receive"]
    assert talk(looked(Act.RECEIVE)) == ["waiting for the customer", "start watch"]
    assert talk(fired(Clock.WATCH)) == ["waiting for the customer", "watch"]
    assert talk(seen(out=True, before=False, due_at=DUE - timedelta(days=7))) == [
        "with the customer",
        "start watch loan",
    ]
    assert talk(seen(out=False, before=True)) == ["to send back"]
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD)) == ["taking back", "do checkin"]
    assert talk(answered(Act.CHECKIN)) == ["taking back", "look checkin"]
    assert talk(looked(Act.CHECKIN)) == [
        "sent back",
        "say ShippedReturn to other-city",
        "start return",
        "start silence",
    ]
    assert talk(says(LenderSays.COMPLETED, 2)) == ["completed"]
    assert [move.to for move in talk.moves] == [
        PoolState.ASSIGNED,
        PoolState.WITH_CUSTOMER,
        PoolState.ASSIGNED,
        PoolState.ASSIGNED,
        PoolState.COOLING,
    ]
    assert talk.request.borrowed.route_to == "EAST"


def test_a_return_can_be_undone_while_shipped_return_waits():
    talk = with_customer()
    talk(staff(StaffAction.SEND_BACK, undo_s=60.0))
    talk(looked(Act.CANCEL_HOLD))
    talk(answered(Act.CHECKIN))
    decision = decide(BORROWING, talk.request, looked(Act.CHECKIN))
    assert isinstance(decision, Decision)
    assert [each.delay_s for each in decision.effects if isinstance(each, SendAction)] == [60.0]
    assert talk(looked(Act.CHECKIN))[0] == "sent back"
    assert talk(staff(StaffAction.UNDO)) == ["to send back"]
    talk(staff(StaffAction.SEND_BACK))
    talk(looked(Act.CANCEL_HOLD))
    talk(answered(Act.CHECKIN))
    decision = decide(BORROWING, talk.request, looked(Act.CHECKIN))
    assert isinstance(decision, Decision)
    assert [each.delay_s for each in decision.effects if isinstance(each, SendAction)] == [0.0], (
        "asked for anew each time"
    )


# ── in the house ─────────────────────────────────────────────────────────────────────────────────


def test_without_a_barcode_in_the_pool_staff_put_one_on_it():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE))
    assert talk(NoBarcode(at=AT, words="None is free.")) == ["receiving", "task no pool barcode"]
    assert talk(staff(StaffAction.RECEIVE, item_barcodes=(POOL,))) == ["receiving", "assign barcode"]
    assert talk(BarcodeAssigned(at=AT, barcode=POOL)) == ["receiving", "do hold"]
    assert talk(BarcodeAssigned(at=AT, barcode=OURS)) == ["receiving"], "one is enough"
    assert talk.request.items[0].barcode == POOL


def test_a_hold_that_can_not_be_placed_is_placed_by_staff():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE))
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    assert talk(looked(Act.HOLD, Finding.UNCLEAR)) == ["receiving", "task place hold"]
    assert talk(staff(StaffAction.DONE_BY_HAND)) == ["receiving", "look hold"]
    assert talk(looked(Act.HOLD, by_hand=True)) == ["receiving", "do receive"]


def test_a_lost_answer_is_looked_at_before_the_hold_is_asked_for_again():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE))
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    assert talk(answered(Act.HOLD, Outcome.UNKNOWN)) == ["receiving", "look hold"]
    assert talk(looked(Act.HOLD, Finding.NO)) == ["receiving", "do hold"]


def test_our_due_date_after_the_lenders_is_a_red_task():
    talk = on_shelf()
    assert talk(seen(out=True, before=False, due_at=DUE + timedelta(days=1)))[-1] == "task due after the lender's date"


def test_a_recall_is_told_and_stays_told():
    assert on_its_way()(says(LenderSays.RECALLED)) == ["on its way", "task recalled by the lender"]
    assert with_customer()(says(LenderSays.RECALLED)) == ["with the customer", "task recalled by the lender"]


def test_a_recall_that_comes_before_its_loaned_stays_told():
    talk = asking()
    assert talk(says(LenderSays.RECALLED)) == ["asking", "task recalled by the lender"]
    assert talk(says(LenderSays.LOANED, due_at=DUE)) == ["on its way", "start receipt"]
    assert talk.request.borrowed.recalled_at == AT
    assert TaskKind.LENDER_RECALLS.lasts(Role.BORROWING)


def test_a_recall_by_a_lender_that_was_left_is_none_of_the_next_ones():
    talk = asking()
    talk(says(LenderSays.RECALLED))
    talk(says(LenderSays.UNFILLED))
    assert talk.request.borrowed.recalled_at is None


def test_what_was_never_fetched_loses_its_hold_before_it_is_checked_in():
    talk = on_shelf()
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "do cancel hold"]
    assert talk(answered(Act.CANCEL_HOLD)) == ["taking back", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD)) == ["taking back", "do checkin"]


def test_a_hold_that_comes_late_is_taken_off_what_goes_back():
    talk = on_its_way()
    talk(staff(StaffAction.RECEIVE))
    talk(BarcodeAssigned(at=AT, barcode=POOL))
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "look cancel hold"]
    assert talk(answered(Act.HOLD, Outcome.UNKNOWN)) == ["taking back", "look hold"]
    assert talk(looked(Act.HOLD)) == ["taking back", "do cancel hold"]


def test_what_the_branch_sends_back_unfetched_loses_its_hold_too():
    talk = on_shelf()
    assert talk(staff(StaffAction.CAME_BACK)) == ["to send back"]
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "do cancel hold"]


def test_what_the_customer_has_returned_is_checked_in_once_no_hold_is_left():
    talk = with_customer()
    assert talk(seen(out=False, before=True)) == ["to send back"]
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "look cancel hold"]
    assert talk(looked(Act.CANCEL_HOLD)) == ["taking back", "do checkin"]


def test_what_is_lost_before_the_customer_had_it_leaves_no_hold():
    lost = ["lost", "do cancel hold", "say Lost to sample-city", "task price of a lost item"]
    talk = on_shelf()
    assert talk(staff(StaffAction.MARK_LOST)) == lost
    assert talk(staff(StaffAction.SEND_BACK)) == ["taking back", "do cancel hold"], "found after all"


def test_the_task_of_an_overdue_book_is_true_too_once_the_book_is_back():
    talk = with_customer()
    assert "task overdue at the lender" in talk(says(LenderSays.OVERDUE))
    assert talk.words == "The lender says that it is overdue: see that it goes back, or ask for a renewal."
    back = decide(BORROWING, talk.request, seen(out=False, before=True))
    assert isinstance(back, Decision)
    assert back.request.state is State.TO_RETURN
    assert TaskKind.LENDER_OVERDUE not in back.close_tasks, "it stays until the book is on its way"


@pytest.mark.parametrize(("days", "known"), [(3, DUE + timedelta(days=3)), (-3, DUE), (None, DUE)])
def test_a_later_date_of_what_is_overdue_is_the_loans_and_each_stands_in_the_task(days: int | None, known: datetime):
    """More time was given, and we have not heard so; an earlier date may be that of before a renewal."""
    talk = with_customer()
    assert talk.request.due_at == DUE
    said = None if days is None else DUE + timedelta(days=days)
    talk(says(LenderSays.OVERDUE, due_at=said))
    assert talk.request.due_at == known
    assert (said is not None and f"Due there on {said:%Y-%m-%d}." in talk.words) is (said is not None)


def test_a_later_date_of_what_is_overdue_is_compared_with_the_customers_and_a_task_of_the_old_one_ends():
    talk = on_shelf()
    assert "task due after the lender's date" in talk(seen(out=True, before=False, due_at=DUE))
    late = decide(BORROWING, talk.request, says(LenderSays.OVERDUE, due_at=DUE + timedelta(days=30)))
    assert isinstance(late, Decision)
    assert TaskKind.DUE_TOO_LATE in late.close_tasks
    again = decide(BORROWING, talk.request, says(LenderSays.OVERDUE, due_at=DUE + timedelta(days=1)))
    assert isinstance(again, Decision)
    words = {task.kind: task.words for task in again.open_tasks}
    assert f"The lender wants it on {DUE + timedelta(days=1):%Y-%m-%d}" in words[TaskKind.DUE_TOO_LATE]
    assert TaskKind.LENDER_OVERDUE in words


def test_an_overdue_that_names_the_date_of_before_a_recall_leaves_that_of_the_recall():
    talk = with_customer()
    recalled = DUE - timedelta(days=14)
    talk(says(LenderSays.RECALLED, due_at=recalled))
    talk(says(LenderSays.OVERDUE, due_at=DUE))
    assert talk.request.due_at == recalled
    assert f"Due there on {DUE:%Y-%m-%d}." in talk.words


def test_the_date_of_a_recall_is_compared_with_the_customers():
    talk = on_shelf()
    assert "task due after the lender's date" not in talk(seen(out=True, before=False, due_at=DUE - timedelta(days=9)))
    sooner = DUE - timedelta(days=14)
    recalled = decide(BORROWING, talk.request, says(LenderSays.RECALLED, due_at=sooner))
    assert isinstance(recalled, Decision)
    words = {task.kind: task.words for task in recalled.open_tasks}
    assert f"The lender wants it on {sooner:%Y-%m-%d}" in words[TaskKind.DUE_TOO_LATE]
    assert TaskKind.LENDER_RECALLS in words
    for undated in (None, DUE):
        assert talk(says(LenderSays.RECALLED, due_at=undated)) == ["with the customer", "task recalled by the lender"]


def test_a_lender_that_says_overdue_after_the_return_is_told_again():
    assert sent_back()(says(LenderSays.OVERDUE)) == ["sent back", "say ShippedReturn to sample-city"]


def test_looks_that_show_nothing_new_are_quiet():
    talk = with_customer()
    due_at = talk.request.items[0].due_at
    assert (talk(fired(Clock.WATCH)), talk.is_quiet) == (["with the customer", "watch"], True)
    as_before = seen(out=True, before=True, due_at=due_at)
    assert (talk(as_before), talk.is_quiet) == (["with the customer", "start watch loan"], True)
    assert talk.request.items[0].due_at == due_at


def test_looks_that_show_another_due_date_or_nothing_at_all_are_told():
    talk = with_customer()
    talk(seen(out=True, before=True, due_at=DUE - timedelta(days=6)))
    assert (talk.is_quiet, talk.request.items[0].due_at) == (False, DUE - timedelta(days=6))
    assert talk(seen(out=None, before=True)) == ["with the customer", "start watch loan"]
    assert not talk.is_quiet


def test_lost_and_paid():
    talk = with_customer()
    assert talk(staff(StaffAction.MARK_LOST)) == ["lost", "say Lost to sample-city", "task price of a lost item"]
    assert talk(says(LenderSays.WITHOUT_RETURN)) == ["lost", "task price of a lost item"]
    assert talk(staff(StaffAction.PAID)) == ["completed"]
    assert talk.moves[-1].to is PoolState.COOLING


def test_the_lenders_price_is_in_the_words_whoever_said_first_that_it_is_lost():
    price = says(LenderSays.WITHOUT_RETURN, terms=LoanTerms(cost=COST), note="Out of print.")
    for talk, before in ((with_customer(), None), (with_customer(), StaffAction.MARK_LOST)):
        if before is not None:
            talk(staff(before))
        assert talk(price)[0] == "lost"
        assert talk.words.endswith("The lender asks for 12.50 EUR. The lender writes: Out of print.")
        assert talk.request.borrowed.terms == LoanTerms(cost=COST)


def test_a_return_that_the_lender_does_not_want_yet_is_told_until_it_does():
    talk = with_customer()
    assert talk(says(LenderSays.HOLD_RETURN)) == ["with the customer", "task keep it for now"]
    assert talk.request.return_held
    assert talk(says(LenderSays.RELEASE_RETURN, note="Why so late?")) == ["with the customer", "task read note"]
    assert not talk.request.return_held


def test_what_was_lost_and_is_paid_need_no_longer_go_back_or_be_kept():
    talk = with_customer()
    for said in (LenderSays.RECALLED, LenderSays.HOLD_RETURN, LenderSays.WITHOUT_RETURN):
        talk(says(said))
    paid = decide(BORROWING, talk.request, staff(StaffAction.PAID))
    assert isinstance(paid, Decision)
    assert {TaskKind.LENDER_RECALLS, TaskKind.HOLD_RETURN, TaskKind.PRICE} <= set(paid.close_tasks)


@pytest.mark.parametrize("found", [StaffAction.RECEIVE, StaffAction.SEND_BACK])
def test_nobody_asks_for_the_price_of_what_is_found(found: StaffAction):
    talk = on_its_way() if found is StaffAction.RECEIVE else with_customer()
    assert "task price of a lost item" in talk(staff(StaffAction.MARK_LOST))
    made = decide(BORROWING, talk.request, staff(found))
    assert isinstance(made, Decision)
    assert TaskKind.PRICE in made.close_tasks


def test_what_was_lost_on_its_way_and_is_found_is_received_before_it_goes_back():
    """Nothing stood for it here: there was nothing to check in, and nobody to say that it had not gone back."""
    talk = on_its_way()
    talk(staff(StaffAction.MARK_LOST))
    assert talk(staff(StaffAction.SEND_BACK)) == ["refused"]
    assert talk.words == "It was never received here: receive it."
    assert talk(staff(StaffAction.RECEIVE))[:2] == ["receiving", "say Received to sample-city"]


def test_a_copy_is_handed_over():
    talk = copy_asked()
    sent_copy = says(LenderSays.COPY_SENT, link="https://library.example/copy")
    assert talk(sent_copy) == ["copy to hand over", "start copy receipt", "task hand over the copy"]
    assert talk(staff(StaffAction.HANDED_OVER)) == ["completed", "say Received to sample-city"]


def test_the_end_of_its_time_is_told_wherever_it_waits_and_again_as_the_next_lender_is_asked():
    talk = asking(need_before=AT - timedelta(minutes=1))
    assert talk(fired(Clock.DEADLINE)) == ["asking", "task past deadline"]
    talk(staff(StaffAction.NEXT_LENDER))
    assert talk(fired(Clock.DEADLINE)) == ["withdrawing", "task past deadline"]
    assert talk(says(LenderSays.CANCELLED)) == ["asking", "send New 2 to other-city", "task past deadline"]


def test_a_due_date_is_late_only_where_the_way_back_does_not_fit_and_the_task_says_which_date_to_set():
    talk = on_shelf()
    in_time, late = latest_return(DUE), latest_return(DUE) + timedelta(hours=1)
    assert not any(done.startswith("task") for done in talk(seen(out=True, before=False, due_at=in_time)))
    assert talk.request.state is State.WITH_CUSTOMER
    assert talk(seen(out=True, before=True, due_at=late))[-1] == "task due after the lender's date"
    for said in (
        "“The Imaginary Almanac”",
        POOL,
        f"set the date in the ILS to {in_time:%Y-%m-%d}",
        f"on {DUE:%Y-%m-%d}",
    ):
        assert said in talk.words


def test_a_lender_is_reminded_of_its_request_and_of_no_other():
    talk = asking()
    assert talk(staff(StaffAction.REMIND)) == ["asking", "send Reminder 1 to sample-city"]
    assert talk(sent("Reminder")) == ["asking"], "the clock of its answer runs from the request"
    assert talk(not_sent("Reminder")) == ["asking", "task tell the partner"]
    assert with_customer()(staff(StaffAction.REMIND)) == ["refused"]


def test_a_notification_moves_nothing():
    talk = asking()
    assert talk(says(LenderSays.WORDS, note="Still searching.")) == ["asking"], "nobody is asked anything"
    assert talk(says(LenderSays.WORDS, note="Will volume 2 do?")) == ["asking", "task read note"]
    assert talk.request.state is State.ASKING
