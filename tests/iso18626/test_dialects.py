"""What each product does differently is taken out of what it sends, and put into what it gets."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gateway.iso18626.codec import encode
from gateway.iso18626.codes import Action, ReasonForMessage, ServiceType, Status, Version
from gateway.iso18626.dialects import DIALECTS, Dialect, in_words, incoming, outgoing
from gateway.iso18626.messages import (
    BibliographicInfo,
    DeliveryInfo,
    Header,
    MessageInfo,
    Request,
    RequestingAgencyMessage,
    ServiceInfo,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.notes import NotedItem, Tokens
from gateway.iso18626.values import AgencyId

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
HEADER = Header(
    supplying_agency_id=AgencyId.of("ISIL:XX-EXAMPLEVALLEY"),
    requesting_agency_id=AgencyId.of("ISIL:XX-SAMPLETON"),
    timestamp=NOON,
    requesting_agency_request_id="S-1",
)
PLAIN, RESHARE, ALMA, BROKER = (DIALECTS[name] for name in ("plain", "reshare", "alma", "broker"))


def ram(action: Action, note: str | None = None) -> RequestingAgencyMessage:
    return RequestingAgencyMessage(header=HEADER, action=action, note=note)


def sam(status: Status, reason: ReasonForMessage, note: str | None = None) -> SupplyingAgencyMessage:
    return SupplyingAgencyMessage(
        header=HEADER,
        message_info=MessageInfo(reason_for_message=reason, note=note),
        status_info=StatusInfo(status=status, last_change=NOON),
    )


def test_a_plain_peer_is_taken_at_its_word():
    message = ram(Action.NOTIFICATION, "#seq:1# ACCEPT")
    heard = incoming(PLAIN, message)
    assert (heard.message, heard.tokens) == (message, Tokens())
    assert outgoing(PLAIN, message, Tokens(sequence=3)) == message


def test_reshare_tokens_are_read_and_stripped_from_each_message():
    request = Request(
        header=HEADER,
        bibliographic_info=BibliographicInfo(),
        service_info=ServiceInfo(service_type=ServiceType.LOAN, note="#seq:0#please"),
    )
    heard = incoming(RESHARE, request)
    assert isinstance(heard.message, Request)
    assert heard.message.service_info is not None
    assert (heard.message.service_info.note, heard.tokens.sequence) == ("please", 0)
    answer = incoming(RESHARE, ram(Action.NOTIFICATION, "#ReShareLoanConditionAgreeResponse##seq:5#"))
    assert (answer.message, answer.tokens) == (ram(Action.NOTIFICATION), Tokens(condition_accepted=True, sequence=5))


def test_a_request_without_service_info_has_no_note():
    request = Request(header=HEADER, bibliographic_info=BibliographicInfo())
    assert incoming(RESHARE, request).message == request
    assert outgoing(RESHARE, request, Tokens(sequence=1)) == request


def test_reshare_gets_its_tokens_before_the_human_text():
    message = outgoing(RESHARE, ram(Action.RECEIVED, "Thanks"), Tokens(sequence=7))
    assert message == ram(Action.RECEIVED, "#seq:7#Thanks")
    assert outgoing(RESHARE, ram(Action.RECEIVED, "Thanks")) == ram(Action.RECEIVED, "Thanks")


def test_composite_item_ids_become_barcodes():
    loaned = replace(
        sam(Status.LOANED, ReasonForMessage.STATUS_CHANGE),
        delivery_info=DeliveryInfo(date_sent=NOON, item_ids=("multivol:A##QA 1##300###B##QA 2##301",)),
    )
    heard = incoming(RESHARE, loaned)
    assert isinstance(heard.message, SupplyingAgencyMessage)
    assert heard.message.delivery_info is not None
    assert heard.message.delivery_info.item_ids == ("300", "301")
    assert heard.tokens.items == (NotedItem("300", "QA 1", "A"), NotedItem("301", "QA 2", "B"))


def test_a_broker_says_in_words_who_supplies():
    heard = incoming(
        BROKER, sam(Status.WILL_SUPPLY, ReasonForMessage.NOTIFICATION, "Supplier: Example Valley Library, yes")
    )
    assert heard.words.vendor == "Example Valley Library"
    assert heard.message == sam(
        Status.WILL_SUPPLY, ReasonForMessage.NOTIFICATION, "Supplier: Example Valley Library, yes"
    )


@pytest.mark.parametrize(
    ("note", "answer"),
    [("ACCEPT", True), ("REJECT: too dear", False), ("ACCEPTABLE", None), ("Yes", None), (None, None)],
)
def test_alma_answers_conditions_in_words(note, answer):
    heard = incoming(ALMA, ram(Action.NOTIFICATION, note))
    assert (heard.tokens.condition_accepted, heard.message) == (answer, ram(Action.NOTIFICATION, note))


def test_alma_is_answered_in_words():
    message = outgoing(ALMA, ram(Action.NOTIFICATION, "as agreed"), Tokens(condition_accepted=False))
    assert message == ram(Action.NOTIFICATION, "REJECT as agreed")


@pytest.mark.parametrize(
    ("status", "said", "wanted"),
    [
        (Status.LOANED, ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.STATUS_CHANGE),
        (Status.WILL_SUPPLY, ReasonForMessage.STATUS_CHANGE, ReasonForMessage.REQUEST_RESPONSE),
        (Status.LOAN_COMPLETED, ReasonForMessage.STATUS_CHANGE, ReasonForMessage.REQUEST_RESPONSE),
        (Status.UNFILLED, ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.REQUEST_RESPONSE),
        (Status.LOANED, ReasonForMessage.RENEW_RESPONSE, ReasonForMessage.RENEW_RESPONSE),
    ],
)
def test_alma_wants_its_own_reasons_but_not_for_answers_to_actions(status, said, wanted):
    assert outgoing(ALMA, sam(status, said)) == sam(status, wanted)


def test_alma_hears_of_an_expectation_in_words():
    message = outgoing(ALMA, sam(Status.EXPECT_TO_SUPPLY, ReasonForMessage.REQUEST_RESPONSE, "Soon."))
    assert message == sam(
        Status.REQUEST_RECEIVED, ReasonForMessage.NOTIFICATION, "We expect to supply this item. Soon."
    )


def test_a_peer_that_rejects_an_action_hears_it_in_words():
    picky = Dialect(name="picky", rejects=frozenset({Action.RENEW}))
    assert outgoing(picky, ram(Action.RENEW)) == ram(Action.NOTIFICATION, "Please renew this loan.")
    assert outgoing(picky, ram(Action.RECEIVED)) == ram(Action.RECEIVED)


@pytest.mark.parametrize("action", Action)
def test_every_action_can_be_told_to_every_version(action):
    for version in Version:
        assert b"<action>Notification</action>" in encode(in_words(ram(action)), version)


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_told_to_every_version(status):
    for version in Version:
        document = encode(in_words(sam(status, ReasonForMessage.STATUS_CHANGE)), version)
        assert b"<reasonForMessage>Notification</reasonForMessage><note>" in document


def test_what_is_in_words_already_stays():
    told = sam(Status.LOANED, ReasonForMessage.NOTIFICATION, "All is well.")
    assert in_words(told) == told
    assert in_words(ram(Action.NOTIFICATION, "x")) == ram(Action.NOTIFICATION, "x")
