"""What a product or a version can not take is told in another way, or left out."""

import itertools

import pytest
from msgspec.structs import replace

from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, ServiceType, Status, Version, YesNo
from gateway.iso18626.dialects import DIALECTS, encode_for, in_words, outgoing
from gateway.iso18626.errors import Inexpressible
from gateway.iso18626.messages import (
    BibliographicInfo,
    MessageInfo,
    Request,
    RequestingAgencyMessage,
    ServiceInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.schema import problems
from tests.iso18626.told import ALMA, HEADER, PLAIN, RESHARE, offer, ram, said, sam


def test_an_answer_to_a_status_request_beside_a_rejected_status_becomes_a_notification():
    message = said(ALMA, sam(Status.EXPECT_TO_SUPPLY, ReasonForMessage.STATUS_REQUEST_RESPONSE))
    assert message == sam(Status.REQUEST_RECEIVED, ReasonForMessage.NOTIFICATION, "We expect to supply this item.")


@pytest.mark.parametrize("reason", [ReasonForMessage.CANCEL_RESPONSE, ReasonForMessage.RENEW_RESPONSE])
def test_an_answer_to_an_action_stays_one_beside_another_status(reason):
    answer = sam(Status.EXPECT_TO_SUPPLY, reason)
    answer = replace(answer, message_info=replace(answer.message_info, answer_yes_no=YesNo.N))
    message = said(ALMA, answer)
    assert message.message_info == answer.message_info
    assert message.status_info.status is Status.REQUEST_RECEIVED


def test_words_carry_neither_an_answer_nor_terms_of_a_retry():
    told = in_words(
        replace(
            offer(), message_info=MessageInfo(reason_for_message=ReasonForMessage.STATUS_CHANGE, answer_yes_no=YesNo.N)
        )
    )
    assert isinstance(told, SupplyingAgencyMessage)
    assert (told.message_info.answer_yes_no, told.retry_info) == (None, None)


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_what_a_version_cannot_say_is_told_in_a_notification(dialect):
    kept = decode(encode_for(dialect, sam(Status.HOLD_RETURN, ReasonForMessage.STATUS_CHANGE), Version.V1_2)).message
    assert kept == sam(Status.LOANED, ReasonForMessage.NOTIFICATION, "Please do not send the item back yet.")
    lost = decode(encode_for(dialect, ram(Action.LOST), Version.V1_2)).message
    assert lost == ram(Action.NOTIFICATION, "The item is lost.")


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_a_reminder_in_2021_2_leaves_out_the_suppliers_id(dialect):
    header = replace(HEADER, supplying_agency_request_id="L-1")
    reminder = Request(
        header=header,
        bibliographic_info=BibliographicInfo(),
        service_info=ServiceInfo(service_type=ServiceType.LOAN, request_type=RequestType.REMINDER),
    )
    new = decode(encode_for(dialect, reminder, Version.V2021_2)).message
    assert isinstance(new, Request)
    assert new.header.supplying_agency_request_id is None
    old = decode(encode_for(dialect, reminder, Version.V1_2)).message
    assert isinstance(old, Request)
    assert old.header.supplying_agency_request_id == "L-1"


def test_nobody_can_be_told_a_message_without_its_time():
    timeless = replace(ram(Action.LOST), header=replace(HEADER, timestamp=None))
    with pytest.raises(Inexpressible):
        encode_for(PLAIN, timeless, Version.V1_2)


@pytest.mark.parametrize("dialect", DIALECTS.values())
@pytest.mark.parametrize("version", Version)
def test_every_status_can_be_told_to_every_product(dialect, version):
    for status, reason in itertools.product(Status, ReasonForMessage):
        document = encode_for(dialect, sam(status, reason, "Note."), version)
        assert problems(document, version) == [], (status, reason)
        heard = decode(document).message
        assert isinstance(heard, SupplyingAgencyMessage)
        assert heard.status_info.status not in dialect.rejects, (status, reason)


def test_no_product_hears_an_action_that_it_rejects():
    for dialect in DIALECTS.values():
        for action in Action:
            spoken = outgoing(dialect, ram(action))
            assert isinstance(spoken, RequestingAgencyMessage)
            assert spoken.action not in dialect.rejects
    assert outgoing(RESHARE, ram(Action.RENEW)) == ram(Action.NOTIFICATION, "Please renew this loan.")
