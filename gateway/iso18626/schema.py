"""Validation against schemas 1.2 and 2021-2: lxml decides, xmlschema explains what lxml refused.

xmlschema costs thirty times as much as lxml and is imported only when something has to be explained. Nothing is
fetched: hints of a document about where its schema lies are ignored.
"""

import threading
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from msgspec import Struct

from gateway.iso18626.codes import Version
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.parser import check_shape, has_leading_blanks, parse, path_of
from gateway.iso18626.redact import is_secret

if TYPE_CHECKING:
    import xmlschema

MAX_PROBLEMS: Final = 100

_PACKAGED: Final = Path(__file__).parent.parent / "_schemas"
_IN_THE_TREE: Final = Path(__file__).parent.parent.parent / "schemas"


class Violation(Struct, frozen=True):
    """One violation of the schema: where (a path like /ISO18626Message/request/header) and why."""

    path: str
    reason: str


def schema_file(version: Version) -> Path:
    """Where the schema of that version lies: inside the installed package, or beside it in the source tree."""
    name = f"iso18626-{version}.xsd"
    packaged = _PACKAGED / name
    return packaged if packaged.exists() else _IN_THE_TREE / name


class _Schemas(threading.local):
    """Compiled schemas of one thread: shared by threads, the error log of one document shows up in another's."""

    def __init__(self) -> None:
        self.by_version = {version: etree.XMLSchema(file=str(schema_file(version))) for version in Version}


_schemas: Final = _Schemas()


def is_valid(root: etree._Element, version: Version) -> bool:
    """Whether the document satisfies that version's schema. Any global element may be its root, not only a message."""
    try:
        return _schemas.by_version[version].validate(root)
    except etree.XMLSchemaValidateError:
        # libxml2 gives up on trees it did not expect (an unresolved entity, say): such a document is not valid.
        return False


def problems(data: bytes, version: str = Version.V1_2) -> list[Violation]:
    """Each violation of that version's schema, at most `MAX_PROBLEMS`; an empty list for a valid document.

    What stands in secret places (patronInfo, authentication) is not quoted. ValueError for an unknown version.
    """
    wanted = Version(version)
    try:
        root = parse(data)
    except ProtocolError as error:
        return [Violation("/", error.error_value)]
    blanks = [Violation("/", "blanks before the XML declaration")] if has_leading_blanks(data) else []
    if is_valid(root, wanted):
        return blanks
    refusals = list(islice(_refused(root, wanted), MAX_PROBLEMS))
    try:
        check_shape(root)
    except ProtocolError as error:
        return [*blanks, Violation("/", error.error_value)]
    return blanks + (_explanations(root, wanted) or refusals)


def _refused(root: etree._Element, version: Version) -> Iterator[Violation]:
    """What lxml said when it refused the document just now, in this thread."""
    log: Any = _schemas.by_version[version].error_log  # the stubs do not know that it is a list
    for entry in log:
        try:
            path, message = entry.path or "/*", entry.message
        except UnicodeDecodeError:  # libxml2 cuts long texts, in the middle of a character too
            path, message = "/*", "not valid"
        yield _problem(_element_at(root, path), message)


def _element_at(root: etree._Element, path: str) -> Any:
    """The element at a path of libxml2's, which uses the document's own prefixes; the root if they are not its own."""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found: Any = root.xpath(path, namespaces=prefixes)
    except etree.XPathEvalError:
        return root
    return found[0] if found else root


def _explanations(root: etree._Element, version: Version) -> list[Violation] | None:
    """What xmlschema says; None where it gives up itself (on an xsi:type that no schema knows, say)."""
    import xmlschema  # noqa: PLC0415  see _explainer

    errors = _explainer(version).iter_errors(root, use_location_hints=False)
    try:
        return [_problem(error.elem, error.reason or error.message) for error in islice(errors, MAX_PROBLEMS)]
    except xmlschema.XMLSchemaException:
        return None


def _problem(element: Any, reason: str) -> Violation:
    return Violation(f"/{path_of(element)}", "not valid (content not shown)" if is_secret(element) else reason)


@cache
def _explainer(version: Version) -> "xmlschema.XMLSchema":
    import xmlschema  # noqa: PLC0415  costs 20 MB and 100 ms: only when something has to be explained

    return xmlschema.XMLSchema(schema_file(version), allow="local", defuse="always")
