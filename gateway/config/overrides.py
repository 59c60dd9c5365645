"""The environment's part of the settings: ILL_GATEWAY_ACS__PORT=6001 puts 6001 in the place of acs.port.

Tables are parted by two underscores; variables without them (ILL_GATEWAY_TOKEN, say) are none of ours. An entry of a
list is named by its number, from 0, or by its id. A value that begins with a bracket is read as TOML, any other is
text, which the models read as what the key needs.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Final

from gateway.config.keys import Path

PREFIX: Final = "ILL_GATEWAY_"
_BETWEEN: Final = "__"


def variables(env: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The variables that override something, by name, each with the steps to its key."""
    return {
        name: tuple(name.removeprefix(PREFIX).lower().split(_BETWEEN))
        for name in sorted(env)
        if name.startswith(PREFIX) and _BETWEEN in name.removeprefix(PREFIX)
    }


def put(data: dict[str, Any], steps: tuple[str, ...], text: str) -> list[Path]:
    """Put a variable's value into the settings' tables; give the paths of what it made: tables, and the value.

    Raises ValueError where the steps lead through something that is no table.
    """
    *parents, last = steps
    place: Any = data
    path: Path = ()
    made: list[Path] = []
    for step in parents:
        key = _key(place, step)
        path = (*path, key)
        if isinstance(place, dict) and key not in place:
            place[key] = {}
            made.append(path)
        place = place[key]
    key = _key(place, last)
    place[key] = text if steps[0] == "secrets" else _value(text)
    return [*made, (*path, key)]


def _key(place: Any, step: str) -> str | int:
    """What a step means here: variables know no case, so a key that is there already keeps its own."""
    if isinstance(place, dict):
        return next((key for key in place if key.lower() == step), step)
    if isinstance(place, list):
        return _entry(place, step)
    raise ValueError("leads into something that is no table")


def _entry(entries: list[Any], step: str) -> int:
    numbers = (
        number
        for number, entry in enumerate(entries)
        if step == str(number) or (isinstance(entry, dict) and str(entry.get("id")).lower() == step)
    )
    number = next(numbers, None)
    if number is None:
        raise ValueError(f'there is no entry "{step}" in the list')
    return number


def _value(text: str) -> Any:
    if not text.startswith(("[", "{")):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
