"""The messages of a run, valid in their version. Pure functions; what deviates from them is in `deviations`."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from gateway.conformance.subject import Subject
from gateway.iso18626.codes import (
    Action,
    BibliographicItemIdCode,
    BibliographicRecordIdCode,
    ReasonForMessage,
    RequestType,
    ServiceLevel,
    ServiceType,
    Status,
    Version,
)
from gateway.iso18626.messages import (
    BibliographicInfo,
    BibliographicItemId,
    BibliographicRecordId,
    BillingInfo,
    Header,
    MessageInfo,
    Request,
    RequestingAgencyMessage,
    ServiceInfo,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.values import AgencyId, Code, Costs

WORDS: Final = "A conformance test: nothing is wanted."


def request(
    subject: Subject,
    at: datetime,
    request_id: str,
    version: Version,
    *,
    kind: RequestType = RequestType.NEW,
    previous_id: str | None = None,
    note: str = WORDS,
    ours: str | None = None,
) -> Request:
    """A request for the work of the run; `ours` is another library than we are."""
    return Request(
        header=_header(subject, at, request_id, ours=ours),
        bibliographic_info=_bibliographic_info(subject, version),
        service_info=ServiceInfo(
            request_type=kind,
            requesting_agency_previous_request_id=previous_id,
            service_type=ServiceType.LOAN,
            service_level=Code.of(ServiceLevel.STANDARD, version),
            note=note,
        ),
        billing_info=BillingInfo(maximum_costs=Costs(Code("EUR"), Decimal(50))),
    )


def action(subject: Subject, at: datetime, request_id: str, kind: Action) -> RequestingAgencyMessage:
    """What we did, or ask."""
    return RequestingAgencyMessage(header=_header(subject, at, request_id), action=kind, note=WORDS)


def supplier_message(subject: Subject, at: datetime, request_id: str) -> SupplyingAgencyMessage:
    """A supplier's no, with the tested library as requester."""
    there = _header(subject, at, request_id)
    header = Header(
        supplying_agency_id=there.requesting_agency_id,
        requesting_agency_id=AgencyId.of(subject.theirs),
        timestamp=at,
        requesting_agency_request_id=request_id,
    )
    return SupplyingAgencyMessage(
        header=header,
        message_info=MessageInfo(reason_for_message=ReasonForMessage.STATUS_CHANGE, note=WORDS),
        status_info=StatusInfo(status=Status.UNFILLED, last_change=at),
    )


def _header(subject: Subject, at: datetime, request_id: str, *, ours: str | None = None) -> Header:
    return Header(
        supplying_agency_id=AgencyId.of(subject.theirs),
        requesting_agency_id=AgencyId.of(ours or subject.ours),
        timestamp=at,
        requesting_agency_request_id=request_id,
        authentication=subject.authentication,
    )


def _bibliographic_info(subject: Subject, version: Version) -> BibliographicInfo:
    work = subject.work
    return BibliographicInfo(
        title=work.title,
        bibliographic_item_ids=_isbn(work.isbn, version) if work.isbn else (),
        bibliographic_record_ids=_oclc_number(work.oclc, version) if work.oclc else (),
    )


def _isbn(number: str, version: Version) -> tuple[BibliographicItemId, ...]:
    code = Code.of(BibliographicItemIdCode.ISBN, version)
    return (BibliographicItemId(bibliographic_item_identifier=number, bibliographic_item_identifier_code=code),)


def _oclc_number(number: str, version: Version) -> tuple[BibliographicRecordId, ...]:
    code = Code.of(BibliographicRecordIdCode.OCLC, version)
    return (BibliographicRecordId(bibliographic_record_identifier_code=code, bibliographic_record_identifier=number),)
