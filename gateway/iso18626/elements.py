"""The one table of elements: what stands where on the wire, in schema 1.2 and in schema 2021-2.

A block is the content of an element, in the order of the wire. Each of its rows is one place in that order: the field
of the struct that it fills, the element's name, the kind of value, and how often it stands there, one mark for 1.2 and
one for 2021-2. An element that moved or was renamed has a row for each version. The marks:

    -  not in this version
    1  exactly one
    ~  exactly one, but forgiven when a sender leaves it out or empty (iso18626.md, "Be liberal")
    0  exactly one, written empty when there is nothing to say, and forgiven likewise
    ?  at most one
    3  at most three
    *  any number
    ^  not an element of its own: the block's children follow those of the row above, in the same element

Readers, writers, repairs and the detection of versions are all derived from this table; it holds no code of theirs.
"""

from enum import Enum
from typing import Final

from msgspec import Struct

from gateway.iso18626 import messages as m
from gateway.iso18626 import values as v
from gateway.iso18626.codes import (
    Action,
    ClosedCode,
    ErrorType,
    MessageKind,
    MessageStatus,
    PreferredEdition,
    ReasonForMessage,
    RequestSubType,
    RequestType,
    ServiceType,
    Status,
    Version,
    YesNo,
)

NAMESPACE: Final = "http://illtransactions.org/2013/iso18626"
ENVELOPE: Final = "ISO18626Message"
VERSION: Final = f"{{{NAMESPACE}}}version"  # the envelope's attribute
SCHEME: Final = f"{{{NAMESPACE}}}scheme"  # the attribute of a code


class Kind(Enum):
    """How the text of an element is read and written."""

    TEXT = "text"
    CODE = "text with the URI of its open list"
    CURRENCY = "the same, three capital letters"
    PLAIN_CODE = "an open list's value without a URI"
    TIME = "xs:dateTime"
    DECIMAL = "xs:decimal"
    INTEGER = "xs:integer"
    COUNT = "xs:integer from 0"
    BOOLEAN = "xs:boolean"
    ADDRESS = "an element that holds either electronicAddress or physicalAddress"


ClosedList = type[ClosedCode]


class ElementRow(Struct, frozen=True):
    """One place in a block (see the module's docstring)."""

    field: str
    wire: str
    kind: "Kind | ClosedList | Block"
    marks: str

    def mark(self, version: Version) -> str:
        """How often the element stands here in that version."""
        return self.marks[0] if version is Version.V1_2 else self.marks[1]


class Block(Struct, frozen=True, eq=False):
    """The content of an element: the struct that holds it, and its rows in the order of the wire."""

    struct: type[Struct]
    rows: tuple[ElementRow, ...]

    def repeats(self, field: str) -> bool:
        """Whether the struct keeps a tuple for this field."""
        return any(row.field == field and set(row.marks) & {"*", "3"} for row in self.rows)


def _block(struct: type[Struct], *rows: "tuple[str, str, Kind | ClosedList | Block, str]") -> Block:
    return Block(struct, tuple(ElementRow(*row) for row in rows))


_TEXT, _CODE, _TIME = Kind.TEXT, Kind.CODE, Kind.TIME
AGENCY_ID = _block(v.AgencyId, ("type", "agencyIdType", _CODE, "~~"), ("value", "agencyIdValue", _TEXT, "11"))

COSTS = _block(
    v.Costs,
    ("currency_code", "currencyCode", Kind.CURRENCY, "11"),
    ("monetary_value", "monetaryValue", Kind.DECIMAL, "11"),
)

ELECTRONIC_ADDRESS = _block(
    v.ElectronicAddress,
    ("electronic_address_type", "electronicAddressType", _CODE, "11"),
    ("electronic_address_data", "electronicAddressData", _TEXT, "11"),
)
PHYSICAL_ADDRESS = _block(
    v.PhysicalAddress,
    ("line1", "line1", _TEXT, "??"),
    ("line2", "line2", _TEXT, "??"),
    ("locality", "locality", _TEXT, "??"),
    ("postal_code", "postalCode", _TEXT, "??"),
    ("region", "region", _CODE, "?-"),
    ("region", "region", Kind.PLAIN_CODE, "-?"),
    ("country", "country", _CODE, "??"),
)

