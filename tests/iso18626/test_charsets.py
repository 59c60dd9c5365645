"""HTTP's charset counts for a document that is silent about its own, and for no other."""

import pytest

from gateway.iso18626.charsets import in_utf8
from gateway.iso18626.elements import ENVELOPE
from gateway.iso18626.repairs import Repair, RepairKind

TEXT = "<note>Bücher für Köln</note>"
LATIN = TEXT.encode("latin-1")


@pytest.mark.parametrize("charset", ["ISO-8859-1", "iso-8859-15", "Windows-1252"])
@pytest.mark.parametrize("declaration", ["", "<?xml version='1.0'?>", "\n<?xml version='1.0'?>"])
def test_a_document_that_names_no_charset_is_in_that_of_http(charset, declaration):
    document = declaration + TEXT
    recoded = in_utf8(document.encode(charset), charset)
    assert recoded == (document.encode(), (Repair(RepairKind.CHARSET, ENVELOPE),))


UNTOUCHED = {
    "HTTP names none": (LATIN, None),
    "HTTP says UTF-8": (LATIN, "utf-8"),
    "it is UTF-8 whatever HTTP says": (TEXT.encode(), "iso-8859-1"),
    "it names another": (b'<?xml version="1.0" encoding="UTF-8"?>' + LATIN, "iso-8859-1"),
    "it has a mark": (b"\xef\xbb\xbf" + LATIN, "iso-8859-1"),
    "it is UTF-16": (TEXT.encode("utf-16"), "iso-8859-1"),
    "a charset in which markup looks different": (LATIN, "utf-16"),
    "a charset that nobody should look up": (LATIN, "punycode"),
    "bytes that the charset does not have": (b"<a>\x81</a>", "windows-1252"),
}


@pytest.mark.parametrize(("data", "charset"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_any_other_document_is_left_as_it_is(data, charset):
    assert in_utf8(data, charset) == (data, ())
