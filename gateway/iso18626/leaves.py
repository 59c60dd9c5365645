"""Leaf elements, read leniently: the text of one element to a value, with a record of what was put right.

Part of the lenient reader. A value that cannot be read raises ProtocolError; it is quoted unless it is secret.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lxml import etree

from gateway.iso18626.codes import Action, ErrorType, ReasonForMessage, Version, known
from gateway.iso18626.elements import SCHEME, ClosedList, Kind
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.parser import MAX_NAME, local_name
from gateway.iso18626.redact import is_secret, text_without_secrets
from gateway.iso18626.repairs import RepairKind, Repairs
from gateway.iso18626.texts import currency, is_uri, read_boolean, read_decimal, read_integer, read_time
from gateway.iso18626.values import Code

MAX_QUOTED: Final = 100  # characters of a sender's text in an errorValue

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_ALLOWED_XSI: Final = frozenset({f"{_XSI}type", f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_ERROR_OF_LIST: Final[Mapping[Any, ErrorType]] = {
    Action: ErrorType.UNSUPPORTED_ACTION_TYPE,
    ReasonForMessage: ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE,
}


def leaf(kind: Kind | ClosedList, element: etree._Element, version: Version, repairs: Repairs) -> Any:
    """The value, or None for a time that Python cannot hold. The element has text unless its kind is one of text."""
    text = _text(element, repairs)
    if not isinstance(kind, Kind):
        return _closed(kind, text, element, version, repairs)
    if kind in {Kind.CODE, Kind.CURRENCY}:
        return _code(kind, text, element, repairs)
    note_attributes(element, repairs)
    try:
        value, kinds = _READERS[kind](text)
    except ValueError:
        raise refused(element, text, ErrorType.UNRECOGNISED_DATA_VALUE) from None
    for each in kinds:
        repairs.add(each, element)
    return value


def refused(element: etree._Element, text: str, error_type: ErrorType) -> ProtocolError:
    """The error for a value that is not understood; it names the element and, if it is no secret, quotes the value."""
    quoted = "(not shown)" if is_secret(element) else text.strip()[:MAX_QUOTED]
    return ProtocolError(error_type, f"{local_name(element)}: {quoted}")


def note_attributes(element: etree._Element, repairs: Repairs, allowed: frozenset[str] = frozenset()) -> None:
    """Record every attribute that the schema does not know here; those of XML Schema itself may stand anywhere."""
    for name in element.attrib:
        if name not in allowed and name not in _ALLOWED_XSI:
            repairs.add(RepairKind.ATTRIBUTE, element, f"@{str(name).rpartition('}')[2][:MAX_NAME]}")


def _text(element: etree._Element, repairs: Repairs) -> str:
    """The text, together with that of elements which do not belong inside."""
    for child in element:
        repairs.add(RepairKind.UNKNOWN_ELEMENT, child)
    return text_without_secrets(element)


def _closed(codes: ClosedList, text: str, element: etree._Element, version: Version, repairs: Repairs) -> Any:
    note_attributes(element, repairs)
    wanted = text.strip().casefold()
    code: Any = next((each for each in codes if each.casefold() == wanted), None)
    if code is None and codes is ErrorType:
        # A refusal for a reason of the sender's own (a ReShare's UnableToFindRequest) is still a refusal.
        code = ErrorType.UNRECOGNISED_DATA_VALUE
    if code is None:
        raise refused(element, text, _ERROR_OF_LIST.get(codes, ErrorType.UNRECOGNISED_DATA_VALUE))
    if code != text:
        repairs.add(RepairKind.VALUE_FORM, element)
    if not known(code, version):
        repairs.add(RepairKind.OTHER_VERSION, element)
    return code


def _code(kind: Kind, text: str, element: etree._Element, repairs: Repairs) -> Code:
    """The code; `schema` is taken for `scheme`, and either may lack its namespace."""
    note_attributes(element, repairs, allowed=frozenset({SCHEME}))
    schemes = (
        str(value)
        for name, value in element.attrib.items()
        if str(name).rpartition("}")[2] in {"scheme", "schema"} and str(name) not in _ALLOWED_XSI
    )
    scheme = " ".join(next(schemes, "").split()) or None
    if scheme and not is_uri(scheme):
        repairs.add(RepairKind.ATTRIBUTE, element, "@scheme")
        scheme = None
    value = currency(text) if kind is Kind.CURRENCY else text
    if value != text:
        repairs.add(RepairKind.VALUE_FORM, element)
    return Code(value, scheme)


def _as_it_is(text: str) -> tuple[str, tuple[RepairKind, ...]]:
    return text, ()


def _plain_code(text: str) -> tuple[Code, tuple[RepairKind, ...]]:
    return Code(text), ()


def _integer(text: str) -> tuple[int, tuple[RepairKind, ...]]:
    return read_integer(text), ()


def _count(text: str) -> tuple[int, tuple[RepairKind, ...]]:
    number = read_integer(text)
    return number, (RepairKind.VALUE_FORM,) if number < 0 else ()


_READERS: Final[Mapping[Kind, Callable[[str], tuple[Any, tuple[RepairKind, ...]]]]] = {
    Kind.TEXT: _as_it_is,
    Kind.PLAIN_CODE: _plain_code,
    Kind.TIME: read_time,
    Kind.DECIMAL: read_decimal,
    Kind.INTEGER: _integer,
    Kind.COUNT: _count,
    Kind.BOOLEAN: read_boolean,
}
