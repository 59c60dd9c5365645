"""Whose message it is: for which agencies a peer acts, whose requests it reaches, and which partners are turned away."""

from datetime import timedelta

import pytest

from gateway.dispatch import receiving
from gateway.iso18626 import values
from gateway.iso18626.codes import Action, ErrorType, MessageStatus
from gateway.iso18626.server import Unavailable
from gateway.workflow.partners import STRANGER, Period
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from tests.dispatch.confirmed import count, error_of, is_ok
from tests.dispatch.house import PEER, House, action, header, request


async def test_a_broker_for_all_asks_for_no_partner_of_another_peer(house: House):
    """The partner's account would be charged for what the broker makes up in its name."""
    confirmation = await house.receive(request(house.time.now()), peer="peer-two")
    error = error_of(confirmation)
    assert error is not None
    assert error.error_type is ErrorType.UNRECOGNISED_DATA_VALUE
    assert await count(house) == 0


async def test_what_came_through_a_broker_goes_on_through_it_once_its_library_has_a_peer_of_its_own(house: House):
    await house.set_partner(peer="peer-two")
    assert is_ok(await house.receive(request(house.time.now()), peer="peer-two"))
    await house.set_partner(peer=PEER)
    asked = action(house.time.now(), Action.STATUS_REQUEST)
    assert is_ok(await house.receive(asked, peer="peer-two"))
    assert not is_ok(await house.receive(request(house.time.now(), "R2"), peer="peer-two"))


async def test_a_peer_acts_only_for_agencies_granted_to_it(house: House):
    stranger = values.AgencyId.of("ISIL:XX-STRANGER")
    message = request(house.time.now(), header=header(house.time.now(), requesting_agency_id=stranger))
    error = error_of(await house.receive(message))
    assert error is not None
    assert error.error_value == "requestingAgencyId ISIL:XX-STRANGER"


async def test_a_request_for_another_supplier_is_refused(house: House):
    other = values.AgencyId.of("ISIL:XX-ELSEWHERE")
    message = request(house.time.now(), header=header(house.time.now(), supplying_agency_id=other))
    error = error_of(await house.receive(message))
    assert error is not None
    assert error.error_value == "supplyingAgencyId ISIL:XX-ELSEWHERE"


async def test_another_peers_request_is_out_of_reach_even_with_its_number(house: House):
    known = await house.new()
    message = action(house.time.now(), Action.CANCEL, supplying_agency_request_id=known.id)
    error = error_of(await house.receive(message, peer="peer-two"))
    assert error is not None
    assert error.error_type is ErrorType.UNRECOGNISED_DATA_VALUE
    assert (await house.current()).state is State.SEARCHING


async def test_a_request_is_found_by_our_number_as_well_as_by_the_partners(house: House):
    known = await house.new()
    by_ours = action(house.time.now(), Action.CANCEL, number="something else", supplying_agency_request_id=known.id)
    assert is_ok(await house.receive(by_ours))
    assert (await house.current()).state is State.CANCELLED


async def test_an_unknown_partners_request_waits_for_approval(house: House):
    await house.set_partner(symbols=("ISIL:XX-RENAMED",))
    known = await house.new()
    assert known.state is State.AWAITING_APPROVAL
    assert [task.kind for task in await house.store.tasks()] == [TaskKind.APPROVE_PARTNER]


async def test_an_unknown_partners_request_is_refused_where_the_setting_says_so(house: House):
    house.receiver = house.make_receiver(ask_about_unknown=False)
    await house.set_partner(symbols=("ISIL:XX-RENAMED",))
    known = await house.new()
    assert known.state is State.UNFILLED
    assert known.answer is not None
    assert known.answer.reason == "PolicyProblem"


async def test_a_suspended_partner_is_turned_away(house: House):
    await house.set_partner(suspended=True)
    assert (await house.new()).state is State.UNFILLED


async def test_a_sender_that_nobody_knows_may_introduce_a_library_and_do_nothing_else(house: House):
    header_of_other = header(house.time.now(), "S1", requesting_agency_id=values.AgencyId.of("ISIL:XX-OTHER"))
    new = request(house.time.now(), "S1", header=header_of_other)
    kept = await house.receive(new, peer=STRANGER)
    assert kept.confirmation_header.message_status is MessageStatus.OK
    found = await house.store.request_by_partner_id("ISIL:XX-OTHER", "S1")
    assert found is not None
    assert (found.state, found.peer, found.partner) == (State.AWAITING_APPROVAL, STRANGER, None)
    for late in (
        action(house.time.now(), Action.CANCEL, "S1", requesting_agency_id=values.AgencyId.of("ISIL:XX-OTHER")),
        request(house.time.now(), "S2"),
    ):
        answer = await house.receive(late, peer=STRANGER)
        assert answer.confirmation_header.message_status is MessageStatus.ERROR, "of another, or for a partner of ours"


async def test_no_more_of_strangers_requests_are_kept_than_can_be_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receiving, "MOST_OF_STRANGERS", 1)
    other = values.AgencyId.of("ISIL:XX-OTHER")
    at = house.time.now()
    await house.receive(request(at, "S1", header=header(at, "S1", requesting_agency_id=other)), peer=STRANGER)
    with pytest.raises(Unavailable):
        await house.receive(request(at, "S2", header=header(at, "S2", requesting_agency_id=other)), peer=STRANGER)


async def test_a_partner_is_turned_away_while_its_suspension_lasts(house: House):
    today = house.time.now().date()
    yesterday = today - timedelta(days=1)
    await house.set_partner(suspensions=(Period(first=yesterday, last=yesterday),))
    assert (await house.new("R1")).state is State.SEARCHING
    await house.set_partner(suspensions=(Period(first=yesterday, last=today),))
    assert (await house.new("R2")).state is State.UNFILLED
