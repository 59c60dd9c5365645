"""Effects: the keys by which a decision takes work back."""

import pytest

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.workflow.acts.undo import STOPPABLE
from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.machine import TIMER_KEYS
from gateway.workflow.records import Act, Clock
from gateway.workflow.values import Wanted
from tests.workflow.builders import AT, FIRST


def tell(status: Status, reason: ReasonForMessage) -> Tell:
    return Tell(reason=reason, status=status, last_change=AT)


@pytest.mark.parametrize(
    ("effect", "key"),
    [
        (FindCopies(wanted=Wanted()), "find copies"),
        (AskCopies(copies=()), "ask copies"),
        (Perform(act=Act.HOLD, item_barcode=FIRST), "perform:hold"),
        (Look(act=Act.CHECKIN, item_barcode=FIRST), "look:checkin"),
        (StartTimer(clock=Clock.HOLD, since=AT), "timer:hold"),
        (tell(Status.UNFILLED, ReasonForMessage.REQUEST_RESPONSE), "tell:Unfilled"),
        (tell(Status.LOANED, ReasonForMessage.NOTIFICATION), "tell:Notification"),
    ],
)
def test_a_key_names_the_kind_of_work_and_what_it_is_about(effect, key):
    assert effect.key == key


def test_work_on_an_item_that_is_given_up_is_never_taken_back_with_the_requests_own():
    for act in Act:
        for effect in (
            Perform(act=act, item_barcode=FIRST, given_up=True),
            Look(act=act, item_barcode=FIRST, given_up=True),
        ):
            assert effect.key == f"give up:{FIRST}"
            assert effect.key not in (*STOPPABLE, *TIMER_KEYS)


def test_taking_a_hold_off_is_never_stopped_with_other_work():
    assert not {"perform:cancel hold", "look:cancel hold"} & set(STOPPABLE)
    assert {"perform:hold", "look:renew", "find copies", "ask copies"} <= set(STOPPABLE)
