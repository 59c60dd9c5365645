"""What was put right in a message while it was read, and where: a record for the peer's profile and for metrics."""

from enum import StrEnum

from lxml import etree
from msgspec import Struct

from gateway.iso18626.parser import path_of, short_name


class RepairKind(StrEnum):
    """What was put right; the values serve as labels of metrics."""

    CHARSET = "charset"
    LEADING_BLANKS = "leading-blanks"
    NAMESPACE = "namespace"
    NO_ENVELOPE = "no-envelope"
    ORDER = "order"
    UNKNOWN_ELEMENT = "unknown-element"
    RENAMED_ELEMENT = "renamed-element"
    MISPLACED_ELEMENT = "misplaced-element"
    REPEATED_ELEMENT = "repeated-element"
    OTHER_VERSION = "other-version"
    MISSING_ELEMENT = "missing-element"
    EMPTY_ELEMENT = "empty-element"
    STRAY_TEXT = "stray-text"
    ATTRIBUTE = "attribute"
    VALUE_FORM = "value-form"
    TIME_FORM = "time-form"
    TIME_WITHOUT_ZONE = "time-without-zone"
    TIME_PRECISION = "time-precision"
    TIME_OUT_OF_RANGE = "time-out-of-range"


class Repair(Struct, frozen=True):
    """One deviation that was put right; `path` holds the names of elements, joined by `/`."""

    kind: RepairKind
    path: str


class Repairs:
    """Collects the repairs of one document; the same kind at the same place counts once."""

    def __init__(self) -> None:
        self._found: dict[Repair, None] = {}
        self._parent: etree._Element | None = None
        self._above = ""
        """The path of the parent of which something was recorded last: mostly of the next one as well."""

    def add(self, kind: RepairKind, element: etree._Element, child: str = "") -> None:
        """Record a repair at the element, or at a child of it that is missing or not to be touched."""
        path = self._path(element)
        self._found[Repair(kind, f"{path}/{child}" if child else path)] = None

    def _path(self, element: etree._Element) -> str:
        parent = element.getparent()
        if parent is None:
            return path_of(element)
        if parent is not self._parent:
            self._parent, self._above = parent, path_of(parent)
        return f"{self._above}/{short_name(element)}"

    def as_tuple(self) -> tuple[Repair, ...]:
        """What was recorded so far, in the order of the reading."""
        return tuple(self._found)
