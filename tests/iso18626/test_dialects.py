"""What each product does differently is taken out of what it sends, and put into what it gets."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import (
    Action,
    MessageKind,
    ReasonForMessage,
    RequestType,
    ServiceLevel,
    ServiceType,
    Status,
    Version,
    YesNo,
)
from gateway.iso18626.dialects import DIALECTS, Dialect, encode_for, in_words, incoming, outgoing
from gateway.iso18626.errors import Inexpressible
from gateway.iso18626.messages import (
    BibliographicInfo,
    BibliographicItemId,
    BibliographicRecordId,
    BillingInfo,
    DeliveryInfo,
    Header,
    Message,
    MessageInfo,
    Request,
    RequestedDeliveryInfo,
    RequestingAgencyInfo,
    RequestingAgencyMessage,
    RetryInfo,
    ReturnInfo,
    ServiceInfo,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.notes import NotedItem, Tokens
from gateway.iso18626.schema import problems
from gateway.iso18626.values import AgencyId, Code, Costs, PhysicalAddress
from tests.iso18626.strategies import messages

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
HEADER = Header(
    supplying_agency_id=AgencyId.of("ISIL:XX-EXAMPLEVALLEY"),
    requesting_agency_id=AgencyId.of("ISIL:XX-SAMPLETON"),
    timestamp=NOON,
    requesting_agency_request_id="S-1",
)
PLAIN, RESHARE, BROKER, TRANSPARENT, ALMA, OCLC, ILLIAD, KOHA = DIALECTS.values()


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


# ── offers: conditions and costs ──

TERMS = RetryInfo(
    loan_conditions=(Code("LibraryUseOnly"),), offered_costs=(Costs(Code("EUR"), Decimal("12.50")),), retry_after=NOON
)


def offer(retry: RetryInfo = TERMS, note: str | None = "Only so.") -> SupplyingAgencyMessage:
    message = sam(Status.RETRY_POSSIBLE, ReasonForMessage.REQUEST_RESPONSE, note)
    return replace(message, retry_info=retry)


def said(dialect: Dialect, message: Message, version: str = Version.V1_2) -> SupplyingAgencyMessage:
    spoken = outgoing(dialect, message, version)
    assert problems(encode(spoken, version), version) == []
    assert isinstance(spoken, SupplyingAgencyMessage)
    return spoken


@pytest.mark.parametrize("dialect", [PLAIN, OCLC, ILLIAD, KOHA])
def test_an_offer_is_retry_possible_as_the_standard_has_it(dialect):
    old, new = said(dialect, offer()), said(dialect, offer(), Version.V2021_2)
    assert new == offer()
    assert old.message_info.note == "Condition: LibraryUseOnly, Only so."
    assert old.retry_info == replace(TERMS, loan_conditions=())
    assert old.delivery_info == DeliveryInfo(date_sent=NOON, loan_conditions=TERMS.loan_conditions)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("dialect", "reason"),
    [
        (RESHARE, ReasonForMessage.NOTIFICATION),
        (BROKER, ReasonForMessage.REQUEST_RESPONSE),
        (TRANSPARENT, ReasonForMessage.REQUEST_RESPONSE),
    ],
)
def test_reshare_is_offered_terms_in_a_notification_and_the_broker_in_an_answer_for_that_alone_moves_it(
    dialect, reason, version
):
    message = said(dialect, offer(), version)
    info = message.message_info
    assert (info.reason_for_message, info.reason_retry) == (reason, None)
    assert info.note == "#ReShareAddLoanCondition#Condition: LibraryUseOnly, Cost: 12.50 EUR, Only so."
    assert message.status_info.status is Status.WILL_SUPPLY
    assert message.retry_info is None
    assert message.delivery_info == DeliveryInfo(
        date_sent=NOON, loan_conditions=TERMS.loan_conditions, delivery_costs=TERMS.offered_costs
    )


def test_reshare_knows_a_cost_alone_as_another_condition():
    message = said(RESHARE, offer(replace(TERMS, loan_conditions=()), note=None))
    assert message.delivery_info is not None
    assert message.delivery_info.loan_conditions == (Code("other"),)
    assert message.message_info.note == "#ReShareAddLoanCondition#Cost: 12.50 EUR"


def test_alma_is_asked_in_words_and_promised_nothing():
    message = said(ALMA, offer())
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION
    assert message.message_info.note == (
        "Condition: LibraryUseOnly, Cost: 12.50 EUR, Only so.\nPlease answer ACCEPT or REJECT."
    )
    assert (message.status_info.status, message.retry_info, message.delivery_info) == (
        Status.REQUEST_RECEIVED,
        None,
        None,
    )


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_a_retry_without_terms_is_no_offer(dialect):
    plain_retry = offer(RetryInfo(retry_after=NOON))
    assert said(dialect, plain_retry) == plain_retry


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_an_answer_to_a_status_request_repeats_an_offer_and_makes_none(dialect):
    info = MessageInfo(reason_for_message=ReasonForMessage.STATUS_REQUEST_RESPONSE)
    message = said(dialect, replace(offer(), message_info=info))
    assert message.message_info.reason_for_message is ReasonForMessage.STATUS_REQUEST_RESPONSE
    assert message.status_info.status is Status.RETRY_POSSIBLE


# ── what was sent ──

SENT = replace(
    sam(Status.LOANED, ReasonForMessage.STATUS_CHANGE, "In two parcels."),
    delivery_info=DeliveryInfo(
        date_sent=NOON, item_ids=("300", "301", "302"), loan_conditions=(Code("LibraryUseOnly"),)
    ),
    return_info=ReturnInfo(
        name="Example Valley Library",
        physical_address=PhysicalAddress(
            line1="2 Example Street",
            locality="Example Valley",
            region=Code("EX"),
            postal_code="00002",
            country=Code("XX"),
        ),
    ),
)


def delivery_of(message: SupplyingAgencyMessage) -> DeliveryInfo:
    assert message.delivery_info is not None
    return message.delivery_info


def test_several_items_are_told_in_words_where_a_version_has_one_item_id():
    message = said(PLAIN, SENT)
    assert delivery_of(message).item_ids == ("300",)
    assert message.message_info.note == "Also sent: 301, 302, In two parcels."
    assert said(PLAIN, SENT, Version.V2021_2) == SENT


def test_the_broker_is_told_several_items_in_its_block():
    message = said(BROKER, SENT)
    assert delivery_of(message).item_ids == ("300",)
    assert message.message_info.note == (
        "Condition: LibraryUseOnly, In two parcels.\n#MultipleItems#\n300||\n301||\n302||\n#MultipleItemsEnd#"
    )
    heard = incoming(BROKER, message)
    assert [item.barcode for item in heard.tokens.items] == ["300", "301", "302"]


def test_the_broker_is_told_one_item_in_its_block_too_but_no_link():
    message = said(BROKER, replace(SENT, delivery_info=DeliveryInfo(date_sent=NOON, item_ids=("300",))))
    assert message.message_info.note == "In two parcels.\n#MultipleItems#\n300||\n#MultipleItemsEnd#"
    link = DeliveryInfo(date_sent=NOON, item_ids=("https://copies.example/1",), delivery_method=Code("URL"))
    assert said(BROKER, replace(SENT, delivery_info=link)).message_info.note == "In two parcels."


@pytest.mark.parametrize(("amount", "written"), [("12.5", "12.50"), ("35", "35.00"), ("0.125", "0.125")])
def test_the_broker_gets_amounts_with_two_decimals(amount: str, written: str):
    costs = Costs(Code("EUR"), Decimal(amount))
    offered = said(BROKER, offer(RetryInfo(offered_costs=(costs,))))
    assert f">{written}<".encode() in encode(offered, Version.V1_2)
    assert f"Cost: {written} EUR" in (offered.message_info.note or "")
    sent = replace(SENT, delivery_info=DeliveryInfo(date_sent=NOON, delivery_costs=(costs,)))
    assert f">{written}<".encode() in encode(said(BROKER, sent), Version.V1_2)
    request = Request(
        header=HEADER,
        bibliographic_info=BibliographicInfo(title="The Imaginary Almanac"),
        service_info=ServiceInfo(service_type=ServiceType.LOAN, request_type=RequestType.NEW),
        billing_info=BillingInfo(maximum_costs=costs),
    )
    asked = outgoing(BROKER, request)
    assert f">{written}<".encode() in encode(asked, Version.V1_2)


def test_a_condition_beside_loaned_would_stop_a_loan_of_reshares_and_is_told_in_words():
    one = replace(SENT, delivery_info=replace(delivery_of(SENT), item_ids=("300",)))
    message = said(RESHARE, one)
    assert delivery_of(message) == DeliveryInfo(date_sent=NOON, item_ids=("300",))
    assert message.message_info.note == "Condition: LibraryUseOnly, In two parcels."


def test_alma_reads_in_the_note_where_a_loan_comes_back_to():
    message = said(ALMA, SENT)
    assert message.message_info.note == (
        "Also sent: 301, 302, In two parcels.\n#RETURN_TO#\nExample Valley Library\n2 Example Street\n"
        "Example Valley, EX, 00002\nXX\n#RT_END#"
    )
    assert message.return_info == SENT.return_info


@pytest.mark.parametrize(
    "delivery",
    [
        DeliveryInfo(date_sent=NOON, item_ids=("https://copies.example/1",), delivery_method=Code("url")),
        DeliveryInfo(date_sent=NOON, url="https://copies.example/1", delivery_method=Code("URL")),
    ],
)
def test_alma_reads_a_link_in_the_note(delivery):
    copied = replace(sam(Status.COPY_COMPLETED, ReasonForMessage.STATUS_CHANGE, "Here."), delivery_info=delivery)
    version = Version.V2021_2 if delivery.url else Version.V1_2
    assert said(ALMA, copied, version).message_info.note == "URL: https://copies.example/1, Here."


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


# ── what a peer or a version cannot take ──


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
