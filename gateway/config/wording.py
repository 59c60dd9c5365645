"""Mistakes in words: each with its key, what is wrong, and what would be right.

A value is quoted only where it is a number or one of a few words; anything else may be a secret in the wrong place.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.config.keys import Path, children, kind_at, unknown_key


class Mistake(msgspec.Struct, frozen=True):
    """One mistake: where, and in words what."""

    path: Path
    words: str


class ConfigError(Exception):
    """The settings can't be used; `problems` holds one line for each mistake, key first."""

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        self.source = source
        self.problems = problems
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__("\n".join((f"{count} in {source}:", *(f"  {problem}" for problem in problems))))


OF_THE_TABLE: Final = "of the table"
"""The kind of a mistake that is found at a key, and is one of the table around it."""
_WORDS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "less_than_equal": "{value} is above {le}",
    "greater_than_equal": "{value} is below {ge}",
    "greater_than": "{value} is not above {gt}",
    "finite_number": "must be a finite number",
    "enum": "{value} is none of {expected}",
    "string_too_short": "must not be empty",
    "decimal_max_places": "has more than {decimal_places} decimal places",
    "value_error": "{error}",
    OF_THE_TABLE: "{words}",
}

_KINDS: Final[Mapping[str, str]] = {
    "bool": "true or false",
    "date": "a date like 2026-12-25",
    "decimal": "an amount like 12.50",
    "dict": "a table",
    "float": "a number",
    "int": "a whole number",
    "model": "a table",
    "string": "text",
    "tuple": "a list",
}
"""What a key of a kind must be, by the beginning of pydantic's name for the error."""


def mistakes_of(error: ValidationError, root: Any) -> list[Mistake]:
    """Everything that pydantic found, in our words; `root` is the model that it checked."""
    return [Mistake(_path(detail), _words(detail, root)) for detail in error.errors(include_url=False)]


def lines(mistakes: Iterable[Mistake], data: Mapping[str, Any], origins: Mapping[Path, str]) -> tuple[str, ...]:
    """One line a mistake, in the order of the keys; a value from the environment is told with its variable."""
    return tuple(
        f"{dotted(mistake.path, data)}{_origin(mistake.path, origins)}: {mistake.words}"
        for mistake in sorted(mistakes, key=lambda mistake: [str(step) for step in mistake.path])
    )


def dotted(path: Path, data: Any) -> str:
    """The key as people write it; an entry of a list by its id, else by its number."""
    text = ""
    for step in path:
        data = _below(data, step)
        if isinstance(step, int):
            text += f"[{data.get('id', step) if isinstance(data, dict) else step}]"
        else:
            text += f".{step}" if text else step
    return text


def _below(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _origin(path: Path, origins: Mapping[Path, str]) -> str:
    return f" (from {origins[path]})" if path in origins else ""


def _path(detail: ErrorDetails) -> Path:
    """Where it is; pydantic marks a wrong name in a table by a last step of its own."""
    path = detail["loc"]
    return path[:-1] if path[-1] == "[key]" or detail["type"] == OF_THE_TABLE else path


def _words(detail: ErrorDetails, root: Any) -> str:
    kind, path = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        return unknown_key(str(path[-1]), children(kind_at(root, path[:-1])) or ())
    if kind in _WORDS:
        return _WORDS[kind].format(value=_shown(detail["input"]), **detail.get("ctx", {}))
    must_be = next((words for beginning, words in _KINDS.items() if kind.startswith(beginning)), None)
    return f"must be {must_be}" if must_be else detail["msg"]


def _shown(value: Any) -> str:
    match value:
        case bool() | int() | float():
            return str(value)
        case str():
            return f'"{value}"'
        case _:
            return "this"
