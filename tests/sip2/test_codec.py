"""Reading every oddity of sip2.md's "The wire", and writing exactly what the specification says.

The vectors of tests/vectors/sip2/replies.json name the line of sip2.md that they show; bytes stand there as Latin-1.
"""

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysip2 import RequestACSResend, verify_checksum
from pysip2.models import CheckoutRequest, FeePaidRequest, SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import Checksum, Repair, decode, encode, message_code
from gateway.sip2.errors import FrameError, Inexpressible, NotSent
from gateway.sip2.profiles import ChecksumPolicy, Credentials, Encoding, HoldMode, Profile, customise

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "sip2" / "replies.json").read_text())
AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
PLAIN = Profile(error_detection=False)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_real_world_replies_are_read(vector) -> None:
    profile = customise(Profile(), vector["profile"])
    reply = decode(vector["frame"].encode("latin-1"), profile)
    expect = vector["expect"]
    assert reply.code == expect["code"]
    assert {name: reply.fixed[name] for name in expect.get("fixed", {})} == expect.get("fixed", {})
    assert {code: list(values) for code, values in reply.fields.items()} == expect["fields"]
    assert list(reply.fields) == list(expect["fields"])
    assert (reply.sequence, reply.checksum, list(reply.repairs)) == (
        expect["sequence"],
        expect["checksum"],
        expect["repairs"],
    )


def test_every_repair_has_a_vector() -> None:
    assert {repair for vector in VECTORS for repair in vector["expect"]["repairs"]} == set(Repair)


@pytest.mark.parametrize("frame", [b"", b"\r", b"9", b"x98", b"login:", b"9\xb2", b"\xff\xfb\x01", b"{}"])
def test_what_does_not_start_with_two_digits_is_no_message(frame: bytes) -> None:
    with pytest.raises(FrameError):
        decode(frame)


@given(st.integers(0, 99), st.binary(max_size=300), st.sampled_from(Encoding), st.sampled_from(ChecksumPolicy))
def test_two_digits_and_anything_never_raise(
    code: int, rest: bytes, encoding: Encoding, policy: ChecksumPolicy
) -> None:
    reply = decode(b"%02d" % code + rest, Profile(encoding=encoding, checksum=policy))
    assert reply.code == f"{code:02}"
    assert set(reply.repairs) <= set(Repair)


PIECES = st.sampled_from(
    ["AB", "AY1", "AZ0000", "AZF0F0", "|", " ", "&#124;", "20260828    120000", "Y", "0", "x", "\r"]
)


@given(st.sampled_from(["10", "12", "16", "18", "24", "64", "94", "96", "98"]), st.lists(PIECES, max_size=30))
def test_what_looks_nearly_like_a_message_never_raises(code: str, pieces: list[str]) -> None:
    assert decode((code + "".join(pieces)).encode()).code == code


@given(st.binary(max_size=200))
def test_anything_at_all_is_a_reply_or_a_frame_error(data: bytes) -> None:
    try:
        decode(data)
    except FrameError:
        assert not re.match(rb"[0-9]{2}", data.strip(b" \t\0\r\n"))


def test_no_value_is_lost_between_unescaped_delimiters() -> None:
    reply = decode(b"18030001" + b" " * 18 + b"AJa|b|c | D|AB1|")
    assert reply.fields == {"AJ": ("a|b|c | D",), "AB": ("1",)}


def test_first_gives_the_first_value_that_is_not_blank() -> None:
    reply = decode(b"96AF|AF  |AF one |AFtwo|")
    assert (reply.first("AF"), reply.first("AG")) == ("one", "")


