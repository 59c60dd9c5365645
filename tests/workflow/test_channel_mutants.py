"""Conversations over the channel that rows of the table are there for, and the proof: without its row each of them fails."""

from collections.abc import Callable

import pytest

from gateway.workflow.events import PartnerAction
from gateway.workflow.lending.groups import NO_HOLD_WANTED
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import ANY, AnyRow, Table
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger
from tests.workflow import world
from tests.workflow.channel import Joined
from tests.workflow.technician import do_by_hand, post
from tests.workflow.test_channel import both_endings, check_known, goes_on
from tests.workflow.world import Way

S = State
T = Trigger


def come_to(state: State) -> Joined:
    """A request that went well until it was there."""
    joined = Joined()
    while joined.state is not state:
        assert goes_on(joined)
    return joined


def received_before_we_know_that_they_were_told() -> None:
    joined = come_to(S.CHECKED_OUT)
    post(joined)
    joined.move_parcel()
    joined.deliver_theirs(0, heard_back=True)
    check_known(joined)


def sent_back_before_we_know_that_they_were_told() -> None:
    """And Received is still on its way."""
    joined = come_to(S.CHECKED_OUT)
    post(joined)
    joined.move_parcel()
    joined.send_back()
    joined.deliver_theirs(1, heard_back=True)
    check_known(joined)


def a_hold_that_comes_when_the_cancel_was_done_by_hand() -> None:
    joined = come_to(S.RESERVING)
    joined.begin(Way.SLOW)
    joined.send_theirs(PartnerAction.CANCEL)
    joined.deliver_theirs(0, heard_back=True)
    do_by_hand(joined)
    assert joined.state is S.CANCELLED
    joined.hear(Way.SLOW)
    both_endings(joined)


def _is(trigger: Trigger, *states: object) -> Callable[[AnyRow], bool]:
    return lambda row: row.state in states and trigger in row.triggers() and row.when is None


CONVERSATIONS: dict[str, tuple[Callable[[], None], Callable[[AnyRow], bool]]] = {
    "Received in CHECKED_OUT": (
        received_before_we_know_that_they_were_told,
        lambda row: row.state is S.CHECKED_OUT and T.RECEIVED in row.triggers(),
    ),
    "ShippedReturn in CHECKED_OUT": (
        sent_back_before_we_know_that_they_were_told,
        _is(T.SHIPPED_RETURN, S.CHECKED_OUT),
    ),
    "a late hold": (a_hold_that_comes_when_the_cancel_was_done_by_hand, _is(T.HOLD_STANDS, NO_HOLD_WANTED)),
    "a late answer": (a_hold_that_comes_when_the_cancel_was_done_by_hand, _is(T.HOLD_ANSWERED, ANY)),
}
"""For each mutant of the table a conversation, and the rows that it lacks."""


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_table_as_it_is_leads_every_conversation_to_a_good_end(name: str):
    CONVERSATIONS[name][0]()


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_without_its_row_the_conversation_fails(name: str, monkeypatch: pytest.MonkeyPatch):
    conversation, is_gone = CONVERSATIONS[name]
    rows = tuple(row for row in LENDING.rows if not is_gone(row))
    assert len(rows) < len(LENDING.rows)
    monkeypatch.setattr(world, "LENDING", Table(rows=rows, finals=LENDING.finals, begin=LENDING.begin))
    with pytest.raises(AssertionError):
        conversation()
