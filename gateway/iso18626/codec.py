"""Bytes to messages and back: `decode` is tolerant and says what it put right, `encode` is strict.

A document that its schema accepts takes the fast way (parse, validate, read). Only what no schema accepts goes to the
lenient reader. No input makes `decode` raise anything but ProtocolError.
"""

from functools import cache
from typing import Any

from lxml import etree
from msgspec import Struct

from gateway.iso18626.codes import MessageKind, Version
from gateway.iso18626.detect import declared_string, declared_version, detect
from gateway.iso18626.elements import ENVELOPE, MESSAGES, NAMESPACE
from gateway.iso18626.lenient import find_message, read_leniently
from gateway.iso18626.messages import Message, kind_of
from gateway.iso18626.parser import check_shape, has_leading_blanks, parse
from gateway.iso18626.reading import reader
from gateway.iso18626.repairs import Repair, RepairKind, Repairs
from gateway.iso18626.schema import is_valid
from gateway.iso18626.writing import Writer, writer


class Decoded(Struct, frozen=True, kw_only=True):
    """A message and how it came: the version that its content speaks, the sender's own string, what was put right."""

    message: Message
    version: Version
    declared: str | None
    repairs: tuple[Repair, ...] = ()


def decode(data: bytes) -> Decoded:
    """The message in a document. Raises ProtocolError, which carries the answer for the wire, and nothing else."""
    root = parse(data)
    repairs = Repairs()
    if has_leading_blanks(data):
        repairs.add(RepairKind.LEADING_BLANKS, root)
    element, kind = find_message(root, repairs)
    declared = declared_string(root)
    version, accepted = _judge(root, element, kind, declared)
    message = _read_fast(element, kind, version, repairs) if accepted else None
    if message is None:
        message = read_leniently(element, kind, version, repairs)
    return Decoded(message=message, version=version, declared=declared, repairs=repairs.as_tuple())


def encode(message: Message, version: str = Version.V1_2) -> bytes:
    """The message as a document that the version's schema accepts; times are written in UTC.

    Raises Inexpressible where the version has no place for what the message says, where it lacks what the version
    demands, and where a text holds a character that XML cannot carry. ValueError for an unknown version.
    """
    opening, write, closing = _frame(kind_of(message), version)
    out = [opening]
    write(message, out)
    out.append(closing)
    return "".join(out).encode()


def _judge(
    root: etree._Element, element: etree._Element, kind: MessageKind, declared: str | None
) -> tuple[Version, bool]:
    """The version that a document speaks, and whether that version's schema accepts it."""
    first = declared_version(declared) or Version.V1_2
    if is_valid(root, first):
        return first, True
    check_shape(root)
    # It may be valid in the other version, yet only content that the first one cannot have makes it a document of that.
    spoken = detect(element, kind, declared)
    return spoken, spoken is not first and is_valid(root, spoken)


def _read_fast(element: etree._Element, kind: MessageKind, version: Version, repairs: Repairs) -> Any:
    """The message of a valid document, or None if a value in it is valid but larger than this library holds."""
    try:
        return reader(MESSAGES[kind], version)(element, repairs)
    except ValueError:
        return None


@cache
def _frame(kind: MessageKind, version: str) -> tuple[str, Writer, str]:
    """What stands before a message, what writes it, and what stands after it. ValueError for an unknown version."""
    opening = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{ENVELOPE} xmlns="{NAMESPACE}" xmlns:ill="{NAMESPACE}" ill:version="{version}"><{kind}>'
    )
    return opening, writer(MESSAGES[kind], Version(version)), f"</{kind}></{ENVELOPE}>\n"
