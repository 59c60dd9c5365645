import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gateway.dispatch import receiving
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import (
    Action,
    ErrorType,
    MessageStatus,
    ReasonForMessage,
    RequestSubType,
    RequestType,
    ServiceType,
)
from gateway.iso18626.server import Received, Unavailable
from gateway.store.port import AlreadyExists, Change, RequestFilter, StoreUnavailable
from gateway.workflow import records
from gateway.workflow.effects import FindCopies, Tell
from gateway.workflow.events import StaffActed
from gateway.workflow.partners import STRANGER, Peer, Period, Terms
from gateway.workflow.records import Answer, AnswerKind, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import PEER, THEIRS, House, action, header, request
from tests.fakes.directory import put


def error_of(confirmation: iso.Confirmation) -> iso.ErrorData | None:
    return confirmation.errors[0] if confirmation.errors else None


def is_ok(confirmation: iso.Confirmation) -> bool:
    return confirmation.confirmation_header.message_status is MessageStatus.OK


async def count(house: House) -> int:
    return len(await house.store.requests(RequestFilter()))


async def test_a_new_request_is_stored_with_its_confirmation_before_that_is_sent(house: House):
    sent = await house.receive_raw(request(house.time.now()))
    known = await house.current()
    assert known.state is State.SEARCHING
    (kept,) = await house.store.messages(known.id)
    assert kept.confirmation == sent


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


async def test_a_request_whose_number_others_have_taken_gets_another(house: House, monkeypatch: pytest.MonkeyPatch):
    commit = house.store.commit
    refused: list[records.Request | None] = []

    async def taken_twice(change: Change) -> None:
        if len(refused) < 2:
            refused.append(change.request)
            raise AlreadyExists("the number")
        await commit(change)

    monkeypatch.setattr(house.store, "commit", taken_twice)
    known = await house.new()
    assert known.id not in {each.id for each in refused if each}
    assert len(refused) == 2


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


async def test_a_supplying_agencys_message_finds_nothing_here(house: House):
    message = iso.SupplyingAgencyMessage(
        header=header(house.time.now()),
        message_info=iso.MessageInfo(reason_for_message="Notification"),  # type: ignore[arg-type]
        status_info=iso.StatusInfo(status="Loaned", last_change=house.time.now()),  # type: ignore[arg-type]
    )
    error = error_of(await house.receive(message))
    assert error is not None
    assert error.error_type is ErrorType.UNRECOGNISED_DATA_VALUE


async def test_a_reminder_asks_for_the_status_and_starts_no_work(house: House):
    await house.new()
    reminder = request(
        house.time.now(),
        service_info=iso.ServiceInfo(request_type=RequestType.REMINDER, service_type=ServiceType.LOAN),
    )
    assert is_ok(await house.receive(reminder))
    assert await count(house) == 1
    known = await house.current()
    assert [row.effect.key for row in await house.store.pending(known.id)].count(FindCopies.sole_key()) == 1


async def test_a_reminder_of_an_unknown_request_is_refused(house: House):
    reminder = request(
        house.time.now(),
        service_info=iso.ServiceInfo(request_type=RequestType.REMINDER, service_type=ServiceType.LOAN),
    )
    assert error_of(await house.receive(reminder)) is not None
    assert await count(house) == 0


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


async def test_what_our_terms_do_not_allow_is_turned_away(house: House):
    await house.set_partner(lending=Terms(services=(ServiceType.COPY,)))
    known = await house.new()
    assert known.state is State.UNFILLED
    assert known.answer is not None
    assert known.answer.reason == "PolicyProblem"


async def test_while_lending_is_paused_the_answer_is_automatic(house: House):
    await house.set_policy(paused=True, paused_note="Closed for stocktaking.")
    known = await house.new()
    assert known.state is State.RETRY_POSSIBLE
    assert known.answer is not None
    assert known.answer.note == "Closed for stocktaking."


