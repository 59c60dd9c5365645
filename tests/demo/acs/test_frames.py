"""The mends of the relay, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo.acs.frames import (
    RESEND_REQUEST,
    checksum_of,
    fill_blank_dates,
    is_answerable,
    join_fields,
    read_request,
    seal,
    split_fields,
    unwrap_fields,
    wrap_field,
)
from tests.demo.stage.terminal import BLANK_DATE, DATE, checkin, checkout, item, renew


def test_a_known_checksum():
    """As SIP2 2.00 prints it for a status request."""
    assert seal(b"9900401.00", b"1") == b"9900401.00AY1AZFCA5\r"


def test_the_96_sums_to_zero():
    assert checksum_of(RESEND_REQUEST[:4]) == RESEND_REQUEST[4:8]


@given(st.binary(min_size=2, max_size=200), st.sampled_from(list("0123456789")))
def test_what_was_sealed_reads_back(tail: bytes, digit: str):
    body = b"17" + tail.replace(b"\r", b"") + b"|"
    request = read_request(seal(body, digit.encode())[:-1])
    assert (request.code, request.body, request.sequence, request.intact) == ("17", body, digit.encode(), True)


@given(st.binary(max_size=60))
def test_no_line_stops_the_reader(line: bytes):
    request = read_request(line)
    assert line.startswith(request.body)


@pytest.mark.parametrize(
    ("line", "sequence", "intact"),
    [
        (b"9900802.00", None, True),
        (b"9900802.00AY3AZFC9E", b"3", True),
        (b"9900802.00AY3AZfc9e", b"3", True),
        (b"9900802.00AY3AZFC9F", b"3", False),
        (b"9900802.00AZFD6B", None, True),
        (b"9900802.00AY3", b"3", True),
    ],
)
def test_each_way_to_send_or_omit_error_detection(line: bytes, sequence: bytes | None, *, intact: bool):
    request = read_request(line)
    assert (request.body, request.sequence, request.intact) == (b"9900802.00", sequence, intact)


def test_blank_dates_in_the_fixed_part_are_filled():
    filled = b"00000000    000000"
    assert fill_blank_dates(checkout("2", "3").encode()) == checkout("2", "3").encode().replace(
        BLANK_DATE.encode(), filled
    )
    assert fill_blank_dates(renew("2", "3").encode())[22:40] == filled
    assert fill_blank_dates(checkin("3", "EXC").replace(DATE, BLANK_DATE).encode())[3:39] == filled * 2


def test_nothing_else_is_touched():
    assert fill_blank_dates(item("3").encode()) == item("3").encode()


def test_a_wrapped_field_is_unwrapped():
    reply = b"101NNN" + DATE.encode() + b"AOX|AG" + wrap_field("CV", "01").encode() + b"|AGthanks|"
    assert unwrap_fields(reply) == b"101NNN" + DATE.encode() + b"AOX|CV01|AGthanks|"


def test_fields_split_and_join():
    reply = b"121NNY" + DATE.encode() + b"AOX|AA2|AB3|AJ|AH|"
    assert split_fields(reply)[1] == [b"AOX", b"AA2", b"AB3", b"AJ", b"AH"]
    assert join_fields(*split_fields(reply)) == reply


@pytest.mark.parametrize(
    ("code", "answerable"), [("17", True), ("99", True), ("96", False), ("18", False), ("77", False)]
)
def test_only_requests_are_answerable(code: str, *, answerable: bool):
    assert is_answerable(code) is answerable
