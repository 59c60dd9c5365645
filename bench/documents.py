"""The messages that are measured, as documents: a request of 4.5 KB, what a supplier sends, what a requester sends.

They are laid out as the systems in the field lay theirs out, with a securityCode and with a customer's particulars, so that
what a gateway must take out before it stores a message is there to be taken out. All of it is fictional.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

AGENCY = "XX-PARTNER"
"""The library that asks, an ISIL."""
OURS = "XX-EXAMPLE"
SECURITY_CODE = "bench-only"
_BEGUN = datetime(2026, 1, 5, 9, tzinfo=UTC)
_NUMBER = "BENCH-00000000"
_TIMESTAMP = "2026-01-05T09:00:00.123Z"
_SCHEME = "http://illtransactions.org/ISO18626/OpenCodeList"


def request(number: int, record_id: str = "no-such-record") -> bytes:
    """A New request with this number; the record id names what is wanted in the supplier's own catalogue."""
    return _numbered(_REQUEST.replace("RECORD-ID", record_id), number)


def supplying_message(number: int) -> bytes:
    """What a supplier says when it has sent the item."""
    return _numbered(_SUPPLYING, number)


def requesting_message(number: int, action: str = "Received") -> bytes:
    """What a requester says of a request."""
    return _numbered(_REQUESTING.replace("ACTION", action), number)


def lender_message(request: str, status: str, reason: str = "StatusChange") -> bytes:
    """What a lender says of a request of ours: `_SUPPLYING` the other way round, with who it is."""
    return _LENDER.replace("STATUS", status).replace("REASON", reason).replace(_NUMBER, request).encode()


def timestamp(number: int) -> str:
    """When the sender wrote the message with this number: a millisecond after the one before."""
    return f"{_BEGUN + timedelta(milliseconds=number):%FT%T.%f}"[:-3] + "Z"


def schema_path(version: str = "1.2") -> Path:
    """The schema in the source tree."""
    return Path(__file__).parent.parent / "schemas" / f"iso18626-{version}.xsd"


def _numbered(text: str, number: int) -> bytes:
    return text.replace(_NUMBER, f"BENCH-{number:08}").replace(_TIMESTAMP, timestamp(number)).encode()


_HEADER = f"""\
    <header>
      <supplyingAgencyId>
        <agencyIdType ill:scheme="{_SCHEME}/AgencyIdTypeList-V1.0">ISIL</agencyIdType>
        <agencyIdValue>{OURS}</agencyIdValue>
      </supplyingAgencyId>
      <requestingAgencyId>
        <agencyIdType ill:scheme="{_SCHEME}/AgencyIdTypeList-V1.0">ISIL</agencyIdType>
        <agencyIdValue>{AGENCY}</agencyIdValue>
      </requestingAgencyId>
      <multipleItemRequestId/>
      <timestamp>{_TIMESTAMP}</timestamp>
      <requestingAgencyRequestId>{_NUMBER}</requestingAgencyRequestId>
REST\
    </header>
"""
_AUTHENTICATION = f"""\
      <requestingAgencyAuthentication>
        <accountId>partner</accountId>
        <securityCode>{SECURITY_CODE}</securityCode>
      </requestingAgencyAuthentication>
"""
_OPENING = """\
<?xml version="1.0" encoding="UTF-8"?>
<ISO18626Message xmlns="http://illtransactions.org/2013/iso18626" \
xmlns:ill="http://illtransactions.org/2013/iso18626" ill:version="1.2">
"""

