"""What we say next after what we heard."""

from datetime import UTC, datetime

import pytest

from gateway.conformance.conversation import (
    NOBODY_SENT_ANYTHING,
    OF_A_LOAN,
    SupplierSaid,
    Turn,
    answers,
    said,
    steps_after,
)
from gateway.conformance.letters import action, supplier_message
from gateway.conformance.subject import Subject
from gateway.iso18626.codes import Action, ReasonForMessage, Status
from gateway.iso18626.dialects import DIALECTS, HeardMessage, incoming

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUBJECT = Subject(ours="ISIL:XX-OURS", theirs="ISIL:XX-THEIRS", run_id="CT")
REASON = ReasonForMessage


def told(status: Status | None, reason: ReasonForMessage = REASON.STATUS_CHANGE) -> SupplierSaid:
    return SupplierSaid(reason=reason, status=status, words="")


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (Status.LOANED, OF_A_LOAN),
        (Status.WILL_SUPPLY, NOBODY_SENT_ANYTHING),
        (Status.REQUEST_RECEIVED, NOBODY_SENT_ANYTHING),
        (Status.UNFILLED, ()),
        (Status.RETRY_POSSIBLE, ()),
        (Status.CANCELLED, ()),
        (Status.COPY_COMPLETED, ()),
    ],
)
def test_a_loan_is_carried_on_and_anything_else_cancelled_unless_it_is_over(status, steps):
    assert steps_after(told(status)) == steps


def test_what_was_never_heard_of_is_cancelled():
    assert steps_after(None) == NOBODY_SENT_ANYTHING


@pytest.mark.parametrize(
    ("step", "message", "is_answer"),
    [
        (Turn.ASK, told(Status.REQUEST_RECEIVED), False),
        (Turn.ASK, told(Status.EXPECT_TO_SUPPLY), False),
        (Turn.ASK, told(None, REASON.NOTIFICATION), False),
        (Turn.ASK, told(Status.WILL_SUPPLY), True),
        (Turn.STATUS_REQUEST, told(Status.WILL_SUPPLY), False),
        (Turn.STATUS_REQUEST, told(Status.WILL_SUPPLY, REASON.STATUS_REQUEST_RESPONSE), True),
        (Turn.RENEW, told(Status.LOANED, REASON.RENEW_RESPONSE), True),
        (Turn.CANCEL, told(Status.CANCELLED, REASON.CANCEL_RESPONSE), True),
        (Turn.RETURN, told(Status.LOAN_COMPLETED), True),
        (Turn.RETURN, told(Status.LOANED), False),
    ],
)
def test_each_step_waits_for_its_own_answer(step, message, is_answer):
    assert answers(step, message) is is_answer


def test_what_a_supplier_says_is_told_short():
    heard = incoming(DIALECTS["plain"], supplier_message(SUBJECT, AT, "CT-1"))
    found = said(heard)
    assert found is not None
    assert (found.reason, found.status) == (REASON.STATUS_CHANGE, Status.UNFILLED)
    assert found.words.startswith("StatusChange Unfilled: ")
    broker = said(HeardMessage(message=heard.message, supplier="XX-THIRD", still_searching=True))
    assert broker is not None
    assert broker.words.startswith("StatusChange Unfilled (supplier: XX-THIRD), still searching: ")


def test_another_message_says_nothing_of_the_kind():
    assert said(HeardMessage(message=action(SUBJECT, AT, "CT-1", Action.RENEW))) is None
