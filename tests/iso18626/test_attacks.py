"""Attacks on an XML reader, each answered in the protocol's terms, at once and in little memory.

The same documents go to the decoder and, over a socket, to the server. A listener watches that nothing is ever fetched.
"""

import gzip
import io
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, MessageStatus
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import RequestingAgencyMessage
from gateway.iso18626.parser import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAMESPACES, MAX_TAGS
from gateway.iso18626.redact import redact
from gateway.iso18626.schema import problems
from tests.iso18626.samples import SAMPLES, sample
from tests.iso18626.serving import ANYBODY_HERE, confirmation, door, message

PORT_PLACE = "43210"
"""Stands in the documents for the port of the listener."""
SECRET_FILE = "/etc/hostname"
BOUND_S = 8.0
"""Processor time for one document through every door of the library. Measured: 0.6 s at the most, for an attribute as large as a document may be."""
BOUND_MB = 64
"""How much one document may add to the process."""


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>'


def with_dtd(subset: str, use: str = "", external: str = "") -> str:
    """A sample message that begins with a document type and uses it in its note."""
    body = SAMPLES["renew-1.2"].decode().partition("?>")[2].replace("Two more weeks, please.", f"Two more {use}")
    return f'<?xml version="1.0"?><!DOCTYPE ISO18626Message {external} [{subset}]>{body}'


def within(text: str) -> bytes:
    """A sample message with this in place of its note's text."""
    return sample("renew-1.2", ("Two more weeks, please.", text))


def beside(element: str) -> bytes:
    """A sample message with this in front of its note."""
    return sample("renew-1.2", ("<note>", f"{element}<note>"))


LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
FETCHED = "fetched-by-an-attack"
WEB = f"http://127.0.0.1:{PORT_PLACE}/{FETCHED}"
EBCDIC_LAUGHS = with_dtd(LAUGHS, "&l10;").replace('version="1.0"', 'version="1.0" encoding="cp037"')

