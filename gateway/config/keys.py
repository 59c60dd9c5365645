"""Keys of the settings: what the models say lies under one, and what to say of one that isn't known."""

import difflib
from collections.abc import Iterable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Path = tuple[str | int, ...]


def children(kind: Any) -> dict[str, Any] | None:
    """The keys of a table and their kinds; None for what is no table with keys of its own."""
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return None


def element(kind: Any) -> Any:
    """What a list, or a table whose keys are names, holds; None for anything else."""
    kind = _plain(kind)
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    return arguments[0] if get_origin(kind) is tuple else None


def kind_at(root: Any, path: Path) -> Any:
    """What the models say of a path; None where they know nothing."""
    for step in path:
        keys = children(root)
        root = keys.get(str(step)) if keys is not None else element(root)
    return root


def table(data: Any, key: str) -> dict[str, Any]:
    """Return the table under a key of what a file says; an empty one where there is none."""
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def unknown_key(name: str, known: Iterable[str]) -> str:
    """What to say of a key that isn't known."""
    known = list(known)
    near = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return f"is no known key; {hint}"


def _plain(kind: Any) -> Any:
    """The kind without `| None` and without annotations."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in {Union, UnionType}:
            kind = next(each for each in get_args(kind) if each is not type(None))
        else:
            return kind
