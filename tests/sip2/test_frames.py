"""The splitter: sip2.md, "Accept CR, CRLF, LF, a leading LF or blanks, a reply split over segments, two in one"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2.errors import FrameError
from gateway.sip2.frames import Splitter


@pytest.mark.parametrize("terminator", [b"\r", b"\r\n", b"\n", b"\r\r", b"\n\r", b"\r\n\r\n"])
def test_every_terminator_ends_a_message(terminator: bytes) -> None:
    splitter = Splitter()
    assert splitter.feed(b"941" + terminator) + splitter.feed(b"96" + terminator) == [b"941", b"96"]


@pytest.mark.parametrize("lead", [b"\n", b"  ", b"\r\n", b"\0", b"\n \t\n"])
def test_what_leads_a_message_is_no_message_of_its_own(lead: bytes) -> None:
    assert [frame.strip(b" \0") for frame in Splitter().feed(lead + b"941\r")] == [b"941"]


def test_a_reply_may_come_in_pieces() -> None:
    splitter = Splitter()
    assert splitter.feed(b"9") == []
    assert splitter.feed(b"41") == []
    assert splitter.partial == b"941"
    assert splitter.feed(b"\r") == [b"941"]
    assert splitter.partial == b""


def test_two_replies_may_come_in_one_segment() -> None:
    assert Splitter().feed(b"941\r98YYY\r1") == [b"941", b"98YYY"]


def test_a_message_without_end_is_refused_at_the_limit() -> None:
    splitter = Splitter(max_bytes=10)
    splitter.feed(b"12345")
    splitter.feed(b"67890")
    with pytest.raises(FrameError, match="longer than 10 bytes"):
        splitter.feed(b"1")


def test_many_short_messages_may_exceed_the_limit_together() -> None:
    assert Splitter(max_bytes=10).feed(b"941\r" * 100) == [b"941"] * 100


@given(st.lists(st.binary(max_size=20).map(lambda b: b + b"\r"), max_size=8), st.data())
def test_segmentation_makes_no_difference(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    splitter = Splitter()
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [frame for piece in pieces for frame in splitter.feed(piece)] == Splitter().feed(stream)
