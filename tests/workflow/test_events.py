"""Events: the trigger of each, by its outcome, verdict or finding."""

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType
from gateway.workflow.events import PartnerAction, source_of
from gateway.workflow.records import Act, Clock, Finding
from gateway.workflow.triggers import Admission, Source, StaffAction, Trigger
from tests.workflow.builders import (
    OFFER,
    RETRY,
    STAFF,
    SUPPLY,
    UNFILLED,
    arrived,
    checked,
    fired,
    found,
    looked,
    partner,
    performed,
    staff,
)
from tests.workflow.every_case import ARRIVALS, EVENTS

T = Trigger
COPY = msgspec.structs.replace(SUPPLY, service=ServiceType.COPY)
WITHOUT_CHOICE = msgspec.structs.replace(SUPPLY, choice=None)


@pytest.mark.parametrize(
    ("answer", "trigger"),
    [
        (SUPPLY, T.CAN_SUPPLY),
        (COPY, T.CAN_COPY),
        (RETRY, T.RETRY_LATER),
        (OFFER, T.RETRY_LATER),
        (UNFILLED, T.CANNOT_SUPPLY),
        (STAFF, T.STAFF_DECIDES),
        (WITHOUT_CHOICE, T.STAFF_DECIDES),
    ],
)
def test_a_verdict_that_may_go_out_alone_is_its_own_trigger_and_any_other_is_for_staff(answer, trigger):
    assert checked(answer).trigger is trigger
    assert checked(answer, auto=False).trigger is T.STAFF_DECIDES


def test_no_copy_is_unfilled_only_where_not_held_may_go_out_alone():
    assert found(1).trigger is T.COPIES_FOUND
    assert found(answer=UNFILLED, auto=True).trigger is T.CANNOT_SUPPLY
    assert found(answer=UNFILLED).trigger is T.NO_COPIES
    assert found(auto=True).trigger is T.NO_COPIES


@pytest.mark.parametrize("act", Act)
def test_every_act_has_an_answer_and_three_findings(act):
    assert performed(act).trigger.name == f"{act.name}_ANSWERED"
    assert len({looked(act, finding).trigger for finding in Finding}) == 3


@pytest.mark.parametrize("clock", Clock)
def test_every_clock_has_a_trigger(clock):
    assert source_of(fired(clock)) is Source.CLOCK
    assert fired(clock).trigger in T


@pytest.mark.parametrize("action", PartnerAction)
def test_every_action_of_a_partner_is_a_trigger(action):
    assert partner(action).trigger.value == action.value
    assert source_of(partner(action)) is Source.PARTNER


def test_every_action_of_staff_is_a_trigger():
    assert [action for action in StaffAction if staff(action).trigger.name != action.name] == []
    assert {source_of(staff(action)) for action in StaffAction} == {Source.STAFF}


def test_every_admission_is_a_trigger():
    assert len({arrived(admission).trigger for admission in Admission}) == len(Admission)


def test_every_trigger_comes_from_exactly_one_source():
    sources = {(event.trigger, source_of(event)) for event in (*EVENTS, *ARRIVALS)}
    assert len(sources) == len({trigger for trigger, _ in sources})
