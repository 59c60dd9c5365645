"""Questions and replies as frames, and addresses as YAZ takes them."""

import pytest

from gateway.z3950.values import (
    HEAD_BYTES,
    CatalogueQuery,
    CatalogueRefusal,
    CatalogueReply,
    Target,
    framed,
    question_of,
    reply_of,
)

TARGET = Target(host="192.0.2.1", port=210, database="Default", user="ill", password="hush")
QUESTION = CatalogueQuery(
    target=TARGET, query='@attr 1=7 "0306406152"', most_records=60, page_records=20, most_bytes=1000, timeout_s=5
)


def test_a_question_comes_back_as_it_was():
    frame = framed(QUESTION)
    assert int.from_bytes(frame[:HEAD_BYTES], "big") == len(frame) - HEAD_BYTES
    assert question_of(frame[HEAD_BYTES:]) == QUESTION


def test_a_reply_comes_back_as_it_was():
    reply = CatalogueReply(
        total=2, records=(b"<record/>",), unread=1, refusal=CatalogueRefusal(number=114, of="bib-1", details="99")
    )
    assert reply_of(framed(reply)[HEAD_BYTES:]) == reply


@pytest.mark.parametrize(
    ("host", "address"), [("192.0.2.1", "tcp:192.0.2.1:7090"), ("2001:db8::1", "tcp:[2001:db8::1]:7090")]
)
def test_an_address_names_host_and_port(host: str, address: str):
    assert Target(host=host, port=7090, database="x").address == address
