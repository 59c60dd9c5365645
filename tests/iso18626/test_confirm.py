"""A confirmation repeats what its message said of itself, and says OK or why not."""

from datetime import UTC, datetime

import pytest

from gateway.iso18626 import messages as m
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, ErrorType, MessageKind, MessageStatus, ReasonForMessage
from gateway.iso18626.confirm import confirm
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.values import AgencyId
from tests.iso18626.samples import SAMPLES, sample

NOW = datetime(2024, 6, 1, 10, tzinfo=UTC)


def confirmable(name: str) -> m.Request | m.SupplyingAgencyMessage | m.RequestingAgencyMessage:
    message = decode(SAMPLES[name]).message
    assert isinstance(message, m.Request | m.SupplyingAgencyMessage | m.RequestingAgencyMessage)
    return message


def test_a_request_is_confirmed_with_its_ids_and_its_own_timestamp():
    request = confirmable("request-1.2")
    assert confirm(request, now=NOW) == m.RequestConfirmation(
        confirmation_header=m.ConfirmationHeader(
            supplying_agency_id=request.header.supplying_agency_id,
            requesting_agency_id=request.header.requesting_agency_id,
            timestamp=NOW,
            requesting_agency_request_id="SAMPLE-0001",
            timestamp_received=datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC),
            message_status=MessageStatus.OK,
        )
    )


def test_the_action_and_the_reason_are_repeated():
    renewal, loan = confirm(confirmable("renew-1.2"), now=NOW), confirm(confirmable("loaned-1.2"), now=NOW)
    assert isinstance(renewal, m.RequestingAgencyMessageConfirmation)
    assert isinstance(loan, m.SupplyingAgencyMessageConfirmation)
    assert renewal.action is Action.RENEW
    assert loan.reason_for_message is ReasonForMessage.STATUS_CHANGE


def refused(name: str, *changes: tuple[str, str]) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        decode(sample(name, *changes))
    return caught.value


def test_the_action_and_the_reason_of_what_could_not_be_read_are_repeated():
    renewal = confirm(refused("renew-1.2", ("2024-06-01T09:00:00Z", "yesterday")), now=NOW)
    answer = confirm(refused("retry-possible-1.2", (">RetryPossible<", ">Juggle<")), now=NOW)
    assert isinstance(renewal, m.RequestingAgencyMessageConfirmation)
    assert isinstance(answer, m.SupplyingAgencyMessageConfirmation)
    assert renewal.action is Action.RENEW
    assert answer.reason_for_message is ReasonForMessage.REQUEST_RESPONSE


def test_an_action_that_the_version_does_not_have_or_nobody_knows_is_not_repeated():
    lost = refused("lost-2021-2", ("<timestamp>2", "<timestamp>x"))
    for answer in (confirm(lost, now=NOW), confirm(refused("renew-1.2", (">Renew<", ">Juggle<")), now=NOW)):
        assert isinstance(answer, m.RequestingAgencyMessageConfirmation)
        assert answer.action is None
    answer = confirm(lost, now=NOW, version="2021-2")
    assert isinstance(answer, m.RequestingAgencyMessageConfirmation)
    assert answer.action is Action.LOST


def test_a_message_without_its_reason_is_answered_in_kind():
    answer = confirm(refused("retry-possible-1.2", ("messageInfo>", "nothing>")), now=NOW)
    assert isinstance(answer, m.SupplyingAgencyMessageConfirmation)
    assert answer.reason_for_message is None


def test_an_error_is_reported():
    error = m.ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyRequestId: SAMPLE-0001")
    confirmation = confirm(confirmable("renew-1.2"), now=NOW, error=error)
    assert confirmation.confirmation_header.message_status is MessageStatus.ERROR
    assert confirmation.errors == (error,)


@pytest.mark.parametrize("version", ["1.2", "2021-2"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if "confirmation" not in name])
def test_every_confirmation_can_be_sent_in_either_version(name, version):
    """What the version has no place for (Lost, multipleItemRequestId) is left out."""
    confirmation = confirm(confirmable(name), now=NOW, version=version)
    assert decode(encode(confirmation, version)).message == confirmation


def test_an_id_that_joins_requests_is_repeated_where_there_is_a_place_for_it():
    request = confirmable("request-2021-2")
    assert confirm(request, now=NOW, version="1.2").confirmation_header.multiple_item_request_id == "MULTI-7"
    assert confirm(request, now=NOW, version="2021-2").confirmation_header.multiple_item_request_id is None


@pytest.mark.parametrize(
    ("kind", "confirmation"),
    [
        (MessageKind.REQUEST, m.RequestConfirmation),
        (MessageKind.SUPPLYING_AGENCY_MESSAGE, m.SupplyingAgencyMessageConfirmation),
        (MessageKind.REQUESTING_AGENCY_MESSAGE, m.RequestingAgencyMessageConfirmation),
        (MessageKind.REQUEST_CONFIRMATION, m.RequestConfirmation),
        (None, m.RequestConfirmation),
    ],
)
def test_what_could_not_be_read_is_answered_in_kind(kind, confirmation):
    header = m.PartialHeader(requesting_agency_id=AgencyId.of("ISIL:XX-SAMPLETON"))
    error = ProtocolError(ErrorType.BADLY_FORMED_MESSAGE, "header/timestamp is missing", kind=kind, header=header)
    answer = confirm(error, now=NOW)
    assert type(answer) is confirmation
    assert answer.errors == (m.ErrorData(ErrorType.BADLY_FORMED_MESSAGE, "header/timestamp is missing"),)
    assert answer.confirmation_header.requesting_agency_id == header.requesting_agency_id
    assert answer.confirmation_header.timestamp_received == NOW
    assert decode(encode(answer)).message == answer


def test_a_message_without_a_usable_timestamp_is_received_now():
    message = decode(sample("renew-1.2", ("2024-06-01T09:00:00Z", "0001-01-01T00:00:00Z"))).message
    assert isinstance(message, m.RequestingAgencyMessage)
    assert confirm(message, now=NOW).confirmation_header.timestamp_received == NOW