# What an element of Kind.ADDRESS holds: exactly one of these.
ADDRESSES: Final = {"electronicAddress": ELECTRONIC_ADDRESS, "physicalAddress": PHYSICAL_ADDRESS}
AUTHENTICATION = _block(
    m.Authentication, ("account_id", "accountId", _TEXT, "??"), ("security_code", "securityCode", _TEXT, "??")
)
# 1.2 has one header for three messages, 2021-2 has three.
REQUEST_HEADER = _block(
    m.Header,
    ("supplying_agency_id", "supplyingAgencyId", AGENCY_ID, "~?"),
    ("requesting_agency_id", "requestingAgencyId", AGENCY_ID, "11"),
    ("consortial_id", "consortialId", AGENCY_ID, "-?"),
    ("multiple_item_request_id", "multipleItemRequestId", _TEXT, "0?"),
    ("timestamp", "timestamp", _TIME, "11"),
    ("requesting_agency_request_id", "requestingAgencyRequestId", _TEXT, "11"),
    ("supplying_agency_request_id", "supplyingAgencyRequestId", _TEXT, "?-"),
    ("authentication", "requestingAgencyAuthentication", AUTHENTICATION, "??"),
)

SUPPLYING_AGENCY_MESSAGE_HEADER = _block(
    m.Header,
    ("supplying_agency_id", "supplyingAgencyId", AGENCY_ID, "11"),
    ("requesting_agency_id", "requestingAgencyId", AGENCY_ID, "11"),
    ("multiple_item_request_id", "multipleItemRequestId", _TEXT, "0-"),
    ("timestamp", "timestamp", _TIME, "11"),
    ("requesting_agency_request_id", "requestingAgencyRequestId", _TEXT, "11"),
    ("supplying_agency_request_id", "supplyingAgencyRequestId", _TEXT, "??"),
    ("authentication", "requestingAgencyAuthentication", AUTHENTICATION, "?-"),
)

REQUESTING_AGENCY_MESSAGE_HEADER = _block(
    m.Header,
    ("supplying_agency_id", "supplyingAgencyId", AGENCY_ID, "11"),
    ("requesting_agency_id", "requestingAgencyId", AGENCY_ID, "11"),
    ("consortial_id", "consortialId", AGENCY_ID, "-?"),
    ("multiple_item_request_id", "multipleItemRequestId", _TEXT, "0-"),
    ("timestamp", "timestamp", _TIME, "11"),
    ("requesting_agency_request_id", "requestingAgencyRequestId", _TEXT, "11"),
    ("supplying_agency_request_id", "supplyingAgencyRequestId", _TEXT, "??"),
    ("authentication", "requestingAgencyAuthentication", AUTHENTICATION, "??"),
)

BIBLIOGRAPHIC_ITEM_ID = _block(
    m.BibliographicItemId,
    ("bibliographic_item_identifier_code", "bibliographicItemIdentifierCode", _CODE, "-1"),
    ("bibliographic_item_identifier", "bibliographicItemIdentifier", _TEXT, "11"),
    ("bibliographic_item_identifier_code", "bibliographicItemIdentifierCode", _CODE, "1-"),
)

BIBLIOGRAPHIC_RECORD_ID = _block(
    m.BibliographicRecordId,
    ("bibliographic_record_identifier_code", "bibliographicRecordIdentifierCode", _CODE, "11"),
    ("bibliographic_record_identifier", "bibliographicRecordIdentifier", _TEXT, "11"),
)

