"""Messages as events: what was asked for, and nothing of the person behind it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import (
    Action,
    CopyrightCompliance,
    Format,
    PreferredEdition,
    RequestSubType,
    RequestType,
    ServiceType,
    YesNo,
)
from gateway.mapping.inbound import (
    ACTIONS,
    UNSUPPORTED_SUB_TYPES,
    addresses_of,
    agency_name,
    arrival,
    electronic_address,
    max_cost,
    postal_address,
    request_type,
    symbol,
    unsupported,
    wanted,
)
from gateway.workflow.events import RequestArrived
from gateway.workflow.triggers import Admission, Trigger
from gateway.workflow.values import Editions, Identifier, Money, PostalAddress

AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
HEADER = iso.Header(
    supplying_agency_id=values.AgencyId.of("ISIL:EX-VALLEY"),
    requesting_agency_id=values.AgencyId.of("ISIL:EX-SAMPLE"),
    timestamp=AT,
    requesting_agency_request_id="SCL-77",
    authentication=iso.Authentication(account_id="account", security_code="topsecret"),
)
PERSON = iso.PatronInfo(patron_id="P-4711", surname="Example", given_name="Ada")
LOAN = iso.ServiceInfo(service_type=ServiceType.LOAN)


def physical(line1: str) -> values.PhysicalAddress:
    return values.PhysicalAddress(line1=line1, country=values.Code("EX"))


def electronic(address: str) -> values.ElectronicAddress:
    return values.ElectronicAddress(electronic_address_type=values.Code("Email"), electronic_address_data=address)


def asked(**fields: Any) -> iso.Request:
    plain = {"header": HEADER, "bibliographic_info": iso.BibliographicInfo(title="The Imaginary Almanac")}
    return iso.Request(**{**plain, **fields})


def arrived(message: iso.Request, admission: Admission = Admission.ADMIT) -> RequestArrived:
    return arrival(
        message,
        at=AT,
        request_id="L2026-000001",
        peer="sample",
        our_agency="ISIL:EX-OURS",
        partner="sample-city",
        account="20000000001234",
        admission=admission,
    )


def test_a_request_without_service_info_is_a_new_loan():
    event = arrived(asked())
    assert (event.service, event.previous_request_id, event.need_before) == (ServiceType.LOAN, None, None)
    assert request_type(asked()) is RequestType.NEW
    assert request_type(asked(service_info=LOAN)) is RequestType.NEW
    assert event.trigger is Trigger.ADMITTED


def test_the_ids_and_the_agencies_are_kept_as_they_were_written():
    event = arrived(asked())
    assert (event.requesting_agency, event.supplying_agency) == ("ISIL:EX-SAMPLE", "ISIL:EX-VALLEY")
    assert (event.partner_request_id, event.by, event.peer) == ("SCL-77", "sample", "sample")


def test_a_request_that_names_no_supplier_is_made_to_us():
    unnamed = msgspec.structs.replace(HEADER, supplying_agency_id=None)
    assert arrived(asked(header=unnamed)).supplying_agency == "ISIL:EX-OURS"


def test_a_retry_names_the_request_before_it():
    service = iso.ServiceInfo(
        request_type=RequestType.RETRY,
        requesting_agency_previous_request_id="SCL-76",
        service_type=ServiceType.COPY,
        service_level=values.Code("Rush"),
        need_before_date=AT,
    )
    event = arrived(asked(service_info=service))
    assert request_type(asked(service_info=service)) is RequestType.RETRY
    assert (event.previous_request_id, event.service) == ("SCL-76", ServiceType.COPY)
    assert (event.level, event.need_before) == ("Rush", AT)


def test_nothing_of_the_person_nor_of_the_secret_goes_any_further():
    event = arrived(asked(patron_info=PERSON))
    for private in ("P-4711", "Ada", "topsecret"):
        assert private not in repr(event)


def test_what_is_wanted_is_read_with_its_numbers():
    info = iso.BibliographicInfo(
        supplier_unique_record_id="b1001",
        title="The Imaginary Almanac",
        subtitle="invented days",
        volumes=("2",),
        bibliographic_item_ids=(
            iso.BibliographicItemId(
                bibliographic_item_identifier="9780000000002", bibliographic_item_identifier_code=values.Code("ISBN")
            ),
        ),
        bibliographic_record_ids=(
            iso.BibliographicRecordId(
                bibliographic_record_identifier="1001", bibliographic_record_identifier_code=values.Code("OCLC")
            ),
        ),
    )
    found = wanted(asked(bibliographic_info=info, publication_info=iso.PublicationInfo(publisher="Nobody")))
    assert found.title == "The Imaginary Almanac : invented days"
    assert (found.record_id, found.volumes, found.publisher) == ("b1001", ("2",), "Nobody")
    assert found.identifiers == (Identifier(code="ISBN", value="9780000000002"), Identifier(code="OCLC", value="1001"))
    assert wanted(asked(bibliographic_info=iso.BibliographicInfo())).title is None


@pytest.mark.parametrize("kind", RequestSubType)
def test_a_sub_type_that_we_do_not_support_is_named_for_staff(kind):
    words = unsupported(asked(service_info=iso.ServiceInfo(service_type=ServiceType.LOAN, request_sub_types=(kind,))))
    assert bool(words) == (kind in UNSUPPORTED_SUB_TYPES)
    assert not words or kind.value in words


def test_every_action_of_the_protocol_is_one_of_a_partner():
    assert set(ACTIONS) == set(Action)
    assert len(set(ACTIONS.values())) == len(Action)


def test_the_address_that_is_preferred_comes_first_and_the_agencys_own_last():
    wishes = (
        iso.RequestedDeliveryInfo(sort_order=2, address=physical("2 Sample Square")),
        iso.RequestedDeliveryInfo(sort_order=1, address=physical("1 Sample Square")),
        iso.RequestedDeliveryInfo(sort_order=3, address=electronic("ill@sample.example")),
        iso.RequestedDeliveryInfo(sort_order=0, delivery_method=values.Code("Mail")),
    )
    own = iso.RequestingAgencyInfo(addresses=(physical("9 Own Road"), electronic("own@sample.example")))
    both = asked(requested_delivery_infos=wishes, requesting_agency_info=own)
    assert postal_address(addresses_of(both)) == PostalAddress(line1="1 Sample Square", country="EX")
    assert electronic_address(addresses_of(both)) == "ill@sample.example"
    assert postal_address(addresses_of(asked(requesting_agency_info=own))) == PostalAddress(
        line1="9 Own Road", country="EX"
    )
    assert (postal_address(addresses_of(asked())), electronic_address(addresses_of(asked()))) == (None, None)


def test_the_library_calls_itself_by_the_name_in_requesting_agency_info():
    assert (
        agency_name(asked(requesting_agency_info=iso.RequestingAgencyInfo(name=" Library Behind "))) == "Library Behind"
    )
    for silent in (None, iso.RequestingAgencyInfo(), iso.RequestingAgencyInfo(name=" ")):
        assert agency_name(asked(requesting_agency_info=silent)) is None


def test_addresses_and_numbers_of_empty_elements_are_none():
    hollow = values.PhysicalAddress(line1="", line2=" ", country=values.Code(""))
    own = iso.RequestingAgencyInfo(
        addresses=(electronic(" "), physical("9 Own Road"), electronic("ill@sample.example"))
    )
    message = asked(
        requested_delivery_infos=(iso.RequestedDeliveryInfo(address=hollow),),
        requesting_agency_info=own,
        bibliographic_info=iso.BibliographicInfo(
            bibliographic_item_ids=(
                iso.BibliographicItemId(
                    bibliographic_item_identifier=" ", bibliographic_item_identifier_code=values.Code("ISBN")
                ),
            )
        ),
    )
    assert postal_address(addresses_of(message)) == PostalAddress(line1="9 Own Road", country="EX")
    assert electronic_address(addresses_of(message)) == "ill@sample.example"
    assert wanted(message).identifiers == ()


def test_the_partners_limit_is_read_with_its_currency_in_capitals():
    costs = values.Costs(currency_code=values.Code("eur"), monetary_value=Decimal("12.50"))
    assert max_cost(iso.BillingInfo(maximum_costs=costs)) == Money(amount=Decimal("12.50"), currency="EUR")
    assert max_cost(iso.BillingInfo()) is max_cost(None) is None


@pytest.mark.parametrize("same", ["isil:ex-sample", "ISIL:ISIL:EX-Sample", "ISIL:ISIL-EX-SAMPLE", ":ISIL:EX-SAMPLE"])
def test_agencies_are_compared_by_type_and_value_without_regard_to_case(same):
    assert values.agency_key(same) == values.agency_key("ISIL:EX-SAMPLE")
    assert values.agency_key("OCLC:EX-SAMPLE") != values.agency_key("ISIL:EX-SAMPLE")


def test_no_agency_has_an_empty_symbol():
    assert symbol(None) == ""
    assert symbol(values.AgencyId.of("ISIL:EX$1:2")) == "ISIL:EX$1:2"


@pytest.mark.parametrize(
    ("any_edition", "preferred", "expected"),
    [
        (None, None, Editions.THIS),
        (YesNo.N, None, Editions.THIS),
        (YesNo.Y, None, Editions.ANY),
        (YesNo.Y, PreferredEdition.THIS_EDITION, Editions.THIS),
        (YesNo.N, PreferredEdition.MOST_RECENT_EDITION, Editions.MOST_RECENT),
        (None, PreferredEdition.ANY_EDITION, Editions.ANY),
    ],
)
def test_which_editions_will_do(any_edition, preferred, expected: Editions):
    service = iso.ServiceInfo(service_type=ServiceType.LOAN, any_edition=any_edition, preferred_edition=preferred)
    assert wanted(asked(service_info=service)).editions is expected


def test_without_service_info_this_edition_is_wanted():
    assert wanted(asked()).editions is Editions.THIS


def test_the_form_that_is_wanted_is_read():
    service = iso.ServiceInfo(service_type=ServiceType.LOAN, item_format=values.Code.of(Format.LARGE_PRINT))
    assert wanted(asked(service_info=service)).form == "LargePrint"
    assert wanted(asked()).form is None


def test_the_rule_of_copyright_is_kept_as_it_was_named():
    service = iso.ServiceInfo(
        service_type=ServiceType.COPY, copyright_compliance=values.Code.of(CopyrightCompliance.US_CCG)
    )
    assert arrived(asked(service_info=service)).copyright == "US-CCG"
    assert arrived(asked()).copyright is None