def test_reading_a_long_reply_takes_linear_time() -> None:
    began = time.process_time()
    for filler in (b" ", b"|", b"|x", b"A", b"AY1", b"AZ0", b"0", b"AB1|"):
        decode(b"64" + filler * (60_000 // len(filler)))
    assert time.process_time() - began < 2, "quadratic work on 60 KB would take far longer"


# Writing


def test_a_blank_due_date_is_written_and_summed() -> None:
    frame = encode(requests.checkout(Profile(institution_id="EXV"), AT, customer="2999", item="3999"), Profile(), 4)
    assert frame.startswith(b"11NN20260828    120000" + b" " * 18 + b"AOEXV|AA2999|AB3999|AC|AY4AZ")
    assert frame.endswith(b"\r")
    assert verify_checksum(frame[:-1])


def test_a_due_date_that_is_given_is_kept() -> None:
    request = msgspec.structs.replace(
        requests.renew(PLAIN, AT, customer="1", item="2"), nb_due_date="20260901    235900", no_block="Y"
    )
    assert encode(request, PLAIN, 0) == b"29NY20260828    12000020260901    235900AO|AA1|AB2|AC|\r"


@pytest.mark.parametrize(("error_detection", "trailer"), [(True, b"AY9AZ"), (False, b"")])
def test_error_detection_is_a_setting(error_detection: bool, trailer: bytes) -> None:  # noqa: FBT001 - a case
    frame = encode(requests.sc_status(PLAIN), Profile(error_detection=error_detection), 19)
    assert frame.startswith(b"9900802.00" + trailer)
    assert (len(frame) == len(b"9900802.00\r")) is not error_detection


def test_97_has_a_checksum_and_no_sequence_number() -> None:
    assert encode(RequestACSResend(), Profile(), 3) == b"97AZFEF5\r"


@pytest.mark.parametrize("bad", ["a|b", "a\rb", "a\nb", "a\0b", "\x1b", "\x7f"])
def test_what_would_break_out_of_a_field_is_refused_without_being_quoted(bad: str) -> None:
    with pytest.raises(Inexpressible, match=r"item_identifier of message 17 has a \| or a control") as caught:
        encode(requests.item_information(PLAIN, AT, bad), PLAIN, 0)
    assert bad not in str(caught.value)
    assert isinstance(caught.value, NotSent)


def test_a_character_that_the_code_page_lacks_is_refused() -> None:
    with pytest.raises(Inexpressible, match="item_identifier of message 17 has a character that cp850 lacks") as caught:
        encode(requests.item_information(PLAIN, AT, "Łódź"), PLAIN, 0)
    assert "ód" not in str(caught.value)


def test_a_value_of_more_than_255_bytes_is_refused() -> None:
    with pytest.raises(Inexpressible, match="255"):
        encode(requests.item_information(PLAIN, AT, "9" * 256), PLAIN, 0)


def test_a_request_has_at_most_1024_bytes() -> None:
    def frame(size: int) -> bytes:
        request = FeePaidRequest(
            transaction_date="20260828    120000", fee_type="01", payment_type="00", currency_type="EUR",
            fee_amount="x" * 255, institution_id="x" * 255, patron_identifier="x" * 255, transaction_id="x" * size,
        )  # fmt: skip
        return encode(request, PLAIN, 0)

    largest = 1024 - len(frame(0))
    assert len(frame(largest)) == 1024
    with pytest.raises(Inexpressible, match="1024"):
        frame(largest + 1)


def test_a_model_that_breaks_its_own_rules_is_refused() -> None:
    request = msgspec.structs.replace(requests.checkout(PLAIN, AT, customer="1", item="2"), no_block="maybe")
    with pytest.raises(Inexpressible, match="no_block"):
        encode(request, PLAIN, 0)


TEXT = st.text(st.characters(codec="cp850", exclude_categories=["Cc"], exclude_characters="|"), max_size=30).filter(
    lambda text: "&#124;" not in text
)


@given(TEXT, TEXT, st.integers(0, 9))
def test_what_is_written_reads_back(customer: str, item: str, sequence: int) -> None:
    made: list[SIPRequest] = [
        requests.checkout(Profile(), AT, customer=customer, item=item),
        requests.renew(Profile(), AT, customer=customer, item=item),
        requests.hold(Profile(), AT, HoldMode.ADD, customer=customer, item=item, pickup="EAST"),
        requests.checkin(Profile(), AT, item=item, location="ILL"),
        requests.item_information(Profile(), AT, item),
        requests.patron_information(Profile(), AT, customer, summary=requests.Summary.CHARGED),
        requests.login(Profile(), Credentials(customer, item)),
    ]
    for request in made:
        read = decode(encode(request, Profile(), sequence))
        assert (read.code, read.sequence, read.checksum) == (message_code(request), sequence, Checksum.OK)
        wanted = {value for value in msgspec.structs.astuple(request) if value is not None}
        found = {*read.fixed.values(), *(value for values in read.fields.values() for value in values)}
        assert found == wanted
        assert read.repairs == ()


def test_the_checkout_can_not_become_a_renewal() -> None:
    request = requests.checkout(PLAIN, AT, customer="1", item="2")
    assert isinstance(request, CheckoutRequest)
    assert (request.sc_renewal_policy, request.no_block, request.nb_due_date) == ("N", "N", " " * 18)
