"""How messages of the field deviate (iso18626.md, “Be liberal in what you read”), and what nobody should accept.

A deviation changes the text of a valid request of ours in one place. Pure; ValueError where its place is not there.
"""

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from gateway.iso18626.codes import Version

Change = Callable[[bytes], bytes]

_ENVELOPE: Final = rb"<ISO18626Message[^>]*>"
_NAMESPACE: Final = rb' xmlns="[^"]*"'


class Deviation(Struct, frozen=True, kw_only=True):
    """One way of deviating; `only` names the version in which it is one."""

    name: str
    change: Change
    only: Version | None = None

    def is_one_in(self, version: Version) -> bool:
        """Whether a message of that version can deviate so."""
        return self.only in (None, version)


def _put(pattern: bytes, replacement: bytes) -> Change:
    """Replace every match; the place must be there."""
    compiled = re.compile(pattern, re.DOTALL)

    def change(document: bytes) -> bytes:
        changed, count = compiled.subn(replacement, document)
        if count == 0:
            raise ValueError(f"nothing in the message matches {pattern!r}")
        return changed

    return change


def _without_namespace(document: bytes) -> bytes:
    return _put(rb'( xmlns(:ill)?="[^"]*")|ill:', b"")(document)


def _without_envelope(document: bytes) -> bytes:
    namespace = re.search(_NAMESPACE, document)
    if namespace is None:
        raise ValueError("the message has no namespace")
    bare = _put(_ENVELOPE + rb"|</ISO18626Message>", b"")(document)
    ours = namespace[0] + namespace[0].replace(b"xmlns=", b"xmlns:ill=")
    return bare.replace(b"<request>", b"<request" + ours + b">", 1)


REPAIRABLE: Final = (
    Deviation(name="no XML declaration", change=_put(rb"^<\?xml[^>]*>\s*", b"")),
    Deviation(name="blanks before the declaration", change=_put(rb"^", b" \n")),
    Deviation(name="no namespace", change=_without_namespace),
    Deviation(name="a namespace of its own", change=_put(_NAMESPACE, b' xmlns="http://library.example/ill"')),
    Deviation(name="no envelope", change=_without_envelope),
    Deviation(
        name="elements in another order",
        change=_put(rb"(<bibliographicInfo>.*</bibliographicInfo>)(<serviceInfo>.*</serviceInfo>)", rb"\2\1"),
    ),
    Deviation(name="an unknown element", change=_put(rb"<serviceInfo>", b"<serviceInfo><localCode>7</localCode>")),
    Deviation(name="schema= for scheme=", change=_put(rb"ill:scheme=", b"ill:schema=")),
    Deviation(name="a version without a namespace", change=_put(rb"ill:version=", b"version=")),
    Deviation(name="version 1.0", change=_put(rb'ill:version="[^"]*"', b'ill:version="1.0"'), only=Version.V1_2),
    Deviation(
        name="version v1_2_2017", change=_put(rb'ill:version="[^"]*"', b'ill:version="v1_2_2017"'), only=Version.V1_2
    ),
    Deviation(
        name="version 2021-3", change=_put(rb'ill:version="[^"]*"', b'ill:version="2021-3"'), only=Version.V2021_2
    ),
    Deviation(
        name="no multipleItemRequestId",
        change=_put(rb"<multipleItemRequestId/>|<multipleItemRequestId></multipleItemRequestId>", b""),
        only=Version.V1_2,
    ),
    Deviation(
        name="an empty date", change=_put(rb"</serviceType>", b"</serviceType><needBeforeDate></needBeforeDate>")
    ),
    Deviation(name="a time without a zone", change=_put(rb"Z</timestamp>", b"</timestamp>")),
    Deviation(name="a time with a blank for the T", change=_put(rb"(<timestamp>[^T]*)T([^<]*)Z", rb"\1 \2")),
    Deviation(name="a time to the nanosecond", change=_put(rb"(\.\d+)?Z</timestamp>", b".123456789Z</timestamp>")),
    Deviation(name="a currency in small letters", change=_put(rb">EUR<", b">eur<")),
    Deviation(name="a code that its list does not have", change=_put(rb">Standard<", b">Whenever<")),
)
"""What a tolerant reader puts right; a strict one may refuse it, but for the last, which an open list allows."""

UNREADABLE: Final = (
    Deviation(name="no XML", change=lambda _: b"Please send us a book."),
    Deviation(name="XML that breaks off", change=lambda document: document[: len(document) // 2]),
    Deviation(name="an envelope without a message", change=_put(rb"<request>.*</request>", b"")),
    Deviation(
        name="a request without its id",
        change=_put(rb"<requestingAgencyRequestId>[^<]*</requestingAgencyRequestId>", b""),
    ),
    Deviation(name="a value outside a closed list", change=_put(rb">Loan<", b">Gift<")),
    Deviation(
        name="a document type declaration",
        change=_put(rb"(<\?xml[^>]*>)", rb'\1<!DOCTYPE ISO18626Message [<!ENTITY words "words">]>'),
    ),
)
"""What must be refused: nobody can know what is meant, or it is an attack."""
