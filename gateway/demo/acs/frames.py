"""Bytes of the demonstration ACS: what its relay mends in requests and replies. Pure; no I/O, no library.

Three things that pysip2's server cannot do are done here:

- error detection (AY, AZ) is taken off a request and put on its reply, so that the server never sees two frames as
  identical, and so never answers one from memory;
- a blank date in the fixed part, which its models refuse, is filled with zeros;
- a field that its models do not have (CV, CT, CY, DA, CS, PA) travels as a marked print line and is unwrapped.

This is written on its own and must not use gateway.sip2: a client and a server that share code share mistakes.
"""

import re

import msgspec
from pysip2.models import MESSAGE_SPECS_BY_ID
from pysip2.routes import route_for_id

_TRAILER = re.compile(rb"(?:AY(?P<sequence>\d))?(?:AZ(?P<checksum>[0-9A-Fa-f]{4}))?\Z")
_MARK = "\x1e"
_PRINT_LINE = b"AG"
_DATE_WIDTH = 18
_ZERO_DATE = b"00000000    000000"

MAX_BYTES = 64 * 1024
"""The longest request or reply; SIP2 allows 1024, and products exceed it."""

RESEND_REQUEST = b"96AZFEF6\r"
"""The 96, as it always reads: 0x10000 less the sum of its bytes through AZ."""


class Request(msgspec.Struct, frozen=True):
    """One request without terminator and trailer; `sequence` is None where it had no AY."""

    code: str
    body: bytes
    sequence: bytes | None
    intact: bool


def read_request(line: bytes) -> Request:
    """Split a line (no terminator) into its parts; `intact` is false only for a checksum that is there and wrong."""
    trailer = _TRAILER.search(line)
    assert trailer is not None  # both of its parts are optional
    checksum = trailer["checksum"]
    return Request(
        code=line[:2].decode("ascii", "replace"),
        body=line[: trailer.start()],
        sequence=trailer["sequence"],
        intact=checksum is None or checksum.upper() == checksum_of(line[:-4]),
    )


def is_answerable(code: str) -> bool:
    """Whether the server answers this code; any other would be met with silence there."""
    return route_for_id(code) is not None


def fill_blank_dates(body: bytes) -> bytes:
    """Zeros for each blank date in the fixed part (nb due date of 11 and 29, return date of 09)."""
    at = 2
    for field in MESSAGE_SPECS_BY_ID[body[:2].decode("ascii")].fields:
        width = field.width or 0
        if width == _DATE_WIDTH and body[at : at + width].isspace():
            body = body[:at] + _ZERO_DATE + body[at + width :]
        at += width
    return body


def wrap_field(code: str, value: str) -> str:
    """A print line that the relay will turn into the field `code`; see `unwrap_fields`."""
    return f"{_MARK}{code}{value}"


def unwrap_fields(body: bytes) -> bytes:
    """Turn the marked print lines of a reply into the fields they stand for."""
    return body.replace(_PRINT_LINE + _MARK.encode(), b"")


def checksum_of(through_az: bytes) -> bytes:
    """The four digits that follow: the two's complement of the sum of all bytes through AZ (SIP2 2.00)."""
    return b"%04X" % (-sum(through_az) & 0xFFFF)


def seal(body: bytes, sequence: bytes | None) -> bytes:
    """A whole frame: the body, the trailer if the request had one, and CR."""
    if sequence is None:
        return body + b"\r"
    through_az = body + b"AY" + sequence + b"AZ"
    return through_az + checksum_of(through_az) + b"\r"


def fixed_width(code: str) -> int:
    """Bytes of a message before its first field, the two digits of its code included."""
    return 2 + sum(field.width or 0 for field in MESSAGE_SPECS_BY_ID[code].fields)


def split_fields(body: bytes) -> tuple[bytes, list[bytes]]:
    """The fixed part, and the fields in order, each with its two-letter code and without the bar."""
    width = fixed_width(body[:2].decode("ascii"))
    return body[:width], [field for field in body[width:].split(b"|") if field]


def join_fields(fixed: bytes, fields: list[bytes]) -> bytes:
    """The reverse of `split_fields`."""
    return fixed + b"".join(field + b"|" for field in fields)
