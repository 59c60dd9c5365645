"""Records out of UTF-8, MARC-8 or Latin-1 into XML in UTF-8. The reading of ISO 2709 and the tables of MARC-8 are pymarc's.

YAZ could do it (“charset” of ZOOM_record_get), but as Debian has it (5.34) it empties every subfield that has a letter beyond ASCII in
MARC-8, and drops the escapes of other scripts where it writes XML. OPAC records come as XML alone, so of those the escapes are lost.
Pure: bytes in, bytes out.
"""

import re
import struct
from typing import Final

from pymarc import Record, record_to_xml
from pymarc.exceptions import PymarcException
from pymarc.marc8 import marc8_to_unicode

from gateway.z3950.values import RecordCharset

_CODING: Final = 9
"""Leader position 9: `a` for UTF-8, blank for MARC-8 (MARC 21, “Leader”)."""
_SHORTEST: Final = 24
_ESCAPE: Final = 0x1B
_TEXT: Final = re.compile(rb">([^<]+)<")
_BROKEN: Final = (PymarcException, ValueError, LookupError, struct.error, TypeError, AttributeError)
"""What pymarc raises of octets that are no record."""
_NO_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""Characters that XML can't hold, in UTF-8."""


def marcxml(raw: bytes, charset: RecordCharset) -> bytes | None:
    """Return a record of ISO 2709 as MARCXML; None where it is none."""
    if len(raw) < _SHORTEST:
        return None
    it = charset if charset is not RecordCharset.AUTO else told_by(raw, says_utf_8=raw[_CODING : _CODING + 1] == b"a")
    marked = raw[:_CODING] + (b"a" if it is RecordCharset.UTF_8 else b" ") + raw[_CODING + 1 :]
    encoding = "latin-1" if it is RecordCharset.LATIN_1 else "iso8859-1"  # by which name pymarc means MARC-8
    try:
        record = Record(data=marked, utf8_handling="replace", file_encoding=encoding, hide_utf8_warnings=True)
        return _NO_XML.sub(b"", record_to_xml(record, namespace=True))  # type: ignore[no-untyped-call]
    except _BROKEN:
        return None


def xml_in_utf_8(xml: bytes, charset: RecordCharset) -> bytes:
    """Return XML whose texts are in these characters in UTF-8."""
    it = charset if charset is not RecordCharset.AUTO else told_by(xml, says_utf_8=True)
    match it:
        case RecordCharset.UTF_8:
            return xml
        case RecordCharset.LATIN_1:
            return xml.decode("latin-1").encode()
        case _:
            return _TEXT.sub(lambda match: b">" + _out_of_marc_8(match[1]) + b"<", xml)


def _out_of_marc_8(text: bytes) -> bytes:
    return str(marc8_to_unicode(text, hide_utf8_warnings=True)).encode()


def told_by(octets: bytes, *, says_utf_8: bool) -> RecordCharset:
    """Tell UTF-8 from MARC-8 by the bytes: what a leader says of itself is often wrong, and MARC-8 with an accent is never UTF-8.

    In MARC-8 an accent is a byte from E0 on before the letter, in UTF-8 such a byte has others from 80 to BF behind it.
    Where no byte tells, the leader does: other scripts are written in MARC-8 with escapes and bytes that ASCII has too.
    """
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return RecordCharset.MARC_8
    if not text.isascii():
        return RecordCharset.UTF_8
    return RecordCharset.UTF_8 if says_utf_8 and _ESCAPE not in octets else RecordCharset.MARC_8
