"""What the gateway does with a message: it is judged, stored and confirmed, and reaches the request that it is about."""

import msgspec
import pytest

from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ErrorType, ReasonForMessage, RequestSubType, RequestType, ServiceType
from gateway.iso18626.server import Unavailable
from gateway.store.port import AlreadyExists, Change, StoreUnavailable
from gateway.workflow import records
from gateway.workflow.effects import FindCopies, Tell
from gateway.workflow.events import StaffActed
from gateway.workflow.partners import Terms
from gateway.workflow.records import Answer, AnswerKind, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch.confirmed import count, error_of, is_ok, values_authentication
from tests.dispatch.house import House, action, header, request


async def test_a_new_request_is_stored_with_its_confirmation_before_that_is_sent(house: House):
    sent = await house.receive_raw(request(house.time.now()))
    known = await house.current()
    assert known.state is State.SEARCHING
    (kept,) = await house.store.messages(known.id)
    assert kept.confirmation == sent


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
