"""What each product does differently is taken out of what it sends, and put into what it gets."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.iso18626.codec import encode
from gateway.iso18626.codes import Action, MessageKind, ReasonForMessage, ServiceLevel, ServiceType, Status, Version
from gateway.iso18626.dialects import DIALECTS, Dialect, encode_for, in_words, incoming, outgoing
from gateway.iso18626.messages import (
    BibliographicInfo,
    BibliographicItemId,
    BibliographicRecordId,
    BillingInfo,
    DeliveryInfo,
    Request,
    RequestedDeliveryInfo,
    RequestingAgencyInfo,
    ServiceInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.notes import NotedItem, Tokens
from gateway.iso18626.schema import problems
from gateway.iso18626.values import Code, Costs, PhysicalAddress
from tests.iso18626.strategies import messages
from tests.iso18626.told import ALMA, BROKER, HEADER, NOON, PLAIN, RESHARE, ram, sam


def test_a_plain_peer_is_taken_at_its_word():
    message = ram(Action.NOTIFICATION, "#seq:1# ACCEPT")
    heard = incoming(PLAIN, message)
    assert (heard.message, heard.tokens) == (message, Tokens())
    assert outgoing(PLAIN, message, tokens=Tokens(sequence=3)) == message


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
    assert outgoing(RESHARE, request, tokens=Tokens(sequence=1)) == request


def test_reshare_gets_its_tokens_after_the_human_text():
    message = outgoing(RESHARE, ram(Action.RECEIVED, "Thanks"), tokens=Tokens(sequence=7))
    assert message == ram(Action.RECEIVED, "Thanks#seq:7#")
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
    assert heard.supplier == "Example Valley Library"
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
    message = outgoing(ALMA, ram(Action.NOTIFICATION, "as agreed"), tokens=Tokens(condition_accepted=False))
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


# ── requests ──


def test_a_request_to_alma_has_listed_codes_alone_and_its_address_and_price_in_the_note():
    request = Request(
        header=HEADER,
        bibliographic_info=BibliographicInfo(
            bibliographic_item_ids=(
                BibliographicItemId(bibliographic_item_identifier="1", bibliographic_item_identifier_code=Code("isbn")),
                BibliographicItemId(
                    bibliographic_item_identifier="2", bibliographic_item_identifier_code=Code("preceded-by")
                ),
            ),
            bibliographic_record_ids=(
                BibliographicRecordId(
                    bibliographic_record_identifier_code=Code("shelf"), bibliographic_record_identifier="3"
                ),
            ),
        ),
        service_info=ServiceInfo(service_type=ServiceType.LOAN, service_level=Code("whenever"), note="Please."),
        requested_delivery_infos=(
            RequestedDeliveryInfo(sort_order=2, address=PhysicalAddress(line1="second")),
            RequestedDeliveryInfo(sort_order=1, address=PhysicalAddress(line1="first")),
        ),
        requesting_agency_info=RequestingAgencyInfo(name="Sampleton Library"),
        billing_info=BillingInfo(maximum_costs=Costs(Code("EUR"), Decimal(15))),
    )
    spoken = outgoing(ALMA, request)
    assert isinstance(spoken, Request)
    assert spoken.service_info is not None
    assert spoken.service_info.service_level == Code.of(ServiceLevel.STANDARD)
    assert spoken.service_info.note == "Please.\nCost: 15 EUR\n#SHIP_TO#\nSampleton Library\nfirst\n#ST_END#"
    info = spoken.bibliographic_info
    assert [each.bibliographic_item_identifier_code.value for each in info.bibliographic_item_ids] == ["ISBN"]
    assert info.bibliographic_record_ids == ()
    assert outgoing(PLAIN, request) == request


# ── any text at all ──

SAID = [MessageKind.REQUEST, MessageKind.SUPPLYING_AGENCY_MESSAGE, MessageKind.REQUESTING_AGENCY_MESSAGE]


@given(note=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#"), max_size=80))
@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_what_people_write_is_never_lost(dialect, note):
    message = ram(Action.NOTIFICATION, note or None)
    assert incoming(dialect, message).message == message
    assert outgoing(dialect, message) == message


@given(
    note=st.lists(
        st.sampled_from(
            ["#seq:1#", "#MultipleItems#", "|", "\n", "#MultipleItemsEnd#", "#SHIP_TO#", "#ST_END#", "words", "##", ","]
        ),
        max_size=12,
    ).map("".join),
    item_id=st.text("a,#:/ multivol", max_size=30),
)
@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_whatever_stands_in_a_note_or_an_item_id_is_heard(dialect, note, item_id):
    message = replace(
        sam(Status.LOANED, ReasonForMessage.STATUS_CHANGE, note or None),
        delivery_info=DeliveryInfo(date_sent=NOON, item_ids=(item_id,)),
    )
    heard = incoming(dialect, message)
    assert isinstance(heard.message, SupplyingAgencyMessage)
    assert note.count("words") == 0 or "words" in f"{heard.message.message_info.note} {heard.tokens}"


@given(st.data())
def test_any_message_that_a_version_can_say_can_be_said_to_any_product(data):
    dialect, version = data.draw(st.sampled_from([*DIALECTS.values()])), data.draw(st.sampled_from([*Version]))
    message = data.draw(st.sampled_from(SAID).flatmap(lambda kind: messages(kind, version)))
    assert problems(encode_for(dialect, message, version), version) == []
