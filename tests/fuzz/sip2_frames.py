"""Harness: a byte stream to the SIP2 splitter, whole and in segments.

The first byte of an input, a digit, says how long the segments are (0: the whole stream at once), the rest is the stream.
"""

import re

from gateway.sip2.errors import FrameError
from gateway.sip2.frames import Splitter
from tests.fuzz.timing import bounded

MAX_LEN_BYTES = 4096
LIMIT_BYTES = 64
"""A limit far below the real one, so that short streams reach it."""


def check(data: bytes) -> None:
    """Segmentation makes no difference, nothing but terminators and blanks is lost, and the limit holds."""
    stream = data[1:]
    size = (data[0] % 16 if data else 0) or len(data) + 1
    segments = [stream[at : at + size] for at in range(0, len(stream), size)]
    with bounded():
        whole, in_pieces = _feed([stream]), _feed(segments)
    assert whole == in_pieces if None not in (whole, in_pieces) else whole is in_pieces
    if whole is None:
        assert max(map(len, re.split(rb"[\r\n]", stream))) > LIMIT_BYTES
        return
    *frames, partial = whole
    for frame in frames:
        assert not re.search(rb"[\r\n]", frame)
        assert 0 < len(frame) <= LIMIT_BYTES
        assert frame.strip(b" \t\0")
    ends = re.split(rb"[\r\n]", stream)
    assert frames == [piece for piece in ends[:-1] if piece.strip(b" \t\0")]
    assert partial == ends[-1]


def _feed(segments: list[bytes]) -> list[bytes] | None:
    """The messages and, last, what is left over; None where the limit was exceeded."""
    splitter = Splitter(max_bytes=LIMIT_BYTES)
    try:
        frames = [frame for segment in segments for frame in splitter.feed(segment)]
    except FrameError:
        return None
    return [*frames, splitter.partial]
