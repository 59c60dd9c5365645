from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, ErrorType, MessageStatus, ReasonForMessage, ServiceType, Status, Version
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import (
    BibliographicInfo,
    Confirmation,
    ErrorData,
    Header,
    MessageInfo,
    Request,
    RequestingAgencyMessage,
    ServiceInfo,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.receipts import confirmation_for, confirmation_of_error
from gateway.iso18626.schema import problems
from gateway.iso18626.values import AgencyId

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
HEADER = Header(
    supplying_agency_id=AgencyId.of("ISIL:XX-HILL"),
    requesting_agency_id=AgencyId.of("ISIL:XX-VALLEY"),
    timestamp=datetime(2031, 5, 6, 7, 8, 0, tzinfo=UTC),
    requesting_agency_request_id="REQ-1",
)
MESSAGES = (
    Request(
        header=HEADER,
        bibliographic_info=BibliographicInfo(title="The Imaginary Almanac"),
        service_info=ServiceInfo(service_type=ServiceType.LOAN),
    ),
    SupplyingAgencyMessage(
        header=HEADER,
        message_info=MessageInfo(reason_for_message=ReasonForMessage.STATUS_CHANGE),
        status_info=StatusInfo(status=Status.OVERDUE, last_change=NOW),
    ),
    RequestingAgencyMessage(header=HEADER, action=Action.SHIPPED_RETURN),
)
DOCUMENTS = [(encode(message, version), version) for message in MESSAGES for version in Version]
ERROR = ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyRequestId: REQ-1")


@pytest.mark.parametrize(("document", "version"), DOCUMENTS)
@pytest.mark.parametrize("error", [None, ERROR])
def test_a_message_is_confirmed_in_its_own_version(document: bytes, version: Version, error: ErrorData | None):
    receipt = confirmation_for(decode(document), NOW, error)
    read = decode(receipt)
    assert problems(receipt, version) == []
    assert (read.version, read.declared) == (version, str(version))
    assert isinstance(read.message, Confirmation)
    assert read.message.errors == ((error,) if error else ())
    header = read.message.confirmation_header
    assert header.message_status == (MessageStatus.ERROR if error else MessageStatus.OK)
    assert (header.timestamp, header.timestamp_received) == (NOW, HEADER.timestamp)
    assert header.requesting_agency_request_id == "REQ-1"


def test_a_confirmation_is_not_confirmed():
    receipt = confirmation_for(decode(DOCUMENTS[0][0]), NOW)
    with pytest.raises(ProtocolError, match="requestConfirmation"):
        confirmation_for(decode(receipt), NOW)


def receipt_for(document: bytes) -> tuple[bytes, Version]:
    """What a peer gets that posts this document, and the version in which it gets it."""
    try:
        decoded = decode(document)
        return confirmation_for(decoded, NOW), decoded.version
    except ProtocolError as error:
        return confirmation_of_error(error, NOW), error.version


@given(st.sampled_from(DOCUMENTS), st.data())
def test_whatever_is_posted_gets_a_valid_receipt(sample: tuple[bytes, Version], data: st.DataObject):
    document, _ = sample
    start = data.draw(st.integers(0, len(document)))
    end = data.draw(st.integers(start, min(start + 80, len(document))))
    filling = data.draw(
        st.sampled_from([b"", b"x", b"&#xFFFD;", b"<a/>", "é\u2028".encode(), b"\x00", b"&"]) | st.binary(max_size=8)
    )
    receipt, version = receipt_for(document[:start] + filling + document[end:])
    assert problems(receipt, version) == []


@given(st.sampled_from(DOCUMENTS), st.data())
def test_whatever_element_is_missing_or_odd_gets_a_valid_receipt(sample: tuple[bytes, Version], data: st.DataObject):
    document, _ = sample
    pieces = document.split(b"<")
    index = data.draw(st.integers(1, len(pieces) - 1))
    pieces[index] = data.draw(
        st.sampled_from([b"odd/>", b"agencyIdType/>", b"timestamp>9999-12-31T23:59:59-23:59</timestamp>"])
    )
    receipt, version = receipt_for(b"<".join(pieces))
    assert problems(receipt, version) == []


@pytest.mark.parametrize("index", range(len(DOCUMENTS)))
@pytest.mark.parametrize(
    "value", ["", " ", "ü\u00a0", "x" * 5000, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
)
def test_any_text_in_any_element_gets_a_valid_receipt(index: int, value: str):
    document, _ = DOCUMENTS[index]
    head, *pieces = document.decode().split(">")
    for position in range(len(pieces)):
        if pieces[position].lstrip().startswith("</") or not pieces[position].partition("<")[0].strip():
            continue
        odd = [*pieces]
        odd[position] = value + "<" + pieces[position].partition("<")[2]
        receipt, version = receipt_for(">".join([head, *odd]).encode())
        assert problems(receipt, version) == []
