"""A generic XML binding to compare with: xsdata, with dataclasses made at run time from our table of elements.

They are what a code generator would make of schema 1.2: one class a block, one field an element, every name qualified.
"""

from dataclasses import field, make_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.handlers import LxmlEventHandler
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.models.datatype import XmlDateTime

from gateway.iso18626.codes import Version
from gateway.iso18626.elements import ADDRESSES, ENVELOPE, MESSAGES, NAMESPACE, Block, ElementRow, Kind


def _element(name: str, python_type: Any, *, repeats: bool = False) -> tuple[str, Any, Any]:
    metadata = {"name": name, "type": "Element", "namespace": NAMESPACE}
    if repeats:
        return name, list[python_type], field(default_factory=list, metadata=metadata)
    return name, python_type | None, field(default=None, metadata=metadata)


def _attribute(name: str) -> tuple[str, Any, Any]:
    metadata = {"name": name, "type": "Attribute", "namespace": NAMESPACE}
    return name, str | None, field(default=None, metadata=metadata)


CODE = make_dataclass("Code", [("value", str, field(default="")), _attribute("scheme")])
PYTHON_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.CODE: CODE,
    Kind.CURRENCY: CODE,
    Kind.PLAIN_CODE: str,
    Kind.TIME: XmlDateTime,
    Kind.DECIMAL: Decimal,
    Kind.INTEGER: int,
    Kind.COUNT: int,
    Kind.BOOLEAN: bool,
}


@cache
def _class_of(block: Block) -> Any:
    rows = [row for row in block.rows if row.mark(Version.V1_2) not in "-^"]
    fields = [_element(row.wire, _type_of(row), repeats=row.mark(Version.V1_2) in "*3") for row in rows]
    return make_dataclass(block.struct.__name__, fields)


@cache
def _address() -> Any:
    return make_dataclass("Address", [_element(name, _class_of(block)) for name, block in ADDRESSES.items()])


def _type_of(row: ElementRow) -> Any:
    if isinstance(row.kind, Block):
        return _class_of(row.kind)
    if row.kind is Kind.ADDRESS:
        return _address()
    return PYTHON_TYPES[row.kind] if isinstance(row.kind, Kind) else row.kind


class Binding:
    """Documents to dataclasses and back; no validation against the schema, which such a binding does not do."""

    def __init__(self) -> None:
        messages = [_element(str(kind), _class_of(block)) for kind, block in MESSAGES.items()]
        meta = type("Meta", (), {"name": ENVELOPE, "namespace": NAMESPACE})
        self._envelope = make_dataclass(ENVELOPE, [_attribute("version"), *messages], namespace={"Meta": meta})
        context = XmlContext()
        self._parser = XmlParser(context=context, handler=LxmlEventHandler)
        self._serializer = XmlSerializer(context=context)

    def round_trip(self, data: bytes) -> bytes:
        """Read and write one document."""
        message: Any = self._parser.from_bytes(data, self._envelope)
        return self._serializer.render(message, ns_map={None: NAMESPACE, "ill": NAMESPACE}).encode()
