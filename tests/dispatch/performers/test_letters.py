"""Messages to a partner that asks us: told, sent again, and what each refusal of them means."""

from datetime import timedelta

import msgspec
from lxml import etree

from gateway.dispatch.results import Fault, Happened, Later
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, ReasonForMessage, Status
from gateway.iso18626.replies import NotDelivered, Rejected
from gateway.store.port import HistoryKind
from gateway.workflow.effects import Tell
from gateway.workflow.events import NotTold, Told
from tests.dispatch.house import House
from tests.dispatch.performers.performed import Starts, event_of, perform, row


def tell(house: House, status: Status = Status.WILL_SUPPLY, **facts: object) -> Tell:
    return Tell(reason=ReasonForMessage.REQUEST_RESPONSE, status=status, last_change=house.time.now(), **facts)  # type: ignore[arg-type]


async def test_a_confirmed_message_is_told_and_stands_in_the_timeline(house: House, starts: Starts):
    report = await perform(house, tell(house))
    assert isinstance(event_of(report), Told)
    assert isinstance(report, Happened)
    (entry,) = report.history
    assert entry.kind is HistoryKind.MESSAGE_OUT
    assert "<" in entry.detail["document"]
    assert starts.payloads == house.poster.sent, "the bytes are kept before they are sent"


async def test_what_was_sent_before_is_sent_again_as_the_very_same_bytes(house: House, starts: Starts):
    request = await house.new()
    effect = tell(house)
    await house.performers.perform(row(request, effect), request)
    await house.time.advance(3600)
    await house.performers.perform(row(request, effect, payload=house.poster.sent[0]), request)
    first, second = house.poster.sent
    assert first == second


async def test_a_message_that_was_not_delivered_waits_and_may_have_arrived(house: House, starts: Starts):
    house.poster.outcomes = [NotDelivered(words="no connection", may_have_arrived=False, retry_after_s=120.0)]
    later = await perform(house, tell(house))
    assert later == Later(words="no connection", unstarted=False, fault=Fault.LANES, after_s=120.0)


def rejected(error: ErrorType = ErrorType.UNRECOGNISED_DATA_VALUE) -> Rejected:
    return Rejected(http_status=200, error_type=error, error_value="R1")


async def test_unknown_id_is_tried_again_for_a_minute_before_it_counts(house: House, starts: Starts):
    house.poster.outcomes = [rejected(), rejected()]
    request = await house.new()
    waiting = await house.performers.perform(row(request, tell(house)), request)
    assert isinstance(waiting, Later)
    assert waiting.fault is Fault.ITS_OWN
    await house.time.advance(61)
    assert isinstance(event_of(await house.performers.perform(row(request, tell(house)), request)), NotTold)


async def test_once_the_partner_has_taken_a_message_an_unknown_value_counts_at_once(house: House, starts: Starts):
    house.poster.outcomes = [rejected()]
    request = msgspec.structs.replace(await house.new(), known_there=True)
    assert isinstance(event_of(await house.performers.perform(row(request, tell(house)), request)), NotTold)


async def test_any_other_error_counts_at_once_and_says_what_it_was(house: House, starts: Starts):
    house.poster.outcomes = [rejected(ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE)]
    event = event_of(await perform(house, tell(house)))
    assert isinstance(event, NotTold)
    assert "UnsupportedReasonForMessageType" in event.words


async def test_a_refusal_by_http_alone_is_told_in_words(house: House, starts: Starts):
    house.poster.outcomes = [Rejected(http_status=422, error_type=None, error_value=None)]
    event = event_of(await perform(house, tell(house)))
    assert isinstance(event, NotTold)
    assert event.words == "It refused the message and did not say why (HTTP 422)"


async def test_a_peer_without_an_address_cannot_be_told(house: House, starts: Starts):
    await house.set_peer(url=None)
    assert isinstance(event_of(await perform(house, tell(house))), NotTold)


async def test_what_a_partner_cannot_take_is_told_in_words(house: House, starts: Starts):
    await house.set_peer(dialect="alma")
    await perform(house, tell(house, Status.EXPECT_TO_SUPPLY))
    (message,) = house.poster.messages
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION
    assert "expect to supply" in (message.message_info.note or "")


async def test_history_says_what_went_out_and_not_what_was_meant(house: House, starts: Starts):
    await house.set_peer(dialect="alma")
    answer = tell(house, Status.EXPECT_TO_SUPPLY)
    answer = msgspec.structs.replace(answer, reason=ReasonForMessage.STATUS_REQUEST_RESPONSE)
    report = await perform(house, answer)
    assert isinstance(report, Happened)
    assert [entry.words for entry in report.history] == ["Sent Notification."]
    (message,) = house.poster.messages
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION


async def test_what_a_version_cannot_express_is_told_in_words(house: House, starts: Starts):
    await perform(house, tell(house, Status.RELEASE_HOLD_RETURN))
    (message,) = house.poster.messages
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION


async def test_a_message_goes_out_in_the_peers_version(house: House, starts: Starts):
    await house.set_peer(version="2021-2")
    await perform(house, tell(house, Status.LOANED, sent_at=house.time.now(), item_barcodes=("1", "2")))
    assert decode(house.poster.sent[0]).version == "2021-2"
    assert [element.text for element in etree.fromstring(house.poster.sent[0]).iter("{*}itemId")] == ["1", "2"]


async def test_a_repeat_within_the_grace_is_of_the_request_not_of_the_message(house: House, starts: Starts):
    request = await house.new()
    old = msgspec.structs.replace(request, created_at=request.created_at - timedelta(hours=1))
    house.poster.outcomes = [rejected()]
    assert isinstance(event_of(await house.performers.perform(row(old, tell(house)), old)), NotTold)
