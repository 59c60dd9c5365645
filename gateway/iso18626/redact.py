"""What must not be stored, logged, shown or quoted: securityCode and everything about the customer in patronInfo."""

import re
from typing import Final

from lxml import etree
from msgspec.structs import replace

from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.messages import Header, Message, Request, RequestingAgencyMessage, SupplyingAgencyMessage
from gateway.iso18626.parser import local_name, parse

_SECRET: Final = frozenset({"patronInfo", "requestingAgencyAuthentication", "securityCode"})
_BLANKED: Final = ("patronInfo", "securityCode")
# For documents that are no XML: from the opening tag to the closing one, or to the end if it never comes.
_BLANKED_TEXT: Final = re.compile(
    rb"(<(?:[\w.-]+:)?(patronInfo|securityCode)\b[^<>]*(?<!/)>)(?:(?!</(?:[\w.-]+:)?\2\b).)*", re.DOTALL
)


def is_secret(element: etree._Element) -> bool:
    """Whether the element, or one around it, is among those whose content is never quoted."""
    return local_name(element) in _SECRET or any(local_name(parent) in _SECRET for parent in element.iterancestors())


def redact(data: bytes) -> bytes:
    """The document without the content of securityCode and patronInfo, fit to be stored or shown.

    Comments are dropped as well. What is no XML is cut by its tags; what cannot be read even so is left out whole.
    """
    try:
        root = parse(data)
    except ProtocolError:
        return b"(unreadable document)" if b"\0" in data else _BLANKED_TEXT.sub(rb"\1", data)
    for element in list(root.iter(*(f"{{*}}{name}" for name in _BLANKED))):
        tail = element.tail
        element.clear()
        element.tail = tail
    return etree.tostring(root, encoding="UTF-8", xml_declaration=data.lstrip().startswith(b"<?xml"))


def redact_message(message: Message) -> Message:
    """The message without securityCode and patronInfo, fit to be stored or shown."""
    match message:
        case Request():
            return replace(message, header=_redact_header(message.header), patron_info=None)
        case SupplyingAgencyMessage() | RequestingAgencyMessage():
            return replace(message, header=_redact_header(message.header))
        case _:
            return message


def _redact_header(header: Header) -> Header:
    if header.authentication is None:
        return header
    return replace(header, authentication=replace(header.authentication, security_code=None))