BIBLIOGRAPHIC_INFO = _block(
    m.BibliographicInfo,
    ("supplier_unique_record_id", "supplierUniqueRecordId", _TEXT, "??"),
    ("title", "title", _TEXT, "??"),
    ("author", "author", _TEXT, "??"),
    ("author_id", "authorId", _TEXT, "-?"),
    ("subtitle", "subtitle", _TEXT, "??"),
    ("series_title", "seriesTitle", _TEXT, "??"),
    ("edition", "edition", _TEXT, "??"),
    ("title_of_component", "titleOfComponent", _TEXT, "??"),
    ("author_of_component", "authorOfComponent", _TEXT, "??"),
    ("volumes", "volume", _TEXT, "?*"),
    ("issue", "issue", _TEXT, "??"),
    ("pages_requested", "pagesRequested", _TEXT, "??"),
    ("estimated_no_pages", "estimatedNoPages", _TEXT, "??"),
    ("bibliographic_item_ids", "bibliographicItemId", BIBLIOGRAPHIC_ITEM_ID, "**"),
    ("sponsor", "sponsor", _TEXT, "??"),
    ("information_source", "informationSource", _TEXT, "??"),
    ("bibliographic_record_ids", "bibliographicRecordId", BIBLIOGRAPHIC_RECORD_ID, "**"),
)

PUBLICATION_INFO = _block(
    m.PublicationInfo,
    ("publisher", "publisher", _TEXT, "??"),
    ("publisher_id", "publisherId", _TEXT, "-?"),
    ("publication_type", "publicationType", _CODE, "??"),
    ("publication_date", "publicationDate", _TEXT, "??"),
    ("place_of_publication", "placeOfPublication", _TEXT, "??"),
)

SERVICE_INFO = _block(
    m.ServiceInfo,
    ("request_type", "requestType", RequestType, "??"),
    ("request_sub_types", "requestSubType", RequestSubType, "3*"),
    ("requesting_agency_previous_request_id", "requestingAgencyPreviousRequestId", _TEXT, "??"),
    ("service_type", "serviceType", ServiceType, "11"),
    ("service_level", "serviceLevel", _CODE, "??"),
    ("item_format", "preferredFormat", _CODE, "?-"),
    ("item_format", "itemFormat", _CODE, "-?"),
    ("need_before_date", "needBeforeDate", _TIME, "??"),
    ("copyright_compliance", "copyrightCompliance", _CODE, "??"),
    ("any_edition", "anyEdition", YesNo, "??"),
    ("preferred_edition", "preferredEdition", PreferredEdition, "-?"),
    ("loan_conditions", "loanCondition", _CODE, "-*"),
    ("start_date", "startDate", _TIME, "??"),
    ("end_date", "endDate", _TIME, "??"),
    ("note", "note", _TEXT, "??"),
)

SUPPLIER_INFO = _block(
    m.SupplierInfo,
    ("sort_order", "sortOrder", Kind.INTEGER, "?-"),
    ("sort_order", "sortOrder", Kind.COUNT, "-?"),
    ("supplier_code", "supplierCode", AGENCY_ID, "??"),
    ("supplier_description", "supplierDescription", _TEXT, "??"),
    ("bibliographic_record_id", "bibliographicRecordId", BIBLIOGRAPHIC_RECORD_ID, "??"),
    ("call_number", "callNumber", _TEXT, "??"),
    ("summary_holdings", "summaryHoldings", _TEXT, "??"),
    ("availability_note", "availabilityNote", _TEXT, "??"),
)

REQUESTED_DELIVERY_INFO = _block(
    m.RequestedDeliveryInfo,
    ("sort_order", "sortOrder", Kind.INTEGER, "?-"),
    ("sort_order", "sortOrder", Kind.COUNT, "-?"),
    ("address", "address", Kind.ADDRESS, "??"),
    ("delivery_method", "deliveryMethod", _CODE, "-?"),
    ("courier_name", "courierName", _CODE, "-?"),
)

REQUESTING_AGENCY_INFO = _block(
    m.RequestingAgencyInfo,
    ("name", "name", _TEXT, "??"),
    ("contact_name", "contactName", _TEXT, "??"),
    ("addresses", "address", Kind.ADDRESS, "**"),
)

