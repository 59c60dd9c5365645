"""FIELD=VALUE, as it is typed after a command."""

from collections.abc import Iterable

from gateway.commands.base import Failure


def typed(fields: Iterable[str]) -> dict[str, str]:
    """Read FIELD=VALUE. Raises Failure."""
    found = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise Failure(f"{field} is not FIELD=VALUE.")
        found[name] = value
    return found
