"""Records in any characters become XML in UTF-8; what is no record becomes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.z3950.characters import marcxml, told_by, xml_in_utf_8
from gateway.z3950.values import RecordCharset

AUTO, UTF_8, MARC_8, LATIN_1 = RecordCharset


def iso2709(title: bytes, coding: bytes = b" ", number: bytes = b"b1") -> bytes:
    """A record with a number and a title, as ISO 2709 has it."""
    fields = ((b"001", number + b"\x1e"), (b"245", b"  \x1fa" + title + b"\x1e"))
    directory, data = b"", b""
    for tag, field in fields:
        directory += tag + b"%04d%05d" % (len(field), len(data))
        data += field
    base = 24 + len(directory) + 1
    leader = b"%05dnam " % (base + len(data) + 1) + coding + b"22%05d a 4500" % base
    return leader + directory + b"\x1e" + data + b"\x1d"


def title_of(xml: bytes | None) -> str:
    assert xml is not None
    return "".join(each.text or "" for each in etree.fromstring(xml).iter("{*}subfield"))


@pytest.mark.parametrize(
    ("title", "coding", "charset", "read"),
    [
        ("Østermock".encode(), b"a", AUTO, "Østermock"),
        ("Østermock".encode(), b" ", AUTO, "Østermock"),  # the leader is wrong
        (b"\xa2stermock, Ren\xe2ee", b" ", AUTO, "Østermock, Renée"),  # ANSEL: Ø, and the accent before its letter
        (b"Ren\xe2ee", b"a", AUTO, "Renée"),
        (b"plain", b" ", AUTO, "plain"),
        (b"\x1b(NwQ\x1b(B & co", b" ", AUTO, "Вя & co"),
        (b"Ren\xe9e", b" ", LATIN_1, "Renée"),
        (b"Ren\xe9e", b"a", LATIN_1, "Renée"),
        (b"Ren\xe2ee", b"a", MARC_8, "Renée"),
        ("Renée".encode(), b" ", UTF_8, "Renée"),
        (b"a\x01b\x1b", b"a", UTF_8, "ab"),
    ],
)
def test_a_title_is_read_in_its_characters(title: bytes, coding: bytes, charset: RecordCharset, read: str):
    assert title_of(marcxml(iso2709(title, coding), charset)) == read


@pytest.mark.filterwarnings("ignore::pymarc.exceptions.BadSubfieldCodeWarning")
@pytest.mark.parametrize("charset", list(RecordCharset))
@given(octets=st.binary(max_size=200))
def test_no_octets_are_more_than_no_record(octets: bytes, charset: RecordCharset):
    for raw in (octets, iso2709(b"x")[:24] + octets, iso2709(octets)):
        xml = marcxml(raw, charset)
        assert xml is None or etree.fromstring(xml).tag.endswith("record")


@pytest.mark.parametrize(
    ("text", "charset", "read"),
    [
        ("René & co".encode(), AUTO, "René & co"),
        (b"Ren\xe2e", AUTO, "René"),
        (b"Ren\xe9", LATIN_1, "René"),
        (b"Ren\xe2e", MARC_8, "René"),
        ("René".encode(), UTF_8, "René"),
    ],
)
def test_texts_of_xml_are_read_in_their_characters(text: bytes, charset: RecordCharset, read: str):
    xml = b'<holding level="2"><a>' + text.replace(b"&", b"&amp;") + b"</a>\n</holding>"
    assert etree.fromstring(xml_in_utf_8(xml, charset)).findtext("a") == read


def test_where_no_byte_tells_the_leader_does():
    assert told_by(b"plain", says_utf_8=True) is UTF_8
    assert told_by(b"plain", says_utf_8=False) is MARC_8
    assert told_by(b"\x1b(NwQ", says_utf_8=True) is MARC_8