DOCUMENT_TYPES = {
    "a billion laughs": with_dtd(LAUGHS, "&l10;").encode(),
    "a billion laughs in an attribute": with_dtd(LAUGHS).replace("<note>", '<note x="&l10;">').encode(),
    "quadratic expansion": with_dtd(f'<!ENTITY q "{"q" * 50_000}">', "&q;" * 20_000).encode(),
    "an entity that calls itself": with_dtd('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;").encode(),
    "a file": with_dtd(f'<!ENTITY f SYSTEM "file://{SECRET_FILE}">', "&f;").encode(),
    "a file by its path": with_dtd(f'<!ENTITY f SYSTEM "{SECRET_FILE}">', "&f;").encode(),
    "a device that never ends": with_dtd('<!ENTITY f SYSTEM "file:///dev/zero">', "&f;").encode(),
    "a web page": with_dtd(f'<!ENTITY w SYSTEM "{WEB}/entity">', "&w;").encode(),
    "a public identifier": with_dtd(f'<!ENTITY w PUBLIC "-//X//Y" "{WEB}/public">', "&w;").encode(),
    "an unparsed entity": with_dtd(f'<!NOTATION n SYSTEM "n"><!ENTITY w SYSTEM "{WEB}/unparsed" NDATA n>').encode(),
    "a parameter entity": with_dtd(f'<!ENTITY % p SYSTEM "{WEB}/parameter">%p;').encode(),
    "parameter entities that send a file out": with_dtd(
        f'<!ENTITY % f SYSTEM "file://{SECRET_FILE}"><!ENTITY % p SYSTEM "{WEB}/out.dtd">%p;%send;'
    ).encode(),
    "parameter entities that multiply": with_dtd(
        "<!ENTITY % a '&#37;b;&#37;b;'><!ENTITY % b '&#37;c;&#37;c;'><!ENTITY % c 'x'>%a;"
    ).encode(),
    "an external subset": with_dtd("", external=f'SYSTEM "{WEB}/external.dtd"').encode(),
    "default attributes": with_dtd('<!ATTLIST note x CDATA "y">').encode(),
    "a document type and nothing else": b"<!DOCTYPE a>",
    "a document type behind a comment": b"<!-- -->" + with_dtd("").partition("?>")[2].encode(),
    "a document type behind a processing instruction": b"<?a b?>" + with_dtd("").partition("?>")[2].encode(),
    "a document type behind a mark": b"\xef\xbb\xbf" + with_dtd(LAUGHS, "&l10;").encode(),
    "a document type in UTF-16": with_dtd(LAUGHS, "&l10;").replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"),
    "a document type in UTF-16 without a mark": with_dtd(LAUGHS, "&l10;").encode("utf-16-be"),
    "a document type in UTF-32": with_dtd(LAUGHS, "&l10;").replace("?>", ' encoding="UTF-32"?>', 1).encode("utf-32"),
    "a document type in UTF-7": with_dtd(LAUGHS, "&l10;").replace("?>", ' encoding="UTF-7"?>', 1).encode("utf-7"),
    "a document type half in UTF-7": with_dtd(LAUGHS, "&l10;")
    .replace("?>", ' encoding="UTF-7"?>', 1)
    .replace("<!DOCTYPE", "+ADwAIQ-DOCTYPE")
    .encode(),
    "a document type in EBCDIC": EBCDIC_LAUGHS.encode("cp037"),
    "a document type in small letters": with_dtd(LAUGHS, "&l10;").replace("<!DOCTYPE", "<!doctype").encode(),
    "a document type inside": within("<!DOCTYPE a [<!ENTITY b 'c'>]>"),
    "an entity without a document type": within("&nbsp;"),
}

SHAPES = {
    "one level too deep": b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
    "as deep as there are tags": b"<a>" * (MAX_TAGS // 2 - 10) + b"</a>" * (MAX_TAGS // 2 - 10),
    "a hundred thousand deep, unclosed": b"<a>" * 100_000,
    "an attribute as large as the document": b'<a b="' + b"c" * (MAX_BYTES - 20) + b'"/>',
    "a name as large as the document": b"<" + b"a" * (MAX_BYTES - 10) + b"/>",
    "a namespace as large as the document": b'<a xmlns="urn:' + b"c" * (MAX_BYTES - 30) + b'"/>',
    "too many attributes on one element": b"<a " + b" ".join(b'a%d=""' % n for n in range(MAX_ATTRIBUTES + 1)) + b"/>",
    "too many attributes on many elements": beside("<b c='' d='' e='' f=''/>" * (MAX_ATTRIBUTES // 4 + 1)),
    "too many namespaces on one element": b"<a "
    + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(MAX_NAMESPACES + 1))
    + b"/>",
    "a namespace for each element": beside('<b xmlns="urn:b"/>' * (MAX_NAMESPACES + 1)),
    "too many elements": beside("<b/>" * MAX_TAGS),
    "too many comments": beside("<!-- -->" * MAX_TAGS),
    "too many processing instructions": beside("<?a?>" * MAX_TAGS),
    "too many CDATA sections": within("<![CDATA[x]]>" * MAX_TAGS),
    "larger than a document may be": within("x" * MAX_BYTES),
    "the same attribute twice": b'<a b="" b=""/>',
    "the same id twice": beside('<b xml:id="i"/><b xml:id="i"/>'),
    "the same attribute twice by two prefixes": b'<a xmlns:x="u" xmlns:y="u" x:b="" y:b=""/>',
    "a comment with dashes": beside("<!-- a -- b -->"),
    "a comment without end": beside("<!-- "),
    "a CDATA section without end": within("<![CDATA["),
    "the end of a CDATA section alone": within("]]>"),
    "a second declaration": within("<?xml version='1.0'?>"),
    "packed by gzip": gzip.compress(SAMPLES["renew-1.2"]),
}

_UTF_16 = SAMPLES["renew-1.2"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
ENCODINGS = {
    "UTF-16 that says UTF-8": b"\xff\xfe" + SAMPLES["renew-1.2"].decode()[:60].encode("utf-16-le") + b"<a/>",
    "Latin-1 that says UTF-8": within("Gr\xfc\xdfe").decode().encode("latin-1"),
    "ASCII that says EBCDIC": (declared("cp037") + "<a/>").encode(),
    "UTF-16 cut in the middle of a letter": _UTF_16.encode("utf-16")[:-1],
    "UTF-8 in too many bytes": within("PLACE").replace(b"PLACE", b"\xc0\xbc"),
    "half a surrogate": within("PLACE").replace(b"PLACE", b"\xed\xa0\x80"),
    "a code point beyond Unicode": within("PLACE").replace(b"PLACE", b"\xf4\x90\x80\x80"),
    "an encoding nobody knows": (declared("x-imaginary") + "<a/>").encode(),
    "an encoding with a path for a name": (declared("../../etc/passwd") + "<a/>").encode(),
    "the mark of UTF-32 before UTF-8": b"\xff\xfe\x00\x00" + SAMPLES["renew-1.2"],
    "a NUL in a text": within("a\0b"),
    "a NUL behind the end": SAMPLES["renew-1.2"] + b"\0",
    "NULs alone": b"\0" * 1000,
    "a NUL by reference": within("&#0;"),
    "a control character": within("\x08"),
    "a reference beyond Unicode": within("&#x110000;"),
    "a reference beyond every number": within(f"&#{'9' * 5000};"),
    "a reference to half a surrogate": within("&#xD800;"),
    "what is no character": within("&#xFFFF;"),
}


def undeclared(text: str) -> str:
    """The document without what it says of itself."""
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def hidden(text: str, name: str) -> bytes:
    """The document in an encoding in which its tags don't look like tags: UTF-7, or escapes as Java's sources have them."""
    rest = undeclared(text)
    if name == "UTF-7":
        rest = rest.replace("<", "+ADw-").replace("xmlns", "+AHg-mlns")
    else:
        rest = re.sub("<|xmlns", lambda found: "".join(f"\\u{ord(sign):04x}" for sign in found[0]), rest)
    return (declared(name) + rest).encode()


CROWDED = beside("<b/>" * MAX_TAGS).decode()
NAMED = beside('<b xmlns="urn:b"/>' * (MAX_NAMESPACES + 1)).decode()
HIDDEN = {
    f"{what} in {name}": hidden(text, name)
    for what, text in {"elements": CROWDED, "namespaces": NAMED, "a document type": with_dtd(LAUGHS, "&l10;")}.items()
    for name in ("UTF-7", "JAVA", "C99", "UCS-4-INTERNAL")
}
UNREAD = {
    f"a message in {name}": (declared(name) + undeclared(SAMPLES["renew-1.2"].decode())).encode(codec)
    for name, codec in {
        "UTF-7": "utf-7",
        "Shift_JIS": "shift-jis",
        "HZ": "hz",
        "UTF-32": "utf-32",
        "cp037": "cp037",
    }.items()
}

REFUSED = DOCUMENT_TYPES | SHAPES | ENCODINGS | HIDDEN | UNREAD

LOCATIONS = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="http://illtransactions.org/2013/iso18626 {WEB}/x.xsd urn:x {WEB}/y.xsd" '
    f'xsi:noNamespaceSchemaLocation="{WEB}/z.xsd" xml:base="{WEB}/"'
)
PLEASE = "Two more weeks, please."
MANY = MAX_TAGS - 100
READ: dict[str, tuple[bytes, str]] = {
    "an XInclude of a file": (
        within(f'a<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{SECRET_FILE}" parse="text"/>b'),
        "ab",
    ),
    "an XInclude of a web page": (
        beside(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{WEB}/xinclude"/>'),
        PLEASE,
    ),
    "schema locations": (
        sample(
            "renew-1.2",
            (
                "<ISO18626Message",
                f"<ISO18626Message {LOCATIONS}",
            ),
        ),
        PLEASE,
    ),
    "a stylesheet": (
        sample("renew-1.2", ("<ISO18626Message", f'<?xml-stylesheet href="{WEB}/a.xsl"?><ISO18626Message')),
        PLEASE,
    ),
    "CDATA that looks like markup": (within("<![CDATA[<note>&x;</note>]]>"), "<note>&x;</note>"),
    "CDATA that looks like its own end": (within("<![CDATA[]]]]><![CDATA[>]]>"), "]]>"),
    "CDATA of a megabyte": (
        within(f"<![CDATA[{'<' * (MAX_TAGS // 2)}{'x' * 1_000_000}]]>"),
        "<" * (MAX_TAGS // 2) + "x" * 1_000_000,
    ),
    "a text of a megabyte": (within("x" * 1_040_000), "x" * 1_040_000),
    "many references": (within("&#120;" * 150_000), "x" * 150_000),
    "many comments inside a text": (within("<!--x-->y" * MANY), "y" * MANY),
    "many elements inside a text": (within("<b>y</b>" * (MANY // 2)), "y" * (MANY // 2)),
    "a name that is long": (beside(f"<{'b' * 40_000}/>"), PLEASE),
    "an attribute that is long": (beside(f'<b c="{"d" * 500_000}"/>'), PLEASE),
    "many attributes": (beside("<b " + " ".join(f"a{n}=''" for n in range(MAX_ATTRIBUTES - 10)) + "/>"), PLEASE),
    "UTF-8 that says UTF-16": (_UTF_16.encode(), PLEASE),
    "a text of spaces": (beside(f"<b>{' ' * 900_000}</b>"), PLEASE),
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Where the documents point to. Fails the test if anybody has called for what they name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
        for caller in _callers(server):
            caller.settimeout(1)
            assert FETCHED.encode() not in caller.recv(1000)


def _callers(server: socket.socket) -> Iterator[socket.socket]:
    """Who has connected; on a busy machine others mistake the port for one of theirs."""
    while True:
        try:
            caller, _ = server.accept()
        except BlockingIOError:
            return
        with caller:
            yield caller


@contextmanager
def little(bound_s: float = BOUND_S, bound_mb: int = BOUND_MB) -> Iterator[None]:
    """Fail if the block takes more processor time, or memory at its peak, than that."""
    clear, began_kb, began_s = Path("/proc/self/clear_refs"), _resident_kb("VmRSS"), time.process_time()
    if clear.exists():
        clear.write_text("5")  # the peak begins anew: proc(5)
    yield
    assert time.process_time() - began_s < bound_s
    assert (_resident_kb("VmHWM") - began_kb) / 1024 < bound_mb


def _resident_kb(which: str) -> int:
    """Kilobytes in memory now (VmRSS), or at the peak (VmHWM); 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(rf"{which}:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) if found else 0


def pointed(data: bytes, server: socket.socket) -> bytes:
    """The document with its addresses pointing to the listener: the port has five digits, so lengths stay."""
    return data.replace(PORT_PLACE.encode(), b"%05d" % server.getsockname()[1])


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_is_badly_formed_at_once_and_fetches_nothing(name: str, listener: socket.socket) -> None:
    data = pointed(REFUSED[name], listener)
    with little():
        with pytest.raises(ProtocolError) as caught:
            decode(data)
        explained, redacted = problems(data), redact(data)
    assert caught.value.error_type is ErrorType.BADLY_FORMED_MESSAGE
    hostname = (Path(SECRET_FILE).exists() and Path(SECRET_FILE).read_text().strip()) or "no such file"
    assert hostname not in caught.value.error_value
    assert len(caught.value.error_value) < 200
    assert explained
    assert len(redacted) <= len(data) + 100


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_dangerous_is_read_as_it_stands(name: str, listener: socket.socket) -> None:
    document, note = READ[name]
    data = pointed(document, listener)
    with little():
        read = decode(data).message
        problems(data)
        redact(data)
    assert isinstance(read, RequestingAgencyMessage)
    assert read.note == note


@pytest.mark.parametrize("name", REFUSED)
async def test_an_attack_over_http_is_answered_and_hurts_nobody(name: str, listener: socket.socket) -> None:
    data = pointed(REFUSED[name], listener)
    async with door(ANYBODY_HERE) as here:
        status, body = await here.post(io.BytesIO(data))
        assert (await here.post(message()))[0] == 200
    if len(data) > MAX_BYTES:
        assert status == 413
        return
    answer = confirmation(body)
    assert answer.confirmation_header.message_status is MessageStatus.ERROR
    assert [error.error_type for error in answer.errors] == [ErrorType.BADLY_FORMED_MESSAGE]
    assert status == 400
    assert len(here.received) == 1, "the good message alone"


async def test_a_bomb_in_gzip_is_cut_off_while_it_unpacks() -> None:
    headers = {"Content-Type": "application/xml", "Content-Encoding": "gzip"}
    packed = gzip.compress(b"<a>" + b" " * 50_000_000)
    async with door(ANYBODY_HERE) as here:
        with little():
            status, _ = await here.post(packed, headers=headers)
        assert (await here.post(message()))[0] == 200
    assert status == 413
