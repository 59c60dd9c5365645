"""Parameters of a path or a query, and fields of a form, read by the types that a function of the desk names for them."""

from collections.abc import Mapping
from enum import EnumMeta
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect
from multidict import MultiMapping

from gateway.desk.errors import NotThereError, UnusableError
from gateway.desk.structs.common import Problem
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


def read_fields(given: MultiMapping[str], shape: type[Query]) -> Query:
    """Return parameters, or the fields of a form, as a struct; a name that it doesn't know is passed over.

    Raises UnusableError with the name of the first that can't be read.
    """
    known = _known(given, shape)
    return shape(**{each.name: _read(given.getall(name), name, each.type) for name, each in known.items()})


def faulty_fields(given: MultiMapping[str], shape: type[Query]) -> tuple[Problem, ...]:
    """Say what is wrong with each field that can't be read, those among them that must be there."""
    known = _known(given, shape)
    missing = [each for each in _fields(shape) if each.required and each.encode_name not in known]
    return (
        *(Problem(column=each.encode_name, words="This is needed.") for each in missing),
        *(
            Problem(column=name, words=words[:1].upper() + words[1:] + ".")
            for name, each in known.items()
            if (words := _fault(given.getall(name), each.type))
        ),
    )


def _known(given: MultiMapping[str], shape: type[Query]) -> dict[str, msgspec.structs.FieldInfo]:
    return {each.encode_name: each for each in _fields(shape) if each.encode_name in given}


@cache
def _fields(shape: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return a struct's fields; msgspec works out their types anew each time it is asked."""
    return msgspec.structs.fields(shape)


def _read(texts: list[str], name: str, of: Any) -> Any:
    fault = _fault(texts, of)
    if fault:
        raise UnusableError(f"{name}: {fault}.")
    return msgspec.convert(texts if _is_list(of) else texts[0], of, strict=False)


def _fault(texts: list[str], of: Any) -> str | None:
    """Say what is wrong with a parameter; one that may stand several times is a tuple, of another the first counts."""
    kind = _kind(of)
    each = plain_kind(kind.item_type) if isinstance(kind, inspect.VarTupleType) else kind
    if isinstance(each, inspect.BoolType) and texts[0] not in _YES_NO:
        return _words(each, texts[0])
    try:
        msgspec.convert(texts if _is_list(of) else texts[0], of, strict=False)
    except msgspec.ValidationError:
        return _words(each, next((text for text in texts if not _is(text, each)), texts[0]))
    return None


def _is_list(of: Any) -> bool:
    return isinstance(_kind(of), inspect.VarTupleType)


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
