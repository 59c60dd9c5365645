"""A request of ours, and what we tell its lender, as messages of ISO 18626.

Nothing of the customer is in them, but for a lender whose record says what it must be told: `patronInfo` stays empty, and the
notes were looked through before they were accepted (ill.md, "Rules that keep people safe").
"""

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import (
    CopyrightCompliance,
    ElectronicAddressType,
    RequestType,
    ServiceLevel,
    ServiceType,
    YesNo,
)
from gateway.iso18626.dialects import in_words
from gateway.mapping.outbound import physical_address
from gateway.mapping.privacy import CustomerData
from gateway.workflow.borrowing.numbers import attempt_number
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.effects import SendAction, SendRequest
from gateway.workflow.partners import CustomerDatum, OurLibrary
from gateway.workflow.records import Request
from gateway.workflow.values import Money, Wanted

_RECORD_CODES = frozenset(
    {"AMICUS", "BL", "FAUST", "JNB", "LA", "LCCN", "MEDLINE", "NCID", "OCLC", "PID", "PMID", "TP"}
)
"""BibliographicRecordIdentifierCode; every other code is an item's (iso18626.md, "Open code lists")."""


def request_message(
    effect: SendRequest,
    request: Request,
    library: OurLibrary,
    *,
    version: str,
    at: datetime,
    patron: iso.PatronInfo | None = None,
) -> iso.Request:
    """Build a New, Retry or Reminder; `at` becomes its timestamp."""
    return iso.Request(
        header=_header(effect.lender, effect.attempt, request, at),
        bibliographic_info=bibliographic_info(_wanted_of(effect, request)),
        publication_info=_publication_info(request.wanted),
        service_info=_service_info(effect, request, version),
        requested_delivery_infos=_delivery(request, library),
        patron_info=patron,
        requesting_agency_info=iso.RequestingAgencyInfo(name=library.name),
        billing_info=_billing(request.max_cost),
    )


def _wanted_of(effect: SendRequest, request: Request) -> Wanted:
    """The work, with the number that this lender's catalogue has it under; a Retry may name another, which the lender proposed."""
    number = effect.lender.record_id
    if number is None or effect.kind is RequestType.RETRY:
        return request.wanted
    return replace(request.wanted, record_id=number)


def patron_info(told: Collection[CustomerDatum], data: CustomerData) -> iso.PatronInfo | None:
    """Return what a lender is told of the customer: of all that is known no more than it must be told; None where nothing."""
    surname, given_name = _names(data.names[0]) if data.names and CustomerDatum.NAME in told else (None, None)
    barcode = data.barcodes[0] if data.barcodes and CustomerDatum.BARCODE in told else None
    email = data.emails[0] if data.emails and CustomerDatum.EMAIL in told else None
    if not (barcode or surname or email):
        return None
    addresses = (_mail_address(email),) if email else ()
    return iso.PatronInfo(patron_id=barcode, surname=surname, given_name=given_name, addresses=addresses)


def _names(name: str) -> tuple[str | None, str | None]:
    """Surname and given name: of `Doe, Jo` what stands before the comma, of `Jo Doe` the last word."""
    first, comma, second = name.partition(",")
    words = name.split()
    surname, given = (first.strip(), second.strip()) if comma else (words[-1], " ".join(words[:-1]))
    return surname or None, given or None


def action_message(effect: SendAction, request: Request, *, at: datetime) -> iso.Message:
    """Build a requestingAgencyMessage; the lender's number is in it once we know it, as long as it is the current lender's."""
    header = _header(effect.lender, effect.attempt, request, at)
    if effect.supplier is not None:
        header = replace(header, supplying_agency_id=values.AgencyId.of(effect.supplier))
    action = effect.in_place_of or effect.action
    message = iso.RequestingAgencyMessage(header=header, action=action, note=effect.note)
    return in_words(message) if effect.in_place_of else message


