"""The commands that the documents show, in their order: lines of README's blocks, lines that are indented, and what stands in backticks or comments.

A command is shown whole, or mentioned by the beginning that matters (`partners import`); README leaves `ill-gateway` out in places.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from gateway.cli import COMMANDS

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = (
    "README.md",
    "ARCHITECTURE.md",
    "CONFORMANCE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "bench/README.md",
    "docs/catalogues.md",
    "docs/alerts.md",
    "docs/operating.md",
    "deploy/alerts.yml",
    "deploy/ill-gateway.example.toml",
    "deploy/compose/compose.yaml",
    "deploy/ill-gateway-backup.service",
    "deploy/ill-gateway.service",
)
OWN: Final = "ill-gateway"
_PROGRAMS: Final = (
    "ill-gateway|make|python3?|pip|docker|export|systemctl|useradd|cp|install|/opt/ill-gateway/bin/[a-z-]+"
)
_AS_UNIT: Final = re.compile(r"^(?:ILL_GATEWAY_PROGRAM=\S+ )?as-ill-gateway(?= )")
"""deploy/as-ill-gateway: the same command, as the unit's user."""
_COMMAND: Final = re.compile(rf"(?:ExecStart(?:Pre)?=-?)?((?:{_PROGRAMS}) .*)")
_IN_TEXT: Final = re.compile(r"`([^`\n]+)`|\"(ill-gateway [^\"\n]+)\"")
_INDENT: Final = "    "
_GROUPS: Final = frozenset(command.name for command in COMMANDS)


class Shown(NamedTuple):
    """A command, and where it is shown. `section` is the heading above it."""

    document: str
    section: str
    text: str
    is_line: bool
    """It has a line of its own, for whoever copies it: nothing may be left out."""

    @property
    def words(self) -> list[str]:
        """What a shell makes of it; its comment goes."""
        return shlex.split(self.text, comments=True)

    @property
    def is_own(self) -> bool:
        """A command of ours."""
        return self.words[0] == OWN


def commands_in(document: str) -> Iterator[Shown]:
    """Every command that a document shows."""
    section, in_block, is_indented, before = "", False, False, ""
    for line in (ROOT / document).read_text(encoding="utf-8").splitlines():
        is_markdown = document.endswith(".md")
        is_indented = line.startswith(_INDENT) and (is_indented or not before)
        before = line.strip()
        if is_markdown and line.strip().startswith("```"):
            in_block = not in_block
        elif is_markdown and line.startswith("#"):
            section = line.lstrip("# ")
        elif (is_markdown and (in_block or is_indented)) or (not is_markdown and _is_whole_line(line)):
            yield from _parts(document, section, before if is_markdown else before.lstrip("# "), is_line=True)
        else:
            for found in _IN_TEXT.finditer(line):
                yield from _parts(document, section, found[1] or found[2], is_line=False)


def every_command() -> list[Shown]:
    """Every command of every document."""
    return [shown for document in DOCUMENTS for shown in commands_in(document)]


def _is_whole_line(line: str) -> bool:
    """A comment that is indented, as in a file of settings, or a unit's own line."""
    return line.startswith(("#   ", "ExecStart"))


def _parts(document: str, section: str, text: str, *, is_line: bool) -> Iterator[Shown]:
    """The commands of a line, one after `&&` another; nothing where it is none."""
    for part in text.replace("\\|", "|").split(" && "):
        part = _AS_UNIT.sub(OWN, part)  # noqa: PLW2901 - for whom it runs says nothing about its words
        first, _, rest = part.partition(" ")
        if first in _GROUPS and rest and not is_line:
            part = f"{OWN} {part}"  # noqa: PLW2901 - README says once that commands are those of ill-gateway
        found = _COMMAND.fullmatch(part)
        if found:
            command = found[1].replace(f"/opt/{OWN}/bin/{OWN}", OWN)
            yield Shown(document, section, command, is_line)