PATRON_INFO = _block(
    m.PatronInfo,
    ("patron_id", "patronId", _TEXT, "??"),
    ("surname", "surname", _TEXT, "??"),
    ("given_name", "givenName", _TEXT, "??"),
    ("patron_type", "patronType", _CODE, "??"),
    ("send_to_patron", "sendToPatron", YesNo, "??"),
    ("addresses", "address", Kind.ADDRESS, "**"),
)

BILLING_INFO = _block(
    m.BillingInfo,
    ("payment_method", "paymentMethod", _CODE, "??"),
    ("maximum_costs", "maximumCosts", COSTS, "??"),
    ("billing_method", "billingMethod", _CODE, "??"),
    ("billing_name", "billingName", _TEXT, "??"),
    ("address", "address", Kind.ADDRESS, "??"),
)

MESSAGE_INFO = _block(
    m.MessageInfo,
    ("reason_for_message", "reasonForMessage", ReasonForMessage, "11"),
    ("answer_yes_no", "answerYesNo", YesNo, "??"),
    ("note", "note", _TEXT, "??"),
    ("reason_unfilled", "reasonUnfilled", _CODE, "??"),
    ("reason_retry", "reasonRetry", _CODE, "??"),
)

STATUS_INFO = _block(
    m.StatusInfo,
    ("status", "status", Status, "~~"),
    ("expected_delivery_date", "expectedDeliveryDate", _TIME, "??"),
    ("due_date", "dueDate", _TIME, "??"),
    ("last_change", "lastChange", _TIME, "~~"),
)

RETRY_INFO = _block(
    m.RetryInfo,
    ("loan_conditions", "loanCondition", _CODE, "-*"),
    ("editions", "edition", _TEXT, "-*"),
    ("item_formats", "itemFormat", _CODE, "-*"),
    ("volumes", "volume", _TEXT, "-*"),
    ("service_type", "serviceType", ServiceType, "-?"),
    ("service_levels", "serviceLevel", _CODE, "-*"),
    ("delivery_methods", "deliveryMethod", _CODE, "-*"),
    ("courier_names", "courierName", _CODE, "-*"),
    ("offered_costs", "offeredCosts", COSTS, "?*"),
    ("payment_methods", "paymentMethod", _CODE, "-*"),
    ("retry_before", "retryBefore", _TIME, "-?"),
    ("retry_after", "retryAfter", _TIME, "??"),
    ("retry_before", "retryBefore", _TIME, "?-"),
)

DELIVERY_INFO = _block(
    m.DeliveryInfo,
    ("date_sent", "dateSent", _TIME, "~~"),
    ("item_ids", "itemId", _TEXT, "?*"),
    ("url", "URL", _TEXT, "-?"),
    ("delivery_method", "sentVia", _CODE, "?-"),
    ("delivery_method", "deliveryMethod", _CODE, "-?"),
    ("address", "address", Kind.ADDRESS, "-?"),
    ("sent_to_patron", "sentToPatron", Kind.BOOLEAN, "??"),
    ("loan_conditions", "loanCondition", _CODE, "?*"),
    ("item_format", "deliveredFormat", _CODE, "?-"),
    ("item_format", "itemFormat", _CODE, "-?"),
    ("service_type", "serviceType", ServiceType, "-?"),
    ("delivery_costs", "deliveryCosts", COSTS, "?*"),
    ("payment_method", "paymentMethod", _CODE, "-?"),
)

SHIPPING_INFO = _block(
    m.ShippingInfo,
    ("courier_name", "courierName", _CODE, "-?"),
    ("tracking_ids", "trackingId", _TEXT, "-*"),
    ("insurance", "insurance", YesNo, "-?"),
    ("insurance_third_party", "insuranceThirdParty", YesNo, "-?"),
    ("third_party_name", "thirdPartyName", _TEXT, "-?"),
    ("insurance_costs", "insuranceCosts", COSTS, "-*"),
)

RETURN_INFO = _block(
    m.ReturnInfo,
    ("return_agency_id", "returnAgencyId", AGENCY_ID, "??"),
    ("name", "name", _TEXT, "??"),
    ("physical_address", "physicalAddress", PHYSICAL_ADDRESS, "??"),
)

