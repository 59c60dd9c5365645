"""Whether the command line has what a document shows: a whole command parses, a mention names commands and options that there are."""

import argparse
import contextlib
import io
from collections.abc import Sequence
from functools import cache
from typing import Final

from gateway.cli import make_parser

PLACEHOLDERS: Final = {
    "ACTION": "ship",
    "BARCODE": "30000000009138",
    "NAME": "nina",
    "NUMBER": "L-7K3M9-QXT2B",
    "RANGE": "pool",
    "ROLE": "viewer",
    "TITLE": "Almanac",
    "…": "L-7K3M9-QXT2B",
}
"""What stands for a value of the reader's own, and one that there may be."""


def filled(words: Sequence[str]) -> list[str]:
    """Put values in place of placeholders."""
    return [PLACEHOLDERS.get(word, word) for word in words]


def is_whole(words: Sequence[str]) -> bool:
    """Whether the words after `ill-gateway` can be typed as they are; asking for help ends well, too."""
    words = filled(words)
    silence = io.StringIO()
    with contextlib.redirect_stderr(silence), contextlib.redirect_stdout(silence):
        try:
            _, rest = _parser_of(words).parse_known_args(words)
        except SystemExit as end:
            return end.code == 0
    return not rest or words[0].startswith("demo-")


def is_known(words: Sequence[str]) -> bool:
    """Whether a mention names commands and options that there are."""
    parser: argparse.ArgumentParser | None = _parser_of(words)
    options: set[str] = set()
    for word in words:
        inner = _commands_of(parser) if parser else None
        if word.startswith("-"):
            options.add(word)
        elif inner is not None:
            parser = inner.get(word)
    return parser is not None and options <= set(parser._option_string_actions)


def _parser_of(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser that knows the command among these words."""
    return _parser(next((word for word in words if not word.startswith("-")), ""))


@cache
def _parser(command: str) -> argparse.ArgumentParser:
    """Return the same, made once, however often its command is shown."""
    return make_parser([command])


def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser] | None:
    """The commands below a parser; None where it has none."""
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else None
