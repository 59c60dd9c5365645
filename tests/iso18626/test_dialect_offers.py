"""Offers, and what was sent: each product hears terms, costs, items and places where it reads them."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.iso18626.codec import encode
from gateway.iso18626.codes import ReasonForMessage, RequestType, ServiceType, Status, Version
from gateway.iso18626.dialects import DIALECTS, incoming, outgoing
from gateway.iso18626.messages import (
    BibliographicInfo,
    BillingInfo,
    DeliveryInfo,
    MessageInfo,
    Request,
    RetryInfo,
    ReturnInfo,
    ServiceInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.values import Code, Costs, PhysicalAddress
from tests.iso18626.told import (
    ALMA,
    BROKER,
    HEADER,
    ILLIAD,
    KOHA,
    NOON,
    OCLC,
    PLAIN,
    RESHARE,
    TERMS,
    TRANSPARENT,
    offer,
    said,
    sam,
)

# ── offers: conditions and costs ──


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
