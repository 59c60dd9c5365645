"""The charset that HTTP names, for a document that names none and is no UTF-8 (RFC 7303): it is made UTF-8. Pure.

What a document says of itself comes first, since peers name one charset in HTTP for whatever they send.
"""

from typing import Final

from gateway.iso18626.elements import ENVELOPE
from gateway.iso18626.repairs import Repair, RepairKind

CHARSETS: Final = frozenset({"iso-8859-1", "iso-8859-15", "windows-1252"})
"""Those that a document could be in without a word about it: they agree with UTF-8 on the markup. No other name of a stranger's is looked up."""
_UTF_8_MARK: Final = b"\xef\xbb\xbf"


def in_utf8(data: bytes, charset: str | None) -> tuple[bytes, tuple[Repair, ...]]:
    """The document, and the repair if it was in another charset that HTTP alone names."""
    name = (charset or "").casefold()
    if name not in CHARSETS or _speaks_for_itself(data):
        return data, ()
    try:
        return data.decode(name).encode(), (Repair(RepairKind.CHARSET, ENVELOPE),)
    except UnicodeDecodeError:
        return data, ()


def _speaks_for_itself(data: bytes) -> bool:
    """Whether a document is UTF-8, has a mark in front, or names its encoding."""
    try:
        data.decode()
    except UnicodeDecodeError:
        declaration = data.lstrip().partition(b"?>")[0] if data.lstrip().startswith(b"<?xml") else b""
        return data.startswith(_UTF_8_MARK) or b"\0" in data or b"encoding" in declaration
    return True
