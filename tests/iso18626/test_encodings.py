"""A document's encoding is told as XML has it, out of a short list, and the document made UTF-8."""

import pytest

from gateway.iso18626.codec import decode
from gateway.iso18626.encodings import PLAIN, as_utf8
from gateway.iso18626.messages import RequestingAgencyMessage
from gateway.iso18626.redact import redact
from tests.iso18626.samples import sample

TEXT = "<note>Bücher für Łódź</note>"
WESTERN = "<note>Bücher für Köln</note>"


def declared(name: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>'


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TEXT.encode(), TEXT),
        (TEXT.encode("utf-8-sig"), TEXT),
        (TEXT.encode("utf-16"), TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT),
        (TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-be"), TEXT),
        *(
            ((declared(name) + WESTERN).encode(codec), declared(name) + WESTERN)
            for name, codec in {
                "UTF-8": "utf-8",
                "utf8": "utf-8",
                "ISO-8859-1": "latin-1",
                "ISO_8859-1": "latin-1",
                "latin1": "latin-1",
                "iso-8859-15": "iso8859-15",
                "ISO-8859-2": "iso8859-2",
                "Windows-1252": "cp1252",
                "UTF-16": "utf-8",
            }.items()
        ),
        (("\n " + declared("ISO-8859-1") + WESTERN).encode("latin-1"), "\n " + declared("ISO-8859-1") + WESTERN),
    ],
)
def test_a_document_comes_out_in_utf_8(data: bytes, text: str):
    assert as_utf8(data) == text.encode()


@pytest.mark.parametrize(
    "data",
    [
        *(
            (declared(name) + "<a/>").encode()
            for name in ("UTF-7", "JAVA", "C99", "UCS-4", "cp037", "Big5", "x-klingon", "idna")
        ),
        TEXT.encode("utf-32"),
        TEXT.encode("utf-32-be"),
        (declared("cp1252") + "<a>").encode() + b"\x81",
        TEXT.encode("utf-16")[:-1],
        b"\0\0\0\0",
    ],
)
def test_any_other_encoding_is_not_read(data: bytes):
    assert as_utf8(data) is None


def test_a_name_that_is_hidden_behind_blanks_is_read_as_utf_8_and_so_it_is_parsed():
    """The parser obeys what we say, not the declaration: what was counted is what it sees."""
    document = sample("renew-1.2", ("Two more weeks, please.", "a+ADw-b/+AD4-c"))
    for name in ("UTF-7", "UTF-16"):
        hidden = b'<?xml version="1.0"%sencoding="%s"?>' % (b" " * 200, name.encode()) + document
        assert not PLAIN.match(hidden)
        read = decode(hidden).message
        assert isinstance(read, RequestingAgencyMessage)
        assert read.note == "a+ADw-b/+AD4-c"


def test_what_is_not_read_is_not_shown_either():
    secret = "<a><securityCode>open-sesame</securityCode></a>"
    assert redact(declared("UTF-7").encode() + secret.replace("<", "+ADw-").encode()) == b"(unreadable document)"


@pytest.mark.parametrize(
    "begin", ["", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="UTF-8"?>', "\n <?xml version='1.0'?>"]
)
def test_nearly_all_documents_begin_so_that_nothing_is_recoded(begin: str):
    assert PLAIN.match((begin + WESTERN).encode())