_REQUEST = f"""\
{_OPENING}\
  <request>
{_HEADER.replace("REST", _AUTHENTICATION)}\
    <bibliographicInfo>
      <supplierUniqueRecordId>RECORD-ID</supplierUniqueRecordId>
      <title>The Imaginary Almanac &amp; Other Tables</title>
      <author>Placeholder, Ada</author>
      <edition>3rd</edition>
      <bibliographicItemId>
        <bibliographicItemIdentifier>9780000000002</bibliographicItemIdentifier>
        <bibliographicItemIdentifierCode ill:scheme="{_SCHEME}/BibliographicItemIdCodeList-V1.0">ISBN</bibliographicItemIdentifierCode>
      </bibliographicItemId>
      <bibliographicRecordId>
        <bibliographicRecordIdentifierCode ill:scheme="{_SCHEME}/BibliographicRecordIdCodeList-V1.0">OCLC</bibliographicRecordIdentifierCode>
        <bibliographicRecordIdentifier>000000001</bibliographicRecordIdentifier>
      </bibliographicRecordId>
    </bibliographicInfo>
    <publicationInfo>
      <publisher>Nowhere Press</publisher>
      <publicationType ill:scheme="{_SCHEME}/PublicationTypeList-V1.0">Book</publicationType>
      <publicationDate>1999</publicationDate>
      <placeOfPublication>Nowhere</placeOfPublication>
    </publicationInfo>
    <serviceInfo>
      <requestType>New</requestType>
      <requestSubType>PatronRequest</requestSubType>
      <serviceType>Loan</serviceType>
      <serviceLevel ill:scheme="{_SCHEME}/ServiceLevelList-V1.0">Core</serviceLevel>
      <needBeforeDate>2030-07-01T00:00:00Z</needBeforeDate>
      <anyEdition>Y</anyEdition>
      <note>Please handle with imagination.</note>
    </serviceInfo>
    <supplierInfo>
      <sortOrder>1</sortOrder>
      <supplierCode>
        <agencyIdType>ISIL</agencyIdType>
        <agencyIdValue>{OURS}</agencyIdValue>
      </supplierCode>
      <supplierDescription>Example Valley Library</supplierDescription>
      <callNumber>031.02 PLA</callNumber>
      <summaryHoldings>v. 1-3</summaryHoldings>
      <availabilityNote>on the shelf</availabilityNote>
    </supplierInfo>
    <requestedDeliveryInfo>
      <sortOrder>1</sortOrder>
      <address>
        <physicalAddress>
          <line1>Sample Valley Library, Interlibrary Loan</line1>
          <line2>1 Imaginary Street</line2>
          <locality>Sample Valley</locality>
          <postalCode>00001</postalCode>
          <region>XX-SA</region>
          <country>XX</country>
        </physicalAddress>
      </address>
    </requestedDeliveryInfo>
    <requestingAgencyInfo>
      <name>Sample Valley Library</name>
      <contactName>The ILL desk</contactName>
      <address>
        <electronicAddress>
          <electronicAddressType>Email</electronicAddressType>
          <electronicAddressData>desk@sample-valley.example</electronicAddressData>
        </electronicAddress>
      </address>
    </requestingAgencyInfo>
    <patronInfo>
      <patronId>20000000000001</patronId>
      <surname>Nobody</surname>
      <givenName>Nemo</givenName>
      <sendToPatron>N</sendToPatron>
    </patronInfo>
    <billingInfo>
      <paymentMethod>IFM</paymentMethod>
      <maximumCosts>
        <currencyCode>USD</currencyCode>
        <monetaryValue>35.00</monetaryValue>
      </maximumCosts>
      <billingName>Sample Valley Library, accounts</billingName>
      <address>
        <physicalAddress>
          <line1>1 Imaginary Street</line1>
          <country>XX</country>
        </physicalAddress>
      </address>
    </billingInfo>
  </request>
</ISO18626Message>
"""

_SUPPLYING = f"""\
{_OPENING}\
  <supplyingAgencyMessage>
{_HEADER.replace("REST", "      <supplyingAgencyRequestId>L-AAAAA-BBBBB</supplyingAgencyRequestId>" + chr(10))}\
    <messageInfo>
      <reasonForMessage>StatusChange</reasonForMessage>
      <note>Packed with care.</note>
    </messageInfo>
    <statusInfo>
      <status>Loaned</status>
      <dueDate>2026-03-02T23:59:59Z</dueDate>
      <lastChange>2026-01-07T10:00:00Z</lastChange>
    </statusInfo>
    <deliveryInfo>
      <dateSent>2026-01-07T10:00:00Z</dateSent>
      <itemId>30000000001010</itemId>
      <deliveredFormat>Printed</deliveredFormat>
    </deliveryInfo>
    <returnInfo>
      <name>Example Valley Library</name>
      <physicalAddress>
        <line1>1 Specimen Square</line1>
        <locality>Example Valley</locality>
        <postalCode>00000</postalCode>
        <country>XX</country>
      </physicalAddress>
    </returnInfo>
  </supplyingAgencyMessage>
</ISO18626Message>
"""

_REQUESTING = f"""\
{_OPENING}\
  <requestingAgencyMessage>
{_HEADER.replace("REST", _AUTHENTICATION)}\
    <action>ACTION</action>
    <note>Many thanks.</note>
  </requestingAgencyMessage>
</ISO18626Message>
"""

_LENDER = (
    _SUPPLYING.replace(f"<agencyIdValue>{OURS}<", "<agencyIdValue>LENDER<")
    .replace(f"<agencyIdValue>{AGENCY}<", f"<agencyIdValue>{OURS}<")
    .replace("<agencyIdValue>LENDER<", f"<agencyIdValue>{AGENCY}<")
    .replace("    </header>", f"{_AUTHENTICATION}    </header>")
    .replace("<status>Loaned<", "<status>STATUS<")
    .replace("<reasonForMessage>StatusChange<", "<reasonForMessage>REASON<")
    .replace("<dueDate>2026-03-02T", "<dueDate>2030-03-02T")
)
