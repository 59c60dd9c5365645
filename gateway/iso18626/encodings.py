"""In which encodings a document may be: a short list, so that what is searched and counted is what is parsed. Pure.

XML parsers read any encoding that the system knows, and in some of them (UTF-7, EBCDIC, those of Java's escapes) a look at the bytes sees
no tags. So a document is made UTF-8 here, and whoever parses it tells the parser so. The encoding is told as XML 1.0 has it
(appendix F): by the mark in front, by NULs around the first letter, by the declaration; UTF-8 where nothing tells.
"""

import re
from typing import Final

PLAIN: Final = re.compile(
    rb"""\s*(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["']utf-8["'])?\s*\?>\s*)?<[A-Za-z_]""", re.IGNORECASE
)
"""How nearly every document begins: UTF-8 without a mark, no document type, no comment in front."""

_UTF_8_MARK: Final = b"\xef\xbb\xbf"
_DECLARED: Final = re.compile(rb"""\s*<\?xml\s[^<>]{0,100}?\sencoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._:-]{1,40})["']""")
_UTF_8: Final = "utf-8"
_CODECS: Final = {
    "utf8": _UTF_8,
    "usascii": _UTF_8,
    "ascii": _UTF_8,
    "utf16": _UTF_8,  # it can't be: it would have been told by a mark, or by NULs
    "utf16le": _UTF_8,
    "utf16be": _UTF_8,
    "iso88591": "latin-1",
    "latin1": "latin-1",
    "iso88592": "iso8859-2",
    "iso885915": "iso8859-15",
    "windows1250": "cp1250",
    "windows1252": "cp1252",
}
"""By the name without what stands between its letters and digits."""
_WITHOUT_MARK: Final = {b"\1\0\1\0": "utf-16-le", b"\0\1\0\1": "utf-16-be"}
"""By which of the first four bytes are NUL."""


def as_utf8(data: bytes) -> bytes | None:
    """The document in UTF-8 without a mark; None for an encoding that is not read, and for bytes that don't fit the one named."""
    codec = _codec(data)
    if codec is None:
        return None
    if codec == _UTF_8:
        return data.removeprefix(_UTF_8_MARK)
    try:
        return data.decode(codec).encode()
    except UnicodeDecodeError:
        return None


def _codec(data: bytes) -> str | None:
    start = data[:4]
    if start.startswith(_UTF_8_MARK):
        return _UTF_8
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None if start == b"\xff\xfe\0\0" else "utf-16"
    if b"\0" in start:
        return _WITHOUT_MARK.get(bytes(map(bool, start)))
    declared = _DECLARED.match(data)
    return _CODECS.get(re.sub("[^a-z0-9]", "", declared[1].decode().casefold())) if declared else _UTF_8
