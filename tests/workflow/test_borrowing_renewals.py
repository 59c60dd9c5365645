"""Renewals of a borrowed loan, and what a lender does not take, as a conversation."""

from datetime import timedelta

import pytest

from gateway.iso18626.codes import Action
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import LenderSays
from gateway.workflow.effects import SendAction
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome
from gateway.workflow.triggers import StaffAction
from tests.workflow.borrowing import (
    DUE,
    GOES_BACK,
    LATER,
    answered,
    fired,
    looked,
    not_sent,
    says,
    seen,
    staff,
    with_customer,
)


def test_a_renewal_sets_both_due_dates():
    talk = with_customer()
    assert talk(staff(StaffAction.ASK_RENEWAL)) == ["with the customer", "say Renew to sample-city", "start renewal"]
    assert talk(staff(StaffAction.ASK_RENEWAL)) == ["refused"]
    assert talk(says(LenderSays.RENEWED, due_at=LATER)) == ["with the customer", "do renew"]
    assert talk.request.due_at == LATER
    assert talk(answered(Act.RENEW)) == ["with the customer", "look renew"]
    ours = LATER - timedelta(days=7)
    assert talk(looked(Act.RENEW, due_at=ours)) == ["with the customer"]
    assert talk.request.items[0].due_at == ours


def test_a_renewal_that_is_refused_or_not_answered_is_told():
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    assert talk(fired(Clock.RENEWAL)) == ["with the customer", "task renewal not answered"]
    assert talk(says(LenderSays.NOT_RENEWED)) == ["with the customer", "task read note"]


def test_a_renewal_that_the_lender_does_not_take_is_asked_for_in_words_and_can_be_asked_for_again():
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL, note="For a class."))
    refused = decide(BORROWING, talk.request, not_sent(Action.RENEW, note="For a class."))
    assert isinstance(refused, Decision)
    (words,) = refused.effects
    assert isinstance(words, SendAction)
    assert (words.action, words.in_place_of, words.note) == (Action.NOTIFICATION, Action.RENEW, "For a class.")
    assert f"timer:{Clock.RENEWAL}" in refused.withdraw
    assert talk(not_sent(Action.RENEW)) == [
        "with the customer",
        "say Notification to sample-city",
        "task tell the partner",
    ]
    assert talk(staff(StaffAction.ASK_RENEWAL)) == ["with the customer", "say Renew to sample-city", "start renewal"]


def test_a_renewal_that_the_lender_does_not_take_is_nobodys_once_the_item_went_back():
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    for event in GOES_BACK:
        talk(event)
    assert talk(not_sent(Action.RENEW)) == ["sent back"]


@pytest.mark.parametrize("action", [Action.STATUS_REQUEST, Action.RECEIVED, Action.LOST])
def test_what_the_lender_does_not_take_is_told_in_words(action: Action):
    told = ["with the customer", "say Notification to sample-city", "task tell the partner"]
    assert with_customer()(not_sent(action)) == told


@pytest.mark.parametrize("what", [Action.NOTIFICATION, Action.CANCEL])
def test_words_that_are_refused_and_a_cancel_are_left_to_people(what: Action):
    assert with_customer()(not_sent(what)) == ["with the customer", "task tell the partner"]


@pytest.mark.parametrize("again", [LenderSays.NOT_RENEWED, LenderSays.RENEWED])
def test_loaned_with_a_later_date_grants_a_renewal_and_its_belated_answer_changes_nothing(again: LenderSays):
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    assert talk(says(LenderSays.LOANED, due_at=DUE)) == ["with the customer"], "the same date is no answer"
    granted = decide(BORROWING, talk.request, says(LenderSays.LOANED, due_at=LATER))
    assert isinstance(granted, Decision)
    assert f"timer:{Clock.RENEWAL}" in granted.withdraw
    assert talk(says(LenderSays.LOANED, due_at=LATER)) == ["with the customer", "do renew"]
    request = talk.request
    assert (request.due_at, request.renewals, request.borrowed.renewal_asked_at) == (LATER, 1, None)
    assert talk(says(again, due_at=LATER)) == ["ignored"]


def test_a_later_date_that_nobody_asked_for_is_kept_and_renews_nothing_here():
    talk = with_customer()
    assert talk(says(LenderSays.LOANED, due_at=LATER)) == ["with the customer"]
    assert (talk.request.due_at, talk.request.renewals) == (LATER, 0)


def test_a_renewal_that_is_granted_late_or_unasked_counts_as_long_as_it_gives_more_time():
    talk = with_customer()
    assert talk(says(LenderSays.RENEWED, due_at=LATER)) == ["with the customer", "do renew"]


def test_a_renewal_that_is_known_not_to_be_done_is_asked_for_again_and_a_refused_one_is_staffs():
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    talk(says(LenderSays.RENEWED, due_at=LATER))
    assert talk(answered(Act.RENEW, Outcome.UNKNOWN)) == ["with the customer", "look renew"]
    assert talk(looked(Act.RENEW, Finding.NO)) == ["with the customer", "do renew"]
    talk(answered(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, Finding.NO)) == ["with the customer", "task renew here by hand"]


@pytest.mark.parametrize("finding", [Finding.NO, Finding.UNCLEAR])
def test_a_look_for_a_renewal_that_shows_the_item_back_is_as_good_as_any_other(finding: Finding):
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    talk(says(LenderSays.RENEWED, due_at=LATER))
    talk(answered(Act.RENEW, Outcome.REFUSED))
    assert talk(looked(Act.RENEW, finding, charged=False)) == ["to send back"]
    assert talk.request.items[0].place is ItemPlace.BACK


def test_a_renewal_that_shows_nothing_once_the_item_is_back_is_nobodys():
    talk = with_customer()
    talk(staff(StaffAction.ASK_RENEWAL))
    talk(says(LenderSays.RENEWED, due_at=LATER))
    talk(seen(out=False, before=True))
    assert talk(looked(Act.RENEW, Finding.UNCLEAR)) == ["ignored"]
