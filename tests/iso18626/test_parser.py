"""The parser takes anything a stranger sends: it reads, or raises ProtocolError BadlyFormedMessage, and soon."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, Version
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.parser import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_TAGS,
    check_shape,
    has_leading_blanks,
    parse,
)
from gateway.iso18626.redact import redact
from gateway.iso18626.schema import is_valid, problems
from tests.fakes.examples import examples
from tests.iso18626.samples import SAMPLES, sample

SECRET = "open-sesame"
XML = '<?xml version="1.0" encoding="{}"?>'
BOMB = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><a>&c;</a>"
EXTERNAL = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'
FILE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a b="x">&b;</a>'

REFUSED = {
    "nothing": b"",
    "blanks": b" \r\n\t ",
    "no XML": b"To be or not to be",
    "JSON": b'{"request": {}}',
    "half a document": SAMPLES["request-1.2"][:1000],
    "two roots": b"<a/><a/>",
    "a NUL": b"<a>\0</a>",
    "a NUL in front": b"\0<a/>",
    "a control character": b"<a>\x0b</a>",
    "a reference to one": b"<a>&#11;</a>",
    "an entity that nobody declared": b"<securityCode>&open-sesame;</securityCode>",
    "entities": BOMB.encode(),
    "entities in UTF-16": BOMB.encode("utf-16"),
    "entities in UTF-16 without a mark": (XML.format("UTF-16BE") + BOMB).encode("utf-16-be"),
    "entities in UTF-32": BOMB.encode("utf-32"),
    "entities in UTF-7": (XML.format("UTF-7")).encode() + BOMB.encode("utf-7"),
    "an external DTD": EXTERNAL.encode(),
    "a file": FILE.encode(),
    "a DTD after a comment": b"<!-- x --><!DOCTYPE a><a/>",
    "an encoding that lies": (XML.format("UTF-16") + "<a/>").encode(),
    "an encoding that is not kept": (XML.format("UTF-8") + "<a>é</a>").encode("latin-1"),
    "an encoding nobody knows": (XML.format("x-klingon") + "<a/>").encode(),
    "EBCDIC": (XML.format("cp037") + "<a/>").encode("cp037"),
    "a prefix nobody declared": b"<x:a/>",
    "an attribute twice": b'<a b="1" b="2"/>',
    "an XML of the future": b'<?xml version="2.0"?><!<a/>',
    "too deep": b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    "far too deep": b"<a>" * 5000 + b"</a>" * 5000,
    "too large": b"<a>" + b"x" * MAX_BYTES + b"</a>",
    "too many elements": b"<a>" + b"<b/>" * MAX_TAGS + b"</a>",
    "too many attributes": b"<a " + b" ".join(b'a%d="x"' % n for n in range(MAX_ATTRIBUTES + 1)) + b"/>",
    "far too many namespaces": b"<a " + b" ".join(b'xmlns:a%d="x%d"' % (n, n) for n in range(30_000)) + b"/>",
    "one long name": b"<" + b"a" * (MAX_BYTES - 10) + b"/>",
    "one long attribute": b'<a b="' + b"c" * (MAX_BYTES - 20) + b'"/>',
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_message_is_badly_formed_and_found_out_at_once(data):
    started_s = time.process_time()
    with pytest.raises(ProtocolError) as caught:
        decode(data)
    assert time.process_time() - started_s < 1
    assert caught.value.error_type is ErrorType.BADLY_FORMED_MESSAGE
    assert len(caught.value.error_value) < 200
    assert SECRET not in caught.value.error_value
    assert caught.value.kind is None


def test_the_reason_is_the_document_s_own_whatever_was_refused_before():
    reasons = []
    for data in (b"<a>\xff</a>", b"", b"<a><b></a>", b"<a>&b;</a>", b"<a><b></a>"):
        assert not is_valid(parse(b"<x/>"), Version.V1_2)  # what the schema refuses stands in the same log
        with pytest.raises(ProtocolError) as caught:
            parse(data)
        reasons.append(caught.value.error_value.removeprefix("not well-formed XML: ").partition(" in ")[0])
    assert reasons == [
        "INVALID_ENCODING",
        "DOCUMENT_EMPTY",
        "TAG_NAME_MISMATCH",
        "UNDECLARED_ENTITY",
        "TAG_NAME_MISMATCH",
    ]


@pytest.mark.parametrize("data", [b"<a>&x;</a>", b"<a>\n<b c='&x;'/></a>", b"<a>\n<b>", b"<a/>\n<b/>", b"<"])
def test_nothing_of_a_refused_document_stays_in_the_parser(data):
    with pytest.raises(ProtocolError) as caught:
        parse(data)
    assert "in line 2" in caught.value.error_value or b"\n" not in data
    assert [element.tag for element in parse(b"<c><d/></c>").iter()] == ["c", "d"]


@pytest.mark.parametrize("count", [100, 999])
def test_many_namespaces_on_many_elements_take_time_in_proportion(count):
    declared = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(count - 2))
    used = f"<supplierInfo n{count - 3}:x='1'/>" * (MAX_TAGS // 2 - 200)
    data = sample("request-1.2", ("<request>", f"<request {declared}>"), ("<supplierInfo>", f"{used}<supplierInfo>"))
    started_s = time.process_time()
    assert decode(data).repairs
    assert problems(data)
    assert time.process_time() - started_s < 8


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_the_other_doors_are_as_safe(data):
    assert problems(data)
    assert isinstance(redact(data), bytes)


READ = {
    "UTF-8 with a mark": b"\xef\xbb\xbf" + SAMPLES["request-1.2"],
    "UTF-16": SAMPLES["request-1.2"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
    "Latin-1": SAMPLES["request-1.2"].replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"'),
    "no declaration": SAMPLES["request-1.2"].partition(b"?>")[2],
    "a processing instruction": sample("request-1.2", ("<request>", "<?do this?><request>")),
    "a comment inside a value": sample("request-1.2", ("SAMPLE-0001", "SAMPLE<!-- really -->-0001")),
    "CDATA": sample("request-1.2", ("SAMPLE-0001", "<![CDATA[SAMPLE-0001]]>")),
}


@pytest.mark.parametrize("data", READ.values(), ids=READ)
def test_what_is_xml_is_read(data):
    decoded = decode(data)
    assert decoded.message == decode(SAMPLES["request-1.2"]).message
    assert decoded.repairs == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_blanks_between_elements_are_left_out_unless_they_are_asked_for(encoding):
    """Those of a text stay, also where it holds nothing else."""
    data = "<a>\n  <b> </b>\n  <c> of a text &amp; more </c>\n</a>".encode(encoding)
    root = parse(data)
    assert (root.text, [(each.text, each.tail) for each in root]) == (None, [(" ", None), (" of a text & more ", None)])
    root = parse(data, blanks=True)
    assert (root.text, [each.tail for each in root]) == ("\n  ", ["\n  ", "\n"])


def test_a_hundred_kilobytes_are_accepted():
    note = "A long story. " * 8000
    decoded = decode(sample("renew-1.2", ("Two more weeks, please.", note)))
    assert decoded.message.note == note  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "unit",
    [
        b"<supplierInfo/>",
        b"<note>x</note>",
        b"<a b='c'/>",
        b"<sortOrder>x</sortOrder>",
        b"<supplierInfo><note/></supplierInfo>",
    ],
)
def test_the_largest_messages_take_time_in_proportion(unit):
    """As many elements as the limit allows, valid or not: well under a second each."""
    head, tail = SAMPLES["request-1.2"].split(b"<supplierInfo>", 1)[0], b"</request></ISO18626Message>"
    data = head + unit * ((MAX_TAGS - 200) // (unit.count(b"<") + unit.count(b"/>"))) + tail
    check_shape(parse(data))
    started_s = time.process_time()
    try:
        decode(data)
    except ProtocolError as error:
        assert error.error_type in ErrorType  # noqa: PT017  an error is as good an answer as a message
    assert time.process_time() - started_s < 8


def test_the_shape_of_an_ordinary_message_passes():
    check_shape(parse(SAMPLES["request-1.2"]))


def test_blanks_count_only_before_a_declaration():
    assert has_leading_blanks(b"\n<?xml version='1.0'?><a/>")
    assert not has_leading_blanks(b"\n<a/>")


@examples(500)
@given(name=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_damaged_documents_raise_nothing_else(name, data):
    damaged = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
    try:
        decode(bytes(damaged))
    except ProtocolError as error:
        assert SECRET not in error.error_value  # noqa: PT017  whether it is an error is not the question
    assert isinstance(redact(bytes(damaged)), bytes)


@examples(300)
@given(st.binary(max_size=200))
def test_noise_is_badly_formed(data):
    with pytest.raises(ProtocolError):
        decode(data)