CONFIRMATION_HEADER = _block(
    m.ConfirmationHeader,
    ("supplying_agency_id", "supplyingAgencyId", AGENCY_ID, "??"),
    ("requesting_agency_id", "requestingAgencyId", AGENCY_ID, "??"),
    ("timestamp", "timestamp", _TIME, "11"),
    ("requesting_agency_request_id", "requestingAgencyRequestId", _TEXT, "??"),
    ("multiple_item_request_id", "multipleItemRequestId", _TEXT, "?-"),
    ("timestamp_received", "timestampReceived", _TIME, "~~"),
    ("message_status", "messageStatus", MessageStatus, "11"),
)

ERROR_DATA = _block(
    m.ErrorData, ("error_type", "errorType", ErrorType, "11"), ("error_value", "errorValue", _TEXT, "??")
)

MESSAGES: Final[dict[MessageKind, Block]] = {
    MessageKind.REQUEST: _block(
        m.Request,
        ("header", "header", REQUEST_HEADER, "11"),
        ("bibliographic_info", "bibliographicInfo", BIBLIOGRAPHIC_INFO, "11"),
        ("publication_info", "publicationInfo", PUBLICATION_INFO, "??"),
        ("service_info", "serviceInfo", SERVICE_INFO, "?~"),
        ("supplier_infos", "supplierInfo", SUPPLIER_INFO, "**"),
        ("requested_delivery_infos", "requestedDeliveryInfo", REQUESTED_DELIVERY_INFO, "**"),
        ("requesting_agency_info", "requestingAgencyInfo", REQUESTING_AGENCY_INFO, "??"),
        ("patron_info", "patronInfo", PATRON_INFO, "??"),
        ("billing_info", "billingInfo", BILLING_INFO, "??"),
    ),
    MessageKind.REQUEST_CONFIRMATION: _block(
        m.RequestConfirmation,
        ("confirmation_header", "confirmationHeader", CONFIRMATION_HEADER, "11"),
        ("errors", "errorData", ERROR_DATA, "?*"),
    ),
    MessageKind.SUPPLYING_AGENCY_MESSAGE: _block(
        m.SupplyingAgencyMessage,
        ("header", "header", SUPPLYING_AGENCY_MESSAGE_HEADER, "11"),
        ("message_info", "messageInfo", MESSAGE_INFO, "11"),
        ("retry_info", "messageInfo", RETRY_INFO, "^-"),
        ("status_info", "statusInfo", STATUS_INFO, "~~"),
        ("retry_info", "retryInfo", RETRY_INFO, "-?"),
        ("delivery_info", "deliveryInfo", DELIVERY_INFO, "??"),
        ("shipping_info", "shippingInfo", SHIPPING_INFO, "-?"),
        ("return_info", "returnInfo", RETURN_INFO, "??"),
    ),
    MessageKind.SUPPLYING_AGENCY_MESSAGE_CONFIRMATION: _block(
        m.SupplyingAgencyMessageConfirmation,
        ("confirmation_header", "confirmationHeader", CONFIRMATION_HEADER, "11"),
        ("reason_for_message", "reasonForMessage", ReasonForMessage, "??"),
        ("errors", "errorData", ERROR_DATA, "?*"),
    ),
    MessageKind.REQUESTING_AGENCY_MESSAGE: _block(
        m.RequestingAgencyMessage,
        ("header", "header", REQUESTING_AGENCY_MESSAGE_HEADER, "11"),
        ("action", "action", Action, "11"),
        ("note", "note", _TEXT, "??"),
    ),
    MessageKind.REQUESTING_AGENCY_MESSAGE_CONFIRMATION: _block(
        m.RequestingAgencyMessageConfirmation,
        ("confirmation_header", "confirmationHeader", CONFIRMATION_HEADER, "11"),
        ("action", "action", Action, "??"),
        ("errors", "errorData", ERROR_DATA, "?*"),
    ),
}
