"""Bodies that come compressed (RFC 9110, 8.4), unpacked within a bound. Pure.

Whoever serves the door has to leave bodies as they came (aiohttp's `auto_decompress=False`), so that nothing is unpacked before
somebody has looked at who sends it: a megabyte of gzip may hold a gigabyte, and unpacking that takes a second.
"""

import zlib
from collections.abc import Mapping
from typing import Final

from gateway.iso18626.parser import badly_formed

CODINGS: Final = ("gzip", "deflate")
"""What a body may be packed with."""
_NAMES: Final = frozenset({"x-gzip", *CODINGS})
_PLAIN: Final = frozenset({"", "identity"})
_WITH_HEADER: Final = zlib.MAX_WBITS | 32
"""gzip's or zlib's, as it comes."""
_BARE: Final = -zlib.MAX_WBITS
"""“deflate” without zlib's header, as some senders have it."""
_ZLIB_METHOD: Final = 8
"""The lower half of the first byte of zlib's header (RFC 1950, 2.2)."""


class TooLarge(Exception):  # noqa: N818  it says what the caller is told
    """Unpacked, the body has more bytes than it may have."""


def coding_of(headers: Mapping[str, str]) -> str:
    """What the headers say that a body is packed with; "" where it is not packed."""
    coding = headers.get("Content-Encoding", "").strip().casefold()
    return "" if coding in _PLAIN else coding


def is_known(coding: str) -> bool:
    """Whether a body of that coding can be read."""
    return not coding or coding in _NAMES


def unpacked(body: bytes, max_bytes: int) -> bytes:
    """What is packed in the body. Raises TooLarge after `max_bytes`, and ProtocolError where it is not packed as HTTP says."""
    has_header = body[:2] == b"\x1f\x8b" or (body[:1] and body[0] & 0x0F == _ZLIB_METHOD)
    unpacker = zlib.decompressobj(_WITH_HEADER if has_header else _BARE)
    try:
        plain = unpacker.decompress(body, max_bytes + 1)
    except zlib.error:
        raise _not_packed() from None
    if len(plain) > max_bytes:
        raise TooLarge
    if not unpacker.eof:
        raise _not_packed()
    return plain


def _not_packed() -> Exception:
    return badly_formed("the body is not encoded as HTTP says")
