"""Each deviation is one, and what we call repairable we repair ourselves."""

from datetime import UTC, datetime

import pytest

from gateway.conformance import letters
from gateway.conformance.deviations import REPAIRABLE, UNREADABLE
from gateway.conformance.subject import Subject
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import ErrorType, Version
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import Request
from gateway.iso18626.schema import problems

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUBJECT = Subject(ours="ISIL:XX-OURS", theirs="ISIL:XX-THEIRS", run_id="CT")
# What the schema allows all the same: it says nothing of these.
STILL_VALID = {
    "no XML declaration",
    "no envelope",
    "a currency in small letters",
    "version 1.0",
    "version v1_2_2017",
    "version 2021-3",
    "a time without a zone",
    "a time to the nanosecond",
    "a code that its list does not have",
}


def document(version: Version) -> bytes:
    return encode(letters.request(SUBJECT, AT, "CT-1", version), version)


@pytest.mark.parametrize(
    ("deviation", "version"),
    [(each, version) for each in REPAIRABLE for version in Version if each.is_one_in(version)],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_is_repairable_deviates_and_is_read_by_us_as_it_was_meant(deviation, version):
    changed = deviation.change(document(version))
    assert changed != document(version)
    assert (problems(changed, version) == []) == (deviation.name in STILL_VALID)
    decoded = decode(changed)
    assert isinstance(decoded.message, Request)
    assert decoded.message.header.requesting_agency_request_id == "CT-1"
    assert decoded.message.bibliographic_info.title == SUBJECT.work.title
    assert decoded.repairs or deviation.name in STILL_VALID


@pytest.mark.parametrize("deviation", UNREADABLE, ids=lambda each: each.name)
def test_what_is_to_be_refused_is_refused_by_us(deviation):
    with pytest.raises(ProtocolError) as caught:
        decode(deviation.change(document(Version.V1_2)))
    assert caught.value.error_type in {ErrorType.BADLY_FORMED_MESSAGE, ErrorType.UNRECOGNISED_DATA_VALUE}


def test_a_deviation_without_its_place_is_an_error():
    with pytest.raises(ValueError, match="nothing in the message matches"):
        REPAIRABLE[-1].change(b"<request/>")
