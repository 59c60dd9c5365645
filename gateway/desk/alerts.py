"""What each alert means: the words of deploy/alerts.yml, which Prometheus shows, for the help of the desk.

Reads that file's own form and no other YAML: an alert's name, its severity, a summary and a description, each plain, quoted or folded.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from gateway.desk.structs.help import AlertMeaning

_PACKAGED: Final = Path(__file__).parent.parent / "_alerts.yml"
_IN_SOURCES: Final = Path(__file__).parents[2] / "deploy" / "alerts.yml"
_ALERT: Final = re.compile(r"^ *- alert: (\w+)$", re.MULTILINE)
_SEVERITY: Final = re.compile(r"severity: (\w+)")
_TEXT: Final = r"^ *{}: (?:>-\n((?:^ {{12,}}\S.*\n?)+)|(.+)$)"
_ASIDE: Final = re.compile(r' *\((?:\w+ "?)?\{\{[^}]*\}\}"?\)')
_LABEL: Final = re.compile(r"\{\{ *\$labels\.(\w+) *\}\}")
_VALUE: Final = re.compile(r"\{\{ *\$value[^}]*\}\}")


@cache
def alert_meanings() -> tuple[AlertMeaning, ...]:
    """Return every alert, in the order of the file; read once."""
    path = _PACKAGED if _PACKAGED.exists() else _IN_SOURCES
    return tuple(_read(path.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[AlertMeaning]:
    parts = _ALERT.split(text)[1:]
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        severity = _SEVERITY.search(body)
        yield AlertMeaning(
            name=name,
            pages=severity is not None and severity[1] == "page",
            summary=_text("summary", body),
            description=_text("description", body),
        )


def _text(field: str, body: str) -> str:
    """A text without what Prometheus fills in: a number stands as “…”, a label by its name."""
    found = re.search(_TEXT.format(field), body, re.MULTILINE)
    if found is None:
        return ""
    text = " ".join((found[1] or found[2]).split())
    if text.startswith('"'):
        text = text[1:-1].replace('\\"', '"')
    return _VALUE.sub("…", _LABEL.sub(r"[\1]", _ASIDE.sub("", text)))
