"""What must not be stored, logged, shown or quoted: securityCode and everything about the customer in patronInfo."""

import re
from collections.abc import Collection
from copy import deepcopy
from typing import Final

from lxml import etree

from gateway.iso18626 import traces
from gateway.iso18626.encodings import PLAIN, as_utf8
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import Message
from gateway.iso18626.parser import full_text, local_name, parse
from gateway.iso18626.repairs import Repair, RepairKind

# In small letters: a name that is written otherwise is an unknown element, and holds the same.
_SECRET: Final = frozenset({"patroninfo", "requestingagencyauthentication", "securitycode"})
_BLANKED: Final = frozenset({"patroninfo", "securitycode"})
# For documents that are no XML: from the opening tag to the closing one, or to the end if it never comes.
_BLANKED_TEXT: Final = re.compile(
    rb"(<(?:[\w.-]+:)?(patroninfo|securitycode)\b[^<>]*(?<!/)>)(?:(?!</(?:[\w.-]+:)?\2\b).)*", re.DOTALL | re.IGNORECASE
)

_AS_WRITTEN: Final = (b"patronInfo", b"securityCode")
_IN_ANY_CASE: Final = (b"patroninfo", b"securitycode")
"""What is blanked, as the schemas write it and in small letters."""

_ODD: Final = frozenset(
    {
        RepairKind.UNKNOWN_ELEMENT,
        RepairKind.RENAMED_ELEMENT,
        RepairKind.MISPLACED_ELEMENT,
        RepairKind.REPEATED_ELEMENT,
        RepairKind.STRAY_TEXT,
    }
)
"""Repairs of documents that may speak of the customer elsewhere."""

# What stands before a name that begins or ends an element.
_OPENING: Final = re.compile(rb"<(?:[\w.-]+:)?\Z")
_CLOSING: Final = re.compile(rb"</(?:[\w.-]+:)?\Z")


def is_secret(element: etree._Element) -> bool:
    """Whether the element, or one around it, is among those whose content is never quoted."""
    return _is_named(element, _SECRET) or any(_is_named(parent, _SECRET) for parent in element.iterancestors())


def text_without_secrets(element: etree._Element) -> str:
    """The text of the element and of all inside it, but for secret elements that slipped in where they don't belong."""
    if not any(_is_named(inner, _SECRET) for inner in element.iterdescendants()):
        return full_text(element)
    cleaned = deepcopy(element)
    for inner in [each for each in cleaned.iterdescendants() if _is_named(each, _SECRET)]:
        traces.empty(inner)
    return full_text(cleaned)


def _is_named(element: etree._Element, names: frozenset[str]) -> bool:
    return local_name(element).lower() in names


def redact(data: bytes) -> bytes:
    """The document without the content of securityCode and patronInfo, fit to be stored or shown.

    Comments are dropped as well. What is no XML is cut by its tags; what cannot be read even so is left out whole.
    Most documents need no parser for this.
    """
    return _cut(data) or _redact_xml(data)


def redact_read(data: bytes, message: Message, repairs: Collection[Repair]) -> bytes:
    """Likewise for a document that was read: what it calls the customer is blanked in its notes and in strange elements too.

    A document without oddities that says none of it elsewhere needs no parser for this either.
    """
    if traces.are_in_notes(message) or any(repair.kind in _ODD for repair in repairs):
        return _redact_xml(data)
    if repairs:
        return redact(data)
    return _cut(data, as_written=True) or _redact_xml(data)


def _cut(data: bytes, *, as_written: bool = False) -> bytes | None:
    """The plain document without the content of its one patronInfo and its one securityCode; None where it isn't so.

    `as_written`: nothing was put right in it, so that names of elements stand there as the schemas have them.
    """
    head = PLAIN.match(data)  # then a look at the bytes tells all
    if head is None or b"\0" in data or _follows(data, b"<!", head.end()) or _follows(data, b"<?", head.end()):
        return None
    text, names = (data, _AS_WRITTEN) if as_written else (data.lower(), _IN_ANY_CASE)
    customer, secret = (_content(text, name) for name in names)
    if customer is None or secret is None:
        return None
    (start, end), (later, last) = (customer, secret) if customer < secret else (secret, customer)
    if not last:
        return data
    return b"".join((data[:start], data[end:later], data[last:])) if end <= later else None


def _content(text: bytes, name: bytes) -> tuple[int, int] | None:
    """Where the content of the one element of that name stands; None where the name stands in any other way."""
    closing = text.rfind(name)  # a search from the end takes a third of the time of one from the beginning
    if closing < 0:
        return 0, 0
    opening = text.rfind(name, 0, closing)
    if opening < 0 or text.rfind(name, 0, opening) >= 0:
        return None
    if text.startswith(b"<" + name + b">", opening - 1) and text.startswith(b"</" + name + b">", closing - 2):
        return opening + len(name) + 1, closing - 2
    return _content_with_prefix(text, opening, closing, len(name))


def _content_with_prefix(text: bytes, opening: int, closing: int, length: int) -> tuple[int, int] | None:
    """Likewise, where both tags may have the prefix of a namespace; no opening tag with attributes."""
    start, end = opening + length, text.rfind(b"<", 0, closing)
    brackets = text.startswith(b">", start) and text.startswith(b">", closing + length)
    begins = _OPENING.match(text, text.rfind(b"<", 0, opening), opening)
    return (start + 1, end) if brackets and begins and _CLOSING.match(text, end, closing) else None


def _follows(data: bytes, mark: bytes, start: int) -> bool:
    """Whether the mark of two bytes stands behind `start`; its second byte, which is rarer than `<`, is looked for first."""
    return data.find(mark[1:], start) >= 0 and data.find(mark, start) >= 0


def _redact_xml(data: bytes) -> bytes:
    try:
        root = parse(data, blanks=True)
    except ProtocolError:
        text = as_utf8(data)
        return b"(unreadable document)" if text is None or b"\0" in text else _BLANKED_TEXT.sub(rb"\1", text)
    traces.blank(root, len(data))
    for element in [each for each in root.iter("*") if _is_named(each, _BLANKED)]:
        traces.empty(element)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=data.lstrip().startswith(b"<?xml"))
