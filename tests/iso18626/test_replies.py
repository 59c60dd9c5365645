from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ErrorType
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected, Reply, read_reply, retry_after_s

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
NAMESPACE = "http://illtransactions.org/2013/iso18626"
AGENCIES = (
    "<supplyingAgencyId><agencyIdType>ISIL</agencyIdType><agencyIdValue>XX-HILL</agencyIdValue></supplyingAgencyId>"
    "<requestingAgencyId><agencyIdType>ISIL</agencyIdType><agencyIdValue>XX-VALLEY</agencyIdValue></requestingAgencyId>"
)


def confirmation(status: str = "OK", error: str = "", *, ids: bool = True, times: bool = True) -> bytes:
    request_id = "<requestingAgencyRequestId>REQ-1</requestingAgencyRequestId>" if ids else ""
    received = "<timestampReceived>2031-05-06T07:08:00Z</timestampReceived>" if times else ""
    return (
        f'<ISO18626Message xmlns="{NAMESPACE}" xmlns:ill="{NAMESPACE}" ill:version="1.2"><requestConfirmation>'
        f"<confirmationHeader>{AGENCIES if ids else ''}<timestamp>2031-05-06T07:08:09Z</timestamp>{request_id}"
        f"{received}<messageStatus>{status}</messageStatus></confirmationHeader>{error}"
        "</requestConfirmation></ISO18626Message>"
    ).encode()


UNKNOWN_VALUE = (
    "<errorData><errorType>UnrecognisedDataValue</errorType><errorValue>agencyIdValue</errorValue></errorData>"
)


def read(status: int, data: bytes | None = b"", retry_after: str | None = None) -> Outcome:
    return read_reply(Reply(status=status, data=data, retry_after=retry_after), NOW)


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_any_2xx_with_an_ok_is_confirmed(status: int):
    outcome = read(status, confirmation())
    assert isinstance(outcome, Confirmed)
    assert (outcome.http_status, outcome.data) == (status, confirmation())
    assert outcome.confirmation.confirmation_header.requesting_agency_request_id == "REQ-1"


@pytest.mark.parametrize("status", [200, 201, 400, 404, 422])
def test_an_error_is_the_peers_refusal_with_a_2xx_or_a_4xx(status: int):
    outcome = read(status, confirmation("ERROR", UNKNOWN_VALUE))
    assert isinstance(outcome, Rejected)
    assert (outcome.error_type, outcome.error_value) == (ErrorType.UNRECOGNISED_DATA_VALUE, "agencyIdValue")
    assert outcome.confirmation is not None


def test_the_system_that_answers_201_and_400_without_ids_is_understood():
    accepted = read(201, confirmation(ids=False, times=False))
    refused = read(400, confirmation("ERROR", UNKNOWN_VALUE, ids=False, times=False))
    assert isinstance(accepted, Confirmed)
    assert accepted.repairs
    assert isinstance(refused, Rejected)
    assert refused.error_type == ErrorType.UNRECOGNISED_DATA_VALUE


def test_an_error_type_of_the_peers_own_is_a_refusal():
    """A ReShare's UnableToFindRequest: read as nothing at all, the message would be sent for ever."""
    own = UNKNOWN_VALUE.replace("UnrecognisedDataValue", "UnableToFindRequest")
    outcome = read(200, confirmation("ERROR", own))
    assert isinstance(outcome, Rejected)
    assert (outcome.error_type, outcome.error_value) == (ErrorType.UNRECOGNISED_DATA_VALUE, "agencyIdValue")
    assert outcome.repairs


def test_an_error_without_a_reason_is_a_refusal():
    outcome = read(200, confirmation("ERROR"))
    assert isinstance(outcome, Rejected)
    assert outcome.error_type is None


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_a_4xx_without_a_confirmation_refuses_this_message(status: int):
    outcome = read(status, b"<html>Bad Request</html>")
    assert outcome == Rejected(
        http_status=status, error_type=None, error_value=None, data=b"<html>Bad Request</html>", confirmation=None
    )


@pytest.mark.parametrize(
    ("status", "may_have_arrived"),
    [
        (200, True),  # a login page, an empty body
        (204, True),
        (301, False),
        (302, False),
        (401, False),
        (403, False),
        (404, False),
        (405, False),
        (408, True),
        (429, True),
        (500, True),
        (502, True),
        (503, True),
    ],
)
@pytest.mark.parametrize("data", [b"", b"<html>Welcome</html>", None])
def test_without_the_peers_word_nothing_is_delivered(status: int, may_have_arrived: bool, data: bytes | None):  # noqa: FBT001
    outcome = read(status, data)
    assert isinstance(outcome, NotDelivered)
    assert (outcome.may_have_arrived, outcome.http_status) == (may_have_arrived, status)
    assert str(status) in outcome.words


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "it does not know us by what we sign in with (HTTP 401)"),
        (404, "there is nothing at its address (HTTP 404)"),
        (405, "it takes no messages at this address (HTTP 405)"),
        (429, "it asks for fewer messages (HTTP 429)"),
        (500, "it has a fault of its own (HTTP 500)"),
        (503, "it takes no messages at present (HTTP 503)"),
        (599, "it has a fault of its own (HTTP 599)"),
        (600, "it answers with what means nothing to us (HTTP 600)"),
    ],
)
def test_a_status_is_said_in_words_to_whoever_reads_of_it(status: int, words: str):
    outcome = read(status)
    assert isinstance(outcome, NotDelivered)
    assert outcome.words == words


def test_a_5xx_confirms_nothing_whatever_its_body_says():
    assert isinstance(read(502, confirmation()), NotDelivered)


def test_a_message_that_is_no_confirmation_confirms_nothing():
    echo = (
        f'<ISO18626Message xmlns="{NAMESPACE}"><requestingAgencyMessage><header>{AGENCIES}'
        "<timestamp>2031-05-06T07:08:09Z</timestamp><requestingAgencyRequestId>REQ-1</requestingAgencyRequestId>"
        "</header><action>Received</action></requestingAgencyMessage></ISO18626Message>"
    ).encode()
    assert isinstance(read(200, echo), NotDelivered)


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 500, 86_400.0),
        ("Tue, 06 May 2031 07:09:09 GMT", 60.0),
        ("Tue, 06 May 2031 07:09:09 -0000", None),
        ("Mon, 05 May 2031 07:08:09 GMT", 0.0),
        ("Tue, 06 May 2036 07:08:09 GMT", 86_400.0),
        ("soon", None),
        ("Tue, 06 May 99999999999999999999 07:09:09 GMT", None),
        ("-5", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, expected_s: float | None):
    assert retry_after_s(header, NOW) == expected_s
    outcome = read(503, retry_after=header)
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry_after_s == expected_s


@given(st.text())
def test_no_retry_after_breaks_the_reading(header: str):
    wait_s = retry_after_s(header, NOW)
    assert wait_s is None or 0 <= wait_s <= 86_400


@given(st.integers(200, 599), st.binary(max_size=200))
def test_no_reply_breaks_the_reading(status: int, data: bytes):
    assert isinstance(read(status, data), Rejected | NotDelivered)
