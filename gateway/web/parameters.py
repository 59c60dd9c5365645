"""Parameters of a path and of a query, read by the types that a function of the desk names for them."""

from collections.abc import Mapping
from enum import EnumMeta
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect
from multidict import MultiMapping

from gateway.desk.errors import NotThereError, UnusableError
from gateway.partners.reading import plain_kind

Query = TypeVar("Query", bound=msgspec.Struct)
_YES_NO: Final = ("true", "false")


def read_path(texts: Mapping[str, str], types: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that stand in the path. Raises NotThereError: an address that is none names nothing."""
    arguments = {}
    for name, kind in types.items():
        try:
            arguments[name] = msgspec.convert(texts[name], kind, strict=False)
        except msgspec.ValidationError:
            known = f"; there are {', '.join(kind)}" if isinstance(kind, EnumMeta) else ""
            raise NotThereError(f"There is no such {name}{known}.") from None
    return arguments


def read_query(query: MultiMapping[str], shape: type[Query]) -> Query:
    """Return the parameters as a struct; a name that it doesn't know is passed over. Raises UnusableError with the parameter's name."""
    given = {each.encode_name: each for each in msgspec.structs.fields(shape) if each.encode_name in query}
    return shape(**{each.name: _read(query.getall(name), name, each.type) for name, each in given.items()})


def refuse_other_types(content_type: str, taken: tuple[str, ...]) -> None:
    """Raise UnusableError if a file comes as what is not taken."""
    if taken and content_type not in taken:
        raise UnusableError(f"Content-Type: {' or '.join(taken)}.")


def _read(texts: list[str], name: str, of: Any) -> Any:
    """Read a parameter; one that may stand several times becomes a tuple, of another the first counts."""
    kind = _kind(of)
    is_list = isinstance(kind, inspect.VarTupleType)
    each = plain_kind(kind.item_type) if isinstance(kind, inspect.VarTupleType) else kind
    if isinstance(each, inspect.BoolType) and texts[0] not in _YES_NO:
        raise UnusableError(f"{name}: {_words(each, texts[0])}.")
    try:
        return msgspec.convert(texts if is_list else texts[0], of, strict=False)
    except msgspec.ValidationError:
        wrong = next((text for text in texts if not _is(text, each)), texts[0])
        raise UnusableError(f"{name}: {_words(each, wrong)}.") from None


@cache
def _kind(of: Any) -> inspect.Type:
    return plain_kind(inspect.type_info(of))


def _is(text: str, kind: inspect.Type) -> bool:
    return not isinstance(kind, inspect.EnumType) or text in _values(kind)


def _values(kind: inspect.EnumType) -> list[str]:
    return [str(each.value) for each in kind.cls]


def _words(kind: inspect.Type, text: str) -> str:
    """Say what a parameter of this kind looks like."""
    match kind:
        case inspect.BoolType():
            words = "true or false"
        case inspect.IntType():
            words = f"a whole number from {kind.ge} to {kind.le}"
        case inspect.DateType():
            words = "a day like 2026-10-01"
        case inspect.EnumType():
            words = f"there is none called “{text[:40]}”; there are {', '.join(_values(kind))}"
        case inspect.LiteralType():
            words = " or ".join(map(str, kind.values))
        case inspect.StrType():
            words = f"at most {kind.max_length} characters"
        case _:
            words = "can't be read"
    return words
