"""decode and encode: samples of every message, the round trip of every expressible one, and what cannot be said."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.iso18626 import messages as m
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import (
    Action,
    MessageKind,
    PreferredEdition,
    ReasonForMessage,
    RequestSubType,
    RequestType,
    ServiceType,
    Status,
    Version,
    YesNo,
)
from gateway.iso18626.errors import Inexpressible, ProtocolError
from gateway.iso18626.parser import parse
from gateway.iso18626.repairs import Repair, RepairKind
from gateway.iso18626.schema import is_valid, problems
from gateway.iso18626.values import AgencyId, Code, Costs, ElectronicAddress, PhysicalAddress
from tests.fakes.examples import examples
from tests.iso18626.samples import SAMPLES, sample
from tests.iso18626.strategies import messages

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
VALLEY, SAMPLETON = AgencyId.of("ISIL:XX-EXAMPLEVALLEY"), AgencyId.of("ISIL:XX-SAMPLETON")
HEADER = m.Header(
    supplying_agency_id=VALLEY, requesting_agency_id=SAMPLETON, timestamp=NOON, requesting_agency_request_id="S-1"
)
REQUEST = m.Request(
    header=HEADER,
    bibliographic_info=m.BibliographicInfo(title="The Imaginary Almanac"),
    service_info=m.ServiceInfo(service_type=ServiceType.LOAN),
)
SAM = m.SupplyingAgencyMessage(
    header=HEADER,
    message_info=m.MessageInfo(reason_for_message=ReasonForMessage.STATUS_CHANGE),
    status_info=m.StatusInfo(status=Status.LOANED, last_change=NOON),
)
RAM = m.RequestingAgencyMessage(header=HEADER, action=Action.RECEIVED)


@pytest.mark.parametrize("name", SAMPLES)
def test_valid_documents_are_read_without_repairs_in_their_version(name):
    decoded = decode(SAMPLES[name])
    assert name.endswith(decoded.version)
    assert decoded.repairs == ()


def test_a_code_keeps_its_list_beside_attributes_of_xml_schema_itself():
    message = replace(REQUEST, header=replace(HEADER, requesting_agency_id=AgencyId(Code("X", "urn:x"), "S")))
    xsi = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a urn:b"'
    decoded = decode(encode(message).replace(b"<agencyIdType ill:", b"<agencyIdType " + xsi + b" ill:"))
    assert (decoded.message, decoded.repairs) == (message, ())


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_survive_the_round_trip(name):
    decoded = decode(SAMPLES[name])
    again = decode(encode(decoded.message, decoded.version))
    assert (again.message, again.repairs) == (decoded.message, ())
    assert again.declared == decoded.version == again.version or "confirmation" in name


def test_a_request_is_read_whole():
    """Each value of the fullest sample stands where it belongs."""
    request = decode(SAMPLES["request-1.2"]).message
    assert isinstance(request, m.Request)
    assert request.header.supplying_agency_id is not None
    assert request.header.supplying_agency_id.key() == "isil:xx-examplevalley"
    assert request.header.timestamp == datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)
    assert request.header.multiple_item_request_id is None
    assert request.header.authentication == m.Authentication(account_id="sampleton", security_code="open-sesame")
    info = request.bibliographic_info
    assert (info.title, info.volumes, info.pages_requested) == ("The Imaginary Almanac & Other Tables", ("2",), "10-20")
    assert [each.bibliographic_item_identifier_code.value for each in info.bibliographic_item_ids] == ["ISBN", "ISSN"]
    service = request.service_info
    assert service is not None
    assert (service.request_type, service.service_type, service.any_edition) == (
        RequestType.NEW,
        ServiceType.COPY_OR_LOAN,
        YesNo.Y,
    )
    assert service.request_sub_types == (RequestSubType.PATRON_REQUEST, RequestSubType.BOOKING_REQUEST)
    assert service.item_format == Code("Printed")
    assert [each.sort_order for each in request.requested_delivery_infos] == [1, 2]
    physical, electronic = (each.address for each in request.requested_delivery_infos)
    assert isinstance(physical, PhysicalAddress)
    assert physical.region == Code("XX-SA", "urn:example:iso-3166-2")
    assert electronic == ElectronicAddress(
        electronic_address_type=Code("Email"), electronic_address_data="ill@sampleton.example"
    )
    assert request.billing_info is not None
    assert request.billing_info.maximum_costs == Costs(Code("USD"), Decimal("35.00"))


def test_what_1_2_keeps_in_message_info_is_read_as_retry_info():
    message = decode(SAMPLES["retry-possible-1.2"]).message
    assert isinstance(message, m.SupplyingAgencyMessage)
    assert message.retry_info == m.RetryInfo(
        offered_costs=(Costs(Code("EUR"), Decimal(12)),),
        retry_after=datetime(2024, 5, 8, tzinfo=UTC),
        retry_before=datetime(2024, 6, 8, tzinfo=UTC),
    )
    assert message.message_info.reason_retry == Code("CostExceedsMaxCost")


def test_renamed_elements_are_read_into_one_field():
    old, new = (decode(SAMPLES[name]).message for name in ("loaned-1.2", "retry-possible-2021-2"))
    assert isinstance(old, m.SupplyingAgencyMessage)
    assert isinstance(new, m.SupplyingAgencyMessage)
    assert old.delivery_info is not None
    assert new.delivery_info is not None
    assert (old.delivery_info.delivery_method, old.delivery_info.item_format) == (Code("Courier"), Code("Printed"))
    assert (new.delivery_info.delivery_method, new.delivery_info.item_format) == (Code("URL"), Code("PDF"))
    assert new.delivery_info.item_ids == ("30000000000001", "30000000000002")


def test_the_zone_of_a_due_date_is_kept():
    message = decode(SAMPLES["loaned-1.2"]).message
    assert isinstance(message, m.SupplyingAgencyMessage)
    assert message.status_info.due_date is not None
    assert message.status_info.due_date.isoformat() == "2024-06-18T23:59:59-05:00"


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", MessageKind)
@examples(30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_expressible_message_survives_and_its_document_is_valid(kind, version, data):
    message = data.draw(messages(kind, version))
    document = encode(message, version)
    assert is_valid(parse(document), version), problems(document, version)
    decoded = decode(document)
    assert decoded.message == message
    assert decoded.repairs == ()
    assert decoded.declared == decoded.version == version


def test_times_are_written_in_utc():
    document = encode(
        replace(RAM, header=replace(HEADER, timestamp=datetime.fromisoformat("2024-05-06T14:00:00+02:00")))
    )
    assert b"<timestamp>2024-05-06T12:00:00Z</timestamp>" in document


def test_the_empty_id_that_1_2_demands_is_written_and_read_as_nothing():
    document = encode(RAM)
    assert b"<multipleItemRequestId></multipleItemRequestId>" in document
    assert decode(document).message == RAM


@pytest.mark.parametrize("symbol", ["ISIL:XX-KEPT", f"ISIL:XX-{'LONG' * 100}"])
def test_an_agency_is_written_the_same_again_and_another_list_makes_another_of_it(symbol):
    agency = AgencyId.of(symbol)
    other = replace(agency, type=replace(agency.type, scheme="http://example.org/list"))
    said = [replace(RAM, header=replace(HEADER, requesting_agency_id=each)) for each in (agency, other, agency)]
    documents = [encode(each) for each in said]
    assert documents[0] == documents[2]
    assert [decode(each).message for each in documents] == said


def test_empty_texts_are_not_written():
    assert b"<note>" not in encode(replace(RAM, note=""))
    delivery = m.DeliveryInfo(date_sent=NOON, item_ids=("", "1"), loan_conditions=(Code(""),))
    document = encode(replace(SAM, delivery_info=delivery), "2021-2")
    assert (document.count(b"<itemId>"), document.count(b"<loanCondition")) == (1, 0)


@pytest.mark.parametrize("version", Version)
def test_a_scheme_without_a_value_is_not_written_whatever_it_is(version):
    nowhere = PhysicalAddress(region=Code("", "http://["))
    document = encode(replace(SAM, return_info=m.ReturnInfo(physical_address=nowhere)), version)
    assert b"<physicalAddress></physicalAddress>" in document


REFUSED = [
    ("lost", replace(RAM, action=Action.LOST), "1.2", "RequestingAgencyMessage.action"),
    (
        "hold return",
        replace(SAM, status_info=m.StatusInfo(status=Status.HOLD_RETURN, last_change=NOON)),
        "1.2",
        "StatusInfo.status",
    ),
    (
        "authentication",
        replace(SAM, header=replace(HEADER, authentication=m.Authentication(account_id="a"))),
        "2021-2",
        "Header.authentication",
    ),
    ("consortium", replace(RAM, header=replace(HEADER, consortial_id=VALLEY)), "1.2", "Header.consortial_id"),
    (
        "joined requests",
        replace(RAM, header=replace(HEADER, multiple_item_request_id="M")),
        "2021-2",
        "Header.multiple_item_request_id",
    ),
    (
        "no supplier",
        replace(REQUEST, header=replace(HEADER, supplying_agency_id=None)),
        "1.2",
        "Header.supplying_agency_id",
    ),
    ("no service", replace(REQUEST, service_info=None), "2021-2", "Request.service_info"),
    ("no timestamp", replace(RAM, header=replace(HEADER, timestamp=None)), "1.2", "Header.timestamp"),
    ("no status", replace(SAM, status_info=m.StatusInfo(last_change=NOON)), "1.2", "StatusInfo.status"),
    (
        "two items",
        replace(SAM, delivery_info=m.DeliveryInfo(date_sent=NOON, item_ids=("1", "2"))),
        "1.2",
        "DeliveryInfo.item_ids",
    ),
    (
        "link",
        replace(SAM, delivery_info=m.DeliveryInfo(date_sent=NOON, url="https://x.example")),
        "1.2",
        "DeliveryInfo.url",
    ),
    (
        "retry terms",
        replace(SAM, retry_info=m.RetryInfo(loan_conditions=(Code("NoReproduction"),))),
        "1.2",
        "RetryInfo.loan_conditions",
    ),
    ("empty retry terms", replace(SAM, retry_info=m.RetryInfo()), "1.2", "SupplyingAgencyMessage.retry_info"),
    ("parcel", replace(SAM, shipping_info=m.ShippingInfo()), "1.2", "SupplyingAgencyMessage.shipping_info"),
    (
        "region with a scheme",
        replace(SAM, return_info=m.ReturnInfo(physical_address=PhysicalAddress(region=Code("XX-SA", "urn:x")))),
        "2021-2",
        "PhysicalAddress.region",
    ),
    (
        "edition",
        replace(
            REQUEST,
            service_info=m.ServiceInfo(service_type=ServiceType.LOAN, preferred_edition=PreferredEdition.ANY_EDITION),
        ),
        "1.2",
        "ServiceInfo.preferred_edition",
    ),
    (
        "four subtypes",
        replace(
            REQUEST,
            service_info=m.ServiceInfo(service_type=ServiceType.LOAN, request_sub_types=tuple(RequestSubType)[:4]),
        ),
        "1.2",
        "ServiceInfo.request_sub_types",
    ),
    (
        "negative order",
        replace(REQUEST, supplier_infos=(m.SupplierInfo(sort_order=-1),)),
        "2021-2",
        "SupplierInfo.sort_order",
    ),
    ("control character", replace(RAM, note="a\x00b"), "1.2", "RequestingAgencyMessage.note"),
    ("lone surrogate", replace(RAM, note="\ud800"), "1.2", "RequestingAgencyMessage.note"),
    (
        "time without a zone",
        replace(RAM, header=replace(HEADER, timestamp=NOON.replace(tzinfo=None))),
        "1.2",
        "Header.timestamp",
    ),
    (
        "time at the end of time",
        replace(RAM, header=replace(HEADER, timestamp=datetime.max.replace(tzinfo=UTC))),
        "1.2",
        "Header.timestamp",
    ),
    (
        "scheme that is no URI",
        replace(
            SAM,
            message_info=m.MessageInfo(
                reason_for_message=ReasonForMessage.STATUS_CHANGE, reason_retry=Code("X", "http://[")
            ),
        ),
        "1.2",
        "MessageInfo.reason_retry",
    ),
    (
        "infinite costs",
        replace(REQUEST, billing_info=m.BillingInfo(maximum_costs=Costs(Code("USD"), Decimal("Infinity")))),
        "1.2",
        "Costs.monetary_value",
    ),
    (
        "currency in small letters",
        replace(REQUEST, billing_info=m.BillingInfo(maximum_costs=Costs(Code("usd"), Decimal(1)))),
        "1.2",
        "Costs.currency_code",
    ),
]


@pytest.mark.parametrize(
    ("message", "version", "field"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_what_a_version_cannot_say_is_refused_by_name(message, version, field):
    with pytest.raises(Inexpressible) as caught:
        encode(message, version)
    assert caught.value.field == field


def test_what_one_version_cannot_say_the_other_may():
    assert decode(encode(replace(RAM, action=Action.LOST), "2021-2")).version == "2021-2"
    joined = replace(RAM, header=replace(HEADER, multiple_item_request_id="M"))
    assert decode(encode(joined, "1.2")).message == joined


def test_an_unknown_version_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match=r"1\.7"):
        encode(RAM, "1.7")


@pytest.mark.parametrize(
    ("declared", "version"),
    [("1.0", "1.2"), ("1.1", "1.2"), ("", "1.2"), ("v1_2_2017", "1.2"), ("2021-3", "1.2"), ("later", "1.2")],
)
def test_content_decides_the_version_whatever_is_declared(declared, version):
    decoded = decode(sample("renew-1.2", ('ill:version="1.2"', f'ill:version="{declared}"')))
    assert (decoded.version, decoded.declared, decoded.repairs) == (version, declared, ())


def test_a_document_of_2021_that_claims_to_be_1_2_is_believed_by_its_content():
    decoded = decode(sample("lost-2021-2", ('ill:version="2021-2"', 'ill:version="1.2"')))
    assert (decoded.version, decoded.declared, decoded.repairs) == (Version.V2021_2, "1.2", ())


@pytest.mark.parametrize("version", [b' ill:version=""', b' ill:version="foo"', b""])
@pytest.mark.parametrize("message", [RAM, SAM, REQUEST])
def test_absence_makes_no_version_where_none_is_declared(message, version):
    document = encode(message).replace(b"<multipleItemRequestId></multipleItemRequestId>", b"")
    decoded = decode(document.replace(b' ill:version="1.2"', version))
    assert (decoded.message, decoded.version) == (message, Version.V1_2)
    assert RepairKind.MISSING_ELEMENT in {repair.kind for repair in decoded.repairs}


def test_content_of_2021_alone_is_believed_where_no_version_is_declared():
    decoded = decode(sample("lost-2021-2", ('ill:version="2021-2"', 'ill:version=""')))
    assert (decoded.version, decoded.declared, decoded.repairs) == (Version.V2021_2, "", ())


def test_a_1_1_sender_that_leaves_out_the_empty_id_is_no_sender_of_2021():
    """Without multipleItemRequestId its message happens to be valid in 2021-2, yet nothing in it is of 2021."""
    decoded = decode(sample("renew-1.2", ('ill:version="1.2"', 'ill:version="1.1"'), ("<multipleItemRequestId/>", "")))
    assert decoded.version == "1.2"
    assert decoded.repairs == (
        Repair(RepairKind.MISSING_ELEMENT, "ISO18626Message/requestingAgencyMessage/header/multipleItemRequestId"),
    )


def test_a_valid_value_too_large_to_hold_is_refused_as_a_value():
    with pytest.raises(ProtocolError) as caught:
        decode(sample("request-1.2", ("<monetaryValue>35.00<", f"<monetaryValue>{'9' * 5000}<")))
    assert caught.value.error_type == "UnrecognisedDataValue"
    assert len(caught.value.error_value) < 200


def test_a_currency_in_small_letters_is_put_right():
    decoded = decode(sample("request-1.2", ("<currencyCode>USD<", "<currencyCode>usd<")))
    assert isinstance(decoded.message, m.Request)
    assert decoded.message.billing_info is not None
    assert decoded.message.billing_info.maximum_costs == Costs(Code("USD"), Decimal("35.00"))
    assert [repair.kind for repair in decoded.repairs] == [RepairKind.VALUE_FORM]
