"""Waiting work in words: every kind of effect has its sentence."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from gateway.desk.upcoming import clock_in_words, in_words, upcoming
from gateway.desk.waiting import Surroundings
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, Status
from gateway.store.port import EffectRow
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.effects import (
    AnyEffect,
    AskCopies,
    AssignBarcode,
    FindCopies,
    HearLate,
    Look,
    MakeRota,
    Perform,
    Seek,
    SendAction,
    SendRequest,
    StartTimer,
    Tell,
    Vet,
    Watch,
)
from gateway.workflow.records import Act, Clock, Copy, State
from gateway.workflow.values import Wanted
from tests.web.known import a_request

NOW = datetime(2026, 10, 28, tzinfo=UTC)
LENDER = LenderLine(partner="sample-city", peer="sample", agency="ISIL:XX-SAMPLE")
SAMPLES: dict[type, AnyEffect] = {
    FindCopies: FindCopies(wanted=Wanted()),
    AskCopies: AskCopies(copies=(Copy(item_barcode="1", branch="Main"),)),
    Perform: Perform(act=Act.HOLD, item_barcode="1"),
    Look: Look(act=Act.HOLD, item_barcode="1"),
    Tell: Tell(reason=ReasonForMessage.STATUS_CHANGE, status=Status.LOANED, last_change=NOW),
    StartTimer: StartTimer(clock=Clock.HOLD, since=NOW),
    Vet: Vet(),
    MakeRota: MakeRota(),
    HearLate: HearLate(),
    SendRequest: SendRequest(kind=RequestType.NEW, attempt=1, lender=LENDER),
    SendAction: SendAction(action=Action.RECEIVED, attempt=1, lender=LENDER),
    AssignBarcode: AssignBarcode(),
    Watch: Watch(item_barcode="39999000000017", was_out=False),
    Seek: Seek(item_barcode="30000000001010", after=Clock.HOLD),
}


def test_every_kind_of_effect_has_its_own_words():
    assert set(SAMPLES) == set(get_args(AnyEffect))
    assert len({in_words(effect, {}) for effect in SAMPLES.values()}) == len(SAMPLES)


def test_every_act_look_and_clock_has_its_own_words():
    effects: list[AnyEffect] = [
        *(Perform(act=act, item_barcode="1") for act in Act),
        *(Look(act=act, item_barcode="1") for act in Act),
        *(StartTimer(clock=clock, since=NOW) for clock in Clock),
    ]
    assert len({in_words(effect, {}) for effect in effects}) == len(effects)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (SAMPLES[AskCopies], "Ask the circulation system about 1 copy"),
        (AskCopies(copies=(Copy(item_barcode="1", branch="M"),) * 2), "Ask the circulation system about 2 copies"),
        (SAMPLES[Perform], "Place the hold on item 1"),
        (SAMPLES[Tell], "Tell the partner Loaned"),
        (Tell(reason=ReasonForMessage.NOTIFICATION, status=Status.LOANED, last_change=NOW), "Send the partner a note"),
    ],
)
def test_words_name_what_will_be_done(effect: AnyEffect, words: str):
    assert in_words(effect, {}) == words


def test_a_lender_is_named_and_goes_by_its_id_where_it_is_a_partner_no_more():
    names = {"sample-city": "Sample City Library"}
    said = [in_words(SAMPLES[each], names) for each in (SendRequest, SendAction)]
    assert said == ["Send Sample City Library the request", "Tell Sample City Library Received"]
    assert in_words(SAMPLES[SendRequest], {}) == "Send sample-city the request"


@pytest.mark.parametrize(
    "yes",
    [
        SendRequest(kind=RequestType.RETRY, attempt=2, lender=LENDER),
        SendAction(action=Action.NOTIFICATION, attempt=1, lender=LENDER, accepted=True),
    ],
    ids=["a Retry", "in words"],
)
def test_a_yes_to_terms_is_called_so(yes: AnyEffect):
    assert in_words(yes, {"sample-city": "Sample City Library"}) == "Tell Sample City Library that you accept its terms"


def test_who_said_not_now_is_asked_again_and_a_no_is_no_yes():
    again = SendRequest(kind=RequestType.RETRY, attempt=2, lender=LENDER, previous=1)
    assert in_words(again, {}) == "Send sample-city the request"
    no = SendAction(action=Action.NOTIFICATION, attempt=1, lender=LENDER, accepted=False)
    assert in_words(no, {}) == "Tell sample-city Notification"


def test_work_stands_in_the_order_in_which_it_falls_due():
    def row(number: int, hours: int) -> EffectRow:
        due_at = NOW + timedelta(hours=hours)
        return EffectRow(
            id=number,
            request="r",
            effect=SAMPLES[Perform],
            lane="acs:main",
            due_at=due_at,
            attempts=number,
            started_at=None,
            payload=None,
        )

    around = Surroundings(request=a_request(), now=NOW, backoffs={}, before_at_item={})
    assert [work.attempts for work in upcoming((row(1, 5), row(2, 1), row(3, 1)), around)] == [2, 3, 1]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.OFFERED, "If the partner hasn't answered the offer: it lapses"),
        (State.CONDITIONAL, "If you haven't answered the lender's offer: ask the next"),
    ],
)
def test_an_offer_waits_for_whom_it_was_made_to(state: State, words: str):
    assert clock_in_words(Clock.CONDITION, state) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.WILL_SUPPLY, "If the item is neither at the desk nor on its way: give this copy up, try another or answer Unfilled"),
        (State.TO_COPY, "If the copy isn't sent: a task, once more"),
    ],
)  # fmt: skip
def test_of_a_copy_no_more_is_announced_than_a_task(state: State, words: str):
    """The table only opens one: the partner hears nothing by itself (workflow/lending/stages/copying.py)."""
    row = EffectRow(
        id=1, request="r1", effect=StartTimer(clock=Clock.HOLD, since=NOW), lane=None, due_at=NOW, attempts=0, started_at=None,
        payload=None,
    )  # fmt: skip
    [told] = upcoming((row,), Surroundings(request=a_request("r1", state), now=NOW, backoffs={}, before_at_item={}))
    assert told.words == words
