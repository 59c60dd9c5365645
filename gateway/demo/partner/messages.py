"""What the demonstration partner writes: requests and actions as messages of ISO 18626. Pure functions."""

from datetime import datetime

from msgspec.structs import replace

from gateway.demo.partner.records import Page, Wish
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codes import (
    Action,
    BibliographicItemIdCode,
    BibliographicRecordIdCode,
    CopyrightCompliance,
    RequestType,
    ServiceLevel,
    ServiceType,
    Version,
)
from gateway.iso18626.messages import (
    BibliographicInfo,
    BibliographicItemId,
    BibliographicRecordId,
    BillingInfo,
    Header,
    Request,
    RequestedDeliveryInfo,
    RequestingAgencyInfo,
    RequestingAgencyMessage,
    ServiceInfo,
)
from gateway.iso18626.values import AgencyId, Code, Costs, PhysicalAddress


def request(settings: PartnerSettings, page: Page, kind: RequestType, at: datetime) -> Request:
    """A New, Retry or Reminder for a request in the books; `at` is its timestamp."""
    address = PhysicalAddress(
        line1=settings.library_name,
        line2="1 Imaginary Street",
        locality="Sample Valley",
        postal_code="00001",
        country=Code("XX"),
    )
    return Request(
        header=_request_header(settings, page, at),
        bibliographic_info=_bibliographic_info(page.wish, settings.version),
        service_info=_service_info(page, kind, settings.version),
        requested_delivery_infos=(RequestedDeliveryInfo(sort_order=1, address=address),),
        requesting_agency_info=RequestingAgencyInfo(name=settings.library_name),
        billing_info=_billing_info(page.wish),
    )


def action(
    settings: PartnerSettings, page: Page, kind: Action, note: str | None, at: datetime
) -> RequestingAgencyMessage:
    """What was done with a request, or is asked about it."""
    return RequestingAgencyMessage(header=_header(settings, page, at), action=kind, note=note)


def _request_header(settings: PartnerSettings, page: Page, at: datetime) -> Header:
    """In 2021-2 a request has no place for the supplier's id, not even in a Reminder."""
    header = _header(settings, page, at)
    return header if settings.version is Version.V1_2 else replace(header, supplying_agency_request_id=None)


def _header(settings: PartnerSettings, page: Page, at: datetime) -> Header:
    """Both request ids as soon as both are known (iso18626.md, "Ids")."""
    return Header(
        supplying_agency_id=AgencyId.of(settings.supplier),
        requesting_agency_id=AgencyId.of(settings.agency),
        timestamp=at,
        requesting_agency_request_id=page.id,
        supplying_agency_request_id=page.supplier_id,
    )


def _bibliographic_info(wish: Wish, version: Version) -> BibliographicInfo:
    numbers = ((BibliographicItemIdCode.ISBN, wish.isbn), (BibliographicItemIdCode.ISSN, wish.issn))
    return BibliographicInfo(
        supplier_unique_record_id=wish.record_id,
        title=wish.title,
        author=wish.author,
        title_of_component=wish.article_title,
        pages_requested=wish.pages,
        bibliographic_item_ids=tuple(
            BibliographicItemId(
                bibliographic_item_identifier=number,
                bibliographic_item_identifier_code=Code.of(code, version),
            )
            for code, number in numbers
            if number
        ),
        bibliographic_record_ids=(
            BibliographicRecordId(
                bibliographic_record_identifier_code=Code.of(BibliographicRecordIdCode.OCLC, version),
                bibliographic_record_identifier=wish.oclc,
            ),
        )
        if wish.oclc
        else (),
    )


def _service_info(page: Page, kind: RequestType, version: Version) -> ServiceInfo:
    wish = page.wish
    known = ServiceLevel.lookup(wish.level) if wish.level else None
    level = Code.of(known, version) if known else (Code(wish.level) if wish.level else None)
    is_loan = wish.service is ServiceType.LOAN
    return ServiceInfo(
        request_type=kind,
        request_sub_types=wish.sub_types,
        requesting_agency_previous_request_id=page.previous_id,
        service_type=wish.service,
        service_level=level,
        need_before_date=wish.need_before,
        copyright_compliance=None if is_loan else Code.of(CopyrightCompliance.US_CCL, version),
        note=wish.note,
    )


def _billing_info(wish: Wish) -> BillingInfo | None:
    if wish.max_cost is None:
        return None
    return BillingInfo(maximum_costs=Costs(currency_code=Code(wish.currency), monetary_value=wish.max_cost))
