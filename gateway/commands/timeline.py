"""A request's timeline in lines of text: what happened, and under it what the two protocols said. Pure."""

import html
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from gateway.commands.base import plain_lines
from gateway.commands.output import moment, plain
from gateway.desk.structs.requests import TimelineEntry

MESSAGES: Final = ("sent", "received", "document", "confirmation")
"""Where an entry's detail has a protocol's message: SIP2's both ways, ISO 18626's both ways."""
ENVELOPE: Final = frozenset(
    {
        "agencyIdType",
        "agencyIdValue",
        "timestamp",
        "timestampReceived",
        "requestingAgencyRequestId",
        "supplyingAgencyRequestId",
        "multipleItemRequestId",
    }
)
"""Elements that say the same in every message of a request."""
SHORT: Final = 110
"""Columns of a line of a protocol's message, unless it is printed as it was."""
SHORT_LINES: Final = 2

_LEAF: Final = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<>]+)</")
_INDENT: Final = " " * 23


def timeline(entries: Iterable[TimelineEntry], *, full: bool) -> Iterator[str]:
    """Yield the lines of a timeline; `full` prints the protocols' messages as they were."""
    for entry in entries:
        state = f"  [{entry.state}]" if entry.state else ""
        yield f"  {moment(entry.at, seconds=True)}  {plain(entry.by):<12}  {plain(entry.words)}{state}"
        for label in MESSAGES:
            text = entry.detail.get(label)
            if text:
                lines = plain_lines(text) if full else _short(text)
                yield from _labelled(label, lines)


def in_plain_words(document: str) -> str:
    """Say what an ISO 18626 document says beyond its envelope: each element that holds a text, and the text.

    For reading along; whoever needs all of it looks at the document.
    """
    leaves = ((name, plain(html.unescape(text))) for name, text in _LEAF.findall(document))
    return " · ".join(f"{name} {text}" for name, text in leaves if text and name not in ENVELOPE)


def _short(text: str) -> list[str]:
    words = in_plain_words(text) if text.lstrip().startswith("<") else plain(text)
    return textwrap.wrap(words, SHORT, max_lines=SHORT_LINES, placeholder=" …")


def _labelled(label: str, lines: Iterable[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"{_INDENT}{label if place == 0 else '':<12}  {line}".rstrip()
