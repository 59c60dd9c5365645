"""What is sent again, or twice at once, gets the confirmation of the first time and acts once."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, ErrorType
from gateway.iso18626.server import Received
from tests.dispatch.confirmed import count, error_of, is_ok, values_authentication
from tests.dispatch.house import PEER, House, action, header, request


async def test_a_repeat_gets_the_very_same_confirmation_and_does_nothing(house: House):
    message = request(house.time.now())
    first = await house.receive_raw(message)
    await house.time.advance(30)
    assert await house.receive_raw(message) == first
    assert await count(house) == 1
    assert len(await house.store.messages((await house.current()).id)) == 1


async def test_a_repeated_action_acts_once(house: House):
    await house.new()
    ask = action(house.time.now(), Action.STATUS_REQUEST)
    assert await house.receive_raw(ask) == await house.receive_raw(ask)
    known = await house.current()
    pending = [row.effect for row in await house.store.pending(known.id) if row.effect.key.startswith("tell")]
    assert len(pending) == 1


async def test_an_action_that_comes_twice_at_the_same_moment_acts_once(house: House):
    await house.new()
    ask = action(house.time.now(), Action.STATUS_REQUEST)
    answers = await asyncio.gather(*(house.receive_raw(ask) for _ in range(5)))
    assert len(set(answers)) == 1
    known = await house.current()
    pending = [row.effect for row in await house.store.pending(known.id) if row.effect.key.startswith("tell")]
    assert len(pending) == 1


@pytest.mark.parametrize("seconds", [0, 30])
async def test_a_new_that_another_gateway_took_a_moment_ago_makes_no_second_request(
    house: House, monkeypatch: pytest.MonkeyPatch, seconds: int
):
    """With its own timestamp it gets the confirmation that the other one got; with a fresh one, one of its own."""
    first = await house.receive_raw(request(house.time.now()))
    look = house.store.keeping.asked_before

    async def too_early(agency: str, number: str) -> None:
        monkeypatch.setattr(house.store.keeping, "asked_before", look)

    async def not_yet(peer: str, digest: str) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(house.store.keeping, "asked_before", too_early)

    monkeypatch.setattr(house.store, "confirmation", not_yet)
    again = await house.receive_raw(request(house.time.now() + timedelta(seconds=seconds)))
    assert (again == first) is (seconds == 0)
    assert is_ok(decode(again).message)  # type: ignore[arg-type]
    assert await count(house) == 1


@pytest.mark.parametrize(
    "at", [None, datetime(1, 1, 2, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)]
)
async def test_a_repeat_is_known_whatever_time_its_sender_has(house: House, at: datetime | None):
    """A time that can't be read is left out, and careless senders write any."""
    await house.new()
    message = action(house.time.now(), Action.STATUS_REQUEST)
    message = msgspec.structs.replace(message, header=msgspec.structs.replace(message.header, timestamp=at))
    data = encode(action(house.time.now(), Action.STATUS_REQUEST))
    decoded = msgspec.structs.replace(decode(data), message=message)
    for minute in range(2):
        received = Received(
            peer=PEER, decoded=decoded, data=data, received_at=house.time.now() + timedelta(minutes=minute)
        )
        assert (await house.receiver.receive(received)).error is None
    known = await house.current()
    assert sum(row.effect.key.startswith("tell") for row in await house.store.pending(known.id)) == 1


async def test_the_same_action_with_another_timestamp_is_another_message(house: House):
    await house.new()
    await house.receive(action(house.time.now(), Action.STATUS_REQUEST))
    await house.receive(action(house.time.now() + timedelta(seconds=5), Action.STATUS_REQUEST))
    known = await house.current()
    pending = [row.effect for row in await house.store.pending(known.id) if row.effect.key.startswith("tell")]
    assert len(pending) == 2


async def test_a_new_sent_again_with_a_fresh_timestamp_is_confirmed_and_makes_no_second_request(house: House):
    await house.new()
    await house.time.advance(60)
    assert is_ok(await house.receive(request(house.time.now())))
    assert await count(house) == 1


async def test_a_different_request_under_a_known_id_is_refused(house: House):
    await house.new()
    other = request(house.time.now(), bibliographic_info=iso.BibliographicInfo(title="Another Imaginary Work"))
    error = error_of(await house.receive(other))
    assert error is not None
    assert error.error_type is ErrorType.UNRECOGNISED_DATA_VALUE
    assert "R1" in (error.error_value or "")
    assert await count(house) == 1


async def test_two_equal_requests_at_the_same_moment_make_one(house: House):
    message = request(house.time.now())
    confirmations = await asyncio.gather(*(house.receive(message) for _ in range(10)))
    assert all(map(is_ok, confirmations))
    assert await count(house) == 1


async def test_an_error_is_judged_anew_when_the_message_comes_again(house: House):
    message = action(house.time.now(), Action.RECEIVED)
    assert error_of(await house.receive(message)) is not None, "the request is not known yet"
    await house.new()
    assert is_ok(await house.receive(message))


async def test_the_secret_does_not_make_a_repeat_into_another_message(house: House):
    message = request(house.time.now())
    first = await house.receive_raw(message)
    with_secret = msgspec.structs.replace(
        message, header=header(house.time.now(), authentication=values_authentication())
    )
    assert await house.receive_raw(with_secret) == first
