"""The six messages of ISO 18626 and their parts, as frozen values: one model for schema 1.2 and schema 2021-2.

Fields carry the names of their elements in snake case; where the versions differ, the name of 2021-2 (`delivery_method`
for 1.2's sentVia, `item_format` for preferredFormat and deliveredFormat, `retry_info` for what 1.2 keeps in
messageInfo). What may repeat in either version is a tuple with a plural name. An element that is absent or holds no
text is None. Times are aware; money is Decimal. Which version has which element stands in `elements`, not here.

A field that its schema demands may still be None where a peer's deviation is forgiven (iso18626.md, "Be liberal"): a
time that Python cannot hold, a missing lastChange, an empty status. `encode` refuses to write such a gap.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from gateway.iso18626.codes import (
    Action,
    ErrorType,
    MessageKind,
    MessageStatus,
    PreferredEdition,
    ReasonForMessage,
    RequestSubType,
    RequestType,
    SentVia,
    ServiceType,
    Status,
    YesNo,
)
from gateway.iso18626.values import Address, AgencyId, Code, Costs, PhysicalAddress


class Authentication(Struct, frozen=True, kw_only=True):
    """The shared secret of two agencies (requestingAgencyAuthentication). Never stored, logged or shown."""

    account_id: str | None = None
    security_code: str | None = None

    def __repr__(self) -> str:
        """The kind of thing this is and nothing of what it holds, whatever prints it."""
        return "Authentication(...)"


class Header(Struct, frozen=True, kw_only=True):
    """Who writes to whom about which request, and when.

    `supplying_agency_id` may be absent from a request alone (a transfer request of 2021-2 has no supplier yet).
    """

    supplying_agency_id: AgencyId | None = None
    requesting_agency_id: AgencyId
    consortial_id: AgencyId | None = None
    multiple_item_request_id: str | None = None
    timestamp: datetime | None = None
    requesting_agency_request_id: str
    supplying_agency_request_id: str | None = None
    authentication: Authentication | None = None


class PartialHeader(Struct, frozen=True, kw_only=True):
    """As much of a header as could be read from a message that was not accepted."""

    supplying_agency_id: AgencyId | None = None
    requesting_agency_id: AgencyId | None = None
    multiple_item_request_id: str | None = None
    timestamp: datetime | None = None
    requesting_agency_request_id: str | None = None
    supplying_agency_request_id: str | None = None
    authentication: Authentication | None = None


class BibliographicItemId(Struct, frozen=True):
    """A number of the publication, such as an ISBN."""

    bibliographic_item_identifier: str
    bibliographic_item_identifier_code: Code


class BibliographicRecordId(Struct, frozen=True):
    """The number of a record in some catalogue."""

    bibliographic_record_identifier_code: Code
    bibliographic_record_identifier: str


class BibliographicInfo(Struct, frozen=True, kw_only=True):
    """What is wanted."""

    supplier_unique_record_id: str | None = None
    title: str | None = None
    author: str | None = None
    author_id: str | None = None
    subtitle: str | None = None
    series_title: str | None = None
    edition: str | None = None
    title_of_component: str | None = None
    author_of_component: str | None = None
    volumes: tuple[str, ...] = ()
    issue: str | None = None
    pages_requested: str | None = None
    estimated_no_pages: str | None = None
    bibliographic_item_ids: tuple[BibliographicItemId, ...] = ()
    sponsor: str | None = None
    information_source: str | None = None
    bibliographic_record_ids: tuple[BibliographicRecordId, ...] = ()


class PublicationInfo(Struct, frozen=True, kw_only=True):
    """Where and when it was published, and as what."""

    publisher: str | None = None
    publisher_id: str | None = None
    publication_type: Code | None = None
    publication_date: str | None = None
    place_of_publication: str | None = None


class ServiceInfo(Struct, frozen=True, kw_only=True):
    """What the supplier is asked to do."""

    request_type: RequestType | None = None
    request_sub_types: tuple[RequestSubType, ...] = ()
    requesting_agency_previous_request_id: str | None = None
    service_type: ServiceType
    service_level: Code | None = None
    item_format: Code | None = None
    need_before_date: datetime | None = None
    copyright_compliance: Code | None = None
    any_edition: YesNo | None = None
    preferred_edition: PreferredEdition | None = None
    loan_conditions: tuple[Code, ...] = ()
    start_date: datetime | None = None
    end_date: datetime | None = None
    note: str | None = None


class SupplierInfo(Struct, frozen=True, kw_only=True):
    """A possible supplier and what is known of its copy."""

    sort_order: int | None = None
    supplier_code: AgencyId | None = None
    supplier_description: str | None = None
    bibliographic_record_id: BibliographicRecordId | None = None
    call_number: str | None = None
    summary_holdings: str | None = None
    availability_note: str | None = None


class RequestedDeliveryInfo(Struct, frozen=True, kw_only=True):
    """Where the item is to go, in order of preference."""

    sort_order: int | None = None
    address: Address | None = None
    delivery_method: Code | None = None
    courier_name: Code | None = None


class RequestingAgencyInfo(Struct, frozen=True, kw_only=True):
    """The library that asks."""

    name: str | None = None
    contact_name: str | None = None
    addresses: tuple[Address, ...] = ()


class PatronInfo(Struct, frozen=True, kw_only=True):
    """The person for whom a library asks. Never stored, logged or shown."""

    patron_id: str | None = None
    surname: str | None = None
    given_name: str | None = None
    patron_type: Code | None = None
    send_to_patron: YesNo | None = None
    addresses: tuple[Address, ...] = ()

    def __repr__(self) -> str:
        """The kind of thing this is and nothing of what it holds, whatever prints it."""
        return "PatronInfo(...)"


class BillingInfo(Struct, frozen=True, kw_only=True):
    """What the requester is ready to pay, how, and where the bill goes."""

    payment_method: Code | None = None
    maximum_costs: Costs | None = None
    billing_method: Code | None = None
    billing_name: str | None = None
    address: Address | None = None


class MessageInfo(Struct, frozen=True, kw_only=True):
    """Why the supplier writes, and its answer."""

    reason_for_message: ReasonForMessage
    answer_yes_no: YesNo | None = None
    note: str | None = None
    reason_unfilled: Code | None = None
    reason_retry: Code | None = None


class StatusInfo(Struct, frozen=True, kw_only=True):
    """Where the request stands; wholly empty if the peer left it out."""

    status: Status | None = None
    expected_delivery_date: datetime | None = None
    due_date: datetime | None = None
    last_change: datetime | None = None


class RetryInfo(Struct, frozen=True, kw_only=True):
    """Under which terms a retry is possible; 1.2 knows offered costs and the two times alone."""

    loan_conditions: tuple[Code, ...] = ()
    editions: tuple[str, ...] = ()
    item_formats: tuple[Code, ...] = ()
    volumes: tuple[str, ...] = ()
    service_type: ServiceType | None = None
    service_levels: tuple[Code, ...] = ()
    delivery_methods: tuple[Code, ...] = ()
    courier_names: tuple[Code, ...] = ()
    offered_costs: tuple[Costs, ...] = ()
    payment_methods: tuple[Code, ...] = ()
    retry_before: datetime | None = None
    retry_after: datetime | None = None


class DeliveryInfo(Struct, frozen=True, kw_only=True):
    """What was sent, when and how."""

    date_sent: datetime | None = None
    item_ids: tuple[str, ...] = ()
    url: str | None = None
    delivery_method: Code | None = None
    address: Address | None = None
    sent_to_patron: bool | None = None
    loan_conditions: tuple[Code, ...] = ()
    item_format: Code | None = None
    service_type: ServiceType | None = None
    delivery_costs: tuple[Costs, ...] = ()
    payment_method: Code | None = None

    @property
    def is_by_url(self) -> bool:
        """Whether a link was sent, which is the itemId of 1.2 (iso18626.md, "What a message means")."""
        return self.delivery_method is not None and self.delivery_method.matches(SentVia.URL)


class ShippingInfo(Struct, frozen=True, kw_only=True):
    """The parcel (2021-2 alone)."""

    courier_name: Code | None = None
    tracking_ids: tuple[str, ...] = ()
    insurance: YesNo | None = None
    insurance_third_party: YesNo | None = None
    third_party_name: str | None = None
    insurance_costs: tuple[Costs, ...] = ()


class ReturnInfo(Struct, frozen=True, kw_only=True):
    """Where the item is to be sent back."""

    return_agency_id: AgencyId | None = None
    name: str | None = None
    physical_address: PhysicalAddress | None = None


class ErrorData(Struct, frozen=True):
    """What was wrong with a message."""

    error_type: ErrorType
    error_value: str | None = None


class ConfirmationHeader(Struct, frozen=True, kw_only=True):
    """Which message is confirmed, when, and whether it was accepted."""

    supplying_agency_id: AgencyId | None = None
    requesting_agency_id: AgencyId | None = None
    timestamp: datetime | None = None
    requesting_agency_request_id: str | None = None
    multiple_item_request_id: str | None = None
    timestamp_received: datetime | None = None
    message_status: MessageStatus


class Request(Struct, frozen=True, kw_only=True, tag=MessageKind.REQUEST.value):
    """A requesting agency asks for an item."""

    header: Header
    bibliographic_info: BibliographicInfo
    publication_info: PublicationInfo | None = None
    service_info: ServiceInfo | None = None
    supplier_infos: tuple[SupplierInfo, ...] = ()
    requested_delivery_infos: tuple[RequestedDeliveryInfo, ...] = ()
    requesting_agency_info: RequestingAgencyInfo | None = None
    patron_info: PatronInfo | None = None
    billing_info: BillingInfo | None = None


class SupplyingAgencyMessage(Struct, frozen=True, kw_only=True, tag=MessageKind.SUPPLYING_AGENCY_MESSAGE.value):
    """A supplying agency answers, or says what changed."""

    header: Header
    message_info: MessageInfo
    status_info: StatusInfo = StatusInfo()
    retry_info: RetryInfo | None = None
    delivery_info: DeliveryInfo | None = None
    shipping_info: ShippingInfo | None = None
    return_info: ReturnInfo | None = None


class RequestingAgencyMessage(Struct, frozen=True, kw_only=True, tag=MessageKind.REQUESTING_AGENCY_MESSAGE.value):
    """A requesting agency says what it did or asks for something about its request."""

    header: Header
    action: Action
    note: str | None = None


class RequestConfirmation(Struct, frozen=True, kw_only=True, tag=MessageKind.REQUEST_CONFIRMATION.value):
    """The receipt for a request."""

    confirmation_header: ConfirmationHeader
    errors: tuple[ErrorData, ...] = ()


class SupplyingAgencyMessageConfirmation(
    Struct, frozen=True, kw_only=True, tag=MessageKind.SUPPLYING_AGENCY_MESSAGE_CONFIRMATION.value
):
    """The receipt for a supplying agency's message."""

    confirmation_header: ConfirmationHeader
    reason_for_message: ReasonForMessage | None = None
    errors: tuple[ErrorData, ...] = ()


class RequestingAgencyMessageConfirmation(
    Struct, frozen=True, kw_only=True, tag=MessageKind.REQUESTING_AGENCY_MESSAGE_CONFIRMATION.value
):
    """The receipt for a requesting agency's message."""

    confirmation_header: ConfirmationHeader
    action: Action | None = None
    errors: tuple[ErrorData, ...] = ()


Confirmation = RequestConfirmation | SupplyingAgencyMessageConfirmation | RequestingAgencyMessageConfirmation
Message = Request | SupplyingAgencyMessage | RequestingAgencyMessage | Confirmation


_KINDS: Final[dict[type[Message], MessageKind]] = {
    kind: MessageKind(
        str(kind.__struct_config__.tag)
    )  # looked up once: a struct makes its configuration anew each time
    for kind in (
        Request,
        RequestingAgencyMessage,
        SupplyingAgencyMessage,
        RequestConfirmation,
        RequestingAgencyMessageConfirmation,
        SupplyingAgencyMessageConfirmation,
    )
}


def kind_of(message: Message) -> MessageKind:
    """Which of the six messages this is."""
    return _KINDS[type(message)]