def _header(lender: LenderLine, attempt: int, request: Request, at: datetime) -> iso.Header:
    borrowed = request.borrowed
    is_current = attempt == borrowed.attempt
    return iso.Header(
        supplying_agency_id=values.AgencyId.of(lender.agency),
        requesting_agency_id=values.AgencyId.of(request.requesting_agency),
        timestamp=at,
        requesting_agency_request_id=attempt_number(request.id, attempt),
        supplying_agency_request_id=borrowed.lender_request_id if is_current else None,
    )


def bibliographic_info(wanted: Wanted) -> iso.BibliographicInfo:
    """Say what is wanted."""
    records = [each for each in wanted.identifiers if each.code.upper() in _RECORD_CODES]
    items = [each for each in wanted.identifiers if each.code.upper() not in _RECORD_CODES]
    return iso.BibliographicInfo(
        supplier_unique_record_id=wanted.record_id,
        title=wanted.title,
        author=wanted.author,
        series_title=wanted.series,
        edition=wanted.edition,
        title_of_component=wanted.article_title,
        author_of_component=wanted.article_author,
        volumes=wanted.volumes,
        issue=wanted.issue,
        pages_requested=wanted.pages,
        bibliographic_item_ids=tuple(
            iso.BibliographicItemId(
                bibliographic_item_identifier=each.value, bibliographic_item_identifier_code=values.Code(each.code)
            )
            for each in items
        ),
        bibliographic_record_ids=tuple(
            iso.BibliographicRecordId(
                bibliographic_record_identifier=each.value, bibliographic_record_identifier_code=values.Code(each.code)
            )
            for each in records
        ),
    )


def _publication_info(wanted: Wanted) -> iso.PublicationInfo | None:
    if wanted.publisher is None and wanted.published is None:
        return None
    return iso.PublicationInfo(publisher=wanted.publisher, publication_date=wanted.published)


def _service_info(effect: SendRequest, request: Request, version: str) -> iso.ServiceInfo:
    borrowed, level = request.borrowed, request.level
    before = effect.previous or effect.attempt - 1
    previous = attempt_number(request.id, before) if effect.kind is RequestType.RETRY else None
    known = None if level is None else ServiceLevel.lookup(level)
    return iso.ServiceInfo(
        request_type=effect.kind,
        requesting_agency_previous_request_id=previous,
        service_type=request.service,
        service_level=None if level is None else values.Code.of(known, version) if known else values.Code(level),
        need_before_date=request.need_before,
        copyright_compliance=_compliance(borrowed.copyright, version),
        any_edition=YesNo.Y if borrowed.any_edition else YesNo.N,
        note=request.note,
    )


def _compliance(code: str | None, version: str) -> values.Code | None:
    if code is None:
        return None
    known = CopyrightCompliance.lookup(code)
    return values.Code(code) if known is None else values.Code.of(known, version)


def _delivery(request: Request, library: OurLibrary) -> tuple[iso.RequestedDeliveryInfo, ...]:
    """A loan comes to the department; a copy by e-mail where we take it so."""
    postal = iso.RequestedDeliveryInfo(sort_order=1, address=physical_address(request.deliver_to or library.address))
    if request.service is ServiceType.LOAN or request.deliver_by_mail_to is None:
        return (postal,)
    mail = _mail_address(request.deliver_by_mail_to)
    return (
        iso.RequestedDeliveryInfo(sort_order=1, address=mail),
        iso.RequestedDeliveryInfo(sort_order=2, address=postal.address),
    )


def _mail_address(address: str) -> values.ElectronicAddress:
    return values.ElectronicAddress(
        electronic_address_type=values.Code(ElectronicAddressType.EMAIL), electronic_address_data=address
    )


def _billing(max_cost: Money | None) -> iso.BillingInfo | None:
    if max_cost is None:
        return None
    costs = values.Costs(currency_code=values.Code(max_cost.currency), monetary_value=max_cost.amount)
    return iso.BillingInfo(maximum_costs=costs)