async def test_a_sub_type_that_we_do_not_support_goes_to_staff(house: House):
    service = iso.ServiceInfo(request_sub_types=(RequestSubType.BOOKING_REQUEST,), service_type=ServiceType.LOAN)
    known = await house.new(service_info=service)
    assert known.state is State.DECIDING
    (task,) = await house.store.tasks()
    assert "BookingRequest" in task.words


async def test_words_that_accept_conditions_are_read_by_the_peers_dialect(house: House):
    await house.set_peer(dialect="alma")
    await house.new()
    await house.receive(action(house.time.now(), Action.NOTIFICATION, note="ACCEPT"))
    assert "conditions accepted" in await house.words(await house.current())


async def test_an_offer_to_a_reshare_is_answered_by_its_token(house: House):
    """Told in a Notification as that product tells one; its answer reserves what was offered."""
    await house.set_peer(dialect="reshare")
    known = await house.new()
    offer = Answer(kind=AnswerKind.RETRY, condition="LibraryUseOnly")
    await house.intake.submit(
        known.id, StaffActed(at=house.time.now(), by="mara", action=StaffAction.OFFER, answer=offer)
    )
    await house.performers.perform(await house.claim(known, Tell), await house.current())
    (spoken,) = house.poster.messages
    assert spoken.message_info.reason_for_message is ReasonForMessage.NOTIFICATION
    assert (spoken.message_info.note or "").startswith("#ReShareAddLoanCondition#Condition: LibraryUseOnly")
    agreed = "#ReShareLoanConditionAgreeResponse##seq:1#"
    await house.receive(action(house.time.now(), Action.NOTIFICATION, note=agreed))
    assert (await house.current()).state is State.DECIDING, "no copy was named: staff name one"


async def test_tokens_are_taken_out_of_a_note_before_people_see_it(house: House):
    await house.set_peer(dialect="reshare")
    service = iso.ServiceInfo(service_type=ServiceType.LOAN, note="#seq:1#Please hurry.")
    assert (await house.new(service_info=service)).note == "Please hurry."


async def test_nothing_of_a_partners_customer_or_secret_is_kept(house: House):
    secret = values_authentication()
    message = request(
        house.time.now(),
        header=header(house.time.now(), authentication=secret),
        patron_info=iso.PatronInfo(patron_id="29999000000001", surname="Fictional"),
    )
    await house.receive(message)
    known = await house.current()
    (kept,) = await house.store.messages(known.id)
    stored = b"".join(
        (kept.document, msgspec.json.encode(known), msgspec.json.encode(await house.store.history(known.id)))
    )
    for personal in (b"29999000000001", b"Fictional", b"open-sesame"):
        assert personal not in stored


def values_authentication() -> iso.Authentication:
    return iso.Authentication(account_id="sample", security_code="open-sesame")


async def test_the_secret_does_not_make_a_repeat_into_another_message(house: House):
    message = request(house.time.now())
    first = await house.receive_raw(message)
    with_secret = msgspec.structs.replace(
        message, header=header(house.time.now(), authentication=values_authentication())
    )
    assert await house.receive_raw(with_secret) == first


async def test_without_a_store_nothing_is_confirmed(house: House, monkeypatch: pytest.MonkeyPatch):
    async def gone(change: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(house.store, "commit", gone)
    with pytest.raises(Unavailable):
        await house.receive(request(house.time.now()))


async def test_the_confirmation_echoes_ids_and_action(house: House):
    await house.new()
    confirmation = await house.receive(action(house.time.now(), Action.STATUS_REQUEST))
    assert isinstance(confirmation, iso.RequestingAgencyMessageConfirmation)
    assert confirmation.action is Action.STATUS_REQUEST
    assert confirmation.confirmation_header.requesting_agency_request_id == "R1"
    assert confirmation.confirmation_header.timestamp_received == house.time.now()


async def test_a_2021_message_is_confirmed_in_its_version(house: House):
    message = request(house.time.now(), service_info=iso.ServiceInfo(service_type=ServiceType.LOAN))
    data = await house.receive_raw(message, version="2021-2")
    assert decode(data).declared == "2021-2" or decode(data).version == "2021-2"


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
