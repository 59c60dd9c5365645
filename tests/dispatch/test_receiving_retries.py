"""Retries: the offer that they close, the answer that they get again, and the requests that they leave alone."""

from datetime import timedelta

import msgspec
import pytest

from gateway.iso18626 import messages as iso
from gateway.iso18626.codes import RequestType, ServiceType
from gateway.workflow import records
from gateway.workflow.effects import Tell
from gateway.workflow.events import StaffActed
from gateway.workflow.partners import Peer
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.confirmed import count, is_ok
from tests.dispatch.house import THEIRS, House, request
from tests.fakes.directory import put


def retry_of(number: str) -> iso.ServiceInfo:
    return iso.ServiceInfo(
        request_type=RequestType.RETRY,
        service_type=ServiceType.LOAN,
        requesting_agency_previous_request_id=number,
    )


async def offered(house: House) -> records.Request:
    """A request that was offered a condition."""
    known = await house.new()
    offer = StaffActed(
        at=house.time.now(),
        by="ann",
        action=StaffAction.OFFER,
        answer=records.Answer(kind=records.AnswerKind.RETRY, condition="LibraryUseOnly"),
    )
    await house.intake.act(known.id, offer)
    known = await house.current()
    assert known.state is State.OFFERED
    return known


async def test_a_retry_closes_the_offer_of_the_request_it_names(house: House):
    known = await offered(house)
    again = await house.new("R2", service_info=retry_of("R1"))
    assert (again.state, again.previous_request_id) == (State.SEARCHING, "R1")
    assert (await house.current()).state is State.RETRY_POSSIBLE
    assert await house.store.pending(known.id) == tuple(
        row for row in await house.store.pending(known.id) if row.effect.key.startswith("tell")
    ), "no clock of the offer runs on"
    assert "Its new request has the number R2." in await house.words(known)


async def not_now(house: House, number: str) -> None:
    """The request is answered “on loan”, without an offer."""
    known = await house.current(number)
    act = StaffActed(at=house.time.now(), by="ann", action=StaffAction.ANSWER_RETRY, reason="OnLoan")
    await house.intake.act(known.id, act)


async def test_a_chain_of_retries_gets_the_same_answer_slowly_after_three_and_a_look_now_and_then(house: House):
    await house.new("R1")
    looked_at = []
    for number in range(2, 23):
        if (await house.current(f"R{number - 1}")).state is not State.RETRY_POSSIBLE:
            await not_now(house, f"R{number - 1}")
        again = await house.new(f"R{number}", service_info=retry_of(f"R{number - 1}"))
        assert again.follows is not None
        assert again.follows.reason == "OnLoan"
        if again.state is State.SEARCHING:
            looked_at.append(again.retries)
            continue
        assert (again.state, again.answer) == (State.RETRY_POSSIBLE, again.follows)
        (tell,) = (row for row in await house.store.pending(again.id) if isinstance(row.effect, Tell))
        assert tell.due_at - house.time.now() == timedelta(minutes=1)
    assert looked_at == [1, 2, 3, 10, 20]


async def test_a_retry_for_another_work_or_after_an_offer_begins_anew(house: House):
    await offered(house)
    accepted = await house.new("R2", service_info=retry_of("R1"))
    assert (accepted.retries, accepted.follows) == (
        0,
        records.Answer(kind=records.AnswerKind.RETRY, condition="LibraryUseOnly", reason="MustMeetLoanCondition"),
    )
    await not_now(house, "R2")
    other = iso.BibliographicInfo(title="Another Almanac")
    third = await house.new("R3", service_info=retry_of("R2"), bibliographic_info=other)
    assert (third.retries, third.state) == (0, State.SEARCHING)


@pytest.mark.parametrize("kind", [RequestType.NEW, None])
async def test_a_request_of_another_type_closes_nothing(house: House, kind: RequestType | None):
    await offered(house)
    await house.new("R2", service_info=msgspec.structs.replace(retry_of("R1"), request_type=kind))
    assert (await house.current()).state is State.OFFERED


async def test_a_retry_of_a_request_under_way_changes_nothing_there_and_one_of_an_unknown_is_new(house: House):
    known = await house.new()
    await house.new("R2", service_info=retry_of("R1"))
    assert (await house.current()).state is known.state
    assert (await house.new("R3", service_info=retry_of("R99"))).state is State.SEARCHING


async def test_a_retry_of_another_peers_request_closes_nothing(house: House):
    await offered(house)
    await put(house.store, Peer(id="peer-two", url="http://two.example/", agencies=(THEIRS,)))
    await house.directory.refresh()
    ours = request(house.time.now(), "R2", service_info=retry_of("R1"))
    assert is_ok(await house.receive(ours, peer="peer-two"))
    assert (await house.current()).state is State.OFFERED


async def test_a_retry_that_is_sent_again_is_confirmed_and_done_once(house: House):
    await offered(house)
    message = request(house.time.now(), "R2", service_info=retry_of("R1"))
    assert await house.receive_raw(message) == await house.receive_raw(message)
    assert await count(house) == 2
