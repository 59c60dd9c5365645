"""What the command line needs whatever was typed, `--help` too: it loads next to nothing, so that a command starts at once."""

from collections.abc import Iterable
from typing import Final

DEFAULT_URL: Final = "http://127.0.0.1:8627"
URL_VARIABLE: Final = "ILL_GATEWAY_URL"
TOKEN_VARIABLE: Final = "ILL_GATEWAY_TOKEN"  # noqa: S105 - the name of a variable


class Failure(Exception):  # noqa: N818 - what a command ends with, not a fault of the program
    """A command could not do its work; the text says why, to whoever typed it. Exit code 1."""


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text, each without control characters, its indentation kept."""
    return ["".join(filter(str.isprintable, line.expandtabs())).rstrip() for line in text.splitlines()]


def typed(fields: Iterable[str]) -> dict[str, str]:
    """Read FIELD=VALUE. Raises Failure."""
    found = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise Failure(f"{field} is not FIELD=VALUE.")
        found[name] = value
    return found
