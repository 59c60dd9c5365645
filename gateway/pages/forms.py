"""Fields of a form, or parameters of an address, as a struct: by the struct's own types, with what is wrong at its field.

A field that is left empty is as one that isn't there. A ticked box is `true`; several values of one name are a tuple.
"""

from collections.abc import Iterable
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from multidict import MultiDict, MultiMapping

from gateway.desk.errors import UnusableError
from gateway.desk.parameters import faulty_fields, read_fields
from gateway.desk.structs.common import Problem

Shape = TypeVar("Shape", bound=msgspec.Struct)


class ListForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with a list that was handed in."""

    step: Literal["preview", "import"] = "preview"
    text: str = ""
    """The list itself, on the way from its preview to its import."""


def read_query(query: MultiMapping[str], shape: type[Shape]) -> Shape:
    """Return an address's parameters. Raises UnusableError, whose `problems` name them."""
    return _read(query, shape, "address")


def _read(query: MultiMapping[str], shape: type[Shape], what: str) -> Shape:
    filled = MultiDict((name, text) for name, text in query.items() if text.strip())
    problems = faulty_fields(filled, shape)
    if problems:
        raise UnusableError(f"Something in the {what} is not as it must be.", problems)
    return read_fields(filled, shape)


def read_form(fields: MultiMapping[Any], shape: type[Shape]) -> Shape:
    """Return a form's fields, likewise; files are passed over."""
    return _read(MultiDict((name, value) for name, value in fields.items() if isinstance(value, str)), shape, "form")


def by_field(problems: Iterable[Problem]) -> dict[str, str]:
    """Return what is wrong, by field; what is wrong as a whole stands under the empty name."""
    return {str(problem.column or ""): problem.words for problem in problems}


def way_back(to: str | None) -> str | None:
    """Where a form leads back to: a page of ours alone."""
    is_ours = to is not None and to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if is_ours else None


def filters_of(back: str) -> str:
    """Return the query of the list that a form leads back to; nothing for what is no page of ours."""
    return urlsplit(way_back(back) or "").query
